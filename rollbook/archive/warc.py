"""Captures as WARC 1.1: one gzip member a record, written once, synced before they are acknowledged.

**Source**: ISO 28500:2017. Secrets are redacted and content codings undone before a byte arrives here, so digests are
of the redacted bytes; the file's first record says so. The bytes of pictures and other media are kept once, by their
SHA-256, beside the WARC files: their capture is a ``revisit`` record that names the digest.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

from rollbook import __version__
from rollbook.errors import ArchiveError
from rollbook.types import MEDIA_PART, Page

if TYPE_CHECKING:
    from rollbook.exchange import Exchange

#: Up to here, which is where requests are, level 0 saves five sixths of the time and costs some 0.1 KB.
_SMALL_BYTES = 2048

try:  # gzip-compatible, some ten times faster than zlib 6; the standard library serves where it is missing
    from isal import isal_zlib

    def compress(data: bytes) -> bytes:
        """One gzip member."""
        return bytes(isal_zlib.compress(data, 1 if len(data) > _SMALL_BYTES else 0, 31))

except ImportError:  # pragma: no cover - depends on the platform

    def compress(data: bytes) -> bytes:
        """One gzip member."""
        return zlib.compress(data, 6, 31)


#: A file is closed and the next one begun at this size: what the field's tools and disks handle well.
FILE_BYTES = 1024 * 1024 * 1024
_REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


@dataclass(frozen=True, slots=True)
class Place:
    """Where records lie: whole gzip members, one after the other."""

    #: Relative to the archive's ``warc/`` folder.
    file: str
    offset: int
    length: int
    #: Of the compressed bytes.
    sha256: str

    def leaf(self) -> dict[str, str | int]:
        """As the ledger spells it."""
        return {"file": self.file, "offset": self.offset, "length": self.length, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Written:
    """One exchange in the archive, not yet acknowledged."""

    record_id: str
    place: Place
    payload_sha256: str


def _digest(data: bytes) -> str:
    """As WARC files spell it; hex digits are as good as base 32 to their readers, and to sha256sum."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _new_record_id() -> str:
    """A random UUID, version 4; ``uuid4()`` is the same through an object and takes twice as long."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"urn:uuid:{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _record(kind: str, fields: list[tuple[str, str]], *block: bytes) -> bytes:
    length = sum(map(len, block))
    head = _head(f"WARC/1.1\r\nWARC-Type: {kind}", (*fields, ("Content-Length", str(length))))
    return b"".join((head, *block, b"\r\n\r\n"))


def _one_line(value: str) -> str:
    return " ".join(value.splitlines())


def _head(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *[f"{name}: {value}" for name, value in fields]]
    text = "\r\n".join(lines)
    if not text.count("\r") == text.count("\n") == first.count("\n") + len(lines) - 1:
        text = "\r\n".join([first, *map(_one_line, lines[1:])])
    return text.encode("utf-8", "replace") + b"\r\n\r\n"


def is_media(exchange: Exchange) -> bool:
    """Whether the body is a media file, kept beside the WARC; an error page in its place is not."""
    return exchange.part == MEDIA_PART and exchange.status == HTTPStatus.OK and bool(exchange.body)


class WarcWriter:
    """Writes the WARC files of one run; a file is begun with the first record it gets."""

    def __init__(self, folder: Path, operator: str, *, file_bytes: int = FILE_BYTES) -> None:
        self._folder, self._operator, self._file_bytes = folder, operator, file_bytes
        self._file: BinaryIO | None = None
        self._name = ""
        self._offset = 0
        self._dirty = False

    def exchange(self, exchange: Exchange) -> tuple[list[Place], Written]:
        """Writes request and response; the first item names the warcinfo record of a file begun for it."""
        begun = self._begin()
        response_id, request_id = _new_record_id(), _new_record_id()
        date = _date(exchange.started_at)
        payload_sha256 = hashlib.sha256(exchange.body).hexdigest()
        head = _head(
            f"{exchange.http_version} {exchange.status} {exchange.reason}".rstrip(), exchange.response_headers
        )
        shared = [("WARC-Target-URI", exchange.url), ("WARC-Date", date)]
        if exchange.ip_address:
            shared.append(("WARC-IP-Address", exchange.ip_address))
        response_fields = [
            ("WARC-Record-ID", f"<{response_id}>"), *shared, ("WARC-Payload-Digest", f"sha256:{payload_sha256}")
        ]
        apart = is_media(exchange)
        if apart:
            response_fields += [("WARC-Profile", _REVISIT_PROFILE), ("WARC-Refers-To-Target-URI", exchange.url)]
        if exchange.truncated:
            response_fields.append(("WARC-Truncated", exchange.truncated))
        response_fields.append(("Content-Type", "application/http;msgtype=response"))
        response = _record("revisit", response_fields, head) if apart else _record(
            "response", response_fields, head, exchange.body
        )
        path = exchange.url.split("://", 1)[-1].partition("/")[2]
        asked = _head(f"{exchange.method} /{path} HTTP/1.1", exchange.request_headers) + exchange.request_body
        request = _record("request", [
            ("WARC-Record-ID", f"<{request_id}>"), *shared, ("WARC-Concurrent-To", f"<{response_id}>"),
            ("WARC-Block-Digest", _digest(asked)), ("Content-Type", "application/http;msgtype=request"),
        ], asked)
        # The response is first, so that a place points at it; readers take request and response in either order.
        place = self._append(compress(response) + compress(request))
        return begun, Written(response_id, place, payload_sha256)

    def resource(self, uri: str, content_type: str, block: bytes, at: datetime) -> tuple[list[Place], Written]:
        """Writes bytes of our own making (a batch of findings) as a resource record."""
        begun = self._begin()
        record_id = _new_record_id()
        record = _record("resource", [
            ("WARC-Record-ID", f"<{record_id}>"), ("WARC-Target-URI", uri), ("WARC-Date", _date(at)),
            ("WARC-Block-Digest", _digest(block)), ("Content-Type", content_type),
        ], block)
        return begun, Written(record_id, self._append(compress(record)), hashlib.sha256(block).hexdigest())

    def exported(self, page: Page, source: str) -> tuple[list[Place], Written]:
        """Writes a page of an owner's export as a resource record; a recorded answer keeps its headers."""
        if page.url == source:
            return self.resource(source, "application/json", page.body, page.fetched_at)
        head = _head(f"HTTP/1.1 {page.status}", page.headers.items())
        begun, written = self.resource(source, "application/http;msgtype=response", head + page.body, page.fetched_at)
        return begun, replace(written, payload_sha256=hashlib.sha256(page.body).hexdigest())

    def _begin(self) -> list[Place]:
        if self._file is not None and self._offset < self._file_bytes:
            return []
        self.close()
        now = datetime.now(UTC)
        folder = self._folder / f"{now:%Y}"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"rollbook-{now:%Y%m%dT%H%M%S}Z-{uuid4().hex[:8]}.warc.gz"
        self._name, self._offset = f"{now:%Y}/{name}", 0
        self._file = (folder / name).open("xb", buffering=1 << 18)
        _sync_folder(folder)
        about = (
            f"software: Rollbook/{__version__}\r\nformat: WARC File Format 1.1\r\n"
            f"operator: {_one_line(self._operator)}\r\n"
            "description: Secrets are redacted and content codings undone before writing; digests are of those bytes. "
            "Media are kept by SHA-256 beside the WARC files.\r\n"
        ).encode()
        record = _record("warcinfo", [
            ("WARC-Record-ID", f"<{_new_record_id()}>"), ("WARC-Filename", name), ("WARC-Date", _date(now)),
            ("WARC-Block-Digest", _digest(about)), ("Content-Type", "application/warc-fields"),
        ], about)
        return [self._append(compress(record))]

    def _append(self, data: bytes) -> Place:
        if self._file is None:
            raise ArchiveError("no WARC file is open")
        place = Place(self._name, self._offset, len(data), hashlib.sha256(data).hexdigest())
        self._file.write(data)
        self._offset += len(data)
        self._dirty = True
        return place

    def sync(self) -> None:
        """Returns once everything written is on the disk."""
        if self._file is not None and self._dirty:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._dirty = False

    def close(self) -> None:
        """Syncs and closes the current file."""
        self.sync()
        if self._file is not None:
            self._file.close()
            self._file = None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class Captured:
    """A record read back."""

    kind: str
    fields: dict[str, str]
    #: HTTP status line, or empty.
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def read(folder: Path, place: Place) -> Captured:
    """Reads the first record at a place. **Raises** ArchiveError where the bytes are not what the ledger says."""
    return parse(read_bytes(folder, place), f"{place.file} at {place.offset}")


def read_bytes(folder: Path, place: Place) -> bytes:
    """The compressed bytes at a place, their hash checked. **Raises** ArchiveError."""
    path = folder / place.file
    try:
        with path.open("rb") as file:
            file.seek(place.offset)
            data = file.read(place.length)
    except OSError as err:
        raise ArchiveError(f"{path}: cannot be read: {err.strerror}; run `rollbook verify`") from err
    if hashlib.sha256(data).hexdigest() != place.sha256:
        raise ArchiveError(
            f"{path}, {place.length} bytes at {place.offset}: not what the ledger says; run `rollbook verify`"
        )
    return data


def parse(data: bytes, where: str) -> Captured:
    """Reads the first record of compressed bytes. **Raises** ArchiveError."""
    try:
        record = zlib.decompressobj(31).decompress(data)
        head, _, rest = record.partition(b"\r\n\r\n")
        first, *lines = head.decode("utf-8").split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        block = rest[: int(fields["Content-Length"])]
    except (zlib.error, ValueError, KeyError) as err:
        raise ArchiveError(f"{where}: is no WARC record: {err}") from err
    if not first.startswith("WARC/"):
        raise ArchiveError(f"{where}: is no WARC record")
    if not fields.get("Content-Type", "").startswith("application/http"):
        return Captured(fields["WARC-Type"], fields, 0, (), block)
    http_head, _, body = block.partition(b"\r\n\r\n")
    status_line, *header_lines = http_head.decode("utf-8").split("\r\n")
    parts = status_line.split(" ", 2)
    headers = tuple((name, value) for name, _, value in (line.partition(": ") for line in header_lines))
    return Captured(
        fields["WARC-Type"], fields, int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0, headers, body
    )
