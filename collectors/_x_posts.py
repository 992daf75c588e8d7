"""Posts and users of X's API v2 as posts, in both spellings of its schema: ``tweet.*`` and ``post.*``.

**Source**: X's OpenAPI document, versions 2.166 and 2.167, and https://docs.x.com/x-api/fundamentals/edit-posts, read
2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from collectors._x_older import is_archived, older_posts, parse_archived
from collectors._x_words import (
    Address,
    Words,
    chain,
    first,
    key,
    made_at,
    media,
    named,
    native_id,
    read_words,
    reference,
)
from rollbook.errors import PageError
from rollbook.pages import Item, clean, entries, read_each, read_item, read_json, refuse
from rollbook.types import Marked, Media, Page, Parsed, Post, PostKind, Reference


def parse(page: Page) -> Parsed:
    """Reads the posts or the user of a page by its shape; each of X's partial errors is marked."""
    if page.status != 200:
        return Parsed()
    if is_archived(page):
        return parse_archived(page)
    top = read_json(page)
    if isinstance(top, list) or (isinstance(top, dict) and "data" not in top and older_posts(top)):
        return parse_archived(page)
    if page.part == "file" and isinstance(top, dict) and "screen_name" in top:
        return read_each(page, [_newer(top)], "user", lambda user: _profile(user, page))
    item = read_item(top, page.part, page.account)
    problems = _problems(page, item)
    data = item.data.get("data")
    if isinstance(data, dict) and "username" in data:
        found = read_each(page, [data], "data", lambda user: _profile(user, page))
    elif isinstance(data, dict):
        found = _posts(page, item, [data])
    elif data is not None:
        found = _posts(page, item, entries(item, "data"))
    elif problems or "meta" in item.data:  # nothing in the window, or nothing of what was asked for
        found = Parsed()
    else:
        said = item.data.get("detail") or item.data.get("error") or item.data.get("title")
        problem = clean(f"X says: {str(said)[:200]}") if said else "the answer holds neither posts nor a user"
        raise refuse(page, "schema", problem)
    if data is None and (page.part == "profile" or (page.part == "file" and "meta" not in item.data)):
        raise refuse(page, "schema", problems[0].problem if problems else "the answer holds no user")
    return Parsed(found.posts, found.marked + problems)


def _problems(page: Page, item: Item) -> tuple[Marked, ...]:
    """What X could not give of what was asked for. Of a look-up, the posts that are gone are its answer."""
    told = []
    for index, value in enumerate(item.items("errors") if isinstance(item.data.get("errors"), list) else ()):
        kind = str(value.data.get("type", "")).rpartition("/")[2]
        if page.part == "lookup" and kind == "resource-not-found":
            continue
        words = value.data.get("detail") or value.data.get("message") or value.data.get("title") or "no reason given"
        told.append(Marked(f"errors[{index}]", clean(f"{kind or 'error'}: {str(words)[:200]}")))
    return tuple(told)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a page tells besides its posts: authors, pictures, polls and other posts, by their ids."""

    account: str
    #: X's number of the account; empty where the page does not say: then any author is taken.
    account_id: str
    users: Mapping[str, Item]
    media: Mapping[str, Item]
    polls: Mapping[str, Item]
    posts: Mapping[str, Item]

    def username(self, number: str) -> str:
        """The name of a user; empty where the page does not tell it."""
        if number and number == self.account_id:
            return self.account.partition(":")[2]
        user = self.users.get(number)
        return user.words("username") if user else ""


def _posts(page: Page, item: Item, values: Sequence[object]) -> Parsed:
    includes = item.item_or_none("includes") or Item({}, "includes", page.account)
    others = {name: _by(includes, name, "id") for name in ("users", "polls", "tweets", "posts")}
    around = _Around(
        page.account, page.context.get("account_id", ""), others["users"], _by(includes, "media", "media_key"),
        others["polls"], {**others["tweets"], **others["posts"]},
    )
    return read_each(page, values, "data", lambda post: _own(post, around))


def _by(includes: Item, name: str, field: str) -> dict[str, Item]:
    """The readable objects of a list; what cannot be read is missed, and told, where a post needs it."""
    value = includes.data.get(name)
    found = (Item(entry, f"includes.{name}[{index}]", includes.account)
             for index, entry in enumerate(value if isinstance(value, list) else ()) if isinstance(entry, dict))
    return {entry.name(field): entry for entry in found if isinstance(entry.data.get(field), str)}


def _own(item: Item, around: _Around) -> list[Post | Marked]:
    if "dm_conversation_id" in item.data or "event_type" in item.data:
        raise item.refuse("is a direct message and was not read in", code="not-public")
    author = item.name("author_id")
    if around.account_id and author and author != around.account_id:
        raise item.refuse(f"the post is by {around.username(author) or author}, another account", code="foreign-id")
    post, lacking = _read(item, around)
    shared = _referenced(item, "retweeted", "reposted")
    if shared:
        return [_repost(post, shared, around)]
    return [post, *(Marked(item.place, f"{what} is not among what X sent with it") for what in lacking)]


def _read(item: Item, around: _Around) -> tuple[Post, list[str]]:
    """A post by itself, and which of its pictures and polls the page lacks."""
    if "text" not in item.data:
        raise item.refuse("is no post: 'text' is missing")
    native = native_id(item, "id")
    ids = versions(item) or (native,)
    quote_id, parent_id = _referenced(item, "quoted"), _referenced(item, "replied_to")
    long = item.item_or_none(first(item.data, "note_post", "note_tweet"))
    said = long if long and long.words("text") else item
    told = (said.item_or_none("entities") or Item({}, "", item.account))
    words = read_words(said.words("text"), _addresses(told), {native, *ids}, quoted=quote_id)
    pictures, choices, lacking = _attached(item, around)
    quote = _quote(words, quote_id, around)
    parent = _reference(parent_id, around, item.name("in_reply_to_user_id")) if parent_id else None
    kind: PostKind = "reply" if parent else "quote" if quote else "post"
    made = _moment(item, native)
    edited = native != ids[0]
    username = around.username(item.name("author_id")) or around.account.partition(":")[2]
    post = Post(
        id=f"x:{ids[0]}", account=around.account, network="x", kind=kind,
        text="\n".join([words.text, *choices]).strip(),
        created_at=(made_at(ids[0]) or made) if edited else made, edited_at=made if edited else None,
        url=f"https://x.com/{username}/status/{native}", lang=item.words("lang") or None, reply_to=parent,
        quote_of=quote, links=words.links, mentions=named(told.items("mentions"), "username"),
        hashtags=named(told.items("hashtags"), "tag"), media=pictures,
    )
    return post, lacking


def versions(item: Item) -> tuple[str, ...]:
    """The ids of a post's versions, oldest first: X gives each version an id of its own; the first names the post."""
    return chain(item, first(item.data, "edit_history_post_ids", "edit_history_tweet_ids"))


def _moment(item: Item, native: str) -> datetime:
    made = item.moment_or_none("created_at") or made_at(native)
    if made is None:
        raise item.refuse("'created_at' is missing; expected an ISO 8601 time")
    return made


def _referenced(item: Item, *kinds: str) -> str:
    """The id of the post that this one refers to in one way; empty for none."""
    listed = item.items(first(item.data, "referenced_posts", "referenced_tweets"))
    return next((native_id(entry, "id") for entry in listed if entry.words("type") in kinds), "")


def _addresses(told: Item) -> list[Address]:
    return [
        Address(entry.words("url"), entry.words("expanded_url") or entry.words("url"), "media_key" in entry.data)
        for entry in told.items("urls") if entry.words("url")
    ]


def _quote(words: Words, quote_id: str, around: _Around) -> Reference | None:
    if quote_id:
        return _reference(quote_id, around, user=words.quoted[1] if words.quoted else "")
    return reference(around.account, *words.quoted) if words.quoted else None


def _reference(native: str, around: _Around, author: str = "", user: str = "") -> Reference:
    """Another post; its words where X sent them along."""
    other = around.posts.get(native)
    text = ""
    if other is not None:
        author = other.name("author_id") or author
        try:
            text = _read(other, replace(around, posts={}))[0].text
        except PageError:
            text = ""  # what cannot be read of another's post is no fault of this one
    return reference(around.account, native, around.username(author) or user, text)


def _repost(post: Post, shared: str, around: _Around) -> Post:
    """What it shares stands in its place: X's own text of a repost is cut off ("RT @name: …")."""
    original = around.posts.get(shared)
    shown = post
    if original is not None:
        try:
            shown = _read(original, replace(around, posts={}))[0]
        except PageError:
            shown = post
    told = _reference(shared, around)
    if not told.account and post.mentions:
        told = replace(told, account=key(around.account, post.mentions[0]))
    return replace(
        post, kind="repost", text=shown.text, links=shown.links, mentions=shown.mentions, hashtags=shown.hashtags,
        media=shown.media, reply_to=None, quote_of=None, repost_of=replace(told, text=shown.text),
    )


def _attached(item: Item, around: _Around) -> tuple[tuple[Media, ...], list[str], list[str]]:
    """Pictures, the choices of a poll, and what the page lacks of both."""
    attached = item.item_or_none("attachments") or Item({}, "", item.account)
    pictures, choices, lacking = [], [], []
    for name in attached.texts("media_keys"):
        if name in around.media:
            pictures.append(_media(around.media[name]))
        else:
            lacking.append(f"the picture {name}")
    for name in attached.texts("poll_ids"):
        if name in around.polls:
            choices += [f"- {option.words('label')}" for option in around.polls[name].items("options")]
        else:
            lacking.append(f"the poll {name}")
    return tuple(pictures), choices, lacking


def _media(item: Item) -> Media:
    films = [(entry.data.get("bit_rate"), entry.words("content_type"), entry.words("url"))
             for entry in item.items("variants")]
    picture = item.words("url") or item.words("preview_image_url")
    return media(item.words("type"), picture, films, item.words("alt_text"))


def _newer(user: Mapping[str, object]) -> dict[str, object]:
    """A user of X's older API under the names of the newer one."""
    picture = user.get("profile_image_url_https")
    return {**user, "username": user.get("screen_name"), "profile_image_url": picture, "created_at": None}


def _profile(item: Item, page: Page) -> Post:
    handle = page.account.partition(":")[2].removeprefix("@")
    if page.part == "profile" and item.text("username").lower() != handle.lower():
        raise item.refuse(f"the profile is of {item.words('username')}, another account", code="foreign-id")
    told = item.item_or_none("entities") or Item({}, "", page.account)
    about = told.item_or_none("description") or Item({}, "", page.account)
    bio = read_words(item.words("description"), _addresses(about), ())
    home = _addresses(told.item_or_none("url") or Item({}, "", page.account))
    # "_normal" is the picture at 48 pixels; without it X serves it as it was uploaded.
    face = item.words("profile_image_url").replace("_normal.", ".")
    pictures = [url for url in (face, item.words("profile_banner_url")) if url and "/default_profile" not in url]
    return Post(
        id=page.account, account=page.account, network="x", kind="profile",
        text="\n".join(line for line in (item.words("name") or item.text("username"), bio.text) if line),
        created_at=item.moment_or_none("created_at") or page.fetched_at, url=f"https://x.com/{item.words('username')}",
        links=tuple(dict.fromkeys((*bio.links, *(address.full for address in home)))),
        mentions=named(about.items("mentions"), "username"), hashtags=named(about.items("hashtags"), "tag"),
        media=tuple(Media("image", url=url) for url in pictures),
    )
