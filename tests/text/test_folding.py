"""Folding takes disguise away and always knows the way back: any quote is the original's own slice."""

from __future__ import annotations

import html
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.text.folding import fold
from rollbook.text.lookalikes import LOOKALIKES

NO_TIME = settings(deadline=None)
#: Any text at all, and text in which what folding is about is frequent: escapes, marks, invisible signs, look-alikes.
PIECES = st.sampled_from([
    "a", "Z", " ", "\n", "&", ";", "%", "&#64;", "&amp;#46;", "&commat;", "%40", "%25340", "%c3%a9", "é", "e\u0301", "\u200b", "\u00ad",
    "\u202e", "ﬁ", "ß", "İ", "①", "𝐚", "ａ", "а", "ο", "—", "“", "👩🏽‍🏫", "\ud800", "①\u0301",
])
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))


@NO_TIME
@given(TEXTS, st.booleans(), st.data())
def test_every_span_is_a_slice_of_the_original(text: str, escapes: bool, data: st.DataObject) -> None:
    folded = fold(text, escapes)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = folded.span(start, end)
    assert 0 <= first < last <= len(text)
    assert folded.quote(start, end) == text[first:last]


@NO_TIME
@given(TEXTS, st.booleans())
def test_positions_only_grow(text: str, escapes: bool) -> None:
    folded = fold(text, escapes)
    spans = [folded.span(place, place + 1) for place in range(len(folded.text))]
    assert spans == sorted(spans)


@NO_TIME
@given(TEXTS)
def test_folding_the_quote_gives_the_fold_back(text: str) -> None:
    """What is found in the fold is found in the quoted original too: a quote can stand for the hit."""
    folded = fold(text)
    if folded.text:
        assert folded.text in fold(folded.quote(0, len(folded.text))).text


@NO_TIME
@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text).text).text == fold(text).text


@NO_TIME
@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_only_put_in_lower_case(text: str) -> None:
    folded = fold(text)
    assert folded.text == text.lower()
    assert fold(text + "é").text == text.lower() + "e", "the table and the quick way agree"


@NO_TIME
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="&%"), min_size=1))
def test_escapes_are_read_as_what_they_show(text: str) -> None:
    shown = text.lower()
    entities = "".join(f"&#{ord(letter)};" for letter in text)
    assert fold(entities, True).text == shown
    assert fold(quote(text, safe=""), True).text == shown
    percents = "".join(f"%{ord(letter):02X}" for letter in text)
    assert fold(percents, True).text == shown
    assert fold(percents.replace("%", "%25"), True).text == shown, "escaped twice"


@pytest.mark.parametrize(("written", "plain"), [
    ("Ｗｅｓｔ", "west"), ("𝓦𝓮𝓼𝓽", "west"), ("ⓦⓔⓢⓣ", "west"), ("🅦🅔🅢🅣", "west"), ("wеst", "west"), ("wεst", "west"), ("w\u0336e\u0336st", "west"),
    ("W\u200bE\u200cS\u200dT\ufeff", "west"), ("we\u00adst", "west"), ("\u202ewest\u202c", "west"), ("ＷＥＳＴ．ｏｒｇ", "west.org"),
    ("west。org", "west.org"), ("posición", "posicion"), ("¿Sí?", "¿si?"), ("don’t", "don't"), ("a—b", "a - b"), ("k‑12", "k-12"), ("٣", "3"),
])
def test_known_folds(written: str, plain: str) -> None:
    assert fold(written).text == plain


def test_accents_belong_to_their_letter() -> None:
    text = "me\u0301x"
    assert [fold(text).quote(place, place + 1) for place in range(3)] == ["m", "e\u0301", "x"]


def test_an_entity_is_quoted_whole() -> None:
    folded = fold("a&commat;b &amp;#46; c%40", True)
    assert folded.text == "a@b . c@"
    assert [folded.quote(1, 2), folded.quote(4, 5), folded.quote(7, 8)] == ["&commat;", "&amp;#46;", "%40"]


@pytest.mark.parametrize("text", ["AT&T", "100% sure", "fish & chips", "a &nosuchname; b", "%zz", "%ff is no UTF-8", "&#0;"])
def test_what_is_no_escape_stays(text: str) -> None:
    assert len(fold(text, True).text) in (len(text), len(html.unescape(text)))
    assert fold(text, True).text[0] == text[0].lower() or text.startswith("&#0")


def test_every_look_alike_folds_to_plain_letters() -> None:
    for shape, plain in LOOKALIKES.items():
        assert fold(shape).text == plain, (shape, unicodedata.name(shape, "?"))
        assert plain.isascii()
