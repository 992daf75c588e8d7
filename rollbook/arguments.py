"""What the commands take beyond plain text: days and durations."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import click


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; expected for example 2026-10-05", param, ctx)


class _Limit(click.ParamType[float]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = re.fullmatch(r"(\d+)\s*([smh]?)", str(value).strip())
        if not found or not int(found[1]):
            self.fail(f"{value!r} is no duration; expected for example 90s, 55m or 2h", param, ctx)
        return float(int(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]])


#: A day as `2026-10-05`; a time as `90s`, `55m` or `2h`, in seconds.
DAY, LIMIT = _Day(), _Limit()
#: Prints the result for a program.
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
