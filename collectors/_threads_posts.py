"""Posts, replies, quotes, reposts and the profile of a Threads account as posts.

**Source**: developers.facebook.com/docs/threads/threads-media and /threads-profiles, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors._graph_answers import Source, top_of
from collectors._graph_words import hashtags, links, mentions
from rollbook.pages import Item, entries, read_each, read_json, refuse
from rollbook.types import Media, MediaType, Page, Parsed, Post, PostKind, Reference

_MEDIA: dict[str, MediaType] = {"IMAGE": "image", "VIDEO": "video", "AUDIO": "audio"}
_REPOST = "REPOST_FACADE"
#: Pages that hold replies alone: one that answers what its author took away since does not say so.
_REPLIES = ("replies", "reply")


def parse(page: Page) -> Parsed:
    """Reads the posts or the profile of an answer by its shape."""
    if page.status != 200:
        return Parsed()
    source = Source.of(page)
    answer, read = read_json(page), partial(_post, source=source, is_reply=page.part in _REPLIES)
    if page.part == "file" and isinstance(answer, list):
        return read_each(page, answer, "data", read)
    top = top_of(page, answer)
    if isinstance(top.data.get("data"), list):
        return read_each(page, entries(top, "data"), "data", read)
    if "media_type" in top.data:
        return read_each(page, [top.data], page.part, read)
    if "username" in top.data:
        return read_each(page, [top.data], page.part, partial(_profile, source=source, page=page))
    raise refuse(page, "schema", "the answer holds neither posts nor an account")


def _post(item: Item, source: Source, *, is_reply: bool) -> Post:
    source.check(item)
    number, text = item.text("id"), item.words("text")
    shared = _reference(item, "reposted_post")
    quoted, answered = _reference(item, "quoted_post"), _reference(item, "replied_to")
    repost = item.text("media_type") == _REPOST
    if repost and shared is None:
        raise item.refuse("'reposted_post' is missing: what was reposted is no longer there, or for nobody to see")
    kind: PostKind = "repost" if repost else "reply" if answered or is_reply else "quote" if quoted else "post"
    return Post(
        id=f"threads:{number}", account=source.account, network="threads", kind=kind,
        text=shared.text if repost and shared else text, created_at=item.moment("timestamp"),
        url=item.words("permalink"), reply_to=answered, quote_of=quoted, repost_of=shared if repost else None,
        links=links(text, item.words("link_attachment_url")), mentions=mentions(text), hashtags=hashtags(text),
        media=() if repost else tuple(_shown(item)),
    )


def _reference(item: Item, name: str) -> Reference | None:
    """Another post as far as the platform shows it."""
    other = item.item_or_none(name)
    if other is None or not other.name("id"):
        return None
    author = other.words("username")
    return Reference(f"threads:{other.name('id')}", f"threads:{author}" if author else "", other.words("text"))


def _shown(item: Item) -> Iterator[Media]:
    """Its picture, film or sound, or those of a carousel, and a moving picture chosen from a collection."""
    children = item.item_or_none("children")
    for one in (children.items("data") if children else ()) or (item,):
        url, alt = one.words("media_url"), one.words("alt_text") or None
        if url:
            yield Media(_MEDIA.get(one.words("media_type"), "image"), url=url, alt=alt)
    if item.words("gif_url"):
        yield Media("image", url=item.words("gif_url"))


def _profile(item: Item, source: Source, page: Page) -> Post:
    source.check(item)
    name, picture = item.text("username"), item.words("threads_profile_picture_url")
    about = item.words("threads_biography")
    text, home = "\n".join(filter(None, (item.words("name") or name, about))), f"https://www.threads.com/@{name}"
    return Post(
        id=source.account, account=source.account, network="threads", kind="profile", text=text,
        created_at=page.fetched_at, url=home, links=links(about), mentions=mentions(about), hashtags=hashtags(about),
        media=(Media("image", url=picture),) if picture else (),
    )
