"""What every collector promises, run for each one that the program finds; a new one needs its recorded pages first.

``pages/NETWORK.json`` is a list of cases: a page as it was archived, and what it yields. They were recorded from the
test servers or written by us. ``{"name", "page", "posts", "marked", "error"}``; ``posts`` are in the public format.
"""

from __future__ import annotations

import base64
import inspect
import json
import re
import socket
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.errors import CollectError, NetworkError, PageError, RollbookError
from rollbook.formats import fingerprint, post_json, read_post
from rollbook.plugins import Collector, Sweep, Visit, collectors
from rollbook.types import Account, Page, Parsed, Post

PAGES = Path(__file__).with_name("pages")
LABELS = ("Source:", "Access:", "Rate:", "Order:", "Cursor:", "Edits and deletions:", "Not collected:", "Tested:")
#: Networks of which no public profile is known, and why.
WITHOUT_PROFILE = {"linkedin": "a member's export does not say who may see the profile, and nothing is visited"}
LOGIN = b'<!DOCTYPE html><html><head><title>Log in</title></head><body><form><input type="password"></form></body></html>'

networks = pytest.mark.parametrize("network", sorted(collectors()))


def plugin(network: str) -> Collector:
    return collectors()[network]


@cache
def cases(network: str) -> tuple[dict[str, Any], ...]:
    file = PAGES / f"{network}.json"
    if not file.is_file():
        pytest.fail(f"{plugin(network).path} has no recorded pages: write tests/collectors/pages/{network}.json")
    return tuple(json.loads(file.read_text(encoding="utf-8")))


def page_of(case: Mapping[str, Any]) -> Page:
    told = dict(case["page"])
    raw = base64.b64decode(told.pop("body_base64")) if "body_base64" in told else told.pop("body").encode()
    return Page(**{**told, "body": raw, "fetched_at": datetime.fromisoformat(told["fetched_at"])})


def every_page(network: str) -> Iterator[Page]:
    return (page_of(case) for case in cases(network))


def account(network: str) -> Account:
    """The account that the first recorded page was fetched for."""
    return Account(cases(network)[0]["page"]["account"], "district")


def sample_posts(network: str) -> list[Post]:
    return [read_post(row) for case in cases(network) for row in case.get("posts", []) if row["kind"] != "profile"]


@networks
def test_the_manual_is_complete(network: str) -> None:
    manual = plugin(network).manual
    for label in LABELS:
        assert re.search(rf"^{label} \S", manual, re.MULTILINE), f"{plugin(network).path}: the manual lacks {label!r}"
    told = plugin(network).tested
    assert re.match(r"live-tested against .|contract-tested only\b", told), (
        f"{plugin(network).path}: 'Tested:' says neither 'live against SERVER' nor 'contract only', but {told!r}"
    )


@networks
def test_the_recorded_pages_show_what_a_network_says(network: str) -> None:
    kinds = {row["kind"] for case in cases(network) for row in case.get("posts", [])}
    assert network in WITHOUT_PROFILE or "profile" in kinds
    assert kinds & {"post", "page"}
    assert any(case.get("error") for case in cases(network)), "no page that is refused"
    assert any(case.get("marked") for case in cases(network)), "no page with an item that is marked"
    assert len({case["name"] for case in cases(network)}) == len(cases(network))


@networks
def test_every_recorded_page_yields_what_stands_beside_it(network: str) -> None:
    for case in cases(network):
        try:
            parsed = plugin(network).parse(page_of(case))
        except PageError as err:
            assert err.code == case.get("error"), f"{network}, {case['name']}: {err}"
            assert err.account == case["page"]["account"]
            assert err.cause
            continue
        assert case.get("error") is None, f"{network}, {case['name']}: expected {case['error']}"
        assert [post_json(post) for post in parsed.posts] == case.get("posts", []), case["name"]
        assert [[mark.where, mark.problem] for mark in parsed.marked] == case.get("marked", []), case["name"]


@networks
def test_posts_are_what_the_public_format_says(network: str) -> None:
    for page in every_page(network):
        for post in parsed_or_nothing(network, page).posts:
            assert post.network == network
            assert post.account == page.account
            assert post.id.startswith(f"{network}:")
            assert post.created_at.tzinfo is not None
            assert read_post(json.loads(json.dumps(post_json(post)))) == post
            # No post may hold what no database stores.
            assert "\0" not in post.text
            post.text.encode()
            assert fingerprint(post)


def parsed_or_nothing(network: str, page: Page) -> Parsed:
    try:
        return plugin(network).parse(page)
    except PageError:
        return Parsed()


@networks
def test_parsing_is_pure(network: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("a parser opened a connection")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    for page in every_page(network):
        before = json.dumps(dict(page.context)), page.body
        assert parsed_or_nothing(network, page) == parsed_or_nothing(network, page)
        assert (json.dumps(dict(page.context)), page.body) == before


@networks
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_only_our_errors_leave_a_parser(network: str, data: st.DataObject) -> None:
    """Recorded pages cut off, with bytes changed, or with a part said twice."""
    page = data.draw(st.sampled_from(list(every_page(network))))
    body = page.body
    match data.draw(st.sampled_from(("cut", "change", "insert", "repeat"))):
        case "cut":
            body = body[: data.draw(st.integers(0, len(body)))]
        case "change":
            changed = bytearray(body)
            for _ in range(data.draw(st.integers(1, 4))):
                if changed:
                    changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
            body = bytes(changed)
        case "insert":
            at = data.draw(st.integers(0, len(body)))
            odd = st.sampled_from([b"null", b"[]", b"{}", b"-1", b'"\\ud800"', b"\0", b"<", b"&#0;", b"\xff\xfe", b"1e999"])
            body = body[:at] + data.draw(odd) + body[at:]
        case _:
            start, end = sorted(data.draw(st.tuples(st.integers(0, len(body)), st.integers(0, len(body)))))
            body = body[:end] + body[start:]
    try:
        parsed = plugin(network).parse(Page(**{**fields(page), "body": body}))
    except RollbookError as err:
        assert isinstance(err, CollectError)
        assert err.account == page.account
        return
    for post in parsed.posts:
        json.dumps(post_json(post)).encode()
        post.text.encode()


def fields(page: Page) -> dict[str, Any]:
    return {name: getattr(page, name) for name in Page.__dataclass_fields__}


@networks
@pytest.mark.parametrize("status", [204, 304, 400, 401, 404, 410, 429, 500])
def test_a_page_that_is_not_200_has_no_posts_of_its_own(network: str, status: int) -> None:
    for page in every_page(network):
        if "reposts" not in page.context:  # then the context tells them, and the page only their words
            assert parsed_or_nothing(network, Page(**{**fields(page), "status": status})).posts == ()


# -- a network that is not there, or answers with something else --------------------------------------------------


class FakeDoor:
    """A door that never reaches anything: each fetch fails, or gets the same answer."""

    def __init__(self, body: bytes | None = None, status: int = 200) -> None:
        self.body, self.status = body, status
        self.asked = 0

    def fetch(
        self, url: str, *, account: str, part: str, context: Mapping[str, str] | None = None,
        accept: Collection[int] = (200,), **_: Any,
    ) -> Page:
        self.asked += 1
        assert self.asked < 100, "the collector asks without end"
        if self.body is None:
            raise NetworkError("no answer", account=account, place=url)
        if self.status not in accept:
            raise PageError(f"the server answers {self.status}", account=account, place=url, code=f"http-{self.status}")
        headers = {"content-type": "text/html"}
        return Page(account, part, url, self.status, headers, self.body, datetime.now(UTC), dict(context or {}))


def visited(network: str, door: FakeDoor, look_back_to: datetime | None = None) -> Sweep:
    pages = plugin(network).collect(Visit(account(network), {}, look_back_to), door)  # type: ignore[arg-type]
    assert inspect.isgenerator(pages)
    while True:
        try:
            page = next(pages)
        except StopIteration as end:
            assert isinstance(end.value, Sweep)
            return end.value
        plugin(network).parse(page)


@networks
def test_a_network_that_does_not_answer_is_an_error_of_the_account(network: str) -> None:
    with pytest.raises(CollectError) as silent:
        visited(network, FakeDoor())
    assert silent.value.account == account(network).key
    assert silent.value.cause


@networks
@pytest.mark.parametrize("body", [LOGIN, b"", b"{", b"[]", b"null", b'{"error": "later"}', b"\xff\xfe\xfd"], ids=repr)
def test_an_answer_of_another_kind_is_an_error_of_the_account(network: str, body: bytes) -> None:
    with pytest.raises(CollectError) as other:
        visited(network, FakeDoor(body), datetime.now(UTC) - timedelta(days=30))
    assert other.value.account == account(network).key
    assert other.value.code != "failed"


@networks
@pytest.mark.parametrize("door", [FakeDoor(), FakeDoor(LOGIN), FakeDoor(b"{}"), FakeDoor(b"busy", 503)], ids=["silent", "login", "empty", "busy"])
def test_a_look_up_that_learns_nothing_never_says_gone(network: str, door: FakeDoor) -> None:
    posts = sample_posts(network)[:5]
    assert posts
    visit = Visit(account(network), {}, None)
    found = list(plugin(network).look_up(visit, posts, door))  # type: ignore[arg-type]
    assert [presence.post for presence in found] == [post.id for post in posts], "one answer for each, in order"
    assert all(presence.state != "gone" for presence in found)
    assert all(presence.how for presence in found)
