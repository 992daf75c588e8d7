"""The formats of feeds: RSS 0.9x, 1.0 and 2.0, Atom and CDF by feedparser, JSON Feed by itself.

**Source**: https://www.rssboard.org/rss-specification, RFC 4287 (Atom), RFC 5005 (paging), https://www.rssboard.org/
media-rss, https://www.jsonfeed.org/version/1.1/, read 2026-11.
"""

from __future__ import annotations

import codecs
import re
from calendar import timegm
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser  # type: ignore[import-untyped]

from collectors._feed_entries import Entry, Feed, Words, absolute, page_address
from rollbook.bodies import decoded
from rollbook.errors import PageError
from rollbook.hypertext import media_type, web_address
from rollbook.pages import (
    YEARS,
    Item,
    clean,
    entries,
    is_html,
    mark,
    read_item,
    read_json,
    read_time,
    refuse,
    refuse_html,
)
from rollbook.types import Marked, Media, MediaType, Page

_ROOTS = frozenset(("rss", "feed", "rdf", "channel"))
#: "<" in the wide encodings. **Source**: XML 1.0, appendix F.1.
_WIDE = (
    (b"\0\0\0<", "utf-32-be"), (b"<\0\0\0", "utf-32-le"), (b"\0<", "utf-16-be"), (b"<\0", "utf-16-le"),
)
_ENDINGS: dict[str, MediaType] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "bmp", "tif", "tiff", "svg"), "image"),
    **dict.fromkeys(("mp4", "m4v", "mov", "webm", "ogv", "avi", "mpg", "mpeg"), "video"),
    **dict.fromkeys(("mp3", "m4a", "ogg", "oga", "opus", "wav", "aac", "flac"), "audio"),
}
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
#: What stands before the first element, comments and declarations.
_HEAD = re.compile(r"(?:<!--.*?(?:-->|\Z)|<(?![A-Za-z_])|[^<]++)*+", re.DOTALL)
#: How far the first element may be from the start: a feed's declarations are a few lines.
_HEAD_CHARACTERS = 65_536
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_TAG = re.compile(r"<(/?)[A-Za-z_][^<>]*>")
#: feedparser takes quadratic time over elements in elements; feeds with a whole page in XHTML stay below a hundred.
DEEPEST = 1000


def read_feed(page: Page) -> Feed:
    """Reads a feed of any format. **Raises** PageError: not-a-feed, login-page, truncated, wrong-charset."""
    if not page.body.strip():
        raise refuse(page, "not-a-feed", "the answer is empty")
    if page.body.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{":
        return _read_json_feed(page)
    if is_html(page):
        refuse_html(page, "not-a-feed", "a feed")
    text, marked = _decoded(page)
    text = _without_gaps(text)
    _check_whole(page, text)
    base = page.url if web_address(page.url) else ""
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base}
    try:
        # Bytes, never an address: feedparser would fetch that. Only words are taken, so nothing needs sanitising.
        found = feedparser.parse(
            text.encode(errors="replace"), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except Exception as err:  # a parser that reads whatever anybody serves raises whatever it trips over
        raise refuse(page, "not-a-feed", f"the feed cannot be read: {type(err).__name__}: {err}") from err
    return _from_xml(found, base, marked)


# -- bytes to text -----------------------------------------------------------------------------------------------


def _decoded(page: Page) -> tuple[str, tuple[Marked, ...]]:
    """The text of an XML feed. **Raises** PageError: wrong-charset."""
    body = page.body.strip(b" \t\r\n") if page.body[:1] in b" \t\r\n" else page.body
    wide = next((name for start, name in _WIDE if body.startswith(start)), "")
    found = _ENCODING.match(body)
    declared = [found[1].decode()] if found else []
    text, odd = decoded(replace(page, body=body), declared, wide=wide, may_be_cut=True)
    if odd and "\N{REPLACEMENT CHARACTER}" in text:
        raise refuse(page, "wrong-charset", "the feed is in none of the encodings that it may be in")
    return text, (Marked("encoding", odd),) if odd else ()


def _depth(text: str) -> int:
    """How deep elements stand in one another; one that is never closed counts to the end."""
    depth = deepest = 0
    for tag in _TAG.finditer(_HIDDEN.sub("", text)):
        if tag[1]:
            depth -= 1
        elif not tag[0].endswith("/>"):
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _without_gaps(text: str) -> str:
    """The text without comments and gaps before its first element: feedparser takes quadratic time over them."""
    found = _HEAD.match(text)
    end = found.end() if found else 0
    return re.sub(r"\s{2,}", "\n", _COMMENT.sub("", text[:end])) + text[end:]


def _check_whole(page: Page, text: str) -> None:
    """Refuses what is no feed, or is cut off: the items that are missing must not look deleted."""
    start = text[:_HEAD_CHARACTERS]
    root = _ROOT.search(start)
    if root is None or root[2].lower() not in _ROOTS:
        name = "no XML at all" if root is None else f"a document <{root[0][1:][:40]}>"
        raise refuse(page, "not-a-feed", f"the answer is {name}; expected RSS, Atom or JSON Feed")
    opened = start.find(">", root.end())
    if opened < 0 or (start[opened - 1] != "/" and text.lower().rfind(f"</{root[0][1:]}".lower()) < 0):
        problem = f"the feed is cut off after {len(page.body)} bytes: <{root[0][1:]}> is never closed"
        raise refuse(page, "truncated", problem)
    if _depth(text) > DEEPEST:
        raise refuse(page, "not-a-feed", f"elements stand more than {DEEPEST} deep in one another, as in no feed")


# -- XML ---------------------------------------------------------------------------------------------------------


def _from_xml(found: Any, base: str, marked: tuple[Marked, ...]) -> Feed:
    about = found.feed
    links = [link for link in about.get("links") or [] if isinstance(link, Mapping)]
    older = [str(link.get("href", "")) for link in links if link.get("rel") == "next"]
    pictures = [_at(about.get("image"), "href"), _at(about.get("image"), "url"), str(about.get("logo") or "")]
    return Feed(
        title=_words(about.get("title_detail"), base), about=_words(about.get("subtitle_detail"), base),
        link=page_address(str(about.get("link") or ""), base), pictures=absolute(pictures, base),
        entries=tuple(_xml_entry(entry, f"entry {number}", base) for number, entry in enumerate(found.entries, 1)),
        lang=str(about.get("language") or "") or None, marked=marked,
        older_url=page_address(next(iter(older), ""), base),
        is_wordpress="wordpress.org" in str(about.get("generator") or ""),
    )


def _xml_entry(entry: Any, place: str, base: str) -> Entry:
    links = [link for link in entry.get("links") or [] if isinstance(link, Mapping) and link.get("href")]
    related = [str(link["href"]) for link in links if link.get("rel") in ("related", "via")]
    published = _moment(entry, "published_parsed") or _moment(entry, "created_parsed")
    updated = _moment(entry, "updated_parsed")
    tags = [str(tag.get("term") or tag.get("label") or "") for tag in entry.get("tags") or []]
    return Entry(
        place=place, guid=clean(str(entry.get("id") or "")), link=page_address(str(entry.get("link") or ""), base),
        author=clean(str(entry.get("author") or "")).strip(), title=_words(entry.get("title_detail"), base),
        body=_body(entry, base), published_at=published or updated, updated_at=updated, links=absolute(related, base),
        tags=tuple(clean(tag).strip() for tag in tags if tag.strip()), media=_xml_media(entry, links, base),
    )


def _body(entry: Any, base: str) -> Words:
    """The whole text where the feed has it (content:encoded, Atom's content), else the summary."""
    readable = [
        content for content in entry.get("content") or []
        if content.get("value") and str(content.get("type", "text/html")).startswith(("text/", "application/xhtml"))
    ]
    html = [content for content in readable if "html" in str(content.get("type"))]
    return _words(next(iter(html or readable), entry.get("summary_detail")), base)


def _words(detail: Any, base: str) -> Words:
    if not isinstance(detail, Mapping):
        return Words()
    kind, its_base = str(detail.get("type") or ""), str(detail.get("base") or "")
    lang = detail.get("language")
    return Words(str(detail.get("value") or ""), "html" in kind, its_base or base, str(lang) if lang else None)


def _xml_media(entry: Any, links: Sequence[Mapping[str, Any]], base: str) -> tuple[Media, ...]:
    """Enclosures, Media RSS and iTunes pictures; their descriptions stand in no field of their own."""
    found = [(str(link["href"]), str(link.get("type") or ""), "") for link in links if link.get("rel") == "enclosure"]
    found += [(_at(item, "url"), _at(item, "type"), _at(item, "medium")) for item in entry.get("media_content") or []]
    found += [(_at(item, "url"), "", "image") for item in entry.get("media_thumbnail") or []]
    found.append((_at(entry.get("image"), "href"), "", "image"))
    return tuple(
        Media(_kind(mime, medium, address), url=address) for url, mime, medium in found
        # A player for Flash (YouTube's feeds still name one) is no file of the post.
        if url and mime != "application/x-shockwave-flash" and (address := web_address(url, base))
    )


def _kind(mime: str, medium: str, url: str) -> MediaType:
    """What a file is: by its MIME type, else by what Media RSS calls it, else by the end of its name."""
    ending = urlsplit(url).path.rpartition(".")[2].lower()
    return media_type(mime) or media_type(medium) or _ENDINGS.get(ending, "file")


def _at(value: Any, name: str) -> str:
    return str(value.get(name) or "") if isinstance(value, Mapping) else ""


def _moment(entry: Any, name: str) -> datetime | None:
    """A time as feedparser read it, in UTC; None where there is none or it cannot be."""
    # Not entry.get(): feedparser would give the publication for a change that the feed does not tell.
    value = dict.get(entry, name)
    try:
        moment = datetime.fromtimestamp(timegm(value), UTC) if value else None
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment and moment.year in YEARS else None


# -- JSON Feed ---------------------------------------------------------------------------------------------------


def _read_json_feed(page: Page) -> Feed:
    top = read_item(read_json(page), "feed", page.account)
    if not isinstance(top.data.get("items"), list):
        raise refuse(page, "not-a-feed", "the answer is JSON without the list 'items'; expected RSS, Atom or JSON Feed")
    base, read, marked = page.url, list[Entry](), list[Marked]()
    for index, value in enumerate(entries(top, "items")):
        place = f"items[{index}]"
        try:
            read.append(_json_entry(read_item(value, place, page.account), base, marked))
        except PageError as err:
            marked.append(mark(err, place))

    def said(name: str) -> str:
        """A field of the channel; one that cannot be read costs no item."""
        try:
            return top.words(name)
        except PageError as err:
            marked.append(mark(err, "channel"))
            return ""

    return Feed(
        title=Words(said("title")), about=Words(said("description")), lang=said("language") or None,
        link=page_address(said("home_page_url"), base), pictures=absolute([said("icon")], base), entries=tuple(read),
        older_url=page_address(said("next_url"), base), marked=tuple(marked),
    )


def _json_entry(item: Item, base: str, marked: list[Marked]) -> Entry:
    html, plain = item.words("content_html"), item.words("content_text") or item.words("summary")
    url = page_address(item.words("url"), base)
    guid = item.name("id") or url
    if not guid:
        raise item.refuse("'id' is missing; expected a text")
    media: tuple[Media, ...] = ()
    try:
        media = _json_media(item, base)
    except PageError as err:
        marked.append(mark(err, item.place))
    return Entry(
        place=item.place, guid=guid, link=url, title=Words(item.words("title"), lang=item.words("language") or None),
        body=Words(html or plain, html=bool(html), base=base), published_at=read_time(item.words("date_published")),
        updated_at=read_time(item.words("date_modified")), links=absolute([item.words("external_url")], base),
        tags=item.texts("tags"), media=media,
    )


def _json_media(item: Item, base: str) -> tuple[Media, ...]:
    pictures = absolute([item.words("image"), item.words("banner_image")], base)
    attached = [
        Media(_kind(part.words("mime_type"), "", address), url=address)
        for part in item.items("attachments") if (address := web_address(part.text("url"), base))
    ]
    return (*(Media("image", url=picture) for picture in pictures), *attached)
