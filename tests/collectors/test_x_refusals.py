"""X, when it does not give what was asked for: its refusals, broken answers, and the month's budget of reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.budget import budget_of
from rollbook.doctor import examine
from rollbook.errors import CollectError, RateLimited
from rollbook.http import Door
from rollbook.plugins import Visit, collectors
from rollbook.types import Account
from rollbook.workspace import CollectSettings
from tests.serving import Asked
from tests.standin_x import number, problem
from tests.x_district import KEY, District, at, fill, posts, settled

FAR = str(int(datetime(2036, 1, 1, tzinfo=UTC).timestamp()))


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    with settled(tmp_path / "district", monkeypatch) as district:
        yield district


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
    district.check()


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


def test_one_post_of_a_look_up_that_cannot_be_read_costs_the_others_nothing(district: District) -> None:
    names = fill(district.server)
    district.visit()
    sample = [posts(district)[f"x:{names[name]}"] for name in ("post", "reply", "poll")]
    district.server.delete(names["reply"])

    def spoil(asked: Any, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "data": [{**post, "edit_history_post_ids": ["?"]} if post["id"] == names["post"] else post for post in body["data"]]}

    district.server.spoil = spoil
    assert [presence.state for presence in district.look_up(*sample)] == ["unclear", "gone", "here"]


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
    district.check()


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
    body = json.dumps(district.server._timeline(Asked("GET", "", {}, {}))).encode()
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
        day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=each)
        parent, quoted = number(day - timedelta(hours=1)), number(day - timedelta(hours=2))
        other = {"text": "Other words", "at": day, "author_id": "8", "username": "other"}
        server.others |= {parent: other, quoted: other}
        server.say(day, f"Note {each}", refs={"replied_to": parent, "quoted": quoted})
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


def test_an_error_names_its_account() -> None:
    visit = Visit(Account("x:no name", "district"), {}, None)
    with pytest.raises(CollectError) as bad:
        list(collectors()["x"].collect(visit, Door(CollectSettings())))
    assert (bad.value.code, bad.value.account) == ("bad-handle", "x:no name")
