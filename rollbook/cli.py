"""The commands: each a short function that reads its options, calls one verb, and prints what it did.

Nothing heavy is imported before a command needs it, so that ``rollbook --help`` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from rollbook import __version__
from rollbook.arguments import DAY, LIMIT, json_option
from rollbook.errors import ConfigError, RollbookError

if TYPE_CHECKING:
    from rollbook.workspace import Workspace

#: The exit code of a run that was ended from the keyboard, as shells have it: 128 + SIGINT.
INTERRUPTED = 130


def command(example: str, **settings: Any) -> Callable[[Callable[..., int | None]], click.Command]:
    """A command whose --help ends with an example."""

    def make(function: Callable[..., int | None]) -> click.Command:
        return main_group.command(epilog=f"Example: {example}", **settings)(function)

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


def _workspace(context: click.Context) -> Workspace:
    from rollbook.workspace import read_workspace

    return read_workspace(context.obj)


def _moment(workspace: Workspace, day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=workspace.school_year.timezone) if day else None


@command("rollbook init my-district --name 'West Genesee CSD' --mail-domain westgenesee.org")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--name", help="The District's full name.")
@click.option("--mail-domain", "mail_domains", multiple=True, help="A mail domain of the District; may be repeated.")
@click.option("--timezone", help="Like America/New_York.")
@click.option(
    "--account", "accounts", multiple=True, help="An account of the District, network:handle; may be repeated."
)
def init(
    directory: Path, name: str | None, mail_domains: tuple[str, ...], timezone: str | None, accounts: tuple[str, ...]
) -> None:
    """Make a workspace: a folder with commented files to fill in."""
    from rollbook.init import Answers, ask, lay

    answers = Answers(name or "", mail_domains, timezone or "", accounts)
    if sys.stdin.isatty() and not name:
        answers = ask(directory, answers)
    for line in lay(directory, answers):
        click.echo(line)


@command("rollbook -w my-district doctor")
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> int:
    """Say what is configured, reachable, expired or missing."""
    from rollbook.doctor import examine
    from rollbook.telling import say, say_json

    checks = list(examine(_workspace(context)))
    if as_json:
        say_json([{"what": item.what, "ok": item.ok, "says": item.says} for item in checks])
    else:
        for item in checks:
            say(f"{'ok     ' if item.ok else 'PROBLEM'}  {item.what}: {item.says}")
    return 0 if all(item.ok for item in checks) else 1


@command("rollbook -w my-district connect threads --account threads:example_csd")
@click.argument("network", required=False)
@click.option("--account", default="", help="The account, where each has a token of its own.")
@click.option("--list", "listing", is_flag=True, help="Print what is there and when it ends, without any value.")
@click.option("--forget", is_flag=True, help="Remove what is stored for the network, or for the account.")
@json_option
@click.pass_context
def connect(
    context: click.Context, network: str | None, account: str, listing: bool, forget: bool, as_json: bool
) -> int:
    """Get permission to read a network, in plain steps; tokens go into the system's keyring."""
    from rollbook import connect as connecting

    workspace = _workspace(context)
    if listing:
        return connecting.list_credentials(workspace, as_json=as_json)
    if network is None:
        raise ConfigError("which network?", expected=f"one of {', '.join(connecting.networks())}, or --list")
    if forget:
        return connecting.forget_credentials(workspace, network, account)
    return connecting.connect(workspace, network, account, connecting.terminal)


@command("rollbook -w my-district audit --time-limit 55m")
@click.option(
    "--time-limit",
    "limit_s",
    type=LIMIT,
    help="Stop between two steps after this time, like 55m; the next run goes on.",
)
@click.option("--format", "formats", default="html", show_default=True, help="Formats of the report, like html,csv.")
@json_option
@click.pass_context
def audit(context: click.Context, limit_s: float | None, formats: str, as_json: bool) -> int:
    """Collect, analyze and report: the main job, and the only line a scheduler needs."""
    from rollbook.running import run_audit

    return run_audit(_workspace(context), limit_s, _formats(formats), as_json=as_json)


@command("rollbook -w my-district collect --account bluesky:school.example")
@click.option("--account", "accounts", multiple=True, help="Only this account; may be repeated.")
@click.option("--since", type=DAY, help="Read everything made since this day again.")
@click.option("--full", is_flag=True, help="Read every account's whole history again.")
@click.option("--time-limit", "limit_s", type=LIMIT, help="Stop between two pages after this time.")
@json_option
@click.pass_context
def collect(
    context: click.Context,
    accounts: tuple[str, ...],
    since: date | None,
    full: bool,
    limit_s: float | None,
    as_json: bool,
) -> int:
    """Pull what is new, changed or gone into the archive."""
    from rollbook.running import run_collect

    return run_collect(_workspace(context), accounts, since, full, limit_s, as_json=as_json)


@command("rollbook -w my-district import outbox-export.zip --account mastodon:office@social.example", name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--account", required=True, help="Whose export it is: the key of a row of accounts.csv.")
@click.option(
    "--did-document", "document", type=click.Path(path_type=Path),
    help="Bluesky: the account's DID document, instead of asking the network for it.",
)
@json_option
@click.pass_context
def import_(context: click.Context, file: Path, account: str, document: Path | None, as_json: bool) -> int:
    """Take in the export that an account's owner downloaded: public posts, nothing else."""
    from rollbook.running import run_import

    return run_import(_workspace(context), file, account, document, as_json=as_json)


@command("rollbook -w my-district analyze")
@click.option("--all", "everything", is_flag=True, help="Judge every post again.")
@json_option
@click.pass_context
def analyze(context: click.Context, everything: bool, as_json: bool) -> int:
    """Run the rules over what is new, or whose rule, policy or register changed."""
    from rollbook.running import run_analyze

    return run_analyze(_workspace(context), everything, as_json=as_json)


@command("rollbook -w my-district scan posts.jsonl --cleared -o findings.jsonl")
@click.argument("posts", type=click.Path(path_type=Path))
@click.option("--cleared", is_flag=True, help="Also write what was looked at and cleared.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
@click.pass_context
def scan(context: click.Context, posts: Path, cleared: bool, output: Path | None) -> int:
    """Run the rules alone over a file of posts, with the workspace's registers: findings as JSON lines."""
    from rollbook.running import run_scan

    return run_scan(_workspace(context), posts, output, cleared=cleared)


@command("rollbook -w my-district report --since 2026-10-05 --until 2026-10-17 --format html,csv")
@click.option("--since", type=DAY, help="First day of the period; the last report's end when left out.")
@click.option("--until", type=DAY, help="The day after the period; now when left out.")
@click.option(
    "--format", "formats", default="html", show_default=True, help="html, csv, xlsx, json; several with commas."
)
@click.option("--show-faces", is_flag=True, help="Do not blur faces in the pictures' small copies.")
@json_option
@click.pass_context
def report(
    context: click.Context, since: date | None, until: date | None, formats: str, show_faces: bool, as_json: bool
) -> int:
    """Write the report of a period."""
    from rollbook.running import run_report

    workspace = _workspace(context)
    period = (_moment(workspace, since), _moment(workspace, until))
    return run_report(workspace, period, _formats(formats), blurred=not show_faces, as_json=as_json)


def _formats(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


@command("rollbook -w my-district search 'field trip' --since 2026-10-01")
@click.argument("query")
@click.option("--account", help="Only this account.")
@click.option("--since", type=DAY, help="Posts made on or after this day.")
@click.option("--until", type=DAY, help="Posts made before this day.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many versions.")
@json_option
@click.pass_context
def search(
    context: click.Context,
    query: str,
    account: str | None,
    since: date | None,
    until: date | None,
    limit: int,
    as_json: bool,
) -> int:
    """Find posts, every version of them: all the words, "a phrase" in quotes, a beginning*."""
    from rollbook.reading import print_search

    workspace = _workspace(context)
    period = (_moment(workspace, since), _moment(workspace, until))
    return print_search(workspace, query, account, period, limit, as_json=as_json)


@command("rollbook -w my-district show 'mastodon:https://social.example/users/band/statuses/1'")
@click.argument("post")
@json_option
@click.pass_context
def show(context: click.Context, post: str, as_json: bool) -> int:
    """Show one post with every version, its captures and findings."""
    from rollbook.reading import print_post

    return print_post(_workspace(context), post, as_json=as_json)


@command("rollbook -w my-district verify --quick")
@click.option("--quick", is_flag=True, help="Only what came since the last clean check, and every file's size.")
@json_option
@click.pass_context
def verify(context: click.Context, quick: bool, as_json: bool) -> int:
    """Check the whole archive: captures, media, ledger and database."""
    from rollbook.running import run_verify

    return run_verify(_workspace(context), quick=quick, as_json=as_json)


@command("rollbook -w my-district rebuild")
@click.pass_context
def rebuild(context: click.Context) -> int:
    """Make the database again from ledger, captures and media."""
    from rollbook.running import run_rebuild

    return run_rebuild(_workspace(context))


@command("rollbook parse mastodon statuses.json")
@click.argument("network")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--account", default="", help="Whose page it is, network:handle; an invented one when left out.")
@click.option("--url", default="", help="The address that it came from, for relative links.")
def parse(network: str, files: tuple[Path, ...], account: str, url: str) -> int:
    """Print what recorded pages yield: posts as JSON lines, and on standard error what could not be read."""
    from rollbook.parsing import parse_files
    from rollbook.telling import complain, say

    return 1 if parse_files(network, files, say, complain, account=account, url=url) else 0


@command("rollbook plugins")
@click.argument("name", required=False)
@json_option
def plugins(name: str | None, as_json: bool) -> int:
    """List every collector, analyzer and report; with a NAME, print its manual."""
    from rollbook.reading import print_plugins

    return print_plugins(name, as_json=as_json)


@command("rollbook -w my-district schedule install --every day --at 05:20")
@click.argument("action", type=click.Choice(["print", "install", "remove"]))
@click.option("--cron/--systemd", "cron", default=True, help="A line of the crontab (the default), or a systemd timer.")
@click.option("--every", type=click.Choice(["hour", "day"]), default="day", show_default=True, help="How often.")
@click.option("--at", metavar="HH:MM", help="When; an hourly run uses the minutes alone.")
@click.option(
    "--time-limit", "limit_s", type=LIMIT, help="How long one run may take; 55m hourly, 5h daily when left out."
)
@click.option("--mail-to", default="", help="Who gets cron's mail when an audit does not end well.")
@click.option("--user", default="", help="Another user of this machine whose crontab is meant (needs root).")
@click.pass_context
def schedule(
    context: click.Context,
    action: str,
    cron: bool,
    every: Literal["hour", "day"],
    at: str | None,
    limit_s: float | None,
    mail_to: str,
    user: str,
) -> None:
    """Print, install or remove what runs the audit: a crontab or systemd units."""
    from rollbook import schedule as schedules

    try:
        moment = time.fromisoformat(at) if at else None
    except ValueError:
        raise ConfigError(f"{at!r} is no time of day", expected="for example 05:20") from None
    minutes = max(1, round(limit_s / 60)) if limit_s is not None else None
    plan = schedules.plan(context.obj, every=every, at=moment, minutes=minutes, mail_to=mail_to, user=user)
    scheduler: Literal["cron", "systemd"] = "cron" if cron else "systemd"
    if action == "print":
        texts = (
            [schedules.render_crontab(plan)]
            if cron
            else [f"# {name}\n{text}" for name, text in schedules.render_units(plan).items()]
        )
        click.echo("\n".join(texts).rstrip())
        return
    for line in (schedules.install if action == "install" else schedules.remove)(plan, scheduler):
        click.echo(line)


@command("rollbook -w my-district discover https://www.exampledistrict.example")
@click.argument("url")
@click.option("--pages", type=click.IntRange(1), default=60, show_default=True, help="Read at most so many pages.")
@json_option
@click.pass_context
def discover(context: click.Context, url: str, pages: int, as_json: bool) -> int:
    """Read the District's own site and propose rows for accounts.csv, to be accepted one by one."""
    from rollbook.proposing import run_discover

    return run_discover(_workspace(context), url, pages, as_json=as_json)


@command("rollbook sample sample-district")
@click.argument("directory", type=click.Path(path_type=Path), default=Path("sample-district"))
def sample(directory: Path) -> int:
    """Run the main job on the sample district, an invented one whose pages this command itself serves."""
    from rollbook.running import run_sample

    return run_sample(directory)


def main() -> None:
    """Runs a command; an error is one sentence on standard error and the exit code of its kind."""
    try:
        result = main_group.main(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.exceptions.Abort:
        click.echo("rollbook: ended from the keyboard; what was acknowledged is kept", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as err:
        err.show()
        sys.exit(ConfigError.exit_code)
    except RollbookError as err:
        click.echo(f"rollbook: {err}", err=True)
        sys.exit(err.exit_code)
    except BrokenPipeError:  # the reader of a pipe went away: nothing to tell it
        sys.stderr.close()
        sys.exit(0)


