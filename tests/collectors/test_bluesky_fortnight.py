"""Bluesky over a fortnight, into an archive: AT Protocol's own server behind one that a test lets lie."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.serving import Answer, Asked

from .answering import StandIn, serve
from .fortnight import Fortnight
from .pictures import png
from .test_bluesky import Author, reference

#: Bluesky is read without a credential: what a server hands out unasked is not kept either.
CANARY = "canary_bluesky_session_77c0d2"
STATE, STATUS = "/xrpc/com.atproto.sync.getLatestCommit", "/xrpc/com.atproto.sync.getRepoStatus"
RECORDS, RECORD = "/xrpc/com.atproto.repo.listRecords", "/xrpc/com.atproto.repo.getRecord"
RESOLVE = "/xrpc/com.atproto.identity.resolveHandle"
Case = tuple[str, Answer | Callable[[Asked], Answer], str]


@dataclass
class District:
    """An account, visited once a day, and what stands before its server and before the directory of identities."""

    author: Author
    server: StandIn
    directory: StandIn
    days: Fortnight

    def states(self, made: Any) -> list[tuple[str, str]]:
        return [(state, text) for state, text, _ in self.days.history(f"bluesky:{made['uri']}")]

    def posts(self, answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        """An answer for the list of posts alone."""
        return lambda asked: answer(asked) if asked.single["collection"].endswith(".post") else self.server.passed_on(asked)

    def changed(self, change: Callable[[Any], None]) -> Callable[[Asked], Answer]:
        """The real list of posts, with something about it changed."""
        return self.posts(self.server.changed(change))


@pytest.fixture
def district(pds: str, tmp_path: Path) -> Iterator[District]:
    author, host = Author(pds), pds.rpartition(":")[0]
    plc = f"{host}:{int(pds.rpartition(':')[2]) - 1}"
    with ExitStack() as stack:
        server, directory = (stack.enter_context(serve()) for _ in range(2))
        server.real, directory.real = pds, plc
        server.adds = {"Set-Cookie": f"session={CANARY}"}
        settings = {"appview": "", "resolver": pds, "plc": plc}
        reroute = {pds: server.base, pds.replace("127.0.0.1", "localhost"): server.base, plc: directory.base}
        days = Fortnight(tmp_path, f"bluesky:{author.handle}", settings, reroute, datetime.now(UTC))
        yield District(author, server, directory, days)


def test_a_fortnight_leaves_each_event_once(district: District, pds: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    author, days, other = district.author, district.days, Author(pds)
    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "Red square", "image": author.upload(png())}]}
    first, second, third = author.post("Bus 9 is late"), author.post("Lunch", embed=images), author.post("Lost: one glove")
    assert days.visit() == ("", 3, 0, 0)
    district.server.asked.clear()
    assert days.visit() == ("", 0, 0, 0), "nothing is twice"
    assert [asked.path for asked in district.server.asked] == [RESOLVE, STATE], "the same revision is not read again"
    author.put(first, "Bus 9 is on time")
    fourth = author.post("Half day tomorrow", a_new_field={"x": 1})
    original = other.post("We won")
    boost = author.repost(reference(original))
    author.delete(third)
    assert days.visit() == ("", 2, 1, 1)
    author.put(first, "Bus 9 is late again")
    bad_days(district)
    states_of_the_account(district)

    def lacks(told: Any) -> None:
        for one in told["records"][1:2]:
            one.pop("value")
        del told["records"][:1]

    district.server.answers = {
        RECORDS: district.changed(lacks),
        RECORD: district.posts(lambda asked: (400, {"error": "InvalidRequest"}) if asked.single["repo"] == author.did else district.server.passed_on(asked)),
    }
    assert days.visit() == ("", 0, 1, 0), "one that cannot be read or asked for costs the others nothing, and is not gone"
    assert len(days.outcomes[-1].marked) == 1
    fifth = author.post("Thank you all")
    author.delete(fourth)
    district.server.answers = {RECORDS: district.changed(lambda told: told.update(new_field=[1]))}
    assert days.visit() == ("", 1, 0, 1)
    district.server.answers = {}
    assert days.visit() == ("", 0, 0, 0)
    assert district.states(first) == [("new", "Bus 9 is late"), ("edited", "Bus 9 is on time"), ("edited", "Bus 9 is late again")]
    assert district.states(second) == [("new", "Lunch")]
    assert district.states(third) == [("new", "Lost: one glove"), ("gone", "Lost: one glove")]
    assert district.states(fourth) == [("new", "Half day tomorrow"), ("gone", "Half day tomorrow")]
    assert district.states(boost) == [("new", "We won")]
    assert district.states(fifth) == [("new", "Thank you all")]
    days.check(CANARY, caplog.text)


def bad_days(district: District) -> None:
    """A server that is unwell, busy, cut off, or leads back: each is named, and nothing is gone."""
    server = district.server
    budget = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "0",
              "RateLimit-Reset": str(int((datetime.now(UTC) + timedelta(minutes=5)).timestamp()))}
    cases: tuple[Case, ...] = (
        (STATE, (429, {"error": "RateLimitExceeded"}, budget), "rate-limited"),
        (RECORDS, (429, {"error": "RateLimitExceeded"}, {"Retry-After": "7200"}), "rate-limited"),
        (RECORDS, (429, b""), "rate-limited"), (STATE, (503, b"storm"), "server-error"), (RECORDS, (502, b"storm"), "server-error"),
        (RECORDS, district.posts(lambda asked: (200, server.passed_on(asked)[1][:-40])), "truncated"),
        (RECORDS, (200, {"feed": "none"}), "schema"), (STATE, (200, b"<html><title>Log in</title>"), "login-page"),
        (STATE, (200, {"cid": "b"}), "schema"), (RECORDS, (401, {"error": "AuthMissing"}), "no-access"),
    )
    for path, answer, code in cases:
        server.answers = {path: answer}
        assert district.days.visit() == (code, 0, 0, 0), path
    server.answers = {}


def states_of_the_account(district: District) -> None:
    """Renamed, taken over, taken down, suspended, deactivated, deleted."""
    author, server, directory, days = district.author, district.server, district.directory, district.days
    handle = author.handle
    author.call("com.atproto.identity.updateHandle", handle=f"new-{handle}")
    assert days.visit() == ("foreign-id", 0, 0, 0)
    assert f"new-{handle}" in days.outcomes[-1].problem
    author.call("com.atproto.identity.updateHandle", handle=handle)
    server.answers = {RESOLVE: (200, {"did": Author(author.pds).did})}
    assert days.visit() == ("foreign-id", 0, 0, 0), "the name is another account's"
    server.answers = {STATE: (400, {"error": "RepoTakendown"}), STATUS: (200, {"did": author.did, "active": False, "status": "suspended"})}
    assert days.visit() == ("suspended", 0, 0, 0)
    server.answers = {}
    author.take_down()
    assert days.visit() == ("taken-down", 0, 0, 0)
    author.take_down(applied=False)
    author.call("com.atproto.server.deactivateAccount")
    assert days.visit() == ("deactivated", 0, 0, 0)
    author.activate()
    for status, code in ((410, "deleted"), (404, "not-found"), (503, "server-error")):
        directory.always = status, {"message": "not here"}
        assert days.visit() == (code, 0, 0, 0)
    directory.always = None


def test_a_list_that_leads_back_ends_and_loses_nothing(district: District) -> None:
    author, days = district.author, district.days
    first = author.post("one")
    assert days.visit() == ("", 1, 0, 0)
    author.put(first, "one, corrected")
    district.server.answers = {RECORDS: district.changed(lambda told: told.update(cursor="round"))}
    assert days.visit() == ("cursor-loop", 0, 1, 0), "what it showed before is kept"
    district.server.answers = {}
    assert days.visit() == ("", 0, 0, 0)
    assert district.states(first) == [("new", "one"), ("edited", "one, corrected")]
    days.check(CANARY)
