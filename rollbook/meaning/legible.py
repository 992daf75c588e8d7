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
    in_hashtag = False
    for place, written in enumerate(text):
        if written == "#" and text[place + 1 : place + 2].isalpha():
            in_hashtag = True
            continue
        in_hashtag = in_hashtag and written.isalnum()
        if in_hashtag and written.isupper() and shown and shown[-1].islower():  # #VoteYes is two words
            shown.append(" ")
            places.append(place)
        plain = written
        if not written.isascii():
            other = LOOKALIKES.get(written, written)
            # Accents are letters of Spanish and stay; a look-alike is a letter of another script.
            plain = unicodedata.normalize("NFKC", other if len(other) == 1 else written)
        for letter in plain:
            if letter.isspace():
                if shown and shown[-1] != " ":
                    shown.append(" ")
                    places.append(place)
            elif letter.isprintable() and (letter.isascii() or unicodedata.category(letter) not in _UNSEEN):
                shown.append(letter)
                places.append(place)
    if shown and shown[-1] == " ":
        del shown[-1], places[-1]
    plain = _INSIDE_A_WORD.sub(lambda match: match.group().translate(_FIGURES), "".join(shown))
    letters = sum(map(str.isalpha, plain))
    if letters > _FEW_LETTERS and sum(map(str.isupper, plain)) > _SHOUTED * letters:
        lowered = plain.lower()
        plain = lowered if len(lowered) == len(plain) else plain
    return Legible(plain, tuple(places))
