"""Media, stories and the profile of an Instagram account as posts.

**Source**: developers.facebook.com/docs/instagram-platform/reference: ig-media, ig-user, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors._graph_answers import Source, by_id, top_of
from collectors._graph_words import hashtags, links, mentions
from collectors._instagram_export import export_items, export_post
from rollbook.pages import Item, entries, read_each, read_json, refuse
from rollbook.types import Marked, Media, MediaType, Page, Parsed, Post, Reference

_MEDIA: dict[str, MediaType] = {"IMAGE": "image", "VIDEO": "video"}
#: What a comment has, and a medium has not.
_COMMENT = frozenset(("id", "text", "timestamp"))


def parse(page: Page) -> Parsed:
    """Reads the media or profile of an answer, or a part of an owner's export, by its shape."""
    if page.status != 200:
        return Parsed()
    source, answer = Source.of(page), read_json(page)
    read = partial(_medium, source=source)
    if (listed := export_items(answer)) is not None:
        return read_each(page, listed, "posts", read)
    top = top_of(page, answer)
    other = top.item_or_none("business_discovery")
    if other is not None:
        return _discovered(page, other, source)
    if isinstance(top.data.get("data"), list):
        return read_each(page, entries(top, "data"), "data", read)
    if by_id(top) or "media_type" in top.data:
        found = top.data.values() if by_id(top) else [top.data]
        return read_each(page, found, page.part, read)
    if page.part == "file" and isinstance(top.data.get("mentioned_media"), dict):
        return read_each(page, [top.data["mentioned_media"]], "mentioned_media", read)
    if page.part == "file" and set(top.data) >= _COMMENT:
        return read_each(page, [top.data], page.part, read)
    if "username" in top.data and not {"text", "timestamp"} & set(top.data):  # a comment has these
        return read_each(page, [top.data], page.part, partial(_profile, source=source, page=page))
    raise refuse(page, "schema", "the answer holds neither media nor an account")


def _discovered(page: Page, found: Item, source: Source) -> Parsed:
    """What Instagram shows of another professional account: its profile with the first page, its media."""
    profile, media = Parsed(), Parsed()
    if "username" in found.data:
        profile = read_each(page, [found.data], "business_discovery", partial(_profile, source=source, page=page))
    if (listed := found.item_or_none("media")) is not None:
        media = read_each(page, entries(listed, "data"), "media", partial(_medium, source=source))
    return Parsed(profile.posts + media.posts, profile.marked + media.marked)


def _medium(item: Item, source: Source) -> list[Post | Marked]:
    if "id" not in item.data and {"media", "uri", "creation_timestamp", "label_values", "LeftOut"} & set(item.data):
        return [export_post(item, source.account)]
    if set(item.data) >= _COMMENT and "media_type" not in item.data:
        return [_comment(item, source)]
    source.check(item)
    number, kind, text = item.text("id"), item.text("media_type"), item.words("caption")
    if kind not in (*_MEDIA, "CAROUSEL_ALBUM"):
        raise item.refuse(f"'media_type' is {kind[:40]!r}; expected IMAGE, VIDEO or CAROUSEL_ALBUM")
    media = tuple(_shown(item))
    post = Post(
        id=f"instagram:{number}", account=source.account, network="instagram", kind="post", text=text,
        created_at=item.moment("timestamp"), url=item.words("permalink"), links=links(text), mentions=mentions(text),
        hashtags=hashtags(text), media=media,
    )
    problem = "no-media: the platform gives no address of its pictures (a rights holder's claim)"
    return [post] if media else [Marked(item.place, problem), post]


def _comment(item: Item, source: Source) -> Post:
    """A comment, for a page that is looked at by itself: a visit reads none."""
    source.check(item)
    text, above = item.words("text"), item.name("parent_id")
    return Post(
        id=f"instagram:{item.text('id')}", account=source.account, network="instagram", kind="comment", text=text,
        created_at=item.moment("timestamp"), links=links(text), mentions=mentions(text), hashtags=hashtags(text),
        reply_to=Reference(f"instagram:{above}") if above else None,
    )


def _shown(item: Item) -> Iterator[Media]:
    """Its picture or film, or those of a carousel; of a film whose address is withheld, its first picture."""
    children = item.item_or_none("children")
    for one in (children.items("data") if children else ()) or (item,):
        url, still, alt = one.words("media_url"), one.words("thumbnail_url"), one.words("alt_text") or None
        if url:
            yield Media(_MEDIA.get(one.words("media_type"), "image"), url=url, alt=alt)
        elif still:
            yield Media("image", url=still, alt=alt)


def _profile(item: Item, source: Source, page: Page) -> Post:
    source.check(item)
    lines = (item.words("name") or item.text("username"), item.words("biography"), item.words("website"))
    text, picture = "\n".join(line for line in lines if line), item.words("profile_picture_url")
    return Post(
        id=source.account, account=source.account, network="instagram", kind="profile", text=text,
        created_at=page.fetched_at, url=f"https://www.instagram.com/{item.text('username')}/",
        links=links(text, item.words("website")), mentions=mentions(text), hashtags=hashtags(text),
        media=(Media("image", url=picture),) if picture else (),
    )
