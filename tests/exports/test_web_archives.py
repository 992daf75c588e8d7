"""WARC and WACZ files that a web recorder made: an account's own public pages come in, nobody else's."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from rollbook.archive import schema as t
from rollbook.archive.archive import Archive
from rollbook.archive.verify import verify
from rollbook.collect import parse_page
from rollbook.errors import ConfigError
from rollbook.importing import chosen, take
from rollbook.taking import Outcome
from rollbook.workspace import read_workspace

from .building import CANARY, district, every_byte, zipped

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
FEED = "https://school.example/feed.xml"
RSS = (
    b"<?xml version='1.0'?><rss version='2.0'><channel><title>School</title><link>https://school.example/</link><description>News</description>"
    b"<item><guid>one</guid><title>Concert</title><description>Tonight at 7</description><pubDate>Mon, 05 Oct 2026 14:00:00 GMT</pubDate></item></channel></rss>"
)


class Recorder:
    """A web recorder's file."""

    def __init__(self, *, packed: bool = True) -> None:
        self._file = BytesIO()
        self._writer = WARCWriter(self._file, gzip=packed)
        self._write("warcinfo", "", b"software: a recorder\r\n", None)

    def _write(self, kind: str, url: str, body: bytes, head: StatusAndHeaders | None) -> None:
        record = (
            self._writer.create_warcinfo_record("a.warc.gz", {"software": "a recorder"}) if kind == "warcinfo"
            else self._writer.create_warc_record(url, kind, payload=BytesIO(body), http_headers=head)
        )
        self._writer.write_record(record)
        record.raw_stream.close()

    def add(self, url: str, body: bytes, *, status: str = "200 OK", asked: tuple[tuple[str, str], ...] = (), requests: bool = True, **headers: str) -> Recorder:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self._write("response", url, body, StatusAndHeaders(status, [*named, ("Set-Cookie", CANARY)], protocol="HTTP/1.1"))
        if requests:
            self._write("request", url, b"", StatusAndHeaders("GET / HTTP/1.1", list(asked), is_http_request=True))
        return self

    def data(self) -> bytes:
        return self._file.getvalue()


def run(folder: Path, account: str, file: Path, at: datetime = NOW) -> Outcome:
    workspace = district(folder, account) if not folder.exists() else read_workspace(folder)
    with chosen(workspace, file, account) as export, Archive(workspace.archive, operator="test", parse=parse_page) as archive:
        outcome = take(archive, export, "run", clock=lambda: at)
        assert verify(archive, quick=False, now=at).problems == ()
        stood = posts(archive)
    with Archive(workspace.archive, operator="test", parse=parse_page, afresh=True) as archive:
        assert verify(archive, quick=False, now=at).problems == ()
        assert posts(archive) == stood, "made again from the captures"
    return outcome


def posts(archive: Archive) -> list[Row[Any]]:
    """How every post stands."""
    with archive.store.begin() as connection:
        return list(connection.execute(select(t.post).order_by(t.post.c.post)))


@pytest.mark.parametrize("kind", ["warc", "warc.gz", "wacz"])
def test_a_feed_that_was_recorded_comes_in_and_nothing_else(tmp_path: Path, kind: str) -> None:
    recorder = Recorder(packed=kind != "warc")
    recorder.add("https://bank.example/balance", CANARY.encode(), Content_Type="text/html")
    recorder.add(FEED, gzip.compress(RSS), Content_Type="application/rss+xml", Content_Encoding="gzip")
    recorder.add(FEED, b"gone", status="404 Not Found")
    recorder.add(FEED + "?paged=2", b"x", Content_Encoding="br")
    file = tmp_path / f"recorded.{kind}"
    if kind == "wacz":
        zipped(file, {"datapackage.json": "{}", "pages/pages.jsonl": CANARY, "archive/data.warc.gz": recorder.data()})
    else:
        file.write_bytes(recorder.data())
    folder = tmp_path / "district"
    outcome = run(folder, f"feed:{FEED}", file)
    assert (outcome.new, outcome.code) == (1, "")
    assert outcome.marked == [
        "1 recorded answers are no pages of this account that are read",
        "1 recorded answers are packed in a way that is not read; record them again without it",
        "1 recorded answers have another status than 200",
    ]
    assert CANARY.encode() not in every_byte(folder)
    again = run(folder, f"feed:{FEED}", file)
    assert (again.new, again.edited, again.noted) == (0, 0, 0)


def test_pieces_of_a_chunked_answer_are_joined(tmp_path: Path) -> None:
    body = b"%x\r\n%s\r\n5;a=b\r\n%s\r\n0\r\n\r\n" % (len(RSS) - 5, RSS[:-5], RSS[-5:])
    file = tmp_path / "recorded.warc.gz"
    file.write_bytes(Recorder().add(FEED, body, Content_Type="application/rss+xml", Transfer_Encoding="chunked").data())
    assert run(tmp_path / "district", f"feed:{FEED}", file).new == 1


@pytest.mark.parametrize("asked", [
    ("Authorization", "Bearer x"), ("Cookie", "a=b; wordpress_logged_in_1=x"), ("Cookie", "sessionid=x"), ("Cookie", "_ga=1; _t=x"),
    ("Cookie", "wikidbUserID=7; wikidb_session=x"), ("Cookie", "SESS0123456789abcdef0123456789abcdef=x"), ("Cookie", "phpbb3_a1_u=52; phpbb3_a1_sid=x"),
    ("Cookie", "_mastodon_session=x; _session_id=y"), ("Cookie", "c_user=1"), ("Cookie", "datr=a; xs=1"), ("Cookie", "auth_token=1"), ("Cookie", "SimpleSAMLSessionID=1"),
], ids=str)
def test_what_was_recorded_while_somebody_was_logged_in_is_passed_over(tmp_path: Path, asked: tuple[str, str]) -> None:
    file = tmp_path / "recorded.warc.gz"
    file.write_bytes(Recorder().add(FEED, RSS, asked=(asked,)).data())
    outcome = run(tmp_path / "district", f"feed:{FEED}", file)
    assert (outcome.new, outcome.marked) == (0, ["1 recorded answers were recorded while somebody was logged in"])


@pytest.mark.parametrize(("asked", "told"), [
    ("_ga=GA1.2; _gid=token", []), ("XSRF-TOKEN=x", []), ("csrftoken=x", []), ("phpbb3_a1_u=1; lang=en", []), ("texts=1; axs=2; a_t=3", []),
    ("PHPSESSID=x", ["1 recorded answers were asked for within a session: make sure that nobody was logged in"]),
    ("laravel_session=x; XSRF-TOKEN=y", ["1 recorded answers were asked for within a session: make sure that nobody was logged in"]),
], ids=str)
def test_a_visitors_cookies_are_no_login(tmp_path: Path, asked: str, told: list[str]) -> None:
    file = tmp_path / "recorded.warc.gz"
    file.write_bytes(Recorder().add(FEED, RSS, asked=(("Cookie", asked),)).data())
    outcome = run(tmp_path / "district", f"feed:{FEED}", file)
    assert (outcome.new, outcome.marked) == (1, told)


def test_a_recording_without_requests_tells_what_to_ask(tmp_path: Path) -> None:
    file = tmp_path / "recorded.warc.gz"
    file.write_bytes(Recorder().add(FEED, RSS, requests=False).data())
    outcome = run(tmp_path / "district", f"feed:{FEED}", file)
    assert (outcome.new, outcome.marked) == (1, ["1 recorded answers stand without their requests: make sure that nobody was logged in"])


def test_an_address_with_a_key_in_it_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "recorded.warc.gz"
    recorder = Recorder().add(f"{FEED}?access_token={CANARY}abcdef0123456789", RSS).add(f"{FEED}?key=homepage", RSS)
    file.write_bytes(recorder.data())
    outcome = run(tmp_path / "district", f"feed:{FEED}", file)
    assert "1 recorded answers were asked for with a key in their address" in outcome.marked
    assert CANARY.encode() not in every_byte(tmp_path / "district")


def status(number: int, acct: str, words: str, visibility: str = "public") -> dict[str, object]:
    return {
        "id": str(number), "uri": f"https://social.example/users/{acct}/statuses/{number}", "created_at": "2026-10-05T14:00:00Z",
        "visibility": visibility, "content": f"<p>{words}</p>", "account": {"id": acct * 2, "acct": acct},
    }


def test_a_timeline_of_mastodon_gives_the_accounts_own_public_statuses(tmp_path: Path) -> None:
    recorder = Recorder()
    mine = [status(1, "office", "Ours"), status(2, "office", "For followers", "private"), status(3, "band", "Theirs")]
    recorder.add("https://social.example/api/v1/accounts/7/statuses", json.dumps(mine).encode(), Content_Type="application/json")
    recorder.add("https://social.example/api/v1/accounts/8/statuses", json.dumps([status(4, "band", CANARY)]).encode())
    recorder.add("https://other.example/api/v1/accounts/7/statuses", json.dumps([status(5, "office", CANARY)]).encode())
    file = tmp_path / "recorded.warc.gz"
    file.write_bytes(recorder.data())
    outcome = run(tmp_path / "district", "mastodon:office@social.example", file)
    assert outcome.new == 1
    assert len(outcome.marked) == 3  # one not public, one of somebody else, and how many answers were passed over
    assert CANARY.encode() not in every_byte(tmp_path / "district")


def test_a_feed_of_the_appview_gives_the_accounts_own_posts(tmp_path: Path) -> None:
    def view(did: str, handle: str, words: str) -> dict[str, object]:
        record = {"$type": "app.bsky.feed.post", "text": words, "createdAt": "2026-10-05T14:00:00Z"}
        return {"post": {"uri": f"at://{did}/app.bsky.feed.post/3lexampleaaa2", "author": {"did": did, "handle": handle}, "record": record}}

    own, other = "did:plc:exampleexampleexample22", "did:plc:otherotherotherother2222"
    url = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor="
    recorder = Recorder()
    recorder.add(f"{url}school.example", json.dumps({"feed": [view(own, "school.example", "Ours"), view(other, "band.example", "Theirs")]}).encode())
    recorder.add(f"{url}band.example", json.dumps({"feed": [view(other, "band.example", CANARY)]}).encode())
    file = tmp_path / "recorded.warc.gz"
    file.write_bytes(recorder.data())
    outcome = run(tmp_path / "district", "bluesky:school.example", file)
    assert outcome.new == 1
    assert CANARY.encode() not in every_byte(tmp_path / "district")


@pytest.mark.parametrize(("raw", "words"), [
    (b"WARC/1.1\r\nContent-Length: x\r\n\r\n", "without a length"),
    (b"WARC/1.1\r\nContent-Length: 99\r\n\r\nshort", "ends inside a record"),
    (b"WARC/1.1\r\n" + b"a" * 100_000, "whose head is none"),
    (b"WARC/1.1\r\n" + b"a: b\r\n" * 1000, "whose head is none"),
    (b"hello\r\n\r\n", "is no WARC file"),
    (gzip.compress(b"\r\n" * 50_000_000, mtime=0), "whose head is none"),
    (gzip.compress(b"WARC/1.1\r\nContent-Length: 200000000\r\n\r\n" + b"\x00" * 200_000_000, 9, mtime=0), "unpacks to more than"),
    (gzip.compress(b"WARC/1.1\r\nContent-Length: 9\r\n\r\nshort", mtime=0)[:-9], "damaged"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_damaged_or_hostile_file_is_refused_and_nothing_is_written(tmp_path: Path, raw: bytes, words: str) -> None:
    file = tmp_path / "recorded.warc.gz"
    file.write_bytes(raw)
    with pytest.raises(ConfigError, match=words):
        run(tmp_path / "district", f"feed:{FEED}", file)
    assert not (tmp_path / "district" / "archive").exists()

