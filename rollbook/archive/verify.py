"""Verify: holds every byte of captures, media, ledger and database against what the ledger acknowledged.

Every problem is collected, none stops the check; each says what was expected, what was found, and whether `rollbook
rebuild` can mend it. The quick check reads what came since the last clean one and the sizes of all files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from rollbook.archive import schema as t
from rollbook.archive import warc
from rollbook.archive.archive import Archive
from rollbook.archive.ledger import GENESIS, Entry, chained, leaf_bytes
from rollbook.archive.names import held_under
from rollbook.archive.schema import stamp
from rollbook.archive.store import count
from rollbook.errors import ArchiveError
from rollbook.formats import fingerprint, read_post


@dataclass(frozen=True, slots=True)
class Problem:
    """One difference between what the archive holds and what its ledger says."""

    #: ``ledger``, ``warc``, ``media`` or ``database``.
    kind: str
    place: str
    expected: str
    found: str
    #: Whether ``rollbook rebuild`` mends it.
    rebuildable: bool = False

    def __str__(self) -> str:
        mend = "; `rollbook rebuild` mends it" if self.rebuildable else ""
        return f"{self.kind}: {self.place}: expected {self.expected}, found {self.found}{mend}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check looked at and found."""

    entries: int
    bytes_read: int
    problems: tuple[Problem, ...]


def verify(
    archive: Archive, *, quick: bool, now: datetime, tell: Callable[[int], None] = lambda entries: None
) -> Verified:
    """Checks the archive; a clean result is recorded in the ledger, so that the next quick check begins there."""
    checker = _Checker(archive)
    if quick:
        checker.begin_at_last_clean()
    seq = checker.seq
    checker.run(tell)
    if not checker.problems:
        archive.add({
            "kind": "verified", "at": stamp(now), "whole": not quick, "upto": checker.seq, "offset": checker.offset,
            "chain": checker.chain.hex(), "warc_file": checker.last_file[0], "warc_end": checker.last_file[1],
        })
        archive.commit()
    return Verified(checker.seq - seq, checker.bytes_read, tuple(checker.problems))


class _Checker:
    """One pass over the archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.problems: list[Problem] = []
        self.bytes_read = 0
        self.seq, self.offset, self.chain = 0, 0, GENESIS
        #: Where the next record of each WARC file must begin; a file that is not named begins at 0.
        self._ends: dict[str, int] = {}
        #: The WARC file of the newest capture, and where that ends.
        self.last_file = ("", 0)
        self._media: set[str] = set()
        self._counts = {"exchange": 0, "snapshot": 0, "capture": 0, "post_name": 0}
        self._rows: Iterator[Any] | None = None
        self._row: Any = None

    def begin_at_last_clean(self) -> None:
        """Begins where the last clean check ended; at the beginning where there was none."""
        with self._archive.store.begin() as connection:
            row = connection.execute(select(t.verified).order_by(t.verified.c.seq.desc()).limit(1)).one_or_none()
            if row is None:
                return
            self._ends = {file.file: file.size_bytes for file in connection.execute(select(t.warc_file))}
        self.seq, self.offset, self.chain = row.upto_seq, row.upto_offset, bytes.fromhex(row.chain)
        self.last_file = (row.warc_file, row.warc_end)
        if row.warc_file:
            self._ends[row.warc_file] = row.warc_end

    def run(self, tell: Callable[[int], None]) -> None:
        """Checks everything from the present place in the ledger on, and every file's size."""
        whole = self.seq == 0
        with self._archive.store.begin() as connection:
            for entry in self._entries():
                self._check(entry, connection)
                if entry.seq % 1000 == 0:
                    tell(entry.seq)
            self._check_files(whole)
            self._check_database(connection, whole)

    def _problem(self, kind: str, place: str, expected: str, found: str, *, rebuildable: bool = False) -> None:
        self.problems.append(Problem(kind, place, expected, found, rebuildable))

    # -- ledger --------------------------------------------------------------------------------------------------

    def _entries(self) -> Iterator[Entry]:
        path = self._archive.ledger.path
        with path.open("rb") as file:
            file.seek(self.offset)
            for line in file:
                place = f"ledger.jsonl, entry {self.seq + 1}"
                try:
                    stated, leaf = leaf_bytes(line)
                    value = json.loads(leaf)
                    kind = str(value["kind"])
                except (ValueError, KeyError, TypeError) as err:
                    self._problem("ledger", place, "a ledger line", f"{line[:60]!r} ({err})")
                    return
                self.chain = chained(self.chain, leaf)
                if self.chain != stated:
                    self._problem(
                        "ledger",
                        place,
                        f"the chain value {self.chain.hex()[:16]}…",
                        f"{stated.hex()[:16]}…: this entry or one before it was changed",
                    )
                    return
                self.seq, self.offset = self.seq + 1, self.offset + len(line)
                self.bytes_read += len(line)
                yield Entry(self.seq, kind, value, stated.hex())

    def _check(self, entry: Entry, connection: Connection) -> None:
        if entry.kind in ("warcinfo", "exchange", "findings"):
            self._check_capture(entry)
        if entry.kind == "media" and entry.leaf["sha256"]:
            self._check_media(entry.leaf["sha256"])
        if entry.kind in ("exchange", "capture"):
            self._counts[entry.kind] += 1
        elif entry.kind == "same":
            self._counts["post_name"] += 1
            self._check_name(entry, connection)
        elif entry.kind == "snapshot":
            self._counts["snapshot"] += 1
            self._check_snapshot(entry, connection)
        elif entry.kind == "finding":
            self._check_finding(entry, connection)

    # -- captures and media --------------------------------------------------------------------------------------

    def _check_capture(self, entry: Entry) -> None:
        place = warc.Place(**entry.leaf["warc"])
        begins = 0 if entry.kind == "warcinfo" else self._ends.get(place.file, 0)
        if place.offset != begins:
            self._problem(
                "warc", place.file, f"the next record at byte {begins}", f"the ledger puts it at {place.offset}"
            )
        self._ends[place.file] = place.offset + place.length
        self.last_file = (place.file, place.offset + place.length)
        try:
            self.bytes_read += len(warc.read_bytes(self._archive.warc_folder, place))
        except ArchiveError as err:
            self._problem(
                "warc",
                f"{place.file}, {place.length} bytes at {place.offset}",
                f"SHA-256 {place.sha256[:16]}…",
                str(err),
            )

    def _check_media(self, sha256: str) -> None:
        if sha256 in self._media:
            return
        self._media.add(sha256)
        try:
            self.bytes_read += len(self._archive.media.read(sha256))
        except ArchiveError as err:
            self._problem("media", f"media/{sha256[:2]}/{sha256[2:4]}/{sha256}", f"SHA-256 {sha256[:16]}…", str(err))

    def _check_files(self, whole: bool) -> None:
        """Holds what lies in the folders against the ledger: bytes that it does not know were put there."""
        folder = self._archive.warc_folder
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if not path.is_file():
                continue
            name = path.relative_to(folder).as_posix()
            size, end = path.stat().st_size, self._ends.get(name)
            if end is None:
                self._problem("warc", name, "no such file", f"{size} bytes that the ledger does not know")
            elif size != end:
                self._problem("warc", name, f"{end} bytes", f"{size} bytes")
        for name in self._ends:
            if not (folder / name).is_file():
                self._problem("warc", name, "the file", "no such file")
        if whole:
            self._check_stray_media()

    def _check_stray_media(self) -> None:
        media = self._archive.media
        for path in sorted(media.folder.rglob("*")) if media.folder.is_dir() else []:
            if path.is_file() and (path.name not in self._media or path != media.path(path.name)):
                self._problem(
                    "media",
                    path.relative_to(media.folder).as_posix(),
                    "no such file",
                    "bytes that the ledger does not know",
                )

    # -- database ------------------------------------------------------------------------------------------------

    def _check_snapshot(self, entry: Entry, connection: Connection) -> None:
        row = self._snapshot_row(entry.seq, connection)
        place = f"snapshot {entry.seq} of {entry.leaf['post']}"
        if row is None:
            self._problem("database", place, "the snapshot", "none", rebuildable=True)
            return
        found = [row.post, row.state, row.observed_at, row.content_sha256, row.record_id]
        leaf = entry.leaf
        if found != [leaf["post"], leaf["state"], leaf["at"], leaf["content"], leaf["record"]]:
            self._problem(
                "database", place, "what the ledger says", f"{row.state} at {row.observed_at}", rebuildable=True
            )
        try:
            content = fingerprint(read_post(json.loads(row.body)))
        except Exception as err:  # whatever was written there is no post any more
            content = f"no post ({err})"
        if content != leaf["content"]:
            self._problem(
                "database", place, f"the content {leaf['content'][:16]}…", f"{content[:40]}…", rebuildable=True
            )

    def _snapshot_row(self, seq: int, connection: Connection) -> Any:
        """The database's row of a snapshot; asked for in the ledger's order, one query serves them all."""
        if self._rows is None:
            self._rows = iter(connection.execute(
                select(t.snapshot, t.post.c.post).join(t.post, t.post.c.post_key == t.snapshot.c.post_key)
                .where(t.snapshot.c.seq >= seq).order_by(t.snapshot.c.seq).execution_options(yield_per=500)
            ))
            self._row = next(self._rows, None)
        while self._row is not None and self._row.seq < seq:
            self._row = next(self._rows, None)
        return self._row if self._row is not None and self._row.seq == seq else None

    def _check_name(self, entry: Entry, connection: Connection) -> None:
        name, post = entry.leaf["name"], entry.leaf["post"]
        found = held_under(connection, [name]).get(name, "none")
        if found != post:
            self._problem("database", f"the further id {name}", post, found, rebuildable=True)

    def _check_finding(self, entry: Entry, connection: Connection) -> None:
        row = connection.execute(select(t.finding).where(t.finding.c.finding == entry.leaf["finding"])).one_or_none()
        place = f"finding {entry.leaf['finding']}"
        if row is None:
            self._problem("database", place, "the finding", "none", rebuildable=True)
        elif hashlib.sha256(row.body.encode("utf-8", "surrogatepass")).hexdigest() != row.body_sha256:
            self._problem("database", place, f"the words {row.body_sha256[:16]}…", "other words", rebuildable=True)

    def _check_database(self, connection: Connection, whole: bool) -> None:
        row = connection.execute(select(t.applied)).one_or_none()
        if row is not None and self.seq != row.seq and not self.problems:
            self._problem("database", "applied entries", str(self.seq), str(row.seq), rebuildable=True)
        if whole and not self.problems:
            for table in (t.exchange, t.snapshot, t.capture, t.post_name):
                found = count(connection, table)
                if found != self._counts[table.name]:
                    self._problem(
                        "database", f"rows of {table.name}", str(self._counts[table.name]), str(found), rebuildable=True
                    )
