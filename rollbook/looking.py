"""One look at the profile of an account that nobody registered: asked for, judged in memory, then kept or forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from rollbook.archive import schema as t
from rollbook.archive.accounts import number_of
from rollbook.archive.archive import Archive
from rollbook.archive.posts import known_posts
from rollbook.archive.schema import stamp
from rollbook.budget import budget_of
from rollbook.errors import AccountGone, CollectError, RollbookError
from rollbook.exchange import Exchange
from rollbook.formats import fingerprint, read_post
from rollbook.http import Door
from rollbook.judge import Judgement, RunningRule, judge
from rollbook.linked import ADDRESSES, key_sha256, plain_key
from rollbook.plugins import Case, Collector, Profile, Visit
from rollbook.profiles import Obstacle, obstacle
from rollbook.redaction import hushed
from rollbook.types import Account, Page, Post
from rollbook.workspace import Workspace

#: Of what a month may cost, this part and no more may go to profiles: one in so many. The District's posts come first.
SHARE = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that is not on record, and the newest District post that points at it."""

    key: str
    post: str
    how: str
    #: When it was asked last; empty for never.
    asked_at: str = ""
    #: Why it could not be asked lately; empty where that need not be known.
    closed: str = ""

    @property
    def network(self) -> str:
        """What stands before the first colon of the key."""
        return self.key.partition(":")[0]


class HeldBack:
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


class Look:
    """One look at one account's profile, and the names under which what came of it is remembered."""

    def __init__(
        self, workspace: Workspace, archive: Archive, rules: list[RunningRule], candidate: Candidate,
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace, self._archive, self._rules = workspace, archive, rules
        self._candidate, self._clock = candidate, clock
        #: Hashes of every key of the account that is known by now.
        self.names = {key_sha256(candidate.key)}
        #: The key under which it was kept; empty where it was not.
        self.presents = ""

    def run(self, plugin: Collector, door: Door, held: HeldBack) -> Obstacle | None:
        """Asks, judges, and keeps what is a finding, or gives what kept from looking."""
        try:
            with hushed():
                found = self._ask(plugin, door)
            self.names |= {key_sha256(key) for key in (found.page.account, *found.also)}
            if self._is_on_record(found):
                self._note("on-record")
                return None
            profile = next((post for post in plugin.parse(found.page).posts if post.kind == "profile"), None)
        except CollectError as err:
            return self._failed(plugin, err)
        except RollbookError:
            raise
        except Exception as err:  # a defect in one collector must not cost the run its end
            reason = f"the look at the profile failed itself ({type(err).__name__})"
            return self.not_looked(Obstacle("not-checked", reason))
        judgement = self._judged(profile) if profile is not None else Judgement()
        if judgement.unchecked and not judgement.findings:
            return self.not_looked(Obstacle("not-checked", "the check of the profile failed itself"))
        if profile is None or not judgement.findings:
            self._end(found.page.account, "it no longer presents itself as the District's; its new words were not kept")
            self._note("unlike")
            return None
        if self._is_kept_as_ours(profile):
            self._note("on-record")
            return None
        self._keep(profile, found.page, held)
        self.presents = profile.account
        self._note("presents")
        return None

    def _ask(self, plugin: Collector, door: Door) -> Profile:
        assert plugin.profile is not None
        network = plugin.network
        own = tuple(one for one in self._workspace.register if one.network == network and one.kind == "district")
        budget = budget_of(self._workspace, network)
        # One spelling, so that an account that is linked to in two is one; but case matters in the path of a site.
        key = self._candidate.key if network in ADDRESSES else plain_key(self._candidate.key)
        visit = Visit(
            Account(key, "employee"), {}, None, self._workspace.collect.networks.get(network, {}),
            budget.share("profiles", SHARE) if budget is not None else None, own,
        )
        return plugin.profile(visit, door)

    def _failed(self, plugin: Collector, err: CollectError) -> Obstacle | None:
        kept_from = obstacle(plugin.network, err)
        if isinstance(err, AccountGone):
            self._end(self._candidate.key, "its account is no longer there, or no longer public")
            if kept_from.kind != "not-shown":
                self._note("gone")
                return None
        return self.not_looked(kept_from)

    # -- what it is ----------------------------------------------------------------------------------------------

    def _judged(self, profile: Post) -> Judgement:
        """What the rules say of it: what is kept is what the report shows, and nothing else."""
        return judge(Case(profile, Account(profile.account, "employee"), self._workspace), self._rules)

    def _is_on_record(self, found: Profile) -> bool:
        """Whether it is an account on record under another name: its number, or what it is called by now."""
        register, network = self._workspace.register, self._candidate.network
        if any(key_sha256(account.key) in self.names for account in register):
            return True
        if not found.number:
            return False
        with self._archive.store.begin() as connection:
            return any(
                number_of(connection, account.key) == f"{network}::{found.number}"
                for account in register if account.network == network
            )

    def _is_kept_as_ours(self, profile: Post) -> bool:
        """Whether the archive has this very profile as that of an account on record."""
        with self._archive.store.begin() as connection:
            known = connection.execute(select(t.post.c.account).where(t.post.c.post == profile.id)).scalar()
        return known is not None and self._workspace.register.get(known) is not None

    # -- what stays of it ----------------------------------------------------------------------------------------

    def _keep(self, profile: Post, page: Page, held: HeldBack) -> None:
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
                select(t.post.c.account, t.post.c.content_sha256, t.snapshot.c.body)
                .join(t.snapshot, t.snapshot.c.seq == t.post.c.seq).where(
                    func.lower(t.post.c.account) == account.lower(), t.post.c.kind == "profile",
                    t.post.c.state != "gone",
                )
            ).first()
        if row is not None and self._workspace.register.get(row.account) is None:
            profile = read_post(json.loads(row.body))
            self._archive.add_snapshot({
                "kind": "snapshot", "post": profile.id, "account": row.account, "state": "gone",
                "at": stamp(self._clock()), "content": row.content_sha256, "record": "", "how": why,
            }, profile)

    def not_looked(self, kept_from: Obstacle) -> Obstacle:
        """Notes why the account could not be looked at, where that was not noted lately."""
        if self._candidate.closed != kept_from.reason:
            self._note(kept_from.kind, kept_from.reason)
        return kept_from

    def _note(self, outcome: str, reason: str = "") -> None:
        """Remembers what came of it, under every name of the account."""
        for name in sorted(self.names):
            self._archive.add({
                "kind": "stranger", "key_sha256": name, "post": self._candidate.post, "how": self._candidate.how,
                "at": stamp(self._clock()), "outcome": outcome, "reason": reason,
            })
