"""spokesperson over labelled cases of invented districts: every cell of the rule catalogue and each close call."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.guardrail import protected
from rollbook.plugins import Hit, analyzers
from rollbook.text import voice

from .labelled import Labelled, case, evidence_is_exact, hits, labelled, verdict

RULE = analyzers()["spokesperson"]
CASES = labelled("spokesperson")
FLAGGED = [one for one in CASES if one.expected == "flag" and not one.wrong]
#: A case that the rule learns fails as an unexpected pass: take its mark ``wrong`` away then.
KNOWN = pytest.mark.xfail(reason="known to be wrong")


def found(account: str, text: str, name: str = "alder_falls", **fields: Any) -> list[Hit]:
    return hits(RULE, case(name, account=account, text=text, **fields))


@pytest.mark.parametrize("one", [pytest.param(one, marks=[KNOWN] * one.wrong, id=str(one)) for one in CASES])
def test_case(one: Labelled) -> None:
    answers = hits(RULE, one.case)
    assert verdict(answers) == one.expected, (one.case.post.text, answers)
    evidence_is_exact(one.case, answers)


def test_few_cases_are_known_to_be_wrong() -> None:
    assert sum(one.wrong for one in CASES) * 25 <= len(CASES)
    assert sum(one.expected == "flag" for one in CASES) >= 200


def test_the_guardrail_takes_no_statement_away() -> None:
    dropped = [
        one for one in FLAGGED
        if protected(one.case.post, one.case.account, one.case.workspace.district) is not None
    ]
    assert len(dropped) <= 1, [one.case.post.text for one in dropped]


def test_the_quick_look_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [verdict(hits(RULE, one.case)) for one in CASES]
    monkeypatch.setattr(voice, "may_speak_as_institution", lambda *_, **__: True)
    assert [verdict(hits(RULE, one.case)) for one in CASES] == quick


STATEMENT = "AFHS regrets the scheduling error and will correct every transcript."


@pytest.mark.parametrize(("created_at", "expected"), [
    ("2026-06-30T23:30:00-04:00", "flag"),  # the day before it starts
    ("2026-07-01T03:30:00+00:00", "flag"),  # still the day before on the District's clock
    ("2026-07-01T00:10:00-04:00", "cleared"),
    ("2026-12-31T23:59:00-05:00", "cleared"),  # the last day counts
    ("2027-01-01T04:30:00+00:00", "cleared"),  # still the last day on the District's clock
    ("2027-01-01T00:10:00-05:00", "flag"),
])
def test_an_authorisation_counts_on_the_districts_own_days(created_at: str, expected: str) -> None:
    assert verdict(found("x:PrincipalThackeray", STATEMENT, created_at=created_at)) == expected


def test_what_is_cleared_says_why() -> None:
    [hit] = found("x:PrincipalThackeray", STATEMENT)
    assert hit.cleared == "authorised as spokesperson since Jul 1, 2026."


def test_the_message_says_what_is_missing() -> None:
    [hit] = found("x:MrBrisket_Math", STATEMENT)
    assert "apologises" in hit.message
    assert "Oct 6, 2026" in hit.message


def test_a_repost_is_somebody_elses_words() -> None:
    assert not found("x:MrBrisket_Math", STATEMENT, kind="repost")


def test_a_quote_is_judged_on_what_was_added() -> None:
    quoted = {"id": "x:1", "account": "x:AlderFallsUFSD", "text": STATEMENT}
    assert not found("x:MrBrisket_Math", "Good to see.", kind="quote", quote_of=quoted)
    assert found("x:MrBrisket_Math", "We stand by this. The district will do better.", kind="quote", quote_of=quoted)


def test_a_statement_on_a_picture_counts() -> None:
    picture = [{"type": "image", "alt": "White card: Official statement from AFHS. The concert is cancelled."}]
    [hit] = found("x:MrBrisket_Math", "Please read.", media=picture)
    assert [item.where for item in hit.evidence] == ["alt:0"]


def test_evidence_is_the_sentence_and_not_the_post() -> None:
    text = "What a week. On behalf of the district I apologize for the late buses. See you Monday."
    [hit] = found("x:MrBrisket_Math", text)
    assert [item.quote for item in hit.evidence] == ["On behalf of the district I apologize for the late buses."]
