"""A district whose posts point at accounts that nobody registered: what a run makes of them, and what is kept."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from rollbook.analyze import analyze
from rollbook.archive.archive import Archive
from rollbook.archive.verify import verify
from rollbook.collect import Request, collect, parse_page
from rollbook.http import Door
from rollbook.init import Answers, lay
from rollbook.period import PeriodReport
from rollbook.plugins import collectors
from rollbook.register import Register
from rollbook.reporting import Asked, gather
from rollbook.strangers import Met, meet
from rollbook.types import Account
from rollbook.workspace import CollectSettings, District, School, Workspace, read_workspace

from . import standin
from .standin import StandInNetwork

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
PRIVATE = ("Quillon Vane", "I knit badgers in Ohio")


def laid(folder: Path, network: StandInNetwork, patch: pytest.MonkeyPatch, reroute: Mapping[str, str]) -> Workspace:
    """A district with an office and a teacher on the stand-in's network; other networks are where ``reroute`` says."""
    list(lay(folder, Answers("Larkmoor Central School District", accounts=("standin:office", "standin:teacher"))))
    known = {**collectors(), "standin": standin.collector(network)}
    patch.setattr("rollbook.collect.collectors", lambda: known)
    accounts = (Account("standin:office", "district"), Account("standin:teacher", "employee"))
    return replace(
        read_workspace(folder), register=Register({account.key: account for account in accounts}),
        district=District("Larkmoor Central School District", ("Larkmoor",), schools=(School("Ashgrove High School", ("AHS",)),)),
        collect=CollectSettings(30, "", (ip_network("127.0.0.0/8"),), dict(reroute)),
    )


def says(network: StandInNetwork, number: int, *, by: str = "office", **parts: Any) -> None:
    """A post of one of the accounts on record, with what it points at."""
    network.add(by, number, f"Note {number}")
    network.posts[by][-1] = replace(network.posts[by][-1], **parts)


def run(workspace: Workspace, *, now: datetime = NOW, afresh: bool = False, deadline: float | None = None) -> tuple[Met, PeriodReport]:
    with Archive(workspace.archive, operator="test", parse=parse_page, afresh=afresh) as archive:
        with Door(workspace.collect, archive) as door:
            collect(workspace, archive, door, Request(), "run", clock=lambda: now, sleep=lambda seconds: None)
        met = meet(workspace, archive, clock=lambda: now, deadline=deadline)
        analyze(workspace, archive, clock=lambda: now)
        assert verify(archive, quick=False, now=now).problems == ()
        return met, gather(workspace, archive, Asked(), now + timedelta(minutes=1))


def everything_kept(workspace: Workspace) -> bytes:
    """Every byte of the archive, captures unpacked."""
    found = b""
    for path in sorted(workspace.archive.rglob("*")):
        if path.is_file():
            found += gzip.decompress(path.read_bytes()) if path.name.endswith(".warc.gz") else path.read_bytes()
    return found


def findings(report: PeriodReport, standing: str = "new") -> list[tuple[str, str]]:
    return [(item.finding.account, item.post.text) for item in report.findings if item.finding.rule == "unregistered-account" and item.standing == standing]
