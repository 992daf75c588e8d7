"""Records of AT Protocol repositories, and the AppView's views of them, as posts; the collector and exports share it.

**Source**: the lexicons app.bsky.{actor,embed,feed,richtext} and com.atproto.repo, https://atproto.com, read 2026-11.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlencode

from collectors._bluesky_shapes import gathered
from rollbook.errors import PageError
from rollbook.pages import Item, entries, read_each, read_item, read_json, read_time, refuse
from rollbook.types import Marked, Media, MediaType, Page, Parsed, Post, Reference

POST, REPOST, PROFILE = "app.bsky.feed.post", "app.bsky.feed.repost", "app.bsky.actor.profile"

#: Owner, collection and key of a record. **Source**: https://atproto.com/specs/at-uri-scheme, as records spell it.
URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/([A-Za-z0-9.-]+)/([A-Za-z0-9._:~-]{1,512})")
_LOGGED_IN = "!no-unauthenticated"
_TID = re.compile("[2-7a-j][2-7a-z]{12}")
_TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"

# -- pages -----------------------------------------------------------------------------------------------------


def parse(page: Page) -> Parsed:
    """Reads the posts of a page by its shape: records of a repository, or the AppView's view of them."""
    if page.part in ("identity", "state"):
        return Parsed()
    if page.part == "originals":
        return _parse_reposts(page)
    if page.status != 200:
        return Parsed()
    read, author = read_json(page), _Author.of(page)
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


def _any(item: Item, author: _Author, page: Page) -> Sequence[Post | Marked]:
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


@dataclass(frozen=True, slots=True)
class _Author:
    """Whose records are read, and where their pictures lie."""

    #: The key in the register.
    account: str
    #: Empty where the page does not say whom it was fetched for: then any author is taken.
    did: str = ""
    handle: str = ""
    pds: str = ""

    @classmethod
    def of(cls, page: Page) -> _Author:
        about = page.context
        return cls(page.account, about.get("did", ""), about.get("handle", ""), about.get("pds", ""))

    def key(self, did: str) -> str:
        """The register's key for a DID: this account's own, or one made of the DID."""
        return self.account if did == self.did else f"bluesky:{did}"

    def split(self, item: Item, uri: str) -> tuple[str, str, str]:
        """DID, collection and record key of an address. **Raises** PageError: schema, foreign-id."""
        parts = URI.fullmatch(uri)
        if parts is None:
            raise item.refuse(f"'uri' is {uri[:80]!r}; expected at://did:…/collection/key")
        did, collection, rkey = parts.groups()
        if self.did and did != self.did:
            raise item.refuse(f"the record belongs to {did}, not to {self.did}", code="foreign-id")
        return did, collection, rkey


def _record(item: Item, author: _Author, page: Page) -> Sequence[Post | Marked]:
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


def _view(item: Item, author: _Author) -> Sequence[Post | Marked]:
    """A post as the AppView shows it: the record inside is the author's own."""
    uri = item.text("uri")
    author.split(item, uri)
    handle = item.item_or_none("author")
    if handle and not author.handle:
        author = replace(author, handle=handle.words("handle"))
    unread: list[Marked] = []
    return [_post(item.item("record"), uri, author, item.item_or_none("embed"), unread), *unread]


def _feed_item(item: Item, author: _Author) -> Sequence[Post | Marked]:
    """An entry of a feed: a post, or a repost where it gives that as its reason."""
    view, reason = item.item("post"), item.item_or_none("reason")
    if reason is None or not reason.words("$type").endswith("#reasonRepost"):
        return _view(view, author)
    if not reason.words("uri"):
        raise reason.refuse("a repost without its own address; it is read when the account's server answers again")
    did, _, rkey = author.split(reason, reason.text("uri"))
    value = Item({"subject": view.data, "createdAt": reason.data.get("indexedAt")}, reason.place, item.account)
    return [_repost(value, author, did, rkey, view)]


def _post(value: Item, uri: str, author: _Author, view: Item | None, unread: list[Marked]) -> Post:
    """A post; what stands beside its words and cannot be read goes to ``unread``, and the words are kept."""
    did, _, rkey = author.split(value, uri)
    text, shown, marks = value.words("text"), _Embed(), _Marks()
    try:
        marks = _facets(value, text)
        shown = _Embed.of(value.item_or_none("embed"), view, did, author)
    except PageError as err:
        unread.append(Marked(err.place, f"{err.code}: {err.cause}; the words were read"))
    reply = value.item_or_none("reply")
    parent = reply.item("parent").text("uri") if reply else ""
    return Post(
        id=f"bluesky:{uri}", account=author.account, network="bluesky",
        kind="reply" if parent else "quote" if shown.quote else "post",
        text=text, created_at=_created(value, rkey), url=f"https://bsky.app/profile/{author.handle or did}/post/{rkey}",
        lang=next(iter(value.texts("langs")), None), reply_to=_reference(parent, author) if parent else None,
        quote_of=shown.quote, links=tuple(dict.fromkeys(marks.links + shown.links)),
        mentions=marks.mentions, hashtags=tuple(dict.fromkeys(marks.tags + value.texts("tags"))), media=shown.media,
    )


def _repost(value: Item, author: _Author, did: str, rkey: str, original: Item | None) -> Post:
    """A repost with the original's words where they are known: ``original`` is a view or a record of it."""
    subject = value.item("subject").text("uri")
    if URI.fullmatch(subject) is None:
        raise value.refuse(f"'subject.uri' is {subject[:80]!r}; expected at://did:…/collection/key")
    shown = None
    if original is not None:
        record = "record" if "record" in original.data else "value"
        by = original.item_or_none("author")
        source = _Author(author.account, handle=by.words("handle") if by else "", pds=original.words("pds"))
        shown = _post(original.item(record), subject, source, original.item_or_none("embed"), [])
    reference = _reference(subject, author, shown.text if shown else "")
    _, _, key = subject.removeprefix("at://").split("/")
    return Post(
        id=f"bluesky:at://{did}/{REPOST}/{rkey}", account=author.account, network="bluesky", kind="repost",
        text=reference.text, created_at=_created(value, rkey), repost_of=reference,
        url=shown.url if shown else f"https://bsky.app/profile/{subject[5:].partition('/')[0]}/post/{key}",
        lang=shown.lang if shown else None, links=shown.links if shown else (),
        mentions=shown.mentions if shown else (), hashtags=shown.hashtags if shown else (),
        media=shown.media if shown else (),
    )


def _parse_reposts(page: Page) -> Parsed:
    """The reposts that the page's context names, each with its original where the page has it."""
    author, originals = _Author.of(page), dict[str, Item]()
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


def _profile(value: Item, uri: str, author: _Author, did: str, page: Page) -> Post:
    pictures = (value.item_or_none("avatar"), value.item_or_none("banner"))
    urls = [_blob_url(author.pds, did, _cid(picture)) for picture in pictures if picture]
    website = value.words("website")
    return Post(
        id=f"bluesky:{uri}", account=author.account, network="bluesky", kind="profile",
        text=f"{value.words('displayName')}\n{value.words('description')}".strip(),
        media=tuple(Media("image", url=url) for url in urls if url), links=(website,) if website else (),
        created_at=read_time(value.words("createdAt")) or page.fetched_at,
        url=f"https://bsky.app/profile/{author.handle or did}",
    )


def _profile_view(item: Item, author: _Author, page: Page) -> Post:
    did = item.text("did")
    uri = f"at://{did}/{PROFILE}/self"
    author.split(item, uri)
    # …/avatar/plain/DID/CID@jpeg: the same file lies on the account's own server under its CID.
    pictures = {name: item.words(name).rpartition("/")[2].partition("@")[0] for name in ("avatar", "banner")}
    blobs = {name: {"ref": {"$link": cid}} for name, cid in pictures.items() if cid}
    return _profile(Item({**item.data, **blobs}, item.place, item.account), uri, author, did, page)


def _created(value: Item, rkey: str) -> datetime:
    """When the author says it was made; the time of its record key where that cannot be read."""
    moment = read_time(value.words("createdAt")) or tid_time(rkey)
    if moment is None:
        raise value.refuse(f"'createdAt' is {value.words('createdAt')[:40]!r}; expected an ISO 8601 time")
    return moment


def tid_time(key: str) -> datetime | None:
    """The time in a record key or revision. **Source**: https://atproto.com/specs/tid: microseconds, then 10 bits."""
    if _TID.fullmatch(key) is None:
        return None
    number = 0
    for digit in key:
        number = number * 32 + _TID_DIGITS.index(digit)
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=number >> 10)


def _reference(uri: str, author: _Author, text: str = "") -> Reference:
    return Reference(f"bluesky:{uri}", author.key(uri.removeprefix("at://").partition("/")[0]), text)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a text marks."""

    links: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def _facets(value: Item, text: str) -> _Marks:
    """Links, mentions and hashtags. **Units**: a facet counts bytes of UTF-8, not characters."""
    links, mentions, tags, raw = [], [], [], text.encode()
    for facet in value.items("facets"):
        index = facet.item("index")
        start, end = index.count("byteStart"), index.count("byteEnd")
        written = raw[start:end].decode(errors="ignore") if start is not None and end is not None else ""
        for feature in facet.items("features"):
            kind = feature.words("$type").rpartition("#")[2]
            if kind == "link":
                links.append(feature.text("uri"))
            elif kind == "mention":
                mentions.append(written.strip().removeprefix("@") or feature.text("did"))
            elif kind == "tag":
                tags.append(feature.text("tag"))
    return _Marks(tuple(links), tuple(mentions), tuple(tags))


@dataclass(frozen=True, slots=True)
class _Embed:
    """What a post shows below its words."""

    media: tuple[Media, ...] = ()
    links: tuple[str, ...] = ()
    quote: Reference | None = None

    @classmethod
    def of(cls, embed: Item | None, view: Item | None, did: str, author: _Author) -> _Embed:
        kind = embed.words("$type") if embed else ""
        if embed is None or not kind:
            return cls()
        if kind == "app.bsky.embed.record":
            return cls(quote=_quoted(embed, view, author))
        if kind == "app.bsky.embed.recordWithMedia":
            inner = cls.of(embed.item("media"), view.item_or_none("media") if view else None, did, author)
            quote = _quoted(embed.item("record"), view.item_or_none("record") if view else None, author)
            return cls(inner.media, inner.links, quote)
        if kind == "app.bsky.embed.external":
            card = embed.item("external")
            thumb = card.item_or_none("thumb")
            shown = view.item_or_none("external") if view else None
            # A GIF is a card whose description repeats what the author wrote as alt text.
            said = card.words("description")
            alt = said[4:].strip() if said[:4].lower() == "alt:" else None
            url = shown.words("thumb") if shown else ""
            return cls((_media("image", thumb, alt, did, author, url),) if thumb else (), (card.text("uri"),))
        if kind == "app.bsky.embed.video":
            files = [entry.item("file") for entry in embed.items("captions")]
            captions = (_media("file", file, None, did, author, "") for file in files)
            return cls((_media("video", embed.item("video"), embed.words("alt"), did, author, ""), *captions))
        if kind in ("app.bsky.embed.images", "app.bsky.embed.gallery"):
            name = "images" if kind.endswith("images") else "items"
            seen = view.items(name) if view else ()
            return cls(tuple(
                _media("image", picture.item("image"), picture.words("alt"), did, author,
                       seen[index].words("fullsize") if index < len(seen) else "")
                for index, picture in enumerate(embed.items(name))
            ))
        raise embed.refuse(f"an embed of the unknown kind {kind[:80]!r}")


def _quoted(embed: Item, view: Item | None, author: _Author) -> Reference | None:
    uri = embed.item("record").text("uri")
    if f"/{POST}/" not in uri:  # a feed, a list or a starter pack is shown, no post
        return None
    shown = view.item_or_none("record") if view else None
    words = shown.item_or_none("value") if shown else None
    return _reference(uri, author, words.words("text") if words else "")


def _media(kind: MediaType, blob: Item, alt: str | None, did: str, author: _Author, shown_url: str) -> Media:
    cid = _cid(blob)
    return Media(kind, url=_blob_url(author.pds, did, cid) or shown_url or None, alt=alt or None)


def _cid(blob: Item) -> str:
    """The content id of a file; the oldest records spell it without ``ref``."""
    ref = blob.item_or_none("ref")
    return ref.words("$link") if ref else blob.words("cid")


def _blob_url(pds: str, did: str, cid: str) -> str | None:
    query = urlencode({"did": did, "cid": cid}, safe=":")
    return f"{pds}/xrpc/com.atproto.sync.getBlob?{query}" if pds and cid else None
