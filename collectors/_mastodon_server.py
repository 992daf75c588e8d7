"""How a Mastodon server is asked for one account: as who has its token, or as anybody may.

**Source**: https://docs.joinmastodon.org/methods/accounts/, read 2026-11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote

from rollbook.credentials import credential, credential_name
from rollbook.errors import AccessError, AccountGone, CollectError, PageError
from rollbook.http import Door
from rollbook.pages import Item, read_item, read_json
from rollbook.plugins import Visit
from rollbook.types import Page

_HANDLE = re.compile(
    r"@?([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)@([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Server:
    """One account's server in one visit."""

    visit: Visit
    door: Door
    user: str
    host: str
    base: str
    #: Empty where it has none, and where it is asked as anybody may.
    token: str = field(repr=False)
    anonymous: bool = False

    @classmethod
    def of(cls, visit: Visit, door: Door, *, anonymous: bool = False) -> Self:
        """**Raises** CollectError for a handle or a setting that is none."""
        key, parts = visit.account.key, _HANDLE.fullmatch(visit.account.handle)
        if parts is None:
            problem = f"{visit.account.handle!r} is no handle; expected a name like office@school.example"
            raise CollectError(problem, account=key, code="bad-handle")
        user, host = parts[1], parts[2].lower()
        base = visit.address("base", f"https://{host}", host=host)
        token = "" if anonymous else credential(credential_name("mastodon", host), optional=True)
        if token:
            door.keep_secret(token)
        return cls(visit, door, user, host, base, token, anonymous)

    @property
    def key(self) -> str:
        return self.visit.account.key

    @property
    def token_name(self) -> str:
        """The credential of this server's token."""
        return credential_name("mastodon", self.host)

    def ask(
        self, path: str, part: str, context: dict[str, str], params: dict[str, str | int],
        accept: tuple[int, ...] = (200,),
    ) -> Page:
        """Calls one method. **Raises** AccessError with what a person can do about it."""
        headers = {"Accept": "application/json", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        context = {"host": self.host, **context}
        try:
            return self.door.fetch(
                f"{self.base}/api/v1/{path}", account=self.key, part=part, context=context, params=params,
                headers=headers, accept=accept,
            )
        except (AccessError, PageError) as err:
            # 422 is how Mastodon refuses an application's token that is nobody's.
            if self.anonymous or not (isinstance(err, AccessError) or err.code == "http-422"):
                raise
            advice = (
                f"the token in {self.token_name} is refused: make a new one" if self.token else
                f"{self.host} shows nothing without a token: `rollbook connect mastodon --account {self.key}` gets one "
                f"({self.token_name})"
            )
            raise AccessError(f"{err.cause}; {advice}", account=self.key, place=err.place) from err


def profile_of(server: Server) -> tuple[Page, Item]:
    """The page with an account's profile, and the account. **Raises** CollectError."""
    page = server.ask("accounts/lookup", "profile", {}, {"acct": server.user}, (200, 404, 410))
    if page.status != 200:
        raise _lost(server, page)
    account = read_item(read_json(page), "profile", server.key)
    _check(server, account)
    return page, account


def _lost(server: Server, page: Page) -> AccountGone:
    """Why no account has the name: what the one that had it is now, where it is known and the server tells."""
    known, status, name = server.visit.cursor.get("id", ""), page.status, ""
    if known and status == 404:
        found = server.ask(f"accounts/{quote(known, safe='')}", "profile", {}, {}, (200, 404, 410))
        status = found.status
        if status == 200:
            account = read_item(read_json(found), "profile", server.key)
            if account.data.get("suspended") is True:
                return _suspended(server)
            name = account.words("acct")
    if name and name.lower() != server.user.lower():
        problem = f"the account calls itself {name} now, no longer {server.user}: correct the register"
        return AccountGone(problem, account=server.key, code="renamed")
    problem = f"{server.host} has no account {server.user} (HTTP {page.status})"
    return AccountGone(problem, account=server.key, code="deleted" if status == 410 else "not-found")


def _suspended(server: Server) -> AccountGone:
    return AccountGone(f"{server.host} has suspended the account", account=server.key, code="suspended")


def _check(server: Server, account: Item) -> None:
    """**Raises** AccountGone, or PageError (foreign-id) where the answer is about somebody else."""
    number = account.text("id")
    if account.data.get("suspended") is True:
        raise _suspended(server)
    if account.words("acct").lower() != server.user.lower():
        problem = f"asked for {server.user}, the server answers with {account.words('acct') or 'nobody'}"
        raise account.refuse(problem, code="foreign-id")
    server.visit.check_number(account, number)
