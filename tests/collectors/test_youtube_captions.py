"""Captions of a channel's own videos, which its owner lets be read: as posts, by what they cost, and once."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors import _youtube_captions as captions
from collectors import youtube as youtube_pages
from rollbook.judge import judge, running_rules
from rollbook.plugins import Case
from rollbook.types import Page, Post
from tests.standin_youtube import CANARY, CHANNEL, DAY, OWNER, Film, StandInYouTube, Track, refusal, serve, srt

from .fortnight import Fortnight

Make = Callable[..., Any]
VIDEO = "abcdefghijk"
WORDS = "Welcome to Lincoln, write to jdoe@school.example"
SPOKEN = f"youtube:{VIDEO}:captions:AUie=1"
HEARD = f"youtube:{VIDEO}:automatic-captions:AUie=2"


@pytest.fixture
def youtube() -> Iterator[StandInYouTube]:
    network = StandInYouTube()
    network.films[VIDEO] = Film("Play")
    network.tracks["AUie=1"] = Track(VIDEO, srt("Welcome to Lincoln,", "write to", "jdoe@school.example"), name="Full")
    network.tracks["AUie=2"] = Track(VIDEO, srt("welcome to Lynn Cohn"), kind="ASR", updated=DAY + timedelta(hours=2))
    with serve(network):
        yield network


@pytest.fixture
def visits(youtube: StandInYouTube, kernel: Make, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", CANARY)
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_LINCOLN_TOKEN", OWNER)
    return kernel("youtube:@lincoln", {"base": youtube.base})


@pytest.fixture
def days(youtube: StandInYouTube, tmp_path: Path, visits: Any) -> Fortnight:
    reroute = {"https://i.ytimg.com": youtube.base, "https://yt3.ggpht.com": youtube.base}
    return Fortnight(tmp_path, "youtube:@lincoln", {"base": youtube.base}, reroute, DAY)


def asked(youtube: StandInYouTube) -> list[str]:
    """The methods for captions that were asked since the last look."""
    methods = [method for method, _ in youtube.asked if method.startswith("captions")]
    youtube.asked.clear()
    return methods


def another_day(cursor: Any) -> dict[str, str]:
    """The cursor as if its visit had been yesterday."""
    held = {video: ["2026-09-01" if on[:1].isdigit() else on, tracks] for video, (on, tracks) in json.loads(cursor["captions"]).items()}
    return {**cursor, "quota_day": "2026-09-01", "captions": json.dumps(held)}


def test_the_words_are_posts_of_their_own_that_say_who_made_them(youtube: StandInYouTube, visits: Any) -> None:
    seen = visits.visit()
    assert seen.sweep.marked == ()
    posts = seen.by_id()
    assert list(posts) == ["youtube:@lincoln", f"youtube:{VIDEO}", SPOKEN, HEARD]
    assert posts[f"youtube:{VIDEO}"].edited_at is None
    assert posts[f"youtube:{VIDEO}"].text == "Play"
    spoken, heard = posts[SPOKEN], posts[HEARD]
    assert spoken.text == f"Captions (en, Full)\n{WORDS}"
    assert heard.text == "Automatic captions (en)\nwelcome to Lynn Cohn"
    assert (spoken.kind, spoken.lang, spoken.url) == ("post", "en", f"https://www.youtube.com/watch?v={VIDEO}")
    assert (spoken.created_at, spoken.edited_at) == (DAY, None)
    assert heard.edited_at == DAY + timedelta(hours=2)
    assert asked(youtube) == ["captions", "captions.download", "captions.download"]
    assert seen.cursor["quota_used"] == str(4 + 50 + 2 * 200), "they are in the meter like everything else"


def test_where_a_line_breaks_and_when_it_is_shown_is_no_wording() -> None:
    def words(body: str) -> str:
        told = {"video": VIDEO, "track": "1", "published": DAY.isoformat(), "updated": DAY.isoformat()}
        return captioned(body, told).text.partition("\n")[2]

    crlf = srt("Hello <i>there</i>,", "you\nall").replace("\n", "\r\n")
    assert words(crlf) == words("\ufeff" + srt("Hello", "there, you all")) == "Hello there, you all"
    assert words("9\n0:00:01.000 --> 0:00:02.000 align:start\n2 < 3 & 4\n\nnot shown\n") == "2 < 3 & 4"


def captioned(body: str, told: dict[str, Any]) -> Post:
    (post,) = youtube_pages.parse(Page("youtube:@lincoln", "caption", "", 200, {}, body.encode(), DAY, {"caption": json.dumps(told)})).posts
    return post


def test_only_what_is_new_or_updated_is_downloaded(youtube: StandInYouTube, visits: Any) -> None:
    first = visits.visit()
    asked(youtube)
    again = visits.visit(first.cursor, DAY - timedelta(days=30))
    assert asked(youtube) == [], "once a day is enough"
    assert again.sweep.present == {SPOKEN, HEARD}
    tomorrow = visits.visit(another_day(again.cursor), DAY - timedelta(days=30))
    assert asked(youtube) == ["captions"]
    assert tomorrow.sweep.present == {SPOKEN, HEARD}
    youtube.tracks["AUie=1"] = replace(youtube.tracks["AUie=1"], words=srt("Welcome"), updated=DAY + timedelta(days=1))
    youtube.tracks["AUie=3"] = Track(VIDEO, srt("Bienvenidos"), "es")
    later = visits.visit(another_day(tomorrow.cursor), DAY - timedelta(days=30))
    assert asked(youtube) == ["captions", "captions.download", "captions.download"]
    assert [post.text for post in later.posts if "aptions" in post.text] == ["Captions (en, Full)\nWelcome", "Captions (es)\nBienvenidos"]


def test_a_draft_a_track_that_is_not_served_and_a_video_that_is_not_public_stay_unread(youtube: StandInYouTube, visits: Any) -> None:
    youtube.tracks["AUie=1"].draft = True
    youtube.changed = lambda method, answer: answer["items"][1]["snippet"].update(status="failed") if method == "captions" else None
    youtube.films["unlisted000"] = Film("For some", privacy="unlisted")
    youtube.tracks["AUie=9"] = Track("unlisted000", srt("SECRET"))
    seen = visits.visit()
    assert seen.texts() == ["Play"]
    assert asked(youtube) == ["captions"]


# -- what it may cost --------------------------------------------------------------------------------------------


def many(youtube: StandInYouTube, count: int) -> None:
    for number in range(count):
        name = f"film{number:07}"
        youtube.films[name] = Film(f"Film {number}", at=DAY + timedelta(hours=number))
        youtube.tracks[f"T{number}"] = Track(name, srt(f"words {number}"))


def test_half_of_the_day_is_left_for_everything_else_and_the_rest_waits(youtube: StandInYouTube, visits: Any) -> None:
    youtube.films, youtube.tracks = {}, {}
    many(youtube, 45)
    first = visits.visit()
    read = [text for text in first.texts() if text.startswith("Captions")]
    assert len(read) == captions.UNITS // (captions.LIST + captions.WORDS) == 20
    assert read[0] == "Captions (en)\nwords 44", "the newest first"
    assert [item.problem for item in first.sweep.marked] == [
        "not-checked: captions of 25 of its videos are left for the next visit: they may take 5,000 units a day, and took 5,000"]
    asked(youtube)
    same_day = visits.visit(first.cursor, DAY + timedelta(days=30))
    assert asked(youtube) == [], "nothing more on the same day"
    del youtube.films["film0000000"]  # before its turn, like the next
    youtube.films["film0000001"].privacy = "unlisted"
    second = visits.visit(another_day(same_day.cursor), DAY + timedelta(days=30))
    third = visits.visit(another_day(second.cursor), DAY + timedelta(days=30))
    found = {*read, *(text for seen in (second, third) for text in seen.texts() if text.startswith("Captions"))}
    assert found == {f"Captions (en)\nwords {number}" for number in range(2, 45)}
    assert third.sweep.marked == ()


def test_what_waits_is_read_though_it_lies_behind_the_window_now_and_what_was_read_is_forgotten(
    youtube: StandInYouTube, visits: Any
) -> None:
    many(youtube, 3)
    youtube.films["film0000001"].privacy = "private"
    hidden = [f"film{number:07}" for number in range(3)]

    def behind(method: str, answer: dict[str, Any]) -> None:
        if method == "playlistItems":
            answer["items"] = [item for item in answer["items"] if item["contentDetails"]["videoId"] not in hidden]

    youtube.changed = behind
    held = {hidden[0]: ["", {}], hidden[1]: ["", {}], hidden[2]: ["2026-09-01", {"captions:T2": "2026-10-01T12:00:00+00:00"}]}
    seen = visits.visit({"id": CHANNEL, "captions": json.dumps(held)}, DAY - timedelta(days=30))
    read = [text for text in seen.texts() if "aptions" in text]
    assert set(read) == {f"Captions (en, Full)\n{WORDS}", "Automatic captions (en)\nwelcome to Lynn Cohn", "Captions (en)\nwords 0"}
    assert set(json.loads(seen.cursor["captions"])) == {VIDEO, hidden[0]}


@pytest.mark.parametrize(("fault", "says"), [
    ((403, refusal("quotaExceeded", "quota")), "the key's quota of the day is used up"),
    ((403, refusal("forbidden", "The permissions are not sufficient.")), "`rollbook connect youtube --account youtube:@lincoln` again"),
    ((401, refusal("authError", "Invalid Credentials")), "`rollbook connect youtube --account youtube:@lincoln` again"),
    ((503, b"storm"), "it is not well"),
])
@pytest.mark.parametrize("method", ["captions", "captions.download"])
def test_what_ends_half_way_is_left_for_the_next_visit(
    youtube: StandInYouTube, days: Fortnight, method: str, fault: Any, says: str
) -> None:
    youtube.faults[method] = fault
    assert days.visit() == ("", 1, 0, 0), "the visit is a good one without them"
    (told,) = days.outcomes[-1].marked
    assert told.startswith("captions: not-checked: captions of 1 of its videos are left for the next visit: ")
    assert says in told
    youtube.faults.clear()
    assert days.visit() == ("", 2, 0, 0)
    assert days.outcomes[-1].marked == []


def test_one_track_that_cannot_be_read_does_not_cost_the_others(youtube: StandInYouTube, visits: Any) -> None:
    many(youtube, 2)
    youtube.tracks["T2"] = Track("film0000001", srt("palabras"), "es")
    youtube.tracks["T1"].words = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>"
    youtube.tracks["T0"].words = "nothing that is timed"

    def broken(method: str, answer: dict[str, Any]) -> None:
        if method == "captions" and answer["items"][0]["snippet"]["videoId"] == VIDEO:
            del answer["items"][0]["snippet"]["lastUpdated"]

    youtube.changed = broken
    seen = visits.visit()
    assert [(item.where, item.problem) for item in seen.sweep.marked] == [
        ("captions of film0000001", "login-page: a login page came where an SRT file was due: the address is no longer public"),
        (f"captions of {VIDEO}", "schema: 'lastUpdated' is missing; expected an ISO 8601 time"),
    ]
    assert [(item.where, item.problem) for item in seen.marked] == [("captions of film0000000", "schema: there are no captions in the file")]
    assert {HEARD, "youtube:film0000001:captions:T2"} <= set(seen.by_id())
    youtube.tracks["T1"].words = srt("words 1")
    later = visits.visit(another_day(seen.cursor), DAY - timedelta(days=30))
    assert [text for text in later.texts() if "aptions" in text] == ["Captions (en)\nwords 1"], "the others are held"


def test_one_track_that_is_refused_does_not_cost_the_others(
    youtube: StandInYouTube, visits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is asked for after them from then on, or a few of them would take all of the day's units."""
    many(youtube, 3)
    youtube.tracks["T9"] = Track("film0000002", srt("words 2"), "es")
    answered = youtube.captions

    def refusing(called: str, query: dict[str, str], sent: str) -> tuple[int, Any, dict[str, str]]:
        if called == "captions.download" and query["id"] == "T2":
            return 403, refusal("forbidden", "The permissions are not sufficient to download the track."), {}
        return answered(called, query, sent)

    monkeypatch.setattr(youtube, "captions", refusing)
    seen = visits.visit()
    assert {text for text in seen.texts() if "words" in text} == {"Captions (en)\nwords 0", "Captions (en)\nwords 1", "Captions (es)\nwords 2"}
    (told,) = seen.sweep.marked
    assert "captions of 1 of its videos are left for the next visit: YouTube answers 403" in told.problem
    youtube.asked.clear()
    visits.visit(another_day(seen.cursor), DAY - timedelta(days=30))
    assert [query["videoId"] for method, query in youtube.asked if method == "captions"][-1] == "film0000002"


@pytest.mark.parametrize("fault", [(403, refusal("quotaExceeded", "quota")), (503, b"storm"), (200, b"{")])
def test_what_waits_and_cannot_be_asked_about_costs_the_visit_nothing(youtube: StandInYouTube, visits: Any, fault: Any) -> None:
    many(youtube, 1)
    held = json.dumps({"film0000000": ["", {}]})
    youtube.films["film0000000"].privacy = "private"
    youtube.changed = lambda method, answer: youtube.faults.update({"videos": fault}) if method == "videos" else None
    seen = visits.visit({"id": CHANNEL, "captions": held}, DAY - timedelta(days=30))
    assert f"youtube:{VIDEO}" in seen.by_id()
    assert "captions of 1 of its videos are left for the next visit: " in seen.sweep.marked[0].problem
    assert json.loads(seen.cursor["captions"])["film0000000"] == ["", {}], "it waits on"


# -- without the owner's permission ------------------------------------------------------------------------------


def test_without_the_owner_it_is_said_once_that_they_were_not_checked(
    youtube: StandInYouTube, visits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROLLBOOK_YOUTUBE_LINCOLN_TOKEN")
    first = visits.visit()
    assert first.texts() == ["Play"]
    (told,) = first.sweep.marked
    assert told.where == "captions"
    assert told.problem == (
        "not-checked: captions of 1 of its videos were not read: YouTube gives them to the channel's owner only; "
        "`rollbook connect youtube --account youtube:@lincoln` lets the owner agree")
    second = visits.visit(first.cursor, DAY - timedelta(days=30))
    assert second.sweep.marked == ()
    many(youtube, 1)
    youtube.films["film0000000"].at = DAY + timedelta(days=1)
    third = visits.visit(second.cursor, DAY - timedelta(days=30))
    assert len(third.sweep.marked) == 1, "one that is new is said again"
    assert asked(youtube) == []


def test_a_channel_without_captions_costs_nothing(youtube: StandInYouTube, visits: Any) -> None:
    youtube.tracks.clear()
    seen = visits.visit()
    assert (asked(youtube), seen.sweep.marked, seen.cursor["quota_used"]) == ([], (), "4")
    assert not any(name.startswith("captions") for name in seen.cursor)


# -- in an archive -----------------------------------------------------------------------------------------------


def test_a_fortnight_leaves_each_event_once(
    youtube: StandInYouTube, days: Fortnight, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.delenv("ROLLBOOK_YOUTUBE_LINCOLN_TOKEN")
    assert days.visit() == ("", 1, 0, 0)
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_LINCOLN_TOKEN", OWNER)
    assert days.visit() == ("", 2, 0, 0), "a first fetch is no edit, of the video least of all"
    assert days.visit() == ("", 0, 0, 0)
    assert [state for state, _, _ in days.history(f"youtube:{VIDEO}")] == ["new"]
    assert [(state, text) for state, text, _ in days.history(SPOKEN)] == [("new", f"Captions (en, Full)\n{WORDS}")]
    days.check(CANARY, caplog.text)
    days.check(OWNER, caplog.text)


def test_tracks_are_edited_and_gone(youtube: StandInYouTube, days: Fortnight, new_day: None) -> None:
    assert days.visit() == ("", 3, 0, 0)
    youtube.tracks["AUie=1"] = replace(youtube.tracks["AUie=1"], words=srt("Welcome"), updated=DAY + timedelta(days=1))
    assert days.visit() == ("", 0, 1, 0)
    shifted = youtube.tracks["AUie=1"].words.replace("00:00:0", "00:01:0")
    youtube.tracks["AUie=1"] = replace(youtube.tracks["AUie=1"], words=shifted, updated=DAY + timedelta(days=2))
    assert days.visit() == ("", 0, 0, 0), "other times are no edit"
    youtube.tracks["AUie=1"].draft = True
    del youtube.tracks["AUie=2"]
    assert days.visit() == ("", 0, 0, 2)
    assert [state for state, _, _ in days.history(SPOKEN)] == ["new", "edited", "gone"]
    assert "captions.list has no such public track" in days.history(HEARD)[-1][2]
    youtube.tracks["AUie=1"].draft = False
    assert days.visit() == ("", 0, 1, 0), "what is public again is seen again"
    days.check(OWNER)


def test_captions_go_with_their_video(youtube: StandInYouTube, days: Fortnight, monkeypatch: pytest.MonkeyPatch) -> None:
    assert days.visit() == ("", 3, 0, 0)
    monkeypatch.delenv("ROLLBOOK_YOUTUBE_LINCOLN_TOKEN")
    assert days.visit() == ("", 0, 0, 0), "without the permission nothing is concluded"
    youtube.films[VIDEO] = replace(youtube.films[VIDEO], privacy="private")
    assert days.visit() == ("", 0, 0, 3), "what everybody is told needs no owner"
    assert "the video that they belong to" in days.history(SPOKEN)[-1][2]
    days.check(OWNER)


@pytest.fixture
def new_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every visit is the first of its day for the quota."""
    read = captions._read_held
    monkeypatch.setattr(captions, "_read_held", lambda text: {
        video: captions._Held("earlier" if held.on else "", held.tracks) for video, held in read(text).items()})


def test_the_rules_see_the_words(days: Fortnight) -> None:
    """An employee's address that is only shown in captions."""
    workspace = replace(days.workspace, district=replace(days.workspace.district, mail_domains=("school.example",)))
    assert days.visit() == ("", 3, 0, 0)
    (_, text, _), = days.history(SPOKEN)
    post = Post(SPOKEN, "youtube:@lincoln", "youtube", "post", text, DAY)
    account = workspace.register.accounts["youtube:@lincoln"]
    found = judge(Case(post, account, workspace), running_rules(workspace)).findings
    assert [(one.rule, one.evidence[0].where, one.evidence[0].quote) for one in found] == [
        ("district-email", "text", "jdoe@school.example")]
