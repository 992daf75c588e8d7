"""CSV, workbook and JSON hold the whole report, and no spreadsheet computes anything in them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import csv_tables, json_document, xlsx_workbook
from reports._tables import safe, tables
from rollbook.formats import finding_json, read_post
from rollbook.period import PeriodReport

from .hostile import TEXTS, hostile_report
from .invented import UNTIL, finding, post, unregistered
from .invented_week import empty_report, period_report

FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def rows(report: PeriodReport, name: str) -> list[dict[str, str]]:
    table = next(table for table in tables(report) if table.name == name)
    text = csv_tables.render(table).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def workbook(report: PeriodReport) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx_workbook.render(report)))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＠SUM(1)", "   -x"])
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert str(safe(text)).startswith("'")


@pytest.mark.parametrize("value", ["a=b", "Ms. K", "", "jdoe@district.example", 5, -3, 0.5, None, UNTIL])
def test_other_cells_stay_as_they_are(value: Any) -> None:
    assert safe(value) == value


@given(st.text(st.characters(), max_size=50))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = str(safe(text))
    cell.encode("utf-8")
    assert not cell.startswith(FORMULA)
    assert not cell.lstrip().startswith(FORMULA)
    assert "\x00" not in cell


def test_findings_as_csv() -> None:
    found = rows(period_report(), "findings")
    assert len(found) == 8
    first = found[0]
    assert first["severity"] == "high"
    assert first["clause"] == "9125.3 para 7"
    assert first["posted_at"] == "2026-10-08T16:40:00-04:00"
    assert first["evidence"] == \
        "image:0: box 152, 268, 136, 152; image:0: box 382, 250, 136, 152; text: “Rosalind T.”; alt:0: “Rosalind”"
    assert (first["archived_seq"], first["warc_offset"]) == ("711", "2922921")
    assert [row["standing"] for row in found].count("ended") == 2


def test_the_other_tables_as_csv() -> None:
    week = period_report()
    assert [row["state"] for row in rows(week, "changes")][:3] == ["edited", "gone", "edited"]
    assert "Wednesday, October 14" in rows(week, "changes")[0]["text_before"]
    gaps = [row for row in rows(week, "completeness") if row["state"] == "gap"]
    assert [(row["code"], row["expected"], row["failing_since"]) for row in gaps] == [
        ("login-page", "", "2026-10-08T06:00:00-04:00"), ("account-gone", "", "2026-10-05T06:00:00-04:00")]
    assert [row["reason"] for row in rows(week, "not-checked")] == ["Videos are not looked at yet."]
    assert [row["severity"] for row in rows(week, "cleared")] == ["cleared"]


def test_csv_files_are_named_for_what_they_hold(tmp_path: Path) -> None:
    assert [file.name for file in csv_tables.write(period_report(), tmp_path / "r-06.00")] == [
        "r-06.00-findings.csv", "r-06.00-changes.csv", "r-06.00-completeness.csv", "r-06.00-not-checked.csv", "r-06.00-cleared.csv"]
    assert (tmp_path / "r-06.00-findings.csv").read_bytes().startswith(b"\xef\xbb\xbffinding,severity,")


def cells(book: openpyxl.Workbook) -> Iterator[Any]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from row


def test_the_workbook_has_a_sheet_for_everything() -> None:
    book = workbook(period_report())
    assert book.sheetnames == ["Summary", "Findings", "Changes", "Completeness", "Not checked", "Cleared"]
    findings = book["Findings"]
    assert findings.max_row == 9
    heading = [cell.value for cell in findings[1]]
    assert findings.cell(2, heading.index("Posted") + 1).value == datetime(2026, 10, 8, 16, 40)  # noqa: DTZ001
    assert findings.cell(2, heading.index("Confidence") + 1).value == 0.88
    assert (findings.freeze_panes, findings.auto_filter.ref) == ("A2", findings.dimensions)
    said = {row[0].value: row[1].value for row in book["Summary"].iter_rows(min_row=2)}
    assert str(said["Does anything need attention?"]).startswith("5 new findings")
    assert said["Dropped as protected speech: union-and-bargaining"] == 3


@pytest.mark.parametrize("report", [empty_report(), hostile_report()], ids=["empty", "hostile"])
def test_no_spreadsheet_computes_anything(report: PeriodReport) -> None:
    for cell in cells(workbook(report)):
        assert cell.data_type != "f"
        assert not (isinstance(cell.value, str) and cell.value.startswith(FORMULA))
    for table in tables(report):
        for row in rows(report, table.name):
            assert not any(value.lstrip().startswith(FORMULA) for value in row.values())


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    about = post("bluesky:mr-okonjo-labs.example", 1, "x" * 100_000)
    book = workbook(period_report(findings=(finding(about, "spokesperson", "Why.", []),)))
    longest = max((str(cell.value) for cell in cells(book)), key=len)
    assert len(longest) == xlsx_workbook.CELL_CHARACTERS
    assert longest.endswith("(cut: the archive holds the whole text)")


def test_a_time_before_excel_counts_is_written_as_text() -> None:
    old = replace(post("bluesky:mr-okonjo-labs.example", 1, "x"), created_at=datetime.fromisoformat("0001-01-01T00:00:00+00:00"))
    book = workbook(period_report(findings=(finding(old, "spokesperson", "Why.", []),)))
    assert "0001-01-01T00:00:00+00:00" in [cell.value for cell in cells(book)]


def test_the_document_holds_findings_in_the_public_format(tmp_path: Path) -> None:
    week = period_report()
    (file,) = json_document.write(week, tmp_path / "r")
    said = json.loads(file.read_text(encoding="utf-8"))
    for row, reported in zip(said["findings"], week.findings, strict=True):
        assert {name: row[name] for name in finding_json(reported.finding)} == finding_json(reported.finding)
        assert read_post(row["post_as_judged"]) == reported.post
        assert row["account"] in said["accounts"]
    assert said["summary"]["answer"].startswith("5 new findings")
    assert said["until"] == "2026-10-12T06:00:00-04:00"
    assert said["dropped_protected_speech"] == {"union-and-bargaining": 3, "board-and-budget": 2}
    assert [line["gap"] for line in said["completeness"]].count(True) == 2
    assert {"edited", "gone", "new"} == {change["state"] for change in said["changes"]}
    assert said["policy"]["clauses"]["9125.3 para 7"]["text"].startswith("Employees should check")


def test_the_document_keeps_every_text_as_it_was(tmp_path: Path) -> None:
    (file,) = json_document.write(hostile_report(), tmp_path / "r")
    said = json.loads(file.read_text(encoding="utf-8"))
    assert [row["post_as_judged"]["text"] for row in said["findings"]] == list(TEXTS.values())


@pytest.mark.parametrize("writer", [csv_tables.write, json_document.write, xlsx_workbook.write])
def test_an_empty_report_is_written_too(tmp_path: Path, writer: Any) -> None:
    assert all(file.stat().st_size for file in writer(empty_report(), tmp_path / "r"))


def test_an_account_that_nobody_registered_is_no_employees() -> None:
    report = period_report(findings=(unregistered(),), changes=())
    (row,) = rows(report, "findings")
    assert row["account_kind"] == "not on record"
    (told,) = json_document.document(report)["findings"]
    assert (told["on_record"], told["met_in"]) == (False, "bluesky:881")
