"""What a feed of any format says, and how it becomes posts: one an item, and one for the channel's own words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from collectors._caption import titled
from rollbook.errors import PageError
from rollbook.hypertext import Hypertext, read_html, web_address
from rollbook.pages import clean, mark, read_time
from rollbook.plugins import Visit
from rollbook.types import Marked, Media, Page, Parsed, Post


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text with what is known of its form."""

    value: str = ""
    html: bool = False
    #: What relative addresses in it refer to.
    base: str = ""
    lang: str | None = None

    def read(self) -> Hypertext:
        """The words as a reader sees them."""
        return read_html(self.value, self.base) if self.html else Hypertext(clean(self.value).strip())


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed."""

    #: ``entry 3`` or ``items[2]``.
    place: str
    #: Empty where the feed gives none.
    guid: str = ""
    link: str = ""
    #: Who wrote it, as Atom and RSS say; a feed's collector does not look at it, a forum's does.
    author: str = ""
    title: Words = field(default_factory=Words)
    body: Words = field(default_factory=Words)
    published_at: datetime | None = None
    updated_at: datetime | None = None
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole page of a feed."""

    title: Words = field(default_factory=Words)
    about: Words = field(default_factory=Words)
    link: str = ""
    lang: str | None = None
    pictures: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    marked: tuple[Marked, ...] = ()
    #: Where older items are, as the feed says (RFC 5005, JSON Feed's next_url); empty where it does not.
    older_url: str = ""
    #: Whether WordPress made it, which pages every feed by ``?paged=N``.
    is_wordpress: bool = False

    @property
    def dates(self) -> tuple[datetime, ...]:
        """When the items that say so were published."""
        return tuple(entry.published_at for entry in self.entries if entry.published_at)


def posts_of(page: Page, feed: Feed) -> Parsed:
    """The posts of a page: the channel's title and description as its profile, then the items in the feed's order."""
    marked = list(feed.marked)
    read = list(_read(page, feed, marked))
    # Some tools give one guid to several items: the address tells them apart. The lowest, the oldest of most feeds,
    # keeps the plain id, so that an item that comes on top of it does not take its place.
    plain = {post.id: post.url for _, post in read}
    first: dict[str, Post] = {}
    for place, post in read:
        if plain[post.id] != post.url:
            post = replace(post, id=f"{post.id}#{post.url or _digest(post.text)}")
        known = first.setdefault(post.id, post)
        if replace(known, created_at=post.created_at, edited_at=post.edited_at) != post:
            problem = "has guid and address of an item above, but other words; that one is kept"
            marked.append(Marked(place, problem))
    return Parsed(tuple(first.values()), tuple(marked))


def _read(page: Page, feed: Feed, marked: list[Marked]) -> Iterator[tuple[str, Post]]:
    """The profile and the items, each with its place; what cannot be read is marked."""
    readers: list[tuple[str, Callable[[], Post | None]]] = [("channel", partial(_profile, page, feed))]
    readers += [(entry.place, partial(_post, page, feed, entry)) for entry in feed.entries]
    for place, read in readers:
        try:
            post = read()
        except PageError as err:
            marked.append(mark(err, place))
            continue
        if post is not None and (post.text or post.media or post.url):
            yield place, post
        elif place != "channel":
            marked.append(Marked(place, "says nothing: it has neither words nor pictures nor an address"))


def _profile(page: Page, feed: Feed) -> Post | None:
    title, about = feed.title.read(), feed.about.read()
    text = "\n".join(part for part in (title.text, about.text) if part)
    if not text:
        return None
    # Not "#profile": an item may call itself anything.
    return Post(
        id=page.account, account=page.account, network="feed", kind="profile", text=text,
        created_at=page.fetched_at, url=feed.link, lang=feed.lang or feed.title.lang,
        links=tuple(dict.fromkeys(anchor.url for anchor in about.anchors)),
        media=tuple(Media("image", url=url) for url in dict.fromkeys(feed.pictures)),
    )


def _post(page: Page, feed: Feed, entry: Entry) -> Post:
    title, body = entry.title.read(), entry.body.read()
    text = titled(title.text, body.text)
    published = entry.published_at or entry.updated_at or page.fetched_at
    edited = entry.updated_at if entry.updated_at and entry.updated_at > published else None
    addresses = (*(anchor.url for anchor in (*title.anchors, *body.anchors)), *entry.links)
    media = merged((*body.media, *entry.media))
    said = "\n".join((text, *(item.url or "" for item in media)))
    return Post(
        id=f"{page.account}#{entry.guid or entry.link or _digest(said)}", account=page.account, network="feed",
        kind="post", text=text, created_at=published, edited_at=edited, url=entry.link,
        lang=entry.body.lang or entry.title.lang or feed.lang or feed.title.lang,
        links=tuple(dict.fromkeys(url for url in addresses if url != entry.link)),
        hashtags=tuple(dict.fromkeys(entry.tags)), media=media,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def gap(visit: Visit, oldest_at: datetime | None) -> tuple[Marked, ...]:
    """Says that a feed, whose oldest item is from ``oldest_at``, does not reach back to what the last visit read."""
    read_to = read_time(visit.cursor.get("newest", ""))
    if read_to is None or oldest_at is None or oldest_at <= read_to:
        return ()
    return (Marked("feed", (
        f"gap: its oldest item is from {oldest_at:%Y-%m-%d %H:%M} UTC, and the last visit read to "
        f"{read_to:%Y-%m-%d %H:%M}; what was published between is not in it any more"
    )),)


def merged(media: Iterable[Media]) -> tuple[Media, ...]:
    """Each address once; the description from whichever mention of it has one."""
    found: dict[str, Media] = {}
    for item in media:
        known = found.setdefault(item.url or "", item)
        if known.alt is None and item.alt is not None:
            found[item.url or ""] = replace(known, alt=item.alt)
    return tuple(found.values())


def page_address(url: str, base: str) -> str:
    """The address of a page on the web; empty where it is none (Atom's ids stand in for links)."""
    address = web_address(url, base) if url else None
    return address if address and address.lower().startswith(("http://", "https://")) else ""


def absolute(urls: Sequence[str], base: str) -> tuple[str, ...]:
    """The addresses that a reader could follow, each once."""
    found = (web_address(url, base) for url in urls if url)
    return tuple(dict.fromkeys(url for url in found if url))
