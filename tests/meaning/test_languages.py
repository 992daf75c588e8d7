"""Which texts the model reads, whatever the network says of their language."""

from __future__ import annotations

import pytest

from rollbook.meaning.languages import is_read


@pytest.mark.parametrize(("text", "stated"), [
    ("Field trip forms are due on Friday, and lunch is on us.", "en"),
    ("Field trip forms are due on Friday, and lunch is on us.", "nl"),
    ("Mañana no hay clases, nos vemos el lunes.", "pt"),
    ("Go Herons!", "fi"),
    ("¡Vamos!", None),
    ("Our guest wrote 你好 on the board and we all tried it.", "zh"),
    ("🎉🎉", "qme"),
    ("", None),
])
def test_read(text: str, stated: str | None) -> None:
    assert is_read(text, stated)


@pytest.mark.parametrize(("text", "stated"), [
    ("Завтра занятий не будет, увидимся в понедельник.", None),
    ("明天没有课", "zh"),
    ("غدا لا توجد دروس", "ar"),
    ("Morgen fällt der Unterricht wegen Schnee aus, wir sehen uns Montag.", "de"),
    ("Pas de cours demain, rendez-vous lundi devant notre école.", "fr"),
])
def test_not_read(text: str, stated: str | None) -> None:
    assert not is_read(text, stated)
