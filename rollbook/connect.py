"""Walks a person through being let into a network: what to click, what to paste, and where it is kept.

What is pasted is a token or a key that the network made for a program. A password of anybody is never asked for: who
has to log in does so on the network's own page.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import click

from rollbook.access import Access, Asked, access_to, find_access, host_of
from rollbook.authorizing import Tokens, ask, authorize, whose
from rollbook.credentials import credential, keep, place_of, require_keyring
from rollbook.errors import AccessError, ConfigError, NoKeyring
from rollbook.granted import Granted, note_granted
from rollbook.http import Door
from rollbook.pagetokens import page_token
from rollbook.plugins import Visit
from rollbook.telling import complain, say, say_wrapped
from rollbook.types import Account
from rollbook.workspace import Workspace

#: How often a credential of the wrong form may be pasted.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Terminal:
    """How the person is spoken to; tests speak otherwise."""

    #: Asks for a value: its label, and whether it stays unseen while it is typed.
    ask: Callable[[str, bool], str]
    #: Opens an address in the browser.
    browse: Callable[[str], object]


def terminal() -> Terminal:
    """The terminal that the program runs in. **Raises** ConfigError where there is none."""
    if not sys.stdin.isatty():
        raise ConfigError(
            "connect asks for credentials at a terminal, so that none stands on a command line or in a file",
            expected="a terminal; where there is none, set the environment variables that docs/access.md lists",
        )
    return Terminal(_ask, _browse)


def _ask(label: str, unseen: bool) -> str:
    return str(click.prompt(label, default="", show_default=False, hide_input=unseen))


def _browse(url: str) -> None:
    say(f"Open this address in a browser on this machine, unless it opened by itself:\n\n{url}\n")
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        click.launch(url)
    say("Waiting for the answer…")


# -- connecting --------------------------------------------------------------------------------------------------


def connect(workspace: Workspace, network: str, key: str, person: Callable[[], Terminal]) -> int:
    """Says what to do, asks, checks and stores. **Raises** ConfigError, AccessError, NetworkError."""
    access = find_access(network)
    if not access.credentials:
        say(f"{access.title}: nothing is needed: {access.why}.")
        return 0
    access = access.owner if key and access.owner else access
    account = _account(workspace, access, key)
    _explain(access)
    labels = {access.name_for(asked, account): asked.label for asked in access.credentials if asked.kept}
    try:
        require_keyring()
    except NoKeyring as err:
        complain(f"nothing was asked for: {err}")
        say("Set these environment variables for the user who runs Rollbook's schedule instead:")
        for name, label in labels.items():
            say(f"  {name}: the {label.partition(' (')[0]}")
        return 1
    for name in labels:
        if place_of(name) == "environment":
            say(f"Note: {name} is set in the environment, which goes before the keyring.")
    try:
        _store(workspace, access, account, person())
    except (click.Abort, KeyboardInterrupt):
        raise click.Abort("nothing more was stored") from None
    say(f"Next: rollbook -w {workspace.folder} doctor tells whether it works.")
    return 0


def _store(workspace: Workspace, access: Access, account: Account | None, person: Terminal) -> None:
    with Door(workspace.collect) as door:
        fill = _asked_for(access, account, person, door)
        if account is not None and access.whose == "host":
            fill["base"] = _base(workspace, account)
        if access.authorize is not None:
            tokens = authorize(door, access.authorize, fill, person.browse)
        else:
            tokens = _tokens(access, account, fill, door)
        fill |= {"token": tokens.access, "refresh": tokens.refresh}
        if access.whoami and account is not None:
            owner = whose(door, access.whoami, fill)
            if owner.lower() != account.handle.removeprefix("@").lower():
                problem = f"this token belongs to {owner[:80]!r}, not to {account.handle!r}; nothing was stored"
                raise AccessError(problem)
        _say_permissions(access, tokens)
        _keep(workspace, access, account, fill, tokens)


def _asked_for(access: Access, account: Account | None, person: Terminal, door: Door) -> dict[str, str]:
    """What the person typed, by name; the token itself under ``token``."""
    fill: dict[str, str] = {}
    for asked in access.asks:
        name = access.name_for(asked, account)
        known = credential(name) if asked.kept and not asked.token else ""
        value = _ask_for(asked, person, known)
        if asked.secret:
            door.keep_secret(value)
        fill["token" if asked.token else name] = value
    return fill


def _ask_for(asked: Asked, person: Terminal, known: str) -> str:
    hint = " (is there already; press Enter to keep it)" if known else ""
    for _ in range(TRIES):
        value = person.ask(asked.label + hint, asked.secret).strip()
        if not value and (known or asked.optional):
            return known
        if asked.form.fullmatch(value):
            return value
        complain(f"that is no {asked.label}: expected {asked.looks}; nothing was stored")
    raise ConfigError(f"no {asked.label} was given", expected=asked.looks)


def _tokens(access: Access, account: Account | None, fill: Mapping[str, str], door: Door) -> Tokens:
    """The token that was pasted, or the longer-lived one that the network gives for it."""
    if access.inspect is not None:
        return page_token(door, access, account, fill, say)
    if access.exchange is not None and all(fill.get(name) for name in _named(access.exchange.parameters)):
        return ask(door, access.exchange, fill)
    days = access.token.lasts_days
    return Tokens(fill["token"], expires_on=datetime.now(UTC).date() + timedelta(days=days) if days else None)


def _named(parameters: Mapping[str, str]) -> set[str]:
    """The credentials that parameters name in braces."""
    return {part.partition("}")[0] for value in parameters.values() for part in value.split("{")[1:]}


def _keep(
    workspace: Workspace, access: Access, account: Account | None, fill: Mapping[str, str], tokens: Tokens
) -> None:
    now = datetime.now(UTC)
    records = []
    for asked in access.credentials:
        name = access.name_for(asked, account)
        value = fill["token"] if asked.token else fill["refresh"] if asked.refresh else fill.get(name, "")
        if not asked.kept or not value or (value == credential(name) and not asked.token):
            continue
        keep(name, value)
        if asked.refresh:
            continue
        own = account.key if account is not None and "{" in asked.name else ""
        end = tokens.expires_on if asked.token else None
        records.append(Granted(name, access.network, own, now, end, tokens.scope if asked.token else ""))
        say(f"Stored in this system's keyring: {name}, " + (f"until {end}." if end else "with no end on record."))
    note_granted(workspace, *records)


# -- whose, and in words -----------------------------------------------------------------------------------------


def _account(workspace: Workspace, access: Access, key: str) -> Account | None:
    """The account that is connected; None where one credential serves all of the network."""
    ours = [account for account in workspace.register if account.network == access.network]
    if key and key not in {account.key for account in ours}:
        raise ConfigError(f"{key!r} is not in the register", expected=f"an account of {access.title} in accounts.csv")
    if not access.whose or (access.whose == "either" and not key):
        return None
    chosen = [account for account in ours if account.key == key] if key else ours
    names = {access.name_for(access.token, account): account for account in chosen}
    if len(names) != 1:
        known = ", ".join(account.key for account in ours)
        missing = f"a row for it in accounts.csv: none of {access.title} is there yet"
        expected = f"--account and one of: {known}" if known else missing
        raise ConfigError("which account?", expected=expected)
    (name, account) = names.popitem()
    for other in ours:
        same = access.name_for(access.token, other) == name
        apart = host_of(other) != host_of(account) if access.whose == "host" else other.handle != account.handle
        if same and apart:
            raise ConfigError(f"{other.key} and {account.key} would share the name {name}", expected="one of the two")
    return account


def _base(workspace: Workspace, account: Account) -> str:
    """Where the account's server is. **Raises** CollectError (setting)."""
    host, settings = host_of(account), workspace.collect.networks.get(account.network, {})
    return Visit(account, {}, None, settings).address("base", f"https://{host}", host=host)


def _explain(access: Access) -> None:
    say_wrapped(f"{access.title}: {access.why}.")
    if access.before:
        say()
        say_wrapped(f"First: {access.before}")
    say()
    for number, step in enumerate(access.steps, 1):
        say_wrapped(step, f"  {number}. ")
    if access.permissions:
        say("\nPermissions, and what each is for:")
        for name, why in access.permissions.items():
            say_wrapped(f"{name}: {why}", "  ")
    say()
    if access.owner:
        say_wrapped(f"With --account: {access.owner.why}.")
        say()
    say_wrapped("Nobody's password is asked for. What you paste does not show while you type.")
    say()


def _say_permissions(access: Access, tokens: Tokens) -> None:
    given = set(tokens.scope.replace(",", " ").split())
    lacking = [name for name in access.permissions if name not in given]
    if given and lacking:
        complain(f"the token lacks {', '.join(lacking)}: posts may be missing; make one with all permissions")


def networks() -> list[str]:
    """Every network that can be connected, or needs nothing."""
    return sorted(access_to())
