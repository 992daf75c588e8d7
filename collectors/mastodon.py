"""Mastodon and servers that speak its API: the public statuses, replies, quotes and boosts of one account, its profile.

Source: the account's own server: ``/api/v1/accounts/lookup``, ``/accounts/:id/statuses``, ``/statuses/:id/history``.
https://docs.joinmastodon.org/methods/accounts/, read 2026-11. ``[collect.mastodon] base`` of district.toml says where a
server's API is when it is not at the handle's host: one address, or a table of hosts and addresses.
Access: none on most servers. One that shows nothing without a login (HTTP 401, 422) wants a token of an account there,
the District's own: ``rollbook connect mastodon`` gets one that may only read (``read:accounts``, ``read:statuses``).
Best is an account that posts nothing and follows nobody: a page is captured with all that its token may see. The
token's name is ``ROLLBOOK_MASTODON_HOST_TOKEN``, the host in capitals with "_" for "." and "-".
Rate: 300 requests in five minutes; a visit takes one, one for each 40 statuses, and one for each status newly edited.
Order: newest first, by the server's ids; pages by the ``Link`` header.
Cursor: ``id`` of the account, ``newest`` status and latest edit (``edited``) seen.
Edits and deletions: ``edited_at`` tells of an edit, ``history`` gives every version; a deleted status is HTTP 404.
An account with another name than before is the error "renamed", a name that belongs to another account "foreign-id".
Owners' exports: the archive of Preferences, Import and export (.zip or .tar.gz); WARC and WACZ files with answers of
this API.
Not collected: statuses for followers or named people only (never read in, whatever a token may see), likes, counts,
lists, other people's replies, preview cards (the server makes them later, from links that the words have already).
Tested: live against mastodon-mock, a mock of Mastodon.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import parse_qs, quote, urlsplit

from collectors._mastodon_export import EXPORT, member_alone, parse_export
from collectors._mastodon_statuses import frame, parse_statuses
from rollbook.credentials import credential, credential_name
from rollbook.errors import AccessError, AccountGone, CollectError, PageError
from rollbook.http import Door
from rollbook.pages import Item, objects, reach, read_item, read_json, read_time, refuse, step
from rollbook.plugins import Presence, Profile, Sweep, Visit, collector
from rollbook.types import Page, Parsed, Post

#: The most statuses that one request gives. **Source**: docs.joinmastodon.org/methods/accounts/#statuses.
STATUSES = 40

_HANDLE = re.compile(
    r"@?([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)@([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)",
    re.IGNORECASE,
)
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<>]*\brel="?next\b')


@dataclass(frozen=True, slots=True)
class _Server:
    """One account's server in one visit."""

    visit: Visit
    door: Door
    user: str
    host: str
    base: str
    #: Asks without the server's token: as anybody may.
    anonymous: bool = False

    @classmethod
    def of(cls, visit: Visit, door: Door, *, anonymous: bool = False) -> Self:
        """**Raises** CollectError for a handle or a setting that is none."""
        key, parts = visit.account.key, _HANDLE.fullmatch(visit.account.handle)
        if parts is None:
            problem = f"{visit.account.handle!r} is no handle; expected a name like office@school.example"
            raise CollectError(problem, account=key, code="bad-handle")
        user, host = parts[1], parts[2].lower()
        base = visit.settings.get("base", {})
        base = base.get(host, f"https://{host}") if isinstance(base, dict) else base
        if not isinstance(base, str) or urlsplit(base).scheme not in ("http", "https"):
            problem = f"[collect.mastodon] base is {base!r}; expected an address, or a table of hosts and addresses"
            raise CollectError(problem, account=key, code="setting")
        return cls(visit, door, user, host, base.rstrip("/"), anonymous)

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
        token = "" if self.anonymous else credential(self.token_name, optional=True)
        if token:
            self.door.keep_secret(token)
        headers = {"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
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
                f"the token in {self.token_name} is refused: make a new one" if token else
                f"{self.host} shows nothing without a token: `rollbook connect mastodon --account {self.key}` gets one "
                f"({self.token_name})"
            )
            raise AccessError(f"{err.cause}; {advice}", account=self.key, place=err.place) from err


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks the server for each status by its number; only 404 and 410 say that one is gone."""
    for post in posts:
        uri = post.id.removeprefix("mastodon:")
        number = _number(uri) or _number(post.url)
        if not number:
            yield Presence(post.id, "unclear", "its number on the server is not known")
            continue
        try:
            page = _Server.of(visit, door).ask(f"statuses/{number}", "lookup", {}, {}, (200, 404, 410))
            found = read_item(read_json(page), "lookup", page.account).words("uri") if page.status == 200 else ""
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))
            continue
        if page.status != 200:
            yield Presence(post.id, "gone", f"HTTP {page.status}", page)
        elif found == uri:
            yield Presence(post.id, "here", "HTTP 200 at its number", page)
        else:
            yield Presence(post.id, "unclear", f"its number is {found or 'another status'} now", page)


def _number(address: str) -> str:
    """The server's number in a URI or address: …/statuses/NUMBER, …/@user/NUMBER, …/statuses/NUMBER/activity."""
    last = urlsplit(address).path.removesuffix("/activity").rpartition("/")[2]
    return last if re.fullmatch("[A-Za-z0-9]{1,64}", last) else ""


# -- a profile alone -----------------------------------------------------------------------------------------------


def fetch_profile(visit: Visit, door: Door) -> Profile:
    """The public profile of an account that is not on record, without any token."""
    server = _Server.of(visit, door, anonymous=True)
    page, _ = _profile(server)
    return Profile(page)


# -- a visit -----------------------------------------------------------------------------------------------------


def parse(page: Page) -> Parsed:
    """Reads a page of the API, or of an owner's export."""
    if page.part == "file" and (member := member_alone(page)) is not None:
        return member
    return parse_export(page) if page.part.startswith("export:") else parse_statuses(page)


@collector("mastodon", parse=parse, look_up=look_up, export=EXPORT, profile=fetch_profile)
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the profile, then the statuses newest first; the versions of an edited one come before it."""
    server = _Server.of(visit, door)
    page, account = _profile(server)
    yield page
    since = reach(visit, read_time(visit.cursor.get("newest", "")))
    walk = _Walk(server, account.name("id"), since)
    yield from walk.pages()
    moved = account.item_or_none("moved")
    if moved is not None:
        problem = f"the account has moved to {moved.words('acct') or moved.words('url')}: register the new one"
        raise AccountGone(problem, account=server.key, code="moved")
    return Sweep(walk.cursor(), covered_from=since, expected=account.count("statuses_count"))


def _profile(server: _Server) -> tuple[Page, Item]:
    """The page with an account's profile, and the account. **Raises** CollectError."""
    page = server.ask("accounts/lookup", "profile", {}, {"acct": server.user}, (200, 404, 410))
    if page.status != 200:
        raise _lost(server, page)
    account = read_item(read_json(page), "profile", server.key)
    _check(server, account)
    return page, account


def _lost(server: _Server, page: Page) -> AccountGone:
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


def _suspended(server: _Server) -> AccountGone:
    return AccountGone(f"{server.host} has suspended the account", account=server.key, code="suspended")


def _check(server: _Server, account: Item) -> None:
    """**Raises** AccountGone, or PageError (foreign-id) where the answer is about somebody else."""
    number, known = account.text("id"), server.visit.cursor.get("id", "")
    if account.data.get("suspended") is True:
        raise _suspended(server)
    if account.words("acct").lower() != server.user.lower():
        problem = f"asked for {server.user}, the server answers with {account.words('acct') or 'nobody'}"
        raise account.refuse(problem, code="foreign-id")
    if known and number != known:
        problem = f"the name is account {number} now, no longer {known}: is it still the registered account?"
        raise account.refuse(problem, code="foreign-id")


class _Walk:
    """The way through an account's statuses, and what was seen on it."""

    def __init__(self, server: _Server, number: str, since: datetime) -> None:
        self._server, self._number, self._since = server, number, since
        self._context = {"account_id": number}
        cursor = server.visit.cursor
        #: ISO 8601 of UTC, as servers write it.
        self._newest, self._edited = read_time(cursor.get("newest", "")), read_time(cursor.get("edited", ""))
        self._known_edits = self._edited

    def cursor(self) -> dict[str, str]:
        """Where the next visit begins."""
        seen = {"newest": self._newest, "edited": self._edited}
        return {"id": self._number, **{name: moment.isoformat() for name, moment in seen.items() if moment}}

    def pages(self) -> Iterator[Page]:
        """Every page down to the window's end."""
        params: dict[str, str | int] = {"limit": STATUSES}
        path, seen = f"accounts/{quote(self._number, safe='')}/statuses", set[str]()
        while True:
            page = self._server.ask(path, "timeline", self._context, params)
            statuses = self._statuses(page)
            for status in statuses:
                yield from self._versions(status)
            yield page
            times = [moment for status in statuses if (moment := read_time(str(status.data.get("created_at"))))]
            self._newest = max([*times, self._newest] if self._newest else times, default=None)
            next_id = _next_id(page, self._server, statuses)
            if not next_id or (times and times[-1] < self._since):
                return
            params["max_id"] = step(page, next_id, seen)

    def _statuses(self, page: Page) -> Sequence[Item]:
        values = read_json(page)
        if not isinstance(values, list):
            said = read_item(values, page.part, page.account).data.get("error")
            raise refuse(page, "schema", f"the server says: {said}" if said else "the answer is no list of statuses")
        return objects(values, "statuses", page.account)

    def _versions(self, status: Item) -> Iterator[Page]:
        """The history of a status that was edited since the last visit; nothing where the server keeps none."""
        try:
            edited = read_time(status.words("edited_at"))
            around = frame(status) if edited and status.item("account").name("id") == self._number else None
        except PageError:
            return  # the page's own parse marks it
        if not edited or around is None or (self._known_edits and edited <= self._known_edits):
            return
        self._edited = max(edited, self._edited or edited)
        context = {**self._context, "status": json.dumps(around, ensure_ascii=False)}
        if self._known_edits:
            context["edited_after"] = self._known_edits.isoformat()
        path = f"statuses/{quote(status.name('id'), safe='')}/history"
        yield self._server.ask(path, "history", context, {}, (200, 401, 403, 404, 410, 422))


def _next_id(page: Page, server: _Server, statuses: Sequence[Item]) -> str:
    """Below which number the next page begins; empty at the end. **Raises** PageError: foreign-link."""
    link = _NEXT.search(page.headers.get("link", ""))
    if link is None:
        # Some servers leave the header out; a page that is not full is the last.
        return statuses[-1].name("id") if len(statuses) >= STATUSES else ""
    parts = urlsplit(link[1])
    if parts.netloc and parts.netloc.lower() not in (urlsplit(server.base).netloc.lower(), server.host):
        raise refuse(page, "foreign-link", f"the next page is said to be on {parts.netloc[:80]}, another server")
    return next(iter(parse_qs(parts.query).get("max_id", [])), "")
