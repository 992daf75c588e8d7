"""Judging one post: identity, severity, protected speech, and checks that fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rollbook.errors import RollbookError
from rollbook.init import Answers, lay
from rollbook.judge import RunningRule, judge, rules_not_run
from rollbook.plugins import Analyzer, Case, Hit, NotChecked
from rollbook.types import Account, Evidence, Finding, Post
from rollbook.workspace import Workspace, read_workspace

TEACHER = Account("invented:teacher", "employee")
HIT = Hit("Possible risk.", 0.9, (Evidence("text", 0, 4, "Bus7"),))


@pytest.fixture
def district(tmp_path: Path) -> Workspace:
    list(lay(tmp_path / "district", Answers("Invented District")))
    return read_workspace(tmp_path / "district")


def post(text: str) -> Post:
    return Post("invented:1", TEACHER.key, "invented", "post", text, datetime(2026, 10, 5, tzinfo=UTC))


def ask(district: Workspace, rule: str, *answers: Hit | NotChecked, text: str = "Bus7 is late") -> tuple[list[Finding], list[str], dict[tuple[str, str], int]]:
    def analyze(case: Case) -> Iterator[Hit | NotChecked]:
        yield from answers

    running = RunningRule(district.policy.rules[rule], Analyzer(rule, analyze, 1, lambda: "", "", ""))
    found = judge(Case(post(text), TEACHER, district), [running])
    return found.findings, [item.reason for item in found.unchecked], dict(found.dropped)


def test_clause_and_severity_come_from_the_policy(district: Workspace) -> None:
    (finding,), _, _ = ask(district, "district-email", HIT)
    assert (finding.clause, finding.severity) == ("9125.3 para 5", "medium")
    (finding,), _, _ = ask(district, "district-email", replace(HIT, severity_of="role-mailbox"))
    assert finding.severity == "low"


def test_the_identity_holds_when_the_evidence_moves_and_changes_when_it_does(district: Workspace) -> None:
    (first,), _, _ = ask(district, "district-email", HIT)
    (moved,), _, _ = ask(district, "district-email", replace(HIT, evidence=(Evidence("text", 9, 13, "Bus7"),)))
    (other,), _, _ = ask(district, "district-email", replace(HIT, evidence=(Evidence("text", 0, 4, "Bus8"),)))
    assert first.id == moved.id
    assert other.id != first.id
    assert first.id.startswith("f_")


def test_what_was_cleared_says_why(district: Workspace) -> None:
    (finding,), _, _ = ask(district, "student-image", replace(HIT, cleared="approved photograph."))
    assert finding.severity == "cleared"
    assert "approved photograph" in finding.message


def test_a_check_that_crashes_is_not_checked(district: Workspace) -> None:
    def analyze(case: Case) -> Iterator[Hit | NotChecked]:
        yield HIT
        raise ZeroDivisionError("of course")

    running = RunningRule(district.policy.rules["district-email"], Analyzer("district-email", analyze, 1, lambda: "", "", ""))
    found = judge(Case(post("x"), TEACHER, district), [running])
    assert len(found.findings) == 1
    assert "ZeroDivisionError" in found.unchecked[0].reason


def test_a_check_that_says_why_it_cannot_finish_is_quoted(district: Workspace) -> None:
    def analyze(case: Case) -> Iterator[Hit | NotChecked]:
        yield HIT
        raise RollbookError("the words were not read")

    running = RunningRule(district.policy.rules["district-email"], Analyzer("district-email", analyze, 1, lambda: "", "", ""))
    found = judge(Case(post("x"), TEACHER, district), [running])
    assert (len(found.findings), [item.reason for item in found.unchecked]) == (1, ["the words were not read."])


def test_a_post_is_judged_by_the_policy_of_its_day(district: Workspace) -> None:
    rules = dict(district.policy.rules)
    rules["district-email"] = replace(rules["district-email"], severity="high")
    later = replace(district.policy, rules=rules, in_force_from=date(2026, 10, 6))
    both = replace(district, policies=(district.policy, later))
    running = RunningRule(later.rules["district-email"], Analyzer("district-email", lambda case: iter([HIT]), 1, lambda: "", "", ""))
    for day, severity in ((5, "medium"), (6, "high")):
        case = Case(replace(post("x"), created_at=datetime(2026, 10, day, 16, tzinfo=UTC)), TEACHER, both)
        assert [item.severity for item in judge(case, [running]).findings] == [severity]


PROTECTED = "The board's contract offer is an insult. Our union rally for fair pay is Thursday at five."


def test_protected_speech_leaves_a_count_and_nothing_else(district: Workspace) -> None:
    findings, _, dropped = ask(district, "spokesperson", HIT, text=PROTECTED)
    assert findings == []
    assert sum(dropped.values()) == 1


def test_a_fact_counts_whatever_is_said_around_it(district: Workspace) -> None:
    findings, _, dropped = ask(district, "district-email", HIT, text=PROTECTED)
    assert len(findings) == 1
    assert dropped == {}


def test_rules_that_do_not_run_say_why(district: Workspace) -> None:
    rules = dict(district.policy.rules)
    rules["spokesperson"] = replace(rules["spokesperson"], enabled=False)
    rules["invented-rule"] = replace(rules["student-image"], name="invented-rule")
    changed = replace(district, policies=(replace(district.policy, rules=rules),))
    assert rules_not_run(changed) == {"spokesperson": "switched off in the policy file", "invented-rule": "no analyzer serves it yet"}


def test_the_guardrail_is_told_which_district_it_is(district: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("rollbook.judge.protected", lambda post, account, whose: asked.append(whose))
    ask(district, "spokesperson", HIT)
    assert asked == [district.district]
