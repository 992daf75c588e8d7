"""unregistered-account over labelled profiles of invented districts, and the handles that District posts point at."""

from __future__ import annotations

import time
from typing import Any

import pytest

from rollbook.plugins import Hit, analyzers

from .labelled import Labelled, case, evidence_is_exact, hits, labelled, verdict

RULE = analyzers()["unregistered-account"]
CASES = labelled("unregistered_account")


def found(account: str, text: str, name: str = "alder_falls", **fields: Any) -> list[Hit]:
    filled = {"stranger": True, "kind": "profile", **fields}
    return hits(RULE, case(name, account=account, network=account.partition(":")[0], text=text, **filled))


@pytest.mark.parametrize("one", CASES, ids=str)
def test_case(one: Labelled) -> None:
    answers = hits(RULE, one.case)
    assert verdict(answers) == one.expected, (one.case.post.text, answers)
    if one.case.post.text.partition("\n")[0].strip():
        evidence_is_exact(one.case, answers)


def test_both_kinds_of_cases_are_many() -> None:
    assert sum(one.expected == "flag" for one in CASES) >= 40
    assert sum(one.expected == "none" for one in CASES) >= 40


def test_the_message_says_as_whom_and_whose_handle() -> None:
    [hit] = found("x:afhs_lax", "AFHS Varsity Lacrosse\nScores and buses")
    assert hit.message == (
        "The account x:afhs_lax presents itself as a team of the District, and is not in the register of accounts."
    )
    assert hit.severity_of is None
    [alike] = found("x:A1derFallsUFSD", "Hello")
    assert "looks like, in other characters, that of the registered account x:AlderFallsUFSD" in alike.message
    assert alike.severity_of == "look-alike"


def test_an_account_on_record_is_told_by_its_plain_key() -> None:
    assert not found("x:alderfallsufsd", "Alder Falls UFSD\nNews")
    assert not found("feed:http://afschools.org/news/feed/", "Alder Falls UFSD\nNews")
    assert not found("x:AlderFallsUFSD", "Alder Falls UFSD\nNews", stranger=False)


def test_only_a_profile_is_judged_of_an_account_that_is_not_on_record() -> None:
    assert found("x:afhs_band", "AFHS Band\nConcerts")
    assert not found("x:afhs_band", "AFHS Band\nConcerts", kind="post")


@pytest.mark.parametrize("text", [
    "Emma R\nAFHS varsity soccer | 2027", "ty\nplays soccer for Alder Falls High School", "Mia\nAFHS \N{RIGHT SINGLE QUOTATION MARK}28",
    "leo k\ni'm 16 | Alder Falls High School", "Coach's kid\nAFHS freshman", "Ana\nestudiante en Alder Falls High School",
    "Jo AFHS", "Student teacher at heart\nclass of 2026, AFHS", "AFHS Student Section\nbe loud",
])
def test_a_pupil_is_never_looked_at(text: str) -> None:
    assert not found("instagram:somebody_young", text)


def test_a_repost_of_a_district_account_is_somebody_elses_words() -> None:
    words = {"text": "hi @AlderFal1sUFSD", "mentions": ["AlderFal1sUFSD"], "stranger": False}
    assert found("x:AlderFallsUFSD", words.pop("text"), kind="post", **words)  # type: ignore[arg-type]
    again = {"id": "x:9", "account": "x:other", "text": ""}
    assert not found("x:AlderFallsUFSD", "hi @AlderFal1sUFSD", kind="repost", repost_of=again, **words)


@pytest.mark.parametrize("unit", ["\n", "a-", "official page of the ", "alder falls ", "teacher of ", "x@afschools.org."])
def test_a_hostile_profile_costs_no_time(unit: str) -> None:
    found("x:somebody", "AFHS")  # patterns are made once
    began = time.process_time()
    found("x:somebody", unit * 20_000)
    assert time.process_time() - began < 1.0
