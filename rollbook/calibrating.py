"""Calibrate: learns from reviewers' decisions how much the language model's word is worth in this district.

Everything stays on this machine: the decisions and the posts are read, numbers are written into the workspace. What is
learned is taken where it is better on posts that it had not seen, and left where it is not.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import select

from rollbook.archive import schema as t
from rollbook.archive.archive import to_read
from rollbook.errors import ConfigError, RollbookError
from rollbook.formats import read_post
from rollbook.judge import RunningRule, judge, running_rules
from rollbook.learned import Head, Learned, log_odds, made, write_learned
from rollbook.meaning.acting import head_of
from rollbook.meaning.encoder import encoder, installed, missing
from rollbook.meaning.labels import LABELS, Label
from rollbook.meaning.reading import readings
from rollbook.plugins import Case, analyzers
from rollbook.refitting import FOLDS, Floats, Posts, Refitted, refit
from rollbook.scan import case_of, posts_file
from rollbook.tables import rows
from rollbook.types import Post
from rollbook.workspace import Workspace

#: What a reviewer may decide of a post and a rule. ``missed``: the rule found nothing and should have.
DECISIONS = ("confirmed", "dismissed", "missed")
#: A rule with fewer decisions, or fewer on what is a risk, is left as it is. **Source**: own choice.
LEAST, LEAST_RISKS = 20, 5
#: So many posts beyond those that were decided on are read, the newest ones: some minutes' work.
MOST_OTHERS = 5000
#: What a missed risk weighs beside a false alarm: as much, but for a child in danger, where it weighs four times.
_BETA: Mapping[str, float] = {"child-safety": 2.0}
_COLUMNS = ("post", "rule", "decision")


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What came of one rule."""

    rule: str
    #: How many decisions of each kind there are.
    decisions: Mapping[str, int]
    #: Both heads measured; None where the rule could not be learned.
    refitted: Refitted | None
    taken: bool
    #: Why it was not taken; empty where it was.
    why: str = ""


@dataclass(frozen=True)
class Calibration:
    """What a calibration did."""

    rules: tuple[Calibrated, ...]
    #: Posts that were read, and posts of decisions that are not held.
    posts: int
    unknown: tuple[str, ...]
    #: Where it was written; None where nothing was taken.
    file: Path | None


@dataclass(frozen=True)
class _Row:
    """One post as one rule saw it."""

    post: str
    odds: Floats
    open: bool
    regardless: bool
    fires: bool
    fold: int


def read_decisions(file: Path) -> dict[tuple[str, str], str]:
    """What was decided, by post and rule; rows without a decision are passed over. **Raises** ConfigError.

    A report's CSV of findings with a column ``decision`` added is such a file. Where two rows differ, a risk that
    somebody confirmed is one.
    """
    if not file.is_file():
        raise ConfigError("no such file", file=file, expected="a CSV or XLSX with the columns post, rule and decision")
    found: dict[tuple[str, str], str] = {}
    for row in rows(file, _COLUMNS, _COLUMNS, others=True):
        if not row.text("decision"):
            continue
        key = row.text("post", required="a post's id"), row.text("rule", required="a rule's name")
        decision = row.choice("decision", DECISIONS)
        if found.get(key) in (None, "dismissed"):
            found[key] = decision
    if not found:
        raise ConfigError("no row holds a decision", file=file, expected="confirmed, dismissed or missed in `decision`")
    return found


def calibrate(
    workspace: Workspace, decisions: Mapping[tuple[str, str], str], posts: Path | None, *, dry: bool = False,
    tell: Callable[[int], None] = lambda done: None, today: date | None = None,
) -> Calibration:
    """Learns from decisions on the archive's posts, or on those of a file. **Raises** RollbookError: nothing to read.

    A post without a decision counts as clean for a rule that finds nothing in it; where it finds something, it is
    waiting for its decision and counts for nothing.
    """
    if why := missing():
        raise RollbookError(f"nothing can be learned: {why}")
    day = today or datetime.now(UTC).date()
    rules = [running for running in running_rules(workspace) if running.analyzer.label]
    _refuse_others(decisions, rules)
    wanted = {post for post, _ in decisions}
    seen: dict[str, list[_Row]] = {running.rule.name: [] for running in rules}
    read = set[str]()
    for case in _cases(workspace, posts, wanted):
        read.add(case.post.id)
        for running in rules:
            if row := _seen(case, running):
                seen[running.rule.name].append(row)
        tell(len(read))
    learned = workspace.learned if workspace.learned.model == installed() else Learned(installed())
    heads, notes = dict(learned.heads), dict(learned.made)
    results = []
    for running in rules:
        name = running.rule.name
        mine = {post: decision for (post, rule), decision in decisions.items() if rule == name and post in read}
        result = _learn(running, seen[name], mine, workspace)
        results.append(result)
        if result.taken and result.refitted is not None:
            heads[name] = result.refitted.head
            notes[name] = made(day, *(result.decisions[kind] for kind in DECISIONS))
    any_taken = any(result.taken for result in results)
    file = write_learned(workspace.folder, Learned(installed(), heads, notes)) if any_taken and not dry else None
    return Calibration(tuple(results), len(read), tuple(sorted(wanted - read)), file)


def _refuse_others(decisions: Mapping[tuple[str, str], str], rules: Iterable[RunningRule]) -> None:
    """A decision on a rule that does not ask the model teaches nothing; a rule that is not known is a misspelling."""
    known = set(analyzers())
    for _, rule in decisions:
        if rule not in known:
            raise ConfigError(f"no rule is called {rule!r}", expected=", ".join(sorted(known)))
    if not {rule for _, rule in decisions} & {running.rule.name for running in rules}:
        names = ", ".join(running.rule.name for running in rules)
        raise ConfigError("none of these decisions is on a rule that the language model serves", expected=names)


def _cases(workspace: Workspace, posts: Path | None, wanted: set[str]) -> Iterator[Case]:
    """Every post that was decided on, and some of the others."""
    others = 0
    for post in _posts_of(workspace) if posts is None else _posts_in(posts):
        if post.id not in wanted:
            others += 1
            if others > MOST_OTHERS:
                continue
        yield case_of(post, workspace, posts.parent if posts else workspace.folder)


def _posts_in(file: Path) -> Iterator[Post]:
    if not file.is_file():
        raise ConfigError("no such file", file=file, expected="a file of posts, one JSON object a line")
    for line in posts_file(file):
        if line.post is None:
            raise ConfigError(line.problem, file=file, place=f"line {line.number}", expected="a post")
        yield line.post


def _posts_of(workspace: Workspace) -> Iterator[Post]:
    """The archive's posts of accounts on record as they stand, the newest first."""
    if not (workspace.archive / "index.sqlite3").is_file():
        raise ConfigError(f"{workspace.archive} holds no archive yet",
                          expected="`rollbook audit` first, or the posts by --posts FILE")
    store = to_read(workspace.archive)
    with store.begin() as connection:
        bodies = connection.execute(
            select(t.snapshot.c.body).join(t.post, t.post.c.seq == t.snapshot.c.seq)
            .order_by(t.post.c.created_at.desc(), t.post.c.post)
        )
        for row in bodies:
            post = read_post(json.loads(row.body))
            if workspace.register.get(post.account) is not None:
                yield post
    store.close()


def _seen(case: Case, running: RunningRule) -> _Row | None:
    """What a rule makes of a post: as it is, and if the model were sure of it, and of nothing."""
    judgement = judge(case, [running])
    if judgement.unchecked:
        return None
    label = _label(running)
    reading = max((reading for _, reading in readings(case.post, case.account)), key=lambda one: one.sure(label))
    odds = np.array([log_odds(reading.labels[name]) for name in LABELS])
    words = " ".join(case.post.text.split()).casefold()
    fold = int.from_bytes(hashlib.sha256(words.encode()).digest()[:4]) % FOLDS  # the same words in the same fold
    return _Row(
        case.post.id, odds, _fires(case, running, 0.0), _fires(case, running, 2.0),
        any(finding.severity != "cleared" for finding in judgement.findings), fold,
    )


def _fires(case: Case, running: RunningRule, threshold: float) -> bool:
    """Whether the rule fires where the model's word counts from a threshold on: 0 for always, 2 for never."""
    name = running.rule.name
    policies = tuple(
        replace(policy, rules={**policy.rules, name: replace(
            policy.rules[name], settings={**policy.rules[name].settings, "threshold": threshold}
        )}) if name in policy.rules else policy for policy in case.workspace.policies
    )
    other = replace(case, workspace=replace(case.workspace, policies=policies))
    return any(finding.severity != "cleared" for finding in judge(other, [running]).findings)


def _label(running: RunningRule) -> Label:
    return next(label for label in LABELS if label == running.analyzer.label)


def _learn(
    running: RunningRule, seen: list[_Row], decisions: Mapping[str, str], workspace: Workspace
) -> Calibrated:
    """One rule: a new head where there is enough to learn from."""
    name = running.rule.name
    made_of = Counter(decisions.values())
    counts = {kind: made_of[kind] for kind in DECISIONS}
    if len(decisions) < LEAST or counts["confirmed"] + counts["missed"] < LEAST_RISKS:
        why = f"too few decisions: at least {LEAST} are needed, {LEAST_RISKS} of them on what is a risk"
        return Calibrated(name, counts, None, False, why if decisions else "no decision on it")
    used = [row for row in seen if row.post in decisions or not row.fires]
    posts = Posts(
        np.array([row.odds for row in used]), np.array([row.open for row in used]),
        np.array([row.regardless for row in used]),
        np.array([decisions.get(row.post) in ("confirmed", "missed") for row in used]),
        np.array([row.fold for row in used]),
    )
    if not posts.learnable.any():
        return Calibrated(name, counts, None, False, "the model's word decides none of these posts")
    in_force, threshold = _in_force(running, workspace)
    refitted = refit(
        posts, LABELS, LABELS.index(_label(running)), threshold, in_force, _BETA.get(name, 1.0),
        fixed="threshold" in running.rule.settings,  # what the policy's file says stays
    )
    why = "" if refitted.is_better else f"not better: ahead in {refitted.better_in:.0%} of the resamples"
    return Calibrated(name, counts, refitted, refitted.is_better, why)


def _in_force(running: RunningRule, workspace: Workspace) -> tuple[Head | None, float]:
    """The head that judges today, and the threshold from which on its word counts."""
    head = head_of(workspace.learned, running.rule.name)
    stated = running.rule.settings.get("threshold")
    if stated is not None:
        return (replace(head, threshold=float(stated)) if head else None), float(stated)
    own = running.analyzer.least if running.analyzer.least is not None else encoder().thresholds[_label(running)]
    return head, head.threshold if head else own
