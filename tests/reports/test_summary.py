"""The head of the report answers whether anything needs attention, and claims no more than was seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reports._summary import Summary, summarize, waits
from rollbook.period import ArchiveState, Completeness, NotCheckedGroup
from rollbook.types import Account

from .invented import UNTIL, at
from .invented_week import disguised_address, empty_report, ended_gone, period_report, still_open

READ = Completeness(Account("bluesky:a.example", "district"), 10, 10, 0, 0, 0, last_good_at=UNTIL)
GAP = replace(READ, account=Account("bluesky:b.example", "district"), failing_since=at(8, 6), code="unreachable", problem="No answer.")
URGENT = replace(disguised_address(), finding=replace(disguised_address().finding, severity="urgent"))


def head(**fields: Any) -> Summary:
    return summarize(empty_report(**{"completeness": (READ,), **fields}))


@pytest.mark.parametrize(("fields", "answer", "besides", "attention"), [
    ({}, "Nothing was found that a person needs to look at.", "Every account was read.", False),
    ({"findings": (disguised_address(),)}, "1 new finding waits for review.", "Every account was read.", True),
    ({"findings": (URGENT, disguised_address(), disguised_address())},
     "1 urgent finding needs a person now and 2 other new findings wait for review.", "Every account was read.", True),
    ({"findings": (still_open(),)}, "Nothing new: 1 earlier finding is still open.", "Every account was read.", False),
    ({"findings": (ended_gone(),)}, "Nothing was found that a person needs to look at.", "Every account was read.", False),
    ({"completeness": (GAP, READ)}, "1 of 2 accounts could not be read.", "", True),
    ({"completeness": (GAP,)}, "No account could be read.", "", True),
    ({"completeness": (replace(READ, last_good_at=None),)}, "No account could be read.", "", True),
    ({"archive": ArchiveState(1, 1, 0, "", ("a file is missing",))}, "The archive has 1 problem.", "Every account was read.", True),
    ({"not_checked": (NotCheckedGroup("student-image", "No detector.", (disguised_address().post,) * 3),)},
     "Nothing was found that a person needs to look at.", "3 checks could not be finished and every account was read.", False),
    ({"completeness": ()}, "Nothing was looked at: no account has been collected yet.", "", True),
])
def test_the_answer(fields: dict[str, Any], answer: str, besides: str, attention: bool) -> None:
    summary = head(**fields)
    assert (summary.answer, summary.besides, summary.attention) == (answer, besides, attention)


def test_figures_of_the_invented_week() -> None:
    figures = {figure.label: (figure.value, figure.note, figure.attention) for figure in summarize(period_report()).figures}
    assert figures == {
        "new findings": ("5", "1 high, 3 medium, 1 low", True),
        "open in all": ("6", "3 in the report of Oct 5, 2026", False),
        "accounts not read": ("2", "of 12, the first since Oct 5, 2026", True),
        "checks not finished": ("1", "with reasons", False),
        "new posts": ("9", "2 edited, 1 gone", False),
    }


def test_new_posts_that_are_not_listed_count() -> None:
    assert summarize(period_report(new_posts=4_000)).figures[-1].value == "4,000"


@pytest.mark.parametrize(("code", "for_a_person"), [
    ("no-credential", True), ("token-expired", True), ("keyring-closed", True), ("setting", True), ("unreachable", False), ("rate-limited", False),
])
def test_what_only_a_person_can_mend_waits_for_one(code: str, for_a_person: bool) -> None:
    assert waits(replace(GAP, code=code)) is for_a_person
