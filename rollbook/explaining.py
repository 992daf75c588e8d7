"""Why each rule did or did not fire for one post: what it looked at, step by step, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rollbook.judge import Judgement, RunningRule, judge, rules_not_run
from rollbook.plugins import Case
from rollbook.policy import Policy
from rollbook.register import may_instruct, may_speak
from rollbook.schoolyear import written
from rollbook.steps import followed
from rollbook.types import Period


@dataclass(frozen=True, slots=True)
class Explained:
    """One rule and one post."""

    rule: str
    #: ``fired``, ``cleared``, ``protected``, ``not checked``, ``nothing found`` or ``not run``.
    outcome: str
    #: Sentences, in order.
    steps: tuple[str, ...]


def explain(case: Case, rules: Sequence[RunningRule]) -> Iterator[Explained]:
    """Each rule of the policy of the post's day, by name; those that did not run last."""
    in_force = case.workspace.policy_on(case.day)
    for running in rules:
        name = running.rule.name
        rule = in_force.rules.get(name)
        if rule is None or not rule.enabled:
            why = "has no such rule" if rule is None else "switches it off"
            yield Explained(name, "not run", (f"The policy of that day ({_version(in_force)}) {why}.",))
            continue
        with followed() as steps:
            judgement = judge(case, [running])
        yield Explained(name, _outcome(judgement), (*steps, *_results(judgement)))
    ran = {running.rule.name for running in rules}
    for name, reason in rules_not_run(case.workspace).items():
        if name not in ran:
            yield Explained(name, "not run", (f"{reason[:1].upper()}{reason[1:]}.",))


def circumstances(case: Case) -> Iterator[str]:
    """What is on record for the account and the moment, in sentences."""
    account, year = case.account, case.workspace.school_year
    local, day = year.local(case.post.created_at), case.day
    who = f"{account.owner or account.key}{f', {account.role}' if account.role else ''}"
    yield f"{account.key}: {'an account of the District' if account.kind == 'district' else 'an employee'} ({who})."
    yield f"Posted on {local:%A}, {written(day)}, at {local:%H:%M} {local:%Z}."
    if account.hours is None:
        yield "Contract hours are not on record."
    else:
        duty = "in" if year.on_duty(account, case.post.created_at) else "outside"
        why = "" if year.is_working_day(day) else ": no working day"
        yield f"That is {duty} contract hours ({account.hours.start:%H:%M} to {account.hours.end:%H:%M}){why}."
    yield _on_record("as spokesperson", account.spokesperson, holds=may_speak(account, day))
    yield _on_record("for instruction", account.instruction, holds=may_instruct(account, day))
    approved = case.post.network in case.workspace.approved_networks
    yield f"The network {case.post.network} is {'' if approved else 'not '}approved for District e-mail."
    yield f"Judged by {_version(case.workspace.policy_on(day))}."


def _on_record(what: str, period: Period | None, *, holds: bool) -> str:
    if period is None:
        return f"No authorisation {what} is on record."
    until = f" until {written(period.until_on)}" if period.until_on else ""
    return f"Authorised {what} from {written(period.from_on)}{until}: {'holds' if holds else 'does not hold'} that day."


def _version(policy: Policy) -> str:
    return f"{policy.id}, version {policy.version}"


def _outcome(judgement: Judgement) -> str:
    if any(finding.severity != "cleared" for finding in judgement.findings):
        return "fired"
    if judgement.dropped:
        return "protected"
    if judgement.findings:
        return "cleared"
    return "not checked" if judgement.unchecked else "nothing found"


def _results(judgement: Judgement) -> Iterator[str]:
    for finding in judgement.findings:
        yield f"{finding.severity}, confidence {finding.confidence:.2f}: {finding.message}"
    for _, category in judgement.dropped:
        yield f"Dropped before anything is stored: protected speech ({category})."
    for item in judgement.unchecked:
        yield f"Not checked: {item.reason}"
