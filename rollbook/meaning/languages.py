"""Whether a text is in a language that the model reads: English, Spanish, or both in turn."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rollbook.meaning.legible import legible

#: The commonest small words of each language: a text of a few words without one of them is in another, or is a list.
_SMALL_WORDS = frozenset(
    "the and to of a an in is it that for on with you i we are was be this at my our your from have not but so "
    "they he she by or as just all no can who what how when do if me us them out up his her its will get has had "
    "more one there here el la los las de del que y en un una es con por para no se mi su tu al lo como más mas "
    "pero sus le les muy ya hoy nos nuestro nuestra nuestros nuestras esta este está son fue si sí o todo todos "
    "qué hay desde cuando".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
#: What networks say where they do not know, and X's marks for texts of links, tags and pictures only.
_UNKNOWN = frozenset({"", "und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})
#: A text of fewer words says too little to be told by its words.
_FEW = 4
#: From this share of letters on the script is another one; a name or a quotation is less. **Source**: own choice.
_OTHER_SCRIPT = 0.5


@lru_cache(maxsize=64)
def is_read(text: str, stated: str | None) -> bool:
    """Whether the model reads a text's language; ``stated`` is what the network says, which is often wrong."""
    if not text.isascii():
        letters = [letter for letter in text if letter.isalpha()]
        other = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters if not letter.isascii())
        if other > _OTHER_SCRIPT * len(letters):
            return False
    language = (stated or "").lower().partition("-")[0]
    if language in _UNKNOWN or language in ("en", "es"):
        return True
    words = _WORD.findall(legible(text).text.lower())
    return len(words) < _FEW or sum(word in _SMALL_WORDS for word in words) >= 0.15 * len(words)
