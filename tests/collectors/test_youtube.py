"""The YouTube collector against a stand-in over real HTTP, which takes and gives only what Google's document allows.

YouTube itself is not reached. What the stand-in accepts and answers is checked by the discovery document of the YouTube
Data API v3 (``tests/contracts/discovery.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError, RateLimited
from rollbook.formats import fingerprint
from rollbook.types import Account
from tests.exports.building import zipped
from tests.standin_youtube import CANARY, CHANNEL, DAY, OTHER, Film, Said, StandInYouTube, refusal, serve, video

from .exported import InTestExport
from .fortnight import Fortnight

Make = Callable[..., Any]
SINCE = DAY - timedelta(days=30)


@pytest.fixture
def youtube() -> Iterator[StandInYouTube]:
    with serve(StandInYouTube()) as there:
        yield there


@pytest.fixture
def visits(youtube: StandInYouTube, kernel: Make, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", CANARY)
    return kernel("youtube:@lincoln", {"base": youtube.base})


# -- what a visit reads ------------------------------------------------------------------------------------------


def test_the_whole_history_then_what_is_new(youtube: StandInYouTube, visits: Any) -> None:
    for number in range(120):
        youtube.films[f"film{number:07}"] = Film(f"Film {number}", at=DAY + timedelta(hours=number))
    first = visits.visit()
    assert first.texts() == [f"Film {number}" for number in reversed(range(120))]
    assert (first.sweep.expected, first.sweep.covered_from.year, first.marked) == (120, 1900, [])
    assert first.cursor["id"] == CHANNEL
    assert first.cursor["quota_used"] == "8", "one for the channel, two for each fifty videos, one for the comments"
    youtube.films["filmnew0000"] = Film("New", at=DAY + timedelta(hours=121))
    second = visits.visit(first.cursor, DAY + timedelta(hours=119))
    assert second.texts()[0] == "New"
    assert len(second.texts()) == 100, "down to the first page that lies beyond the window as a whole"
    assert second.cursor["quota_used"] == str(8 + 4 + 2)


def test_everything_that_a_video_can_say(youtube: StandInYouTube, visits: Any) -> None:
    about = "Tonight with @coach.smith #SpringPlay\nTickets: https://school.example/play(1), or office@school.example."
    youtube.films["abcdefghijk"] = Film("Spring play", about, tags=("drama", "SpringPlay"))
    profile, post = visits.visit().posts
    assert (profile.kind, profile.id, profile.url) == ("profile", "youtube:@lincoln", "https://www.youtube.com/@lincoln")
    assert profile.text == "Lincoln School\nNews of Lincoln School, see https://school.example/"
    assert (post.id, post.kind, post.text) == ("youtube:abcdefghijk", "post", f"Spring play\n{about}")
    assert post.url == "https://www.youtube.com/watch?v=abcdefghijk"
    assert (post.links, post.mentions) == (("https://school.example/play(1)",), ("coach.smith",))
    assert post.hashtags == ("SpringPlay", "drama")
    assert [item.url for item in post.media] == ["https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg"]
    assert (post.created_at, post.edited_at) == (DAY, None)


def test_only_the_channels_own_comments_are_read_in(youtube: StandInYouTube, visits: Any) -> None:
    youtube.films["abcdefghijk"] = Film("Play")
    later = DAY + timedelta(hours=1)
    youtube.comments = {
        "Ug1": Said(OTHER, "Who pays for tickets?", "abcdefghijk"),
        "Ug1.a": Said(CHANNEL, "The boosters do", "abcdefghijk", updated=later, parent="Ug1"),
        "Ug1.b": Said(OTHER, "Thanks", "abcdefghijk", parent="Ug1"),
        "Ug1.c": Said(CHANNEL, "Any time", "abcdefghijk", parent="Ug1"),
        "Ug2": Said(CHANNEL, "Doors open at six", "abcdefghijk"),
    }
    seen = visits.visit()
    comments = {post.id: post for post in seen.posts if post.kind == "comment"}
    assert {post.text for post in comments.values()} == {"The boosters do", "Any time", "Doors open at six"}
    assert comments["youtube:Ug1.a"].edited_at == later
    assert comments["youtube:Ug1.a"].reply_to.id == "youtube:Ug1"
    assert comments["youtube:Ug1.c"].url == "https://www.youtube.com/watch?v=abcdefghijk&lc=Ug1.c"
    assert comments["youtube:Ug2"].reply_to.id == "youtube:abcdefghijk"
    assert comments["youtube:Ug2"].edited_at is None
    assert not any("pays" in str(post) for post in seen.posts)
    youtube.asked.clear()
    visits.settings["comments"] = False
    assert not any(post.kind == "comment" for post in visits.visit().posts)
    assert not any(method.startswith("comment") for method, _ in youtube.asked)


def test_a_thread_that_goes_away_meanwhile_does_not_end_the_visit(youtube: StandInYouTube, visits: Any) -> None:
    youtube.comments = {"Ug1": Said(CHANNEL, "Doors open at six", "v1"), "Ug0": Said(CHANNEL, "Thanks", "v1", DAY - timedelta(days=1))}
    youtube.comments |= {f"Ug1.{name}": Said(OTHER, "Good", "v1", parent="Ug1") for name in "ab"}
    youtube.faults["comments"] = 404, refusal("commentNotFound", "The comment could not be found.")
    assert visits.visit().texts() == ["Doors open at six", "Thanks"]


def test_a_channel_without_a_video_and_with_comments_off(youtube: StandInYouTube, visits: Any) -> None:
    youtube.faults["commentThreads"] = 403, refusal("commentsDisabled", "The video has disabled comments.")
    seen = visits.visit()
    assert (seen.texts(), seen.sweep.expected, seen.sweep.covered_from.year) == ([], 0, 1900)


@pytest.mark.parametrize(("method", "odd", "marked"), [
    ("playlistItems", None, ["uploads: items[0]"]), ("playlistItems", {"contentDetails": {}}, ["uploads: items[0].contentDetails"]),
    ("playlistItems", {"contentDetails": {"videoId": "v", "videoPublishedAt": 7}}, ["uploads: items[0].contentDetails"]),
    ("videos", None, ["items[0]"]), ("commentThreads", None, ["items[0]"]), ("commentThreads", {"id": "t", "snippet": 5}, ["items[0]"]),
], ids=str)
def test_an_entry_that_is_none_is_marked_and_the_visit_goes_on(youtube: StandInYouTube, visits: Any, method: str, odd: Any, marked: list[str]) -> None:
    youtube.films = {"v1": Film("Film")}
    youtube.comments = {"c1": Said(CHANNEL, "Thanks", "v1")}
    youtube.changed = lambda asked, answer: answer["items"].insert(0, odd) if asked == method else None
    seen = visits.visit()
    assert seen.texts() == ["Film", "Thanks"]
    assert [mark.where for mark in (*seen.marked, *seen.sweep.marked)] == marked
    assert "newest" in seen.cursor


@pytest.mark.parametrize("without", ["list", "items"])
def test_videos_that_are_counted_and_not_listed_are_no_empty_channel(youtube: StandInYouTube, visits: Any, without: str) -> None:
    """What they are would never be read: the next visit begins at the newest comment that this one saw."""
    youtube.films["film0000001"] = Film("Film")
    youtube.comments["c1"] = Said(CHANNEL, "Ours", "film0000001")

    def lacking(method: str, answer: dict[str, Any]) -> None:
        if without == "list" and method == "channels":
            answer["items"][0]["contentDetails"]["relatedPlaylists"] = {"likes": ""}
        if without == "items" and method == "playlistItems":
            del answer["items"]

    youtube.changed = lacking
    with pytest.raises(PageError) as unread:
        visits.visit()
    assert (unread.value.code, unread.value.place) == ("schema", "uploads")


def test_a_channel_that_is_not_the_one_asked_for_is_not_read(youtube: StandInYouTube, kernel: Make, visits: Any) -> None:
    youtube.changed = lambda method, answer: answer["items"][0].update(id=OTHER) if method == "channels" else None
    with pytest.raises(PageError) as foreign:
        kernel(f"youtube:{CHANNEL}", visits.settings).visit()
    assert foreign.value.code == "foreign-id"


def test_a_count_of_videos_that_is_none(youtube: StandInYouTube, visits: Any) -> None:
    youtube.films = {"v1": Film("Film")}
    youtube.changed = lambda method, answer: answer["items"][0]["statistics"].update(videoCount="9" * 5_000) if method == "channels" else None
    seen = visits.visit()
    assert (seen.texts(), seen.sweep.expected) == (["Film"], None)


def test_an_unlisted_or_foreign_video_is_never_read_in(youtube: StandInYouTube, visits: Any) -> None:
    youtube.films = {"abcdefghijk": Film("Play"), "unlisted000": Film("For some", privacy="unlisted")}

    def swap(method: str, answer: dict[str, Any]) -> None:
        if method == "videos":
            answer["items"] += [video("unlisted000", youtube.films["unlisted000"])]
            answer["items"] += [{**video("foreign0000", Film("Foreign")), "snippet": {**video("x", Film("Foreign"))["snippet"], "channelId": OTHER}}]

    youtube.changed = swap
    seen = visits.visit()
    assert seen.texts() == ["Play"]
    assert [mark.problem for mark in seen.marked] == [
        "not-public: is unlisted and was not read in", f"foreign-id: is of {OTHER}, another channel",
    ]


# -- what is gone ------------------------------------------------------------------------------------------------


def test_removed_and_private_are_told_apart(youtube: StandInYouTube, visits: Any) -> None:
    names = ("removed0000", "private0000", "unknown0000", "unlisted000", "here0000000")
    youtube.films = {number: Film(number) for number in names}
    youtube.comments = {"Ug1": Said(CHANNEL, "kept", names[4]), "Ug2": Said(CHANNEL, "gone", names[4])}
    first = visits.visit()
    youtube.films["removed0000"] = replace(youtube.films["removed0000"], privacy="gone", placeholder="Deleted video")
    youtube.films["private0000"] = replace(youtube.films["private0000"], privacy="private", placeholder="Private video")
    youtube.films["unlisted000"] = replace(youtube.films["unlisted000"], privacy="unlisted")
    del youtube.films["unknown0000"], youtube.comments["Ug2"]
    second = visits.visit(first.cursor, SINCE)
    assert second.texts() == ["here0000000", "kept"]
    posts = [post for post in first.by_id().values() if post.kind != "profile"]
    found = {item.post.removeprefix("youtube:"): item for item in visits.plugin.look_up(visits.asked(first.cursor), posts, visits.door)}
    assert list(found) == [post.id.removeprefix("youtube:") for post in posts], "one answer for each, in order"
    assert {name: item.state for name, item in found.items()} == {
        "removed0000": "gone", "private0000": "gone", "unknown0000": "gone", "unlisted000": "here", "here0000000": "here",
        "Ug1": "here", "Ug2": "gone",
    }
    nothing = "videos.list gives nothing for its id"
    assert found["removed0000"].how == f"{nothing}; it was removed, as the playlist of uploads shows"
    assert found["private0000"].how == f"{nothing}; it was made private, as the playlist of uploads shows"
    assert found["unknown0000"].how == f"{nothing}; whether it was removed or made private is not told"
    assert found["unlisted000"].how == "videos.list has it, as unlisted"
    assert found["Ug2"].how == "comments.list gives nothing for its id"
    assert all(item.page is not None for item in found.values() if item.state == "gone")


def test_comments_that_are_not_read_are_not_missing(youtube: StandInYouTube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", CANARY)
    days = Fortnight(tmp_path, "youtube:@lincoln", {"base": youtube.base}, {"https://i.ytimg.com": youtube.base, "https://yt3.ggpht.com": youtube.base}, DAY)
    youtube.films, youtube.comments = {"v1": Film("Film"), "v2": Film("Other")}, {"Ug1": Said(CHANNEL, "Thanks", "v1")}
    assert days.visit() == ("", 3, 0, 0)
    networks = {"youtube": {"base": youtube.base, "comments": False}}
    days.workspace = replace(days.workspace, collect=replace(days.workspace.collect, networks=networks))
    del youtube.comments["Ug1"], youtube.films["v2"]
    youtube.asked.clear()
    assert days.visit() == ("", 0, 0, 1), "the film is gone; of the comment nothing was read that could say so"
    assert "comments" not in {method for method, _ in youtube.asked}


@pytest.mark.parametrize(("status", "body"), [(500, b"down"), (200, b"{}"), (200, b"<html>"), (403, refusal("forbidden", "no"))])
def test_a_look_up_that_does_not_say_so_plainly(youtube: StandInYouTube, visits: Any, status: int, body: Any) -> None:
    youtube.films["abcdefghijk"] = Film("Play")
    posts = visits.visit().posts[1:]
    youtube.faults["videos"] = status, body
    assert [item.state for item in visits.look_up(*posts)] == ["unclear"]


# -- what may go wrong -------------------------------------------------------------------------------------------


def test_a_quota_that_is_used_up_says_when_it_is_filled_again(youtube: StandInYouTube, visits: Any) -> None:
    first = visits.visit()
    youtube.faults["channels"] = 403, refusal("quotaExceeded", "The request cannot be completed because you have exceeded your quota.")
    with pytest.raises(RateLimited) as used_up:
        visits.visit(first.cursor)
    assert (used_up.value.code, used_up.value.account) == ("quota", "youtube:@lincoln")
    assert used_up.value.retry_at
    assert datetime.now(UTC) < used_up.value.retry_at <= datetime.now(UTC) + timedelta(hours=25)
    from zoneinfo import ZoneInfo

    assert used_up.value.retry_at.astimezone(ZoneInfo("America/Los_Angeles")).strftime("%H:%M") == "00:00"
    assert f"({int(first.cursor['quota_used']) + 1} units of 10,000 went to this account)" in str(used_up.value)


def test_a_new_day_counts_from_zero(youtube: StandInYouTube, visits: Any) -> None:
    first = visits.visit()
    yesterday = {**first.cursor, "quota_day": "2026-01-01", "quota_used": "9999"}
    assert int(visits.visit(yesterday).cursor["quota_used"]) < 10


@pytest.mark.parametrize(("status", "reason", "message", "kind", "code"), [
    (400, "badRequest", "API key not valid. Please pass a valid API key.", AccessError, "no-access"),
    (403, "accessNotConfigured", "YouTube Data API has not been used in project 1 before", AccessError, "no-access"),
    (403, "rateLimitExceeded", "slow down", RateLimited, "rate-limited"),
    (403, "channelSuspended", "suspended", AccountGone, "suspended"),
    (403, "channelClosed", "closed", AccountGone, "deleted"),
    (403, "forbidden", "no", AccessError, "no-access"),
    (400, "invalidPageToken", "no such page", PageError, "http-400"),
])
def test_every_refusal_has_its_name(
    youtube: StandInYouTube, visits: Any, status: int, reason: str, message: str, kind: type[CollectError], code: str
) -> None:
    youtube.faults["channels"] = status, refusal(reason, message)
    with pytest.raises(kind) as refused:
        visits.visit()
    assert refused.value.code == code
    assert message in str(refused.value)
    if kind is AccessError and reason != "forbidden":
        assert "ROLLBOOK_YOUTUBE_API_KEY" in str(refused.value)


def test_pages_that_lead_back_are_named(youtube: StandInYouTube, visits: Any) -> None:
    youtube.films["abcdefghijk"] = Film("Play")
    youtube.changed = lambda method, answer: answer.update(nextPageToken="0") if method == "playlistItems" else None
    with pytest.raises(PageError) as loop:
        visits.visit()
    assert loop.value.code == "cursor-loop"


def test_a_handle_that_is_another_channel_now(youtube: StandInYouTube, visits: Any) -> None:
    first = visits.visit()
    with pytest.raises(PageError) as foreign:
        visits.visit({**first.cursor, "id": OTHER})
    assert foreign.value.code == "foreign-id"
    youtube.handle = "@lincoln_ms"
    with pytest.raises(AccountGone) as renamed:
        visits.visit(first.cursor)
    assert renamed.value.code == "renamed"
    assert "youtube:@lincoln_ms" in str(renamed.value)
    youtube.gone = True
    with pytest.raises(AccountGone) as gone:
        visits.visit(first.cursor)
    assert gone.value.code == "not-found"


@pytest.mark.parametrize(("handle", "settings", "code"), [
    ("@x y", {}, "bad-handle"), ("", {}, "bad-handle"), ("@lincoln", {"base": "nowhere"}, "setting"),
    ("@lincoln", {"comments": "no"}, "setting"),
])
def test_what_is_no_channel_or_setting(kernel: Make, handle: str, settings: dict[str, str], code: str) -> None:
    with pytest.raises(CollectError) as wrong:
        kernel(f"youtube:{handle}", settings).visit()
    assert wrong.value.code == code


# -- without a key -----------------------------------------------------------------------------------------------


def test_without_a_key_the_feed_shows_the_newest_and_concludes_nothing(youtube: StandInYouTube, kernel: Make) -> None:
    for number in range(20):
        youtube.films[f"film{number:07}"] = Film(f"Film {number}", "About it", at=DAY + timedelta(hours=number))
    visits = kernel(f"youtube:{CHANNEL}", {"base": youtube.base})
    seen = visits.visit({"id": CHANNEL, "newest": DAY.isoformat()})
    assert len(seen.texts()) == 15
    assert seen.sweep.covered_from is None
    assert seen.cursor == {"id": CHANNEL, "newest": DAY.isoformat()}, "the next visit with a key begins where it was"
    with pytest.raises(AccessError) as missing:
        kernel("youtube:@lincoln", {"base": youtube.base}).visit()
    assert missing.value.code == "no-credential"
    assert "waiting for its owner's authorisation" in str(missing.value)


def test_a_video_of_the_feed_is_the_one_of_the_api(youtube: StandInYouTube, visits: Any, kernel: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    youtube.films["abcdefghijk"] = Film("Play", "Two lines\nhttps://school.example/play", tags=("drama",))
    by_key = visits.visit().by_id()["youtube:abcdefghijk"]
    monkeypatch.delenv("ROLLBOOK_YOUTUBE_API_KEY")
    by_feed = kernel(f"youtube:{CHANNEL}", {"base": youtube.base}).visit().by_id()["youtube:abcdefghijk"]
    assert fingerprint(by_feed) == fingerprint(by_key)
    assert by_feed.created_at == by_key.created_at


def test_where_the_header_is_not_known_the_key_goes_into_the_address_and_into_no_record(
    youtube: StandInYouTube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", CANARY)
    youtube.header = False
    days = Fortnight(tmp_path, "youtube:@lincoln", {"base": youtube.base}, {"https://i.ytimg.com": youtube.base, "https://yt3.ggpht.com": youtube.base}, DAY)
    youtube.films["abcdefghijk"] = Film("Play")
    assert days.visit() == ("", 1, 0, 0)
    del youtube.films["abcdefghijk"]
    assert days.visit() == ("", 0, 0, 1)
    days.check(CANARY, caplog.text)


# -- a fortnight in an archive -----------------------------------------------------------------------------------


def test_a_fortnight_leaves_each_event_once(
    youtube: StandInYouTube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reroute = {"https://i.ytimg.com": youtube.base, "https://yt3.ggpht.com": youtube.base}
    days = Fortnight(tmp_path, "youtube:@lincoln", {"base": youtube.base}, reroute, DAY)
    youtube.films = {f"film{number:07}": Film(f"Film {number}", at=DAY - timedelta(days=number)) for number in range(4)}
    youtube.comments = {"Ug1": Said(OTHER, "Nice", "film0000000"), "Ug1.a": Said(CHANNEL, "Thank you", "film0000000", parent="Ug1")}
    assert days.visit() == ("no-credential", 0, 0, 0)
    assert "waiting for its owner's authorisation" in days.outcomes[-1].problem
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", CANARY)
    assert days.visit() == ("", 5, 0, 0)
    assert days.visit() == ("", 0, 0, 0), "nothing is twice"
    monkeypatch.delenv("ROLLBOOK_YOUTUBE_API_KEY")
    assert days.visit() == ("", 0, 0, 0), "nor is it by the feed, which shows the channel that is known by now"
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", CANARY)
    youtube.films["film0000001"].about = "with a description now"
    youtube.comments["Ug1.a"] = replace(youtube.comments["Ug1.a"], text="Thank you all", updated=DAY + timedelta(days=1))
    assert days.visit() == ("", 0, 2, 0)
    youtube.films["newfilm0000"] = Film("New", at=DAY + timedelta(days=2))
    del youtube.films["film0000002"]
    youtube.films["film0000003"] = replace(youtube.films["film0000003"], privacy="private", placeholder="Private video")
    assert days.visit() == ("", 1, 0, 2)
    assert "made private" in days.history("youtube:film0000003")[-1][2]
    del youtube.comments["Ug1.a"]
    assert days.visit() == ("", 0, 0, 1)
    loop = {"kind": "youtube#playlistItemListResponse", "items": [], "nextPageToken": "again"}
    youtube.faults = {"playlistItems": (200, loop)}
    assert days.visit() == ("cursor-loop", 0, 0, 0)
    for fault, code in (
        ((403, refusal("quotaExceeded", "quota")), "quota"), ((400, refusal("keyInvalid", "API key expired")), "no-access"),
        ((503, b"storm"), "server-error"), ((429, b"", {"Retry-After": "7200"}), "rate-limited"), ((429, b""), "rate-limited"),
        ((200, b'{"kind": "youtube#channelListRes'), "truncated"), ((200, b"<html><title>Sign in</title>"), "login-page"),
        ((403, refusal("channelSuspended", "suspended")), "suspended"), ((200, {"kind": "youtube#channelListResponse", "items": [{}]}), "schema"),
    ):
        youtube.faults = {"channels": fault}
        assert days.visit() == (code, 0, 0, 0)
    youtube.films["latest00000"] = Film("Latest", at=DAY + timedelta(days=3))
    youtube.faults = {"commentThreads": (503, b"storm")}
    assert days.visit() == ("server-error", 1, 0, 0), "the videos were taken in"
    youtube.faults = {}
    assert days.visit() == ("", 0, 0, 0)
    youtube.changed = lambda method, answer: answer["items"][0].update(status={"privacyStatus": "private"}) if method == "channels" else None
    assert days.visit() == ("private", 0, 0, 0)
    youtube.changed = lambda method, answer: None
    youtube.handle = "@renamed"
    assert days.visit() == ("renamed", 0, 0, 0)
    youtube.handle, youtube.gone = "@lincoln", True
    assert days.visit() == ("not-found", 0, 0, 0)
    youtube.gone = False
    youtube.changed = lambda method, answer: answer["items"][0].pop("snippet") if method == "videos" else None
    assert days.visit() == ("", 0, 0, 0), "a video that lacks a field is marked, and is not gone"
    youtube.changed = lambda method, answer: [item.update(newField={"x": 1}) for item in answer["items"]]
    assert days.visit() == ("", 0, 0, 0)
    youtube.changed = lambda method, answer: None
    youtube.films["film0000003"] = replace(youtube.films["film0000003"], privacy="public", placeholder="")
    assert days.visit() == ("", 0, 1, 0), "what is public again is seen again"
    assert [state for state, _, _ in days.history("youtube:film0000001")] == ["new", "edited"]
    assert [state for state, _, _ in days.history("youtube:film0000002")] == ["new", "gone"]
    assert [state for state, _, _ in days.history("youtube:Ug1.a")] == ["new", "edited", "gone"]
    days.check(CANARY, caplog.text)


# -- Google Takeout ----------------------------------------------------------------------------------------------

VIDEOS = (
    "Video ID,Approx Duration (ms),Video Audio Language,Video Category,Video Description (Original),Channel ID,Tag 1,"
    "Tag 2,Video Title (Original),Privacy,Video State,Video Create Timestamp,Video Publish Timestamp\n"
    f'abcdefghijk,60000,en,Education,"Two lines\nhttps://school.example/play",{CHANNEL},drama,,Spring play,Public,Active,2026-09-30T09:00:00+00:00,2026-10-01T12:00:00.25+00:00\n'
    f"secret00000,60000,en,Education,SECRET-PRIVATE,{CHANNEL},,,Rehearsal,Private,Active,2026-09-30T09:00:00+00:00,\n"
    f"secret00001,60000,en,Education,SECRET-UNLISTED,{CHANNEL},,,Draft,Unlisted,Active,2026-09-30T09:00:00+00:00,\n"
    f"secret00002,60000,en,Education,SECRET-MEMBERS,{CHANNEL},,,Members,Members only,Active,2026-09-30T09:00:00+00:00,\n"
)
COMMENTS = (
    "Comment ID,Channel ID,Comment create timestamp,Price,Parent comment ID,Post ID,Video ID,Comment text,Top-level comment ID\n"
    f'Ug1.a,{CHANNEL},2026-10-01T12:00:00.123456+00:00,0,Ug1,,abcdefghijk,"{{""text"":""The boosters""}},{{""text"":"" do""}}",Ug1\n'
    f'Ug2,{CHANNEL},2026-10-01T12:00:00+00:00,0,,,abcdefghijk,"{{""takeoutSegments"":[{{""text"":""Doors open""}}]}}",\n'
    f"Ug3,{CHANNEL},2026-10-01T12:00:00+00:00,0,,,abcdefghijk,Plain words,\n"
    f"Ug4,{CHANNEL},2026-10-01T12:00:00+00:00,0,,,secret00000,SECRET-BELOW,\n"
)
PRIVATE = {
    "Takeout/YouTube and YouTube Music/history/watch-history.json": "SECRET-HISTORY",
    "Takeout/YouTube and YouTube Music/subscriptions/subscriptions.csv": "SECRET-SUBSCRIPTIONS",
    "Takeout/YouTube and YouTube Music/live chats/live chats.csv": "SECRET-CHATS",
    "Takeout/YouTube and YouTube Music/playlists/Watch later-videos.csv": "SECRET-LATER",
    "Takeout/Mail/All mail.mbox": "SECRET-MAIL",
}


def takeout(folder: str = "YouTube and YouTube Music", videos: str = VIDEOS) -> InTestExport:
    return InTestExport({
        f"Takeout/{folder}/video metadata/videos.csv": videos, f"Takeout/{folder}/comments/comments.csv": COMMENTS, **PRIVATE,
    })


def test_an_export_gives_the_same_videos_and_comments_as_the_api(youtube: StandInYouTube, visits: Any) -> None:
    export = takeout()
    posts, marked = export.read(visits.plugin, visits.account)
    youtube.films["abcdefghijk"] = Film("Spring play", "Two lines\nhttps://school.example/play", tags=("drama",))
    youtube.comments = {
        "Ug1": Said(OTHER, "Who pays?", "abcdefghijk"), "Ug1.a": Said(CHANNEL, "The boosters do", "abcdefghijk", parent="Ug1"),
        "Ug2": Said(CHANNEL, "Doors open", "abcdefghijk"), "Ug3": Said(CHANNEL, "Plain words", "abcdefghijk"),
    }
    by_api = visits.visit().by_id()
    assert [post.id for post in posts] == ["youtube:abcdefghijk", "youtube:Ug1.a", "youtube:Ug2", "youtube:Ug3"]
    for post in posts:
        assert fingerprint(post) == fingerprint(by_api[post.id]), post
        assert post == by_api[post.id]
    assert [mark.problem for mark in marked] == ["not-public: 1 videos whose privacy is Members only were not read in"]
    assert export.opened == {name for name in export.names if "video metadata" in name or "comments" in name}
    assert "SECRET" not in export.told


def test_a_comment_below_a_video_of_the_owners_other_channel_is_public_where_that_is(visits: Any) -> None:
    header, _, rows = VIDEOS.partition("\n")
    others = rows.replace(CHANNEL, OTHER).replace("secret00000", "theirs00000").replace("abcdefghijk", "theirs11111")
    export = takeout(videos=f"{header}\n{rows}{others}")
    export.members["Takeout/YouTube and YouTube Music/comments/comments.csv"] += (
        f"Ug5,{CHANNEL},2026-10-01T12:00:00+00:00,0,,,theirs00000,SECRET-THERE,\n"
        f"Ug6,{CHANNEL},2026-10-01T12:00:00+00:00,0,,,theirs11111,Well done,\n"
    )
    posts, marked = export.read(visits.plugin, Account(f"youtube:{CHANNEL}", "district"))
    assert [post.id for post in posts] == ["youtube:abcdefghijk", "youtube:Ug1.a", "youtube:Ug2", "youtube:Ug3", "youtube:Ug6"]
    assert "SECRET" not in export.told
    assert len(marked) == 1, "what the other channel left out is its own"


@pytest.mark.parametrize("names", [
    ("Video-Metadaten/Videos.csv", "Kommentare/Kommentare.csv"), ("metadatos de vídeos/vídeos.csv", "comentarios/comentarios.csv"),
    ("métadonnées vidéo/vidéos.csv", "commentaires/commentaires.csv"), ("video metadata/videos(1).csv", "comments.csv"),
])
def test_folders_in_other_languages(visits: Any, names: tuple[str, str]) -> None:
    base = "Takeout/YouTube und YouTube Music/"
    export = InTestExport({base + names[0]: VIDEOS, base + names[1]: COMMENTS, **PRIVATE})
    assert visits.plugin.export.recognises(export.names)
    assert len(export.read(visits.plugin, visits.account)[0]) == 4


def test_comments_without_the_videos_are_told_and_not_read_in(visits: Any) -> None:
    """A part of an export that came in several, or one that was asked for without the video metadata."""
    export = InTestExport({"Takeout/YouTube and YouTube Music/comments/comments.csv": COMMENTS, **PRIVATE})
    posts, marked = export.read(visits.plugin, visits.account)
    assert posts == []
    assert [mark.problem for mark in marked] == [
        "not-public: 4 comments, without the video metadata that would say which videos are public, were not read in",
    ]
    assert "SECRET" not in export.told


def test_an_export_in_a_language_that_is_not_read_says_what_to_do(visits: Any) -> None:
    for export in (
        InTestExport({"Takeout/YouTube と YouTube Music/動画のメタデータ/動画.csv": VIDEOS}),
        takeout(videos=VIDEOS.replace("Privacy", "Datenschutz")),
    ):
        with pytest.raises(PageError) as unread:
            export.read(visits.plugin, visits.account)
        assert "English" in str(unread.value)


def test_an_export_of_another_channel_is_refused(visits: Any) -> None:
    with pytest.raises(CollectError) as foreign:
        takeout().read(visits.plugin, Account(f"youtube:{OTHER}", "district"))
    assert foreign.value.code == "foreign-id"
    with pytest.raises(CollectError) as several:
        takeout(videos=VIDEOS + VIDEOS.partition("\n")[2].replace(CHANNEL, OTHER)).read(visits.plugin, visits.account)
    assert several.value.code == "foreign-id"
    posts, _ = takeout().read(visits.plugin, Account(f"youtube:{CHANNEL}", "district"))
    assert len(posts) == 4


def test_network_errors_name_the_account(kernel: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", CANARY)
    with pytest.raises(NetworkError) as silent:
        kernel("youtube:@lincoln", {"base": "http://127.0.0.1:9"}).visit()
    assert silent.value.account == "youtube:@lincoln"
    assert CANARY not in str(silent.value)


@pytest.mark.parametrize("export_first", [True, False])
def test_a_takeout_and_the_api_are_one_record(
    youtube: StandInYouTube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, export_first: bool
) -> None:
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", CANARY)
    reroute = {"https://i.ytimg.com": youtube.base, "https://yt3.ggpht.com": youtube.base}
    days = Fortnight(tmp_path, "youtube:@lincoln", {"base": youtube.base}, reroute, DAY)
    youtube.films["abcdefghijk"] = Film("Spring play", "Two lines\nhttps://school.example/play", tags=("drama",))
    youtube.comments = {number: Said(CHANNEL, text, "abcdefghijk") for number, text in (("Ug2", "Doors open"), ("Ug3", "Plain words"))}
    youtube.comments |= {"Ug1": Said(OTHER, "Who pays?", "abcdefghijk"), "Ug1.a": Said(CHANNEL, "The boosters do", "abcdefghijk", parent="Ug1")}
    file = zipped(tmp_path / "takeout.zip", takeout().members)
    if export_first:
        assert days.take(file) == (4, 0)
        assert days.visit() == ("", 0, 0, 0)
    else:
        assert days.visit() == ("", 4, 0, 0)
        assert days.take(file) == (0, 0)
    assert days.take(file) == (0, 0), "a file that was taken in before adds nothing"
    assert days.visit() == ("", 0, 0, 0)
    for number in ("abcdefghijk", "Ug1.a", "Ug2", "Ug3"):
        assert days.sources(f"youtube:{number}") == {"network", "export"}
        assert len(days.history(f"youtube:{number}")) == 1
    days.check("SECRET")
    days.check(CANARY)
