"""What is read of a text: how sure a label is hangs on how the words stand, and what is sieved out holds nothing."""

from __future__ import annotations

from rollbook.meaning.encoder import encoder
from rollbook.meaning.reading import read

TOLD = "Devon Haskell in my 3rd period has a 504 plan for anxiety and failed the midterm."
WHOSE = "employee teacher facebook post"


def test_what_is_asked_or_denied_is_less_likely_than_the_model_alone_takes_it_for() -> None:
    asked = read("Did Devon Haskell, who has a 504 plan for anxiety, fail the midterm?", WHOSE, "")
    assert "asked" in asked.stands["confidential-info"]
    plain = read(TOLD, WHOSE, "")
    assert plain.stands["confidential-info"] == frozenset()
    assert plain.sure("confidential-info") > 0.9


def test_a_text_that_holds_nothing_is_not_read_whole_unless_it_is_asked_for() -> None:
    text = "Picture day is Tuesday."
    assert not read(text, WHOSE, "", frozenset()).was_read
    whole = read(text, WHOSE, "")
    assert whole.was_read
    assert whole.sure("confidential-info") < encoder().thresholds["confidential-info"]


def test_a_text_that_holds_something_passes_both_looks() -> None:
    assert read(TOLD, WHOSE, "", frozenset()).was_read
