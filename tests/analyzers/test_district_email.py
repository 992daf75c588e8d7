"""district-email over labelled cases of invented districts: every cell of the rule catalogue and each close call."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.plugins import Hit, analyzers

from .labelled import Labelled, case, evidence_is_exact, hits, labelled, verdict

RULE = analyzers()["district-email"]
CASES = labelled("district_email")


def found(account: str, text: str, name: str = "alder_falls", **fields: Any) -> list[Hit]:
    return hits(RULE, case(name, account=account, text=text, **fields))


@pytest.mark.parametrize("one", CASES, ids=str)
def test_case(one: Labelled) -> None:
    answers = hits(RULE, one.case)
    assert verdict(answers) == one.expected, (one.case.post.text, answers)
    evidence_is_exact(one.case, answers)


def test_cases_hold_both_answers_in_number() -> None:
    assert sum(one.expected == "flag" for one in CASES) >= 100
    assert sum(one.expected == "none" for one in CASES) >= 60


def test_one_finding_a_distinct_address_with_every_place() -> None:
    text = "tbrisket@afschools.org, again: T.Brisket@afschools.org, and tbrisket (at) afschools (dot) org"
    answers = found("x:MrBrisket_Math", text, links=["mailto:tbrisket%40afschools.org"])
    assert [[item.where for item in hit.evidence] for hit in answers] == [["text", "text", "link:0"], ["text"]]
    assert [item.quote for item in answers[0].evidence] == [
        "tbrisket@afschools.org", "tbrisket (at) afschools (dot) org", "tbrisket%40afschools.org",
    ]


def test_a_role_mailbox_takes_the_severity_of_its_own() -> None:
    by_address = {hit.evidence[0].quote: hit.severity_of for hit in found(
        "x:AFHS_Herons", "athletics@afschools.org athletics+bus@afschools.org coach.lind@afschools.org",
    )}
    assert by_address == {
        "athletics@afschools.org": "role-mailbox", "athletics+bus@afschools.org": "role-mailbox",
        "coach.lind@afschools.org": None,
    }


def test_a_disguise_is_less_sure_and_said() -> None:
    [plain] = found("x:MrBrisket_Math", "tbrisket@afschools.org")
    [disguised] = found("x:MrBrisket_Math", "tbrisket [at] afschools [dot] org")
    assert plain.confidence > disguised.confidence > 0.5
    assert "disguised" in disguised.message
    assert "tbrisket@afschools.org" in disguised.message
    assert "X" in plain.message
    assert "not approved" in plain.message


def test_the_profile_is_named_as_the_place() -> None:
    [hit] = found("x:MrBrisket_Math", "Tobin Brisket\ntbrisket@afschools.org", kind="profile")
    assert [item.where for item in hit.evidence] == ["profile"]


@pytest.mark.parametrize("account", ["feed:https://www.afschools.org/news/feed", "wiki:https://wiki.afschools.org/"])
def test_the_districts_own_site_is_no_network(account: str) -> None:
    assert not found(account, "info@afschools.org", kind="page")


def test_an_employees_feed_elsewhere_is_one() -> None:
    assert found("feed:https://mrspellsblog.example/rss", "hpell@afschools.org", kind="page")


def test_letters_of_other_scripts_are_quoted_as_they_stand() -> None:
    text = "📚📚 tbrisket@аfsсhооls.org 📚"
    [hit] = found("x:MrBrisket_Math", text)
    [item] = hit.evidence
    assert (item.quote, item.start, item.end) == ("tbrisket@аfsсhооls.org", 3, 25)
