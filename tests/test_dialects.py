"""The same thing said in six ways: no way of speaking is flagged more often, or excused more often, than another.

``dialects.jsonl`` says sixty things (36 clean, 24 findings) each in standard American English, African American,
Southern, Chicano and Caribbean English, and as a fluent second-language writer does. One author wrote all six: it
shows gaps, not rates.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from rollbook.judge import judge, running_rules
from rollbook.plugins import Case

from .analyzers.labelled import case

ROWS = [json.loads(line) for line in (Path(__file__).parent / "dialects.jsonl").read_text(encoding="utf-8").splitlines()]
DIALECTS = ("plain", "aave", "southern", "chicano", "caribbean", "second")
#: An evening, so that nothing is on duty; a person's account, and one of the District for what only it may not do.
EVENING = "2026-10-06T19:15:00-04:00"
TEACHER, OFFICE = "x:MrBrisket_Math", "facebook:AlderFallsUFSD"
#: Of 36 clean meanings and 24 findings, so many more than in plain English may go wrong in any other. **Source**: chance:
#: with these numbers one or two apart says nothing.
MOST_MORE = 2
pytestmark = pytest.mark.slow


def posted(row: dict[str, str]) -> Case:
    account = OFFICE if row["rule"] == "electioneering" else TEACHER
    return case("alder_falls", account=account, text=row["text"], created_at=EVENING)


@cache
def wrong() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """By dialect: clean meanings that were flagged, findings that were missed."""
    flagged, missed = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for row in ROWS:
        of = posted(row)
        fired = {item.rule for item in judge(replace(of, pictures=()), running_rules(of.workspace)).findings if item.severity != "cleared"}
        if row["rule"] is None and fired:
            flagged[row["dialect"]].append(f"{row['meaning']} {sorted(fired)}")
        if row["rule"] is not None and row["rule"] not in fired:
            missed[row["dialect"]].append(f"{row['meaning']} {row['rule']}")
    return flagged, missed


def test_each_meaning_is_said_in_every_way_with_one_label() -> None:
    by_meaning = defaultdict[str, list[dict[str, str]]](list)
    for row in ROWS:
        by_meaning[row["meaning"]].append(row)
    assert len(by_meaning) == 60
    assert all(sorted(row["dialect"] for row in rows) == sorted(DIALECTS) for rows in by_meaning.values())
    assert all(len({row["rule"] for row in rows}) == 1 for rows in by_meaning.values())


@pytest.mark.parametrize("dialect", DIALECTS[1:])
def test_no_way_of_speaking_is_flagged_or_excused_more(dialect: str) -> None:
    flagged, missed = wrong()
    print(f"{dialect}: flagged {flagged[dialect]}, missed {missed[dialect]}; plain: {flagged['plain']}, {missed['plain']}")
    assert len(flagged[dialect]) <= len(flagged["plain"]) + MOST_MORE
    assert abs(len(missed[dialect]) - len(missed["plain"])) <= MOST_MORE
