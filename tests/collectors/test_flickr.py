"""The Flickr collector against a stand-in over real HTTP, which takes only the arguments that Flickr's reference names.

Flickr itself is not reached: what the stand-in knows is the reference of its methods, read 2026-11.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError
from tests.serving import serving

from .fortnight import Fortnight

Make = Callable[..., Any]
CANARY = "canary0flickr0key0123456789abcdef"
NSID = "12345678@N00"
DAY = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
ALWAYS = {"method", "api_key", "format", "nojsoncallback"}
#: **Source**: flickr.reflection.getMethodInfo of each method.
ARGUMENTS = {
    "flickr.urls.lookupUser": {"url"},
    "flickr.people.getInfo": {"user_id"},
    "flickr.people.getPublicPhotos": {"user_id", "safe_search", "extras", "per_page", "page"},
    "flickr.photos.getInfo": {"photo_id", "secret"},
}
EXTRAS = {
    "description", "license", "date_upload", "date_taken", "owner_name", "icon_server", "original_format", "last_update",
    "geo", "tags", "machine_tags", "o_dims", "views", "media", "path_alias", "url_sq", "url_t", "url_s", "url_q", "url_m",
    "url_n", "url_z", "url_c", "url_l", "url_o",
}


@dataclass
class Shot:
    title: str
    about: str = ""
    at: datetime = DAY
    tags: str = ""
    public: int = 1


@dataclass
class StandInFlickr:
    """One account and its photographs; tests change them between visits."""

    base: str = ""
    name: str = "lincolnschool"
    nsid: str = NSID
    #: Other accounts by their names: id, name and description.
    others: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    gone: bool = False
    shots: dict[str, Shot] = field(default_factory=dict)
    faults: dict[str, tuple[int, Any] | tuple[int, Any, dict[str, str]]] = field(default_factory=dict)
    changed: Callable[[str, Any], None] = lambda method, answer: None

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        if path.startswith("/picture/"):
            return 200, b"picture " + path.encode(), {"Content-Type": "image/jpeg"}
        assert path == "/services/rest/"
        method = query["method"]
        # By method; by method and "?" for a list's second page and those after it.
        method_of_fault = f"{method}?" if query.get("page", "1") != "1" and f"{method}?" in self.faults else method
        if method_of_fault in self.faults:
            status, body, *more = self.faults[method_of_fault]
            return status, body, more[0] if more else {}
        assert (query["format"], query["nojsoncallback"]) == ("json", "1")
        assert set(query) - ALWAYS <= ARGUMENTS[method]
        assert set(query.get("extras", "description").split(",")) <= EXTRAS
        if query["api_key"] != CANARY:
            return 200, refusal(100, "Invalid API Key (Key has invalid format)"), {}
        answer = getattr(self, method.rpartition(".")[2].lower())(query)
        self.changed(method, answer)
        return 200, {**answer, "stat": answer.get("stat", "ok")}, {}

    def lookupuser(self, query: dict[str, str]) -> dict[str, Any]:
        for name, (nsid, _, _) in self.others.items():
            if query["url"] == f"https://www.flickr.com/photos/{name}/":
                return {"user": {"id": nsid, "username": {"_content": name}}}
        if self.gone or query["url"] != f"https://www.flickr.com/photos/{self.name}/":
            return refusal(1, "User not found")
        return {"user": {"id": self.nsid, "username": {"_content": "Lincoln School"}}}

    def getinfo(self, query: dict[str, str]) -> dict[str, Any]:
        if "photo_id" in query:
            shot = self.shots.get(query["photo_id"])
            if shot is None or not shot.public:
                return refusal(1, f'Photo "{query["photo_id"]}" not found (invalid ID)')
            return {"photo": {"id": query["photo_id"], "title": {"_content": shot.title}, "visibility": {"ispublic": 1}}}
        for name, (nsid, title, about) in self.others.items():
            if query["user_id"] == nsid:
                person = {"id": nsid, "nsid": nsid, "iconserver": "0", "path_alias": name, "username": {"_content": name}, "realname": {"_content": title},
                          "description": {"_content": about}, "profileurl": {"_content": f"https://www.flickr.com/people/{name}/"}}
                return {"person": person}
        if self.gone or query["user_id"] != self.nsid:
            return refusal(5, "User deleted") if self.gone else refusal(1, "User not found")
        return {"person": {
            "id": self.nsid, "nsid": self.nsid, "iconserver": "0", "iconfarm": 0, "path_alias": self.name, "username": {"_content": "lincoln"},
            "realname": {"_content": "Lincoln School"}, "description": {"_content": 'News at <a href="https://school.example/">our site</a>'},
            "profileurl": {"_content": f"https://www.flickr.com/people/{self.name}/"}, "photos": {"firstdate": {"_content": "1400000000"}, "count": {"_content": 3}},
        }}

    def getpublicphotos(self, query: dict[str, str]) -> dict[str, Any]:
        size, number = int(query["per_page"]), int(query["page"])
        assert 1 <= size <= 500
        shots = sorted(((n, shot) for n, shot in self.shots.items() if shot.public), key=lambda pair: pair[1].at, reverse=True)
        pages = -(-len(shots) // size)
        start = (min(number, max(pages, 1)) - 1) * size
        listed = [self.photo(n, shot) for n, shot in shots[start : start + size]]
        return {"photos": {"page": number, "pages": pages, "perpage": size, "total": len(shots), "photo": listed}}

    def photo(self, number: str, shot: Shot) -> dict[str, Any]:
        return {
            "id": number, "owner": self.nsid, "secret": "abc", "server": "65535", "farm": 66, "title": shot.title, "ispublic": 1,
            "isfriend": 0, "isfamily": 0, "description": {"_content": shot.about}, "dateupload": str(int(shot.at.timestamp())),
            "lastupdate": str(int(datetime.now(UTC).timestamp())), "tags": shot.tags, "media": "photo", "media_status": "ready",
            "pathalias": self.name, "url_l": f"{self.base}/picture/{number}_abc_b.jpg", "height_l": 768, "width_l": 1024,
        }


def refusal(code: int, message: str) -> dict[str, Any]:
    return {"stat": "fail", "code": code, "message": message}


@contextmanager
def serve(network: StandInFlickr) -> Iterator[StandInFlickr]:
    """Runs it on loopback until the test is over."""
    with serving(lambda asked: network.answer(asked.path, asked.single)) as network.base:
        yield network


@pytest.fixture
def flickr() -> Iterator[StandInFlickr]:
    with serve(StandInFlickr()) as there:
        yield there


@pytest.fixture
def visits(flickr: StandInFlickr, kernel: Make, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ROLLBOOK_FLICKR_API_KEY", CANARY)
    return kernel("flickr:lincolnschool", {"base": flickr.base})


def test_the_whole_history_then_what_is_new(flickr: StandInFlickr, visits: Any) -> None:
    flickr.shots = {str(number): Shot(f"Shot {number}", at=DAY + timedelta(hours=number)) for number in range(1, 1102)}
    first = visits.visit()
    assert first.texts() == [f"Shot {number}" for number in reversed(range(1, 1102))]
    assert (first.sweep.expected, first.sweep.covered_from.year, first.cursor["id"]) == (1101, 1900, NSID)
    flickr.shots["2000"] = Shot("New", at=DAY + timedelta(hours=1200))
    second = visits.visit(first.cursor, DAY + timedelta(hours=1000))
    assert second.texts()[0] == "New"
    assert len(second.texts()) == 1000, "down to the first page that lies beyond the window as a whole"


def test_photographs_deleted_while_the_list_is_read_hide_no_others(flickr: StandInFlickr, visits: Any) -> None:
    flickr.shots = {str(number): Shot(f"Shot {number}", at=DAY + timedelta(hours=number)) for number in range(1, 1102)}

    def delete(method: str, answer: Any) -> None:
        if answer.get("photos", {}).get("page") == 1:
            flickr.shots = {number: shot for number, shot in flickr.shots.items() if number not in ("1101", "1100")}

    flickr.changed = delete
    read = {post.id.removeprefix("flickr:") for post in visits.visit().posts if post.kind != "profile"}
    assert read >= set(flickr.shots)


def test_everything_that_a_photograph_can_say(flickr: StandInFlickr, visits: Any) -> None:
    flickr.shots["1"] = Shot("Spring play", 'With @coach, <a href="https://school.example/play">tickets</a>\n#drama', tags="drama springplay")
    profile, post = visits.visit().posts
    assert (profile.kind, profile.text) == ("profile", "Lincoln School\nNews at our site")
    assert profile.links == ("https://school.example/",)
    assert post.text == "Spring play\nWith @coach, tickets\n#drama"
    assert (post.links, post.mentions, post.hashtags) == (("https://school.example/play",), ("coach",), ("drama", "springplay"))
    assert (post.id, post.url, post.created_at) == ("flickr:1", "https://www.flickr.com/photos/lincolnschool/1/", DAY)
    assert [item.url for item in post.media] == [f"{flickr.base}/picture/1_abc_b.jpg"]


@pytest.mark.parametrize("odd", [None, "a word", {"id": "7", "dateupload": [1]}, {"id": [7]}])
def test_an_entry_that_is_no_photograph_is_marked_and_the_visit_goes_on(
    flickr: StandInFlickr, visits: Any, monkeypatch: pytest.MonkeyPatch, odd: Any
) -> None:
    monkeypatch.setattr("collectors.flickr.PHOTOS", 1)
    flickr.shots = {"1": Shot("Older"), "2": Shot("Photo", at=DAY + timedelta(hours=1))}

    def spoil(method: str, answer: Any) -> None:
        if answer.get("photos", {}).get("page") == 1:
            answer["photos"]["photo"].insert(0, odd)

    flickr.changed = spoil
    seen = visits.visit()
    assert (seen.texts(), [mark.where for mark in seen.marked]) == (["Photo", "Older"], ["photos.photo[0]"])
    assert "newest" in seen.cursor


def test_a_page_without_a_moment_does_not_end_the_list(flickr: StandInFlickr, visits: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.flickr.PHOTOS", 1)
    flickr.shots = {"1": Shot("Older"), "2": Shot("Photo", at=DAY + timedelta(hours=1))}
    flickr.changed = lambda method, answer: answer["photos"]["photo"][0].pop("dateupload") if answer.get("photos", {}).get("page") == 1 else None
    seen = visits.visit()
    assert (seen.texts(), len(seen.marked)) == (["Older"], 1)


@pytest.mark.parametrize("odd", ["9" * 5_000, -1, "many"])
def test_counts_that_are_none(flickr: StandInFlickr, visits: Any, odd: Any) -> None:
    flickr.shots = {"1": Shot("Photo")}
    flickr.changed = lambda method, answer: answer["photos"].update(total=odd, pages=odd) if "photos" in answer else None
    seen = visits.visit()
    assert (seen.texts(), seen.sweep.expected) == (["Photo"], None)


def test_a_full_page_that_does_not_say_how_many_there_are_is_not_taken_for_the_last(
    flickr: StandInFlickr, visits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is older would never be read: the next visit begins at the newest that this one saw."""
    monkeypatch.setattr("collectors.flickr.PHOTOS", 2)
    flickr.shots = {str(number): Shot(f"Shot {number}", at=DAY + timedelta(hours=number)) for number in range(5)}
    flickr.changed = lambda method, answer: answer["photos"].pop("pages") if "photos" in answer else None
    with pytest.raises(PageError, match="'pages' is missing or no number: what is older was not read"):
        visits.visit()


def test_an_id_needs_no_look_up_of_the_name(flickr: StandInFlickr, kernel: Make, visits: Any) -> None:
    flickr.shots["1"] = Shot("Shot")
    assert kernel(f"flickr:{NSID}", visits.settings).visit().texts() == ["Shot"]


def test_what_is_gone_is_said_by_flickr(flickr: StandInFlickr, visits: Any) -> None:
    flickr.shots = {str(number): Shot(f"Shot {number}") for number in range(1, 4)}
    posts = sorted(visits.visit().posts[1:], key=lambda post: post.id)
    del flickr.shots["1"]
    flickr.shots["2"] = replace(flickr.shots["2"], public=0)
    found = visits.look_up(*posts)
    assert [item.state for item in found] == ["gone", "gone", "here"]
    assert "not found" in found[0].how
    for fault in ((200, refusal(105, "Service currently unavailable")), (200, {}), (500, b"down"), (200, b"<html>")):
        flickr.faults["flickr.photos.getInfo"] = fault
        assert {item.state for item in visits.look_up(*posts)} == {"unclear"}


@pytest.mark.parametrize(("code", "message", "kind"), [
    (100, "Invalid API Key", AccessError), (105, "Service currently unavailable", NetworkError), (116, "Bad URL found", PageError),
    (5, "User deleted", AccountGone), (1, "User not found", AccountGone),
])
def test_every_refusal_has_its_name(flickr: StandInFlickr, visits: Any, code: int, message: str, kind: type[CollectError]) -> None:
    flickr.faults["flickr.people.getInfo"] = 200, refusal(code, message)
    with pytest.raises(kind) as refused:
        visits.visit()
    assert refused.value.account == "flickr:lincolnschool"


@pytest.mark.parametrize(("handle", "settings", "code"), [
    ("a b", {}, "bad-handle"), ("lincolnschool", {"base": "x"}, "setting"), ("lincolnschool", {}, "no-credential"),
])
def test_what_is_no_account_setting_or_key(kernel: Make, handle: str, settings: dict[str, str], code: str) -> None:
    with pytest.raises(CollectError) as wrong:
        kernel(f"flickr:{handle}", settings).visit()
    assert wrong.value.code == code
    assert code != "no-credential" or "waiting for its owner's authorisation" in str(wrong.value)


def test_a_fortnight_leaves_each_event_once(
    flickr: StandInFlickr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("collectors.flickr.PHOTOS", 3)
    days = Fortnight(tmp_path, "flickr:lincolnschool", {"base": flickr.base}, {}, DAY)
    flickr.shots = {str(number): Shot(f"Shot {number}", at=DAY - timedelta(days=number)) for number in range(1, 5)}
    assert days.visit() == ("no-credential", 0, 0, 0)
    monkeypatch.setenv("ROLLBOOK_FLICKR_API_KEY", CANARY)
    assert days.visit() == ("", 4, 0, 0)
    assert days.visit() == ("", 0, 0, 0), "nothing is twice, whatever lastupdate says"
    flickr.shots["1"].about = "with a description now"
    assert days.visit() == ("", 0, 1, 0)
    flickr.shots["9"] = Shot("New", at=DAY + timedelta(days=2))
    del flickr.shots["2"]
    flickr.shots["3"] = replace(flickr.shots["3"], public=0)
    assert days.visit() == ("", 1, 0, 2)
    listed = [flickr.photo(number, shot) for number, shot in flickr.shots.items() if number in ("1", "9")]
    again = {"stat": "ok", "photos": {"page": 1, "pages": 9, "perpage": 3, "total": 27, "photo": listed}}
    for method, fault, code in (
        ("flickr.people.getInfo", (200, refusal(100, "Invalid API Key")), "no-access"),
        ("flickr.people.getPublicPhotos", (200, refusal(105, "Service currently unavailable")), "server-error"),
        ("flickr.people.getPublicPhotos", (429, b"", {"Retry-After": "7200"}), "rate-limited"),
        ("flickr.people.getPublicPhotos", (429, b""), "rate-limited"), ("flickr.people.getPublicPhotos", (503, b"storm"), "server-error"),
        ("flickr.people.getPublicPhotos", (200, b'{"photos": {"page": 1, "pho'), "truncated"),
        ("flickr.people.getPublicPhotos", (200, {"stat": "ok"}), "schema"), ("flickr.people.getInfo", (200, b"<html><title>Log in</title>"), "login-page"),
        ("flickr.people.getInfo", (200, refusal(5, "User deleted")), "deleted"),
        ("flickr.people.getPublicPhotos", (200, refusal(0, "Hourly limit reached")), "rate-limited"),
        ("flickr.people.getPublicPhotos", (200, again), "cursor-loop"),
    ):
        flickr.faults = {method: fault}
        assert days.visit() == (code, 0, 0, 0)
    flickr.shots["10"] = Shot("Newest", at=DAY + timedelta(days=3))
    flickr.shots["11"] = Shot("Of the same day", at=DAY + timedelta(days=3))
    flickr.faults = {"flickr.people.getPublicPhotos?": (503, b"storm")}
    assert days.visit() == ("server-error", 2, 0, 0), "the first page was taken in"
    flickr.faults = {}
    assert days.visit() == ("", 0, 0, 0)
    flickr.name = "renamed"
    assert days.visit() == ("renamed", 0, 0, 0)
    flickr.name, flickr.nsid = "lincolnschool", "99999999@N00"
    assert days.visit() == ("foreign-id", 0, 0, 0)
    flickr.nsid, flickr.gone = NSID, True
    assert days.visit() == ("not-found", 0, 0, 0)
    flickr.gone = False
    flickr.changed = lambda method, answer: answer["photos"]["photo"][0].pop("dateupload") if "photos" in answer else None
    assert days.visit() == ("", 0, 0, 0), "a photograph that lacks a field is marked, and is not gone"
    assert days.outcomes[-1].marked
    flickr.changed = lambda method, answer: answer.update(new_field=1)
    assert days.visit() == ("", 0, 0, 0)
    assert [state for state, _, _ in days.history("flickr:1")] == ["new", "edited"]
    assert [state for state, _, _ in days.history("flickr:2")] == ["new", "gone"]
    days.check(CANARY, caplog.text)
