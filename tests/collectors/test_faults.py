"""What no honest server does, from a stand-in over real HTTP: each is a named error of that account, without an end loop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import AccessError, AccountGone, NetworkError, PageError
from rollbook.formats import fingerprint
from tests.serving import Answer, Asked

from .answering import StandIn, serve

Make = Callable[..., Any]
PAGES = Path(__file__).with_name("pages")


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with serve() as server_side:
        yield server_side


# -- Mastodon ----------------------------------------------------------------------------------------------------

ACCOUNT = {
    "id": "1", "username": "office", "acct": "office", "display_name": "Office", "note": "", "statuses_count": 2,
    "created_at": "2024-08-12T00:00:00.000Z", "url": "https://town.example/@office",
}
LOOKUP, TIMELINE = "/api/v1/accounts/lookup", "/api/v1/accounts/1/statuses"


def status(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number), "uri": f"https://town.example/users/office/statuses/{number}", "content": f"<p>{number}</p>",
        "created_at": f"2026-09-{number:02}T10:00:00.000Z", "visibility": "public", "account": ACCOUNT, **more,
    }


@pytest.fixture
def mastodon(stand_in: StandIn, kernel: Make) -> tuple[StandIn, Any]:
    stand_in.answers = {LOOKUP: (200, ACCOUNT), TIMELINE: (200, [status(2), status(1)])}
    return stand_in, kernel("mastodon:office@town.example", {"base": stand_in.base})


def link(base: str, max_id: int) -> dict[str, str]:
    return {"Link": f'<{base}{TIMELINE}?limit=40&max_id={max_id}>; rel="next", <{base}/x?min_id=9>; rel="prev"'}


def test_mastodon_pages_that_lead_back(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon
    server.answers[TIMELINE] = lambda asked: (200, [status(2), status(1)], link(server.base, 1))
    with pytest.raises(PageError) as loop:
        visits.visit()
    assert loop.value.code == "cursor-loop"
    assert loop.value.account == "mastodon:office@town.example"
    assert len(server.asked) < 5


def test_mastodon_a_next_page_on_another_server(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon
    server.answers[TIMELINE] = (200, [status(2)], link("https://elsewhere.example", 1))
    with pytest.raises(PageError) as foreign:
        visits.visit()
    assert foreign.value.code == "foreign-link"
    assert "elsewhere.example" in str(foreign.value)
    server.answers[TIMELINE] = lambda asked: (
        (200, [status(1)]) if asked.single.get("max_id") == "2" else (200, [status(2)], link("https://town.example", 2))
    )
    assert visits.visit().texts() == ["2", "1"], "the handle's own host is no other server"


@pytest.mark.parametrize("address", ["{base}/api/v1/accounts/1/statuses?page=2", "https://[?max_id=1"])
def test_mastodon_a_next_page_that_cannot_be_asked_for_is_no_end(mastodon: tuple[StandIn, Any], address: str) -> None:
    server, visits = mastodon
    server.answers[TIMELINE] = (200, [status(2)], {"Link": f'<{address.format(base=server.base)}>; rel="next"'})
    with pytest.raises(PageError) as unknown:
        visits.visit()
    assert unknown.value.code == "schema"


def test_mastodon_a_status_whose_uri_is_no_address_is_looked_up_by_its_number(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon
    server.answers[TIMELINE] = (200, [status(2, uri="https://[/statuses/2")])
    (post,) = [post for post in visits.visit().posts if post.kind != "profile"]
    server.answers["/api/v1/statuses/2"] = (200, status(2, uri="https://[/statuses/2"))
    assert [presence.state for presence in visits.look_up(post)] == ["here"]


def test_mastodon_a_server_without_link_headers(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon
    everything = [status(number, created_at="2026-09-01T10:00:00Z") for number in range(50, 0, -1)]
    server.answers[TIMELINE] = lambda asked: (
        200, [one for one in everything if int(one["id"]) < int(asked.single.get("max_id", "99"))][:40],
    )
    assert len(visits.visit().texts()) == 50


def test_mastodon_reads_no_further_than_the_window(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon

    def one_a_page(asked: Asked) -> Answer:
        number = int(asked.single.get("max_id", "21")) - 1
        return (200, [status(number)], link(server.base, number)) if number else (200, [])

    server.answers[TIMELINE] = one_a_page
    cursor = {"id": "1", "newest": "2026-09-19T10:00:00+00:00"}
    window = datetime(2026, 9, 18, tzinfo=UTC)
    seen = visits.visit(cursor, window)
    assert seen.texts() == ["20", "19", "18", "17"]
    assert seen.sweep.covered_from == window
    # After a long silence the window is too short: all since the last visit is read.
    late = visits.visit({"id": "1", "newest": "2026-09-10T10:00:00+00:00"}, window)
    assert late.texts()[-1] == "9"


def test_mastodon_an_account_that_changed_hands(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon
    with pytest.raises(PageError) as other:
        visits.visit({"id": "999"})
    assert other.value.code == "foreign-id"
    server.answers[LOOKUP] = (200, {**ACCOUNT, "acct": "principal"})
    with pytest.raises(PageError) as another:
        visits.visit()
    assert another.value.code == "foreign-id"


def test_mastodon_suspended_moved_and_deleted_accounts(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon
    server.answers[LOOKUP] = (200, {**ACCOUNT, "suspended": True})
    with pytest.raises(AccountGone) as suspended:
        visits.visit()
    server.answers[LOOKUP] = (410, {"error": "Gone"})
    with pytest.raises(AccountGone) as deleted:
        visits.visit()
    server.answers[LOOKUP] = (200, {**ACCOUNT, "moved": {"acct": "office@new.example"}})
    with pytest.raises(AccountGone) as moved:
        visits.visit()
    assert [err.value.code for err in (suspended, deleted, moved)] == ["suspended", "deleted", "moved"]
    assert "office@new.example" in str(moved.value)
    assert server.asked[-1].path == TIMELINE, "what it said before it moved is read all the same"


def test_mastodon_secure_mode_says_what_to_do(mastodon: tuple[StandIn, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    server, visits = mastodon
    needs = {"error": "This API requires an authenticated user"}
    server.answers[LOOKUP] = lambda asked: (200, ACCOUNT) if asked.headers.get("authorization") == "Bearer let-me" else (401, needs)
    name = "ROLLBOOK_MASTODON_TOWN_EXAMPLE_TOKEN"
    monkeypatch.delenv(name, raising=False)
    with pytest.raises(AccessError, match=name):
        visits.visit()
    monkeypatch.setenv(name, "wrong")
    with pytest.raises(AccessError, match="refused"):
        visits.visit()
    monkeypatch.setenv(name, "let-me")
    assert visits.visit().texts() == ["2", "1"]


def test_mastodon_a_history_that_is_not_kept(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon
    server.answers[TIMELINE] = (200, [status(2, edited_at="2026-09-03T10:00:00.000Z"), status(1, account="nobody")])
    seen = visits.visit()
    assert seen.texts() == ["2"]
    assert [mark.where for mark in seen.marked] == ["statuses[1]"]
    assert server.asked[-1].path == "/api/v1/statuses/2/history"


INLINE = '<p class="quote-inline">RE: <a href="https://field.example/@coach/9">https://field.example/@coach/9</a></p>'
QUOTED = {"uri": "https://field.example/users/coach/statuses/9", "content": "<p>We won</p>", "account": {"acct": "coach@field.example"}}


def test_mastodon_a_quote_that_may_not_be_shown(mastodon: tuple[StandIn, Any]) -> None:
    """Its words stay the author's own, whatever becomes of what it quotes."""
    server, visits = mastodon
    states = {1: "pending", 2: "revoked", 3: "blocked_account"}
    told = [status(number, content=f"{INLINE}<p>Proud</p>", quote={"state": state, "quoted_status": None}) for number, state in states.items()]
    told.append(status(4, content=f"{INLINE}<p>Proud</p>", quote={"state": "accepted", "quoted_status": QUOTED}))
    told.append(status(5, content="<p>RE: parking</p><p>Use lot B</p>", quote={"state": "accepted", "quoted_status": QUOTED}))
    told.append(status(6, content=f"{INLINE}<p>Proud</p>", quote={"state": "accepted", "quoted_status": {**QUOTED, "visibility": "private"}}))
    server.answers[TIMELINE] = (200, told)
    posts = [post for post in visits.visit().posts if post.kind != "profile"]
    assert [post.text for post in posts] == ["Proud"] * 4 + ["RE: parking\n\nUse lot B", "Proud"]
    shown = [(post.kind, post.quote_of.text) for post in posts if post.quote_of]
    assert shown == [("quote", "We won"), ("quote", "We won")]
    assert [post.links for post in posts if not post.quote_of] == [("https://field.example/@coach/9",)] * 4
    assert [post.links for post in posts if post.quote_of] == [(), ()]


def test_mastodon_versions_of_a_quote_agree_with_the_listing(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon
    for number, quote in ((3, {"state": "pending", "quoted_status": None}), (4, {"state": "accepted", "quoted_status": QUOTED})):
        content, edited = f"{INLINE}<p>Proud</p>", "2026-09-05T10:00:00.000Z"
        server.answers[TIMELINE] = (200, [status(number, content=content, quote=quote, edited_at=edited)])
        versions = [{"content": f"{INLINE}<p>Prod</p>", "created_at": "2026-09-04T10:00:00.000Z"}, {"content": content, "created_at": edited}]
        server.answers[f"/api/v1/statuses/{number}/history"] = (200, versions)
        seen = [post for post in visits.visit().posts if post.kind != "profile"]
        assert [post.text for post in seen] == ["Prod", "Proud", "Proud"]
        assert fingerprint(seen[1]) == fingerprint(seen[2])


def test_mastodon_what_is_not_public_inside_a_boost_is_not_read_in(mastodon: tuple[StandIn, Any]) -> None:
    server, visits = mastodon
    server.answers[TIMELINE] = (200, [status(2, reblog=status(1, visibility="private", content="<p>staff only</p>")), status(1)])
    seen = visits.visit()
    assert seen.texts() == ["1"]
    assert [mark.problem for mark in seen.marked] == ["not-public: repeats a status that is not public and was not read in"]


def test_mastodon_a_token_that_is_nobodys(mastodon: tuple[StandIn, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    server, visits = mastodon
    server.answers[LOOKUP] = (422, {"error": "This method requires an authenticated user"})
    monkeypatch.setenv("ROLLBOOK_MASTODON_TOWN_EXAMPLE_TOKEN", "an-applications-own")
    with pytest.raises(AccessError, match="is refused") as refused:
        visits.visit()
    assert refused.value.code == "no-access"


# -- Bluesky -----------------------------------------------------------------------------------------------------

DID = "did:plc:445rqtd6fwt7yy24zeeyztzz"


@pytest.fixture
def bluesky(stand_in: StandIn, kernel: Make) -> tuple[StandIn, Any]:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": stand_in.base}
    document = {"id": DID, "alsoKnownAs": ["at://lincoln-school.test"], "service": [service]}
    stand_in.answers = {
        f"/plc/{DID}": (200, document),
        "/view/xrpc/com.atproto.identity.resolveHandle": (200, {"did": DID}),
        "/xrpc/com.atproto.sync.getLatestCommit": (200, {"cid": "b", "rev": "3mzzzzzzzzz2a"}),
        "/xrpc/com.atproto.repo.getRecord": (400, {"error": "RecordNotFound"}),
        "/xrpc/com.atproto.repo.listRecords": (200, {"records": []}),
    }
    view = f"{stand_in.base}/view"
    return stand_in, kernel("bluesky:lincoln-school.test", {"appview": view, "plc": f"{stand_in.base}/plc"})


def recorded(name: str) -> Any:
    cases = json.loads((PAGES / "bluesky.json").read_text(encoding="utf-8"))
    return next(json.loads(case["page"]["body"]) for case in cases if case["name"] == name)


def test_bluesky_a_server_that_does_not_answer_is_stood_in_for(bluesky: tuple[StandIn, Any]) -> None:
    server, visits = bluesky
    server.answers["/xrpc/com.atproto.sync.getLatestCommit"] = (503, {"error": "down"})
    server.answers["/view/xrpc/app.bsky.actor.getProfile"] = (200, recorded("AppView: profile"))
    first, rest = recorded("AppView: feed"), recorded("AppView: feed 2")
    server.answers["/view/xrpc/app.bsky.feed.getAuthorFeed"] = lambda asked: (200, rest if "cursor" in asked.single else first)
    seen = visits.visit()
    assert {post.kind for post in seen.posts} == {"profile", "post", "reply", "quote", "repost"}
    assert seen.sweep.covered_from is None, "the AppView proves no deletion"
    assert seen.sweep.expected == 7
    assert seen.cursor == {"id": DID}
    # When the server is back, the whole repository is read, whatever the window.
    server.answers["/xrpc/com.atproto.sync.getLatestCommit"] = (200, {"cid": "b", "rev": "3mzzzzzzzzz2a"})
    server.answers["/xrpc/com.atproto.repo.listRecords"] = lambda asked: (
        (200, recorded("repository: posts")) if asked.single["collection"].endswith(".post") and "cursor" not in asked.single
        else (200, {"records": []})
    )
    again = visits.visit(seen.cursor, datetime.now(UTC))
    assert again.sweep.covered_from.year == 1900
    assert len(again.texts()) == 7


def test_bluesky_a_repost_that_names_nothing_is_marked_once(bluesky: tuple[StandIn, Any]) -> None:
    server, visits = bluesky

    def repost(key: str, subject: Any) -> dict[str, Any]:
        value = {"subject": subject, "createdAt": "2026-09-30T10:00:00Z"}
        return {"uri": f"at://{DID}/app.bsky.feed.repost/{key}", "cid": "b", "value": value}

    records = [repost("3mzzzzzzzzz2a", {"uri": f"at://{DID}/app.bsky.feed.post/3mzzzzzzzzz2b"}), repost("a", {"uri": "?"}), repost("b", None)]
    server.answers["/xrpc/com.atproto.repo.listRecords"] = lambda asked: (
        200, {"records": records if asked.single["collection"].endswith(".repost") else []},
    )
    seen = visits.visit()
    assert [post.id for post in seen.posts] == [f"bluesky:at://{DID}/app.bsky.feed.repost/3mzzzzzzzzz2a"]
    assert [mark.where for mark in seen.marked] == ["records[1].value", "records[2].value"]


def test_bluesky_neither_server_nor_appview_answer(bluesky: tuple[StandIn, Any]) -> None:
    server, visits = bluesky
    server.answers["/xrpc/com.atproto.sync.getLatestCommit"] = (503, {"error": "down"})
    server.answers["/view/xrpc/app.bsky.actor.getProfile"] = (502, {"error": "down"})
    with pytest.raises(NetworkError) as silent:
        visits.visit()
    assert silent.value.account == "bluesky:lincoln-school.test"


def test_bluesky_a_repository_that_leads_back(bluesky: tuple[StandIn, Any]) -> None:
    server, visits = bluesky
    server.answers["/xrpc/com.atproto.repo.listRecords"] = (200, recorded("repository: posts"))
    with pytest.raises(PageError) as loop:
        visits.visit()
    assert loop.value.code == "cursor-loop"
    assert len(server.asked) < 10


@pytest.mark.parametrize(("state", "code"), [("takendown", "taken-down"), ("suspended", "suspended"), ("deleted", "deleted")])
def test_bluesky_states_of_an_account(bluesky: tuple[StandIn, Any], state: str, code: str) -> None:
    server, visits = bluesky
    server.answers["/xrpc/com.atproto.sync.getLatestCommit"] = (400, {"error": "RepoTakendown"})
    server.answers["/xrpc/com.atproto.sync.getRepoStatus"] = (200, {"did": DID, "active": False, "status": state})
    with pytest.raises(AccountGone) as gone:
        visits.visit()
    assert gone.value.code == code


def test_bluesky_a_repository_that_is_not_there(bluesky: tuple[StandIn, Any]) -> None:
    server, visits = bluesky
    server.answers["/xrpc/com.atproto.sync.getLatestCommit"] = (400, {"error": "RepoNotFound"})
    server.answers["/xrpc/com.atproto.sync.getRepoStatus"] = (400, {"error": "RepoNotFound"})
    with pytest.raises(AccountGone) as gone:
        visits.visit()
    assert gone.value.code == "not-found"


@pytest.mark.parametrize("change", [
    {"id": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"}, {"alsoKnownAs": ["at://other.test"]}, {"alsoKnownAs": []},
])
def test_bluesky_an_identity_that_does_not_know_the_handle(bluesky: tuple[StandIn, Any], change: dict[str, Any]) -> None:
    server, visits = bluesky
    _, document = server.answers[f"/plc/{DID}"]  # type: ignore[misc]
    server.answers[f"/plc/{DID}"] = (200, {**document, **change})
    with pytest.raises(PageError) as foreign:
        visits.visit()
    assert foreign.value.code == "foreign-id"


@pytest.mark.parametrize("endpoint", ["", "ftp://pds.example", "http://", "https://a:b@pds.example", "https://pds.example/x", "https://["])
def test_bluesky_an_identity_without_a_server(bluesky: tuple[StandIn, Any], endpoint: str) -> None:
    server, visits = bluesky
    _, document = server.answers[f"/plc/{DID}"]  # type: ignore[misc]
    service = [{"id": "#atproto_pds", "serviceEndpoint": endpoint}]
    server.answers[f"/plc/{DID}"] = (200, {**document, "service": service})
    with pytest.raises(PageError) as nowhere:
        visits.visit()
    assert nowhere.value.code == "schema"


# -- feeds -------------------------------------------------------------------------------------------------------


def items(*numbers: int, older: str = "", generator: str = "") -> bytes:
    said = "".join(
        f'<item><guid isPermaLink="false">{number}</guid><title>{number}</title>'
        f"<pubDate>{number:02} Sep 2026 10:00:00 GMT</pubDate></item>" for number in numbers
    )
    link = f'<atom:link rel="next" href="{older}"/>' if older else ""
    return (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title>{link}'
        f"<generator>{generator}</generator>{said}</channel></rss>"
    ).encode()


@pytest.fixture
def feed(stand_in: StandIn, kernel: Make) -> tuple[StandIn, Any]:
    return stand_in, kernel(f"feed:{stand_in.base}/feed")


def test_a_feed_that_pages_is_read_to_its_end_once(feed: tuple[StandIn, Any]) -> None:
    server, visits = feed
    pages = {"1": items(6, 5, older="/feed?page=2"), "2": items(4, 3, older="/feed?page=3"), "3": items(2, 1)}
    server.answers["/feed"] = lambda asked: (200, pages[asked.single.get("page", "1")])
    first = visits.visit()
    assert first.texts() == ["6", "5", "4", "3", "2", "1"]
    again = visits.visit(first.cursor, datetime(2026, 9, 5, tzinfo=UTC))
    assert again.texts() == ["6", "5", "4", "3"], "down to the first page that reaches beyond the window"


def test_an_old_item_pinned_on_top_does_not_hide_newer_ones(feed: tuple[StandIn, Any]) -> None:
    server, visits = feed
    pages = {"1": items(1, 26, 25, older="/feed?page=2"), "2": items(24, 23, older="/feed?page=3"), "3": items(2)}
    server.answers["/feed"] = lambda asked: (200, pages[asked.single.get("page", "1")])
    seen = visits.visit({"newest": "2026-09-26T10:00:00Z"}, datetime(2026, 9, 24, tzinfo=UTC))
    assert seen.texts() == ["1", "26", "25", "24", "23", "2"]
    server.answers["/feed"] = (200, items(1, 26, 25))
    assert visits.visit().sweep.covered_from == datetime(2026, 9, 25, 10, tzinfo=UTC), "the feed ends there"


def test_an_item_on_top_of_one_with_the_same_guid_does_not_take_its_place(feed: tuple[StandIn, Any]) -> None:
    server, visits = feed

    def listed(*names: str) -> bytes:
        said = "".join(f"<item><guid>g</guid><link>{server.base}/{name}</link><title>{name}</title></item>" for name in names)
        return f'<rss version="2.0"><channel><title>N</title>{said}</channel></rss>'.encode()

    server.answers["/feed"] = (200, listed("a"))
    before = {post.text: post.id for post in visits.visit().posts}
    server.answers["/feed"] = (200, listed("b", "a"))
    after = {post.text: post.id for post in visits.visit().posts}
    assert after == {**before, "b": f"{before['a']}#{server.base}/b"}


def test_an_item_that_cannot_be_read_is_marked_and_the_others_go_on(feed: tuple[StandIn, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    server, visits = feed
    monkeypatch.setattr("rollbook.hypertext.LIMIT_CHARACTERS", 100)
    said = "".join(f"<item><guid>{name}</guid><description>&lt;b&gt;{name}</description></item>" for name in ("long " * 50, "short"))
    server.answers["/feed"] = (200, f'<rss version="2.0"><channel><title>N</title>{said}</channel></rss>'.encode())
    seen = visits.visit()
    assert seen.texts() == ["short"]
    assert [(mark.where, mark.problem.partition(":")[0]) for mark in seen.marked] == [("entry 1", "too-long")]


def test_an_item_of_tomorrow_does_not_say_that_all_until_then_was_read(feed: tuple[StandIn, Any]) -> None:
    """A calendar's items stand at the day of the event; the window alone may be shorter than the time between visits."""
    server, visits = feed
    server.answers["/feed"] = (200, items(6, 5).replace(b"06 Sep 2026", b"06 Sep 2099"))
    assert visits.visit().cursor["newest"] <= datetime.now(UTC).isoformat()


@pytest.mark.parametrize("gap", ["\n" * 400_000, "\n<!-- <b> -->" * 40_000, " \n" * 200_000 + "<!DOCTYPE rss>"])
def test_a_gap_before_a_feed_costs_no_time(feed: tuple[StandIn, Any], gap: str) -> None:
    server, visits = feed
    server.answers["/feed"] = (200, b'<?xml version="1.0"?>' + gap.encode() + items(1))
    assert visits.visit().texts() == ["1"]


def test_declarations_without_end_are_no_feed(feed: tuple[StandIn, Any]) -> None:
    server, visits = feed
    server.answers["/feed"] = (200, b"<!DOCTYPE rss [" + b"\n<!ENTITY a" * 100_000 + b">]>" + items(1))
    with pytest.raises(PageError) as err:
        visits.visit()
    assert err.value.code == "not-a-feed"


def test_a_feed_whose_pages_lead_back(feed: tuple[StandIn, Any]) -> None:
    server, visits = feed
    server.answers["/feed"] = (200, items(6, 5, older="/feed?page=2"))
    with pytest.raises(PageError) as loop:
        visits.visit()
    assert loop.value.code == "cursor-loop"


def test_a_feed_that_gives_the_same_items_for_every_page_ends(feed: tuple[StandIn, Any]) -> None:
    """A site that WordPress made and that is served as files knows no pages, whatever is asked."""
    server, visits = feed
    server.answers["/feed"] = lambda asked: (
        (200, items(6, 5, generator="https://wordpress.org/?v=6.1")) if len(server.asked) < 9 else (500, b"asked for ever")
    )
    seen = visits.visit()
    assert seen.texts() == ["6", "5"]
    assert [asked.single for asked in server.asked] == [{}, {"paged": "2"}]
    assert seen.sweep.covered_from == datetime(2026, 9, 5, 10, tzinfo=UTC)


def test_a_feed_that_leads_to_another_host_is_not_followed(feed: tuple[StandIn, Any]) -> None:
    server, visits = feed
    server.answers["/feed"] = (200, items(6, 5, older="https://elsewhere.example/feed?page=2"))
    assert visits.visit().texts() == ["6", "5"]


def test_a_feed_that_is_cut_off_concludes_nothing(feed: tuple[StandIn, Any]) -> None:
    server, visits = feed
    server.answers["/feed"] = (200, items(6, 5, 4)[:-90], {"ETag": '"cut"'})
    with pytest.raises(PageError) as cut:
        visits.visit()
    assert cut.value.code == "truncated"


def test_a_feed_that_is_gone(feed: tuple[StandIn, Any]) -> None:
    server, visits = feed
    server.answers["/feed"] = (410, b"gone")
    with pytest.raises(AccountGone) as gone:
        visits.visit()
    assert gone.value.code == "deleted"


def test_items_are_looked_up_at_their_own_pages_only(feed: tuple[StandIn, Any]) -> None:
    server, visits = feed
    links = ("", f"{server.base}/", f"{server.base}/page#item", f"{server.base}/gone", f"{server.base}/moved", f"{server.base}/here")
    entries = "".join(f"<item><title>{number}</title><link>{url}</link></item>" for number, url in enumerate(links))
    server.answers |= {
        "/feed": (200, f'<rss version="2.0"><channel><title>N</title>{entries}</channel></rss>'.encode()),
        "/gone": (410, b""), "/here": (200, b"<html>"), "/moved": (302, b"", {"Location": "/"}), "/": (200, b"<html>"),
    }
    posts = [post for post in visits.visit().posts if post.kind == "post"]
    states = [presence.state for presence in visits.look_up(*posts)]
    assert states == ["unclear", "unclear", "unclear", "gone", "unclear", "here"]
