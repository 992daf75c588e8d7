"""Statuses and accounts of Mastodon's API as posts: what the collector and an owner's export share.

**Source**: https://docs.joinmastodon.org/entities/Status/, /StatusEdit/ and /Account/ (4.4), read 2026-11.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import SplitResult, urlsplit

from rollbook.hypertext import Anchor, read_html
from rollbook.pages import Item, read_each, read_item, read_json, read_time, refuse
from rollbook.types import Media, MediaType, Page, Parsed, Post, PostKind, Reference

#: Who may see a status that is public. What only followers or the people named may see is never read in.
PUBLIC = ("public", "unlisted")
#: What a version of an edited status does not repeat (/entities/StatusEdit/): it is carried in the page's context.
FRAME = (
    "id", "uri", "url", "created_at", "visibility", "language", "in_reply_to_id", "in_reply_to_account_id", "account",
)
#: For servers that know no quotes the link to the quoted status stands in the words, as a part of this class.
_INLINE = re.compile(r'<(p|span) class="quote-inline">.{0,4000}?</\1>', re.DOTALL)
_MEDIA: dict[str, MediaType] = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}


def parse_statuses(page: Page) -> Parsed:
    """Reads the statuses, versions or account of a page by its shape."""
    if page.status != 200:
        return Parsed()
    origin = Origin(page.account, page.context.get("host", ""), page.context.get("account_id", ""))
    top = read_json(page)
    if page.part == "file":  # a page that is looked at by itself
        top = [_told_of(one) for one in top] if isinstance(top, list) else _told_of(top)
    if isinstance(top, list):
        if page.part == "history":
            return read_each(page, _versions(page, top), "versions", partial(_status, origin=origin))
        return read_each(page, top, "statuses", partial(_status, origin=origin))
    item = read_item(top, page.part, page.account)
    for name in ("statuses", "ancestors"):  # a search, a thread
        if isinstance(listed := item.data.get(name), list):
            after = item.data.get("descendants")
            both = [*listed, *(after if isinstance(after, list) else ())]
            return read_each(page, both, name, partial(_status, origin=origin))
    if "content" in item.data:
        return read_each(page, [top], page.part, partial(_status, origin=origin))
    if "acct" in item.data:
        return read_each(page, [top], page.part, partial(profile, origin=origin, page=page))
    said = item.data.get("error")
    problem = f"the server says: {said}" if said else "the answer holds neither statuses nor an account"
    raise refuse(page, "schema", problem)


def _told_of(entry: object) -> object:
    """The status that a notification, a conversation or a webhook tells of; what it is itself, otherwise."""
    if not isinstance(entry, dict) or "content" in entry:
        return entry
    inner = (entry.get(name) for name in ("status", "last_status", "object"))
    return next((one for one in inner if isinstance(one, dict)), entry)


@dataclass(frozen=True, slots=True)
class Origin:
    """For whom a page was asked, and where."""

    #: The key in the register.
    account: str
    host: str
    #: The server's own number of the account; empty where the page does not say: then any author is taken.
    account_id: str

    def key(self, acct: str) -> str:
        """The register's key for a name as this server writes it."""
        key = f"mastodon:{acct if '@' in acct or not self.host else f'{acct}@{self.host}'}"
        return self.account if key.lower() == self.account.lower() else key


def frame(status: Item) -> dict[str, object]:
    """What ``history`` does not say of a status, for the context of its page."""
    author, shown = status.item("account"), _quoted(status)
    kept = {name: status.data.get(name) for name in FRAME} | {"account": {"id": author.name("id")}}
    if shown:
        its_author = {"acct": shown.item("account").words("acct")}
        kept["quote"] = {"quoted_status": {"uri": shown.text("uri"), "account": its_author}}
    elif _quotes(status):
        kept["quote"] = {"state": status.item("quote").words("state")}
    return kept


def _versions(page: Page, versions: Sequence[object]) -> Iterator[object]:
    """The versions of one status, oldest first, each with the frame that the page's context carries."""
    around = json.loads(page.context.get("status", "{}"))
    known = read_time(page.context.get("edited_after", ""))
    for index, version in enumerate(versions):
        made = read_time(str(version.get("created_at", ""))) if isinstance(version, dict) else None
        if isinstance(version, dict) and not (known and made and made <= known):
            yield {**version, **around, "edited_at": version.get("created_at") if index else None}


def _status(item: Item, origin: Origin) -> Post:
    if "content" not in item.data:
        raise item.refuse("is no status: 'content' is missing")
    author = item.item("account")
    if origin.account_id and author.name("id") != origin.account_id:
        raise item.refuse(f"the status is by {author.words('acct') or 'nobody'}, another account", code="foreign-id")
    if item.text("visibility") not in PUBLIC:
        raise item.refuse("is not public and was not read in", code="not-public")
    original = item.item_or_none("reblog")
    if original is None:
        return own_status(item, origin)
    if not _is_public(original):
        raise item.refuse("repeats a status that is not public and was not read in", code="not-public")
    return _repost(item, original, origin)


def _is_public(status: Item) -> bool:
    """Whether anybody may see a status inside another one; some software leaves its visibility out."""
    return (status.words("visibility") or "public") in PUBLIC


def own_status(item: Item, origin: Origin) -> Post:
    uri, quote, (content, named) = item.text("uri"), _quoted(item), _without_inline(item)
    hypertext, reply_to = read_html(content), _parent(item, uri, origin)
    kind: PostKind = "reply" if reply_to else "quote" if quote else "post"
    return Post(
        id=f"mastodon:{uri}", account=origin.account, network="mastodon", kind=kind, text=_words(item, hypertext.text),
        created_at=item.moment("created_at"), url=item.words("url") or uri, edited_at=item.moment_or_none("edited_at"),
        lang=item.words("language") or None, reply_to=reply_to,
        quote_of=_reference(quote, origin) if quote else None, links=_links((*hypertext.anchors, *named)),
        mentions=_mentioned(item, hypertext.anchors),
        hashtags=_hashtags(hypertext.anchors) or _listed(item, "tags", "name"),
        media=tuple(_media(entry) for entry in item.items("media_attachments")),
    )


def _without_inline(item: Item) -> tuple[str, tuple[Anchor, ...]]:
    """The content without the link to the status that it quotes; that link, where nothing else tells it."""
    content = item.words("content")
    inline = _INLINE.search(content) if _quotes(item) else None
    if inline is None:
        return content, ()
    named = () if _quoted(item) else read_html(inline[0]).anchors
    return content[: inline.start()] + content[inline.end() :], named


def _repost(item: Item, original: Item, origin: Origin) -> Post:
    shown = own_status(original, replace(origin, account_id=""))
    author = original.item("account").words("acct")
    return replace(
        shown, id=f"mastodon:{item.text('uri')}", kind="repost", created_at=item.moment("created_at"), edited_at=None,
        reply_to=None, quote_of=None, repost_of=Reference(shown.id, origin.key(author), shown.text),
    )


def _words(item: Item, text: str) -> str:
    """The warning that a reader sees first, the words, the choices of a poll."""
    poll = item.item_or_none("poll")
    choices = [f"- {option.words('title')}" for option in poll.items("options")] if poll else []
    return "\n".join(part for part in (item.words("spoiler_text"), text, "\n".join(choices)) if part)


# A hashtag is marked "mention hashtag", a name "u-url mention".


def _links(anchors: Sequence[Anchor]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(anchor.url for anchor in anchors if not anchor.marks & {"mention", "hashtag"}))


def _mentions(anchors: Sequence[Anchor]) -> tuple[str, ...]:
    names = [anchor.text for anchor in anchors if "mention" in anchor.marks and "hashtag" not in anchor.marks]
    return tuple(dict.fromkeys(name.removeprefix("@") for name in names))


def _mentioned(item: Item, anchors: Sequence[Anchor]) -> tuple[str, ...]:
    """The names in the words, with the host of another server, which the words do not show."""
    listed = _listed(item, "mentions", "acct")
    whole = {name.partition("@")[0].lower(): name for name in reversed(listed)}
    names = [whole.get(name.lower(), name) for name in _mentions(anchors)]
    return tuple(dict.fromkeys(names)) or listed


def _hashtags(anchors: Sequence[Anchor]) -> tuple[str, ...]:
    names = [anchor.text for anchor in anchors if "hashtag" in anchor.marks]
    return tuple(dict.fromkeys(name.removeprefix("#") for name in names))


def _listed(item: Item, name: str, field: str) -> tuple[str, ...]:
    """What the server lists beside a status, for words that carry no marks."""
    return tuple(dict.fromkeys(entry.words(field) for entry in item.items(name) if entry.words(field)))


def _quotes(item: Item) -> bool:
    """Whether the status quotes one, shown or not: a quote that is taken back or not yet allowed has a state alone."""
    quote = item.item_or_none("quote")
    return quote is not None and (bool(quote.words("state")) or _quoted(item) is not None)


def _quoted(item: Item) -> Item | None:
    """The status that this one quotes; None where it may not be shown. Forks put it into ``quote`` itself."""
    quote = item.item_or_none("quote")
    if quote is None:
        return None
    inner = quote.item_or_none("quoted_status")
    shown = inner or (quote if "content" in quote.data and "uri" in quote.data else None)
    return shown if shown and _is_public(shown) else None


def _reference(status: Item, origin: Origin) -> Reference:
    text = read_html(status.words("content")).text
    return Reference(f"mastodon:{status.text('uri')}", origin.key(status.item("account").words("acct")), text)


def _parent(item: Item, uri: str, origin: Origin) -> Reference | None:
    """What the status answers. The server gives its own number of it; only in the author's own thread that is a URI."""
    parent, author_id = item.name("in_reply_to_id"), item.name("in_reply_to_account_id")
    if not parent:
        return None
    if author_id and author_id == item.item("account").name("id") and uri.endswith(f"/{item.name('id')}"):
        return Reference(f"mastodon:{uri.removesuffix(item.name('id'))}{parent}", origin.account)
    names = [mention.words("acct") for mention in item.items("mentions") if mention.name("id") == author_id]
    host = origin.host or parts_of(uri).hostname or parts_of(item.words("url")).hostname or ""
    return Reference(f"mastodon:https://{host}/statuses/{parent}", origin.key(names[0]) if names else "")


def parts_of(address: str) -> SplitResult:
    """The parts of an address, all empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:  # https://[
        return urlsplit("")


def _media(item: Item) -> Media:
    url = item.words("url") or item.words("remote_url") or item.words("preview_url")
    return Media(_MEDIA.get(item.words("type"), "file"), url=url or None, alt=item.words("description") or None)


def profile(item: Item, origin: Origin, page: Page) -> Post:
    if origin.account_id and item.name("id") != origin.account_id:
        raise item.refuse(f"the profile is of {item.words('acct')}, another account", code="foreign-id")
    note = read_html(item.words("note"))
    fields = [(field.words("name"), read_html(field.words("value"))) for field in item.items("fields")]
    name = item.words("display_name") or item.words("username")
    lines = [name, note.text, *(f"{label}: {value.text}" for label, value in fields)]
    anchors = [*note.anchors, *(anchor for _, value in fields for anchor in value.anchors)]
    # A server shows "missing.png" for a picture that was never set.
    pictures = [url for url in (item.words("avatar"), item.words("header")) if url and not url.endswith("/missing.png")]
    return Post(
        id=origin.account, account=origin.account, network="mastodon", kind="profile",
        text="\n".join(line for line in lines if line),
        created_at=item.moment_or_none("created_at") or page.fetched_at,
        url=item.words("url"), media=tuple(Media("image", url=url) for url in pictures),
        links=_links(anchors), mentions=_mentions(anchors), hashtags=_hashtags(anchors),
    )
