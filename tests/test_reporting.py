"""The report's data: what is new, standing and ended; gaps; what changed; what was not checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rollbook.analyze import analyze
from rollbook.archive.archive import Archive
from rollbook.archive.schema import stamp
from rollbook.errors import ConfigError
from rollbook.init import Answers, lay
from rollbook.plugins import Analyzer, Case, Hit, NotChecked
from rollbook.reporting import Asked, gather, report
from rollbook.types import Evidence
from rollbook.workspace import Workspace, read_workspace

from .archive.invented import NOON, open_archive, post, take

NOW = NOON + timedelta(days=1)
NEXT_WEEK = NOW + timedelta(days=7)


def bus(case: Case) -> Iterator[Hit | NotChecked]:
    if "tram" in case.post.text:
        yield NotChecked("trams are not read yet")
    if "bus" in case.post.text:
        start = case.post.text.index("bus")
        yield Hit("A bus.", 0.9, (Evidence("text", start, start + 3, "bus"),), cleared="a school bus." if "school" in case.post.text else None)


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    list(lay(tmp_path / "district", Answers("Invented District", accounts=("invented:teacher", "invented:silent", "invented:broken"))))
    found = {"district-email": Analyzer("district-email", bus, 1, lambda: "", "", "")}
    monkeypatch.setattr("rollbook.judge.analyzers", lambda: found)
    return read_workspace(tmp_path / "district")


def visited(archive: Archive, account: str, at: datetime, *, code: str = "", new: int = 0, expected: int | None = None) -> None:
    archive.add({
        "kind": "visit", "run": "r", "account": account, "began_at": stamp(at), "ended_at": stamp(at), "code": code,
        "problem": "no answer" if code else "", "cursor": {}, "expected": expected, "pages": 1, "new": new, "edited": 0,
        "gone": 0, "media_failed": 0, "marked": ["timeline: items[3]: has no time"] if new else [],
    })
    archive.commit()


def filled(district: Workspace, archive: Archive) -> None:
    take(archive, [post(1, "the bus is late"), post(2, "a tram"), post(3, "a school bus"), post(4, "quiet")])
    visited(archive, "invented:teacher", NOON, new=4, expected=5)
    visited(archive, "invented:broken", NOON)
    visited(archive, "invented:broken", NOON + timedelta(hours=1), code="unreachable")
    visited(archive, "invented:broken", NOON + timedelta(hours=2), code="no-access")
    analyze(district, archive, clock=lambda: NOON)


def test_the_first_report_tells_everything(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        filled(district, archive)
        found = gather(district, archive, Asked(), NOW)
    assert (found.since, found.previous) == (None, None)
    (finding,) = found.findings
    assert (finding.post.text, finding.standing, finding.rule.clause.cite) == ("the bus is late", "new", "9125.3 para 5")
    assert finding.archived is not None
    assert finding.archived.warc_file.startswith("warc/")
    assert [item.post.text for item in found.cleared] == ["a school bus"]
    assert [(group.reason, [item.text for item in group.posts]) for group in found.not_checked] == [("trams are not read yet", ["a tram"])]
    assert {change.post.text for change in found.changes} == {"the bus is late", "a tram", "a school bus", "quiet"}
    assert set(found.rules_not_run) == set(district.policy.rules) - {"district-email"}


def test_a_gap_is_never_a_quiet_week(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        filled(district, archive)
        lines = {line.account.handle: line for line in gather(district, archive, Asked(), NOW).completeness}
    assert list(lines) == ["broken", "silent", "teacher"]
    assert (lines["teacher"].code, lines["teacher"].expected, lines["teacher"].held, lines["teacher"].new) == ("", 5, 4, 4)
    assert lines["teacher"].marked == 1
    assert (lines["broken"].code, lines["broken"].failing_since) == ("no-access", NOON + timedelta(hours=1))
    assert lines["broken"].last_good_at == NOON
    assert (lines["silent"].code, lines["silent"].last_good_at) == ("never-visited", None)


def test_comments_are_not_held_against_what_a_network_counts(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        take(archive, [post(1, "a film"), replace(post(2, "an answer below it"), kind="comment")])
        visited(archive, "invented:teacher", NOON, new=2, expected=1)
        line = next(line for line in gather(district, archive, Asked(), NOW).completeness if line.account.handle == "teacher")
    assert (line.expected, line.held) == (1, 1)


def test_the_next_report_tells_what_changed_since(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        filled(district, archive)
        report(district, archive, Asked(formats=("json",)), NOW)
        take_later(archive, district)
        found = gather(district, archive, Asked(), NEXT_WEEK)
    assert found.previous is not None
    assert found.since == NOW
    assert {item.post.text: item.standing for item in found.findings} == {"the bus is late": "ended", "another bus": "new"}
    assert next(item for item in found.findings if item.standing == "ended").ended
    assert [(change.state, change.before.text if change.before else None) for change in found.changes] == [("new", None), ("edited", "the bus is late")]


def take_later(archive: Archive, district: Workspace) -> None:
    from unittest.mock import patch

    with patch("tests.archive.invented.NOON", NOW + timedelta(hours=1)):
        take(archive, [post(1, "all is well")], state="edited")
        take(archive, [post(9, "another bus")])
    analyze(district, archive, clock=lambda: NOW + timedelta(hours=2))


def test_an_old_finding_still_stands(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        filled(district, archive)
        report(district, archive, Asked(formats=("json",)), NOW)
        found = gather(district, archive, Asked(), NEXT_WEEK)
    assert [item.standing for item in found.findings] == ["standing"]
    assert found.changes == ()


def test_a_period_of_its_own_looks_back(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        filled(district, archive)
        take_later(archive, district)
        past = gather(district, archive, Asked(until=NOW), NEXT_WEEK)
    assert {item.post.text: item.standing for item in past.findings} == {"the bus is late": "new"}
    assert len(past.changes) == 4


def test_an_unknown_format_is_named(district: Workspace) -> None:
    with open_archive(district.archive) as archive, pytest.raises(ConfigError, match="no report is written as 'pdf'"):
        report(district, archive, Asked(formats=("pdf",)), datetime.now(UTC))


def test_a_period_that_a_person_named_does_not_move_the_next_report(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        filled(district, archive)
        report(district, archive, Asked(formats=("json",)), NOW)
        report(district, archive, Asked(since=NOON, formats=("json",)), NOW + timedelta(hours=3))
        assert gather(district, archive, Asked(), NEXT_WEEK).since == NOW


def test_a_period_goes_on_from_the_last_report_before_it_ends(district: Workspace) -> None:
    with open_archive(district.archive) as archive:
        filled(district, archive)
        report(district, archive, Asked(formats=("json",)), NOW)
        take_later(archive, district)
        report(district, archive, Asked(formats=("json",)), NEXT_WEEK + timedelta(days=365))  # by a clock that was wrong
        found = gather(district, archive, Asked(), NEXT_WEEK)
        past = gather(district, archive, Asked(until=NOW - timedelta(hours=1)), NEXT_WEEK)
    assert found.since == NOW
    assert len(found.changes) == 2
    assert past.since is None
    assert len(past.changes) == 4


def test_what_a_rule_could_not_check_is_no_gap_once_it_is_switched_off(district: Workspace) -> None:
    off = replace(district, policies=(replace(district.policy, rules={}),))
    with open_archive(district.archive) as archive:
        filled(district, archive)
        assert [group.rule for group in gather(district, archive, Asked(), NOW).not_checked] == ["district-email"]
        analyze(off, archive, clock=lambda: NOW)
        assert gather(off, archive, Asked(), NOW).not_checked == ()
