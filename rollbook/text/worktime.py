"""Words that say that somebody is not at work: the day is over, or has not begun, or is free."""

from __future__ import annotations

from rollbook.text.folding import fold
from rollbook.text.patterns import words

_OFF_WORK = words(r"""
    off (?:the clock|shift|duty|work) | (?:clocked|clocking) (?:out|off) | punched out | day off | quitting time
    (?:after|before|outside) (?:work|working hours|contract hours|hours|my (?:shift|hours)|the (?:shift|last bell))
    (?:shift|work ?day|school day|contract day)(?:['’]s| is| was)? (?:over|done|finished) | done for the (?:day|night)
    (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|first day|last day|night|middle|week) of (?:\w+ )?(?:break|vacation)
    (?:spring|winter|fall|summer|holiday|christmas|thanksgiving|february|mid-?winter) (?:break|vacation)
    on (?:vacation|leave)
    fuera de (?:horario|turno|servicio) | despues del (?:trabajo|turno) | de vacaciones | dia libre
    (?:ya )?sali del? (?:trabajo|turno|trabajar)
""")


def says_off_work(text: str) -> bool:
    """Whether the words say that it is the writer's own time."""
    return _OFF_WORK.search(fold(text).text) is not None
