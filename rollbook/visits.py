"""What a collector is asked for and answers with: a visit and what it proved, a look-up, a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from rollbook.errors import CollectError
from rollbook.types import Account, Marked, Page, PostKind

if TYPE_CHECKING:
    from rollbook.budget import Budget
    from rollbook.pages import Item


@dataclass(frozen=True, slots=True)
class Visit:
    """What a collector is asked to do for one account in one run."""

    account: Account
    #: What the last finished visit returned; empty on the first, and when ``--full`` is asked.
    cursor: Mapping[str, str]
    #: Read everything made since this moment again, to see edits and deletions; None reads the whole history.
    look_back_to: datetime | None
    #: The table ``[collect.NETWORK]`` of district.toml; empty where there is none.
    settings: Mapping[str, object] = field(default_factory=dict)
    #: What ``monthly_reads`` of that table allows, for networks that bill for reading; None where it says nothing.
    budget: Budget | None = None
    #: The District's own accounts on the network: a profile is asked for in the name of one of them where it must be.
    own: tuple[Account, ...] = ()

    def check_number(self, found: Item, number: str, what: str = "account") -> None:
        """**Raises** PageError (foreign-id) where the network's number is another than the cursor's ``id``."""
        known = self.cursor.get("id", "")
        if known and number != known:
            problem = f"the name is {what} {number} now, no longer {known}: is it still the registered account?"
            raise found.refuse(problem, code="foreign-id")

    def address(self, name: str, default: str, *, host: str = "", may_be_empty: bool = False) -> str:
        """An address that the settings name, without "/" at its end; ``host``: it may be a table of hosts.

        **Raises** CollectError (setting) for what is none.
        """
        value = self.settings.get(name, default)
        expected = "an address, or a table of hosts and addresses" if host else "an address"
        if host and isinstance(value, dict):
            value = value.get(host, default)
        try:
            parts = urlsplit(value) if isinstance(value, str) else None
        except ValueError:  # http://[
            parts = None
        good = parts is not None and parts.scheme in ("http", "https") and parts.hostname
        if not isinstance(value, str) or not (good or (may_be_empty and not value)):
            problem = f"[collect.{self.account.network}] {name} is {value!r}; expected {expected}"
            raise CollectError(problem, account=self.account.key, code="setting")
        return value.rstrip("/")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a finished visit proved."""

    #: Handed to the next visit; saved only when every page is safe. ``id`` is the network's own number of the account.
    cursor: Mapping[str, str]
    #: Every post made since this moment was on the pages of this visit: what is missing may be deleted.
    #: None where nothing can be concluded (an unchanged feed, a first page only).
    covered_from: datetime | None = None
    #: How many posts the network says the account has; None where it does not say.
    expected: int | None = None
    #: The pages hold the newest items and no more, down to ``covered_from`` (feeds).
    bounded: bool = False
    #: Posts that the network said stand as they were, so that no page brought them: they are not missing.
    present: frozenset[str] = frozenset()
    #: What could not be read and is on no page.
    marked: tuple[Marked, ...] = ()
    #: The kinds of posts that ``covered_from`` speaks of; None for all.
    kinds: frozenset[PostKind] | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """What a look-up by id says of one post."""

    post: str
    #: ``unclear`` whenever the network did not say plainly: never a deletion.
    state: Literal["here", "gone", "unclear"]
    #: In words: "HTTP 404", "RecordNotFound", "HTTP 200 at its address".
    how: str
    #: The answer; its posts are parsed like any other page's when the post is here.
    page: Page | None = None
    #: No network says so, only a host by its 404 or 410, as it may for an hour: a later visit has to find the same.
    host_only: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """The public profile of an account that is not on record."""

    #: Its parse gives one post of the kind ``profile``.
    page: Page
    #: The network's own number of the account, which outlives its name: what a cursor keeps as ``id``.
    number: str = ""
    #: Other keys by which it may be on record.
    also: tuple[str, ...] = ()
