"""What Google's discovery document says of the methods that are used, and that nothing which breaks it goes unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.contracts.discovery import EXCERPT, GENERAL, NAME, Document, whole
from tests.installing import install
from tests.standin_youtube import UPLOADS, Film, StandInYouTube, video

PAGES = Path(__file__).with_name("pages") / "youtube.json"


@pytest.fixture(scope="module")
def google() -> Document:
    return whole()


def test_the_excerpt_is_what_the_document_says(google: Document) -> None:
    for name, method in EXCERPT.methods.items():
        told = google.methods[name]
        assert (method.path, method.answer) == (told.path, told.answer)
        assert method.parameters.items() <= told.parameters.items(), name
        required = {key for key, kind in told.parameters.items() if kind.required}
        assert required <= set(method.parameters), name
    for name, fields in EXCERPT.schemas.items():
        assert fields.items() <= google.schemas[name].items(), name


def test_what_every_method_takes_and_where_they_are(google: Document) -> None:
    (file,) = (install(NAME) / "read").rglob("youtube.v3.json")
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["revision"] == "20261104"
    assert told["rootUrl"] == "https://youtube.googleapis.com/"
    assert {told["parameters"][name]["location"] for name in GENERAL} == {"query"}


@pytest.mark.parametrize(("path", "query", "problem"), [
    ("/youtube/v3/movies", "part=snippet", "no method"),
    ("/youtube/v3/videos", "id=a", "lacks ['part']"),
    ("/youtube/v3/videos", "id=a&part=snippet&ids=b", "takes no ['ids']"),
    ("/youtube/v3/videos", "id=a&part=snippets", "part is snippets"),
    ("/youtube/v3/playlistItems", "part=snippet&maxResults=51", "maxResults is 51"),
    ("/youtube/v3/playlistItems", "part=snippet&playlistId=a&playlistId=b", "given twice"),
    ("/youtube/v3/comments", "part=snippet&textFormat=plain", "textFormat is plain"),
])
@pytest.mark.parametrize("held", [EXCERPT, None], ids=["excerpt", "document"])
def test_a_request_that_the_document_does_not_allow(held: Document | None, path: str, query: str, problem: str) -> None:
    with pytest.raises(AssertionError) as refused:
        (held or whole()).check_request(path, parse_qs(query))
    assert problem in str(refused.value)


@pytest.mark.parametrize(("change", "problem"), [
    (lambda item: item.update(views=3), "videos.list.items[0].views is no field of Video"),
    (lambda item: item["snippet"].update(editedAt="x"), "snippet.editedAt is no field of VideoSnippet"),
    (lambda item: item["snippet"].update(publishedAt="yesterday"), "publishedAt is 'yesterday', no time"),
    (lambda item: item["snippet"].update(tags="a,b"), "tags is no list"),
    (lambda item: item["snippet"].update(tags=[1]), "tags[0] is 1, no string"),
    (lambda item: item["status"].update(privacyStatus="hidden"), "privacyStatus is 'hidden', none of public, unlisted, private"),
    (lambda item: item["snippet"]["thumbnails"]["high"].update(width="480"), "width is '480', no integer"),
    (lambda item: item.update(contentDetails=[]), "contentDetails is no object"),
])
@pytest.mark.parametrize("held", [EXCERPT, None], ids=["excerpt", "document"])
def test_an_answer_that_the_document_does_not_have(held: Document | None, change: Callable[[Any], Any], problem: str) -> None:
    held = held or whole()
    item = video("abcdefghijk", Film("Play", tags=("a",)))
    answer = {"kind": "youtube#videoListResponse", "items": [item]}
    held.check_answer("videos.list", answer)
    change(item)
    with pytest.raises(AssertionError) as refused:
        held.check_answer("videos.list", answer)
    assert problem in str(refused.value)


def test_the_stand_in_refuses_what_the_document_does_not_allow() -> None:
    network = StandInYouTube(films={"abcdefghijk": Film("Play")})
    with pytest.raises(AssertionError, match="lacks"):
        network.answer("/youtube/v3/playlistItems", {"playlistId": [UPLOADS]}, {})


def test_recorded_pages_hold_nothing_that_the_document_does_not_have(google: Document) -> None:
    """What is written wrong on purpose is marked, or its page refused; what is read is right."""
    answers, seen = {method.answer: name for name, method in google.methods.items()}, set[str]()
    for case in json.loads(PAGES.read_text(encoding="utf-8")):
        page = case["page"]
        if case.get("error") or page["status"] != 200 or not page["url"].startswith("https://youtube.googleapis.com/"):
            continue
        if page["part"] == "caption":
            seen.add(google.check_request(urlsplit(page["url"]).path, parse_qs(urlsplit(page["url"]).query)))
            continue
        answer = json.loads(page["body"])
        kind = answer["kind"].removeprefix("youtube#")
        schema = kind[0].upper() + kind[1:]
        wrong = tuple(where.split(".")[0] for where, _ in case["marked"])
        problems = [problem for problem in google.breaches(answer, schema, "") if not problem[1:].startswith(wrong)]
        assert not problems, case["name"]
        seen.add(answers[schema])
    assert seen == set(EXCERPT.methods)
