"""What keeps a profile from being looked at, in words that name nobody and say what would open the way.

An error's own words may hold the name that was asked for, and what is said here stays in the archive for ever: so the
words are chosen by the error's code, and nothing of the error itself is taken over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rollbook.errors import AccessError, CollectError, RateLimited
from rollbook.plugins import Collector

#: Networks of many servers: what one of them refuses says nothing of the others.
_MANY_SERVERS = frozenset(("bluesky", "mastodon", "website"))
#: Networks whose names are not their key with a capital letter.
_NAMES = {"youtube": "YouTube", "tiktok": "TikTok", "linkedin": "LinkedIn", "website": "The web"}
_NO_WAY = "Rollbook has no way to look at a profile on {name}; a person has to look"
#: What keeps from the whole network, by the error's code.
_CLOSED = {
    "no-credential": "{name} shows profiles to holders of a key or token only: `rollbook connect {network}` tells how "
                     "to get one",
    "keyring-closed": "the key or token for {name} may lie in this system's keyring, which cannot be opened",
    "terms": "{name} is not asked until the workspace records who signed off its terms (terms_signed_off_by under "
             "[collect.{network}])",
    "budget": "{name} bills for each profile, and the part of the month's reads that may go to this is used up or not "
              "set (monthly_reads under [collect.{network}])",
    "setting": "a setting under [collect.{network}] is wrong: `rollbook doctor` says which",
}
_REFUSED = "{name} refuses the District's key or token: `rollbook doctor` says why"
_LATER = "{name} asked to come back later"
#: What keeps from one account, by the error's code.
_NOT_SHOWN = {
    "logged-in-only": "the account asks to be shown to people who are logged in only",
    "private": "the account is private, and private accounts are not looked at",
    "not-professional": "{name} shows professional accounts only, and this one is personal, private or not there",
    "bad-handle": "its name is none that {name} gives",
    "robots": "the site's robots.txt asks programs to stay away",
    "login-page": "the site shows itself after a login only",
    "foreign-link": "the site leads to another one",
    "not-html": "what stands at its address is no web page",
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an account could not be looked at."""

    #: ``closed``: no account of the network can be now, and trying costs nothing; ``not-shown``: this one will not be
    #: tomorrow either; ``not-checked``: it may be.
    kind: Literal["closed", "not-shown", "not-checked"]
    #: In words that name nobody.
    reason: str


def no_way(network: str, plugin: Collector | None) -> Obstacle:
    """Of a network that shows profiles to no program of a district."""
    told = plugin.no_profile if plugin is not None else ""
    return Obstacle("closed", told or _NO_WAY.format(name=_name(network)))


def obstacle(network: str, err: CollectError) -> Obstacle:
    """What an error means for looking at a profile."""
    words = {"name": _name(network), "network": network}
    if err.code in _CLOSED:
        return Obstacle("closed", _CLOSED[err.code].format(**words))
    if err.code in _NOT_SHOWN:
        return Obstacle("not-shown", _NOT_SHOWN[err.code].format(**words))
    if network == "website" and isinstance(err, AccessError):
        return Obstacle("not-shown", "the site shows itself to no program")
    if network not in _MANY_SERVERS and isinstance(err, AccessError | RateLimited):
        return Obstacle("closed", (_LATER if isinstance(err, RateLimited) else _REFUSED).format(**words))
    return Obstacle("not-checked", f"the profile could not be read ({err.code})")


def _name(network: str) -> str:
    return _NAMES.get(network, network.capitalize())
