"""The rules that rest on the language model, over labelled cases of invented districts.

Whoever wrote the cases had not seen the model, and each cell of the rule catalogue is there. Such a rule is not always
right: what is held here is how often it is, and that whatever is computed, not learned, is right every time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rollbook.errors import RollbookError
from rollbook.plugins import Hit, analyzers
from rollbook.policy import Rule
from rollbook.types import Period
from rollbook.workspace import Workspace

from .labelled import case, district, evidence_is_exact, hits, labelled, verdict

#: The least F1 of each rule on its cases; what was measured is in the analyzer's manual. A retrained model may lose a
#: case and win another.
LEAST = {
    "student-identity": 0.70, "confidential-info": 0.70, "unsponsored-instruction": 0.75, "student-contact": 0.70,
    "personal-use": 0.70, "conduct": 0.60, "copyright": 0.75, "child-safety": 0.70, "electioneering": 0.80,
}
RULES = analyzers()


def file_of(rule: str) -> str:
    return rule.replace("-", "_")


def found(rule: str, account: str, text: str, name: str = "alder_falls", **fields: Any) -> list[Hit]:
    return hits(RULES[rule], case(name, account=account, text=text, **fields))


@pytest.mark.parametrize("rule", LEAST)
def test_cases(rule: str) -> None:
    cases = labelled(file_of(rule))
    assert sum(one.expected == "flag" for one in cases) >= 25
    assert sum(one.expected == "none" for one in cases) >= 25
    wrong: list[str] = []
    right = missed = false = 0
    for one in cases:
        answers = hits(RULES[rule], one.case)
        evidence_is_exact(one.case, [hit for hit in answers if all(item.where != "time" for item in hit.evidence)])
        says = verdict(answers)
        right += says == one.expected == "flag"
        missed += one.expected == "flag" != says
        false += says == "flag" != one.expected
        if says != one.expected:
            wrong.append(f"{one}: {says}, not {one.expected}: {one.case.post.text[:80]!r}")
    score = 2 * right / max(1, 2 * right + missed + false)
    print(f"\n{rule}: precision {right / max(1, right + false):.3f}, recall {right / max(1, right + missed):.3f}, F1 {score:.3f}")
    assert score >= LEAST[rule], "\n".join(wrong)


# -- what is computed, with words that leave no doubt ------------------------------------------------------------

HOMEWORK = "Period 2: comment your answer to question 5 right here under this post by Friday, it is your homework grade."
SHOPPING = "Found the cutest boots on sale, 40% off, and bought two pairs! My closet is going to burst."
URGING = "Vote YES on the school budget on May 18! Our kids deserve it, so please vote yes."


def test_an_authorisation_for_instruction_clears_on_its_days_only() -> None:
    for day, expected in (("2026-09-30", "flag"), ("2026-10-01", "cleared"), ("2027-01-31", "cleared"), ("2027-02-01", "flag")):
        answers = found("unsponsored-instruction", "youtube:AFBandRoom", HOMEWORK, created_at=f"{day}T12:00:00-05:00")
        assert verdict(answers) == expected, (day, answers)
    [hit] = found("unsponsored-instruction", "youtube:AFBandRoom", HOMEWORK, created_at="2026-11-03T12:00:00-05:00")
    assert hit.cleared is not None
    assert "Oct 1, 2026" in hit.cleared


@pytest.mark.parametrize(("moment", "expected"), [
    ("2026-10-06T10:15:00-04:00", "flag"),   # a Tuesday, in hours
    ("2026-10-06T14:15:00+00:00", "flag"),   # the same, on another clock
    ("2026-10-06T07:44:00-04:00", "none"),
    ("2026-10-06T15:15:00-04:00", "none"),   # the end is not included
    ("2026-10-10T10:15:00-04:00", "none"),   # a Saturday
    ("2026-11-26T10:15:00-05:00", "none"),   # a holiday
    ("2026-12-29T10:15:00-05:00", "none"),   # a break
    ("2027-07-06T10:15:00-04:00", "none"),   # outside the school year
])
def test_personal_content_counts_in_contract_hours(moment: str, expected: str) -> None:
    assert verdict(found("personal-use", "x:MrBrisket_Math", SHOPPING, created_at=moment)) == expected


def test_the_time_is_evidence_where_it_is_what_counts() -> None:
    [hit] = found("personal-use", "x:MrBrisket_Math", SHOPPING, created_at="2026-10-06T10:15:00-04:00")
    assert [item.quote for item in hit.evidence if item.where == "time"] == ["Tuesday Oct 6, 10:15"]


def test_words_that_say_on_duty_count_at_night_and_without_hours() -> None:
    text = f"{SHOPPING} All of it from my desk while my second period was taking their test, haha."
    for account, name in (("x:MrBrisket_Math", "alder_falls"), ("x:QBMrVance", "quarry_bay")):
        assert verdict(found("personal-use", account, text, name, created_at="2026-10-06T22:15:00-04:00")) == "flag"


def test_only_an_account_of_the_district_may_not_urge() -> None:
    assert verdict(found("electioneering", "x:AlderFallsUFSD", URGING)) == "flag"
    assert verdict(found("electioneering", "x:MrBrisket_Math", URGING)) == "none"


@pytest.mark.parametrize(("rule", "text", "counts"), [
    ("unsponsored-instruction", HOMEWORK, False), ("electioneering", URGING, True),
    ("personal-use", SHOPPING, False),
])
def test_whose_words_a_pure_repost_is(rule: str, text: str, counts: bool) -> None:
    account = "x:AlderFallsUFSD" if rule == "electioneering" else "x:MrBrisket_Math"
    answers = found(rule, account, text, kind="repost", created_at="2026-10-06T10:15:00-04:00",
                    repost_of={"id": "x:9", "account": "x:somebody", "text": text})
    assert verdict(answers) == ("flag" if counts else "none")


def approved_names(name: str) -> tuple[str, Period]:
    row = next(row for row in district(name).approvals.rows if row.what == "student-name" and row.period.until_on)
    return row.value, row.period


def test_an_approved_name_is_cleared_on_its_days_only() -> None:
    name, period = approved_names("alder_falls")
    text = f"Hat trick for our senior {name}! {name} and the varsity team take it 5 to 1."
    inside = found("student-identity", "x:coach_lindqvist", text, created_at=f"{period.until_on}T12:00:00-05:00")
    assert verdict(inside) == "cleared", inside
    assert period.until_on is not None
    after = period.until_on + timedelta(days=1)
    outside = found("student-identity", "x:coach_lindqvist", text, created_at=f"{after}T12:00:00-04:00")
    assert verdict(outside) == "flag"
    assert any(item.quote == name for hit in outside for item in hit.evidence)


def test_words_beside_a_name_say_whose_it_is() -> None:
    pupil = "Overdue book found by third grader Odile Marsh. Thank you for the honesty."
    [hit] = found("student-identity", "x:MrBrisket_Math", pupil)
    assert [item.quote for item in hit.evidence] == ["Odile Marsh"]
    grown = "Overdue book found by third grade teacher Odile Marsh. Thank you for the honesty."
    assert found("student-identity", "x:MrBrisket_Math", grown) == []
    staff = next(row.owner for row in district("alder_falls").register if row.kind == "employee" and " " in row.owner)
    assert found("student-identity", "x:coach_lindqvist", f"Senior {staff} found the book.") == []


def test_a_mailbox_of_the_district_is_no_private_fact() -> None:
    words = "Reed order goes in on Thursday. Tell me your strength and how many by Wednesday night: {}. If you do not know, we talk."
    assert found("confidential-info", "x:MrBrisket_Math", words.format("brisket@afschools.org")) == []
    workspace = with_settings("confidential-info", phrases=["reed order"])
    one = case("alder_falls", account="x:MrBrisket_Math", text=words.format("brisket@afschools.org"))
    assert hits(RULES["confidential-info"], replace(one, workspace=workspace))
    told = "Tomas Vell is failing math with a 41 and is back on the IEP list. Questions to brisket@afschools.org."
    assert verdict(found("confidential-info", "x:MrBrisket_Math", told)) == "flag"


# -- what a policy sets ------------------------------------------------------------------------------------------


def with_settings(rule: str, **settings: Any) -> Workspace:
    workspace = district("alder_falls")
    changed: dict[str, Rule] = dict(workspace.policy.rules)
    changed[rule] = replace(changed[rule], settings=settings)
    return replace(workspace, policies=(replace(workspace.policy, rules=changed),))


def judged(rule: str, workspace: Workspace, text: str) -> list[Hit]:
    return hits(RULES[rule], replace(case("alder_falls", account="x:MrBrisket_Math", text=text), workspace=workspace))


def test_a_phrase_of_the_district_always_counts_and_is_quoted() -> None:
    text = "Quiz Friday.\nTurn it in   on the PURPLE app, everybody."
    assert not judged("unsponsored-instruction", with_settings("unsponsored-instruction"), "Quiz Friday.")
    [hit] = judged("unsponsored-instruction", with_settings("unsponsored-instruction", phrases=["the purple app"]), text)
    assert [item.quote for item in hit.evidence] == ["the PURPLE app"]
    assert hit.confidence >= 0.9


def test_a_threshold_of_the_district_decides() -> None:
    assert judged("unsponsored-instruction", with_settings("unsponsored-instruction", threshold=0.01), HOMEWORK)
    assert not judged("unsponsored-instruction", with_settings("unsponsored-instruction", threshold=0.99999), HOMEWORK)


def test_no_words_are_no_finding() -> None:
    for rule in LEAST:
        assert not found(rule, "x:MrBrisket_Math", "")
        assert not found(rule, "x:MrBrisket_Math", "🎉🎉")


# -- what is not read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "says"), [
    ("Завтра занятий не будет, увидимся в понедельник в нашей школе.", "neither English nor Spanish"),
    ("The library opens at nine. " * 2_000, "only the first 40,000 characters"),
])
def test_what_was_not_read_is_not_checked(text: str, says: str) -> None:
    for rule in ("copyright", "child-safety"):
        with pytest.raises(RollbookError, match=says):
            found(rule, "x:MrBrisket_Math", text)


def test_what_was_found_at_the_beginning_of_a_long_text_stands() -> None:
    assert found("unsponsored-instruction", "x:MrBrisket_Math", HOMEWORK + " The library opens at nine." * 2_000)
