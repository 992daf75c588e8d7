"""The text as the model reads it: disguises are undone, and every character knows where it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.meaning.legible import legible


@pytest.mark.parametrize(("written", "read"), [
    ("  two  spaces\nand a line ", "two spaces and a line"),
    ("ze\u200bro wi\u00addth", "zero width"),
    ("сoаch (Cyrillic)", "coach (Cyrillic)"),
    ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
    ("the wh0le th1ng, c0st zero", "the whole thing, cost zero"),
    ("sn@p me", "snap me"),
    ("Room 3H, 7th grade, 2nd try", "Room 3H, 7th grade, 2nd try"),
    ("¿Qué pasó, señora?", "¿Qué pasó, señora?"),
    ("I TOLD YOU TWICE ALREADY", "i told you twice already"),
    ("OK GO", "OK GO"),
    ("go 🏀 team", "go 🏀 team"),
    ("", ""),
    ("\u200b \n", ""),
])
def test_what_is_read(written: str, read: str) -> None:
    assert legible(written).text == read


@given(st.text())
def test_each_character_has_a_place_in_order(written: str) -> None:
    plain = legible(written)
    assert len(plain.places) == len(plain.text)
    assert list(plain.places) == sorted(plain.places)
    assert not plain.places or plain.places[-1] < len(written)
    assert plain.text == plain.text.strip()
    assert "  " not in plain.text


def test_a_span_is_quoted_from_the_original() -> None:
    written = "my со\u200bасh said"
    plain = legible(written)
    start = plain.text.index("coach")
    first, last = plain.span(start, start + 5)
    assert written[first:last] == "со\u200bасh"


def test_a_hashtag_is_read_as_its_words() -> None:
    plain = legible("#VoteYes for #snowday, #1 fan, C# class")
    assert plain.text == "Vote Yes for snowday, #1 fan, C# class"
    assert plain.span(0, 8) == (1, 8)


def test_two_figures_in_a_row_are_letters_inside_a_word() -> None:
    assert legible("see you s00n").text == "see you soon"


@pytest.mark.parametrize(("written", "read"), [
    ("#VoteYes on 5/19! #goLARKS_now", "Vote Yes on 5/19! go LARKS_now"),
    ("look#Here and # alone, #1 fan", "look Here and # alone, #1 fan"),
    ("plain words, then\n\n#TwoWords end", "plain words, then Two Words end"),
])
def test_tags_are_words(written: str, read: str) -> None:
    assert legible(written).text == read
