"""Handles: keys as they are compared, and spellings that are taken for another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.text.handles import distance, look_alike, stem
from rollbook.types import Account

REGISTER = (
    Account("x:LarkmoorCSD", "district"), Account("bluesky:larkmoorcsd.example", "district"),
    Account("mastodon:library@schools.larkmoor.example", "district"), Account("mastodon:ashgrove_news@schools.larkmoor.example", "district"), Account("x:ms_whitlow", "employee"),
    Account("x:LMHS_Otters", "district"), Account("x:class_of_2027", "district"),
)


@pytest.mark.parametrize(("key", "likeness"), [
    ("x:LarkmoorCSD_", "looks like"), ("x:Larkm00rCSD", "looks like"), ("x:LarkrnoorCSD", "looks like"),
    ("x:Lаrkmoorcsd", "looks like"), ("x:IarkmoorCSD", "looks like"), ("x:LarkmorCSD", "differs in one"),
    ("x:LarkmoroCSD", "differs in one"), ("instagram:larkmoorcsd", "on another network"),
    ("bluesky:larkmoorcsd.bsky.example", "on another network"), ("mastodon:ashgrove_news@other.example", "on another network"),
    ("x:ms_whitlоw", "looks like"),
])
def test_a_look_alike_is_told_with_what_it_looks_like(key: str, likeness: str) -> None:
    found = look_alike(key, REGISTER)
    assert found is not None
    assert likeness in found.how


@pytest.mark.parametrize("key", [
    "x:LarkmoorCSD", "x:larkmoorcsd", "x:LarkspurCSD", "x:ms_whitlaw", "instagram:ms_whitlow", "x:BMHS_Otters",
    "x:class_of_2028", "x:lark", "feed:https://larkmoorcsd.example/feed", "bluesky:did:plc:larkmoorcsd",
    "mastodon:library@other.example", "x:Library_",
])
def test_other_names_are_other_names(key: str) -> None:
    assert look_alike(key, REGISTER) is None


@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8))
def test_a_distance_is_the_same_both_ways_and_bounded(one: str, other: str) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) <= 3
    assert (distance(one, other, 2) == 0) == (one == other)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_handle_breaks_it(network: str, handle: str) -> None:
    look_alike(f"{network}:{handle}", REGISTER)
    stem(f"{network}:{handle}")
