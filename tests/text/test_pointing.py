"""Which accounts a post points at; what a link leads to is tests/test_linked.py's."""

from __future__ import annotations

from rollbook.text.pointing import pointed_at
from rollbook.types import Account, Post, Reference
from tests.reports.invented import at


def post(network: str, **parts: object) -> Post:
    return Post(f"{network}:1", f"{network}:office@schools.example", network, parts.pop("kind", "post"), "", at(6, 10), **parts)  # type: ignore[arg-type]


def pointed(of: Post) -> list[tuple[str, str]]:
    return [(one.how, one.key) for one in pointed_at(of, Account(of.account, "district"))]


def test_a_post_points_at_whom_it_answers_mentions_and_links() -> None:
    of = post("mastodon", kind="reply", reply_to=Reference("mastodon:1", "mastodon:a@one.example"),
              mentions=("b@two.example", "c"), links=("https://x.com/d", "https://news.example/today"))
    assert pointed(of) == [("reply", "mastodon:a@one.example"), ("mention", "mastodon:b@two.example"),
                           ("mention", "mastodon:c@schools.example"), ("link", "x:d")]


def test_a_repost_points_at_its_author_alone() -> None:
    of = post("x", kind="repost", repost_of=Reference("x:2", "x:a"), mentions=("b",), links=("https://x.com/c",))
    assert pointed(of) == [("repost", "x:a")]


def test_a_name_in_a_feed_leads_nowhere() -> None:
    assert pointed(post("feed", mentions=("b",))) == []


def test_a_link_to_a_post_points_at_its_account_and_a_page_of_a_network_at_none() -> None:
    of = post("x", links=("https://x.com/a/status/1", "https://fields.example/@library", "https://x.com/hashtag/b", "https://www.instagram.com/p/c/"))
    assert pointed(of) == [("link", "x:a"), ("link", "mastodon:library@fields.example")]


def test_a_name_in_the_words_of_a_channel_is_a_channel() -> None:
    assert pointed(post("youtube", mentions=("lincoln",))) == [("mention", "youtube:lincoln")]
