"""One district's archive, open for writing: what it acknowledges survives a kill at any moment.

The order is always: WARC bytes and media on the disk, then the ledger's lines on the disk (the acknowledgement), then
media moved to their place, then the database. A run that dies in between leaves bytes that the ledger does not know,
which the next opening drops, or ledger lines that the database does not know, which it applies. So does one whose disk
is full: after a step that failed nothing more is taken, since what came after it would hide where it stopped.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from rollbook.archive import schema as t
from rollbook.archive import warc
from rollbook.archive.applying import apply
from rollbook.archive.ledger import Entry, Ledger
from rollbook.archive.media import MediaStore
from rollbook.archive.names import held_under
from rollbook.archive.replay import ParsePage, Replayer
from rollbook.archive.schema import stamp
from rollbook.archive.store import Store
from rollbook.archive.store import seen as note_seen
from rollbook.errors import Busy, NotWritten
from rollbook.exchange import Exchange
from rollbook.types import Page, Post

#: How many exchanges may wait for their sync: what a kill may cost is at most these, to be fetched again.
SYNC_EVERY = 20
#: How many entries one transaction of a recovery or a rebuild applies.
REPLAY_AT_ONCE = 500


class Archive:
    """The folder ``archive/`` of a workspace, held by one writer. A Sink for the door."""

    def __init__(self, folder: Path, *, operator: str, parse: ParsePage, afresh: bool = False) -> None:
        """Opens, takes the lock and recovers; ``afresh`` makes the database again. **Raises** Busy, ArchiveError."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(folder / "lock")
        self.warc_folder = folder / "warc"
        self._parse = parse
        self.media = MediaStore(folder / "media")
        self.ledger = Ledger(folder / "ledger.jsonl")
        if afresh:
            drop_database(folder)
        self.store = Store.at(folder)
        self._writer = warc.WarcWriter(self.warc_folder, operator)
        self._leaves: list[Mapping[str, Any]] = []
        self._posts: dict[int, Post] = {}
        self._findings: dict[int, str] = {}
        self._exchanges = 0
        self._failed = False
        try:
            self.store.migrate()
            self._recover()
        except BaseException:
            self.close()
            raise

    # -- taking in -----------------------------------------------------------------------------------------------

    def record(self, exchange: Exchange) -> str:
        """Takes one exchange: to the WARC now, acknowledged with the next commit. Returns the WARC-Record-ID."""
        with self._writing():
            begun, written = self._writer.exchange(exchange)
            if warc.is_media(exchange):
                self.media.put(exchange.body)
        for place in begun:
            self._leaves.append({"kind": "warcinfo", "warc": place.leaf()})
        self._leaves.append({
            "kind": "exchange", "record": written.record_id, "account": exchange.account, "part": exchange.part,
            "context": dict(exchange.context), "url": exchange.url, "status": exchange.status,
            "at": stamp(exchange.started_at), "warc": written.place.leaf(), "payload_sha256": written.payload_sha256,
            "payload_bytes": len(exchange.body),
        })
        self._exchanges += 1
        return written.record_id

    def record_export(self, page: Page, source: str) -> str:
        """Takes a page of an owner's export, named by ``source``; returns the WARC-Record-ID.

        A page that stood in the export as an answer of the network keeps its address and headers.
        """
        with self._writing():
            begun, written = self._writer.exported(page, source)
        for place in begun:
            self._leaves.append({"kind": "warcinfo", "warc": place.leaf()})
        self._leaves.append({
            "kind": "exchange", "record": written.record_id, "account": page.account, "part": page.part,
            "context": dict(page.context), "url": page.url, "status": page.status, "at": stamp(page.fetched_at),
            "warc": written.place.leaf(), "payload_sha256": written.payload_sha256, "payload_bytes": len(page.body),
            "source": source,
        })
        self._exchanges += 1
        return written.record_id

    def keep(self, data: bytes) -> str:
        """Takes the bytes of a picture; acknowledged with the line that names them. Returns their SHA-256."""
        with self._writing():
            return self.media.put(data)

    def add(self, leaf: Mapping[str, Any]) -> None:
        """Adds a record to the batch; acknowledged with the next commit."""
        self._leaves.append(leaf)

    def add_snapshot(self, leaf: Mapping[str, Any], post: Post) -> None:
        """Adds a snapshot with its post, which the database keeps and the ledger does not."""
        self._posts[len(self._leaves)] = post
        self._leaves.append(leaf)

    def add_findings(self, leaves: list[dict[str, Any]], bodies: list[str], at: datetime) -> None:
        """Adds findings; their words go into one resource record of the WARC, the ledger keeps hashes and the place."""
        if not leaves:
            return
        block = ("\n".join(bodies) + "\n").encode("utf-8", "surrogatepass")
        with self._writing():
            begun, written = self._writer.resource("urn:rollbook:findings", "application/jsonl", block, at)
        for place in begun:
            self._leaves.append({"kind": "warcinfo", "warc": place.leaf()})
        self._leaves.append(
            {"kind": "findings", "record": written.record_id, "warc": written.place.leaf(), "at": stamp(at)}
        )
        for line, (leaf, body) in enumerate(zip(leaves, bodies, strict=True)):
            self._findings[len(self._leaves)] = body
            self._leaves.append({**leaf, "record": written.record_id, "warc": written.place.leaf(), "line": line})

    @property
    def wants_commit(self) -> bool:
        """Whether enough waits that it should be acknowledged now."""
        return self._exchanges >= SYNC_EVERY

    def commit(self, *, seen: Mapping[str, list[str]] | None = None) -> list[Entry]:
        """Acknowledges everything added since the last commit; returns once it would survive a power cut.

        ``seen`` names posts that stood on a page, by the moment of the page.
        """
        if not self._leaves and not seen:
            return []
        with self._writing():
            self._writer.sync()
            entries = self.ledger.append(self._leaves) if self._leaves else []
            for entry in entries:
                if entry.kind == "media" and entry.leaf["sha256"]:
                    self.media.settle(entry.leaf["sha256"])
            first = entries[0].seq if entries else 0
            posts, findings = self._posts, self._findings
            with self.store.begin() as connection:
                apply(
                    connection, entries, self.ledger.size_bytes,
                    lambda entry: posts[entry.seq - first], lambda entry: findings[entry.seq - first],
                )
                for at, names in (seen or {}).items():
                    note_seen(connection, names, at)
        self._leaves, self._posts, self._findings, self._exchanges = [], {}, {}, 0
        return entries

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A step that is done whole, or is the last one before the next opening. **Raises** NotWritten."""
        if self._failed:
            raise NotWritten(f"{self.folder}: a write failed before; nothing more is taken until it is opened again")
        self._failed = True
        try:
            yield
        except (OSError, SQLAlchemyError) as err:
            # The words of SQLAlchemy hold the whole statement, with what was to be written.
            cause = getattr(err, "strerror", None) or getattr(err, "orig", None) or type(err).__name__
            problem = f"{self.folder}: cannot be written: {cause}. What was acknowledged is safe; the next run goes on"
            raise NotWritten(problem) from err
        self._failed = False

    # -- recovering ----------------------------------------------------------------------------------------------

    def _recover(self) -> None:
        seq, offset, head = self.store.applied()
        behind: list[Entry] = []
        for entry in self.ledger.open(seq, offset, head):
            behind.append(entry)
            if len(behind) >= REPLAY_AT_ONCE:
                self._replay(behind)
                behind = []
        if behind:
            self._replay(behind)
        self._trim_warcs()
        self._settle_media()

    def _replay(self, entries: list[Entry]) -> None:
        """Applies acknowledged entries to the database, posts and findings made again from their captures."""
        with self.store.begin() as connection:
            replayer = Replayer(connection, self.warc_folder, self._parse)
            for entry in entries:
                if entry.kind == "media" and entry.leaf["sha256"]:
                    self.media.settle(entry.leaf["sha256"])
                replayer.note(entry)
                apply(connection, [entry], self.ledger.size_bytes, replayer.post, replayer.finding)
            for record_id, account, at in replayer.captured():
                names = [post.id for post in replayer.posts_of(record_id) if post.account == account]
                note_seen(connection, list(held_under(connection, names).values()), at)

    def _trim_warcs(self) -> None:
        """Cuts WARC bytes that were never acknowledged: the run that wrote them was killed before it said so."""
        with self.store.begin() as connection:
            known: dict[str, int] = {}
            for row in connection.execute(select(t.warc_file.c.file, t.warc_file.c.size_bytes)):
                known[row.file] = row.size_bytes
        for path in self.warc_folder.glob("*/*.warc.gz"):
            size = known.get(path.relative_to(self.warc_folder).as_posix(), 0)
            if size == 0:
                path.unlink()
            elif path.stat().st_size > size:
                os.truncate(path, size)

    def _settle_media(self) -> None:
        if not self.media.incoming.is_dir():
            return
        with self.store.begin() as connection:
            for path in self.media.incoming.iterdir():
                if connection.execute(select(t.media.c.seq).where(t.media.c.sha256 == path.name)).scalar() is not None:
                    self.media.settle(path.name)
        self.media.sweep()

    def close(self) -> None:
        """Gives the lock back; whatever was not committed is dropped."""
        with suppress(OSError) if self._failed else nullcontext():  # it was told before
            self._writer.close()
            self.ledger.close()
        self.store.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def to_read(folder: Path) -> Store:
    """The database of an archive, to be read beside a run. **Raises** Busy where its tables have to be brought up."""
    store = Store.at(folder)
    if not store.is_current():
        with _lock(folder / "lock"):
            store.migrate()
    return store


def drop_database(folder: Path) -> None:
    """Removes the index of an archive; ledger, captures and media are the record and stay."""
    for name in ("index.sqlite3-wal", "index.sqlite3-shm", "index.sqlite3"):
        (folder / name).unlink(missing_ok=True)


def _lock(path: Path) -> IO[str]:
    handle = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        holder = handle.read().strip()
        handle.close()
        raise Busy(
            f"another run holds {path.parent}{f' ({holder})' if holder else ''}; wait for it, or end it"
        ) from None
    handle.truncate(0)
    handle.write(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
    handle.flush()
    return handle
