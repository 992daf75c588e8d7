"""Posts in the shape of X's older API, as an owner's archive and answers that somebody kept have them.

**Source**: the README.txt of such an archive, 2025.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from collectors._x_words import Address, chain, key, made_at, media, named, native_id, read_words, reference
from rollbook.pages import Item, clean, read_each, read_item, read_json, refuse
from rollbook.types import Media, Page, Parsed, Post, PostKind, Reference

_ASSIGNMENT = re.compile(rb"\s*window\.YTD\.(\w+)\.part\d+\s*=\s*")
#: Whose assignments hold posts that their owner did not delete, and the long forms of these.
_TAKEN, _LONG = (b"tweets", b"tweet"), (b"note_tweet", b"note_tweets")
_SHARED = re.compile(r"RT @([A-Za-z0-9_]{1,15}): ")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2}) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) \+0000 "
    r"(?P<year>\d{4})"
)


def is_archived(page: Page) -> bool:
    """Whether a page is a portion of an archive, or one of its members as it stands there."""
    return page.part.startswith("export:") or _ASSIGNMENT.match(page.body[:200]) is not None


def parse_archived(page: Page) -> Parsed:
    """Reads posts as an archive has them, or one of them."""
    assigned = _ASSIGNMENT.match(page.body[:200])
    if assigned and assigned[1] in _LONG:
        problem = "holds the long form of posts, and is read beside them: take the whole archive"
        raise refuse(page, "schema", problem)
    if assigned and assigned[1] not in _TAKEN:
        raise refuse(page, "schema", f"{assigned[1].decode()} is no part of an archive that is read: no post is in it")
    top = read_json(replace(page, body=_ASSIGNMENT.sub(b"", page.body, count=1)))
    if isinstance(top, dict):
        top = older_posts(top) or [top]
    if not isinstance(top, list):
        raise refuse(page, "schema", "the answer is no list of posts")
    if top and not any(_is_post(entry) for entry in top):
        entry = read_item(top[0], "items[0]", page.account)
        told = ", ".join(sorted(entry.data)[:5])
        raise refuse(page, "schema", clean(f"no post is in it: its entries tell of {told[:200] or 'nothing'}"))
    return read_each(page, top, "items", lambda entry: _entry(entry, page.account))


def older_posts(top: Mapping[str, object]) -> list[object]:
    """The posts of an answer of X's older API: a single one, a search, a look-up by id, a collection, a webhook."""
    if ("text" in top or "full_text" in top) and ("id_str" in top or "created_at" in top):
        return [top]
    objects, by_id = top.get("objects"), top.get("id")
    held = objects.get("tweets") if isinstance(objects, dict) else by_id
    if isinstance(held, dict):
        return [one for one in held.values() if one is not None]  # null: X has no post of this id
    listed = (top.get(name) for name in ("statuses", "tweet_create_events"))
    return next((one for one in listed if isinstance(one, list)), [])


def _is_post(entry: object) -> bool:
    return isinstance(entry, dict) and (isinstance(entry.get("tweet"), dict) or "id_str" in entry or "text" in entry)


def _entry(entry: Item, account: str) -> Post:
    item = entry.item_or_none("tweet") or entry
    note = entry.item_or_none("noteTweet")
    if "full_text" not in item.data and "text" not in item.data:
        raise item.refuse("is no post: neither 'full_text' nor 'text' is there")
    original = item.item_or_none("retweeted_status")
    post = _post(item, note, account)
    shared = _SHARED.match(item.words("full_text"))
    if original is not None:
        shown = _post(original, None, account)
        author = _screen_name(original)
        return _repost(post, shown, Reference(shown.id, key(account, author), shown.text))
    if shared is None:
        return post
    # An archive names who is shared, not which post; only a picture tells whose it is.
    source = next((entry.name("source_status_id_str") for entry in _pictured(item)
                   if entry.name("source_status_id_str")), "")
    text = post.text.removeprefix(shared[0])
    shown = replace(post, text=text)
    return _repost(post, shown, Reference(f"x:{source}" if source else "", key(account, shared[1]), text))


def _repost(post: Post, shown: Post, original: Reference) -> Post:
    return replace(
        shown, id=post.id, url=post.url, created_at=post.created_at, edited_at=None, lang=post.lang, kind="repost",
        reply_to=None, quote_of=None, repost_of=original,
    )


def _post(item: Item, note: Item | None, account: str) -> Post:
    native = native_id(item, "id_str" if item.data.get("id_str") is not None else "id")
    ids = _versions(item) or (native,)
    core = note.item_or_none("core") if note else None
    told = item.item_or_none("entities") or Item({}, "", account)
    text = (core.words("text") if core else "") or item.words("full_text") or item.words("text")
    quote_id = item.name("quoted_status_id_str")
    addresses = [*_addresses(told, item), *(_note_addresses(core) if core else ())]
    words = read_words(text, addresses, {native, *ids}, quoted=quote_id)
    quoted = words.quoted or ((quote_id, "") if quote_id else None)
    parent_id = item.name("in_reply_to_status_id_str")
    parent = reference(account, parent_id, item.words("in_reply_to_screen_name")) if parent_id else None
    quote = reference(account, *quoted) if quoted else None
    kind: PostKind = "reply" if parent else "quote" if quote else "post"
    made, edited = _moment(item, native), native != ids[0]
    listed = (core.items("mentions"), "screenName") if core else (told.items("user_mentions"), "screen_name")
    username = _screen_name(item) or account.partition(":")[2]
    return Post(
        id=f"x:{ids[0]}", account=account, network="x", kind=kind, text=words.text,
        created_at=(made_at(ids[0]) or made) if edited else made, edited_at=made if edited else None,
        url=f"https://x.com/{username}/status/{native}", lang=item.words("lang") or None, reply_to=parent,
        quote_of=quote, links=words.links,
        mentions=named(*listed), hashtags=named((core or told).items("hashtags"), "text"),
        media=tuple(_media(entry) for entry in _pictured(item)),
    )


def _screen_name(item: Item) -> str:
    user = item.item_or_none("user")
    return user.words("screen_name") if user else ""


def _versions(item: Item) -> tuple[str, ...]:
    info = item.item_or_none("edit_info")
    if info is None:
        return ()
    edit = info.item_or_none("edit")
    told = edit.item_or_none("editControlInitial") if edit else info.item_or_none("initial")
    return chain(told, "editTweetIds") if told else ()


def _moment(item: Item, native: str) -> datetime:
    """When the post was made, as the older API writes it: "Wed Oct 10 20:19:24 +0000 2018"."""
    value = item.words("created_at")
    found = _TIME.fullmatch(value)
    if found is None:
        told = item.moment_or_none("created_at") or made_at(native)
        if told is None:
            raise item.refuse("'created_at' is missing; expected a time")
        return told
    try:
        month = _MONTHS.index(found["month"]) + 1
        day, hour, minute, second = (int(found[name]) for name in ("day", "hour", "minute", "second"))
        return datetime(int(found["year"]), month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise item.refuse(f"'created_at' is {value[:40]!r}; expected a time") from None


def _addresses(told: Item, item: Item) -> list[Address]:
    listed = [Address(entry.words("url"), entry.words("expanded_url") or entry.words("url"))
              for entry in told.items("urls") if entry.words("url")]
    pictures = [*told.items("media"), *_pictured(item)]
    own = {entry.words("url"): entry.words("expanded_url") for entry in pictures if entry.words("url")}
    return listed + [Address(short, full or short, picture=True) for short, full in own.items()]


def _note_addresses(core: Item) -> list[Address]:
    return [Address(entry.words("shortUrl"), entry.words("expandedUrl") or entry.words("shortUrl"))
            for entry in core.items("urls") if entry.words("shortUrl")]


def _pictured(item: Item) -> Sequence[Item]:
    extended = item.item_or_none("extended_entities")
    told = item.item_or_none("entities")
    return (extended.items("media") if extended else ()) or (told.items("media") if told else ())


def _media(item: Item) -> Media:
    info = item.item_or_none("video_info")
    films = [(entry.data.get("bitrate"), entry.words("content_type"), entry.words("url"))
             for entry in (info.items("variants") if info else ())]
    picture = item.words("media_url_https") or item.words("media_url")
    return media(item.words("type"), picture, films, item.words("ext_alt_text"))
