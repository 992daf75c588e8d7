"""Judging one post: the rules that run, what they say of it, and the guardrail that decides before anything is stored.

A finding that rests on protected speech leaves a count by category and nothing else. A check that could not be
finished, or that failed itself, is "not checked", never "nothing found".
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rollbook.errors import RollbookError
from rollbook.formats import canonical, finding_id
from rollbook.guardrail import protected
from rollbook.plugins import Analyzer, Case, Hit, NotChecked, Picture, analyzers
from rollbook.policy import Rule
from rollbook.types import Finding, Media, Post, Unchecked
from rollbook.workspace import Workspace


@dataclass
class Judgement:
    """What the rules say of one post."""

    findings: list[Finding] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)
    #: Findings that were dropped as protected speech, by rule and category.
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class RunningRule:
    """A rule that a version of the policy has switched on, and the analyzer that serves it."""

    #: As the newest version that runs it has it; a post is judged by the version of its own day.
    rule: Rule
    analyzer: Analyzer

    def judged_by(self, workspace: Workspace, other_names: frozenset[str] = frozenset()) -> str:
        """SHA-256 of all that its judgement rests on: code, policy, registers, installed weights, other names."""
        names = [sorted(other_names)] if self.analyzer.strangers and other_names else []
        return hashlib.sha256(canonical([
            self.rule.name, self.analyzer.version, self.analyzer.rests_on(), workspace.judged_by, *names,
        ])).hexdigest()


def running_rules(workspace: Workspace) -> list[RunningRule]:
    """The rules that are both switched on and served by an analyzer, by name. **Raises** PluginError."""
    found = []
    for name, analyzer in analyzers().items():
        for policy in reversed(workspace.policies):
            rule = policy.rule(name)
            if rule is not None:
                found.append(RunningRule(rule, analyzer))
                break
    return found


def rules_not_run(workspace: Workspace) -> dict[str, str]:
    """The rules that a reader might expect and that did not run, each with the reason."""
    served = analyzers()
    found = {}
    for name, rule in workspace.policy.rules.items():
        if not rule.enabled:
            found[name] = "switched off in the policy file"
        elif name not in served:
            found[name] = "no analyzer serves it yet"
    for name in served:
        if name not in workspace.policy.rules:
            found[name] = "the policy has no such rule"
    return found


def judge(case: Case, rules: Sequence[RunningRule]) -> Judgement:
    """Runs rules over one post."""
    judgement = Judgement()
    category: str | None = None
    asked = False
    in_force = case.policy
    for running in rules:
        rule = in_force.rule(running.rule.name)
        if rule is None:  # the policy of that day had no such rule
            continue
        for answer in _answers(running, case):
            if isinstance(answer, NotChecked):
                judgement.unchecked.append(Unchecked(case.post.id, case.account.key, rule.name, answer.reason))
                continue
            if rule.protected == "drop" and answer.cleared is None:
                if not asked:
                    category, asked = protected(case.post, case.account, case.workspace.district), True
                if category is not None:
                    judgement.dropped[rule.name, category] += 1
                    continue
            judgement.findings.append(_finding(case, rule, answer))
    return judgement


def _answers(running: RunningRule, case: Case) -> list[Hit | NotChecked]:
    answers: list[Hit | NotChecked] = []
    try:
        answers.extend(running.analyzer.analyze(case))
    except RollbookError as err:
        answers.append(NotChecked(f"{err}."))
    except Exception as err:  # a check that crashed is not a check that found nothing
        answers.append(NotChecked(f"the check itself failed ({type(err).__name__}: {err}); please report this"))
    return answers


def _finding(case: Case, rule: Rule, hit: Hit) -> Finding:
    severity = rule.severities.get(hit.severity_of, rule.severity) if hit.severity_of else rule.severity
    message = hit.message if hit.cleared is None else f"{hit.message} Cleared: {hit.cleared}"
    return Finding(
        id=finding_id(case.post, rule.name, hit.evidence), post=case.post.id, account=case.account.key,
        rule=rule.name, clause=rule.clause.cite, severity="cleared" if hit.cleared is not None else severity,
        confidence=hit.confidence, message=message, evidence=hit.evidence,
    )


def pictures(post: Post, read: Callable[[Media], Callable[[], bytes] | None]) -> tuple[Picture, ...]:
    """The images of a post; ``read`` gives for each how its bytes are read, or None where they are not held."""
    return tuple(
        Picture(index, item, read(item)) for index, item in enumerate(post.media) if item.type == "image"
    )
