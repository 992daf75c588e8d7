"""Who is meant: the District's names and parts are marked, other people's institutions are not, nothing moves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.text.folding import fold
from rollbook.text.institutions import GROUP, PART, WHOLE, marked
from rollbook.workspace import District, School

DISTRICT = District(
    "Alder Falls Union Free School District", ("Alder Falls", "AFUFSD"),
    schools=(School("Mill Pond Middle School", ("MPMS",)), School("Birch Street Elementary School")),
)
SIGNS = {WHOLE: "W", PART: "P", GROUP: "G"}


def signs(text: str) -> str:
    """The marks alone, each run as one letter."""
    runs = [SIGNS.get(letter, " ") for letter in marked(fold(text).text, DISTRICT)]
    return "".join(letter for place, letter in enumerate(runs) if letter != " " and runs[place - 1 : place] != [letter])


@pytest.mark.parametrize(("text", "expected"), [
    ("Alder Falls UFSD regrets", "W"), ("AFUFSD confirms", "W"), ("Alder Falls Schools said", "W"), ("the District's position", "W"),
    ("our school board wants", "W"), ("MPMS will open", "W"), ("Birch Street is safe", "W"), ("Alder Falls High School's office", "P"),
    ("the special education department", "P"), ("our dept", "P"), ("Herons athletics", "P"), ("Alder Falls technology office", "P"),
    ("our class voted", "G"), ("my third graders", "G"), ("Room 12 is loud", "G"), ("we teachers want", "G"),
    ("the fire department came", ""), ("the county health department", ""), ("the town board met", ""), ("board games at noon", ""),
    ("the school year", ""), ("nuestra escuela", "W"), ("el distrito escolar", "W"), ("la junta escolar y el distrito", "WW"),
])
def test_known_names(text: str, expected: str) -> None:
    assert signs(text) == expected


@settings(deadline=None)
@given(st.lists(st.sampled_from(["alder falls", "the district's", "our class", "mpms", "!", "and", "tech office", "\n"]), max_size=12))
def test_marking_moves_nothing(words: list[str]) -> None:
    text = " ".join(words)
    result = marked(text, DISTRICT)
    assert len(result) == len(text)
    assert all(new == old or new in SIGNS for new, old in zip(result, text, strict=True))


def test_a_district_without_aliases_or_schools_is_marked_too() -> None:
    assert WHOLE in marked("tamarack ridge public schools regrets", District("Tamarack Ridge Public Schools"))
