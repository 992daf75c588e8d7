"""The Facebook collector over a stand-in Graph API: a fortnight of a Page, its refusals, and no secret anywhere."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors._graph_client import rest_until
from collectors._graph_errors import read_refusal
from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError, RateLimited
from rollbook.formats import fingerprint
from rollbook.plugins import collectors
from rollbook.types import Media, Page, Post
from tests.standin_graph import StandInGraph, graph_time, refused, serve

from .fortnight import Fortnight
from .graph_days import of_tomorrow

TOKEN, SECRET = "EAAcanary4711fbPageTokenZCpsBAto", "canary9f86d081884c7d659a2feaa0c55ad015"
PAGE_ID, HANDLE = "1090001", "QuarryBayCSD"
ACCOUNT = f"facebook:{HANDLE}"
BEGAN = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
GRAPH = "https://graph.facebook.com"
CONTENT = ("https://scontent-aaa1-1.xx.fbcdn.net", "https://scontent-bbb2-2.xx.fbcdn.net")


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInGraph]:
    for name in ("ROLLBOOK_FACEBOOK_QUARRYBAYCSD_TOKEN", "ROLLBOOK_FACEBOOK_APP_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("ROLLBOOK_FACEBOOK_TOKEN", TOKEN)
    monkeypatch.setenv("ROLLBOOK_FACEBOOK_APP_SECRET", SECRET)
    with serve(StandInGraph(TOKEN, SECRET)) as there:
        there.add(
            "Page", PAGE_ID, name="Quarry Bay Central School District", username=HANDLE, is_published=True,
            about="News of our schools", website="https://quarrybay.example", emails=["info@quarrybay.example"],
            link=f"https://www.facebook.com/{HANDLE}",
            picture={"data": {"url": f"{CONTENT[0]}/v/t39/100_200_300_n.jpg?oh=AA&oe=1"}},
        )
        there.media = dict.fromkeys(("100_200_300_n.jpg", "111_222_333_n.jpg", "444_555_666_n.jpg"), PNG)
        yield there


def write(platform: StandInGraph, number: int, message: str, *, made_at: datetime = BEGAN, **more: Any) -> dict[str, Any]:
    usual = {
        "message": message, "created_time": graph_time(made_at + timedelta(minutes=number)), "updated_time": graph_time(made_at),
        "permalink_url": f"https://www.facebook.com/{PAGE_ID}/posts/{number}", "is_published": True, "is_hidden": False,
        "is_expired": False, "privacy": {"value": "EVERYONE"}, "from": {"id": PAGE_ID, "name": "Quarry Bay"},
    }
    return platform.add("PagePost", f"{PAGE_ID}_{number}", (PAGE_ID, "posts"), **usual | more)


def photo(number: int, name: str, host: str = CONTENT[0], folder: str = "p720x720", signed: str = "AA") -> dict[str, Any]:
    return {
        "media_type": "photo", "type": "photo", "target": {"id": str(number)},
        "media": {"image": {"src": f"{host}/v/t39/{folder}/{name}?oh={signed}&oe=60F1D543", "width": 720, "height": 480}},
    }


def reroute(platform: StandInGraph) -> dict[str, str]:
    return {GRAPH: platform.base} | dict.fromkeys(CONTENT, platform.base)


@pytest.fixture
def days(platform: StandInGraph, tmp_path: Path) -> Fortnight:
    return Fortnight(tmp_path, ACCOUNT, {}, reroute(platform), BEGAN)


@pytest.fixture
def kernel(platform: StandInGraph, kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel without an archive, its Door led to the stand-in."""
    return lambda account=ACCOUNT, settings=None: kernel(account, settings, reroute(platform))


def test_a_page_says_everything_that_its_visitors_see(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    album = {"data": [{"media_type": "album", "title": "Photos from Quarry Bay's post", "subattachments": {"data": [
        {**photo(901, "111_222_333_n.jpg"), "description": "The stage"}, photo(902, "444_555_666_n.jpg"),
    ]}}]}
    tags = [{"id": "55", "name": "Quarry Bay Library", "type": "page", "offset": 20, "length": 18}]
    write(platform, 1, "Opening night #SpringPlay with Quarry Bay Library https://quarrybay.example/play.", attachments=album, message_tags=tags)
    platform.add("Photo", "901", alt_text_custom="Six students bow")
    platform.add("Photo", "902", alt_text="May be an image of a stage")
    shim = "https://l.facebook.com/l.php?u=https%3A%2F%2Fquarrybay.example%2Fmenu&h=AT0signed"
    write(platform, 2, "Lunch", attachments={"data": [{"media_type": "link", "url": shim, "title": "Menu"}]})
    film = {"media_type": "video", "title": "Game film", "description": "We won", "media": {"source": f"{CONTENT[0]}/v/9_n.mp4?oh=1"}}
    write(platform, 3, "", attachments={"data": [film]})
    kept = {"data": [{"media_type": "share", "description": "Snow day", "url": "https://www.facebook.com/7/posts/8"}]}
    write(platform, 4, "", parent_id="7_8", attachments=kept)
    write(platform, 5, "Please read", parent_id="7_8", attachments=kept)
    seen = kernel().visit()
    posts = {post.id.removeprefix(f"facebook:{PAGE_ID}_"): post for post in seen.posts}
    profile, play = seen.posts[0], posts["1"]
    assert (profile.kind, profile.id) == ("profile", ACCOUNT)
    assert profile.text.splitlines() == [
        "Quarry Bay Central School District", "News of our schools", "https://quarrybay.example", "info@quarrybay.example",
    ]
    assert play.text.endswith("play.\nThe stage")
    assert (play.links, play.mentions, play.hashtags) == (("https://quarrybay.example/play",), ("Quarry Bay Library",), ("SpringPlay",))
    assert [(item.type, item.alt) for item in play.media] == [("image", "Six students bow"), ("image", None)]
    assert (posts["2"].links, posts["2"].media) == (("https://quarrybay.example/menu",), ())
    assert (posts["3"].text, posts["3"].media[0].type) == ("Game film\nWe won", "video")
    assert (posts["4"].kind, posts["4"].text, posts["4"].repost_of.id) == ("repost", "Snow day", "facebook:7_8")
    assert (posts["5"].kind, posts["5"].text, posts["5"].quote_of.text) == ("quote", "Please read", "Snow day")
    assert not seen.marked


def test_more_attachments_than_a_post_can_have_are_marked_and_not_asked_about(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    write(platform, 1, "Lunch")
    write(platform, 2, "The gym", attachments={"data": [photo(number, "111_222_333_n.jpg") for number in range(1_001)]})
    seen = kernel().visit()
    assert (seen.texts(), [item.problem for item in seen.marked]) == (["Lunch"], ["schema: has 1,001 attachments, more than any post"])
    assert platform.paths() == [f"/v25.0/{HANDLE}", f"/v25.0/{PAGE_ID}/posts"]


@pytest.mark.parametrize(("count", "is_told"), [(99, False), (100, True)])
def test_an_album_that_may_go_on_behind_what_is_shown_says_so(
    platform: StandInGraph, kernel: Callable[..., Any], count: int, is_told: bool
) -> None:
    photos = {"data": [photo(number, "111_222_333_n.jpg") for number in range(count)]}
    write(platform, 1, "Graduation", attachments={"data": [{"media_type": "album", "subattachments": photos}]})
    visits = kernel()
    seen = visits.visit()
    (post,) = (post for post in seen.posts if post.kind == "post")
    told = [("data[0]", "album: its first 100 photos were read; whatever stands behind them was not")] if is_told else []
    assert (len(post.media), [(item.where, item.problem) for item in seen.marked]) == (count, told)
    (presence,) = visits.look_up(post)
    again = visits.plugin.parse(presence.page)
    assert (again.posts, len(again.marked)) == ((post,), is_told)


def test_only_the_pages_own_comments_are_read_and_others_are_never_asked_for(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    write(platform, 1, "Ask us")
    under = (f"{PAGE_ID}_1", "comments")
    platform.add("Comment", "1_10", under, message="When does it begin?", created_time=graph_time(BEGAN), **{"from": {"id": "666", "name": "A Parent"}})
    platform.add("Comment", "1_11", under, message="At seven.", created_time=graph_time(BEGAN), parent={"id": "1_10"}, **{"from": {"id": PAGE_ID, "name": "Quarry Bay"}})
    platform.add("Comment", "1_12", under, message="Doors open at six.", created_time=graph_time(BEGAN), **{"from": {"id": PAGE_ID, "name": "Quarry Bay"}})
    visits = kernel()
    seen = visits.visit()
    comments = {post.id: post for post in seen.posts if post.kind == "comment"}
    assert {name: (post.text, post.reply_to.id) for name, post in comments.items()} == {
        "facebook:1_11": ("At seven.", "facebook:1_10"), "facebook:1_12": ("Doors open at six.", f"facebook:{PAGE_ID}_1"),
    }
    bodies = b"".join(page.body for page in seen.pages)
    assert b"When does it begin" not in bodies
    assert b"A Parent" not in bodies
    platform.remove("1_11")
    found = visits.look_up(*comments.values())
    assert sorted((presence.post, presence.state) for presence in found) == [("facebook:1_11", "gone"), ("facebook:1_12", "here")]
    here = next(presence for presence in found if presence.state == "here")
    assert visits.plugin.parse(here.page).posts == (comments["facebook:1_12"],), "a look-up reads it as the visit does"


def test_comments_under_a_post_that_is_not_public_stay_unread(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    write(platform, 1, "Staff only", is_hidden=True)
    platform.add("Comment", "1_10", (f"{PAGE_ID}_1", "comments"), message="Secret", created_time=graph_time(BEGAN), **{"from": {"id": PAGE_ID}})
    seen = kernel().visit()
    assert [post.kind for post in seen.posts] == ["profile"]
    assert not any(b"Secret" in page.body for page in seen.pages)


def test_many_comments_and_posts_are_read_page_by_page(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    platform.page_size = 3
    for number in range(1, 9):
        write(platform, number, f"note {number}")
    for number in range(1, 8):
        platform.add("Comment", f"8_{number}", (f"{PAGE_ID}_8", "comments"), message=f"answer {number}", created_time=graph_time(BEGAN), **{"from": {"id": PAGE_ID}})
    seen = kernel().visit()
    assert [text for text in seen.texts() if text.startswith("note")] == [f"note {number}" for number in range(8, 0, -1)]
    assert sum(post.kind == "comment" for post in seen.posts) == 7


def test_a_list_of_comments_that_cannot_be_read_is_marked_and_costs_no_other(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    for number in (1, 2, 3):
        write(platform, number, f"note {number}")
    own = {"from": {"id": PAGE_ID, "name": "Quarry Bay"}}
    platform.add("Comment", "1_1", (f"{PAGE_ID}_1", "comments"), message="At six", created_time=graph_time(BEGAN), **own)

    def spoilt() -> Any:
        platform.faults.clear()
        told = platform._found(f"{PAGE_ID}/posts", platform.asked[-1][1])
        third, second, first = told["data"]
        third["comments"], second["comments"] = [], {"data": [], "paging": {"next": f"{GRAPH}/x?access_token={TOKEN}"}}
        first["comments"]["data"] += ["word", {"id": "1_2", "from": "me"}, {"id": [3], "from": {"id": PAGE_ID}}]
        return 200, told, {}

    platform.faults[f"{PAGE_ID}/posts"] = [spoilt]
    seen = kernel().visit()
    assert [post.text for post in seen.posts[1:]] == ["note 3", "note 2", "note 1", "At six"]
    assert [(item.where, item.problem.partition(";")[0]) for item in seen.sweep.marked] == [
        ("posts.data[0]", "schema: 'comments' is list"),
        ("posts", "schema: the next page is told by its address only, without a cursor"),
        ("posts.data[2].comments", "schema: is str"), ("posts.data[2].comments", "schema: 'from' is str"),
        ("posts.data[2].comments", "schema: 'id' is list"),
    ]


def test_a_post_that_goes_away_while_its_comments_are_listed_is_no_account_that_is_gone(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    platform.page_size = 1
    own = {"from": {"id": PAGE_ID, "name": "Quarry Bay"}}
    write(platform, 1, "note 1")
    for number in (1, 2):
        platform.add("Comment", f"1_{number}", (f"{PAGE_ID}_1", "comments"), message=f"At {number}", created_time=graph_time(BEGAN), **own)
    platform.faults[f"{PAGE_ID}_1/comments"] = [refused(100, "Unsupported get request", subcode=33)]
    assert kernel().visit().texts() == ["note 1", "At 2"]


def test_a_post_made_while_the_photos_are_described_costs_no_other(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    """A listing is asked for once more with the descriptions; what counts is the answer that is kept."""
    for number in range(1, 5):
        write(platform, number, f"note {number}")
    platform.nodes[f"{PAGE_ID}_4"]["attachments"] = {"data": [photo(904, "111_222_333_n.jpg")]}
    described = {number: platform.add("Photo", number, alt_text_custom=f"Photo {number}") for number in ("904", "905")}

    def meanwhile() -> Any:
        platform.faults.clear()
        write(platform, 5, "note 5", attachments={"data": [photo(905, "444_555_666_n.jpg")]})
        platform.add("Comment", "5_1", (f"{PAGE_ID}_5", "comments"), message="At six", created_time=graph_time(BEGAN), **{"from": {"id": PAGE_ID}})
        return 200, {"904": described["904"]}, {}

    platform.page_size, platform.faults[""] = 2, [meanwhile]
    posts = kernel().visit().by_id()
    assert [post.text for post in posts.values() if post.kind == "post"] == [f"note {number}" for number in (5, 4, 3, 2, 1)]
    assert [posts[f"facebook:{PAGE_ID}_{number}"].media[0].alt for number in (4, 5)] == ["Photo 904", "Photo 905"]
    assert posts["facebook:5_1"].text == "At six", "its comments are read too"


# -- a fortnight -------------------------------------------------------------------------------------------------


def test_a_fortnight(platform: StandInGraph, days: Fortnight, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    platform.headers = {"X-App-Usage": '{"call_count":12,"total_cputime":3,"total_time":4}'}
    write(platform, 1, "Welcome back")
    picture = write(platform, 2, "The new gym", attachments={"data": [photo(901, "111_222_333_n.jpg")]})
    platform.add("Photo", "901", alt_text_custom="An empty gym")
    write(platform, 3, "For staff only", privacy={"value": "CUSTOM"})
    platform.page_size = 2
    first = days.on(0)
    assert (first.code, first.new, first.edited, first.gone, first.media_failed) == ("", 2, 0, 0, 0)
    assert first.marked == ["posts: data[0]: not-public: is not public and was not read in"]

    # Another server of the content network, another signature, another size: no edit. A comment moves updated_time: none either.
    picture["attachments"] = {"data": [photo(901, "111_222_333_n.jpg", CONTENT[1], "p180x540", "ZZ")]}
    picture["updated_time"] = graph_time(BEGAN + timedelta(days=1))
    second = days.on(1)
    assert (second.code, second.new, second.edited, second.gone) == ("", 0, 0, 0)

    platform.nodes[f"{PAGE_ID}_1"]["message"] = "Welcome back to school"
    platform.nodes["901"]["alt_text_custom"] = "The gym, empty, at noon"
    third = days.on(2)
    assert (third.new, third.edited, third.gone) == (0, 2, 0)
    assert days.states()[f"facebook:{PAGE_ID}_1"] == [("new", "Welcome back"), ("edited", "Welcome back to school")]

    platform.remove(f"{PAGE_ID}_1")
    write(platform, 4, "Bus 9 is late", made_at=BEGAN + timedelta(days=3))
    fourth = days.on(3)
    assert (fourth.new, fourth.edited, fourth.gone) == (1, 0, 1)
    platform.nodes[f"{PAGE_ID}_4"]["is_hidden"] = True
    assert days.on(4).gone == 1, "hidden from the public"
    platform.nodes[f"{PAGE_ID}_4"]["is_hidden"] = False
    assert days.on(5).edited == 1
    assert [state for state, _ in days.states()[f"facebook:{PAGE_ID}_4"]] == ["new", "gone", "edited"]

    platform.nodes[PAGE_ID]["is_published"] = False
    assert days.on(6).code == "unpublished"
    platform.nodes[PAGE_ID] |= {"is_published": True, "username": "QuarryBaySchools"}
    # The old name may be known to nobody, or lead to the same Page still.
    alias = {"id": PAGE_ID, "name": "Quarry Bay", "username": "QuarryBaySchools", "is_published": True}
    for answer in ([], [refused(803, "(#803) Some of the aliases you requested do not exist", status=404)], [(200, alias, {})]):
        platform.faults[HANDLE] = answer
        renamed = days.on(6)
        assert (renamed.code, "QuarryBaySchools" in renamed.problem) == ("renamed", True)
    platform.nodes[PAGE_ID]["username"] = HANDLE
    usage = {"1090001": [{"type": "pages", "call_count": 100, "total_cputime": 9, "total_time": 9, "estimated_time_to_regain_access": 19}]}
    post = {"id": f"{PAGE_ID}_4", "message": "Bus 9 is late", "created_time": graph_time(BEGAN)}
    loop = {"data": [post], "paging": {"cursors": {"after": "QVFI"}, "next": f"{GRAPH}/x?access_token={TOKEN}"}}
    for day, (path, answer, code) in enumerate((
        (HANDLE, refused(190, f"Error validating access token {TOKEN}: Session has expired", subcode=463), "token-expired"),
        (f"{PAGE_ID}/posts", refused(200, "(#200) Missing permission"), "no-access"),
        (HANDLE, refused(368, "(#368) The action attempted has been deemed abusive"), "blocked"),
        (HANDLE, refused(80001, "(#80001) There have been too many calls", X_Business_Use_Case_Usage=json.dumps(usage)), "rate-limited"),
        (HANDLE, (429, b"", {"Retry-After": "7200"}), "rate-limited"), (f"{PAGE_ID}/posts", (429, b"", {}), "rate-limited"),
        (f"{PAGE_ID}/posts", (503, b"<html>busy</html>", {"Content-Type": "text/html"}), "server-error"),
        (f"{PAGE_ID}/posts", (200, json.dumps({"data": [post]}).encode()[:-9], {}), "truncated"),
        (f"{PAGE_ID}/posts", (200, loop, {}), "cursor-loop"),
        (f"{PAGE_ID}/posts", (200, {"data": {}}, {}), "schema"),
    ), 7):
        platform.faults = {path: [answer]}
        bad = days.on(day)
        assert (bad.code, bad.new, bad.edited, bad.gone) == (code, 0, 0, 0)
        if "X-Business-Use-Case-Usage" in answer[2]:
            assert f"{days.now + timedelta(minutes=19):%Y-%m-%d %H:%M}" in bad.problem
    # Taken away for breaking the platform's rules, or deleted: which, nobody is told.
    platform.faults = {path: [refused(100, "Unsupported get request", subcode=33)] for path in (HANDLE, PAGE_ID)}
    assert days.on(17).code == "not-found"
    monkeypatch.delenv("ROLLBOOK_FACEBOOK_TOKEN")
    waiting = days.on(18)
    assert (waiting.code, "waiting for its owner's authorisation" in waiting.problem) == ("no-credential", True)
    monkeypatch.setenv("ROLLBOOK_FACEBOOK_TOKEN", TOKEN)
    # The answer that fails comes after a page that was taken in: what stood on it is not new again.
    write(platform, 5, "All is well", made_at=BEGAN + timedelta(days=18))
    own = {"from": {"id": PAGE_ID, "name": "Quarry Bay"}}
    platform.add("Comment", "5_1", (f"{PAGE_ID}_5", "comments"), message="Thank you", created_time=graph_time(BEGAN), **own)
    platform.faults = {"": [(503, b"", {})]}
    half = days.on(19)
    assert (half.code, half.new, half.gone) == ("server-error", 1, 0)
    platform.faults = {HANDLE: [lambda: (200, platform._found(PAGE_ID, platform.asked[-1][1]), {})]}
    platform.changed = of_tomorrow
    del platform.nodes[PAGE_ID]["username"], platform.nodes[PAGE_ID]["link"]  # told by its number, it is the same Page
    del platform.nodes[f"{PAGE_ID}_2"]["permalink_url"], platform.nodes[f"{PAGE_ID}_2"]["updated_time"]
    whole = days.on(20)
    assert (whole.code, whole.new, whole.edited, whole.gone) == ("", 1, 0, 0), "the comment"
    made_at = platform.nodes[f"{PAGE_ID}_4"].pop("created_time")
    lacking = days.on(21)
    assert (lacking.code, lacking.new, lacking.edited, lacking.gone) == ("", 0, 0, 0), "a post that lacks a field is not gone"
    assert "'created_time' is missing" in str(lacking.marked)
    platform.nodes[f"{PAGE_ID}_4"]["created_time"] = made_at
    last = days.on(22)
    assert (last.code, last.new, last.edited, last.gone) == ("", 0, 0, 0), "every event once"
    proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert {query["appsecret_proof"] for _, query in platform.asked if "appsecret_proof" in query} == {proof}
    for secret in (TOKEN, SECRET, proof):
        days.check(secret, caplog.text)
    assert b"posts?access_token=REDACTED&after=x" in days.said(), "the address of the next page, in a body"


def test_a_limit_that_is_used_up_ends_the_visit_before_the_next_request(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    platform.page_size = 1
    write(platform, 1, "one")
    write(platform, 2, "two")
    platform.headers = {"X-App-Usage": '{"call_count":101}'}
    with pytest.raises(RateLimited) as limited:
        kernel().visit()
    assert limited.value.retry_at is not None
    assert platform.paths() == [f"/v25.0/{HANDLE}"]


# -- what goes wrong ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "subcode", "status", "kind", "name"), [
    (190, 463, 401, AccessError, "token-expired"), (190, 460, 400, AccessError, "token-withdrawn"),
    (190, 458, 400, AccessError, "token-withdrawn"), (190, 467, 400, AccessError, "token-invalid"),
    (190, 0, 400, AccessError, "token-invalid"), (190, 2069032, 400, AccessError, "token-kind"),
    (10, 0, 403, AccessError, "no-access"), (200, 0, 403, AccessError, "no-access"), (368, 0, 400, AccessError, "blocked"),
    (4, 0, 403, RateLimited, "rate-limited"), (17, 0, 400, RateLimited, "rate-limited"), (32, 0, 400, RateLimited, "rate-limited"),
    (613, 0, 400, RateLimited, "rate-limited"), (80001, 0, 400, RateLimited, "rate-limited"),
    (100, 33, 400, AccountGone, "not-found"), (803, 0, 404, AccountGone, "not-found"), (21, 0, 400, AccountGone, "moved"),
    (1, 0, 500, NetworkError, "server-error"), (2, 0, 400, NetworkError, "server-error"), (100, 0, 400, PageError, "schema"),
])
def test_every_refusal_is_named(
    platform: StandInGraph, kernel: Callable[..., Any], code: int, subcode: int, status: int, kind: type[CollectError], name: str
) -> None:
    platform.faults[HANDLE] = [refused(code, "Invented words", subcode=subcode, status=status)]
    with pytest.raises(kind) as problem:
        kernel().visit()
    assert (type(problem.value), problem.value.code, problem.value.account) == (kind, name, ACCOUNT)
    assert "Invented words" in str(problem.value)


@pytest.mark.parametrize(("answer", "code"), [
    ((200, b"<html><title>Log in</title></html>", {"Content-Type": "text/html"}), "login-page"),
    ((200, b"", {"Content-Type": ""}), "not-json"), ((500, b"oops", {"Content-Type": "text/html"}), "server-error"),
    ((404, b"{}", {}), "http-404"), ((403, b"no", {"Content-Type": ""}), "no-access"), ((429, b"slow", {}), "rate-limited"),
    ((429, b"slow", {"Retry-After": "7200"}), "rate-limited"), ((200, b"[]", {}), "schema"), ((200, b'{"id": 1}', {}), "schema"),
    ((200, b'{"error": "later"}', {}), "schema"), ((200, b"[" * 100_000, {}), "not-json"),
], ids=lambda value: str(value)[:60])
def test_what_facebook_sdk_trips_over_is_named(platform: StandInGraph, kernel: Callable[..., Any], answer: Any, code: str) -> None:
    platform.faults[HANDLE] = [answer]
    with pytest.raises(CollectError) as problem:
        kernel().visit()
    assert (problem.value.code, problem.value.account) == (code, ACCOUNT)
    if "Retry-After" in answer[2]:
        assert isinstance(problem.value, RateLimited)
        assert problem.value.retry_at


def test_a_page_without_a_token_waits_for_its_owner(platform: StandInGraph, kernel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROLLBOOK_FACEBOOK_TOKEN")
    with pytest.raises(AccessError, match=r"waiting for its owner's authorisation.*rollbook connect facebook") as missing:
        kernel().visit()
    assert missing.value.code == "no-credential"
    monkeypatch.setenv("ROLLBOOK_FACEBOOK_QUARRYBAYCSD_TOKEN", TOKEN)
    assert kernel().visit().sweep
    monkeypatch.delenv("ROLLBOOK_FACEBOOK_APP_SECRET")
    with pytest.raises(AccessError) as secret:
        kernel().visit()
    assert secret.value.code == "app-secret"
    with pytest.raises(PageError) as handle:
        kernel("facebook:Quarry/Bay").visit()
    assert handle.value.code == "bad-handle"
    with pytest.raises(PageError) as version:
        kernel(ACCOUNT, {"version": "25"}).visit()
    assert version.value.code == "setting"


def test_another_page_under_the_name_is_not_read(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    with pytest.raises(PageError) as other:
        kernel().visit({"id": "777"})
    platform.faults[HANDLE] = [(200, {"id": "777", "name": "Another", "username": "Another"}, {})]
    with pytest.raises(PageError) as named:
        kernel().visit()
    assert (other.value.code, named.value.code) == ("foreign-id", "foreign-id")


def test_pages_that_lead_back_or_nowhere(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    post = {"id": f"{PAGE_ID}_1", "message": "again", "created_time": graph_time(BEGAN)}
    again = {"data": [post], "paging": {"cursors": {"after": "QVFI"}, "next": f"{GRAPH}/x?access_token={TOKEN}"}}
    platform.faults[f"{PAGE_ID}/posts"] = [(200, again, {})]
    with pytest.raises(PageError) as loop:
        kernel().visit()
    assert loop.value.code == "cursor-loop"
    assert len(platform.asked) < 5
    platform.faults[f"{PAGE_ID}/posts"] = [(200, {"data": [post], "paging": {"next": f"{GRAPH}/x?access_token={TOKEN}&until=1"}}, {})]
    with pytest.raises(PageError, match="without a cursor") as nowhere:
        kernel().visit()
    assert TOKEN not in str(nowhere.value)


def test_a_look_up_says_gone_only_while_the_page_answers(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    write(platform, 1, "one")
    visits = kernel()
    posts = [post for post in visits.visit().posts if post.kind == "post"]
    platform.remove(f"{PAGE_ID}_1")
    assert [presence.state for presence in visits.look_up(*posts)] == ["gone"]
    platform.faults[HANDLE] = [refused(100, "Unsupported get request", subcode=33)]
    assert [presence.state for presence in visits.look_up(*posts)] == ["unclear"]
    platform.faults = {f"{PAGE_ID}_1": [refused(10, "(#10) permission")]}
    assert [presence.state for presence in visits.look_up(*posts)] == ["unclear"]


def test_what_a_look_up_finds_is_what_the_visit_saw(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    write(platform, 1, "The gym", attachments={"data": [photo(901, "111_222_333_n.jpg")]})
    platform.add("Photo", "901", alt_text_custom="An empty gym")
    visits = kernel()
    (post,) = (post for post in visits.visit().posts if post.kind == "post")
    (presence,) = visits.look_up(post)
    (found,) = visits.plugin.parse(presence.page).posts
    assert fingerprint(found) == fingerprint(post)
    assert found.media[0].alt == "An empty gym"


def test_a_photo_that_goes_away_meanwhile_costs_the_others_nothing(platform: StandInGraph, kernel: Callable[..., Any]) -> None:
    write(platform, 1, "Two", attachments={"data": [photo(901, "111_222_333_n.jpg"), photo(902, "444_555_666_n.jpg")]})
    platform.add("Photo", "902", alt_text_custom="A stage")
    (post,) = (post for post in kernel().visit().posts if post.kind == "post")
    assert [item.alt for item in post.media] == [None, "A stage"]
    others = iter([refused(10, "another Page's"), (200, {"902": {"id": "902", "alt_text_custom": "A stage"}}, {})])
    platform.faults[""] = [refused(10, "another Page's"), lambda: next(others)]
    (post,) = (post for post in kernel().visit().posts if post.kind == "post")
    assert [item.alt for item in post.media] == [None, "A stage"]
    platform.faults[""] = [refused(190, "Session has expired", subcode=463)]
    with pytest.raises(AccessError) as expired:
        kernel().visit()
    assert expired.value.code == "token-expired", "a token that ends meanwhile is no photo without a description"


# -- small things ------------------------------------------------------------------------------------------------


def page(body: Any = None, status: int = 200, **headers: str) -> Page:
    raw = json.dumps({} if body is None else body).encode()
    return Page(ACCOUNT, "posts", f"{GRAPH}/v25.0/1", status, {name.replace("_", "-"): value for name, value in headers.items()}, raw, BEGAN)


@pytest.mark.parametrize(("header", "value", "minutes"), [
    ("x_app_usage", '{"call_count":100}', 60), ("x_app_usage", '{"call_count":99}', None), ("x_app_usage", "[]", None),
    ("x_app_usage", "{", None), ("x_business_use_case_usage", '{"1":[{"estimated_time_to_regain_access":7}]}', 7),
    ("x_business_use_case_usage", '{"1":[{"total_time":100,"estimated_time_to_regain_access":0},{"call_count":1}]}', 60),
    ("x_business_use_case_usage", '{"1":[{"estimated_time_to_regain_access":null,"call_count":"100"}]}', None),
    ("x_business_use_case_usage", '{"1":[{"type":"ads_management","estimated_time_to_regain_access":9}]}', None),
    ("x_page_usage", '{"total_cputime":130}', 60),
])
def test_usage_headers(header: str, value: str, minutes: int | None) -> None:
    free_at = rest_until(page(**{header: value}))
    assert free_at == (None if minutes is None else BEGAN + timedelta(minutes=minutes))


def test_an_answer_that_holds_what_was_asked_for_is_no_refusal() -> None:
    assert read_refusal(page({"data": []}), "X") is None
    assert isinstance(read_refusal(page({"error": {"code": "odd"}}), "X"), PageError)


def test_a_picture_keeps_its_name_wherever_it_is_served() -> None:
    def of(url: str) -> str:
        return fingerprint(Post("facebook:1", ACCOUNT, "facebook", "post", "", BEGAN, media=(Media("image", url=url),)))

    first = of(f"{CONTENT[0]}/v/t39/p720x720/111_222_333_n.jpg?oh=1&oe=2")
    assert first == of(f"{CONTENT[1]}/v/t1.6435-9/111_222_333_n.jpg?oh=9")
    assert first != of(f"{CONTENT[0]}/v/t39/p720x720/444_555_666_n.jpg?oh=1&oe=2")
    assert of("https://a.example/111_n.jpg") != of("https://b.example/111_n.jpg")
    assert of("https://fbcdn.net.example/a/111_n.jpg") != of("https://fbcdn.net.example/b/111_n.jpg")


def test_the_collector_is_found_with_its_export() -> None:
    plugin = collectors()["facebook"]
    assert plugin.export is not None
