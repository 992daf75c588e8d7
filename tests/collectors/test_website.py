"""The website collector against a stand-in site that misbehaves on request, and a real one made by hugo (Debian)."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError, RateLimited
from rollbook.pages import BEGINNING
from rollbook.site import LONGEST_DELAY_S, REDIRECTS, SITEMAPS, Border
from rollbook.sitemaps import SITEMAP_BYTES, SITEMAP_ENTRIES, read_sitemap
from rollbook.types import Page
from rollbook.webpage import read_webpage
from tests.standin_site import StandInSite, serve, sitemap

Make = Callable[..., Any]
LONG_AGO = "Tue, 01 Sep 2026 12:00:00 GMT"


@pytest.fixture
def site() -> Iterator[StandInSite]:
    with serve() as site:
        site.page("/", "<p>Welcome</p>", title="Lincoln School")
        yield site


@pytest.fixture
def visits(site: StandInSite, kernel: Make) -> Any:
    return kernel(f"website:{site.base}/")


def marks(seen: Any) -> list[str]:
    """What could not be read, wherever it is told."""
    return [mark.problem for mark in (*seen.marked, *seen.sweep.marked)]


# -- what a page says --------------------------------------------------------------------------------------------


def test_pages_of_the_sitemap_with_their_words_links_and_pictures(site: StandInSite, visits: Any) -> None:
    description = '<meta name="description" content="The lions of Elm Street.">'
    site.page("/", "<p>Welcome</p>", title="Lincoln School", head=description)
    site.page("/staff", (
        '<h1>Staff</h1><p>Write to <a href="mailto:info@school.example">the office</a> or see <a href="news?id=2#top">news</a>.</p>'
        '<img src="lion.jpg" alt="A lion"><img src="data:image/gif;base64,R0" data-src="/late.png" alt="">'
    ), title="Staff &amp; friends")
    site.sitemap("/", "/staff", "/staff#again", "/list.pdf")
    seen = visits.visit()
    profile, home, staff = seen.posts
    assert (profile.id, profile.kind) == (f"website:{site.base}/#profile", "profile")
    assert profile.text == "Lincoln School\nThe lions of Elm Street."
    assert (home.id, home.kind) == (f"website:{site.base}/", "page")
    assert home.text == "Lincoln School\nWelcome\n\nLincoln School, 1 Elm Street", "what stands around is read once, here"
    assert (staff.url, staff.lang) == (f"{site.base}/staff", "en-US")
    assert staff.text == "Staff & friends\nStaff\n\nWrite to the office or see news."
    assert staff.links == ("mailto:info@school.example", f"{site.base}/news?id=2#top")
    assert [(item.url, item.alt) for item in staff.media] == [(f"{site.base}/lion.jpg", "A lion"), (f"{site.base}/late.png", None)]
    assert seen.sweep.covered_from == BEGINNING
    assert seen.sweep.expected == 2
    assert not marks(seen)
    assert site.asked == ["/robots.txt", "/", "/sitemap.xml", "/staff"]


@pytest.mark.parametrize(("body", "says"), [
    ('<body><header>Lions</header><nav>Menu</nav><div><p>Snow day</p></div><footer>Elm</footer></body>', "Snow day"),
    ('<body><div role="banner">Lions</div><div role="navigation"><div>Menu</div></div><div role="main">Snow day</div></body>', "Snow day"),
    ("<body><nav>Menu<div>Snow day</div></body>", "Menu\nSnow day"),
    ("<body><nav>Menu</nav></body>", "Menu"),
    ("<body><header>Lions</header></body>", "Lions"),
    ("<article><header><h1>Snow day</h1></header>Closed<footer>by the office</footer></article>", "Snow day\n\nClosed\nby the office"),
    ("<main></main><p>Snow day</p><script>document.write('<nav>')</script><style>p{}</style>", "Snow day"),
    ("<main>a &lt;b&gt; &amp; c</main>", "a <b> & c"),
    ("<main><img src=/a.png></main><p>Menu</p>", ""),
    ("<main><p>Snow</p><script>if(a<!b){x()}</script><p>day</p></main>", "Snow\n\nday"),
])
def test_a_pages_own_words(body: str, says: str) -> None:
    assert read_webpage(web_page(f"<html>{body}</html>".encode())).own.text == says


def test_a_page_says_where_it_is_not_read_whole() -> None:
    pasted = b'<html><main>Snow<img src="data:image/png;base64,' + b"A" * 1_000_000 + b'">day'
    assert (read_webpage(web_page(pasted)).own.text, read_webpage(web_page(pasted)).odd) == ("Snowday", "")
    long = read_webpage(web_page(b"<html><main>" + b"word " * 200_001))
    assert "the rest was not read" in long.odd
    structured = b'<html><script type="application/ld+json">{"sameAs": "https://x.com/a<!--b"}</script><main>Snow day</main>'
    found = read_webpage(web_page(structured))
    assert (found.accounts, found.own.text) == (("https://x.com/a<!--b",), "Snow day")


def web_page(body: bytes, kind: str = "text/html") -> Page:
    url = "https://school.example/a"
    return Page("website:https://school.example/", "page", url, 200, {"content-type": kind}, body, datetime(2026, 10, 5, tzinfo=UTC))


@pytest.mark.parametrize(("body", "kind", "odd"), [
    ("<p>Señor, “café”</p>".encode(), "text/html", False),
    ("<p>Señor, “café”</p>".encode(), "text/html; charset=iso-8859-1", False),
    ("<p>Señor, “café”</p>".encode("windows-1252"), "text/html; charset=ISO-8859-1", False),
    ('<meta charset="windows-1252"><p>Señor, “café”</p>'.encode("windows-1252"), "", False),
    ("<p>Señor, “café”</p>".encode("windows-1252"), "text/html; charset=utf-8", True),
    ("<p>Señor, “café”</p>".encode("windows-1252"), "text/html; charset=nonsense", True),
    ("\ufeff<p>Señor, “café”</p>".encode("utf-16-le"), "text/html", False),
])
def test_encodings(body: bytes, kind: str, odd: bool) -> None:
    found = read_webpage(web_page(body, kind))
    assert found.own.text == "Señor, “café”"
    assert ("read as windows-1252" in found.odd) == odd


def test_a_page_of_scripts_is_said_to_be_one(site: StandInSite, visits: Any) -> None:
    site.put("/app", b'<html><head><title>App</title></head><body><div id="root"></div><script>go()</script></body></html>')
    site.sitemap("/app")
    seen = visits.visit()
    assert seen.posts[-1].text == "App"
    assert "before its scripts run" in marks(seen)[0]


def test_a_hostile_page_costs_no_time() -> None:
    began = time.thread_time()  # of this thread alone: other programs may be at work
    for piece in (b"<nav>", b"<div role=main>", b"<!--", b"<a <", b"</main>", b"<p"):
        read_webpage(web_page(b"<html>" + piece * (300_000 // len(piece))))
    assert time.thread_time() - began < 10


def test_pages_that_differ_by_what_others_call_a_secret(site: StandInSite, visits: Any) -> None:
    paths = ("/p?key=staff", "/p?key=clubs", "/doc?token=a1b2c3d4e5f6a7b8c9")
    for path in paths:
        site.page(path, f'words of {path} <a href="/doc?token=a1b2c3d4e5f6a7b8c9">minutes</a>')
    site.sitemap(*paths)
    posts = visits.visit().posts[2:]
    assert [post.id for post in posts] == [f"website:{site.base}{path}" for path in paths]
    assert {post.links for post in posts} == {(f"{site.base}{paths[2]}",)}
    assert [presence.state for presence in visits.look_up(*posts)] == ["here", "here", "here"]


# -- robots.txt --------------------------------------------------------------------------------------------------


def test_what_robots_forbid_is_not_read(site: StandInSite, visits: Any) -> None:
    site.robots("User-agent: *\nDisallow: /\n\nUser-agent: rollbook\nDisallow: /private\nAllow: /private/menu\n")
    for path in ("/private/a", "/private/menu", "/b"):
        site.page(path, path)
    site.sitemap("/private/a", "/private/menu", "/b", "/b/../private/a", "/b/%2e%2e/private/a")
    seen = visits.visit()
    assert {post.url for post in seen.posts} == {f"{site.base}{path}" for path in ("/", "/private/menu", "/b")}
    assert "/private/a" not in site.asked
    assert marks(seen) == ["pages that the site lists and its robots.txt forbids: 1"]
    private = seen.by_id()[f"website:{site.base}/b"]
    site.robots("User-agent: *\nDisallow: /b")
    (found,) = visits.look_up(private)
    assert found.state == "unclear"
    assert "robots.txt" in found.how


def test_a_site_that_forbids_everything(site: StandInSite, visits: Any) -> None:
    site.robots("User-agent: *\nDisallow: /")
    with pytest.raises(PageError) as refused:
        visits.visit()
    assert refused.value.code == "robots"
    assert site.asked == ["/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 204])
def test_robots_that_are_not_there_forbid_nothing(site: StandInSite, visits: Any, status: int) -> None:
    site.robots("User-agent: *\nDisallow: /" if status != 204 else "", status)
    assert len(visits.visit().posts) == 2


@pytest.mark.parametrize(("status", "kind"), [(500, NetworkError), (503, NetworkError), (429, RateLimited)])
def test_robots_that_cannot_be_read_forbid_everything(site: StandInSite, visits: Any, status: int, kind: type[CollectError]) -> None:
    site.robots("", status)
    with pytest.raises(kind) as refused:
        visits.visit()
    assert set(site.asked) == {"/robots.txt"}
    assert "robots.txt" in str(refused.value)


def test_robots_that_lead_elsewhere_or_in_a_circle(site: StandInSite, visits: Any) -> None:
    site.move("/robots.txt", "/rules.txt")
    site.put("/rules.txt", b"User-agent: *\nDisallow: /no", kind="text/plain")
    site.page("/no", "No")
    site.sitemap("/no")
    assert len(visits.visit().posts) == 2, "a redirect on the site is followed"
    for target in ("/robots.txt", "https://elsewhere.example/robots.txt"):
        site.asked.clear()
        site.move("/robots.txt", target)
        with pytest.raises(PageError) as refused:
            visits.visit()
        assert refused.value.code == "robots"
        assert site.asked == ["/robots.txt"]


def test_a_crawl_delay_is_kept(site: StandInSite, visits: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    site.robots("User-agent: *\nCrawl-delay: 0.15")
    site.page("/a", "A")
    site.sitemap("/a")
    began = time.monotonic()
    visits.visit()
    assert time.monotonic() - began >= 0.45, "home page, sitemap and one page each wait"
    asked: list[float] = []
    monkeypatch.setattr(visits.door, "slow_down", lambda host, seconds: asked.append(seconds))
    site.robots("User-agent: *\nCrawl-delay: 86400")
    visits.visit()
    assert asked == [LONGEST_DELAY_S]


# -- sitemaps ----------------------------------------------------------------------------------------------------


def test_an_index_packed_sitemaps_and_those_of_robots(site: StandInSite, visits: Any) -> None:
    site.robots(f"Sitemap: {site.base}/maps/index.xml\nSitemap: https://elsewhere.example/sitemap.xml\nSitemap: /list.txt\n")
    parts = (f"{site.base}/maps/{name}" for name in ("a.xml.gz", "index.xml", "gone.xml", "page.html"))
    site.put("/maps/index.xml", sitemap(*parts, root="sitemapindex", item="sitemap"))
    site.put("/maps/a.xml.gz", gzip.compress(sitemap(f"{site.base}/a", f"{site.base}/b")), kind="application/gzip")
    site.put("/maps/page.html", b"<html><body>Map</body></html>")
    site.put("/list.txt", f"{site.base}/c\n{site.base}/a\n".encode(), kind="text/plain")
    for path in ("/a", "/b", "/c"):
        site.page(path, path)
    seen = visits.visit()
    assert [post.text for post in seen.posts[2:]] == ["/c", "/a", "/b"]
    assert sorted(problem.partition(":")[0] for problem in marks(seen)) == ["foreign-link", "http-404", "sitemap"]
    assert site.asked.count("/maps/index.xml") == 1


def test_a_sitemap_that_turned_into_a_page_or_one_too_many_proves_nothing(site: StandInSite, visits: Any) -> None:
    site.page("/a", "A")
    site.put("/one.xml", sitemap(f"{site.base}/a"))
    site.page("/two.xml", "An error occurred")
    index = [f"{site.base}/{name}.xml" for name in ("one", "two")]
    site.put("/sitemap.xml", sitemap(*index, root="sitemapindex", item="sitemap"))
    assert visits.visit().sweep.covered_from is None
    site.put("/two.xml", sitemap(f"{site.base}/a"))
    assert visits.visit().sweep.covered_from == BEGINNING
    index = [f"{site.base}/one.xml?{number}" for number in range(SITEMAPS)]
    for number in range(SITEMAPS):
        site.put(f"/one.xml?{number}", sitemap(f"{site.base}/a"))
    site.put("/sitemap.xml", sitemap(*index, root="sitemapindex", item="sitemap"))
    seen = visits.visit()
    assert seen.sweep.covered_from is None
    assert "more than 50 sitemaps" in marks(seen)[0]


@pytest.mark.parametrize(("body", "urls", "problem"), [
    (sitemap("https://a.example/1", changed="2026-09-01"), 1, ""),
    (sitemap("https://a.example/1", "https://a.example/?a=1&b=2")[:-20], 2, "cut off"),
    (gzip.compress(sitemap(*(f"https://a.example/{n}" for n in range(50))))[:-60], None, "cut off"),
    (b"\x1f\x8bnot gzip", 0, "cannot be undone"),
    (b"", 0, "no sitemap"),
    (b"<html><body>Not here</body></html>", 0, "no sitemap"),
    (b'<s:urlset xmlns:s="x"><s:url><s:loc><![CDATA[https://a.example/?a=1&b=2]]></s:loc></s:url></s:urlset>', 1, ""),
    (b"<urlset><url><image:image><image:loc>https://a.example/x.png</image:loc></image:image><loc> https://a.example/1 </loc></url></urlset>", 1, ""),
    (b"<urlset><url></url><url><lastmod>2026</lastmod></url></urlset>", 0, ""),
    (b"<urlset/>", 0, ""),
    (b"\xef\xbb\xbfhttps://a.example/1\r\nhttps://a.example/2\r\n", 2, ""),
])
def test_sitemaps_as_they_are_found(body: bytes, urls: int | None, problem: str) -> None:
    found = read_sitemap(web_page(body))
    assert urls is None or len(found.pages) == urls
    assert all(place.url.startswith("https://a.example/") for place in found.pages)
    assert problem in found.problem
    assert bool(problem) == bool(found.problem)


def test_a_huge_sitemap_and_one_that_swells(site: StandInSite, kernel: Make) -> None:
    many = sitemap(*(f"{site.base}/{number}" for number in range(SITEMAP_ENTRIES + 1)))
    assert "more than 50,000" in read_sitemap(web_page(many)).problem
    bomb = gzip.compress(b"<urlset>" + b" " * (SITEMAP_BYTES + 10), 9)
    assert "larger than" in read_sitemap(web_page(bomb)).problem
    for number in range(4):
        site.page(f"/{number}", f"Page {number}")
    site.sitemap("/0", "/1", "/2", "/3")
    seen = kernel(f"website:{site.base}/", {"limit": 2}).visit()
    assert [post.text for post in seen.posts[2:]] == ["/0\nPage 0", "/1\nPage 1"]
    assert seen.sweep.expected == 5
    assert "2 pages were not read yet" in marks(seen)[0]
    rest = kernel(f"website:{site.base}/", {"limit": 2}).visit(seen.cursor)
    assert [post.text for post in rest.posts[2:]] == ["/2\nPage 2", "/3\nPage 3"], "those that were not read come first"
    assert rest.sweep.present == {f"website:{site.base}/0", f"website:{site.base}/1"}, "they are listed: not missing"
    assert not marks(rest)
    long_ago = (datetime.now(UTC) - timedelta(days=30)).isoformat()
    late = kernel(f"website:{site.base}/", {"limit": 2}).visit({**seen.cursor, "whole": long_ago})
    assert late.posts[2].text == "/2\nPage 2", "a site is read to its end before it is read again"


@pytest.mark.parametrize(("body", "status"), [(b"", 500), (b"<urlset><url><loc>http://", 200), (b"", 403)])
def test_what_a_broken_sitemap_leaves_out_is_not_missing(site: StandInSite, visits: Any, body: bytes, status: int) -> None:
    site.put("/sitemap.xml", body, status)
    seen = visits.visit()
    assert seen.sweep.covered_from is None
    assert marks(seen)


@pytest.mark.parametrize("listed", ["/map.xml", "http://[bad"])
def test_a_sitemap_that_robots_name_and_that_is_not_there_proves_nothing(site: StandInSite, visits: Any, listed: str) -> None:
    site.robots(f"Sitemap: {listed}\nSitemap: /index.xml")
    site.put("/index.xml", sitemap(f"{site.base}/gone.xml", "http://[bad", root="sitemapindex", item="sitemap"))
    seen = visits.visit()
    assert seen.sweep.covered_from is None
    assert {post.url for post in seen.posts} == {f"{site.base}/"}


def test_a_packed_list_that_swells_costs_no_memory() -> None:
    body = gzip.compress(b"ab " * (SITEMAP_BYTES // 3))
    tracemalloc.start()
    try:
        assert read_sitemap(web_page(body)).problem
        assert tracemalloc.get_traced_memory()[1] < 4 * SITEMAP_BYTES
    finally:
        tracemalloc.stop()


def test_the_last_changed_come_first(site: StandInSite, kernel: Make) -> None:
    old, new = (sitemap(f"{site.base}/{name}", changed=changed) for name, changed in (("old", "2020-01-01"), ("new", "2026-09-01T10:00:00Z")))
    site.robots("Sitemap: /1.xml\nSitemap: /2.xml")
    site.put("/1.xml", old)
    site.put("/2.xml", new)
    site.page("/old", "Old")
    site.page("/new", "New")
    assert kernel(f"website:{site.base}/", {"limit": 1}).visit().posts[-1].url == f"{site.base}/new"


def test_without_a_sitemap_the_home_pages_links_and_a_list_of_the_workspace(site: StandInSite, kernel: Make) -> None:
    site.page("/", '<a href="/a">A</a><a href="//elsewhere.example/">E</a><a href="/b.pdf">B</a><a href="http://[">?</a>')
    for path in ("/a", "/c"):
        site.page(path, path)
    seen = kernel(f"website:{site.base}/").visit()
    assert [post.text for post in seen.posts[2:]] == ["/a"]
    assert "none could be read" in marks(seen)[0]
    assert seen.sweep.covered_from is None, "an earlier visit may have had a sitemap"
    assert kernel(f"website:{site.base}/").visit(seen.cursor).sweep.covered_from == BEGINNING
    listed = kernel(f"website:{site.base}/", {"addresses": [f"{site.base}/c", "https://elsewhere.example/d"]}).visit()
    assert [post.text for post in listed.posts[2:]] == ["/c"]
    assert not marks(listed)


@pytest.mark.parametrize("settings", [{"limit": 0}, {"limit": "all"}, {"limit": True}, {"addresses": "/a"}, {"addresses": [1]}])
def test_settings_that_are_none(kernel: Make, settings: dict[str, Any]) -> None:
    with pytest.raises(CollectError) as wrong:
        kernel("website:https://school.example/", settings).visit()
    assert wrong.value.code == "setting"


# -- the border --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("home", "url", "own"), [
    ("https://school.example", "http://www.school.example/a b?c=d e#f", "https://school.example/a%20b?c=d%20e"),
    ("https://school.example/", "https://SCHOOL.example:443", "https://school.example/"),
    ("https://school.example/", "https://school.example:8443/", None),
    ("https://school.example/", "https://other.school.example/", None),
    ("https://school.example/", "https://school.example.elsewhere.example/", None),
    ("https://school.example/", "https://user@school.example/", None),
    ("https://school.example/", "mailto:info@school.example", None),
    ("https://school.example/lincoln", "https://school.example/lincoln/a", "https://school.example/lincoln/a"),
    ("https://school.example/lincoln/", "https://school.example/lincoln", "https://school.example/lincoln"),
    ("https://school.example/lincoln", "https://school.example/lincolnshire", None),
    ("https://school.example/lincoln/index.php", "https://school.example/lincoln/a", "https://school.example/lincoln/a"),
    ("https://school.example/", "https://school.example/ü%C3%BC", "https://school.example/%C3%BC%C3%BC"),
    ("https://school.example/", "https://school.example/caf%c3%a9/%7Estaff?q=%c3%a9", "https://school.example/caf%C3%A9/~staff?q=%C3%A9"),
    ("https://school.example/", "https://school.example/100%/a b", "https://school.example/100%25/a%20b"),
    ("https://school.example/", "https://[::1", None),
    ("https://school.example/", "https://school.example/a/../private/./x", "https://school.example/private/x"),
    ("https://school.example/", "https://school.example/a/%2E%2e/b/..", "https://school.example/"),
    ("https://school.example/a/b/..", "https://school.example/a/c/.", "https://school.example/a/c/"),
    ("https://school.example/lincoln/", "https://school.example/lincoln/../private/", None),
    ("https://school.example/lincoln/", "https://school.example/lincoln/%2e%2e/private/", None),
])
def test_which_addresses_are_the_sites(home: str, url: str, own: str | None) -> None:
    assert Border.of(home, "website:x").own(url) == own


@given(st.sampled_from(["", "https://school.example", "//school.example/", "http://www.school.example:80/"]), st.text(max_size=40))
def test_an_address_of_the_site_has_one_spelling(start: str, rest: str) -> None:
    border = Border.of("https://school.example/", "website:x")
    own = border.own(start + rest)
    if own is not None:
        assert own.isascii()
        assert border.own(own) == own
        assert border.own(own.replace("https://", "http://www.", 1)) == own


@given(st.binary(max_size=200), st.sampled_from([b"", b"<urlset><url><loc>", b"\x1f\x8b\x08\x00", b"<sitemapindex>"]))
def test_no_sitemap_breaks_the_reader(body: bytes, start: bytes) -> None:
    found = read_sitemap(web_page(start + body))
    assert all(place.url for place in (*found.pages, *found.sitemaps))


@pytest.mark.parametrize("handle", ["school.example", "ftp://school.example/", "https://", "https://a:b@school.example/", "https://[::1/", "https://school.example:x/"])
def test_handles_that_are_no_site(kernel: Make, handle: str) -> None:
    with pytest.raises(CollectError) as wrong:
        kernel(f"website:{handle}").visit()
    assert wrong.value.code == "bad-handle"


def test_a_redirect_that_is_written_in_utf8_leads_where_it_says(site: StandInSite, visits: Any) -> None:
    site.move("/espa%C3%B1ol", f"{site.base}/español/".encode().decode("latin-1"))
    site.page("/espa%C3%B1ol/", "Hola")
    site.sitemap("/español")
    seen = visits.visit()
    assert [post.url for post in seen.posts[2:]] == [f"{site.base}/espa%C3%B1ol/"]
    assert [found.state for found in visits.look_up(seen.posts[2])] == ["here"]


def test_a_host_with_an_accent_is_the_same_in_its_ascii_letters(site: StandInSite, kernel: Make) -> None:
    ascii_home = "http://xn--espaol-zwa.example"
    site.page("/a", "Hola")
    site.put("/sitemap.xml", sitemap(f"{ascii_home}/a", "http://www.español.example/a"))
    seen = kernel("website:http://español.example/", reroute={ascii_home: site.base}).visit()
    assert [post.id for post in seen.posts[1:]] == ["website:http://español.example/", "website:http://español.example/a"]
    assert not marks(seen)


def test_unchanged_is_no_answer_to_who_did_not_ask_for_a_change(site: StandInSite, visits: Any) -> None:
    site.put("/a", b"", 304)
    site.sitemap("/a")
    seen = visits.visit()
    assert not seen.sweep.present, "it was never read"
    assert marks(seen) == ["http-304: the server answers 304 Not Modified"]
    site.put("/", b"", 304)
    with pytest.raises(PageError):
        visits.visit()


def test_a_page_that_is_quoted_in_small_letters_is_one_page(site: StandInSite, visits: Any) -> None:
    site.page("/caf%C3%A9", "Coffee", etag='"1"')
    site.sitemap("/caf%c3%a9", "/caf%C3%A9")
    seen = visits.visit()
    assert seen.sweep.expected == 2
    again = visits.visit(seen.cursor)
    assert again.sweep.present == {seen.posts[2].id}, "it was asked by what it said"


def test_redirects_on_the_site_elsewhere_and_in_circles(site: StandInSite, visits: Any) -> None:
    site.page("/new", "New")
    site.move("/old", "/new", 302)
    site.move("/away", "https://elsewhere.example/login?token=secret", 301)
    site.move("/round", "/round2")
    site.move("/round2", "/round")
    site.move("/nowhere", "")
    site.move("/bad", "http://[bad")
    for number in range(REDIRECTS + 2):
        site.move(f"/long{number}", f"/long{number + 1}")
    site.sitemap("/old", "/away", "/round", "/new", "/long0", "/nowhere", "/bad")
    seen = visits.visit()
    assert [post.url for post in seen.posts[2:]] == [f"{site.base}/new"], "once, though two addresses lead there"
    assert sorted(problem.partition(":")[0] for problem in marks(seen)) == [
        "address-refused", "foreign-link", "redirects", "redirects", "redirects",
    ]
    told = next(problem for problem in marks(seen) if "elsewhere" in problem)
    assert "secret" not in told
    assert f"/long{REDIRECTS + 1}" not in site.asked


def test_a_home_page_that_moved(site: StandInSite, visits: Any) -> None:
    site.move("/", "/en/")
    site.page("/en/", "Hello", title="Lincoln")
    site.sitemap("/", "/en/")
    seen = visits.visit()
    assert [post.id for post in seen.posts] == [f"website:{site.base}/#profile", f"website:{site.base}/en/"]
    site.move("/", "https://elsewhere.example/")
    with pytest.raises(PageError) as away:
        visits.visit()
    assert away.value.code == "foreign-link"


# -- changes -----------------------------------------------------------------------------------------------------


def test_what_did_not_change_is_not_read_again(site: StandInSite, visits: Any) -> None:
    site.page("/etag", "A", etag='"1"')
    site.page("/dated", "B", last_modified=LONG_AGO)
    site.page("/listed", "C")
    site.page("/bare", "D")
    site.robots("Sitemap: /1.xml\nSitemap: /2.xml")
    site.sitemap("/etag", "/dated", "/bare", at="/1.xml")
    site.sitemap("/listed", at="/2.xml", changed="2026-09-01")
    first = visits.visit()
    assert len(first.posts) == 6
    site.asked.clear()
    second = visits.visit(first.cursor)
    assert [post.url.removeprefix(site.base) for post in second.posts] == ["/", "/", "/bare"]
    assert second.sweep.present == {f"website:{site.base}/{name}" for name in ("etag", "dated", "listed")}
    assert "/listed" not in site.asked
    site.page("/etag", "Another", etag='"2"')
    site.sitemap("/listed", at="/2.xml", changed="2026-09-02")
    third = visits.visit(second.cursor)
    assert {post.url.removeprefix(site.base) for post in third.posts} == {"/", "/bare", "/etag", "/listed"}
    assert third.by_id()[f"website:{site.base}/etag"].text == "/etag\nAnother"
    told = dict(third.cursor)
    told["whole"] = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    assert len(visits.visit(told).posts) == 6, "once a week everything is read"
    assert len(visits.visit({**third.cursor, "pages": "["}).posts) == 6


def test_a_change_of_today_is_not_believed_tomorrow(site: StandInSite, visits: Any) -> None:
    today = datetime.now(UTC).date().isoformat()
    site.page("/a", "A")
    site.sitemap("/a", changed=today)
    first = visits.visit()
    assert json.loads(first.cursor["pages"]) == {"/a": {}}
    assert len(visits.visit(first.cursor).posts) == 3


def test_look_ups_tell_gone_from_unclear(site: StandInSite, visits: Any) -> None:
    paths = ("/here", "/gone", "/missing", "/moved", "/away", "/login", "/busy", "/file")
    for path in paths:
        site.page(path, path)
    site.sitemap(*paths)
    posts = visits.visit().posts[2:]
    site.put("/gone", b"", 410)
    del site.answers["/missing"]
    site.move("/moved", "/here")
    site.move("/away", "https://elsewhere.example/")
    site.put("/login", b'<html><title>Log in</title><input type="password"></html>')
    site.put("/busy", b"", 500)
    site.put("/file", b"%PDF-1.7", kind="application/pdf")
    found = {presence.post.removeprefix(f"website:{site.base}"): presence for presence in visits.look_up(*posts)}
    assert {path: presence.state for path, presence in found.items()} == {
        "/here": "here", "/gone": "gone", "/missing": "gone",
        **dict.fromkeys(("/moved", "/away", "/login", "/busy", "/file"), "unclear"),
    }
    assert visits.plugin.parse(found["/here"].page).posts[0].id == posts[0].id


# -- what cannot be read -----------------------------------------------------------------------------------------


def test_pages_that_cannot_be_read_are_marked_and_the_others_go_on(site: StandInSite, visits: Any) -> None:
    site.put("/login", b'<html><title>Sign in</title><body><form><input type="password"></form></body></html>')
    site.put("/file", b"%PDF-1.7", kind="application/pdf")
    site.put("/feed", b'<?xml version="1.0"?><rss><channel><title>x</title></channel></rss>')
    site.put("/wide", b"\xff\xfe<\0p\0\xff")
    site.put("/error", b"", 500)
    site.put("/members", b"", 403)
    site.put("/cut", b"<html><body>half a page", content_length="500")
    site.put("/broken", b"not gzip", content_encoding="gzip")
    site.page("/good", "Good", around='<form><input type="password"></form>')
    site.sitemap("/login", "/file", "/feed", "/wide", "/error", "/gone", "/members", "/cut", "/broken", "/good")
    site.page("/good", "word " * 100, around='<form><input type="password"></form>')
    seen = visits.visit()
    assert [post.url for post in seen.posts[2:]] == [f"{site.base}/good"], "a box for a password is no login page"
    assert sorted(problem.partition(":")[0] for problem in marks(seen)) == [
        "coding", "login-page", "no-access", "not-html", "not-html", "server-error", "truncated", "wrong-charset",
    ]


def test_a_storm_ends_the_visit(site: StandInSite, visits: Any) -> None:
    paths = [f"/{number}" for number in range(20)]
    for path in paths:
        site.put(path, b"", 500)
    site.page("/0", "Zero")
    site.sitemap(*paths)
    with pytest.raises(NetworkError) as storm:
        visits.visit()
    assert storm.value.code == "server-error"
    assert "5 pages in a row" in str(storm.value)
    assert "/7" not in site.asked
    site.put("/1", b"", 429, retry_after="7200")
    with pytest.raises(RateLimited):
        visits.visit()


def test_pages_that_are_broken_for_good_do_not_keep_the_others_from_being_read(site: StandInSite, visits: Any) -> None:
    broken = [f"/broken{number}" for number in range(9)]
    for path in broken:
        site.put(path, b"", 500)
    site.page("/good", "Good")
    site.sitemap(*broken, "/good")
    with pytest.raises(NetworkError) as storm:
        visits.visit()
    site.asked.clear()
    seen = visits.visit(storm.value.cursor)
    assert site.asked[3:] == [*broken[5:], "/good", *broken[:5]], "it goes on where the other one stopped"
    assert seen.posts[-1].url == f"{site.base}/good"
    assert len(marks(seen)) == 9
    assert visits.visit(seen.cursor).sweep.covered_from == BEGINNING, "they say no more that the site is down"
    for path in (*broken, "/good"):
        site.page(path, path)
    assert len(visits.visit(seen.cursor).posts) == 12


def test_a_site_that_says_later_is_read_on_where_it_said_so(site: StandInSite, visits: Any) -> None:
    for number in range(6):
        site.page(f"/{number}", str(number), etag=f'"{number}"')
    site.sitemap(*(f"/{number}" for number in range(6)))
    whole = visits.visit()
    site.put("/3", b"", 429, retry_after="7200")
    with pytest.raises(RateLimited) as later:
        visits.visit()
    assert (later.value.cursor["left"], sorted(json.loads(later.value.cursor["pages"]))) == ("3", ["/0", "/1", "/2"])
    with pytest.raises(RateLimited) as again:
        visits.visit(later.value.cursor)
    assert again.value.cursor == later.value.cursor
    site.page("/3", "3")
    site.asked.clear()
    assert [post.text for post in visits.visit(later.value.cursor).posts[2:]] == ["/3\n3", "/4\n4", "/5\n5"]
    assert site.asked[3:] == ["/3", "/4", "/5", "/0", "/1", "/2"]
    site.put("/3", b"", 429, retry_after="7200")
    with pytest.raises(RateLimited) as known:
        visits.visit(whole.cursor)
    assert known.value.cursor == whole.cursor, "what it knew of pages that it did not come to stays"


@pytest.mark.parametrize(("status", "kind", "code"), [
    (404, AccountGone, "not-found"), (410, AccountGone, "deleted"), (403, AccessError, "no-access"), (500, NetworkError, "server-error"),
])
def test_a_site_that_is_not_there(site: StandInSite, visits: Any, status: int, kind: type[CollectError], code: str) -> None:
    site.put("/", b"", status)
    with pytest.raises(kind) as gone:
        visits.visit()
    assert gone.value.code == code


@pytest.mark.parametrize(("body", "code"), [
    (b'<html><title>Log in</title><input type="password"></html>', "login-page"), (b"", "not-html"), (b"{}", "not-html"),
])
def test_a_home_page_that_is_none(site: StandInSite, visits: Any, body: bytes, code: str) -> None:
    site.put("/", body)
    with pytest.raises(PageError) as wrong:
        visits.visit()
    assert wrong.value.code == code


# -- a real site -------------------------------------------------------------------------------------------------


def test_hugo_pages_by_its_own_sitemap(hugo: tuple[str, Path], kernel: Make, eventually: Make) -> None:
    base, folder = hugo
    visits = kernel(f"website:{base}/")

    def write(text: str) -> None:
        (folder / "picnic.md").write_text(f"---\ntitle: Picnic\ndate: 2026-02-02T03:04:05Z\n---\n{text}\n", encoding="utf-8")

    def page() -> Any:
        return visits.visit().by_id().get(f"website:{base}/posts/picnic/")

    try:
        write("Bring [a friend](https://school.example/x).\n\n![A lion](/lion.png)")
        found = eventually(page)
        assert found.text == "Picnic\nBring a friend."
        assert found.links == ("https://school.example/x",)
        assert [(item.url, item.alt) for item in found.media] == [(f"{base}/lion.png", "A lion")]
        again = visits.visit(visits.visit().cursor)
        assert found.id in again.sweep.present, "its sitemap says that it is as it was"
        assert found.id not in again.by_id()
        write("Bring two.")
        assert eventually(lambda: (now := page()) and "two" in now.text and now).id == found.id
        profile = visits.visit().posts[0]
        assert profile.kind == "profile"
        assert profile.text
        assert visits.look_at().text == profile.text
    finally:
        (folder / "picnic.md").unlink()  # the server is the other tests' too
