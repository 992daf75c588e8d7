"""Captures, held against the field's own reader (warcio)."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.checker import Checker  # type: ignore[import-untyped]

from rollbook.archive import warc
from rollbook.errors import ArchiveError
from rollbook.types import MEDIA_PART

from .invented import NOON, exchange


class Arguments:
    """What warcio's command line would hand to its checker."""

    verbose = False

    def __init__(self, path: Path) -> None:
        self.inputs = [str(path)]


def written(folder: Path, *bodies: bytes) -> Path:
    writer = warc.WarcWriter(folder, "Invented District")
    for body in bodies:
        writer.exchange(exchange(body))
    writer.resource("urn:rollbook:findings", "application/jsonl", b'{"finding": 1}\n', NOON)
    writer.close()
    (path,) = folder.glob("*/*.warc.gz")
    return path


def test_warcio_reads_what_was_written_and_finds_every_digest_right(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"posts": []}', b"", b"x" * 100_000)
    checker = Checker(Arguments(path))
    checker.process_one(str(path))
    assert checker.exit_value == 0
    with path.open("rb") as file:
        records = [(record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file)]
    assert [kind for kind, _ in records] == ["warcinfo", "response", "request", "response", "request", "response", "request", "resource"]
    assert records[1][1] == b'{"posts": []}'
    assert records[5][1] == b"x" * 100_000


def test_warcio_finds_a_changed_byte(tmp_path: Path) -> None:
    """Holds the check above to account: it can fail."""
    writer = warc.WarcWriter(tmp_path, "Invented District")
    _, record = writer.exchange(exchange(b"the true body"))
    writer.close()
    response = zlib.decompressobj(31).decompress(warc.read_bytes(tmp_path, record.place))
    (path,) = tmp_path.glob("*/*.warc.gz")
    before = path.read_bytes()[: record.place.offset]
    path.write_bytes(before + warc.compress(response.replace(b"true body", b"fake body")))
    checker = Checker(Arguments(path))
    checker.process_one(str(path))
    assert checker.exit_value != 0


def test_a_record_is_read_back_from_its_place(tmp_path: Path) -> None:
    writer = warc.WarcWriter(tmp_path, "Invented District")
    places = [writer.exchange(exchange(f"body {number}".encode()))[1] for number in range(3)]
    writer.close()
    for number, record in enumerate(places):
        captured = warc.read(tmp_path, record.place)
        assert captured.body == f"body {number}".encode()
        assert captured.status == 200
        assert captured.headers == (("Content-Type", "application/json"),)
        assert record.payload_sha256 == hashlib.sha256(captured.body).hexdigest()


def test_records_lie_one_after_the_other(tmp_path: Path) -> None:
    writer = warc.WarcWriter(tmp_path, "Invented District")
    begun, first = writer.exchange(exchange(b"1"))
    none, second = writer.exchange(exchange(b"2"))
    writer.close()
    assert none == []
    assert begun[0].offset == 0
    assert first.place.offset == begun[0].length
    assert second.place.offset == first.place.offset + first.place.length
    (path,) = tmp_path.glob("*/*.warc.gz")
    assert path.stat().st_size == second.place.offset + second.place.length


def test_bytes_of_media_are_not_kept_twice(tmp_path: Path) -> None:
    writer = warc.WarcWriter(tmp_path, "Invented District")
    _, record = writer.exchange(exchange(b"\x89PNG" * 10_000, part=MEDIA_PART))
    writer.close()
    captured = warc.read(tmp_path, record.place)
    assert captured.kind == "revisit"
    assert captured.body == b""
    assert record.place.length < 2_000
    assert record.payload_sha256 == hashlib.sha256(b"\x89PNG" * 10_000).hexdigest()


def test_a_header_cannot_forge_another_record(tmp_path: Path) -> None:
    hostile = replace(exchange(b"body"), response_headers=(("X-Evil", "a\r\n\r\nWARC/1.1\r\nWARC-Type: response"),))
    writer = warc.WarcWriter(tmp_path, "Invented\r\nWARC-Type: forged")
    _, record = writer.exchange(hostile)
    writer.close()
    assert warc.read(tmp_path, record.place).body == b"body"
    (path,) = tmp_path.glob("*/*.warc.gz")
    with path.open("rb") as file:
        assert [item.rec_type for item in ArchiveIterator(file)] == ["warcinfo", "response", "request"]


def test_a_full_file_is_followed_by_the_next(tmp_path: Path) -> None:
    writer = warc.WarcWriter(tmp_path, "Invented District", file_bytes=2_000)
    for number in range(10):
        writer.exchange(exchange(f"body {number}".encode()))
    writer.close()
    assert len(list(tmp_path.glob("*/*.warc.gz"))) > 1


def test_bytes_that_changed_are_refused(tmp_path: Path) -> None:
    writer = warc.WarcWriter(tmp_path, "Invented District")
    _, record = writer.exchange(exchange(b"body"))
    writer.close()
    (path,) = tmp_path.glob("*/*.warc.gz")
    raw = bytearray(path.read_bytes())
    raw[record.place.offset + 20] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ArchiveError, match="not what the ledger says"):
        warc.read(tmp_path, record.place)
