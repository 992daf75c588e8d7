"""The database: the ledger applied. Whatever it holds can be made again from ledger, captures and media."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Insert, create_engine, delete, event, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from rollbook.archive import schema as t
from rollbook.archive.ledger import GENESIS, Entry
from rollbook.archive.search import index_text
from rollbook.formats import post_json
from rollbook.types import Post

#: Gives the post of a snapshot entry: from memory in a run, from its capture when the database is made again.
FindPost = Callable[[Entry], Post]


def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
    # FULL: what was acknowledged survives a power cut, at no measurable cost beside the ledger's own sync.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "cache_size=-65536", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


class Store:
    """One open database."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _pragmas)

    @classmethod
    def at(cls, folder: Path) -> Store:
        """The embedded database of an archive folder."""
        return cls(f"sqlite:///{folder / 'index.sqlite3'}")

    def migrate(self) -> None:
        """Brings the tables to the newest form; alembic is only loaded where they are not."""
        with self.engine.begin() as connection:
            if self.engine.dialect.has_table(connection, "alembic_version"):
                known = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
                if known == t.REVISION:
                    return
        from rollbook.archive.migrations import upgrade

        upgrade(self.engine)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction."""
        with self.engine.begin() as connection:
            yield connection

    def applied(self) -> tuple[int, int, bytes]:
        """How far the ledger is applied: entry, offset in the file, chain value."""
        with self.engine.connect() as connection:
            row = connection.execute(select(t.applied)).one_or_none()
        return (row.seq, row.offset, bytes.fromhex(row.chain)) if row else (0, 0, GENESIS)

    def close(self) -> None:
        """Closes the database; the write-ahead log is folded in."""
        self.engine.dispose()


def upsert(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Inserts rows, replacing those whose key is there."""
    if not rows:
        return
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement: Insert = build(table)
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}  # type: ignore[attr-defined]
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changed), list(rows))  # type: ignore[attr-defined]


def apply(connection: Connection, entries: Sequence[Entry], offset: int, find_post: FindPost, find_finding: Callable[[Entry], str]) -> None:
    """Applies entries of the ledger, in order, in the caller's transaction; ``offset`` is where the last one ends."""
    for entry in entries:
        handler = _APPLY.get(entry.kind)
        if handler is not None:
            handler(connection, entry, find_post, find_finding)
    if entries:
        last = entries[-1]
        upsert(connection, t.applied, [{"id": 1, "seq": last.seq, "offset": offset, "chain": last.chain}], ["id"])


def _warc(connection: Connection, entry: Entry, _post: FindPost, _finding: object) -> None:
    place = entry.leaf["warc"]
    upsert(connection, t.warc_file, [{"file": place["file"], "size_bytes": place["offset"] + place["length"]}], ["file"])


def _exchange(connection: Connection, entry: Entry, _post: FindPost, _finding: object) -> None:
    _warc(connection, entry, _post, _finding)
    leaf = entry.leaf
    place = leaf["warc"]
    connection.execute(insert(t.exchange), {
        "seq": entry.seq, "record_id": leaf["record"], "account": leaf["account"], "part": leaf["part"],
        "url": leaf["url"], "status": leaf["status"], "fetched_at": leaf["at"], "warc_file": place["file"],
        "warc_offset": place["offset"], "warc_length": place["length"], "warc_sha256": place["sha256"],
        "payload_sha256": leaf["payload_sha256"], "context": json.dumps(leaf["context"]),
    })


def _snapshot(connection: Connection, entry: Entry, find_post: FindPost, _finding: object) -> None:
    leaf, found = entry.leaf, find_post(entry)
    key = post_key(connection, leaf["post"])
    row = {
        "state": leaf["state"], "seq": entry.seq, "content_sha256": leaf["content"], "changed_seq": entry.seq,
        "last_seen_at": leaf["at"],
    }
    if key is None:
        result = connection.execute(insert(t.post), {
            **row, "post": leaf["post"], "account": leaf["account"], "kind": found.kind,
            "created_at": t.stamp(found.created_at), "first_seen_at": leaf["at"],
        })
        key = int(result.inserted_primary_key[0]) if result.inserted_primary_key else 0
    elif not leaf.get("older"):  # a version from before the known one tells nothing about how the post stands
        if leaf["state"] == "gone":
            del row["last_seen_at"]  # it was last seen before
        connection.execute(update(t.post).where(t.post.c.post_key == key).values(**row))
    connection.execute(insert(t.snapshot), {
        "seq": entry.seq, "post_key": key, "state": leaf["state"], "observed_at": leaf["at"],
        "content_sha256": leaf["content"], "record_id": leaf["record"], "how": leaf.get("how", ""),
        "body": json.dumps(post_json(found), ensure_ascii=False),
    })
    if leaf["state"] != "gone":
        index_text(connection, entry.seq, found)


def _media(connection: Connection, entry: Entry, _post: FindPost, _finding: object) -> None:
    leaf = entry.leaf
    if leaf["sha256"]:
        known = connection.execute(select(t.media.c.sha256).where(t.media.c.sha256 == leaf["sha256"])).one_or_none()
        if known is None:
            connection.execute(insert(t.media), {
                "sha256": leaf["sha256"], "size_bytes": leaf["bytes"], "mime": leaf["mime"], "seq": entry.seq,
            })
    key = post_key(connection, leaf["post"])
    if key is None:
        raise ValueError(f"ledger entry {entry.seq}: a media item of the unknown post {leaf['post']}")
    upsert(connection, t.attachment, [{
        "post_key": key, "url": leaf["url"], "sha256": leaf["sha256"], "why": leaf.get("why", ""),
    }], ["post_key", "url"])
    connection.execute(update(t.post).where(t.post.c.post_key == key).values(changed_seq=entry.seq))


def _visit(connection: Connection, entry: Entry, _post: FindPost, _finding: object) -> None:
    leaf = entry.leaf
    names = ("run", "account", "began_at", "ended_at", "code", "problem", "expected", "pages", "new", "edited", "gone", "media_failed")
    connection.execute(insert(t.visit), {
        "seq": entry.seq, "cursor": json.dumps(leaf["cursor"]), "marked": json.dumps(leaf["marked"], ensure_ascii=False),
        **{name: leaf[name] for name in names},
    })


def _finding(connection: Connection, entry: Entry, _post: FindPost, find_finding: Callable[[Entry], str]) -> None:
    leaf = entry.leaf
    key = post_key(connection, leaf["post"])
    known = connection.execute(
        select(t.finding.c.found_at, t.finding.c.ended_at).where(t.finding.c.finding == leaf["finding"])
    ).one_or_none()
    # A finding that comes back after it had ended is a new one to the reader.
    found_at = known.found_at if known is not None and known.ended_at is None else leaf["at"]
    upsert(connection, t.finding, [{
        "finding": leaf["finding"], "post_key": key, "account": leaf["account"], "rule": leaf["rule"],
        "severity": leaf["severity"], "snapshot_seq": leaf["snapshot"], "found_at": found_at, "ended_at": None,
        "ended_why": "", "body_sha256": leaf["body_sha256"], "body": find_finding(entry),
    }], ["finding"])


def _finding_ended(connection: Connection, entry: Entry, _post: FindPost, _find: object) -> None:
    leaf = entry.leaf
    connection.execute(
        update(t.finding).where(t.finding.c.finding == leaf["finding"]).values(ended_at=leaf["at"], ended_why=leaf["why"])
    )


def _analysis(connection: Connection, entry: Entry, _post: FindPost, _find: object) -> None:
    leaf = entry.leaf
    upsert(connection, t.analysis, [
        {"rule": rule, "judged_by": judged_by, "upto_seq": leaf["upto"]} for rule, judged_by in leaf["rules"].items()
    ], ["rule"])
    rules = list(leaf["rules"])
    if leaf["from"] == 0:  # the rules begin again: what they dropped is counted again too
        connection.execute(delete(t.dropped).where(t.dropped.c.rule.in_(rules)))
    for rule, counts in leaf["dropped"].items():
        for category, count in counts.items():
            known = connection.execute(
                select(t.dropped.c.count).where(t.dropped.c.rule == rule, t.dropped.c.category == category)
            ).scalar()
            upsert(connection, t.dropped, [{"rule": rule, "category": category, "count": count + (known or 0)}], ["rule", "category"])
    judged = select(t.post.c.post_key).where(t.post.c.changed_seq > leaf["from"], t.post.c.changed_seq <= leaf["upto"])
    connection.execute(delete(t.unchecked).where(t.unchecked.c.post_key.in_(judged), t.unchecked.c.rule.in_(rules)))
    upsert(connection, t.unchecked, [
        {"post_key": post_key(connection, name), "rule": rule, "reason": reason} for name, rule, reason in leaf["unchecked"]
    ], ["post_key", "rule"])


def _report(connection: Connection, entry: Entry, _post: FindPost, _find: object) -> None:
    leaf = entry.leaf
    connection.execute(insert(t.report), {
        "seq": entry.seq, "made_at": leaf["at"], "since": leaf["since"], "until": leaf["until"],
        "files": json.dumps(leaf["files"]), "open": json.dumps(leaf["open"]),
    })


def _verified(connection: Connection, entry: Entry, _post: FindPost, _find: object) -> None:
    leaf = entry.leaf
    connection.execute(insert(t.verified), {
        "seq": entry.seq, "at": leaf["at"], "upto_seq": leaf["upto"], "upto_offset": leaf["offset"],
        "chain": leaf["chain"], "whole": int(leaf["whole"]), "warc_file": leaf["warc_file"], "warc_end": leaf["warc_end"],
    })


_APPLY: Mapping[str, Callable[[Connection, Entry, FindPost, Callable[[Entry], str]], None]] = {
    "warcinfo": _warc, "findings": _warc, "exchange": _exchange, "snapshot": _snapshot, "media": _media, "visit": _visit, "finding": _finding,
    "finding-ended": _finding_ended, "analysis": _analysis, "report": _report, "verified": _verified,
}


def post_key(connection: Connection, post: str) -> int | None:
    """The database's key of a post, or None where it is not in the archive."""
    return connection.execute(select(t.post.c.post_key).where(t.post.c.post == post)).scalar()


def seen(connection: Connection, posts: Sequence[str], at: str) -> None:
    """Notes that posts stood on a page at a moment."""
    for start in range(0, len(posts), 500):
        some = posts[start : start + 500]
        connection.execute(update(t.post).where(t.post.c.post.in_(some), t.post.c.last_seen_at < at).values(last_seen_at=at))


def count(connection: Connection, table: Any) -> int:
    """How many rows a table holds."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)
