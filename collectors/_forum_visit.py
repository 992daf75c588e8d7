"""One user's forum in one visit: what is asked of it, and what its answers say of who the user is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from collectors._forum_posts import User, user_of
from rollbook.errors import AccountGone, CollectError
from rollbook.http import Door
from rollbook.pages import Item, reach, read_time
from rollbook.plugins import Sweep, Visit
from rollbook.types import Page

SOFTWARE = ("discourse", "misago", "phpbb")


@dataclass(frozen=True, slots=True)
class Forum:
    """One user's forum in one visit."""

    visit: Visit
    door: Door
    user: User

    @classmethod
    def of(cls, visit: Visit, door: Door) -> Self:
        """**Raises** CollectError for a handle that is none."""
        user = user_of(visit.account.key)
        if user is None:
            problem = f"{visit.account.handle!r} is no user's address; expected forum:https://forum.example/u/name"
            raise CollectError(problem, account=visit.account.key, code="bad-handle")
        return cls(visit, door, user)

    @property
    def key(self) -> str:
        """The account's key in the register."""
        return self.visit.account.key

    def ask(
        self, path: str, part: str, accept: Sequence[int] = (200,), context: Mapping[str, str] | None = None,
        kind: str = "application/json",
    ) -> Page:
        """GETs one page of the forum."""
        return self.door.fetch(
            f"{self.user.base}{path}", account=self.key, part=part, headers={"Accept": kind}, accept=accept,
            context=context,
        )

    def software(self) -> str:
        """What the forum is said to be made with; empty where it has to be found out. **Raises** CollectError."""
        said = self.visit.settings.get("software", "")
        said = said.get(urlsplit(self.user.base).netloc, "") if isinstance(said, dict) else said
        if said and said not in SOFTWARE:
            expected = f"one of {', '.join(SOFTWARE)}, or a table of hosts"
            problem = f"[collect.forum] software is {said!r}; expected {expected}"
            raise CollectError(problem, account=self.key, code="setting")
        known = str(said) or self.visit.cursor.get("software", "")
        return known or ("misago" if self.user.number else "")

    def since(self) -> datetime:
        """How far back the visit reads."""
        return reach(self.visit, read_time(self.visit.cursor.get("newest", "")))

    def number_of(self, user: Item, name: str) -> str:
        """The forum's number of the user. **Raises** PageError (foreign-id, schema), AccountGone (renamed)."""
        number = user.name("id")
        if not number:
            raise user.refuse("'id' is missing; expected the forum's number of the user")
        self.visit.check_number(user, number, "user")
        if name.lower() != self.user.name.lower():
            problem = f"the user is called {name!r} now: register the new address"
            raise AccountGone(problem, account=self.key, code="renamed")
        return number

    def sweep(self, software: str, number: str, newest: datetime | None, since: datetime) -> Sweep:
        """What a visit proved that read everything since a moment."""
        told = newest.isoformat() if newest else self.visit.cursor.get("newest", "")
        cursor = {"software": software, "id": number, "newest": told}
        return Sweep({name: value for name, value in cursor.items() if value}, covered_from=since)
