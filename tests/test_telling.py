"""What reaches a person at a terminal."""

from __future__ import annotations

import pytest

from rollbook.telling import complain, say


@pytest.mark.parametrize(("told", "seen"), [
    ("A plain line\nand a second", "A plain line\nand a second"),
    ("Café, ¡bienvenidos! 學校 👩\u200d🏫 🇺🇸", "Café, ¡bienvenidos! 學校 👩\u200d🏫 🇺🇸"),
    ("\x1b]0;owned\x07\x1b[2Jgone", " ]0;owned  [2Jgone"),
    ("abc\u202etxt.exe\u2066x\rover", "abc txt.exe x over"),
])
def test_words_of_others_do_not_steer_the_terminal(told: str, seen: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(told)
    complain(told)
    said = capsys.readouterr()
    assert said.out == f"{seen}\n"
    assert said.err == f"rollbook: {seen}\n"
