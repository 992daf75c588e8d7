"""How words stand in their sentence."""

from __future__ import annotations

import pytest

from rollbook.text.framing import framing


@pytest.mark.parametrize(("text", "frames"), [
    ("Marta failed the spring exam.", set()),
    ("Did Marta fail the spring exam?", {"asked"}),
    ("¿Marta reprobó el examen? 🤔", {"asked"}),
    ("“Is it true?”", {"asked", "quoted"}),
    ("I would never text a student.", {"denied", "supposed"}),
    ("We don’t hand out answer keys.", {"denied"}),
    ("Jamás mandes un mensaje privado.", {"denied"}),
    ("Imagine somebody posted her grades.", {"supposed"}),
    ("Si un alumno te escribe, avisa.", {"supposed"}),
    ("Sí, me llamó anoche.", set()),
    ("The board said the budget is final.", {"told of others"}),
    ("Según el director, no hay clases.", {"denied", "told of others"}),
])
def test_how_a_sentence_stands(text: str, frames: set[str]) -> None:
    assert framing(text, (0, len(text))) == frames


def test_only_the_words_themselves_are_looked_at() -> None:
    text = "Who knows? She was suspended on Friday."
    assert framing(text, (0, 10)) == {"asked"}
    assert framing(text, (11, len(text))) == frozenset()


def test_words_are_quoted_where_marks_stand_around_all_of_them() -> None:
    text = "He wrote “you are a disgrace” and left."
    start = text.index("you")
    assert "quoted" in framing(text, (start, start + len("you are a disgrace")))
    assert "quoted" not in framing(text, (0, len(text)))
