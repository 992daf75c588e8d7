"""Days that accounts over the Graph stand-in have in common: refusals, then what happens to any account."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.standin_graph import Answer, StandInGraph

from .fortnight import Fortnight


def of_tomorrow(path: str, told: Any) -> None:
    """Adds a field that no document knows to each node of an answer."""
    for node in told.get("data", [told]) if path else told.values():
        node["field_of_tomorrow"] = {"new": True}


def on_bad_days(platform: StandInGraph, days: Fortnight, first: int, answers: Iterable[tuple[str, Answer, str]]) -> None:
    """A day for each answer at a path: the visit ends with that code, and nothing is taken in or gone."""
    for number, (path, answer, code) in enumerate(answers, first):
        platform.faults = {path: [answer]}
        day = days.on(number)
        assert (day.code, day.new, day.edited, day.gone) == (code, 0, 0, 0)
    platform.faults = {}


def on_the_last_days(
    platform: StandInGraph, days: Fortnight, user: str, post: str, last_edge: str, token: tuple[str, str],
    add: Callable[[], Any], monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The days 15 to 19: renamed, without its token, read by half and with a field that is new, a post that lacks one.

    ``add`` makes a new post; the edge that is asked for last fails after it was taken in.
    """
    node, name = platform.nodes[user], platform.nodes[user]["username"]
    node["username"] = "quarrybayschools"
    assert days.on(15).code == "renamed"
    node["username"] = name
    monkeypatch.delenv(token[0])
    assert days.on(16).code == "no-credential"
    monkeypatch.setenv(*token)
    add()
    platform.changed = of_tomorrow
    del platform.nodes[post]["permalink"]
    platform.faults = {last_edge: [(503, b"", {})]}
    day = days.on(17)
    assert (day.code, day.new, day.edited, day.gone) == ("server-error", 1, 0, 0), "after what was taken in"
    platform.faults = {}
    made_at = platform.nodes[post].pop("timestamp")
    day = days.on(18)
    assert (day.code, day.new, day.edited, day.gone) == ("", 0, 0, 0), "a post that lacks a field is not gone"
    assert "'timestamp' is missing" in str(day.marked)
    platform.nodes[post]["timestamp"] = made_at
    day = days.on(19)
    assert (day.code, day.new, day.edited, day.gone, day.marked) == ("", 0, 0, 0, [])
