"""One look a picture: the same bytes are judged once a process."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from rollbook.errors import MediaError
from rollbook.vision import look as looking


def encoded(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts how often a picture is really looked at."""
    looks: list[int] = []

    def fake_people(image: object) -> tuple[()]:
        looks.append(1)
        return ()

    monkeypatch.setattr(looking, "people", fake_people)
    monkeypatch.setattr(looking, "_seen", type(looking._seen)())
    return looks


def test_the_same_bytes_are_looked_at_once(counted: list[int]) -> None:
    looking.look(encoded("red"))
    looking.look(encoded("red"))
    looking.look(encoded("blue"))
    assert len(counted) == 2


def test_only_so_many_looks_are_kept(counted: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "KEPT", 2)
    for colour in ("red", "green", "blue", "red"):
        looking.look(encoded(colour))
    assert len(counted) == 4


@pytest.mark.usefixtures("counted")
def test_a_refused_picture_is_refused_again() -> None:
    for _ in range(2):
        with pytest.raises(MediaError, match="no picture"):
            looking.look(b"words")
