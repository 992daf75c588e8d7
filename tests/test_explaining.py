"""Why each rule did or did not fire: every rule is told, with what decided it, and nothing is found twice."""

from __future__ import annotations

from dataclasses import replace

from rollbook.explaining import Explained, circumstances, explain
from rollbook.judge import running_rules
from rollbook.plugins import Case
from rollbook.steps import followed, step

from .analyzers.labelled import case

SHOPPING = "Found the cutest boots on sale, 40% off, and bought two pairs! My closet is going to burst."


def explained(of: Case) -> dict[str, Explained]:
    return {item.rule: item for item in explain(of, running_rules(of.workspace))}


def test_each_rule_is_told_once_with_its_outcome() -> None:
    of = case("alder_falls", account="x:MrBrisket_Math", text=SHOPPING, created_at="2026-10-06T10:15:00-04:00")
    told = explained(of)
    assert set(told) == set(of.workspace.policy.rules)
    assert told["personal-use"].outcome == "fired"
    assert any("in contract hours on record" in line for line in told["personal-use"].steps)
    assert told["copyright"].outcome == "nothing found"
    assert any("counts from" in line for line in told["copyright"].steps)
    assert "only accounts of the District" in told["electioneering"].steps[0]


def test_a_rule_that_the_policy_of_that_day_lacks_is_told_too() -> None:
    of = case("alder_falls", account="x:MrBrisket_Math", text="Hello.")
    rules = {name: rule for name, rule in of.workspace.policy.rules.items() if name != "conduct"}
    rules["copyright"] = replace(rules["copyright"], enabled=False)
    older = replace(of.workspace.policy, rules=rules)
    later = replace(of.workspace.policy, in_force_from=of.post.created_at.date().replace(year=2030))
    told = explained(replace(of, workspace=replace(of.workspace, policies=(older, later))))
    assert (told["conduct"].outcome, told["copyright"].outcome) == ("not run", "not run")
    assert "has no such rule" in told["conduct"].steps[0]
    assert "switches it off" in told["copyright"].steps[0]


def test_the_circumstances_are_what_is_on_record_that_day() -> None:
    of = case("alder_falls", account="youtube:AFBandRoom", text="Hello.", created_at="2026-11-26T10:15:00-05:00")
    lines = list(circumstances(of))
    assert any("no working day" in line for line in lines)
    assert any(line.startswith("Authorised for instruction from Oct 1, 2026") and "holds that day" in line for line in lines)
    assert "No authorisation as spokesperson is on record." in lines


def test_steps_are_kept_only_while_somebody_follows() -> None:
    step("unheard")
    with followed() as steps:
        step("heard")
    step("unheard again")
    assert steps == ["heard"]
