"""Marks evidence in the words it points at: exact code points, spans may overlap, long texts are cut around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports._visible import Piece, pieces

#: Code points up to which a text is shown whole: a screen's height; most networks allow less.
WHOLE = 1_500
#: Code points shown either side of a piece of evidence, and at the beginning, of a longer text: about four lines.
AROUND = 300
#: Code points within which a word is expected to begin or end.
_LONG_WORD = 24

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that the same pieces of evidence point at, or that were left out."""

    pieces: tuple[Piece, ...]
    #: Which of the spans lie on it; empty for none.
    marks: tuple[int, ...] = ()
    #: Code points left out here.
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as the report shows it."""

    stretches: tuple[Stretch, ...]
    length: int
    #: Code points that are shown of it.
    shown: int


def passage(text: str, spans: Sequence[Span] = ()) -> Passage:
    """The text with its spans marked. **Shape**: stretches in order; a span outside the text marks what is inside."""
    inside = [(max(start, 0), min(end, len(text))) for start, end in spans]
    windows = _windows(text, [span for span in inside if span[0] < span[1]])
    edges = sorted({edge for span in (*inside, *windows) for edge in span})
    stretches: list[Stretch] = []
    current: list[Piece] = []
    above: tuple[int, ...] = ()
    place = 0

    def close() -> None:
        if current:
            stretches.append(Stretch(tuple(current), above))
            current.clear()

    for piece in _split(pieces(text), edges):
        if not any(start <= piece.start < end for start, end in windows):
            continue
        if piece.start > place:
            close()
            stretches.append(Stretch((), cut=piece.start - place))
        marks = tuple(number for number, (start, end) in enumerate(inside) if start < piece.end and piece.start < end)
        if marks != above:
            close()
            above = marks
        current.append(piece)
        place = piece.end
    close()
    if place < len(text):
        stretches.append(Stretch((), cut=len(text) - place))
    return Passage(tuple(stretches), len(text), len(text) - sum(stretch.cut for stretch in stretches))


def _windows(text: str, spans: Iterable[Span]) -> list[Span]:
    """What of a text is shown: all of a short one, else its beginning and what lies around each span's two ends."""
    length = len(text)
    if length <= WHOLE:
        return [(0, length)] if length else []
    edges = [(0, AROUND), *((max(edge - AROUND, 0), min(edge + AROUND, length)) for span in spans for edge in span)]
    wanted = sorted((word_start(text, start), word_end(text, end)) for start, end in edges)
    merged = [wanted[0]]
    for start, end in wanted[1:]:
        if start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def word_start(text: str, place: int) -> int:
    """Where the word at a place begins, so that no text is cut inside a word; the place itself in a very long one."""
    near = max(place - _LONG_WORD, 0)
    spaces = [index for index in range(near, place) if text[index].isspace()]
    return spaces[-1] + 1 if spaces else near if near == 0 else place


def word_end(text: str, place: int) -> int:
    """Where the word at a place ends; the place itself in a very long one."""
    far = min(place + _LONG_WORD, len(text))
    return next((index for index in range(place, far) if text[index].isspace()), far if far == len(text) else place)


def _split(parts: Iterable[Piece], edges: Sequence[int]) -> Iterator[Piece]:
    """Cuts the pieces at the edges; what stands for something unseen stays whole."""
    for piece in parts:
        start = piece.start
        for edge in () if piece.unseen else edges:
            if start < edge < piece.end:
                yield Piece(start, edge, piece.text[start - piece.start:edge - piece.start])
                start = edge
        yield piece if start == piece.start else Piece(start, piece.end, piece.text[start - piece.start:])
