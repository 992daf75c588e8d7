"""The captions of a channel's own videos: which are asked for, at what cost, and what of them becomes a post.

The API gives them to the channel's owner alone, and dearly; docs/decisions/youtube-captions.md says what follows.
**Source**: https://developers.google.com/youtube/v3/docs/captions and /determine_quota_cost, read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from collectors._youtube_api import VIDEO_PARTS, VIDEOS, Api, items_of, midnight
from collectors._youtube_tracks import Track, parse_words, public_track
from rollbook.credentials import credential, credential_name
from rollbook.errors import AccessError, CollectError, PageError, RateLimited
from rollbook.pages import Item, entries, read_item, read_json, read_time
from rollbook.plugins import Presence
from rollbook.types import Marked, Page, Post

#: What the list of a video's tracks costs, and the words of one track. **Units**: of the project's 10,000 a day.
LIST, WORDS = 50, 200
#: What an account's captions may take in a day, so that the other half is left for everything else.
UNITS = 5_000
_OWN_BOUND = "caption-units"
#: In the place of the day: the words were refused, though the list was shown; after all others it is asked again.
_REFUSED = "refused"
#: Reasons of a refusal that say: it is no longer there.
_WENT_AWAY = ("captionNotFound", "videoNotFound", "notFound")


@dataclass(slots=True)
class _Held:
    """What earlier visits read of a video's captions."""

    #: The day of the quota on which all of it was read; empty while something is left.
    on: str = ""
    #: The tracks by their keys, each with when it had last been updated.
    tracks: dict[str, str] = field(default_factory=dict)


class Captions:
    """The captions of one channel in one visit, as far as its owner has agreed and the day's units go."""

    def __init__(self, api: Api, number: str) -> None:
        self._api, self._number = api, number
        self._token = _token(api)
        cursor = api.visit.cursor
        self._held = _read_held(cursor.get("captions", ""))
        self._told = read_time(cursor.get("captions_told", ""))
        spent = cursor.get("captions_used", "")
        self._spent = int(spent) if cursor.get("quota_day") == api.day and spent.isdecimal() else 0
        #: The public videos with captions that this visit saw, and when each was published.
        self._videos: dict[str, datetime] = {}
        #: Of which of them the words are refused, and how.
        self._refused: dict[str, AccessError] = {}
        self.marked: list[Marked] = []

    def note(self, page: Page) -> None:
        """Takes note of the videos of a page that have captions."""
        with suppress(PageError):  # what is wrong with the page, its own parse says
            for value in entries(read_item(read_json(page), page.part, page.account), "items"):
                with suppress(PageError):
                    self._note(read_item(value, "items", page.account))

    def _note(self, item: Item) -> None:
        snippet, status, details = item.item("snippet"), item.item_or_none("status"), item.item("contentDetails")
        is_public = not status or status.words("privacyStatus") in ("", "public")
        if details.words("caption") == "true" and is_public and snippet.words("channelId") == self._number:
            self._videos[item.text("id")] = snippet.moment("publishedAt")

    # -- reading -------------------------------------------------------------------------------------------------

    def pages(self) -> Iterator[Page]:
        """The lists of tracks that are due, and the words of each track that is new or was updated."""
        if not self._token:
            self._say_unchecked()
            return
        yield from self._left_before()
        due = [video for video in self._videos if self._of(video).on != self._api.day]
        # What was never read goes before what is only looked at again; the newest goes first.
        due.sort(key=lambda video: (self._of(video).on, -self._videos[video].timestamp()))
        for done, video in enumerate(due):
            try:
                yield from self._video(video)
            except PageError as err:
                self._mark(video, err)
            except CollectError as err:
                self._leave(due[done:], err)
                break
        if self._refused:
            self._leave(list(self._refused), next(iter(self._refused.values())))

    def _leave(self, videos: list[str], err: CollectError) -> None:
        """Says what is left, and why; what was read before and is only looked at again may wait without a word."""
        if err.code == _OWN_BOUND:
            videos = [video for video in videos if not self._of(video).on]
        again = f"; run `rollbook connect youtube --account {self._api.visit.account.key}` again"
        if videos:
            self._say(f"captions of {len(videos)} of its videos are left for the next visit: {err.cause}"
                      + (again if isinstance(err, AccessError) else ""))

    def _left_before(self) -> Iterator[Page]:
        """What earlier visits left, and this one did not see: whether it is still public."""
        left = [video for video, held in self._held.items() if not held.on and video not in self._videos][:VIDEOS]
        if left:
            params = {"part": VIDEO_PARTS, "id": ",".join(left)}
            try:
                page = self._api.ask("videos", "videos", params, {"channel_id": self._number})
                items_of(page, "youtube#videoListResponse")
            except CollectError as err:
                self._leave(left, err)
                return
            self.note(page)
            yield page
        for video in left:
            if video not in self._videos:
                del self._held[video]

    def _video(self, video: str) -> Iterator[Page]:
        page = self._ask("captions", "captions", {"part": "snippet", "videoId": video}, LIST)
        if page.status != 200:
            del self._videos[video]  # it went away meanwhile
            return
        yield page
        before, tracks = self._of(video).tracks, self._tracks(page, video)
        now = _Held(tracks={track.key: before[track.key] for track in tracks if track.key in before})
        self._held[video] = now
        for track in tracks:
            if before.get(track.key) != track.updated:
                try:
                    yield from self._words(track)
                except PageError as err:
                    self._mark(video, err)
                    continue
                except AccessError as err:  # a permission that ended, the next list tells
                    now.on, self._refused[video] = _REFUSED, err
                    continue
            now.tracks[track.key] = track.updated
        if all(now.tracks.get(track.key) == track.updated for track in tracks):
            now.on = self._api.day

    def _tracks(self, page: Page, video: str) -> list[Track]:
        found = []
        for item in items_of(page, "youtube#captionListResponse"):
            try:
                found += [track] if (track := public_track(item, video)) else []
            except PageError as err:
                self._mark(video, err)
        return found

    def _words(self, track: Track) -> Iterator[Page]:
        told = {
            "video": track.video, "track": track.id, "language": track.language, "name": track.name,
            "automatic": track.automatic, "updated": track.updated,
            "published": self._videos[track.video].isoformat(),
        }
        context = {"caption": json.dumps(told, ensure_ascii=False)}
        page = self._ask(f"captions/{quote(track.id, safe='')}", "caption", {"tfmt": "srt"}, WORDS, context)
        if page.status == 200:
            parse_words(page)  # another page is this track's error, not the visit's
            yield page

    def _ask(
        self, method: str, part: str, params: Mapping[str, str], units: int, context: Mapping[str, str] | None = None
    ) -> Page:
        if self._spent + units > UNITS:
            problem = f"they may take {UNITS:,} units a day, and took {self._spent:,}"
            again = midnight(datetime.now(UTC))
            raise RateLimited(problem, account=self._api.visit.account.key, code=_OWN_BOUND, retry_at=again)
        self._spent += units
        context = {"channel_id": self._number, **(context or {})}
        return self._api.ask(method, part, params, context, _WENT_AWAY, units=units, token=self._token)

    # -- what is known -------------------------------------------------------------------------------------------

    def _of(self, video: str) -> _Held:
        return self._held.get(video, _Held())

    def _say_unchecked(self) -> None:
        """That there are captions which only the owner can show: once for each video."""
        fresh = [at for at in self._videos.values() if self._told is None or at > self._told]
        if fresh:
            self._told = max(fresh)
            self._say(
                f"captions of {len(fresh)} of its videos were not read: YouTube gives them to the channel's owner "
                f"only; `rollbook connect youtube --account {self._api.visit.account.key}` lets the owner agree"
            )

    def _mark(self, video: str, err: PageError) -> None:
        self.marked.append(Marked(f"captions of {video}", f"{err.code}: {err.cause}"))

    def _say(self, problem: str) -> None:
        self.marked.append(Marked("captions", f"not-checked: {problem}"))

    def present(self) -> frozenset[str]:
        """The posts of tracks that stand as they were."""
        return frozenset(f"youtube:{video}:{key}" for video in self._videos for key in self._of(video).tracks)

    def cursor(self) -> dict[str, str]:
        """What the next visit has to know: the videos that this one saw, and those that wait for their turn."""
        kept = {video: self._of(video) for video in self._videos} if self._token else {}
        kept |= {video: held for video, held in self._held.items() if not held.on or not self._token}
        held = json.dumps({video: [held.on, held.tracks] for video, held in kept.items()}, separators=(",", ":"))
        told = {"captions_told": self._told.isoformat()} if self._told else {}
        return told | {"captions_used": str(self._spent), "captions": held} if kept or self._spent else told


def _token(api: Api) -> str:
    """What the channel's owner has permitted; empty where nothing."""
    token = credential(credential_name("youtube", api.visit.account.handle), optional=True)
    api.door.keep_secret(token)
    return token


def _read_held(text: str) -> dict[str, _Held]:
    return {video: _Held(on, dict(tracks)) for video, (on, tracks) in json.loads(text or "{}").items()}


# -- look-ups ----------------------------------------------------------------------------------------------------


def captions_looked_up(api: Api, posts: Sequence[Post]) -> dict[str, Presence]:
    """Whether tracks are still there: their videos first, which everybody may ask for."""
    by_video: dict[str, list[Post]] = {}
    for post in posts:
        by_video.setdefault(post.id.split(":")[1], []).append(post)
    page = api.ask("videos", "lookup", {"part": VIDEO_PARTS, "id": ",".join(by_video)})
    shown = {item.text("id") for item in items_of(page, "youtube#videoListResponse")}
    found: dict[str, Presence] = {}
    for video, tracks in by_video.items():
        if video not in shown:
            how = "videos.list gives nothing for the video that they belong to"
            found |= {post.id: Presence(post.id, "gone", how, page) for post in tracks}
            continue
        try:
            found |= _tracks_looked_up(api, video, tracks)
        except CollectError as err:
            found |= {post.id: Presence(post.id, "unclear", str(err)) for post in tracks}
    return found


def _tracks_looked_up(api: Api, video: str, posts: list[Post]) -> dict[str, Presence]:
    token = _token(api)
    if not token:
        raise AccessError("only the channel's owner is shown which captions there are", account=api.visit.account.key)
    params = {"part": "snippet", "videoId": video}
    page = api.ask("captions", "lookup", params, unless=_WENT_AWAY, units=LIST, token=token)
    if page.status != 200:
        return {post.id: Presence(post.id, "unclear", f"captions.list answers {page.status}") for post in posts}
    tracks = [public_track(item, video) for item in items_of(page, "youtube#captionListResponse")]
    here = {f"youtube:{video}:{track.key}" for track in tracks if track}
    return {
        post.id: Presence(post.id, "here", "captions.list has it") if post.id in here
        else Presence(post.id, "gone", "captions.list has no such public track", page)
        for post in posts
    }
