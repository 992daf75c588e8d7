"""Handles of accounts: what people call one, and handles that a reader takes for a registered one.

A look-alike is told by what the eye confuses (look-alike letters, ``rn`` for ``m``, digits for letters, separators) and
by the distance of Damerau and Levenshtein: one character in handles of six and more, two in handles of twelve and more.
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


@dataclass(frozen=True, slots=True)
class Alike:
    """A registered account that a handle can be taken for."""

    account: Account
    #: In words, after "its handle": "differs in one character from".
    how: str
    confidence: float


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


def look_alike(key: str, registered: Iterable[Account]) -> Alike | None:
    """The registered account that an unregistered one's handle can be taken for; the strongest likeness.

    Near spellings count against the District's own accounts only: an employee's namesake is somebody else, and the same
    handle elsewhere may be the employee's personal account. A spelling in disguise counts against both.
    """
    registered, name = tuple(registered), stem(key)
    if any(plain_key(account.key) == plain_key(key) for account in registered):
        return None
    found = [alike for account in registered if name and (alike := _alike(name, account)) is not None]
    return max(found, key=lambda alike: alike.confidence, default=None)


def _alike(name: str, account: Account) -> Alike | None:
    other = stem(account.key)
    if len(other) < _ONE_OFF - 1 or _SEPARATORS.sub("", other.lower()) in _ANYBODYS:
        return None
    ours = account.kind == "district"
    mine, theirs = _skeleton(name), _skeleton(other)
    if name.lower() == other.lower():
        return Alike(account, "is, on another network or server, that of", 0.7) if ours else None
    if mine == theirs:
        disguised = ours or not name.isascii()
        return Alike(account, "looks like, in other characters, that of", 0.92) if disguised else None
    if not ours or _digits_only(name, other) or _other_initials(name, other):
        return None
    allowed = 2 if len(theirs) >= _TWO_OFF else 1 if len(theirs) >= _ONE_OFF else 0
    off = distance(mine, theirs, allowed)
    if off > allowed:
        return None
    how = "differs in one character from that of" if off == 1 else "differs in two characters from that of"
    return Alike(account, how, 0.85 - 0.1 * off)


def _digits_only(name: str, other: str) -> bool:
    """``class_of_2027`` and ``class_of_2028`` are two names of one series."""
    return re.sub(r"\d", "", name.lower()) == re.sub(r"\d", "", other.lower())


def _other_initials(name: str, other: str) -> bool:
    ours, theirs = (_SEPARATORS.split(text.lower()) for text in (name, other))
    if len(ours) != len(theirs) or len(ours) < 2:
        return False
    different = [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]]
    return len(different) == 1 and max(map(len, different[0])) <= _INITIALS


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
