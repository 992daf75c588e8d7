"""Addresses are found through any disguise that people stack on one another, and quoted as they stand."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rollbook.text.disguises import GOES_ON
from rollbook.text.folding import fold
from rollbook.text.lookalikes import LOOKALIKES
from rollbook.text.mail import find_addresses
from rollbook.text.mailboxes import Mailboxes

NO_TIME = settings(deadline=None)
DOMAINS = ("ourschools.org", "lake-shore.k12.ny.us")
NOBODY = Mailboxes()
SHAPES: dict[str, list[str]] = {}
for _shape, _plain in LOOKALIKES.items():
    SHAPES.setdefault(_plain, []).append(_shape)

#: How the sign and the dots may be written.
SIGNS = ["@", " @ ", "@ ", " [at] ", "[at]", " (at) ", "(at)", "{at}", " <at> ", " AT ", " (a) ", " [@] ", "＠", "﹫", " arroba ", " (arroba) ",
         " 📧 ", "✉", "ⓐ", "@\n", "*at*", " -at- ", "_at_", "|at|", ' "at" ', " at-sign ", ", at, "]
DOTS = [".", " . ", "[.]", " [dot] ", "(dot)", " (dot) ", "{dot}", " dot ", " DOT ", " punto ", "。", "•", "․", " <dot> ", "_dot_", "|dot|", "\n."]
MAILBOXES = ["jdoe", "j.doe", "mquintanar", "rosa_lee", "kim7"]
#: Applied to the whole address after it is put together.
WHOLE: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "bold": lambda text: "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in text),
    "struck through": lambda text: "".join(c + "\u0336" if c.isalnum() else c for c in text),
    "zero-width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "direction marks": lambda text: f"\u202a{text}\u202c",
    "entities": lambda text: "".join(f"&#{ord(c)};" if c.isalnum() or c in "@." else c for c in text),
    "percent": lambda text: "".join(quote(c, safe="") if not c.isspace() else c for c in text),
    "capitals": str.upper,
}


@st.composite
def addresses(draw: st.DrawFn) -> tuple[str, str]:
    """An address as it is, and in a disguise stacked at random."""
    mailbox, domain = draw(st.sampled_from(MAILBOXES)), draw(st.sampled_from(DOMAINS))
    letters = draw(st.sampled_from(["plain", "look-alike"]))

    def dress(word: str) -> str:
        if letters == "plain":
            return word
        return "".join(draw(st.sampled_from([c, *SHAPES.get(c, [])])) if c.isalpha() else c for c in word)

    dot = draw(st.sampled_from(DOTS))
    joined = f"{dress(mailbox)}{draw(st.sampled_from(SIGNS))}{dot.join(dress(label) for label in domain.split('.'))}"
    # A capital look-alike resembles another letter (υ is a u, Υ a Y), and SHOUTED words tell no "AT" from "at".
    no_capitals = letters != "plain" or " AT " in joined
    ways = sorted(way for way in WHOLE if not (no_capitals and way == "capitals"))
    return f"{mailbox}@{domain}", WHOLE[draw(st.sampled_from(ways))](joined)


@NO_TIME
@given(addresses(), st.sampled_from(["", "Write to ", "📚 Correo: "]), st.sampled_from(["", " by Friday", ", thanks 🎉", "\nSee you"]))
def test_a_stacked_disguise_is_found(pair: tuple[str, str], before: str, after: str) -> None:
    address, disguised = pair
    text = before + disguised + after
    found = find_addresses(text, DOMAINS, NOBODY)
    assert [one.address for one in found] == [address], text
    [one] = found
    assert before.strip() not in text[one.start : one.end] or not before.strip()
    assert text[one.start : one.end].strip("\u202a\u202c") in disguised


@NO_TIME
@given(st.text(), st.text())
def test_spans_are_exact_in_any_surroundings(before: str, after: str) -> None:
    address = "jdoe@ourschools.org"
    text = f"{before} {address} {after}"
    found = find_addresses(text, DOMAINS, NOBODY)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    # "@ jdoe@…" is a handle, and "… dot x" goes on to another domain: those two surroundings may take it away.
    assume(not before.endswith("@") and not GOES_ON.match(fold(f" {after}").text))
    start = len(before) + 1
    assert any(one.start <= start and start + len(address) <= one.end for one in found)


@NO_TIME
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Z"]), max_size=60))
def test_nothing_is_found_where_no_domain_stands(text: str) -> None:
    if "domain" not in text.lower() and "dominio" not in text.lower():
        assert find_addresses(text, ("zzyzxqwv.example",), NOBODY) == []


@pytest.mark.parametrize("text", [
    "jdoe@ourschools.org.example.com", "jdoe@notourschools.org", "jdoe@not-ourschools.org", "jdoe@ourschools.com",
    "@ourschools.org", "find us at ourschools.org", "more info at ourschools dot org", "@jdoe@ourschools.org",
    "meet me at ourschools.org/live", "jdoe at gmail dot com", "I teach at Our Schools. Org charts bore me.", "",
])
def test_what_is_no_address(text: str) -> None:
    assert find_addresses(text, DOMAINS, NOBODY) == []


def test_a_handle_is_an_address_where_the_talk_is_of_mail() -> None:
    assert find_addresses("e-mail: @jdoe@ourschools.org", DOMAINS, NOBODY)


def test_the_owners_name_makes_a_word_a_mailbox() -> None:
    text = "quickest is mquintanar at ourschools.org"
    assert find_addresses("see quintanas at ourschools.org", DOMAINS, NOBODY) == []
    assert find_addresses(text, DOMAINS, Mailboxes(owner="Maribel Quintanar"))


def test_a_domain_below_another_one_is_found_once() -> None:
    found = find_addresses("kim7@students.ourschools.org", ("ourschools.org", "students.ourschools.org"), NOBODY)
    assert [one.address for one in found] == ["kim7@students.ourschools.org"]


def test_a_handle_below_a_name_needs_talk_of_mail() -> None:
    assert find_addresses("Jane Doe\n@ourschools.org", DOMAINS, NOBODY) == []
    assert find_addresses("mail me: jdoe\n@ourschools.org", DOMAINS, NOBODY)


def test_no_domains_find_nothing() -> None:
    assert find_addresses("jdoe@ourschools.org at our domain", (), NOBODY) == []


def test_reversed_is_quoted_as_it_stands() -> None:
    text = "backwards: gro.sloohcsruo@eodj !"
    [found] = find_addresses(text, DOMAINS, NOBODY)
    assert (found.address, found.form, text[found.start : found.end]) == (
        "jdoe@ourschools.org", "reversed", "gro.sloohcsruo@eodj",
    )
