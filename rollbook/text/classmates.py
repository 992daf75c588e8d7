"""Words beside a name that say whose it is: "third grader Odile", "Tess Aldecoa, '17", "write to ahall@ourschool.org".

Most names stand alone, and whose they are the language model tells from the setting. Where the words beside a name say
it, nothing is left to be guessed. The patterns are of folded text.
"""

from __future__ import annotations

import re

from rollbook.text.folding import fold
from rollbook.text.patterns import group

_TITLES = "mr|mrs|ms|miss|dr|sr|sra|srta|senor|senora|senorita|profe?|coach|officer|principal|rev|col|judge|mayor"
_NUMBER = group(r"""
    (?:1st|2nd|3rd|[4-9]th|1[0-2]th) | (?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)
    (?:eleventh|twelfth)
""")
_SCHOOL_YEAR = group(r"""
    primer[oa]? | segund[oa] | tercer[oa]? | cuart[oa] | quint[oa] | sext[oa] | septim[oa] | octav[oa] | noven[oa]
    decim[oa] | [1-9](?:ro|do|to|mo|vo|no|er)
""")
#: What somebody is who goes to school there, as a noun that stands before a name or after it.
_PUPIL = group(r"""
    <NUMBER>[- ]?graders? | kinderg[ae]rt[e]?ners? | pre-?k(?:er)? | preschoolers? | freshm[ae]n | sophomores?
    juniors? | seniors? | (?:(?:high|middle|elementary|grade) ?school )?(?:students?|pupils?)
    alumn[oa]s? | estudiantes?
""", NUMBER=_NUMBER)
#: Where one sits who goes to school there.
_SEAT = group(r"""
    (?:my|our|the|his|her|their)?\s?(?:<NUMBER>[- ]?grade(?! ?(?:team|teacher|level|wing))|kindergarten)
    (?:my|our|the)?\s?grade (?:[1-9]|1[0-2])\b
    (?:my|our)?\s?(?:<NUMBER> (?:period|block|hour)|(?:period|block|hour) [0-9]|(?:room|salon) [0-9]+)
    (?:(?<=de )|(?<=en ))<YEAR>\b | <YEAR> (?:grado|ano) | (?:mi )?(?:clase|grupo|salon) de <YEAR>
""", NUMBER=_NUMBER, YEAR=_SCHOOL_YEAR)
#: Somebody who works there, or who went there once, bears the same words.
_GROWN = group(r"""
    teach(?:er|es|ing)? | aides? | coach(?:es)? | (?:para)?professionals? | substitutes? | subs? | assistants?
    counsell?ors? | parents? | moms? | dads? | volunteers? | directors? | principals? | maestr[oa]s? | profesor(?:a|es)?
    director(?:a|es)? | (?:<TITLE>)s?\.? [\w'-]+
    former | ex | alum(?:s|na|nus|ni)? | exalumn[oa]s? | graduated? | class of | retired? | then | once | years? ago
    back when | was an?
""", TITLE=_TITLES)

_TITLE = re.compile(rf"\b(?:{_TITLES})s?\.? \Z")
_TITLED = re.compile(rf"(?:the|(?:{_TITLES})\.?) ")
_BEFORE = re.compile(rf"\b{_PUPIL}[\s,:]{{1,2}}\Z")
_AFTER = re.compile(
    r"(?:(?:,? ?\(|, |[?!] )(?:(?:an?|the|our|my|un|una|el|la|nuestr[oa]) )?"
    rf"(?:{_PUPIL}\b|(?:in |from |of |de |en )?{_SEAT}\b)| (?:(?:in|from|of|de|en) )?{_SEAT}\b)"
)
_SPOKEN_TO = re.compile(r"(?:,|!| you\b| your\b| tu\b| come\b)")
_OF_GROWN = re.compile(rf"\b{_GROWN}\b|['’][0-9]{{2}}\b|\b(?:19|20)[0-9]{{2}}\b")
_OWN = re.compile(
    r"\b(?:my|mi|our|nuestr[oa])\b[^.!?\n]{0,30}"
    r"\b(?:snap(?:chat)?|insta(?:gram)?|ig|tiktok|discord|account|cuenta|handle|@)\b[^.!?\n]{0,12}\Z"
)
_PLACED = re.compile(r"\b(?:from|at|in|near|the|vs\.?|versus|over|against|beats?|del|los|las|contra) \Z")
_AT = r"(?:@|[(\[{ ]+(?:at|arroba)[)\]} ]+)"
_DOT = r"(?:\.|[(\[{ ]+(?:dot|punto)[)\]} ]+)"
_MAILBOX = re.compile(rf"[\w.+-]*{_AT}[\w-]+{_DOT}[a-z]{{2,}}\b")
_MAIL_DOMAIN = re.compile(rf"\b[\w.+-]+(?:@|\s?[(\[{{]\s?(?:at|arroba)\s?[)\]}}]\s?)(?:[\w-]+{_DOT})*\Z")
#: Code points on each side of a name that are looked at, and folded ones in which it may be said that it is no pupil's.
_REACH, _NEAR = 120, 40


def is_called_pupil(text: str, span: tuple[int, int]) -> bool:
    """Whether the words right before or after a name say that its bearer goes to school there.

    **Shape**: the span is half-open, in the text's code points.
    """
    before, after = _around(text, span)
    name = text[span[0] : span[1]]
    if _TITLE.search(before) or is_titled(name) or (name.islower() and not text.islower()):
        return False
    if not (_BEFORE.search(before) or _AFTER.match(after)):
        return False
    return not (_OF_GROWN.search(before[-_NEAR:]) or _OF_GROWN.search(after[:_NEAR]))


def is_titled(name: str) -> bool:
    """Whether a name begins with what no pupil is called: "Coach Silva", "the Fishers"."""
    return _TITLED.match(fold(name).text) is not None


def is_spoken_to(text: str, span: tuple[int, int]) -> bool:
    """Whether the words are said to somebody whose name they begin with: "Dre Crawford, come by"."""
    before, after = _around(text, span)
    return span[0] < _REACH and not before.strip(" @\n") and _SPOKEN_TO.match(after) is not None


def is_place(text: str, span: tuple[int, int]) -> bool:
    """Whether a single word that looks like a name stands as a place's or a team's: "from Guelph", "the Fishers"."""
    before, after = _around(text, span)
    is_handle = text[span[0]] == "@" or before.endswith("@")
    return bool(_PLACED.search(before)) and not is_handle and not after.startswith(("'s", "’s"))


def is_of_address(text: str, span: tuple[int, int]) -> bool:
    """Whether what looks like a name is part of a mail address, plain or spelled out, or the author's own handle."""
    start, end = span
    while start < end and not text[start].isalnum():
        start += 1
    before, after = _around(text, (start, end))
    return bool(_MAILBOX.match(after) or _MAIL_DOMAIN.search(before) or _OWN.search(before))


def _around(text: str, span: tuple[int, int]) -> tuple[str, str]:
    """The folded text right before a span and right after it."""
    start, end = span
    return fold(text[max(0, start - _REACH) : start]).text, fold(text[end : end + _REACH]).text
