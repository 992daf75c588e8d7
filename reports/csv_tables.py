"""The report as CSV files: findings, changes, completeness, not-checked and cleared, one table a file.

For: spreadsheets and other programs. UTF-8 with a byte order mark, so that Excel reads accents; times in ISO 8601
with the District's offset. Cells that a spreadsheet would compute begin with an apostrophe, and characters that cannot
be seen are written out; the JSON report and the archive hold every text as it was.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

from reports._files import write_whole
from reports._tables import Cell, Table, tables
from rollbook.period import PeriodReport
from rollbook.plugins import report


@report("csv")
def write(period: PeriodReport, path: Path) -> list[Path]:
    """Writes the tables beside one another: ``NAME-findings.csv`` and so on."""
    return [write_whole(path, f"-{table.name}.csv", render(table)) for table in tables(period)]


def render(table: Table) -> bytes:
    """One table as bytes of UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([name for name, _, _ in table.columns])
    writer.writerows([_text(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    return cell.isoformat(timespec="seconds") if isinstance(cell, datetime) else cell
