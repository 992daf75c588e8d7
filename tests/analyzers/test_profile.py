"""profile over labelled profiles of accounts on record."""

from __future__ import annotations

import pytest

from rollbook.plugins import analyzers

from .labelled import Labelled, case, evidence_is_exact, hits, labelled, verdict

RULE = analyzers()["profile"]
CASES = labelled("profile")


@pytest.mark.parametrize("one", CASES, ids=str)
def test_case(one: Labelled) -> None:
    answers = hits(RULE, one.case)
    assert verdict(answers) == one.expected, (one.case.post.text, answers)
    evidence_is_exact(one.case, answers)


def test_each_question_has_an_answer_of_its_own() -> None:
    text = "Tobin Brisket\nOfficial spokesperson for Alder Falls UFSD, tbrisket@afschools.org"
    messages = [hit.message for hit in hits(RULE, case("alder_falls", account="x:MrBrisket_Math", network="x", kind="profile", text=text))]
    assert len(messages) == 3
    for part in ("tbrisket@afschools.org", "no authorisation as spokesperson", "lacks the disclaimer"):
        assert any(part in message for message in messages)


def test_posts_and_strangers_are_not_its_business() -> None:
    assert not hits(RULE, case("alder_falls", account="x:MrBrisket_Math", network="x", text="Math."))
    assert not hits(RULE, case("alder_falls", account="x:nobody", network="x", kind="profile", text="Math.", stranger=True))
