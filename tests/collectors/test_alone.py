"""Bodies that no visit asks for, looked at by themselves: webhooks, searches, notifications, single records, dumps."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from rollbook.errors import PageError
from rollbook.plugins import collectors
from rollbook.types import Page, Parsed

AT = datetime(2026, 11, 2, tzinfo=UTC)
STATUS = {"id": "1", "uri": "https://a.example/1", "created_at": "2026-10-05T13:00:00Z", "visibility": "public",
          "account": {"id": "7", "acct": "b"}, "content": "<p>Hello</p>"}
TWEET = {"id": 20, "text": "Hello", "created_at": "Wed Oct 10 20:19:24 +0000 2018"}
RECORD = {"$type": "app.bsky.feed.post", "text": "Hello", "createdAt": "2026-10-05T13:00:00Z"}
DID = "did:plc:exampleexampleexample22"
VIEW = {"uri": f"at://{DID}/app.bsky.feed.post/3lexampleaaa2", "author": {"did": DID, "handle": "a.example"}, "record": RECORD}
SNIPPET = {"publishedAt": "2026-10-05T13:00:00Z", "channelId": "UC1", "title": "Hello", "description": "", "type": "upload"}
DUMP = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><page><title>Band</title>'
    "<revision><id>2</id><parentid>1</parentid><timestamp>2026-10-06T13:00:00Z</timestamp><contributor><username>Office</username></contributor>"
    "<text>Hello\nTonight</text></revision>"
    "<revision><id>1</id><timestamp>2026-10-05T13:00:00Z</timestamp><contributor><username>Office</username></contributor><text>Hello</text></revision>"
    "<revision><id>3</id><parentid>2</parentid><timestamp>2026-10-07T13:00:00Z</timestamp><contributor deleted='deleted'/><text deleted='deleted'/></revision>"
    "</page></mediawiki>"
)
DISCOURSE = {"id": 1, "topic_id": 2, "post_number": 1, "username": "office", "cooked": "<p>Hello</p>", "created_at": "2026-10-05T13:00:00Z"}


def changed(**value: object) -> dict[str, object]:
    said = {"item": "status", "verb": "add", "post_id": "1_2", "message": "Hello", "created_time": 1791205200, "from": {"id": "1"}}
    return {"object": "page", "entry": [{"id": "1", "changes": [{"field": "feed", "value": {**said, **value}}]}]}


READ: dict[str, tuple[str, object, list[str]]] = {
    "a notification": ("mastodon", [{"id": "9", "type": "mention", "status": STATUS}], ["post"]),
    "a conversation": ("mastodon", {"id": "9", "last_status": STATUS}, ["post"]),
    "an answer at no address": ("mastodon", {**STATUS, "uri": "https://[", "in_reply_to_id": "2"}, ["reply"]),
    "a webhook of a server": ("mastodon", {"event": "status.created", "object": STATUS}, ["post"]),
    "a post of the older API": ("x", TWEET, ["post"]),
    "posts by their ids": ("x", {"id": {"20": TWEET, "21": None}}, ["post"]),
    "a collection": ("x", {"objects": {"tweets": {"20": TWEET}}}, ["post"]),
    "a webhook of X": ("x", {"for_user_id": "1", "tweet_create_events": [TWEET]}, ["post"]),
    "a user of the older API": ("x", {"id": 1, "screen_name": "office", "name": "Office", "description": "News"}, ["profile"]),
    "a list of views": ("bluesky", [VIEW, {"post": VIEW}], ["post", "post"]),
    "a view": ("bluesky", VIEW, ["post"]),
    "notifications": ("bluesky", {"notifications": [{**VIEW, "reason": "mention"}]}, ["post"]),
    "bookmarks": ("bluesky", {"bookmarks": [{"item": VIEW}]}, ["post"]),
    "a thread of the second version": ("bluesky", {"thread": [{"uri": "a", "value": {"post": VIEW}}]}, ["post"]),
    "an event of the stream": ("bluesky", {"did": DID, "kind": "commit", "commit": {
        "operation": "create", "collection": "app.bsky.feed.post", "rkey": "3lexampleaaa2", "record": RECORD}}, ["post"]),
    "a capture of records": ("bluesky", {"postRecords": [{"uri": VIEW["uri"], "value": RECORD}]}, ["post"]),
    "a search for videos": ("youtube", {"kind": "youtube#searchListResponse", "items": [
        {"kind": "youtube#searchResult", "id": {"kind": "youtube#video", "videoId": "a"}, "snippet": SNIPPET},
        {"kind": "youtube#searchResult", "id": {"kind": "youtube#channel", "channelId": "UC1"}, "snippet": SNIPPET}]}, ["post"]),
    "activities": ("youtube", {"kind": "youtube#activityListResponse", "items": [
        {"kind": "youtube#activity", "snippet": SNIPPET, "contentDetails": {"upload": {"videoId": "a"}}}]}, ["post"]),
    "a Page's webhook": ("facebook", changed(), ["post"]),
    "a Page's webhook of a comment": ("facebook", changed(item="comment", comment_id="2_3"), ["comment"]),
    "a comment": ("instagram", {"id": "1", "text": "Hello", "timestamp": "2026-10-05T13:00:00+0000", "username": "office"}, ["comment"]),
    "a list of posts": ("threads", [{"id": "1", "media_type": "TEXT_POST", "text": "Hello", "timestamp": "2026-10-05T13:00:00+0000"}], ["post"]),
    "a post of Discourse": ("forum", DISCOURSE, ["post"]),
    "a webhook of Discourse": ("forum", {"post": DISCOURSE}, ["post"]),
    "the newest posts of Discourse": ("forum", {"latest_posts": [DISCOURSE]}, ["post"]),
    "a wiki's own export": ("wiki", DUMP, ["post", "post"]),
}
NOT_READ: dict[str, tuple[str, object, str]] = {
    "a deletion": ("facebook", changed(verb="remove"), "status remove"),
    "a reaction": ("facebook", changed(item="reaction"), "reaction add"),
    "an unpublished post": ("facebook", changed(published=0), "not-public"),
    "a direct message": ("mastodon", {"id": "9", "last_status": {**STATUS, "visibility": "direct"}}, "not-public"),
    "a record without its address": ("bluesky", RECORD, "without its address"),
    "a reader's comment": ("wordpress", {"id": 5, "post": 6, "author_name": "A", "type": "comment", "content": {"rendered": "x"}}, "not-a-post"),
    "a dump that declares entities": ("wiki", '<!DOCTYPE m [<!ENTITY a "b">]><mediawiki>&a;</mediawiki>', "declares a document type"),
    "a dump that is cut off": ("wiki", DUMP[:-30], "no element found"),
}


def parse(network: str, body: object) -> Parsed:
    data = body if isinstance(body, str) else json.dumps(body)
    return collectors()[network].parse(Page(f"{network}:recorded.example", "file", "https://recorded.example/", 200, {}, data.encode(), AT))


@pytest.mark.parametrize("name", READ)
def test_a_post_is_read_out_of_it(name: str) -> None:
    network, body, kinds = READ[name]
    parsed = parse(network, body)
    assert [post.kind for post in parsed.posts] == kinds, parsed.marked
    assert all("Hello" in post.text or "Tonight" in post.text or "Office" in post.text for post in parsed.posts)


@pytest.mark.parametrize("name", NOT_READ)
def test_what_is_no_public_post_is_named(name: str) -> None:
    network, body, words = NOT_READ[name]
    try:
        parsed = parse(network, body)
    except PageError as err:
        assert words in err.cause
        return
    assert not parsed.posts
    assert words in "".join(mark.problem for mark in parsed.marked)
