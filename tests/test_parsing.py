"""What `rollbook parse` prints of recorded pages."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rollbook import parsing
from rollbook.errors import ConfigError
from rollbook.formats import read_post
from rollbook.parsing import parse_files
from rollbook.plugins import collectors
from rollbook.types import Page, Parsed

from .test_cli import rollbook

SHARES = (
    "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
    "2026-01-01 10:00:00,https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7100000000000000001,Hello,,,PUBLIC\n"
)
FEED = """<rss version="2.0"><channel><title>Elm Street School</title><link>https://elm.example/</link>
<item><title>Picture day</title><guid>1</guid><link>/news/1</link><pubDate>Mon, 05 Oct 2026 13:00:00 GMT</pubDate></item>
<item><title>Undated</title></item></channel></rss>"""
STATUS = {"id": "1", "uri": "https://a.example/users/b/statuses/1", "created_at": "2026-10-05T13:00:00Z", "visibility": "public",
          "account": {"id": "7", "acct": "b"}, "content": "<p>Hello</p>"}


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def parsed(network: str, *files: Path, **named: str) -> tuple[int, list[str], list[str]]:
    posts: list[str] = []
    complaints: list[str] = []
    count = parse_files(network, files, posts.append, complaints.append, **named)
    return count, posts, complaints


def test_a_feed_is_posts_in_the_public_format(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(FEED)
    count, posts, _ = parsed("feed", file, account="feed:https://elm.example/feed", url="https://elm.example/feed")
    texts = [read_post(json.loads(line)) for line in posts]
    assert any(post.text == "Picture day" and post.url == "https://elm.example/news/1" for post in texts)
    assert {post.account for post in texts} == {"feed:https://elm.example/feed"}
    assert count == 0


def test_what_cannot_be_read_is_named_with_file_and_place(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([STATUS, {**STATUS, "id": "2", "uri": None}]))
    (tmp_path / "b.json").write_text("<html><form><input type=password></form></html>")
    count, posts, complaints = parsed("mastodon", tmp_path)
    assert len(posts) == 1
    assert count == len(complaints) == 2
    assert "a.json" in complaints[0]
    assert "[1]" in complaints[0]
    assert "b.json: login-page" in complaints[1]


def test_an_export_or_a_member_of_one_is_read_as_the_import_would(tmp_path: Path) -> None:
    shares = tmp_path / "Shares.csv"
    shares.write_text(SHARES)
    count, posts, complaints = parsed("linkedin", shares)
    assert [read_post(json.loads(line)).text for line in posts] == ["Hello"], complaints
    archive = tmp_path / "archive.zip"
    actor = {"id": "https://a.example/users/b", "type": "Person", "preferredUsername": "b", "name": "Band"}
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("actor.json", json.dumps(actor))
        file.writestr("outbox.json", json.dumps({"orderedItems": []}))
    count, posts, complaints = parsed("mastodon", archive, account="mastodon:b@a.example")
    assert [read_post(json.loads(line)).kind for line in posts] == ["profile"], complaints
    count, posts, complaints = parsed("mastodon", archive, account="mastodon:c@a.example")
    assert count == 1
    assert "foreign-id" in complaints[0]


def test_wrong_arguments_say_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected bluesky"):
        parsed("myspace", tmp_path)
    with pytest.raises(ConfigError, match="expected feed:handle"):
        parsed("feed", tmp_path, account="x:me")


FILES: dict[str, tuple[bytes | None, str]] = {
    "missing.json": (None, "not-a-file: mastodon: cannot be read: No such file or directory"),
    "empty.json": (b"", "not-json"),
    "junk.json": (bytes(range(256)) * 9, "wrong-charset"),
    "feed.json": (FEED.encode(), "not-json"),
    "page.html": (b"<html><body>Hello</body></html>", "not-json: mastodon:recorded.example: file: a web page came"),
    "cut.json.gz": (gzip.compress(json.dumps([STATUS]).encode())[:-20], "coding"),
    "bomb.json.gz": (gzip.compress(b"[" + b" " * 20_000_000 + b"]"), "unpacks to more than"),
    "packed.7z": (b"7z\xbc\xaf\x27\x1c" + b"x" * 99, "is packed by 7z, which is not read: unpack it first"),
    "other.zip": (zipped({"posts.json": "[]"}), "not-an-export"),
    "hostile.zip": (zipped({"../actor.json": "{}", "outbox.json": "{}"}), "leads out of the archive"),
    "cut.warc": (b"WARC/1.1\r\nContent-Length: 99\r\n\r\nshort", "ends inside a record"),
    "deep.json": (b"[" * 200_000, "nested deeper"),
    "long.json": (b'[{"id": ' + b"9" * 9999 + b"}]", "a number that is none"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_holds_no_page_is_one_line_and_the_next_one_is_read(tmp_path: Path, name: str) -> None:
    body, words = FILES[name]
    file, good = tmp_path / name, tmp_path / "status.json"
    if body is not None:
        file.write_bytes(body)
    good.write_text(json.dumps(STATUS))
    count, posts, complaints = parsed("mastodon", file, good)
    assert (count, len(posts), len(complaints)) == (1, 1, 1)
    assert complaints[0].startswith(f"{file}: ")
    assert words in complaints[0]
    assert "\n" not in complaints[0]


def test_a_folder_without_files_and_a_pipe_are_named(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    os.mkfifo(tmp_path / "pipe")
    count, _, complaints = parsed("mastodon", tmp_path / "nothing", tmp_path / "pipe")
    assert count == 2
    assert [line.rpartition(": ")[2] for line in complaints] == ["holds no file", "is no file"]


def test_an_empty_answer_is_told_and_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text("[]")
    count, posts, complaints = parsed("mastodon", tmp_path / "none.json")
    assert (count, posts) == (0, [])
    assert complaints == [f"{tmp_path / 'none.json'}: was read, and holds no post"]


@pytest.mark.parametrize("write", [
    lambda text: text.encode("utf-8-sig"), lambda text: text.encode("utf-16"), lambda text: text.encode("utf-16-le"),
    lambda text: text.encode("utf-32"), lambda text: text.replace(" ", "\r\n").encode(),
    lambda text: gzip.compress(text.encode()), lambda text: bz2.compress(gzip.compress(text.encode())),
    lambda text: lzma.compress(text.encode()),
    lambda text: json.dumps({"interactions": [
        {"request": {"uri": "https://a.example/1"}, "response": {"status": {"code": 200}, "body": {"string": text}}},
    ]}).encode(),
    lambda text: json.dumps({"log": {"entries": [
        {"request": {"url": "https://a.example/1"}, "response": {"status": 200, "content": {
            "text": base64.b64encode(text.encode()).decode(), "encoding": "base64"}}},
    ]}}).encode(),
], ids=["bom", "utf-16", "utf-16-le", "utf-32", "crlf", "gzip", "bzip2", "lzma", "session", "har"])
def test_what_an_answer_is_wrapped_in_is_undone(tmp_path: Path, write: Callable[[str], bytes]) -> None:
    file = tmp_path / "answer"
    file.write_bytes(write(json.dumps(STATUS)))
    count, posts, complaints = parsed("mastodon", file)
    assert (count, len(posts)) == (0, 1), complaints


def test_of_several_answers_in_a_file_each_is_read(tmp_path: Path) -> None:
    file = tmp_path / "statuses.jsonl"
    file.write_text("\n".join([json.dumps(STATUS), "{broken", json.dumps({"error": "no"}), json.dumps([STATUS])]))
    file.write_text(file.read_text().replace("{broken\n", json.dumps({**STATUS, "uri": None}) + "\n{broken\n"))
    count, posts, complaints = parsed("mastodon", file)
    assert (count, len(posts)) == (3, 2)
    assert [line.split(": ")[1] for line in complaints] == ["answer 2", "answer 3", "answer 4"]


def test_an_answer_that_is_damaged_does_not_cost_the_others(tmp_path: Path) -> None:
    bodies = [json.dumps(STATUS).encode(), gzip.compress(json.dumps(STATUS).encode())[:40], gzip.compress(json.dumps(STATUS).encode())]
    entries = [
        {"request": {"url": "https://a.example/1"}, "response": {"status": 200, "content": {
            "text": base64.b64encode(body).decode(), "encoding": "base64"}}} for body in bodies
    ]
    file = tmp_path / "session.har"
    file.write_text(json.dumps({"log": {"entries": entries}}))
    count, posts, complaints = parsed("mastodon", file)
    assert (count, len(posts)) == (1, 2)
    assert "answer 2: file: coding: the file is packed, and damaged" in complaints[0]


def test_a_defect_of_a_reader_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(page: Page) -> Parsed:
        raise KeyError(page.part)

    monkeypatch.setattr(parsing, "named", lambda network: replace(collectors()[network], parse=broken))
    (tmp_path / "status.json").write_text("{}")
    count, _, complaints = parsed("mastodon", tmp_path / "status.json")
    assert count == 1
    assert "defect: its reader failed: KeyError: 'file'; please report this" in complaints[0]


def test_what_cannot_be_written_is_no_defect_of_a_reader(tmp_path: Path) -> None:
    def closed(line: str) -> None:
        raise BrokenPipeError(line)

    (tmp_path / "feed.xml").write_text(FEED)
    complaints: list[str] = []
    with pytest.raises(BrokenPipeError):  # as behind `rollbook parse … | head -1`
        parse_files("feed", [tmp_path / "feed.xml"], closed, complaints.append)
    assert complaints == []


def test_a_larger_file_than_a_page_is_read_only_as_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "PAGE_BYTES", 100)
    for name in ("anything.csv", "Shares.csv"):
        (tmp_path / name).write_text(SHARES)
    count, posts, complaints = parsed("linkedin", tmp_path / "anything.csv", tmp_path / "Shares.csv")
    assert (count, len(posts)) == (1, 1)
    assert "not-an-export: linkedin: is larger than 100 bytes" in complaints[0]


OUTBOX = [{
    "id": "https://a.example/users/b/statuses/1/activity", "type": "Create", "actor": "https://a.example/users/b",
    "published": "2026-10-05T13:00:00Z", "to": [to], "cc": [],
    "object": {"id": f"https://a.example/users/b/statuses/{n}", "type": "Note", "attributedTo": "https://a.example/users/b",
               "published": "2026-10-05T13:00:00Z", "to": [to], "cc": [], "content": "<p>Hello</p>"},
} for n, to in enumerate(("https://www.w3.org/ns/activitystreams#Public", "https://a.example/users/c"))]
TWEET = {"id_str": "1", "full_text": "Hello", "created_at": "Wed Oct 10 20:19:24 +0000 2018"}
MEMBERS: dict[str, tuple[str, str, int, str]] = {
    "outbox.json": ("mastodon", json.dumps({"@context": [], "orderedItems": OUTBOX}), 1, "activities[1]: not-public"),
    "actor.json": ("mastodon", json.dumps({"@context": [], "id": "https://a.example/users/b", "type": "Person", "preferredUsername": "b"}), 1, ""),
    "note": ("mastodon", json.dumps({"@context": [], **OUTBOX[0]["object"]}), 1, ""),  # type: ignore[dict-item]
    "tweets.js": ("x", f"window.YTD.tweets.part0 = {json.dumps([{'tweet': TWEET}])}", 1, ""),
    "tweets-part1.js": ("x", f"window.YTD.tweets.part1 = {json.dumps([{'tweet': TWEET}])}", 1, ""),
    "deleted-tweets.js": ("x", f"window.YTD.deleted_tweets.part0 = {json.dumps([{'tweet': TWEET}])}", 0, "no part of an archive that is read"),
    "note-tweet.js": ("x", 'window.YTD.note_tweet.part0 = [{"noteTweet": {}}]', 0, "take the whole archive"),
    "posts_1.json": ("instagram", '[{"media": [{"uri": "a.jpg", "creation_timestamp": 1700000000, "title": "Hello"}]}]', 1, ""),
    "reels.json": ("instagram", '{"ig_reels_media": [{"media": [{"uri": "a.mp4", "creation_timestamp": 1700000000, "title": "Hello"}]}]}', 1, ""),
    "your_posts_1.json": ("facebook", '[{"timestamp": 1700000000, "data": [{"post": "Hello"}]}]', 1, ""),
    "repo.car": ("bluesky", "\x3a\x12eroots\x01gversion\x01", 0, "no-document"),
    "videos.csv": ("youtube", "Video ID,Channel ID,Video Title (Original),Privacy,Video Create Timestamp\na,UC1,Hello,Public,2026-10-05T13:00:00Z\n", 1, ""),
    "comments.csv": ("youtube", "Comment ID,Channel ID,Comment Create Timestamp,Comment Text,Video ID\na,UC1,2026-10-05T13:00:00Z,Hello,b\n", 0,
                     "without the video metadata that would say"),
    "user_data_tiktok.json": ("tiktok", json.dumps({"Profile And Settings": {"Profile Info": {"ProfileMap": {"userName": "office"}}}}), 0,
                              "the export is that of office, another account: say whose it is with --account"),
    "Shares.csv": ("linkedin", SHARES, 1, ""),
}


@pytest.mark.parametrize("renamed", [False, True], ids=["as in its export", "under another name"])
@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_of_an_export_is_read_by_itself_or_says_what_else_it_needs(tmp_path: Path, name: str, renamed: bool) -> None:
    network, text, number, words = MEMBERS[name]
    file = tmp_path / ("member" if renamed else name)
    file.write_text(text, "utf-8")
    count, posts, complaints = parsed(network, file)
    assert len(posts) == number, complaints
    assert (count > 0) == bool(words)
    assert words in "".join(complaints)


RECORDED = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://elm.example/feed\r\nWARC-Date: 2026-10-06T12:00:00Z\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\nHTTP/1.1 200 OK\r\n\r\n%s\r\n\r\n"
) % (len(FEED) + 19, FEED.encode())


@pytest.mark.parametrize("data", [RECORDED, gzip.compress(RECORDED), zipped({"archive/data.warc": RECORDED})], ids=["warc", "warc.gz", "wacz"])
def test_a_recording_of_the_web_is_told_by_its_content(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "recording"
    file.write_bytes(data)
    count, posts, _ = parsed("feed", file, account="feed:https://elm.example/feed")
    assert len(posts) == len(parsed("feed", _written(tmp_path / "feed.xml", FEED))[1])
    count, _, complaints = parsed("feed", file)
    assert count == 1
    assert "none of its answers is one of feed:https://recorded.example/" in complaints[0]
    assert "1 recorded answers are no pages of this account that are read" in complaints[0]
    assert complaints[0].endswith(": say whose it is with --account")


def _written(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


def test_the_command_exits_with_1_where_something_was_marked(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(FEED)
    assert rollbook("parse", "feed", file).returncode == 0
    other = tmp_path / "other.json"
    other.write_text("[]")
    done = rollbook("parse", "feed", file, other)
    assert done.returncode == 1
    assert "other.json: not-a-feed" in done.stderr
    assert len(done.stdout.splitlines()) == len(rollbook("parse", "feed", file).stdout.splitlines())


def test_a_web_page_is_its_words(tmp_path: Path) -> None:
    file = tmp_path / "staff.html"
    file.write_text("<html><title>Staff</title><nav>Menu</nav><main>Ms. Oak</main></html>")
    at = {"account": "website:https://elm.example/", "url": "https://elm.example/staff"}
    count, posts, _ = parsed("website", file, **at)
    (post,) = (read_post(json.loads(line)) for line in posts)
    assert (post.id, post.kind, post.text, count) == ("website:https://elm.example/staff", "page", "Staff\nMs. Oak", 0)
    assert len(parsed("website", file)[1]) == 2, "an address alone is a home page"
    file.write_text("nothing")
    assert parsed("website", file)[0] == 1
