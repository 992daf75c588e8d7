"""What the parts of an AT Protocol record say: whose it is, when it was made, what its text marks, what it shows.

**Source**: the lexicons app.bsky.{embed,richtext}, https://atproto.com/specs/at-uri-scheme and /tid, read 2026-11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from rollbook.pages import Item, read_time
from rollbook.types import Media, MediaType, Page, Reference

POST, REPOST, PROFILE = "app.bsky.feed.post", "app.bsky.feed.repost", "app.bsky.actor.profile"

#: Owner, collection and key of a record. **Source**: https://atproto.com/specs/at-uri-scheme, as records spell it.
URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/([A-Za-z0-9.-]+)/([A-Za-z0-9._:~-]{1,512})")
_TID = re.compile("[2-7a-j][2-7a-z]{12}")
_TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Author:
    """Whose records are read, and where their pictures lie."""

    #: The key in the register.
    account: str
    #: Empty where the page does not say whom it was fetched for: then any author is taken.
    did: str = ""
    handle: str = ""
    pds: str = ""

    @classmethod
    def of(cls, page: Page) -> Author:
        """Of whom a page was fetched."""
        about = page.context
        return cls(page.account, about.get("did", ""), about.get("handle", ""), about.get("pds", ""))

    def key(self, did: str) -> str:
        """The register's key for a DID: this account's own, or one made of the DID."""
        return self.account if did == self.did else f"bluesky:{did}"

    def split(self, item: Item, uri: str) -> tuple[str, str, str]:
        """DID, collection and record key of an address. **Raises** PageError: schema, foreign-id."""
        parts = URI.fullmatch(uri)
        if parts is None:
            raise item.refuse(f"'uri' is {uri[:80]!r}; expected at://did:…/collection/key")
        did, collection, rkey = parts.groups()
        if self.did and did != self.did:
            raise item.refuse(f"the record belongs to {did}, not to {self.did}", code="foreign-id")
        return did, collection, rkey


def created(value: Item, rkey: str) -> datetime:
    """When the author says it was made; the time of its record key where that cannot be read."""
    moment = read_time(value.words("createdAt")) or tid_time(rkey)
    if moment is None:
        raise value.refuse(f"'createdAt' is {value.words('createdAt')[:40]!r}; expected an ISO 8601 time")
    return moment


def tid_time(key: str) -> datetime | None:
    """The time in a record key or revision. **Source**: https://atproto.com/specs/tid: microseconds, then 10 bits."""
    if _TID.fullmatch(key) is None:
        return None
    number = 0
    for digit in key:
        number = number * 32 + _TID_DIGITS.index(digit)
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=number >> 10)


def reference(uri: str, author: Author, text: str = "") -> Reference:
    """Another record as a post refers to it."""
    return Reference(f"bluesky:{uri}", author.key(uri.removeprefix("at://").partition("/")[0]), text)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a text marks."""

    links: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def facets(value: Item, text: str) -> Marks:
    """Links, mentions and hashtags. **Units**: a facet counts bytes of UTF-8, not characters."""
    links, mentions, tags, raw = [], [], [], text.encode()
    for facet in value.items("facets"):
        index = facet.item("index")
        start, end = index.count("byteStart"), index.count("byteEnd")
        written = raw[start:end].decode(errors="ignore") if start is not None and end is not None else ""
        for feature in facet.items("features"):
            kind = feature.words("$type").rpartition("#")[2]
            if kind == "link":
                links.append(feature.text("uri"))
            elif kind == "mention":
                mentions.append(written.strip().removeprefix("@") or feature.text("did"))
            elif kind == "tag":
                tags.append(feature.text("tag"))
    return Marks(tuple(links), tuple(mentions), tuple(tags))


@dataclass(frozen=True, slots=True)
class Embed:
    """What a post shows below its words."""

    media: tuple[Media, ...] = ()
    links: tuple[str, ...] = ()
    quote: Reference | None = None

    @classmethod
    def of(cls, embed: Item | None, view: Item | None, did: str, author: Author) -> Embed:
        """What the embed of a record shows; ``view`` is the AppView's of it. **Raises** PageError."""
        kind = embed.words("$type") if embed else ""
        if embed is None or not kind:
            return cls()
        if kind == "app.bsky.embed.record":
            return cls(quote=_quoted(embed, view, author))
        if kind == "app.bsky.embed.recordWithMedia":
            inner = cls.of(embed.item("media"), view.item_or_none("media") if view else None, did, author)
            quote = _quoted(embed.item("record"), view.item_or_none("record") if view else None, author)
            return cls(inner.media, inner.links, quote)
        if kind == "app.bsky.embed.external":
            card = embed.item("external")
            thumb = card.item_or_none("thumb")
            shown = view.item_or_none("external") if view else None
            # A GIF is a card whose description repeats what the author wrote as alt text.
            said = card.words("description")
            alt = said[4:].strip() if said[:4].lower() == "alt:" else None
            url = shown.words("thumb") if shown else ""
            return cls((_media("image", thumb, alt, did, author, url),) if thumb else (), (card.text("uri"),))
        if kind == "app.bsky.embed.video":
            files = [entry.item("file") for entry in embed.items("captions")]
            captions = (_media("file", file, None, did, author, "") for file in files)
            return cls((_media("video", embed.item("video"), embed.words("alt"), did, author, ""), *captions))
        if kind in ("app.bsky.embed.images", "app.bsky.embed.gallery"):
            name = "images" if kind.endswith("images") else "items"
            seen = view.items(name) if view else ()
            return cls(tuple(
                _media("image", picture.item("image"), picture.words("alt"), did, author,
                       seen[index].words("fullsize") if index < len(seen) else "")
                for index, picture in enumerate(embed.items(name))
            ))
        raise embed.refuse(f"an embed of the unknown kind {kind[:80]!r}")


def _quoted(embed: Item, view: Item | None, author: Author) -> Reference | None:
    uri = embed.item("record").text("uri")
    if f"/{POST}/" not in uri:  # a feed, a list or a starter pack is shown, no post
        return None
    shown = view.item_or_none("record") if view else None
    words = shown.item_or_none("value") if shown else None
    return reference(uri, author, words.words("text") if words else "")


def _media(kind: MediaType, blob: Item, alt: str | None, did: str, author: Author, shown_url: str) -> Media:
    cid = content_id(blob)
    return Media(kind, url=blob_url(author.pds, did, cid) or shown_url or None, alt=alt or None)


def content_id(blob: Item) -> str:
    """The content id of a file; the oldest records spell it without ``ref``."""
    ref = blob.item_or_none("ref")
    return ref.words("$link") if ref else blob.words("cid")


def blob_url(pds: str, did: str, cid: str) -> str | None:
    """Where a file lies on its account's own server; None where either is not known."""
    query = urlencode({"did": did, "cid": cid}, safe=":")
    return f"{pds}/xrpc/com.atproto.sync.getBlob?{query}" if pds and cid else None
