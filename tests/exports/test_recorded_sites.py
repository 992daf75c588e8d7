"""A recording of the District's own site: each page counts from when it was recorded, and its pictures come along."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rollbook.archive.archive import Archive
from rollbook.archive.posts import captures, known_posts, versions
from rollbook.collect import parse_page
from rollbook.containers import opened
from rollbook.errors import ConfigError
from rollbook.members import OpenedExport
from rollbook.types import Snapshot
from rollbook.webarchives import Recording
from rollbook.workspace import read_workspace

from .building import CANARY, every_byte, tarred, zipped
from .test_web_archives import NOW, run

SITE = "website:https://elm.example/"
ABOUT = "website:https://elm.example/about"


def html(words: str) -> bytes:
    return f"<html><title>About</title><main><p>{words}</p><img src='/bus.png' alt='A bus'></main></html>".encode()


def record(kind: str, url: str, block: bytes, date: str = "2026-03-01T12:00:00Z", **more: str) -> bytes:
    fields = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": date, "Content-Length": str(len(block)), **{
        name.replace("_", "-"): value for name, value in more.items()}}
    fields.setdefault("Content-Type", "application/http; msgtype=response")
    return b"WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n" + block + b"\r\n\r\n"


def answer(url: str, body: bytes, kind: str = "text/html", date: str = "2026-03-01T12:00:00Z", head: str = "") -> bytes:
    return record("response", url, f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{head}\r\n".encode() + body, date)


def about(words: str, date: str) -> bytes:
    return answer("https://elm.example/about", html(words), date=date)


def kept(folder: Path, post: str = ABOUT) -> list[Snapshot]:
    with Archive(read_workspace(folder).archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        return versions(connection, post)


def newest(folder: Path, post: str = ABOUT) -> str:
    with Archive(read_workspace(folder).archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        known = known_posts(connection, [post])[post]
        return next(one.post.text for one in versions(connection, post) if one.content_sha256 == known.latest)


#: A recorder writes what it asked for beside what came; without, an import says that nobody can tell who was logged in.
ASKED = record("request", "https://elm.example/", b"GET / HTTP/1.1\r\n\r\n", Content_Type="application/http; msgtype=request")


def written(path: Path, *parts: bytes, packed: bool = True) -> Path:
    path.write_bytes(b"".join(gzip.compress(part) if packed else part for part in parts))
    return path


BUS = answer("http://elm.example/bus.png", b"a bus", "image/png")
FORMS = {
    "warc": lambda path, parts: written(path, *parts, packed=False),
    "warc.gz": lambda path, parts: written(path, *parts),
    "one.warc.gz": lambda path, parts: written(path, b"".join(parts)),
    "wacz": lambda path, parts: zipped(path, {"datapackage.json": "{}", "indexes/index.cdx.gz": b"elm.example)/bus.png 0 99 nothing",
                                              "archive/data.warc.gz": b"".join(map(gzip.compress, parts))}),
    "tar.gz": lambda path, parts: tarred(path, {"archive/data.warc.gz": b"".join(map(gzip.compress, parts))}),
}


@pytest.mark.parametrize("form", FORMS)
def test_pages_of_the_site_and_what_they_show_come_in_and_nothing_else(tmp_path: Path, form: str) -> None:
    file = FORMS[form](tmp_path / f"recorded.{form}", [
        record("warcinfo", "", b"software: a recorder\r\n", Content_Type="application/warc-fields"),
        record("resource", "urn:pageinfo:https://elm.example/", CANARY.encode(), Content_Type="text/html"),
        ASKED, answer("https://bank.example/", html(CANARY)), answer("https://elm.example/style.css", CANARY.encode(), "text/css"),
        answer("https://elm.example/", html("Home")), BUS, about("Ours", "2026-03-01T12:00:00Z"),
        answer("https://elm.example/other.png", CANARY.encode(), "image/png"),
    ])
    folder = tmp_path / "district"
    outcome = run(folder, SITE, file)
    assert (outcome.new, outcome.media_failed, outcome.code) == (2, 0, "")
    assert outcome.marked == ["2 recorded answers are no pages of this account that are read"]
    (page,) = kept(folder)
    assert page.observed_at == page.post.created_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert page.post.media[0].sha256 is not None
    stored = every_byte(folder)
    assert b"a bus" in stored
    assert CANARY.encode() not in stored
    again = run(folder, SITE, file)
    assert (again.new, again.edited, again.noted) == (0, 0, 0)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("apart", [False, True], ids=["in one file", "in three files"])
def test_versions_stand_in_the_order_of_their_recording(tmp_path: Path, order: tuple[int, ...], *, apart: bool) -> None:
    folder = tmp_path / "district"
    pages = [about(words, f"2026-0{month}-01T12:00:00Z") for month, words in ((1, "First"), (2, "Second"), (3, "Third"))]
    files = [[pages[index]] for index in order] if apart else [[pages[index] for index in order]]
    for number, parts in enumerate(files):
        outcome = run(folder, SITE, written(tmp_path / f"{number}.warc.gz", *parts))
    assert not outcome.code
    found = kept(folder)
    assert [one.post.text for one in sorted(found, key=lambda one: one.observed_at)] == ["About\nFirst", "About\nSecond", "About\nThird"]
    assert newest(folder) == "About\nThird"


def test_words_that_come_back_are_the_newest_again(tmp_path: Path) -> None:
    folder, months = tmp_path / "district", ((1, "First"), (2, "Second"), (3, "First"))
    file = written(tmp_path / "a.warc.gz", *(about(words, f"2026-0{month}-01T12:00:00Z") for month, words in months))
    assert (run(folder, SITE, file).edited, newest(folder)) == (2, "About\nFirst")
    again = run(folder, SITE, file)
    assert (again.new, again.edited, again.noted) == (0, 0, 0)


def test_a_recording_that_shows_no_change_is_news_of_its_day_too(tmp_path: Path) -> None:
    folder = tmp_path / "district"
    for month, words in ((1, "First"), (3, "First"), (2, "Second")):
        run(folder, SITE, written(tmp_path / f"{month}.warc.gz", about(words, f"2026-0{month}-01T12:00:00Z")))
    assert newest(folder) == "About\nFirst", "as it was recorded last"
    assert len(kept(folder)) == 2


def test_two_addresses_with_the_same_bytes_are_two_pages(tmp_path: Path) -> None:
    parts = [answer(f"https://elm.example/{name}", html("Same")) for name in ("a", "b")]
    assert run(tmp_path / "district", SITE, written(tmp_path / "a.warc.gz", *parts)).new == 2


@pytest.mark.parametrize("date", ["2030-01-01T00:00:00Z", "soon", ""])
def test_a_time_that_cannot_be_is_that_of_the_first_import(tmp_path: Path, date: str) -> None:
    folder = tmp_path / "district"
    undated = written(tmp_path / "a.warc.gz", about("Ours", date))
    run(folder, SITE, undated)
    assert kept(folder)[0].observed_at == NOW
    run(folder, SITE, written(tmp_path / "b.warc.gz", about("New", "2026-11-04T12:00:00Z")), NOW + timedelta(days=3))
    again = run(folder, SITE, undated, NOW + timedelta(days=4))
    assert (again.new, again.edited, again.noted) == (0, 0, 0)
    assert newest(folder) == "About\nNew"


@pytest.mark.parametrize("url", ["http://[elm.example/", "https://elm.example:99999/about", "https://elm.example:a/", "https:///about"])
def test_an_address_that_is_none_does_not_cost_the_others(tmp_path: Path, url: str) -> None:
    file = written(tmp_path / "a.warc.gz", ASKED, answer(url, html("x")), about("Ours", "2026-03-01T12:00:00Z"))
    outcome = run(tmp_path / "district", SITE, file)
    assert (outcome.new, outcome.marked) == (1, ["1 recorded answers have an address that is none"])


def test_a_repeated_picture_is_found_at_its_new_address(tmp_path: Path) -> None:
    moved = record("revisit", "https://elm.example/bus.png", b"HTTP/1.1 200 OK\r\n\r\n", WARC_Refers_To_Target_URI="https://cdn.example/1.png")
    parts = [ASKED, answer("https://cdn.example/1.png", b"a bus", "image/png"), moved, about("Ours", "2026-03-01T12:00:00Z")]
    folder = tmp_path / "district"
    outcome = run(folder, SITE, written(tmp_path / "a.warc.gz", *parts))
    assert outcome.marked == ["1 recorded answers say only that nothing had changed since it was recorded before"]
    assert b"a bus" in every_byte(folder)


def test_resources_and_packed_pictures_are_read_and_brotli_is_named(tmp_path: Path) -> None:
    body = gzip.compress(b"a bus")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    picture = answer("https://elm.example/bus.png", chunked, "image/png", head="Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n")
    page = record("resource", "https://elm.example/about", html("Ours"), Content_Type="text/html")
    brotli = answer("https://elm.example/new", b"\x0b\x02\x80", head="Content-Encoding: br\r\n")
    folder = tmp_path / "district"
    outcome = run(folder, SITE, written(tmp_path / "a.warc.gz", picture, page, brotli))
    assert (outcome.new, outcome.media_failed) == (1, 0)
    assert b"a bus" in every_byte(folder), "unpacked, and without its chunks' lengths"
    assert outcome.marked == ["1 recorded answers are packed in a way that is not read; record them again without it"]


def test_a_picture_that_was_not_recorded_or_is_damaged_is_told_and_the_page_is_kept(tmp_path: Path) -> None:
    broken = answer("https://elm.example/bus.png", b"\x1f\x8bno", "image/png", head="Content-Encoding: gzip\r\n")
    for number, parts in enumerate(([], [broken])):
        outcome = run(tmp_path / f"district{number}", SITE, written(tmp_path / f"{number}.warc.gz", *parts, about("Ours", "2026-03-01T12:00:00Z")))
        assert (outcome.new, outcome.media_failed, outcome.code) == (1, 1, "")


def test_what_was_recorded_in_a_login_is_not_shown_either(tmp_path: Path) -> None:
    asked = record("request", "http://elm.example/bus.png", b"GET / HTTP/1.1\r\nCookie: logged_in=1\r\n\r\n", Content_Type="application/http; msgtype=request")
    outcome = run(tmp_path / "district", SITE, written(tmp_path / "a.warc.gz", BUS, asked, about("Ours", "2026-03-01T12:00:00Z")))
    assert (outcome.new, outcome.media_failed) == (1, 1)


@pytest.mark.parametrize(("raw", "words"), [
    (gzip.compress(BUS) + b"what is this", "something that is not packed stands between records"),
    (gzip.compress(BUS) + b"\x1f\x8b", "ends inside a packed record"),
    (gzip.compress(BUS)[:-4], "ends inside a packed record"),
    (gzip.compress(BUS[:-60]), "ends inside a record"),
    (BUS + b"\x1f\x8b\x08 hello", "ends inside a record"),
    (b"".join(gzip.compress(answer("https://elm.example/x", b"\x00" * 30_000_000, "image/png"), 9) for _ in range(2)), "unpacks to more than"),
], ids=["junk after", "cut head", "cut member", "cut record", "mixed", "bomb"])
def test_a_damaged_or_hostile_recording_is_refused(tmp_path: Path, raw: bytes, words: str) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(raw)
    with pytest.raises(ConfigError, match=words):
        run(tmp_path / "district", SITE, file)
    assert not (tmp_path / "district" / "archive").exists()


def test_padding_after_the_last_record_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(gzip.compress(about("Ours", "2026-03-01T12:00:00Z")) + b"\x00" * 70_000)
    assert run(tmp_path / "district", SITE, file).new == 1


def test_many_pictures_are_noted_in_little_memory(tmp_path: Path) -> None:
    picture = bytes(20_000)
    file = written(tmp_path / "a.warc", *(answer(f"https://elm.example/{n}.png", picture, "image/png") for n in range(2000)), packed=False)
    with opened(file) as container:
        recording = Recording(OpenedExport(container, "", SITE))
        tracemalloc.start()
        list(recording.answers({}))  # type: ignore[arg-type]
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
        tracemalloc.stop()
        for number in (1999, 0, 1000):
            found = recording.shown_at(f"https://elm.example/{number}.png#top", 64_000)
            assert found is not None
            assert found.body == picture
        assert recording.shown_at("https://elm.example/none.png", 64_000) is None


def test_the_capture_says_when_it_was_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "district"
    run(folder, SITE, written(tmp_path / "a.warc.gz", about("Ours", "2026-03-01T12:00:00Z")))
    with Archive(read_workspace(folder).archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        (capture,) = captures(connection, ABOUT)
    assert capture.fetched_at.startswith("2026-03-01T12:00:00")
    assert json.loads(capture.context)["recorded_at"] == "2026-03-01T12:00:00Z"
