"""Who is named: whether two spellings are of the same person, and where a text names somebody on record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rollbook.text.folding import fold

_WORD = re.compile(r"[^\W_]+")


def fits(written: str, on_record: str) -> bool:
    """Whether a name in a text is that of the register: all of it, its first name, or first name and last initial.

    "Imani Rowntree", "Imani R.", "Imani" and "Rowntree's" fit "Imani Rowntree"; "Imani Ross" does not.
    """
    words = [word.removesuffix("s") if "'" in written else word for word in _words(written)]
    record = _words(on_record)
    if not words or not record:
        return False
    full = set(record) | {word.removesuffix("s") for word in record}
    *firsts, last = words
    if not all(word in full for word in firsts):
        return False
    return last in full or (len(last) == 1 and bool(firsts) and record[-1].startswith(last))


def _words(name: str) -> list[str]:
    return _WORD.findall(re.sub(r"'s\b", "", fold(name).text))


class Roll:
    """Names on record, in order, each once; finds those that a text names, however many there are."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        #: By the first word, folded: where the names are that a text without the word does not name.
        self._by_first: dict[str, list[int]] = {}
        for number, name in enumerate(self.names):
            words = _words(name)
            if len(words) > 1:
                self._by_first.setdefault(words[0], []).append(number)

    def mentioned(self, text: str) -> Iterator[tuple[str, tuple[int, int]]]:
        """The names that a text mentions, in their order: in full, or by the first name and the last one's initial.

        **Shape**: with half-open spans in the text's code points, one for each time.
        """
        if not self._by_first:
            return
        folded = fold(text)
        met = self._by_first.keys() & set(_WORD.findall(folded.text))
        for number in sorted(number for word in met for number in self._by_first[word]):
            for found in _mention(self.names[number]).finditer(folded.text):
                yield self.names[number], folded.span(*found.span())


@lru_cache(maxsize=8)
def roll(names: tuple[str, ...]) -> Roll:
    """The roll of some names, made once."""
    return Roll(names)


@lru_cache(maxsize=1024)
def _mention(on_record: str) -> re.Pattern[str]:
    first, *between, last = _words(on_record)
    gap = r"[\W_]{1,3}"
    middle = "".join(rf"(?:{re.escape(word)}{gap})?" for word in between)
    return re.compile(rf"\b{re.escape(first)}{gap}{middle}(?:{re.escape(last)}\b|{last[0]}\b\.?)")
