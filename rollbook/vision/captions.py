"""Whether the words next to a picture name somebody who may be a student on it.

A first, simple reading: two or three capitalised words that are no title, place, institution or member of staff. It
only raises a finding's severity; whether naming is a finding of its own is for the rule ``student-identity``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rollbook.plugins import Case
from rollbook.text.folding import fold
from rollbook.text.places import own_words
from rollbook.types import Media

_TOKEN = re.compile(r"[^\W\d_][\w'’-]+")
#: Between the words of one name: one space, or an initial with its full stop.
_JOINTS = re.compile(r" (?:[^\W\d_]\. )?\Z")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


#: A title or role before a name: an adult.
_ADULT = _words(
    "mr mrs ms mx miss dr prof professor coach principal superintendent officer chief nurse judge mayor senator",
    "governor president director author deputy captain lieutenant sergeant rev pastor chef sr sra srta senor senora",
    "profe profesor profesora directora trustee librarian custodian counselor teacher sir dame saint st",
)
#: Words that are capitalised beside a name, at the start of a sentence or in praise, and are no part of it.
_BESIDE = _words(
    "congrats congratulations thanks thank meet welcome happy today yesterday tonight our my the this that these",
    "here look see watch way go great good proud shoutout kudos bravo felicidades hello hi hey photo picture",
    "pictured with and when while after before so it is was he she they we you i student students senior junior",
    "sophomore freshman kindergartner grader graders portrait love from by for in on at of to a an no not even both",
    "first second third",
)
#: Words that make a capitalised phrase an institution, a place, a work or a date.
_NO_NAME = _words(
    "school schools elementary middle high district csd central board education pta pto boces university college",
    "academy institute department office team club band choir chorus orchestra society association council",
    "committee company center centre hall field gym stadium arena park pool library museum theater theatre",
    "auditorium room street avenue road lane drive boulevard bridge creek river lake hill hills valley point island",
    "county city town village state states north south east west new york united america american english spanish",
    "french german latin math science history art arts music physics chemistry biology algebra geometry social",
    "studies health technology grade class night day days week weekend month year morning afternoon evening spring",
    "summer fall winter autumn monday tuesday wednesday thursday friday saturday sunday january february march",
    "april may june july august september october november december fair festival show concert game games match",
    "meet cup league tournament championship championships invitational classic challenge contest award awards",
    "honor honors roll program programme project news times post journal google zoom facebook instagram twitter",
    "youtube bluesky mastodon classroom act bill law holiday christmas thanksgiving halloween easter ramadan",
    "hanukkah diwali homecoming spirit fire earth black heritage pride prevention awareness safety memorial",
    "veterans labor columbus indigenous peoples self future decades national international world varsity jv",
    "modified",
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name in the words next to a picture."""

    #: ``text`` or ``alt:N``.
    where: str
    start: int
    end: int
    name: str
    #: What the register says of it, as part of a sentence; empty where the name is not on record at all.
    record: str = ""


def named(case: Case, index: int, media: Media, day: date) -> Named | None:
    """The first name next to a picture that is not approved on that day; a profile's display name does not count."""
    approved = {fold(row.value).text for row in case.workspace.approvals.names(day)}
    ended = {fold(row.value).text for row in case.workspace.approvals.rows if row.what == "student-name"} - approved
    adults = {fold(account.owner).text for account in case.workspace.register} | {fold(case.account.owner).text}
    places = [(f"alt:{index}", media.alt or "")]
    if case.post.kind != "profile":
        places.append(own_words(case.post))
    common = _NO_NAME | _institutions(case)
    for where, text in places:
        for start, end in _runs(text, common):
            name = fold(text[start:end]).text
            if name in approved or name in adults:
                continue
            record = "its approval does not hold on that day" if name in ended else ""
            return Named(where, start, end, text[start:end], record)
    return None


def _institutions(case: Case) -> frozenset[str]:
    """Every word of the names of the District and its schools."""
    district = case.workspace.district
    names = [district.name, *district.aliases]
    for school in district.schools:
        names += [school.name, *school.aliases]
    return frozenset(word for name in names for word in _TOKEN.findall(fold(name).text))


def _runs(text: str, common: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The spans of two or three capitalised words in a row that read as a name."""
    run: list[re.Match[str]] = []
    before = ""
    for token in [*_TOKEN.finditer(text), None]:
        if token and _capitalised(token) and (not run or _JOINTS.fullmatch(text[run[-1].end() : token.start()])):
            run.append(token)
            continue
        if run:
            yield from _name(run, before, common)
            before = fold(run[-1].group()).text
        run = []
        if token is not None:
            if _capitalised(token):
                run = [token]
            else:
                before = fold(token.group()).text


def _name(run: list[re.Match[str]], before: str, common: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The span of a run of capitalised words without the words beside the name, unless it is something else."""
    words = [fold(token.group()).text.removesuffix("'s").removesuffix("’s") for token in run]
    while words and words[0] in _BESIDE:
        before, words, run = words[0], words[1:], run[1:]
    while words and words[-1] in _BESIDE:
        words, run = words[:-1], run[:-1]
    if not 2 <= len(words) <= 3 or before in _ADULT or any(word in common or word in _ADULT for word in words):
        return
    last = run[-1].group()
    possessive = 2 if last.endswith(("'s", "’s")) else 0
    yield run[0].start(), run[-1].end() - possessive


def _capitalised(token: re.Match[str]) -> bool:
    """A capital and then a small letter somewhere: acronyms and shouting are no names."""
    word = token.group()
    return word[0].isupper() and any(letter.islower() for letter in word[1:])
