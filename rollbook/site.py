"""One web site, read politely: its own addresses, what its robots.txt allows, redirects no further than its border.

**Source**: RFC 9309 (Robots Exclusion Protocol): 4xx means that nothing is forbidden, 5xx and silence that everything
is. Crawl-delay stands in no standard and is kept all the same, to a minute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urlsplit, urlunsplit

from protego import Protego

from rollbook.errors import CollectError, NetworkError, PageError, RateLimited
from rollbook.http import Door
from rollbook.hypertext import web_address
from rollbook.pages import clean
from rollbook.sitemaps import SITEMAP_BYTES, Place, read_sitemap
from rollbook.types import Marked, Page
from rollbook.webpage import WEBPAGE_BYTES

#: The name by which a robots.txt may speak to us.
ROBOT = "Rollbook"
#: How much of a robots.txt is read. **Source**: RFC 9309, 2.5.
ROBOTS_BYTES = 512_000
#: RFC 9309, 2.3.1.2, asks for five.
REDIRECTS = 5
#: A longer Crawl-delay is kept as this: else a visit of a school's site would take days.
LONGEST_DELAY_S = 60.0
#: Sitemaps of one site; an index of a school's site lists a dozen.
SITEMAPS = 50

_MOVED = (301, 302, 303, 307, 308)
#: What a robots.txt may answer: all but "later" (429) and 5xx.
_ANSWERS = tuple(status for status in range(200, 500) if status != 429)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_QUOTED = re.compile("%([0-9A-Fa-f]{2})?")
#: What is never quoted. **Source**: RFC 3986, 2.3.
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Border:
    """Which addresses belong to a site: its host, with or without "www.", below the path that was registered."""

    #: The registered address, as this module spells addresses.
    home: str

    @classmethod
    def of(cls, handle: str, account: str) -> Self:
        """**Raises** CollectError (bad-handle)."""
        try:
            parts = urlsplit(handle.strip())
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or re.search(r"[@\s]", parts.netloc):
            problem = f"{handle!r} is no address of a web site; expected website:https://…"
            raise CollectError(problem, account=account, code="bad-handle")
        netloc = _netloc(parts.scheme, parts.hostname, port)
        return cls(urlunsplit((parts.scheme, netloc, _straight(parts.path), _quoted(parts.query), "")))

    def own(self, url: str) -> str | None:
        """An address of the site, always spelled the same way; None where it leads elsewhere."""
        home = urlsplit(self.home)
        try:
            parts = urlsplit(url.strip())
            port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
            home_port = home.port or _DEFAULT_PORTS[home.scheme]
        except ValueError:
            return None
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
            return None
        same_port = port == home_port or {port, home_port} == set(_DEFAULT_PORTS.values())
        if bare(parts.hostname) != bare(home.hostname or "") or not same_port:
            return None
        path = _straight(parts.path)
        # A last step with a dot in it is a file: the site lies where the file does.
        last = home.path.rpartition("/")[2]
        folder = home.path.removesuffix(last) if "." in last else home.path.rstrip("/") + "/"
        if path not in (home.path, folder.rstrip("/")) and not path.startswith(folder):
            return None
        return urlunsplit((home.scheme, home.netloc, path, _quoted(parts.query), ""))


def bare(host: str) -> str:
    """A host's name without "www." and the final dot, in the letters in which it is asked for."""
    name = host.lower().rstrip(".").removeprefix("www.")
    with suppress(UnicodeError):
        return name.encode("idna").decode()
    return name


def _netloc(scheme: str, host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host.lower().rstrip(".")
    return name if port in (None, _DEFAULT_PORTS[scheme]) else f"{name}:{port}"


def _straight(path: str) -> str:
    """A path without steps back, which whoever asks for it takes out. **Source**: RFC 3986, 5.2.4."""
    kept: list[str] = []
    steps = _quoted(path).split("/")[1:]
    for step in steps:
        if step == "..":
            kept = kept[:-1]
        elif step != ".":
            kept.append(step)
    folder = "/" if steps[-1:] in ([".."], ["."]) and kept else ""
    return f"/{'/'.join(kept)}{folder}"


def _quoted(text: str) -> str:
    """A path or query in the letters that an address may have, quoted in the one way in which the door asks for it.

    WordPress and others quote in small letters, which is the same address. **Source**: RFC 3986, 6.2.2.
    """
    return _QUOTED.sub(_as_asked, quote(text, safe="/%:@!$&'()*+,;=~?-._", errors="replace"))


def _as_asked(found: re.Match[str]) -> str:
    letter = chr(int(found[1] or "25", 16))  # a "%" that quotes nothing is one itself
    return letter if letter in _UNRESERVED else f"%{ord(letter):02X}"


class Site:
    """A site during one visit."""

    def __init__(self, border: Border, account: str, door: Door) -> None:
        self.border, self._account, self._door = border, account, door
        #: The whole host: its sitemap may stand above the part that was registered.
        self._host = Border(f"{origin(border.home)}/")
        #: What could not be read of its sitemaps.
        self.marked: list[Marked] = []
        #: A sitemap did not answer, or ended early: what it does not list may be there all the same.
        self.is_cut = False
        self._robots: dict[str, Protego] = {}
        #: Where the home page was found: "www." and https are asked for at once from then on.
        self._served = origin(border.home)

    def served_from(self, page: Page) -> None:
        """Takes note of where a redirect led on the same site."""
        self._served = origin(page.url)

    def allows(self, url: str) -> bool:
        """Whether robots.txt lets us read an address. **Raises** CollectError where that cannot be known."""
        address = self._address(url)
        return self._rules(origin(address)).can_fetch(address, ROBOT)

    def get(
        self, url: str, part: str, *, context: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None, limit_bytes: int = WEBPAGE_BYTES,
    ) -> Page:
        """Reads one address: 200, 404, 410, and 304 where ``headers`` ask for a change.

        **Raises** CollectError: robots, foreign-link, redirects, others.
        """
        return self._read(url, part, self.border, context, headers, limit_bytes)

    def _read(
        self, url: str, part: str, within: Border, context: Mapping[str, str] | None,
        headers: Mapping[str, str] | None, limit_bytes: int,
    ) -> Page:
        address, hops = self._address(url), set[str]()
        while True:
            if not self._rules(origin(address)).can_fetch(address, ROBOT):
                raise PageError("the site's robots.txt does not allow it", account=self._account, place=address,
                                code="robots")
            unchanged = (304,) if headers else ()
            page = self._door.fetch(
                address, account=self._account, part=part, context=context, headers=headers,
                accept=(200, *unchanged, 404, 410, *_MOVED), limit_bytes=limit_bytes, follow=False, public=True,
            )
            if page.status not in _MOVED:
                return page
            address = self._next(page, address, within, hops)

    def _next(self, page: Page, address: str, within: Border, hops: set[str]) -> str:
        """Where a redirect leads, which has to be within the border."""
        hops.add(address)
        target = _led_to(page, address)
        if within.own(target) is None:
            shown = urlunsplit((*urlsplit(target)[:3], "", "")) if target else "nowhere"
            raise PageError(f"it leads to {shown[:100]}, which is not this site", account=self._account,
                            place=address, code="foreign-link")
        target = target.partition("#")[0]
        if target in hops or len(hops) > REDIRECTS:
            raise NetworkError("it leads from one address to the next without end", account=self._account,
                               place=address, code="redirects")
        return target

    def _address(self, url: str) -> str:
        """The address to ask for: where the site was found to be served from."""
        served = urlsplit(self._served)
        return urlunsplit((served.scheme, served.netloc, *urlsplit(url)[2:4], ""))

    # -- robots.txt --------------------------------------------------------------------------------------------------

    def _rules(self, at: str) -> Protego:
        if at not in self._robots:
            self._robots[at] = self._read_robots(at)
        return self._robots[at]

    def _read_robots(self, at: str) -> Protego:
        whole, address, hops = Border(f"{at}/"), f"{at}/robots.txt", set[str]()
        while True:
            try:
                page = self._door.fetch(
                    address, account=self._account, part="robots", accept=_ANSWERS, follow=False, public=True
                )
            except RateLimited:
                raise
            except CollectError as err:
                problem = f"robots.txt cannot be read, so nothing else may be: {err.cause}"
                raise NetworkError(problem, account=self._account, place=address, code=err.code) from err
            if page.status not in _MOVED:
                break
            target = _led_to(page, address)
            hops.add(address)
            if whole.own(target) is None or target in hops or len(hops) > REDIRECTS:
                problem = "robots.txt leads to another site, or round in a circle; nothing is read before it answers"
                raise PageError(problem, account=self._account, place=address, code="robots")
            address = target
        text = page.body[:ROBOTS_BYTES].decode("utf-8-sig", "replace") if page.status == 200 else ""
        rules = Protego.parse(text)
        delay_s = rules.crawl_delay(ROBOT)
        if delay_s and delay_s > 0:
            self._door.slow_down(urlsplit(at).netloc, min(delay_s, LONGEST_DELAY_S))
        return rules

    # -- sitemaps ------------------------------------------------------------------------------------------------

    def sitemaps(self, places: list[Place]) -> Iterator[Page]:
        """Reads the site's sitemaps, an index's too, and adds what they list to ``places``."""
        usual = f"{origin(self.border.home)}/sitemap.xml"
        named = [web_address(url, usual) or url for url in self._rules(origin(self._address(usual))).sitemaps]
        waiting, seen = named or [usual], set[str]()
        while waiting:
            url = waiting.pop(0)
            address = self._host.own(url)
            if address is None:
                self.marked.append(Marked(clean(url)[:200], "foreign-link: a sitemap on another site is not read"))
            if address is None or address in seen:
                continue
            if len(seen) >= SITEMAPS:
                problem = f"the site has more than {SITEMAPS} sitemaps; the rest was not read"
                self.marked.append(Marked("sitemap", problem))
                self.is_cut = True
                return
            seen.add(address)
            is_named = bool(named) or address != usual
            page = self._sitemap_page(address, is_named=is_named)
            if page is None:
                continue
            found = read_sitemap(page)
            if found.problem:
                self.marked.append(Marked(address, f"sitemap: {found.problem}"))
                # What answers at the usual place may be the site's page for "not found".
                self.is_cut = self.is_cut or is_named or bool(found.pages or found.sitemaps)
            waiting += [web_address(place.url, address) or place.url for place in found.sitemaps]
            places += found.pages
            yield page

    def _sitemap_page(self, address: str, *, is_named: bool) -> Page | None:
        """One sitemap; None, with a mark, where it cannot be read. That the usual place is empty is no news."""
        try:
            page = self._read(address, "sitemap", self._host, None, None, SITEMAP_BYTES)
        except RateLimited:
            raise
        except CollectError as err:
            self.marked.append(Marked(address, f"{err.code}: {err.cause}"))
            self.is_cut = True
            return None
        if page.status == 200:
            return page
        if is_named:
            self.marked.append(Marked(address, f"http-{page.status}: there is no sitemap where one is named"))
            self.is_cut = True
        return None


def _led_to(page: Page, address: str) -> str:
    """Where a redirect leads, in full; empty where it leads nowhere. Many a server writes it in UTF-8, unquoted."""
    told = page.headers.get("location", "")
    with suppress(UnicodeError):
        told = told.encode("latin-1").decode()  # as headers are read (RFC 9110, 5.5), and as it was meant
    return web_address(told, address) or ""


def origin(url: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


#: Files that are no pages, by the end of their names: they are not asked for.
_FILES = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|odp|rtf|csv|txt|xml|json|zip|gz|rar|7z|jpe?g|png|gif|webp|avif|heic|svg|ico|bmp"
    r"|tiff?|mp3|m4a|wav|ogg|mp4|m4v|mov|webm|avi|ics|css|js|woff2?|epub|apk|dmg|exe)\Z", re.IGNORECASE
)


def is_file(url: str) -> bool:
    """Whether the end of its name says that an address is a file and no page."""
    return _FILES.search(urlsplit(url).path) is not None
