"""One page of a web site: its title, its own words apart from what stands around every page, and what it links to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from rollbook.bodies import LOG_IN, charset_in, decoded
from rollbook.hypertext import Anchor, Hypertext, feed, read_html, unpasted, web_address
from rollbook.pages import clean, refuse
from rollbook.types import Page

#: A page of text alone stays far below; pictures and films are files of their own.
WEBPAGE_BYTES = 8 * 1024 * 1024
#: How much of it is read: each of its parts is read by itself.
_READ_CHARACTERS = 1_000_000
#: A page that asks for a password and says no more than this is there for nothing else; others have a box for it.
_LOGIN_WORDS = 80

#: Where a page has to say its encoding. **Source**: HTML Living Standard, 4.2.5.4, and as far as browsers look.
_DECLARED_WITHIN = 4096
_HTML_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|main|div|h1|p|a|script|table)\b", re.IGNORECASE
)
_XML_ROOT = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:rss|feed|rdf:RDF|urlset|sitemapindex|svg)\b", re.IGNORECASE)
_LOGIN_TITLE = re.compile(LOG_IN, re.IGNORECASE)
_ROLES = {"main": "main", "navigation": "nav", "banner": "around", "contentinfo": "around", "search": "nav"}
_REGIONS = {"main": "main", "nav": "nav", "header": "around", "footer": "around", "article": "own", "section": "own"}
#: Elements without an end. **Source**: HTML Living Standard, 13.1.2.
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
))


@dataclass(frozen=True, slots=True)
class Relation:
    """A ``link`` element of a page's head."""

    rels: frozenset[str]
    url: str
    type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page says and leads to."""

    title: str
    #: What it says of its site: ``og:site_name``, and the description.
    site_name: str
    description: str
    #: BCP 47, as the page says; None where it says nothing.
    lang: str | None
    #: The program that made it, as it says.
    generator: str
    #: Its own words: ``main`` where it has one, else all but navigation, header and footer.
    own: Hypertext
    relations: tuple[Relation, ...]
    #: It is there for a password and nothing else.
    is_login: bool
    #: What was odd about reading it, in words; empty where nothing was.
    odd: str
    outline: _Outline

    @property
    def accounts(self) -> tuple[str, ...]:
        """Addresses that its head calls its own: ``sameAs`` of schema.org, Twitter cards, Open Graph."""
        name = self.outline.said.get("twitter:site", "").strip().removeprefix("@")
        named = [f"https://x.com/{name}"] if name else []
        named.append(self.outline.said.get("article:publisher", ""))
        return tuple(url for url in (*named, *_same_as(self.outline.structured)) if url)

    def around(self) -> Hypertext:
        """All but navigation: what stands around every page is read once, with the home page."""
        return self.outline.around()

    def anchors(self) -> tuple[Anchor, ...]:
        """Every link of the page, navigation included."""
        return self.outline.whole().anchors


def read_webpage(page: Page) -> WebPage:
    """Reads a page. **Raises** PageError: not-html, wrong-charset."""
    kind = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and "html" not in kind:
        raise refuse(page, "not-html", f"the answer is {kind[:60]}, no web page")
    text, odd = decoded(page, charset_in(page.body[:_DECLARED_WITHIN].decode("ascii", "replace")))
    if _XML_ROOT.match(text) or not _HTML_TAG.search(text[:65_536]):
        raise refuse(page, "not-html", "the answer is no web page" if text.strip() else "the answer is empty")
    text = unpasted(text, _READ_CHARACTERS)
    if len(text) > _READ_CHARACTERS:
        odd = f"it is longer than {_READ_CHARACTERS:,} characters; the rest was not read"
    outline = _Outline(page.url)
    feed(outline, text[:_READ_CHARACTERS])
    own = outline.own()
    title = outline.said.get("og:title", "") if not outline.title.strip() else outline.title
    return WebPage(
        title=_line(title), site_name=_line(outline.said.get("og:site_name", "")),
        description=_line(outline.said.get("description") or outline.said.get("og:description", "")),
        lang=outline.lang.strip()[:35] or None, generator=_line(outline.said.get("generator", "")), own=own,
        relations=tuple(outline.relations),
        is_login=outline.asks_password and (
            _LOGIN_TITLE.search(title) is not None or len(outline.whole().text.split()) <= _LOGIN_WORDS
        ),
        odd=odd, outline=outline,
    )


def _same_as(documents: Iterable[str]) -> Iterator[str]:
    """Every ``sameAs`` of JSON-LD. **Source**: https://schema.org/sameAs."""
    for document in documents:
        try:
            waiting: list[object] = [json.loads(document)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                waiting += value.values()
                same = value.get("sameAs")
                yield from (clean(url) for url in (same if isinstance(same, list) else [same]) if isinstance(url, str))


def _line(text: str) -> str:
    return clean(" ".join(text.split()))


@dataclass(slots=True)
class _Region:
    kind: str
    tag: str
    depth: int = 1


@dataclass(slots=True)
class _Pieces:
    """The HTML of one part of the page."""

    text: list[str] = field(default_factory=list)

    def read(self, base: str) -> Hypertext:
        return read_html("".join(self.text), base)


class _Outline(HTMLParser):
    """Sorts a page's HTML into its own part, what stands around it, and navigation; and reads its head."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base, self.lang, self.title, self.asks_password = base, "", "", False
        self.said: dict[str, str] = {}
        self.relations: list[Relation] = []
        #: JSON-LD, a document each.
        self.structured: list[str] = []
        self._in_title = self._in_script = self._is_structured = False
        self._regions: list[_Region] = []
        self._main, self._own, self._around, self._whole = _Pieces(), _Pieces(), _Pieces(), _Pieces()

    def own(self) -> Hypertext:
        """The page's own words and pictures."""
        for pieces in (self._main, self._own):
            found = pieces.read(self.base)
            if (found.text or found.media) and not self._open("nav", "around"):
                return found
        return self.around()

    def around(self) -> Hypertext:
        """All but navigation; all of it where a navigation never ends, or there is nothing else."""
        found = self._around.read(self.base)
        return found if (found.text or found.media) and not self._open("nav") else self.whole()

    def whole(self) -> Hypertext:
        """All of the page."""
        return self._whole.read(self.base)

    def _open(self, *kinds: str) -> bool:
        return any(region.kind in kinds for region in self._regions)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._head(tag, attributes)
        if tag not in _VOID:
            for region in self._regions:
                region.depth += region.tag == tag
            kind = _ROLES.get(attributes.get("role", "").lower(), _REGIONS.get(tag, ""))
            # The header of an article is its own, not the site's.
            if kind and not self._open(kind) and not (kind == "around" and self._open("main", "own")):
                self._regions.append(_Region(kind, tag))
        self._write(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"
        self._in_script = self._in_script and tag not in ("script", "style")
        self._write(f"</{tag}>")
        for region in self._regions:
            region.depth -= region.tag == tag
        self._regions = [region for region in self._regions if region.depth > 0]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._in_script:
            self._write(escape(data))
        elif self._is_structured:
            self.structured[-1] += data

    def _write(self, html: str) -> None:
        self._whole.text.append(html)
        if self._open("nav"):
            return
        self._around.text.append(html)
        if self._open("main"):
            self._main.text.append(html)
        if not self._open("around"):
            self._own.text.append(html)

    def _head(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "html":
            self.lang = self.lang or attributes.get("lang", "") or attributes.get("xml:lang", "")
        elif tag == "title":
            self._in_title = not self.title
        elif tag in ("script", "style"):
            self._in_script = True
            self._is_structured = attributes.get("type", "").lower() == "application/ld+json"
            self.structured += [""] if self._is_structured else []
        elif tag == "base":
            self.base = web_address(attributes.get("href", ""), self.base) or self.base
        elif tag == "meta":
            name = (attributes.get("name") or attributes.get("property", "")).lower()
            self.said.setdefault(name, attributes.get("content", ""))
        elif tag == "input":
            self.asks_password = self.asks_password or attributes.get("type", "").lower() == "password"
        elif tag == "link" and (url := web_address(attributes.get("href", ""), self.base)):
            rels = frozenset(attributes.get("rel", "").lower().split())
            kind, title = attributes.get("type", "").lower(), clean(attributes.get("title", ""))
            self.relations.append(Relation(rels, url, kind, title))
