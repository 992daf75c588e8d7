"""The register of accounts: which ones are looked at, and what each was authorised to do on a given day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rollbook.linked import account_linked, plain_key
from rollbook.tables import Row, read_hours, rows
from rollbook.types import Account, Hours

COLUMNS = (
    "account", "kind", "owner", "role", "registered_on", "spokesperson_from", "spokesperson_until",
    "instruction_from", "instruction_until", "hours",
)


@dataclass(frozen=True, slots=True)
class Register:
    """The accounts on record, in the order of the file."""

    accounts: Mapping[str, Account]

    def __iter__(self) -> Iterator[Account]:
        return iter(self.accounts.values())

    def __len__(self) -> int:
        return len(self.accounts)

    def get(self, key: str) -> Account | None:
        """The account of a key, or None where it is not registered."""
        return self.accounts.get(key)


def may_speak(account: Account, day: date) -> bool:
    """Whether the account is on record as a spokesperson of the District on that day. **Source**: 9125.3 para 6."""
    return account.spokesperson is not None and day in account.spokesperson


def may_instruct(account: Account, day: date) -> bool:
    """Whether written authorisation for instruction is on record on that day. **Source**: 9125.3 para 3."""
    return account.instruction is not None and day in account.instruction


def read_register(file: Path, hours: Hours | None) -> Register:
    """Reads accounts.csv or .xlsx; ``hours`` are the District's, for rows that state none.

    A register without a row is a district that has just begun. **Raises** ConfigError with file, row, column and
    what was expected.
    """
    accounts: dict[str, Account] = {}
    places: dict[str, int] = {}  # as networks compare names, which ignore case and "@"
    for row in rows(file, COLUMNS, required=("account", "kind")):
        account = _account(row, hours)
        same = plain_key(account.key)
        if same in places:
            raise row.refuse("account", f"each account once; it stands in row {places[same]} too")
        accounts[account.key], places[same] = account, row.number
    return Register(accounts)


def _account(row: Row, district_hours: Hours | None) -> Account:
    key = row.text("account", required="network:handle, for example bluesky:school.example")
    network, colon, handle = key.partition(":")
    if network in ("http", "https"):  # the address of a profile or a site, copied from the browser
        linked = account_linked(key)
        meant = f"here {linked.key}" if linked else f"for a site website:{key}"
        raise row.refuse("account", f"network:handle, {meant}")
    if (
        not colon
        or not handle
        or not network.isascii()
        or not network.replace("-", "").isalnum()
        or network != network.lower()
    ):
        raise row.refuse("account", "network:handle, for example bluesky:school.example or feed:https://…")
    if handle != handle.strip() or (" " in handle):
        raise row.refuse("account", "network:handle without spaces")
    stated = row.text("hours")
    hours = district_hours
    if stated == "none":
        hours = None
    elif stated:
        hours = read_hours(stated)
        if hours is None:
            raise row.refuse("hours", "hours like 07:30-15:30, 'none' when they are not on record, or nothing")
    kind = row.choice("kind", ("district", "employee"))
    return Account(
        key=key,
        kind="district" if kind == "district" else "employee",
        owner=row.text("owner"),
        role=row.text("role"),
        registered_on=row.day("registered_on"),
        spokesperson=row.period("spokesperson_from", "spokesperson_until"),
        instruction=row.period("instruction_from", "instruction_until"),
        hours=hours,
    )
