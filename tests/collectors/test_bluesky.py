"""The Bluesky collector against AT Protocol's own server (npm: @atproto/dev-env), written to as an app would."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from collectors._bluesky_records import asks_for_login
from rollbook.errors import AccessError, AccountGone, NetworkError, PageError
from rollbook.formats import fingerprint
from rollbook.pages import Item
from rollbook.profiles import obstacle

from .pictures import png

POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
_numbers = itertools.count(1)


class Author:
    """An account on the server, and what its app would do."""

    def __init__(self, pds: str) -> None:
        self.pds, self.handle = pds, f"school{next(_numbers)}.test"
        email = f"{self.handle}@example.org"
        made = self.call("com.atproto.server.createAccount", handle=self.handle, email=email, password="pw12345678")
        self.token, self.did = made["accessJwt"], made["did"]

    def call(self, method: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        answer = requests.post(f"{self.pds}/xrpc/{method}", json=body, headers=headers, timeout=20)
        assert answer.ok, answer.text
        return answer.json() if answer.text else None

    def upload(self, data: bytes) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "image/png"}
        answer = requests.post(f"{self.pds}/xrpc/com.atproto.repo.uploadBlob", data=data, headers=headers, timeout=20)
        return answer.json()["blob"]

    def post(self, text: str, **more: Any) -> Any:
        record = {"$type": POST, "text": text, "createdAt": datetime.now(UTC).isoformat(), **more}
        return self.call("com.atproto.repo.createRecord", repo=self.did, collection=POST, record=record)

    def post_all(self, texts: list[str]) -> None:
        now = datetime.now(UTC).isoformat()
        writes = [
            {"$type": "com.atproto.repo.applyWrites#create", "collection": POST,
             "value": {"$type": POST, "text": text, "createdAt": now}}
            for text in texts
        ]
        self.call("com.atproto.repo.applyWrites", repo=self.did, writes=writes)

    def put(self, made: Any, text: str, **more: Any) -> None:
        record = {"$type": POST, "text": text, "createdAt": datetime.now(UTC).isoformat(), **more}
        self.call("com.atproto.repo.putRecord", repo=self.did, collection=POST, rkey=key(made), record=record)

    def delete(self, made: Any) -> None:
        self.call("com.atproto.repo.deleteRecord", repo=self.did, collection=POST, rkey=key(made))

    def take_down(self, *, applied: bool = True) -> None:
        """As the server's moderators would, with the password that its makers give it for tests."""
        subject = {"$type": "com.atproto.admin.defs#repoRef", "did": self.did}
        answer = requests.post(
            f"{self.pds}/xrpc/com.atproto.admin.updateSubjectStatus", auth=("admin", "admin-pass"), timeout=20,
            json={"subject": subject, "takedown": {"applied": applied, "ref": "1"}},
        )
        assert answer.ok, answer.text

    def activate(self) -> None:
        """Comes back after it deactivated itself."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.post(f"{self.pds}/xrpc/com.atproto.server.activateAccount", headers=headers, timeout=20)
        assert answer.ok, answer.text

    def repost(self, made: Any) -> Any:
        record = {"$type": REPOST, "subject": made, "createdAt": datetime.now(UTC).isoformat()}
        return self.call("com.atproto.repo.createRecord", repo=self.did, collection=REPOST, record=record)


def key(made: Any) -> str:
    return str(made["uri"]).rpartition("/")[2]


def reference(made: Any) -> dict[str, str]:
    return {"uri": made["uri"], "cid": made["cid"]}


@pytest.fixture
def author(pds: str) -> Author:
    return Author(pds)


@pytest.fixture
def settings(pds: str) -> dict[str, str]:
    host, _, port = pds.rpartition(":")
    return {"appview": "", "resolver": pds, "plc": f"{host}:{int(port) - 1}"}


Make = Callable[..., Any]


def test_the_whole_history_then_nothing_then_what_is_new(author: Author, settings: dict[str, str], kernel: Make) -> None:
    author.post_all([f"post {number}" for number in range(103)])
    visits = kernel(f"bluesky:{author.handle}", settings)
    first = visits.visit()
    assert sorted(first.texts()) == sorted(f"post {number}" for number in range(103))
    assert first.texts()[0] == "post 102", "newest first"
    assert not first.marked
    assert first.sweep.covered_from.year == 1900
    again = visits.visit(first.cursor, datetime.now(UTC) - timedelta(days=30))
    assert not again.pages
    assert again.cursor == first.cursor
    author.post("one more")
    week = datetime.now(UTC) - timedelta(days=7)
    third = visits.visit(first.cursor, week)
    assert "one more" in third.texts()
    assert third.sweep.covered_from <= week
    assert third.cursor != first.cursor


def test_everything_that_a_post_can_say(author: Author, settings: dict[str, str], kernel: Make) -> None:
    text = "Größe 👋 @lion.test go #Lions see news"
    raw = text.encode()

    def facet(word: str, **feature: str) -> dict[str, Any]:
        start = raw.index(word.encode())
        kind = {"did": "mention", "tag": "tag", "uri": "link"}[next(iter(feature))]
        features = [{"$type": f"app.bsky.richtext.facet#{kind}", **feature}]
        return {"index": {"byteStart": start, "byteEnd": start + len(word.encode())}, "features": features}

    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "Red square", "image": author.upload(png())}]}
    facets = [facet("@lion.test", did=author.did), facet("#Lions", tag="Lions"), facet("news", uri="https://school.example/n")]
    made = author.post(text, langs=["de", "en"], facets=facets, embed=images, tags=["extra"])
    answer = author.post("me too", reply={"root": reference(made), "parent": reference(made)})
    quote = author.post("look", embed={"$type": "app.bsky.embed.record", "record": reference(made)})
    card = {"uri": "https://school.example/c", "title": "T", "description": "ALT: A waving lion", "thumb": author.upload(png(9))}
    author.post("card", embed={"$type": "app.bsky.embed.external", "external": card})
    both = {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": reference(made)}, "media": images}
    author.post("both", embed=both)
    posts = {post.text: post for post in kernel(f"bluesky:{author.did}", settings).visit().posts}
    full = posts[text]
    assert full.id == f"bluesky:{made['uri']}"
    assert full.url == f"https://bsky.app/profile/{author.handle}/post/{key(made)}"
    assert (full.kind, full.lang) == ("post", "de")
    assert full.mentions == ("lion.test",)
    assert full.hashtags == ("Lions", "extra")
    assert full.links == ("https://school.example/n",)
    assert [(item.type, item.alt) for item in full.media] == [("image", "Red square")]
    assert requests.get(full.media[0].url or "", timeout=20).content == png()
    assert posts["me too"].kind == "reply"
    assert posts["me too"].reply_to.id == full.id
    assert posts["me too"].id == f"bluesky:{answer['uri']}"
    assert posts["look"].kind == "quote"
    assert posts["look"].quote_of.id == full.id
    assert posts["look"].id == f"bluesky:{quote['uri']}"
    assert posts["card"].links == ("https://school.example/c",)
    assert posts["card"].media[0].alt == "A waving lion"
    assert posts["both"].quote_of.id == full.id
    assert posts["both"].media[0].alt == "Red square"


def test_new_words_are_an_edit_and_so_is_a_new_picture(author: Author, settings: dict[str, str], kernel: Make) -> None:
    def picture(red: int) -> dict[str, Any]:
        return {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": author.upload(png(red))}]}

    words, shown = author.post("before"), author.post("same words", embed=picture(1))
    visits = kernel(f"bluesky:{author.handle}", settings)
    first = visits.visit()
    author.put(words, "after")
    author.put(shown, "same words", embed=picture(2))
    second = visits.visit(first.cursor, datetime.now(UTC) - timedelta(days=1))
    for made, text in ((words, "after"), (shown, "same words")):
        before, after = (seen.by_id()[f"bluesky:{made['uri']}"] for seen in (first, second))
        assert after.text == text
        assert fingerprint(before) != fingerprint(after)


def test_a_deleted_post_is_missing_and_its_look_up_says_so(author: Author, settings: dict[str, str], kernel: Make) -> None:
    kept, gone = author.post("kept"), author.post("gone")
    visits = kernel(f"bluesky:{author.handle}", settings)
    first = visits.visit()
    author.delete(gone)
    second = visits.visit(first.cursor, datetime.now(UTC) - timedelta(days=1))
    assert second.texts() == ["kept"]
    posts = first.by_id()
    found = visits.look_up(posts[f"bluesky:{gone['uri']}"], posts[f"bluesky:{kept['uri']}"])
    assert [(presence.state, presence.how) for presence in found] == [
        ("gone", "RecordNotFound"), ("here", "HTTP 200 on its own server"),
    ]
    assert visits.plugin.parse(found[1].page).posts == (second.by_id()[f"bluesky:{kept['uri']}"],)


def test_a_repost_repeats_the_original_words(
    pds: str, author: Author, settings: dict[str, str], kernel: Make
) -> None:
    other = Author(pds)
    image = {"$type": "app.bsky.embed.images", "images": [{"alt": "A drum", "image": other.upload(png())}]}
    original, lost = other.post("original words", langs=["en"], embed=image), other.post("soon gone")
    made, empty = author.repost(reference(original)), author.repost(reference(lost))
    other.delete(lost)
    posts = kernel(f"bluesky:{author.handle}", settings).visit().by_id()
    repost = posts[f"bluesky:{made['uri']}"]
    assert (repost.kind, repost.text, repost.repost_of.text) == ("repost", "original words", "original words")
    assert repost.repost_of.id == f"bluesky:{original['uri']}"
    assert repost.repost_of.account == f"bluesky:{other.did}"
    assert repost.media[0].alt == "A drum"
    assert requests.get(repost.media[0].url or "", timeout=20).content == png()
    without = posts[f"bluesky:{empty['uri']}"]
    assert (without.text, without.repost_of.id) == ("", f"bluesky:{lost['uri']}")


def test_the_profile_is_a_post_of_its_own(author: Author, settings: dict[str, str], kernel: Make) -> None:
    record = {
        "$type": "app.bsky.actor.profile", "displayName": "Lincoln School", "description": "Go Lions\nviews my own",
        "avatar": author.upload(png()),
    }
    author.call("com.atproto.repo.putRecord", repo=author.did, collection=record["$type"], rkey="self", record=record)
    (profile,) = kernel(f"bluesky:{author.handle}", settings).visit().posts
    assert profile.kind == "profile"
    assert profile.text == "Lincoln School\nGo Lions\nviews my own"
    assert requests.get(profile.media[0].url or "", timeout=20).content == png()
    stranger = kernel(f"bluesky:{author.did}", settings).look_at()
    assert (stranger.account, stranger.text) == (f"bluesky:{author.handle}", profile.text)


def test_an_account_that_asks_for_a_login_is_read_where_it_is_registered_and_left_alone_where_not(
    author: Author, settings: dict[str, str], kernel: Make
) -> None:
    """The label asks apps not to show the account to who is logged out; the repository shows it to everybody."""
    labels = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "!no-unauthenticated"}]}
    record = {"$type": "app.bsky.actor.profile", "displayName": "Lincoln School", "labels": labels}
    author.call("com.atproto.repo.putRecord", repo=author.did, collection=record["$type"], rkey="self", record=record)
    author.post("A District's own words")
    visits = kernel(f"bluesky:{author.handle}", settings)
    assert sorted(post.text for post in visits.visit().posts) == ["A District's own words", "Lincoln School"]
    with pytest.raises(AccessError) as asked:
        visits.plugin.profile(visits.asked(), visits.door)
    assert obstacle("bluesky", asked.value).kind == "not-shown"


@pytest.mark.parametrize(("labels", "asks"), [
    (None, False), ({}, False), ({"values": [{"val": "bot"}, None]}, False), ({"values": [{"val": "!no-unauthenticated"}]}, True),
    ([], False), ([{"src": "did:plc:x", "val": "!no-unauthenticated"}], True), ([{"src": "did:plc:x", "val": "!no-unauthenticated", "neg": True}], False),
    ("!no-unauthenticated", False), ({"values": "!no-unauthenticated"}, False),
], ids=str)
def test_what_asks_for_a_login(labels: Any, asks: bool) -> None:
    """As the profile's own record has it, and as the AppView shows it."""
    for data in ({"value": {"labels": labels}}, {"handle": "x.example", "labels": labels}):
        assert asks_for_login(Item(data, "profile", "bluesky:x.example")) is asks


def test_a_deactivated_account_is_named_its_posts_are_not_gone(author: Author, settings: dict[str, str], kernel: Make) -> None:
    author.post("hello")
    visits = kernel(f"bluesky:{author.did}", settings)
    first = visits.visit()
    author.call("com.atproto.server.deactivateAccount")
    with pytest.raises(AccountGone) as gone:
        visits.visit(first.cursor)
    assert gone.value.code == "deactivated"
    assert gone.value.account == f"bluesky:{author.did}"
    assert [presence.state for presence in visits.look_up(*first.posts)] == ["unclear"]


def test_a_handle_that_was_given_up_is_a_foreign_id(pds: str, author: Author, settings: dict[str, str], kernel: Make) -> None:
    author.post("hello")
    visits = kernel(f"bluesky:{author.handle}", settings)
    first = visits.visit()
    renamed = f"renamed-{author.handle}"
    author.call("com.atproto.identity.updateHandle", handle=renamed)
    with pytest.raises(PageError) as given_up:
        visits.visit(first.cursor)
    assert given_up.value.code == "foreign-id"
    assert renamed in str(given_up.value)
    other = Author(pds)
    other.call("com.atproto.identity.updateHandle", handle=author.handle)
    with pytest.raises(PageError) as taken:
        visits.visit(first.cursor)
    assert taken.value.code == "foreign-id"
    assert other.did in str(taken.value)
    assert not kernel(f"bluesky:{author.did}", settings).visit(first.cursor).pages, "the DID is still the same account"


def test_an_unknown_handle_and_a_wrong_one_are_named(pds: str, settings: dict[str, str], kernel: Make) -> None:
    with pytest.raises(AccountGone) as unknown:
        kernel("bluesky:nobody-here.test", settings).visit()
    assert unknown.value.code == "not-found"
    with pytest.raises(AccountGone) as no_identity:
        kernel(f"bluesky:did:plc:{'a' * 24}", settings).visit()
    assert no_identity.value.code == "not-found"


def test_without_an_appview_a_silent_server_is_an_error(author: Author, settings: dict[str, str], kernel: Make) -> None:
    visits = kernel(f"bluesky:{author.did}", {**settings, "plc": "http://127.0.0.1:9"})
    with pytest.raises(NetworkError):
        visits.visit()
