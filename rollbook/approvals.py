"""The publications office's approvals: which students' names and which photographs may be published, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from rollbook.tables import rows
from rollbook.types import Period

COLUMNS = ("what", "value", "from", "until", "note")
_PDQ = re.compile(r"pdq:[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Approval:
    """One row of approvals.csv."""

    what: Literal["student-name", "photo"]
    #: The name as published, the image file's path, or ``pdq:`` and 64 hex digits.
    value: str
    period: Period
    #: Form number, who approved.
    note: str = ""


@dataclass(frozen=True)
class Approvals:
    """Every approval on record, and the folder that photograph paths are relative to."""

    rows: tuple[Approval, ...] = ()
    folder: Path = Path()

    def photos(self, day: date) -> tuple[Approval, ...]:
        """The photographs that may be published on that day."""
        return tuple(row for row in self.rows if row.what == "photo" and day in row.period)

    def names(self, day: date) -> tuple[Approval, ...]:
        """The students whose names may be published on that day."""
        return tuple(row for row in self.rows if row.what == "student-name" and day in row.period)

    @cached_property
    def students(self) -> tuple[str, ...]:
        """Everybody whose name was ever approved, each once: they are students, whatever the day."""
        return tuple(dict.fromkeys(row.value for row in self.rows if row.what == "student-name"))


def read_approvals(file: Path) -> Approvals:
    """Reads approvals.csv or .xlsx. **Raises** ConfigError with file, row, column and what was expected."""
    found: list[Approval] = []
    for row in rows(file, COLUMNS, required=("what", "value", "from")):
        what = row.choice("what", ("student-name", "photo"))
        value = row.text("value", required="a name, an image file's path, or pdq:<64 hex digits>")
        if what == "photo" and value.startswith("pdq:") and not _PDQ.match(value):
            raise row.refuse("value", "pdq: and 64 lower-case hex digits")
        period = row.period("from", "until")
        if period is None:
            raise row.refuse("from", "the first day of the approval, like 2026-09-03")
        found.append(Approval("student-name" if what == "student-name" else "photo", value, period, row.text("note")))
    return Approvals(tuple(found), file.parent)
