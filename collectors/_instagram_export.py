"""The export of an Instagram account: its posts, reels and stories, nothing else.

**Source**: exports of 2020 to 2026 as public importers describe them: ``posts_1.json``, ``reels.json`` and
``stories.json`` under ``your_instagram_activity/media/`` or ``…/content/``, earlier ``content/``. No schema is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from collectors._graph_words import hashtags, links, mentions
from collectors._meta_export import file_of, identity, member_of, moment, portions, repaired
from rollbook.exports import Export, ExportFile, Portion
from rollbook.pages import Item, read_each, read_json, refuse
from rollbook.types import Account, Media, Page, Parsed, Post

_MEMBERS = re.compile(r"(?:[^/]+/){0,2}(?:media|content)/(posts|reels|stories)(?:_\d+)?\.json")
#: Where the lists lie inside a member, the newest layout first.
_PATHS = {
    "posts": ("item", "ig_posts.item"),
    "reels": ("ig_reels_media.item", "item"),
    "stories": ("ig_stories.item", "item"),
}


def _recognises(names: frozenset[str]) -> bool:
    return any(_MEMBERS.fullmatch(name) for name in names)


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:  # noqa: ARG001 - these members name nobody
    for member in sorted(export.names):
        if found := _MEMBERS.fullmatch(member):
            yield from portions(export, member, f"export:{found[1]}", _PATHS[found[1]])


EXPORT = Export(_recognises, _read, member_of)


def read_export(page: Page) -> Parsed:
    """Reads a portion of an export. **Raises** PageError."""
    values = read_json(page)
    if not isinstance(values, list):
        raise refuse(page, "schema", "the part of the export is no list")
    return read_each(page, values, page.part.removeprefix("export:"), partial(_post, account=page.account))


def _post(item: Item, account: str) -> Post:
    """A post: its pictures, each with its own time and words, or a single one that is all there is (a story)."""
    files = item.items("media") or (item,)
    made_at = moment(item if item.count("creation_timestamp") else files[0], "creation_timestamp")
    said = [repaired(one.words("title")).strip() for one in (item, *files)]
    text = "\n".join(dict.fromkeys(words for words in said if words))
    media: tuple[Media, ...] = tuple(shown for file in files if (shown := file_of(file)))
    if not text and not media:
        raise item.refuse("holds neither words nor pictures", code="empty")
    return Post(
        id=identity("instagram", made_at, text, media), account=account, network="instagram", kind="post", text=text,
        created_at=made_at, links=links(text), mentions=mentions(text), hashtags=hashtags(text), media=media,
    )
