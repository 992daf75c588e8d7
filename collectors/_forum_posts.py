"""One user's posts as Discourse, Misago and phpBB give them.

**Source**: https://docs.discourse.org/ and how Discourse's public clients read it; the serializers of Misago 0.39, read
2026-11; the Atom feeds of phpBB 3.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote

from collectors._feed_entries import Entry
from collectors._feed_formats import read_feed
from rollbook.errors import PageError
from rollbook.exports import RECORDED
from rollbook.hypertext import Hypertext, read_html, web_address
from rollbook.pages import Item, entries, mark, read_each, read_item, read_json, read_time, refuse
from rollbook.types import Marked, Media, Page, Parsed, Post, Reference

_ADDRESS = re.compile(
    r"(https?://[^/?#\s]+(?:/[^?#\s]*?)?)/u(?:ser|sers)?/([^/?#\s]+)(?:/([0-9]+))?(?:/(?:summary|activity|posts|threads))?/?",
    re.IGNORECASE,
)
#: What Discourse calls the beginning of a topic. **Source**: its UserAction.
NEW_TOPIC = 4
#: What the staff of a Discourse say among themselves in a topic. **Source**: ``Post.types`` of Discourse.
_WHISPER = 4
#: What phpBB puts below the words of every entry: who posted it, and when.
_STATISTICS = re.compile(
    r"<p>[^<]*+<a\s(?=[^<>]*mode=viewprofile)[^<>]*+>[^<]*+</a>[^<]*+</p>\s*+(?:<hr\s*+/?>)?\s*+\Z"
)


@dataclass(frozen=True, slots=True)
class User:
    """Whose posts are read, and where."""

    #: The address of the forum.
    base: str
    name: str
    #: Misago's number of the user; empty where the address has none.
    number: str = ""


def user_of(account: str) -> User | None:
    """The user of an account's key, None where its address is that of no user."""
    found = _ADDRESS.fullmatch(account.partition(":")[2])
    return User(found[1], unquote(found[2]), found[3] or "") if found else None


def parse(page: Page) -> Parsed:
    """Reads the posts or the profile of an answer by its shape."""
    if page.status != 200 or page.part == "lookup":
        return Parsed()
    user = user_of(page.account) or User("", "")
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and page.part != "profile":
        return _phpbb(page, user)
    top = read_item(read_json(page), page.part, page.account)
    if "user_actions" in top.data:
        return read_each(page, entries(top, "user_actions"), "user_actions", _action)
    if "post_stream" in top.data:
        listed = entries(top.item("post_stream"), "posts")
        return read_each(page, listed, "posts", partial(_discourse, page=page, user=user))
    if "results" in top.data:
        return read_each(page, entries(top, "results"), "results", partial(_misago, page=page, user=user))
    if "cooked" in top.data:
        return read_each(page, [top.data], "post", partial(_discourse, page=page, user=user))
    if page.part == "file" and (alone := _alone(top, page, user)) is not None:
        return alone
    profile = top.item_or_none("user") or top
    if "username" in profile.data:
        return read_each(page, [profile.data], "user", partial(_profile, page=page, user=user))
    said = top.data.get("errors") or top.data.get("detail")
    raise refuse(page, "schema", f"the forum says: {said}" if said else "the answer holds neither posts nor a user")


def _alone(top: Item, page: Page, user: User) -> Parsed | None:
    """What a visit does not ask for, looked at by itself: Discourse's newest posts, a webhook's, a post of Misago."""
    if isinstance(top.data.get("latest_posts"), list):
        listed = entries(top, "latest_posts")
        return read_each(page, listed, "latest_posts", partial(_discourse, page=page, user=user))
    post = top.data.get("post")
    if isinstance(post, dict) and "cooked" in post:
        return read_each(page, [post], "post", partial(_discourse, page=page, user=user))
    if "posted_on" in top.data and "content" in top.data:
        return read_each(page, [top.data], "post", partial(_misago, page=page, user=user))
    return None


def _key(user: User, number: str) -> str:
    return f"forum:{user.base}#{number}"


def _web(address: str, user: User) -> str:
    """An address as a browser would follow it from the forum."""
    return (web_address(address, f"{user.base}/") or "") if address else ""


# -- who the user is ---------------------------------------------------------------------------------------------


def _profile(item: Item, page: Page, user: User) -> Post:
    """The name and what the user says of themselves; the picture in its largest size."""
    about = read_html(item.words("bio_cooked") or item.words("signature"), f"{user.base}/")
    real = item.words("name") or item.words("real_name")
    said = (item.words("title"), about.text, item.words("location"), item.words("website"))
    drawn = item.words("avatar_template").replace("{size}", "240")
    pictures = [drawn] if drawn else [entry.words("url") for entry in item.items("avatars")[:1]]
    links = [anchor.url for anchor in about.anchors] + [item.words("website")]
    return Post(
        id=page.account, account=page.account, network="forum", kind="profile",
        text="\n".join(line for line in (real or item.text("username"), *said) if line),
        created_at=item.moment_or_none("created_at") or item.moment_or_none("joined_on") or page.fetched_at,
        url=page.account.partition(":")[2], links=tuple(dict.fromkeys(link for link in links if link)),
        media=tuple(Media("image", url=_web(picture, user) or None) for picture in pictures if picture),
    )


# -- Discourse ---------------------------------------------------------------------------------------------------


def began(action: Item) -> bool:
    """Whether an action is that of a new topic, for which Discourse tells no ``post_id``: its post is the first."""
    return action.data.get("action_type") == NEW_TOPIC


def _action(item: Item) -> None:
    """Only what cannot be asked for: the posts themselves come by their numbers."""
    if not item.count("topic_id") or not (item.count("post_id") or began(item)):
        raise item.refuse("'post_id' or 'topic_id' is missing; expected numbers")
    item.moment("created_at")


def _discourse(item: Item, page: Page, user: User) -> Post | None:
    number, topic, place = item.name("id"), item.name("topic_id"), item.count("post_number") or 0
    if not number:
        raise item.refuse("'id' is missing; expected a number")
    foreign = user.name and item.words("username").lower() != user.name.lower()
    if foreign and RECORDED in page.context:
        return None  # a browser shows the whole topic
    if foreign:
        raise item.refuse(f"the post is by {item.words('username') or 'nobody'}, another user", code="foreign-id")
    if item.data.get("post_type") == _WHISPER:
        raise item.refuse("is a note among the forum's staff and was not read in", code="not-public")
    if item.data.get("hidden") is True or item.data.get("user_deleted") is True or item.words("deleted_at"):
        raise item.refuse("is hidden or deleted and was not read in", code="not-public")
    words = read_html(item.words("cooked"), f"{user.base}/")
    title = page.context.get("title", "") if place == 1 else ""
    edited = (item.count("version") or 1) > 1
    answered = item.count("reply_to_post_number")
    whom = item.item_or_none("reply_to_user")
    return Post(
        id=_key(user, number), account=page.account, network="forum", kind="post" if place == 1 else "reply",
        text="\n".join(part for part in (title, words.text) if part), created_at=item.moment("created_at"),
        url=f"{user.base}/t/{item.words('topic_slug') or '-'}/{topic}/{place}",
        edited_at=item.moment_or_none("updated_at") if edited else None,
        reply_to=_answered(user, topic, answered, whom.words("username") if whom else "") if place != 1 else None,
        links=_links(words), mentions=_marked(words, "mention", "@"), hashtags=_marked(words, "hashtag-cooked", "#"),
        media=tuple(one for one in words.media if "/user_avatar/" not in (one.url or "")),
    )


def _answered(user: User, topic: str, number: int | None, name: str) -> Reference:
    """The post that is answered, by its place in the topic; a topic's first where none is named."""
    return Reference(f"forum:{user.base}/t/{topic}/{number or 1}", f"forum:{user.base}/u/{name}" if name else "")


def _links(words: Hypertext) -> tuple[str, ...]:
    marks = {"mention", "hashtag", "hashtag-cooked", "lightbox", "anchor"}
    return tuple(dict.fromkeys(anchor.url for anchor in words.anchors if not anchor.marks & marks))


def _marked(words: Hypertext, what: str, sign: str) -> tuple[str, ...]:
    names = [anchor.text.removeprefix(sign) for anchor in words.anchors if what in anchor.marks]
    return tuple(dict.fromkeys(name for name in names if name))


# -- Misago ------------------------------------------------------------------------------------------------------


def _misago(item: Item, page: Page, user: User) -> list[Post | Marked]:
    number, problem = item.name("id"), None
    if not number:
        raise item.refuse("'id' is missing; expected a number")
    made, since = item.moment("posted_on"), read_time(page.context.get("since", ""))
    if since is not None and made < since:
        return []
    if any(item.data.get(name) is True for name in ("is_hidden", "is_unapproved", "is_event")):
        raise item.refuse("is hidden, not approved or no post, and was not read in", code="not-public")
    words = read_html(item.text("content"), f"{user.base}/")
    address = item.item("url").words("index")
    thread = item.item_or_none("thread")
    try:
        attached = _attached(item, user)
    except PageError as err:
        attached, problem = (), mark(err, item.place)
    media = {one.url: one for one in (*attached, *words.media)}
    edited = (item.count("edits") or 0) > 0
    # The list does not say which posts began their thread, with a title of the user's own: the collector asked.
    began = number in page.context.get("began", "").split("|")
    title = thread.words("title") if began and thread else ""
    post = Post(
        id=_key(user, number), account=page.account, network="forum", kind="post" if began else "reply",
        text="\n".join(part for part in (title, words.text) if part), created_at=made,
        url=_web(address, user), edited_at=item.moment_or_none("updated_on") if edited else None,
        links=_links(words), media=tuple(media.values()),
    )
    return [post, problem] if problem else [post]


def _attached(item: Item, user: User) -> tuple[Media, ...]:
    files = [(entry, entry.item("url").words("index")) for entry in item.items("attachments")]
    return tuple(
        Media("image" if entry.data.get("is_image") is True else "file", url=_web(address, user) or None)
        for entry, address in files if address
    )


# -- phpBB -------------------------------------------------------------------------------------------------------


def _phpbb(page: Page, user: User) -> Parsed:
    """The entries of a board's feed that are the user's."""
    feed = read_feed(page)
    own = [entry for entry in feed.entries if not user.name or entry.author.lower() == user.name.lower()]
    posts, marked = list[Post](), list(feed.marked)
    for entry in own:
        try:
            posts.append(_phpbb_post(entry, page, user))
        except PageError as err:
            marked.append(mark(err, entry.place))
    return Parsed(tuple(posts), tuple(marked))


def _phpbb_post(entry: Entry, page: Page, user: User) -> Post:
    if not (entry.guid or entry.link):
        raise PageError("neither 'id' nor 'link' is there; expected the post's address")
    # "Board • Re: Topic": the first part names the board.
    title = entry.title.read().text.rpartition(" • ")[2]
    words = read_html(_STATISTICS.sub("", entry.body.value), entry.body.base or f"{user.base}/")
    made = entry.published_at or entry.updated_at or page.fetched_at
    number = re.search(r"[?&]p=([0-9]+)|#p([0-9]+)", f"{entry.guid} {entry.link}")
    return Post(
        id=_key(user, (number[1] or number[2]) if number else entry.guid or entry.link), account=page.account,
        network="forum", kind="reply" if title.startswith("Re: ") else "post",
        text="\n".join(part for part in (title, words.text) if part), created_at=made, url=entry.link,
        edited_at=entry.updated_at if entry.updated_at and entry.updated_at > made else None,
        links=_links(words), media=words.media,
    )
