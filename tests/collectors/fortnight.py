"""Days of visits of one account into a real archive: each event once, nothing twice, no secret anywhere."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from sqlalchemy import select

from rollbook.archive.archive import Archive
from rollbook.archive.posts import captures, versions
from rollbook.archive.schema import post, snapshot, visit
from rollbook.archive.verify import verify
from rollbook.collect import Outcome, Request, collect, parse_page
from rollbook.http import Clock, Door, Limits
from rollbook.importing import chosen, take
from rollbook.init import Answers, lay
from rollbook.reporting import Asked, gather
from rollbook.workspace import CollectSettings, Workspace, read_workspace

#: Noon of the first day, where a test does not care.
FIRST = datetime(2026, 10, 1, 12, tzinfo=UTC)


class Day(Clock):
    """A clock that a test moves; nobody waits."""

    def __init__(self, at: datetime) -> None:
        self.at, self.slept_s = at, 0.0

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept_s += seconds

    def monotonic(self) -> float:
        return self.slept_s


def opened(workspace: Workspace, *, afresh: bool = False) -> Archive:
    """The workspace's archive; ``afresh``: its database is made again from the captures."""
    return Archive(workspace.archive, operator="test", parse=parse_page, afresh=afresh)


def visited(
    workspace: Workspace, at: datetime, request: Request | None = None, limits: Limits | None = None
) -> Outcome:
    """A visit of the only account, after which the archive is whole and the completeness table tells how it went."""
    clock, limits = Day(at), limits or Limits(interval_s=0)
    with opened(workspace) as archive, Door(workspace.collect, archive, limits=limits, clock=clock) as door:
        asked = request or Request()
        (outcome,) = collect(workspace, archive, door, asked, "run", clock=clock.now, sleep=lambda seconds: None)
        problems = verify(archive, quick=False, now=at).problems
        assert problems == (), problems
        (line,) = gather(workspace, archive, Asked(), at).completeness
    assert (line.code, line.problem, line.marked) == (outcome.code, outcome.problem, len(outcome.marked))
    assert (line.failing_since is None) == (outcome.code == "")
    return outcome


def each_once(workspace: Workspace, visits: list[Outcome], imports: list[Outcome], *, afresh: bool) -> list[Any]:
    """Every version in the archive: those that the visits and imports told of, each once, and each visit once."""
    with opened(workspace, afresh=afresh) as archive, archive.store.begin() as connection:
        listed = select(visit.c.code, visit.c.new, visit.c.edited, visit.c.gone, visit.c.marked).order_by(visit.c.seq)
        held = [(*row[:4], json.loads(row.marked)) for row in connection.execute(listed)]
        told = select(
            snapshot.c.seq, post.c.post, post.c.kind, snapshot.c.state, snapshot.c.content_sha256, snapshot.c.body
        ).join(post, post.c.post_key == snapshot.c.post_key).order_by(snapshot.c.seq)
        rows = [tuple(row) for row in connection.execute(told)]
    assert held == [(made.code, made.new, made.edited, made.gone, made.marked) for made in visits]
    states = [state for _, _, kind, state, *_ in rows if kind != "profile" or state != "new"]
    for state in ("new", "edited", "gone"):
        assert states.count(state) == sum(getattr(made, state) for made in (*visits, *imports)), state
    last: dict[str, tuple[str, str]] = {}
    for _, name, _, state, content, _ in rows:
        before = last.get(name)
        assert (state == "new") == (before is None), f"{name} is new twice"
        assert before is None or before[1] != content or {state, before[0]} == {"gone", "edited"} or (
            (before[0], state) == ("new", "gone")), f"{name} has one version twice"
        last[name] = state, content
    return rows


class Fortnight:
    """A district with one account, visited once a day or whenever the test says so."""

    def __init__(
        self, folder: Path, account: str, settings: Mapping[str, Any] | None = None,
        reroute: Mapping[str, str] | None = None, first: datetime = FIRST, *, look_back_days: int = 30,
        limits: Limits | None = None,
    ) -> None:
        self.folder, self.account, self.first, self.now = folder / "district", account, first, first
        self.limits, self.outcomes = limits, list[Outcome]()
        self.imports: list[Outcome] = []
        list(lay(self.folder, Answers("Invented District", accounts=(account,))))
        networks = {account.partition(":")[0]: dict(settings or {})}
        allow = (ip_network("127.0.0.0/8"),)
        collecting = CollectSettings(look_back_days, "", allow, dict(reroute or {}), networks)
        self.workspace = replace(read_workspace(self.folder), collect=collecting)

    def on(self, day: int) -> Outcome:
        """The visit of the nth day after the first."""
        self.now = self.first + timedelta(days=day)
        self.outcomes.append(visited(self.workspace, self.now, limits=self.limits))
        return self.outcomes[-1]

    def visit(self) -> tuple[str, int, int, int]:
        """The visit of the next day: its code, and how many posts were new, edited and gone."""
        made = self.on((self.now - self.first).days + 1)
        return made.code, made.new, made.edited, made.gone

    @property
    def codes(self) -> list[str]:
        """How the visits ended, one after the other."""
        return [made.code for made in self.outcomes]

    def taken(self, file: Path) -> Outcome:
        """Takes an owner's export in."""
        with chosen(self.workspace, file, self.account) as export, opened(self.workspace) as archive:
            self.imports.append(take(archive, export, "run", clock=lambda: self.now))
            assert verify(archive, quick=False, now=self.now).problems == ()
        return self.imports[-1]

    def take(self, file: Path) -> tuple[int, int]:
        """Takes an owner's export in: how many posts were new and edited."""
        made = self.taken(file)
        assert made.code == ""
        return made.new, made.edited

    def sources(self, name: str) -> set[str]:
        """From where the captures of a post come: "network", "export"."""
        with opened(self.workspace) as archive, archive.store.begin() as connection:
            return {"export" if found.source else "network" for found in captures(connection, name)}

    def history(self, name: str) -> list[tuple[str, str, str]]:
        """The versions of a post: state, words, and how a deletion was established."""
        with opened(self.workspace) as archive, archive.store.begin() as connection:
            return [(item.state, item.post.text, item.how) for item in versions(connection, name)]

    def states(self) -> dict[str, list[tuple[str, str]]]:
        """State and words of every version of every post but the profile, by what stands after "#" in its id."""
        with opened(self.workspace) as archive, archive.store.begin() as connection:
            found = {name: versions(connection, name) for (name,) in connection.execute(select(post.c.post))}
        return {name.rpartition("#")[2]: [(one.state, one.post.text) for one in kept]
                for name, kept in found.items() if kept[0].post.kind != "profile"}

    def said(self, *told: str) -> bytes:
        """All that a fortnight left: every file of the workspace, packed ones unpacked, the outcomes, what is told."""
        files = [path for path in sorted(self.folder.rglob("*")) if path.is_file()]
        assert len(files) > 5
        raw = [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files]
        return b"\n".join([*raw, *(text.encode() for text in told), *(str(made).encode() for made in self.outcomes)])

    def check(self, secret: str = "", *told: str) -> None:
        """Every event is there once, the captures alone give the same posts, and nothing holds the secret."""
        held = each_once(self.workspace, self.outcomes, self.imports, afresh=False)
        assert each_once(self.workspace, self.outcomes, self.imports, afresh=True) == held
        assert not secret or secret.encode() not in self.said(*told)
