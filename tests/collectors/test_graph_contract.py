"""Facebook's and Instagram's requests and answers, held against the field types of Meta's own library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collectors import facebook, instagram
from collectors._graph_client import VERSION
from tests.contracts.field_types import UNTOLD, FieldTypes, version, whole
from tests.serving import Asked
from tests.standin_graph import FIELDS, MORE, StandInGraph, read_fields

PAGES = Path(__file__).with_name("pages")
#: What the pages of each part hold: one node, a list of them, or nodes by their ids.
HELD = {
    ("facebook", "profile"): ("Page", "node"), ("facebook", "posts"): ("PagePost", "list"),
    ("facebook", "lookup"): ("PagePost", "node"), ("facebook", "comments"): ("Comment", "ids"),
    ("facebook", "comment"): ("Comment", "node"), ("instagram", "profile"): ("IGUser", "node"),
    ("instagram", "posts"): ("IGMedia", "list"), ("instagram", "stories"): ("IGMedia", "list"),
    ("instagram", "lookup"): ("IGMedia", "node"), ("instagram", "discovery"): ("IGUser", "node"),
}
DISCOVERED = f"business_discovery.username(x){{{instagram.PROFILE_FIELDS},media.after(y).limit(50){{{instagram.FOUND_FIELDS}}}}}"


@pytest.fixture(scope="module")
def meta() -> FieldTypes:
    return whole()


def test_the_library_is_of_the_version_that_is_asked_for() -> None:
    assert version() == VERSION


def test_the_stand_ins_names_are_those_of_the_library(meta: FieldTypes) -> None:
    for kind, names in FIELDS.items():
        told = meta.kind(kind)
        assert told, kind
        assert names <= set(told.fields), kind
    for kind, names in MORE.items():
        if not kind.startswith("Threads"):
            assert all(meta.type_of(kind, name) for name in names), kind


def test_what_the_library_does_not_tell_is_still_not_told(meta: FieldTypes) -> None:
    """Each entry by hand is needed: none hides what the library has come to know."""
    for place in UNTOLD:
        kind, _, name = place.partition(".")
        told = meta.kind(kind)
        assert told, kind
        given = told.edges[name].kind if name in told.edges else told.fields[name]
        assert given in ("AbstractCrudObject", "Object", "list") or kind == "StoryAttachment", (place, given)
    assert meta.kind("StoryAttachmentLike") is None


@pytest.mark.parametrize(("kind", "fields"), [
    ("Page", facebook.PAGE_FIELDS), ("PagePost", facebook.POST_FIELDS), ("PagePost", facebook.LISTED_FIELDS),
    ("Comment", facebook.COMMENT_FIELDS), ("Photo", facebook.PHOTO_FIELDS), ("IGUser", instagram.PROFILE_FIELDS),
    ("IGMedia", instagram.MEDIA_FIELDS), ("IGUser", DISCOVERED),
])
def test_every_field_that_is_asked_for(meta: FieldTypes, kind: str, fields: str) -> None:
    assert list(meta.asks(kind, read_fields(fields))) == []


@pytest.mark.parametrize(("kind", "fields", "problem"), [
    ("PagePost", "id,text", "PagePost.text is neither a field nor an edge"),
    ("PagePost", "attachments{media_kind}", "StoryAttachment.media_kind is neither a field nor an edge"),
    ("PagePost", "attachments{subattachments{media{picture}}}", "StoryAttachmentMedia.picture is neither a field nor an edge"),
    ("PagePost", "comments.filter(all){id}", "PagePost.comments: filter is all, none of stream, toplevel"),
    ("PagePost", "comments.sort(x){id}", "PagePost.comments takes no sort"),
    ("PagePost", "message{id}", "PagePost.message is string, which has no fields"),
    ("Page", "picture.type(huge){url}", "Page.picture: type is huge, none of album, small, thumbnail"),
    ("IGUser", "business_discovery.username(x){media{shortcodes}}", "IGMedia.shortcodes is neither a field nor an edge"),
    ("IGUser", "business_discovery.name(x){id}", "IGUser.business_discovery takes no name"),
    ("IGMedia", "children{captions}", "IGMedia.captions is neither a field nor an edge"),
])
def test_a_field_that_there_is_not(meta: FieldTypes, kind: str, fields: str, problem: str) -> None:
    assert list(meta.asks(kind, read_fields(fields))) == [problem]


@pytest.mark.parametrize(("kind", "told", "problem"), [
    ("PagePost", {"message": 3}, "x.message is 3, no string"),
    ("PagePost", {"is_hidden": "false"}, "x.is_hidden is 'false', no bool"),
    ("PagePost", {"created_time": "2026-10-05"}, "x.created_time is '2026-10-05', no time"),
    ("PagePost", {"headline": ""}, "x.headline is no field of PagePost"),
    ("PagePost", {"privacy": {"shown_to": "all"}}, "x.privacy.shown_to is no field of Privacy"),
    ("PagePost", {"message_tags": [{"length": "4"}]}, "x.message_tags[0].length is '4', no unsigned int"),
    ("Comment", {"message_tags": [{"type": "robot"}]}, "x.message_tags[0].type is 'robot', none of application, event, group, page, user"),
    ("PagePost", {"attachments": {"data": [{"media": {"image": {"href": ""}}}]}}, "x.attachments.data[0].media.image.href is no field of StoryAttachmentImage"),
    ("IGUser", {"media_count": "5"}, "x.media_count is '5', no int"),
    ("IGUser", {"business_discovery": {"media": {"data": [{"likes": 1}]}}}, "x.business_discovery.media.data[0].likes is no field of IGMedia"),
    ("IGMedia", {"children": {"data": [], "summary": {}}}, "x.children has more than data and paging: ['data', 'summary']"),
])
def test_an_answer_that_there_is_not(meta: FieldTypes, kind: str, told: Any, problem: str) -> None:
    assert list(meta.node(told, kind, "x")) == [problem]


def test_the_stand_in_refuses_what_the_library_does_not_have(meta: FieldTypes) -> None:
    """Though its own excerpt, or a test, would let it through."""
    platform = StandInGraph("token")
    platform.add("PagePost", "1_2", ("1", "posts"), message=5)
    platform.add("Page", "1", name="Schools")

    def ask(path: str, **more: str) -> Any:
        query = {"access_token": "token", **more}
        return platform.answer(Asked("GET", path, {name: [value] for name, value in query.items()}, {"user-agent": "Rollbook/0"}))

    with pytest.raises(AssertionError, match="message is 5, no string"):
        ask("/v25.0/1/posts", fields="id,message")
    with pytest.raises(AssertionError, match="Page/posts takes no filter"):
        ask("/v25.0/1/posts", fields="id", filter="stream")
    with pytest.raises(AssertionError, match="a node takes no limit"):
        ask("/v25.0/1", fields="id", limit="5")
    assert ask("/v25.0/1/posts", fields="id", limit="5")[0] == 200


# -- recorded pages ----------------------------------------------------------------------------------------------


def recorded() -> Iterator[tuple[str, dict[str, Any]]]:
    for network in ("facebook", "instagram"):
        for case in json.loads((PAGES / f"{network}.json").read_text(encoding="utf-8")):
            if case["page"]["url"].startswith("https://graph.facebook.com/") and not case.get("error"):
                yield network, case


def test_recorded_pages_hold_nothing_that_the_library_does_not_have(meta: FieldTypes) -> None:
    """What is written wrong on purpose is marked, or its page refused; what is read is right."""
    seen = set[tuple[str, str]]()
    for network, case in recorded():
        page, told = case["page"], json.loads(case["page"]["body"])
        kind, shape = HELD[network, page["part"]]
        wrong = tuple(f"x.{where}" for where, _ in case["marked"])
        if shape == "list":
            problems = meta.listed(told, kind, "x")
        elif shape == "ids":
            problems = (problem for number, one in told.items() for problem in meta.node(one, kind, f"x.{number}"))
        else:
            problems = meta.node(told, kind, "x")
        assert [problem for problem in problems if not problem.startswith(wrong)] == [], case["name"]
        seen.add((network, page["part"]))
    assert seen == set(HELD)
