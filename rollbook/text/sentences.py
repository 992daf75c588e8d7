"""Sentences of a text, folded or not, good enough to keep what is claimed apart from what is asked or reported."""

from __future__ import annotations

import re

#: After these a full stop ends no sentence.
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|jr|sr|vs|no|dept|gov|supt|prof|coach|sra|srta|dra|ud|a\.m|p\.m|e\.g|i\.e|u\.s|n\.y)|\b[a-z])\.\Z",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?]+[\"')\]]*(?=\s|\Z)|\n+")


def sentences(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences, without the white space around them. **Shape**: in order, never empty."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.group() == "." and _ABBREVIATION.search(text, max(start, match.end() - 6), match.end()):
            continue
        _add(found, text, start, match.end())
        start = match.end()
    _add(found, text, start, len(text))
    return found


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append((start, end))
