"""Pieces of words: each covers its own characters, and nothing of a text is left out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.meaning import encoder
from rollbook.meaning.legible import legible
from rollbook.meaning.pieces import Piece, Pieces, windows

PIECES = Pieces(encoder.MODEL / "pieces.model")


@pytest.mark.parametrize("text", ["Coach Pell said no.", "¿Qué pasó, coach? 🏀 go", "a", "日本 and ogham ᚁ"])
def test_pieces_cover_the_text(text: str) -> None:
    covered = "".join(text[piece.start : piece.end] for piece in PIECES.cut(text))
    assert covered == text.replace(" ", "")


@given(st.text(max_size=80))
def test_spans_follow_one_another(written: str) -> None:
    text = legible(written).text
    place = 0
    for piece in PIECES.cut(text):
        assert place <= piece.start <= piece.end <= len(text)
        place = piece.end


def test_windows_overlap_and_leave_nothing_out() -> None:
    pieces = [Piece(number, number, number + 1) for number in range(25)]
    stretches = windows(pieces, 10, 3)
    assert [len(stretch) for stretch in stretches] == [10, 10, 10, 4]
    assert {piece.id for stretch in stretches for piece in stretch} == set(range(25))
    assert all(later[0].id == earlier[-3].id for earlier, later in itertools.pairwise(stretches))
    assert windows(pieces[:4], 10, 3) == [pieces[:4]]
