"""Recorded web pages (WARC, and WACZ around it) as answers of a network: read as a stream, each record bounded.

**Source**: ISO 28500:2017 (WARC 1.1), RFC 9112 (HTTP/1.1), https://specs.webrecorder.net/wacz/1.1.1/. A record that was
fetched while somebody was logged in shows what not everybody sees and is passed over.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from typing import IO, BinaryIO, NoReturn

from rollbook.containers import DAMAGED, Bounded, Bounds
from rollbook.errors import PageError
from rollbook.members import OpenedExport

#: What one answer may have, packed or unpacked; one line; and the head of a message.
ANSWER_BYTES = 32 * 1024 * 1024
LINE_BYTES = 16 * 1024
HEAD_LINES = 200
#: The headers that a parser may need; the others are not kept, cookies least of all.
_KEPT = frozenset(("content-type", "content-language", "date", "last-modified", "link"))
_LOGIN = re.compile(rb"(?im)^(?:authorization:|cookie:.*(?:logged_in|auth|login|token))")
_SUFFIXES = (".warc", ".warc.gz")


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer with status 200."""

    url: str
    headers: dict[str, str]
    body: bytes
    #: When it was recorded, by the file's own word.
    recorded_at: str


def web_archives(names: frozenset[str]) -> list[str]:
    """The members that are WARC files; WACZ keeps them in a folder "archive"."""
    return sorted(name for name in names if name.lower().endswith(_SUFFIXES))


def warc_name(head: bytes) -> str:
    """What a WARC file with these first bytes is called; empty where it is none."""
    if head.startswith(b"WARC/"):
        return "recorded.warc"
    try:
        inner = zlib.decompressobj(31).decompress(head, 8) if head.startswith(b"\x1f\x8b") else b""
    except zlib.error:
        inner = b""
    return "recorded.warc.gz" if inner.startswith(b"WARC/") else ""


def answers(file: OpenedExport, member: str, passed_over: Counter[str]) -> Iterator[Answer]:
    """The answers of one WARC file; what is no public answer is counted with the reason. **Raises** PageError."""
    private = {record.url for record in _records(file, member, b"request") if _LOGIN.search(record.block)}
    for record in _records(file, member, b"response"):
        if record.url in private:
            passed_over["were recorded while somebody was logged in"] += 1
            continue
        try:
            answer = _answer(record)
        except ValueError as err:
            passed_over[str(err)] += 1
            continue
        yield answer


# -- WARC --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    url: str
    date: str
    block: bytes


def _records(file: OpenedExport, member: str, wanted: bytes) -> Iterator[_Record]:
    """The records of one type; the blocks of others, and of too large ones, are read past."""

    def refuse(cause: str) -> NoReturn:
        raise PageError(cause, account=file.account, place=member, code="not-warc")

    try:
        with file.stream(member) as raw, _unpacked(raw, file.sizes[member]) as stream:
            while head := _head(stream):
                if not head[0].startswith(b"WARC/"):
                    refuse("is no WARC file, or is damaged")
                fields = _fields(head[1:])
                length = fields.get("content-length", "")
                if not length.isdecimal() or len(length) > 15:
                    refuse("has a record without a length")
                size = int(length)
                kind = fields.get("warc-type", "").encode()
                take = kind == wanted and size <= ANSWER_BYTES and "application/http" in fields.get("content-type", "")
                block = _read(stream, size, keep=take)
                if take:
                    yield _Record(fields.get("warc-target-uri", "").strip("<>"), fields.get("warc-date", ""), block)
    except (*DAMAGED, OSError) as err:
        refuse(f"is damaged: {err}")
    except ValueError as err:
        refuse(str(err))


@contextmanager
def _unpacked(raw: BinaryIO, size: int) -> Iterator[IO[bytes]]:
    """The stream with its gzip members undone, and no longer than an honest one is."""
    if not (isinstance(raw, BufferedReader) and raw.peek(2).startswith(b"\x1f\x8b")):
        yield raw
        return
    bounds = Bounds()
    limit = max(bounds.free_bytes, size * bounds.ratio)

    def too_much() -> NoReturn:
        raise ValueError(f"unpacks to more than {limit} bytes; expected at most {bounds.ratio} times")

    inner: IO[bytes] = gzip.GzipFile(fileobj=raw)  # type: ignore[assignment]
    with BufferedReader(Bounded(inner, limit, too_much), 65_536) as stream:
        yield stream


def _head(stream: IO[bytes]) -> list[bytes]:
    """The lines up to an empty one, empty lines before them passed over; none at the end of the file."""
    lines: list[bytes] = []
    blank = 0
    while line := stream.readline(LINE_BYTES + 1):
        if len(line) > LINE_BYTES or len(lines) > HEAD_LINES or blank > HEAD_LINES:
            raise ValueError("has a record whose head is none")
        line = line.rstrip(b"\r\n")
        if line:
            lines.append(line)
        elif lines:
            return lines
        else:
            blank += 1
    if lines:
        raise ValueError("ends inside a record")
    return []


def _fields(lines: list[bytes]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.decode("utf-8", "replace").partition(":")
        key = name.strip().lower()
        fields[key] = f"{fields[key]}, {value.strip()}" if key in fields else value.strip()
    return fields


def _read(stream: IO[bytes], size: int, *, keep: bool) -> bytes:
    parts: list[bytes] = []
    while size:
        data = stream.read(min(size, 1 << 20))
        if not data:
            raise ValueError("ends inside a record")
        size -= len(data)
        if keep:
            parts.append(data)
    return b"".join(parts)


# -- HTTP --------------------------------------------------------------------------------------------------------


def _answer(record: _Record) -> Answer:
    """**Raises** ValueError with why an answer is passed over, in words that fit behind a number of answers."""
    head, found, body = record.block.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    parts = status.split(b" ", 2)
    if not found or len(parts) < 2 or not parts[0].startswith(b"HTTP/"):
        raise ValueError("are no HTTP answers")
    if parts[1] != b"200":
        raise ValueError("have another status than 200")
    headers = _fields(lines)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _joined(body)
    body = _decoded(body, headers.get("content-encoding", "").lower().strip())
    kept = {name: value for name, value in headers.items() if name in _KEPT}
    return Answer(record.url, kept, body, record.date)


def _joined(body: bytes) -> bytes:
    """The body without its chunks' lengths; as it is where the recorder joined them already."""
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        end = body.find(b"\r\n", at, at + 64)
        digits = body[at:end].partition(b";")[0].strip() if end >= 0 else b""
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", digits):
            return body
        size = int(digits, 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2
    return b"".join(parts)


def _decoded(body: bytes, coding: str) -> bytes:
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise ValueError("are packed in a way that is not read; record them again without it")
    if coding != "deflate" and not body.startswith(b"\x1f\x8b"):
        return body  # the recorder unpacked it and kept the header
    unpacker = zlib.decompressobj(15 if coding == "deflate" else 31)
    try:
        data = unpacker.decompress(body, ANSWER_BYTES)
    except zlib.error:
        raise ValueError("are damaged") from None
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError("are too large or cut off")
    return data
