"""Posts, comments and the about page of a Facebook Page as posts.

**Source**: developers.facebook.com/docs/graph-api/reference: page, pagepost, comment, story-attachment, read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from collectors._facebook_export import export_items, export_post
from collectors._facebook_hooks import told_of
from collectors._graph_answers import by_id, top_of
from collectors._graph_words import hashtags, links, straight
from rollbook.pages import Item, entries, read_each, read_json, refuse
from rollbook.types import Marked, Media, Page, Parsed, Post, PostKind, Reference

#: What a reader sees of a link, an event or a shared post is made by Facebook from what is linked.
_PREVIEWS = frozenset(("link", "share", "event", "status", "fallback", "note", "music", "offer"))
_PUBLIC = ("", "EVERYONE")
#: The most photos of an album that are asked for.
ALBUM = 100
#: Ten times as many; each one's words are held against all that came before them.
_ATTACHMENTS = 1_000
#: What comments have and posts have not.
_COMMENT = frozenset(("attachment", "can_comment", "can_hide", "comment_count", "is_private", "user_likes"))


def parse(page: Page) -> Parsed:
    """Reads the posts, comments or Page of an answer, or a part of an owner's export, by its shape."""
    if page.status != 200:
        return Parsed()
    source, answer = _Source.of(page), read_json(page)
    read = partial(_any, source=source, page=page)
    if (listed := export_items(answer)) is not None:
        return read_each(page, listed, "posts", read)
    top = top_of(page, answer)
    if page.part == "file" and isinstance(top.data.get("entry"), list):
        return read_each(page, told_of(top), "changes", read)
    if isinstance(top.data.get("data"), list):
        return read_each(page, entries(top, "data"), "data", read)
    if by_id(top):
        return read_each(page, top.data.values(), page.part, read)
    if page.part == "profile" or {"created_time", "about", "category", "link"} & set(top.data):
        return read_each(page, [top.data], page.part, read)
    raise refuse(page, "schema", "the answer holds neither posts nor a Page")


@dataclass(frozen=True, slots=True)
class _Source:
    """What a page's context says of where its items come from."""

    #: The key in the register.
    account: str
    #: The Page's own number; empty where the page does not say: then any author is taken.
    page_id: str = ""
    #: The descriptions that the Page's people wrote for its photos, by the photo's id.
    alts: dict[str, str] = field(default_factory=dict)
    #: The post that each comment stands under.
    under: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, page: Page) -> _Source:
        context = page.context
        alts, under = (json.loads(context.get(name, "{}")) for name in ("alts", "under"))
        return cls(page.account, context.get("page_id", ""), alts, under)


def _any(item: Item, source: _Source, page: Page) -> Post | list[Post | Marked]:
    """A post, a comment, the Page or an export's item, by its fields."""
    if "told" in item.data and page.part == "file":
        raise item.refuse(f"{item.words('told')}: tells of no post or comment that can be read")
    if page.part.startswith("export:") or ("timestamp" in item.data and "id" not in item.data):
        return export_post(item, page.account)
    if page.part in ("comment", "comments") or _COMMENT & set(item.data):
        return _comment(item, source)
    if page.part == "profile" or ("created_time" not in item.data and {"about", "category"} & set(item.data)):
        return _profile(item, source, page)
    return _post(item, source)


def is_public(item: Item) -> bool:
    """Whether everybody may see a post or comment: not hidden, unpublished, expired or for some people."""
    hidden = item.data.get("is_hidden") is True or item.data.get("is_private") is True
    out = item.data.get("is_published") is False or item.data.get("is_expired") is True
    privacy = item.item_or_none("privacy")
    return not hidden and not out and (privacy is None or privacy.words("value") in _PUBLIC)


def _check(item: Item, source: _Source) -> None:
    author = item.item_or_none("from")
    if source.page_id and author and author.name("id") and author.name("id") != source.page_id:
        raise item.refuse(f"is by {author.words('name') or author.name('id')}, another account", code="foreign-id")
    if not is_public(item):
        raise item.refuse("is not public and was not read in", code="not-public")


# -- posts -------------------------------------------------------------------------------------------------------


def _post(item: Item, source: _Source) -> list[Post | Marked]:
    number, made_at = item.text("id"), item.moment("created_time")
    if "to" in item.data:
        raise item.refuse("is addressed to somebody: a message, or a group's post", code="not-public")
    if not {"message", "story", "attachments", "parent_id", "status_type"} & set(item.data):
        raise item.refuse("is no post: it has neither words nor attachments (a photo, film, album or event by itself)")
    if source.page_id and not number.startswith(f"{source.page_id}_"):
        raise item.refuse(f"{number} is no post of the Page {source.page_id}", code="foreign-id")
    _check(item, source)
    shown = attachments(item)
    parent = _parent(item, shown)
    text = item.words("message") if parent else _text(item, shown)
    kind: PostKind = "post" if parent is None else "quote" if text else "repost"
    post = Post(
        id=f"facebook:{number}", account=source.account, network="facebook", kind=kind,
        text=parent.text if parent and kind == "repost" else text, created_at=made_at, url=item.words("permalink_url"),
        repost_of=parent if kind == "repost" else None, quote_of=parent if kind == "quote" else None,
        links=links(text, *_links(shown)), mentions=_tagged(item), hashtags=hashtags(text),
        media=tuple(_pictures(item, shown, source)),
    )
    problem = f"album: its first {ALBUM} photos were read; whatever stands behind them was not"
    return [Marked(item.place, problem), post] if _is_cut(item) else [post]


def attachments(item: Item) -> list[Item]:
    """What is attached, an album as its photos. **Raises** PageError for more than a post can have."""
    holder, found = item.item_or_none("attachments"), list[Item]()
    for entry in holder.items("data") if holder else ():
        inner = entry.item_or_none("subattachments")
        found += (inner.items("data") if inner else ()) or (entry,)
    if len(found) > _ATTACHMENTS:
        raise item.refuse(f"has {len(found):,} attachments, more than any post")
    return found


def _is_cut(item: Item) -> bool:
    """Whether an album may have more photos than the answer shows."""
    holder = item.item_or_none("attachments")
    albums = [entry.item_or_none("subattachments") for entry in (holder.items("data") if holder else ())]
    return any(album is not None and len(album.items("data")) >= ALBUM for album in albums)


def _type(entry: Item) -> str:
    return entry.words("media_type") or entry.words("type")


def _text(item: Item, shown: list[Item]) -> str:
    """The words, and what was written under each photo or film; what Facebook says of a link is left out."""
    said = [item.words("message")]
    for entry in shown:
        if _type(entry) in _PREVIEWS:
            continue
        film = "video" in _type(entry)
        for words in (entry.words("title") if film else "", entry.words("description")):
            if words and not any(words in piece for piece in said):
                said.append(words)
    return "\n".join(piece for piece in said if piece)


def _parent(item: Item, shown: list[Item]) -> Reference | None:
    """The post that this one shares; of its words Facebook tells what the attachment shows."""
    number = item.name("parent_id")
    if not number:
        return None
    return Reference(f"facebook:{number}", "", "\n".join(filter(None, (entry.words("description") for entry in shown))))


def _links(shown: list[Item]) -> Iterator[str]:
    for entry in shown:
        if _type(entry) in _PREVIEWS:
            yield straight(entry.words("unshimmed_url") or entry.words("url"))


def _tagged(item: Item) -> tuple[str, ...]:
    names = [tag.words("name") for tag in item.items("message_tags")]
    return tuple(dict.fromkeys(name.removeprefix("@") for name in names if name and not name.startswith("#")))


def _pictures(item: Item, shown: list[Item], source: _Source) -> Iterator[Media]:
    for entry in shown:
        if _type(entry) not in _PREVIEWS:
            yield from _picture(entry, source)
    if "attachments" not in item.data and item.words("full_picture"):
        yield Media("image", url=item.words("full_picture"))


def _picture(entry: Item, source: _Source) -> Iterator[Media]:
    media, target = entry.item_or_none("media"), entry.item_or_none("target")
    alt = source.alts.get(target.name("id")) if target else None
    image = media.item_or_none("image") if media else None
    if media and "video" in _type(entry) and media.words("source"):
        yield Media("video", url=media.words("source"), alt=alt)
    elif image and image.words("src"):
        yield Media("image", url=image.words("src"), alt=alt)


# -- comments and the Page ---------------------------------------------------------------------------------------


def _comment(item: Item, source: _Source) -> Post:
    number = item.text("id")
    _check(item, source)
    parent, text = item.item_or_none("parent"), item.words("message")
    above = parent.name("id") if parent else source.under.get(number, "")
    attached = item.item_or_none("attachment")
    shown = [attached] if attached else []
    return Post(
        id=f"facebook:{number}", account=source.account, network="facebook", kind="comment", text=text,
        created_at=item.moment("created_time"), url=item.words("permalink_url"),
        reply_to=Reference(f"facebook:{above}") if above else None, links=links(text, *_links(shown)),
        mentions=_tagged(item), hashtags=hashtags(text), media=tuple(_pictures(item, shown, source)),
    )


def _profile(item: Item, source: _Source, page: Page) -> Post:
    if source.page_id and item.name("id") != source.page_id:
        raise item.refuse(f"the answer is about {item.words('name')}, another account", code="foreign-id")
    about = [item.words(name) for name in ("about", "description", "website", "phone")]
    text = "\n".join(line for line in (item.text("name"), *about, *item.texts("emails")) if line)
    picture, cover = item.item_or_none("picture"), item.item_or_none("cover")
    shown = picture.item_or_none("data") if picture else None
    pictures = [shown.words("url") if shown else "", cover.words("source") if cover else ""]
    return Post(
        id=source.account, account=source.account, network="facebook", kind="profile", text=text,
        created_at=page.fetched_at, url=item.words("link"), links=links(text, item.words("website")),
        hashtags=hashtags(text), media=tuple(Media("image", url=url) for url in pictures if url),
    )
