"""Strangers: the accounts that nobody registered and that the District's own posts point at.

Only the public profile is asked for, without any login, and only posts of the District's own accounts are followed.
What comes back is held in memory until the rule has judged it: a profile that does not present itself as the District's
is forgotten, and no more is kept than a hash, so that it is not asked again too soon (docs/decisions/strangers.md).
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
from rollbook.archive.posts import known_posts
from rollbook.archive.schema import stamp
from rollbook.archive.strangers import remembered
from rollbook.errors import AccountGone, CollectError, RollbookError, TimeLimit
from rollbook.exchange import Exchange
from rollbook.formats import fingerprint, read_post
from rollbook.http import Door, Limits
from rollbook.judge import RunningRule, judge, running_rules
from rollbook.linked import plain_key
from rollbook.plugins import Case, Collector, Visit, collectors
from rollbook.text.handles import key_sha256
from rollbook.text.pointing import pointed_at
from rollbook.types import Account, Page, Post
from rollbook.workspace import Workspace

#: A profile that could not be read is asked for again after this time: its server may be back tomorrow.
_FAILED_AGAIN = timedelta(days=1)
#: A server that is slow or busy is asked another day: nothing of the District's waits for it.
_LIMITS = Limits(call_s=30.0, patience_s=30.0, attempts=2)
#: After this time no further profile is asked for: the analysis that follows is what the run is for.
_ASKING_S = 300.0
#: Why the profiles of a network are not looked at.
_NO_LOGIN = "profiles on {} are shown after a login or to holders of a key only, and Rollbook looks as anybody may"
#: Networks whose names are not their key with a capital letter.
_NAMES = {"youtube": "YouTube", "tiktok": "TikTok"}


@dataclass
class Met:
    """What looking at strangers came to."""

    #: How many profiles were asked for.
    asked: int = 0
    #: The accounts that present themselves as the District's.
    presenting: list[str] = field(default_factory=list)
    #: How many could not be looked at, by the reason.
    not_checked: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An account that is not on record, and the newest District post that points at it."""

    key: str
    post: str
    how: str
    #: When it was asked last; empty for never.
    asked_at: str = ""


class _HeldBack:
    """A Sink that keeps exchanges in memory: the archive gets them once it is decided that it may."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def record(self, exchange: Exchange) -> str:
        """Takes one exchange; its number stands for the record that it may become."""
        self.exchanges.append(exchange)
        return str(len(self.exchanges) - 1)

    def forget(self) -> None:
        """Drops everything."""
        self.exchanges.clear()

    def release(self, archive: Archive) -> list[str]:
        """Hands everything over. **Shape**: record ids, in the order of the exchanges."""
        return [archive.record(exchange) for exchange in self.exchanges]


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
    now = clock()
    with archive.store.begin() as connection:
        due = sorted(_due(connection, workspace, now), key=lambda one: one.asked_at)
    held, until = _HeldBack(), time.monotonic() + _ASKING_S
    with Door(workspace.collect, held, limits=_LIMITS) as door:
        door.wait_until(deadline)
        for one in due:
            network = one.key.partition(":")[0]
            plugin = collectors().get(network)
            look = _Look(workspace, archive, rules, one, clock)
            if plugin is None or plugin.profile is None:
                look.not_checked(met, _NO_LOGIN.format(_NAMES.get(network, network.capitalize())))
            elif met.asked < workspace.collect.unregistered_per_run and time.monotonic() < until:
                if deadline is not None and time.monotonic() > deadline:
                    archive.commit()
                    raise TimeLimit("the time limit was reached before every unregistered account was looked at")
                met.asked += 1
                look.run(met, plugin, door, held)
                held.forget()
    archive.commit()
    return met


def _due(connection: Connection, workspace: Workspace, now: datetime) -> Iterator[_Candidate]:
    """The accounts to ask now, the most newly met first."""
    known = remembered(connection)
    again, failed = stamp(now - timedelta(days=workspace.collect.unregistered_again_days)), stamp(now - _FAILED_AGAIN)
    seen = {plain_key(account.key) for account in workspace.register}
    for post, account in _district_posts(connection, workspace):
        for one in pointed_at(post, account):
            if plain_key(one.key) in seen:
                continue
            seen.add(plain_key(one.key))
            candidate = _Candidate(one.key, post.id, one.how)
            row = known.get(key_sha256(one.key))
            if row is None:
                yield candidate
            elif row.asked_at < (failed if row.outcome == "not-checked" and not _is_lasting(row.reason) else again):
                yield replace(candidate, asked_at=row.asked_at)


def _is_lasting(reason: str) -> bool:
    """Whether trying tomorrow would be no use."""
    return reason.endswith(_NO_LOGIN.partition("{}")[2])


def _district_posts(connection: Connection, workspace: Workspace) -> Iterator[tuple[Post, Account]]:
    """What the District's own accounts say now, their profiles too, newest first."""
    ours = {account.key: account for account in workspace.register if account.kind == "district"}
    rows = connection.execute(
        select(t.post.c.account, t.snapshot.c.body).join(t.snapshot, t.snapshot.c.seq == t.post.c.seq)
        .where(t.post.c.account.in_(ours), t.post.c.state != "gone").order_by(t.post.c.created_at.desc())
    )
    for row in rows:
        yield read_post(json.loads(row.body)), ours[row.account]


class _Look:
    """One look at one account's profile."""

    def __init__(
        self, workspace: Workspace, archive: Archive, rules: list[RunningRule], candidate: _Candidate,
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace, self._archive, self._rules = workspace, archive, rules
        self._candidate, self._clock = candidate, clock

    def run(self, met: Met, plugin: Collector, door: Door, held: _HeldBack) -> None:
        """Asks, judges, and keeps what is a finding."""
        try:
            page = self._ask(plugin, door)
            profile = next((post for post in plugin.parse(page).posts if post.kind == "profile"), None)
        except AccountGone:
            self._end(self._candidate.key, "its account is no longer there")
            return self._note("gone")
        except CollectError as err:
            return self.not_checked(met, f"the profile could not be read ({err.code})")
        except RollbookError:
            raise
        except Exception as err:  # a defect in one collector must not cost the run its end
            return self.not_checked(met, f"the look at the profile failed itself ({type(err).__name__})")
        if profile is None or not self._presents(profile):
            self._end(page.account, "it no longer presents itself as the District's; its new words were not kept")
            return self._note("unlike", also=page.account)
        if self._is_on_record(profile):
            return self._note("on-record", also=page.account)
        self._keep(profile, page, held)
        met.presenting.append(profile.account)
        return self._note("presents", also=page.account)

    def _ask(self, plugin: Collector, door: Door) -> Page:
        assert plugin.profile is not None
        settings = self._workspace.collect.networks.get(plugin.network, {})
        visit = Visit(Account(self._candidate.key, "employee"), {}, None, settings)
        return plugin.profile(visit, door)

    def _presents(self, profile: Post) -> bool:
        """Whether it is a finding: what is kept is what the report shows, and nothing else."""
        account = Account(profile.account, "employee")
        return bool(judge(Case(profile, account, self._workspace), self._rules).findings)

    def _is_on_record(self, profile: Post) -> bool:
        """Whether the network's own name of the profile is that of an account on record, under another handle."""
        with self._archive.store.begin() as connection:
            known = connection.execute(select(t.post.c.account).where(t.post.c.post == profile.id)).scalar()
        return known is not None and self._workspace.register.get(known) is not None

    def _keep(self, profile: Post, page: Page, held: _HeldBack) -> None:
        with self._archive.store.begin() as connection:
            known = known_posts(connection, [profile.id]).get(profile.id)
        content, at = fingerprint(profile), stamp(page.fetched_at)
        if known is None or known.state == "gone" or known.latest != content:
            record = held.release(self._archive)[int(page.record_id)]
            again = known is not None and known.state == "gone"
            self._archive.add_snapshot({
                "kind": "snapshot", "post": profile.id, "account": profile.account,
                "state": "new" if known is None else "edited", "at": at, "content": content, "record": record,
                "how": "seen again after it was gone" if again else "",
            }, profile)
        self._archive.commit(seen={at: [profile.id]})

    def _end(self, account: str, why: str) -> None:
        """A profile that was kept and is no longer to be: its finding ends."""
        with self._archive.store.begin() as connection:
            row = connection.execute(
                select(t.post.c.content_sha256, t.snapshot.c.body).join(t.snapshot, t.snapshot.c.seq == t.post.c.seq)
                .where(t.post.c.account == account, t.post.c.kind == "profile", t.post.c.state != "gone")
            ).first()
        if row is not None and self._workspace.register.get(account) is None:
            profile = read_post(json.loads(row.body))
            self._archive.add_snapshot({
                "kind": "snapshot", "post": profile.id, "account": account, "state": "gone",
                "at": stamp(self._clock()), "content": row.content_sha256, "record": "", "how": why,
            }, profile)

    def not_checked(self, met: Met, reason: str) -> None:
        """Notes that the account could not be looked at, and why."""
        met.not_checked[reason] += 1
        self._note("not-checked", reason)

    def _note(self, outcome: str, reason: str = "", *, also: str = "") -> None:
        """Remembers what came of it; ``also`` under the name that the network gives, where a DID was asked for."""
        one = self._candidate
        for name in dict.fromkeys(key_sha256(key) for key in (one.key, also) if key):
            self._archive.add({
                "kind": "stranger", "key_sha256": name, "post": one.post, "how": one.how,
                "at": stamp(self._clock()), "outcome": outcome, "reason": reason,
            })
