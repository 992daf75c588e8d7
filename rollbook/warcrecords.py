"""The records of a WARC file as a stream, each bounded, and each with the place where it can be found again.

**Source**: ISO 28500:2017 (WARC 1.1), annex D: each record is mostly a gzip member of its own.
"""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import IO, TYPE_CHECKING, BinaryIO

from rollbook.bounds import Bounds

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: One line, how many of them a head may have, and how much of a block that is not wanted whole is read.
LINE_BYTES = 16 * 1024
HEAD_LINES = 200
HEAD_BYTES = 64 * 1024
_AT_ONCE = 1 << 16
_SKIPPED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a record begins: a place in the file, and how far from there once it is unpacked."""

    at: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One record. Of a block that is larger than was wanted only the beginning is here."""

    kind: str
    fields: dict[str, str]
    block: bytes
    spot: Spot
    whole: bool = True

    @property
    def url(self) -> str:
        """What it is about; some recorders write it in angle brackets."""
        return self.fields.get("warc-target-uri", "").strip("<>")


def records(raw: BinaryIO, size: int, largest_bytes: int) -> Iterator[Record]:
    """The records of a file of this size. **Raises** ValueError, and how libraries say that a file is damaged."""
    stream, spot_of = _unpacked(raw, size)
    while (found := _head(stream)) is not None:
        start, head = found
        yield _record(stream, head, spot_of(start), largest_bytes)


def record_at(raw: BinaryIO, size: int, spot: Spot, largest_bytes: int) -> Record:
    """The record at a place that ``records`` gave. **Raises** as it does."""
    _forward(raw, spot.at)
    stream, _ = _unpacked(raw, size)
    _read(stream, spot.skip, keep=False)
    found = _head(stream)
    if found is None:
        raise ValueError("ends before a record that stood in it")
    return _record(stream, found[1], spot, largest_bytes)


def _forward(raw: BinaryIO, place: int) -> None:
    if raw.seekable():
        raw.seek(place)
    else:
        _read(raw, place, keep=False)


# -- one record --------------------------------------------------------------------------------------------------


def _record(stream: IO[bytes], head: list[bytes], spot: Spot, largest_bytes: int) -> Record:
    if not head[0].startswith(b"WARC/"):
        raise ValueError("is no WARC file, or is damaged")
    fields = read_fields(head[1:])
    length = fields.get("content-length", "")
    if not length.isdecimal() or len(length) > 15:
        raise ValueError("has a record without a length")
    size = int(length)
    whole = size <= largest_bytes
    block = _read(stream, size if whole else min(size, HEAD_BYTES), keep=True)
    _read(stream, size - len(block), keep=False)
    return Record(fields.get("warc-type", ""), fields, block, spot, whole)


def _head(stream: BufferedReader) -> tuple[int, list[bytes]] | None:
    """Where a head begins, and its lines, without empty ones before it; None at the end of the file."""
    lines: list[bytes] = []
    blank = start = 0
    while line := stream.readline(LINE_BYTES + 1):
        if len(line) > LINE_BYTES or len(lines) > HEAD_LINES or blank > HEAD_LINES:
            raise ValueError("has a record whose head is none")
        said = line.rstrip(b"\r\n")
        if said:
            start = start if lines else stream.tell() - len(line)
            lines.append(said)
        elif lines:
            return start, lines
        else:
            blank += 1
    if lines:
        raise ValueError("ends inside a record")
    return None


def read_fields(lines: list[bytes]) -> dict[str, str]:
    """Header lines by their names in lower case; one that comes twice is joined."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.decode("utf-8", "replace").partition(":")
        key = name.strip().lower()
        fields[key] = f"{fields[key]}, {value.strip()}" if key in fields else value.strip()
    return fields


def _read(stream: IO[bytes], size: int, *, keep: bool) -> bytes:
    parts: list[bytes] = []
    while size:
        data = stream.read(min(size, _SKIPPED_AT_ONCE))
        if not data:
            raise ValueError("ends inside a record")
        size -= len(data)
        if keep:
            parts.append(data)
    return b"".join(parts)


# -- gzip --------------------------------------------------------------------------------------------------------


class _Members(RawIOBase):
    """Gzip members one after the other, unpacked; it knows where each began."""

    def __init__(self, raw: BinaryIO, limit_bytes: int) -> None:
        """``limit_bytes``: what an honest file unpacks to at most."""
        super().__init__()
        self._raw, self._limit, self._unpacker = raw, limit_bytes, zlib.decompressobj(31)
        self._place, self._packed, self._begun = raw.tell() if raw.seekable() else 0, b"", False
        self._given = 0
        #: The members' beginnings: unpacked, and in the file. Those that no record begins in any more are dropped.
        self._starts: list[tuple[int, int]] = [(0, self._place)]

    def readable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """How much was given so far."""
        return self._given

    def spot_of(self, start: int) -> Spot:
        """Where a record lies in the file that begins so far in what was given; later ones are asked for later."""
        index = bisect_right(self._starts, (start, 1 << 62)) - 1
        del self._starts[:index]
        unpacked, packed = self._starts[0]
        return Spot(packed, start - unpacked)

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Reads on. **Raises** zlib.error, EOFError, gzip.BadGzipFile."""
        view = memoryview(buffer).cast("B")
        while len(view):
            if not self._packed:
                self._packed = self._raw.read(_AT_ONCE)
                self._place += len(self._packed)
            if self._unpacker.eof and not self._next_member():
                return 0
            if not self._packed:
                if self._begun:
                    raise EOFError("the file ends inside a packed record")
                return 0
            data = self._unpacker.decompress(self._packed, len(view))
            self._begun = True
            self._packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            if data:
                view[: len(data)] = data
                self._given += len(data)
                if self._given > self._limit:
                    raise ValueError(f"unpacks to more than {self._limit} bytes, as no honest file does")
                return len(data)
        return 0

    def _next_member(self) -> bool:
        """Begins the next member; False at the end of the file."""
        while self._packed:
            self._packed = self._packed.lstrip(b"\x00")  # padding, as gzip itself passes over
            if self._packed:
                break
            self._packed = self._raw.read(_AT_ONCE)
            self._place += len(self._packed)
        if not self._packed:
            return False
        if self._packed[:1] != b"\x1f":
            raise gzip.BadGzipFile("something that is not packed stands between records")
        self._unpacker, self._begun = zlib.decompressobj(31), False
        self._starts.append((self._given, self._place - len(self._packed)))
        return True


class _Plain(RawIOBase):
    """A file that is not packed; it knows how far it was read."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__()
        self._raw, self._place = raw, raw.tell() if raw.seekable() else 0

    def readable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The place in the file."""
        return self._place

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Reads on."""
        view = memoryview(buffer).cast("B")
        data = self._raw.read(len(view))
        view[: len(data)] = data
        self._place += len(data)
        return len(data)


def _unpacked(raw: BinaryIO, size: int) -> tuple[BufferedReader, Callable[[int], Spot]]:
    """The stream from its present place on, its gzip members undone, and where in the file one of its places lies."""
    if isinstance(raw, BufferedReader) and raw.peek(2).startswith(b"\x1f\x8b"):
        bounds = Bounds()
        members = _Members(raw, max(bounds.free_bytes, size * bounds.ratio))
        return BufferedReader(members, _AT_ONCE), members.spot_of
    return BufferedReader(_Plain(raw), _AT_ONCE), Spot
