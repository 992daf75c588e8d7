"""The Bluesky collector beside Bluesky's own AppView (npm: @atproto/dev-env), which shows the posts of the same accounts.

Rollbook asks an AppView who has a handle, for the words of what an account reposts, and for the account itself while its
own server does not answer. It indexes some seconds late: tests wait until it shows what they wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import requests

from rollbook.errors import AccountGone, PageError
from rollbook.formats import fingerprint
from rollbook.http import Door, Limits
from rollbook.types import Post
from rollbook.workspace import CollectSettings

from .answering import StandIn, serve
from .fortnight import Fortnight
from .pictures import png
from .test_bluesky import Author, reference

Make = Callable[..., Any]


@dataclass
class District:
    """One account, its server behind one that a test may silence, and the AppView."""

    author: Author
    appview: str
    between: StandIn
    wait: Make

    @property
    def settings(self) -> dict[str, str]:
        host, _, port = self.author.pds.rpartition(":")
        return {"appview": self.appview, "plc": f"{host}:{int(port) - 1}"}

    @property
    def reroute(self) -> dict[str, str]:
        return {self.author.pds.replace("127.0.0.1", "localhost"): self.between.base}

    def visits(self, kernel: Make, handle: str = "") -> Any:
        made = kernel(f"bluesky:{handle or self.author.handle}", self.settings)
        settings = CollectSettings(allow=(ip_network("127.0.0.0/8"),), reroute=self.reroute)
        made.door = Door(settings, limits=Limits(attempts=1))
        return made

    def silence(self) -> None:
        """From now on the account's own server does not answer."""
        self.between.always = 503, b"down"

    def view(self, method: str, **query: str) -> Any:
        return requests.get(f"{self.appview}/xrpc/{method}", params=query, timeout=20).json()

    def shows(self, *texts: str) -> None:
        """Waits until the AppView shows these texts of the account and no other."""

        def shown() -> list[str]:
            found = self.view("app.bsky.feed.getAuthorFeed", actor=self.author.did, filter="posts_with_replies")
            return sorted(item["post"]["record"]["text"] for item in found.get("feed", []))

        assert self.wait(lambda: shown() == sorted(texts)), shown()

    def says(self, error: str) -> None:
        """Waits until the AppView says this of the account."""
        assert self.wait(lambda: self.view("app.bsky.actor.getProfile", actor=self.author.did).get("error") == error)


@pytest.fixture
def district(atproto: tuple[str, str], eventually: Make) -> Iterator[District]:
    pds, appview = atproto
    with serve() as between:
        between.real = pds
        made = District(Author(pds), appview, between, eventually)
        made.wait(lambda: made.view("app.bsky.actor.getProfile", actor=made.author.handle).get("did"))
        yield made


def told(post: Post) -> tuple[Any, ...]:
    """What a reader sees of a post, whoever was asked."""
    shown = [(item.type, item.alt, item.url) for item in post.media]
    return (fingerprint(post), post.kind, post.text, post.lang, post.url, post.links, post.mentions, post.hashtags,
            post.reply_to, post.quote_of, shown)


def test_the_server_and_the_appview_show_the_same_posts(district: District, kernel: Make) -> None:
    author, other = district.author, Author(district.author.pds)
    picture = {"alt": "Red square", "image": author.upload(png())}
    images = {"$type": "app.bsky.embed.images", "images": [picture]}
    text = "Größe #Lions"
    tag = {"index": {"byteStart": 8, "byteEnd": 14}, "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Lions"}]}
    made = author.post(text, langs=["de"], facets=[tag], embed=images)
    author.post("me too", reply={"root": reference(made), "parent": reference(made)})
    theirs = other.post("We won")
    author.post("look", embed={"$type": "app.bsky.embed.record", "record": reference(theirs)})
    card = {"uri": "https://school.example/c", "title": "T", "description": "D", "thumb": author.upload(png(9))}
    author.post("card", embed={"$type": "app.bsky.embed.external", "external": card})
    author.repost(reference(theirs))
    district.shows(text, "me too", "look", "card", "We won")
    visits = district.visits(kernel)
    own = visits.visit()
    assert district.between.asked, "its own server was asked"
    district.silence()
    shown = visits.visit()
    assert shown.sweep.covered_from is None, "the AppView proves no deletion"
    assert shown.sweep.expected == 4
    assert {*shown.by_id()} == {*own.by_id()}
    for post in shown.posts:
        assert told(post) == told(with_quoted_words(own.by_id()[post.id], post))
    assert not own.marked
    assert not shown.marked


def with_quoted_words(post: Post, shown: Post) -> Post:
    """A post as its own server shows it, with the quoted words that an AppView alone knows."""
    if post.quote_of is None or shown.quote_of is None:
        return post
    assert shown.quote_of.text == "We won"
    return replace(post, quote_of=replace(post.quote_of, text=shown.quote_of.text))


def test_what_happened_while_the_server_was_away_is_there_once(district: District, tmp_path: Path) -> None:
    author = district.author
    days = Fortnight(tmp_path, f"bluesky:{author.handle}", district.settings, district.reroute, datetime.now(UTC))
    edited, deleted = author.post("Bus 9 is late"), author.post("Bus 4 is late")
    assert days.visit() == ("", 2, 0, 0)
    district.silence()
    author.put(edited, "Bus 9 is on time")
    author.delete(deleted)
    new = author.post("No school on Friday")
    district.shows("Bus 9 is on time", "No school on Friday")
    assert days.visit() == ("", 1, 1, 0), "the AppView stands in, and proves no deletion"
    assert days.visit() == ("", 0, 0, 0)
    district.between.always = None
    assert days.visit() == ("", 0, 0, 1), "its own server does, and all else is known"
    assert days.visit() == ("", 0, 0, 0)
    states = {uri: [(state, text) for state, text, _ in days.history(f"bluesky:{uri}")]
              for uri in (edited["uri"], deleted["uri"], new["uri"])}
    assert states == {
        edited["uri"]: [("new", "Bus 9 is late"), ("edited", "Bus 9 is on time")],
        deleted["uri"]: [("new", "Bus 4 is late"), ("gone", "Bus 4 is late")],
        new["uri"]: [("new", "No school on Friday")],
    }
    days.check("pw12345678")


def test_the_words_of_reposts_come_from_the_appview_in_one_request(district: District, kernel: Make) -> None:
    author, other = district.author, Author(district.author.pds)
    originals = [other.post(f"Goal {number}") for number in range(3)]
    made = [author.repost(reference(one)) for one in originals]
    district.shows("Goal 0", "Goal 1", "Goal 2")
    seen = district.visits(kernel).visit()
    (page,) = (page for page in seen.pages if page.part == "originals")
    assert page.url.startswith(district.appview)
    assert [seen.by_id()[f"bluesky:{one['uri']}"].text for one in made] == ["Goal 0", "Goal 1", "Goal 2"]
    assert {seen.by_id()[f"bluesky:{one['uri']}"].repost_of.account for one in made} == {f"bluesky:{other.did}"}


def test_an_account_that_is_not_shown_is_named_by_either(district: District, kernel: Make) -> None:
    author = district.author
    author.post("hello")
    district.shows("hello")
    visits = district.visits(kernel)
    first = visits.visit()
    for act, undo, code, says in (
        (lambda: author.call("com.atproto.server.deactivateAccount"), author.activate, "deactivated", "AccountDeactivated"),
        (author.take_down, lambda: author.take_down(applied=False), "taken-down", "AccountTakedown"),
    ):
        act()
        district.says(says)
        with pytest.raises(AccountGone) as by_server:
            visits.visit(first.cursor)
        district.silence()
        with pytest.raises(AccountGone) as by_appview:
            visits.visit(first.cursor)
        assert (by_server.value.code, by_appview.value.code) == (code, code)
        district.between.always = None
        undo()
        district.shows("hello")
    assert visits.visit(first.cursor).sweep.cursor["id"] == author.did


def test_the_appview_says_who_has_a_handle(district: District, kernel: Make) -> None:
    author, handle = district.author, district.author.handle
    author.post("hello")
    district.shows("hello")
    visits = district.visits(kernel)
    first = visits.visit()
    assert first.cursor["id"] == author.did
    author.call("com.atproto.identity.updateHandle", handle=f"new-{handle}")
    district.wait(lambda: district.view("app.bsky.actor.getProfile", actor=author.did)["handle"] == f"new-{handle}")
    with pytest.raises(PageError, match=f"new-{handle}") as given_up:
        visits.visit(first.cursor)
    assert given_up.value.code == "foreign-id"
    assert not district.visits(kernel, f"new-{handle}").visit(first.cursor).pages


def test_a_strangers_profile_where_its_server_does_not_answer(district: District, kernel: Make) -> None:
    author = district.author
    record = {"$type": "app.bsky.actor.profile", "displayName": "Lincoln Band", "description": "Concerts", "avatar": author.upload(png())}
    author.call("com.atproto.repo.putRecord", repo=author.did, collection=record["$type"], rkey="self", record=record)
    district.wait(lambda: district.view("app.bsky.actor.getProfile", actor=author.did).get("displayName"))
    visits = district.visits(kernel, author.did)

    def profile() -> Post:
        (found,) = visits.plugin.parse(visits.plugin.profile(visits.asked(), visits.door).page).posts
        return found

    own = profile()
    district.silence()
    shown = profile()
    assert (shown.account, shown.text) == (f"bluesky:{author.handle}", "Lincoln Band\nConcerts")
    assert (shown.id, told(shown)) == (own.id, told(own))
    author.call("com.atproto.server.deactivateAccount")
    district.says("AccountDeactivated")
    with pytest.raises(AccountGone) as gone:
        profile()
    assert gone.value.code == "deactivated"
