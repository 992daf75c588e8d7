"""A web site over a fortnight, through the whole kernel and an archive: every event once, nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.standin_site import StandInSite, serve

from .fortnight import Fortnight

LONG_AGO = "Tue, 01 Sep 2026 12:00:00 GMT"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def site() -> Iterator[StandInSite]:
    with serve() as site:
        site.put("/lion.png", PICTURE, kind="image/png")
        site.page("/", "Welcome", title="Lincoln School")
        site.page("/staff", "Ms. Oak", etag='"1"')
        site.page("/menu", 'Soup <img src="/lion.png" alt="A lion">', last_modified=LONG_AGO)
        site.page("/news", "Snow day")
        site.sitemap("/", "/staff", "/menu", "/news")
        yield site


@pytest.fixture
def days(tmp_path: Path, site: StandInSite) -> Fortnight:
    return Fortnight(tmp_path, f"website:{site.base}/", first=datetime.now(UTC))


def day(days: Fortnight, site: StandInSite) -> tuple[tuple[str, int, int, int], list[str]]:
    """One day's visit, and what the site was asked for."""
    site.asked.clear()
    return days.visit(), [path for path in site.asked if path not in ("/robots.txt", "/sitemap.xml", "/")]


def states(days: Fortnight, site: StandInSite, path: str) -> list[tuple[str, str]]:
    return days.states()[f"website:{site.base}{path}"]


def test_a_fortnight(days: Fortnight, site: StandInSite) -> None:
    first, asked = day(days, site)
    assert first == ("", 4, 0, 0)
    assert days.outcomes[-1].expected == 4
    assert asked == ["/staff", "/menu", "/lion.png", "/news"]
    quiet, asked = day(days, site)
    assert quiet == ("", 0, 0, 0)
    assert asked == ["/staff", "/menu", "/news"], "what is unchanged is not looked up"
    # An edit, a new page, one that left the sitemap and is there, one that is gone.
    site.page("/staff", "Ms. Elm", etag='"2"')
    site.page("/trip", "To the zoo")
    del site.answers["/news"]
    site.sitemap("/", "/staff", "/trip")
    changed, asked = day(days, site)
    assert changed == ("", 1, 1, 0)
    assert asked.count("/news") == 1, "gone needs two look-ups, on two visits"
    assert day(days, site)[0] == ("", 0, 0, 1)
    assert states(days, site, "/staff") == [("new", "/staff\nMs. Oak"), ("edited", "/staff\nMs. Elm")]
    assert [state for state, _ in states(days, site, "/news")] == ["new", "gone"]
    assert [state for state, _ in states(days, site, "/menu")] == ["new"]
    assert day(days, site)[0] == ("", 0, 0, 0)
    # Bad days: the site is down half way, a page is cut off or leads round in a circle, another asks to wait.
    for path in ("/staff", "/trip", "/menu"):
        site.put(path, b"down", 500)
    assert day(days, site)[0] == ("", 0, 0, 0)
    assert sum("server-error" in problem for problem in days.outcomes[-1].marked) == 2, "of the two that are listed"
    site.put("/staff", b"<html><body>half a page", content_length="500")
    site.move("/trip", "/trip")
    assert day(days, site)[0] == ("", 0, 0, 0)
    assert [problem.partition(": ")[2].partition(":")[0] for problem in days.outcomes[-1].marked] == ["truncated", "redirects"]
    for headers in ({"retry_after": "7200"}, {}):
        site.put("/staff", b"later", 429, **headers)
        assert day(days, site)[0] == ("rate-limited", 0, 0, 0)
    # Then robots.txt is down, forbids all, or the home page is a login, shut, not there, gone for good, somebody else's.
    site.robots("", 503)
    assert day(days, site)[0] == ("server-error", 0, 0, 0)
    site.robots("User-agent: *\nDisallow: /")
    assert day(days, site)[0] == ("robots", 0, 0, 0)
    site.robots("", 404)
    home = site.answers["/"]
    for body, status, code in (
        (b'<html><title>Log in</title><input type="password"></html>', 200, "login-page"), (b"", 403, "no-access"),
        (b"", 404, "not-found"), (b"", 410, "deleted"), (b"", 503, "server-error"), (b"", 429, "rate-limited"),
    ):
        site.put("/", body, status)
        assert day(days, site)[0] == (code, 0, 0, 0)
    site.move("/", "https://elsewhere.example/")
    assert day(days, site)[0] == ("foreign-link", 0, 0, 0)
    site.move("/", "/")
    assert day(days, site)[0] == ("redirects", 0, 0, 0)
    # All is well again; a deleted page came back, an edit was undone, a page without a title or words is no trouble.
    site.answers["/"] = home
    site.page("/staff", "Ms. Oak", etag='"3"')
    site.page("/trip", "To the zoo")
    site.page("/menu", 'Soup <img src="/lion.png" alt="A lion">', last_modified=LONG_AGO)
    site.page("/news", "Snow day")
    site.put("/bare", b"<html><body><main><p>No title</p></main><x-of-tomorrow></x-of-tomorrow></body></html>")
    site.sitemap("/", "/staff", "/trip", "/menu", "/news", "/bare")
    assert day(days, site)[0] == ("", 1, 2, 0)
    assert [text for _, text in states(days, site, "/staff")] == ["/staff\nMs. Oak", "/staff\nMs. Elm", "/staff\nMs. Oak"]
    assert [state for state, _ in states(days, site, "/news")] == ["new", "gone", "edited"]
    assert day(days, site)[0] == ("", 0, 0, 0)
    days.check()


def test_an_hour_in_which_a_host_finds_nothing_is_no_deletion(days: Fortnight, site: StandInSite) -> None:
    name = f"website:{site.base}/news"
    days.on(0)
    news = site.answers.pop("/news")
    site.sitemap("/", "/staff", "/menu")
    assert [days.on(day).gone for day in (1, 1, 1)] == [0, 0, 0], "visits within an hour are one look"
    site.answers["/news"] = news
    assert days.on(2).gone == 0
    del site.answers["/news"]
    assert days.on(3).gone == 0, "it was there in between"
    site.put("/news", b"", 500)
    assert days.on(4).gone == 0
    site.put("/news", b"", 410)
    assert days.on(5).gone == 0, "a host that was unwell did not say so each time"
    assert days.on(6).gone == 1
    state, _, how = days.history(name)[-1]
    noted = days.first + timedelta(days=5)
    assert state == "gone"
    assert how.endswith(f"answered “HTTP 410 on {days.workspace.school_year.local(noted):%Y-%m-%d}”, and again “HTTP 410”")
    days.check()


def test_once_a_week_a_site_is_not_believed(
    days: Fortnight, site: StandInSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    days.visit()
    site.page("/staff", "Ms. Elm", etag='"1"')  # a content system that forgets to tell
    assert days.visit() == ("", 0, 0, 0)
    monkeypatch.setattr("collectors.website.BELIEVED", timedelta(0))
    assert days.visit() == ("", 0, 1, 0)
