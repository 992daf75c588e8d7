"""A track of captions, as the list tells of it and as a post: which is public, who made it, and what is said in it.

**Source**: https://developers.google.com/youtube/v3/docs/captions, read 2026-11; SRT files as YouTube writes them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from collectors._caption import read_caption
from collectors._youtube_resources import WATCH
from rollbook.pages import Item, clean, is_html, read_item, refuse, refuse_html
from rollbook.types import Marked, Page, Parsed, Post

#: The line of an SRT file that says when its words are shown.
_TIMING = re.compile(r"\s*\d{1,3}:\d\d:\d\d[,.]\d{1,3}\s*-->\s*\d{1,3}:\d\d:\d\d[,.]\d{1,3}")
_MARKUP = re.compile(r"</?(?:b|i|u|c|v|font)\b[^<>]{0,200}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Track:
    """One public track of a video, as the list tells of it."""

    video: str
    id: str
    language: str
    name: str
    #: Made by YouTube's speech recognition, not by the owner.
    automatic: bool
    updated: str

    @property
    def key(self) -> str:
        """What tells it from the video's other tracks, in the ids of posts too."""
        return f"{'automatic-captions' if self.automatic else 'captions'}:{self.id}"


def public_track(item: Item, video: str) -> Track | None:
    """A track that everybody can choose below the video; None for a draft, or one that is not served."""
    snippet = item.item("snippet")
    if snippet.data.get("isDraft") is True or snippet.words("status") not in ("", "serving"):
        return None
    return Track(
        video, item.text("id"), snippet.words("language"), snippet.words("name"),
        snippet.words("trackKind").lower() == "asr", snippet.moment("lastUpdated").isoformat(),
    )


def are_captions(post: Post) -> bool:
    """Whether a post is a track of captions."""
    return len(post.id.split(":")) > 3


def parse_words(page: Page) -> Parsed:
    """The words of a track as a post; its first line says what it is, and whether YouTube made it by itself."""
    told = read_item(json.loads(page.context["caption"]), page.part, page.account)
    published_at, updated_at = told.moment("published"), told.moment("updated")
    track = Track(
        told.text("video"), told.text("track"), told.words("language"), told.words("name"),
        told.data.get("automatic") is True, told.words("updated"),
    )
    words = _spoken(page)
    if not words:
        return Parsed(marked=(Marked(f"captions of {track.video}", "schema: there are no captions in the file"),))
    said = ", ".join(part for part in (track.language, track.name) if part)
    heading = ("Automatic captions" if track.automatic else "Captions") + (f" ({said})" if said else "")
    found = read_caption(words)
    post = Post(
        id=f"youtube:{track.video}:{track.key}", account=page.account, network="youtube", kind="post",
        text=f"{heading}\n{words}", created_at=published_at,
        edited_at=updated_at if updated_at > published_at else None, url=f"{WATCH}{quote(track.video, safe='')}",
        lang=track.language or None, links=found.links, mentions=found.mentions, hashtags=found.hashtags,
    )
    return Parsed((post,))


def _spoken(page: Page) -> str:
    """The words of an SRT file, without their times: where a line is broken, and when it is shown, is no wording."""
    if is_html(page):
        refuse_html(page, "not-captions", "an SRT file")
    try:
        text = page.body.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise refuse(page, "wrong-charset", f"byte {err.start} of the captions is not UTF-8") from None
    words, inside = list[str](), False
    for line in text.splitlines():
        if _TIMING.match(line):
            inside = True
        elif not line.strip():
            inside = False
        elif inside:
            words += _MARKUP.sub("", line).split()
    return clean(" ".join(words))
