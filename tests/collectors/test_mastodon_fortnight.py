"""Mastodon over a fortnight, into an archive: mastodon-mock (PyPI) behind a server that a test lets lie, and its own faults."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from rollbook.http import Limits
from tests.serving import Answer, Asked

from .answering import StandIn, serve
from .fortnight import Fortnight
from .pictures import png
from .test_mastodon import HOST, Author, fault, identity

#: The credential of tests/servers/masto_mock/config.toml that no file, log or report may hold.
CANARY = "canary_mastodon_5b1f9a"
TOKEN = "ROLLBOOK_MASTODON_TOWN_EXAMPLE_TOKEN"
LOOKUP = "/api/v1/accounts/lookup"
#: No test waits half a minute for an answer that does not come.
IMPATIENT = Limits(attempts=2, read_s=0.5, interval_s=0)


@pytest.fixture
def between(mastodon_mock: str) -> Iterator[StandIn]:
    """Stands between Rollbook and the mock."""
    with serve() as server:
        server.real = mastodon_mock
        yield server


class Account(Author):
    """An account of the mock, visited once a day through whatever stands between."""

    def __init__(self, between: StandIn, name: str, folder: Path, token: str) -> None:
        super().__init__(between.real, name)
        self.headers = {"Authorization": f"Bearer {token}"}
        self.number = self.call("get", "accounts/verify_credentials")["id"]
        self.timeline = f"/api/v1/accounts/{self.number}/statuses"
        settings, reroute = {"base": {HOST: between.real}}, {between.real: between.base}
        self.days = Fortnight(folder, self.key, settings, reroute, datetime.now(UTC), limits=IMPATIENT)

    def states(self, status: Any) -> list[tuple[str, str]]:
        return [(state, text) for state, text, _ in self.days.history(identity(status))]


def test_a_fortnight_leaves_each_event_once(
    between: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(TOKEN, CANARY)
    yearbook = Account(between, "yearbook", tmp_path, CANARY)
    days, file = yearbook.days, {"file": ("square.png", png(), "image/png")}
    picture = yearbook.call("post", "media", files=file, data={"description": "Red square"})
    first = yearbook.post("Covers are in")  # without a picture: unlike Mastodon, the mock forgets it in its history
    shown = yearbook.post("Our cover", media_ids=[picture["id"]])
    second, third = yearbook.post("Photo day", spoiler_text="Dates"), yearbook.post("Which cover?", poll={"options": ["A", "B"], "expires_in": 3600})
    yearbook.post("staff only", visibility="private")
    assert days.visit() == ("", 4, 0, 0)
    assert any("not-public" in problem for problem in days.outcomes[-1].marked)
    assert days.visit() == ("", 0, 0, 0), "nothing is twice"
    yearbook.edit(first, "Covers are here")
    yearbook.edit(first, "Covers are here at last")
    assert days.visit() == ("", 0, 2, 0), "each version once"
    fourth, coach = yearbook.post("Orders close Friday"), Author(between.real, "coach")
    original = coach.post("Team picture at noon")
    boost = yearbook.call("post", f"statuses/{original['id']}/reblog")
    yearbook.delete(second)
    assert days.visit() == ("", 2, 0, 1)
    bad_days(between, yearbook)
    states_of_the_account(between, yearbook, monkeypatch)
    changed_answers(between, yearbook)
    fifth = yearbook.post("Thank you all")
    yearbook.edit(fourth, "Orders close Monday")
    yearbook.delete(third)
    assert days.visit() == ("", 1, 1, 1), "what happened meanwhile, once"
    assert yearbook.states(first) == [("new", "Covers are in"), ("edited", "Covers are here"), ("edited", "Covers are here at last")]
    assert yearbook.states(shown) == [("new", "Our cover")]
    assert yearbook.states(second) == [("new", "Dates\nPhoto day"), ("gone", "Dates\nPhoto day")]
    assert [state for state, _ in yearbook.states(third)] == ["new", "gone"]
    assert yearbook.states(fourth) == [("new", "Orders close Friday"), ("edited", "Orders close Monday")]
    assert yearbook.states(boost) == [("new", "Team picture at noon")]
    assert yearbook.states(fifth) == [("new", "Thank you all")]
    days.check(CANARY, caplog.text)


def bad_days(between: StandIn, account: Account) -> None:
    """A server that is unwell, busy, cut off, or leads back: each is named, and nothing is gone."""
    budget = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0",
              "X-RateLimit-Reset": (datetime.now(UTC) + timedelta(minutes=5)).isoformat()}
    forever = {"Link": f'<{between.real}{account.timeline}?max_id=1>; rel="next"'}
    cases: tuple[tuple[str, Answer | Callable[[Asked], Answer], str], ...] = (
        (account.timeline, (429, {"error": "Too many requests"}, budget), "rate-limited"),
        (account.timeline, (429, {"error": "Too many requests"}, {"Retry-After": "7200"}), "rate-limited"),
        (LOOKUP, (429, b""), "rate-limited"), (account.timeline, (503, b"<h1>storm"), "server-error"),
        (account.timeline, lambda asked: (200, between.passed_on(asked)[1][:-40]), "truncated"),
        (account.timeline, lambda asked: (200, between.passed_on(asked)[1], forever), "cursor-loop"),
        (account.timeline, (200, {"error": "no list"}), "schema"), (LOOKUP, (200, b"<html><title>Log in</title>"), "login-page"),
        (LOOKUP, (200, b'{"id": "1", "acct'), "truncated"),
    )
    for path, answer, code in cases:
        between.answers = {path: answer}
        assert account.days.visit() == (code, 0, 0, 0)
    between.answers = {}


def states_of_the_account(between: StandIn, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Suspended, closed to the public, its token expired, renamed, moved, taken over, deleted, remembered."""
    days = account.days
    account.call("post", f"admin/accounts/{account.number}/action", json={"type": "suspend"})
    assert days.visit() == ("suspended", 0, 0, 0), "as the mock has it: no name, and the number tells why"
    requests.post(f"{between.real}/api/v1/admin/accounts/{account.number}/unsuspend", headers={"Authorization": "Bearer tok_office"}, timeout=20)
    closed = {"error": "This API requires an authenticated user"}
    for token, says in ((CANARY, "is refused: make a new one"), ("", "shows nothing without a token")):
        monkeypatch.setenv(TOKEN, token)
        between.answers = {LOOKUP: (401, closed)}
        assert days.visit() == ("no-access", 0, 0, 0)
        assert says in days.outcomes[-1].problem
    monkeypatch.setenv(TOKEN, CANARY)
    states: tuple[tuple[dict[str, Any], str], ...] = (
        ({"suspended": True}, "suspended"), ({"id": "9"}, "foreign-id"), ({"acct": "annual"}, "foreign-id"),
        ({"moved": {"acct": "yearbook@new.example"}}, "moved"), ({"memorial": True}, ""), ({"limited": True}, ""),
    )
    for change, code in states:
        between.answers = {LOOKUP: between.changed(lambda told, change=change: told.update(change))}
        assert days.visit() == (code, 0, 0, 0)
    gone, number = {"error": "Record not found"}, f"/api/v1/accounts/{account.number}"
    for answer, code in ((between.changed(lambda told: told.update(acct="annual")), "renamed"),
                         ((404, gone), "not-found"), ((410, gone), "deleted")):
        between.answers = {LOOKUP: (404, gone), number: answer}
        assert days.visit() == (code, 0, 0, 0)
    between.answers = {}


def changed_answers(between: StandIn, account: Account) -> None:
    """A field that is missing costs that status its reading and nothing else; a new one costs nothing."""
    between.answers = {account.timeline: between.changed(lambda told: told[1].pop("created_at"))}
    assert account.days.visit() == ("", 0, 0, 0)
    assert any("created_at" in problem for problem in account.days.outcomes[-1].marked)
    between.answers = {account.timeline: between.changed(lambda told: [one.update(new_field={"x": 1}) for one in told])}
    assert account.days.visit() == ("", 0, 0, 0)
    between.answers = {}


@pytest.fixture
def faults(mastodon_mock: str) -> Iterator[Callable[..., None]]:
    """The mock's own injection of faults; none stays behind."""
    yield lambda path, kind, count, **more: fault(mastodon_mock, path, kind, count, **more)
    requests.delete(f"{mastodon_mock}/api/v1/_mock/faults", timeout=20)


@pytest.mark.parametrize(("kind", "more", "code", "says"), [
    ("status", {"status": 503}, "server-error", "503"), ("status", {"status": 404}, "http-404", "404"),
    ("ratelimit", {}, "rate-limited", "asked again after"), ("ratelimit", {"headers": {"Retry-After": "7200"}}, "rate-limited", "asked again after"),
    ("latency", {"delay_ms": 50}, "", ""), ("latency", {"delay_ms": 700}, "unreachable", "no answer within"),
    ("malformed", {}, "truncated", "cut off"), ("malformed", {"truncate": False}, "not-json", "not JSON"),
    ("timeout", {}, "unreachable", "no answer within"),
])
def test_the_mocks_own_faults(
    between: StandIn, tmp_path: Path, faults: Callable[..., None], kind: str, more: dict[str, Any], code: str, says: str
) -> None:
    """What the visit says of each, and that the next one has everything once."""
    swim = Account(between, "swim", tmp_path, "tok_swim")
    old = swim.post(f"before {kind}")
    before = swim.days.visit()
    assert before[0] == ""
    new = swim.post(f"after {kind}")
    swim.edit(old, f"edited after {kind}")
    faults(swim.timeline, kind, IMPATIENT.attempts, **more)
    held = swim.days.visit()
    assert held == (code, *((1, 1, 0) if not code else (0, 0, 0)))
    assert says in swim.days.outcomes[-1].problem
    requests.delete(f"{between.real}/api/v1/_mock/faults", timeout=20)
    assert swim.days.visit() == ("", *((0, 0, 0) if not code else (1, 1, 0)))
    assert swim.days.visit() == ("", 0, 0, 0)
    assert swim.states(old) == [("new", f"before {kind}"), ("edited", f"edited after {kind}")]
    assert swim.states(new) == [("new", f"after {kind}")]
    swim.days.check("tok_swim")
