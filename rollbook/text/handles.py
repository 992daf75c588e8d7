"""Handles of accounts: what people call one, and handles that a reader takes for a registered one.

A look-alike is told by what the eye confuses (look-alike letters, ``rn`` for ``m``, digits for letters, separators), by
a word that is added ("official", "the", a digit), and by the distance of Damerau and Levenshtein: one character in
handles of six and more, two in handles of twelve and more. What makes another name of it is none: other initials,
another kind of school, another year, the other side of the town. The same name on another network is a twin, and no
look-alike.
**Source**: own choice, on invented handles; Unicode Technical Standard #39 describes the first problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rollbook.linked import ADDRESSES, plain_key
from rollbook.text.folding import fold
from rollbook.types import Account

#: Shortest spelling in which one, or two, differing characters are a slip or a forgery and not another name.
_ONE_OFF, _TWO_OFF = 6, 12
_SEPARATORS = re.compile(r"[-_.]+")
#: A differing part of this many letters is the initials of another school: ``afhs_herons`` and ``bfhs_herons``.
_INITIALS = 4
#: What anybody may be called: no likeness to one of these means anything.
_ANYBODYS = frozenset("""
    admin art arts athletics band board choir classroom communications counseling district drama elementary english
    guidance highschool history info library math middleschool music news nurse office orchestra principal reading
    robotics school schools science sports students superintendent teacher teachers tech technology theater
    transportation updates yearbook
""".split())
_CONFUSED = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("3", "e"), ("5", "s"), ("i", "l"))
#: What is added to a name to pass for it, before and after; a digit or two where it ends in none.
_ADDED = re.compile(r"(?:the|real|official|its)?(?P<name>.+?)(?:official|real|hq|online|page|\d{1,2})?")
#: Shortest name that something can be added to and still be taken for it: "QBHS1" may be anybody's.
_ADDED_TO = 8
#: What tells two schools, or two districts, of one place apart, at the end of a name.
_KINDS = re.compile(
    r"(?P<place>.{4,}?)(?:csd|ufsd|c?usd|[bhip]?sd|academy|elem|(?:[ehimpj]|jh|sh|mh)s|high|middle|primary)"
)
#: First letters that are taken for each other.
_FIRST = ({"o", "q"}, {"c", "g"}, {"e", "f"}, {"p", "r"}, {"m", "n"}, {"u", "v"}, {"c", "o"})
#: Words of which one stands for the other group, and never for a slip of it.
_OPPOSITES = (("east", "west"), ("north", "south"), ("upper", "lower"), ("boys", "girls"))


@dataclass(frozen=True, slots=True)
class Alike:
    """A registered account that a handle can be taken for."""

    account: Account
    #: In words, after "its handle": "differs in one character from".
    how: str
    confidence: float
    #: The same name elsewhere: perhaps the District's own, perhaps squatted, but in no disguise.
    is_twin: bool = False


def stem(key: str) -> str:
    """What people call an account of: the first label of a domain, the user of ``user@host``; empty for none."""
    network, _, handle = key.partition(":")
    handle = handle.removeprefix("@")
    if network in ADDRESSES or handle.startswith("did:"):
        return ""
    ends = {"mastodon": "@", "bluesky": "."}.get(network)
    return handle.partition(ends)[0] if ends else handle


@lru_cache(maxsize=4096)
def _skeleton(name: str) -> str:
    """The spelling that every confusable spelling has in common."""
    text = _SEPARATORS.sub("", fold(name).text)
    for seen, meant in _CONFUSED:
        text = text.replace(seen, meant)
    return text


def look_alike(key: str, registered: Iterable[Account], places: str = "(?!)") -> Alike | None:
    """The registered account that an unregistered one's handle can be taken for; the strongest likeness.

    Near spellings count against the District's own accounts only: an employee's namesake is somebody else, and the same
    handle elsewhere may be the employee's personal account. A spelling in disguise counts against both. ``places`` is a
    pattern of names that are a place's too: whoever lives there may be called so.
    """
    registered, name = tuple(registered), stem(key)
    if not name or any(plain_key(account.key) == plain_key(key) for account in registered):
        return None
    found = [alike for account in registered if (alike := _alike(key, name, account, places)) is not None]
    # A name that is one account's own is no slip of another's: "QBMS_Music" is no "QBHS_Music".
    twins = [alike for alike in found if alike.is_twin]
    near = [alike for alike in found if not alike.is_twin and (not twins or alike.confidence > _SURE)]
    return max(near or twins, key=lambda alike: alike.confidence, default=None)


#: From this confidence on a handle is in disguise, and nothing else.
_SURE = 0.9


def _alike(key: str, name: str, account: Account, places: str) -> Alike | None:
    other, ours = stem(account.key), account.kind == "district"
    plain, known = (_SEPARATORS.sub("", text.lower()) for text in (name, other))
    if len(other) < _ONE_OFF - 1 or {known, known.removesuffix("s")} & _ANYBODYS:
        return None
    is_elsewhere = key.partition(":")[0] != account.network
    if plain == known and (is_elsewhere or name.lower() == other.lower()):
        if not ours or (is_elsewhere and re.fullmatch(places, known)):
            return None
        return Alike(account, "is, on another network or server, that of", 0.7, is_twin=True)
    mine, theirs = _skeleton(name), _skeleton(other)
    if mine == theirs or (ours and mine == _skeleton(_whole(account))):
        disguised = ours or not name.isascii() or _is_spelled_to_deceive(name, other)
        return Alike(account, "looks like, in other characters, that of", 0.92) if disguised else None
    if not ours or _is_other_name(name, other):
        return None
    added = _ADDED.fullmatch(plain)
    if len(known) >= _ADDED_TO and not known[-1].isdigit() and added and _skeleton(added["name"]) == theirs:
        return Alike(account, "adds a word or a digit to that of", 0.75)
    return _near(mine, theirs, account)


def _is_spelled_to_deceive(name: str, other: str) -> bool:
    """Digits or a capital I in the place of letters: "Neil" and "Nell" are two people, "SuptSo11ers" is none."""
    digits = re.sub(r"\D", "", name) != re.sub(r"\D", "", other)
    return digits or ("I" in name and name.replace("I", "l").lower() == other.lower())


def _whole(account: Account) -> str:
    """A name that is a whole domain is imitated whole: ``school-example.bsky.social`` for ``school.example``."""
    return account.handle if account.network == "bluesky" else stem(account.key)


def _near(mine: str, theirs: str, account: Account) -> Alike | None:
    allowed = 2 if len(theirs) >= _TWO_OFF else 1 if len(theirs) >= _ONE_OFF else 0
    off = distance(mine, theirs, allowed)
    if off > allowed or (mine[0] != theirs[0] and (off == 2 or _is_other_first(mine, theirs))):
        return None
    how = "differs in one character from that of" if off == 1 else "differs in two characters from that of"
    return Alike(account, how, 0.85 - 0.1 * off)


def _is_other_first(mine: str, theirs: str) -> bool:
    """Whether the first letter alone is another one, and does not look like it: "Barrowgate" is no "Harrowgate"."""
    return mine[1:] == theirs[1:] and {mine[0], theirs[0]} not in _FIRST


def _is_other_name(name: str, other: str) -> bool:
    """Whether what differs makes another name of it, as people name schools, teams and classes."""
    return (
        _digits_only(name, other) or _other_initials(name, other) or _other_kind(name, other)
        or _opposite(name, other)
    )


def _digits_only(name: str, other: str) -> bool:
    """``class_of_2027`` and ``class_of_2028`` are two names of one series; a digit after a name without one is none."""
    series = re.search(r"\d", other) is not None or re.search(r"\d{3}", name) is not None
    return series and re.sub(r"\d", "", name.lower()) == re.sub(r"\d", "", other.lower())


def _other_initials(name: str, other: str) -> bool:
    """``AFHS_Herons`` and ``bfhs_herons``, ``QBHSGirlsSoccer`` and ``pbhsgirlssoccer``, ``qbathletics`` and others."""
    parts, words = _SEPARATORS.split(name.lower()), _SEPARATORS.split(other.lower())
    if len(parts) == len(words) > 1:
        different = [pair for pair in zip(parts, words, strict=True) if pair[0] != pair[1]]
        return len(different) == 1 and max(map(len, different[0])) <= _INITIALS
    rest = next((word for word in (_after_initials(other), _generic_end(other)) if word), "")
    return bool(rest) and name.lower().endswith(rest) and 0 < len(name) - len(rest) <= _INITIALS


def _after_initials(other: str) -> str:
    """What follows initials in capitals: "girlssoccer" of ``QBHSGirlsSoccer``."""
    found = re.fullmatch(r"[A-Z]{2,4}((?:[A-Z][a-z]+)+)", other)
    return found[1].lower() if found else ""


def _generic_end(other: str) -> str:
    """What anybody may be called, after up to four letters: "athletics" of ``qbathletics``."""
    plain = other.lower()
    return next((plain[at:] for at in range(1, _INITIALS + 1) if plain[at:] in _ANYBODYS), "")


def _other_kind(name: str, other: str) -> bool:
    """``QuarryBayHS`` and ``quarrybayms`` are two schools of one place, and of ``quarrybay``."""
    plain, known = (_SEPARATORS.sub("", text.lower()) for text in (name, other))
    mine, theirs = _KINDS.fullmatch(plain), _KINDS.fullmatch(known)
    return mine is not None and mine["place"] in (known, theirs["place"] if theirs else "")


def _opposite(name: str, other: str) -> bool:
    plain, known = name.lower(), other.lower()
    return any(plain == known.replace(one, two) or plain == known.replace(two, one) for one, two in _OPPOSITES
               if one in known or two in known)


def distance(one: str, other: str, enough: int) -> int:
    """How many characters are changed, missing, added or swapped with their neighbour; ``enough`` + 1 for any more."""
    if abs(len(one) - len(other)) > enough:
        return enough + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, last, row = row, before, [place]
        for index, wanted in enumerate(other, 1):
            cost = min(before[index] + 1, row[-1] + 1, before[index - 1] + (letter != wanted))
            if last and index > 1 and letter == other[index - 2] and one[place - 2] == wanted:
                cost = min(cost, last[index - 2] + 1)
            row.append(cost)
    return min(row[-1], enough + 1)
