"""The ledger: one line for every record that the archive acknowledged, each chained to all before it.

A line is ``{"chain": …, "leaf": {…}}``. The leaf hash is SHA-256(0x00 || canonical leaf), as a leaf of RFC 9162's
tree; the chain value is SHA-256(previous chain || leaf hash). Whoever keeps one chain value can tell later whether
anything before it was changed, removed or inserted. Leaves hold hashes, places and counts, never the words of a post.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from rollbook.errors import ArchiveError
from rollbook.formats import canonical

#: The chain value before the first line.
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """One acknowledged record."""

    #: 1 for the first line; without gaps.
    seq: int
    #: What was recorded: ``exchange``, ``media``, ``snapshot``, ``visit``, ``finding``…
    kind: str
    leaf: Mapping[str, Any]
    #: Hex digits of the chain value after this entry.
    chain: str


def chained(previous: bytes, leaf: bytes) -> bytes:
    """The chain value after a leaf, given the one before it."""
    return hashlib.sha256(previous + hashlib.sha256(b"\x00" + leaf).digest()).digest()


def _line(leaf: bytes, chain: bytes) -> bytes:
    return b'{"chain":"' + chain.hex().encode() + b'","leaf":' + leaf + b"}\n"


#: Every line begins with this; then 64 hex digits, then _MIDDLE, then the canonical leaf, then "}".
_HEAD, _MIDDLE = b'{"chain":"', b'","leaf":'
_LEAF_AT = len(_HEAD) + 64 + len(_MIDDLE)


def leaf_bytes(line: bytes) -> tuple[bytes, bytes]:
    """Splits a line into its stated chain value and the canonical bytes of its leaf. **Raises** ValueError."""
    if not line.startswith(_HEAD) or line[_LEAF_AT - len(_MIDDLE) : _LEAF_AT] != _MIDDLE or not line.endswith(b"}\n"):
        raise ValueError("is no ledger line")
    digits = line[len(_HEAD) : len(_HEAD) + 64].decode("ascii")
    stated = bytes.fromhex(digits)
    if stated.hex() != digits:
        raise ValueError("is no ledger line: the chain value is not in lower case")
    return stated, line[_LEAF_AT:-2]


class Ledger:
    """The append-only file ``ledger.jsonl``. One writer at a time, who holds the archive's lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head = GENESIS
        self.seq = 0
        self._file: BinaryIO | None = None
        self._size = 0

    def open(self, seq: int = 0, offset: int = 0, head: bytes = GENESIS) -> Iterator[Entry]:
        """Opens for appending and yields every whole entry after a known place, dropping a torn last line.

        The iterator must be exhausted before anything is appended. **Raises** ArchiveError where the chain breaks.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab+")
        self._file.seek(0, os.SEEK_END)
        end = self._file.tell()
        if offset > end:
            self.close()
            raise ArchiveError(
                f"{self.path}: holds {end} bytes, the database knows of {offset}; the ledger was cut short. "
                "Restore it from a copy, then run `rollbook verify`"
            )
        self.seq, self.head, self._size = seq, head, offset
        self._file.seek(offset)
        for line in self._file:
            if not line.endswith(b"\n"):
                break  # written when the power went: it was never acknowledged
            yield self._accept(line)
        if self._size < end:
            self._file.truncate(self._size)
            _sync(self._file)
        self._file.seek(0, os.SEEK_END)

    def _accept(self, line: bytes) -> Entry:
        try:
            entry = _entry(line, self.head, self.seq + 1)
        except ArchiveError as err:
            raise ArchiveError(f"{self.path}, {err}; run `rollbook verify`") from err
        self.head, self.seq, self._size = bytes.fromhex(entry.chain), entry.seq, self._size + len(line)
        return entry

    @property
    def size_bytes(self) -> int:
        """How many bytes are acknowledged."""
        return self._size

    def append(self, leaves: Iterable[Mapping[str, Any]]) -> list[Entry]:
        """Appends leaves and returns once they are on the disk: from then on they are acknowledged."""
        if self._file is None:
            raise ArchiveError(f"{self.path}: is not open for writing")
        lines, entries = [], []
        head, seq = self.head, self.seq
        for leaf in leaves:
            packed = canonical(leaf)
            head, seq = chained(head, packed), seq + 1
            lines.append(_line(packed, head))
            entries.append(Entry(seq, leaf["kind"], leaf, head.hex()))
        data = b"".join(lines)
        self._file.write(data)
        _sync(self._file)
        self.head, self.seq, self._size = head, seq, self._size + len(data)
        return entries

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def entries(path: Path) -> Iterator[Entry]:
    """Every entry of a ledger file, in order, for reading only. **Raises** ArchiveError where the chain breaks."""
    head, seq = GENESIS, 0
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            seq += 1
            try:
                entry = _entry(line, head, seq)
            except ArchiveError as err:
                raise ArchiveError(f"{path}, {err}") from err
            head = bytes.fromhex(entry.chain)
            yield entry


def _entry(line: bytes, head: bytes, seq: int) -> Entry:
    """Reads a line, given the chain value before it. **Raises** ArchiveError."""
    try:
        stated, leaf = leaf_bytes(line)
        value = json.loads(leaf)
        kind = value["kind"]
    except (ValueError, KeyError, TypeError) as err:
        raise ArchiveError(f"entry {seq}: {err}") from err
    if chained(head, leaf) != stated:
        raise ArchiveError(f"entry {seq}: the chain does not hold")
    return Entry(seq, kind, value, stated.hex())
