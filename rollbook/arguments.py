"""What the commands share: how one is declared, and what it takes beyond plain text: a workspace, days, durations."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rollbook import __version__

if TYPE_CHECKING:
    from rollbook.workspace import Workspace


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


def command(example: str, **settings: Any) -> Callable[[Callable[..., int | None]], click.Command]:
    """A command whose --help ends with an example."""

    def make(function: Callable[..., int | None]) -> click.Command:
        told = (function.__doc__ or "").partition("\n")[0]  # whole: click cuts what it takes from the docstring itself
        return main_group.command(epilog=f"Example: {example}", short_help=told, **settings)(function)

    return make


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="this folder",
    help="The district's folder.",
)
@click.version_option(__version__, prog_name="rollbook")
@click.pass_context
def main_group(context: click.Context, folder: Path) -> None:
    """Archives a school district's public posts and reviews them against its social media policy."""
    context.obj = folder


def workspace_of(context: click.Context) -> Workspace:
    """The district's workspace. **Raises** ConfigError."""
    from rollbook.workspace import read_workspace

    return read_workspace(context.obj)


def moment_of(workspace: Workspace, day: date | None) -> datetime | None:
    """When a day begins on the District's clock."""
    return datetime(day.year, day.month, day.day, tzinfo=workspace.school_year.timezone) if day else None
