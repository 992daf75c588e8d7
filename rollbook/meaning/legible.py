"""A text as the model reads it: look-alikes, invisible characters, disguises and hashtags undone, with the way back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rollbook.text.lookalikes import LOOKALIKES

#: Categories that show nothing of their own: format characters, controls, combining marks.
_UNSEEN = frozenset({"Cf", "Cc", "Mn", "Me"})
#: Figures and signs that stand for a letter inside a word ("wh0le", "sn@p"); at its ends they are themselves ("3H").
_FIGURES = str.maketrans("013457@$", "oieastas")
_INSIDE_A_WORD = re.compile(r"(?<=[A-Za-z])[013457@$]{1,3}(?=[A-Za-z])")
#: Words of plain ASCII with single spaces, and no tag: read as they are, but for figures and shouting.
_AS_IT_IS = re.compile(r"[!\"$-~]+(?: [!\"$-~]+)*")
_TAG = re.compile(r"#[^\W\d_][^\W_]*")
#: Above this share of capitals a text is shouted, and is read in small letters.
_SHOUTED, _FEW_LETTERS = 0.6, 12


@dataclass(frozen=True, slots=True)
class Legible:
    """A plain text, and for each of its characters the place in the original that it was read from."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's code points that ``[start, end)`` was read from; ``start < end``."""
        return self.places[start], self.places[end - 1] + 1


@lru_cache(maxsize=64)
def legible(text: str) -> Legible:
    """The text for the model: one space between words, none at the ends."""
    shown: list[str] = []
    places: list[int] = []
    end_of_tag = place = 0
    while place < len(text):
        written = text[place]
        if place >= end_of_tag:
            if run := _AS_IT_IS.match(text, place):
                shown.append(run.group())
                places.extend(range(place, run.end()))
                place = run.end()
                continue
            if tag := _TAG.match(text, place):
                end_of_tag = tag.end()
                place += 1
                continue
        elif written.isupper() and shown and shown[-1][-1].islower():  # #VoteYes is two words
            shown.append(" ")
            places.append(place)
        for letter in _letters(written):
            if letter != " " or (shown and shown[-1] != " "):
                shown.append(letter)
                places.append(place)
        place += 1
    if shown and shown[-1] == " ":
        del shown[-1], places[-1]
    return Legible(_spelled("".join(shown)), tuple(places))


@lru_cache(maxsize=4096)
def _letters(written: str) -> str:
    """What one character is read as: a space, a letter or several, or nothing."""
    plain = written
    if not written.isascii():
        other = LOOKALIKES.get(written, written)
        # Accents are letters of Spanish and stay; a look-alike is a letter of another script.
        plain = unicodedata.normalize("NFKC", other if len(other) == 1 else written)
    return "".join(
        " " if letter.isspace() else letter for letter in plain
        if letter.isspace() or (letter.isprintable() and unicodedata.category(letter) not in _UNSEEN)
    )


def _spelled(plain: str) -> str:
    """Figures that stand for letters undone, and a shouted text in small letters. **Shape**: as long as it was."""
    plain = _INSIDE_A_WORD.sub(lambda match: match.group().translate(_FIGURES), plain)
    letters = sum(map(str.isalpha, plain))
    if letters > _FEW_LETTERS and sum(map(str.isupper, plain)) > _SHOUTED * letters:
        lowered = plain.lower()
        plain = lowered if len(lowered) == len(plain) else plain
    return plain
