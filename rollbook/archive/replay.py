"""Makes posts and findings again from the captures: parsing is a pure function of a captured page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from rollbook.archive import schema as t
from rollbook.archive import warc
from rollbook.archive.ledger import Entry
from rollbook.errors import ArchiveError
from rollbook.exports import RECORDED
from rollbook.formats import fingerprint, read_post
from rollbook.types import MEDIA_PART, Page, Parsed, Post

#: Makes the posts of a captured page again; the caller knows the collectors, the archive does not.
ParsePage = Callable[[Page], Parsed]


class Replayer:
    """Makes posts and findings again from the captures, one page in memory at a time."""

    def __init__(self, connection: Connection, warc_folder: Path, parse: ParsePage) -> None:
        self._connection, self._folder, self._parse = connection, warc_folder, parse
        self._exchanges: dict[str, Mapping[str, Any]] = {}
        self._page: tuple[str, dict[str, list[Post]]] = ("", {})
        self._lines: tuple[str, list[str]] = ("", [])

    def note(self, entry: Entry) -> None:
        """Remembers where a capture lies."""
        if entry.kind == "exchange":
            self._exchanges[entry.leaf["record"]] = entry.leaf

    def captured(self) -> list[tuple[str, str, str]]:
        """The captures noted so far that say when a post was seen: those of visits, and what somebody recorded.

        **Shape**: record, account, moment.
        """
        return [
            (record_id, leaf["account"], leaf["at"]) for record_id, leaf in self._exchanges.items()
            if not leaf.get("source") or RECORDED in leaf["context"]
        ]

    def page(self, record_id: str) -> Page:
        """The captured page of a record. **Raises** ArchiveError."""
        leaf = self._exchanges.get(record_id) or self._from_store(record_id)
        captured = warc.read(self._folder, warc.Place(**leaf["warc"]))
        return Page(
            account=leaf["account"], part=leaf["part"], url=leaf["url"], status=leaf["status"],
            headers={name.lower(): value for name, value in captured.headers}, body=captured.body,
            fetched_at=t.moment(leaf["at"]), context=leaf["context"], record_id=record_id,
        )

    def _from_store(self, record_id: str) -> Mapping[str, Any]:
        row = self._connection.execute(select(t.exchange).where(t.exchange.c.record_id == record_id)).one_or_none()
        if row is None:
            raise ArchiveError(f"the capture {record_id} is not in the ledger; run `rollbook verify`")
        return {
            "account": row.account,
            "part": row.part,
            "url": row.url,
            "status": row.status,
            "at": row.fetched_at,
            "context": json.loads(row.context),
            "warc": {
                "file": row.warc_file,
                "offset": row.warc_offset,
                "length": row.warc_length,
                "sha256": row.warc_sha256,
            },
        }

    def posts_of(self, record_id: str) -> list[Post]:
        """The posts that a captured page yields; none where it could not be parsed."""
        if self._page[0] != record_id:
            found: dict[str, list[Post]] = {}
            page = self.page(record_id)
            if page.part != MEDIA_PART:
                for post in _quietly(self._parse, page).posts:
                    found.setdefault(post.id, []).append(post)
            self._page = (record_id, found)
        return [post for versions in self._page[1].values() for post in versions]

    def post(self, entry: Entry) -> Post:
        """The post of a snapshot entry: the version with the ledger's fingerprint, or the nearest one there is."""
        leaf = entry.leaf
        if leaf["state"] == "gone":
            body = self._connection.execute(  # its newest version: an older one may have come in after that
                select(t.snapshot.c.body).join(t.post, t.post.c.seq == t.snapshot.c.seq)
                .where(t.post.c.post == leaf["post"])
            ).scalar()
            if body is None:
                raise ArchiveError(f"ledger entry {entry.seq}: {leaf['post']} is gone before it was there")
            return read_post(json.loads(body))
        self.posts_of(leaf["record"])
        versions = [replace(one, id=leaf["post"]) for one in self._page[1].get(leaf.get("name", leaf["post"]), [])]
        for version in versions:
            if fingerprint(version) == leaf["content"]:
                return version
        if not versions:
            raise ArchiveError(
                f"ledger entry {entry.seq}: its capture {leaf['record']} no longer yields {leaf['post']}; "
                "the collector reads this page differently than when it was captured"
            )
        return versions[-1]

    def finding(self, entry: Entry) -> str:
        """The words of a finding entry."""
        record_id = entry.leaf["record"]
        if self._lines[0] != record_id:
            captured = warc.read(self._folder, warc.Place(**entry.leaf["warc"]))
            self._lines = (record_id, captured.body.decode("utf-8", "surrogatepass").split("\n"))
        return self._lines[1][int(entry.leaf["line"])]


def _quietly(parse: ParsePage, page: Page) -> Parsed:
    try:
        return parse(page)
    except Exception:  # a defect in one reader: its visit said so, and the archive has to open all the same
        return Parsed()
