"""Discover: what a District's own site leads to, and how it gets into the register; the site is a stand-in."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import ConfigError
from rollbook.register import COLUMNS, read_register
from rollbook.tables import append_row

from .commands import Ended, rollbook
from .standin_site import StandInSite, serve, sitemap

PROGRAM = "from rollbook.cli import main; main()"
HEAD = """
<link rel="alternate" type="application/rss+xml" title="News" href="/feed/">
<link rel="alternate" type="application/rss+xml" title="News Comments Feed" href="/comments/feed/">
<link rel="alternate" hreflang="es" href="/es/">
<link rel="https://api.w.org/" href="/wp-json/">
<link rel="me" href="https://town.example/@oakcsd">
"""
FOOTER = """
<div><a href="https://twitter.com/OakCSD"><svg></svg></a> <a href="https://www.facebook.com/OakCSD/">Facebook</a>
<a href="https://www.facebook.com/sharer/sharer.php?u=x">Share</a></div>
"""


@pytest.fixture
def site() -> Iterator[StandInSite]:
    with serve() as site:
        site.page("/", '<a href="/news">News</a> <a href="/our-schools">Our schools</a>', title="Oak CSD", head=HEAD, around=FOOTER)
        site.page("/news", "<p>Snow day</p>", around=FOOTER)
        site.page("/our-schools", (
            '<a href="https://maple.oakcsd.example/about">Maple</a> <a href="https://sites.example/view/elm">Elm Street School</a>'
            '<a href="https://www.youtube.com/@ElmStreet">Elm Street School on YouTube</a> <a href="https://elsewhere.example/">Weather</a>'
            '<a href="/handbook.pdf">Handbook</a> <a href="https://x.com/OakCSD/status/1">Post</a>'
        ), around=FOOTER)
        yield site


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "district.toml").write_text(
        '[district]\nname = "Oak Central School District"\nweb_domains = ["oakcsd.example"]\ntimezone = "America/New_York"\n'
        '[[district.schools]]\nname = "Elm Street School"\n[policy]\nuse = "west-genesee-9125.3"\n'
        '[collect]\nallow = ["127.0.0.0/8"]\n', encoding="utf-8",
    )
    (tmp_path / "accounts.csv").write_text("kind,account,owner\r\ndistrict,x:@oakcsd,\"Office, main\"", encoding="utf-8", newline="")
    return tmp_path


def discover(workspace: Path, *more: str) -> Ended:
    return rollbook("-w", workspace, "discover", *more)


def found(done: Ended) -> dict[str, Any]:
    told = json.loads(done.stdout)
    return {item["account"]: item for item in told["proposals"]} | {"told": told}


def test_what_a_site_leads_to(site: StandInSite, workspace: Path) -> None:
    done = discover(workspace, site.base, "--json")
    assert done.returncode == 0, done.stderr
    items = found(done)
    told = items.pop("told")
    assert list(items) == [
        "facebook:OakCSD", "youtube:ElmStreet", "mastodon:oakcsd@town.example", f"wordpress:{site.base}/", f"website:{site.base}/",
        "website:https://maple.oakcsd.example/", "website:https://sites.example/view/elm", f"feed:{site.base}/feed/",
    ]
    assert told["known"] == ["x:OakCSD"], "what is on record is not proposed again"
    assert told["pages"] == 3
    facebook = items["facebook:OakCSD"]
    assert facebook["linked_from"] == [f"{site.base}/", f"{site.base}/our-schools", f"{site.base}/news"], "promising pages first"
    assert (facebook["kind"], facebook["words"]) == ("district", "Facebook")
    assert items["website:https://sites.example/view/elm"]["note"] == "the link names Elm Street School"
    assert set(site.asked) == {"/robots.txt", "/", "/our-schools", "/news", "/sitemap.xml"}
    assert (workspace / "accounts.csv").read_bytes().count(b"\n") == 1, "--json adds nothing"


def test_robots_bounds_and_the_sitemap(site: StandInSite, workspace: Path) -> None:
    site.robots("User-agent: *\nDisallow: /our-schools\n")
    site.put("/sitemap.xml", sitemap(*(f"{site.base}/{name}" for name in ("late", "our-schools", "busy"))))
    site.page("/late", '<a href="https://bsky.app/profile/oakcsd.example">Bluesky</a>')
    site.put("/busy", b"", 500)
    done = discover(workspace, site.base, "--json")
    assert done.returncode == 1
    assert "bluesky:oakcsd.example" in found(done)
    assert "/our-schools" not in site.asked
    assert f"not read: {site.base}/busy: " in done.stderr
    assert "our-schools" not in done.stderr, "what robots.txt forbids is no fault"
    site.asked.clear()
    assert found(discover(workspace, site.base, "--json", "--pages", "1"))["told"]["pages"] == 1
    assert site.asked == ["/robots.txt", "/"]


def test_a_sitemap_that_says_later_costs_nothing_of_what_was_found(site: StandInSite, workspace: Path) -> None:
    site.put("/sitemap.xml", b"", 429, retry_after="7200")
    done = discover(workspace, site.base, "--json")
    assert done.returncode == 1
    assert "facebook:OakCSD" in found(done)
    assert f"not read: {site.base}/sitemap.xml: the server answers 429" in done.stderr


def test_nothing_is_fetched_from_another_site(site: StandInSite, workspace: Path) -> None:
    with serve() as other:
        other.page("/", "Other")
        site.move("/news", f"{other.base}/")
        site.page("/our-schools", f'<a href="{other.base}/">Elm Street School</a>', head=f'<link rel="alternate" type="application/atom+xml" href="{other.base}/atom">')
        items = found(discover(workspace, site.base, "--json"))
        assert not other.asked
    assert f"feed:{other.base}/atom" in items
    assert f"website:{other.base}/" in items


@pytest.mark.parametrize("href", [
    "https://sites.example/view/elm street", "https://sites.example/?q=a b", "https://ex ample/", "https://a:b@sites.example/",
    "https://sites.example:99999/", "http://[bad", "https://sites.example/\u202ekcab",
])
def test_every_row_that_is_proposed_can_be_read_again(site: StandInSite, workspace: Path, href: str, tmp_path: Path) -> None:
    link = f'<link rel="alternate" type="application/rss+xml" href="{href}"><link rel="https://api.w.org/" href="{href}">'
    site.page("/our-schools", f'<a href="{href}">Elm Street School</a>', head=link)
    keys = [key for key, item in found(discover(workspace, site.base, "--json")).items() if key != "told" and not item["lacks"]]
    assert "facebook:OakCSD" in keys
    assert (f"website:{href}".replace(" ", "%20").replace("\u202e", "%E2%80%AE") in keys) is ("sites.example/" in href and "@" not in href)
    for key in keys:
        append_row(workspace / "accounts.csv", {"account": key, "kind": "district"})
    assert len(read_register(workspace / "accounts.csv", None)) == len(keys) + 1


def test_wikis_and_forums_want_a_users_name(site: StandInSite, workspace: Path) -> None:
    site.page("/news", "", head='<link rel="EditURI" type="application/rsd+xml" href="https://wiki.example/w/api.php?action=rsd">')
    site.page("/our-schools", "", head='<meta name="generator" content="Discourse 3.5">')
    items = found(discover(workspace, site.base, "--json"))
    assert items["wiki:https://wiki.example/w/api.php"]["lacks"]
    assert items[f"forum:{site.base}"]["lacks"]


@pytest.mark.parametrize(("prepare", "code", "says"), [
    (lambda site: site.robots("User-agent: Rollbook\nDisallow: /"), 4, "robots.txt does not allow"),
    (lambda site: site.robots("", 500), 4, "robots.txt cannot be read"),
    (lambda site: site.put("/", b"", 404), 4, "no page at this address"),
    (lambda site: site.put("/", b"%PDF", kind="application/pdf"), 4, "no web page"),
    (lambda site: site.move("/", "https://elsewhere.example/"), 4, "not this site"),
])
def test_a_site_that_cannot_be_read(site: StandInSite, workspace: Path, prepare: Any, code: int, says: str) -> None:
    prepare(site)
    done = discover(workspace, site.base)
    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (code, True, False), done.stderr
    assert "website:" not in done.stderr, "whoever asked knows which site it is"


def test_what_is_no_address(workspace: Path) -> None:
    done = discover(workspace, "www.oakcsd.example")
    assert done.returncode == 2
    assert "expected for example https://" in done.stderr


def test_a_plain_list_elsewhere_than_on_a_terminal(site: StandInSite, workspace: Path) -> None:
    site.page("/news", '<a href="https://www.tiktok.com/@oak">Tik\x1b[31mTok\x07</a>')
    done = discover(workspace, site.base)
    assert done.returncode == 0
    assert f"  facebook:OakCSD “Facebook”, linked from {site.base}/ and 1 more page" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Nothing was added" in done.stdout
    assert "1 on record already" in done.stdout


def test_accounts_that_a_page_calls_its_own_in_its_head(site: StandInSite, workspace: Path) -> None:
    structured = json.dumps({"@graph": [{"@type": "School", "sameAs": ["https://www.instagram.com/oakcsd", "https://school.example/"]},
                                        {"department": {"sameAs": "https://bsky.app/profile/oakcsd.example"}}]})
    site.page("/news", '<a href="/old/rss.xml">RSS</a> <a href="mailto:a@school.example/feed">A</a>', head=(
        f'<meta name="twitter:site" content="@OakLions"><meta property="article:publisher" content="https://www.facebook.com/OakCSD">'
        f'<script type="application/ld+json">{structured}</script><script type="application/ld+json">{{"sameAs": [</script>'
    ))
    items = found(discover(workspace, site.base, "--json"))
    assert {"instagram:oakcsd", "bluesky:oakcsd.example", "x:OakLions", "facebook:OakCSD", f"feed:{site.base}/old/rss.xml"} <= set(items)
    assert not any("mailto" in key for key in items)


# -- on a terminal -----------------------------------------------------------------------------------------------


def on_a_terminal(workspace: Path, url: str, answers: str) -> str:
    """Runs the command with a terminal and types the answers."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "-w", workspace, "discover", url], stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
    )
    os.close(theirs)
    os.write(ours, answers.encode())
    said = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    assert process.wait(30) == 0, said
    return said.decode()


def test_rows_are_accepted_one_by_one(site: StandInSite, workspace: Path) -> None:
    file = workspace / "accounts.csv"
    before = file.read_bytes()
    said = on_a_terminal(workspace, site.base, "y\nn\nwhat\ny\nq\n")
    assert "1 of 8: facebook:OakCSD" in said
    assert "2 rows added" in said
    assert "for an employee's account change kind, and fill in owner" in said
    assert file.read_bytes() == before + b"\r\ndistrict,facebook:OakCSD,\r\ndistrict,mastodon:oakcsd@town.example,\r\n"
    assert list(read_register(file, None).accounts) == ["x:@oakcsd", "facebook:OakCSD", "mastodon:oakcsd@town.example"]
    again = on_a_terminal(workspace, site.base, "q\n")
    assert "1 of 6: youtube:ElmStreet" in again
    assert "Nothing was added" in again
    assert "employee" not in again
    assert [path.name for path in workspace.iterdir() if "accounts" in path.name] == ["accounts.csv"]


# -- the register ------------------------------------------------------------------------------------------------


def test_a_row_is_added_in_the_files_own_way(tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_bytes(b"\xef\xbb\xbf" + ",".join(reversed(COLUMNS)).encode() + b"\n")
    file.chmod(0o640)
    append_row(file, {"account": 'feed:https://a.example/?a=1,2"', "kind": "district"})
    assert file.stat().st_mode & 0o777 == 0o640
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    _, row = csv.reader(raw.decode("utf-8-sig").splitlines())
    assert row[-2:] == ["district", 'feed:https://a.example/?a=1,2"']
    assert len(read_register(file, None)) == 1


def test_a_link_to_a_register_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("account,kind\n", encoding="utf-8")
    link = tmp_path / "accounts.csv"
    link.symlink_to("real.csv")
    append_row(link, {"account": "x:oak", "kind": "district"})
    assert link.is_symlink()
    assert len(read_register(link, None)) == 1


def test_a_register_without_the_column_or_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("account\nx:oak\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="'kind' is missing"):
        append_row(file, {"account": "x:elm", "kind": "district"})

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        append_row(file, {"account": "x:elm"})
    assert file.read_text(encoding="utf-8") == "account\nx:oak\n"
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.csv"]
