"""The archive that an account's owner asks a Mastodon server for: actor.json, outbox.json and media_attachments/.

**Source**: Mastodon's app/services/backup_service.rb and https://docs.joinmastodon.org/spec/activitypub/, read 2026-11.
Its likes.json and bookmarks.json, and what only followers or the people named may see, are never read in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from collectors._mastodon_statuses import Origin, own_status, parts_of, profile
from rollbook.errors import PageError
from rollbook.exports import Export, ExportFile, Portion
from rollbook.pages import Item, read_each, read_item, read_json, refuse
from rollbook.types import Account, Media, Page, Parsed, Post, Reference

ACTOR, OUTBOX = "actor.json", "outbox.json"
#: Everybody, as servers spell it. **Source**: https://www.w3.org/TR/activitypub/#public-addressing.
_EVERYBODY = frozenset(("https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"))
#: Where a server keeps files when its owner sets nothing else; the archive leaves this out of their addresses.
_FILES = "/system/"
#: The choices of a poll: one of them, or several.
_CHOICES = ("oneOf", "anyOf")
#: What an account and what a post may be. **Source**: ActivityStreams vocabulary, and Mastodon's own use of it.
_ACTORS = frozenset(("Person", "Service", "Group", "Organization", "Application"))
_NOTES = frozenset(("Note", "Question", "Article", "Page"))
_MEDIA = {"image": "image", "video": "video", "audio": "audio"}

# -- reading the file --------------------------------------------------------------------------------------------


def _recognises(names: frozenset[str]) -> bool:
    return {ACTOR, OUTBOX} <= names


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:
    """The profile, then the public activities in the archive's order. **Raises** PageError: foreign-id."""
    actors = list(export.values(ACTOR, ""))
    if not actors:
        raise PageError("the member is empty", account=account.key, place=ACTOR)
    actor = read_item(actors[0], ACTOR, account.key)
    address = actor.text("id")
    user, _, host = account.handle.removeprefix("@").lower().partition("@")
    its_host = (parts_of(address).hostname or "").lower()
    name = host.partition(":")[0]
    # A handle's host may be a name that leads to the server's own: school.example for social.school.example.
    if actor.words("preferredUsername").lower() != user or not f".{its_host}".endswith(f".{name}"):
        problem = f"the archive is that of {actor.words('preferredUsername')}@{its_host}, another account"
        raise actor.refuse(problem, code="foreign-id")
    context = {"host": host, "actor": address, "user": user}
    yield Portion("export:actor", ACTOR, [_public(actor)], context)
    activities = (one for one in export.values(OUTBOX, "orderedItems.item") if _for_everybody(one))
    yield Portion("export:outbox", OUTBOX, activities, context)


def _public(actor: Item) -> dict[str, object]:
    """What the profile shows to everybody; keys and the places of private lists are left out."""
    shown = ("id", "type", "preferredUsername", "name", "summary", "url", "published", "icon", "image", "attachment")
    return {name: actor.data[name] for name in shown if name in actor.data}


def _for_everybody(activity: object) -> bool:
    """Whether everybody may see an activity, and what it is about. One that says nothing of it is not read in."""
    if not isinstance(activity, dict):
        return False
    about = activity.get("object")
    return _is_public(activity) and (not isinstance(about, dict) or _is_public(about))


def _is_public(thing: dict[str, object]) -> bool:
    named: list[object] = []
    for field in ("to", "cc"):
        value = thing.get(field)
        named += value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and one in _EVERYBODY for one in named)


def _member_of(export: ExportFile, _post: Post, media: Media) -> str:
    address = media.url or ""
    if "#" in address:  # the profile's pictures
        address = address.rpartition("#")[2]
    member = address.partition(_FILES)[2] or address
    return member if member in export.names else ""


def _recorded(page: Page, account: Account) -> Page | None:
    """Whether a recorded answer of the server's API is this account's timeline, one of its statuses or its profile."""
    user, _, host = account.handle.removeprefix("@").lower().partition("@")
    parts = urlsplit(page.url)
    if parts.netloc.lower() != host or not parts.path.startswith("/api/v1/"):
        return None
    try:
        read = read_json(page)
    except PageError:
        return None
    items = [item for item in (read if isinstance(read, list) else [read]) if isinstance(item, dict)]
    authors = [author for item in items for author in (item.get("account"), item) if isinstance(author, dict)]
    names = [author for author in authors if str(author.get("acct", "")).lower() == user and "id" in author]
    if not names or "/history" in parts.path:
        return None
    return replace(page, context={**page.context, "host": host, "account_id": str(names[0]["id"])})


EXPORT = Export(recognises=_recognises, read=_read, member_of=_member_of, recorded=_recorded)

# -- reading a page ----------------------------------------------------------------------------------------------


def parse_export(page: Page) -> Parsed:
    """Reads the activities, or the profile, that a page of an export holds."""
    if page.status != 200:
        return Parsed()
    values = read_json(page)
    if not isinstance(values, list):
        raise refuse(page, "schema", "a page of an export is no list")
    if page.part == "export:actor":
        return read_each(page, values, "actor", partial(_profile, page=page))
    return read_each(page, values, "activities", partial(_activity, page=page))


def member_alone(page: Page) -> Parsed | None:
    """What ``outbox.json``, ``actor.json`` or one activity yields by itself; None for a page of another kind.

    Whose it is, it says itself.
    """
    if b"@context" not in page.body and b"orderedItems" not in page.body:
        return None
    top = read_json(page)
    if not isinstance(top, dict):
        return None
    kind, listed = top.get("type"), top.get("orderedItems")
    if kind in _ACTORS and "preferredUsername" in top:
        return read_each(page, [top], ACTOR, partial(_profile, page=_of_actor(page, top.get("id"))))
    if not isinstance(listed, list):
        if kind in _NOTES:
            note, top = top, {"id": top.get("id"), "type": "Create", "actor": top.get("attributedTo"), "object": top}
            top |= {name: note[name] for name in ("to", "cc") if name in note}
        elif kind == "Update":
            top = {**top, "type": "Create"}
        elif kind not in ("Create", "Announce"):
            return None
        listed = [top]
    actor = next((one["actor"] for one in listed if isinstance(one, dict) and isinstance(one.get("actor"), str)), "")
    return read_each(page, listed, "activities", partial(_published, page=_of_actor(page, actor)))


def _of_actor(page: Page, actor: object) -> Page:
    address = actor if isinstance(actor, str) else ""
    parts = parts_of(address)
    user = parts.path.rpartition("/")[2].removeprefix("@").lower()
    return replace(page, context={**page.context, "host": parts.netloc.lower(), "actor": address, "user": user})


def _published(item: Item, page: Page) -> Post | None:
    if not _for_everybody(item.data):
        raise item.refuse("is not public and was not read in", code="not-public")
    return _activity(item, page)


def _activity(item: Item, page: Page) -> Post | None:
    kind, actor = item.text("type"), page.context.get("actor", "")
    if item.text("actor") != actor:
        raise item.refuse(f"the activity is by {item.text('actor')[:80]}, another account", code="foreign-id")
    if kind == "Create":
        return _note(item.item("object"), page)
    if kind != "Announce":
        return None  # a vote, a pin: nothing that was published
    about = item.data.get("object")
    if isinstance(about, dict):
        shown = _note(item.item("object"), page)
        original = Reference(shown.id, page.account, shown.text)
    else:
        shown, original = None, Reference(f"mastodon:{item.text('object')}")
    post = Post(
        id=f"mastodon:{item.text('id')}", account=page.account, network="mastodon", kind="repost", text="",
        created_at=item.moment("published"), url=original.id.removeprefix("mastodon:"), repost_of=original,
    )
    if shown is None:
        return post
    return replace(
        shown, id=post.id, kind="repost", created_at=post.created_at, edited_at=None, reply_to=None, quote_of=None,
        repost_of=original,
    )


def _note(note: Item, page: Page) -> Post:
    actor = page.context.get("actor", "")
    if note.text("attributedTo") != actor:
        raise note.refuse(f"the status is by {note.text('attributedTo')[:80]}, another account", code="foreign-id")
    languages = note.item_or_none("contentMap")
    tags = note.items("tag")
    parent = note.words("inReplyTo")
    quoted = note.words("quote") or note.words("quoteUri")
    status = {
        "uri": note.text("id"), "url": note.words("url"), "content": note.words("content"),
        "spoiler_text": note.words("summary"), "created_at": note.text("published"), "edited_at": note.words("updated"),
        "language": next(iter(languages.data), "") if languages else "",
        "account": {"id": actor, "acct": page.context.get("user", "")},
        "media_attachments": [_attached(entry, page) for entry in note.items("attachment")],
        "mentions": [{"acct": _bare(tag, "@")} for tag in tags if tag.words("type") == "Mention"],
        "tags": [{"name": _bare(tag, "#")} for tag in tags if tag.words("type") == "Hashtag"],
        "quote": {"state": "accepted"} if quoted else None,  # so that the link in the words is read as what it is
        "poll": {"options": [{"title": choice.words("name")} for name in _CHOICES for choice in note.items(name)]},
    }
    post = own_status(Item(status, note.place, note.account), Origin(page.account, page.context.get("host", ""), ""))
    if parent:
        own = page.account if parent.startswith(f"{actor}/") else ""
        return replace(post, kind="reply", reply_to=Reference(f"mastodon:{parent}", own))
    if quoted:
        return replace(post, kind="quote", quote_of=Reference(f"mastodon:{quoted}"))
    return post


def _bare(tag: Item, sign: str) -> str:
    return tag.words("name").removeprefix(sign)


def _attached(entry: Item, page: Page) -> dict[str, object]:
    kind = entry.words("mediaType").partition("/")[0]
    return {"type": _MEDIA.get(kind, ""), "description": entry.words("name"), "url": _address(entry.words("url"), page)}


def _address(file: str, page: Page) -> str:
    if not file or file.startswith(("https://", "http://")):
        return file
    return f"https://{page.context.get('host', '')}{_FILES}{file.lstrip('/').removeprefix('system/')}"


def _profile(actor: Item, page: Page) -> Post:
    if actor.text("id") != page.context.get("actor", ""):
        raise actor.refuse("the profile is another account's", code="foreign-id")
    shown: dict[str, object] = {
        "id": actor.text("id"), "acct": page.context.get("user", ""), "username": actor.words("preferredUsername"),
        "display_name": actor.words("name"), "note": actor.words("summary"), "url": actor.words("url"),
        "created_at": actor.words("published"), "fields": [field.data for field in actor.items("attachment")],
    }
    for ours, theirs in (("avatar", "icon"), ("header", "image")):
        picture = actor.item_or_none(theirs)
        file = picture.words("url") if picture else ""
        # The archive names the file only; where the server keeps it is not said.
        shown[ours] = file if not file or "://" in file else f"{actor.text('id')}#{file}"
    return profile(Item(shown, actor.place, actor.account), Origin(page.account, "", ""), page)
