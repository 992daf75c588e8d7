"""X, against a stand-in that checks each request with X's own OpenAPI document and counts what X would bill."""

from __future__ import annotations

import gzip
import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import requests

from rollbook.archive.archive import Archive
from rollbook.archive.posts import versions
from rollbook.archive.verify import verify
from rollbook.budget import budget_of
from rollbook.collect import Outcome, Request, collect, parse_page
from rollbook.doctor import examine
from rollbook.errors import CollectError, RateLimited
from rollbook.formats import fingerprint
from rollbook.http import Door
from rollbook.init import Answers, lay
from rollbook.plugins import Presence, Visit, collectors
from rollbook.types import Account, Post
from rollbook.workspace import CollectSettings, Workspace, read_workspace
from tests.x_standin import CONTRACT, StandInX, breach, number, problem, serve

CANARY = "canaryAAAAAAAAAAAAAAAAAAAAAxBearer4711%2Bq"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = "x:Example_CSD"
TERMS = {"terms_signed_off_by": "A. Counsel, office of the superintendent", "terms_signed_off_on": date(2026, 10, 1)}
FAR = str(int(datetime(2036, 1, 1, tzinfo=UTC).timestamp()))


@pytest.fixture(params=["post", "tweet"])
def either(request: pytest.FixtureRequest) -> Iterator[StandInX]:
    """X as its document spells it since 2.167, and as it did before."""
    yield from serve(StandInX(CANARY, schema=request.param))


@pytest.fixture
def server() -> Iterator[StandInX]:
    yield from serve(StandInX(CANARY))


@dataclass
class District:
    """A workspace with one account on X."""

    workspace: Workspace
    server: StandInX

    def visit(self, *, full: bool = False, at: datetime = NOW) -> Outcome:
        workspace = self.workspace
        with Archive(workspace.archive, operator="test", parse=parse_page) as archive, Door(workspace.collect, archive) as door:
            request = Request(full=full)
            (found,) = collect(workspace, archive, door, request, "run", clock=lambda: at, sleep=lambda _: None)
            assert verify(archive, quick=False, now=at).problems == ()
        assert self.server.mistakes == []
        if found.code not in ("setting", "budget"):
            budget = budget_of(workspace, "x")
            assert budget
            assert self.server.billed <= budget.spent()
        return found

    def versions(self, native: str) -> list[tuple[str, str]]:
        with Archive(self.workspace.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
            return [(item.state, item.post.text) for item in versions(connection, f"x:{native}")]

    def look_up(self, *posts: Post) -> list[Presence]:
        visit = Visit(self.workspace.register.accounts[KEY], {}, None, self.workspace.collect.networks["x"], budget_of(self.workspace, "x"))
        with Door(self.workspace.collect) as door:
            return list(collectors()["x"].look_up(visit, posts, door))

    def setting(self, **settings: Any) -> District:
        networks = {"x": {name: value for name, value in {**self.workspace.collect.networks["x"], **settings}.items() if value is not None}}
        return District(replace(self.workspace, collect=replace(self.workspace.collect, networks=networks)), self.server)


def settle(folder: Path, server: StandInX, monkeypatch: pytest.MonkeyPatch) -> District:
    monkeypatch.setenv("ROLLBOOK_X_BEARER_TOKEN", CANARY)
    list(lay(folder, Answers("Example Central School District", accounts=(KEY,))))
    networks = {"x": {"base": server.base, "monthly_reads": 5000, **TERMS}}
    return District(replace(read_workspace(folder), collect=CollectSettings(30, "", (ip_network("127.0.0.0/8"),), {}, networks)), server)


@pytest.fixture
def district(tmp_path: Path, server: StandInX, monkeypatch: pytest.MonkeyPatch) -> District:
    return settle(tmp_path / "district", server, monkeypatch)


@pytest.fixture
def in_either(tmp_path: Path, either: StandInX, monkeypatch: pytest.MonkeyPatch) -> District:
    return settle(tmp_path / "district", either, monkeypatch)


def at(day: int, hour: int = 15) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def url(short: str, full: str, **more: Any) -> dict[str, Any]:
    return {"start": 0, "end": 1, "url": short, "expanded_url": full, **more}


def fill(server: StandInX) -> dict[str, str]:
    """One post of each kind."""
    server.media["3_1"] = {"media_key": "3_1", "type": "photo", "url": f"{server.base}/media/a.png", "alt_text": "The new gym"}
    film = [{"bit_rate": rate, "content_type": "video/mp4", "url": f"{server.base}/media/{rate}.mp4?tag=12"} for rate in (256000, 832000)]
    server.media["7_1"] = {"media_key": "7_1", "type": "video", "preview_image_url": f"{server.base}/media/p.png", "variants": film}
    server.polls["5"] = {"id": "5", "options": [{"position": 1, "label": "Tuesday", "votes": 2}, {"position": 2, "label": "Friday", "votes": 0}]}
    mascot, question = number(at(1)), number(at(2))
    server.others = {
        mascot: {"text": "The whole long story of our mascot, told once", "at": at(1), "author_id": "8", "username": "WG_Mascot"},
        question: {"text": "When is the concert?", "at": at(2), "author_id": "9", "username": "a_parent"},
    }
    picture = url("https://t.co/pic", f"https://twitter.com/example_csd/status/{number(at(4))}/photo/1", media_key="3_1")
    return {
        "post": server.say(at(3), "Snow day &amp; no school: https://t.co/a", entities={
            "urls": [url("https://t.co/a", "https://example.example/snow")], "hashtags": [{"start": 0, "end": 1, "tag": "snow"}]}),
        "picture": server.say(at(4), "Look https://t.co/pic", media=["3_1", "7_1"], entities={"urls": [picture]}),
        "reply": server.say(at(5), "@a_parent On Friday", refs={"replied_to": question}, parent_author="9",
                            entities={"mentions": [{"start": 0, "end": 9, "username": "a_parent", "id": "9"}]}),
        "quote": server.say(at(6), "So true https://t.co/q", refs={"quoted": mascot},
                            entities={"urls": [url("https://t.co/q", f"https://twitter.com/WG_Mascot/status/{mascot}")]}),
        "repost": server.say(at(7), "RT @WG_Mascot: The whole long story of our masc…", refs={"retweeted": mascot},
                             entities={"mentions": [{"start": 3, "end": 12, "username": "WG_Mascot", "id": "8"}]}),
        "long": server.say(at(8), "A letter to all families … https://t.co/self", entities={
            "urls": [url("https://t.co/self", f"https://twitter.com/i/web/status/{number(at(8))}")]},
            note={"text": "A letter to all families, with every word of it https://t.co/n",
                  "entities": {"urls": [url("https://t.co/n", "https://example.example/letter")]}}),
        "poll": server.say(at(9), "When?", polls=["5"]),
    }


def posts(district: District) -> dict[str, Post]:
    """What the archive holds, the newest version of each."""
    found = {}
    with Archive(district.workspace.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        for name in (f"x:{native}" for native in {post["chain"][0] for post in district.server.posts.values()}):
            for item in versions(connection, name):
                found[name] = item.post
    return found


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
    assert held["long"].text == "A letter to all families, with every word of it https://example.example/letter"
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
    quiet = in_either.visit(at=at(15))
    assert (quiet.new, quiet.edited, quiet.gone, quiet.marked) == (0, 0, 0, [])
    assert in_either.visit(full=True, at=at(16)).new == 0


def test_a_long_history_is_paged_and_later_visits_read_back_only_as_far_as_asked(district: District) -> None:
    server = district.server
    for each in range(240):
        server.say(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=each), f"Note {each}")
    assert district.visit().new == 240
    assert [asked.query.get("pagination_token") for asked in server.asked if asked.path.endswith("/tweets")] == [None, "p100", "p200"]
    server.asked.clear()
    server.say(at(19), "Newest")
    assert district.visit().new == 1
    since, window = (asked.query for asked in server.asked if asked.path.endswith("/tweets"))
    assert "start_time" not in since
    assert window["start_time"] == "2026-10-21T12:00:00Z"
    assert int(window["until_id"]) == int(since["since_id"]) + 1


def test_the_spelling_that_an_older_x_answers_to_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for older in serve(StandInX(CANARY, schema="tweet")):
        district = settle(tmp_path / "district", older, monkeypatch)
        fill(older)
        assert district.visit().cursor["schema"] == "tweet"
        older.asked.clear()
        district.visit()
        assert not any("post.fields" in asked.query for asked in older.asked)


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
        answer = requests.get(x_prism + asked.path, params=asked.query, headers=headers, timeout=30)
        assert answer.status_code == 200, (asked, answer.text)
    assert requests.get(f"{x_prism}/2/users/7/tweets", params={"max_results": 101}, headers=headers, timeout=30).status_code == 422


def test_the_contract_is_here_or_its_checks_are_not_made() -> None:
    if not CONTRACT.is_file():
        pytest.skip("X's OpenAPI document of ../shared/payloads/contracts is not here: requests are not checked with it")
    assert breach("/2/users/7/tweets", {"max_results": "500"})
    assert breach("/2/users/seven/tweets", {})
    assert breach("/2/users/7/tweets", {"post.fields": "wishes"})
    assert breach("/2/users/7/tweets", {"wishes": "1"})
    assert breach("/2/tweets", {})
    assert breach("/2/wishes", {})
    assert not breach("/2/tweets", {"ids": "1,2"})


# -- accounts ----------------------------------------------------------------------------------------------------------


def test_states_of_an_account(district: District) -> None:
    server = district.server
    fill(server)
    held = district.visit().cursor
    server.state = "suspended"
    assert district.visit().code == "suspended"
    server.state = "gone"
    assert district.visit().code == "not-found"
    server.state, server.user = "here", {"protected": True}
    assert district.visit().code == "private"
    server.user, server.state = {"protected": False}, "protected"  # told by the timeline only
    assert district.visit().code == "private"
    server.state, server.username = "here", "example_schools"
    renamed = district.visit()
    assert renamed.code == "renamed"
    assert "@example_schools" in renamed.problem
    server.username, server.user_id = "example_csd", "99"
    assert district.visit().code == "foreign-id"
    server.user_id = "7"
    back = district.visit()
    assert (back.code, back.new, back.gone) == ("", 0, 0)
    assert back.cursor == held


def test_a_suspended_account_loses_no_post(district: District) -> None:
    names = fill(district.server)
    district.visit()
    sample = [posts(district)[f"x:{native}"] for native in names.values()]
    district.server.state = "suspended"
    assert {presence.state for presence in district.look_up(*sample)} == {"unclear"}
    district.server.state = "here"
    district.server.delete(names["post"])
    found = district.look_up(*sample)
    assert [presence.state for presence in found] == ["gone", *["here"] * 6]
    assert sum(presence.page is not None for presence in found[1:]) == 1, "one page holds them all, and is taken in once"
    assert len([asked for asked in district.server.asked if asked.path == "/2/tweets"]) == 2


# -- what X refuses ----------------------------------------------------------------------------------------------------

CAPPED = problem("usage-capped", "Usage cap exceeded: Monthly product cap")


@pytest.mark.parametrize(("answer", "code"), [
    ((401, {"title": "Unauthorized", "detail": "Unauthorized"}), "no-access"),
    ((403, {**problem("client-forbidden", "When authenticating…"), "reason": "client-not-enrolled"}), "client-forbidden"),
    ((403, problem("unsupported-authentication", "OAuth 2.0 Application-Only is forbidden")), "no-access"),
    ((402, {"title": "CreditsDepleted", "detail": "Your enrolled account does not have any credits"}), "usage-capped"),
    ((403, CAPPED), "usage-capped"),
    ((429, CAPPED, {"x-rate-limit-reset": FAR}), "usage-capped"),
    ((429, {"title": "Too Many Requests"}, {"x-rate-limit-reset": FAR}), "rate-limited"),
    ((429, {"title": "Too Many Requests"}), "rate-limited"),
    ((429, b"slow down", {"x-rate-limit-reset": "soon"}), "rate-limited"),
    ((503, {"title": "Service Unavailable"}), "server-error"),
    ((500, b"<html>oops</html>"), "server-error"),
    ((404, {"errors": [{"code": 34, "message": "Sorry, that page does not exist."}]}), "http-404"),
    ((400, {"errors": [{"message": "Rejected"}]}), "http-400"),
    ((400, []), "http-400"),
    ((200, b""), "not-json"),
    ((200, b'{"data": {"id": "7", "userna'), "truncated"),
    ((200, b"<html><title>Log in to X</title></html>"), "login-page"),
    ((200, {"data": []}), "schema"),
    ((200, {}), "schema"),
], ids=str)
@pytest.mark.parametrize("where", ["/2/users/by/username/Example_CSD", "/2/users/7/tweets"])
def test_each_refusal_is_a_named_error_and_costs_nothing(district: District, where: str, answer: Any, code: str) -> None:
    server = district.server
    fill(server)
    held = district.visit().cursor
    server.fault = lambda asked: answer if asked.path == where else None
    if answer == (200, {"data": []}) and where.endswith("/tweets"):
        code = ""  # an empty list is no posts
    bad = district.visit()
    assert bad.code == code, bad.problem
    assert (bad.new, bad.gone) == (0, 0)
    server.fault = lambda asked: None
    good = district.visit()
    assert (good.code, good.new, good.edited, good.gone) == ("", 0, 0, 0)
    assert good.cursor == held


def test_a_limit_says_until_when(district: District) -> None:
    district.server.fault = lambda asked: (429, {"title": "Too Many Requests"}, {"x-rate-limit-reset": FAR})
    visit = Visit(district.workspace.register.accounts[KEY], {}, None, district.workspace.collect.networks["x"], budget_of(district.workspace, "x"))
    with Door(district.workspace.collect) as door, pytest.raises(RateLimited) as limited:
        list(collectors()["x"].collect(visit, door))
    assert limited.value.retry_at is not None
    assert limited.value.retry_at.year in (2035, 2036)
    assert limited.value.account == KEY


def test_pages_that_lead_back_end(district: District) -> None:
    for each in range(120):
        district.server.say(at(1) + timedelta(minutes=each), f"Note {each}")
    district.server.spoil = lambda asked, body: {**body, "meta": {"result_count": 5, "next_token": "p7"}} if asked.path.endswith("7/tweets") else body
    assert district.visit().code == "cursor-loop"
    district.server.spoil = lambda asked, body: body
    good = district.visit()
    assert good.code == ""
    assert len(posts(district)) == 120


def test_a_page_cut_off_concludes_nothing_and_is_paid_for_in_the_budget(district: District) -> None:
    names = fill(district.server)
    district.visit()
    district.server.delete(names["post"])
    body = json.dumps(district.server._timeline(type("A", (), {"query": {}}))).encode()
    district.server.fault = lambda asked: (200, body, {"Content-Length": str(len(body) + 9)}) if asked.path.endswith("7/tweets") else None
    budget = budget_of(district.workspace, "x")
    assert budget
    before = budget.spent()
    cut = district.visit()
    assert (cut.code, cut.gone) == ("truncated", 0)
    assert budget.spent() >= before + 3 * 6, "asked three times; nobody knows what X counted"
    district.server.fault = lambda asked: None
    assert district.visit().gone == 1


def test_fields_that_are_missing_or_new(district: District) -> None:
    names = fill(district.server)

    def spoil(asked: Any, body: dict[str, Any]) -> dict[str, Any]:
        for post in body.get("data", []) if asked.path.endswith("/tweets") else []:
            post |= {"birdwatch": {"new": True}, "card_uri": "card://1"}
            if post["id"] == names["reply"]:
                del post["text"]
            if post["id"] == names["post"]:
                del post["created_at"], post["lang"], post["author_id"]
            if post["id"] == names["quote"]:
                post["author_id"] = "8"
            if post["id"] == names["poll"]:
                post["id"] = None
        body.get("includes", {}).pop("media", None)
        if asked.path.endswith("/tweets"):
            body["errors"] = [problem("not-authorized-for-resource", "Sorry, you are not authorized to see the Tweet", resource_type="tweet")]
        return body

    district.server.spoil = spoil
    outcome = district.visit()
    assert (outcome.code, outcome.new) == ("", 4)
    told = "\n".join(outcome.marked)
    assert told.count("'text' is missing") == 1
    assert told.count("foreign-id") == 1
    assert told.count("'id' is missing") == 1
    assert "the picture 3_1 is not among what X sent" in told
    assert "not-authorized-for-resource: Sorry" in told
    assert posts(district)[f"x:{names['post']}"].created_at == at(3), "an id tells its moment"


# -- the budget --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("monthly", [0, 1, 15, 16, 40, 100, 250])
def test_the_budget_is_never_exceeded_and_is_shown(district: District, monthly: int) -> None:
    server = district.server
    for each in range(300):
        server.say(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=each), f"Note {each}")
    small = district.setting(monthly_reads=monthly)
    for _ in range(4):
        outcome = small.visit()
        assert outcome.code == "budget"
        assert f"of {monthly:,} reads are used or reserved" in outcome.problem
        assert "monthly_reads" in outcome.problem
    assert server.billed <= monthly
    budget = budget_of(small.workspace, "x")
    assert budget
    shown = {check.what: check for check in examine(small.workspace)}
    assert budget.says() in shown["budget of x"].says
    assert f"of {monthly:,} reads" in shown["budget of x"].says
    if monthly >= 100:
        assert server.billed > monthly // 2


def test_new_posts_come_before_the_window_is_read_again(district: District) -> None:
    server = district.server
    for each in range(90):
        server.say(at(1) + timedelta(hours=each), f"Note {each}")
    district.visit()
    budget = budget_of(district.workspace, "x")
    assert budget
    server.say(at(19), "Early dismissal today")
    tight = district.setting(monthly_reads=budget.spent() + 20)
    outcome = tight.visit()
    assert (outcome.code, outcome.new) == ("budget", 1)


def test_nothing_is_asked_before_terms_budget_and_token(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    for lacking in ({"terms_signed_off_by": None}, {"terms_signed_off_on": None}, {"terms_signed_off_by": "  "},
                    {"terms_signed_off_on": "yes"}):
        outcome = district.setting(**lacking).visit()
        assert outcome.code == "terms"
        assert "Enterprise" in outcome.problem
        assert "rollbook import FILE --account x:Example_CSD" in outcome.problem
    unset = district.setting(monthly_reads=None).visit()
    assert (unset.code, "monthly_reads" in unset.problem) == ("budget", True)
    assert district.setting(monthly_reads="many").visit().code == "setting"
    assert district.setting(monthly_reads=-1).visit().code == "setting"
    assert district.setting(base=7).visit().code == "setting"
    monkeypatch.delenv("ROLLBOOK_X_BEARER_TOKEN")
    monkeypatch.setattr("rollbook.credentials._from_keyring", lambda name: "")
    waiting = district.visit()
    assert waiting.code == "no-credential"
    assert "waiting for its owner's authorisation" in waiting.problem
    assert "rollbook connect x" in waiting.problem
    assert district.server.asked == []


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


def test_an_error_names_its_account() -> None:
    visit = Visit(Account("x:no name", "district"), {}, None)
    with pytest.raises(CollectError) as bad:
        list(collectors()["x"].collect(visit, Door(CollectSettings())))
    assert (bad.value.code, bad.value.account) == ("bad-handle", "x:no name")
