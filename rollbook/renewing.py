"""Renews tokens that live shorter than a school year, before a run needs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rollbook.access import Access, access_to
from rollbook.authorizing import ask
from rollbook.credentials import credential, keep, place_of
from rollbook.errors import RollbookError
from rollbook.granted import Granted, alone, note_while_alone, read_granted
from rollbook.http import Door
from rollbook.types import Account
from rollbook.workspace import Workspace

#: A token that was renewed lives longer than this. **Source**: Google's live an hour, TikTok's two.
FRESH = timedelta(minutes=30)


def renew_due(workspace: Workspace, now: datetime | None = None, account: str = "") -> Iterator[str]:
    """Renews what is due; a sentence for each that could not be renewed. Tokens of the environment stay as they are.

    With the key of an ``account`` only its tokens, and none that was renewed within the last half hour.
    """
    now = now or datetime.now(UTC)
    try:
        records = list(read_granted(workspace).values())
    except RollbookError as err:
        yield str(err)
        return
    for record in records:
        if account not in ("", record.account) or (account and _age(record, now) < FRESH):
            continue
        with Door(workspace.collect) as door:
            try:
                _renew(workspace, record.name, door, now)
                continue
            except RollbookError as err:
                problem = f"{err}; see `rollbook doctor`"
            except Exception as err:  # a defect in renewing must not cost the accounts their visits
                problem = f"{type(err).__name__}: {err}; please report this"
            yield door.without_secrets(f"{record.name} could not be renewed: {problem}")


def _renew(workspace: Workspace, name: str, door: Door, now: datetime) -> None:
    """Renews one token where it is due, alone: what renews it may be good for one time only."""
    with alone(workspace):
        record = read_granted(workspace).get(name)
        if record is None:
            return
        access, account = access_to().get(record.network), workspace.register.get(record.account)
        if access is None or account is None:
            return
        way = next((way for way in access.ways if _due(way, account, record, now)), None)
        if way is not None:
            note_while_alone(workspace, _renewed(way, account, record, door, now))


def _age(record: Granted, now: datetime) -> timedelta:
    """How old a token is; as old as can be where it comes from the future, as of a clock that was wrong."""
    age = now - record.stored_at
    return age if age >= timedelta(0) else timedelta.max


def _due(access: Access, account: Account, record: Granted, now: datetime) -> bool:
    return (
        access.renew is not None
        and record.name == access.name_for(access.token, account)
        and _age(record, now) >= timedelta(hours=access.renew.after_hours)
        and place_of(record.name) in ("keyring", "closed")  # of a closed one it is told
    )


def _renewed(access: Access, account: Account, record: Granted, door: Door, now: datetime) -> Granted:
    """Asks for a new token, stores it, and says what is known of it."""
    fill = {"token": credential(record.name)}
    refresh_name = ""
    for asked in access.credentials:
        name = access.name_for(asked, account)
        if asked.refresh:
            refresh_name, fill["refresh"] = name, credential(name)
        elif asked.kept and not asked.token:
            fill[name] = credential(name)
    for value in fill.values():
        door.keep_secret(value)
    assert access.renew is not None  # _due
    tokens = ask(door, access.renew, fill)
    if refresh_name and tokens.refresh:
        keep(refresh_name, tokens.refresh)  # first: the old one is dead from now on
    keep(record.name, tokens.access)
    # Google keeps the old one: then what was said of its end still holds.
    told = tokens.expires_on if tokens.refresh or not refresh_name else None
    return replace(record, stored_at=now, expires_on=told or record.expires_on)
