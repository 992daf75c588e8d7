"""Hostile files are refused by their headers, with the member and the bound; what headers hide is met while reading."""

from __future__ import annotations

import gzip
import random
import stat
import struct
import tarfile
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rollbook.bounds import Bounds
from rollbook.containers import opened
from rollbook.errors import ConfigError, PageError, TooLarge
from rollbook.members import OpenedExport

from .building import tarred, zipped

SMALL = Bounds(members=50, member_bytes=1_000_000, total_bytes=2_000_000, ratio=200, free_bytes=50_000)


def export(path: Path, bounds: Bounds = SMALL) -> frozenset[str]:
    with opened(path, bounds) as container:
        return frozenset(container.sizes)


def link(path: Path, mode: int) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("posts.json")
        info.external_attr = mode << 16
        archive.writestr(info, "/etc/passwd")
    return path


def flagged(path: Path) -> Path:
    zipped(path, {"posts.json": "[]"})
    raw = bytearray(path.read_bytes())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(sign) + at] |= 1
    path.write_bytes(raw)
    return path


def twice(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("posts.json", "[]")
        archive.writestr("posts.json", "[1]")
    return path


def overlapping(path: Path) -> Path:
    """Two members whose directory entries name the same bytes."""
    zipped(path, {"a.json": "x" * 100, "b.json": "x" * 100})
    raw = bytearray(path.read_bytes())
    second = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 1)
    raw[second + 42 : second + 46] = struct.pack("<L", 0)
    path.write_bytes(raw)
    return path


def tar_with(path: Path, kind: bytes, name: str = "posts.json") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    return path


def long_header(path: Path) -> Path:
    """A pax header that says it has a gibibyte."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 30
    with gzip.open(path, "wb") as file:
        file.write(info.tobuf(tarfile.USTAR_FORMAT) + bytes(4096))
    return path


def patched(path: Path, change: Callable[[bytearray, int], None]) -> Path:
    """A zip file whose directory entry was changed; the change is given the file and where the entry begins."""
    zipped(path, {"é.json": "[]"})
    raw = bytearray(path.read_bytes())
    change(raw, raw.index(b"PK\x01\x02"))
    path.write_bytes(raw)
    return path


def newer_format(raw: bytearray, at: int) -> None:
    raw[at + 6] = 99


def no_name(raw: bytearray, at: int) -> None:
    raw[at + 32] = raw[at + 28]  # what was its name is its comment
    raw[at + 28] = 0


def no_text(raw: bytearray, at: int) -> None:
    raw[raw.index("é".encode(), at)] = 0xFF


def headers(path: Path, kind: bytes, body: bytes, times: int = 1) -> Path:
    """A tar file with a member whose further headers are these."""
    info, member = tarfile.TarInfo("header"), tarfile.TarInfo("posts.json")
    info.type, info.size, member.size = kind, len(body), 2
    further = (info.tobuf(tarfile.GNU_FORMAT) + body + bytes(-len(body) % 512)) * times
    path.write_bytes(further + member.tobuf(tarfile.GNU_FORMAT) + b"[]" + bytes(510 + 1024))
    return path


def tar_bomb(path: Path) -> Path:
    return tarred(path, {"posts.json": b"0" * 900_000, "more.json": b"0" * 900_000})


CASES: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "up and out": ("a.zip", lambda path: zipped(path, {"../../evil": "x"}), r"a\.zip, ../../evil: .*leads out"),
    "absolute": ("a.zip", lambda path: zipped(path, {"/etc/cron": "x"}), "leads out"),
    "backslash": ("a.zip", lambda path: zipped(path, {"..\\evil": "x"}), "leads out"),
    "drive": ("a.zip", lambda path: zipped(path, {"c:evil": "x"}), "leads out"),
    "control": ("a.zip", lambda path: zipped(path, {"a\x1b[2Jb": "x"}), "member's name is none"),
    "long name": ("a.zip", lambda path: zipped(path, {"a" * 2000: "x"}), "member's name is none"),
    "symlink": ("a.zip", lambda path: link(path, stat.S_IFLNK | 0o777), "link or a device"),
    "device": ("a.zip", lambda path: link(path, stat.S_IFCHR | 0o666), "link or a device"),
    "encrypted": ("a.zip", flagged, "encrypted"),
    "twice": ("a.zip", twice, "two members"),
    "twice by normal form": ("a.zip", lambda path: zipped(path, {"é": "x", "e\u0301": "y"}), "two members"),
    "overlapping": ("a.zip", overlapping, "lies inside another|damaged"),
    "bomb": ("a.zip", lambda path: zipped(path, {"posts.json": b"0" * 900_000}), "at most 200 times"),
    "huge": ("a.zip", lambda path: zipped(path, {"posts.json": bytes(range(256)) * 4000}), "at most 1000000"),
    "many": ("a.zip", lambda path: zipped(path, {f"{number}": "" for number in range(60)}), "at most 50"),
    "total": ("a.zip", lambda path: zipped(path, {f"{number}": random.Random(number).randbytes(700_000) for number in range(3)}), "at most 2000000"),
    "cut": ("a.zip", lambda path: path.write_bytes(zipped(path, {"posts.json": "x" * 99}).read_bytes()[:-30]) and path, "missing|damaged"),
    "newer format": ("a.zip", lambda path: patched(path, newer_format), "damaged: zip file version"),
    "name without a text": ("a.zip", lambda path: patched(path, no_text), "damaged: 'utf-8' codec"),
    "no name": ("a.zip", lambda path: patched(path, no_name), "damaged"),
    "tar headers without end": ("a.tar", lambda path: headers(path, tarfile.GNUTYPE_LONGNAME, b"abc\0", 3000), "damaged"),
    "tar map of holes": ("a.tar", lambda path: headers(path, tarfile.XHDTYPE, b"22 GNU.sparse.map=a,b\n"), "damaged"),
    "tar less than nothing": ("a.tar", lambda path: headers(path, tarfile.XHDTYPE, b"11 size=-5\n"), "unpacks to -5 bytes"),
    "tar up and out": ("a.tar.gz", lambda path: tarred(path, {"../evil": "x"}), "leads out"),
    "tar symlink": ("a.tar.gz", lambda path: tar_with(path, tarfile.SYMTYPE), "link or a device"),
    "tar hardlink": ("a.tar.gz", lambda path: tar_with(path, tarfile.LNKTYPE), "link or a device"),
    "tar device": ("a.tar.gz", lambda path: tar_with(path, tarfile.CHRTYPE), "link or a device"),
    "tar fifo": ("a.tar.gz", lambda path: tar_with(path, tarfile.FIFOTYPE), "link or a device"),
    "tar bomb": ("a.tar.gz", tar_bomb, "unpacks to"),
    "tar many": ("a.tar.gz", lambda path: tarred(path, {f"{number}": "" for number in range(60)}), "at most 50"),
    "tar header": ("a.tar.gz", long_header, "header of more than"),
    "tar cut": ("a.tar.gz", lambda path: path.write_bytes(tarred(path, {"a": bytes(range(256)) * 99}).read_bytes()[:200]) and path, "damaged"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_is_refused_in_one_sentence(tmp_path: Path, case: str) -> None:
    name, make, words = CASES[case]
    path = make(tmp_path / name)
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(ConfigError, match=words) as refused:
        export(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert time.monotonic() - began < 5
    assert refused.value.exit_code == 2
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(str(path))
    assert "; expected " in str(refused.value)


def test_honest_files_are_opened(tmp_path: Path) -> None:
    for path in (zipped(tmp_path / "a.zip", {"a/posts.json": "[1]"}), tarred(tmp_path / "a.tar.gz", {"./a/posts.json": "[1]"})):
        with opened(path, SMALL) as container:
            file = OpenedExport(container, "0" * 64, "x:y")
            assert file.names == {"a/posts.json"}
            assert list(file.values("a/posts.json")) == [1]
            assert file.whole("a/posts.json", limit_bytes=3) == b"[1]"
            with pytest.raises(TooLarge):
                file.whole("a/posts.json", limit_bytes=2)
            with pytest.raises(PageError, match="no such member"):
                file.whole("../a", limit_bytes=2)


def test_a_header_that_lies_is_met_while_reading(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"posts.json": "[" + "1," * 30_000 + "1]"})
    raw = bytearray(path.read_bytes())
    for sign, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = raw.index(sign) + at
        raw[place : place + 4] = struct.pack("<L", 10)
    path.write_bytes(raw)
    with opened(path, SMALL) as container:
        file = OpenedExport(container, "0" * 64, "x:y")
        with pytest.raises(PageError, match=r"posts\.json"):
            list(file.values("posts.json"))
        with pytest.raises(PageError, match=r"posts\.json"):
            file.whole("posts.json", limit_bytes=100_000)


def test_a_member_that_begins_otherwise_than_the_directory_says_costs_the_others_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"é.json": "[1]", "posts.json": "[2]"})
    raw = bytearray(path.read_bytes())
    raw[raw.index("é".encode())] = 0xFF
    path.write_bytes(raw)
    with opened(path, SMALL) as container:
        file = OpenedExport(container, "", "facebook:x")
        reads: list[Callable[[], object]] = [
            lambda: file.whole("é.json", limit_bytes=99), lambda: list(file.values("é.json")), lambda: list(file.rows("é.json"))]
        for read in reads:
            with pytest.raises(PageError, match=r"é\.json: is damaged"):
                read()
        assert list(file.values("posts.json")) == [2]


def test_an_archive_inside_an_archive_is_a_member_like_any_other(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"posts.json": "[]"}).read_bytes()
    assert export(zipped(tmp_path / "a.zip", {"inner.zip": inner})) == {"inner.zip"}


def test_a_members_name_may_hold_what_a_title_holds(tmp_path: Path) -> None:
    names = {"Vidéos/Family day 👨\u200d👩\u200d👧.mp4", "视频/رياضة\u200f.csv", "a/.hidden", "a/..b"}
    assert export(zipped(tmp_path / "a.zip", dict.fromkeys(sorted(names), "x"))) == names


@pytest.mark.parametrize(("raw", "words"), [
    (b"[" * 5000, "nested"),
    (b'{"a":' * 5000, "nested"),
    (b"[1" + b"0" * 100_000 + b"]", "not JSON"),
    (b"[1e99999]", "not JSON"),
    (b"[NaN]", "not JSON"),
    (b'["' + b"x" * 40_000_000 + b'"]', "more than 33554432 bytes"),
    (b"[[" + b"0," * 20_000_000 + b"0]]", "more than 33554432 bytes"),
    (b'["\xff\xfe"]', "not JSON"),
    (b'[{"a": 1}', "not JSON"),
    (b"", "not JSON"),
    (b"<html></html>", "not JSON"),
])
def test_absurd_json_is_refused(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "posts.json"
    path.write_bytes(raw)
    with opened(path) as container, pytest.raises(PageError, match=words) as refused:
        list(OpenedExport(container, "0" * 64, "x:y").values("posts.json"))
    assert len(str(refused.value)) < 400


def test_values_are_plain_and_a_scripts_assignment_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    for raw in (
        b'window.YTD.tweets.part0 = [{"n": 1.5, "big": 1790000000000000001, "text": "a = b"}]',
        b'\xef\xbb\xbfwindow.YTD.tweets.part0 = [{"n": 1.5, "big": 1790000000000000001, "text": "a = b"}];\n',
        b'[{"n": 1.5, "big": 1790000000000000001, "text": "a = b"}]',
    ):
        path.write_bytes(raw)
        with opened(path) as container:
            (value,) = OpenedExport(container, "0" * 64, "x:y").values("tweets.js")
        assert value == {"n": 1.5, "big": 1790000000000000001, "text": "a = b"}
        assert [type(part) for part in value.values()] == [float, int, str]  # type: ignore[attr-defined]


def test_rows_are_read_and_odd_ones_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "Shares.csv"
    for raw, found in (
        ("\ufeffDate,Words\r\n2026-10-05,\"two\nlines\"\r\n".encode(), [{"Date": "2026-10-05", "Words": "two\nlines"}]),
        (b"Date,Words\n2026-10-05\n", [{"Date": "2026-10-05", "Words": ""}]),
        (b"", []),
    ):
        path.write_bytes(raw)
        with opened(path) as container:
            assert list(OpenedExport(container, "0" * 64, "x:y").rows("Shares.csv")) == found
    for raw in (b"Date,Words\n\xff,x\n", b'a,b\n"x', b"a," + b"x" * 40_000_000):
        path.write_bytes(raw)
        with opened(path) as container, pytest.raises(PageError, match="is no CSV"):
            list(OpenedExport(container, "0" * 64, "x:y").rows("Shares.csv"))


def test_a_stream_of_a_large_member_takes_little_memory(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"posts.json": b"[" + b",".join(b'{"text": "%d %s"}' % (number, b"words " * 20) for number in range(150_000)) + b"]"})
    with opened(path) as container:
        file = OpenedExport(container, "0" * 64, "x:y")
        tracemalloc.start()
        assert sum(1 for _ in file.values("posts.json")) == 150_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000


def test_members_of_a_packed_tar_are_read_in_any_order_and_at_once(tmp_path: Path) -> None:
    members = {f"{number}": random.Random(number).randbytes(100_000) for number in range(12)}
    with opened(tarred(tmp_path / "a.tar.gz", dict(members))) as container:
        file = OpenedExport(container, "0" * 64, "x:y")
        first = file.stream("3")
        head = first.read(10)
        for name in random.Random(7).sample(sorted(members), 12):
            assert file.whole(name, limit_bytes=100_000) == members[name]
        assert head + first.read() == members["3"]
        first.close()
