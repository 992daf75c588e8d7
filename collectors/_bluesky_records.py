"""Records of AT Protocol repositories, and the AppView's views of them, as posts; the collector and exports share it.

**Source**: the lexicons app.bsky.{actor,embed,feed,richtext} and com.atproto.repo, https://atproto.com, read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from collectors._bluesky_parts import (
    POST,
    PROFILE,
    REPOST,
    URI,
    Author,
    Embed,
    Marks,
    blob_url,
    content_id,
    created,
    facets,
    reference,
)
from collectors._bluesky_shapes import gathered
from rollbook.errors import PageError
from rollbook.pages import Item, entries, read_each, read_item, read_json, read_time, refuse
from rollbook.types import Marked, Media, Page, Parsed, Post

_LOGGED_IN = "!no-unauthenticated"

# -- pages -----------------------------------------------------------------------------------------------------


def parse(page: Page) -> Parsed:
    """Reads the posts of a page by its shape: records of a repository, or the AppView's view of them."""
    if page.part in ("identity", "state"):
        return Parsed()
    if page.part == "originals":
        return _parse_reposts(page)
    if page.status != 200:
        return Parsed()
    read, author = read_json(page), Author.of(page)
    if page.part.startswith("export:") and isinstance(read, list):
        return read_each(page, read, "records", partial(_record, author=author, page=page))
    if page.part == "file" and (listed := gathered(read)) is not None:
        return read_each(page, listed, page.part, partial(_any, author=author, page=page))
    top = read_item(read, page.part, page.account)
    if "records" in top.data:
        return read_each(page, entries(top, "records"), "records", partial(_record, author=author, page=page))
    if "feed" in top.data:
        return read_each(page, entries(top, "feed"), "feed", partial(_feed_item, author=author))
    if "posts" in top.data:
        return read_each(page, entries(top, "posts"), "posts", partial(_view, author=author))
    if "thread" in top.data:
        return read_each(page, _threaded(top.item("thread")), "thread", partial(_feed_item, author=author))
    if "post" in top.data:
        return read_each(page, [top.data], "post", partial(_feed_item, author=author))
    for name, reader in (("value", _record), ("handle", _profile_view)):
        if name in top.data and "didDoc" not in top.data:
            return read_each(page, [top.data], page.part, partial(reader, author=author, page=page))
    if top.words("$type") in (POST, REPOST, PROFILE):
        problem = f"is a record ({top.words('$type')}) without its address: whose it is cannot be told"
        raise refuse(page, "schema", problem)
    raise refuse(page, "schema", "the answer holds neither records nor a feed, posts or a profile")


def _any(item: Item, author: Author, page: Page) -> Sequence[Post | Marked]:
    """A record, a view or an entry of a feed, by its fields."""
    if "post" in item.data:
        return _feed_item(item, author)
    return _view(item, author) if "record" in item.data else _record(item, author, page)


def _threaded(thread: Item) -> Iterator[object]:
    """Every post of a thread: the ones above it, itself, and the answers below."""
    waiting: list[object] = [thread.data]
    while waiting:
        view = waiting.pop()
        if isinstance(view, dict):
            yield {"post": view.get("post")}
            replies = view.get("replies")
            waiting += [one for one in (view.get("parent"), *(replies if isinstance(replies, list) else ())) if one]


def _record(item: Item, author: Author, page: Page) -> Sequence[Post | Marked]:
    uri = item.text("uri")
    did, collection, rkey = author.split(item, uri)
    value = item.item("value")
    if collection == PROFILE:
        return [_profile(value, uri, author, did, page)]
    if collection == REPOST:
        repost = _repost(value, author, did, rkey, None)
        # The words of the original stand on the page "originals", which tells this repost.
        return [] if page.part in ("reposts", "lookup") else [repost]
    if collection != POST:
        raise item.refuse(f"the record is a {collection}, not a post")
    unread: list[Marked] = []
    return [_post(value, uri, author, None, unread), *unread]


def _view(item: Item, author: Author) -> Sequence[Post | Marked]:
    """A post as the AppView shows it: the record inside is the author's own."""
    uri = item.text("uri")
    author.split(item, uri)
    handle = item.item_or_none("author")
    if handle and not author.handle:
        author = replace(author, handle=handle.words("handle"))
    unread: list[Marked] = []
    return [_post(item.item("record"), uri, author, item.item_or_none("embed"), unread), *unread]


def _feed_item(item: Item, author: Author) -> Sequence[Post | Marked]:
    """An entry of a feed: a post, or a repost where it gives that as its reason."""
    view, reason = item.item("post"), item.item_or_none("reason")
    if reason is None or not reason.words("$type").endswith("#reasonRepost"):
        return _view(view, author)
    if not reason.words("uri"):
        raise reason.refuse("a repost without its own address; it is read when the account's server answers again")
    did, _, rkey = author.split(reason, reason.text("uri"))
    value = Item({"subject": view.data, "createdAt": reason.data.get("indexedAt")}, reason.place, item.account)
    return [_repost(value, author, did, rkey, view)]


def _post(value: Item, uri: str, author: Author, view: Item | None, unread: list[Marked]) -> Post:
    """A post; what stands beside its words and cannot be read goes to ``unread``, and the words are kept."""
    did, _, rkey = author.split(value, uri)
    text, shown, marks = value.words("text"), Embed(), Marks()
    try:
        marks = facets(value, text)
        shown = Embed.of(value.item_or_none("embed"), view, did, author)
    except PageError as err:
        unread.append(Marked(err.place, f"{err.code}: {err.cause}; the words were read"))
    reply = value.item_or_none("reply")
    parent = reply.item("parent").text("uri") if reply else ""
    return Post(
        id=f"bluesky:{uri}", account=author.account, network="bluesky",
        kind="reply" if parent else "quote" if shown.quote else "post",
        text=text, created_at=created(value, rkey), url=f"https://bsky.app/profile/{author.handle or did}/post/{rkey}",
        lang=next(iter(value.texts("langs")), None), reply_to=reference(parent, author) if parent else None,
        quote_of=shown.quote, links=tuple(dict.fromkeys(marks.links + shown.links)),
        mentions=marks.mentions, hashtags=tuple(dict.fromkeys(marks.tags + value.texts("tags"))), media=shown.media,
    )


def _repost(value: Item, author: Author, did: str, rkey: str, original: Item | None) -> Post:
    """A repost with the original's words where they are known: ``original`` is a view or a record of it."""
    subject = value.item("subject").text("uri")
    if URI.fullmatch(subject) is None:
        raise value.refuse(f"'subject.uri' is {subject[:80]!r}; expected at://did:…/collection/key")
    shown = None
    if original is not None:
        record = "record" if "record" in original.data else "value"
        by = original.item_or_none("author")
        source = Author(author.account, handle=by.words("handle") if by else "", pds=original.words("pds"))
        shown = _post(original.item(record), subject, source, original.item_or_none("embed"), [])
    shared = reference(subject, author, shown.text if shown else "")
    _, _, key = subject.removeprefix("at://").split("/")
    return Post(
        id=f"bluesky:at://{did}/{REPOST}/{rkey}", account=author.account, network="bluesky", kind="repost",
        text=shared.text, created_at=created(value, rkey), repost_of=shared,
        url=shown.url if shown else f"https://bsky.app/profile/{subject[5:].partition('/')[0]}/post/{key}",
        lang=shown.lang if shown else None, links=shown.links if shown else (),
        mentions=shown.mentions if shown else (), hashtags=shown.hashtags if shown else (),
        media=shown.media if shown else (),
    )


def _parse_reposts(page: Page) -> Parsed:
    """The reposts that the page's context names, each with its original where the page has it."""
    author, originals = Author.of(page), dict[str, Item]()
    if page.status == 200:
        top = read_item(read_json(page), page.part, page.account)
        for item in top.items("posts") if "posts" in top.data else (top,):
            if item.words("uri") and f"/{REPOST}/" not in item.words("uri"):
                its_pds = {"pds": page.context.get("original_pds")}
                originals[item.text("uri")] = replace(item, data={**item.data, **its_pds})

    def read(item: Item) -> Post:
        rkey, subject = item.text("rkey"), item.item("subject").text("uri")
        return _repost(item, author, author.did, rkey, originals.get(subject))

    return read_each(page, json.loads(page.context.get("reposts", "[]")), "reposts", read)


def asks_for_login(profile: Item) -> bool:
    """Whether a profile's record, or the AppView's view of it, asks that only who is logged in be shown the account.

    **Source**: com.atproto.label.defs#labelValue; app.bsky.actor.profile, ``labels``: the account's own labels.
    """
    labels = (profile.item_or_none("value") or profile).data.get("labels")
    listed = labels.get("values") if isinstance(labels, dict) else labels
    return any(
        isinstance(label, dict) and label.get("val") == _LOGGED_IN and label.get("neg") is not True
        for label in (listed if isinstance(listed, list) else ())
    )


def _profile(value: Item, uri: str, author: Author, did: str, page: Page) -> Post:
    pictures = (value.item_or_none("avatar"), value.item_or_none("banner"))
    urls = [blob_url(author.pds, did, content_id(picture)) for picture in pictures if picture]
    website = value.words("website")
    return Post(
        id=f"bluesky:{uri}", account=author.account, network="bluesky", kind="profile",
        text=f"{value.words('displayName')}\n{value.words('description')}".strip(),
        media=tuple(Media("image", url=url) for url in urls if url), links=(website,) if website else (),
        created_at=read_time(value.words("createdAt")) or page.fetched_at,
        url=f"https://bsky.app/profile/{author.handle or did}",
    )


def _profile_view(item: Item, author: Author, page: Page) -> Post:
    did = item.text("did")
    uri = f"at://{did}/{PROFILE}/self"
    author.split(item, uri)
    # …/avatar/plain/DID/CID@jpeg: the same file lies on the account's own server under its CID.
    pictures = {name: item.words(name).rpartition("/")[2].partition("@")[0] for name in ("avatar", "banner")}
    blobs = {name: {"ref": {"$link": cid}} for name, cid in pictures.items() if cid}
    return _profile(Item({**item.data, **blobs}, item.place, item.account), uri, author, did, page)
