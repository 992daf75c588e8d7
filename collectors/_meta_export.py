"""What the exports of Facebook and Instagram ("Download your information", JSON) have in common.

Neither says which id a post has, nor what address. Every text is UTF-8 whose bytes were written as Latin-1 characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import PurePosixPath

from rollbook.exports import ExportFile, Portion
from rollbook.pages import YEARS, Item, clean
from rollbook.types import Media, MediaType, Post

_SUFFIXES: dict[str, MediaType] = {
    ".jpg": "image", ".jpeg": "image", ".png": "image", ".gif": "image", ".webp": "image", ".heic": "image",
    ".mp4": "video", ".mov": "video", ".webm": "video", ".m4v": "video", ".mp3": "audio", ".m4a": "audio",
}
#: The field of an item that stands for those that were left out.
_LEFT_OUT = "LeftOut"


def repaired(text: str) -> str:
    """The text as it was written; one that is not broken stays as it is."""
    try:
        return clean(text.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        return clean(text)


def moment(item: Item, *names: str) -> datetime:
    """The first of some fields that tells seconds since 1970. **Raises** PageError (schema)."""
    for name in names:
        seconds = item.count(name)
        if seconds:
            return _moment(item, name, seconds)
    raise item.refuse(f"{names[0]!r} is missing; expected seconds since 1970")


def _moment(item: Item, name: str, seconds: int) -> datetime:
    try:
        made_at = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        made_at = None
    if made_at is None or made_at.year not in YEARS:
        raise item.refuse(f"{name!r} is {seconds}; expected seconds since 1970")
    return made_at


def file_of(item: Item) -> Media | None:
    """A picture, film or sound of the export, by its place in it; None where nothing is named."""
    place = repaired(item.words("uri"))
    if not place:
        return None
    return Media(_SUFFIXES.get(PurePosixPath(place.partition("?")[0]).suffix.lower(), "file"), url=place)


def member_of(export: ExportFile, post: Post, media: Media) -> str:  # noqa: ARG001 - what every export is asked
    """The member that holds a file: the export may lie in a folder of its own, or name its folder twice."""
    places = (f"{folder}{media.url}" for folder in _folders(export.names))
    return next((place for place in places if place in export.names), "")


@lru_cache(maxsize=4)
def _folders(names: frozenset[str]) -> tuple[str, ...]:
    """Where an export's own paths may begin: at its top, or in a folder of one or two levels."""
    parts = [name.split("/") for name in names]
    return ("", *sorted({"/".join(part[:depth]) + "/" for part in parts for depth in (1, 2) if len(part) > depth}))


def only(value: object, names: Collection[str]) -> object:
    """A JSON value with the fields of these names alone: where a picture was taken and by whom it was sent is left."""
    if isinstance(value, dict):
        return {name: only(inner, names) for name, inner in value.items() if name in names}
    return [only(inner, names) for inner in value] if isinstance(value, list) else value


# -- what is public of a member ------------------------------------------------------------------------------------

#: Why an item may not be shown; empty for one that everybody may see, None for one that was shown before.
WhyNot = Callable[[object], str | None]
#: An item with what its readers saw alone.
AsShown = Callable[[object], object]


def portions_at(
    export: ExportFile, member: str, part: str, paths: Sequence[str], as_shown: AsShown, why_not: WhyNot
) -> Iterator[Portion]:
    """A member's public items, each ``as_shown``, at the first of some paths that holds any.

    Of the others stands there how many they are, and why they were left out.
    """
    for path in paths:
        told = Counter[str | None]()
        yield Portion(part, member, _public(export.values(member, path), as_shown, why_not, told))
        if told:
            return


def _public(
    values: Iterator[object], as_shown: AsShown, why_not: WhyNot, told: Counter[str | None]
) -> Iterator[object]:
    """What is public, then how many were left out, and why; ``told`` counts by the reason."""
    for value in values:
        why = why_not(value)
        told[why] += 1
        if why == "":
            yield as_shown(value)
    yield from ({_LEFT_OUT: count, "Why": why} for why, count in told.items() if why)


def check_public(item: Item, why_not: WhyNot) -> None:
    """**Raises** PageError (not-public) for an item that may not be shown, and for the count of such items."""
    if _LEFT_OUT in item.data:
        problem = f"{item.count(_LEFT_OUT)} items were not read in: {item.words('Why')}"
        raise item.refuse(problem, code="not-public")
    if why := why_not(item.data):
        raise item.refuse(f"was not read in: {why}", code="not-public")
