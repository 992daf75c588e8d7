"""The Threads collector over a stand-in of its API: posts, replies, a fortnight, its refusals."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import AccessError, AccountGone, PageError
from tests.standin_graph import StandInGraph, graph_time, refused, serve

from .fortnight import Fortnight
from .graph_days import on_bad_days, on_the_last_days

TOKEN = "THAAcanary4711threadsTokenZCpsBAto"
USER, ACCOUNT = "2600001", "threads:quarrybaycsd"
BEGAN = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
CONTENT = ("https://scontent-aaa1-1.cdninstagram.com", "https://scontent-bbb2-2.cdninstagram.com")
OTHER = {"id": "19001", "username": "quarrybay.library", "text": "Story hour at four"}


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInGraph]:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("ROLLBOOK_THREADS_QUARRYBAYCSD_TOKEN", TOKEN)
    monkeypatch.setenv("ROLLBOOK_FACEBOOK_APP_SECRET", "another-app-secret-1234")
    with serve(StandInGraph(TOKEN)) as there:
        there.add("ThreadsUser", USER, username="quarrybaycsd", name="Quarry Bay Schools", threads_biography="News of our schools")
        there.media = dict.fromkeys(("1_n.jpg", "2_n.jpg"), b"\x89PNG\r\n\x1a\n" + bytes(64))
        yield there


def write(platform: StandInGraph, number: int, text: str | None, *, edge: str = "threads", **more: Any) -> dict[str, Any]:
    usual = {
        "text": text, "media_type": "TEXT_POST", "timestamp": graph_time(BEGAN + timedelta(minutes=number)), "username": "quarrybaycsd",
        "permalink": f"https://www.threads.com/@quarrybaycsd/post/D{number}",
    }
    return platform.add("ThreadsMedia", f"1800{number}", (USER, edge), **usual | more)


def reroute(platform: StandInGraph) -> dict[str, str]:
    return {"https://graph.threads.com": platform.base} | dict.fromkeys(CONTENT, platform.base)


@pytest.fixture
def kernel(platform: StandInGraph, kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel without an archive, its Door led to the stand-in."""
    return lambda account=ACCOUNT: kernel(account, {}, reroute(platform))


def test_everything_that_the_account_says(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    platform.page_size = 2
    write(platform, 1, "Opening night #SpringPlay", link_attachment_url="https://quarrybay.example/play")
    write(platform, 2, "The gym", media_type="IMAGE", media_url=f"{CONTENT[0]}/1_n.jpg?oe=1", alt_text="An empty gym")
    write(platform, 3, "Go and listen", is_quote_post=True, quoted_post=OTHER)
    write(platform, 4, None, media_type="REPOST_FACADE", reposted_post=OTHER)
    write(platform, 5, "At seven.", edge="replies", replied_to={"id": "19002", "username": "a.parent", "text": "When?"})
    seen = kernel().visit()
    posts = {post.id.removeprefix("threads:1800"): post for post in seen.posts if post.kind != "profile"}
    assert seen.posts[0].text == "Quarry Bay Schools\nNews of our schools"
    assert {number: post.kind for number, post in posts.items()} == {"1": "post", "2": "post", "3": "quote", "4": "repost", "5": "reply"}
    assert (posts["1"].links, posts["1"].hashtags) == (("https://quarrybay.example/play",), ("SpringPlay",))
    assert posts["2"].media[0].alt == "An empty gym"
    assert posts["3"].quote_of.text == posts["4"].text == "Story hour at four"
    assert (posts["5"].reply_to.id, posts["5"].reply_to.account) == ("threads:19002", "threads:a.parent")
    assert seen.sweep.covered_from.year == 1900
    assert seen.cursor["newest"] == "2026-10-05T12:05:00+00:00"
    assert not any("appsecret_proof" in query for _, query in platform.asked), "the secret is of another app"


def test_a_reply_stays_one_when_what_it_answers_is_taken_away(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    """Rules weigh what answers somebody otherwise."""
    reply = write(platform, 5, "At seven.", edge="replies", replied_to={"id": "19002", "username": "a.parent", "text": "When?"})
    visits = kernel()
    (before,) = (post for post in visits.visit().posts if post.kind == "reply")
    del reply["replied_to"]
    (after,) = (post for post in visits.visit().posts if post.kind != "profile")
    assert (after.id, after.kind, after.reply_to) == (before.id, "reply", None)
    (presence,) = visits.look_up(before)
    assert visits.plugin.parse(presence.page).posts == (after,)


def test_a_fortnight(
    platform: StandInGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    days = Fortnight(tmp_path, ACCOUNT, {}, reroute(platform), BEGAN + timedelta(hours=1))
    first = write(platform, 1, "Welcome back", media_type="IMAGE", media_url=f"{CONTENT[0]}/v/a/1_n.jpg?oe=1")
    write(platform, 2, "The gym")
    write(platform, 3, "At seven.", edge="replies", replied_to={"id": "19002", "username": "a.parent"})
    day = days.on(0)
    assert (day.code, day.new, day.media_failed) == ("", 3, 0)
    first["media_url"] = f"{CONTENT[1]}/v/b/1_n.jpg?oe=2"
    day = days.on(1)
    assert (day.code, day.new, day.edited, day.gone) == ("", 0, 0, 0)
    first["text"] = "Welcome back to school"
    assert days.on(2).edited == 1
    platform.remove("18001")
    platform.remove("18003")
    assert days.on(3).gone == 2
    assert [state for state, _ in days.states()["threads:18001"]] == ["new", "edited", "gone"]
    post = {"id": "18002", "text": "The gym", "media_type": "TEXT_POST", "timestamp": graph_time(BEGAN + timedelta(minutes=2)), "username": "quarrybaycsd"}
    loop = {"data": [post], "paging": {"cursors": {"after": "QVFI"}, "next": f"https://graph.threads.com/x?access_token={TOKEN}"}}
    on_bad_days(platform, days, 4, (
        ("me", refused(190, f"Error validating access token {TOKEN}", subcode=463), "token-expired"),
        ("me", refused(190, "The user has removed the app", subcode=458), "token-withdrawn"),
        ("me/threads", refused(10, "(#10) permission"), "no-access"), ("me", refused(4, "limit reached", X_App_Usage='{"call_count":100}'), "rate-limited"),
        ("me/threads", (502, b"<html>", {"Content-Type": "text/html"}), "server-error"), ("me/threads", (200, b'{"data": [{"id"', {}), "truncated"),
        ("me/threads", (200, loop, {}), "cursor-loop"), ("me", (429, b"", {"Retry-After": "7200"}), "rate-limited"), ("me", (429, b"", {}), "rate-limited"),
        # Suspended, deactivated or deleted: which, nobody is told.
        ("me", refused(100, "Unsupported get request", subcode=33), "not-found"), ("me/threads", (200, {"data": "none"}, {}), "schema"),
    ))
    on_the_last_days(
        platform, days, USER, "18002", "me/replies", ("ROLLBOOK_THREADS_QUARRYBAYCSD_TOKEN", TOKEN),
        lambda: write(platform, 4, "All is well"), monkeypatch,
    )
    days.check(TOKEN, caplog.text)
    assert b"access_token=REDACTED" in days.said()


def test_a_token_of_another_account_is_refused(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    platform.nodes[USER]["username"] = "somebody"
    with pytest.raises(PageError, match="ROLLBOOK_THREADS_QUARRYBAYCSD_TOKEN is a token of somebody") as foreign:
        kernel().visit()
    assert foreign.value.code == "foreign-id"
    with pytest.raises(AccountGone) as renamed:
        kernel().visit({"id": USER})
    assert renamed.value.code == "renamed"


def test_an_account_that_has_given_no_token_waits_for_its_owner(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    with pytest.raises(AccessError, match=r"waiting for its owner's authorisation: run `rollbook connect threads`") as waits:
        kernel("threads:mrs_k_reads").visit()
    assert (waits.value.code, waits.value.account) == ("no-credential", "threads:mrs_k_reads")


def test_look_ups(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    write(platform, 1, "kept")
    write(platform, 2, "gone")
    visits = kernel()
    posts = [post for post in visits.visit().posts if post.kind == "post"]
    platform.remove("18002")
    found = visits.look_up(*posts)
    assert [presence.state for presence in found] == ["gone", "here"]
    assert visits.plugin.parse(found[1].page).posts == (posts[1],)
    platform.faults = {"me": [refused(190, "no")]}
    assert {presence.state for presence in visits.look_up(*posts)} == {"unclear"}
    platform.faults = {"18002": [refused(2, "again")], "18001": [(200, {"id": "5"}, {})]}
    assert {presence.state for presence in visits.look_up(*posts)} == {"unclear"}
