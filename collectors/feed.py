"""A web feed: the items of a school's site, blog or channel, and the title and description of the feed.

Source: the address in the register, ``feed:https://…``: RSS 0.9x, 1.0 or 2.0, Atom, or JSON Feed 1.x.
Access: none; a feed behind a login is the error "login-page".
Rate: one request a visit, answered 304 where nothing changed (once a day the feed is read all the same); the first
visit one more for each page of older items.
Order: as the feed has it, mostly newest first; an item without a date counts from the visit that found it.
Cursor: ``etag`` and ``modified`` for the conditional request, when the feed was ``read``, the ``newest`` item's time.
Edits and deletions: an edit is the same guid with other words. A feed holds its newest items only, so what is missing
is looked up at its own address: 404 or 410 on two visits says that it is gone. An item without a page of its own is
never found gone. Where the feed does not reach back to what the last visit read, the visit says so: visit more often.
Owners' exports: WARC and WACZ files in which the feed was recorded.
Not collected: comments, authors' names, what a page says beyond its item; older items than the feed shows, unless it
pages (RFC 5005, JSON Feed) or WordPress made it.
Tested: live against WordPress and a site made by hugo.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from collectors._feed_entries import Feed, gap, posts_of
from collectors._feed_formats import read_feed
from rollbook.conditional import conditions, validators_of
from rollbook.errors import AccountGone, CollectError
from rollbook.exports import Export
from rollbook.http import Door
from rollbook.hypertext import is_site
from rollbook.pages import latest, reach, read_time, refuse, step
from rollbook.plugins import Presence, Sweep, Visit, collector
from rollbook.types import Account, Page, Parsed, Post

#: A feed of a school with every article in full stays under a megabyte.
FEED_BYTES = 8 * 1024 * 1024
#: For how long a server's word that nothing changed is believed. WordPress 6.1 tells of none when a
#: post with an earlier date is published.
BELIEVED = timedelta(days=1)
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


def parse(page: Page) -> Parsed:
    """Reads the channel and the items of a feed."""
    if page.status != 200 or page.part == "lookup":
        return Parsed()
    return posts_of(page, read_feed(page))


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for each item's own page; only 404 and 410 say that it is gone."""
    for post in posts:
        parts = urlsplit(post.url)
        if parts.scheme not in ("http", "https") or parts.fragment or (parts.path in ("", "/") and not parts.query):
            yield Presence(post.id, "unclear", "the item has no page of its own")
            continue
        try:
            page = door.fetch(post.url, account=visit.account.key, part="lookup", accept=(200, 404, 410), public=True)
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))
            continue
        if page.status != 200:
            yield Presence(post.id, "gone", f"HTTP {page.status}", page, host_only=True)
        elif urlsplit(page.url).path in ("", "/") and not urlsplit(page.url).query:
            yield Presence(post.id, "unclear", "its address leads to the front page", page)
        else:
            yield Presence(post.id, "here", "HTTP 200 at its address", page)


# -- what somebody else recorded ---------------------------------------------------------------------------------


def _recorded(page: Page, account: Account) -> Page | None:
    """Whether a recorded answer is this feed, or a page of its older items."""
    return replace(page, part="feed") if _address(page.url) == _address(account.handle) else None


def _address(url: str) -> tuple[str, str, list[tuple[str, str]]]:
    parts = urlsplit(url)
    asked = [(name, value) for name, value in parse_qsl(parts.query) if name != "paged"]
    return parts.netloc.lower(), parts.path or "/", sorted(asked)


# -- a visit -----------------------------------------------------------------------------------------------------


@collector("feed", parse=parse, look_up=look_up, export=Export(recorded=_recorded))
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the feed, and on a first visit whatever older pages it leads to."""
    key, url = visit.account.key, visit.account.handle
    if not is_site(url):
        raise CollectError(f"{url!r} is no web address; expected feed:https://…", account=key, code="bad-handle")
    page = _fetch(visit, door, url, _conditions(visit))
    if page.status == 304:
        return Sweep(visit.cursor)
    if page.status != 200:
        code = "deleted" if page.status == 410 else "not-found"
        raise AccountGone(f"there is no feed at this address any more (HTTP {page.status})", account=key, code=code)
    validators = validators_of(page)
    cursor = {"read": page.fetched_at.isoformat(), **validators} if validators else {}
    read_to = read_time(visit.cursor.get("newest", ""))
    since = reach(visit, read_to)
    newest, oldest, ends, seen, shown, number = None, None, None, {url}, set[str](), 1
    while True:
        feed, number = read_feed(page), number + 1
        items = {entry.guid or entry.link or entry.title.value for entry in feed.entries}
        if items and items <= shown:
            if feed.older_url:
                problem = "the page of older items shows the same again; what is older was not read"
                raise refuse(page, "cursor-loop", problem)
            break  # a site served as files, whose feed is the same whatever page is asked for
        yield page
        newest, shown = latest(newest, feed.dates, page), shown | items
        oldest = min((*feed.dates, *([oldest] if oldest else [])), default=None)
        # Where the feed ends, not its oldest date: an old item may be pinned on top.
        ends = feed.dates[-1] if feed.dates else ends
        older = _older(url, page, feed, number)
        if not older or not feed.entries or (feed.dates and max(feed.dates) < since):
            break
        page = _fetch(visit, door, step(page, older, seen), {})
        if page.status != 200:  # WordPress answers 404 after its last page
            break
    if told := newest or read_to:  # a feed may be empty for a day
        cursor["newest"] = told.isoformat()
    return Sweep(cursor, covered_from=ends, bounded=True, marked=gap(visit, oldest))


def _fetch(visit: Visit, door: Door, url: str, conditions: dict[str, str]) -> Page:
    return door.fetch(
        url, account=visit.account.key, part="feed", headers={"Accept": _ACCEPT, **conditions},
        accept=(200, *([304] if conditions else []), 404, 410), limit_bytes=FEED_BYTES, public=True,
    )


def _conditions(visit: Visit) -> dict[str, str]:
    """The headers that ask for the feed only if it changed; none where it was not read whole for a day."""
    read_at = read_time(visit.cursor.get("read", ""))
    if read_at is None or datetime.now(UTC) - read_at > BELIEVED:
        return {}
    return conditions(visit.cursor)


def _older(url: str, page: Page, feed: Feed, number: int) -> str:
    """Where the next page of older items is, on the same host or where that leads; empty where nothing says so."""
    parts = urlsplit(url)
    if feed.older_url:
        hosts = (parts.netloc, urlsplit(page.url).netloc)
        return feed.older_url if urlsplit(feed.older_url).netloc in hosts else ""
    if not feed.is_wordpress:
        return ""
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(number))])))
