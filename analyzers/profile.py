"""Registered profiles: a District address, a claim to be official, a missing disclaimer.

Clause: 9125.3 paras 5 and 6 (District e-mail on networks not approved; no spokesperson without authorisation).

Flags: the profile of an account on record that shows a District address on a network that is not approved; an
employee's that calls itself official or the District's voice with no authorisation as spokesperson on record; an
employee's that lacks the disclaimer which ``[policy] disclaimer`` asks for.

Does not flag: posts; accounts that are not on record (``unregistered-account`` does); the District's own accounts for
being official or without a disclaimer; authorised spokespersons, who do speak for the District; the disclaimer in other
words ("opinions mine", "views my own"), in Spanish, or in disguised letters; approved networks and the District's own
sites for an address. An authorisation counts where it holds on the day of the profile or later.

Evidence: the address or the claim; for a missing disclaimer the name at the head of the profile.

Measured: 31 own labelled cases of three invented districts, November 2026, by the author of the rule: all right at the
first try. In the development set of 800 posts, which has no labels of this rule, 15 are profiles: both District
addresses and the one false claim to be official are found, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.linked import plain_key
from rollbook.plugins import Case, Hit, analyzer
from rollbook.text import claims
from rollbook.text.folding import fold
from rollbook.text.mail import find_addresses
from rollbook.text.mailboxes import Mailboxes
from rollbook.text.ownsites import is_own_site
from rollbook.text.places import called, words_of
from rollbook.text.surroundings import DISCLAIMER
from rollbook.text.voice import said_as_institution
from rollbook.types import Evidence

#: Acts by which a profile says that it is the institution's voice. **Source**: RULES of the policy, para 6.
_OFFICIAL = (claims.REPRESENTS, claims.ON_BEHALF, claims.OFFICIAL, "speaks for it", "says that it is authorised")


@analyzer("profile", version=1)
def profile(case: Case) -> Iterator[Hit]:
    """Judges the profile of an account on record. **Shape**: at most one hit for each of the three questions."""
    if case.post.kind != "profile" or not _is_on_record(case):
        return
    yield from _address(case)
    if case.account.kind == "employee" and not _may_speak(case):
        yield from _official(case)
        yield from _no_disclaimer(case)


def _is_on_record(case: Case) -> bool:
    return any(plain_key(account.key) == plain_key(case.post.account) for account in case.workspace.register)


def _may_speak(case: Case) -> bool:
    """Whether an authorisation holds on the profile's day or begins later: a profile stands until it is changed."""
    period = case.account.spokesperson
    day = case.workspace.school_year.local(case.post.edited_at or case.post.created_at).date()
    return period is not None and (period.until_on is None or day <= period.until_on)


def _address(case: Case) -> Iterator[Hit]:
    district = case.workspace.district
    if case.post.network.lower() in case.workspace.approved_networks or is_own_site(case.account, district):
        return
    mailboxes = Mailboxes(district.role_mailboxes, case.account.owner if case.account.kind == "employee" else "")
    evidence, addresses = [], dict[str, None]()
    for where, text in words_of(case.post):
        for found in find_addresses(text, district.mail_domains, mailboxes):
            evidence.append(Evidence(where, found.start, found.end, text[found.start : found.end]))
            addresses[found.address] = None
    if evidence:
        where = called(evidence[0].where)
        yield Hit(
            f"The District mail address {' and '.join(addresses)} stands in {where}; the network is not approved for "
            "District e-mail.", 0.95, tuple(evidence),
        )


def _official(case: Case) -> Iterator[Hit]:
    text = case.post.text
    said = [item for item in said_as_institution(case.post, case.account, case.workspace.district)
            if item.act.kind == "claim" and item.act.does in _OFFICIAL]
    if said:
        start, end = fold(text).span(said[0].start, said[0].end)
        yield Hit(
            "The profile calls itself official or the voice of the District or a part of it; no authorisation as "
            "spokesperson is on record.", round(min(0.95, 0.35 + 0.6 * said[0].weight), 2),
            (Evidence("profile", start, end, text[start:end]),),
        )


def _no_disclaimer(case: Case) -> Iterator[Hit]:
    wanted, text = case.workspace.disclaimer, case.post.text
    if not wanted or _plain(wanted) in _plain(text) or DISCLAIMER.search(fold(text).text):
        return
    name = len(text.partition("\n")[0])
    yield Hit(
        f"The profile lacks the disclaimer that the District asks for, “{wanted}”.", 0.9,
        (Evidence("profile", 0, name, text[:name]) if name else Evidence("profile"),),
    )


def _plain(text: str) -> str:
    """The words alone, without case and marks."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in fold(text).text).split())
