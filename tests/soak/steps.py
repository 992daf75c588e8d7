"""Counts the steps of a run that leave something on the disk, and ends the process at one of them, as a kill would.

A step is whatever changes a file of the archive or makes it durable: a write to a WARC file, to the ledger or to a
media file, each sync, the move of a media file to its place, each commit of the database, a cut, a removal. What is not
synced yet is held back, so that at each step no more is on the disk than may be relied on.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from rollbook.archive import archive, ledger, media, store, warc

#: As a shell shows a process that was ended by SIGKILL.
KILLED = 137


def count(crash_at: int | None) -> list[str]:
    """From now on counts the steps of this process; at number ``crash_at``, after it is done, the process ends."""
    done: list[str] = []

    def step(name: str) -> None:
        done.append(name)
        if len(done) == crash_at:
            os._exit(KILLED)

    def after(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            result = function(*arguments, **named)
            step(name)
            return result

        return called

    waiting: dict[warc.WarcWriter, io.BytesIO] = {}
    warc.WarcWriter._append = _held_back(warc.WarcWriter._append, waiting)  # type: ignore[method-assign]
    warc.WarcWriter.sync = _written_at_last(warc.WarcWriter.sync, waiting, step)  # type: ignore[method-assign]
    media.MediaStore.put = _taken_in(media.MediaStore.put, step)  # type: ignore[method-assign]
    media.MediaStore.settle = after("media moved to its place", media.MediaStore.settle)  # type: ignore[method-assign]
    media.MediaStore.sweep = after("unknown media removed", media.MediaStore.sweep)  # type: ignore[method-assign]
    ledger.Ledger.append = _line_by_line(ledger.Ledger.append, step)  # type: ignore[method-assign]
    archive.Archive._trim_warcs = after("unknown captures cut", archive.Archive._trim_warcs)  # type: ignore[method-assign]
    store.Store.__init__ = _committing(store.Store.__init__, step)  # type: ignore[method-assign]
    return done


def _committing(begin: Callable[..., None], step: Callable[[str], None]) -> Callable[..., None]:
    """A transaction that wrote something: before its commit, and after it; the tables of the first opening."""

    def opened(self: store.Store, url: str) -> None:
        begin(self, url)
        changes, written = 0, False

        def committing(connection: Any) -> None:
            nonlocal changes, written
            now = connection.connection.dbapi_connection.total_changes
            if now != changes:
                changes, written = now, True
                step("database written, not committed")

        def returned(*_: Any) -> None:
            nonlocal written
            if written:
                written = False
                step("database committed")

        def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.lstrip().upper().startswith("CREATE"):
                step("a table made")

        event.listen(self.engine, "after_cursor_execute", executed)
        event.listen(self.engine, "commit", committing)
        event.listen(self.engine, "checkin", returned)

    return opened


def _held_back(append: Callable[..., Any], waiting: dict[warc.WarcWriter, io.BytesIO]) -> Callable[..., Any]:
    """Captures stay in memory until they are synced, as a buffer may keep them: whoever relies on them too early fails."""

    def called(self: warc.WarcWriter, data: bytes) -> warc.Place:
        file, self._file = self._file, waiting.setdefault(self, io.BytesIO())
        try:
            place: warc.Place = append(self, data)
        finally:
            self._file = file
        return place

    return called


def _written_at_last(
    sync: Callable[..., Any], waiting: dict[warc.WarcWriter, io.BytesIO], step: Callable[[str], None]
) -> Callable[..., Any]:
    """A sync brings them to the file; half of them first, as a kill in the middle of a write leaves it."""

    def called(self: warc.WarcWriter) -> None:
        data = waiting.pop(self, io.BytesIO()).getvalue()
        if data and self._file is not None:
            self._file.write(data[: len(data) // 2])
            self._file.flush()
            step("half of the captures written")
            self._file.write(data[len(data) // 2 :])
        sync(self)
        if data:
            step("captures synced")

    return called


def _taken_in(put: Callable[..., Any], step: Callable[[str], None]) -> Callable[..., Any]:
    """Media bytes arrive; half of them first."""

    def called(self: media.MediaStore, data: bytes) -> str:
        known = {path.name for path in self.incoming.iterdir()} if self.incoming.is_dir() else set()
        sha256: str = put(self, data)
        path = self.incoming / sha256
        if sha256 not in known and path.exists():
            os.truncate(path, len(data) // 2)
            step("half a media file written")
            path.write_bytes(data)
            step("media file written")
        return sha256

    return called


def _line_by_line(append: Callable[..., Any], step: Callable[[str], None]) -> Callable[..., Any]:
    """The ledger's lines arrive one after the other, the last one in two halves; then they are acknowledged."""

    def called(self: ledger.Ledger, leaves: Any) -> Any:
        before = self.path.stat().st_size
        entries = append(self, leaves)
        whole = self.path.read_bytes()[before:]
        lines = whole.splitlines(keepends=True)
        os.truncate(self.path, before)
        with self.path.open("ab", buffering=0) as file:
            for line in lines[:-1]:
                file.write(line)
                step("a line of a batch written")
            file.write(lines[-1][: len(lines[-1]) // 2])
            step("half a line written")
            file.write(lines[-1][len(lines[-1]) // 2 :])
        step("ledger acknowledged")
        return entries

    return called

