"""Sitemaps: the addresses that a site wants to be found, from XML or plain text, packed or not.

**Source**: https://www.sitemaps.org/protocol.html, read 2026-11. Read by its tags rather than as XML: many a site's
sitemap holds a bare "&" or ends early, and what stands in it is good all the same.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from html import unescape
from itertools import islice

from rollbook.pages import clean
from rollbook.types import Page

#: The protocol's own bounds on one file.
SITEMAP_BYTES = 52_428_800
SITEMAP_ENTRIES = 50_000

_TAG = re.compile(
    r"<(?!image:|video:|news:|xhtml:)(?:[\w.-]{1,40}:)?(?:(url|sitemap)(?=[\s>/])|(loc|lastmod)\s*>"
    r"(?:\s*<!\[CDATA\[([^<>\]]*)\]\]>|([^<]*)))"
)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(urlset|sitemapindex)\b")
_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:urlset|sitemapindex)\s*>\s*(?:<!--[^<>]*-->\s*)*\Z")
_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a sitemap."""

    url: str
    #: As the sitemap says it; empty where it does not.
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap file says."""

    pages: tuple[Place, ...] = ()
    #: Further sitemaps, of an index.
    sitemaps: tuple[Place, ...] = ()
    #: What is wrong with it, in words; empty where nothing is.
    problem: str = ""


def read_sitemap(page: Page) -> Sitemap:
    """Reads a sitemap; what cannot be read is told, and the rest stands."""
    raw, problem = _unpacked(page.body)
    text = raw.decode("utf-8-sig", "replace")
    root = _ROOT.search(text[:65_536])
    if root is None:
        lines = [line[0] for line in islice(re.finditer(r"\S+", text), SITEMAP_ENTRIES + 1)]
        if lines and all(_LINE.fullmatch(line) for line in lines):
            listed = tuple(Place(clean(line)) for line in lines[:SITEMAP_ENTRIES])
            return Sitemap(pages=listed, problem=problem or _too_many(len(lines)))
        return Sitemap(problem=problem or "it is no sitemap")
    places = _places(text)
    if not problem and _END.search(text[-4096:]) is None and not text.rstrip().endswith("/>"):
        problem = "it is cut off; what stands in it was read"
    problem = problem or _too_many(len(places))
    kept = tuple(places[:SITEMAP_ENTRIES])
    return Sitemap((), kept, problem) if root[1] == "sitemapindex" else Sitemap(kept, (), problem)


def _too_many(count: int) -> str:
    return f"it holds more than {SITEMAP_ENTRIES:,} addresses, as none may; the rest was not read" if (
        count > SITEMAP_ENTRIES) else ""


def _places(text: str) -> list[Place]:
    """The entries in their order, one more than is allowed at most."""
    places: list[Place] = []
    url = changed = ""
    for found in _TAG.finditer(text):
        if found[1]:
            if url:
                places.append(Place(url, changed))
                if len(places) > SITEMAP_ENTRIES:
                    return places
            url = changed = ""
        else:
            words = clean(unescape(found[3] if found[3] is not None else found[4] or "").strip())
            if found[2] == "loc":
                url = url or words
            else:
                changed = changed or words
    return [*places, Place(url, changed)] if url else places


def _unpacked(body: bytes) -> tuple[bytes, str]:
    """The bytes of a packed sitemap, never more than the bound; and what kept it from being unpacked whole."""
    if not body.startswith(b"\x1f\x8b"):
        return body, ""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        raw = unpacker.decompress(body, SITEMAP_BYTES)
    except zlib.error:
        return b"", "it is packed in a way that cannot be undone"
    if unpacker.eof:
        return raw, ""
    return raw, (
        f"it is larger than {SITEMAP_BYTES:,} bytes; the rest was not read" if len(raw) >= SITEMAP_BYTES
        else "it is cut off; what stands in it was read"
    )
