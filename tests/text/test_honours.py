"""Published honours, told from other praise."""

from __future__ import annotations

import pytest

from rollbook.text.honours import is_published_honour


@pytest.mark.parametrize("text", [
    "First quarter honor roll: Beckett Amory, Lila Santangelo", "Students of the Month, congratulations!",
    "Our valedictorian is Priya N.", "Estudiantes del mes: Ana Solís", "All-county band: three of ours",
])
def test_honours(text: str) -> None:
    assert is_published_honour(text)


@pytest.mark.parametrize("text", ["Noelle had a great week.", "We honor our veterans today.", "Roll call was loud."])
def test_other_praise(text: str) -> None:
    assert not is_published_honour(text)
