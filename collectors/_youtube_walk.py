"""The way through a YouTube channel's uploads and comments, page by page, and what was seen on it.

**Source**: https://developers.google.com/youtube/v3/docs/: channels, playlistItems, commentThreads, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from collectors._youtube_api import VIDEO_PARTS, VIDEOS, Api, answer_of, next_token
from rollbook.errors import PageError
from rollbook.pages import Item, entries, latest, read_each, read_time, step
from rollbook.types import Marked, Page

_Params = dict[str, str | int]
#: The most comment threads that one request gives. **Source**: the discovery document, ``maxResults``.
THREADS = 100


class Walk:
    """The way through a channel's videos and comments, and what was seen on it."""

    def __init__(self, api: Api, number: str, since: datetime) -> None:
        self._api, self._number, self.since = api, number, since
        self._newest = read_time(api.visit.cursor.get("newest", ""))
        #: What could not be read of the playlist, which no page shows.
        self.marked: list[Marked] = []

    def cursor(self) -> dict[str, str]:
        """Where the next visit begins, and what this one took of the quota."""
        newest = {"newest": self._newest.isoformat()} if self._newest else {}
        return {"id": self._number, **newest, **self._api.quota()}

    def videos(self, uploads: str, count: int | None) -> Iterator[Page]:
        """The videos of the playlist of uploads, by fifty. **Raises** PageError for ``count`` of them and no list."""
        if not uploads:
            if count:
                problem = f"the channel has {count:,} videos, and names no list of them"
                raise PageError(problem, account=self._api.visit.account.key, place="uploads")
            return
        asked: _Params = {"part": "contentDetails,status", "playlistId": uploads, "maxResults": VIDEOS}
        # A channel without a public video has no playlist.
        unless = ("playlistNotFound",) if not count else ()
        for number, page in enumerate(self._paged("playlistItems", "uploads", asked, unless)):
            numbers, times = self._uploaded(page, may_lack=not count or number > 0)
            if numbers:
                params = {"part": VIDEO_PARTS, "id": ",".join(numbers)}
                yield self._api.ask("videos", "videos", params, {"channel_id": self._number})
            if self._is_past(page, times):
                return

    def _uploaded(self, page: Page, *, may_lack: bool) -> tuple[list[str], list[datetime]]:
        """The numbers and moments that a page of the playlist tells; no parse sees it, so what is broken is marked."""
        answer, numbers, times = answer_of(page, "youtube#playlistItemListResponse"), list[str](), list[datetime]()

        def note(item: Item) -> None:
            details, status = item.item("contentDetails"), item.item_or_none("status")
            published_at = details.moment_or_none("videoPublishedAt")
            times.extend([published_at] if published_at else [])
            if status is None or status.words("privacyStatus") in ("", "public"):
                numbers.append(details.text("videoId"))

        values = () if may_lack and "items" not in answer.data else entries(answer, "items")
        told = read_each(page, values, "items", note)
        self.marked += [replace(one, where=f"{page.part}: {one.where}") for one in told.marked]
        return numbers, times

    def comments(self) -> Iterator[Page]:
        """The threads of the channel and its videos, and the answers that a thread does not show."""
        asked: _Params = {
            "part": "snippet,replies", "allThreadsRelatedToChannelId": self._number, "order": "time",
            "textFormat": "plainText", "maxResults": THREADS,
        }
        for page in self._paged("commentThreads", "threads", asked, ("commentsDisabled",)):
            yield page
            times = []
            for thread in answer_of(page, "youtube#commentThreadListResponse").objects("items"):
                try:
                    made_at, more = _told(thread)
                except PageError:
                    continue  # the page's own parse marks it
                times += [made_at] if made_at else []
                if more:
                    yield from self._replies(*more)
            if self._is_past(page, times):
                return

    def _replies(self, thread: str, video: str) -> Iterator[Page]:
        params: _Params = {"part": "snippet", "parentId": thread, "textFormat": "plainText", "maxResults": THREADS}
        # A thread may go away after it was listed.
        return self._paged("comments", "replies", params, ("commentNotFound",), {"video_id": video})

    def _paged(
        self, method: str, part: str, params: _Params, unless: tuple[str, ...], context: dict[str, str] | None = None
    ) -> Iterator[Page]:
        """The pages of a list, to its end; none where it is refused for one of the reasons of ``unless``."""
        asked, seen = dict(params), set[str]()
        while True:
            page = self._api.ask(method, part, asked, {"channel_id": self._number, **(context or {})}, unless)
            if page.status != 200:
                return
            yield page
            token = next_token(page)
            if not token:
                return
            asked["pageToken"] = step(page, token, seen)

    def _is_past(self, page: Page, times: list[datetime]) -> bool:
        """Takes note of the moments of a page; whether all of them lie before the window."""
        self._newest = latest(self._newest, times, page)
        return bool(times) and max(times) < self.since


def _told(thread: Item) -> tuple[datetime | None, tuple[str, str] | None]:
    """When a thread began; its number and its video where it has more answers than it shows. **Raises** PageError."""
    snippet, replies = thread.item("snippet"), thread.item_or_none("replies")
    made_at = snippet.item("topLevelComment").item("snippet").moment_or_none("publishedAt")
    shown = len(replies.items("comments") if replies else ())
    more = (snippet.count("totalReplyCount") or 0) > shown
    return made_at, (thread.text("id"), snippet.words("videoId")) if more else None
