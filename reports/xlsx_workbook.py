"""The report as one Excel workbook: a summary and a sheet for each table, with filters and a heading that stays.

For: the compliance lead and the records officer, who sort and filter. Times are the District's local times, since
Excel knows no time zones. Cells that Excel would compute begin with an apostrophe, a text longer than a cell may be is
cut and says so; the JSON report and the archive hold every text as it was.
"""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports._files import write_whole
from reports._tables import Cell, Table, summary_table, tables
from rollbook.period import PeriodReport
from rollbook.plugins import report

#: **Source**: Excel specifications and limits, "Total number of characters that a cell can contain".
CELL_CHARACTERS = 32_767
_CUT = " … (cut: the archive holds the whole text)"
#: Excel counts days from 1900 and shows later years with four digits.
_FIRST_YEAR = 1900


@report("xlsx")
def write(period: PeriodReport, path: Path) -> list[Path]:
    """Writes the workbook."""
    return [write_whole(path, ".xlsx", render(period))]


def render(period: PeriodReport) -> bytes:
    """The workbook as bytes."""
    import pandas as pd  # half a second to import: only where a spreadsheet is written

    out = io.BytesIO()
    with pd.ExcelWriter(out, engine="openpyxl", datetime_format="yyyy-mm-dd hh:mm") as writer:
        for table in (summary_table(period), *tables(period)):
            rows = [[_value(cell) for cell in row] for row in table.rows]
            frame = pd.DataFrame(rows, columns=[title for _, title, _ in table.columns], dtype=object)
            frame.to_excel(writer, sheet_name=table.title, index=False)
            _lay_out(writer.sheets[table.title], table)
        writer.book.properties.title = f"{period.district}: public posts reviewed"
        writer.book.properties.creator = f"Rollbook {period.version}"
    return out.getvalue()


def _value(cell: Cell) -> Cell:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None) if cell.year >= _FIRST_YEAR else cell.isoformat()
    if isinstance(cell, str) and len(cell) > CELL_CHARACTERS:
        return cell[:CELL_CHARACTERS - len(_CUT)] + _CUT
    return cell


def _lay_out(sheet: Worksheet, table: Table) -> None:
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for number, (_, _, width) in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for heading in sheet[1]:
        heading.font, heading.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
