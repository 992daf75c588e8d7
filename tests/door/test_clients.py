"""Client libraries through the Door: tweepy, facebook-sdk, and plain calls as Mastodon.py makes them."""

from __future__ import annotations

import json
import warnings
from types import ModuleType
from typing import Any

import pytest
import tweepy

from rollbook.errors import AddressRefused, NetworkError
from rollbook.http import Door, page_of

from .conftest import FakeSleepClock
from .loopback import ListSink, Loopback, answer, settings

BEARER, TOKEN = "canaryAAAAAAAAAAAAAAbearer4711", "canaryEAAGm0PX4ZCpsBAtoken4711"
PROOF = "canary9f86d081884c7d659a2feaa0c55ad015proof"


@pytest.fixture
def facebook() -> ModuleType:
    """facebook-sdk, whose regular expression warns of an invalid escape when Python first compiles the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", SyntaxWarning)
        import facebook as sdk
    module: ModuleType = sdk
    return module


def said(value: Any, *headers: str, status: int = 200) -> bytes:
    return answer(status, json.dumps(value).encode(), "Content-Type: application/json; charset=UTF-8", *headers)


def through(server: Loopback, sink: ListSink, clock: FakeSleepClock, *hosts: str) -> Door:
    return Door(settings(reroute={f"https://{host}": server.url for host in hosts}), sink, clock=clock)


def test_tweepy(server: Loopback, sink: ListSink, clock: FakeSleepClock) -> None:
    post = {"id": "1790000000000000001", "text": "Go Wildcats"}
    server.scripts["/2/users/7/tweets"] = [
        said({"data": [post], "meta": {"result_count": 1, "next_token": "b26v89c19zqg8o3f"}}),
        said({"data": [post | {"id": "2"}], "meta": {"result_count": 1}}),
    ]
    client = tweepy.Client(bearer_token=BEARER, return_type=dict)
    with through(server, sink, clock, "api.twitter.com") as door:
        client.session = door
        with door.on_behalf_of("x:wg_csd", "timeline", {"user": "7"}) as behalf:
            pages = list(tweepy.Paginator(client.get_users_tweets, "7", limit=5))
    assert [page["data"][0]["id"] for page in pages] == [post["id"], "2"]
    assert "pagination_token=b26v89c19zqg8o3f" in server.asked[1].path
    assert server.asked[0].headers["authorization"] == f"Bearer {BEARER}"
    assert server.asked[0].headers["user-agent"].startswith("Rollbook/")
    assert [json.loads(page.body) for page in behalf.pages] == pages
    assert {(exchange.account, exchange.part) for exchange in sink.exchanges} == {("x:wg_csd", "timeline")}
    assert sink.exchanges[0].url.startswith("https://api.twitter.com/2/users/7/tweets")
    assert BEARER not in sink.dump()


def test_tweepys_own_errors_stay_its_own(server: Loopback, sink: ListSink, clock: FakeSleepClock) -> None:
    server.scripts["/2/users/7/tweets"] = said({"title": "Too Many"}, "x-rate-limit-reset: 1900000000", status=429)
    server.scripts["/2/users/8/tweets"] = said({"title": "Unauthorized"}, status=401)
    with through(server, sink, clock, "api.twitter.com") as door:
        client = tweepy.Client(bearer_token=BEARER, return_type=dict)
        client.session = door
        with door.on_behalf_of("x:wg_csd", "timeline") as behalf:
            with pytest.raises(tweepy.TooManyRequests) as limited:
                client.get_users_tweets("7")
            with pytest.raises(tweepy.Unauthorized):
                client.get_users_tweets("8")
    assert limited.value.response.headers["x-rate-limit-reset"] == "1900000000"
    assert page_of(limited.value.response) == behalf.pages[0]
    assert [page.status for page in behalf.pages] == [429, 401]
    assert clock.slept == [], "a wait of years is not begun"


def test_tweepy_signed_for_a_user(server: Loopback, sink: ListSink, clock: FakeSleepClock) -> None:
    server.scripts["/2/users/me"] = said({"data": {"id": "7", "name": "WG", "username": "wg_csd"}})
    client = tweepy.Client(consumer_key="canary-ck-1234", consumer_secret="canary-cs-1234",
                           access_token="canary-at-1234", access_token_secret="canary-as-1234", return_type=dict)
    with through(server, sink, clock, "api.twitter.com") as door:
        client.session = door
        assert client.get_me()["data"]["id"] == "7"
    assert 'oauth_token="canary-at-1234"' in server.asked[0].headers["authorization"]
    assert "canary" not in sink.dump()
    assert ("Authorization", "OAuth REDACTED") in sink.exchanges[0].request_headers


def test_facebook_sdk(server: Loopback, sink: ListSink, clock: FakeSleepClock, facebook: ModuleType) -> None:
    more = f"https://graph.facebook.com/v25.0/123/feed?access_token={TOKEN}&limit=2&after=B"
    server.scripts["/v25.0/123/feed"] = [
        said({"data": [{"id": "1"}, {"id": "2"}], "paging": {"cursors": {"after": "B"}, "next": more}},
             'X-App-Usage: {"call_count":28}'),
        said({"data": [{"id": "3"}], "paging": {"cursors": {"after": "C"}}}),
    ]
    with through(server, sink, clock, "graph.facebook.com") as door:
        graph = facebook.GraphAPI(TOKEN, session=door, timeout=10)
        graph.version = "v25.0"  # the constructor takes nothing beyond 3.1
        with door.on_behalf_of("facebook:WestGeneseeCSD", "feed") as behalf:
            feed = graph.get_all_connections("123", "feed", fields="id", appsecret_proof=PROOF)
            assert [post["id"] for post in feed] == ["1", "2", "3"], "its paging needs the token in paging.next"
    assert TOKEN in server.asked[1].path
    assert PROOF in server.asked[0].path
    first = json.loads(behalf.pages[0].body)
    assert first["paging"]["next"] == more.replace(TOKEN, "REDACTED")
    assert behalf.pages[0].headers["x-app-usage"] == '{"call_count":28}'
    assert behalf.pages[0].url.startswith("https://graph.facebook.com/v25.0/123/feed?")
    assert "canary" not in sink.dump()


def test_facebook_sdks_own_errors_stay_its_own(
    server: Loopback, sink: ListSink, clock: FakeSleepClock, facebook: ModuleType
) -> None:
    told = {"error": {"message": f"Malformed access token {TOKEN}", "type": "OAuthException", "code": 190}}
    server.scripts["/v25.0/123"] = said(told, status=400)
    with through(server, sink, clock, "graph.facebook.com") as door:
        graph = facebook.GraphAPI(TOKEN, session=door)
        graph.version = "v25.0"
        named = door.on_behalf_of("facebook:WestGeneseeCSD", "page")
        with named as behalf, pytest.raises(facebook.GraphAPIError) as caught:
            graph.get_object("123")
        assert caught.value.code == 190
    assert (behalf.pages[0].status, b"REDACTED" in behalf.pages[0].body) == (400, True)
    assert "canary" not in sink.dump()


def test_plain_calls_as_mastodon_py_makes_them(server: Loopback, sink: ListSink, clock: FakeSleepClock) -> None:
    path = "/api/v1/accounts/7/statuses"
    link = f'Link: <https://social.example{path}?max_id=71>; rel="next"'
    server.scripts[path] = [said([{"id": "71"}], link, "X-RateLimit-Remaining: 299"), said([{"id": "70"}])]
    with through(server, sink, clock, "social.example") as door:
        door.keep_secret(TOKEN)
        with door.on_behalf_of("mastodon:band@social.example", "timeline") as behalf:
            how: dict[str, Any] = {"headers": {"Authorization": f"Bearer {TOKEN}"}, "timeout": 300}
            first = door.request("GET", f"https://social.example{path}", params={"limit": 1}, **how)
            second = door.request("GET", first.links["next"]["url"], **how)
    assert [first.json()[0]["id"], second.json()[0]["id"]] == ["71", "70"]
    assert [page.record_id for page in behalf.pages] == ["<urn:uuid:1>", "<urn:uuid:2>"]
    assert TOKEN not in sink.dump()


def test_the_doors_errors_pass_through_a_library(sink: ListSink, clock: FakeSleepClock, facebook: ModuleType) -> None:
    inside = settings(allow=(), reroute={"https://graph.facebook.com": "http://127.0.0.1:9"})
    with Door(inside, sink, clock=clock) as door:
        graph = facebook.GraphAPI(TOKEN, session=door)
        with door.on_behalf_of("facebook:WestGeneseeCSD", "page"), pytest.raises(AddressRefused) as refused:
            graph.get_object("123")
        client = tweepy.Client(bearer_token=BEARER)
        client.session = door
        with door.on_behalf_of("x:wg_csd", "timeline"), pytest.raises(NetworkError) as unknown:
            client.get_users_tweets("7")
    assert refused.value.account == "facebook:WestGeneseeCSD"
    assert unknown.value.account == "x:wg_csd"
    assert "canary" not in f"{refused.value}{unknown.value}"
