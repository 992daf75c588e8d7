"""YouTube: the public videos of one channel, the channel's own comments on them, and its profile.

Source: the YouTube Data API v3 (``channels``, ``playlistItems``, ``videos``, ``commentThreads``, ``comments``,
``captions``; never ``search``), https://developers.google.com/youtube/v3/docs/, read 2026-11; without a key the
channel's Atom feed. The account is ``youtube:@handle`` or ``youtube:UC…``, the channel's id. ``[collect.youtube] base``
says where both are when not at Google; ``comments = false`` leaves comments out. An owner's export: Google Takeout,
"YouTube and YouTube Music".
Access: an API key of the District (Google Cloud console, a project with "YouTube Data API v3", Credentials, API key) in
ROLLBOOK_YOUTUBE_API_KEY; it is sent as a header (in the address where a server knows none), opens public data only, and
no owner has to act. Captions are given to the channel's owner only: ``rollbook connect youtube --account ACCOUNT`` lets
the owner agree; until then the visit says once that a video's captions were not checked.
Rate: 10,000 units a day for all that use the key; a visit takes one for the channel, two for each 50 videos, one for
each 100 comment threads and each longer thread of the window. Captions take 50 for each video that has some, once a
day, and 200 for each track that is new or was updated, 5,000 a day at most; the rest waits for the next visit. What
this account's visits took today, look-ups left out, stands in the cursor (``quota_used``); a quota that is used up is
the error "quota", which says when it is filled again.
Order: newest first, as the playlist of uploads has it.
Cursor: ``id`` of the channel, ``newest`` video or comment seen, ``quota_day`` (Pacific time) and ``quota_used``;
``captions`` read or waiting, ``captions_used`` of the quota, ``captions_told``.
Edits and deletions: YouTube dates no edit of a video, so its words are compared; a comment has ``updatedAt``. A video
is gone when ``videos`` gives nothing for its id; whether it was made private or removed stands beside it where the
playlist of uploads tells. A video that is unlisted now is still there. The feed shows the newest 15 videos, and nothing
is concluded from what it lacks. A track of captions is a post of its own, dated like its video; ``lastUpdated`` dates
its edits, and where lines break or when they are shown is none.
Not collected: the films themselves, captions of a video that has automatic ones only (YouTube does not tell that it has
some), captions without a key or without the owner's permission, drafts of captions, other people's comments (they stand
in the captured answers, and are not read in), the channel's comments elsewhere and its answers in threads older than
the window, live chat, community posts, counts. Unlisted and private videos never.
Tested: contract only, against a stand-in whose requests and answers the API's discovery document checks.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace

from collectors._feed_formats import read_feed
from collectors._youtube_api import CHANNEL, KEY, Api, connect, items_of
from collectors._youtube_captions import Captions
from collectors._youtube_presence import look_up
from collectors._youtube_resources import parse_answer
from collectors._youtube_takeout import TAKEOUT, parse_rows
from collectors._youtube_tracks import parse_words
from collectors._youtube_walk import Walk
from rollbook.errors import AccessError, AccountGone, CollectError
from rollbook.http import Door
from rollbook.pages import Item, reach, read_time
from rollbook.plugins import Profile, Sweep, Visit, collector
from rollbook.types import Page, Parsed, PostKind

_HANDLE = re.compile(r"[\w.·-]{3,100}")


def parse(page: Page) -> Parsed:
    """Reads videos, comments, captions or the channel by the page's shape: rows of an export, an answer, a feed."""
    if page.status != 200:
        return Parsed()
    if "caption" in page.context:
        return parse_words(page)
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


# -- a profile alone ---------------------------------------------------------------------------------------------


def fetch_profile(visit: Visit, door: Door) -> Profile:
    """The channel of an account that is not on record, under its handle where a link had its id; one unit, or two."""
    handle, api = _handle(visit), connect(visit, door)
    if api is None:
        problem = f"without an API key in {KEY} no channel is shown; `rollbook connect youtube` tells how to get one"
        raise AccessError(problem, account=visit.account.key, code="no-credential")
    page, channel = _found(api, handle)
    number, name = channel.text("id"), channel.item("snippet").words("customUrl")
    if CHANNEL.fullmatch(handle) and name.startswith("@"):
        named = replace(visit, account=replace(visit.account, key=f"youtube:{name[1:]}"))
        page, channel = _found(replace(api, visit=named), name[1:])
        if channel.text("id") != number:
            raise channel.refuse(f"the name of channel {number} is another channel", code="foreign-id")
    return Profile(page, number, tuple(f"youtube:{one}" for one in (number, name) if one))


# -- a visit -----------------------------------------------------------------------------------------------------


@collector(
    "youtube", parse=parse, look_up=look_up, export=TAKEOUT, profile=fetch_profile,
    settings=("base", "comments"),
)
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the profile, the uploads newest first, then the channel's comments; without a key the feed."""
    handle, comments, api = _handle(visit), _comments_wanted(visit), connect(visit, door)
    if api is None:
        return (yield from _keyless(visit, door, handle))
    page, channel = _found(api, handle)
    yield page
    statistics = channel.item_or_none("statistics")
    count = statistics.counted("videoCount") if statistics else None
    walk = Walk(api, channel.text("id"), reach(visit, read_time(visit.cursor.get("newest", ""))))
    captions = Captions(api, channel.text("id"))
    for videos in walk.videos(channel.item("contentDetails").item("relatedPlaylists").words("uploads"), count):
        captions.note(videos)
        yield videos
    if comments:
        yield from walk.comments()
    yield from captions.pages()
    kinds = None if comments else frozenset[PostKind](("post",))
    return Sweep(
        {**walk.cursor(), **captions.cursor()}, walk.since, count, present=captions.present(),
        marked=(*walk.marked, *captions.marked), kinds=kinds,
    )


def _keyless(visit: Visit, door: Door, handle: str) -> Generator[Page, None, Sweep]:
    """The newest fifteen videos; the cursor stays, so that the next visit with a key reads what lies between."""
    channel = handle if CHANNEL.fullmatch(handle) else visit.cursor.get("id", "")
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
    return Sweep(dict(visit.cursor))


def _found(api: Api, handle: str) -> tuple[Page, Item]:
    """The channel. **Raises** AccountGone (not-found, renamed, private), PageError (foreign-id)."""
    key, known = api.visit.account.key, api.visit.cursor.get("id", "")
    by = {"id": handle} if CHANNEL.fullmatch(handle) else {"forHandle": f"@{handle}"}
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
    if by.get("id", channel.text("id")) != channel.text("id"):
        raise channel.refuse(f"asked for {handle}, YouTube answers with {channel.text('id')}", code="foreign-id")
    api.visit.check_number(channel, channel.text("id"), "channel")
    if status and status.words("privacyStatus") not in ("", "public"):
        raise AccountGone(f"the channel is {status.words('privacyStatus')}", account=key, code="private")
    return page, channel
