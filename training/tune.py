"""Chooses the thresholds of the exported model on whole districts: posts as real feeds have them, most of them clean.

    python training/tune.py

Posts of the training text are evenly good and bad; a district's are not. ``districts/`` holds invented districts with
their registers, posts and labels, by authors who saw neither the training text nor the program; nothing of them is
trained on. Writes the thresholds into the model's card.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rollbook.judge import RunningRule, judge, running_rules
from rollbook.meaning.encoder import MODEL
from rollbook.plugins import Case
from rollbook.scan import case_of, posts_file
from rollbook.workspace import read_workspace

DISTRICTS = Path(__file__).parent / "districts"
#: What recall weighs, as in ``rollbook calibrate``: a child in danger that is missed weighs four times.
BETA = {"child-safety": 2.0}
#: At most so many everyday posts and near misses of a hundred may be flagged; each beyond costs as much as so much F1.
EVERYDAY, NEAR = (0.01, 3.0), (0.05, 1.0)
#: How far a threshold moves from the one by which labels of posts left out are told best is paid for a little.
STAYS = 0.03
GRID = [number / 100 for number in range(8, 98, 2)]


@dataclass(frozen=True, slots=True)
class Judged:
    """One post: for each rule that asks the model, from which threshold on it fires no more; 0 where it never does."""

    fires_below: Mapping[str, float]
    expected: frozenset[str]
    tags: frozenset[str]


def judged(folder: Path) -> list[Judged]:
    """Every post of a district, as its rules see it whatever the thresholds are."""
    workspace = read_workspace(folder)
    rules = [running for running in running_rules(workspace) if running.analyzer.label]
    labels = map(json.loads, (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines())
    expected = {row["id"]: (frozenset(row["expected"]), frozenset(row["tags"])) for row in labels}
    found = []
    for line in posts_file(folder / "posts.jsonl"):
        if line.post is None:
            raise ValueError(f"{folder.name}, line {line.number}: {line.problem}")
        case = case_of(line.post, workspace, folder)
        fires = {running.rule.name: _fires_below(case, running) for running in rules}
        found.append(Judged(fires, *expected[line.post.id]))
    return found


def _fires_below(case: Case, running: RunningRule) -> float:
    if _sureness(case, running, 2.0):  # by its own means, whatever the model says
        return math.inf
    return _sureness(case, running, 0.0)


def _sureness(case: Case, running: RunningRule, threshold: float) -> float:
    name = running.rule.name
    policies = tuple(
        replace(policy, rules={**policy.rules, name: replace(running.rule, settings={"threshold": threshold})})
        for policy in case.workspace.policies
    )
    findings = judge(replace(case, workspace=replace(case.workspace, policies=policies)), [running]).findings
    return max((item.confidence for item in findings if item.severity != "cleared"), default=0.0)


def chosen(posts: list[Judged], begin: Mapping[str, float]) -> dict[str, float]:
    """The thresholds that together do best, found by changing one at a time."""
    thresholds = dict(begin)
    while True:
        before = dict(thresholds)
        for rule, least in before.items():
            tried = [{**thresholds, rule: one} for one in (*GRID, least)]
            thresholds = max(tried, key=lambda one: score(posts, one, begin))
        if thresholds == before:
            return thresholds


def score(posts: list[Judged], thresholds: Mapping[str, float], begin: Mapping[str, float]) -> float:
    """Mean F-beta of the rules, less what flagged clean posts and moved thresholds cost."""
    scores = [f_score(posts, rule, least, BETA.get(rule, 1.0)) for rule, least in thresholds.items()]
    cost = sum(STAYS * abs(least - begin[rule]) for rule, least in thresholds.items()) / len(thresholds)
    for tag, (most, price) in (("everyday", EVERYDAY), ("hard-negative", NEAR)):
        cost += price * max(0.0, flagged(posts, thresholds, tag) - most)
    return math.fsum(scores) / len(scores) - cost


def f_score(posts: list[Judged], rule: str, least: float, beta: float = 1.0) -> float:
    """F-beta of one rule."""
    right = wrong = missed = 0
    for post in posts:
        fires, holds = post.fires_below[rule] >= least, rule in post.expected
        right, wrong, missed = right + (fires and holds), wrong + (fires and not holds), missed + (holds and not fires)
    whole = (1 + beta**2) * right + beta**2 * missed + wrong
    return (1 + beta**2) * right / whole if whole else 1.0


def flagged(posts: list[Judged], thresholds: Mapping[str, float], tag: str) -> float:
    """The share of clean posts with a tag that some rule fires on."""
    clean = [post for post in posts if tag in post.tags and not post.expected]
    hits = sum(any(post.fires_below[rule] >= least for rule, least in thresholds.items()) for post in clean)
    return hits / max(1, len(clean))


def main() -> int:
    """Chooses, prints and writes the thresholds."""
    posts = [post for folder in sorted(DISTRICTS.iterdir()) if folder.is_dir() for post in judged(folder)]
    file = MODEL / "meaning.json"
    card = json.loads(file.read_text(encoding="utf-8"))
    labels = {"personal-use": "personal"}
    rules = [rule for rule in posts[0].fires_below if rule != "spokesperson"]
    begin = {rule: card["thresholds"][labels.get(rule, rule)] for rule in rules}
    found = chosen(posts, begin)
    for rule, least in found.items():
        card["thresholds"][labels.get(rule, rule)] = least
        print(f"{rule:24} from {least:.2f} on (was {begin[rule]:.2f}), F1 {f_score(posts, rule, least):.3f}")
    for tag in ("everyday", "hard-negative"):
        print(f"{tag}: {flagged(posts, found, tag):.3f} flagged")
    file.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
