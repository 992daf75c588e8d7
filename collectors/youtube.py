"""YouTube: the public videos of one channel, the channel's own comments on them, and its profile.

Source: the YouTube Data API v3 (``channels``, ``playlistItems``, ``videos``, ``commentThreads``, ``comments``; never
``search``), https://developers.google.com/youtube/v3/docs/, read 2026-11; without a key the channel's Atom feed. The
account is ``youtube:@handle`` or ``youtube:UC…``, the channel's id. ``[collect.youtube] base`` says where both are when
not at Google; ``comments = false`` leaves comments out. An owner's export: Google Takeout, "YouTube and YouTube Music".
Access: an API key of the District (Google Cloud console, a project with "YouTube Data API v3", Credentials, API key) in
ROLLBOOK_YOUTUBE_API_KEY; it is sent as a header (in the address where a server knows none), opens public data only, and
no owner has to act.
Rate: 10,000 units a day for all that use the key; a visit takes one for the channel, two for each 50 videos, one for
each 100 comment threads and each longer thread of the window. What this account's visits took today, look-ups left
out, stands in the cursor (``quota_used``); a quota that is used up is the error "quota", which says when it is filled
again.
Order: newest first, as the playlist of uploads has it.
Cursor: ``id`` of the channel, ``newest`` video or comment seen, ``quota_day`` (Pacific time) and ``quota_used``.
Edits and deletions: YouTube dates no edit of a video, so its words are compared; a comment has ``updatedAt``. A video
is gone when ``videos`` gives nothing for its id; whether it was made private or removed stands beside it where the
playlist of uploads tells. A video that is unlisted now is still there. The feed shows the newest 15 videos, and nothing
is concluded from what it lacks.
Not collected: the films themselves, the words of captions (the API gives them to the channel's owner only), other
people's comments (they stand in the captured answers, and are not read in), the channel's comments elsewhere and its
answers in threads older than the window, live chat, community posts, counts. Unlisted and private videos never.
Tested: contract only, against a stand-in that the API's discovery document checks, and recorded answers of YouTube.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from collectors._feed_formats import read_feed
from collectors._youtube_api import KEY, Api
from collectors._youtube_resources import PLACEHOLDERS, parse_answer
from collectors._youtube_takeout import TAKEOUT, parse_rows
from collectors._youtube_walk import VIDEO_PARTS, VIDEOS, Walk, items_of
from rollbook.credentials import credential
from rollbook.errors import AccessError, AccountGone, CollectError
from rollbook.http import Door
from rollbook.pages import Item, reach, read_time
from rollbook.plugins import Presence, Profile, Sweep, Visit, collector
from rollbook.types import Page, Parsed, Post, PostKind

_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_HANDLE = re.compile(r"[\w.·-]{3,100}")


def parse(page: Page) -> Parsed:
    """Reads the videos, comments or channel of a page by its shape: rows of an export, an answer of the API, a feed."""
    if page.status != 200:
        return Parsed()
    return parse_rows(page) if page.body.lstrip()[:1] == b"[" else parse_answer(page)


def _handle(visit: Visit) -> str:
    """The channel's id, or its handle without "@". **Raises** CollectError for what is neither."""
    handle = visit.account.handle.removeprefix("@")
    if not _HANDLE.fullmatch(handle):
        problem = f"{visit.account.handle!r} is no channel; expected @handle or the channel's id, UC…"
        raise CollectError(problem, account=visit.account.key, code="bad-handle")
    return handle


def _comments_wanted(visit: Visit) -> bool:
    wanted = visit.settings.get("comments", True)
    if not isinstance(wanted, bool):
        problem = f"[collect.youtube] comments is {wanted!r}; expected true or false"
        raise CollectError(problem, account=visit.account.key, code="setting")
    return wanted


def _api(visit: Visit, door: Door) -> Api | None:
    """The way to the API; None where there is no key."""
    base, key = visit.address("base", "https://youtube.googleapis.com"), credential(KEY)
    return Api(visit, door, base, key) if key else None


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for videos and comments by id, fifty at a time; one that a good answer leaves out is gone."""
    left = iter(posts)
    while batch := list(islice(left, VIDEOS)):
        found: dict[str, Presence] = {}
        for method in ("videos", "comments"):
            asked = [post for post in batch if (post.kind == "comment") == (method == "comments")]
            try:
                found |= _looked_up(visit, door, method, asked) if asked else {}
            except CollectError as err:
                found |= {post.id: Presence(post.id, "unclear", str(err)) for post in asked}
        yield from (found[post.id] for post in batch)


def _looked_up(visit: Visit, door: Door, method: str, posts: list[Post]) -> dict[str, Presence]:
    api = _api(visit, door)
    if api is None:
        raise AccessError(f"only a key shows it by its id; put one into {KEY}", account=visit.account.key)
    channel = visit.cursor.get("id") or next(iter(_CHANNEL.findall(visit.account.handle)), "")
    numbers = [post.id.removeprefix("youtube:") for post in posts]
    parts = {"part": VIDEO_PARTS} if method == "videos" else {"part": "snippet", "textFormat": "plainText"}
    asked = {"id": ",".join(numbers), **parts}
    page = api.ask(method, "lookup", asked, {"channel_id": channel} if channel else {})
    here = {item.text("id"): item for item in items_of(page, f"youtube#{method[:-1]}ListResponse")}
    found: dict[str, Presence] = {}
    shown: Page | None = page if method == "videos" else None  # comments by id lack the video that they stand below
    for post, number in zip(posts, numbers, strict=True):
        if number in here:
            status = here[number].item_or_none("status")
            privacy = status.words("privacyStatus") if status else ""
            how = f"{method}.list has it" + (f", as {privacy}" if privacy not in ("", "public") else "")
            found[post.id] = Presence(post.id, "here", how, shown)
            shown = None  # one reading of the answer is enough for all its videos
        else:
            how = f"{method}.list gives nothing for its id" + (_why(api, channel, number) if method == "videos" else "")
            found[post.id] = Presence(post.id, "gone", how, page)
    return found


def _why(api: Api, channel: str, video: str) -> str:
    """Whether a video was made private or removed, as far as the playlist of uploads tells."""
    unknown = "; whether it was removed or made private is not told"
    if not channel:
        return unknown
    params = {"part": "snippet,status", "playlistId": f"UU{channel[2:]}", "videoId": video}
    page = api.ask("playlistItems", "lookup", params, unless=("videoNotFound", "playlistNotFound", "notFound"))
    if page.status != 200:
        return unknown
    for item in items_of(page, "youtube#playlistItemListResponse"):
        snippet, status = item.item("snippet"), item.item_or_none("status")
        state = PLACEHOLDERS.get(snippet.words("title"), "")
        if status and status.words("privacyStatus") == "private":
            state = "private"
        if state:
            return f"; it was {'made private' if state == 'private' else 'removed'}, as the playlist of uploads shows"
    return unknown


# -- a profile alone ---------------------------------------------------------------------------------------------


def fetch_profile(visit: Visit, door: Door) -> Profile:
    """The channel of an account that is not on record, under its handle where a link had its id; one unit, or two."""
    handle, api = _handle(visit), _api(visit, door)
    if api is None:
        problem = f"without an API key in {KEY} no channel is shown; `rollbook connect youtube` tells how to get one"
        raise AccessError(problem, account=visit.account.key, code="no-credential")
    page, channel = _found(api, handle)
    number, name = channel.text("id"), channel.item("snippet").words("customUrl")
    if _CHANNEL.fullmatch(handle) and name.startswith("@"):
        named = replace(visit, account=replace(visit.account, key=f"youtube:{name[1:]}"))
        page, channel = _found(replace(api, visit=named), name[1:])
        if channel.text("id") != number:
            raise channel.refuse(f"the name of channel {number} is another channel", code="foreign-id")
    return Profile(page, number, tuple(f"youtube:{one}" for one in (number, name) if one))


# -- a visit -----------------------------------------------------------------------------------------------------


@collector("youtube", parse=parse, look_up=look_up, export=TAKEOUT, profile=fetch_profile)
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the profile, the uploads newest first, then the channel's comments; without a key the feed."""
    handle, comments, api = _handle(visit), _comments_wanted(visit), _api(visit, door)
    if api is None:
        return (yield from _keyless(visit, door, handle))
    page, channel = _found(api, handle)
    yield page
    statistics = channel.item_or_none("statistics")
    told = statistics.words("videoCount") if statistics else ""
    count = int(told) if told.isdecimal() else None
    walk = Walk(api, channel.text("id"), reach(visit, read_time(visit.cursor.get("newest", ""))))
    yield from walk.videos(channel.item("contentDetails").item("relatedPlaylists").words("uploads"), count)
    if comments:
        yield from walk.comments()
    kinds = None if comments else frozenset[PostKind](("post",))
    return Sweep(walk.cursor(), walk.since, count, marked=tuple(walk.marked), kinds=kinds)


def _keyless(visit: Visit, door: Door, handle: str) -> Generator[Page, None, Sweep]:
    """The newest fifteen videos; the cursor stays, so that the next visit with a key reads what lies between."""
    channel = handle if _CHANNEL.fullmatch(handle) else visit.cursor.get("id", "")
    if not channel:
        problem = (
            f"waiting for its owner's authorisation: without an API key in {KEY} no handle can be followed; "
            "`rollbook connect youtube` tells how to get one, or register the channel by its id, youtube:UC…"
        )
        raise AccessError(problem, account=visit.account.key, place="feed", code="no-credential")
    url = f"{visit.address('base', 'https://www.youtube.com')}/feeds/videos.xml"
    page = door.fetch(url, account=visit.account.key, part="feed", params={"channel_id": channel})
    read_feed(page)
    yield page
    return Sweep(dict(visit.cursor), bounded=True)


def _found(api: Api, handle: str) -> tuple[Page, Item]:
    """The channel. **Raises** AccountGone (not-found, renamed, private), PageError (foreign-id)."""
    key, known = api.visit.account.key, api.visit.cursor.get("id", "")
    by = {"id": handle} if _CHANNEL.fullmatch(handle) else {"forHandle": f"@{handle}"}
    parts = {"part": "snippet,contentDetails,statistics,status,brandingSettings"}
    page = api.ask("channels", "profile", parts | by)
    listed = items_of(page, "youtube#channelListResponse")
    if not listed:
        if known and "id" not in by:
            again = items_of(api.ask("channels", "profile", parts | {"id": known}), "youtube#channelListResponse")
            if again:
                name = again[0].item("snippet").words("customUrl") or known
                problem = f"the channel is called {name} now: register it as youtube:{name}"
                raise AccountGone(problem, account=key, code="renamed")
        problem = f"YouTube has no channel {handle}: it is deleted, suspended or hidden, and which is not told"
        raise AccountGone(problem, account=key, code="not-found")
    channel = listed[0]
    status = channel.item_or_none("status")
    if known and channel.text("id") != known:
        problem = f"the name is channel {channel.text('id')} now, no longer {known}"
        raise channel.refuse(f"{problem}: is it still the registered account?", code="foreign-id")
    if status and status.words("privacyStatus") not in ("", "public"):
        raise AccountGone(f"the channel is {status.words('privacyStatus')}", account=key, code="private")
    return page, channel
