"""What is read of a text: how sure a label is hangs on how the words stand, and what is sieved out holds nothing."""

from __future__ import annotations

import pytest

from rollbook.meaning import reading
from rollbook.meaning.encoder import encoder
from rollbook.meaning.reading import read

TOLD = "Devon Haskell in my 3rd period has a 504 plan for anxiety and failed the midterm."
WHOSE = "employee teacher facebook post"


def test_what_is_asked_or_denied_is_less_likely_than_the_model_alone_takes_it_for(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Did Devon Haskell, who has a 504 plan for anxiety, fail the midterm?"
    asked, told = read(text, WHOSE, ""), read(TOLD, WHOSE, "")
    assert "asked" in asked.stands["confidential-info"]
    assert told.stands["confidential-info"] == frozenset()
    monkeypatch.setattr(reading, "_NOT_DONE", frozenset())
    assert asked.sure("confidential-info") < reading._read.__wrapped__(text, WHOSE, "").sure("confidential-info")
    assert told.sure("confidential-info") == reading._read.__wrapped__(TOLD, WHOSE, "").sure("confidential-info")


def test_a_text_that_holds_nothing_is_not_read_whole_unless_it_is_asked_for() -> None:
    text = "Picture day is Tuesday."
    assert not read(text, WHOSE, "", frozenset()).was_read
    whole = read(text, WHOSE, "")
    assert whole.was_read
    assert whole.sure("confidential-info") < encoder().thresholds["confidential-info"]


def test_a_text_that_holds_something_passes_both_looks() -> None:
    assert read(TOLD, WHOSE, "", frozenset()).was_read
