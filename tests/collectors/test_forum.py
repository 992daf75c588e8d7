"""The collector of forums against Misago (PyPI), and stand-ins that speak as Discourse, Misago and phpBB do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError, RateLimited
from rollbook.plugins import collectors
from rollbook.types import Account, Page
from tests.serving import Answer, serving

Make = Callable[..., Any]
Query = dict[str, list[str]]


@dataclass
class Words:
    """One post of a stand-in forum."""

    number: int
    user: str
    day: int
    html: str
    topic: int = 5
    place: int = 2
    version: int = 1
    year: int = 2026
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def made_at(self) -> str:
        return f"{self.year}-10-{self.day:02}T12:00:00.000Z"


class StandInForum:
    """What the three stand-ins share: posts, faults by path, and what was asked."""

    def __init__(self) -> None:
        self.base = ""
        self.posts: list[Words] = []
        #: By path; by path and "?" for a list's second page and those after it.
        self.faults: dict[str, Answer] = {}
        self.asked: list[str] = []

    def answer(self, path: str, query: Query) -> Answer:
        self.asked.append(path)
        later = self.faults.get(f"{path}?") if "start" in query else None
        return later or self.faults.get(path) or self.say(path, query)

    def say(self, path: str, query: Query) -> Answer:
        raise NotImplementedError

    def of(self, user: str) -> list[Words]:
        """A user's posts, newest first."""
        return sorted((post for post in self.posts if post.user == user), key=lambda post: -post.number)


class StandInDiscourse(StandInForum):
    """Answers as Discourse, with its own words for what is not there."""

    PAGE = 2

    def __init__(self) -> None:
        super().__init__()
        self.user: dict[str, Any] = {
            "id": 3, "username": "coach", "name": "Coach K.", "title": "Track", "created_at": "2024-01-01T00:00:00.000Z",
            "bio_cooked": '<p>I coach. <a href="https://lions.example">Lions</a></p>', "avatar_template": "/a/{size}.png",
        }

    def say(self, path: str, query: Query) -> Answer:
        gone = 404, {"errors": ["The requested URL or resource could not be found."], "error_type": "not_found"}
        if path == "/u/coach.json":
            return 200, {"user_badges": [], "user": self.user}
        if path == "/user_actions.json":
            if query.get("filter") != ["4,5"] or query.get("username") != ["coach"]:
                return 400, {"errors": ["bad"], "error_type": "invalid_parameters"}
            first = int(query["offset"][0])
            # The action of a new topic names no post: its first is meant.
            actions = [{"action_type": 5 if one.place > 1 else 4, "post_id": one.number if one.place > 1 else None,
                        "topic_id": one.topic, "post_number": one.place, "created_at": one.made_at,
                        "title": f"Topic {one.topic}", "username": one.user, "excerpt": "…"} for one in self.of("coach")]
            return 200, {"user_actions": actions[first : first + self.PAGE]}
        if path.startswith("/t/"):
            numbers = [int(number) for number in query["post_ids[]"]]
            told = [self._told(one) for one in self.posts if one.number in numbers]
            return (200, {"post_stream": {"posts": told}, "id": 5}) if told else gone
        if path.startswith("/posts/"):
            found = [self._told(one) for one in self.posts
                     if path in (f"/posts/{one.number}.json", f"/posts/by_number/{one.topic}/{one.place}.json")]
            return (200, found[0]) if found else gone
        return gone

    def _told(self, one: Words) -> dict[str, Any]:
        return {
            "id": one.number, "username": one.user, "created_at": one.made_at, "cooked": one.html, "post_type": 1,
            "post_number": one.place, "topic_id": one.topic, "topic_slug": "spring", "version": one.version,
            "updated_at": "2026-10-20T08:00:00.000Z", "reply_to_post_number": None, "hidden": False, **one.more,
        }


class StandInMisago(StandInForum):
    """Answers as Misago 0.39: lists by ``start`` and ``next``, no single post."""

    PAGE = 2

    def __init__(self) -> None:
        super().__init__()
        self.user = {"id": 12, "username": "Coach", "slug": "coach", "joined_on": "2024-01-01T00:00:00Z", "title": None,
                     "real_name": "Coach K.", "signature": "<p>Go Lions</p>", "avatars": [{"size": 400, "url": "/m/a.png"}]}

    def say(self, path: str, query: Query) -> Answer:
        if path == "/api/users/12/":
            return 200, self.user
        if path in ("/api/users/12/posts/", "/api/users/12/threads/"):
            start = int(query.get("start", ["0"])[0])
            found = [one for one in self.of("coach") if not start or one.number <= start]
            found = [one for one in found if path.endswith("posts/") or one.place == 1]
            following = found[self.PAGE].number if len(found) > self.PAGE else None
            return 200, {"results": [self._told(one) for one in found[: self.PAGE]], "next": following}
        if path.startswith("/t/"):
            there = any(path == f"/t/spring/{one.topic}/post/{one.number}/" for one in self.posts)
            return (200, b"<!doctype html><h1>Spring</h1>") if there else (404, b"<!doctype html>")
        return 404, {"detail": "Not found."}

    def _told(self, one: Words) -> dict[str, Any]:
        return {
            "id": one.number, "poster_name": "Coach", "content": one.html, "attachments": [], "posted_on": one.made_at,
            "updated_on": "2026-10-20T08:00:00Z", "edits": one.version - 1, "is_hidden": False, "is_unapproved": False,
            "is_event": False, "url": {"index": f"/t/spring/{one.topic}/post/{one.number}/"},
            "thread": {"title": f"Topic {one.topic}", "url": f"/t/spring/{one.topic}/"}, **one.more,
        }


class StandInPhpBB(StandInForum):
    """Answers as phpBB: a feed of the whole board, and pages of topics."""

    def say(self, path: str, query: Query) -> Answer:
        if path == "/feed.php":
            return 200, self._feed()
        if path == "/viewtopic.php":
            there = any(query.get("p") == [str(one.number)] for one in self.posts)
            return (200, b"<!doctype html><h1>Topic</h1>") if there else (404, b"<!doctype html>")
        return 404, b"<!doctype html><title>No route found</title>"

    def _feed(self) -> bytes:
        said = "".join(self._entry(one) for one in sorted(self.posts, key=lambda post: -post.number))
        return (
            '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">'
            f"<title>Board</title><id>{self.base}/feed.php</id><updated>2026-10-20T08:00:00</updated>{said}</feed>"
        ).encode()

    def _entry(self, one: Words) -> str:
        address = f"{self.base}/viewtopic.php?p={one.number}#p{one.number}"
        who = f'<p>Statistics: Posted by <a href="{self.base}/memberlist.php?mode=viewprofile&amp;u=2">{one.user}</a> — Thu</p><hr />'
        title = f"Sports • {'' if one.place == 1 else 'Re: '}Topic {one.topic}"
        edited = f"<updated>2026-10-20T08:00:{one.version:02}Z</updated>" if one.version > 1 else f"<updated>{one.made_at}</updated>"
        named = f'<id>{address}</id><link href="{address}"/>' if one.more.get("link", True) else ""
        return (
            f"<entry><author><name><![CDATA[{one.user}]]></name></author>{edited}<published>{one.made_at}</published>"
            f'{named}<title type="html"><![CDATA[{title}]]></title>'
            f'<content type="html" xml:base="{address}">{escape(one.html + who)}</content></entry>'
        )


@contextmanager
def serve(forum: Any) -> Iterator[Any]:
    with serving(lambda asked: forum.answer(asked.path, asked.query)) as forum.base:
        yield forum


@pytest.fixture
def discourse() -> Iterator[StandInDiscourse]:
    with serve(StandInDiscourse()) as there:
        yield there


@pytest.fixture
def stand_in_misago() -> Iterator[StandInMisago]:
    with serve(StandInMisago()) as there:
        yield there


@pytest.fixture
def phpbb() -> Iterator[StandInPhpBB]:
    with serve(StandInPhpBB()) as there:
        yield there


#: The address of the user in each stand-in.
WHERE = {StandInDiscourse: "/u/coach", StandInMisago: "/u/coach/12/", StandInPhpBB: "/u/coach"}


@pytest.fixture(params=["discourse", "stand_in_misago", "phpbb"])
def forum(request: pytest.FixtureRequest) -> StandInForum:
    found: StandInForum = request.getfixturevalue(request.param)
    return found


def key(forum: StandInForum) -> str:
    return f"forum:{forum.base}{WHERE[type(forum)]}"


def numbers(seen: Any) -> list[str]:
    return [post.id.rpartition("#")[2] for post in seen.posts if post.kind != "profile"]


# -- Misago itself ---------------------------------------------------------------------------------------------------


class Writer:
    """The forum's only user, and what a browser would do for them."""

    def __init__(self, base: str) -> None:
        self.base, self.key, self.session = base, f"forum:{base}/u/coach/1/", requests.Session()
        self.session.get(f"{base}/", timeout=60)
        self.call("post", "auth/", username="Coach", password="Xk29!pqRz77")

    def call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"X-CSRFToken": self.session.cookies["csrftoken"], "Referer": f"{self.base}/"}
        answer = self.session.request(method, f"{self.base}/api/{path}", json=more, headers=headers, timeout=60)
        assert answer.ok, answer.text
        return answer.json()


def test_misago_itself(misago: str, kernel: Make) -> None:
    coach = Writer(misago)
    thread = coach.call("post", "threads/", title="Spring training", category=3, post="Bring **water**, https://lions.example/map")
    replies = [coach.call("post", f"threads/{thread['id']}/posts/", post=f"reply {number}")["id"] for number in range(20)]
    coach.call("put", f"threads/{thread['id']}/posts/{replies[1]}/", post="other words")
    visits = kernel(coach.key)
    seen = visits.visit()
    assert (seen.posts[0].kind, seen.posts[0].text) == ("profile", "Coach")
    posts = {post.id.rpartition("#")[2]: post for post in seen.posts if post.kind != "profile"}
    assert len(posts) == len(seen.posts) - 1, "nothing twice"
    assert {str(number) for number in replies} <= set(posts), "over several answers"
    (began,) = (post for post in posts.values() if post.text.startswith("Spring training"))  # others may have posted before
    assert (began.kind, began.text) == ("post", "Spring training\nBring water, lions.example/map")
    assert began.links == ("https://lions.example/map",)
    assert (posts[str(replies[1])].kind, posts[str(replies[1])].text) == ("reply", "other words")
    assert posts[str(replies[1])].edited_at > posts[str(replies[1])].created_at
    assert posts[str(replies[0])].edited_at is None
    assert not seen.marked
    coach.call("delete", f"threads/{thread['id']}/posts/{replies[2]}/")
    again = visits.visit(seen.cursor, datetime(2026, 1, 1, tzinfo=UTC))
    assert str(replies[2]) not in numbers(again)
    asked = visits.asked(seen.cursor)
    found = list(visits.plugin.look_up(asked, [posts[str(replies[2])], began], visits.door))
    assert [(presence.state, presence.how) for presence in found] == [("gone", "HTTP 404"), ("here", "HTTP 200 at its address")]
    with pytest.raises(AccountGone) as nobody:
        kernel(f"forum:{misago}/u/nobody/99/").visit()
    assert nobody.value.code == "not-found"


# -- what all three must do ------------------------------------------------------------------------------------------


def test_a_fortnight_of_events_each_once(forum: StandInForum, archived: Make) -> None:
    """Posts of two users, an edit, a deletion and bad days: what the archive and the completeness table have of it."""
    days = archived(key(forum))
    forum.posts = [Words(1, "coach", 1, "<p>one</p>", place=1), Words(2, "other", 2, "<p>two</p>"),
                   Words(3, "coach", 3, "<p>three</p>")]
    assert days.on(3).new == 2
    forum.posts[2] = Words(3, "coach", 3, "<p>third</p>", version=2)
    forum.posts.append(Words(4, "coach", 4, "<p>four</p>", topic=6))
    assert (found := days.on(4)).new == found.edited == 1
    listed = {StandInDiscourse: "/user_actions.json", StandInMisago: "/api/users/12/posts/", StandInPhpBB: "/feed.php"}
    again = {
        StandInDiscourse: {"user_actions": [{"action_type": 4, "topic_id": 5, "created_at": "2026-10-01T12:00:00Z", "title": "Topic 5"}]},
        StandInMisago: {"results": [], "next": 3},
    }
    bad_days: list[tuple[Answer, str]] = [
        ((503, b"storm"), "server-error"), ((429, b"{}"), "rate-limited"), ((429, b"{}", {"Retry-After": "7200"}), "rate-limited"),
        ((200, b'{"results": [{"user'), "truncated"), ((200, b"<html><title>Log in</title>"), "login-page"), ((403, b"<html>"), "no-access"),
        *(((200, loop), "cursor-loop") for software, loop in again.items() if isinstance(forum, software)),
    ]
    for bad_day, code in bad_days:
        forum.faults = {listed[type(forum)]: bad_day}
        bad = days.on(5)
        assert (bad.code, bad.new, bad.edited, bad.gone) == (code, 0, 0, 0)
    forum.posts.append(Words(5, "coach", 5, "<p>five</p>"))
    # What fails comes after a page that was taken in; phpBB has one page only.
    forum.faults = {} if isinstance(forum, StandInPhpBB) else {"/t/6/posts.json": (503, b""), "/api/users/12/posts/?": (503, b"")}
    assert (found := days.on(5)).code == ("server-error" if forum.faults else "")
    assert (found.new, found.gone) == (1, 0)
    forum.faults = {}
    del forum.posts[3]
    assert (found := days.on(6)).new == found.edited == 0
    is_said_by_number = isinstance(forum, StandInDiscourse)
    assert (found.gone, days.on(7).gone) == ((1, 0) if is_said_by_number else (0, 1)), "an address says so on two visits"
    forum.posts[0].more = {"created_at": None, "posted_on": None, "link": None}
    assert (found := days.on(8)).code == ""
    assert (found.new, found.edited, found.gone) == (0, 0, 0), "a post that lacks a field is not gone"
    assert found.marked
    forum.posts[0].more = {"a_field_of_tomorrow": {"x": 1}}
    assert (found := days.on(9)).new == found.edited == found.gone == len(found.marked) == 0
    told = {name: [(state, text.rpartition("\n")[2]) for state, text in kept] for name, kept in days.states().items()}
    assert told == {
        "1": [("new", "one")], "3": [("new", "three"), ("edited", "third")], "4": [("new", "four"), ("gone", "four")],
        "5": [("new", "five")],
    }
    days.check()


@pytest.mark.parametrize("name", ["discourse", "stand_in_misago"])
def test_a_user_comes_and_goes_and_no_post_is_lost(request: pytest.FixtureRequest, name: str, archived: Make) -> None:
    """A board of phpBB says nothing of its users: that one is suspended, renamed or gone is not told."""
    forum = request.getfixturevalue(name)
    about = {"discourse": "/u/coach.json", "stand_in_misago": "/api/users/12/"}[name]
    forum.posts = [Words(1, "coach", 1, "<p>one</p>", place=1)]
    days, usual = archived(key(forum)), forum.user
    assert days.on(3).new == 1
    changes: dict[str, list[tuple[dict[str, Any], str]]] = {
        "discourse": [({"suspended_till": "2027-01-01T00:00:00.000Z"}, "suspended"), ({"profile_hidden": True}, "private"),
                      ({"username": "head_coach"}, "renamed"), ({"id": 99}, "foreign-id"), ({"username": None}, "schema"), ({"id": None}, "schema")],
        "stand_in_misago": [({"slug": "head-coach"}, "renamed"), ({"id": 99}, "foreign-id"), ({"slug": None, "username": None}, "schema"), ({"id": None}, "schema")],
    }
    for change, code in changes[name]:
        forum.user = {**usual, **change}
        bad = days.on(4)
        assert (bad.code, bad.new, bad.gone) == (code, 0, 0)
    forum.user = usual
    answers: list[tuple[Answer, str]] = [
        ((404, b'{"errors": ["No."], "error_type": "not_found"}'), "not-found"), ((403, b'{"error_type": "not_logged_in"}'), "no-access"),
        ((503, b""), "server-error"), ((429, b"", {"Retry-After": "7200"}), "rate-limited"), ((200, b'{"user": {"id'), "truncated"),
    ]
    for answer, code in answers:
        forum.faults = {about: answer}
        bad = days.on(5)
        assert (bad.code, bad.new, bad.gone) == (code, 0, 0)
    forum.faults = {}
    back = days.on(6)
    assert (back.code, back.new, back.edited, back.gone) == ("", 0, 0, 0)
    days.check()


def test_a_clock_that_runs_ahead_does_not_say_that_all_until_then_was_read(forum: StandInForum, kernel: Make) -> None:
    forum.posts = [Words(1, "coach", 1, "<p>one</p>"), Words(2, "coach", 2, "<p>two</p>", year=2099)]
    assert kernel(key(forum)).visit().cursor["newest"] <= datetime.now(UTC).isoformat()


def test_a_deleted_post_is_gone_and_another_is_here(forum: StandInForum, kernel: Make) -> None:
    forum.posts = [Words(1, "coach", 1, "<p>kept</p>"), Words(2, "coach", 2, "<p>rash</p>")]
    visits = kernel(key(forum))
    first = visits.visit()
    posts = {post.id.rpartition("#")[2]: post for post in first.posts if post.kind != "profile"}
    forum.posts.pop()
    asked = visits.asked(first.cursor)
    found = list(visits.plugin.look_up(asked, [posts["2"], posts["1"]], visits.door))
    assert [presence.state for presence in found] == ["gone", "here"]
    assert "404" in found[0].how


def test_words_replies_and_edits(forum: StandInForum, kernel: Make) -> None:
    html = '<p>Bring <b>water</b>, <a href="https://lions.example/map">map</a></p><p><img src="/i/gym.png" alt="The gym"></p>'
    forum.posts = [Words(1, "coach", 1, html, place=1), Words(2, "coach", 2, "<p>yes</p>", version=3)]
    seen = kernel(key(forum)).visit()
    posts = {post.id.rpartition("#")[2]: post for post in seen.posts if post.kind != "profile"}
    began, answer = posts["1"], posts["2"]
    assert began.id == f"forum:{forum.base}#1"
    assert (began.kind, began.text) == ("post", "Topic 5\nBring water, map")
    assert began.links == ("https://lions.example/map",)
    assert [(item.type, item.url, item.alt) for item in began.media] == [("image", f"{forum.base}/i/gym.png", "The gym")]
    assert began.edited_at is None
    assert began.created_at == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert (answer.kind, answer.text.rpartition("\n")[2]) == ("reply", "yes")
    assert answer.edited_at is not None
    assert answer.edited_at.day == 20
    assert began.url.startswith(forum.base)
    assert not seen.marked


# -- each in its own way ---------------------------------------------------------------------------------------------


def test_discourse_profile_mentions_and_what_is_hidden(discourse: StandInDiscourse, kernel: Make) -> None:
    html = (
        '<p><a class="mention" href="/u/office">@office</a> <a class="hashtag-cooked" href="/tag/track">#track</a> '
        '<img src="/images/emoji/run.png" class="emoji" alt=":run:"></p><aside class="quote"><img class="avatar" '
        'src="/user_avatar/x/24.png"></aside>'
    )
    discourse.posts = [
        Words(1, "coach", 1, html, more={"reply_to_post_number": 1, "reply_to_user": {"username": "office"}}),
        Words(2, "coach", 2, "<p>flagged</p>", more={"hidden": True}), Words(3, "coach", 3, "<p>x</p>", more={"username": "x"}),
    ]
    seen = kernel(key(discourse)).visit()
    profile, post = seen.posts
    assert profile.text == "Coach K.\nTrack\nI coach. Lions"
    assert profile.media[0].url == f"{discourse.base}/a/240.png"
    assert (post.mentions, post.hashtags, post.links, post.media) == (("office",), ("track",), (), ())
    assert post.text == "@office #track :run:"
    assert post.reply_to.account == f"forum:{discourse.base}/u/office"
    assert sorted(mark.problem.partition(":")[0] for mark in seen.marked) == ["foreign-id", "not-public"]


def test_discourse_what_a_login_shows_besides_is_not_read_in(discourse: StandInDiscourse) -> None:
    plugin, account = collectors()["forum"], Account(key(discourse), "district")
    assert plugin.export
    assert plugin.export.recorded
    posts = [discourse._told(Words(1, "coach", 1, "<p>open</p>")), discourse._told(Words(2, "coach", 2, "<p>x</p>", more={"post_type": 4}))]
    topic = {"archetype": "regular", "post_stream": {"posts": posts}}
    page = Page(account.key, "web", f"{discourse.base}/t/spring/5.json", 200, {}, json.dumps(topic).encode(), datetime.now(UTC))
    read = plugin.export.recorded(page, account)
    assert read
    parsed = plugin.parse(read)
    assert [post.text for post in parsed.posts] == ["open"]
    assert [mark.problem.partition(":")[0] for mark in parsed.marked] == ["not-public"]
    private = json.dumps({**topic, "archetype": "private_message"}).encode()
    assert plugin.export.recorded(replace(page, body=private), account) is None


def test_discourse_users_that_are_gone_hidden_renamed_or_suspended(discourse: StandInDiscourse, kernel: Make) -> None:
    discourse.posts = [Words(1, "coach", 1, "<p>one</p>")]
    usual, codes = discourse.user, []
    for change in ({"suspended_till": "2027-01-01T00:00:00.000Z"}, {"profile_hidden": True}, {"username": "head_coach"}):
        discourse.user = {**usual, **change}
        with pytest.raises(AccountGone) as gone:
            kernel(key(discourse)).visit()
        codes.append(gone.value.code)
    assert codes == ["suspended", "private", "renamed"]
    discourse.user = usual
    with pytest.raises(PageError) as other:
        kernel(key(discourse)).visit({"id": "99", "software": "discourse"})
    assert other.value.code == "foreign-id"
    discourse.faults["/u/coach.json"] = 404, b'{"errors": ["No."], "error_type": "not_found"}'
    with pytest.raises(AccountGone) as missing:
        kernel(key(discourse)).visit()
    assert missing.value.code == "not-found"
    discourse.faults["/u/coach.json"] = 403, b'{"errors": ["No."], "error_type": "not_logged_in"}'
    with pytest.raises(AccessError):
        kernel(key(discourse)).visit()


def test_discourse_an_action_that_cannot_be_asked_for_is_marked(discourse: StandInDiscourse, kernel: Make) -> None:
    discourse.posts = [Words(1, "coach", 1, "<p>one</p>"), Words(2, "coach", 2, "<p>two</p>", topic="?")]  # type: ignore[arg-type]
    seen = kernel(key(discourse)).visit()
    assert seen.texts() == ["one"]
    assert [mark.where for mark in seen.marked] == ["user_actions[0]"]


def test_discourse_topics_that_the_user_began_are_read_by_their_place(discourse: StandInDiscourse, kernel: Make) -> None:
    discourse.posts = [Words(number, "coach", number, f"<p>{number}</p>", topic=number, place=1) for number in range(1, 5)]
    discourse.posts.append(Words(5, "coach", 5, "<p>5</p>", topic=1))
    seen = kernel(key(discourse)).visit()
    assert [(post.kind, post.text) for post in seen.posts[1:]] == [
        ("post", "Topic 4\n4"), ("reply", "5"), ("post", "Topic 3\n3"), ("post", "Topic 2\n2"), ("post", "Topic 1\n1"),
    ]
    assert not seen.marked


def test_discourse_a_topic_that_it_lists_and_does_not_show_costs_no_other(discourse: StandInDiscourse, kernel: Make) -> None:
    discourse.posts = [
        Words(1, "coach", 1, "<p>one</p>", topic=1, place=1), Words(2, "coach", 2, "<p>two</p>", topic=2),
        Words(3, "coach", 3, "<p>three</p>", topic=3),
    ]
    refused = json.dumps({"errors": ["No."], "error_type": "invalid_access"}).encode()
    discourse.faults["/posts/by_number/1/1.json"] = 403, refused
    discourse.faults["/t/2/posts.json"] = 404, refused.replace(b"invalid_access", b"not_found")
    seen = kernel(key(discourse)).visit()
    assert seen.texts() == ["three"]
    assert sorted(mark.where for mark in seen.sweep.marked) == ["/posts/by_number/1/1.json", "/t/2/posts.json"]


@pytest.mark.parametrize(("status", "kind", "code"), [(403, AccessError, "no-access"), (404, PageError, "http-404")])
def test_discourse_a_wall_before_a_topic_is_no_word_of_the_forum(
    discourse: StandInDiscourse, kernel: Make, status: int, kind: type[CollectError], code: str,
) -> None:
    discourse.posts = [Words(2, "coach", 2, "<p>two</p>", topic=2)]
    discourse.faults["/t/2/posts.json"] = status, b"<html>Are you a robot?</html>"
    with pytest.raises(kind) as wall:
        kernel(key(discourse)).visit()
    assert wall.value.code == code


def test_discourse_an_entry_that_is_none_costs_no_other(discourse: StandInDiscourse, kernel: Make) -> None:
    discourse.posts = [Words(number, "coach", number, f"<p>{number}</p>", topic=number) for number in range(1, 5)]
    fourth = {"action_type": 5, "post_id": 4, "topic_id": 4, "created_at": "2026-10-04T12:00:00Z"}
    say = discourse.say

    def with_one_that_is_none(path: str, query: Query) -> Answer:
        first = path == "/user_actions.json" and query["offset"] == ["0"]
        return (200, {"user_actions": [None, fourth]}) if first else say(path, query)

    discourse.say = with_one_that_is_none  # type: ignore[method-assign]
    seen = kernel(key(discourse)).visit()
    assert seen.texts() == ["4", "2", "1"], "the third stood where the one that is none stands"
    assert [mark.where for mark in seen.marked] == ["user_actions[0]"]


@pytest.mark.parametrize("odd", [{"title": 5}, {"bio_cooked": ["x"]}, {"created_at": "never"}])
def test_discourse_what_is_odd_about_a_profile_costs_no_post(discourse: StandInDiscourse, kernel: Make, odd: dict[str, Any]) -> None:
    discourse.posts = [Words(1, "coach", 1, "<p>one</p>")]
    discourse.user |= odd
    seen = kernel(key(discourse)).visit()
    assert seen.texts() == ["one"]
    assert [mark.where for mark in seen.marked] == ["user[0]"]


def test_discourse_lists_that_lead_back(discourse: StandInDiscourse, kernel: Make) -> None:
    discourse.posts = [Words(1, "coach", 1, "<p>one</p>")]
    again = [{"post_id": 1, "topic_id": 5, "created_at": "2026-10-01T12:00:00Z", "title": "x"}]
    discourse.faults["/user_actions.json"] = 200, json.dumps({"user_actions": again}).encode()
    with pytest.raises(PageError) as loop:
        kernel(key(discourse)).visit()
    assert loop.value.code == "cursor-loop"
    assert len(discourse.asked) < 10


def test_discourse_a_refusal_is_no_deletion(discourse: StandInDiscourse, kernel: Make) -> None:
    discourse.posts = [Words(1, "coach", 1, "<p>one</p>")]
    visits = kernel(key(discourse))
    post = visits.visit().posts[1]
    for status, body in ((404, b"<html>"), (403, b'{"error_type": "not_logged_in"}'), (200, b"{}"), (500, b"")):
        discourse.faults["/posts/1.json"] = status, body
        assert visits.look_up(post)[0].state == "unclear"
    discourse.faults["/posts/1.json"] = 403, b'{"errors": ["x"], "error_type": "invalid_access"}'
    assert visits.look_up(post)[0].state == "gone"


def test_misago_profile_attachments_and_what_is_hidden(stand_in_misago: StandInMisago, kernel: Make) -> None:
    attached = [{"filename": "map.png", "is_image": True, "url": {"index": "/a/map.png"}},
                {"filename": "plan.pdf", "is_image": False, "url": {"index": "/a/plan.pdf"}}]
    stand_in_misago.posts = [Words(1, "coach", 1, "<p>look</p>", more={"attachments": attached}),
                    Words(2, "coach", 2, "<p>hidden</p>", more={"is_hidden": True}),
                    Words(3, "coach", 3, "<p>odd</p>", more={"attachments": "none"})]
    seen = kernel(key(stand_in_misago)).visit()
    assert seen.posts[0].text == "Coach K.\nGo Lions"
    assert seen.posts[0].media[0].url == f"{stand_in_misago.base}/m/a.png"
    look = next(post for post in seen.posts if post.text == "look")
    assert [(item.type, item.url) for item in look.media] == [
        ("image", f"{stand_in_misago.base}/a/map.png"), ("file", f"{stand_in_misago.base}/a/plan.pdf"),
    ]
    assert sorted(mark.problem.partition(":")[0] for mark in seen.marked) == ["not-public", "schema"]
    assert "odd" in seen.texts(), "a part that cannot be read costs that part only"
    stand_in_misago.user = {**stand_in_misago.user, "slug": "head-coach"}
    with pytest.raises(AccountGone) as renamed:
        kernel(key(stand_in_misago)).visit()
    assert renamed.value.code == "renamed"
    stand_in_misago.faults["/api/users/12/"] = 404, b'{"detail": "Not found."}'
    with pytest.raises(AccountGone):
        kernel(key(stand_in_misago)).visit()


def test_misago_says_of_an_old_post_what_it_said_before(stand_in_misago: StandInMisago, kernel: Make) -> None:
    """The posts end lower than the threads: what is there below the window was read with its thread's title before."""
    places = {4: 2, 5: 1, 6: 2}
    stand_in_misago.posts = [
        Words(number, "coach", number, f"<p>{number}</p>", place=places.get(number, 1)) for number in range(1, 7)
    ]
    visits = kernel(key(stand_in_misago))
    first = visits.visit()
    for day in range(1, 7):
        again = visits.visit(first.cursor, datetime(2026, 10, day, tzinfo=UTC))
        assert again.by_id().items() <= first.by_id().items()
        assert numbers(again) == [str(number) for number in range(6, day - 1, -1)]


def test_phpbb_shows_a_window_of_the_whole_board(phpbb: StandInPhpBB, kernel: Make) -> None:
    phpbb.posts = [Words(number, "coach" if number % 2 else "other", number, f"<p>{number}</p>") for number in range(1, 6)]
    seen = kernel(key(phpbb)).visit()
    assert numbers(seen) == ["5", "3", "1"]
    assert seen.posts[0].text == "Re: Topic 5\n5", "who posted it and when is not the user's words"
    assert seen.sweep.bounded
    assert seen.sweep.covered_from == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert seen.cursor["software"] == "phpbb"


@pytest.mark.parametrize("end", [" " * 400_000 + "x", "<p>a<a mode=viewprofile" * 20_000 + "x", "<p>a<a " + "mode=viewprofile" * 20_000])
def test_a_long_post_on_a_board_costs_no_time(phpbb: StandInPhpBB, kernel: Make, end: str) -> None:
    # Were the end of it looked for in quadratic time, this would take minutes.
    phpbb.posts = [Words(1, "coach", 1, f'<p>one <a href="?mode=viewprofile">two</a></p>{end}')]
    assert len(kernel(key(phpbb)).visit().texts()) == 1


# -- which it is -----------------------------------------------------------------------------------------------------


def test_the_setting_says_what_a_forum_is(phpbb: StandInPhpBB, kernel: Make) -> None:
    host = urlsplit(phpbb.base).netloc
    for said in ("phpbb", {host: "phpbb"}):
        phpbb.asked.clear()
        kernel(key(phpbb), {"software": said}).visit()
        assert phpbb.asked == ["/feed.php"], "nothing is tried"
    with pytest.raises(CollectError) as wrong:
        kernel(key(phpbb), {"software": "nodebb"}).visit()
    assert wrong.value.code == "setting"
    phpbb.faults["/feed.php"] = 404, b"<html>"
    with pytest.raises(PageError) as unknown:
        kernel(key(phpbb)).visit()
    assert unknown.value.code == "unknown-forum"


@pytest.mark.parametrize("handle", ["forum.example/u/coach", "https://forum.example/", "https://forum.example/t/5", "ftp://f.example/u/x"])
def test_handles_that_name_no_user(kernel: Make, handle: str) -> None:
    with pytest.raises(CollectError) as wrong:
        kernel(f"forum:{handle}").visit()
    assert wrong.value.code == "bad-handle"


def test_a_forum_that_is_unwell(discourse: StandInDiscourse, kernel: Make) -> None:
    discourse.faults["/u/coach.json"] = 500, b""
    with pytest.raises(NetworkError):
        kernel(key(discourse)).visit()
    discourse.faults["/u/coach.json"] = 429, b'{"errors": ["slow down"], "error_type": "rate_limit"}'
    with pytest.raises(RateLimited):
        kernel(key(discourse)).visit()
