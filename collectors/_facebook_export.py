"""The export of a Facebook Page or profile: its posts, nothing else.

**Source**: exports of 2018 to 2026 as public importers describe them: ``posts/your_posts_1.json``, the same under
``your_facebook_activity/`` (since 2023) and ``this_profile's_activity_across_facebook/`` (Pages). No schema is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from collectors._graph_words import hashtags, links, mentions
from collectors._meta_export import check_public, file_of, member_of, moment, only, portions_at, repaired
from rollbook.errors import PageError
from rollbook.exports import Export, ExportFile, Portion, made_id
from rollbook.pages import Item
from rollbook.types import Account, Media, Post

_POSTS = re.compile(
    r"(?:[^/]+/){0,3}posts/(?:your|profile|page)_posts(?:__check_ins__photos_and_videos)?(?:_\d+)?\.json"
)
_WHOSE = re.compile(r"(?:[^/]+/){0,3}profile_information/profile_information\.json")
_PUBLIC = frozenset(("public", "everyone"))
#: What is taken of an item: what its readers saw.
_SHOWN = frozenset((
    "timestamp", "title", "privacy", "audience", "value", "data", "post", "update_timestamp", "attachments", "media",
    "uri", "creation_timestamp", "description", "external_context", "url", "name", "note", "text",
))
#: What Facebook says over what stands in the account's own place: a name, then one of these. Over what stands in a
#: group or on somebody's timeline, whose audience is that place's, it says another thing, and in other languages too.
#: **Source**: titles of English exports, as public importers list them.
_OWN_PLACE = re.compile(
    r"(?:(?! (?:posted|wrote|shared|added|updated) ).){1,200}"
    r" (?:updated (?:his|her|its|their) (?:status|cover photo|profile picture)|was live|(?:shared|added|posted)"
    r" (?:an?|\d{1,4}) (?:new )?(?:link|post|photos?|videos?|reels?|event|memory|album|note))\.?"
    r"|Shared from Instagram\.?"
)
_OTHERS = "marked for others than everybody"
_NOT_SAID = "whether in the account's own place, for everybody, is not said"

#: How an export spells somebody's name in a post: number, kind and name; readers saw the name.
_TAG = re.compile(r"@\[\d{1,20}:\d{1,6}:([^\[\]\n]{1,200})\]")


def _recognises(names: frozenset[str]) -> bool:
    return any(_POSTS.fullmatch(name) for name in names)


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:
    """The posts. **Raises** PageError (foreign-id) where the export says that it is another profile's."""
    for member in sorted(filter(_WHOSE.fullmatch, export.names)):
        for value in export.values(member, "profile_v2.profile_uri"):  # this value and no other of the member
            _check(value, account, member)
    for member in sorted(filter(_POSTS.fullmatch, export.names)):
        yield from portions_at(export, member, "export:posts", ("item", "status_updates.item"), _as_shown, _why_not)


def _as_shown(value: object) -> object:
    return only(value, _SHOWN)


def _why_not(value: object) -> str:
    """Why an item is not for everybody, or may not be; empty where it is."""
    if not isinstance(value, dict):
        return ""  # marked as no item
    told, title = (value.get(name) or "" for name in ("privacy", "audience")), value.get("title")
    stated = {str(one.get("value", "?") if isinstance(one, dict) else one).lower() for one in told} - {""}
    if stated:
        return "" if stated <= _PUBLIC else _OTHERS
    own = not title or (isinstance(title, str) and _OWN_PLACE.fullmatch(repaired(title)))
    return "" if own else _NOT_SAID


def _check(address: object, account: Account, member: str) -> None:
    if not isinstance(address, str) or not address.strip("/ "):
        return  # it does not say
    name, handle = address.strip().rstrip("/").rpartition("/")[2].rpartition("id=")[2], account.handle
    # A number and a name may both be right: an export tells the one or the other.
    if name.isdigit() == handle.isdigit() and name.lower().replace(".", "") != handle.lower().replace(".", ""):
        problem = f"the export is of {name[:80]}, not of {account.handle}"
        raise PageError(problem, account=account.key, place=member, code="foreign-id")


EXPORT = Export(_recognises, _read, member_of, tells_audience=False)


def export_items(top: object) -> Sequence[object] | None:
    """The items of a portion or of a whole member; None where it is none."""
    values = top.get("status_updates") if isinstance(top, dict) else top
    return values if isinstance(values, list) else None


def export_post(item: Item, account: str) -> Post:
    """One item as a post. **Raises** PageError: schema, not-public, empty."""
    check_public(item, _why_not)
    made_at = moment(item, "timestamp")
    said = [_TAG.sub(r"\1", repaired(part.words("post"))) for part in item.items("data")]
    addresses, media = list[str](), list[Media]()
    for entry in (entry for group in item.items("attachments") for entry in group.items("data")):
        for file in _files(entry):
            said.append(repaired(file.words("description")))
            media += [shown] if (shown := file_of(file)) else []
        note, context = entry.item_or_none("note"), entry.item_or_none("external_context")
        said += [repaired(note.words(name)) for name in ("title", "text")] if note else []
        addresses.append(repaired(context.words("url")) if context else "")
    text = "\n".join(dict.fromkeys(words.strip() for words in said if words.strip()))
    if not text and not media and not any(addresses):
        raise item.refuse("holds neither words, pictures nor links: what was shared is not in the export", code="empty")
    return Post(
        id=made_id("facebook", made_at, text or json.dumps(addresses), media), account=account, network="facebook",
        kind="post", text=text, created_at=made_at, links=links(text, *addresses), mentions=mentions(text),
        hashtags=hashtags(text), media=tuple(media),
    )


def _files(entry: Item) -> Iterator[Item]:
    """Photos and films of an attachment: its own, or those of a note."""
    own, note = entry.item_or_none("media"), entry.item_or_none("note")
    if own:
        yield own
    yield from note.items("media") if note else ()
