"""Sentences: where one ends, and that none loses a letter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.text.sentences import sentences


@pytest.mark.parametrize(("text", "expected"), [
    ("one. two! three? four", ["one.", "two!", "three?", "four"]),
    ("mr. webb met dr. okonjo. they left.", ["mr. webb met dr. okonjo.", "they left."]),
    ("doors at 7 p.m. sharp", ["doors at 7 p.m. sharp"]),
    ("name\ndescription here", ["name", "description here"]),
    ('he said "no." then left', ['he said "no."', "then left"]),
    ("ourschool.org is up", ["ourschool.org is up"]),
    ("wait... what", ["wait...", "what"]),
    ("", []), (" \n ", []),
])
def test_known_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@settings(deadline=None)
@given(st.text())
def test_no_letter_is_lost(text: str) -> None:
    spans = sentences(text)
    assert spans == sorted(spans)
    assert all(start < end for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
