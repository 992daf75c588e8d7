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
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from urllib.parse import quote, urlencode, urlsplit

from collectors._feed_entries import gap
from collectors._feed_formats import read_feed
from collectors._forum_posts import NEW_TOPIC, User, began, parse, user_of
from collectors._forum_recorded import recorded
from rollbook.bodies import word_of
from rollbook.errors import AccessError, AccountGone, CollectError, PageError
from rollbook.exports import Export
from rollbook.http import Door
from rollbook.pages import (
    BEGINNING,
    Item,
    entries,
    is_html,
    latest,
    objects,
    reach,
    read_item,
    read_json,
    read_time,
    refuse,
    step,
)
from rollbook.plugins import Presence, Sweep, Visit, collector
from rollbook.types import Marked, Page, Post

SOFTWARE = ("discourse", "misago", "phpbb")
#: Topics and replies. **Source**: UserAction of Discourse: REPLY 5.
_OWN_ACTIONS = f"{NEW_TOPIC},5"
#: Where Discourse says why it refuses, and its words for what is deleted, or was taken out of the public's sight.
_ERROR = "error_type"
_NOT_SHOWN = ("not_found", "invalid_access")
_FEED = "application/atom+xml, application/xml;q=0.9"


@dataclass(frozen=True, slots=True)
class _Forum:
    """One user's forum in one visit."""

    visit: Visit
    door: Door
    user: User

    @classmethod
    def of(cls, visit: Visit, door: Door) -> Self:
        """**Raises** CollectError for a handle that is none."""
        user = user_of(visit.account.key)
        if user is None:
            problem = f"{visit.account.handle!r} is no user's address; expected forum:https://forum.example/u/name"
            raise CollectError(problem, account=visit.account.key, code="bad-handle")
        return cls(visit, door, user)

    @property
    def key(self) -> str:
        return self.visit.account.key

    def ask(
        self, path: str, part: str, accept: Sequence[int] = (200,), context: Mapping[str, str] | None = None,
        kind: str = "application/json",
    ) -> Page:
        """GETs one page of the forum."""
        return self.door.fetch(
            f"{self.user.base}{path}", account=self.key, part=part, headers={"Accept": kind}, accept=accept,
            context=context,
        )

    def software(self) -> str:
        """What the forum is said to be made with; empty where it has to be found out. **Raises** CollectError."""
        said = self.visit.settings.get("software", "")
        said = said.get(urlsplit(self.user.base).netloc, "") if isinstance(said, dict) else said
        if said and said not in SOFTWARE:
            expected = f"one of {', '.join(SOFTWARE)}, or a table of hosts"
            problem = f"[collect.forum] software is {said!r}; expected {expected}"
            raise CollectError(problem, account=self.key, code="setting")
        known = str(said) or self.visit.cursor.get("software", "")
        return known or ("misago" if self.user.number else "")


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks Discourse for each post by its number, the others at the post's address."""
    try:
        forum = _Forum.of(visit, door)
        by_number = forum.software() in ("", "discourse")
    except CollectError as err:
        yield from (Presence(post.id, "unclear", str(err)) for post in posts)
        return
    for post in posts:
        try:
            yield _numbered(forum, post) if by_number else _at_its_address(forum, post)
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))


def _numbered(forum: _Forum, post: Post) -> Presence:
    number = post.id.rpartition("#")[2]
    if not number.isdigit():
        return Presence(post.id, "unclear", "its number on the forum is not known")
    page = forum.ask(f"/posts/{number}.json", "lookup", (200, 403, 404, 410))
    word = word_of(page.body, _ERROR)
    if page.status == 200:
        item = read_item(read_json(page), "lookup", page.account)
        if item.name("id") != number:
            return Presence(post.id, "unclear", "the answer does not speak of the post", page)
        if item.data.get("user_deleted") is True or item.words("deleted_at"):
            return Presence(post.id, "gone", "the forum says that its author deleted it", page)
        hidden = item.data.get("hidden") is True
        return Presence(post.id, "gone" if hidden else "here", "the forum hides it" if hidden else "HTTP 200", page)
    gone = word in _NOT_SHOWN
    return Presence(post.id, "gone" if gone else "unclear", f"HTTP {page.status} {word}".strip(), page)


def _at_its_address(forum: _Forum, post: Post) -> Presence:
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
    forum = _Forum.of(visit, door)
    software = forum.software()
    if software == "misago":
        return (yield from _misago(forum))
    if software == "phpbb":
        return (yield from _phpbb(forum))
    page = forum.ask(f"/u/{quote(forum.user.name, safe='')}.json", "profile", (200, 403, 404, 410))
    if software == "discourse" or word_of(page.body, _ERROR) or (page.status == 200 and not is_html(page)):
        return (yield from _discourse(forum, page))
    return (yield from _phpbb(forum))


def _sweep(forum: _Forum, software: str, number: str, newest: datetime | None, since: datetime) -> Sweep:
    told = newest.isoformat() if newest else forum.visit.cursor.get("newest", "")
    cursor = {"software": software, "id": number, "newest": told}
    return Sweep({name: value for name, value in cursor.items() if value}, covered_from=since)


def _since(forum: _Forum) -> datetime:
    return reach(forum.visit, read_time(forum.visit.cursor.get("newest", "")))


def _same(forum: _Forum, user: Item, name: str) -> str:
    """The forum's number of the user. **Raises** PageError (foreign-id, schema), AccountGone (renamed)."""
    number, known = user.name("id"), forum.visit.cursor.get("id", "")
    if not number:
        raise user.refuse("'id' is missing; expected the forum's number of the user")
    if known and number != known:
        problem = f"the name is user {number} now, no longer {known}: is it still the registered account?"
        raise user.refuse(problem, code="foreign-id")
    if name.lower() != forum.user.name.lower():
        problem = f"the user is called {name!r} now: register the new address"
        raise AccountGone(problem, account=forum.key, code="renamed")
    return number


def _discourse(forum: _Forum, page: Page) -> Generator[Page, None, Sweep]:
    if page.status == 403:
        raise AccessError("the forum shows its users to members only", account=forum.key, place=page.url)
    if page.status != 200:
        problem = f"the forum has no user {forum.user.name!r}, or hides who it is (HTTP {page.status})"
        raise AccountGone(problem, account=forum.key, code="not-found")
    user = read_item(read_json(page), "profile", forum.key).item("user")
    number = _same(forum, user, user.text("username"))
    if user.data.get("profile_hidden") is True:
        raise AccountGone("the user hides the profile from the public", account=forum.key, code="private")
    yield page
    since, newest, seen, offset = _since(forum), None, set[str](), 0
    marked: list[Marked] = []
    while True:
        asked = urlencode({"offset": offset, "username": forum.user.name, "filter": _OWN_ACTIONS})
        page = forum.ask(f"/user_actions.json?{asked}", "actions")
        top = read_item(read_json(page), "actions", forum.key)
        listed = entries(top, "user_actions")
        actions = objects(listed, "user_actions", forum.key)
        yield page
        made = [(read_time(str(action.data.get("created_at"))), action) for action in actions]
        newest = latest(newest, (moment for moment, _ in made if moment), page)
        yield from _topics(forum, [action for moment, action in made if moment is None or moment >= since], marked)
        if not listed or any(moment < since for moment, _ in made if moment):
            break
        if actions:
            step(page, f"{actions[0].data.get('topic_id')}/{actions[0].data.get('post_id')}", seen)
        offset += len(listed)
    if user.words("suspended_till"):
        problem = f"the forum has suspended the user until {user.words('suspended_till')[:10]}"
        raise AccountGone(problem, account=forum.key, code="suspended")
    return replace(_sweep(forum, "discourse", number, newest, since), marked=tuple(marked))


def _topics(forum: _Forum, actions: Sequence[Item], marked: list[Marked]) -> Iterator[Page]:
    """The posts that actions tell of, with all their words: one page for each topic, one for each that was begun."""
    replies: dict[int, list[int]] = {}
    for action in actions:
        topic, number = action.count("topic_id"), action.count("post_id")
        if topic and began(action):
            title = action.data.get("title")
            context = {"title": title} if isinstance(title, str) else {}
            yield from _topic(forum, f"/posts/by_number/{topic}/1.json", context, marked)
        elif topic and number:
            replies.setdefault(topic, []).append(number)
    for topic, numbers in replies.items():
        asked = urlencode([("post_ids[]", number) for number in numbers])
        yield from _topic(forum, f"/t/{topic}/posts.json?{asked}", {}, marked)


def _topic(forum: _Forum, path: str, context: Mapping[str, str], marked: list[Marked]) -> Iterator[Page]:
    """Posts of one topic. Discourse lists for a minute what it shows no more, which costs the other topics nothing.

    **Raises** AccessError, PageError where the refusal is not Discourse's own word for that.
    """
    page = forum.ask(path, "posts", (200, 403, 404, 410), context)
    if page.status == 200:
        yield page
        return
    word = word_of(page.body, _ERROR)
    problem = f"the forum does not show a topic that it lists (HTTP {page.status} {word}".rstrip() + ")"
    if word in _NOT_SHOWN:
        marked.append(Marked(path.partition("?")[0], f"not-shown: {problem}"))
    elif page.status == 403:
        raise AccessError(problem, account=forum.key, place=page.url)
    else:
        raise PageError(problem, account=forum.key, place=page.url, code=f"http-{page.status}")


def _misago(forum: _Forum) -> Generator[Page, None, Sweep]:
    if not forum.user.number:
        problem = "a Misago user's address ends with a number; expected forum:https://forum.example/u/name/12/"
        raise CollectError(problem, account=forum.key, code="bad-handle")
    path = f"/api/users/{forum.user.number}"
    page = forum.ask(f"{path}/", "profile", (200, 404, 410))
    if page.status != 200:
        problem = f"the forum has no user number {forum.user.number} (HTTP {page.status})"
        raise AccountGone(problem, account=forum.key, code="not-found")
    user = read_item(read_json(page), "profile", forum.key)
    number = _same(forum, user, user.words("slug") or user.text("username"))
    yield page
    since, newest = _since(forum), None
    starters = [item for _, items in _listed(forum, "threads", since, {}) for item in items]
    # The two lists end at different depths: beyond the window it is not known which posts began their thread.
    context = {"began": "|".join(str(item.data.get("id")) for item in starters), "since": since.isoformat()}
    for page, items in _listed(forum, "posts", since, context):
        yield page
        newest = latest(newest, _posted(items), page)
    return _sweep(forum, "misago", number, newest, since)


def _posted(items: Sequence[Item]) -> list[datetime]:
    return [moment for item in items if (moment := read_time(str(item.data.get("posted_on"))))]


def _listed(
    forum: _Forum, what: str, since: datetime, context: Mapping[str, str]
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


def _phpbb(forum: _Forum) -> Generator[Page, None, Sweep]:
    page = forum.ask("/feed.php", "posts", (200, 404, 410), kind=_FEED)
    if page.status != 200:
        problem = "neither Discourse nor Misago, and no feed of phpBB; [collect.forum] software may say what it is"
        raise PageError(problem, account=forum.key, place=page.url, code="unknown-forum")
    dates = read_feed(page).dates
    yield page
    cursor = _sweep(forum, "phpbb", "", latest(None, dates, page), BEGINNING).cursor
    marked = gap(forum.visit, min(dates, default=None))
    return Sweep(cursor, covered_from=dates[-1] if dates else None, bounded=True, marked=marked)
