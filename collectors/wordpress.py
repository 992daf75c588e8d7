"""A site made with WordPress: its posts and pages with their pictures, and the site's name and description.

Source: the site's own REST API, ``/wp-json/`` or ``/?rest_route=/``: ``/wp/v2/posts`` and ``/wp/v2/pages``; the
register has the site's address, ``wordpress:https://www.school.example``.
https://developer.wordpress.org/rest-api/reference/.
Access: none. Where the API is switched off, or kept for those who log in, the error "rest-off" says which feed to
register in its place.
Rate: none is stated; a visit takes three requests, and one more for each hundred posts that are new or changed.
Order: by number, newest first, a hundred a page, as many pages as ``X-WP-TotalPages`` says. Not by the time of change:
WordPress repeats and leaves out posts that changed in one second. Where posts are deleted meanwhile, what moved over
the border of a page is read again.
Cursor: ``api``, where the API was found; the ``newest`` post's time; the latest change (``modified``).
Edits and deletions: what changed since the last visit is asked for by ``modified_after``, however old it is; every
visit sees the newest version only. A post in the trash, made private or taken back answers 401 ``rest_forbidden`` by
its number and is missing from the public list; one that was deleted answers 404 ``rest_post_invalid_id``.
Owners' exports: WARC and WACZ files in which answers of the API were recorded; the pages of the site as a browser shows
them are read for an account ``website:``.
Not collected: comments, excerpts, the words of posts behind a password, authors' names, other types of posts
(events, products) that a plugin made, what only those who log in see.
Tested: live against WordPress 6.1.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from collectors._wordpress_posts import EMBED, KINDS, error_code, parse, recorded
from rollbook.errors import AccessError, AccountGone, CollectError, PageError
from rollbook.exports import Export
from rollbook.http import Door
from rollbook.hypertext import is_site
from rollbook.pages import (
    BEGINNING,
    Item,
    is_html,
    latest,
    moved_up,
    objects,
    reach,
    read_item,
    read_json,
    read_time,
    refuse,
    step,
)
from rollbook.plugins import Presence, Sweep, Visit, collector
from rollbook.types import Page, Post

#: The most posts that one request gives. **Source**: developer.wordpress.org/rest-api/using-the-rest-api/pagination/.
POSTS = 100
#: How far before the asked moment WordPress is asked: some versions compare it with the clock on the school's wall.
SLACK = timedelta(days=1)
#: Where the API may be: with addresses that read like words, and without.
_ROOTS = ("/wp-json", "/?rest_route=")
_INDEX = "name,description,url,home,namespaces,site_icon_url"


@dataclass(frozen=True, slots=True)
class _Site:
    """One site in one visit."""

    visit: Visit
    door: Door
    address: str

    @classmethod
    def of(cls, visit: Visit, door: Door) -> Self:
        """**Raises** CollectError for a handle that is no address of a site."""
        handle = visit.account.handle
        if not is_site(handle) or urlsplit(handle).query or urlsplit(handle).fragment:
            problem = f"{handle!r} is no address of a site; expected wordpress:https://…"
            raise CollectError(problem, account=visit.account.key, code="bad-handle")
        return cls(visit, door, handle.rstrip("/"))

    @property
    def key(self) -> str:
        return self.visit.account.key

    def ask(
        self, root: str, path: str, part: str, params: dict[str, str | int], accept: Sequence[int] = (200,)
    ) -> Page:
        """Calls one method of the API that was found at ``root``."""
        base, _, query = root.partition("?")
        route = {"rest_route": path} if query else {}
        return self.door.fetch(
            f"{self.address}{base}" if query else f"{self.address}{base}{path}", account=self.key, part=part,
            params={**route, **params}, headers={"Accept": "application/json"}, accept=accept,
        )

    def find(self) -> tuple[str, Page]:
        """Where the API is, and what it says of the site. **Raises** AccessError: rest-off; PageError; AccountGone."""
        known = self.visit.cursor.get("api", "")
        answers = []
        for root in dict.fromkeys((known, *_ROOTS) if known in _ROOTS else _ROOTS):
            page = self.ask(root, "/", "profile", {"_fields": _INDEX}, (200, 401, 403, 404, 410))
            if page.status == 410:
                raise AccountGone("the site is gone for good (HTTP 410)", account=self.key, code="deleted")
            if page.status == 200 and not is_html(page):
                index = read_item(read_json(page), page.part, page.account)
                if "wp/v2" not in index.texts("namespaces"):
                    raise refuse(page, "schema", "the answer is no REST API of WordPress: wp/v2 is not in 'namespaces'")
                return root, page
            answers.append(page)
        raise self._off(answers[0])

    def _off(self, page: Page) -> CollectError:
        if page.status == 200:
            try:
                read_json(page)
            except PageError as err:
                if err.code == "login-page":
                    return err
        how = f"HTTP {page.status} {error_code(page)}".strip()
        problem = (
            f"the REST API of the site is switched off, or the site is not made with WordPress ({how}); register its "
            f"feed in its place: feed:{self.address}/feed/"
        )
        return AccessError(problem, account=self.key, place=page.url, code="rest-off")


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for each post by its number; WordPress's own words for a post that is not there say that it is gone."""
    try:
        site = _Site.of(visit, door)
        root = visit.cursor.get("api", "") or site.find()[0]
    except CollectError as err:
        yield from (Presence(post.id, "unclear", str(err)) for post in posts)
        return
    for post in posts:
        try:
            yield _looked_up(site, root, post)
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))


def _looked_up(site: _Site, root: str, post: Post) -> Presence:
    kind, number = "pages" if post.kind == "page" else "posts", post.id.rpartition("#")[2]
    if not number.isdigit():
        return Presence(post.id, "unclear", "its number on the site is not known")
    page = site.ask(root, f"/wp/v2/{kind}/{number}", "lookup", {"_embed": EMBED}, (200, 401, 403, 404, 410))
    code = error_code(page)
    how = f"HTTP {page.status} {code}".strip()
    if page.status == 200:
        same = read_item(read_json(page), "lookup", page.account).name("id") == number
        return Presence(post.id, "here" if same else "unclear", "HTTP 200 at its number", page if same else None)
    if page.status in (404, 410) and code == "rest_post_invalid_id":
        return Presence(post.id, "gone", how, page)
    if page.status in (401, 403) and code == "rest_forbidden":
        # A site that shuts its whole API answers the same: only a public list without the post says that it is gone.
        listed = site.ask(root, f"/wp/v2/{kind}", "lookup", {"include": number, "_fields": "id"})
        if read_json(listed) == []:
            return Presence(post.id, "gone", f"{how}, and the public list is without it", page)
    return Presence(post.id, "unclear", how, page)


# -- a visit -----------------------------------------------------------------------------------------------------


@collector("wordpress", parse=parse, look_up=look_up, export=Export(recorded=recorded))
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the site's name, then posts and pages: those of the window, and older ones changed since the last visit."""
    site = _Site.of(visit, door)
    root, page = site.find()
    yield page
    walk = _Walk(site, root)
    since = reach(visit, walk.newest)
    expected = 0
    for kind in KINDS:
        window: dict[str, str | int] = {} if since == BEGINNING else {"after": _asked(since)}
        expected += yield from walk.pages(kind, window)
        if window and walk.modified_before:
            older = {"before": _asked(since + timedelta(seconds=1)), "modified_after": _asked(walk.modified_before)}
            yield from walk.pages(kind, older)
    return Sweep(walk.cursor(), covered_from=since, expected=expected if since == BEGINNING else None)


def _asked(moment: datetime) -> str:
    return (moment - SLACK).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Walk:
    """The way through a site's lists, and what was seen on it."""

    def __init__(self, site: _Site, root: str) -> None:
        self._site, self._root = site, root
        cursor = site.visit.cursor
        self.newest, self.modified_before = read_time(cursor.get("newest", "")), read_time(cursor.get("modified", ""))
        self._modified = self.modified_before

    def cursor(self) -> dict[str, str]:
        """Where the next visit begins."""
        seen = {"newest": self.newest, "modified": self._modified}
        return {"api": self._root, **{name: moment.isoformat() for name, moment in seen.items() if moment}}

    def pages(self, kind: str, window: Mapping[str, str | int]) -> Generator[Page, None, int]:
        """Every page of a list; returns how many posts WordPress says it has."""
        seen, number, total, before, is_last = set[str](), 1, 0, 0, False
        while True:
            page = self._page(kind, window, number)
            if page.status == 400 and number > 1 and error_code(page) == "rest_post_invalid_page_number":
                number, is_last = number - 1, True  # posts were deleted while the list was read
                continue
            if page.status != 200:
                raise self._refused(page)
            items = self._items(page)
            now = _header(page, "x-wp-total") or 0
            yield page
            self._note(page, items)
            if now:
                yield from self._again(kind, window, moved_up(number, POSTS, before, now))
            total, before = max(total, now), now
            last = _header(page, "x-wp-totalpages")
            if is_last or not items or (number >= last if last is not None else len(items) < POSTS):
                return total
            # The same posts once more: a cache or a plugin that does not know pages.
            step(page, f"{items[0].data.get('id')}…{items[-1].data.get('id')}", seen)
            number += 1

    def _page(self, kind: str, window: Mapping[str, str | int], number: int) -> Page:
        asked: dict[str, str | int] = {
            **window, "per_page": POSTS, "page": number, "orderby": "id", "order": "desc", "_embed": EMBED,
        }
        return self._site.ask(self._root, f"/wp/v2/{kind}", kind, asked, (200, 400, 401, 403, 404))

    def _again(self, kind: str, window: Mapping[str, str | int], numbers: range) -> Iterator[Page]:
        """Pages that were read before their posts moved."""
        for number in numbers:
            page = self._page(kind, window, number)
            if page.status != 200:
                raise self._refused(page)
            yield page
            self._note(page, self._items(page))

    def _items(self, page: Page) -> Sequence[Item]:
        values = read_json(page)
        if not isinstance(values, list):
            said = read_item(values, page.part, page.account).data.get("message")
            raise refuse(page, "schema", f"the site says: {said}" if said else "the answer is no list of posts")
        return objects(values, page.part, page.account)

    def _note(self, page: Page, items: Sequence[Item]) -> None:
        made, changed = (
            [moment for item in items if (moment := read_time(str(item.data.get(name))))]
            for name in ("date_gmt", "modified_gmt")
        )
        self.newest, self._modified = latest(self.newest, made, page), latest(self._modified, changed, page)

    def _refused(self, page: Page) -> CollectError:
        code = error_code(page)
        problem = f"the site does not show its {page.part} (HTTP {page.status} {code}".rstrip() + ")"
        if page.status in (401, 403):
            feed = f"{self._site.address}/feed/"
            return AccessError(f"{problem}; register its feed in its place: feed:{feed}", account=page.account,
                               place=page.url, code="rest-off")
        return PageError(problem, account=page.account, place=page.url, code=f"http-{page.status}")


def _header(page: Page, name: str) -> int | None:
    return Item(page.headers, page.part, page.account).counted(name)
