"""The collector of WordPress sites against WordPress (Debian), written to as its authors would; then what none would say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError, RateLimited
from rollbook.formats import fingerprint
from tests.serving import serving

Make = Callable[..., Any]
ADMIN = ("admin", "test test test test test test")


class Site:
    """The WordPress site, and what its author would do."""

    def __init__(self, base: str) -> None:
        self.base, self.key = base, f"wordpress:{base}"

    def call(self, method: str, path: str, **more: Any) -> Any:
        answer = requests.request(method, f"{self.base}/wp-json/wp/v2/{path}", auth=ADMIN, timeout=60, **more)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, title: str, content: str = "<p>words</p>", kind: str = "posts", **more: Any) -> Any:
        return self.call("post", kind, json={"status": "publish", "title": title, "content": content, **more})

    def identity(self, made: Any) -> str:
        return f"{self.key}#{made['id']}"


@pytest.fixture
def site(wordpress: str) -> Site:
    return Site(wordpress)


def test_the_whole_history_then_what_is_new(site: Site, kernel: Make) -> None:
    made = [site.post(f"News {number}", date_gmt=f"2026-09-{number + 1:02}T12:00:00") for number in range(3)]
    page = site.post("Our staff", kind="pages")
    visits = kernel(site.key)
    first = visits.visit()
    posts = first.by_id()
    assert [posts[site.identity(one)].text for one in made] == [f"News {number}\nwords" for number in range(3)]
    assert posts[site.identity(page)].kind == "page"
    assert posts[site.identity(made[0])].created_at == datetime(2026, 9, 1, 12, tzinfo=UTC)
    assert first.sweep.covered_from.year == 1900
    assert first.sweep.expected == len(first.texts()), "posts and pages, as X-WP-Total says"
    assert not first.marked
    assert len(first.posts) == len(posts), "nothing is twice"
    new = site.post("Just now")
    second = visits.visit(first.cursor, datetime.now(UTC) - timedelta(days=2))
    assert site.identity(new) in second.by_id()
    assert second.cursor["newest"] > "2026-10"


def test_pages_of_a_long_list(site: Site, kernel: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.wordpress.POSTS", 2)
    made = [site.post(f"Long {number}") for number in range(5)]
    seen = kernel(site.key).visit()
    assert {site.identity(one) for one in made} <= set(seen.by_id())
    assert len(seen.posts) == len(seen.by_id())
    assert len([page for page in seen.pages if page.part == "posts"]) >= 3


def test_words_pictures_links_and_tags(site: Site, kernel: Make, picture: bytes) -> None:
    def upload(name: str, alt: str) -> Any:
        return site.call("post", "media", files={"file": (name, picture, "image/png")}, data={"alt_text": alt})

    above, inside = upload("above.png", "The gym"), upload("inside.png", "not shown here")
    tag = site.call("post", "tags", json={"name": "Go Lions & Bears"})["id"]
    content = (
        '<p>Hello <a href="https://school.example/a">link</a> &amp; <a href="mailto:x@lions.example">mail</a></p>'
        f'<ul><li>one</li><li>two</li></ul><img src="{inside["source_url"]}" alt="Green square"/>'
    )
    made = site.post("Board meeting &amp; vote", content, tags=[tag], featured_media=above["id"])
    post = kernel(site.key).visit().by_id()[site.identity(made)]
    assert post.text == "Board meeting & vote\nHello link & mail\n\none\ntwo"
    assert (post.url, post.kind, post.edited_at) == (made["link"], "post", None)
    assert post.links == ("https://school.example/a", "mailto:x@lions.example")
    assert post.hashtags == ("Go Lions & Bears",)
    assert [(item.type, item.url, item.alt) for item in post.media] == [
        ("image", above["source_url"], "The gym"), ("image", inside["source_url"], "Green square"),
    ]
    assert requests.get(post.media[0].url or "", timeout=20).content == picture


def test_an_edit_of_an_old_post_is_seen(site: Site, kernel: Make) -> None:
    old = site.post("Old news", date_gmt="2025-03-01T12:00:00")
    quiet = site.post("Quiet", date_gmt="2025-03-02T12:00:00")
    visits = kernel(site.key)
    first = visits.visit()
    site.call("post", f"posts/{old['id']}", json={"content": "<p>other words</p>"})
    window = datetime.now(UTC) - timedelta(days=1)
    # WordPress is asked for a day more than since the last change; here all of it is younger.
    cursor = {**first.cursor, "modified": (datetime.now(UTC) + timedelta(days=1, seconds=-2)).isoformat()}
    second = visits.visit(cursor, window)
    assert second.sweep.covered_from <= window
    edited = second.by_id()[site.identity(old)]
    assert edited.text == "Old news\nother words"
    assert fingerprint(edited) != fingerprint(first.by_id()[site.identity(old)])
    assert edited.edited_at > edited.created_at
    assert site.identity(quiet) not in second.by_id(), "what did not change is not asked for"


def test_trashed_deleted_and_private_posts_are_gone(site: Site, kernel: Make) -> None:
    kept, trashed, deleted, hidden = (site.post(name) for name in ("Kept", "Trashed", "Deleted", "Private"))
    page = site.post("A page", kind="pages")
    visits = kernel(site.key)
    first = visits.visit().by_id()
    site.call("delete", f"posts/{trashed['id']}")
    site.call("delete", f"posts/{deleted['id']}", params={"force": "true"})
    site.call("post", f"posts/{hidden['id']}", json={"status": "private"})
    site.call("delete", f"pages/{page['id']}")
    second = visits.visit().by_id()
    assert site.identity(kept) in second
    lost = (trashed, deleted, hidden, page)
    assert not {site.identity(one) for one in lost} & set(second)
    found = visits.look_up(*(first[site.identity(one)] for one in (*lost, kept)))
    assert [presence.state for presence in found] == ["gone", "gone", "gone", "gone", "here"]
    assert found[0].how == "HTTP 401 rest_forbidden, and the public list is without it"
    assert found[1].how == "HTTP 404 rest_post_invalid_id"
    assert all(presence.page for presence in found)
    assert visits.plugin.parse(found[4].page).posts == (second[site.identity(kept)],)


def test_the_sites_name_is_its_profile(site: Site, kernel: Make) -> None:
    site.call("post", "settings", json={"description": "News for families & friends"})
    profile = kernel(site.key).visit().posts[0]
    assert (profile.kind, profile.id) == ("profile", site.key)
    assert profile.text == "District News\nNews for families & friends"
    assert profile.url == site.base


def test_a_site_without_pretty_addresses(site: Site, kernel: Make) -> None:
    made = site.post("Plainly")
    visits = kernel(site.key)
    seen = visits.visit({"api": "/?rest_route="}, datetime.now(UTC) - timedelta(days=1))
    assert site.identity(made) in seen.by_id()
    assert seen.cursor["api"] == "/?rest_route="
    visits.settings = {}
    (found,) = list(visits.plugin.look_up(visits.asked(seen.cursor), [seen.by_id()[site.identity(made)]], visits.door))
    assert found.state == "here"


# -- what WordPress does not say of itself ---------------------------------------------------------------------------


class StandInWordPress:
    """A site of a few posts whose answers a test may change; it refuses what the REST API would refuse."""

    def __init__(self) -> None:
        self.base = ""
        self.posts: dict[int, dict[str, Any]] = {}
        self.faults: dict[str, tuple[int, Any, dict[str, str]]] = {}
        self.asked: list[str] = []

    def write(self, number: int, words: str, day: int, **more: Any) -> None:
        moment = datetime(2026, 10, day, 12, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S")
        self.posts[number] = {
            "id": number, "type": "post", "status": "publish", "link": f"https://site.example/{number}/",
            "date_gmt": moment, "modified_gmt": moment, "title": {"rendered": f"Day {day}"},
            "content": {"rendered": f"<p>{words}</p>", "protected": False}, **more,
        }

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        self.asked.append(path)
        if path in self.faults:
            return self.faults[path]
        if path == "/wp-json/":
            return 200, {"name": "Stand-in", "description": "", "home": self.base, "namespaces": ["wp/v2"]}, {}
        if path == "/wp-json/wp/v2/pages":
            return 200, [], {"X-WP-Total": "0", "X-WP-TotalPages": "0"}
        if path == "/wp-json/wp/v2/posts":
            return self._list(query)
        number = path.removeprefix("/wp-json/wp/v2/posts/")
        if number.isdigit() and int(number) in self.posts:
            return 200, self.posts[int(number)], {}
        return 404, {"code": "rest_post_invalid_id", "message": "Invalid post ID.", "data": {"status": 404}}, {}

    def _list(self, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        size, number = int(query.get("per_page", "10")), int(query.get("page", "1"))
        if not 1 <= size <= 100 or query.get("orderby", "date") not in ("id", "date", "modified"):
            return 400, {"code": "rest_invalid_param"}, {}
        after, before, changed = query.get("after", ""), query.get("before", "9"), query.get("modified_after", "")
        found = [post for _, post in sorted(self.posts.items(), reverse=True)
                 if after < f"{post['date_gmt']}Z" < before and f"{post['modified_gmt']}Z" > changed]
        last = -(-len(found) // size)
        if number > max(last, 1):
            return 400, {"code": "rest_post_invalid_page_number", "data": {"status": 400}}, {}
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(last)}
        return 200, found[(number - 1) * size : number * size], headers


@pytest.fixture
def stand_in() -> Iterator[StandInWordPress]:
    site = StandInWordPress()

    with serving(lambda asked: site.answer(asked.path, asked.single)) as site.base:
        yield site


def test_a_fortnight_of_events_each_once(stand_in: StandInWordPress, archived: Make) -> None:
    """Posts, edits, a deletion and bad days: what the archive and the completeness table have of it in the end."""
    days = archived(f"wordpress:{stand_in.base}", look_back_days=2)
    for number in range(1, 4):
        stand_in.write(number, f"words {number}", number)
    assert days.on(3).new == 3
    stand_in.write(1, "other words", 1, modified_gmt="2026-10-05T08:00:00")  # older than the days that are read again
    stand_in.write(4, "soon gone", 5)
    assert (found := days.on(5)).new == 1
    assert found.edited == 1
    index, posts = "/wp-json/", "/wp-json/wp/v2/posts"
    again = {"X-WP-Total": "900", "X-WP-TotalPages": "9"}
    bad_days: list[tuple[str, tuple[int, Any, dict[str, str]], str]] = [
        (posts, (503, b"storm", {}), "server-error"), (posts, (429, {"code": "x"}, {}), "rate-limited"),
        (posts, (429, {"code": "x"}, {"Retry-After": "7200"}), "rate-limited"), (posts, (200, b'[{"id": 1', {}), "truncated"),
        (posts, (401, {"code": "rest_disabled"}, {}), "rest-off"), (posts, (200, {"code": "x", "message": "later"}, {}), "schema"),
        (posts, (200, [stand_in.posts[4]], again), "cursor-loop"), (posts, (200, {}, {}), "schema"),
        # The host has shut the site, its owner keeps it for those who log in, or another program stands there.
        (index, (410, b"", {}), "deleted"), (index, (200, b'<html><title>Log in</title><input type="password">', {}), "login-page"),
        (index, (200, {"name": "x", "namespaces": ["other/v1"]}, {}), "schema"),
    ]
    for path, bad_day, code in bad_days:
        stand_in.faults = {path: bad_day} | ({"/": bad_day} if code == "login-page" else {})
        bad = days.on(6)
        assert (bad.code, bad.new, bad.edited, bad.gone) == (code, 0, 0, 0)
    stand_in.faults = {"/wp-json/wp/v2/pages": (503, b"storm", {})}
    stand_in.write(6, "a field is new", 6, mood="new")
    assert (half := days.on(6)).code == "server-error"
    assert half.new == 1, "the posts were taken in before the pages failed"
    stand_in.faults.clear()
    stand_in.write(5, "a field is missing", 6, title=None)
    del stand_in.posts[4]
    found = days.on(6)
    assert (found.new, found.gone, len(found.marked)) == (0, 1, 1)
    stand_in.write(7, "dated back", 7, date_gmt="2026-10-02T08:00:00", modified_gmt="2026-10-08T08:00:00")
    assert days.on(8).new == 1
    assert (found := days.on(9)).new == found.edited == found.gone == 0
    assert days.states() == {
        "1": [("new", "Day 1\nwords 1"), ("edited", "Day 1\nother words")], "2": [("new", "Day 2\nwords 2")],
        "3": [("new", "Day 3\nwords 3")], "4": [("new", "Day 5\nsoon gone"), ("gone", "Day 5\nsoon gone")],
        "6": [("new", "Day 6\na field is new")], "7": [("new", "Day 7\ndated back")],
    }
    days.check()


def test_a_clock_that_runs_ahead_hides_no_later_change(stand_in: StandInWordPress, kernel: Make) -> None:
    stand_in.write(1, "old words", 1, modified_gmt="2099-01-01T00:00:00")
    visits = kernel(f"wordpress:{stand_in.base}")
    ahead = visits.visit().cursor
    assert ahead["modified"] <= datetime.now(UTC).isoformat()
    stand_in.write(1, "new words", 1, modified_gmt=(datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S"))
    assert visits.visit(ahead, datetime.now(UTC) + timedelta(days=2)).texts() == ["Day 1\nnew words"]


@pytest.mark.parametrize("odd", ["9" * 5000, "-1", "two", "\u00b2", ""])
def test_a_number_of_pages_that_is_none_is_not_gone_by(stand_in: StandInWordPress, kernel: Make, odd: str) -> None:
    stand_in.write(1, "one", 1)
    stand_in.faults["/wp-json/wp/v2/posts"] = (200, [stand_in.posts[1]], {"X-WP-Total": odd, "X-WP-TotalPages": odd})
    assert len(kernel(f"wordpress:{stand_in.base}").visit().texts()) == 1


def test_what_is_odd_about_a_sites_name_costs_no_post(stand_in: StandInWordPress, kernel: Make) -> None:
    stand_in.write(1, "one", 1)
    stand_in.faults["/wp-json/"] = (200, {"name": False, "description": "", "home": stand_in.base, "namespaces": ["wp/v2"]}, {})
    seen = kernel(f"wordpress:{stand_in.base}").visit()
    assert len(seen.texts()) == 1
    assert [mark.where for mark in seen.marked] == ["profile[0]"]


def test_a_site_that_leads_in_circles(stand_in: StandInWordPress, kernel: Make) -> None:
    stand_in.write(1, "again", 1)
    listed = [200, [stand_in.posts[1]], {"X-WP-Total": "900", "X-WP-TotalPages": "9"}]
    stand_in.faults["/wp-json/wp/v2/posts"] = tuple(listed)  # type: ignore[assignment]
    with pytest.raises(PageError) as loop:
        kernel(f"wordpress:{stand_in.base}").visit()
    assert loop.value.code == "cursor-loop"
    assert len(stand_in.asked) < 6


def test_words_behind_a_password_are_not_read_though_a_login_shows_them(stand_in: StandInWordPress, kernel: Make) -> None:
    stand_in.write(1, "Grades", 1)
    stand_in.posts[1]["content"]["protected"] = True
    assert kernel(f"wordpress:{stand_in.base}").visit().texts() == [stand_in.posts[1]["title"]["rendered"]]


@pytest.mark.parametrize(("status", "body"), [
    (401, {"code": "rest_not_logged_in"}), (403, b"<html>Forbidden</html>"), (404, b"<!doctype html><h1>Not here</h1>"),
])
def test_where_the_api_is_off_the_feed_is_named(stand_in: StandInWordPress, kernel: Make, status: int, body: Any) -> None:
    for path in ("/wp-json/", "/"):
        stand_in.faults[path] = (status, body, {})
    with pytest.raises(AccessError, match=f"feed:{stand_in.base}/feed/") as off:
        kernel(f"wordpress:{stand_in.base}").visit()
    assert off.value.code == "rest-off"


def test_sites_that_are_gone_or_unwell_or_no_site(stand_in: StandInWordPress, kernel: Make) -> None:
    visits = kernel(f"wordpress:{stand_in.base}")
    stand_in.faults["/wp-json/"] = (410, b"", {})
    with pytest.raises(AccountGone):
        visits.visit()
    stand_in.faults["/wp-json/"] = (500, b"", {})
    with pytest.raises(NetworkError):
        visits.visit()
    stand_in.faults["/wp-json/"] = (429, b"", {"Retry-After": "3600"})
    with pytest.raises(RateLimited):
        visits.visit()
    for handle in ("site.example", "https://[", "https://site.example:x"):
        with pytest.raises(CollectError) as wrong:
            kernel(f"wordpress:{handle}").visit()
        assert wrong.value.code == "bad-handle"


@pytest.mark.parametrize("deleted", [[7], [7, 6, 5], [8, 7, 6, 5, 4], [1], []])
def test_posts_deleted_while_the_list_is_read_hide_no_others(
    stand_in: StandInWordPress, kernel: Make, monkeypatch: pytest.MonkeyPatch, deleted: list[int]
) -> None:
    monkeypatch.setattr("collectors.wordpress.POSTS", 2)
    for number in range(1, 10):
        stand_in.write(number, f"words {number}", number)
    visits, asked = kernel(f"wordpress:{stand_in.base}"), StandInWordPress.answer

    def answer(path: str, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        if query.get("page") == "4" and deleted:
            for number in deleted:
                stand_in.posts.pop(number, None)
        return asked(stand_in, path, query)

    monkeypatch.setattr(stand_in, "answer", answer)
    read = {post.id.rpartition("#")[2] for post in visits.visit().posts if post.kind != "profile"}
    assert read >= {str(number) for number in stand_in.posts}


def test_a_shut_api_is_no_deletion(stand_in: StandInWordPress, kernel: Make) -> None:
    stand_in.write(1, "still here", 1)
    visits = kernel(f"wordpress:{stand_in.base}")
    (post,) = [post for post in visits.visit().posts if post.kind != "profile"]
    shut = (401, {"code": "rest_forbidden"}, dict[str, str]())
    stand_in.faults["/wp-json/wp/v2/posts/1"] = shut
    assert visits.look_up(post)[0].state == "unclear", "the public list has it"
    stand_in.faults["/wp-json/wp/v2/posts"] = shut
    assert visits.look_up(post)[0].state == "unclear", "nothing is shown to anybody"
    stand_in.faults["/wp-json/wp/v2/posts/1"] = (404, b"<html>", {})
    assert visits.look_up(post)[0].state == "unclear"
