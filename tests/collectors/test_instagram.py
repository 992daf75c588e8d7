"""The Instagram collector over a stand-in Graph API: own account, another's by discovery, a fortnight, its refusals."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import AccessError, AccountGone, CollectError, PageError
from rollbook.types import Post
from tests.standin_graph import StandInGraph, graph_time, refused, serve

from .fortnight import Fortnight
from .graph_days import on_bad_days, on_the_last_days

TOKEN, SECRET = "EAAcanary4711igPageTokenZCpsBAto", "canary5d86d081884c7d659a2feaa0c55ad015"
USER, OTHER = "17841400000000001", "17841400000000002"
ACCOUNT, OTHERS = "instagram:quarrybaycsd", "instagram:quarrybay.library"
BEGAN = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
CONTENT = ("https://scontent-aaa1-1.cdninstagram.com", "https://scontent-bbb2-2.cdninstagram.com")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
SETTINGS = {"user": USER}


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInGraph]:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("ROLLBOOK_INSTAGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("ROLLBOOK_FACEBOOK_APP_SECRET", SECRET)
    with serve(StandInGraph(TOKEN, SECRET)) as there:
        about = {"biography": "News of our schools", "website": "https://quarrybay.example"}
        there.add("IGUser", USER, username="quarrybaycsd", name="Quarry Bay Schools", media_count=0, **about)
        there.add("IGUser", OTHER, username="quarrybay.library", name="Library", media_count=2, **about)
        there.media = dict.fromkeys(("1_n.jpg", "2_n.jpg", "3_n.jpg", "9_n.jpg"), PNG)
        yield there


def share(platform: StandInGraph, number: int, caption: str, *, user: str = USER, edge: str = "media", **more: Any) -> dict[str, Any]:
    usual = {
        "caption": caption, "media_type": "IMAGE", "media_product_type": "FEED", "timestamp": graph_time(BEGAN + timedelta(minutes=number)),
        "permalink": f"https://www.instagram.com/p/Cq{number}/", "username": platform.nodes[user]["username"],
        "media_url": f"{CONTENT[0]}/v/t51/{number}_n.jpg?_nc_ht=1&oe=2",
    }
    return platform.add("IGMedia", f"1790{number}", (user, edge), **usual | more)


def reroute(platform: StandInGraph) -> dict[str, str]:
    return {"https://graph.facebook.com": platform.base} | dict.fromkeys(CONTENT, platform.base)


@pytest.fixture
def kernel(platform: StandInGraph, kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel without an archive, its Door led to the stand-in."""
    return lambda account=ACCOUNT, settings=SETTINGS: kernel(account, settings, reroute(platform))


def test_an_own_account_with_everything_that_it_shares(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    platform.page_size = 2
    share(platform, 1, "Opening night #SpringPlay with @quarrybay.library", alt_text="Six students bow")
    children = [{"id": "1", "media_type": "IMAGE", "media_url": f"{CONTENT[0]}/2_n.jpg", "alt_text": "The gym"},
                {"id": "2", "media_type": "VIDEO", "media_url": f"{CONTENT[0]}/3_n.mp4"}]
    share(platform, 2, "The week", media_type="CAROUSEL_ALBUM", children={"data": children})
    share(platform, 3, "Game film", media_type="VIDEO", media_product_type="REELS", media_url=f"{CONTENT[0]}/3_n.mp4")
    story = {"media_product_type": "STORY", "permalink": "https://www.instagram.com/stories/quarrybaycsd/17909"}
    share(platform, 9, "", edge="stories", **story)
    seen = kernel().visit()
    posts = seen.by_id()
    assert seen.posts[0].text == "Quarry Bay Schools\nNews of our schools\nhttps://quarrybay.example"
    assert seen.texts() == ["Game film", "The week", "Opening night #SpringPlay with @quarrybay.library", ""]
    first = posts["instagram:17901"]
    assert (first.hashtags, first.mentions, first.media[0].alt) == (("SpringPlay",), ("quarrybay.library",), "Six students bow")
    assert [(item.type, item.alt) for item in posts["instagram:17902"].media] == [("image", "The gym"), ("video", None)]
    assert seen.sweep.expected == 0
    assert not seen.marked


def test_another_professional_account_is_read_by_discovery(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    platform.page_size = 1
    share(platform, 1, "Story hour", user=OTHER)
    share(platform, 2, "New books", user=OTHER)
    visits = kernel(OTHERS)
    seen = visits.visit()
    assert [post.kind for post in seen.posts] == ["profile", "post", "post"]
    assert seen.texts() == ["New books", "Story hour"]
    assert (seen.sweep.expected, seen.cursor["id"]) == (2, OTHER)
    platform.remove("17901")
    assert [presence.state for presence in visits.look_up(*seen.posts[1:])] == ["unclear", "unclear"], "nobody can ask by id"
    with pytest.raises(AccountGone) as unknown:
        kernel("instagram:nobody").visit()
    assert unknown.value.code == "not-found"
    with pytest.raises(PageError) as foreign:
        visits.visit({"id": "5"})
    assert foreign.value.code == "foreign-id"


def test_a_further_page_without_a_list_is_not_the_end(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    platform.page_size = 1
    for number in (1, 2):
        share(platform, number, "Story hour", user=OTHER)

    def lacking(path: str, told: Any) -> None:
        if "business_discovery" in told and "username" not in told["business_discovery"]:
            del told["business_discovery"]["media"]

    platform.changed = lacking
    with pytest.raises(PageError, match="'media' is missing"):
        kernel(OTHERS).visit()


def test_who_answers_to_another_name_is_not_read(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    share(platform, 1, "Story hour", user=OTHER)
    platform.changed = lambda path, told: told["business_discovery"].update(username="band") if "business_discovery" in told else None
    with pytest.raises(PageError, match=r"asked for quarrybay.library, the platform answers with band") as foreign:
        kernel(OTHERS).visit()
    assert foreign.value.code == "foreign-id"


def test_a_table_says_which_accounts_are_own(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    share(platform, 1, "Story hour", user=OTHER)
    table = {"user": {"QuarryBayCSD": USER, "quarrybay.library": OTHER}}
    seen = kernel(OTHERS, table).visit()
    assert seen.texts() == ["Story hour"]
    assert f"/v25.0/{OTHER}/media" in platform.paths(), "read by its own edges"


def test_a_fortnight(
    platform: StandInGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    days = Fortnight(tmp_path, ACCOUNT, SETTINGS, reroute(platform), BEGAN + timedelta(hours=1))
    first = share(platform, 1, "Welcome back", alt_text="A bus")
    share(platform, 2, "The gym")
    story = {"media_product_type": "STORY", "permalink": "https://www.instagram.com/stories/quarrybaycsd/17909"}
    share(platform, 9, "", edge="stories", **story)
    day = days.on(0)
    assert (day.code, day.new, day.edited, day.gone, day.media_failed) == ("", 3, 0, 0, 0)
    first["media_url"] = f"{CONTENT[1]}/v/t39/1_n.jpg?_nc_ht=9&oe=ffff"
    platform.remove("17909")
    day = days.on(2)
    assert (day.code, day.new, day.edited, day.gone) == ("", 0, 0, 0), "a new signature is no edit, an ended story no deletion"
    first["caption"] = "Welcome back to school"
    assert days.on(3).edited == 1
    platform.remove("17901")
    assert days.on(4).gone == 1
    assert [state for state, _ in days.states()["instagram:17901"]] == ["new", "edited", "gone"]
    next_page = f"https://graph.facebook.com/x?access_token={TOKEN}"
    on_bad_days(platform, days, 5, (
        (USER, refused(190, f"{TOKEN} has expired", subcode=463), "token-expired"), (f"{USER}/media", refused(10, "(#10) permission"), "no-access"),
        (USER, refused(4, "(#4) Application request limit reached", status=403, X_App_Usage='{"call_count":100}'), "rate-limited"),
        (USER, (429, {}, {"Retry-After": "7200"}), "rate-limited"), (f"{USER}/media", (429, b"", {}), "rate-limited"),
        (f"{USER}/media", (500, b"<html>", {"Content-Type": "text/html"}), "server-error"), (f"{USER}/media", (200, b'{"data": [{"id"', {}), "truncated"),
        (f"{USER}/media", (200, {"data": [], "paging": {"cursors": {"after": "QVFI"}, "next": next_page}}, {}), "cursor-loop"),
        # Suspended, deleted, or no longer a professional account: which, nobody is told.
        (USER, refused(100, "Unsupported get request", subcode=33), "not-found"), (f"{USER}/media", (200, {"data": "none"}, {}), "schema"),
    ))
    on_the_last_days(
        platform, days, USER, "17902", f"{USER}/stories", ("ROLLBOOK_INSTAGRAM_TOKEN", TOKEN),
        lambda: share(platform, 3, "All is well"), monkeypatch,
    )
    days.check(TOKEN, caplog.text)
    days.check(SECRET, caplog.text)
    assert b"access_token=REDACTED" in days.said()


def test_a_fortnight_of_another_account(platform: StandInGraph, tmp_path: Path) -> None:
    """By discovery nobody can ask for a post by its id: one that is missing is never said to be gone."""
    days = Fortnight(tmp_path, OTHERS, SETTINGS, reroute(platform), BEGAN + timedelta(hours=1))
    first = share(platform, 1, "Story hour", user=OTHER)
    share(platform, 2, "New books", user=OTHER)
    assert days.visit() == ("", 2, 0, 0)
    first["caption"] = "Story hour at four"
    share(platform, 3, "Closed on Monday", user=OTHER)
    assert days.visit() == ("", 1, 1, 0)
    platform.remove("17902")
    assert days.visit() == ("", 0, 0, 0)
    for answer, code in (
        (refused(190, "Session has expired", subcode=463), "token-expired"), (refused(10, "(#10) permission"), "no-access"),
        (refused(613, "Calls to this api have exceeded the rate limit"), "rate-limited"), ((429, b"", {}), "rate-limited"),
        ((503, b"", {}), "server-error"), ((200, b'{"business_discovery": {"id"', {}), "truncated"), ((200, {"id": USER}, {}), "schema"),
    ):
        platform.faults = {USER: [answer]}
        assert days.visit() == (code, 0, 0, 0)
    platform.faults = {}
    platform.nodes[OTHER]["username"] = "library.of.quarry.bay"
    assert days.visit() == ("not-found", 0, 0, 0), "renamed, deleted, personal now: which, nobody is told"
    platform.nodes[OTHER] |= {"username": "quarrybay.library"}
    assert days.visit() == ("", 0, 0, 0)
    days.check(TOKEN)


def test_a_story_that_was_taken_down_while_it_was_shown_is_gone(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    now = datetime.now(UTC)

    def story(hours: int) -> Post:
        made_at = now - timedelta(hours=hours)
        return Post(f"instagram:17{hours}", ACCOUNT, "instagram", "post", "", made_at, url="https://www.instagram.com/stories/quarrybaycsd/1")

    found = kernel().look_up(story(2), story(30))
    assert [(presence.state, presence.how) for presence in found] == [
        ("gone", "no such post (error 100/33 or 803), while the account itself answers"), ("unclear", "a story ends after 24 hours"),
    ]
    platform.faults = {USER: [refused(190, "no")]}
    assert [presence.state for presence in kernel().look_up(story(2))] == ["unclear"]


def test_a_look_up_reads_a_post_as_the_visit_does(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    share(platform, 1, "Here", alt_text="A bus")
    visits = kernel()
    (post,) = (post for post in visits.visit().posts if post.kind == "post")
    (presence,) = visits.look_up(post)
    assert presence.state == "here"
    assert visits.plugin.parse(presence.page).posts == (post,)


@pytest.mark.parametrize(("account", "settings", "kind", "code"), [
    (ACCOUNT, {}, AccessError, "no-credential"), (ACCOUNT, {"user": {}}, AccessError, "no-credential"),
    (ACCOUNT, {"user": "quarrybaycsd"}, PageError, "setting"), (ACCOUNT, {"user": USER, "version": 25}, PageError, "setting"),
    ("instagram:quarry bay){id}", SETTINGS, PageError, "bad-handle"),
])
def test_what_is_set_wrong_is_named(kernel: Callable[..., Any], account: str, settings: Any, kind: type[CollectError], code: str) -> None:
    with pytest.raises(kind) as wrong:
        kernel(account, settings).visit()
    assert (wrong.value.code, wrong.value.account) == (code, account)


def test_who_asks_and_is_not_there_says_nothing_of_the_others(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    share(platform, 1, "Story hour", user=OTHER)
    (post,) = (post for post in kernel(OTHERS).visit().posts if post.kind == "post")
    platform.remove(USER)
    visits = kernel(OTHERS)
    for cursor in ({}, {"id": OTHER}):
        with pytest.raises(PageError, match=f"the account that asks, {USER} under .collect.instagram. user, is not shown") as wrong:
            visits.visit(cursor)
        assert (wrong.value.code, wrong.value.account) == ("setting", OTHERS)
    assert [presence.state for presence in visits.look_up(post)] == ["unclear"]
    with pytest.raises(AccountGone) as gone:
        kernel().visit({"id": USER})
    assert gone.value.code == "not-found"


def test_without_a_token_it_waits_for_its_owner(kernel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROLLBOOK_INSTAGRAM_TOKEN")
    with pytest.raises(AccessError, match="waiting for its owner's authorisation"):
        kernel().visit()
    monkeypatch.setenv("ROLLBOOK_INSTAGRAM_QUARRYBAYCSD_TOKEN", TOKEN)
    assert kernel().visit().cursor["id"] == USER
