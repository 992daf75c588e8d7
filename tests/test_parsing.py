"""What `rollbook parse` prints of recorded pages."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from rollbook.errors import ConfigError
from rollbook.formats import read_post
from rollbook.parsing import parse_files

from .test_cli import rollbook

FEED = """<rss version="2.0"><channel><title>Elm Street School</title><link>https://elm.example/</link>
<item><title>Picture day</title><guid>1</guid><link>/news/1</link><pubDate>Mon, 05 Oct 2026 13:00:00 GMT</pubDate></item>
<item><title>Undated</title></item></channel></rss>"""
STATUS = {"id": "1", "uri": "https://a.example/users/b/statuses/1", "created_at": "2026-10-05T13:00:00Z", "visibility": "public",
          "account": {"id": "7", "acct": "b"}, "content": "<p>Hello</p>"}


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
    shares.write_text("Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
                      "2026-01-01 10:00:00,https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7100000000000000001,Hello,,,PUBLIC\n")
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
    with pytest.raises(ConfigError, match="cannot be read"):
        parsed("feed", tmp_path / "nothing")
    with pytest.raises(ConfigError, match="expected feed:handle"):
        parsed("feed", tmp_path, account="x:me")


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
