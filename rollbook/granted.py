"""Which credentials were stored, when, for whom and until when: ``access.json`` of a workspace, without any value."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from rollbook.access import access_to
from rollbook.credentials import Place, place_of
from rollbook.errors import ConfigError
from rollbook.workspace import Workspace

#: Where a credential is known to lie.
_THERE = ("environment", "keyring")
#: A credential that ends within this time is worth a word.
SOON = timedelta(days=14)

State = Literal["there", "ends soon", "ended", "missing", "closed"]


@dataclass(frozen=True, slots=True)
class Granted:
    """What is known of one stored credential; never its value."""

    name: str
    network: str
    #: The account or server that it is for; empty for all of the network.
    account: str
    stored_at: datetime
    #: None where it holds until somebody takes it back, or the network does not say.
    expires_on: date | None = None
    #: What it permits, in the network's words.
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one credential stands today."""

    name: str
    network: str
    account: str
    place: Place
    granted: Granted | None
    today: date

    @property
    def state(self) -> State:
        """In one word."""
        if not self.place:
            return "missing"
        if self.place == "closed":
            return "closed"
        end = self.granted.expires_on if self.granted else None
        if end is None or end > self.today + SOON:
            return "there"
        return "ended" if end <= self.today else "ends soon"

    def says(self) -> str:
        """In a sentence that says what to do."""
        whose = f" --account {self.account}" if self.account else ""
        again = f"run `rollbook connect {self.network}{whose}`"
        end = self.granted.expires_on if self.granted else None
        match self.state:
            case "missing":
                return f"missing: {again}"
            case "closed":
                return "not known: this system's keyring cannot be opened; unlock it, or set it in the environment"
            case "ended":
                return f"expired on {end}: {again}"
            case "ends soon":
                return f"expires on {end}: {again}"
            case _:
                told = f"expires on {end}" if end else "no end is on record"
                return f"there ({self.place}), {told}"


# -- the file ----------------------------------------------------------------------------------------------------


def read_granted(workspace: Workspace) -> dict[str, Granted]:
    """The records by the credential's name; none where nothing was connected. **Raises** ConfigError."""
    file = _file(workspace)
    if not file.is_file():
        return {}
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["credentials"]
        return {row["name"]: _granted(row) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise ConfigError(
            f"cannot be read ({type(err).__name__})", file=file, expected="what `rollbook connect` wrote; remove the "
            "file and connect again: it holds dates only"
        ) from err


def note_granted(workspace: Workspace, *records: Granted) -> None:
    """Writes records, each in the place of an older one of its name."""
    with alone(workspace):
        note_while_alone(workspace, *records)


def note_while_alone(workspace: Workspace, *records: Granted) -> None:
    """The same, for whoever is ``alone`` already."""
    _write(workspace, read_granted(workspace) | {record.name: record for record in records})


def strike_granted(workspace: Workspace, *names: str) -> None:
    """Takes records out."""
    with alone(workspace):
        known = read_granted(workspace)
        if known.keys() & set(names):
            _write(workspace, {name: record for name, record in known.items() if name not in names})


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """A person connects while a run renews: the one waits for the other, so that no record is lost."""
    folder = os.open(workspace.folder, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _file(workspace: Workspace) -> Path:
    return workspace.folder / "access.json"


def _granted(row: Mapping[str, Any]) -> Granted:
    end, stored_at = row["expires_on"], datetime.fromisoformat(row["stored_at"])
    if stored_at.tzinfo is None:
        raise ValueError("a time without an offset")
    return Granted(
        str(row["name"]), str(row["network"]), str(row["account"]), stored_at,
        date.fromisoformat(end) if end else None, str(row["scope"]),
    )


def _write(workspace: Workspace, records: Mapping[str, Granted]) -> None:
    rows = [{
        "name": record.name, "network": record.network, "account": record.account,
        "stored_at": record.stored_at.astimezone(UTC).isoformat(timespec="seconds"),
        "expires_on": record.expires_on.isoformat() if record.expires_on else None, "scope": record.scope,
    } for _, record in sorted(records.items())]
    file = _file(workspace)
    fresh = file.with_suffix(".json.new")
    fresh.write_text(json.dumps({"credentials": rows}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    fresh.replace(file)


# -- how they stand ----------------------------------------------------------------------------------------------


def standings(workspace: Workspace, today: date) -> list[Standing]:
    """Every token and key that the register's networks need, and every other credential that is there or on record.

    An app's secret may be missing: it is for connecting and renewing, and some apps demand it as a proof.
    """
    known = read_granted(workspace)
    found: dict[str, Standing] = {}

    def look(name: str, network: str, account: str, *, needed: bool) -> None:
        place = place_of(name)
        if name not in found and (place in _THERE or needed or name in known):
            found[name] = Standing(name, network, account, place, known.get(name), today)

    for account in workspace.register:
        access = access_to().get(account.network)
        rows = [(way, asked) for way in (access.ways if access else ()) for asked in way.credentials]
        for way, asked in rows:
            name, needed = way.name_for(asked, account), way.needed and asked.token
            shared = asked.or_name and place_of(name) not in _THERE and (
                place_of(asked.or_name) in _THERE or way.whose == "either"
            )
            if shared:
                look(asked.or_name, account.network, "", needed=needed)
            elif asked.kept and not asked.refresh:
                look(name, account.network, account.key if "{" in asked.name else "", needed=needed)
    for record in known.values():
        look(record.name, record.network, record.account, needed=False)
    return list(found.values())
