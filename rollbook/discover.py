"""Discover: reads the District's own web site and finds the accounts, feeds and sites that it links to.

Only the given site is read, politely and within a bound; what it links to is named from its address alone.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rollbook.errors import CollectError, ConfigError, PageError, RateLimited
from rollbook.http import Door
from rollbook.hypertext import Anchor
from rollbook.linked import Linked, account_linked, plain_key
from rollbook.plugins import collectors
from rollbook.site import Border, Site, bare, is_file, origin
from rollbook.sitemaps import Place
from rollbook.types import Page
from rollbook.webpage import Relation, WebPage, read_webpage
from rollbook.workspace import District, Workspace

#: The order in which proposals are shown; others come after.
NETWORKS = (
    "x", "facebook", "instagram", "threads", "youtube", "bluesky", "mastodon", "tiktok", "flickr", "linkedin",
    "wordpress", "website", "feed", "wiki", "forum",
)
#: So many pages in a row without an answer mean that the site is down.
DOWN = 5
#: Pages that are read before others: where districts list their accounts and schools.
_PROMISING = re.compile(
    r"social|follow|connect|communicat|contact|school|athletic|team|department|librar|club", re.IGNORECASE
)
_FEEDS = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json"))
#: A feed that is linked to like a page, as old sites have it.
_FEED_PATH = re.compile(r"(?:[./](?:rss|atom)(?:\.xml)?|/feed(?:\.xml|\.json)?)/?\Z", re.IGNORECASE)
_PROGRAMS = {"discourse": "forum", "phpbb": "forum", "misago": "forum"}
#: Causes that are no fault of a page: it is left out without a word.
_NO_FAULT = frozenset(("robots", "foreign-link", "not-html"))
#: Where a school's name in a link stands for something else than its site: maps, shops, the networks themselves.
_ELSEWHERE = (
    "facebook.com", "fb.me", "flickr.com", "goo.gl", "instagram.com", "linkedin.com", "maps.google.com",
    "tiktok.com", "twitter.com", "x.com", "youtube.com", "youtu.be", "apple.com", "play.google.com",
)


@dataclass
class Proposal:
    """A row that the register may want."""

    key: str
    #: The address that led to it, and what the link says.
    url: str
    words: str
    #: What a person should know before registering it; empty for nothing.
    note: str = ""
    #: What is missing from the key: it cannot be registered as it is. Empty for nothing.
    lacks: str = ""
    #: The pages that link to it, in the order they were read.
    linked_from: list[str] = field(default_factory=list)

    @property
    def network(self) -> str:
        """What stands before the first colon of the key."""
        return self.key.partition(":")[0]


@dataclass
class Discovery:
    """What a site told."""

    site: str
    pages: int = 0
    #: What is not on record yet: networks in a fixed order, what most pages link to first.
    proposals: list[Proposal] = field(default_factory=list)
    #: Keys that were found and are on record already.
    known: list[str] = field(default_factory=list)
    #: Pages that could not be read, each with its cause.
    problems: list[str] = field(default_factory=list)


def discover(workspace: Workspace, url: str, door: Door, limit: int) -> Discovery:
    """Reads a site. **Raises** ConfigError for what is no address; CollectError where its home page cannot be read."""
    try:
        border = Border.of(url, "")
    except CollectError:
        raise ConfigError(f"{url!r} is no address of a web site",
                          expected="for example https://www.exampledistrict.example") from None
    reading = _Reading(Site(border, f"website:{border.home}", door), limit)
    found = _Found(workspace.district, border)
    for page, read in reading.pages():
        found.take(page, read)
    on_record = {plain_key(account.key) for account in workspace.register}
    proposals = [item for item in found.items.values() if plain_key(item.key) not in on_record]
    proposals.sort(key=lambda item: (
        NETWORKS.index(item.network) if item.network in NETWORKS else len(NETWORKS), -len(item.linked_from)
    ))
    known = [item.key for item in found.items.values() if plain_key(item.key) in on_record]
    return Discovery(border.home, reading.read, proposals, known, reading.problems)


# -- reading the site --------------------------------------------------------------------------------------------


class _Reading:
    """The way through a site, breadth first; promising pages come before others."""

    def __init__(self, site: Site, limit: int) -> None:
        self._site, self._limit = site, limit
        self._promising, self._others = deque[str](), deque[str]()
        self._known = {site.border.home}
        self._asked, self._sitemap_read = 1, False
        #: How many pages were read.
        self.read = 0
        self.problems: list[str] = []

    def pages(self) -> Iterator[tuple[Page, WebPage]]:
        """The pages that could be read, the home page first. **Raises** CollectError where that cannot be."""
        home = self._site.get(self._site.border.home, "home")
        if home.status != 200:
            raise PageError(f"there is no page at this address (HTTP {home.status})", place=home.url,
                            code=f"http-{home.status}")
        self._site.served_from(home)
        yield self._taken(home)
        failed = 0
        while self._asked < self._limit:
            address = ""
            try:
                address = self._next()
                if not address:
                    return
                self._asked += 1
                page = self._site.get(address, "page")
                if page.status == 200 and not self._is_known(page, address):
                    yield self._taken(page)
                failed = 0
            except RateLimited as err:
                self.problems.append(f"{err.place}: {err.cause}")
                return
            except CollectError as err:
                if err.code not in _NO_FAULT:
                    self.problems.append(f"{err.place if '://' in err.place else address}: {err.cause}")
                failed = failed + 1 if err.code in ("unreachable", "server-error") else 0
                if failed >= DOWN:
                    self.problems.append(f"{failed} pages in a row gave no answer; the rest was not asked for")
                    return

    def _taken(self, page: Page) -> tuple[Page, WebPage]:
        found = read_webpage(page)
        self.read += 1
        self._await(found.anchors())
        return page, found

    def _next(self) -> str:
        """The page to read next; empty where there is none. Where links end, the sitemap goes on."""
        if not self._promising and not self._others and not self._sitemap_read:
            self._sitemap_read, places = True, list[Place]()
            for _ in self._site.sitemaps(places):
                pass
            self._await(Anchor(place.url, "") for place in places)
        waiting = self._promising or self._others
        return waiting.popleft() if waiting else ""

    def _await(self, anchors: Iterable[Anchor]) -> None:
        for anchor in anchors:
            address = self._site.border.own(anchor.url)
            if address and address not in self._known and not is_file(address):
                self._known.add(address)
                says = f"{urlsplit(address).path} {anchor.text}"
                (self._promising if _PROMISING.search(says) else self._others).append(address)

    def _is_known(self, page: Page, asked: str) -> bool:
        """Whether a redirect led to a page that was read, or waits, already."""
        address = self._site.border.own(page.url) or asked
        known = address != asked and address in self._known
        self._known.add(address)
        return known


# -- what its pages link to --------------------------------------------------------------------------------------


class _Found:
    """What the pages of a site link to, each account once."""

    def __init__(self, district: District, border: Border) -> None:
        self._border, self.items = border, dict[str, Proposal]()
        host = bare(urlsplit(border.home).hostname or "")
        self._domains = {host, *district.web_domains, *district.mail_domains}
        names = (name for school in district.schools for name in (school.name, *school.aliases))
        self._schools = [(name, re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)) for name in names]
        self._add(Linked(f"website:{border.home}"), border.home, "", border.home)

    def take(self, page: Page, read: WebPage) -> None:
        """Adds what one page links to."""
        for relation in read.relations:
            self._relation(relation, page.url)
        program = read.generator.lower().partition(" ")[0]
        if program in _PROGRAMS:
            key = f"{_PROGRAMS[program]}:{origin(page.url)}"
            self._add(Linked(key), page.url, "", page.url, lacks="/u/ and the user's name")
        for url in read.accounts:
            if (linked := account_linked(url, anywhere=True)) is not None:
                self._add(linked, url, "", page.url)
        for anchor in read.anchors():
            if _FEED_PATH.search(urlsplit(anchor.url).path) and anchor.url.startswith(("http://", "https://")):
                self._address("feed", anchor.url, anchor.text, page.url)
                continue
            linked = account_linked(anchor.url, anywhere="me" in anchor.marks)
            if linked is None and self._border.own(anchor.url) is None:
                linked = self._site(anchor)
            if linked is not None:
                self._add(linked, anchor.url, anchor.text, page.url)

    def _relation(self, relation: Relation, page: str) -> None:
        """Feeds, the page's own accounts, and the marks of WordPress and MediaWiki."""
        url = relation.url
        if "alternate" in relation.rels and relation.type in _FEEDS:
            # WordPress names a feed of comments on every page: other people's words.
            if "comments" not in f"{urlsplit(url).path} {relation.title}".lower():
                self._address("feed", url, relation.title, page)
        elif "me" in relation.rels and (linked := account_linked(url, anywhere=True)):
            self._add(linked, url, relation.title, page)
        elif "https://api.w.org/" in relation.rels:
            self._address("wordpress", re.sub(r"(?:index\.php/)?wp-json/?$|[?]rest_route=.*$", "", url), "", page)
        elif "edituri" in relation.rels and "api.php" in url:
            self._address("wiki", url.partition("?")[0], "", page, lacks="# and the user's name")

    def _site(self, anchor: Anchor) -> Linked | None:
        """A site of the District's own domains, or one that the link calls by a school's name."""
        home = _home(anchor.url)
        host = urlsplit(home).hostname or ""
        if not home or is_file(home):
            return None
        if any(bare(host) == name or bare(host).endswith(f".{name}") for name in self._domains):
            return Linked(f"website:{origin(home)}/")
        school = next((name for name, pattern in self._schools if pattern.search(anchor.text)), "")
        if not school or any(f".{host}".endswith(f".{name}") for name in _ELSEWHERE):
            return None
        return Linked(f"website:{home}", f"the link names {school}")

    def _address(self, network: str, url: str, words: str, page: str, lacks: str = "") -> None:
        if home := _home(url):
            self._add(Linked(f"{network}:{home}"), url, words, page, lacks)

    def _add(self, linked: Linked, url: str, words: str, page: str, lacks: str = "") -> None:
        note = linked.note
        if linked.key.partition(":")[0] not in collectors():
            note = "; ".join(part for part in (note, "no collector reads this network yet") if part)
        item = self.items.setdefault(plain_key(linked.key), Proposal(linked.key, url, "", note, lacks))
        item.words = item.words or " ".join(words.split())[:80]
        if page not in item.linked_from:
            item.linked_from.append(page)


def _home(url: str) -> str:
    """An address as the register may hold it; empty for what is none."""
    try:
        return Border.of(url, "").home
    except CollectError:
        return ""
