"""A web site: its pages with their pictures, as ``page`` posts, and its name and description.

Source: the address in the register, ``website:https://…``: the home page, then the pages that the site's sitemaps list
(those that robots.txt names, else ``/sitemap.xml``; an index and packed ones too), or those of ``[collect.website]
addresses``; where there is neither, what the home page links to. An address with a path means what lies below it.
Access: none. What ``robots.txt`` does not allow "Rollbook" to read is not read; a page behind a login is marked.
Rate: one request a page that may have changed, a pause as long as ``Crawl-delay`` asks, 500 pages a visit
(``[collect.website] limit``): of a larger site the others on the next visits. The completeness table shows how many the
site lists. Where a visit has to stop (429, or five pages in a row without an answer), the next one goes on from there.
Order: home page, pages not read before, then by what the sitemap says of changes, newest first. A page counts from the
visit that read this version: what pages say of their own dates is not kept up.
Cursor: what each page may be asked by (``pages``), when the site was last read ``whole``, how many pages are ``left``,
``by`` what pages were found.
Edits and deletions: an edit is the same address with other words or pictures. A page whose validators or sitemap say
that it is as it was is not read, but once a week it is. A page that is no longer listed is asked for: 404 or 410 on
two visits says that it is gone; one that leads elsewhere, or to a login, is unclear.
Owners' exports: WARC and WACZ files in which pages of the site were recorded, each counting from when that was.
Not collected: navigation; header and footer but once, with the home page; PDFs and other files; what only scripts show;
other hosts than the registered one ("www." apart). Pictures are fetched as a reader's browser would.
Tested: live against a site made by hugo.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from collectors._website_pages import parse, recorded
from rollbook.conditional import conditions, validators_of
from rollbook.errors import AccountGone, CollectError, NetworkError, RateLimited
from rollbook.exports import Export
from rollbook.http import Door
from rollbook.pages import BEGINNING, read_time
from rollbook.plugins import Presence, Profile, Sweep, Visit, collector
from rollbook.site import Border, Site, is_file, origin
from rollbook.sitemaps import Place
from rollbook.types import Marked, Page, Post
from rollbook.webpage import read_webpage

#: Pages of one visit, where the workspace does not say otherwise: more than most schools' sites have.
LIMIT = 500
#: For how long a site's word that a page did not change is believed: content systems forget to say it.
BELIEVED = timedelta(days=7)
#: A sitemap often knows the day of a change only: what changed within this time may change again unseen.
SETTLED = timedelta(days=1)
#: So many pages in a row without an answer mean that the site is down.
DOWN = 5
#: In the cursor: the page gave no answer when it was asked for last. That it gives none again says nothing of the site.
_FAILED = "failed"
#: A longer validator is none: the cursor stands in the ledger after every visit.
_LONGEST = 128


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for each page at its address; only 404 and 410 say that it is gone."""
    site: Site | None = None
    for post in posts:
        try:
            site = site or Site(Border.of(visit.account.handle, visit.account.key), visit.account.key, door)
            page = site.get(post.url, "page")
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))
            continue
        if page.status in (404, 410):
            yield Presence(post.id, "gone", f"HTTP {page.status}", page, host_only=True)
        elif site.border.own(page.url) != post.url:
            yield Presence(post.id, "unclear", f"its address leads to {page.url[:100]} now", page)
        elif not parse(page).posts:
            yield Presence(post.id, "unclear", "what stands at its address is no page that can be read")
        else:
            yield Presence(post.id, "here", "HTTP 200 at its address", page)


# -- a profile alone ---------------------------------------------------------------------------------------------


def fetch_profile(visit: Visit, door: Door) -> Profile:
    """The home page of a site that is not on record, as its robots.txt allows: its name and description are there."""
    site = Site(Border.of(visit.account.handle, visit.account.key), visit.account.key, door)
    return Profile(_home(site, visit))


def _home(site: Site, visit: Visit) -> Page:
    """**Raises** AccountGone where there is none."""
    home = site.get(site.border.home, "home")
    if home.status != 200:
        code = "deleted" if home.status == 410 else "not-found"
        raise AccountGone(f"there is no page at this address any more (HTTP {home.status})",
                          account=visit.account.key, code=code)
    return home


# -- a visit -----------------------------------------------------------------------------------------------------


@collector(
    "website", parse=parse, look_up=look_up, export=Export(recorded=recorded), profile=fetch_profile,
    settings=("addresses", "limit"),
)
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the home page, then the pages that the site lists, as many as the workspace wants."""
    site = Site(Border.of(visit.account.handle, visit.account.key), visit.account.key, door)
    limit, listed = _limit(visit), _listed(visit)
    home = _home(site, visit)
    site.served_from(home)
    yield home
    places = [Place(address) for address in listed if site.border.own(address)]
    if not places:
        yield from site.sitemaps(places)
    by = "lists" if places else "links"
    if not places:
        places = [Place(anchor.url) for anchor in read_webpage(home).anchors()]
        site.marked.append(Marked("sitemap", "none could be read; the home page and what it links to was"))
    walk = _Walk(visit, site, home, by)
    pages = walk.wanted(places)
    try:
        yield from walk.pages(pages, limit)
    except CollectError as err:
        err.cursor = walk.cut_short(pages)
        raise
    # A site that only now lists nothing says nothing of the pages that it listed before.
    is_whole = not site.is_cut and (by == "lists" or visit.cursor.get("by") == by)
    return Sweep(
        walk.cursor(), covered_from=BEGINNING if is_whole else None, expected=len(pages) + 1,
        present=frozenset(walk.present), marked=(*site.marked, *walk.marked),
    )


def _limit(visit: Visit) -> int:
    value = visit.settings.get("limit", LIMIT)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        problem = f"[collect.website] limit is {value!r}; expected a number of pages, 1 or more"
        raise CollectError(problem, account=visit.account.key, code="setting")
    return value


def _listed(visit: Visit) -> list[str]:
    value = visit.settings.get("addresses", [])
    if not isinstance(value, list) or not all(isinstance(address, str) for address in value):
        problem = f"[collect.website] addresses is {str(value)[:60]!r}; expected a list of addresses"
        raise CollectError(problem, account=visit.account.key, code="setting")
    return value


class _Walk:
    """The way through a site's pages, and what was seen on it."""

    def __init__(self, visit: Visit, site: Site, home: Page, by: str) -> None:
        self._visit, self._site, self._by, self._began_at = visit, site, by, datetime.now(UTC)
        whole = read_time(visit.cursor.get("whole", ""))
        # A large site is read to its end first, however many visits that takes.
        is_read = visit.cursor.get("left", "0") == "0"
        self._is_whole = whole is None or (is_read and self._began_at - whole > BELIEVED)
        self._whole_at = self._began_at if whole is None or self._is_whole else whole
        self._known = {
            origin(site.border.home) + path: known for path, known in _read_known(visit.cursor.get("pages", "")).items()
            if not self._is_whole or _FAILED in known
        }
        self._now: dict[str, dict[str, str]] = {}
        self._left = self._failed = 0
        self._read = {site.border.home, site.border.own(home.url) or ""}
        #: Ids of the posts that stand as they were.
        self.present: list[str] = []
        self.marked: list[Marked] = []

    def cursor(self) -> dict[str, str]:
        """What the next visit asks by."""
        at = origin(self._site.border.home)
        told = {address.removeprefix(at): known for address, known in self._now.items()}
        left = {"left": str(self._left)} if self._left else {}
        pages = json.dumps(told, separators=(",", ":"))
        return {"whole": self._whole_at.isoformat(), **left, "pages": pages, "by": self._by}

    def cut_short(self, places: Sequence[Place]) -> dict[str, str]:
        """What the next visit asks by, where this one ended before it came to all of the pages."""
        for place in places:
            if (known := self._known.get(place.url)) is not None:
                self._now.setdefault(place.url, known)
            self._left += place.url not in self._now and place.url not in self._read
        return self.cursor()

    def wanted(self, places: Sequence[Place]) -> list[Place]:
        """The pages of the site among the addresses, each once: unknown ones first, then the last changed."""
        found: dict[str, Place] = {}
        for place in places:
            address = self._site.border.own(place.url)
            if address and address not in self._read and not is_file(address):
                found.setdefault(address, Place(address, place.changed))
        allowed = [place for place in found.values() if self._site.allows(place.url)]
        if len(allowed) < len(found):
            problem = f"pages that the site lists and its robots.txt forbids: {len(found) - len(allowed):,}"
            self.marked.append(Marked("robots", problem))
        newest = sorted(allowed, key=lambda place: read_time(place.changed) or BEGINNING, reverse=True)
        return sorted(newest, key=lambda place: place.url in self._known)

    def pages(self, places: Sequence[Place], limit: int) -> Iterator[Page]:
        """The pages that may have changed, as many as allowed; one that cannot be read is marked, the others go on."""
        asked = 0
        for place in places:
            known = self._known.get(place.url)
            if place.url in self._read:  # another address led there
                continue
            if asked >= limit or (known and place.changed and known.get("changed") == place.changed):
                self._stands(place.url, known)
                self._left += known is None
                continue
            asked += 1
            page = self._ask(place, known)
            if page is not None:
                yield page
        if self._left:
            problem = f"{self._left:,} pages were not read yet: {limit:,} are in one visit ([collect.website] limit)"
            self.marked.append(Marked("limit", problem))

    def _ask(self, place: Place, known: dict[str, str] | None) -> Page | None:
        """One page; None where it is none, or was read already. **Raises** CollectError where the site is down."""
        self._now[place.url] = {}  # known from now on, whatever comes of it
        try:
            page = self._site.get(place.url, "page", headers=conditions(known or {}))
        except RateLimited:
            del self._now[place.url]
            raise
        except CollectError as err:
            self.marked.append(Marked(place.url, f"{err.code}: {err.cause}"))
            if err.code not in ("unreachable", "server-error"):
                self._failed = 0
                return None
            self._now[place.url] = {_FAILED: "yes"}
            self._failed += not (known and _FAILED in known)
            if self._failed < DOWN:
                return None
            problem = f"{self._failed} pages in a row gave no answer; the rest was not asked for: {err.cause}"
            key = self._visit.account.key
            raise NetworkError(problem, account=key, place=place.url, code=err.code) from err
        self._failed = 0
        if page.status == 304:
            self._stands(place.url, known)
            return page
        address = self._site.border.own(page.url)
        if page.status != 200 or address is None or address in self._read:
            return None
        self._read.add(address)
        if address == place.url:
            self._note(page, place)
        return page

    def _stands(self, address: str, known: dict[str, str] | None) -> None:
        """The site lists the page, and it was not read because nothing says that it changed, or another day."""
        self.present.append(f"website:{address}")
        if known is not None:
            self._now[address] = known

    def _note(self, page: Page, place: Place) -> None:
        """What the page may be asked by next time."""
        told = {name: value for name, value in validators_of(page).items() if len(value) <= _LONGEST}
        changed_at = read_time(place.changed)
        if changed_at and page.fetched_at - changed_at > SETTLED:
            told["changed"] = place.changed[:_LONGEST]
        if told.get("etag"):
            told.pop("modified", None)  # a server that knows both goes by the first (RFC 9110, 13.2.2)
        self._now[place.url] = told


def _read_known(text: str) -> dict[str, dict[str, str]]:
    """What the last visit noted of each page; nothing where that cannot be read."""
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    known = value.items() if isinstance(value, dict) else ()
    return {address: told for address, told in known if isinstance(told, dict)}
