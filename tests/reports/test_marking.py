"""Evidence is marked at exact code points, whatever the text holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports._marking import AROUND, WHOLE, Passage, passage
from reports._visible import plain

TEXTS = st.text(st.characters(), max_size=200) | st.text("ab\u200b\u202e\u0301\r\n\U0001f468\u200d\0 ", max_size=200)


def marked(found: Passage, text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [
        (text[stretch.pieces[0].start:stretch.pieces[-1].end], stretch.marks) for stretch in found.stretches if stretch.marks
    ]


def test_one_span() -> None:
    text = "Write to jdoe@district.example today"
    assert marked(passage(text, [(9, 30)]), text) == [("jdoe@district.example", (0,))]


def test_spans_count_code_points_not_units() -> None:
    text = "\U0001f4da\U0001f468\u200d\U0001f469 Ms. K: jdoe"
    start = text.index("jdoe")
    assert marked(passage(text, [(start, start + 4)]), text) == [("jdoe", (0,))]


@pytest.mark.parametrize(("spans", "expected"), [
    ([(0, 5), (3, 8)], [("abc", (0,)), ("de", (0, 1)), ("fgh", (1,))]),
    ([(2, 4), (0, 8)], [("ab", (1,)), ("cd", (0, 1)), ("efgh", (1,))]),
    ([(0, 2), (2, 4)], [("ab", (0,)), ("cd", (1,))]),
    ([(5, 5)], []),
    ([(6, 99)], [("gh", (0,))]),
    ([(50, 99)], []),
    ([(-4, 2)], [("ab", (0,))]),
])
def test_overlapping_touching_and_impossible_spans(
    spans: list[tuple[int, int]], expected: list[tuple[str, tuple[int, ...]]],
) -> None:
    assert marked(passage("abcdefgh", spans), "abcdefgh") == expected


@given(TEXTS, st.lists(st.tuples(st.integers(-5, 210), st.integers(-5, 210)), max_size=5))
def test_nothing_is_lost_and_every_mark_covers_its_span(text: str, spans: list[tuple[int, int]]) -> None:
    found = passage(text, spans)
    places = [piece for stretch in found.stretches for piece in stretch.pieces]
    assert [piece.start for piece in places] == [0, *[piece.end for piece in places]][:len(places)]
    assert sum(piece.end - piece.start for piece in places) == len(text) == found.shown
    for number, (start, end) in enumerate(spans):
        covered = {
            place for stretch in found.stretches if number in stretch.marks for piece in stretch.pieces
            for place in range(piece.start, piece.end)
        }
        assert covered >= set(range(max(start, 0), min(end, len(text))))


def test_a_long_text_is_cut_around_its_evidence_and_says_how_much() -> None:
    text = "a" * 5_000 + "EVIDENCE" + "b" * 5_000
    found = passage(text, [(5_000, 5_008)])
    assert marked(found, text) == [("EVIDENCE", (0,))]
    assert found.shown == AROUND * 3 + 8
    assert found.shown + sum(stretch.cut for stretch in found.stretches) == len(text)


def test_a_long_text_is_not_cut_inside_a_word() -> None:
    text = "consideration " * 500 + "EVIDENCE " + "afterwards " * 500
    start = text.index("EVIDENCE")
    found = passage(text, [(start, start + 8)])
    shown = "".join("".join(piece.text for piece in stretch.pieces) + " " for stretch in found.stretches)
    assert set(shown.split()) == {"consideration", "EVIDENCE", "afterwards"}


def test_a_long_text_without_evidence_shows_its_beginning() -> None:
    found = passage("word " * WHOLE)
    assert AROUND <= found.shown <= AROUND + 4
    assert found.stretches[-1].cut == 5 * WHOLE - found.shown


def test_evidence_as_long_as_a_book_shows_both_its_ends() -> None:
    text = "x" * 100_000
    found = passage(text, [(1_000, 99_000)])
    assert found.shown <= 5 * AROUND
    shown = [(stretch.pieces[0].start, stretch.pieces[-1].end) for stretch in found.stretches if stretch.marks]
    assert shown == [(1_000, 1_000 + AROUND), (99_000 - AROUND, 99_000)]


@pytest.mark.parametrize(("text", "expected"), [
    ("a\u200bb", "a[ZWSP]b"),
    ("a\u202eb\u202cc", "a[RLO]b[PDF]c"),
    ("nul\x00 esc\x1b del\x7f", "nul\u2400 esc\u241b del\u2421"),
    ("next line\x85", "next line[U+0085]"),
    ("a\ud800b", "a[U+D800]b"),
    ("tag\U000e0041", "tag[U+E0041]"),
    ("soft\u00adhyphen", "soft[SHY]hyphen"),
    ("e\u0301 e\u0302\u0301", "e\u0301 e\u0302\u0301"),
    ("Z" + "\u0301" * 60, "Z" + "\u0301" * 4 + "[+56 marks]"),
    ("j\u200ddoe", "j[ZWJ]doe"),
    ("\uff4a\u200d\uff44", "\uff4a[ZWJ]\uff44"),
    ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
    ("نمی\u200cخواهم", "نمی\u200cخواهم"),
    ("\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
     "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"),
    ("❤\ufe0f tab\tand\nline", "❤\ufe0f tab\tand\nline"),
    ("two\r\nlines, one\rreturn", "two\nlines, one\u240dreturn"),
])
def test_what_cannot_be_seen_is_shown(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(TEXTS)
def test_what_is_shown_can_be_written_and_hides_nothing(text: str) -> None:
    shown = plain(text)
    shown.encode("utf-8")
    assert not set(shown) & set("\u200b\u202d\u202e\u2066\x00\x1b\ufeff")
