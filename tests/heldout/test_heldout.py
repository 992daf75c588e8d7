"""All text rules over districts that nothing was tuned on, as a user would scan them."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from rollbook.judge import running_rules
from rollbook.scan import posts_file, scan_post
from rollbook.workspace import read_workspace

HERE = Path(__file__).parent
DISTRICTS = ("millrace", "tidewater")
RULES = (
    "district-email", "spokesperson", "student-identity", "confidential-info", "unsponsored-instruction",
    "student-contact", "personal-use", "conduct", "copyright", "child-safety", "electioneering",
)
#: The least F1 of each rule over both districts: some points below what was measured (docs/model-card.md), since one post
#: more or less of 32 to 36 moves it by two.
LEAST = {
    "district-email": 0.99, "spokesperson": 0.93, "student-identity": 0.87, "confidential-info": 0.87,
    "unsponsored-instruction": 0.91, "student-contact": 0.88, "personal-use": 0.80, "conduct": 0.80, "copyright": 0.91,
    "child-safety": 0.82, "electioneering": 0.92,
}
LEAST_MACRO = 0.905
pytestmark = pytest.mark.slow


@cache
def said(district: str) -> dict[str, tuple[frozenset[str], frozenset[str], frozenset[str]]]:
    """By post: the rules that should fire, those that do, and the labels' tags."""
    folder = HERE / district
    workspace = read_workspace(folder)
    rules = running_rules(workspace)
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    expected = {row["id"]: row for row in labels}
    found = {}
    for line in posts_file(folder / "posts.jsonl"):
        assert line.post is not None, line
        judgement = scan_post(line.post, workspace, rules, folder)
        fired = frozenset(item.rule for item in judgement.findings if item.severity != "cleared") & set(RULES)
        row = expected[line.post.id]
        found[line.post.id] = (frozenset(row["expected"]), fired, frozenset(row["tags"]))
    return found


def everything() -> list[tuple[frozenset[str], frozenset[str], frozenset[str]]]:
    return [row for district in DISTRICTS for row in said(district).values()]


def test_each_rule_is_right_as_often_as_was_measured() -> None:
    scores = {}
    for rule in RULES:
        counts = Counter((rule in expected, rule in fired) for expected, fired, _ in everything())
        scores[rule] = 2 * counts[True, True] / (2 * counts[True, True] + counts[True, False] + counts[False, True])
    print({rule: round(score, 3) for rule, score in scores.items()})
    assert {rule: score for rule, score in scores.items() if score < LEAST[rule]} == {}
    assert sum(scores.values()) / len(scores) >= LEAST_MACRO


def test_few_clean_posts_are_flagged() -> None:
    everyday = [bool(fired) for expected, fired, tags in everything() if "everyday" in tags]
    close = [bool(fired) for expected, fired, tags in everything() if "hard-negative" in tags]
    print(f"everyday {sum(everyday)} of {len(everyday)}, close calls {sum(close)} of {len(close)}")
    assert sum(everyday) / len(everyday) <= 0.02
    assert sum(close) / len(close) <= 0.06
