"""Makes a workspace: a folder with commented files that a person fills in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from rollbook.errors import ConfigError
from rollbook.places import CONFIG
from rollbook.register import COLUMNS

#: Where a New York district's clock runs.
TIMEZONE = "America/New_York"
_EXAMPLES = CONFIG / "example"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new workspace needs to know; empty answers leave commented lines to fill in."""

    name: str = ""
    mail_domains: tuple[str, ...] = ()
    timezone: str = ""
    #: Keys of the District's own accounts.
    accounts: tuple[str, ...] = ()


def ask(directory: Path, known: Answers) -> Answers:
    """Asks at a terminal for what the command line left out."""
    name = known.name or click.prompt("The District's full name", default=_name_of(directory))
    domains = known.mail_domains
    if not domains:
        answer = click.prompt("Its mail domains, with commas", default="", show_default=False)
        domains = tuple(part.strip() for part in answer.split(",") if part.strip())
    timezone = known.timezone or click.prompt("Its time zone", default=TIMEZONE)
    accounts = list(known.accounts)
    while not known.accounts:
        key = click.prompt(
            "One of its accounts, like bluesky:school.example (nothing to go on)", default="", show_default=False
        )
        if not key:
            break
        accounts.append(key)
    return Answers(name, domains, timezone, tuple(accounts))


def lay(directory: Path, answers: Answers) -> Iterator[str]:
    """Writes the files and says what to do next. **Raises** ConfigError where the folder is a workspace already."""
    if (directory / "district.toml").exists():
        raise ConfigError(f"{directory} is a workspace already", expected="a new folder")
    timezone = answers.timezone or TIMEZONE
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(f"{timezone!r} is no time zone", expected="for example America/New_York") from None
    for key in answers.accounts:
        network, colon, handle = key.partition(":")
        if not (network and colon and handle):
            raise ConfigError(f"{key!r} is no account", expected="network:handle, for example bluesky:school.example")
    name = answers.name or _name_of(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        template = (_EXAMPLES / "district.toml").read_text(encoding="utf-8")
        _write(directory / "district.toml", template.replace("@NAME@", json.dumps(name, ensure_ascii=False))
               .replace("@MAIL_DOMAINS@", json.dumps(list(answers.mail_domains), ensure_ascii=False))
               .replace("@TIMEZONE@", json.dumps(timezone)))
        _write(directory / "accounts.csv", _accounts(answers.accounts))
        _write(directory / "approvals.csv", "what,value,from,until,note\n")
    except OSError as err:
        raise ConfigError(
            f"cannot write {err.filename}: {err.strerror}", expected="a folder that you may write to"
        ) from err
    yield f"Made {directory}: district.toml, accounts.csv, approvals.csv."
    if not answers.accounts:
        yield f"Next: a row for each account in {directory / 'accounts.csv'} (docs/formats.md tells the columns),"
        yield f"or: rollbook -w {directory} discover https://…, which reads the District's own site and proposes rows."
    yield f"Then: rollbook -w {directory} doctor says what is missing, rollbook -w {directory} audit does the work."


def _write(path: Path, text: str) -> None:
    if not path.exists():  # a register that is already there is the person's own
        path.write_text(text, encoding="utf-8")


def _accounts(keys: tuple[str, ...]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key in keys:
        writer.writerow([key, "district", *[""] * (len(COLUMNS) - 2)])
    return out.getvalue()


def _name_of(directory: Path) -> str:
    words = directory.resolve().name.replace("-", " ").replace("_", " ").split()
    return " ".join(word.capitalize() for word in words) or "My District"
