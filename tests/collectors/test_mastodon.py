"""The Mastodon collector against mastodon-mock (PyPI), written to as an app would; its faults are injected."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from rollbook.access import access_to
from rollbook.authorizing import authorize
from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError
from rollbook.formats import fingerprint
from rollbook.http import Door
from rollbook.types import Page
from rollbook.workspace import CollectSettings

from .pictures import png

Make = Callable[..., Any]
HOST = "town.example"


class Author:
    """One of the mock's accounts, and what its app would do."""

    def __init__(self, base: str, name: str) -> None:
        self.base, self.name, self.key = base, name, f"mastodon:{name}@{HOST}"
        self.headers = {"Authorization": f"Bearer tok_{name}"}

    def call(self, method: str, path: str, **more: Any) -> Any:
        answer = requests.request(method, f"{self.base}/api/v1/{path}", headers=self.headers, timeout=20, **more)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, text: str, **more: Any) -> Any:
        return self.call("post", "statuses", json={"status": text, **more})

    def edit(self, status: Any, text: str) -> None:
        self.call("put", f"statuses/{status['id']}", json={"status": text})

    def delete(self, status: Any) -> None:
        self.call("delete", f"statuses/{status['id']}")


@pytest.fixture
def author(mastodon_mock: str) -> Callable[[str], Author]:
    return lambda name: Author(mastodon_mock, name)


@pytest.fixture
def settings(mastodon_mock: str) -> dict[str, Any]:
    return {"base": {HOST: mastodon_mock}}


def identity(status: Any) -> str:
    return f"mastodon:{status['uri']}"


def test_the_whole_history_then_what_is_new(author: Make, settings: dict[str, Any], kernel: Make) -> None:
    office = author("office")
    for number in range(45):
        office.post(f"post {number}")
    visits = kernel(office.key, settings)
    first = visits.visit()
    assert first.texts() == [f"post {number}" for number in reversed(range(45))]
    assert visits.look_at().text == first.posts[0].text
    assert first.sweep.expected == 45
    assert first.sweep.covered_from.year == 1900
    assert not first.marked
    office.post("one more")
    since = datetime.now(UTC) - timedelta(days=1)
    second = visits.visit(first.cursor, since)
    assert second.texts()[0] == "one more"
    assert second.sweep.covered_from <= since
    assert second.cursor["newest"] > first.cursor["newest"]


def test_everything_that_a_status_can_say(author: Make, settings: dict[str, Any], kernel: Make) -> None:
    drama = author("drama")
    file = {"file": ("square.png", png(), "image/png")}
    picture = drama.call("post", "media", files=file, data={"description": "Red square"})
    text = "Tonight #SpringPlay with @coach https://school.example/play"
    made = drama.post(text, media_ids=[picture["id"]], language="en", spoiler_text="Stage fright")
    reply = drama.post("and tomorrow", in_reply_to_id=made["id"])
    poll = drama.post("Which play?", poll={"options": ["Hamlet", "Cats"], "expires_in": 3600})
    posts = kernel(drama.key, settings).visit().by_id()
    full = posts[identity(made)]
    assert full.text == f"Stage fright\n{text}"
    assert (full.kind, full.lang, full.links) == ("post", "en", ("https://school.example/play",))
    assert [tag.lower() for tag in full.hashtags] == ["springplay"]
    assert full.mentions == ("coach",)
    assert [(item.type, item.alt) for item in full.media] == [("image", "Red square")]
    assert requests.get(full.media[0].url or "", timeout=20).headers["content-type"].startswith("image/")
    answer = posts[identity(reply)]
    assert (answer.kind, answer.reply_to.id, answer.reply_to.account) == ("reply", full.id, drama.key)
    assert posts[identity(poll)].text == "Which play?\n- Hamlet\n- Cats"


def test_boosts_and_quotes_carry_the_original(author: Make, settings: dict[str, Any], kernel: Make) -> None:
    band, coach = author("band"), author("coach")
    original = coach.post("We won @band")
    boost = band.call("post", f"statuses/{original['id']}/reblog")
    quote = band.post("Proud of them", quoted_status_id=original["id"])
    posts = kernel(band.key, settings).visit().by_id()
    shared = posts[identity(boost)]
    assert (shared.kind, shared.text, shared.repost_of.text) == ("repost", "We won @band", "We won @band")
    assert shared.repost_of.id == identity(original)
    assert shared.repost_of.account == coach.key
    quoted = posts[identity(quote)]
    assert (quoted.kind, quoted.text) == ("quote", "Proud of them")
    assert (quoted.quote_of.id, quoted.quote_of.text) == (identity(original), "We won @band")


def test_a_status_that_is_none_is_marked_and_the_visit_goes_on(author: Make, settings: dict[str, Any], kernel: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    archery = author("archery")
    archery.post("kept")
    fetch = Door.fetch

    def with_odd_ones(door: Door, url: str, **more: Any) -> Page:
        page = fetch(door, url, **more)
        return replace(page, body=json.dumps([None, {"created_at": 7}, *json.loads(page.body)]).encode()) if more["part"] == "timeline" else page

    monkeypatch.setattr(Door, "fetch", with_odd_ones)
    seen = kernel(archery.key, settings).visit()
    assert (seen.texts(), [mark.where for mark in seen.marked]) == (["kept"], ["statuses[0]", "statuses[1]"])
    assert "newest" in seen.cursor


def test_every_version_of_an_edited_status_once(author: Make, settings: dict[str, Any], kernel: Make) -> None:
    chess = author("chess")
    status = chess.post("first words")
    visits = kernel(chess.key, settings)
    seen = visits.visit()
    chess.edit(status, "second words")
    chess.edit(status, "third words")
    since = datetime.now(UTC) - timedelta(days=1)
    second = visits.visit(seen.cursor, since)
    versions = [post for post in second.posts if post.id == identity(status)]
    assert [post.text for post in versions] == ["first words", "second words", "third words", "third words"]
    assert [post.edited_at is None for post in versions] == [True, False, False, False]
    assert versions[1].edited_at < versions[2].edited_at
    assert fingerprint(versions[2]) == fingerprint(versions[3]), "the listing and the history agree"
    assert fingerprint(versions[0]) == fingerprint(seen.by_id()[identity(status)])
    third = visits.visit(second.cursor, since)
    assert [post.text for post in third.posts if post.id == identity(status)] == ["third words"], "known versions are not asked for"
    chess.edit(status, "fourth words")
    fourth = visits.visit(third.cursor, since)
    texts = [post.text for post in fourth.posts if post.id == identity(status)]
    assert texts == ["fourth words", "fourth words"], "the history from where it was known"


def test_a_deleted_status_is_missing_and_its_look_up_says_so(author: Make, settings: dict[str, Any], kernel: Make) -> None:
    garden = author("garden")
    kept, gone = garden.post("kept"), garden.post("gone")
    visits = kernel(garden.key, settings)
    first = visits.visit()
    garden.delete(gone)
    second = visits.visit(first.cursor, datetime.now(UTC) - timedelta(days=1))
    assert second.texts() == ["kept"]
    posts = first.by_id()
    found = visits.look_up(posts[identity(gone)], posts[identity(kept)])
    assert [(presence.state, presence.how) for presence in found] == [
        ("gone", "HTTP 404"), ("here", "HTTP 200 at its number"),
    ]
    assert visits.plugin.parse(found[1].page).posts == (second.by_id()[identity(kept)],)


@pytest.mark.parametrize(("closed", "blocked", "states"), [
    (False, True, ["gone", "here"]), (True, True, ["unclear", "unclear"]), (True, False, ["gone", "here"]),
])
def test_who_is_blocked_sees_no_deletion(
    author: Make, settings: dict[str, Any], kernel: Make, monkeypatch: pytest.MonkeyPatch, *, closed: bool, blocked: bool, states: list[str]
) -> None:
    """Mastodon answers an empty list and 404 to an account that was blocked; what anybody sees says more.

    The mock knows neither blocks nor closed servers: both are laid before its answers.
    """
    rowing = author("rowing")
    kept, removed = rowing.post("kept"), rowing.post("removed")
    visits = kernel(rowing.key, settings)
    posts = visits.visit().by_id()
    rowing.delete(removed)
    monkeypatch.setenv("ROLLBOOK_MASTODON_TOWN_EXAMPLE_TOKEN", "tok_diving")
    fetch = Door.fetch

    def laid_before(door: Door, url: str, **more: Any) -> Page:
        token = "Authorization" in more["headers"]
        if closed and not token:
            raise AccessError("the server answers 401", account=rowing.key)
        page = fetch(door, url, **more)
        if not (blocked and token and "/statuses" in url):
            return page
        return replace(page, body=b"[]") if url.endswith("/statuses") else replace(page, status=404, body=b'{"error": "Record not found"}')

    monkeypatch.setattr(Door, "fetch", laid_before)
    found = visits.look_up(posts[identity(removed)], posts[identity(kept)])
    assert [presence.state for presence in found] == states
    if not closed:
        assert visits.plugin.parse(found[1].page).posts == (posts[identity(kept)],)


def test_an_edit_that_no_visit_saw_is_asked_for_and_a_clock_that_runs_ahead_hides_none(
    author: Make, settings: dict[str, Any], kernel: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    diving = author("diving")
    status = diving.post("first words")
    visits = kernel(diving.key, settings)
    diving.edit(status, "second words")
    now = datetime.now(UTC)
    # The visits before read a window that did not reach back to it, and saw another edit since.
    before = {**visits.visit().cursor, "edited": now.isoformat(), "since": now.isoformat()}
    seen = visits.visit(before, now - timedelta(days=60))
    assert [post.text for post in seen.posts if post.kind != "profile"] == ["first words", "second words", "second words"]
    again = visits.visit(seen.cursor, now - timedelta(days=60))
    assert [post.text for post in again.posts if post.kind != "profile"] == ["second words"], "seen now"

    fetch = Door.fetch
    ahead = {"edited_at": "2099-01-01T00:00:00Z", "created_at": "2098-01-01T00:00:00Z"}

    def by_another_clock(door: Door, url: str, **more: Any) -> Page:
        page = fetch(door, url, **more)
        return replace(page, body=json.dumps([one | ahead for one in json.loads(page.body)]).encode()) if more["part"] == "timeline" else page

    with monkeypatch.context() as clock:
        clock.setattr(Door, "fetch", by_another_clock)
        poisoned = visits.visit(again.cursor, now - timedelta(days=60)).cursor
    assert max(poisoned["edited"], poisoned["newest"]) <= datetime.now(UTC).isoformat()
    diving.edit(status, "third words")
    last = visits.visit(poisoned, now - timedelta(days=60))
    assert [post.text for post in last.posts if post.kind != "profile"] == ["third words", "third words"]


def test_the_profile_is_a_post_of_its_own(author: Make, settings: dict[str, Any], kernel: Make) -> None:
    library = author("library")
    fields = {"fields_attributes[0][name]": "Web", "fields_attributes[0][value]": "https://library.example"}
    library.call("patch", "accounts/update_credentials", data={"display_name": "The Library", "note": "Books for all", **fields})
    posts = kernel(library.key, settings).visit().posts
    assert (posts[0].kind, posts[0].id) == ("profile", library.key)
    assert posts[0].text.startswith("The Library\nBooks for all")
    assert posts[0].media


def test_what_is_for_followers_only_is_not_read_in(
    author: Make, settings: dict[str, Any], kernel: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    robotics = author("robotics")
    robotics.post("for everybody")
    robotics.post("for those who ask", visibility="unlisted")
    robotics.post("for followers", visibility="private")
    robotics.post("for one", visibility="direct")
    monkeypatch.setenv("ROLLBOOK_MASTODON_TOWN_EXAMPLE_TOKEN", "tok_robotics")
    seen = kernel(robotics.key, settings).visit()
    assert sorted(seen.texts()) == ["for everybody", "for those who ask"]
    assert {mark.problem for mark in seen.marked} <= {"not-public: is not public and was not read in"}


def test_an_account_that_is_not_there_is_named(settings: dict[str, Any], kernel: Make) -> None:
    with pytest.raises(AccountGone) as unknown:
        kernel(f"mastodon:nobody@{HOST}", settings).visit()
    assert unknown.value.code == "not-found"
    with pytest.raises(CollectError) as wrong:
        kernel("mastodon:office", settings).visit()
    assert wrong.value.code == "bad-handle"


def fault(base: str, path: str, kind: str, count: int = 1, **more: Any) -> None:
    body = {"match": {"path": path}, "effect": {"type": kind, **more}, "count": count}
    answer = requests.post(f"{base}/api/v1/_mock/faults", json=body, timeout=20)
    assert answer.ok, answer.text


def test_a_storm_of_errors_passes_or_is_named(
    author: Make, settings: dict[str, Any], kernel: Make, mastodon_mock: str
) -> None:
    track = author("track")
    track.post("after the storm")
    visits = kernel(track.key, settings)
    fault(mastodon_mock, "/api/v1/accounts/lookup", "status", status=503)
    assert visits.visit().texts() == ["after the storm"], "one failure is tried again"
    fault(mastodon_mock, "/api/v1/accounts/lookup", "status", count=20, status=500)
    with pytest.raises(NetworkError) as unwell:
        visits.visit()
    assert unwell.value.account == track.key
    requests.delete(f"{mastodon_mock}/api/v1/_mock/faults", timeout=20)


def test_a_malformed_answer_is_named(author: Make, settings: dict[str, Any], kernel: Make, mastodon_mock: str) -> None:
    choir = author("choir")
    choir.post("la")
    fault(mastodon_mock, "/api/v1/accounts/lookup", "malformed")
    with pytest.raises(PageError) as malformed:
        kernel(choir.key, settings).visit()
    assert malformed.value.code in ("not-json", "truncated")


def test_an_account_lets_rollbook_in_by_the_browser(mastodon_mock: str) -> None:
    """The way of `rollbook connect mastodon`, whose app the mock registers on the spot."""

    def agree(url: str) -> None:
        asked = dict(parse_qsl(urlsplit(url).query))
        answer = requests.post(f"{mastodon_mock}/oauth/authorize", data={**asked, "username": "office"}, timeout=20)
        assert "You may close this window" in answer.text

    way = access_to()["mastodon"].authorize
    assert way is not None
    with Door(CollectSettings(allow=(ip_network("127.0.0.0/8"),))) as door:
        tokens = authorize(door, way, {"base": mastodon_mock}, agree, patience_s=20)
    headers = {"Authorization": f"Bearer {tokens.access}"}
    me = requests.get(f"{mastodon_mock}/api/v1/accounts/verify_credentials", headers=headers, timeout=20)
    assert me.json()["username"] == "office"
    assert tokens.scope == "read:accounts read:statuses"
