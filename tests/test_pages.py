"""What the parsers of several networks share: named errors, and fields that say where they stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rollbook.errors import PageError
from rollbook.pages import BEGINNING, Item, clean, latest, moved_up, reach, read_each, read_json, read_time, step
from rollbook.plugins import Visit
from rollbook.types import Account, Page, Post

NOW = datetime(2026, 10, 5, 18, tzinfo=UTC)


def page(body: bytes | str) -> Page:
    raw = body if isinstance(body, bytes) else body.encode()
    return Page("mastodon:a@b.example", "timeline", "https://b.example", 200, {}, raw, NOW)


@pytest.mark.parametrize(("body", "code"), [
    ("", "not-json"), ("  \n", "not-json"), ("hello", "not-json"), ("[1] trailing words and more of them", "not-json"),
    ("{'single': 1}", "not-json"), ("[" * 20_000, "not-json"), ("[" + "9" * 5000 + "]", "not-json"),
    ('[{"a": 1}', "truncated"), ('[{"a": "b', "truncated"), ('[{"a": tr', "truncated"), ('{"a":', "truncated"),
    ('{"a": "\\u00', "truncated"), ('["Grö'.encode()[:-1], "truncated"), ("[1, 2", "truncated"), ("[", "truncated"),
    ('["Größe"]'.encode("latin-1"), "wrong-charset"), ('["a"]'.encode("utf-16"), "wrong-charset"),
    ("<!doctype html><p>Welcome", "not-json"), ("\ufeff<html><body>Größe".encode("utf-8"), "not-json"),
    ('<html><form><input name=p TYPE="password">', "login-page"), ("<!-- x --><html><title>Sign in - Town</title>", "login-page"),
    ("<html><title>Log On</title>", "login-page"), (b"<html><title>Log in</title>\xff", "login-page"),
])
def test_what_is_no_json_is_named(body: bytes | str, code: str) -> None:
    with pytest.raises(PageError) as err:
        read_json(page(body))
    assert err.value.code == code
    assert str(err.value).startswith("mastodon:a@b.example: timeline: ")


def test_many_comments_before_what_is_no_json_end() -> None:
    # Were the end of each comment tried anew, this would never come back.
    for body, says in ((b"<!---->" * 1000, "is not JSON"), (b"<!-- -->\n" * 500 + b"<html>", "a web page"), (b"<!--" * 3000, "is not JSON")):
        with pytest.raises(PageError, match=says):
            read_json(page(body))


@pytest.mark.parametrize(("body", "value"), [('{"a": [1]}', {"a": [1]}), ("\ufeff[]", []), (" null ", None), ("[1.5]", [1.5])])
def test_json(body: str, value: object) -> None:
    assert read_json(page(body)) == value


def item(**data: Any) -> Item:
    return Item(data, "items[3]", "mastodon:a@b.example")


@pytest.mark.parametrize(("read", "problem"), [
    (lambda: item().text("a"), "'a' is missing; expected a text"),
    (lambda: item(a="").text("a"), "'a' is empty; expected a text"),
    (lambda: item(a=3).words("a"), "'a' is int; expected a text"),
    (lambda: item(a=[]).item("a"), "'a' is list; expected an object"),
    (lambda: item().item("a"), "'a' is missing; expected an object"),
    (lambda: item(a={}).items("a"), "'a' is dict; expected a list"),
    (lambda: item(a=["x", 1]).texts("a"), "'a' is list; expected a list of texts"),
    (lambda: item(a="soon").moment("a"), "'a' is 'soon'; expected an ISO 8601 time"),
    (lambda: item().moment("a"), "'a' is missing; expected an ISO 8601 time"),
])
def test_a_field_that_is_not_what_it_must_be(read: Any, problem: str) -> None:
    with pytest.raises(PageError) as err:
        read()
    assert str(err.value) == f"mastodon:a@b.example: items[3]: {problem}"
    assert err.value.code == "schema"


def test_the_place_grows_inwards() -> None:
    inner = item(media=[{}, {"meta": {"alt": 7}}]).items("media")[1].item("meta")
    assert inner.place == "items[3].media[1].meta"
    with pytest.raises(PageError, match=r"items\[3\]\.media\[0\]: is str; expected an object"):
        item(media=["x"]).items("media")


def test_fields_that_may_be_absent() -> None:
    empty = item(none=None)
    assert empty.words("none") == ""
    assert empty.name("none") == ""
    assert empty.count("none") is None
    assert empty.items("none") == ()
    assert empty.texts("none") == ()
    assert empty.item_or_none("none") is None
    assert empty.moment_or_none("none") is None
    assert item(n=12).name("n") == "12"
    assert item(n=True).count("n") is None
    assert item(n=-1).count("n") is None
    assert (item(n="12").counted("n"), item(n=12).counted("n"), empty.counted("none")) == (12, 12, None)
    assert [item(n=odd).counted("n") for odd in ("-1", "1.5", "²", "9" * 5_000)] == [None] * 4


@pytest.mark.parametrize(("text", "moment"), [
    ("2026-09-30T10:00:00Z", datetime(2026, 9, 30, 10, tzinfo=UTC)),
    ("2026-09-30T06:00:00.123456789-04:00", datetime(2026, 9, 30, 10, 0, 0, 123456, tzinfo=UTC)),
    ("2026-09-30T10:00:00", datetime(2026, 9, 30, 10, tzinfo=UTC)), ("0001-01-01T00:00:00+14:00", None),
    ("9999-12-31T23:59:59-12:00", None), ("yesterday", None), ("", None),
])
def test_times(text: str, moment: datetime | None) -> None:
    assert read_time(text) == moment


def test_what_cannot_be_stored_is_replaced() -> None:
    assert clean("a\0b\ud800c👋") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c👋"


def test_what_cannot_be_read_is_marked_and_the_others_go_on() -> None:
    def read(entry: Item) -> Post:
        return Post(entry.text("id"), "k", "mastodon", "post", "", entry.moment("at"))

    values = [{"id": "1", "at": "2026-09-30T10:00:00Z"}, "x", {"id": "2"}, {"id": "3", "at": "2026-09-30T10:00:00Z"}]
    parsed = read_each(page(""), values, "items", read)
    assert [post.id for post in parsed.posts] == ["1", "3"]
    assert [(mark.where, mark.problem) for mark in parsed.marked] == [
        ("items[1]", "schema: is str; expected an object"),
        ("items[2]", "schema: 'at' is missing; expected an ISO 8601 time"),
    ]


def test_a_reader_that_yields_may_refuse_at_any_step() -> None:
    def read(entry: Item) -> Iterator[Post]:
        for name in entry.texts("ids"):
            if not name:
                raise entry.refuse("an id is empty")
            yield Post(id=name, account="feed:a", network="feed", kind="post", text="", created_at=datetime(2026, 10, 5, tzinfo=UTC))

    parsed = read_each(page(""), [{"ids": ["1", "", "2"]}, {"ids": ["3"]}], "items", read)
    assert [post.id for post in parsed.posts] == ["1", "3"]
    assert [mark.where for mark in parsed.marked] == ["items[0]"]


def test_the_entries_that_are_objects() -> None:
    """For the way through a list: what is none is marked by the page's own parse, and must not stop it there."""
    assert [(entry.data, entry.place) for entry in item(ids=[None, {"id": 1}, "x", {"id": 2}]).objects("ids")] == [
        ({"id": 1}, "items[3].ids[1]"), ({"id": 2}, "items[3].ids[3]"),
    ]
    with pytest.raises(PageError, match="'ids' is missing; expected a list"):
        item().objects("ids")


@pytest.mark.parametrize(("number", "before", "now", "again"), [
    (3, 100, 100, []), (3, 100, 110, []), (1, 0, 100, []), (3, 100, 99, [2]), (3, 100, 50, [2]), (3, 101, 50, [1, 2]), (2, 200, 0, [1]),
])
def test_what_moved_over_a_border_is_read_again(number: int, before: int, now: int, again: list[int]) -> None:
    assert list(moved_up(number, 50, before, now)) == again


def test_the_latest_moment_of_a_page() -> None:
    """A clock that runs ahead must not make the next visit believe that it has seen what is still to come."""
    asked = replace(page(""), fetched_at=NOW)
    hours = [NOW + timedelta(hours=hour) for hour in (-3, -2, 1)]
    assert latest(None, hours[:2], asked) == hours[1]
    assert latest(hours[1], hours[:1], asked) == hours[1]
    assert latest(hours[0], hours, asked) == NOW
    assert latest(None, [], asked) is None


def test_a_place_that_comes_again_is_a_loop() -> None:
    seen = set[str]()
    assert step(page(""), "a", seen) == "a"
    assert step(page(""), "b", seen) == "b"
    with pytest.raises(PageError) as loop:
        step(page(""), "a", seen)
    assert loop.value.code == "cursor-loop"


def test_how_far_back_a_visit_reads() -> None:
    def since(cursor: dict[str, str], look_back_to: datetime | None, newest_at: datetime | None) -> datetime:
        return reach(Visit(Account("mastodon:a@b.example", "district"), cursor, look_back_to), newest_at)

    window, before = NOW - timedelta(days=30), NOW - timedelta(days=90)
    assert since({}, None, None) == BEGINNING, "the first visit"
    assert since({"id": "1"}, None, NOW) == BEGINNING, "all that there is was asked for"
    assert since({}, window, None) == window, "a first visit that was told how far"
    assert since({"id": "1"}, window, NOW) == window
    assert since({"id": "1"}, window, before) == before, "after a long silence, all since the last visit"
    assert since({"id": "1"}, window, None) == BEGINNING, "no visit has read everything yet"
