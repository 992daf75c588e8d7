"""Instagram: the posts, reels, carousels and stories of a professional account, its profile.

Source: Graph API ``/USER/media`` and ``/USER/stories`` for an account that has given a token, ``business_discovery``
for any other professional account, at ``https://graph.facebook.com``; version: ``[collect.instagram] version``
(v25.0 when left out). developers.facebook.com/docs/instagram-platform, read 2026-11.
Access: the number of the District's own professional account in ``[collect.instagram] user`` (or a table of handles and
numbers where several have given a token), and a token with ``instagram_basic`` and ``pages_read_engagement``, to read
others also ``instagram_manage_insights``, granted by who manages the linked Page (``rollbook connect instagram``):
``ROLLBOOK_INSTAGRAM_HANDLE_TOKEN``, the handle in capitals with "_" for what is neither letter nor digit, or
``ROLLBOOK_INSTAGRAM_TOKEN``; where the app asks for proof, ``ROLLBOOK_FACEBOOK_APP_SECRET``. Personal accounts have no
API and are not read.
Rate: what Meta's usage headers say; a visit takes two requests and one for each 50 posts. A limit that is used up ends
the visit until it is free again.
Order: newest first, by cursors; stories after the posts.
Cursor: ``id`` of the account and ``newest`` post seen.
Edits and deletions: nothing marks an edit; the window is read again and compared. A deleted post of an own account is
error 100/33 while the account itself answers. A story ends after 24 hours, which is no deletion; of another account's
posts nobody can ask by id, so none is ever said to be gone. A name that is another account now is "foreign-id".
Not collected: stories of other accounts, private and personal accounts, other people's comments, likes, counts,
archived posts. Of other accounts Instagram leaves out descriptions of pictures and the "@" of mentions. Stories are
seen only by visits less than 24 hours apart. Pictures are fetched at once, since their addresses expire.
Tested: contract only: a stand-in whose requests and answers the field types of Meta's own library check.
Exports: "Download your information" in JSON has no ids: its posts are ``instagram:export:SECONDS-HASH`` until the API
shows the same words of the same moment; one that was edited between two exports, and that the API never gave, stands
twice. It does not name its account: import only what the account's owner downloaded. Nothing but its posts, reels and
stories is opened; of stories, which may have been for close friends, only their number is told.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from collectors._graph_client import VERSION, Graph, Walk, connect, presence, unclear
from collectors._graph_errors import is_no_user
from collectors._instagram_export import EXPORT
from collectors._instagram_media import parse
from rollbook.credentials import credential, credential_name
from rollbook.errors import AccessError, AccountGone, CollectError, PageError
from rollbook.http import Door
from rollbook.pages import Item, read_item, read_json
from rollbook.plugins import Presence, Profile, Sweep, Visit, collector
from rollbook.types import Page, Post

#: Of one request.
POSTS = 50
#: How long a story is shown. **Source**: …/instagram-platform/reference/ig-user/stories.
STORY = timedelta(hours=24)

PROFILE_FIELDS = "id,username,name,biography,website,profile_picture_url,media_count"
_SHOWN = "id,media_type,media_url,thumbnail_url"
_POST_FIELDS = f"{_SHOWN},media_product_type,caption,permalink,timestamp,username"
MEDIA_FIELDS = f"{_POST_FIELDS},alt_text,children{{{_SHOWN},alt_text}}"
#: What business_discovery shows of an account that has given no token.
FOUND_FIELDS = f"{_POST_FIELDS},children{{id,media_type,media_url}}"
_HANDLE = re.compile(r"[a-z0-9._]{1,30}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which account is read, and by which one."""

    graph: Graph
    handle: str
    #: The number of the professional account that asks.
    user: str

    @classmethod
    def of(cls, visit: Visit, door: Door) -> _Asked:
        """**Raises** AccessError where nobody can ask, PageError (bad-handle, setting)."""
        key, handle, told = visit.account.key, visit.account.handle.lower(), visit.settings.get("user", "")
        if not _HANDLE.fullmatch(handle):
            raise PageError(f"{handle!r} is no name on Instagram", account=key, code="bad-handle")
        graph = connect(visit, door, "instagram", visit.settings.get("version", VERSION))
        table = {name.lower(): number for name, number in told.items()} if isinstance(told, dict) else {handle: told}
        user = str(table.get(handle) or next(iter(table.values()), ""))
        if not user:
            problem = (
                "waiting for its owner's authorisation: a token is there, but not the number of the District's own "
                "account; `rollbook connect instagram` tells it, district.toml wants it: user under [collect.instagram]"
            )
            raise AccessError(problem, account=key, code="no-credential")
        if not re.fullmatch("[0-9]{1,32}", user):
            problem = f"[collect.instagram] user is {user[:60]!r}; expected a number like 17841405822304914"
            raise PageError(problem, account=key, code="setting")
        return cls(graph, handle, user)

    def own(self, known: str) -> tuple[Page, Item]:
        """The account that asks. **Raises** AccountGone where it is the ``known`` one that is read, else PageError."""
        try:
            page = self.graph.ask(self.user, "profile", {"fields": PROFILE_FIELDS})
        except AccountGone as err:
            if self.user == known:
                raise
            raise self.nobody_asks(err) from None
        return page, read_item(read_json(page), "profile", self.graph.account)

    def nobody_asks(self, err: AccountGone) -> PageError:
        """The error where the account that asks is not there, which says nothing of the one that is read."""
        problem = f"the account that asks, {self.user} under [collect.instagram] user, is not shown: {err.cause}"
        return PageError(problem, account=self.graph.account, place=err.place, code="setting")

    def is_own(self, profile: Item) -> bool:
        """Whether the account that asks is the registered one."""
        return profile.text("username").lower() == self.handle


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for each post of an own account by its id; only error 100/33 while the account answers says "gone"."""
    try:
        asked = _Asked.of(visit, door)
        page, profile = asked.own(visit.cursor.get("id", ""))
        own = asked.is_own(profile)
    except CollectError as err:
        yield from (unclear(post, err) for post in posts)
        return
    for post in posts:
        ended = "/stories/" in post.url and post.created_at + STORY < page.fetched_at
        if own and not ended:
            yield presence(asked.graph, post, "lookup", MEDIA_FIELDS, {"username": asked.handle})
        else:
            why = "a story ends after 24 hours" if ended else "posts of other accounts have no look-up"
            yield Presence(post.id, "unclear", why)


# -- a profile alone ---------------------------------------------------------------------------------------------


def fetch_profile(visit: Visit, door: Door) -> Profile:
    """What Instagram shows of another professional account to one of the District's own; none of its posts."""
    asked = _by_own(visit, door)
    fields = f"business_discovery.username({asked.handle}){{{PROFILE_FIELDS}}}"
    try:
        page = asked.graph.ask(asked.user, "discovery", {"fields": fields}, {"username": asked.handle})
    except AccountGone as err:
        if not is_no_user(err):
            raise asked.nobody_asks(err) from None
        problem = "Instagram shows professional accounts only: this one is personal, private, or not there"
        raise AccountGone(problem, account=visit.account.key, code="not-professional") from None
    found = read_item(read_json(page), "discovery", asked.graph.account).item("business_discovery")
    return Profile(page, found.text("id"))


def _by_own(visit: Visit, door: Door) -> _Asked:
    """The way to an account that has given no token: by one of the District's that has, else by the network's token."""
    told = visit.settings.get("user", "")
    listed = {name.lower() for name in told} if isinstance(told, dict) else None
    own = [account for account in visit.own if listed is None or account.handle.lower() in listed]
    with_token = [account for account in own if credential(credential_name("instagram", account.handle))]
    asking = next(iter(with_token or own), visit.account)
    asked = _Asked.of(replace(visit, account=asking), door)
    handle = visit.account.handle.lower()
    if not _HANDLE.fullmatch(handle):
        raise PageError(f"{handle!r} is no name on Instagram", account=visit.account.key, code="bad-handle")
    asked.graph.account = visit.account.key
    return replace(asked, handle=handle)


# -- a visit -----------------------------------------------------------------------------------------------------


@collector(
    "instagram", parse=parse, look_up=look_up, export=EXPORT, profile=fetch_profile,
    settings=("user", "version"),
)
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads an own account by its edges, any other by what it shows to professional accounts."""
    asked = _Asked.of(visit, door)
    page, profile = asked.own(visit.cursor.get("id", ""))
    if not asked.is_own(profile):
        if profile.text("id") == visit.cursor.get("id"):
            problem = f"the account is called {profile.text('username')} now: change its row in the register"
            raise AccountGone(problem, account=visit.account.key, code="renamed")
        return (yield from _discover(asked, visit))
    _check(profile, visit)
    yield page
    walk = Walk(visit, "timestamp")
    context = {"username": asked.handle}
    params: dict[str, str | int] = {"fields": MEDIA_FIELDS, "limit": POSTS}
    while True:
        page = asked.graph.ask(f"{asked.user}/media", "posts", params, context)
        yield page
        after = walk.after(page, read_item(read_json(page), "posts", asked.graph.account))
        if not after:
            break
        params["after"] = after
    yield from asked.graph.walk(f"{asked.user}/stories", "stories", {"fields": MEDIA_FIELDS, "limit": POSTS}, context)
    return walk.sweep(profile.text("id"), profile.count("media_count"))


def _discover(asked: _Asked, visit: Visit) -> Generator[Page, None, Sweep]:
    walk, who, after = Walk(visit, "timestamp"), PROFILE_FIELDS, ""
    context = {"username": asked.handle}
    first: Item | None = None
    while True:
        media = f"media{f'.after({after})' if after else ''}.limit({POSTS}){{{FOUND_FIELDS}}}"
        fields = f"business_discovery.username({asked.handle}){{{who},{media}}}"
        page = asked.graph.ask(asked.user, "discovery", {"fields": fields}, context)
        found = read_item(read_json(page), "discovery", asked.graph.account).item("business_discovery")
        if first is None:
            _check(found, visit)
        first = first or found
        yield page
        # Only an account without any post may leave the list out; a further page that does would end it unread.
        listed = found.item_or_none("media") if first is found else found.item("media")
        after = walk.after(page, listed, by_cursor=True) if listed else ""
        if not after:
            return walk.sweep(first.text("id"), first.count("media_count"))
        who = "id"


def _check(profile: Item, visit: Visit) -> None:
    """**Raises** PageError (foreign-id) for another name, and where the name is another account than before."""
    number, name = profile.text("id"), profile.text("username")
    if name.lower() != visit.account.handle.lower():
        raise profile.refuse(f"asked for {visit.account.handle}, the platform answers with {name}", code="foreign-id")
    visit.check_number(profile, number)
