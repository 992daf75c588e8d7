"""The archive that an owner downloads from X: the posts of ``tweets.js``, in the shape of X's older API.

Opened are ``account.js`` (is it this account? its name is read, nothing else), ``protected-history.js`` (a protected
account's archive is refused), ``tweets.js`` with its further parts, ``note-tweet.js`` (the long form of posts, told to
no one else than their readers) and the pictures of posts. Messages, deleted posts, contacts, likes, advertising and
every other member are never opened.
**Source**: the README.txt of such an archive, 2025.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from collectors._x_words import (
    Address,
    chain,
    file_name,
    is_id,
    key,
    made_at,
    media,
    named,
    native_id,
    read_words,
    reference,
)
from rollbook.errors import PageError
from rollbook.exports import Export, ExportFile, Portion
from rollbook.pages import Item, clean, read_each, read_item, read_json, refuse
from rollbook.types import Account, Media, Page, Parsed, Post, PostKind, Reference

#: A note has an id of its own; it is made in the same moment as its post.
_AT_ONCE = timedelta(seconds=60)
#: A post that is too long, as the older form has it: cut at 280, where a character counts one or two; X's own link, 23
#: of them, follows. **Source**: https://docs.x.com/fundamentals/counting-characters.
_CUT = re.compile(r"(.{100,})\N{HORIZONTAL ELLIPSIS}(?:\s*https://t\.co/\w+)?\s*", re.DOTALL)
_POSTS = re.compile(r"(?P<folder>(?:[^/]+/)?(?:data/)?)tweets?(?:-part\d+)?\.js")
_ASSIGNMENT = re.compile(rb"\s*window\.YTD\.(\w+)\.part\d+\s*=\s*")
#: Whose assignments hold posts that their owner did not delete, and the long forms of these.
_TAKEN, _LONG = (b"tweets", b"tweet"), (b"note_tweet", b"note_tweets")
_SHARED = re.compile(r"RT @([A-Za-z0-9_]{1,15}): ")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2}) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) \+0000 "
    r"(?P<year>\d{4})"
)


# -- which members, and what of them ------------------------------------------------------------------------------


def _recognises(names: frozenset[str]) -> bool:
    return bool(_post_members(names)) and any(f"{_folder(names)}{name}" in names for name in ("account.js",))


def _post_members(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if _POSTS.fullmatch(name))


def _folder(names: frozenset[str]) -> str:
    found = next((_POSTS.fullmatch(name) for name in _post_members(names)), None)
    return found["folder"] if found else ""


def _read(file: ExportFile, account: Account) -> Iterator[Portion]:
    """The posts of all parts, each with its long form. **Raises** PageError (foreign-id) for another account's."""
    folder = _folder(file.names)
    _check(file, f"{folder}account.js", account)
    _check_public(file, f"{folder}protected-history.js", account)
    note_member = f"{folder}note-tweet.js"
    notes = _Notes(file.values(note_member, "item.noteTweet") if note_member in file.names else ())
    for member in _post_members(file.names):
        yield Portion("export:posts", member, map(notes.beside, file.values(member)))


def _check(file: ExportFile, member: str, account: Account) -> None:
    names = [value for value in file.values(member, "item.account.username") if isinstance(value, str)]
    if not any(name.lower() == account.handle.lstrip("@").lower() for name in names):
        told = f"@{names[0]}" if names else "nobody"
        raise PageError(f"the archive is of {told}, another account", account=account.key, place=member,
                        code="foreign-id")


def _check_public(file: ExportFile, member: str, account: Account) -> None:
    """Refuses the archive of an account whose posts only its followers see; it tells the changes of six months."""
    changes = []
    for value in file.values(member, "item.protectedHistory") if member in file.names else ():
        at, action = (value.get("protectedAt"), value.get("action")) if isinstance(value, dict) else (None, None)
        if not isinstance(at, str) or not isinstance(action, str):
            raise PageError("does not say when the account was protected, and whether it is; it may not be public",
                            account=account.key, place=member, code="schema")
        changes.append((at, action.lower()))
    if changes and not max(changes)[1].startswith("unprotect"):
        problem = f"the account is protected since {max(changes)[0][:10]}: only its followers see its posts"
        raise PageError(problem, account=account.key, place=member, code="not-public")


class _Notes:
    """The long forms of posts, which have ids of their own, in the order in which they were made."""

    def __init__(self, notes: Iterable[object]) -> None:
        made = [(moment, note) for note in notes if isinstance(note, dict) and (moment := _made(note, "noteTweetId"))]
        self._made = sorted(made, key=lambda one: one[0])

    def beside(self, entry: object) -> object:
        """A post's entry, with its long form beside it where there is one."""
        post = entry.get("tweet") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(post, dict) or not (made := _made(post, "id_str")):
            return entry
        cut = _CUT.fullmatch(str(post.get("full_text", "")))
        beginning = cut[1].strip() if cut else ""
        found = [one for one in self._of_the_minute(made) if beginning and _begins(one[1], beginning)]
        return {**entry, "noteTweet": min(found, key=lambda one: abs(one[0] - made))[1]} if found else entry

    def _of_the_minute(self, made: datetime) -> Sequence[tuple[datetime, Mapping[str, object]]]:
        first = bisect_left(self._made, made - _AT_ONCE, key=lambda one: one[0])
        return self._made[first : bisect_right(self._made, made + _AT_ONCE, key=lambda one: one[0])]


def _begins(note: Mapping[str, object], beginning: str) -> bool:
    core = note.get("core")
    return isinstance(core, dict) and str(core.get("text", "")).startswith((beginning, _unescaped(beginning)))


def _made(item: Mapping[str, object], name: str) -> datetime | None:
    native = str(item.get(name, ""))
    return made_at(native) if is_id(native) else None


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _member_of(export: ExportFile, post: Post, item: Media) -> str:
    """The picture's file: ``tweets_media/{id}-{file}``, the id being that of the version."""
    if not item.url or not file_name(item.url):
        return ""
    numbers = dict.fromkeys((post.id.removeprefix("x:"), post.url.rpartition("/")[2]))
    folder = _folder(export.names)
    exact = (f"{folder}{kind}/{number}-{file_name(item.url)}" for number in numbers
             for kind in ("tweets_media", "tweet_media"))
    return next((name for name in exact if name in export.names), "")


ARCHIVE = Export(recognises=_recognises, read=_read, member_of=_member_of, tells_audience=False)


# -- posts in the older shape --------------------------------------------------------------------------------------


def is_archived(page: Page) -> bool:
    """Whether a page is a portion of an archive, or one of its members as it stands there."""
    return page.part.startswith("export:") or _ASSIGNMENT.match(page.body[:200]) is not None


def parse_archived(page: Page) -> Parsed:
    """Reads posts as an archive has them, or one of them."""
    named = _ASSIGNMENT.match(page.body[:200])
    if named and named[1] in _LONG:
        problem = "holds the long form of posts, and is read beside them: take the whole archive"
        raise refuse(page, "schema", problem)
    if named and named[1] not in _TAKEN:
        raise refuse(page, "schema", f"{named[1].decode()} is no part of an archive that is read: no post is in it")
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
