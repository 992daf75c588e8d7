"""Reads a register (CSV or XLSX) row by row, and says exactly which cell is wrong and what was expected."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from rollbook.errors import ConfigError
from rollbook.types import Hours, Period


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a register; every reader of a cell names file, row and column when the cell is wrong."""

    file: Path
    #: As a spreadsheet counts: the heading is row 1.
    number: int
    cells: dict[str, str]

    def refuse(self, column: str, expected: str) -> ConfigError:
        """The error for a wrong cell, to be raised by the caller."""
        return ConfigError(
            f"{self.cells.get(column, '')!r} is not valid", file=self.file,
            place=f"row {self.number}, column {column!r}", expected=expected,
        )

    def text(self, column: str, *, required: str = "") -> str:
        """The cell as text; ``required`` says what was expected where it may not be empty."""
        value = self.cells.get(column, "")
        if required and not value:
            raise self.refuse(column, required)
        return value

    def choice(self, column: str, choices: tuple[str, ...]) -> str:
        """The cell as one of a few words."""
        value = self.cells.get(column, "")
        if value not in choices:
            raise self.refuse(column, " or ".join(repr(choice) for choice in choices))
        return value

    def day(self, column: str) -> date | None:
        """The cell as a date; None where it is empty."""
        value = self.cells.get(column, "")
        if not value:
            return None
        try:
            return datetime.fromisoformat(value).date()
        except ValueError:
            raise self.refuse(column, "a date like 2026-09-03, or nothing") from None

    def period(self, first: str, last: str) -> Period | None:
        """Two cells as a period; None where the first is empty."""
        start, end = self.day(first), self.day(last)
        if start is None:
            if end is not None:
                raise self.refuse(first, f"a date, since {last!r} is filled in")
            return None
        if end is not None and end < start:
            raise self.refuse(last, f"a date on or after {start.isoformat()}, or nothing")
        return Period(start, end)


def read_hours(text: str) -> Hours | None:
    """Reads ``07:30-15:30``; None where it is not of that form."""
    start, dash, end = text.partition("-")
    try:
        hours = Hours(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
    except ValueError:
        return None
    return hours if dash and hours.start < hours.end else None


def rows(
    file: Path, columns: tuple[str, ...], required: tuple[str, ...], *, others: bool = False
) -> Iterator[Row]:
    """The rows of a register, empty ones left out; ``others`` lets columns stand that are not known.

    **Raises** ConfigError for an unreadable file or a wrong heading.
    """
    lines = _xlsx(file) if file.suffix.lower() == ".xlsx" else _csv(file)
    try:
        _, heading = next(lines)
    except StopIteration:
        raise ConfigError("the file is empty", file=file, expected=f"a heading row: {','.join(columns)}") from None
    names = [name.strip() for name in heading]
    for name in required:
        if name not in names:
            raise ConfigError(f"the column {name!r} is missing", file=file, place="row 1",
                              expected=f"the columns {', '.join(columns)}")
    for name in names:
        if name and name not in columns and not others:
            raise ConfigError(f"the column {name!r} is unknown", file=file, place="row 1",
                              expected=f"the columns {', '.join(columns)}")
        if name and names.count(name) > 1:
            raise ConfigError(
                f"the column {name!r} stands twice", file=file, place="row 1", expected="each column once"
            )
    for number, cells in lines:
        values = [cell.strip() for cell in cells]
        if not any(values):
            continue
        if len(values) > len(names) and any(values[len(names):]):
            raise ConfigError(f"the row has {len(values)} cells", file=file, place=f"row {number}",
                              expected=f"{len(names)}; quote a cell that holds a comma")
        yield Row(file, number, dict(zip(names, values, strict=False)))


def _csv(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as err:
        raise ConfigError(f"cannot be read: {err.strerror}", file=file) from err
    except UnicodeDecodeError as err:
        raise ConfigError("is not UTF-8", file=file, place=f"byte {err.start}",
                          expected="a CSV saved as \"CSV UTF-8\"") from err
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error as err:
        raise ConfigError(f"is not CSV: {err}", file=file, place=f"row {number}") from err


def _xlsx(file: Path) -> Iterator[tuple[int, list[str]]]:
    import pandas as pd  # half a second to import: only where a spreadsheet is read

    try:
        frame = pd.read_excel(file, header=None, dtype=object, engine="openpyxl")
    except Exception as err:  # openpyxl raises a dozen kinds for a broken file
        raise ConfigError(f"cannot be read as a spreadsheet: {err}", file=file) from err
    for number, values in enumerate(frame.itertuples(index=False), 1):
        yield number, [_cell(value) for value in values]


def _cell(value: object) -> str:
    if value is None or value != value:  # NaN: an empty cell
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def append_row(file: Path, cells: Mapping[str, str]) -> None:
    """Adds one row at the end of a CSV register, its columns in the file's order; all else stays as it is.

    The file is replaced in one step: whoever reads it meanwhile sees the row or does not. **Raises** ConfigError.
    """
    file = file.resolve()
    _, heading = next(_csv(file), (1, []))
    names = [name.strip() for name in heading]
    for name in cells:
        if name not in names:
            raise ConfigError(f"the column {name!r} is missing", file=file, place="row 1", expected="that column")
    try:
        raw = file.read_bytes()
        newline = "\r\n" if b"\r\n" in raw else "\n"
        row = io.StringIO()
        csv.writer(row, lineterminator=newline).writerow([cells.get(name, "") for name in names])
        ended = b"" if raw.endswith((b"\n", b"\r")) else newline.encode()
        _replace(file, raw + ended + row.getvalue().encode())
    except OSError as err:
        expected = "a file that you may write"
        raise ConfigError(f"cannot be written: {err.strerror}", file=file, expected=expected) from err


def _replace(file: Path, raw: bytes) -> None:
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(number, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        shutil.copymode(file, name)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
