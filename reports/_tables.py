"""The report as tables: one definition of rows and columns for CSV and for spreadsheets.

A text that a spreadsheet would take for a formula, or that hides characters, is made harmless here: ``safe``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from reports._summary import is_gap, summarize
from reports._visible import plain
from reports._wording import Clock
from rollbook.period import Archived, Change, Completeness, NotCheckedGroup, PeriodReport, Reported
from rollbook.types import Evidence, Post

Cell = str | int | float | datetime | None
Row = TypeVar("Row")

#: What makes a spreadsheet read a cell as a formula, also in the full-width forms that some of them accept.
#: **Source**: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection (read 2026-10).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column of a table."""

    #: As programs read it, in a CSV.
    name: str
    #: As people read it, in a spreadsheet.
    title: str
    #: In characters of a spreadsheet.
    width: int
    cell: Callable[[Row], Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be written: every text in it is safe."""

    name: str
    title: str
    #: Name, title and width of each column.
    columns: tuple[tuple[str, str, int], ...]
    rows: tuple[tuple[Cell, ...], ...]


def safe(value: Cell) -> Cell:
    """A cell that no spreadsheet computes: a text that begins like a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    shown = plain(value)
    return f"'{shown}" if value.lstrip(" ").startswith(_FORMULA) or shown.lstrip().startswith(_FORMULA) else shown


def _table(name: str, title: str, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Table:
    return Table(
        name, title, tuple((column.name, column.title, column.width) for column in columns),
        tuple(tuple(safe(column.cell(row)) for column in columns) for row in rows),
    )


def tables(report: PeriodReport) -> tuple[Table, ...]:
    """Every table of a report."""
    clock = Clock.of(report)
    return (
        _table("findings", "Findings", _finding_columns(clock), report.findings),
        _table("changes", "Changes", _change_columns(clock), report.changes),
        _table("completeness", "Completeness", _completeness_columns(clock), report.completeness),
        _table("not-checked", "Not checked", _unchecked_columns(clock),
               [(group, post) for group in report.not_checked for post in group.posts]),
        _table("cleared", "Cleared", _finding_columns(clock), report.cleared),
    )


def summary_table(report: PeriodReport) -> Table:
    """What the report says in short, with the counts that belong to no row."""
    clock, summary = Clock.of(report), summarize(report)
    lines: list[tuple[str, Cell]] = [
        ("District", report.district),
        ("Period", clock.days(report.since, report.until)),
        ("Does anything need attention?", f"{summary.answer} {summary.besides}".strip()),
        *((figure.label.capitalize(), f"{figure.value} ({figure.note})") for figure in summary.figures),
        *((f"Dropped as protected speech: {category}", times) for category, times in sorted(report.dropped.items())),
        *((f"Rule not run: {rule}", reason) for rule, reason in sorted(report.rules_not_run.items())),
        ("Archive: records", report.archive.records),
        ("Archive: newest ledger entry", report.archive.head),
        *(("Archive: problem", problem) for problem in report.archive.problems),
        ("Policy", f"{report.policy.title}, version {report.policy.version}"),
        ("Times", f"in the time zone {report.timezone}"),
        ("Made", f"{clock.moment(report.made_at)} by Rollbook {report.version}"),
        ("How to read it", "A finding is a possible risk with its evidence; a person decides."),
        ("For", "The District's own reviewers: not to be forwarded or published."),
    ]
    columns: tuple[Column[tuple[str, Cell]], ...] = (
        Column("what", "What", 34, lambda line: line[0]), Column("value", "", 90, lambda line: line[1]),
    )
    return _table("summary", "Summary", columns, lines)


def _finding_columns(clock: Clock) -> tuple[Column[Reported], ...]:
    def kept(value: Callable[[Archived], Cell]) -> Callable[[Reported], Cell]:
        return lambda row: None if row.archived is None else value(row.archived)

    return (
        Column("finding", "Finding", 26, lambda row: row.finding.id),
        Column("severity", "Severity", 10, lambda row: row.finding.severity),
        Column("standing", "Standing", 10, lambda row: row.standing),
        Column("rule", "Rule", 18, lambda row: row.finding.rule),
        Column("rule_title", "Rule in words", 26, lambda row: row.rule.title),
        Column("clause", "Clause", 16, lambda row: row.finding.clause),
        Column("account", "Account", 34, lambda row: row.account.key),
        Column("account_kind", "Kind of account", 12, _kind),
        Column("owner", "Owner", 24, lambda row: row.account.owner),
        Column("message", "Why", 60, lambda row: row.finding.message),
        Column("evidence", "Evidence", 44, lambda row: "; ".join(map(_evidence, row.finding.evidence))),
        Column("confidence", "Confidence", 11, lambda row: round(row.finding.confidence, 4)),
        Column("post", "Post", 34, lambda row: row.post.id),
        Column("post_url", "Address of the post", 40, lambda row: row.post.url),
        Column("posted_at", "Posted", 20, lambda row: clock.local(row.post.created_at)),
        Column("post_text", "Words of the post", 60, lambda row: row.post.text),
        Column("post_state", "State of the post", 12, lambda row: row.state),
        Column("found_at", "Found", 20, lambda row: clock.local(row.found_at)),
        Column("ended", "Why it ended", 34, lambda row: row.ended),
        Column("remedy", "What would clear it", 44, lambda row: row.rule.remedy),
        Column("archived_seq", "Ledger entry", 12, kept(lambda place: place.seq)),
        Column("archived_at", "Captured", 20, kept(lambda place: clock.local(place.observed_at))),
        Column("record_id", "WARC record", 48, kept(lambda place: place.record_id)),
        Column("warc_file", "WARC file", 44, kept(lambda place: place.warc_file)),
        Column("warc_offset", "Offset in it", 12, kept(lambda place: place.warc_offset)),
        Column("payload_sha256", "SHA-256 of the captured body", 66, kept(lambda place: place.payload_sha256)),
    )


def _kind(row: Reported) -> str:
    return row.account.kind if row.on_record else "not on record"


def _evidence(evidence: Evidence) -> str:
    if evidence.quote is not None:
        return f"{evidence.where}: “{evidence.quote}”"
    return evidence.where if evidence.box is None else f"{evidence.where}: box {', '.join(map(str, evidence.box))}"


def _change_columns(clock: Clock) -> tuple[Column[Change], ...]:
    return (
        Column("state", "Change", 10, lambda row: row.state),
        Column("account", "Account", 34, lambda row: row.account.key),
        Column("post", "Post", 34, lambda row: row.post.id),
        Column("post_kind", "Kind", 10, lambda row: row.post.kind),
        Column("post_url", "Address of the post", 40, lambda row: row.post.url),
        Column("posted_at", "Posted", 20, lambda row: clock.local(row.post.created_at)),
        Column("observed_at", "Seen", 20, lambda row: clock.local(row.observed_at)),
        Column("text_before", "Words before", 60, lambda row: row.before.text if row.before else None),
        Column("text", "Words", 60, lambda row: row.post.text),
        Column("how", "How it was established", 44, lambda row: row.how),
        Column("archived_seq", "Ledger entry", 12, lambda row: row.archived.seq if row.archived else None),
        Column("payload_sha256", "SHA-256 of the captured body", 66,
               lambda row: row.archived.payload_sha256 if row.archived else None),
    )


def _completeness_columns(clock: Clock) -> tuple[Column[Completeness], ...]:
    def time(moment: datetime | None) -> Cell:
        return clock.local(moment) if moment else None

    return (
        Column("account", "Account", 34, lambda row: row.account.key),
        Column("account_kind", "Kind of account", 12, lambda row: row.account.kind),
        Column("owner", "Owner", 24, lambda row: row.account.owner),
        Column("state", "State", 10, lambda row: "gap" if is_gap(row) else "read"),
        Column("expected", "Expected", 10, lambda row: row.expected),
        Column("held", "Held", 10, lambda row: row.held),
        Column("new", "New", 8, lambda row: row.new),
        Column("edited", "Edited", 8, lambda row: row.edited),
        Column("gone", "Gone", 8, lambda row: row.gone),
        Column("media_failed", "Files not kept", 12, lambda row: row.media_failed),
        Column("marked", "Records not readable", 12, lambda row: row.marked),
        Column("last_good_at", "Last read to the end", 20, lambda row: time(row.last_good_at)),
        Column("failing_since", "Not read since", 20, lambda row: time(row.failing_since)),
        Column("code", "Code", 16, lambda row: row.code),
        Column("problem", "Problem", 60, lambda row: row.problem),
    )


def _unchecked_columns(clock: Clock) -> tuple[Column[tuple[NotCheckedGroup, Post]], ...]:
    return (
        Column("rule", "Rule", 18, lambda row: row[0].rule),
        Column("reason", "Why it was not checked", 60, lambda row: row[0].reason),
        Column("account", "Account", 34, lambda row: row[1].account),
        Column("post", "Post", 34, lambda row: row[1].id),
        Column("post_url", "Address of the post", 40, lambda row: row[1].url),
        Column("posted_at", "Posted", 20, lambda row: clock.local(row[1].created_at)),
    )
