"""Doctor: what is configured, reachable, expired or missing, before a run finds out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from rollbook.archive import schema as t
from rollbook.archive.archive import to_read
from rollbook.budget import budget_of
from rollbook.errors import ArchiveError, Busy, CollectError, ConfigError
from rollbook.granted import SOON, read_granted, standings
from rollbook.http import Door, Limits
from rollbook.judge import rules_not_run, running_rules
from rollbook.learned import NAME as LEARNED
from rollbook.meaning.encoder import installed
from rollbook.misspelt import unread_settings
from rollbook.plugins import Visit, collectors
from rollbook.renewing import renew_due
from rollbook.types import Account
from rollbook.workspace import Workspace

#: Below this much free disk a run may fail half way: two full WARC files.
FREE_BYTES = 2 * 1024**3
#: A capture this old means that nobody runs the schedule.
STALE = timedelta(days=8)
#: Somebody waits before the screen: one try of each account, and no waiting for a network that asks for it.
_LIMITS = Limits(read_s=15.0, call_s=30.0, patience_s=0.0, attempts=1)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the examination."""

    what: str
    ok: bool
    says: str


def examine(workspace: Workspace) -> Iterator[Check]:
    """Looks at everything in turn."""
    now = datetime.now(UTC)
    yield Check(
        "workspace", True, f"{workspace.district.name}, policy {workspace.policy.id} of {workspace.policy.version}"
    )
    yield _disk(workspace)
    yield _clock(now)
    yield from _archive(workspace, now)
    yield from _rules(workspace)
    yield from _learned(workspace)
    for table, problem in unread_settings(workspace):
        yield Check(table, False, problem)
    if not len(workspace.register):
        yield Check("accounts", False, "no account is on record; add rows to accounts.csv")
    yield from _renewals(workspace)
    waiting = set[str]()
    yield from _accounts(workspace, waiting)
    yield from _credentials(workspace, now, waiting)
    yield from _budgets(workspace)
    yield from _expiring(workspace, now)


def _disk(workspace: Workspace) -> Check:
    place = next(folder for folder in (workspace.archive, *workspace.archive.parents) if folder.is_dir())
    for folder in (place, workspace.folder):
        if not os.access(folder, os.W_OK):
            return Check("disk", False, f"{folder} may not be written by the user who runs this")
    free = shutil.disk_usage(place).free
    return Check("disk", free >= FREE_BYTES, f"{free / 1e9:,.1f} GB free where the archive lies")


def _clock(now: datetime) -> Check:
    return Check(
        "clock",
        now.year >= 2026,
        f"{now:%Y-%m-%d %H:%M} UTC" + ("" if now.year >= 2026 else "; this machine's clock is wrong"),
    )


def _archive(workspace: Workspace, now: datetime) -> Iterator[Check]:
    from sqlalchemy import func, select

    if not (workspace.archive / "index.sqlite3").is_file():
        yield Check("archive", True, "none yet; the first audit makes it")
        return
    try:
        store = to_read(workspace.archive)
    except (Busy, ArchiveError) as err:
        yield Check("archive", False, str(err))
        return
    with store.begin() as connection:
        posts = connection.execute(select(func.count()).select_from(t.post)).scalar() or 0
        last = connection.execute(select(func.max(t.visit.c.ended_at)).where(t.visit.c.code == "")).scalar()
        checked = connection.execute(select(func.max(t.verified.c.at))).scalar()
    store.close()
    yield Check("archive", True, f"{posts:,} posts; last clean check {checked or 'never: run `rollbook verify`'}")
    if last is None:
        yield Check("last visit", False, "no visit has finished yet")
    else:
        age = now - t.moment(last)
        yield Check("last visit", age < STALE, f"{last}" + ("" if age < STALE else "; is the schedule running?"))


def _rules(workspace: Workspace) -> Iterator[Check]:
    for running in running_rules(workspace):
        yield Check(f"rule {running.rule.name}", True, f"{running.rule.clause.cite}, {running.rule.severity}")
    for name, why in rules_not_run(workspace).items():
        yield Check(f"rule {name}", False, why)


def _learned(workspace: Workspace) -> Iterator[Check]:
    """What was learned from the district's decisions, and whether it is of the model that is installed."""
    learned = workspace.learned
    if learned.heads:
        is_current = learned.model == installed()
        says = f"learned for {', '.join(sorted(learned.heads))}"
        yield Check(LEARNED, is_current, says if is_current else
                    f"{says}, of another version of the language model, and not used; run `rollbook calibrate` again")


def _renewals(workspace: Workspace) -> Iterator[Check]:
    """Renews what is due, as a run does: an account must not fail for a token that the next run renews."""
    try:
        read_granted(workspace)
    except ConfigError as err:
        yield Check("access.json", False, str(err))
        return
    yield from (Check("renewal", False, problem) for problem in renew_due(workspace))


def _accounts(workspace: Workspace, waiting: set[str]) -> Iterator[Check]:
    """How each account answers; the keys of those that wait for a token or key are added to ``waiting``."""
    with Door(workspace.collect, limits=_LIMITS) as door:
        for account in workspace.register:
            problem = ""
            try:
                _reach(workspace, account, door)
            except CollectError as err:
                problem = err.cause
                waiting |= {account.key} if err.code == "no-credential" else set()
            except Exception as err:  # a defect in one collector must not keep the other accounts from being looked at
                problem = f"the collector failed: {type(err).__name__}: {err}; please report this"
            yield Check(account.key, not problem, door.without_secrets(problem) or "answers")


def _reach(workspace: Workspace, account: Account, door: Door) -> None:
    """Asks for the first page of an account; nothing is archived. **Raises** CollectError."""
    plugin = collectors().get(account.network)
    if plugin is None:
        known = ", ".join(sorted(collectors()))
        raise CollectError(f"no collector reads {account.network!r}; expected one of {known}")
    settings = workspace.collect.networks.get(account.network, {})
    visit = Visit(account, {}, datetime.now(UTC), settings, budget_of(workspace, account.network))
    for page in islice(plugin.collect(visit, door), 1):
        plugin.parse(page)


def _credentials(workspace: Workspace, now: datetime, waiting: Collection[str]) -> Iterator[Check]:
    """Every credential that the register's networks need: there, missing, ending soon or expired.

    One that is missing is left out where the line of an account that waits for it has told already.
    """
    try:
        rows = standings(workspace, workspace.school_year.local(now).date())
    except ConfigError:
        return  # as _renewals says
    networks = {key.partition(":")[0] for key in waiting}
    for row in rows:
        is_told = row.account in waiting if row.account else row.network in networks
        if row.state != "missing" or not is_told:
            yield Check(row.name, row.state == "there", row.says())


def _budgets(workspace: Workspace) -> Iterator[Check]:
    """What is left to read this month on networks that bill for it."""
    for network in sorted(workspace.collect.networks):
        try:
            budget = budget_of(workspace, network)
            if budget is not None:
                yield Check(f"budget of {network}", budget.left() > 0, budget.says())
        except CollectError as err:
            yield Check(f"budget of {network}", False, err.cause)


def _expiring(workspace: Workspace, now: datetime) -> Iterator[Check]:
    today = workspace.school_year.local(now).date()
    for account in workspace.register:
        for what, period in (("spokesperson", account.spokesperson), ("instruction", account.instruction)):
            end = period.until_on if period else None
            if end is not None and today <= end <= today + SOON:
                yield Check(account.key, False, f"the authorisation ({what}) ends on {end}")
