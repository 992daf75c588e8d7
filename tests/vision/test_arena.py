"""The public arena by words and by the calendar: games and performances, and what only looks like them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rollbook.schoolyear import Event, SchoolYear
from rollbook.vision.arena import arena

ZONE = ZoneInfo("America/New_York")
NOON = datetime(2026, 10, 9, 12, 0, tzinfo=ZONE)


def year(*events: Event) -> SchoolYear:
    return SchoolYear(ZONE, frozenset(range(5)), None, None, frozenset(), (), events)


def event(summary: str, *, ended_h_ago: float = 2, location: str = "", categories: tuple[str, ...] = ()) -> Event:
    ends = NOON - timedelta(hours=ended_h_ago)
    return Event(summary, ends - timedelta(hours=2), ends, location, categories)


PUBLIC = [
    "Halftime: nobody fell and the sousaphones turned on the right beat.",
    "Final from Heron Field: varsity soccer 2, Quail Hollow 1.",
    "What a homecoming game! 21-17 in the rain.",
    "Girls tennis takes the sectional final.",
    "Wrestling at the county tournament all day Saturday, three golds.",
    "XC boys finish third of 14 at the county meet.",
    "Our swim meet went down to the last relay.",
    "From tonight's fall concert: the narrator in costume.",
    "Forty years of the spring musical. Standing ovation.",
    "The school play closed last night to a full house.",
    "Spring recital, thirty-one solos.",
    "Marching band in the Memorial Day parade.",
    "Class B sectional champions in softball, extra innings in the final game!",
    "Class of 2027 wins the alumni basketball game.",
    "¡Qué partido de fútbol! Ganamos 2 a 1.",
    "El concierto de anoche, a sala llena.",
    "Ｈａｌｆｔｉｍｅ show under the lights",
]


@pytest.mark.parametrize("words", PUBLIC)
def test_games_and_performances_are_public(words: str) -> None:
    found = arena(words, NOON, year())
    assert found.public
    assert not found.against


NOT_PUBLIC = [
    "Smiles all round in second period today.",
    "A review game before the unit test.",
    "Meet the teacher night was packed.",
    "Our musical instruments arrived.",
    "The concert band got new stands.",
    "In concert with the library we read for an hour.",
    "Play is the work of childhood.",
    "They play well together at the sand table.",
    "Performance task day in Algebra.",
    "Game on! New routines this week.",
    "A perfect match: our reading buddies.",
    "The race to 100 books is on.",
    "Football cleats, size 9, in the lost and found.",
    "Future Self Day, and a senior came as the person she means to be.",
    "On track for a great year.",
    "",
]


@pytest.mark.parametrize("words", NOT_PUBLIC)
def test_school_life_is_not(words: str) -> None:
    found = arena(words, NOON, year())
    assert found.public == ""
    assert found.against == ""


AGAINST = [
    ("Soccer practice before the big game", "practice"),
    ("Dress rehearsal for the spring musical!", "rehearsal"),
    ("Tryouts for the basketball season: first game in December", "tryouts"),
    ("Backstage at the winter concert", "backstage"),
    ("Pep rally before the homecoming game", "pep rally"),
    ("Team dinner before the championship game", "team dinner"),
    ("Awards night for soccer: what a season of games", "awards"),
    ("We made posters in class for the homecoming game", "class"),
    ("Concert tomorrow! The second graders are ready.", "tomorrow"),
    ("Winter concert at 7 p.m., free for all", "7 p.m"),
    ("Get your tickets for the school play", "get your tickets"),
    ("Don't miss the volleyball match", "don't miss"),
    ("Getting ready for the spring concert", "getting ready"),
    ("Ensayo general antes del concierto", "ensayo"),
    ("Chess tournament, first basketball team to try it", "chess"),
]


@pytest.mark.parametrize(("words", "against"), AGAINST)
def test_what_only_belongs_to_an_event_is_not_cleared(words: str, against: str) -> None:
    found = arena(words, NOON, year())
    assert found.public == ""
    assert found.against == against


def test_the_calendar_clears_what_the_words_alone_do_not() -> None:
    soccer = event("Varsity Soccer vs. Quail Hollow", location="Heron Field", categories=("SPORTS",))
    for words in ("Cold hands, warm hearts. Go soccer!", "Two goals against Quail Hollow.", "Sunset over Heron Field."):
        assert arena(words, NOON, year()).public == ""
        found = arena(words, NOON, year(soccer)).public
        assert "Varsity Soccer vs. Quail Hollow" in found
        assert "Oct 9, 2026" in found


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("Smiles all round in second period.", event("Varsity Soccer vs. Quail Hollow", categories=("SPORTS",))),
        ("Go soccer!", event("Varsity Soccer vs. Quail Hollow", ended_h_ago=40, categories=("SPORTS",))),
        ("Go soccer!", event("Varsity Soccer vs. Quail Hollow", ended_h_ago=-30, categories=("SPORTS",))),
        ("Go soccer!", event("Soccer practice", categories=("SPORTS",))),
        ("Budget questions? Ask the board.", event("Board meeting: budget")),
        ("Go soccer!", event("Soccer sign-up evening")),
        ("Our gym is loud today.", event("Basketball vs. Elm Point", location="High School gym", categories=("SPORTS",))),
        ("The hall is quiet.", event("Fall Concert", location="High School auditorium", categories=("MUSIC",))),
    ],
)
def test_an_event_that_does_not_fit_clears_nothing(words: str, near: Event) -> None:
    assert arena(words, NOON, year(near)).public == ""


def test_a_performance_of_the_calendar_is_linked_by_its_title() -> None:
    planets = event("Fall Concert: The Planets", categories=("MUSIC", "PERFORMANCE"))
    assert "public performance" in arena("Jupiter from The Planets, helmets and all.", NOON, year(planets)).public
    assert arena("Rehearsing The Planets all week.", NOON, year(planets)).against == "rehearsing"


@pytest.mark.parametrize("words", ["a" * 200_000, "concert " * 20_000, "parade " * 20_000, "performance of the " * 8_000])
def test_long_texts_end(words: str) -> None:
    arena(words, NOON, year())
