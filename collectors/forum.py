"""A user of a forum made with Discourse, Misago or phpBB: the public posts and the profile.

Source: the forum itself; the register has the address of the user's profile as a browser shows it:
``forum:https://forum.example/u/name`` (Discourse), ``forum:https://forum.example/u/name/12/`` (Misago). A board of
phpBB shows no names in addresses: there ``forum:https://board.example/u/Name`` stands for the name as it is written.
Discourse: ``/u/NAME.json``, ``/user_actions.json``, ``/t/TOPIC/posts.json``, ``/posts/by_number/TOPIC/1.json``. Misago:
``/api/users/N/`` with ``posts/`` and ``threads/``. phpBB: ``/feed.php`` (Atom). Which it is, is found out, or stands in
``[collect.forum] software``. https://docs.discourse.org/.
Access: none. A forum for members only is the error "no-access".
Rate: Discourse allows 20 requests in ten seconds; a visit takes one for each 30 posts, one for each topic that the user
began and one for each that the user answered in. Misago: two for each 18 posts. phpBB: one.
Order: newest first; Discourse by topic.
Cursor: ``software``, the forum's own number of the user (``id``), the ``newest`` post's time.
Edits and deletions: every visit sees the newest version of the posts in its window. A deleted post answers 404 by its
number (Discourse; also 403 ``invalid_access``), or on two visits at its address. A phpBB feed holds the newest posts of
the whole board, a dozen or two: visit a busy board often; a gap is told. A user with another name than before is the
error "renamed".
Owners' exports: WARC and WACZ files in which the forum's JSON or feed was recorded.
Not collected: versions between two visits, likes, private messages, other people's posts (but what the user quotes
stands in the user's post), Misago posts that a moderator hid are not told from those that are there.
Tested: live against Misago 0.39; Discourse and phpBB by contract only, against stand-ins.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from collectors._feed_entries import gap
from collectors._feed_formats import read_feed
from collectors._forum_discourse import ERROR, NOT_SHOWN, read_discourse
from collectors._forum_posts import parse
from collectors._forum_recorded import recorded
from collectors._forum_visit import Forum
from rollbook.bodies import word_of
from rollbook.errors import AccountGone, CollectError, PageError
from rollbook.exports import Export
from rollbook.http import Door
from rollbook.pages import BEGINNING, Item, is_html, latest, read_item, read_json, read_time, refuse, step
from rollbook.plugins import Presence, Sweep, Visit, collector
from rollbook.types import Page, Post

_FEED = "application/atom+xml, application/xml;q=0.9"


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks Discourse for each post by its number, the others at the post's address."""
    try:
        forum = Forum.of(visit, door)
        by_number = forum.software() in ("", "discourse")
    except CollectError as err:
        yield from (Presence(post.id, "unclear", str(err)) for post in posts)
        return
    for post in posts:
        try:
            yield _numbered(forum, post) if by_number else _at_its_address(forum, post)
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))


def _numbered(forum: Forum, post: Post) -> Presence:
    number = post.id.rpartition("#")[2]
    if not number.isdigit():
        return Presence(post.id, "unclear", "its number on the forum is not known")
    page = forum.ask(f"/posts/{number}.json", "lookup", (200, 403, 404, 410))
    word = word_of(page.body, ERROR)
    if page.status == 200:
        item = read_item(read_json(page), "lookup", page.account)
        if item.name("id") != number:
            return Presence(post.id, "unclear", "the answer does not speak of the post", page)
        if item.data.get("user_deleted") is True or item.words("deleted_at"):
            return Presence(post.id, "gone", "the forum says that its author deleted it", page)
        hidden = item.data.get("hidden") is True
        return Presence(post.id, "gone" if hidden else "here", "the forum hides it" if hidden else "HTTP 200", page)
    gone = word in NOT_SHOWN
    return Presence(post.id, "gone" if gone else "unclear", f"HTTP {page.status} {word}".strip(), page)


def _at_its_address(forum: Forum, post: Post) -> Presence:
    if not post.url.startswith(f"{forum.user.base}/"):
        return Presence(post.id, "unclear", "its address is not on the forum")
    path = post.url.removeprefix(forum.user.base).partition("#")[0]
    page = forum.ask(path, "lookup", (200, 404, 410), kind="text/html")
    if page.status != 200:
        return Presence(post.id, "gone", f"HTTP {page.status}", page, host_only=True)
    return Presence(post.id, "here", "HTTP 200 at its address", page)


# -- a visit -----------------------------------------------------------------------------------------------------


_NO_PROFILE = "Rollbook does not look at the profiles of a forum's members; a person has to look"


@collector(
    "forum", parse=parse, look_up=look_up, export=Export(recorded=recorded), no_profile=_NO_PROFILE,
    settings=("software",),
)
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Finds out what the forum is made with where that is not known, then reads the user's profile and posts."""
    forum = Forum.of(visit, door)
    software = forum.software()
    if software == "misago":
        return (yield from _misago(forum))
    if software == "phpbb":
        return (yield from _phpbb(forum))
    page = forum.ask(f"/u/{quote(forum.user.name, safe='')}.json", "profile", (200, 403, 404, 410))
    if software == "discourse" or word_of(page.body, ERROR) or (page.status == 200 and not is_html(page)):
        return (yield from read_discourse(forum, page))
    return (yield from _phpbb(forum))


def _misago(forum: Forum) -> Generator[Page, None, Sweep]:
    if not forum.user.number:
        problem = "a Misago user's address ends with a number; expected forum:https://forum.example/u/name/12/"
        raise CollectError(problem, account=forum.key, code="bad-handle")
    path = f"/api/users/{forum.user.number}"
    page = forum.ask(f"{path}/", "profile", (200, 404, 410))
    if page.status != 200:
        problem = f"the forum has no user number {forum.user.number} (HTTP {page.status})"
        raise AccountGone(problem, account=forum.key, code="not-found")
    user = read_item(read_json(page), "profile", forum.key)
    number = forum.number_of(user, user.words("slug") or user.text("username"))
    yield page
    since, newest = forum.since(), None
    starters = [item for _, items in _listed(forum, "threads", since, {}) for item in items]
    # The two lists end at different depths: beyond the window it is not known which posts began their thread.
    context = {"began": "|".join(str(item.data.get("id")) for item in starters), "since": since.isoformat()}
    for page, items in _listed(forum, "posts", since, context):
        yield page
        newest = latest(newest, _posted(items), page)
    return forum.sweep("misago", number, newest, since)


def _posted(items: Sequence[Item]) -> list[datetime]:
    return [moment for item in items if (moment := read_time(str(item.data.get("posted_on"))))]


def _listed(
    forum: Forum, what: str, since: datetime, context: Mapping[str, str]
) -> Iterator[tuple[Page, Sequence[Item]]]:
    """Every page of a user's ``posts``, or of the posts that began ``threads``, down to the window's end."""
    seen, start = set[str](), ""
    while True:
        asked = f"?start={start}" if start else ""
        page = forum.ask(f"/api/users/{forum.user.number}/{what}/{asked}", what, context=context)
        top = read_item(read_json(page), what, forum.key)
        items = top.objects("results")
        yield page, items
        start, times = top.name("next"), _posted(items)
        if not start or (times and min(times) < since):
            return
        if not start.isdigit():
            raise refuse(page, "schema", f"'next' is {start[:40]!r}; expected a number")
        step(page, start, seen)


def _phpbb(forum: Forum) -> Generator[Page, None, Sweep]:
    page = forum.ask("/feed.php", "posts", (200, 404, 410), kind=_FEED)
    if page.status != 200:
        problem = "neither Discourse nor Misago, and no feed of phpBB; [collect.forum] software may say what it is"
        raise PageError(problem, account=forum.key, place=page.url, code="unknown-forum")
    dates = read_feed(page).dates
    yield page
    cursor = forum.sweep("phpbb", "", latest(None, dates, page), BEGINNING).cursor
    marked = gap(forum.visit, min(dates, default=None))
    return Sweep(cursor, covered_from=dates[-1] if dates else None, bounded=True, marked=marked)
