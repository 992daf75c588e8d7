"""Who is named: whether two spellings are of the same person, and where a text names somebody on record."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def mentions(text: str, on_record: str) -> Iterator[tuple[int, int]]:
    """Where a text names somebody on record: in full, or by the first name and the last one's initial.

    **Shape**: half-open spans in the text's code points.
    """
    words = _words(on_record)
    if len(words) < 2:
        return
    first, *between, last = words
    gap = r"[\W_]{1,3}"
    middle = "".join(rf"(?:{re.escape(word)}{gap})?" for word in between)
    folded = fold(text)
    for found in re.finditer(rf"\b{re.escape(first)}{gap}{middle}(?:{re.escape(last)}\b|{last[0]}\b\.?)", folded.text):
        yield folded.span(*found.span())
