"""Audit: the main job, the only line that a scheduler needs. Collects, analyzes, reports; says what is left open."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rollbook.analyze import Analyzed, analyze
from rollbook.archive.archive import Archive
from rollbook.collect import Request, collect, parse_page
from rollbook.errors import TimeLimit
from rollbook.http import Door
from rollbook.renewing import renew_due
from rollbook.reporting import Asked, report, writers_of
from rollbook.strangers import Met, meet
from rollbook.taking import Outcome
from rollbook.workspace import Workspace


@dataclass
class Audited:
    """What an audit did, and the exit code that a monitor reads."""

    outcomes: list[Outcome] = field(default_factory=list)
    #: What came of looking at accounts that nobody registered.
    met: Met = field(default_factory=Met)
    analyzed: Analyzed = field(default_factory=Analyzed)
    files: list[Path] = field(default_factory=list)
    #: A sentence for each token that could not be renewed.
    not_renewed: list[str] = field(default_factory=list)
    #: The time limit's sentence; empty when there was time enough.
    cut: str = ""

    @property
    def failed(self) -> list[Outcome]:
        """The accounts that could not be read to the end."""
        return [outcome for outcome in self.outcomes if outcome.failed]

    @property
    def exit_code(self) -> int:
        """0 done; 1 an account, a token or a check is unfinished; 4 nothing could be collected."""
        if all(outcome.code for outcome in self.outcomes):
            return 4
        return 1 if self.failed or self.cut or self.not_renewed or self.analyzed.unchecked else 0


def open_archive(workspace: Workspace, *, afresh: bool = False) -> Archive:
    """The workspace's archive, held for writing. **Raises** Busy, ArchiveError."""
    return Archive(workspace.archive, operator=workspace.district.name, parse=parse_page, afresh=afresh)


def audit(
    workspace: Workspace, *, limit_s: float | None = None, formats: tuple[str, ...] = ("html",),
    tell: Callable[[Outcome], None] = lambda outcome: None, progress: Callable[[Analyzed], None] = lambda done: None,
) -> Audited:
    """Collects, analyzes and reports. **Raises** Busy, ArchiveError, ConfigError, PluginError."""
    deadline = time.monotonic() + limit_s if limit_s is not None else None
    done = Audited()
    writers_of(formats)  # a wrong one is told before hours of collecting, not after
    with open_archive(workspace) as archive:
        done.not_renewed = list(renew_due(workspace))
        try:
            with Door(workspace.collect, archive) as door:
                door.wait_until(deadline)

                def heard(outcome: Outcome) -> None:
                    done.outcomes.append(outcome)
                    tell(outcome)

                collect(workspace, archive, door, Request(deadline=deadline), run_id(), tell=heard)
            done.met = meet(workspace, archive, deadline=deadline)
            done.analyzed = analyze(workspace, archive, deadline=deadline, tell=progress)
        except TimeLimit as err:
            done.cut = str(err)
        done.files = report(workspace, archive, Asked(formats=formats), datetime.now(UTC))
    return done


def run_id() -> str:
    """Names one run in the ledger."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
