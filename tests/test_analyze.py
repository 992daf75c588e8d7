"""Analyze over the archive: what is new, what ended, what begins again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from rollbook.analyze import Analyzed, analyze
from rollbook.archive import schema as t
from rollbook.archive.archive import Archive
from rollbook.archive.schema import stamp
from rollbook.archive.verify import verify
from rollbook.formats import fingerprint
from rollbook.init import Answers, lay
from rollbook.plugins import Analyzer, Case, Hit, NotChecked
from rollbook.types import Evidence
from rollbook.workspace import Workspace, read_workspace

from .archive.invented import NOON, open_archive, post, take

Rule = Callable[[Case], Iterator[Hit | NotChecked]]


def bus(case: Case) -> Iterator[Hit | NotChecked]:
    """Finds the word "bus"; cannot judge what is Spanish."""
    if "autobús" in case.post.text:
        yield NotChecked("Spanish is not read yet")
    start = case.post.text.find("bus ")
    if start >= 0:
        yield Hit("A bus.", 0.9, (Evidence("text", start, start + 3, "bus"),))


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    list(lay(tmp_path / "district", Answers("Invented District")))
    serve(monkeypatch, bus)
    return read_workspace(tmp_path / "district")


def serve(monkeypatch: pytest.MonkeyPatch, rule: Rule, version: int = 1) -> None:
    found = {"district-email": Analyzer("district-email", rule, version, lambda: "", "", "")}
    monkeypatch.setattr("rollbook.judge.analyzers", lambda: found)


def run(district: Workspace, archive: Archive) -> Analyzed:
    done = analyze(district, archive, clock=lambda: datetime(2026, 10, 6, tzinfo=UTC))
    assert verify(archive, quick=False, now=NOON).problems == ()
    return done


def open_findings(archive: Archive) -> list[str]:
    with archive.store.begin() as connection:
        return [json.loads(body)["post"] for body in connection.execute(
            select(t.finding.c.body).where(t.finding.c.ended_at.is_(None)).order_by(t.finding.c.finding)
        ).scalars()]


def test_only_what_is_new_is_judged(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        take(archive, [post(1, "the bus is late"), post(2, "a concert")])
        first = run(district, archive)
        assert (first.posts, first.new) == (2, 1)
        assert (run(district, archive).posts, run(district, archive).new) == (0, 0)
        take(archive, [post(3, "the bus is gone")])
        again = run(district, archive)
        assert (again.posts, again.new) == (1, 1)
        assert len(open_findings(archive)) == 2


def test_an_edit_that_removes_the_evidence_ends_the_finding(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        take(archive, [post(1, "the bus is late")])
        run(district, archive)
        take(archive, [post(1, "all is well")], state="edited")
        assert run(district, archive).ended == 1
        assert open_findings(archive) == []
        take(archive, [post(1, "the bus is late")], state="edited")
        assert run(district, archive).new == 1
        assert open_findings(archive) == ["invented:1"]


def test_an_edit_before_the_evidence_keeps_the_finding(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        take(archive, [post(1, "the bus is late")])
        run(district, archive)
        take(archive, [post(1, "Families, the bus is late")], state="edited")
        done = run(district, archive)
        assert (done.new, done.ended) == (1, 0)  # the same finding, its span moved
        assert open_findings(archive) == ["invented:1"]


def test_a_deleted_post_ends_its_findings(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        take(archive, [post(1, "the bus is late")])
        run(district, archive)
        archive.add_snapshot({
            "kind": "snapshot", "post": "invented:1", "account": "invented:teacher", "state": "gone", "at": stamp(NOON),
            "content": fingerprint(post(1, "the bus is late")), "record": "", "how": "twice",
        }, post(1, "the bus is late"))
        archive.commit()
        assert run(district, archive).ended == 1


def test_a_changed_rule_judges_everything_again_and_ends_what_no_longer_holds(
    district: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_archive(district.archive) as archive:
        take(archive, [post(number, "the bus is late") for number in range(5)])
        run(district, archive)

        def only_first(case: Case) -> Iterator[Hit | NotChecked]:
            if case.post.id == "invented:0":
                yield from bus(case)

        serve(monkeypatch, only_first, version=2)
        done = run(district, archive)
        assert (done.posts, done.new, done.ended) == (5, 0, 4)


def test_a_changed_register_judges_everything_again(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        take(archive, [post(1, "the bus is late")])
        run(district, archive)
        (district.folder / "approvals.csv").write_text("what,value,from,until,note\nstudent-name,Ana Bell,2026-09-01,,\n")
        assert run(read_workspace(district.folder), archive).posts == 1


def test_a_rule_switched_off_ends_its_findings(district: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_archive(district.archive) as archive:
        take(archive, [post(1, "the bus is late")])
        run(district, archive)
        monkeypatch.setattr("rollbook.judge.analyzers", dict)
        assert run(district, archive).ended == 1


def test_not_checked_is_kept_until_it_is_checked(district: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def unchecked(archive: Archive) -> list[str]:
        with archive.store.begin() as connection:
            return list(connection.execute(select(t.unchecked.c.reason)).scalars())

    with open_archive(district.archive) as archive:
        take(archive, [post(1, "el autobús llega tarde"), post(2, "nothing")])
        assert run(district, archive).unchecked == 1
        assert unchecked(archive) == ["Spanish is not read yet"]
        take(archive, [post(3, "nothing either")])
        run(district, archive)
        assert unchecked(archive) == ["Spanish is not read yet"]
        serve(monkeypatch, lambda case: iter(()), version=2)
        run(district, archive)
        assert unchecked(archive) == []


def test_dropped_counts_begin_again_with_the_rule(district: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def counts(archive: Archive) -> dict[str, int]:
        with archive.store.begin() as connection:
            return {row.category: row.count for row in connection.execute(select(t.dropped))}

    def always(case: Case) -> Iterator[Hit | NotChecked]:
        yield Hit("Said.", 0.9, (Evidence("text", 0, 3, case.post.text[:3]),))

    def serve_protected(version: int) -> None:
        found = {"spokesperson": Analyzer("spokesperson", always, version, lambda: "", "", "")}
        monkeypatch.setattr("rollbook.judge.analyzers", lambda: found)

    words = "The board's contract offer is an insult. Our union rally for fair pay is Thursday at five."
    with open_archive(district.archive) as archive:
        take(archive, [post(1, words), post(2, words + " Join us.")])
        serve_protected(1)
        assert sum(run(district, archive).dropped.values()) == 2
        assert sum(counts(archive).values()) == 2
        serve_protected(2)
        run(district, archive)
        assert sum(counts(archive).values()) == 2
        assert "union rally" not in (district.archive / "ledger.jsonl").read_text()


def test_findings_are_made_again_with_the_database(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        take(archive, [post(1, "the bus is late"), post(2, "el autobús")])
        run(district, archive)
        with archive.store.begin() as connection:
            before = connection.execute(select(t.finding)).all()
    with open_archive(district.archive, afresh=True) as archive, archive.store.begin() as connection:
        assert connection.execute(select(t.finding)).all() == before
        assert len(connection.execute(select(t.unchecked)).all()) == 1
