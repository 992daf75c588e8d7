"""What YouTube's API, its feeds and an owner's export tell of a channel, as posts: the same video is the same post.

**Source**: the discovery document of the YouTube Data API v3, revision 20261104 (Channel, Video, PlaylistItem,
CommentThread, Comment), and https://developers.google.com/youtube/v3/docs/, read 2026-11.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime
from functools import partial
from urllib.parse import parse_qs, quote, urlsplit

from collectors._caption import read_caption
from collectors._feed_formats import read_feed
from rollbook.errors import PageError
from rollbook.hypertext import read_html
from rollbook.pages import Item, clean, entries, is_html, mark, read_each, read_item, read_json, refuse
from rollbook.types import Marked, Media, Page, Parsed, Post, Reference

WATCH = "https://www.youtube.com/watch?v="
#: What a playlist shows in the place of a video that the public no longer sees, and which of the two it is.
#: **Source**: observed answers; the reference names no field for it.
PLACEHOLDERS = {"Private video": "private", "Deleted video": "removed"}


def parse_answer(page: Page) -> Parsed:
    """Reads the videos, comments or channel of an answer of the API, or the videos of a feed, by its shape."""
    if page.body.lstrip()[:1] == b"<" and not is_html(page):
        return _feed(page)
    top = read_json(page)
    item = read_item(top, page.part, page.account)
    kind = item.words("kind")
    name = kind.removesuffix("ListResponse")
    read = _READERS.get(name) or (_ALONE.get(name) if page.part == "file" else None)
    if read is None:
        said = said_of(item)
        raise refuse(page, "schema", f"YouTube says: {said}" if said else f"{kind or 'the answer'} holds no videos")
    values = entries(item, "items") if kind.endswith("ListResponse") else [top]
    return read_each(page, values, "items", partial(read, page=page))


def said_of(answer: Item) -> str:
    """The words of an error; empty where the answer is none."""
    error = answer.data.get("error")
    said = error.get("message") if isinstance(error, dict) else error
    return clean(str(said)) if said else ""


# -- channel and videos ------------------------------------------------------------------------------------------


def _channel(item: Item, page: Page) -> Post:
    snippet = item.item("snippet")
    title, about = snippet.text("title"), snippet.words("description")
    branding = item.item_or_none("brandingSettings")
    image = branding.item_or_none("image") if branding else None
    pictures = (_largest(snippet), image.words("bannerExternalUrl") if image else "")
    found = read_caption(about)
    name = snippet.words("customUrl") or f"channel/{item.text('id')}"
    return Post(
        id=page.account, account=page.account, network="youtube", kind="profile",
        text=f"{title}\n{about}" if about else title,
        created_at=snippet.moment_or_none("publishedAt") or page.fetched_at,
        url=f"https://www.youtube.com/{name}", lang=snippet.words("defaultLanguage") or None, links=found.links,
        mentions=found.mentions, hashtags=found.hashtags,
        media=tuple(Media("image", url=url) for url in pictures if url),
    )


def _largest(snippet: Item) -> str:
    thumbnails = snippet.item_or_none("thumbnails")
    sizes = [thumbnails.item_or_none(name) for name in ("high", "medium", "default")] if thumbnails else []
    return next((size.words("url") for size in sizes if size), "")


def _video(item: Item, page: Page) -> Post:
    snippet, status = item.item("snippet"), item.item_or_none("status")
    _check_owner(snippet, "channelId", page)
    privacy = status.words("privacyStatus") if status else ""
    if privacy not in ("", "public"):
        raise item.refuse(f"is {privacy} and was not read in", code="not-public")
    return made(
        page, item.text("id"), snippet.text("title"), snippet.words("description"), snippet.moment("publishedAt"),
        tags=snippet.texts("tags"), lang=snippet.words("defaultLanguage") or None,
    )


def _playlist_item(item: Item, page: Page) -> Post:
    """A video as a playlist shows it, for a page that is looked at by itself; a visit reads videos.list instead."""
    snippet, details = item.item("snippet"), item.item_or_none("contentDetails")
    state = PLACEHOLDERS.get(snippet.text("title"))
    if state:
        raise item.refuse(f"the video is {state}", code="not-public")
    published_at = details.moment_or_none("videoPublishedAt") if details else None
    return made(
        page, snippet.item("resourceId").text("videoId"), snippet.text("title"), snippet.words("description"),
        published_at or snippet.moment("publishedAt"),
    )


def _search_result(item: Item, page: Page) -> Post:
    """A video as a search shows it, for a page that is looked at by itself: its description is cut off there."""
    what, snippet = item.item("id"), item.item("snippet")
    if what.words("kind") != "youtube#video":
        raise item.refuse(f"is a {what.words('kind').rpartition('#')[2] or 'thing'}, not a video", code="not-a-post")
    title, about = (html.unescape(snippet.words(name)) for name in ("title", "description"))
    return made(page, what.text("videoId"), title, about, snippet.moment("publishedAt"))


def _activity(item: Item, page: Page) -> Post:
    """An upload as the list of a channel's activities shows it, for a page that is looked at by itself."""
    snippet, details = item.item("snippet"), item.item_or_none("contentDetails")
    upload = details.item_or_none("upload") if details else None
    if upload is None:
        raise item.refuse(f"the activity is {snippet.words('type') or 'not told'}, no upload", code="not-a-post")
    return made(
        page, upload.text("videoId"), snippet.text("title"), snippet.words("description"), snippet.moment("publishedAt")
    )


def made(
    page: Page, video: str, title: str, about: str, published_at: datetime, *, tags: tuple[str, ...] = (),
    lang: str | None = None, edited_at: datetime | None = None,
) -> Post:
    """The post of a video, alike from every source."""
    text = "\n".join(part for part in (title.strip(), about.strip()) if part)
    found, name = read_caption(text, tags), quote(video, safe="")
    # By its number, not as it is told: the same picture has other names while a video is live (hqdefault_live.jpg) and
    # in feeds (i1 to i4.ytimg.com), exports tell none, and the largest sizes come hours later. None of that is an edit.
    thumbnail = Media("image", url=f"https://i.ytimg.com/vi/{name}/hqdefault.jpg")
    return Post(
        id=f"youtube:{video}", account=page.account, network="youtube", kind="post", text=text,
        created_at=published_at, edited_at=edited_at, url=f"{WATCH}{name}", lang=lang, links=found.links,
        mentions=found.mentions, hashtags=found.hashtags, media=(thumbnail,),
    )


def _check_owner(item: Item, name: str, page: Page) -> None:
    owner, told = page.context.get("channel_id", ""), item.words(name)
    if owner and told != owner:
        raise item.refuse(f"is of {told or 'nobody'}, another channel", code="foreign-id")


# -- comments ----------------------------------------------------------------------------------------------------


def _thread(item: Item, page: Page) -> list[Post | Marked]:
    """The channel's own comments of a thread: what other people wrote is not read in."""
    snippet, replies = item.item("snippet"), item.item_or_none("replies")
    video, found = snippet.words("videoId"), list[Post | Marked]()
    for comment in (snippet.item("topLevelComment"), *(replies.items("comments") if replies else ())):
        try:
            post = _comment(comment, page, video)
        except PageError as err:
            found.append(mark(err, comment.place))
            continue
        found += [post] if post else []
    return found


def _comment(item: Item, page: Page, video: str = "") -> Post | None:
    snippet = item.item("snippet")
    author = snippet.item_or_none("authorChannelId")
    owner = page.context.get("channel_id", "")
    if owner and (author is None or author.words("value") != owner):
        return None
    if snippet.words("moderationStatus") not in ("", "published"):
        raise item.refuse("is not published and was not read in", code="not-public")
    published_at, updated_at = snippet.moment("publishedAt"), snippet.moment_or_none("updatedAt")
    edited_at = updated_at if updated_at and updated_at > published_at else None
    shown = snippet.words("textDisplay")
    plain = parse_qs(urlsplit(page.url).query).get("textFormat") == ["plainText"]
    text = snippet.words("textOriginal") or (shown if plain else read_html(shown).text)
    video = snippet.words("videoId") or video or page.context.get("video_id", "")
    return said(page, item.text("id"), text, published_at, snippet.words("parentId"), video, edited_at=edited_at)


def said(
    page: Page, comment: str, text: str, published_at: datetime, parent: str, video: str, *,
    edited_at: datetime | None = None,
) -> Post:
    """The post of a comment, alike from every source."""
    text = text.strip()
    # What it answers is named by its number only: the words there are somebody else's.
    answered, found = parent or video, read_caption(text)
    return Post(
        id=f"youtube:{comment}", account=page.account, network="youtube", kind="comment", text=text,
        created_at=published_at, edited_at=edited_at, links=found.links, mentions=found.mentions,
        hashtags=found.hashtags, reply_to=Reference(f"youtube:{answered}") if answered else None,
        url=f"{WATCH}{quote(video, safe='')}&lc={quote(comment, safe='')}" if video else "",
    )


# -- feeds ---------------------------------------------------------------------------------------------------


def _feed(page: Page) -> Parsed:
    """The videos of a channel's Atom feed, its newest fifteen."""
    feed = read_feed(page)
    posts, marked = list[Post](), list(feed.marked)
    for entry in feed.entries:
        prefix, _, video = entry.guid.rpartition(":")
        if prefix != "yt:video" or not video or not entry.title.value or entry.published_at is None:
            marked.append(Marked(entry.place, "schema: has no id, title or date of a video"))
            continue
        # Plain words, whatever a feed reader takes them for.
        title, about = clean(entry.title.value), clean(entry.body.value)
        posts.append(made(page, video, title, about, entry.published_at))
    return Parsed(tuple(posts), tuple(marked))


_READERS: dict[str, Callable[..., Post | list[Post | Marked] | None]] = {
    "youtube#channel": _channel, "youtube#video": _video, "youtube#playlistItem": _playlist_item,
    "youtube#commentThread": _thread, "youtube#comment": _comment,
    # A list of tracks: their words are asked for one by one.
    "youtube#caption": lambda item, page: None,
}
#: What no visit asks for, in a page that is looked at by itself.
_ALONE: dict[str, Callable[..., Post]] = {
    "youtube#search": _search_result, "youtube#searchResult": _search_result, "youtube#activity": _activity,
}
