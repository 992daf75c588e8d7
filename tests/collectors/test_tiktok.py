"""The TikTok collector against a stand-in over real HTTP, which checks tokens, scopes, fields and bodies as TikTok says it does.

TikTok itself is not reached: what the stand-in knows is the Display API's reference, read 2026-11.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import AccessError, AccountGone, CollectError, PageError
from rollbook.types import Account
from tests.exports.building import zipped
from tests.serving import serving

from .exported import InTestExport
from .fortnight import Fortnight

Make = Callable[..., Any]
CANARY = "act.canary-of-the-tiktok-token-0123456789"
DAY = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
BASIC = {"open_id", "avatar_url", "display_name"}
PROFILE = {"username", "bio_description", "profile_deep_link"}
VIDEO = {"id", "create_time", "cover_image_url", "share_url", "video_description", "title", "duration"}


@dataclass
class Film:
    text: str
    at: datetime = DAY
    title: str = ""


@dataclass
class StandInTikTok:
    """One account and its public films; tests change them between visits."""

    base: str = ""
    name: str = "lincoln.school"
    open_id: str = "open-1"
    scopes: frozenset[str] = frozenset({"user.info.basic", "user.info.profile", "video.list"})
    films: dict[str, Film] = field(default_factory=dict)
    faults: dict[str, tuple[int, Any] | tuple[int, Any, dict[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    changed: Callable[[str, Any], None] = lambda path, data: None

    def answer(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> tuple[int, Any, dict[str, str]]:
        self.asked.append(path)
        # By path; by path and "?" for a list's second page and those after it.
        path_of_fault = f"{path}?" if body and "cursor" in body and f"{path}?" in self.faults else path
        if path_of_fault in self.faults:
            status, answer, *more = self.faults[path_of_fault]
            return status, answer, more[0] if more else {}
        if path.startswith("/cover/"):
            return 200, b"cover " + path.encode(), {"Content-Type": "image/jpeg"}
        if headers.get("authorization") != f"Bearer {CANARY}":
            return 401, refusal("access_token_invalid"), {}
        fields = set(query["fields"].split(","))
        if path == "/v2/user/info/":
            assert method == "GET"
            assert fields <= BASIC | PROFILE
            if fields & PROFILE and "user.info.profile" not in self.scopes:
                return 401, refusal("scope_not_authorized"), {}
            user = {
                "open_id": self.open_id, "avatar_url": f"{self.base}/cover/face.jpeg?x-expires=1", "display_name": "Lincoln School",
                "username": self.name, "bio_description": "Go Lions https://school.example/", "profile_deep_link": "https://vm.tiktok.com/x",
            }
            return self.good(path, {"user": {name: user[name] for name in fields}})
        assert method == "POST"
        assert headers["content-type"] == "application/json"
        assert fields <= VIDEO
        films = sorted(self.films.items(), key=lambda pair: pair[1].at, reverse=True)
        if path == "/v2/video/query/":
            assert len(body["filters"]["video_ids"]) <= 20
            return self.good(path, {"videos": [self.video(n, film) for n, film in films if n in body["filters"]["video_ids"]]})
        assert path == "/v2/video/list/"
        assert set(body) <= {"cursor", "max_count"}
        assert body["max_count"] <= 20
        older = [pair for pair in films if "cursor" not in body or millis(pair[1].at) < body["cursor"]]
        page, rest = older[: body["max_count"]], older[body["max_count"] :]
        cursor = millis(page[-1][1].at) if page else 0
        return self.good(path, {"videos": [self.video(n, film) for n, film in page], "cursor": cursor, "has_more": bool(rest)})

    def good(self, path: str, data: Any) -> tuple[int, Any, dict[str, str]]:
        self.changed(path, data)
        return 200, {"data": data, "error": {"code": "ok", "message": "", "log_id": "1"}}, {}

    def video(self, number: str, film: Film) -> dict[str, Any]:
        return {
            "id": number, "create_time": int(film.at.timestamp()), "cover_image_url": f"{self.base}/cover/{number}.jpeg?x-expires=1",
            "share_url": f"https://www.tiktok.com/@{self.name}/video/{number}?utm_campaign=x", "duration": 9,
            "video_description": film.text, "title": film.title or film.text[:10],
        }


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def refusal(code: str) -> dict[str, Any]:
    return {"data": {}, "error": {"code": code, "message": f"about {code}", "log_id": "1"}}


@pytest.fixture
def tiktok() -> Iterator[StandInTikTok]:
    network = StandInTikTok()
    with serving(lambda asked: network.answer(
        asked.method, asked.path, asked.single, asked.headers, json.loads(asked.body or b"null")
    ), methods=("GET", "POST")) as network.base:
        yield network


@pytest.fixture
def visits(tiktok: StandInTikTok, kernel: Make, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ROLLBOOK_TIKTOK_LINCOLN_SCHOOL_TOKEN", CANARY)
    return kernel("tiktok:lincoln.school", {"base": tiktok.base})


def test_the_whole_history_then_what_is_new(tiktok: StandInTikTok, visits: Any) -> None:
    for number in range(50):
        tiktok.films[f"70000000000000000{number:02}"] = Film(f"Film {number}", DAY + timedelta(hours=number))
    first = visits.visit()
    assert first.texts() == [f"Film {number}" for number in reversed(range(50))]
    assert first.sweep.covered_from.year == 1900
    tiktok.films["7000000000000000100"] = Film("New #lions with @coach", DAY + timedelta(hours=51))
    second = visits.visit(first.cursor, DAY + timedelta(hours=49))
    assert len(second.texts()) == 40, "down to the first page that lies beyond the window as a whole"
    post = second.posts[1]
    assert (post.text, post.hashtags, post.mentions) == ("New #lions with @coach", ("lions",), ("coach",))
    assert post.url == "https://www.tiktok.com/@lincoln.school/video/7000000000000000100"
    profile = second.posts[0]
    assert (profile.kind, profile.text, profile.links) == ("profile", "Lincoln School\nGo Lions https://school.example/", ("https://school.example/",))


def test_without_the_scope_of_the_profile_names_come_from_the_films(tiktok: StandInTikTok, visits: Any) -> None:
    tiktok.scopes -= {"user.info.profile"}
    tiktok.films["7000000000000000001"] = Film("Film")
    seen = visits.visit()
    assert [post.text for post in seen.posts] == ["Lincoln School", "Film"]
    tiktok.name = "somebody"
    with pytest.raises(PageError) as foreign:
        visits.visit()
    assert foreign.value.code == "foreign-id"


@pytest.mark.parametrize("cursor", [None, "", "9" * 5_000], ids=("none", "empty", "huge"))
def test_a_next_page_that_has_no_place_is_named(tiktok: StandInTikTok, visits: Any, cursor: Any) -> None:
    tiktok.films = {"7000000000000000001": Film("Film")}
    tiktok.changed = lambda path, data: data.update(has_more=True, cursor=cursor) if "videos" in data else None
    with pytest.raises(PageError) as nowhere:
        visits.visit()
    assert nowhere.value.code == "schema"
    assert sum(path == "/v2/video/list/" for path in tiktok.asked) == 1


@pytest.mark.parametrize("odd", [None, "a word", {"id": "7", "share_url": 5}, {"share_url": []}])
def test_an_entry_that_is_no_video_is_marked_and_the_visit_goes_on(tiktok: StandInTikTok, visits: Any, odd: Any) -> None:
    tiktok.films = {"7000000000000000001": Film("Film")}
    tiktok.changed = lambda path, data: data["videos"].insert(0, odd) if "videos" in data else None
    seen = visits.visit()
    assert (seen.texts(), [mark.where for mark in seen.marked]) == (["Film"], ["data.videos[0]"])
    assert "newest" in seen.cursor


def test_a_profile_without_a_name_is_taken_when_a_film_names_it(tiktok: StandInTikTok, visits: Any) -> None:
    """Without the scope user.info.profile TikTok does not say whose token it is."""
    tiktok.scopes -= {"user.info.profile"}
    empty = visits.visit()
    assert (empty.posts, dict(empty.cursor)) == ([], {})
    assert "does not tell whose token it is" in empty.sweep.marked[0].problem
    tiktok.films["7000000000000000001"] = Film("Film")
    named = visits.visit(empty.cursor)
    assert [post.text for post in named.posts] == ["Lincoln School", "Film"]
    assert named.sweep.marked == ()
    del tiktok.films["7000000000000000001"]
    assert [post.text for post in visits.visit(named.cursor).posts] == ["Lincoln School"], "its number is known"


def test_a_token_whose_owner_is_not_known_proves_no_deletion(
    tiktok: StandInTikTok, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's token lists no film of the account either, and knows none of them by its number."""
    monkeypatch.setenv("ROLLBOOK_TIKTOK_TOKEN", CANARY)
    days = Fortnight(tmp_path, "tiktok:lincoln.school", {"base": tiktok.base}, {}, DAY)
    assert days.take(zipped(tmp_path / "tiktok.zip", {"user_data_tiktok.json": json.dumps(EXPORT)})) == (1, 0)
    tiktok.scopes -= {"user.info.profile"}
    assert days.visit() == ("", 0, 0, 0)
    assert "does not tell whose token it is" in str(days.outcomes[-1].marked)
    days.check(CANARY)


def test_a_token_of_another_account_and_a_new_name(tiktok: StandInTikTok, visits: Any) -> None:
    first = visits.visit()
    tiktok.name = "lions"
    with pytest.raises(AccountGone) as renamed:
        visits.visit(first.cursor)
    assert renamed.value.code == "renamed"
    tiktok.open_id = "open-2"
    for name in ("lions", "lincoln.school"):
        tiktok.name = name
        with pytest.raises(PageError) as foreign:
            visits.visit(first.cursor)
        assert foreign.value.code == "foreign-id"


@pytest.mark.parametrize(("status", "kind", "code"), [
    (401, AccessError, "no-access"), (403, AccessError, "no-access"), (404, PageError, "http-404"), (400, PageError, "http-400"),
])
@pytest.mark.parametrize("path", ["/v2/user/info/", "/v2/video/list/"])
def test_a_refusal_by_a_server_before_tiktoks_has_its_name(
    tiktok: StandInTikTok, visits: Any, path: str, status: int, kind: type[CollectError], code: str
) -> None:
    tiktok.faults[path] = status, b"<html><title>Refused</title></html>", {"Content-Type": "text/html"}
    with pytest.raises(kind) as refused:
        visits.visit()
    assert refused.value.code == code


def test_without_a_token_the_account_is_waiting(kernel: Make) -> None:
    with pytest.raises(AccessError) as waiting:
        kernel("tiktok:lincoln.school").visit()
    assert waiting.value.code == "no-credential"
    assert "waiting for its owner's authorisation" in str(waiting.value)
    assert "ROLLBOOK_TIKTOK_LINCOLN_SCHOOL_TOKEN" in str(waiting.value)


@pytest.mark.parametrize(("handle", "settings", "code"), [
    ("a b", {}, "bad-handle"), ("lincoln.school", {"base": 7}, "setting"),
])
def test_what_is_no_account_or_setting(kernel: Make, handle: str, settings: dict[str, Any], code: str) -> None:
    with pytest.raises(CollectError) as wrong:
        kernel(f"tiktok:{handle}", settings).visit()
    assert wrong.value.code == code


def test_films_are_looked_up_by_twenty(tiktok: StandInTikTok, visits: Any) -> None:
    tiktok.films = {f"70000000000000000{number:02}": Film(f"Film {number}", DAY + timedelta(hours=number)) for number in range(25)}
    posts = visits.visit().posts[1:]
    del tiktok.films["7000000000000000003"]
    found = visits.look_up(*posts)
    assert [item.post for item in found] == [post.id for post in posts]
    assert [item.post for item in found if item.state == "gone"] == ["tiktok:7000000000000000003"]
    assert sum(item.state == "here" for item in found) == 24
    for odd in (refusal("internal_error"), {"data": {}}, {"data": {"videos": None}}, {"data": {"videos": ["film"]}}):
        tiktok.faults["/v2/video/query/"] = 200, odd
        assert {item.state for item in visits.look_up(*posts)} == {"unclear"}


def test_a_fortnight_leaves_each_event_once(
    tiktok: StandInTikTok, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("collectors.tiktok.VIDEOS", 3)
    days = Fortnight(tmp_path, "tiktok:lincoln.school", {"base": tiktok.base}, {}, DAY)
    tiktok.films = {f"700000000000000000{number}": Film(f"Film {number}", DAY - timedelta(days=number)) for number in range(4)}
    assert days.visit() == ("no-credential", 0, 0, 0)
    assert "waiting for its owner's authorisation" in days.outcomes[-1].problem
    monkeypatch.setenv("ROLLBOOK_TIKTOK_TOKEN", CANARY)
    assert days.visit() == ("", 4, 0, 0)
    assert days.visit() == ("", 0, 0, 0), "nothing is twice"
    tiktok.films["7000000000000000001"] = replace(tiktok.films["7000000000000000001"], text="Film 1, corrected")
    assert days.visit() == ("", 0, 1, 0)
    tiktok.films["7000000000000000009"] = Film("New", DAY + timedelta(days=2))
    del tiktok.films["7000000000000000002"]
    assert days.visit() == ("", 1, 0, 1)
    user, listing = "/v2/user/info/", "/v2/video/list/"
    for path, fault, code in (
        (user, (401, refusal("access_token_invalid")), "no-access"), (listing, (401, refusal("scope_not_authorized")), "no-access"),
        (listing, (429, refusal("rate_limit_exceeded"), {"Retry-After": "60"}), "rate-limited"), (listing, (429, b""), "rate-limited"),
        (listing, (503, b"storm"), "server-error"), (user, (503, b"storm"), "server-error"), (listing, (400, refusal("invalid_params")), "http-400"),
        (listing, (200, b'{"data": {"videos": [{"id"'), "truncated"), (listing, (200, {"data": {"videos": "none"}}), "schema"),
        (listing, (200, {"data": {"videos": [], "has_more": True, "cursor": 5}, "error": {"code": "ok"}}), "cursor-loop"),
        (user, (200, b"<html><title>Log in</title>"), "login-page"), (user, (200, refusal("internal_error")), "schema"),
        # Whose account was suspended, closed or deleted has a token that is no longer good: more is not told.
        (user, (401, refusal(f"access_token_invalid: {CANARY}")), "no-access"),
    ):
        tiktok.faults = {path: fault}
        assert days.visit() == (code, 0, 0, 0)
    tiktok.films["7000000000000000010"] = Film("Newest", DAY + timedelta(days=3))
    tiktok.faults = {f"{listing}?": (503, b"storm")}
    assert days.visit() == ("server-error", 1, 0, 0), "the first page was taken in"
    tiktok.faults = {}
    assert days.visit() == ("", 0, 0, 0)
    tiktok.name = "renamed"
    assert days.visit() == ("renamed", 0, 0, 0)
    tiktok.name = "lincoln.school"
    tiktok.changed = lambda path, data: data["videos"][0].pop("create_time") if "list" in path else None
    assert days.visit() == ("", 0, 0, 0), "a video that lacks a field is marked, and is not gone"
    assert days.outcomes[-1].marked
    tiktok.changed = lambda path, data: data.update(new_field={"x": 1})
    assert days.visit() == ("", 0, 0, 0)
    # A token that may not ask for the name: the profile tells less, and the videos say whose they are.
    tiktok.scopes -= {"user.info.profile"}
    assert days.visit() == ("", 0, 1, 0)
    tiktok.name = "renamed"
    assert days.visit() == ("renamed", 0, 0, 0)
    tiktok.open_id = "open-2"
    assert days.visit() == ("foreign-id", 0, 0, 0)
    assert [state for state, _, _ in days.history("tiktok:7000000000000000001")] == ["new", "edited"]
    assert [state for state, _, _ in days.history("tiktok:7000000000000000002")] == ["new", "gone"]
    days.check(CANARY, caplog.text)


# -- an owner's export -------------------------------------------------------------------------------------------

SHARE = "https://www.tiktokv.com/share/video/{}/"
EXPORT = {
    "Profile And Settings": {"Profile Info": {"ProfileMap": {"userName": "lincoln.school", "emailAddress": "SECRET-MAIL"}}},
    "Direct Message": {"Direct Messages": {"ChatHistory": {"x": "SECRET-MESSAGE"}}},
    "Likes and Favorites": {"Like List": {"ItemFavoriteList": [{"link": SHARE.format("7100000000000000001"), "date": "SECRET-LIKE"}]}},
    "Post": {
        "Posts": {"VideoList": [
            {"Date": "2026-10-01 12:00:00", "Link": SHARE.format("7000000000000000001"), "WhoCanView": "Public", "Title": "Film 1 #lions"},
            {"Date": "2026-10-01 12:00:00", "Link": SHARE.format("7000000000000000002"), "WhoCanView": "Friends", "Title": "SECRET-FRIENDS"},
            {"Date": "2026-10-01 12:00:00", "Link": SHARE.format("7000000000000000003"), "Title": "SECRET-UNSAID"},
            {"Date": "2026-10-01 12:00:00", "Link": "https://v16m.tiktokcdn.example/abc", "WhoCanView": "Public", "Title": "No number"},
            "SECRET-WORD",
        ]},
        "Recently Deleted Posts": {"PostList": [{"Title": "SECRET-DELETED"}]},
    },
}


def test_an_export_gives_the_same_videos_as_the_api(tiktok: StandInTikTok, visits: Any) -> None:
    export = InTestExport({"TikTok/user_data_tiktok.json": json.dumps(EXPORT), "TikTok/other.json": "SECRET-FILE"})
    assert visits.plugin.export.recognises(export.names)
    posts, marked = export.read(visits.plugin, visits.account)
    tiktok.films["7000000000000000001"] = Film("Film 1 #lions")
    by_api = visits.visit().by_id()["tiktok:7000000000000000001"]
    assert [replace(post, media=by_api.media) for post in posts] == [by_api], "the export tells no cover"
    assert [mark.problem for mark in marked] == [
        "schema: the video of 2026-10-01 12:00:00 has no link that tells its number",
        "not-public: 1 videos were not read in: who may see them is 'Friends'",
        "not-public: 2 videos were not read in: the export does not say who may see them",
    ]
    assert "SECRET" not in export.told
    assert export.opened == {"TikTok/user_data_tiktok.json"}
    with pytest.raises(PageError) as foreign:
        export.read(visits.plugin, Account("tiktok:somebody", "district"))
    assert foreign.value.code == "foreign-id"


def test_an_export_that_names_nobody_is_not_held_against_the_account(visits: Any) -> None:
    nobody = {**EXPORT, "Profile And Settings": {"Profile Info": {"ProfileMap": {"userName": None}}}}
    posts, _ = InTestExport({"user_data_tiktok.json": json.dumps(nobody)}).read(visits.plugin, visits.account)
    assert [post.id for post in posts] == ["tiktok:7000000000000000001"]


@pytest.mark.parametrize("export_first", [True, False])
def test_an_export_and_the_api_are_one_record(
    tiktok: StandInTikTok, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, export_first: bool
) -> None:
    monkeypatch.setenv("ROLLBOOK_TIKTOK_TOKEN", CANARY)
    days = Fortnight(tmp_path, "tiktok:lincoln.school", {"base": tiktok.base}, {}, DAY)
    tiktok.films["7000000000000000001"] = Film("Film 1 #lions")
    file = zipped(tmp_path / "tiktok.zip", {"user_data_tiktok.json": json.dumps(EXPORT)})
    if export_first:
        assert days.take(file) == (1, 0)
        assert days.visit() == ("", 0, 1, 0), "the cover is news: the export has none"
    else:
        assert days.visit() == ("", 1, 0, 0)
        assert days.take(file) == (0, 1), "kept as an older version, without the cover"
    assert days.take(file) == (0, 0)
    assert days.visit() == ("", 0, 0, 0)
    assert days.sources("tiktok:7000000000000000001") == {"network", "export"}
    assert {text for _, text, _ in days.history("tiktok:7000000000000000001")} == {"Film 1 #lions"}
    days.check("SECRET")
