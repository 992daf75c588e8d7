"""How the letters of an answer are written, by its own word and by what holds."""

from __future__ import annotations

import codecs
from datetime import UTC, datetime

import pytest

from rollbook.bodies import charset_in, decoded
from rollbook.errors import PageError
from rollbook.types import Page

WORDS = "Señor, “café”"


def page(body: bytes, kind: str = "") -> Page:
    return Page("feed:https://school.example/", "feed", "https://school.example/", 200, {"content-type": kind}, body, datetime(2026, 10, 5, tzinfo=UTC))


@pytest.mark.parametrize(("body", "kind", "declared"), [
    (WORDS.encode(), "text/html; charset=windows-1252", []),
    (WORDS.encode("windows-1252"), "text/html; charset=ISO-8859-1", []),
    (WORDS.encode("windows-1252"), "", ["latin1"]),
    (WORDS.encode("utf-16"), "text/html; charset=utf-8", []),
    (codecs.BOM_UTF32_LE + WORDS.encode("utf-32-le"), "", []),
], ids=["utf-8 whatever it says", "latin means windows", "said inside", "utf-16", "utf-32"])
def test_letters_are_read(body: bytes, kind: str, declared: list[str]) -> None:
    assert decoded(page(body, kind), declared) == (WORDS, "")


def test_a_character_that_is_cut_is_left_out_for_whoever_looks_at_the_end() -> None:
    short, wide = WORDS.encode() + "é".encode()[:1], codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be") + b"\x00"
    for body in (short, wide):
        assert decoded(page(body), [], may_be_cut=True) == (WORDS, "")
    assert "windows-1252" in decoded(page(short), [])[1]
    with pytest.raises(PageError):
        decoded(page(wide), [])


def test_seven_bits_are_read_as_they_say() -> None:
    assert decoded(page("学校".encode("iso-2022-jp"), "text/html; charset=ISO-2022-JP"), []) == ("学校", "")


@pytest.mark.parametrize(("kind", "odd"), [
    ("", "it does not say how it is written; it was read as windows-1252"),
    ("text/html; charset=utf-8", "it is not utf-8, as it says; it was read as windows-1252"),
    ("text/html; charset=no-such", "it is not no-such, as it says; it was read as windows-1252"),
])
def test_what_does_not_hold_is_told(kind: str, odd: str) -> None:
    assert decoded(page(WORDS.encode("windows-1252"), kind), []) == (WORDS, odd)


def test_a_byte_order_mark_is_believed() -> None:
    with pytest.raises(PageError, match="byte 3 is not utf-8, as it begins") as caught:
        decoded(page(codecs.BOM_UTF8 + b"\xff"), [])
    assert caught.value.code == "wrong-charset"


def test_a_charset_is_found_in_a_header_and_in_markup() -> None:
    assert charset_in("text/xml; charset='UTF-8'") == charset_in('<meta charset="UTF-8">') == ["UTF-8"]
    assert charset_in("text/xml") == []
