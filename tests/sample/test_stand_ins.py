"""The stand-ins answer over real HTTP what the networks' published interfaces promise, in both states."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from rollbook.sample import StandInNetworks
from rollbook.sample.native import blob_cid, did, record_cid, snowflake, tid
from rollbook.sample.posts import Post, Story, StoryState, read_story

NEWS = "https://news.teaselhollowcsd.example/feed.xml"
BLOG = "https://theworryjar.example/atom.xml"
PDS = "https://pds.skylark.example/xrpc/"
TOWN = "https://townsquare.example"
SCIENCE = did("bluesky:ms-sallowfield.skylark.example")

Get = Callable[..., requests.Response]


@contextmanager
def visiting(state: StoryState, story: Story | None = None) -> Iterator[Get]:
    with StandInNetworks(state, story=story) as reroute, requests.Session() as session:

        def get(url: str, **options: Any) -> requests.Response:
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc}"
            return session.get(reroute[origin] + url.removeprefix(origin), timeout=10, **options)

        yield get


@pytest.fixture(scope="module", name="get")
def _get() -> Iterator[Get]:
    with visiting(1) as get:
        yield get


@pytest.fixture(scope="module", name="later")
def _later() -> Iterator[Get]:
    with visiting(2) as get:
        yield get


def post(key: str, state: StoryState = 1) -> Post:
    return read_story(state).posts[key]


# -- all of them -------------------------------------------------------------------------------------------------


def test_they_listen_on_loopback_only_and_free_their_ports() -> None:
    networks = StandInNetworks()
    with networks as reroute:
        assert {urlsplit(target).hostname for target in reroute.values()} == {"127.0.0.1"}
        assert len(set(reroute.values())) == len(reroute)
        kept_open = requests.Session()
        kept_open.get(reroute["https://plc.directory"] + "/did:plc:unknown", timeout=10)
    with pytest.raises(requests.ConnectionError):
        requests.get(reroute["https://plc.directory"], timeout=10)
    assert networks.asked == ["https://plc.directory/did:plc:unknown"]
    kept_open.close()


def test_the_same_state_is_served_byte_for_byte_again() -> None:
    with visiting(1) as once, visiting(1) as again:
        for url in (NEWS, BLOG, f"{PDS}com.atproto.repo.listRecords?repo={SCIENCE}&collection=app.bsky.feed.post"):
            assert once(url).content == again(url).content


# -- feeds -------------------------------------------------------------------------------------------------------


def test_a_feed_says_unchanged_to_whoever_has_it(get: Get, later: Get) -> None:
    first = get(NEWS)
    for known in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        assert (get(NEWS, headers=known).status_code, get(NEWS, headers=known).content) == (304, b"")
        assert later(NEWS, headers=known).status_code == 200


@pytest.mark.parametrize(("by", "url"), [
    ("news", NEWS), ("blog", BLOG), ("library", "https://library.teaselhollowcsd.example/feed.json"),
])
def test_a_feed_holds_every_item_and_every_item_has_a_page(get: Get, by: str, url: str) -> None:
    feed, items = get(url).text, read_story(1).of(by)
    assert len(items) >= 7
    for item in items:
        address = f"https://{urlsplit(url).netloc}/news/{item.key}"
        assert address in feed
        assert item.title in unescape(get(address).text)
    assert get(f"https://{urlsplit(url).netloc}/news/nothing").status_code == 404


def test_feeds_are_what_their_readers_expect(get: Get) -> None:
    feedparser = pytest.importorskip("feedparser")
    for url, version in ((NEWS, "rss20"), (BLOG, "atom10")):
        read = feedparser.parse(get(url).content)
        assert (read.bozo, read.version) == (False, version)
    assert get("https://library.teaselhollowcsd.example/feed.json").json()["version"].endswith("/1.1")


def test_the_edit_of_a_feed_item_changes_its_words_and_its_date(get: Get, later: Get) -> None:
    assert "Added on Saturday" not in get(BLOG).text
    assert "Added on Saturday" in later(BLOG).text
    assert "2026-10-17T12:10:00+00:00</updated>" in later(BLOG).text


# -- Bluesky -----------------------------------------------------------------------------------------------------


def records(get: Get, repo: str, **query: str) -> dict[str, Any]:
    found = get(PDS + "com.atproto.repo.listRecords", params={"repo": repo, "collection": "app.bsky.feed.post"} | query)
    assert found.status_code == 200, found.text
    answer: dict[str, Any] = found.json()
    return answer


def test_a_handle_leads_to_its_identifier_and_that_to_its_data_server(get: Get) -> None:
    handle = "ms-sallowfield.skylark.example"
    asked = get("https://public.api.bsky.app/xrpc/com.atproto.identity.resolveHandle", params={"handle": handle})
    assert asked.json() == {"did": SCIENCE}
    assert get(f"https://{handle}/.well-known/atproto-did").text == SCIENCE
    document = get(f"https://plc.directory/{SCIENCE}").json()
    assert document["alsoKnownAs"] == [f"at://{handle}"]
    assert document["service"][0]["serviceEndpoint"] == PDS.removesuffix("/xrpc/")


@pytest.mark.parametrize("reverse", ["false", "true"])
def test_records_are_listed_page_by_page_in_order(get: Get, reverse: str) -> None:
    keys: list[str] = []
    cursor = ""
    while True:
        page = records(get, SCIENCE, limit="5", reverse=reverse, **({"cursor": cursor} if cursor else {}))
        keys += [record["uri"].rpartition("/")[2] for record in page["records"]]
        cursor = page.get("cursor", "")
        if not cursor:
            break
    assert keys == sorted(keys, reverse=reverse == "false")
    assert keys == [record["uri"].rpartition("/")[2] for record in records(get, SCIENCE, reverse=reverse)["records"]]
    assert len(keys) == 12


def test_a_page_that_is_too_long_is_refused(get: Get) -> None:
    found = get(PDS + "com.atproto.repo.listRecords", params={"repo": SCIENCE, "collection": "x", "limit": "101"})
    assert (found.status_code, found.json()["error"]) == (400, "InvalidRequest")


def test_a_deleted_record_is_said_to_be_gone(get: Get, later: Get) -> None:
    gone = post("science-09")
    query = {"repo": SCIENCE, "collection": "app.bsky.feed.post", "rkey": tid(gone.at, gone.key)}
    assert get(PDS + "com.atproto.repo.getRecord", params=query).json()["value"]["text"] == gone.text
    missing = later(PDS + "com.atproto.repo.getRecord", params=query)
    assert (missing.status_code, missing.json()["error"]) == (400, "RecordNotFound")
    uri = f"at://{SCIENCE}/app.bsky.feed.post/{query['rkey']}"
    views = [
        ask("https://public.api.bsky.app/xrpc/app.bsky.feed.getPosts", params={"uris": uri}).json()["posts"]
        for ask in (get, later)
    ]
    assert [len(found) for found in views] == [1, 0]


def test_a_repository_moves_on_only_where_something_happened(get: Get, later: Get) -> None:
    def rev(ask: Get, account: str) -> str:
        return str(ask(PDS + "com.atproto.sync.getLatestCommit", params={"did": did(account)}).json()["rev"])

    assert rev(get, "bluesky:ms-sallowfield.skylark.example") < rev(later, "bluesky:ms-sallowfield.skylark.example")
    assert rev(get, "bluesky:teaselhollowcsd.example") == rev(later, "bluesky:teaselhollowcsd.example")


def test_an_edited_record_keeps_its_address_and_changes_its_content_identifier() -> None:
    story = read_story(1)
    old = story.posts["science-01"]
    edited = replace(old, text="Every dot is a galaxy.", edited_at=old.at + timedelta(days=1))
    with visiting(1) as get, visiting(1, replace(story, posts={**story.posts, old.key: edited})) as later:
        before, after = (records(ask, SCIENCE, reverse="true")["records"][0] for ask in (get, later))
    assert before["uri"] == after["uri"]
    assert before["cid"] != after["cid"] == record_cid(after["value"])


def test_a_picture_is_what_its_content_identifier_says(get: Get) -> None:
    embeds = [record["value"].get("embed", {}) for record in records(get, SCIENCE)["records"]]
    shown = [image for embed in embeds for image in embed.get("images", [])]
    assert len(shown) >= 5
    for image in shown:
        cid = image["image"]["ref"]["$link"]
        found = get(PDS + "com.atproto.sync.getBlob", params={"did": SCIENCE, "cid": cid})
        assert blob_cid(found.content) == cid
        assert len(found.content) == image["image"]["size"]
        assert found.headers["Content-Type"] == image["image"]["mimeType"]
        assert get(f"https://cdn.bsky.app/img/feed_fullsize/plain/{SCIENCE}/{cid}@jpeg").content == found.content


def test_facets_count_bytes(get: Get) -> None:
    for account in ("bluesky:teaselhollowcsd.example", "bluesky:verbeeck-history.skylark.example"):
        for record in records(get, did(account))["records"]:
            text = record["value"]["text"].encode()
            for facet in record["value"].get("facets", []):
                said = text[facet["index"]["byteStart"]:facet["index"]["byteEnd"]].decode()
                assert said.startswith(("#", "@", "https://"))


def test_a_reply_names_root_and_parent_and_a_quote_names_its_post(get: Get) -> None:
    values = [record["value"] for record in records(get, did("bluesky:teaselhollowcsd.example"))["records"]]
    replies = [value["reply"] for value in values if "reply" in value]
    assert {reply["root"]["uri"].split("/")[2] for reply in replies} == {
        did("bluesky:teaselhollowcsd.example"), did("bluesky:two-boys-one-bus.skylark.example"),
    }
    theirs = records(get, did("bluesky:supt-etcheverry.skylark.example"))["records"]
    embeds = [record["value"].get("embed", {}) for record in theirs]
    quoted = [embed["record"]["uri"] for embed in embeds if embed.get("$type") == "app.bsky.embed.record"]
    author, fire_truck = did("bluesky:teaselhollowcsd.example"), post("district-03")
    assert quoted == [f"at://{author}/app.bsky.feed.post/{tid(fire_truck.at, fire_truck.key)}"]


def test_the_app_view_shows_pictures_cards_quotes_and_reposts(get: Get) -> None:
    url = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed"
    actor = {"actor": "supt-etcheverry.skylark.example"}
    first = get(url, params={**actor, "limit": "4"}).json()
    items = first["feed"] + get(url, params={**actor, "cursor": first["cursor"]}).json()["feed"]
    assert (len(first["feed"]), len(items)) == (4, 10)
    own = [item["post"] for item in items if "reason" not in item]
    quoted = [view["embed"]["record"]["value"]["text"] for view in own if "embed" in view]
    assert [text[:16] for text in quoted] == ["The fire company"]
    shared = next(item for item in items if "reason" in item)
    assert shared["post"]["author"]["handle"] == "teaselhollowcsd.example"
    assert get(shared["post"]["embed"]["images"][0]["fullsize"]).headers["Content-Type"].startswith("image/")


def test_an_unknown_repository_is_told(get: Get) -> None:
    missing = get(PDS + "com.atproto.sync.getRepoStatus", params={"did": "did:plc:nobody"})
    assert (missing.status_code, missing.json()["error"]) == (400, "RepoNotFound")


# -- Mastodon ----------------------------------------------------------------------------------------------------


def account(get: Get, acct: str, server: str = TOWN) -> dict[str, Any]:
    found: dict[str, Any] = get(f"{server}/api/v1/accounts/lookup", params={"acct": acct}).json()
    return found


def test_a_timeline_is_walked_by_its_links(get: Get) -> None:
    number = account(get, "coach_dombrowicz")["id"]
    url, seen = f"{TOWN}/api/v1/accounts/{number}/statuses?limit=4", []
    while url:
        page = get(url)
        seen += [int(status["id"]) for status in page.json()]
        url = page.links.get("next", {}).get("url", "")
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == account(get, "coach_dombrowicz@townsquare.example")["statuses_count"] == 10


def test_min_id_walks_forward_without_a_gap(get: Get) -> None:
    number = account(get, "coach_dombrowicz")["id"]
    oldest = [snowflake(item.at, item.key) for item in read_story(1).of("coach")][:4]
    page = get(f"{TOWN}/api/v1/accounts/{number}/statuses", params={"min_id": oldest[0], "limit": 3}).json()
    assert [status["id"] for status in page] == oldest[:0:-1]


def test_an_edited_status_has_a_history(get: Get, later: Get) -> None:
    number = snowflake(post("band-02").at, "band-02")
    assert get(f"{TOWN}/api/v1/statuses/{number}").json()["edited_at"] is None
    assert later(f"{TOWN}/api/v1/statuses/{number}").json()["edited_at"] == "2026-10-16T23:05:00.000Z"
    versions = later(f"{TOWN}/api/v1/statuses/{number}/history").json()
    assert ["yaldane@" in version["content"] for version in versions] == [True, False]
    assert [version["created_at"] for version in versions] == ["2026-10-06T19:45:00.000Z", "2026-10-16T23:05:00.000Z"]


def test_what_is_not_there_is_not_found(get: Get) -> None:
    for path in ("accounts/lookup?acct=nobody", "statuses/1", "statuses/1/history", "accounts/1/statuses"):
        missing = get(f"{TOWN}/api/v1/{path}")
        assert (missing.status_code, missing.json()) == (404, {"error": "Record not found"})


def test_a_boost_carries_the_whole_other_post(get: Get) -> None:
    number = snowflake(post("coach-06").at, "coach-06")
    boosted = get(f"{TOWN}/api/v1/statuses/{number}").json()["reblog"]
    assert "athletics@teaselhollowcsd.example" in boosted["content"]
    assert boosted["account"]["acct"] == "goldfinch_boosters"


def test_pictures_mentions_and_tags_are_told(get: Get) -> None:
    poster, valve_oil = (
        get(f"{TOWN}/api/v1/statuses/{snowflake(post(key).at, key)}").json() for key in ("band-07", "band-04")
    )
    attachment = poster["media_attachments"][0]
    assert attachment["description"].endswith("music@teaselhollowcsd.example")
    assert get(attachment["url"]).headers["Content-Type"] == "image/png"
    assert [tag["name"] for tag in poster["tags"]] == ["FallConcert"]
    assert [mention["acct"] for mention in valve_oil["mentions"]] == ["coach_dombrowicz"]


def test_the_two_servers_know_each_other(get: Get) -> None:
    server = "https://chalkboard.example"
    number = account(get, "profe_ngata", server)["id"]
    statuses = get(f"{server}/api/v1/accounts/{number}/statuses").json()
    reply = next(status for status in statuses if status["in_reply_to_id"])
    assert "boot diagram" in get(f"{server}/api/v1/statuses/{reply['in_reply_to_id']}").json()["content"]
    assert account(get, "thhs_band@townsquare.example", server)["acct"] == "thhs_band@townsquare.example"


# -- identifiers -------------------------------------------------------------------------------------------------


def test_identifiers_are_of_their_networks_shapes() -> None:
    moment = post("band-02").at
    assert len(tid(moment, "a")) == 13
    assert tid(moment, "a") < tid(moment + timedelta(seconds=1), "a")
    assert int(snowflake(moment, "a")) >> 16 == moment.timestamp() * 1000
    # The identifier of no bytes at all, as every implementation gives it.
    assert blob_cid(b"") == "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"


RECORD: Mapping[str, object] = json.loads("""{"list": [0, -1, 1000, true, null], "b": "ü", "a": {"$link":
"bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"}}""")


def test_a_record_is_hashed_as_dag_cbor() -> None:
    from rollbook.sample.native import dag_cbor

    of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    link = bytes.fromhex("d82a582500" + "01551220" + of_nothing)
    assert dag_cbor(RECORD) == (
        b"\xa3" + b"\x61a" + link + b"\x61b" + b"\x62\xc3\xbc" + b"\x64list" + bytes.fromhex("8500201903e8f5f6")
    )
