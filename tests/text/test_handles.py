"""Handles: keys as they are compared, and spellings that are taken for another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.text.handles import distance, look_alike, plain_key, stem
from rollbook.text.pointing import account_at, pointed_at
from rollbook.types import Account, Post, Reference
from tests.reports.invented import at

REGISTER = (
    Account("x:LarkmoorCSD", "district"), Account("bluesky:larkmoorcsd.example", "district"),
    Account("mastodon:library@schools.larkmoor.example", "district"), Account("mastodon:ashgrove_news@schools.larkmoor.example", "district"), Account("x:ms_whitlow", "employee"),
    Account("x:LMHS_Otters", "district"), Account("x:class_of_2027", "district"),
)


@pytest.mark.parametrize(("one", "other"), [
    ("x:@LarkmoorCSD", "x:larkmoorcsd"), ("mastodon:Office@School.Example", "mastodon:office@school.example"),
    ("feed:https://www.larkmoor.example/feed/", "feed:http://larkmoor.example/feed"),
])
def test_a_key_has_one_plain_spelling(one: str, other: str) -> None:
    assert plain_key(one) == plain_key(other)


def test_identities_keep_their_case() -> None:
    assert plain_key("bluesky:did:plc:abc") != plain_key("bluesky:did:plc:ABC")


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


@pytest.mark.parametrize(("url", "key"), [
    ("https://x.com/LarkmoorCSD", "x:LarkmoorCSD"), ("https://twitter.com/@LarkmoorCSD/", "x:LarkmoorCSD"),
    ("https://www.instagram.com/larkmoor.csd/?hl=en", "instagram:larkmoor.csd"), ("https://m.facebook.com/Larkmoor", "facebook:Larkmoor"),
    ("https://www.youtube.com/@larkmoor", "youtube:larkmoor"), ("https://bsky.app/profile/larkmoor.example", "bluesky:larkmoor.example"),
    ("https://bsky.app/profile/did:plc:abc", "bluesky:did:plc:abc"), ("https://fields.example/@library", "mastodon:library@fields.example"),
    ("https://fields.example/@library@Schools.example", "mastodon:library@schools.example"),
    ("https://www.threads.net/@larkmoor", "threads:larkmoor"), ("https://tiktok.com/@larkmoor", "tiktok:larkmoor"),
])
def test_a_profiles_address_names_its_account(url: str, key: str) -> None:
    assert account_at(url) == key


@pytest.mark.parametrize("url", [
    "https://x.com/LarkmoorCSD/status/1", "https://x.com/home", "https://x.com/intent/tweet", "https://www.facebook.com/events/1",
    "https://www.facebook.com/sharer.php?u=x", "https://www.instagram.com/p/abc", "https://youtube.com/watch?v=1",
    "https://medium.com/@someone", "https://larkmoor.example/news", "mailto:a@b.example", "https://[", "https://bsky.app/profile/a.example/post/1",
])
def test_other_addresses_name_none(url: str) -> None:
    assert account_at(url) == ""


def post(network: str, **parts: object) -> Post:
    return Post(f"{network}:1", f"{network}:office@schools.example", network, parts.pop("kind", "post"), "", at(6, 10), **parts)  # type: ignore[arg-type]


def pointed(of: Post) -> list[tuple[str, str]]:
    return [(one.how, one.key) for one in pointed_at(of, Account(of.account, "district"))]


def test_a_post_points_at_whom_it_answers_mentions_and_links() -> None:
    of = post("mastodon", kind="reply", reply_to=Reference("mastodon:1", "mastodon:a@one.example"),
              mentions=("b@two.example", "c"), links=("https://x.com/d", "https://news.example"))
    assert pointed(of) == [("reply", "mastodon:a@one.example"), ("mention", "mastodon:b@two.example"),
                           ("mention", "mastodon:c@schools.example"), ("link", "x:d")]


def test_a_repost_points_at_its_author_alone() -> None:
    of = post("x", kind="repost", repost_of=Reference("x:2", "x:a"), mentions=("b",), links=("https://x.com/c",))
    assert pointed(of) == [("repost", "x:a")]


def test_a_name_in_a_feed_leads_nowhere() -> None:
    assert pointed(post("feed", mentions=("b",))) == []
