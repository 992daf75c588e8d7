"""Pieces of words, as the model counts them: the vocabulary of multilingual-e5 that English and Spanish use."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

#: SentencePiece's mark for the space before a word.
_SPACE = "▁"
#: Ids of the vocabulary file: a text begins with FIRST, and each of its parts ends with LAST.
FIRST, PAD, LAST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a plain text: its id, and the half-open span that it covers, a leading space left out."""

    id: int
    start: int
    end: int


class Pieces:
    """Cuts text into pieces."""

    def __init__(self, file: Path) -> None:
        self._processor: Any = importlib.import_module("sentencepiece").SentencePieceProcessor(model_file=str(file))

    def __len__(self) -> int:
        return int(self._processor.get_piece_size())

    def ids(self, text: str) -> list[int]:
        """The ids of the pieces of a plain text, as ``cut`` gives them."""
        found: list[int] = self._processor.encode(text, out_type=int)
        return found

    def cut(self, text: str) -> list[Piece]:
        """The pieces of a plain text that has single spaces and none at its ends (``legible``)."""
        found = []
        place = -1  # the mark before the first word stands for no character
        for number, piece in zip(self.ids(text), self._processor.encode(text, out_type=str), strict=True):
            start, place = place, place + len(piece)
            found.append(Piece(number, start + piece.startswith(_SPACE), place))
        return found


_Item = TypeVar("_Item")


def windows(pieces: list[_Item], longest: int, overlap: int) -> list[list[_Item]]:
    """The pieces in stretches of at most ``longest``, each of which repeats the last ``overlap`` of the one before."""
    last = max(len(pieces) - overlap, 1)
    return [pieces[start : start + longest] for start in range(0, last, longest - overlap)]
