"""A district's visits of one network with a real archive, day by day, for tests that tell a fortnight."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from rollbook.archive.archive import Archive
from rollbook.archive.posts import versions
from rollbook.archive.verify import verify
from rollbook.collect import Outcome, Request, collect, parse_page
from rollbook.http import Clock, Door, Limits
from rollbook.init import Answers, lay
from rollbook.workspace import CollectSettings, Workspace, read_workspace


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


@dataclass
class Visits:
    """One account of an invented district, visited whenever the test says so."""

    folder: Path
    account: str
    reroute: dict[str, str]
    began_at: datetime
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        list(lay(self.folder, Answers("Invented District", accounts=(self.account,))))
        network = self.account.partition(":")[0]
        settings = CollectSettings(30, "", (ip_network("127.0.0.0/8"),), self.reroute, {network: self.settings})
        self.workspace: Workspace = replace(read_workspace(self.folder), collect=settings)
        self.clock = Day(self.began_at)

    def on(self, day: int) -> Outcome:
        """Visits on the nth day and checks the whole archive."""
        self.clock.at = self.began_at + timedelta(days=day)
        with (
            Archive(self.workspace.archive, operator="test", parse=parse_page) as archive,
            Door(self.workspace.collect, archive, limits=Limits(interval_s=0), clock=self.clock) as door,
        ):
            outcome = collect(
                self.workspace, archive, door, Request(), f"day {day}", clock=self.clock.now, sleep=lambda seconds: None
            )[0]
            problems = verify(archive, quick=False, now=self.clock.at).problems
            assert problems == (), problems
        return outcome

    def states(self, post: str) -> list[tuple[str, str]]:
        """Every version of a post: its state and its words."""
        with Archive(self.workspace.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
            return [(item.state, item.post.text) for item in versions(connection, post)]

    def dump(self) -> bytes:
        """All bytes of the workspace, packed ones unpacked."""
        import gzip

        told = b""
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            raw = path.read_bytes()
            told += gzip.decompress(raw) if path.suffix == ".gz" else raw
        return told
