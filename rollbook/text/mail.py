"""Mail addresses of given domains in a text, written plainly or disguised.

The domain is found first, letter by letter in its look-alikes, and the mailbox is read leftwards from there. Only the
word "at" is ambiguous ("find us at ourschool.org" is a web address), so only there the words around it are weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rollbook.text import disguises
from rollbook.text.disguises import Domain
from rollbook.text.folding import Folded, fold
from rollbook.text.mailboxes import Mailboxes, cued

#: How an address is written, from the plainest to the least certain.
Form = Literal["plain", "look-alike", "spelled", "reversed", "incomplete", "described"]

#: Code points left of a domain in which its mailbox is looked for: 64 of a mailbox (RFC 5321) and room for disguises.
_REACH = 120
#: Code points around an address in which the talk is of mail, or of forgery.
_NEAR = 80

_IS_WEB = re.compile(r"[/:?#]\S")
_DESCRIBED = re.compile(disguises.DESCRIBED)
_OPENS = re.compile(r"(?:^|[.?!;\n])\s*\Z")
#: A look-alike domain in a warning is somebody else's domain, and said to be.
_FORGERY = re.compile(
    r"phish|fake|scam|spoof|impost|impersonat|fraud|not (?:us|ours|our)\b|estafa|fals[oa]|look-?alike")


@dataclass(frozen=True, slots=True)
class Address:
    """One mail address as it stands in a text."""

    #: Without disguise: ``jdoe@ourschool.org``.
    address: str
    mailbox: str
    #: Half-open span of code points of the original text.
    start: int
    end: int
    form: Form


def find_addresses(text: str, names: tuple[str, ...], mailboxes: Mailboxes) -> list[Address]:
    """The mail addresses of the domains and their subdomains, in the order of the text; no two spans overlap."""
    plain = fold(text, True).text
    squeezed = disguises.squeeze(plain)
    found: list[Address] = []
    for domain in disguises.domains(names):
        if domain.squeezed in squeezed:
            found += _written(_Reading(text, mailboxes), domain)
        if domain.squeezed[::-1] in squeezed:
            for backwards in _written(_Reading(text[::-1], mailboxes), domain):
                start, end = len(text) - backwards.end, len(text) - backwards.start
                found.append(replace(backwards, start=start, end=end, form="reversed"))
    if names and ("domain" in plain or "dominio" in plain):
        found += _in_words(_Reading(text, mailboxes), names[0])
    kept: list[Address] = []
    for address in sorted(found, key=lambda item: (item.start, -item.end)):
        if not kept or address.start >= kept[-1].end:
            kept.append(address)
    return kept


class _Reading:
    """A text that is known to hold a domain, and what is known of mailboxes."""

    def __init__(self, text: str, mailboxes: Mailboxes) -> None:
        self.written, self.mailboxes = text, mailboxes
        folded = fold(disguises.with_at_signs(text), True)
        # Once more: an envelope may be written as an escape.
        self.folded: Folded = replace(folded, text=disguises.with_at_signs(folded.text))

    def is_capital(self, place: int) -> bool:
        return self.folded.quote(place, place + 1).isupper()

    def near(self, start: int, end: int) -> tuple[str, str]:
        return self.folded.text[max(0, start - _NEAR) : start], self.folded.text[end : end + _NEAR]


def _written(reading: _Reading, domain: Domain) -> Iterator[Address]:
    for match in domain.pattern.finditer(reading.folded.text):
        if not _continues(reading, match.end()) and not _is_two_sentences(reading, match):
            found = _left_of(reading, match.span(), domain.name) or _right_of(reading, match.span(), domain.name)
            if found is not None:
                yield found
    if domain.label is not None:
        for match in domain.label.finditer(reading.folded.text):
            found = _left_of(reading, match.span(), domain.name)
            if found is not None:
                yield replace(found, form="incomplete")


def _in_words(reading: _Reading, name: str) -> Iterator[Address]:
    for match in disguises.IN_WORDS.finditer(reading.folded.text):
        found = _left_of(reading, (match.end() - len(match.group().lstrip()), match.end()), name)
        if found is not None:
            yield replace(found, form="described")


def _continues(reading: _Reading, end: int) -> bool:
    """Whether the domain goes on; "…org.Thanks" is a sentence run on, "…org.example" is a longer domain."""
    match = disguises.GOES_ON.match(reading.folded.text, end)
    return match is not None and (match.group("label") is None or not reading.is_capital(end + 1))


def _is_two_sentences(reading: _Reading, match: re.Match[str]) -> bool:
    """Whether "Ourschool. Org charts…" was taken for a domain with a space in it."""
    gap = re.search(r"\w\.\s+(?=\w)", match.group())
    return gap is not None and reading.is_capital(match.start() + gap.end())


def _left_of(reading: _Reading, span: tuple[int, int], name: str) -> Address | None:
    """The address whose domain stands at ``span`` of the fold, if a mailbox stands before it."""
    start, end = span
    floor = max(0, start - _REACH)
    left = disguises.LEFT.search(reading.folded.text[floor:start])
    if left is None or not _is_mailbox(reading, floor, left, span):
        return None
    mailbox = disguises.plain_dots(left.group("local"))
    if re.fullmatch(r"(?:\w\s){2,}\w", mailbox):
        mailbox = re.sub(r"\s", "", mailbox)
    return _address(reading, (floor + left.start(), end), mailbox, disguises.plain_dots(left.group("sub")) + name)


def _right_of(reading: _Reading, span: tuple[int, int], name: str) -> Address | None:
    """The address whose mailbox is said after its domain: "put @ourschool.org after my last name"."""
    start, end = span
    text = reading.folded.text
    right = disguises.RIGHT.match(text, end) if start and text[start - 1] == "@" else None
    if right is None:
        return None
    mailbox = right.group("local")
    known = reading.mailboxes.reading(mailbox, "", capital=reading.is_capital(right.start("local"))) == "mailbox"
    if not known and not _DESCRIBED.fullmatch(mailbox):
        return None
    found = _address(reading, (start - 1, right.end()), mailbox, name)
    return replace(found, form="described") if found else None


def _address(reading: _Reading, span: tuple[int, int], mailbox: str, domain: str) -> Address | None:
    start, end = reading.folded.span(*span)
    written, address = reading.written[start:end], f"{mailbox}@{domain}"
    form: Form = "spelled"
    if written.lower() == address:
        form = "plain"
    elif " " in mailbox:
        form = "described"
    elif reading.folded.text[slice(*span)] == address:
        form = "look-alike"
    if form == "look-alike" and any(map(_FORGERY.search, reading.near(*span))):
        return None
    return Address(address, mailbox, start, end, form)


def _is_mailbox(reading: _Reading, floor: int, left: re.Match[str], domain: tuple[int, int]) -> bool:
    """Whether what stands before the domain addresses a mailbox, and no handle, place or web page."""
    text, local, first = reading.folded.text, left.group("local"), floor + left.start()
    before, after = reading.near(first, domain[1])
    sign, word = left.group("sign"), left.group("word")
    if sign is not None and not sign[0].isspace():
        if before.endswith("@"):  # "@user@host" is a handle of the fediverse, unless the talk is of mail
            return not before.endswith(("/@", ":@")) and cued(before[:-1], "")
        return not before.endswith(("acct:", "mastodon:"))
    spelled = disguises.SPELLED.search(text[slice(*domain)]) is not None
    if left.group("glued") is not None:
        return spelled
    if _DESCRIBED.fullmatch(local):
        return True
    capital = reading.is_capital(first)
    known = reading.mailboxes.reading(local.replace(" ", ""), before, capital=capital)
    if left.group("bracketed") is not None:
        return known != "word" or local in reading.mailboxes.roles
    if left.group("bullet") is not None or left.group("apart") is not None:
        return known == "mailbox" or (left.group("apart") is not None and known == "unknown" and not capital)
    if word is not None and (left.group("sub").startswith("www") or _IS_WEB.match(after)):
        return False
    spaced = sign is not None and sign[-1].isspace()
    if spelled or spaced or (word is not None and _is_disguise(reading, floor, left)):
        return known != "word"
    return known == "mailbox" or (
        known == "unknown" and not capital and _OPENS.search(before) is not None and cued(before, after)
    )


def _is_disguise(reading: _Reading, floor: int, left: re.Match[str]) -> bool:
    """Whether the joining word is no everyday "at": another word, or "AT" in capitals among small letters."""
    start, end = floor + left.start("word"), floor + left.end("word")
    mailbox = reading.folded.quote(floor + left.start("local"), floor + left.end("local"))
    joined = reading.folded.quote(start, end).strip()
    is_shouted = mailbox.isupper() and "%" not in mailbox  # the letters of an escape tell nothing
    return joined.lower() != "at" or (joined.isupper() and not is_shouted)
