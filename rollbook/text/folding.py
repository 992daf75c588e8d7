"""One plain spelling of any text, with the way back: what is found in the fold is quoted from the original.

Folding takes case, accents, look-alike letters, full-width forms, invisible and direction characters away. It works
character by character, so that most texts are folded by one table in C and positions are worked out only for a hit.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from rollbook.text.lookalikes import LOOKALIKES

#: Categories that carry no letter of their own: combining marks, and format characters (zero-width, soft hyphen, bidi).
_DROPPED = frozenset({"Mn", "Me", "Cf"})
_MARK = frozenset({"Mn", "Me"})
#: Doubly escaped text is met in feeds and in redirecting links; deeper nesting is not.
_ESCAPE_ROUNDS = 2

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});?")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_ESCAPE = re.compile(r"&(?:#|[a-zA-Z]+[0-9]*;)|%[0-9a-fA-F]{2}")


def _fold_character(character: str) -> str:
    """The plain spelling of one character; empty where it shows nothing."""
    folded = []
    for part in unicodedata.normalize("NFKD", LOOKALIKES.get(character, character)):
        part = LOOKALIKES.get(part, part)
        if len(part) != 1:
            folded.append(part)
            continue
        category = unicodedata.category(part)
        if category in _DROPPED:
            continue
        if category == "Nd":
            folded.append(str(unicodedata.decimal(part)))
        elif category == "Zs":
            folded.append(" ")
        elif category in ("Zl", "Zp"):
            folded.append("\n")
        else:
            letters = (LOOKALIKES.get(letter, letter) for letter in part.casefold())
            folded.extend(letter for letter in letters if letter and unicodedata.category(letter[0]) not in _DROPPED)
    return "".join(folded)


class _Table(dict[int, str]):
    """The fold of every character met so far."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_TABLE = _Table()

#: One shown character of the original, and the half-open span that it was read from.
Unit = tuple[str, int, int]


def _decoded(
    units: list[Unit], pattern: re.Pattern[str], decode: Callable[[str], Iterable[tuple[str, int]]]
) -> list[Unit]:
    """The units with every match of ``pattern`` replaced by what ``decode`` reads in it (character, written length)."""
    text = "".join(unit[0] for unit in units)
    result: list[Unit] = []
    done = 0
    for match in pattern.finditer(text):
        result.extend(units[done : match.start()])
        place = match.start()
        for character, length in decode(match.group()):
            result.append((character, units[place][1], units[place + length - 1][2]))
            place += length
        done = match.end()
    result.extend(units[done:])
    return result


def _entity(written: str) -> Iterable[tuple[str, int]]:
    shown = html.unescape(written)
    if len(shown) == 1:
        yield shown, len(written)
    else:  # no entity at all, or a rare one of two characters: leave it as it is written
        yield from ((character, 1) for character in written)


def _percent(written: str) -> Iterable[tuple[str, int]]:
    try:
        shown = unquote_to_bytes(written).decode("utf-8")
    except UnicodeDecodeError:
        yield from ((character, 1) for character in written)
        return
    for character in shown:
        yield character, 3 * len(character.encode("utf-8"))


@dataclass(slots=True)
class Folded:
    """A text and its plain spelling."""

    original: str
    text: str
    #: Where escapes were decoded: the characters that the reader is shown.
    _units: list[Unit] | None = None
    _offsets: tuple[list[int], list[int]] | None = field(default=None, repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the original that the fold's ``[start, end)`` was read from; ``start < end``."""
        if self._units is None and self.original.isascii():
            return start, end
        if self._offsets is None:
            self._offsets = self._measure()
        starts, ends = self._offsets
        return starts[start], ends[end - 1]

    def quote(self, start: int, end: int) -> str:
        """The original's own characters for the fold's ``[start, end)``."""
        first, last = self.span(start, end)
        return self.original[first:last]

    def _measure(self) -> tuple[list[int], list[int]]:
        starts: list[int] = []
        ends: list[int] = []
        units = self._units
        if units is None:
            units = [(character, place, place + 1) for place, character in enumerate(self.original)]
        for character, start, end in units:
            folded = _TABLE[ord(character)]
            if not folded and ends and unicodedata.category(character) in _MARK:
                ends[-1] = end  # an accent belongs to the letter before it
            starts.extend([start] * len(folded))
            ends.extend([end] * len(folded))
        return starts, ends


@lru_cache(maxsize=64)
def fold(text: str, escapes: bool = False) -> Folded:
    """The plain spelling of a text; with ``escapes``, HTML entities and percent-encoding are read as what they show."""
    if escapes and _ESCAPE.search(text):
        plain: list[Unit] = [(character, place, place + 1) for place, character in enumerate(text)]
        units = plain
        for _ in range(_ESCAPE_ROUNDS):
            units = _decoded(_decoded(units, _ENTITY, _entity), _PERCENT, _percent)
        if len(units) != len(plain):
            return Folded(text, "".join(_TABLE[ord(unit[0])] for unit in units), units)
    return Folded(text, text.lower() if text.isascii() else text.translate(_TABLE))
