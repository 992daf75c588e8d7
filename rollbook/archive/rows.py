"""The rows that some ledger entries make: gathered first, then written table by table.

One statement for many rows costs a tenth of one for each, and capture waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from rollbook.archive import schema as t
from rollbook.archive.search import index_words
from rollbook.archive.store import insert_unknown, upsert


class Rows:
    """Rows that wait to be written."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._clear()

    def _clear(self) -> None:
        self._rows: dict[Any, list[dict[str, Any]]] = {}
        self._files: dict[str, int] = {}
        self._new_posts: dict[int, dict[str, Any]] = {}
        self._posts: dict[int, dict[str, Any]] = {}
        self._seen: dict[int, str] = {}
        self._attachments: dict[tuple[int, str], dict[str, Any]] = {}
        self._unfetched: dict[tuple[int, str], dict[str, Any]] = {}
        self._failed: dict[tuple[int, str], dict[str, Any]] = {}
        self._media: dict[str, dict[str, Any]] = {}
        self._strangers: dict[str, dict[str, Any]] = {}
        self._found: dict[str, dict[str, Any]] = {}
        self._ended: dict[str, dict[str, Any]] = {}
        self._words: list[dict[str, Any]] = []

    def _change_post(self, key: int, row: Mapping[str, Any]) -> None:
        target = self._new_posts.get(key)
        if target is None:
            target = self._posts.setdefault(key, {})
        target.update(row)

    def _see(self, key: int, at: str) -> None:
        """Notes that a post stood there at a moment; a later one that is known stays."""
        new = self._new_posts.get(key)
        if new is not None:
            new["last_seen_at"] = max(new["last_seen_at"], at)
        else:
            self._seen[key] = max(self._seen.get(key, ""), at)

    def write(self) -> None:
        """Writes what was gathered; tables that others refer to come first."""
        connection = self.connection
        files = [{"file": file, "size_bytes": size} for file, size in self._files.items()]
        upsert(connection, t.warc_file, files, ["file"])
        if self._new_posts:
            connection.execute(insert(t.post), list(self._new_posts.values()))
        self._write_changed_posts()
        for table, rows in self._rows.items():
            connection.execute(insert(table), rows)
        if self._words:
            index_words(connection, self._words)
        insert_unknown(connection, t.attachment, list(self._unfetched.values()), ["post_key", "url"])
        upsert(connection, t.attachment, list(self._attachments.values()), ["post_key", "url"])
        # What is held stays so, whatever becomes of its address.
        lacking, failed = t.attachment.c.sha256.is_(None), list(self._failed.values())
        upsert(connection, t.attachment, failed, ["post_key", "url"], where=lacking)
        insert_unknown(connection, t.media, list(self._media.values()), ["sha256"])
        upsert(connection, t.stranger, list(self._strangers.values()), ["key_sha256"])
        upsert(connection, t.finding, list(self._found.values()), ["finding"])
        if self._ended:
            end = update(t.finding).where(t.finding.c.finding == bindparam("of"))
            connection.execute(end.values(_given("ended_at", "ended_why")), list(self._ended.values()))
        self._clear()

    def _write_changed_posts(self) -> None:
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for key, row in self._posts.items():
            alike.setdefault(tuple(row), []).append({"key": key, **row})
        for names, rows in alike.items():
            change = update(t.post).where(t.post.c.post_key == bindparam("key"))
            self.connection.execute(change.values(_given(*names)), rows)
        if self._seen:
            later = update(t.post).where(t.post.c.post_key == bindparam("key"), t.post.c.last_seen_at < bindparam("at"))
            seen = [{"key": key, "at": at} for key, at in self._seen.items()]
            self.connection.execute(later.values(last_seen_at=bindparam("at")), seen)


def _given(*names: str) -> dict[str, Any]:
    """Columns that take what each row gives under their own name."""
    return {name: bindparam(name) for name in names}
