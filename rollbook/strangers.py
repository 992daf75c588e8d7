"""Strangers: the accounts that nobody registered and that the District's own posts point at.

Only the public profile is asked for, as anybody may or by a key or token of the District's own through the network's
interface, and only posts of the District's own accounts are followed. What comes back is held in memory until the rule
has judged it (``looking.py``): a profile that does not present itself as the District's is forgotten, and no more is
kept than a hash, so that it is not asked again too soon (docs/decisions/strangers.md).
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from rollbook.archive import schema as t
from rollbook.archive.archive import Archive
from rollbook.archive.schema import stamp
from rollbook.archive.strangers import Remembered, other_names, remembered
from rollbook.errors import TimeLimit
from rollbook.formats import read_post
from rollbook.http import Door, Limits
from rollbook.judge import running_rules
from rollbook.linked import ADDRESSES, key_sha256, plain_key
from rollbook.looking import Candidate, HeldBack, Look
from rollbook.plugins import collectors
from rollbook.profiles import Obstacle, no_way
from rollbook.text.ownsites import is_known_site
from rollbook.text.pointing import pointed_at
from rollbook.types import Account, Post
from rollbook.workspace import Workspace

#: A profile that could not be read is asked for again after this time: its server may be back tomorrow.
_FAILED_AGAIN = timedelta(days=1)
#: A server that is slow or busy is asked another day: nothing of the District's waits for it.
_LIMITS = Limits(call_s=30.0, patience_s=30.0, attempts=2)
#: After this time no further profile is asked for: the analysis that follows is what the run is for.
_ASKING_S = 300.0


@dataclass
class Met:
    """What looking at strangers came to."""

    #: How many profiles were asked for.
    asked: int = 0
    #: The accounts that present themselves as the District's.
    presenting: list[str] = field(default_factory=list)
    #: How many could not be looked at, by the reason.
    not_checked: Counter[str] = field(default_factory=Counter)


def meet(
    workspace: Workspace, archive: Archive, *, deadline: float | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Met:
    """Looks at the profiles of accounts that District posts point at and that are not on record.

    **Raises** TimeLimit between two of them; ArchiveError, PluginError.
    """
    met = Met()
    rules = [running for running in running_rules(workspace) if running.analyzer.strangers]
    if not rules or not workspace.collect.unregistered_per_run:
        return met
    with archive.store.begin() as connection:
        due = sorted(_due(connection, workspace, clock()), key=lambda one: (one.network in ADDRESSES, one.asked_at))
    closed, looked = dict[str, Obstacle](), set[str]()
    held, until = HeldBack(), time.monotonic() + _ASKING_S
    with Door(workspace.collect, held, limits=_LIMITS) as door:
        door.wait_until(deadline)
        for one in due:
            if key_sha256(one.key) in looked:  # another name of one that was looked at
                continue
            plugin, look = collectors().get(one.network), Look(workspace, archive, rules, one, clock)
            if plugin is None or plugin.profile is None:
                closed.setdefault(one.network, no_way(one.network, plugin))
            kept_from: Obstacle | None
            if one.network in closed:
                kept_from = look.not_looked(closed[one.network])
            elif plugin is None or met.asked >= workspace.collect.unregistered_per_run or time.monotonic() > until:
                continue
            else:
                if deadline is not None and time.monotonic() > deadline:
                    archive.commit()
                    raise TimeLimit("the time limit was reached before every unregistered account was looked at")
                kept_from = look.run(plugin, door, held)
                held.forget()
                met.asked += kept_from is None or kept_from.kind != "closed"
            _count(met, look, one, kept_from, closed)
            looked |= look.names
    archive.commit()
    return met


def _count(met: Met, look: Look, one: Candidate, kept_from: Obstacle | None, closed: dict[str, Obstacle]) -> None:
    if look.presents:
        met.presenting.append(look.presents)
    if kept_from is None:
        return
    if kept_from.kind == "closed":
        closed[one.network] = kept_from
    if kept_from.reason != one.closed:
        met.not_checked[kept_from.reason] += 1


def _due(connection: Connection, workspace: Workspace, now: datetime) -> Iterator[Candidate]:
    """The accounts to ask now, the most newly met first."""
    known, ours = remembered(connection), other_names(connection, workspace.register)
    again, failed = stamp(now - timedelta(days=workspace.collect.unregistered_again_days)), stamp(now - _FAILED_AGAIN)
    seen = {plain_key(account.key) for account in workspace.register}
    for post, account in _district_posts(connection, workspace):
        for one in pointed_at(post, account):
            if plain_key(one.key) in seen:
                continue
            seen.add(plain_key(one.key))
            candidate, name = Candidate(one.key, post.id, one.how), key_sha256(one.key)
            if candidate.network in ADDRESSES and is_known_site(one.key, workspace.register, workspace.district):
                continue
            row = known.get(name)
            if row is not None:
                if not _is_due(row, again, failed):
                    continue
                closed = row.reason if row.outcome == "closed" and row.asked_at >= again else ""
                candidate = replace(candidate, asked_at=row.asked_at, closed=closed)
            elif name in ours:
                continue
            yield candidate


def _is_due(row: Remembered, again: str, failed: str) -> bool:
    """A network that was closed is tried each time: as long as it is, that asks nobody."""
    return row.outcome == "closed" or row.asked_at < (failed if row.outcome == "not-checked" else again)


def _district_posts(connection: Connection, workspace: Workspace) -> Iterator[tuple[Post, Account]]:
    """What the District's own accounts say now, their profiles too, newest first."""
    ours = {account.key: account for account in workspace.register if account.kind == "district"}
    rows = connection.execute(
        select(t.post.c.account, t.snapshot.c.body).join(t.snapshot, t.snapshot.c.seq == t.post.c.seq)
        .where(t.post.c.account.in_(ours), t.post.c.state != "gone").order_by(t.post.c.created_at.desc())
    )
    for row in rows:
        yield read_post(json.loads(row.body)), ours[row.account]
