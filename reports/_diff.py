"""What an edit changed, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from reports._marking import word_end, word_start
from reports._visible import Piece, pieces
from reports._wording import NOUNS
from rollbook.types import Media, Post

Operation = Literal["same", "added", "removed", "cut"]

#: A word with the space after it; a sign of Chinese, Japanese or Korean stands alone, they write no spaces.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+\s*|\s+")
#: Unchanged code points that are shown before and after a change: two lines.
_AROUND = 160
#: Code points of one added or removed stretch that are shown.
_LONGEST = 1_200
#: Pairs of words beyond which the middle counts as rewritten: the comparison's time grows with their product.
_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of two versions of a text, compared."""

    operation: Operation
    pieces: tuple[Piece, ...] = ()
    #: Code points left out, for ``cut``.
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """One part of a post in both versions."""

    #: What it is: "Words", "Description of picture 1".
    part: str
    edits: tuple[Edit, ...]


def compare_posts(before: Post, after: Post) -> tuple[Compared, ...]:
    """Every part of a post that differs between two versions; empty where only what a reader cannot see differs."""
    parts = [("Words", before.text, after.text)]
    for index in range(max(len(before.media), len(after.media))):
        old, new = before.media[index:index + 1], after.media[index:index + 1]
        noun = f"{NOUNS[(new or old)[0].type]} {index + 1}"
        if old and new:
            parts.append((f"Description of {noun}", old[0].alt or "", new[0].alt or ""))
            if _file(old[0]) != _file(new[0]):
                parts.append((noun.capitalize(), "the earlier file", "another file"))
        else:
            shown = (new or old)[0].alt or "without a description"
            parts.append((noun.capitalize(), "" if new else shown, shown if new else ""))
    parts.append(("Links", "\n".join(before.links), "\n".join(after.links)))
    return tuple(Compared(part, compare(old, new)) for part, old, new in parts if old != new)


def _file(media: Media) -> str:
    """Which file it is: its address without the query, where signatures and expiry times live."""
    return media.sha256 or (media.url or media.path or "").partition("?")[0]


def compare(before: str, after: str) -> tuple[Edit, ...]:
    """Two versions of a text, word by word, with what did not change cut short."""
    found = list(_spaced(_operations(_WORD.findall(before), _WORD.findall(after))))
    edits: list[Edit] = []
    for place, (operation, text) in enumerate(found):
        if operation == "same":
            head = 0 if place == 0 else _AROUND
            tail = 0 if place == len(found) - 1 else _AROUND
        else:
            head, tail = _LONGEST * 2 // 3, _LONGEST // 3
        edits.extend(_cut(operation, text, head, tail))
    return tuple(edits)


def _spaced(found: Iterable[tuple[Operation, str]]) -> Iterator[tuple[Operation, str]]:
    """Takes the space that ends a changed stretch out of it: words stand apart, and no space is underlined."""
    for operation, text in found:
        words = text.rstrip()
        if operation == "same" or not words:
            yield operation, text
            continue
        yield operation, words
        if operation == "removed" or words != text:
            yield "same", " " if operation == "removed" else text[len(words):]


def _cut(operation: Operation, text: str, head: int, tail: int) -> Iterator[Edit]:
    head = word_end(text, head) if head else 0
    last = word_start(text, len(text) - tail) if tail else len(text)
    if last - head <= 40:  # a note about fewer left out is longer than they are
        yield Edit(operation, tuple(pieces(text)))
        return
    if head:
        yield Edit(operation, tuple(pieces(text[:head])))
    yield Edit("cut", cut=last - head)
    if last < len(text):
        yield Edit(operation, tuple(pieces(text[last:])))


def _operations(old: list[str], new: list[str]) -> Iterator[tuple[Operation, str]]:
    """The comparison. **Shape**: in reading order; what was removed stands before what was added in its place.

    The space after a word counts only where nothing else differs; what is the same is said as it stands now.
    """
    before, after = [word.strip() for word in old], [word.strip() for word in new]
    if before == after:
        before, after = old, new
    start = 0
    while start < min(len(old), len(new)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    if start:
        yield "same", _same(old[:start], new[:start])
    old_end, new_end = len(old) - end, len(new) - end
    if (old_end - start) * (new_end - start) > _PAIRS:
        codes = [("replace", 0, old_end - start, 0, new_end - start)]
    else:
        matcher = SequenceMatcher(None, before[start:old_end], after[start:new_end], autojunk=False)
        codes = list(matcher.get_opcodes())
    for code, i, j, k, m in codes:
        if code == "equal":
            yield "same", _same(old[start + i:start + j], new[start + k:start + m])
            continue
        if i < j:
            yield "removed", "".join(old[start + i:start + j])
        if k < m:
            yield "added", "".join(new[start + k:start + m])
    if end:
        yield "same", "".join(new[new_end:])


def _same(old: list[str], new: list[str]) -> str:
    """Words that did not change, as they stand now; the space after the last is kept where either version has one."""
    return "".join(new[:-1]) + max(new[-1], old[-1], key=len)
