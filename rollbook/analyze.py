"""Analyze: runs the rules over what is new in the archive, or whose rule, policy or register changed.

Each rule keeps how far it has judged; a batch is acknowledged whole, so a run that is killed goes on where it was and
stores nothing twice.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from rollbook.archive import schema as t
from rollbook.archive.archive import Archive
from rollbook.archive.posts import with_media
from rollbook.archive.schema import stamp
from rollbook.archive.strangers import other_names
from rollbook.errors import TimeLimit
from rollbook.formats import canonical, finding_json, read_post
from rollbook.judge import Judgement, RunningRule, judge, pictures, running_rules
from rollbook.plugins import Case
from rollbook.types import Account, Media, Post
from rollbook.workspace import Workspace

#: How many posts one batch judges; what a kill may cost is at most one batch, judged again.
BATCH = 500


@dataclass
class Analyzed:
    """What an analysis did."""

    posts: int = 0
    new: int = 0
    ended: int = 0
    unchecked: int = 0
    #: Findings on protected speech that were not stored, by category.
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Row:
    """One post as it stands, to be judged."""

    key: int
    changed_seq: int
    snapshot_seq: int
    state: str
    post: Post


def analyze(
    workspace: Workspace, archive: Archive, *, everything: bool = False, deadline: float | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC), tell: Callable[[Analyzed], None] = lambda done: None,
) -> Analyzed:
    """Judges the posts of the archive; ``everything`` begins again with every rule.

    **Raises** TimeLimit between two batches; PluginError.
    """
    done = Analyzed()
    with archive.store.begin() as connection:
        names = other_names(connection, workspace.register)
    for upto, rules in _by_progress(workspace, archive, everything, names).items():
        _run(workspace, archive, rules, upto, done, names, deadline, clock, tell)
    _end_rules_not_run(workspace, archive, done, clock)
    return done


def _by_progress(
    workspace: Workspace, archive: Archive, everything: bool, names: frozenset[str]
) -> dict[int, dict[str, RunningRule]]:
    """The rules to run, by how far they have judged with the very code, policy and registers of today."""
    with archive.store.begin() as connection:
        known = {row.rule: (row.judged_by, row.upto_seq) for row in connection.execute(select(t.analysis))}
    groups: dict[int, dict[str, RunningRule]] = {}
    for running in running_rules(workspace):
        judged_by, upto = known.get(running.rule.name, ("", 0))
        if everything or judged_by != running.judged_by(workspace, names):
            upto = 0
        groups.setdefault(upto, {})[running.rule.name] = running
    return groups


def _run(
    workspace: Workspace, archive: Archive, rules: Mapping[str, RunningRule], upto: int, done: Analyzed,
    names: frozenset[str], deadline: float | None, clock: Callable[[], datetime], tell: Callable[[Analyzed], None],
) -> None:
    judged_by = {name: running.judged_by(workspace, names) for name, running in rules.items()}
    while True:
        if deadline is not None and time.monotonic() > deadline:
            raise TimeLimit(
                "the time limit was reached between two batches of the analysis; the next run goes on from there"
            )
        with archive.store.begin() as connection:
            rows = _next(connection, upto)
        if not rows:
            return
        batch = _Batch(workspace, archive, list(rules.values()), names, clock())
        with archive.store.begin() as connection:
            stored = _stored(connection, [row.key for row in rows], list(rules))
        for row in rows:
            batch.judge(row, stored.get(row.key, {}))
        batch.commit(judged_by, upto, rows[-1].changed_seq, done)
        upto = rows[-1].changed_seq
        tell(done)


def _next(connection: Connection, upto: int) -> list[_Row]:
    rows = connection.execute(
        select(t.post, t.snapshot.c.body).join(t.snapshot, t.snapshot.c.seq == t.post.c.seq)
        .where(t.post.c.changed_seq > upto).order_by(t.post.c.changed_seq).limit(BATCH)
    ).all()
    return [
        _Row(
            row.post_key,
            row.changed_seq,
            row.seq,
            row.state,
            with_media(connection, row.post_key, read_post(json.loads(row.body))),
        )
        for row in rows
    ]


def _stored(connection: Connection, keys: Sequence[int], rules: Sequence[str]) -> dict[int, dict[str, str]]:
    """The findings that are stored of some posts: id to the hash of its words, empty for one that has ended."""
    found: dict[int, dict[str, str]] = {}
    rows = connection.execute(
        select(t.finding.c.post_key, t.finding.c.finding, t.finding.c.body_sha256, t.finding.c.ended_at)
        .where(t.finding.c.post_key.in_(keys), t.finding.c.rule.in_(rules))
    )
    for row in rows:
        found.setdefault(row.post_key, {})[row.finding] = row.body_sha256 if row.ended_at is None else ""
    return found


class _Batch:
    """One batch of posts, judged and then acknowledged whole."""

    def __init__(
        self, workspace: Workspace, archive: Archive, rules: Sequence[RunningRule], other_names: frozenset[str],
        at: datetime,
    ) -> None:
        self._workspace, self._archive, self._rules, self._at = workspace, archive, rules, stamp(at)
        self._other_names, self._moment = other_names, at
        self._names = [running.rule.name for running in rules]
        self._leaves: list[dict[str, Any]] = []
        self._bodies: list[str] = []
        self._ended: list[dict[str, Any]] = []
        self._unchecked: list[tuple[str, str, str]] = []
        self._dropped: Counter[tuple[str, str]] = Counter()
        self._posts = 0

    def judge(self, row: _Row, stored: dict[str, str]) -> None:
        """Judges one post and compares with what is stored of it."""
        self._posts += 1
        judgement = Judgement()
        if row.state != "gone":
            known = self._workspace.register.get(row.post.account)
            account = known or Account(row.post.account, "employee")
            rules = self._rules
            if known is None and row.post.kind == "profile":
                # Of an account that is not on record only this is asked: whether it should be.
                rules = [running for running in rules if running.analyzer.strangers]
            case = Case(row.post, account, self._workspace, pictures(row.post, self._reader), self._other_names)
            judgement = judge(case, rules)
        for finding in judgement.findings:
            body = canonical(finding_json(finding))
            body_sha256 = hashlib.sha256(body).hexdigest()
            if stored.pop(finding.id, None) != body_sha256:
                self._bodies.append(body.decode("utf-8", "surrogatepass"))
                self._leaves.append({
                    "kind": "finding", "finding": finding.id, "post": finding.post, "account": finding.account,
                    "rule": finding.rule, "severity": finding.severity, "snapshot": row.snapshot_seq, "at": self._at,
                    "body_sha256": body_sha256,
                })
        why = (
            "the post was deleted"
            if row.state == "gone"
            else "the post, a rule or a register changed and it no longer holds"
        )
        self._ended += [
            {"kind": "finding-ended", "finding": name, "post": row.post.id, "at": self._at, "why": why}
            for name, open_body in stored.items() if open_body
        ]
        self._unchecked += [(item.post, item.rule, item.reason) for item in judgement.unchecked]
        self._dropped += judgement.dropped

    def _reader(self, item: Media) -> Callable[[], bytes] | None:
        if item.sha256 is None:
            return None
        sha256 = item.sha256
        return lambda: self._archive.media.read(sha256)

    def commit(self, judged_by: Mapping[str, str], since: int, upto: int, done: Analyzed) -> None:
        """Acknowledges the batch and adds it to the totals."""
        dropped: dict[str, dict[str, int]] = {}
        for (rule, category), count in self._dropped.items():
            dropped.setdefault(rule, {})[category] = count
            done.dropped[category] += count
        self._archive.add_findings(self._leaves, self._bodies, self._moment)
        for leaf in self._ended:
            self._archive.add(leaf)
        self._archive.add({
            "kind": "analysis", "rules": dict(judged_by), "from": since, "upto": upto, "dropped": dropped,
            "unchecked": [list(item) for item in self._unchecked], "at": self._at,
        })
        self._archive.commit()
        done.posts += self._posts
        done.new += len(self._leaves)
        done.ended += len(self._ended)
        done.unchecked += len(self._unchecked)


def _end_rules_not_run(
    workspace: Workspace, archive: Archive, done: Analyzed, clock: Callable[[], datetime]
) -> None:
    """Ends the findings of rules that the policy no longer runs."""
    running = [item.rule.name for item in running_rules(workspace)]
    with archive.store.begin() as connection:
        rows = connection.execute(
            select(t.finding.c.finding, t.post.c.post).join(t.post, t.post.c.post_key == t.finding.c.post_key)
            .where(t.finding.c.ended_at.is_(None), t.finding.c.rule.not_in(running))
        ).all()
    for row in rows:
        archive.add({
            "kind": "finding-ended", "finding": row.finding, "post": row.post, "at": stamp(clock()),
            "why": "the policy no longer runs this rule",
        })
        done.ended += 1
    archive.commit()
