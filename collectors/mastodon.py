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
Cursor: ``id`` of the account, ``newest`` status and latest edit (``edited``) seen, ``since`` when statuses were read.
Edits and deletions: ``edited_at`` tells of an edit, ``history`` gives every version; a deleted status is HTTP 404. An
account that blocked the token's hides everything from it, so what is missing is asked for without the token too; a
server that shows nothing without a login says so of a deletion only while it shows the token other statuses. An account
with another name than before is the error "renamed", a name that belongs to another account "foreign-id".
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
from urllib.parse import parse_qs, quote, urlsplit

from collectors._mastodon_export import EXPORT, member_alone, parse_export
from collectors._mastodon_server import Server, profile_of
from collectors._mastodon_statuses import frame, parse_statuses
from rollbook.errors import AccessError, AccountGone, CollectError, PageError
from rollbook.http import Door
from rollbook.pages import Item, latest, objects, reach, read_item, read_json, read_time, refuse, step
from rollbook.plugins import Presence, Profile, Sweep, Visit, collector
from rollbook.types import Page, Parsed, Post

#: The most statuses that one request gives. **Source**: docs.joinmastodon.org/methods/accounts/#statuses.
STATUSES = 40

_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<>]*\brel="?next\b')


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks the server for each status by its number; only 404 and 410, said to anybody, tell that one is gone."""
    try:
        asked = _LookUp(Server.of(visit, door), Server.of(visit, door, anonymous=True))
    except CollectError as err:
        yield from (Presence(post.id, "unclear", str(err)) for post in posts)
        return
    for post in posts:
        try:
            yield asked.presence(post)
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))


@dataclass(slots=True)
class _LookUp:
    """The look-ups of one visit, with the server's token and as anybody.

    An account may block the one that the token is of, which is then shown neither its list nor any status of it.
    """

    server: Server
    anybody: Server
    #: Whether the token is shown the account's list; None until that was asked.
    shown: bool | None = None

    def presence(self, post: Post) -> Presence:
        """**Raises** CollectError."""
        uri = post.id.removeprefix("mastodon:")
        number = _number(uri) or _number(post.url)
        if not number:
            return Presence(post.id, "unclear", "its number on the server is not known")
        page = self._ask(self.server, number)
        if page.status != 200 and self.server.token:
            try:
                page = self._ask(self.anybody, number)
            except (AccessError, PageError):  # a server that shows nothing without a login
                if not self._is_shown():
                    how = f"HTTP {page.status} for the token, whose account may have been blocked"
                    return Presence(post.id, "unclear", how, page)
        if page.status != 200:
            return Presence(post.id, "gone", f"HTTP {page.status}", page)
        found = read_item(read_json(page), "lookup", page.account).words("uri")
        if found == uri:
            return Presence(post.id, "here", "HTTP 200 at its number", page)
        return Presence(post.id, "unclear", f"its number is {found or 'another status'} now", page)

    def _ask(self, server: Server, number: str) -> Page:
        return server.ask(f"statuses/{number}", "lookup", {}, {}, (200, 404, 410))

    def _is_shown(self) -> bool:
        if self.shown is None:
            _, account = profile_of(self.server)
            path = f"accounts/{quote(account.name('id'), safe='')}/statuses"
            self.shown = bool(read_json(self.server.ask(path, "lookup", {}, {"limit": 1})))
        return self.shown


def _number(address: str) -> str:
    """The server's number in a URI or address: …/statuses/NUMBER, …/@user/NUMBER, …/statuses/NUMBER/activity."""
    last = re.split("[?#]", address, maxsplit=1)[0].removesuffix("/activity").rpartition("/")[2]
    return last if re.fullmatch("[A-Za-z0-9]{1,64}", last) else ""


# -- a profile alone -----------------------------------------------------------------------------------------------


def fetch_profile(visit: Visit, door: Door) -> Profile:
    """The public profile of an account that is not on record, without any token."""
    server = Server.of(visit, door, anonymous=True)
    page, _ = profile_of(server)
    return Profile(page)


# -- a visit -----------------------------------------------------------------------------------------------------


def parse(page: Page) -> Parsed:
    """Reads a page of the API, or of an owner's export."""
    if page.part == "file" and (member := member_alone(page)) is not None:
        return member
    return parse_export(page) if page.part.startswith("export:") else parse_statuses(page)


@collector("mastodon", parse=parse, look_up=look_up, export=EXPORT, profile=fetch_profile, settings=("base",))
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the profile, then the statuses newest first; the versions of an edited one come before it."""
    server = Server.of(visit, door)
    page, account = profile_of(server)
    yield page
    since = reach(visit, read_time(visit.cursor.get("newest", "")))
    walk = _Walk(server, account.name("id"), since)
    yield from walk.pages()
    moved = account.item_or_none("moved")
    if moved is not None:
        problem = f"the account has moved to {moved.words('acct') or moved.words('url')}: register the new one"
        raise AccountGone(problem, account=server.key, code="moved")
    return Sweep(walk.cursor(), covered_from=since, expected=account.count("statuses_count"))


class _Walk:
    """The way through an account's statuses, and what was seen on it."""

    def __init__(self, server: Server, number: str, since: datetime) -> None:
        self._server, self._number, self._since = server, number, since
        self._context = {"account_id": number}
        cursor = server.visit.cursor
        self._newest, self._edited = read_time(cursor.get("newest", "")), read_time(cursor.get("edited", ""))
        self._known_edits, self._known_since = self._edited, read_time(cursor.get("since", ""))

    def cursor(self) -> dict[str, str]:
        """Where the next visit begins."""
        seen = {"newest": self._newest, "edited": self._edited, "since": self._since}
        return {"id": self._number, **{name: moment.isoformat() for name, moment in seen.items() if moment}}

    def pages(self) -> Iterator[Page]:
        """Every page down to the window's end."""
        params: dict[str, str | int] = {"limit": STATUSES}
        path, seen = f"accounts/{quote(self._number, safe='')}/statuses", set[str]()
        while True:
            page = self._server.ask(path, "timeline", self._context, params)
            statuses = self._statuses(page)
            for status in statuses:
                yield from self._versions(page, status)
            yield page
            times = [moment for status in statuses if (moment := read_time(str(status.data.get("created_at"))))]
            self._newest = latest(self._newest, times, page)
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

    def _was_read(self, status: Item) -> bool:
        """Whether the last visit saw a status, or this one need not: its window did not reach as far back."""
        made = status.moment("created_at")
        return made < self._since or self._known_since is None or made >= self._known_since

    def _versions(self, page: Page, status: Item) -> Iterator[Page]:
        """The history of a status that was edited since the last visit; nothing where the server keeps none."""
        try:
            edited = read_time(status.words("edited_at"))
            around = frame(status) if edited and status.item("account").name("id") == self._number else None
            known = self._known_edits if edited and self._was_read(status) else None
        except PageError:
            return  # the page's own parse marks it
        if not edited or around is None or (known and edited <= known):
            return
        self._edited = latest(self._edited, [edited], page)
        context = {**self._context, "status": json.dumps(around, ensure_ascii=False)}
        if known:
            context["edited_after"] = known.isoformat()
        path = f"statuses/{quote(status.name('id'), safe='')}/history"
        yield self._server.ask(path, "history", context, {}, (200, 401, 403, 404, 410, 422))


def _next_id(page: Page, server: Server, statuses: Sequence[Item]) -> str:
    """Below which number the next page begins; empty at the end. **Raises** PageError: foreign-link, schema."""
    link = _NEXT.search(page.headers.get("link", ""))
    if link is None:
        # Some servers leave the header out; a page that is not full is the last.
        return statuses[-1].name("id") if len(statuses) >= STATUSES else ""
    try:
        parts = urlsplit(link[1])
    except ValueError:
        raise refuse(page, "schema", f"the next page is said to be at {link[1][:80]!r}, which is no address") from None
    if parts.netloc and parts.netloc.lower() not in (urlsplit(server.base).netloc.lower(), server.host):
        raise refuse(page, "foreign-link", f"the next page is said to be on {parts.netloc[:80]}, another server")
    told = parse_qs(parts.query).get("max_id")
    if not told:
        raise refuse(page, "schema", f"the next page is said to be at {link[1][:80]!r}; expected a max_id in it")
    return told[0]
