"""The public formats: what is written is read back, what is wrong is named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.errors import FormatError
from rollbook.formats import finding_id, finding_json, fingerprint, post_json, read_finding, read_post
from rollbook.types import Evidence, Finding, Media, Post, Reference

POST = Post(
    "x:1", "x:ana", "x", "reply", "Grüße 👋\n<b>", datetime(2026, 10, 5, 14, 12, tzinfo=UTC), url="https://x.com/ana/status/1",
    edited_at=datetime(2026, 10, 5, 15, 0, tzinfo=UTC), lang="en", reply_to=Reference("x:0", "x:bo", "Hi"),
    quote_of=Reference("x:2"), links=("https://a.example/?q=1",), mentions=("bo",), hashtags=("go",),
    media=(Media("image", url="https://a.example/a.jpg?sig=1", alt="A bus"), Media("video", path="media/b.mp4", sha256="ab")),
)
FINDING = Finding("f_1", "x:1", "x:ana", "district-email", "9125.3 para 5", "medium", 0.98, "Possible.", (
    Evidence("text", 0, 5, "Grüße"), Evidence("image:0", box=(1, 2, 3, 4)),
))


def test_a_post_is_read_back_as_it_was_written() -> None:
    assert read_post(json.loads(json.dumps(post_json(POST)))) == POST


def test_a_finding_is_read_back_as_it_was_written() -> None:
    assert read_finding(json.loads(json.dumps(finding_json(FINDING)))) == FINDING


def test_the_fields_are_the_documented_ones_in_order() -> None:
    assert list(post_json(POST)) == [
        "id", "account", "network", "kind", "url", "created_at", "edited_at", "lang", "text", "reply_to", "repost_of",
        "quote_of", "links", "mentions", "hashtags", "media",
    ]
    assert list(finding_json(FINDING)) == [
        "finding", "post", "account", "rule", "clause", "severity", "confidence", "message", "evidence",
    ]


def test_every_post_of_the_development_set_is_read_and_read_back() -> None:
    file = Path(__file__).parents[2] / "shared" / "eval" / "dev" / "posts.jsonl"
    if not file.is_file():
        pytest.skip("the development set is not beside this checkout")
    for line in file.read_text(encoding="utf-8").splitlines():
        post = read_post(json.loads(line))
        assert read_post(post_json(post)) == post


@pytest.mark.parametrize(("change", "says"), [
    ({"id": ""}, "'id' is \"\""),
    ({"account": 7}, "'account' is 7"),
    ({"kind": "story"}, "'kind' is \"story\"; expected one of post, reply"),
    ({"created_at": "2026-10-05T14:12:00"}, "without an offset"),
    ({"created_at": "yesterday"}, "an ISO 8601 time"),
    ({"created_at": None}, "'created_at' is null"),
    ({"links": "https://a"}, "'links'"),
    ({"media": [{"type": "hologram"}]}, "media[0].type"),
    ({"media": ["a.jpg"]}, "media[0]"),
    ({"reply_to": "x:0"}, "'reply_to'"),
    ({"text": ["a"]}, "'text'"),
])
def test_a_wrong_field_is_named(change: dict[str, object], says: str) -> None:
    with pytest.raises(FormatError) as refused:
        read_post(post_json(POST) | change)
    assert says in str(refused.value)


def test_counts_signatures_and_times_are_no_edit() -> None:
    resigned = replace(POST, edited_at=None, media=(replace(POST.media[0], url="https://a.example/a.jpg?sig=2"), POST.media[1]))
    assert fingerprint(resigned) == fingerprint(POST)


def test_an_edit_of_what_was_shared_is_no_edit_by_who_shared_it() -> None:
    shared = replace(POST, kind="repost", repost_of=Reference("x:9", "x:cy", "Hi"), text="Hi")
    edited = replace(shared, text="Hi there", repost_of=Reference("x:9", "x:cy", "Hi there"))
    assert fingerprint(shared) == fingerprint(edited)
    assert fingerprint(shared) != fingerprint(replace(shared, text="")), "its words could not be read before"
    assert fingerprint(shared) != fingerprint(replace(shared, repost_of=Reference("x:8", "x:cy", "Hi")))


@pytest.mark.parametrize("changed", [
    replace(POST, text="Grüße"), replace(POST, media=POST.media[:1]), replace(POST, links=()),
    replace(POST, media=(replace(POST.media[0], alt="Another bus"), POST.media[1])),
])
def test_words_pictures_descriptions_and_links_are(changed: Post) -> None:
    assert fingerprint(changed) != fingerprint(POST)


@given(st.text(), st.integers(0, 50), st.permutations(FINDING.evidence))
def test_the_identity_of_a_finding_leaves_position_and_order_out(
    quote: str, start: int, evidence: list[Evidence]
) -> None:
    moved = [replace(item, start=start, end=start + 5) if item.quote is not None else item for item in evidence]
    assert finding_id(POST, "r", moved) == finding_id(POST, "r", FINDING.evidence)
    one, other = (finding_id(POST, "r", [Evidence("text", 0, 1, words)]) for words in (quote, "a"))
    assert (one == other) == (quote == "a")


def test_a_picture_in_evidence_stands_for_itself_not_for_its_box() -> None:
    near = [Evidence("image:0", box=(1, 2, 3, 4))], [Evidence("image:0", box=(2, 2, 3, 4))]
    assert finding_id(POST, "r", near[0]) == finding_id(POST, "r", near[1])
    other = replace(POST, media=(replace(POST.media[0], sha256="ff"), POST.media[1]))
    assert finding_id(other, "r", near[0]) != finding_id(POST, "r", near[0])
