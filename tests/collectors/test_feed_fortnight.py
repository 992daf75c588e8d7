"""A feed over a fortnight, into an archive: WordPress (Debian) behind a server that a test lets lie."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.serving import Answer, Asked

from .answering import StandIn, serve
from .fortnight import Fortnight
from .pictures import png
from .test_feed import Blog

#: A feed is read without a credential: what a site hands out unasked is not kept either.
CANARY = "canary_feed_session_1d4e83"


@dataclass
class District:
    """A blog, visited once a day through what stands before its site."""

    blog: Blog
    site: StandIn
    days: Fortnight

    def states(self, made: Any) -> list[tuple[str, str]]:
        name = f"{self.days.account}#{made['guid']['rendered'].replace('&#038;', '&')}"
        return [(state, text.partition("\n")[0]) for state, text, _ in self.days.history(name)]

    def answers(self, answer: Answer | Callable[[Asked], Answer]) -> None:
        """What the feed answers from now on; the site's other pages stay as they are."""

        def instead(asked: Asked) -> Answer:
            if "feed" not in asked.single:
                return self.site.passed_on(asked)
            afresh = replace(asked, headers={name: value for name, value in asked.headers.items() if not name.startswith("if-")})
            return answer(afresh) if callable(answer) else answer

        self.site.answers = {"/": instead}

    def changed(self, change: Callable[[str], str]) -> None:
        """From now on something about the feed is changed."""

        def answer(asked: Asked) -> Answer:
            status, body, headers = self.site.passed_on(asked)
            return status, change(body.decode()).encode(), {"Content-Type": headers["Content-Type"]}

        self.answers(answer)


def ago(days: int) -> str:
    """As WordPress takes a time."""
    return f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%S}"


@pytest.fixture
def district(wordpress: str, tmp_path: Path) -> Iterator[District]:
    blog = Blog(wordpress)
    with serve() as site:
        site.real, site.adds = wordpress, {"Set-Cookie": f"session={CANARY}"}
        days = Fortnight(tmp_path, f"feed:{blog.url}", {}, {wordpress: site.base}, datetime.now(UTC))
        yield District(blog, site, days)


def test_a_fortnight_leaves_each_event_once(district: District, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    blog, days = district.blog, district.days
    picture = blog.call("post", "media", files={"file": ("square.png", png(230, 230, 20), "image/png")}, data={"alt_text": "Yellow square"})
    image = f'<p>words</p><img src="{picture["source_url"]}" alt="Yellow square"/>'
    first, second = blog.post("Oldest", date_gmt=ago(5)), blog.post("Menu", date_gmt=ago(4))
    third, fourth = blog.post("Trip", image, date_gmt=ago(3)), blog.post("Staff", date_gmt=ago(2))
    assert days.visit() == ("", 4, 0, 0)
    assert days.visit() == ("", 0, 0, 0), "nothing is twice"
    blog.call("post", f"posts/{third['id']}", json={"title": "Trip moved"})
    blog.call("delete", f"posts/{second['id']}")
    blog.call("post", f"posts/{fourth['id']}", json={"status": "private"})
    fifth = blog.post("Snow day")
    assert days.visit() == ("", 1, 1, 0), "that a host finds nothing may be over in an hour"
    district.changed(lambda text: text)  # no 304
    assert days.visit() == ("", 0, 0, 2), "deleted and made private: both are no longer there for anybody"
    district.site.answers = {}
    bad_days(district)
    states_of_the_feed(district)
    changed_feeds(district)
    blog.call("post", f"posts/{fourth['id']}", json={"status": "publish", "date_gmt": ago(2)})
    sixth = blog.post("Thank you")
    assert days.visit() == ("", 1, 1, 0), "what is public again is seen again"
    assert district.states(first) == [("new", "Oldest")]
    assert district.states(second) == [("new", "Menu"), ("gone", "Menu")]
    assert district.states(third) == [("new", "Trip"), ("edited", "Trip moved")]
    assert district.states(fourth) == [("new", "Staff"), ("gone", "Staff"), ("edited", "Staff")]
    assert district.states(fifth) == [("new", "Snow day")]
    assert district.states(sixth) == [("new", "Thank you")]
    days.check(CANARY, caplog.text)


def bad_days(district: District) -> None:
    """A site that is unwell, busy, cut off or leads back: each is named, and nothing is gone."""
    site = district.site
    loop = f'<atom:link rel="next" href="{district.blog.url.replace("&", "&amp;")}"/><generator>'
    cases: tuple[tuple[Answer | Callable[[Asked], Answer], str], ...] = (
        ((429, b"", {"Retry-After": "7200"}), "rate-limited"), ((429, b""), "rate-limited"), ((503, b"storm"), "server-error"),
        (lambda asked: (200, site.passed_on(asked)[1][:-200]), "truncated"), ((200, b""), "not-a-feed"),
        ((200, b'<!doctype html><title>Log in</title><input type="password">'), "login-page"),
        ((200, b'{"version": "https://jsonfeed.org/version/1.1", "title": "News"}'), "not-a-feed"),
    )
    for answer, code in cases:
        district.answers(answer)
        assert district.days.visit() == (code, 0, 0, 0)
    district.changed(lambda text: text.replace("<generator>", loop))
    assert district.days.visit() == ("cursor-loop", 0, 0, 0)
    site.answers = {}


def states_of_the_feed(district: District) -> None:
    """A feed behind a login, taken from the web, or that lies somewhere else now."""
    for answer, code in (((401, b"who are you?"), "no-access"), ((403, b"no"), "no-access"), ((404, b"none"), "not-found"),
                         ((410, b"gone"), "deleted"), ((302, b"", {"Location": "/wp-login.php"}), "login-page")):
        district.answers(answer)
        assert district.days.visit() == (code, 0, 0, 0)
    district.answers((301, b"", {"Location": "/news.xml"}))
    district.site.answers["/news.xml"] = lambda asked: district.site.passed_on(
        replace(asked, target=district.blog.url.removeprefix(district.site.real))
    )
    assert district.days.visit() == ("", 0, 0, 0), "under another address, the posts are the same"
    district.site.answers = {}


def changed_feeds(district: District) -> None:
    """What an item no longer says costs the others nothing, and what it says anew costs nothing."""
    days = district.days
    district.changed(lambda text: re.sub(r"<item>.*?</item>", "<item></item>", text, count=1, flags=re.DOTALL))
    assert days.visit() == ("", 0, 0, 0), "an item that says nothing is marked, and is not gone"
    assert len(days.outcomes[-1].marked) == 1
    for pattern in ("<pubDate>.*?</pubDate>", "<guid.*?</guid>"):
        district.changed(lambda text, pattern=pattern: re.sub(pattern, "", text))
        assert days.visit() == ("", 0, 0, 0), pattern
    district.changed(lambda text: text.replace("<item>", "<item><moon:phase xmlns:moon='urn:x'>full</moon:phase>"))
    assert days.visit() == ("", 0, 0, 0)
    district.site.answers = {}
