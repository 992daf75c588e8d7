"""X, against a stand-in that checks each request with X's own OpenAPI document: what is read, and that it is all."""

from __future__ import annotations

import gzip
import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from rollbook.collect import Request
from rollbook.formats import fingerprint
from tests.collectors.fortnight import visited
from tests.contracts.openapi import CONTRACT, answer_breaches, breach
from tests.standin_x import StandInX, number, problem
from tests.x_district import CANARY, LETTER, NOW, District, at, fill, posts, settled


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    with settled(tmp_path / "district", monkeypatch) as district:
        yield district


@pytest.fixture(params=["post", "tweet"])
def in_either(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    """X as its document spells it since 2.167, and as it did before."""
    with settled(tmp_path / "district", monkeypatch, schema=request.param) as district:
        yield district


# -- what is read ------------------------------------------------------------------------------------------------------


def test_every_kind_of_post_in_both_spellings(in_either: District) -> None:
    server = in_either.server
    names = fill(server)
    outcome = in_either.visit()
    assert (outcome.code, outcome.problem, outcome.new, outcome.expected, outcome.marked) == ("", "", 7, 7, [])
    held = {name: posts(in_either)[f"x:{native}"] for name, native in names.items()}
    assert {name: post.kind for name, post in held.items()} == {
        "post": "post", "picture": "post", "reply": "reply", "quote": "quote", "repost": "repost", "long": "post", "poll": "post"}
    assert held["post"].text == "Snow day & no school: https://example.example/snow"
    assert (held["post"].links, held["post"].hashtags) == (("https://example.example/snow",), ("snow",))
    assert held["post"].url == f"https://x.com/Example_CSD/status/{names['post']}"
    assert held["picture"].text == "Look"
    assert [(item.type, item.alt, item.url) for item in held["picture"].media] == [
        ("image", "The new gym", f"{server.base}/media/a.png"), ("video", None, f"{server.base}/media/832000.mp4?tag=12")]
    assert all(item.sha256 for item in held["picture"].media)
    reply, quote, repost = held["reply"].reply_to, held["quote"].quote_of, held["repost"].repost_of
    assert reply
    assert quote
    assert repost
    assert (reply.account, reply.text) == ("x:a_parent", "When is the concert?")
    assert (quote.account, held["quote"].text, held["quote"].links) == ("x:WG_Mascot", "So true", ())
    assert (repost.account, held["repost"].text) == ("x:WG_Mascot", "The whole long story of our mascot, told once")
    assert held["long"].text == f"{LETTER}, with every word of it https://example.example/letter"
    assert held["poll"].text == "When?\n- Tuesday\n- Friday"


def test_a_fortnight(in_either: District) -> None:
    """New, edited and deleted: each once in the archive, nothing twice."""
    server = in_either.server
    names = fill(server)
    in_either.visit(at=at(10))
    again = in_either.visit(at=at(10))
    assert (again.new, again.edited, again.gone) == (0, 0, 0)
    first = server.say(at(11), "School opens at 8")
    server.edit(first, at(11, 16), "School opens at 9")
    server.edit(first, at(11, 17), "School opens at 9:30")
    day = in_either.visit(at=at(12))
    assert (day.new, day.edited, day.gone) == (1, 2, 0)
    assert in_either.versions(first) == [("new", "School opens at 8"), ("edited", "School opens at 9"), ("edited", "School opens at 9:30")]
    server.delete(names["picture"])
    late = server.say(at(12, 16), "Practice is over")
    day = in_either.visit(at=at(13))
    assert (day.new, day.edited, day.gone) == (1, 0, 1)
    assert [state for state, _ in in_either.versions(names["picture"])] == ["new", "gone"]
    server.edit(late, at(12, 17), "Practice is over now")
    server.delete(first)
    day = in_either.visit(at=at(14))
    assert (day.new, day.edited, day.gone) == (0, 1, 1)
    assert [state for state, _ in in_either.versions(first)] == ["new", "edited", "edited", "gone"]
    # What fails comes after what is new was taken in; the others are a test each (test_x_refusals.py).
    server.say(at(14, 16), "No school tomorrow")
    server.fault = lambda asked: (503, b"storm") if "start_time" in asked.single else None
    half = in_either.visit(at=at(15))
    assert (half.code, half.new, half.edited, half.gone) == ("server-error", 1, 0, 0)
    server.fault = lambda asked: None
    quiet = in_either.visit(at=at(15))
    assert (quiet.new, quiet.edited, quiet.gone, quiet.marked) == (0, 0, 0, [])
    assert in_either.visit(full=True, at=at(16)).new == 0
    in_either.check()


def test_a_long_history_is_paged_and_later_visits_read_back_only_as_far_as_asked(district: District) -> None:
    server = district.server
    for each in range(240):
        server.say(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=each), f"Note {each}")
    assert district.visit().new == 240
    assert [asked.single.get("pagination_token") for asked in server.asked if asked.path.endswith("/tweets")] == [None, "p100", "p200"]
    server.asked.clear()
    server.say(at(19), "Newest")
    assert district.visit().new == 1
    since, window = (asked.single for asked in server.asked if asked.path.endswith("/tweets"))
    assert "start_time" not in since
    assert window["start_time"] == "2026-10-21T12:00:00Z"
    assert int(window["until_id"]) == int(since["since_id"]) + 1


def test_a_history_that_costs_more_than_a_month_is_read_on_in_the_next(district: District) -> None:
    server, began = district.server, datetime(2026, 3, 1, tzinfo=UTC)
    for each in range(240):
        server.say(began + timedelta(days=each), f"Note {each}")
    first = district.setting(monthly_reads=150).visit()
    assert (first.code, 100 < first.new < 150) == ("budget", True)
    server.say(at(19), "Newest")
    assert district.setting(monthly_reads=150).visit().new == 0, "the same month"
    server.asked.clear()
    second = district.setting(monthly_reads=220).visit()
    assert (second.code, second.new > 20) == ("budget", True)
    *_, asked = (asked.single["until_id"] for asked in server.asked if "until_id" in asked.single)
    assert asked == number(began + timedelta(days=240 - first.new)), "what was paid for is not asked again"
    third = district.setting(monthly_reads=2000).visit()
    assert (third.code, first.new + second.new + third.new) == ("", 241)
    server.asked.clear()
    assert district.visit().new == 0
    assert len([asked for asked in server.asked if asked.path.endswith("/tweets")]) == 2, "the history is at its end"
    district.check()


def notes(server: StandInX, began: datetime, days: int) -> list[str]:
    return [server.say(began + timedelta(days=each), f"Note {each}") for each in range(days)]


def windows(server: StandInX) -> list[dict[str, str]]:
    """What timelines were asked for since the last look."""
    asked = [each.single for each in server.asked if each.path.endswith("/tweets") and each.path != "/2/tweets"]
    server.asked.clear()
    return asked


def test_of_a_history_that_is_read_on_every_version_is_read(district: District) -> None:
    server, began = district.server, datetime(2026, 3, 1, tzinfo=UTC)
    edited = notes(server, began, 240)[3]
    server.edit(edited, began + timedelta(days=3, minutes=9), "Note 3, corrected")
    assert district.setting(monthly_reads=150).visit().code == "budget"
    assert district.visit().code == ""
    assert district.versions(edited) == [("new", "Note 3"), ("edited", "Note 3, corrected")]
    district.check()


def test_a_history_is_read_on_after_the_news_where_every_visit_reads_all(district: District) -> None:
    """The posts of the earlier visit are not on the pages of the later one: nothing is concluded from that."""
    server, everything = district.server, replace(district.workspace, collect=replace(district.workspace.collect, look_back_days=None))
    district = replace(district, workspace=everything)
    notes(server, datetime(2026, 3, 1, tzinfo=UTC), 240)
    first = district.setting(monthly_reads=150).visit()
    server.say(at(19), "Newest")
    server.asked.clear()
    second = district.visit()
    assert (second.code, first.new + second.new, second.gone) == ("", 241, 0)
    assert [asked.path for asked in server.asked if asked.path == "/2/tweets"] == [], "nobody is asked for what was not missed"
    assert [sorted({"since_id", "until_id"} & set(query)) for query in windows(server)] == [["since_id"], ["until_id"], ["until_id"]]
    third = district.visit()
    assert (third.code, third.new, third.gone) == ("", 0, 0)
    assert not any({"since_id", "until_id"} & set(query) for query in windows(server)), "from its beginning again"


def test_what_the_last_days_show_of_a_history_is_not_asked_again(district: District) -> None:
    server = district.server
    made = notes(server, at(1) - timedelta(days=10), 25)
    assert district.setting(monthly_reads=15 + 2).visit().code == "budget"
    server.asked.clear()
    assert district.visit().code == ""
    *_, last = windows(server)
    assert last["until_id"] == next(native for native in made if server.posts[native]["at"] >= at(20, 12) - timedelta(days=30))


def test_a_history_that_is_broken_off_is_read_on(district: District) -> None:
    """X's own cap, or a line that breaks, costs no more than the month's end does."""
    server = district.server
    notes(server, datetime(2026, 3, 1, tzinfo=UTC), 240)
    server.fault = lambda asked: (402, problem("usage-capped", "Usage cap exceeded")) if asked.single.get("pagination_token") == "p100" else None
    first = district.visit()
    assert (first.code, first.new) == ("usage-capped", 100)
    server.fault = lambda asked: None
    server.asked.clear()
    second = district.visit()
    assert (second.code, second.new) == ("", 140)
    assert windows(server)[-1]["until_id"] == first.cursor["left"]


def test_news_are_not_asked_again_where_the_reads_end_in_the_last_days(district: District) -> None:
    """Otherwise they would add up month by month, until the reads end among them."""
    server = district.server
    *_, newest = notes(server, at(1) - timedelta(days=20), 30)
    assert district.visit().new == 30

    def begin_a_month() -> None:
        shutil.rmtree(district.workspace.archive / "budgets")
        server.billed = 0

    for day in (21, 23, 25):
        begin_a_month()
        windows(server)
        made = [server.say(at(day, each), f"News {day} {each}") for each in range(12)]
        found = district.setting(monthly_reads=34).visit(at=at(day, 20))
        assert (found.code, found.new) == ("budget", 12)
        assert windows(server)[0]["since_id"] == newest
        newest = made[-1]
    begin_a_month()
    assert district.visit(at=at(26)).new == 0
    district.check()


def test_a_post_of_somebody_else_does_not_move_the_cursor(district: District) -> None:
    server = district.server
    notes(server, datetime(2026, 3, 1, tzinfo=UTC), 240)
    other = {"id": "20", "text": "just setting up", "author_id": "12", "created_at": "2006-03-21T20:50:14.000Z"}
    server.spoil = lambda asked, body: {**body, "data": [*body["data"], other]} if asked.path.endswith("/7/tweets") and body.get("data") else body
    first = district.setting(monthly_reads=150).visit()
    assert (first.code, int(first.cursor["left"]) > 20) == ("budget", True)
    server.spoil = lambda asked, body: body
    assert first.new + district.visit().new == 240


def test_a_day_before_x_counts_by_time_asks_for_all(district: District) -> None:
    server, long_ago = district.server, date(2009, 1, 1)
    server.fault = lambda asked: (400, problem("invalid-request", "'start_time' must be on or after 2010-11-06")) if asked.single.get("start_time", "2011") < "2010-11-06" else None
    notes(server, datetime(2026, 3, 1, tzinfo=UTC), 5)
    for new in (5, 0):
        found = visited(district.workspace, NOW, Request(since=long_ago))
        assert (found.code, found.new) == ("", new)


def test_the_spelling_that_an_older_x_answers_to_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with settled(tmp_path / "district", monkeypatch, schema="tweet") as district:
        older = district.server
        fill(older)
        assert district.visit().cursor["schema"] == "tweet"
        older.asked.clear()
        district.visit()
        assert not any("post.fields" in asked.single for asked in older.asked)


def test_a_look_up_of_many_posts_tries_the_spellings_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with settled(tmp_path / "district", monkeypatch, schema="tweet") as district:
        older = district.server
        for each in range(120):
            older.say(at(1) + timedelta(minutes=each), f"Note {each}")
        district.visit()
        older.asked.clear()
        assert {presence.state for presence in district.look_up(*posts(district).values())} == {"here"}
        assert ["post.fields" in asked.single for asked in older.asked] == [True, False, False]


def test_prism_accepts_every_request_of_a_fortnight(district: District, x_prism: str) -> None:
    """A second opinion: an independent reader of X's OpenAPI document."""
    server = district.server
    names = fill(server)
    district.visit(at=at(10))
    server.edit(names["post"], at(10, 16), "Snow day, again")
    server.delete(names["long"])
    district.visit(at=at(11))
    server.username = "renamed"
    assert district.visit(at=at(12)).code == "renamed"
    assert {asked.path for asked in server.asked} == {"/2/users/by/username/Example_CSD", "/2/users/7", "/2/users/7/tweets", "/2/tweets"}
    headers = {"Authorization": "Bearer any"}
    for asked in server.asked:
        answer = requests.get(x_prism + asked.path, params=asked.single, headers=headers, timeout=30)
        assert answer.status_code == 200, (asked, answer.text)
    assert requests.get(f"{x_prism}/2/users/7/tweets", params={"max_results": 101}, headers=headers, timeout=30).status_code == 422


def test_the_contract_is_here_or_its_checks_are_not_made() -> None:
    if not CONTRACT.is_file():
        pytest.skip("X's OpenAPI document of ../shared/payloads/contracts is not here: nothing is checked with it")
    assert breach("/2/users/7/tweets", {"max_results": "500"})
    assert breach("/2/users/seven/tweets", {})
    assert breach("/2/users/7/tweets", {"post.fields": "wishes"})
    assert breach("/2/users/7/tweets", {"wishes": "1"})
    assert breach("/2/tweets", {})
    assert breach("/2/wishes", {})
    assert not breach("/2/tweets", {"ids": "1,2"})


@pytest.mark.skipif(not CONTRACT.is_file(), reason="X's OpenAPI document of ../shared/payloads/contracts is not here")
@pytest.mark.parametrize(("body", "problem"), [
    ({"data": [{"id": 3}]}, "/2/tweets.data[0].id is 3, no string"),
    ({"data": [{"id": "3", "words": ""}]}, "/2/tweets.data[0].words is no field"),
    ({"data": {}}, "/2/tweets.data is {}, no array"),
    ({"data": [{"public_metrics": {"like_count": 1}}]}, "/2/tweets.data[0].public_metrics lacks repost_count"),
    ({"data": [{"referenced_posts": [{"type": "copied", "id": "1"}]}]}, "/2/tweets.data[0].referenced_posts[0].type is 'copied', none of"),
    ({"includes": {"tweets": []}}, "/2/tweets.includes.tweets is no field"),
    ({"errors": [{"type": "about:blank", "title": "", "detail": ""}]}, "/2/tweets.errors[0] is of type 'about:blank'"),
])
def test_an_answer_that_xs_document_does_not_have(body: dict[str, Any], problem: str) -> None:
    assert answer_breaches("/2/tweets", body)[0].startswith(problem)


def test_an_x_that_ignores_the_newer_names_is_asked_by_the_older(district: District) -> None:
    """Fields that are not known may be left out without a word: then every post lacks its time."""
    server = district.server
    names = fill(server)

    def bare(asked: Any, body: dict[str, Any]) -> dict[str, Any]:
        if asked.path.endswith("/tweets") and "post.fields" in asked.single:
            return {"data": [{"id": post["id"], "text": post["text"]} for post in body["data"]], "meta": body["meta"]}
        return body

    ask = server._mistake
    server._mistake = lambda asked: "" if "tweet.fields" in asked.single else ask(asked)  # type: ignore[method-assign]
    server.spoil = bare
    outcome = district.visit()
    assert (outcome.code, outcome.new, outcome.cursor["schema"]) == ("", 7, "tweet")
    assert posts(district)[f"x:{names['quote']}"].kind == "quote"


def test_posts_that_lack_their_time_in_either_spelling_cost_one_trial(district: District) -> None:
    server = district.server
    for each in range(250):
        server.say(at(1) + timedelta(minutes=each), f"Note {each}")

    def timeless(asked: Any, body: dict[str, Any]) -> dict[str, Any]:
        for post in body["data"] if asked.path.endswith("7/tweets") else []:
            del post["created_at"]
        return body

    server.spoil = timeless
    outcome = district.visit()
    assert (outcome.code, outcome.new) == ("", 250)
    assert len([asked for asked in server.asked if asked.path.endswith("7/tweets")]) == 4
    assert {post.created_at for post in posts(district).values()} == {at(1) + timedelta(minutes=each) for each in range(250)}


# -- secrets -----------------------------------------------------------------------------------------------------------


def test_the_token_stands_nowhere(district: District, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = district.server
    fill(server)
    echo = {"title": "Unauthorized", "detail": f"the token {CANARY} (Bearer {CANARY}) is not valid"}
    district.visit()
    server.fault = lambda asked: (401, echo)
    refused = district.visit()
    assert CANARY not in refused.problem
    assert CANARY not in caplog.text
    assert "Making API request" in caplog.text, "tweepy's own log was looked at"
    for file in district.workspace.folder.rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file
    warcs = list(district.workspace.archive.rglob("*.warc.gz"))
    assert warcs
    for file in warcs:
        assert CANARY.encode() not in gzip.decompress(file.read_bytes())


def test_tweepys_own_host_can_be_sent_elsewhere(district: District) -> None:
    """Without ``base`` the request goes where tweepy sends it, and ``reroute`` holds for it."""
    fill(district.server)
    moved = district.setting(base=None)
    reroute = {"https://api.twitter.com": district.server.base}
    moved = District(replace(moved.workspace, collect=replace(moved.workspace.collect, reroute=reroute)), district.server)
    assert moved.visit().new == 7


def test_the_database_is_made_again_from_the_captures(district: District) -> None:
    names = fill(district.server)
    district.visit()
    before = {name: fingerprint(post) for name, post in posts(district).items()}
    for file in district.workspace.archive.glob("index.sqlite3*"):
        file.unlink()
    shutil.rmtree(district.workspace.archive / "incoming", ignore_errors=True)
    assert {name: fingerprint(post) for name, post in posts(district).items()} == before
    assert len(before) == len(names)
