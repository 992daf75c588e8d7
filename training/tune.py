"""Chooses the thresholds of the exported model on whole districts: posts as real feeds have them, most of them clean.

    python training/tune.py [--authors A,B]

Posts of the training text are evenly good and bad; a district's are not. ``districts/`` holds invented districts with
their registers, posts and labels, by authors who saw neither the training text nor the program; nothing of them is
trained on. Then chooses from where on the sieve lets a text pass: on the same posts, and on those of authors whom the
network has not seen. Writes both into the model's card.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from corpus import examples
from disturb import disturbed

from rollbook.judge import RunningRule, judge, running_rules
from rollbook.meaning.encoder import MODEL, encoder
from rollbook.meaning.labels import LABELS
from rollbook.meaning.reading import begun, introduction
from rollbook.plugins import Case, analyzers
from rollbook.scan import case_of, posts_file
from rollbook.workspace import read_workspace

DISTRICTS = Path(__file__).parent / "districts"
#: What recall weighs: a child in danger that is missed weighs nine times as much as a wrong finding.
BETA = {"child-safety": 3.0}
#: At most so many everyday posts and near misses of a hundred may be flagged; each beyond costs as much as so much F1.
EVERYDAY, NEAR = (0.01, 1.0), (0.05, 0.3)
#: How far a threshold moves, from the one by which labels of posts left out are told best to the one chosen here: those
#: posts are thousands, and the districts small. What is gravest when missed moves the whole way. **Source**: chosen on
#: two districts, tried on the two others, six ways: mean F1 .883 half the way, .879 where none moves, .873 wholly.
MOVES = 0.5
WHOLLY = ("child-safety", "conduct")
#: Of the texts in which the layers find something so many may be lost by the sieve (where recall weighs more a text
#: counts as many times), and of one label's; how far below that it begins, since those that it was chosen on are few.
MOST_LOST, MOST_OF_ONE, MARGIN = 0.004, 0.008, 0.1
#: How many of a label's texts are given up in one step, tried.
STEPS = (1, 2, 3, 5, 8)
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
            thresholds = max(tried, key=lambda one: score(posts, one))
        if thresholds == before:
            return thresholds


def moved(begin: Mapping[str, float], to: Mapping[str, float]) -> dict[str, float]:
    """The thresholds, as far on their way as they go."""
    shares = {rule: 1.0 if rule in WHOLLY else MOVES for rule in begin}
    return {rule: round(begin[rule] + (to[rule] - begin[rule]) * share, 2) for rule, share in shares.items()}


def score(posts: list[Judged], thresholds: Mapping[str, float]) -> float:
    """Mean F-beta of the rules, less what flagged clean posts cost."""
    scores = [f_score(posts, rule, least, BETA.get(rule, 1.0)) for rule, least in thresholds.items()]
    cost = 0.0
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


def sieved(texts: Iterable[tuple[str, str, str]], thresholds: Mapping[str, float]) -> dict[str, float]:
    """By label, the sieve's logit from which on a text is read, so that few are lost in which something is found.

    A text is lost where no label lets it pass. Beginning where none is, the label is given up a little further by
    which, for each text lost, most others need not be read.
    """
    looks, finds = [], []
    for text, before, answered in texts:
        for stretch in begun(text, before, answered):
            read = encoder().read(stretch)
            looks.append(stretch.first_look)
            finds.append([float(read.labels[label]) >= thresholds[label] for label in LABELS])
    asked = [number for number, label in enumerate(LABELS) if label not in ("protected", "grave")]
    look, find = np.array(looks)[:, asked], np.array(finds)[:, asked]
    weighs = (find * [BETA.get(LABELS[number], 1.0) ** 2 for number in asked]).max(axis=1)
    others = ~find.any(axis=1)
    held = [np.sort(look[find[:, place], place]) for place in range(len(asked))]

    def cost(given_up: Sequence[int]) -> tuple[float, float, int]:
        """What is lost of all, the largest share that is of one label, and how many of the others are read."""
        least = [logits[up] for logits, up in zip(held, given_up, strict=True)]
        passed = (look >= least).any(axis=1)
        share = (find[~passed].sum(axis=0) / np.maximum(find.sum(axis=0), 1)).max()
        return float(weighs[~passed].sum()), float(share), int(passed[others].sum())

    given_up = [0] * len(asked)
    lost, _, read_too = cost(given_up)
    while True:
        tried = []
        for place, step in product(range(len(asked)), STEPS):
            further = given_up.copy()
            further[place] += step
            if further[place] < len(held[place]):
                its_lost, share, its_read = cost(further)
                if its_lost <= MOST_LOST * weighs.sum() and share <= MOST_OF_ONE and its_read < read_too:
                    tried.append(((read_too - its_read) / (its_lost - lost + 0.5), further))
        if not tried:
            break
        given_up = max(tried)[1]
        lost, _, read_too = cost(given_up)
    print(f"sieve: {lost / weighs.sum():.4f} of what is found lost, {read_too / others.sum():.3f} of the others read")
    return {LABELS[number]: round(float(logits[up]) - MARGIN, 3)
            for number, logits, up in zip(asked, held, given_up, strict=True)}


def texts_of(authors: set[str]) -> Iterator[tuple[str, str, str]]:
    """Text, introduction and what is answered: of the districts' posts, and of authors' training posts.

    Every second one comes once more, disfigured: what people hide shall pass too.
    """
    chance = random.Random(11)
    for number, (text, before, answered) in enumerate(_as_written(authors)):
        yield text, before, answered
        if number % 2:
            yield "".join(letter for letter, _ in disturbed(text, chance)), before, answered


def _as_written(authors: set[str]) -> Iterator[tuple[str, str, str]]:
    for folder in sorted(DISTRICTS.iterdir()):
        workspace = read_workspace(folder)
        for line in posts_file(folder / "posts.jsonl"):
            if line.post is not None:
                case = case_of(line.post, workspace, folder)
                answered = case.post.reply_to or case.post.quote_of
                yield case.post.text, introduction(case.post, case.account), answered.text if answered else ""
    yield from ((post.text, post.introduction, post.to) for post in examples() if post.author in authors)


def main(arguments: Sequence[str]) -> int:
    """Chooses, prints and writes the thresholds."""
    parser = argparse.ArgumentParser(prog="tune.py", description=__doc__.splitlines()[0])
    parser.add_argument("--authors", default="", help="whom the network has not seen")
    options = parser.parse_args(arguments)
    posts = [post for folder in sorted(DISTRICTS.iterdir()) if folder.is_dir() for post in judged(folder)]
    file = MODEL / "meaning.json"
    card = json.loads(file.read_text(encoding="utf-8"))
    labels = {"personal-use": "personal"}
    rules = [rule for rule in posts[0].fires_below if rule != "spokesperson"]
    begin = {rule: card["thresholds"][labels.get(rule, rule)] for rule in rules}
    found = moved(begin, chosen(posts, begin))
    for rule, least in found.items():
        card["thresholds"][labels.get(rule, rule)] = least
        print(f"{rule:24} from {least:.2f} on (was {begin[rule]:.2f}), F1 {f_score(posts, rule, least):.3f}")
    for tag in ("everyday", "hard-negative"):
        print(f"{tag}: {flagged(posts, found, tag):.3f} flagged")
    card["thresholds"] |= {str(one.label): one.least for one in analyzers().values() if one.least is not None}
    card["sieve"] = sieved(texts_of(set(options.authors.split(","))), card["thresholds"])
    file.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
