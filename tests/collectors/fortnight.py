"""Days of visits of one account into a real archive: each event once, nothing twice, no secret anywhere."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from sqlalchemy import select

from rollbook.archive.archive import Archive
from rollbook.archive.posts import captures, versions
from rollbook.archive.schema import post, snapshot
from rollbook.archive.verify import verify
from rollbook.collect import Outcome, Request, collect, parse_page
from rollbook.http import Door, Limits
from rollbook.importing import chosen, take
from rollbook.init import Answers, lay
from rollbook.workspace import CollectSettings, read_workspace


class Fortnight:
    """A district with one account, visited once a day."""

    def __init__(
        self, folder: Path, account: str, settings: Mapping[str, Any], reroute: Mapping[str, str], first: datetime
    ) -> None:
        self.folder, self.account, self.now = folder / "district", account, first
        self.outcomes: list[Outcome] = []
        list(lay(self.folder, Answers("Invented District", accounts=(account,))))
        networks = {account.partition(":")[0]: dict(settings)}
        allow = (ip_network("127.0.0.0/8"),)
        self.workspace = replace(
            read_workspace(self.folder), collect=CollectSettings(30, "", allow, dict(reroute), networks)
        )

    def visit(self) -> tuple[str, int, int, int]:
        """The visit of the next day: its code, and how many posts were new, edited and gone."""
        self.now += timedelta(days=1)
        with (
            Archive(self.workspace.archive, operator="test", parse=parse_page) as archive,
            Door(self.workspace.collect, archive, limits=Limits(attempts=2)) as door,
        ):
            (outcome,) = collect(
                self.workspace, archive, door, Request(), "run", clock=lambda: self.now, sleep=lambda seconds: None
            )
            assert verify(archive, quick=False, now=self.now).problems == ()
        self.outcomes.append(outcome)
        return outcome.code, outcome.new, outcome.edited, outcome.gone

    def take(self, file: Path) -> tuple[int, int]:
        """Takes an owner's export in: how many posts were new and edited."""
        with (
            chosen(self.workspace, file, self.account) as export,
            Archive(self.workspace.archive, operator="test", parse=parse_page) as archive,
        ):
            outcome = take(archive, export, "run", clock=lambda: self.now)
            assert verify(archive, quick=False, now=self.now).problems == ()
        self.outcomes.append(outcome)
        assert outcome.code == ""
        return outcome.new, outcome.edited

    def sources(self, name: str) -> set[str]:
        """From where the captures of a post come: "network", "export"."""
        with (
            Archive(self.workspace.archive, operator="test", parse=parse_page) as archive,
            archive.store.begin() as connection,
        ):
            return {"export" if found.source else "network" for found in captures(connection, name)}

    def history(self, name: str) -> list[tuple[str, str, str]]:
        """The versions of a post: state, words, and how a deletion was established."""
        with (
            Archive(self.workspace.archive, operator="test", parse=parse_page) as archive,
            archive.store.begin() as connection,
        ):
            return [(item.state, item.post.text, item.how) for item in versions(connection, name)]

    def _snapshots(self, *, afresh: bool) -> list[tuple[Any, ...]]:
        """Every version of every post, from the database as it is or as the captures give it."""
        with (
            Archive(self.workspace.archive, operator="test", parse=parse_page, afresh=afresh) as archive,
            archive.store.begin() as connection,
        ):
            told = select(snapshot.c.seq, post.c.post, snapshot.c.state, snapshot.c.content_sha256, snapshot.c.body)
            rows = connection.execute(told.join(post, post.c.post_key == snapshot.c.post_key).order_by(snapshot.c.seq))
            return [tuple(row) for row in rows]

    def check(self, secret: str, *told: str) -> None:
        """No file, no word of an outcome and nothing told holds the secret; the captures alone give the same posts."""
        held = self._snapshots(afresh=False)
        assert self._snapshots(afresh=True) == held
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        assert len(files) > 5
        for path in files:
            data = path.read_bytes()
            if path.suffix == ".gz":
                data = gzip.decompress(data)
            assert secret.encode() not in data, path
        assert all(secret not in text for text in (*told, *(str(outcome) for outcome in self.outcomes)))
