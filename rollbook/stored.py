"""Which credentials are stored, how they stand, and how they are forgotten; no value is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from rollbook.access import Access, access_to, find_access
from rollbook.credentials import forget, place_of
from rollbook.granted import Granted, Standing, read_granted, standings, strike_granted
from rollbook.telling import complain, say, say_json
from rollbook.types import Account
from rollbook.workspace import Workspace


def list_credentials(workspace: Workspace, *, as_json: bool) -> int:
    """Prints every credential without its value; 1 where one is missing or ends soon."""
    today = workspace.school_year.local(datetime.now(UTC)).date()
    rows = standings(workspace, today)
    if as_json:
        say_json([_row(row) for row in rows])
    elif not rows:
        say("No network of the register needs a credential, and none is stored.")
    else:
        for row in rows:
            say(f"{row.name:<40} {row.says()}{_stored(row.granted)}")
    return 0 if all(row.state == "there" for row in rows) else 1


def _stored(granted: Granted | None) -> str:
    """When a credential was stored and what it permits, in parentheses."""
    if granted is None:
        return ""
    scope = f", permits {granted.scope}" if granted.scope else ""
    return f" (stored {granted.stored_at:%Y-%m-%d}{scope})"


def _row(row: Standing) -> dict[str, Any]:
    granted = row.granted
    return {
        "name": row.name, "network": row.network, "account": row.account, "state": row.state, "place": row.place,
        "stored_at": granted.stored_at if granted else None,
        "expires_on": granted.expires_on.isoformat() if granted and granted.expires_on else None,
        "scope": granted.scope if granted else "",
    }


def forget_credentials(workspace: Workspace, network: str, key: str) -> int:
    """Removes a network's credentials, or one account's, from the keyring and the record."""
    access = find_access(network)
    names = []
    for name in dict.fromkeys(_names_to_forget(workspace, access, key)):
        if other := _needed_by(workspace, access, name):
            say(f"{name} is left in the keyring: {other} needs it too.")
        else:
            names.append(name)
    removed = [name for name in names if forget(name)]
    strike_granted(workspace, *names)
    for name in removed:
        say(f"Removed from the keyring: {name}")
    for name in names:
        if place_of(name) == "environment":
            complain(f"{name} is still set in the environment; take it out there")
    if removed:
        say(f"What was removed stays valid until it is taken back on {access.title} too.")
    else:
        say(f"The keyring held nothing for {key or access.title}.")
    return 0


def _names_to_forget(workspace: Workspace, access: Access, key: str) -> Iterator[str]:
    records = [record for record in read_granted(workspace).values() if record.network == access.network]
    # Some may have left the register.
    keys = dict.fromkeys([*(one.key for one in workspace.register), *(one.account for one in records), key])
    accounts = [Account(one, "district") for one in keys if one.partition(":")[0] == access.network]
    for asked in (one for way in access.ways for one in way.credentials):
        if "{" in asked.name:
            yield from (access.name_for(asked, account) for account in accounts if key in ("", account.key))
        if not key:
            yield access.name_for(asked, None)
    if not key:
        yield from (record.name for record in records)


def _needed_by(workspace: Workspace, access: Access, name: str) -> str:
    """The title of another network that is connected by the same credential, as an app of Meta's serves two."""
    others = {record.network for record in read_granted(workspace).values() if record.name != name} - {access.network}
    ways = (way for network in sorted(others & access_to().keys()) for way in access_to()[network].ways)
    return next((way.title for way in ways if any(asked.name == name for asked in way.credentials)), "")
