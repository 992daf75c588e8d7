"""The commands that make a workspace and keep it in order, and those that show what Rollbook can do."""

from __future__ import annotations

import sys
from datetime import time
from pathlib import Path
from typing import Literal

import click

from rollbook.arguments import LIMIT, command, json_option, workspace_of
from rollbook.errors import ConfigError


@command("rollbook init my-district --name 'Example CSD' --mail-domain exampledistrict.example")
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


@command("rollbook -w my-district discover https://www.exampledistrict.example")
@click.argument("url")
@click.option("--pages", type=click.IntRange(1), default=60, show_default=True, help="Read at most so many pages.")
@json_option
@click.pass_context
def discover(context: click.Context, url: str, pages: int, as_json: bool) -> int:
    """Read the District's own site and propose rows for accounts.csv, to be accepted one by one."""
    from rollbook.proposing import run_discover

    return run_discover(workspace_of(context), url, pages, as_json=as_json)


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
    from rollbook import stored

    workspace = workspace_of(context)
    if listing:
        return stored.list_credentials(workspace, as_json=as_json)
    if network is None:
        raise ConfigError("which network?", expected=f"one of {', '.join(connecting.networks())}, or --list")
    if forget:
        return stored.forget_credentials(workspace, network, account)
    return connecting.connect(workspace, network, account, connecting.terminal)


@command("rollbook -w my-district doctor")
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> int:
    """Say what is configured, reachable, expired or missing."""
    from rollbook.doctor import examine
    from rollbook.telling import say, say_json

    checks = []
    for item in examine(workspace_of(context)):
        checks.append(item)
        if not as_json:  # at once: a server that does not answer takes its time
            say(f"{'ok     ' if item.ok else 'PROBLEM'}  {item.what}: {item.says}")
    if as_json:
        say_json([{"what": item.what, "ok": item.ok, "says": item.says} for item in checks])
    return 0 if all(item.ok for item in checks) else 1


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


@command("rollbook plugins")
@click.argument("name", required=False)
@json_option
def plugins(name: str | None, as_json: bool) -> int:
    """List every collector, analyzer and report; with a NAME, print its manual."""
    from rollbook.reading import print_plugins

    return print_plugins(name, as_json=as_json)


@command("rollbook sample sample-district")
@click.argument("directory", type=click.Path(path_type=Path), default=Path("sample-district"))
def sample(directory: Path) -> int:
    """Run the main job on the sample district, an invented one whose pages this command itself serves."""
    from rollbook.running import run_sample

    return run_sample(directory)
