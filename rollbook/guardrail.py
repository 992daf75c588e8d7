"""Protected speech: decides, before anything is stored, which of an employee's words are nobody's business here.

The categories are complaints to an agency, union and bargaining talk, pay and working conditions, politics, criticism
of the District, and religion; what the language model takes for protected speech without such words is of no category
of its own. Three things are never protected here: what a District account says (government speech),
what is said in the District's name (a spokesperson's words are not his own), and abuse: a threat, a slur, profanity at
a person stays a finding whatever the topic. Lawful recreation off duty is protected by law too, but not at any hour
(RULES.md: "Protected speech is never personal-use, at any hour"), so it is left to the rule on contract hours.

**Source**: NY Civil Service Law art. 14 (Taylor Law) §§202, 209-a and §75-b; NY Labor Law §§201-d, 740; First Amendment
as in Pickering v. Board of Education (1968), Garcetti v. Ceballos (2006), Lane v. Franks (2014).
"""

from __future__ import annotations

import re
from dataclasses import replace

from rollbook.errors import RollbookError
from rollbook.meaning.labels import LABELS
from rollbook.meaning.legible import legible
from rollbook.meaning.reading import Reading, reading_of
from rollbook.text.folding import fold
from rollbook.text.sentences import sentences
from rollbook.text.topics import ABUSE, TOPICS, UNION_VOICE
from rollbook.text.voice import Said, said_as_institution
from rollbook.types import Account, Post
from rollbook.workspace import District

#: The categories that words tell by themselves, for reports that count them.
CATEGORIES = tuple(topic.category for topic in TOPICS)
#: What the language model takes for protected speech and no topic's words name.
OTHER = "other protected speech"
#: From here on the language model's word that a post abuses somebody lifts the protection: a threat or a slur sooner
#: than other abuse, which strong criticism comes close to. **Source**: own choice, before it was tried.
_GRAVE, _ABUSE = 0.5, 0.9
#: From here on its word that words are protected counts, where no topic's own words say so.
_PROTECTED = 0.66
#: What it takes for a breach too, from the third on, is left alone from the first on already, and from the second on
#: where it is less sure of the breach than the fourth. **Source**: in the districts of ``training`` no right finding is
#: lost; of three authors whom the model had not seen 21 of 713 are, and 17 wrong ones. That was with the third at .24,
#: before the rules' thresholds moved; the protected set keeps as few findings with either.
_LIKELY, _PERHAPS, _BREACH, _UNSURE = 0.2, 0.03, 0.3, 0.7
#: In so few words the model must be so sure: it takes some of the shortest for what they are not ("Pep rally at 2").
_FEW, _IN_FEW = 6, 0.75
#: The school's calendar is no creed: "No school Monday for Rosh Hashanah".
_CALENDAR = re.compile(
    r"\bno (?:school|classes)\b|\bschools? (?:is|are|will be) closed\b|\bearly (?:dismissal|release)\b"
    r"|\bno hay clases\b"
)

#: Names of districts and schools, where the workspace's own are not at hand; no word of a name is longer, and a longer
#: one would be read anew from each of its letters.
_SOME_SCHOOL = re.compile(
    r"\b(?:[A-Z][\w'.-]{1,40}+ ){1,4}(?:School District|Schools|CSD|UFSD|USD|ISD|School|High|Elementary|Middle|"
    r"Board of Education)\b|\b(?!NYSUT|NEA|AFT|CSEA|SEIU|OSHA|PESH|PERB|EEOC|OCR|NYSED|GOP|MAGA|APPR|OMG|IMHO|IMO|FYI|"
    r"PSA|ICE|CPS)[A-Z]{3,6}(?:CSD|SD|HS|MS)?\b"
)
_ANY_DISTRICT = District("the district")


def protected(post: Post, account: Account, district: District | None = None) -> str | None:
    """The category of protected speech that an employee's own words are, or None; a pure repost is sharing and counts.

    ``district`` sharpens one question, whether the words are spoken in its name; without it any school's name counts.
    """
    if account.kind == "district":
        return None
    text = fold(post.text).text
    reading = _reading(post, account)
    if ABUSE.search(text) or ABUSE.search(fold(legible(post.text).text).text):
        return None
    if reading and (reading.sure("grave") >= _GRAVE or reading.sure("conduct") >= _ABUSE):
        return None
    spans = sentences(text)
    for topic in TOPICS:
        if any(topic.holds(text[start:end]) for start, end in spans):
            return None if _speaks_for_district(post, account, district, text) else topic.category
    if reading and _likely(reading) and not _said(post, account, district):
        return OTHER
    return None


def _likely(reading: Reading) -> bool:
    """Whether the language model takes words for protected speech."""
    sure = reading.sure("protected")
    breach = max(reading.sure(label) for label in LABELS if label not in ("protected", "electioneering"))
    if breach >= _BREACH:
        return sure >= (_PERHAPS if breach < _UNSURE else _LIKELY)
    least = _PROTECTED if len(reading.text.split()) > _FEW else _IN_FEW
    return sure >= least and not _CALENDAR.search(fold(reading.text).text)


def _reading(post: Post, account: Account) -> Reading | None:
    """What the language model says of the words; None where it is not installed."""
    try:
        return reading_of(post, account)
    except RollbookError:
        return None


def _speaks_for_district(post: Post, account: Account, district: District | None, text: str) -> bool:
    """Whether the words are spoken in the District's name by an act that is formal: those are not the author's own."""
    return not UNION_VOICE.search(text) and any(item.formal for item in _said(post, account, district))


def _said(post: Post, account: Account, district: District | None) -> list[Said]:
    """What is said in the District's name, formal or not."""
    if district is None:
        post = replace(post, text=_SOME_SCHOOL.sub("the district", post.text))
    return said_as_institution(post, account, district or _ANY_DISTRICT)
