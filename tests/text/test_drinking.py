"""Words of drink, and of drunkenness."""

from __future__ import annotations

import pytest

from rollbook.text.drinking import tells_of_drinking, tells_of_drunkenness
from rollbook.text.worktime import says_off_work


@pytest.mark.parametrize("text", [
    "Three margs deep and I still have to do attendance", "the schnapps is gone and so am i, LIT", "🥃 and the saw looks blurry",
    "Cinco cervezas y ya ando borracho", "That flask got me through study hall. Can't feel my face",
])
def test_drunkenness(text: str) -> None:
    assert tells_of_drunkenness(text)


@pytest.mark.parametrize("text", [
    "A glass of wine with dinner", "Cheers 🍻 to the class of 2019",
])
def test_drinking_alone(text: str) -> None:
    assert tells_of_drinking(text)
    assert not tells_of_drunkenness(text)


@pytest.mark.parametrize("text", [
    "The hall was lit for the concert", "Hot cocoa after the game", "My head is spinning from this budget",
    "Seven nights in Cozumel, all inclusive 🍹",
])
def test_neither(text: str) -> None:
    assert not tells_of_drunkenness(text)


@pytest.mark.parametrize(("text", "is_off"), [
    ("Off the clock and onto the porch", True), ("Shift's over, boots off", True), ("noon on a monday of break", True),
    ("De vacaciones con la familia", True), ("On the clock and bored", False), ("Wrote it during planning", False),
    ("We close the clock tower at nine", False),
])
def test_the_writers_own_time(text: str, is_off: bool) -> None:
    assert says_off_work(text) is is_off
