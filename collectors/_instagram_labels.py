"""The newer layout of Instagram's exports: an item is a list of labelled values, and its files lie among them.

**Source**: ``posts.json`` of exports of 2025 and 2026 as public importers describe it. Beside ``timestamp`` and
``title`` an item has ``label_values``, each a ``label`` with a ``value``, with ``media``, or with a ``dict`` of further
ones; the pictures of an album after its first hang below such a dict. Labels are in the language of the account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeGuard

from collectors._meta_export import only
from rollbook.pages import Item

#: Where further values may hang below an item or one of its values.
_BELOW = ("label_values", "media", "dict", "vec")
#: Labels that say whether the post was published, and those of what its readers saw.
_STATES = ("Draft", "Published")
_KEPT = frozenset((*_STATES, "Media", "Caption"))
_FILE = frozenset(("uri", "creation_timestamp", "title"))
#: Labels that would say that not everybody sees the post, with the values by which they do not say so.
_DOUBT = re.compile(r"draft|archiv|delet|hidden|private|audience|visib|shared with|close friends", re.IGNORECASE)
_NO_DOUBT = frozenset(("", "false", "no", "public", "everyone"))
_YES, _NO = frozenset(("true", "yes")), frozenset(("false", "no"))
#: Beside a film lie its words, which readers saw in the film.
SUBTITLES = (".srt", ".vtt")


NOT_SAID = "whether they were published is not said, or in another language than English"


def is_labelled(value: object) -> TypeGuard[dict[str, object]]:
    """Whether an item has this layout."""
    return isinstance(value, dict) and isinstance(value.get("label_values"), list)


def why_not(item: dict[str, object]) -> str:
    """Why an item is not for everybody, or may not be; empty where it is."""
    values = [entry for entry in _list(item, "label_values") if isinstance(entry, dict)]
    draft, published = ({_said(entry) for entry in values if entry.get("label") == name} for name in _STATES)
    if published & _NO:
        return "not published"
    doubted = sorted(_doubts(item))
    if doubted:
        return f"marked {doubted[0][:40]!r}"
    return "" if published & _YES or draft & _NO else NOT_SAID


def _said(entry: dict[str, object]) -> str:
    value = entry.get("value")
    return "" if value is None else str(value).strip().lower() if isinstance(value, (str, int)) else "?"


def _doubts(item: dict[str, object]) -> set[str]:
    """The labels under which something says, at any depth, that not everybody sees the post."""
    found, to_read = set[str](), [(item, "")]
    while to_read:
        part, above = to_read.pop()
        label = above or str(part.get("label", ""))
        if not _DOUBT.search(label):
            label = ""
        elif _said(part) not in _NO_DOUBT:
            found.add(label)
        to_read += [(below, label) for name in _BELOW for below in _list(part, name) if isinstance(below, dict)]
    return found


def as_shown(item: dict[str, object]) -> dict[str, object]:
    """An item as it stood, with what its readers saw alone: where a picture was taken and who is in it is left."""
    told = {name: item[name] for name in ("timestamp", "title") if name in item}
    return told | _below(item)


def _part(value: dict[str, object]) -> object:
    if "uri" in value:
        return only(value, _FILE)
    told = {name: value[name] for name in ("label", "value") if name in value and value.get("label") in _KEPT}
    return told | _below(value)


def _below(value: dict[str, object]) -> dict[str, object]:
    parts = {name: [_part(one) for one in _list(value, name) if isinstance(one, dict)] for name in _BELOW}
    return {name: [part for part in found if part] for name, found in parts.items() if any(found)}


def files_of(item: Item) -> Iterator[Item]:
    """The files of an item in their order, each once, from wherever they lie in it. **Raises** PageError (schema)."""
    seen = set[str]()
    to_read = [item]
    while to_read:
        part = to_read.pop()
        uri = part.words("uri")
        if uri and uri not in seen and not uri.lower().endswith(SUBTITLES):
            seen.add(uri)
            yield part
        to_read += reversed([below for name in _BELOW for below in part.items(name)])


def caption_of(item: Item) -> str:
    """The words of an item that stand under a label; otherwise its files have them as titles."""
    captions = (part.words("value") for part in item.items("label_values") if part.words("label") == "Caption")
    return next(captions, "")


def _list(value: dict[str, object], name: str) -> list[object]:
    found = value.get(name)
    return found if isinstance(found, list) else []
