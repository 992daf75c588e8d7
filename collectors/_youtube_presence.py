"""Whether single videos, comments and captions of a channel are still there, asked by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from collectors._youtube_api import CHANNEL, KEY, VIDEO_PARTS, VIDEOS, Api, connect, items_of
from collectors._youtube_captions import captions_looked_up
from collectors._youtube_resources import PLACEHOLDERS
from collectors._youtube_tracks import are_captions
from rollbook.errors import AccessError, CollectError
from rollbook.http import Door
from rollbook.plugins import Presence, Visit
from rollbook.types import Page, Post


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for videos, comments and captions by id, fifty at a time; one that a good answer leaves out is gone."""
    left = iter(posts)
    while batch := list(islice(left, VIDEOS)):
        found: dict[str, Presence] = {}
        for method in ("videos", "comments", "captions"):
            asked = [post for post in batch if _method(post) == method]
            try:
                found |= _looked_up(visit, door, method, asked) if asked else {}
            except CollectError as err:
                found |= {post.id: Presence(post.id, "unclear", str(err)) for post in asked}
        yield from (found[post.id] for post in batch)


def _method(post: Post) -> str:
    return "captions" if are_captions(post) else "comments" if post.kind == "comment" else "videos"


def _looked_up(visit: Visit, door: Door, method: str, posts: list[Post]) -> dict[str, Presence]:
    api = connect(visit, door)
    if api is None:
        raise AccessError(f"only a key shows it by its id; put one into {KEY}", account=visit.account.key)
    if method == "captions":
        return captions_looked_up(api, posts)
    channel = visit.cursor.get("id") or next(iter(CHANNEL.findall(visit.account.handle)), "")
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
