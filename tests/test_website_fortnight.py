"""A web site over a fortnight, through the whole kernel and an archive: every event once, nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from rollbook.archive.archive import Archive
from rollbook.archive.posts import versions
from rollbook.archive.verify import verify
from rollbook.collect import Outcome, Request, collect, parse_page
from rollbook.http import Door
from rollbook.init import Answers, lay
from rollbook.workspace import CollectSettings, Workspace, read_workspace

from .standin_site import StandInSite, serve

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
def district(tmp_path: Path, site: StandInSite) -> Workspace:
    list(lay(tmp_path / "district", Answers("Invented District", accounts=(f"website:{site.base}/",))))
    workspace = read_workspace(tmp_path / "district")
    return replace(workspace, collect=CollectSettings(30, "", (ip_network("127.0.0.0/8"),)))


def day(workspace: Workspace, site: StandInSite) -> tuple[Outcome, list[str]]:
    """One audit's visit, and what the site was asked for."""
    site.asked.clear()
    with Archive(workspace.archive, operator="test", parse=parse_page) as archive, Door(workspace.collect, archive) as door:
        (outcome,) = collect(workspace, archive, door, Request(), "run", sleep=lambda seconds: None)
        assert verify(archive, quick=False, now=datetime.now(UTC)).problems == ()
    return outcome, [path for path in site.asked if path not in ("/robots.txt", "/sitemap.xml", "/")]


def states(workspace: Workspace, site: StandInSite, path: str) -> list[tuple[str, str]]:
    with Archive(workspace.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        return [(item.state, item.post.text) for item in versions(connection, f"website:{site.base}{path}")]


def counts(outcome: Outcome) -> tuple[str, int, int, int]:
    return outcome.code, outcome.new, outcome.edited, outcome.gone


def test_a_fortnight(district: Workspace, site: StandInSite) -> None:
    first, asked = day(district, site)
    assert counts(first) == ("", 4, 0, 0)
    assert first.expected == 4
    assert asked == ["/staff", "/menu", "/lion.png", "/news"]
    quiet, asked = day(district, site)
    assert counts(quiet) == ("", 0, 0, 0)
    assert asked == ["/staff", "/menu", "/news"], "what is unchanged is not looked up"
    # An edit, a new page, one that left the sitemap and is there, one that is gone.
    site.page("/staff", "Ms. Elm", etag='"2"')
    site.page("/trip", "To the zoo")
    del site.answers["/news"]
    site.sitemap("/", "/staff", "/trip")
    changed, asked = day(district, site)
    assert counts(changed) == ("", 1, 1, 1)
    assert asked.count("/news") == 2, "gone needs two look-ups"
    assert states(district, site, "/staff") == [("new", "/staff\nMs. Oak"), ("edited", "/staff\nMs. Elm")]
    assert [state for state, _ in states(district, site, "/news")] == ["new", "gone"]
    assert [state for state, _ in states(district, site, "/menu")] == ["new"]
    assert counts(day(district, site)[0]) == ("", 0, 0, 0)
    # A bad day: the site is down half way, then robots.txt is, then it is a login.
    for path in ("/staff", "/trip", "/menu"):
        site.put(path, b"down", 500)
    bad, _ = day(district, site)
    assert counts(bad) == ("", 0, 0, 0)
    assert sum("server-error" in problem for problem in bad.marked) == 2, "of the two that are listed"
    site.robots("", 503)
    assert day(district, site)[0].code == "server-error"
    site.robots("", 404)
    home = site.answers["/"]
    site.put("/", b'<html><title>Log in</title><input type="password"></html>')
    assert day(district, site)[0].code == "login-page"
    # All is well again; a deleted page came back, an edit was undone.
    site.answers["/"] = home
    site.page("/staff", "Ms. Oak", etag='"3"')
    site.page("/trip", "To the zoo")
    site.page("/menu", 'Soup <img src="/lion.png" alt="A lion">', last_modified=LONG_AGO)
    site.page("/news", "Snow day")
    site.sitemap("/", "/staff", "/trip", "/menu", "/news")
    assert counts(day(district, site)[0]) == ("", 0, 2, 0)
    assert [text for _, text in states(district, site, "/staff")] == ["/staff\nMs. Oak", "/staff\nMs. Elm", "/staff\nMs. Oak"]
    assert [state for state, _ in states(district, site, "/news")] == ["new", "gone", "edited"]
    assert counts(day(district, site)[0]) == ("", 0, 0, 0)


def test_the_database_is_made_again_from_the_captures(district: Workspace, site: StandInSite) -> None:
    day(district, site)
    site.page("/staff", "Ms. Elm", etag='"2"')
    del site.answers["/news"]
    site.sitemap("/staff", "/menu")
    day(district, site)
    paths = ("/", "/#profile", "/staff", "/menu", "/news")
    before = {path: states(district, site, path) for path in paths}
    for file in district.archive.glob("index.sqlite3*"):
        file.unlink()
    assert {path: states(district, site, path) for path in paths} == before
    assert before["/news"][-1][0] == "gone"


def test_once_a_week_a_site_is_not_believed(
    district: Workspace, site: StandInSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    day(district, site)
    site.page("/staff", "Ms. Elm", etag='"1"')  # a content system that forgets to tell
    assert counts(day(district, site)[0]) == ("", 0, 0, 0)
    monkeypatch.setattr("collectors.website.BELIEVED", timedelta(0))
    assert counts(day(district, site)[0]) == ("", 0, 1, 0)
