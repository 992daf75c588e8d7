"""HTML as a reader sees it: words with their lines, links, pictures; markup, scripts and styles are left behind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from rollbook.errors import PageError
from rollbook.pages import clean
from rollbook.types import Media, MediaType

#: Longer HTML is refused: no post is that much markup, and a hostile one must not hold up the run.
LIMIT_CHARACTERS = 4 * 1024 * 1024

# Comments, declarations and processing instructions show nothing, and Python before 3.11.13 takes quadratic time over
# ones that never end (CVE-2025-6069). Inside a script or style (the first group) the same signs are code.
# **Source**: HTML Living Standard, 13.2.5 (``<!-->`` and ``--!>`` end a comment too).
_DECLARED = re.compile(
    r"(<(script|style)\b[^>]*+(?:(?<=/)>|>.*?(?=</\2[\s/>]|\Z)|\Z))|<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
# A picture that stands in the markup itself: it has no address, and may be longer than all the words.
_PASTED = re.compile(r"(?<=[\"'(=])data:[\w.+-]{1,100}/[\w.+-]{1,100}[;,][^\s\"'<>()]+", re.IGNORECASE)
_PARAGRAPHS = frozenset((
    "article", "blockquote", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "section",
    "table", "ul",
))
_LINES = frozenset((
    "address", "aside", "dd", "details", "div", "dt", "fieldset", "figcaption", "footer", "form", "header", "li",
    "main", "nav", "summary", "tr",
))
_UNSEEN = frozenset(("script", "style", "template", "title"))
# Schemes that lead nowhere a reader could go; "mailto:" and "tel:" stay, since an address in a link is published too.
_NO_LINKS = frozenset(("javascript", "data", "vbscript", "about", "blob", "file"))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as it stands in the text."""

    url: str
    text: str
    #: The words of its ``class`` and ``rel``.
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hypertext:
    """What a reader sees of a piece of HTML."""

    #: Lines as the blocks make them: one empty line between paragraphs.
    text: str
    anchors: tuple[Anchor, ...] = ()
    #: In the order of the text, each address once.
    media: tuple[Media, ...] = ()


def web_address(url: str, base: str = "") -> str | None:
    """An absolute address that a reader can follow, or None."""
    try:
        address = urljoin(base, url.strip())
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return None
    return clean(address) if scheme and scheme not in _NO_LINKS else None


def is_site(url: str) -> bool:
    """Whether it is the address of something on the web, whole and with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # http://[, http://a:b
        return False


def read_html(html: str, base: str = "") -> Hypertext:
    """The words, links and pictures of a piece of HTML; relative addresses are resolved with ``base``.

    **Raises** PageError (too-long).
    """
    reader = _Reader(base)
    feed(reader, html)
    return reader.result()


def feed(reader: HTMLParser, html: str) -> None:
    """Gives a parser the HTML that it reads in linear time, comments and declarations left out.

    **Raises** PageError (too-long).
    """
    html = unpasted(html, LIMIT_CHARACTERS)
    if len(html) > LIMIT_CHARACTERS:
        raise PageError(f"it has more than {LIMIT_CHARACTERS:,} characters of HTML", code="too-long")
    # After the last ">" no tag can be whole; the parser would look for its end again from every "<".
    tags, end, rest = _DECLARED.sub(_undeclared, html).rpartition(">")
    reader.feed(tags + end)
    reader.handle_data(unescape(rest))
    reader.close()


def _undeclared(found: re.Match[str]) -> str:
    """Nothing for a comment; a script in which no parser sees one, and which is the same where it is JSON."""
    return (found[1] or "").replace("<!", r"\u003c!").replace("<?", r"\u003c?")


def unpasted(html: str, limit: int) -> str:
    """HTML that is longer than the limit without the pictures that stand in the markup itself."""
    return _PASTED.sub("data:", html) if len(html) > limit else html


@dataclass(slots=True)
class _Open:
    url: str
    marks: frozenset[str]
    words: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects pieces of text with marks for the breaks between them, so that no input makes it look back."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self._pieces: list[str] = []
        self._unseen = 0
        self._preformatted = 0
        self._dropped: list[str] = []
        self._anchor: _Open | None = None
        self._anchors: list[Anchor] = []
        self._media: dict[str, Media] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._write("\n")
        elif tag == "a":
            self._close_anchor()
            url = web_address(attributes["href"], self._base) if attributes.get("href", "#")[:1] != "#" else None
            if url:
                marks = f"{attributes.get('class', '')} {attributes.get('rel', '')}".lower().split()
                self._anchor = _Open(url, frozenset(marks))
        elif tag in ("img", "video", "audio", "source"):
            self._picture(tag, attributes)
        elif tag in ("iframe", "embed") and (url := web_address(attributes.get("src", ""), self._base)):
            self._anchors.append(Anchor(url, "", frozenset(("embedded",))))
        elif tag in ("td", "th"):
            self._write(" ")
        else:
            self._break(tag)
        self._preformatted += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "a":
            self._close_anchor()
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._write(data if self._preformatted else re.sub(r"[ \t\r\n\f]+", " ", data))

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._write("\n\n")
        elif tag in _LINES:
            # A mark of its own, so that a nest of divisions is one new line and not one for each.
            self._write("\0")

    def _write(self, text: str) -> None:
        if self._unseen:
            return
        self._pieces.append(text)
        if self._anchor:
            self._anchor.words.append(text)

    def _close_anchor(self) -> None:
        if self._anchor:
            self._anchors.append(Anchor(self._anchor.url, _lines(self._anchor.words), self._anchor.marks))
        self._anchor = None

    def _picture(self, tag: str, attributes: dict[str, str]) -> None:
        alt = attributes.get("alt", "").strip()
        marks = attributes.get("class", "").lower()
        if tag == "img" and ("emoji" in marks or "smiley" in marks):
            self._write(alt)  # WordPress and others draw emoji as pictures: to a reader they are words
            return
        source = attributes.get("src", "")
        if not source or source.startswith("data:"):
            source = attributes.get("data-src", "") or attributes.get("data-lazy-src", "")
        url = web_address(source, self._base) if source else None
        # A picture of one pixel counts visitors; it shows nothing.
        if url is None or (attributes.get("width") == "1" and attributes.get("height") == "1"):
            return
        kind: MediaType = "image" if tag == "img" else "audio" if tag == "audio" else "video"
        if tag == "source":
            kind = media_type(attributes.get("type", "")) or "video"
        self._media.setdefault(url, Media(kind, url=url, alt=clean(alt) or None))

    def result(self) -> Hypertext:
        self._close_anchor()
        return Hypertext(_lines(self._pieces), tuple(self._anchors), tuple(self._media.values()))


def _lines(pieces: list[str]) -> str:
    """Joins pieces: one space for many, one new line for a nest of divisions, never more than one empty line."""
    return clean(re.sub("[ \n\0]+", _gap, "".join(pieces)).strip())


def _gap(run: re.Match[str]) -> str:
    lines = run[0].count("\n")
    return "\n\n" if lines > 1 else "\n" if lines or "\0" in run[0] else " "


def media_type(mime: str) -> MediaType | None:
    """Which of our kinds a MIME type names; None where it names none of a picture, film or sound."""
    kind = mime.partition("/")[0].strip().lower()
    return "image" if kind == "image" else "video" if kind == "video" else "audio" if kind == "audio" else None
