"""Has the report of a period gathered from the archive, and each format written.

A period is a time of *observation*: a post made before it and captured in it is news in it, so nothing falls between
two reports.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from rollbook import __version__
from rollbook.archive import schema as t
from rollbook.archive.archive import Archive
from rollbook.archive.schema import moment, stamp
from rollbook.errors import ConfigError
from rollbook.gathering import Gatherer
from rollbook.judge import rules_not_run
from rollbook.period import ArchiveState, PeriodReport, Previous
from rollbook.plugins import Report, reports
from rollbook.types import SEVERITIES
from rollbook.workspace import Workspace


@dataclass(frozen=True)
class Asked:
    """Which report a person asked for."""

    since: datetime | None = None
    until: datetime | None = None
    formats: tuple[str, ...] = ("html",)
    blurred: bool = True


def writers_of(formats: Sequence[str]) -> list[Report]:
    """What writes each of some formats. **Raises** ConfigError where one is unknown, or none is named."""
    known = reports()
    for format in formats or ("",):
        if format not in known:
            raise ConfigError(f"no report is written as {format!r}", expected=", ".join(sorted(known)))
    return [known[format] for format in formats]


def report(workspace: Workspace, archive: Archive, asked: Asked, now: datetime) -> list[Path]:
    """Writes the report of a period and records that it was made. **Raises** ConfigError, ArchiveError."""
    writers = writers_of(asked.formats)
    period = gather(workspace, archive, asked, now)
    workspace.reports.mkdir(parents=True, exist_ok=True)
    local = workspace.school_year.local(now)
    stem = workspace.reports / f"rollbook-{local:%Y-%m-%d-%H%M%S}"
    files = [path for writer in writers for path in writer.write(period, stem)]
    counts = dict.fromkeys(SEVERITIES[:-1], 0)
    for item in period.findings:
        if item.standing != "ended":
            counts[item.finding.severity] += 1
    archive.add({
        "kind": "report", "at": stamp(now), "since": stamp(period.since) if period.since else None,
        "until": stamp(period.until), "files": [path.name for path in files], "open": counts,
        "aside": asked.since is not None or asked.until is not None,
    })
    archive.commit()
    return files


def gather(workspace: Workspace, archive: Archive, asked: Asked, now: datetime) -> PeriodReport:
    """Everything that the report of a period says."""
    until = asked.until or now
    with archive.store.begin() as connection:
        previous = _previous(connection, until)
        since = asked.since or (previous.until if previous else None)
        gatherer = Gatherer(workspace, archive.media, connection, since, until, asked.blurred)
        findings = gatherer.findings()
        return PeriodReport(
            district=workspace.district.name, policy=workspace.policy, timezone=workspace.school_year.timezone.key,
            since=since, until=until, made_at=now, version=__version__, previous=previous,
            findings=tuple(item for item in findings if item.finding.severity != "cleared"),
            cleared=tuple(sorted(
                (item for item in findings if item.finding.severity == "cleared" and item.standing != "ended"),
                key=lambda item: item.post.created_at, reverse=True,
            )),
            not_checked=gatherer.not_checked(), changes=gatherer.changes(), completeness=gatherer.completeness(),
            dropped=gatherer.dropped(), archive=_state(connection), rules_not_run=rules_not_run(workspace),
            blurred=asked.blurred, new_posts=gatherer.new_posts(),
        )


def _previous(connection: Connection, until: datetime) -> Previous | None:
    """The last report before a period ends: a later one is of another period, or of a clock that was set back."""
    row = connection.execute(
        select(t.report).where(t.report.c.aside == 0, t.report.c.until <= stamp(until))
        .order_by(t.report.c.seq.desc()).limit(1)
    ).one_or_none()
    return Previous(moment(row.made_at), moment(row.until), json.loads(row.open)) if row else None


def _state(connection: Connection) -> ArchiveState:
    def count(table: Any) -> int:
        return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)

    row = connection.execute(select(t.applied)).one_or_none()
    return ArchiveState(row.seq if row else 0, count(t.post), count(t.media), row.chain if row else "")
