"""The export of an Instagram account: its posts and reels, nothing else; of its stories how many there are.

**Source**: exports of 2020 to 2026 as public importers describe them: ``posts_1.json``, ``reels.json`` and
``stories.json`` under ``your_instagram_activity/media/`` or ``…/content/``, earlier ``content/``. No schema is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors._graph_words import hashtags, links, mentions
from collectors._meta_export import check_public, file_of, member_of, moment, portions_at, repaired
from rollbook.exports import Export, ExportFile, Portion, made_id
from rollbook.pages import Item
from rollbook.types import Account, Media, Post

_MEMBERS = re.compile(r"(?:[^/]+/){0,2}(?:media|content)/(posts|reels|stories)(?:_\d+)?\.json")
#: Where the lists lie inside a member, the newest layout first.
_PATHS = {
    "posts": ("item", "ig_posts.item"),
    "reels": ("ig_reels_media.item", "item"),
    "stories": ("ig_stories.item", "item"),
}


#: What is taken of an item: what its readers saw.
_SHOWN = frozenset(("media", "uri", "creation_timestamp", "title"))
_STORY = "whether the story was for everybody or for close friends is not said"


def _recognises(names: frozenset[str]) -> bool:
    return any(_MEMBERS.fullmatch(name) for name in names)


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:  # noqa: ARG001 - these members name nobody
    for member in sorted(export.names):
        if found := _MEMBERS.fullmatch(member):
            yield from portions_at(export, member, f"export:{found[1]}", _PATHS[found[1]], _SHOWN, _why_not)


def _why_not(value: object) -> str:
    """Why an item may not be for everybody: a story, which is its file alone; posts and reels have a list of files."""
    return _STORY if isinstance(value, dict) and "uri" in value and "media" not in value else ""


EXPORT = Export(_recognises, _read, member_of, tells_audience=False)


def export_items(top: object) -> Sequence[object] | None:
    """The items of a portion or of a whole member; None where it is none."""
    named = [top.get(name) for name in ("ig_posts", "ig_reels_media", "ig_stories")] if isinstance(top, dict) else [top]
    return next((values for values in named if isinstance(values, list)), None)


def export_post(item: Item, account: str) -> Post:
    """A post: its pictures, each with its own time and words. **Raises** PageError: schema, not-public, empty."""
    check_public(item, _why_not)
    files = item.items("media") or (item,)
    made_at = moment(item if item.count("creation_timestamp") else files[0], "creation_timestamp")
    said = [repaired(one.words("title")).strip() for one in (item, *files)]
    text = "\n".join(dict.fromkeys(words for words in said if words))
    media: tuple[Media, ...] = tuple(shown for file in files if (shown := file_of(file)))
    if not text and not media:
        raise item.refuse("holds neither words nor pictures", code="empty")
    return Post(
        id=made_id("instagram", made_at, text, media), account=account, network="instagram", kind="post", text=text,
        created_at=made_at, links=links(text), mentions=mentions(text), hashtags=hashtags(text), media=media,
    )
