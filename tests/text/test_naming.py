"""Whether a name in a text is the one on record."""

from __future__ import annotations

import re

import pytest

from rollbook.text import naming
from rollbook.text.naming import fits, roll


@pytest.mark.parametrize(("written", "on_record", "expected"), [
    ("Imani Rowntree", "Imani Rowntree", True),
    ("IMANI ROWNTREE", "Imani Rowntree", True),
    ("Imani R.", "Imani Rowntree", True),
    ("Imani", "Imani Rowntree", True),
    ("Rowntree's", "Imani Rowntree", True),
    ("Imani Rowntree’s", "Imani Rowntree", True),
    ("José Núñez", "Jose Nunez", True),
    ("Imani S.", "Imani Rowntree", False),
    ("Imani Ross", "Imani Rowntree", False),
    ("Amani Rowntree", "Imani Rowntree", False),
    ("R.", "Imani Rowntree", False),
    ("", "Imani Rowntree", False),
    ("Imani", "", False),
])
def test_fits(written: str, on_record: str, expected: bool) -> None:
    assert fits(written, on_record) is expected


@pytest.mark.parametrize(("text", "named"), [
    ("Imani Rowntree and Omar Castel", ["Imani Rowntree", "Omar Castel"]),
    ("imani   r. was there, so was José Luis Peña", ["Imani Rowntree", "José Luis Peña"]),
    ("JOSE PEÑA", ["José Luis Peña"]),
    ("Imani Ross, Rowntree alone, and Ximani Rowntree", []),
    ("Imani Rowntree, again Imani R.", ["Imani Rowntree", "Imani Rowntree"]),
    ("Cher", []),
    ("", []),
])
def test_a_roll_finds_whom_a_text_names(text: str, named: list[str]) -> None:
    names = ("Cher", "Imani Rowntree", "José Luis Peña", "Omar Castel")
    found = list(roll(names).mentioned(text))
    assert [name for name, _ in found] == named
    assert all(text[start:end].strip() == text[start:end] != "" for _, (start, end) in found)


def test_a_roll_of_a_large_district_looks_at_few_names(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(naming, "_mention", lambda name: tried.append(name) or re.compile(r"(?!)"))
    list(roll(tuple(f"Pupil{number} Name" for number in range(20_000))).mentioned("Well done, pupil7 and Pupil19999!"))
    assert tried == ["Pupil7 Name", "Pupil19999 Name"]
