"""The feed collector against WordPress and a site made by hugo (Debian), written to as their authors would."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from rollbook.errors import AccountGone, CollectError, PageError
from tests.standin_site import serve

from .pictures import png

Make = Callable[..., Any]
ADMIN = ("admin", "test test test test test test")
_numbers = itertools.count(1)


def json_feed(words: str, item: Mapping[str, Any] | None = None, **more: Any) -> bytes:
    """A JSON Feed of one item."""
    only = {"id": words, "content_text": words, "date_published": "2026-09-01T12:00:00Z", **(item or {})}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Lions", "items": [only], **more}).encode()


class Blog:
    """One category of the WordPress site, with a feed of its own, and what its author would do."""

    def __init__(self, base: str) -> None:
        self.base, self.name = base, f"class{next(_numbers)}"
        self.category = self.call("post", "categories", json={"name": self.name})["id"]
        self.url = f"{base}/?feed=rss2&cat={self.category}"

    def call(self, method: str, path: str, **more: Any) -> Any:
        answer = requests.request(method, f"{self.base}/wp-json/wp/v2/{path}", auth=ADMIN, timeout=60, **more)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, title: str, content: str = "<p>words</p>", **more: Any) -> Any:
        body = {"status": "publish", "title": title, "content": content, "categories": [self.category], **more}
        return self.call("post", "posts", json=body)


@pytest.fixture
def blog(wordpress: str) -> Blog:
    return Blog(wordpress)


def test_wordpress_whole_history_then_304_then_what_is_new(blog: Blog, kernel: Make, eventually: Make) -> None:
    for number in range(23):
        blog.post(f"News {number}", date_gmt=f"2026-09-{number + 1:02}T12:00:00")
    visits = kernel(f"feed:{blog.url}")
    first = visits.visit()
    assert [text.partition("\n")[0] for text in first.texts()] == [f"News {number}" for number in reversed(range(23))]
    assert first.sweep.bounded
    assert first.sweep.covered_from == datetime(2026, 9, 1, 12, tzinfo=UTC)
    assert not first.marked
    blog.post("Just now")
    assert "etag" not in visits.visit().cursor, "what changed in this second may change again in it"
    cursor = eventually(lambda: (now := visits.visit().cursor).get("etag") and now)
    window = datetime(2026, 9, 20, tzinfo=UTC)
    again = visits.visit(cursor, window)
    assert not again.pages
    assert (again.cursor, again.sweep.covered_from) == (cursor, None)
    blog.post("Dated back", date_gmt="2026-09-25T12:00:00")
    assert not visits.visit(cursor, window).pages, "WordPress does not tell of it"
    yesterday = (datetime.now(UTC) - timedelta(days=1, hours=1)).isoformat()
    third = visits.visit({**cursor, "read": yesterday}, window)
    assert len(third.pages) == 2, "down to the first page that is beyond the window"
    assert third.texts()[1].startswith("Dated back")


def test_wordpress_words_pictures_and_links(blog: Blog, kernel: Make) -> None:
    file = {"file": ("square.png", png(230, 230, 20), "image/png")}
    picture = blog.call("post", "media", files=file, data={"alt_text": "Yellow square"})
    tag = blog.call("post", "tags", json={"name": f"lions{blog.name}"})["id"]
    content = (
        '<p>Hello <a href="https://school.example/a">link</a> and <a href="mailto:x@lions.example">mail</a></p>'
        f'<ul><li>one</li><li>two</li></ul><img src="{picture["source_url"]}" alt="Yellow square"/>'
        '<p>last &amp; least</p>'
    )
    made = blog.post("Board meeting", content, tags=[tag])
    seen = kernel(f"feed:{blog.url}").visit()
    profile, post = seen.posts
    assert profile.kind == "profile"
    assert "District News" in profile.text
    assert post.text == "Board meeting\nHello link and mail\n\none\ntwo\n\nlast & least"
    assert post.url == made["link"]
    assert post.links == ("https://school.example/a", "mailto:x@lions.example")
    assert [(item.type, item.url, item.alt) for item in post.media] == [("image", picture["source_url"], "Yellow square")]
    assert f"lions{blog.name}" in post.hashtags
    assert post.id.startswith(f"feed:{blog.url}#http")
    atom = kernel(f"feed:{blog.url.replace('rss2', 'atom')}").visit().posts[-1]
    assert (atom.text, atom.links, atom.media, atom.url) == (post.text, post.links, post.media, post.url)


def test_wordpress_edit_and_deletion(blog: Blog, kernel: Make) -> None:
    kept, gone = blog.post("Kept"), blog.post("Gone")
    visits = kernel(f"feed:{blog.url}")
    first = visits.visit()
    blog.call("post", f"posts/{kept['id']}", json={"content": "<p>other words</p>"})
    blog.call("delete", f"posts/{gone['id']}")
    second = visits.visit({}, None)
    assert second.texts() == ["Kept\nother words"]
    before, missing = (next(post for post in first.posts if post.url == made["link"]) for made in (kept, gone))
    assert second.posts[-1].id == before.id
    found = visits.look_up(missing, before)
    assert [(presence.state, presence.how) for presence in found] == [
        ("gone", "HTTP 404"), ("here", "HTTP 200 at its address"),
    ]
    assert visits.plugin.parse(found[1].page).posts == ()


def test_hugo_posts_an_edit_and_a_removal(hugo: tuple[str, Path], kernel: Make, eventually: Make) -> None:
    base, folder = hugo
    visits = kernel(f"feed:{base}/index.xml")

    def write(name: str, title: str, text: str, day: int) -> None:
        words = f"---\ntitle: {title}\ndate: 2026-01-{day:02}T03:04:05Z\n---\n{text}\n"
        (folder / f"{name}.md").write_text(words, encoding="utf-8")

    def posts() -> dict[str, Any]:
        return {post.text.partition("\n")[0]: post for post in visits.visit().posts if "/posts/" in post.url}

    def once(*titles: str) -> dict[str, Any]:
        return eventually(lambda: (found := posts()) and {*titles} == {*found} - {"Posts"} and found)

    write("one", "Board meeting", "Hello [link](https://school.example/x)", 2)
    write("two", "Snow day", "Closed.", 3)
    found = once("Board meeting", "Snow day")
    assert found["Snow day"].created_at == datetime(2026, 1, 3, 3, 4, 5, tzinfo=UTC)
    assert found["Board meeting"].text == "Board meeting\nHello link"
    cursor = eventually(lambda: (now := visits.visit().cursor).get("modified") and now)
    assert not visits.visit(cursor).pages
    write("one", "Board meeting moved", "Hello again", 2)
    (folder / "two.md").unlink()
    left = once("Board meeting moved")
    assert left["Board meeting moved"].id == found["Board meeting"].id
    # "hugo server" goes on serving the page of a removed post: missing from the feed is not gone.
    assert [presence.state for presence in visits.look_up(*found.values())] == ["here", "here"]


def test_a_page_that_is_no_feed_and_one_that_is_not_there(
    wordpress: str, hugo: tuple[str, Path], kernel: Make
) -> None:
    with pytest.raises(CollectError) as page:
        kernel(f"feed:{wordpress}/").visit()
    assert page.value.code == "not-a-feed"
    with pytest.raises(CollectError) as login:
        kernel(f"feed:{wordpress}/wp-login.php").visit()
    assert login.value.code == "login-page"
    with pytest.raises(AccountGone) as nowhere:
        kernel(f"feed:{hugo[0]}/moved.xml").visit()
    assert nowhere.value.code == "not-found"
    for handle in ("ftp://school.example/feed", "https://[", "https://school.example:x/feed", "https:///feed"):
        with pytest.raises(CollectError) as wrong:
            kernel(f"feed:{handle}").visit()
        assert wrong.value.code == "bad-handle"


def test_a_feed_that_lies_on_another_host_is_read_to_its_end(kernel: Make) -> None:
    with serve() as site:
        moved = site.base.replace("127.0.0.1", "localhost")
        site.move("/feed", f"{moved}/feed.json")
        site.put("/feed.json", json_feed("new", next_url=f"{moved}/older.json"))
        site.put("/older.json", json_feed("old", next_url="https://elsewhere.example/oldest.json"))
        assert kernel(f"feed:{site.base}/feed").visit().texts() == ["new", "old"]


def test_a_feed_that_does_not_reach_back_to_the_last_visit_says_so(kernel: Make) -> None:
    with serve() as site:
        visits = kernel(f"feed:{site.base}/feed.json")
        site.put("/feed.json", json_feed("first"))
        first = visits.visit()
        assert not first.sweep.marked
        assert not visits.visit(first.cursor).sweep.marked
        site.put("/feed.json", json_feed("none", items=[]))
        empty = visits.visit(first.cursor)
        assert (empty.cursor, empty.sweep.marked) == (first.cursor, ())
        site.put("/feed.json", json_feed("third", item={"date_published": "2026-09-03T12:00:00Z"}))
        (mark,) = visits.visit(first.cursor).sweep.marked
        assert mark.problem.startswith("gap: its oldest item is from 2026-09-03 12:00 UTC, and the last visit read to 2026-09-01 12:00")


def test_unchanged_is_no_answer_to_who_did_not_ask_for_a_change(kernel: Make) -> None:
    with serve() as site:
        site.put("/feed.json", b"", 304)
        with pytest.raises(PageError) as odd:
            kernel(f"feed:{site.base}/feed.json").visit()
        assert odd.value.code == "http-304"


def test_what_is_odd_about_a_channel_or_a_picture_costs_no_words(kernel: Make) -> None:
    with serve() as site:
        site.put("/feed.json", json_feed("new", icon=False, language=["en"], item={"image": False}))
        seen = kernel(f"feed:{site.base}/feed.json").visit()
        assert seen.texts() == ["new"]
        assert [mark.where for mark in seen.marked] == ["items[0]", "feed", "feed"]
