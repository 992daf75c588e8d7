"""The public arena: whether the words round a picture, or the public calendar, place it at a game or a performance.

The policy lets pictures "taken in the public arena, such as at sporting events or fine arts public performances" be
published without asking. Words that tell of practice, rehearsal, class or an event still to come speak against it, and
then nothing is cleared: a picture too many for a person to look at costs less than one cleared by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rollbook.schoolyear import Event, SchoolYear, written
from rollbook.text.folding import fold

#: How long after an event its pictures are posted: the same evening, and the whole of the next day.
AFTER = timedelta(hours=36)


def _any(*parts: str) -> re.Pattern[str]:
    """A pattern for any of some words, none of them within a longer word."""
    return re.compile(rf"\b(?:{'|'.join(parts)})(?!\w)")


_SPORT = _any(
    "soccer", "football", "basketball", "volleyball", "lacrosse", "lax", "hockey", "baseball", "softball", r"wrestl\w+",
    "tennis", "golf", "swim(?:ming)?", "diving", "track (?:and|&) field", "indoor track", "cross[- ]country", "xc",
    "gymnastics", "cheer(?:leading)?", "badminton", "bowling", "rowing", "rugby", "ski(?:ing)?",
    "futbol", "baloncesto", "voleibol", "beisbol", "lucha",
)
_CONTEST = _any(
    "games?", "match(?:es)?", "meets?", "races?", "tournaments?", "tourneys?", "play-?offs?", "championships?",
    "semi-?finals?", "quarter-?finals?", "sectionals?", "openers?", "invitationals?", "overtime", "final score",
    "final from", r"vs\.?", "versus", r"w,? \d+ ?[-\u2013] ?\d+",
    r"\d+ ?[-\u2013] ?\d+ (?:win|loss|victory|tie|over|against)",
    "partidos?", "torneos?", "campeonato",
)
#: Said of games only, whether or not the sport is named.
_GAME = _any(
    "half-?time", "touchdowns?", "tip-?off", "opening kick-?off",
    r"(?:home|away|homecoming|varsity|j\.?v\.?|play-?off|championship|rivalry) (?:game|match|meet)s?",
    "(?:track|swim|dual|wrestling|cross[- ]country|gymnastics) meets?",
)
_GROUP = "(?:band|choir|chorus|chorale|orchestra|dance|dancers|theat(?:er|re)|drama|ballet|ensemble|cast)"
_PERFORMANCE = _any(
    "(?<!in )concerts?(?! (?:band|choir|chorus|orchestra|pitch|master|b-?flat|black|dress|attire))", "recitals?",
    "(?:the|our|school|spring|fall|winter|annual|this) musicals?(?! (?:instrument|chair|note|theat|talent|piece|ear))",
    "(?:school|fall|spring|winter|one-act|drama club'?s?|senior) plays?", "(?:opening|closing) night", "curtain call",
    "matinees?", "standing ovation", rf"{_GROUP}(?:'s|s)? performances?",
    rf"performances? (?:by|of|from) (?:the|our) [^.!?\n]{{0,40}}{_GROUP}",
    r"marching band\b[^.!?\n]{0,60}\bparade", r"parade\b[^.!?\n]{0,60}\bmarching band",
    "conciertos?", "obra de teatro",
)
#: What is no public event, though it may belong to one.
_CLOSED = _any(
    "practic(?:e|es|ed|ing)", r"practis\w+", r"scrimmag\w+", "try-?outs?", r"rehears\w+", "auditions?", "sound-?check",
    "back-?stage", "dressing room", "locker room", "training session", "classrooms?", "classes",
    r"class(?! (?:of|[a-d]{1,2})\b)", "recess", r"p\.?e\.?", r"phys(?:ical)? ed\w*", "gym (?:unit|period)", "field day",
    "(?:first|second|third|fourth|fifth|sixth|seventh|eighth|last) period", "pep rally", "assembly", "banquet",
    "awards?", "team (?:dinner|bus|photos?|pictures?|bonding)", "on the bus",
    "(?:board|video|math|card|review|vocabulary|memory) games?", "kahoot", "chess", "e-?sports?", "robotics",
    "science olympiad", "ensayos?", "practicas?", "entrenamientos?", "salon de clases?",
)
#: What tells of an event still to come: its picture was taken elsewhere.
_AHEAD = _any(
    "tomorrow", r"next (?:week|month|mon|tues|wednes|thurs|fri|satur|sun)\w*", "upcoming", "join us", "save the date",
    "doors open", "come (?:see|watch|hear|support|cheer|out)", r"do(?:n'?|\u2019)?t miss", "tickets (?:are|on)",
    "(?:get|buy|grab) (?:your )?tickets", "getting ready", "ready for", "prepar(?:ing|es) for", "count-?down",
    "days (?:away|until|to go)", "see you (?:there|at|on|tonight)", "will (?:play|perform|face|host|take)",
    r"(?:starts?|begins?|opens?|moves?|moved) (?:to|on|at|tonight|today|this|\w+day)", "postponed", "cancel+ed",
    "season (?:begins|opens)", r"\d{1,2}(?::\d\d)? ?[ap]\.?m", "manana",
)
#: iCalendar categories that name the two kinds of event.
_SPORT_CATEGORIES = frozenset({"sport", "sports", "athletics", "athletic", "game", "games"})
_PERFORMANCE_CATEGORIES = frozenset(
    {"performance", "performances", "concert", "theater", "theatre", "recital", "musical"}
)
_OPPONENT = re.compile(r"\b(?:vs\.?|versus|against|at|@) +([a-z][\w' .-]{3,})")
_WORD = re.compile(r"[a-z][a-z'-]{3,}")
#: Words of an event's title that link no post to it.
_COMMON = frozenset(
    word for words in (
        "annual auditorium elementary evening event fall grade high holiday home middle night performance performances",
        "presents public school spring summer varsity winter with",
    ) for word in words.split()
)


@dataclass(frozen=True, slots=True)
class Arena:
    """What the words and the calendar say of where a picture was taken."""

    #: Why it counts as the public arena, as the end of a sentence; empty where it does not.
    public: str = ""
    #: The words that speak against it, where others speak for it.
    against: str = ""


def arena(words: str, posted_at: datetime, year: SchoolYear) -> Arena:
    """Judges the words round one picture: the post's text, a line break, the picture's description."""
    text = fold(words).text
    public = _by_calendar(text, posted_at, year) or _by_words(text)
    if not public:
        return Arena()
    against = _CLOSED.search(text) or _AHEAD.search(text)
    return Arena(against=against.group()) if against else Arena(public=public)


def _by_words(text: str) -> str:
    game = _GAME.search(text)
    if game:
        return f"its words place it at a sporting event (“{game.group()}”)"
    sport, contest = _SPORT.search(text), _CONTEST.search(text)
    if sport and contest:
        return f"its words place it at a sporting event (“{sport.group()}”, “{contest.group()}”)"
    shown = _PERFORMANCE.search(text)
    return f"its words place it at a fine-arts public performance (“{shown.group()}”)" if shown else ""


def _by_calendar(text: str, posted_at: datetime, year: SchoolYear) -> str:
    for event in year.events_near(posted_at, within=AFTER):
        kind = _kind(event)
        links = _links(event, kind) if kind else ()
        link = next((link for link in links if re.search(rf"\b{re.escape(link)}\b", text)), "")
        if link:
            day = written(year.local(event.starts_at).date())
            return f"the public calendar has the {kind} “{event.summary}” on {day}, and its words fit (“{link}”)"
    return ""


def _kind(event: Event) -> str:
    """``sporting event`` or ``public performance``; empty for every other event of the calendar."""
    title = fold(event.summary).text
    if _CLOSED.search(title):
        return ""
    categories = {fold(name).text for name in event.categories}
    if categories & _SPORT_CATEGORIES or _GAME.search(title) or (_SPORT.search(title) and _CONTEST.search(title)):
        return "sporting event"
    return "public performance" if categories & _PERFORMANCE_CATEGORIES or _PERFORMANCE.search(title) else ""


def _links(event: Event, kind: str) -> Iterator[str]:
    """What a post on this event may say: its sport and opponent, or the words of its title; its place."""
    title = fold(event.summary).text
    if kind == "sporting event":
        yield from (match.group() for match in _SPORT.finditer(title))
        yield from (match.group(1).strip(" .") for match in _OPPONENT.finditer(title))
    else:
        yield from (word for word in _WORD.findall(title) if word not in _COMMON)
    place = fold(event.location).text.strip()
    if " " in place and not re.search(r"\b(?:school|room|gym|auditorium|cafeteria|library)\b", place):
        yield place
