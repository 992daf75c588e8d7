"""The commands that work on the archive: each runs one verb, tells how it goes, and returns the exit code."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import click

from rollbook.analyze import Analyzed, analyze
from rollbook.archive.verify import verify
from rollbook.audit import Audited, audit, open_archive, run_id
from rollbook.collect import Request, collect
from rollbook.errors import ConfigError, TimeLimit
from rollbook.http import Door
from rollbook.importing import chosen, take
from rollbook.misspelt import unread_settings
from rollbook.renewing import renew_due
from rollbook.reporting import Asked, report
from rollbook.strangers import Met, meet
from rollbook.taking import Outcome
from rollbook.telling import (
    analyzed,
    audited_json,
    collected,
    complain,
    imported,
    met,
    outcome_json,
    outcome_line,
    plural,
    progress_to_terminal,
    say,
    say_json,
)
from rollbook.workspace import Workspace, read_workspace


class Teller:
    """Prints a line as each account ends, and a counter on a terminal while posts are judged."""

    def __init__(self, as_json: bool) -> None:
        self._silent = as_json
        self._counting = sys.stderr.isatty() and not as_json

    def outcome(self, outcome: Outcome) -> None:
        """An account's visit ended."""
        if not self._silent:
            say(outcome_line(outcome))

    def progress(self, done: Analyzed) -> None:
        """A batch of posts was judged."""
        if self._counting:
            click.echo(f"\r  {done.posts:,} posts judged", err=True, nl=False)

    def ended(self) -> None:
        """The counter's line is over."""
        if self._counting:
            click.echo("", err=True)


def run_audit(workspace: Workspace, limit_s: float | None, formats: tuple[str, ...], *, as_json: bool) -> int:
    """Collects, analyzes, reports."""
    teller = Teller(as_json)
    _complain_of_settings(workspace)
    if not as_json:
        say(f"{workspace.district.name}: {plural(len(workspace.register), 'account')} on record")
    done = audit(workspace, limit_s=limit_s, formats=formats, tell=teller.outcome, progress=teller.progress)
    teller.ended()
    for problem in done.not_renewed:
        complain(problem)
    if as_json:
        say_json(audited_json(done))
    else:
        _say_audit(done)
    _complain_of_no_account(workspace)
    return done.exit_code


def _say_audit(done: Audited) -> None:
    say(collected(done.outcomes))
    if strangers := met(done.met):
        say(strangers)
    say(analyzed(done.analyzed))
    if done.cut:
        say(f"Cut short: {done.cut}.")
    for path in done.files:
        say(f"Report: {path}")


def _complain_of_settings(workspace: Workspace) -> None:
    for table, problem in unread_settings(workspace):
        complain(f"{workspace.folder / 'district.toml'}, {table}: {problem}")


def _complain_of_no_account(workspace: Workspace) -> None:
    if not len(workspace.register):
        file = workspace.folder / "accounts.csv"
        complain(f"no account is on record yet; add rows to {file} and run this again")


def run_collect(
    workspace: Workspace,
    accounts: tuple[str, ...],
    since: date | None,
    full: bool,
    limit_s: float | None,
    *,
    as_json: bool,
) -> int:
    """Collects only."""
    for key in accounts:
        if workspace.register.get(key) is None:
            raise ConfigError(f"{key!r} is not in the register", expected="the key of a row of accounts.csv")
    _complain_of_settings(workspace)
    teller = Teller(as_json)
    deadline = time.monotonic() + limit_s if limit_s is not None else None
    request = Request(frozenset(accounts), since, full, deadline)
    outcomes: list[Outcome] = []
    strangers = Met()

    def heard(outcome: Outcome) -> None:
        outcomes.append(outcome)
        teller.outcome(outcome)

    unfinished: list[str] = []
    with open_archive(workspace) as archive, Door(workspace.collect, archive) as door:
        unfinished += renew_due(workspace)
        door.wait_until(deadline)
        try:
            collect(workspace, archive, door, request, run_id(), tell=heard)
            if not accounts:
                strangers = meet(workspace, archive, deadline=deadline)
        except TimeLimit as err:
            unfinished.append(str(err))
    for problem in unfinished:
        complain(problem)
    if as_json:
        say_json([outcome_json(outcome) for outcome in outcomes])
    else:
        say(collected(outcomes))
        if told := met(strangers):
            say(told)
    _complain_of_no_account(workspace)
    if all(outcome.code for outcome in outcomes):
        return 4
    return 1 if unfinished or any(outcome.failed for outcome in outcomes) else 0


def run_analyze(workspace: Workspace, everything: bool, *, as_json: bool) -> int:
    """Analyzes only."""
    teller = Teller(as_json)
    with open_archive(workspace) as archive:
        done = analyze(workspace, archive, everything=everything, tell=teller.progress)
    teller.ended()
    if as_json:
        say_json({
            "posts": done.posts, "new": done.new, "ended": done.ended, "not_checked": done.unchecked,
            "protected_speech_dropped": dict(done.dropped),
        })
    else:
        say(analyzed(done))
    return 1 if done.unchecked else 0


def run_import(workspace: Workspace, file: Path, account: str, document: Path | None, *, as_json: bool) -> int:
    """Takes an owner's export in."""
    counting = progress_to_terminal() and not as_json

    def told(done: int, pages: int) -> None:
        if counting:
            click.echo(f"\r  page {done:,} of {pages:,}", err=True, nl=done == pages)

    with chosen(workspace, file, account, document) as export, open_archive(workspace) as archive:
        if not as_json:
            say(f"{file.name}: looked through, {plural(export.pages, 'page')} to take in")
        outcome = take(archive, export, run_id(), tell=told)
        sha256 = export.file.sha256
    if as_json:
        say_json({**outcome_json(outcome), "noted": outcome.noted, "file_sha256": sha256})
    else:
        say(imported(outcome))
        if not export.export.tells_audience:
            say("Who could see a post does not stand in it: ask its owner whether the account was public all the time.")
        for line in outcome.marked:
            complain(line)
    return 1 if outcome.code else 0


def run_report(
    workspace: Workspace,
    period: tuple[datetime | None, datetime | None],
    formats: tuple[str, ...],
    *,
    blurred: bool,
    as_json: bool,
) -> int:
    """Writes a report."""
    since, until = period
    if since and until and until <= since:
        raise ConfigError("--until is not after --since", expected="a period of at least one day")
    with open_archive(workspace) as archive:
        files = report(workspace, archive, Asked(since, until, formats, blurred), datetime.now(UTC))
    if as_json:
        say_json([str(path) for path in files])
    else:
        for path in files:
            say(f"Report: {path}")
    return 0


def run_verify(workspace: Workspace, *, quick: bool, as_json: bool) -> int:
    """Checks the archive."""
    with open_archive(workspace) as archive:
        found = verify(archive, quick=quick, now=datetime.now(UTC))
    if as_json:
        say_json({
            "entries": found.entries, "bytes_read": found.bytes_read,
            "problems": [{"kind": item.kind, "place": item.place, "expected": item.expected, "found": item.found,
                          "rebuildable": item.rebuildable} for item in found.problems],
        })
    else:
        for problem in found.problems:
            say(str(problem))
        what = "since the last clean check" if quick else "in all"
        say(
            f"{plural(found.entries, 'record')} {what}, {found.bytes_read / 1e6:,.1f} MB read: "
            + (plural(len(found.problems), "problem") if found.problems else "everything is as the ledger says")
        )
    return 5 if found.problems else 0


def run_rebuild(workspace: Workspace) -> int:
    """Makes the database again."""
    with open_archive(workspace, afresh=True) as archive:
        seq, _, _ = archive.store.applied()
    say(f"Made the database again from {plural(seq, 'ledger entry', 'ledger entries')}.")
    return 0


def run_sample(directory: Path) -> int:
    """Lays the sample district and audits it while its networks are served on loopback."""
    from rollbook.sample import StandInNetworks, lay, state_for

    state = state_for(directory)
    workspace = read_workspace(lay(directory))
    with StandInNetworks(state) as reroute:
        return run_audit(
            replace(workspace, collect=replace(workspace.collect, reroute=reroute)), None, ("html",), as_json=False
        )
