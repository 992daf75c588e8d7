"""The kinds of private fact that a message names."""

from __future__ import annotations

import pytest

from rollbook.text.privatefacts import kinds_of_fact


@pytest.mark.parametrize(("words", "kinds"), [
    ("got a 38 on the test, and failed twice", "a grade or score"),
    ("suspended for five days", "discipline"),
    ("his IEP changed after the seizure", "health or a disability"),
    ("the door code is 7713", "a code or password"),
    ("su papá no tiene papeles, sin papeles", "immigration status"),
    ("suspended, and failing math", "a grade or score and discipline"),
    ("a lovely afternoon", ""),
])
def test_kinds(words: str, kinds: str) -> None:
    assert kinds_of_fact(words) == kinds
