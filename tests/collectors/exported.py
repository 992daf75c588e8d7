"""An owner's export for the tests of its readers: members in memory, and a note of each that was opened."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import ijson

from rollbook.plugins import Collector
from rollbook.types import Account, Marked, Page, Post


class InTestExport:
    """Members in memory, read as ``rollbook.exports.ExportFile`` says; what was read in is kept in ``told``."""

    def __init__(self, members: Mapping[str, str]) -> None:
        self.members = dict(members)
        self.opened: set[str] = set()
        self.told = ""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.members)

    @property
    def document(self) -> bytes:
        return b""

    def _open(self, member: str) -> bytes:
        self.opened.add(member)
        return self.members[member].encode()

    def values(self, member: str, path: str = "item") -> Iterator[object]:
        yield from ijson.items(io.BytesIO(self._open(member)), path, use_float=True)

    def rows(self, member: str) -> Iterator[Mapping[str, str]]:
        yield from csv.DictReader(io.StringIO(self._open(member).decode(), newline=""))

    def whole(self, member: str, *, limit_bytes: int) -> bytes:
        return self._open(member)[:limit_bytes]

    def read(self, plugin: Collector, account: Account) -> tuple[list[Post], list[Marked]]:
        """What the reader and the parser of a network make of it."""
        assert plugin.export is not None
        posts, marked = list[Post](), list[Marked]()
        for portion in plugin.export.read(self, account):
            body = json.dumps(list(portion.items), ensure_ascii=False)
            assert portion.member in self.opened
            self.told += body
            at = datetime(2026, 10, 20, tzinfo=UTC)
            url = f"file:///{portion.member}"
            parsed = plugin.parse(Page(account.key, portion.part, url, 200, {}, body.encode(), at, dict(portion.context)))
            posts += parsed.posts
            marked += parsed.marked
        return posts, marked
