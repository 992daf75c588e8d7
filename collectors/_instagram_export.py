"""The export of an Instagram account: its posts and reels, nothing else; of its stories how many there are.

Its account's name is read, and whether it is private, where an export in English says so.

**Source**: exports of 2020 to 2026 as public importers describe them: ``posts_1.json``, ``reels.json`` and
``stories.json`` under ``your_instagram_activity/media/`` or ``…/content/``, earlier ``content/``; since 2025 also
``posts.json`` in another layout (``_instagram_labels.py``). No schema is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from collectors._graph_words import hashtags, links, mentions
from collectors._instagram_labels import NOT_SAID, SUBTITLES, as_shown, caption_of, files_of, is_labelled, why_not
from collectors._meta_export import check_public, file_of, member_of, moment, only, portions_at, repaired
from rollbook.errors import PageError
from rollbook.exports import Export, ExportFile, Portion, made_id
from rollbook.pages import Item
from rollbook.types import Account, Media, Post

_MEMBERS = re.compile(r"(?:[^/]+/){0,2}(?:media|content)/(posts|reels|stories)(_\d+)?\.json")
#: Whose it is; of all that stands there two values are read, which an account in English labels so.
_WHOSE = re.compile(r"(?:[^/]+/){0,3}(?:personal|account)_information/personal_information\.json")
_NAME, _PRIVATE = (f"profile_user.item.string_map_data.{label}.value" for label in ("Username", "Private Account"))
#: Where the lists lie inside a member, the newest layout first.
_PATHS = {
    "posts": ("item", "ig_posts.item"),
    "reels": ("ig_reels_media.item", "item"),
    "stories": ("ig_stories.item", "item"),
}


#: What is taken of an item: what its readers saw.
_SHOWN = frozenset(("media", "uri", "creation_timestamp", "title"))
_MOMENTS = ("creation_timestamp", "timestamp")
_STORY = "whether the story was for everybody or for close friends is not said"
_IN_PART = "some of their files stand in another item too: which of the two is whole is not said"


def _recognises(names: frozenset[str]) -> bool:
    return any(_MEMBERS.fullmatch(name) for name in names)


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:
    """The posts. **Raises** PageError: foreign-id, not-public, where the export says so of its account."""
    for member in sorted(filter(_WHOSE.fullmatch, export.names)):
        _check(export, member, account)
    found = [found for name in export.names if (found := _MEMBERS.fullmatch(name))]
    # posts.json, which has labels, before posts_1.json.
    members = sorted((one[1], one[2] or "", one[0]) for one in found)
    met = {uri for kind, _, member in members if kind != "stories" for uri in _withheld(export, member)}
    for kind, _, member in members:
        why = partial(_why_not_here, kind=kind, met=met)
        yield from portions_at(export, member, f"export:{kind}", _PATHS[kind], _as_shown, why)


def _withheld(export: ExportFile, member: str) -> Iterator[str]:
    """The files of what labels call a draft or not for everybody: another member may have them without a label."""
    for value in export.values(member, "item"):
        if is_labelled(value) and why_not(value) not in ("", NOT_SAID):
            yield from _uris(value)


def _check(export: ExportFile, member: str, account: Account) -> None:
    names = [repaired(name) for name in export.values(member, _NAME) if isinstance(name, str)]
    if names and account.handle.removeprefix("@").lower() not in map(str.lower, names):
        problem = f"the export is of {names[0][:80]}, not of {account.handle}"
        raise PageError(problem, account=account.key, place=member, code="foreign-id")
    if any(str(value).lower() == "true" for value in export.values(member, _PRIVATE)):
        problem = "the account is private: only its followers see its posts"
        raise PageError(problem, account=account.key, place=member, code="not-public")


def _as_shown(value: object) -> object:
    return as_shown(value) if is_labelled(value) else only(value, _SHOWN)


def _why_not(value: object) -> str:
    """Why an item may not be for everybody: a story, which is its file alone; posts and reels have a list of files."""
    if is_labelled(value):
        return why_not(value)
    return _STORY if isinstance(value, dict) and "uri" in value and "media" not in value else ""


def _why_not_here(value: object, *, kind: str, met: set[str]) -> str | None:
    """The same of an item in its member; None for one whose files were ``met`` elsewhere: a post may stand in two."""
    why = _STORY if kind == "stories" else _why_not(value)
    if why:
        return why
    files = set(_uris(value))
    known = files & met
    met |= files
    return "" if not known else None if known == files else _IN_PART


def _uris(value: object) -> Iterator[str]:
    """The places of an item's files, wherever they lie in it."""
    if isinstance(value, dict) and isinstance(uri := value.get("uri"), str) and not uri.lower().endswith(SUBTITLES):
        yield uri
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _uris(inner)


EXPORT = Export(_recognises, _read, member_of, tells_audience=False)


def export_items(top: object) -> Sequence[object] | None:
    """The items of a portion or of a whole member; None where it is none."""
    named = [top.get(name) for name in ("ig_posts", "ig_reels_media", "ig_stories")] if isinstance(top, dict) else [top]
    return next((values for values in named if isinstance(values, list)), None)


def export_post(item: Item, account: str) -> Post:
    """A post: its pictures, each with its own time and words. **Raises** PageError: schema, not-public, empty."""
    check_public(item, _why_not)
    files = tuple(files_of(item)) if is_labelled(item.data) else item.items("media") or (item,)
    when = next((one for one in (item, *files) if any(one.count(name) for name in _MOMENTS)), item)
    made_at = moment(when, *_MOMENTS)
    said = [repaired(words).strip() for words in (caption_of(item), *(one.words("title") for one in (item, *files)))]
    text = "\n".join(dict.fromkeys(words for words in said if words))
    media: tuple[Media, ...] = tuple(shown for file in files if (shown := file_of(file)))
    if not text and not media:
        raise item.refuse("holds neither words nor pictures", code="empty")
    return Post(
        id=made_id("instagram", made_at, text, media), account=account, network="instagram", kind="post", text=text,
        created_at=made_at, links=links(text), mentions=mentions(text), hashtags=hashtags(text), media=media,
    )
