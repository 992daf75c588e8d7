"""The collector of wikis against MediaWiki (Debian), written to as its users would; then what none would say."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError, RateLimited
from tests.serving import serving

Make = Callable[..., Any]
PASSWORD = "Xk29!pqRz77"
_numbers = itertools.count(1)


class Writer:
    """One user of the wiki, and what a browser would do for them."""

    def __init__(self, base: str, name: str, password: str = PASSWORD) -> None:
        self.base, self.name, self.session = base, name, requests.Session()
        self.key = f"wiki:{base}/api.php#{name.replace(' ', '_')}"
        token = self.call("get", action="query", meta="tokens", type="login")["query"]["tokens"]["logintoken"]
        said = self.call("post", action="login", lgname=name, lgpassword=password, lgtoken=token)["login"]
        assert said["result"] == "Success", said

    def call(self, method: str, files: Any = None, **more: Any) -> Any:
        more |= {"format": "json", "formatversion": 2}
        where: dict[str, Any] = {"params": more} if method == "get" else {"data": more, "files": files}
        answer = self.session.request(method, f"{self.base}/api.php", timeout=60, **where)
        assert answer.ok, answer.text
        said = answer.json()
        assert "error" not in said, said
        return said

    def token(self, kind: str = "csrf") -> str:
        return str(self.call("get", action="query", meta="tokens", type=kind)["query"]["tokens"][f"{kind}token"])

    def edit(self, title: str, text: str, summary: str = "") -> int:
        said = self.call("post", action="edit", title=title, text=text, summary=summary, token=self.token())
        return int(said["edit"]["newrevid"])

    def identity(self, revision: int) -> str:
        return f"wiki:{self.base}/api.php#revision/{revision}"


@pytest.fixture
def admin(mediawiki: str) -> Writer:
    return Writer(mediawiki, "Admin", "AdminPassw0rd!")


@pytest.fixture
def writer(admin: Writer) -> Callable[[], Writer]:
    """Makes a user whom nobody else has."""

    def make() -> Writer:
        name = f"Coach {next(_numbers)}"
        said = admin.call("post", action="createaccount", createtoken=admin.token("createaccount"), username=name,
                          password=PASSWORD, retype=PASSWORD, createreturnurl=admin.base)
        assert said["createaccount"]["status"] == "PASS", said
        return Writer(admin.base, name)

    return make


def test_every_revision_of_the_user_is_a_post(admin: Writer, writer: Make, kernel: Make) -> None:
    coach = writer()
    first = coach.edit(f"Club of {coach.name}", "Hello\nMeet at https://club.example.\n", "a start")
    admin.edit(f"Club of {coach.name}", "Hello\nMeet at https://club.example.\nSomebody else's words\n")
    second = coach.edit(
        f"Club of {coach.name}", "Hello\nSomebody else's words\nMeet at https://club.example.\n"
        "Bring [[File:Map.png|thumb|alt=Map of the [gym]|see [[here]]]]\n", "where",
    )
    visits = kernel(coach.key)
    seen = visits.visit()
    posts = seen.by_id()
    assert len(seen.texts()) == 2, "what somebody else wrote is not the user's"
    made, changed = posts[coach.identity(first)], posts[coach.identity(second)]
    assert made.text == f"Club of {coach.name}\na start\nHello\nMeet at https://club.example."
    assert made.links == ("https://club.example",)
    assert changed.text == "where\nBring [[File:Map.png|thumb|alt=Map of the [gym]|see [[here]]]]"
    assert [(item.type, item.url, item.alt) for item in changed.media] == [("image", None, "Map of the")]
    assert changed.kind == "post"
    assert (made.edited_at, changed.edited_at) == (None, None)
    assert requests.get(changed.url, timeout=60).text.count("Bring") >= 1
    assert not seen.marked
    assert len(seen.posts) == len(posts), "nothing is twice"
    assert seen.sweep.covered_from.year == 1900


def test_a_long_history_over_several_answers(writer: Make, kernel: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    coach = writer()
    made = [coach.edit(f"Log of {coach.name}", "\n".join(f"line {one}" for one in range(number + 1))) for number in range(7)]
    monkeypatch.setattr("collectors.wiki.LISTED", 3)
    monkeypatch.setattr("collectors.wiki.REVISIONS", 2)
    seen = kernel(coach.key).visit()
    assert sorted(post.id for post in seen.posts[1:]) == sorted(coach.identity(number) for number in made)
    assert seen.by_id()[coach.identity(made[6])].text == "line 6", "only what the revision before did not have"
    new = coach.edit(f"Log of {coach.name}", "other", "now")
    second = kernel(coach.key).visit(seen.cursor, datetime.now(UTC) - timedelta(days=2))
    assert second.by_id()[coach.identity(new)].text == "now\nother"
    assert second.cursor["newest"] >= seen.cursor["newest"]


def test_uploads_are_posts_with_their_file(writer: Make, kernel: Make, picture: bytes) -> None:
    coach = writer()
    name = f"Field {coach.name}.png"
    coach.call("post", files={"file": ("f.png", picture, "image/png")}, action="upload", filename=name,
               token=coach.token(), ignorewarnings=1, text="The new field", comment="our field")
    seen = kernel(coach.key).visit()
    upload = next(post for post in seen.posts if post.media)
    assert upload.text == f"File:{name}\nour field"
    assert [item.type for item in upload.media] == ["image"]
    assert requests.get(upload.media[0].url or "", timeout=20).content == picture
    assert f"File:{name}\nour field\nThe new field" in seen.texts(), "the file's page is a revision of its own"
    assert kernel(coach.key).look_up(upload)[0].state == "here"


def test_deleted_and_hidden_revisions_are_gone(admin: Writer, writer: Make, kernel: Make, picture: bytes) -> None:
    coach = writer()
    kept = coach.edit(f"Kept by {coach.name}", "kept")
    gone = coach.edit(f"Removed from {coach.name}", "rash words")
    hidden = coach.edit(f"Kept by {coach.name}", "hidden words")
    after = coach.edit(f"Kept by {coach.name}", "kept after all")
    coach.call("post", files={"file": ("f.png", picture, "image/png")}, action="upload", filename=f"Bad {coach.name}.png",
               token=coach.token(), ignorewarnings=1)
    visits = kernel(coach.key)
    first = visits.visit()
    admin.call("post", action="delete", title=f"Removed from {coach.name}", reason="against the rules", token=admin.token())
    admin.call("post", action="delete", title=f"File:Bad {coach.name}.png", reason="no consent", token=admin.token())
    admin.call("post", action="revisiondelete", type="revision", ids=hidden, hide="content", token=admin.token())
    second = visits.visit(first.cursor, datetime.now(UTC) - timedelta(days=1))
    known = first.by_id()
    lost = [post for name, post in known.items() if name not in second.by_id()]
    assert {post.id for post in lost} >= {coach.identity(gone), coach.identity(hidden)}
    assert coach.identity(kept) in second.by_id()
    found = {presence.post: presence for presence in visits.look_up(*lost, known[coach.identity(kept)])}
    here = {coach.identity(kept), coach.identity(after)}
    assert {presence.state for name, presence in found.items() if name not in here} == {"gone"}
    assert {found[name].state for name in here} == {"here"}
    assert ["before it" in mark.problem for mark in second.marked] == [True], "what came after the hidden words is marked"
    assert found[coach.identity(gone)].how.startswith("badrevids: the wiki knows no such revision; its log says “delete” on 20")
    assert found[coach.identity(gone)].how.endswith(": against the rules")
    assert found[coach.identity(hidden)].how.startswith("sha1hidden")
    upload = next(presence for name, presence in found.items() if "#File:" in name)
    assert upload.how.endswith(": no consent")


def test_the_users_own_page_is_the_profile(writer: Make, kernel: Make) -> None:
    coach = writer()
    coach.edit(f"User:{coach.name}", "I teach at Lincoln School, https://lincoln.example.")
    profile = kernel(coach.key).visit().posts[0]
    assert (profile.kind, profile.id) == ("profile", coach.key)
    assert profile.text == f"{coach.name}\nI teach at Lincoln School, https://lincoln.example."
    assert profile.links == ("https://lincoln.example",)
    assert profile.created_at <= datetime.now(UTC)
    assert "I teach at Lincoln School" in requests.get(profile.url, timeout=60).text


def test_users_that_are_not_there_blocked_or_others(admin: Writer, writer: Make, kernel: Make) -> None:
    with pytest.raises(AccountGone) as unknown:
        kernel(f"wiki:{admin.base}/api.php#Nobody_At_All").visit()
    assert unknown.value.code == "not-found"
    coach = writer()
    coach.edit(f"Last of {coach.name}", "last words")
    with pytest.raises(PageError) as other:
        kernel(coach.key).visit({"id": "1"})
    assert other.value.code == "foreign-id"
    admin.call("post", action="block", user=coach.name, expiry="never", reason="left the school", token=admin.token())
    with pytest.raises(AccountGone, match="left the school") as blocked:
        kernel(coach.key).visit()
    assert blocked.value.code == "suspended"


@pytest.mark.parametrize("handle", [
    "https://wiki.example/api.php", "https://wiki.example/wiki/User:Coach", "wiki.example/api.php#Coach",
    "https://wiki.example/api.php#A/B", "https://[/api.php#Coach",
])
def test_handles_that_name_no_user(kernel: Make, handle: str) -> None:
    with pytest.raises(CollectError) as wrong:
        kernel(f"wiki:{handle}").visit()
    assert wrong.value.code == "bad-handle"
    assert "wiki:https://wiki.example/w/api.php#User_Name" in str(wrong.value)


# -- what MediaWiki does not say of itself ---------------------------------------------------------------------------


class StandInMediaWiki:
    """A wiki of one user whose answers a test may change; it refuses queries that MediaWiki would refuse."""

    def __init__(self) -> None:
        self.base = ""
        #: Number, number before, user, day of October, text.
        self.revisions: list[tuple[int, int, str, int, str]] = []
        self.fault: tuple[int, Any, dict[str, str]] | None = None
        #: How many queries go well before the fault shows.
        self.well = 0
        self.user: dict[str, Any] = {"userid": 7, "name": "Coach", "registration": "2026-01-01T00:00:00Z"}
        self.renamed = ""
        self.year = 2026
        #: Laid over each revision that is told.
        self.more: dict[str, Any] = {}
        self.asked = 0
        #: How many revisions one answer holds before it is cut.
        self.most = 100

    def answer(self, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        self.asked += 1
        if self.fault is not None and self.asked > self.well:
            return self.fault
        if query.get("action") != "query" or query.get("formatversion") != "2" or query.get("maxlag") != "5":
            return 200, {"error": {"code": "badvalue", "info": "Unrecognized value"}}, {"MediaWiki-API-Error": "badvalue"}
        if "revids" in query:
            return self._texts([int(number) for number in query["revids"].split("|")])
        match query.get("list"):
            case "users":
                general = {"server": self.base, "script": "/index.php", "lang": "en"}
                return 200, {"batchcomplete": True, "query": {"general": general, "users": [self.user], "pages": []}}, {}
            case "usercontribs":
                made = [{"revid": number, "parentid": before, "timestamp": f"{self.year}-10-{day:02}T12:00:00Z", "size": len(text)}
                        for number, before, user, day, text in reversed(self.revisions) if user == query["ucuser"]]
                made = [one for one in made if str(one["timestamp"]) >= query.get("ucend", "")]
                return 200, {"batchcomplete": True, "query": {"usercontribs": made}}, {}
            case "logevents" if query["letype"] == "renameuser":
                told = [{"params": {"olduser": "Coach", "newuser": self.renamed}}] if self.renamed else []
                return 200, {"batchcomplete": True, "query": {"logevents": told}}, {}
            case "allimages":
                return 200, {"batchcomplete": True, "query": {"allimages": []}}, {}
            case _:
                return 200, {"batchcomplete": True}, {}

    def _texts(self, numbers: list[int]) -> tuple[int, Any, dict[str, str]]:
        told = [
            {"revid": number, "parentid": before, "user": user, "timestamp": f"{self.year}-10-{day:02}T12:00:00Z", "comment": "",
             "slots": {"main": {"contentmodel": "wikitext", "contentformat": "text/x-wiki", "content": text}}, **self.more}
            for number, before, user, day, text in self.revisions if number in numbers
        ]
        unknown = {str(number): {"revid": number, "missing": True} for number in numbers
                   if number not in {one["revid"] for one in told}}
        pages = [{"pageid": 1, "ns": 0, "title": "Club", "revisions": told[: self.most]}] if told else []
        end = {"continue": {"rvcontinue": "x", "continue": "||"}} if len(told) > self.most else {"batchcomplete": True}
        return 200, {**end, "query": {"badrevids": unknown, "pages": pages}}, {}


@pytest.fixture
def stand_in() -> Iterator[StandInMediaWiki]:
    wiki = StandInMediaWiki()

    with serving(lambda asked: wiki.answer(asked.single)) as wiki.base:
        yield wiki


def error(code: str, info: str = "No.") -> tuple[int, Any, dict[str, str]]:
    return 200, {"error": {"code": code, "info": info}}, {"MediaWiki-API-Error": code}


def test_a_fortnight_of_events_each_once(stand_in: StandInMediaWiki, archived: Make) -> None:
    """Revisions of two users, a deletion and bad days: what the archive and the completeness table have in the end."""
    days = archived(f"wiki:{stand_in.base}/api.php#Coach")

    def day(number: int) -> Any:
        stand_in.asked = 0
        return days.on(number)

    stand_in.revisions = [(1, 0, "Coach", 1, "one"), (2, 1, "Other", 2, "one\ntwo")]
    assert day(2).new == 1
    stand_in.revisions.append((3, 2, "Coach", 3, "one\ntwo\n[[File:A.png|alt=A map]]"))
    assert day(3).new == 1
    loop = {"continue": {"uccontinue": "x", "continue": "-||"}, "query": {"usercontribs": []}}
    storms: list[tuple[tuple[int, Any, dict[str, str]], str]] = [
        ((503, b"storm", {}), "server-error"), ((429, b"", {}), "rate-limited"), ((429, b"", {"Retry-After": "7200"}), "rate-limited"),
        ((200, b'{"query": {"us', {}), "truncated"), (error("maxlag", "9 seconds lagged."), "rate-limited"),
        (error("readapidenied"), "no-access"), (error("internal_api_error_DBQueryError"), "server-error"),
        ((200, {"query": {"usercontribs": "none"}}, {}), "schema"), ((200, loop, {}), "cursor-loop"),
    ]
    for stand_in.fault, code in storms:
        stand_in.well = 1
        assert (bad := day(4)).code == code
        assert (bad.new, bad.gone) == (0, 0)
    stand_in.revisions.append((4, 99, "Coach", 4, "five"))  # the wiki hides the one before it
    stand_in.revisions.append((5, 4, "Coach", 4, "five\nsix"))
    stand_in.fault, stand_in.well = (503, b"storm", {}), 3  # the list of uploads: the revisions were taken in
    assert ((half := day(5)).code, half.new, half.gone) == ("server-error", 1, 0)
    stand_in.fault = None
    del stand_in.revisions[0]
    found = day(5)
    assert (found.new, found.gone, len(found.marked)) == (0, 1, 1)
    stand_in.more = {"a_field_of_tomorrow": 1}
    assert ((found := day(5)).code, found.new, found.edited, found.gone) == ("", 0, 0, 0)
    stand_in.more = {"timestamp": None}
    assert ((found := day(5)).code, found.new, found.edited, found.gone) == ("", 0, 0, 0), "marked, and not gone"
    assert "timestamp" in str(found.marked)
    stand_in.more = {}
    usual, codes = stand_in.user, []
    for change in (
        {"blockexpiry": "infinite", "blockreason": "left"}, {"userid": 99}, {"userid": None}, {"name": "Coach", "missing": True},
    ):
        stand_in.user = {**usual, **change}
        codes.append(day(6).code)
    assert codes == ["suspended", "foreign-id", "schema", "not-found"]
    stand_in.renamed = "Coach Retired"
    assert ((renamed := day(7)).code, "Coach Retired" in renamed.problem) == ("renamed", True)
    stand_in.user = usual
    assert ((found := day(8)).code, found.new, found.edited, found.gone) == ("", 0, 0, 0)
    assert days.states() == {
        "revision/1": [("new", "Club\none"), ("gone", "Club\none")], "revision/3": [("new", "[[File:A.png|alt=A map]]")],
        "revision/5": [("new", "six")],
    }
    days.check()


def test_a_window_that_begins_in_the_schools_own_time_is_read_whole(stand_in: StandInMediaWiki, kernel: Make) -> None:
    stand_in.revisions = [(1, 0, "Coach", 1, "one")]
    guam = timezone(timedelta(hours=10))
    began = datetime(2026, 10, 1, 21, tzinfo=guam)  # 11:00 in UTC, an hour before the revision
    seen = kernel(f"wiki:{stand_in.base}/api.php#Coach").visit({}, began)
    assert seen.texts() == ["Club\none"]


def test_a_clock_that_runs_ahead_does_not_say_that_all_until_then_was_read(stand_in: StandInMediaWiki, kernel: Make) -> None:
    stand_in.revisions, stand_in.year = [(1, 0, "Coach", 1, "one")], 2099
    assert kernel(f"wiki:{stand_in.base}/api.php#Coach").visit().cursor["newest"] <= datetime.now(UTC).isoformat()


def test_a_contribution_that_cannot_be_asked_for_is_marked(stand_in: StandInMediaWiki, kernel: Make) -> None:
    stand_in.revisions = [(1, 0, "Coach", 1, "one"), ("?", 1, "Coach", 2, "two")]  # type: ignore[list-item]
    seen = kernel(f"wiki:{stand_in.base}/api.php#Coach").visit()
    assert seen.texts() == ["Club\none"]
    assert [mark.where for mark in seen.marked] == ["usercontribs[0]"]


def test_an_answer_that_the_wiki_cuts_loses_nothing(stand_in: StandInMediaWiki, kernel: Make) -> None:
    lines = ["one", "one\ntwo", "one\ntwo\nthree", "one\ntwo\nthree\nfour"]
    stand_in.revisions = [(number, number - 1, "Coach", number, text) for number, text in enumerate(lines, 1)]
    stand_in.most = 2
    seen = kernel(f"wiki:{stand_in.base}/api.php#Coach").visit()
    assert sorted(seen.texts()) == ["Club\none", "four", "three", "two"]
    assert not seen.marked
    stand_in.most = 1
    seen = kernel(f"wiki:{stand_in.base}/api.php#Coach").visit()
    assert seen.texts() == ["Club\none"], "not even one comes with the one before it"
    assert sorted(mark.where for mark in seen.marked) == ["revision 2", "revision 3", "revision 4"]


def test_lists_that_lead_back_and_errors_by_name(stand_in: StandInMediaWiki, kernel: Make) -> None:
    visits = kernel(f"wiki:{stand_in.base}/api.php#Coach")
    stand_in.well, more = 1, {"continue": {"uccontinue": "x", "continue": "-||"}, "query": {"usercontribs": []}}
    stand_in.fault = (200, more, {})
    with pytest.raises(PageError) as loop:
        visits.visit()
    assert loop.value.code == "cursor-loop"
    assert stand_in.asked < 6
    for code, kind in (("maxlag", RateLimited), ("readapidenied", AccessError), ("internal_api_error_X", NetworkError),
                       ("badvalue", PageError)):
        stand_in.well, stand_in.fault = 0, error(code)
        with pytest.raises(kind, match=code):
            visits.visit()


def test_a_wiki_that_answers_nothing_plain_is_no_deletion(stand_in: StandInMediaWiki, kernel: Make) -> None:
    stand_in.revisions = [(1, 0, "Coach", 1, "one")]
    visits = kernel(f"wiki:{stand_in.base}/api.php#Coach")
    (post,) = [post for post in visits.visit().posts if post.kind != "profile"]
    for stand_in.fault in (error("maxlag"), (200, {"batchcomplete": True}, dict[str, str]()), (200, b"<html>", {})):
        stand_in.well = 0
        assert visits.look_up(post)[0].state == "unclear"
    stand_in.fault, stand_in.revisions = None, []
    assert visits.look_up(post)[0].state == "gone"
