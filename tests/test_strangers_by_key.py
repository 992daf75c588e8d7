"""Strangers on networks that show profiles by a key or token of the District's own: X, Instagram, YouTube, Flickr; and sites.

Real HTTP on loopback, the real collectors, the stand-ins of their own tests: X's checks each request by X's document where
that lies beside the checkout, the Graph API's by the names of Meta's own library.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.budget import Budget
from rollbook.looking import SHARE
from rollbook.register import Register
from rollbook.types import Account
from rollbook.workspace import Workspace

from . import standin, standin_graph, standin_site, standin_x, standin_youtube
from .collectors import test_flickr
from .standin import StandInNetwork
from .strangers_met import NOW, PRIVATE, everything_kept, findings, laid, run, says
from .test_connect import FakeLockedKeyring

TEAM = ("Ashgrove High Varsity Soccer", "Scores and buses")
X_TOKEN, GRAPH_TOKEN = "canary-of-the-token-for-x", "EAAcanary4711graphTokenZCpsBAto"
SIGNED = {"terms_signed_off_by": "Ada Counsel, counsel", "terms_signed_off_on": date(2026, 10, 1)}
#: The name of a private person, as handle: no byte of it may stay, but in the District's own post.
CANARY = "quillon_vane"


@pytest.fixture
def network() -> Iterator[StandInNetwork]:
    with standin.serve(StandInNetwork()) as there:
        yield there


@pytest.fixture
def x() -> Iterator[standin_x.StandInX]:
    there = standin_x.StandInX(X_TOKEN, strangers={
        "ahs_soccer": {"id": "11", "name": TEAM[0], "description": TEAM[1]},
        CANARY: {"id": "12", "name": PRIVATE[0], "description": PRIVATE[1]},
    })
    with standin_x.serve(there):
        yield there
    assert there.mistakes == []


@pytest.fixture
def graph() -> Iterator[standin_graph.StandInGraph]:
    with standin_graph.serve(standin_graph.StandInGraph(GRAPH_TOKEN)) as there:
        there.add("IGUser", "900", username="larkmoorcsd", name="Larkmoor CSD", biography="News", media_count=0)
        there.add("IGUser", "901", username="ahs_soccer", name=TEAM[0], biography=TEAM[1], media_count=3)
        there.add("IGUser", "902", username=CANARY, name=PRIVATE[0], biography=PRIVATE[1], media_count=3)
        yield there


@pytest.fixture
def youtube() -> Iterator[standin_youtube.StandInYouTube]:
    number = "UC" + "s" * 22
    with standin_youtube.serve(standin_youtube.StandInYouTube(others=[(number, "@ahs_soccer", *TEAM), ("UC" + "q" * 22, f"@{CANARY}", *PRIVATE)])) as there:
        yield there


@pytest.fixture
def flickr() -> Iterator[test_flickr.StandInFlickr]:
    with test_flickr.serve(test_flickr.StandInFlickr(others={"ahs_soccer": ("11111@N00", *TEAM), CANARY: ("22222@N00", *PRIVATE)})) as there:
        yield there


@pytest.fixture
def district(
    tmp_path: Path, network: StandInNetwork, x: standin_x.StandInX, graph: standin_graph.StandInGraph, youtube: standin_youtube.StandInYouTube,
    flickr: test_flickr.StandInFlickr, monkeypatch: pytest.MonkeyPatch,
) -> Workspace:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name, value in {
        "X_BEARER_TOKEN": X_TOKEN, "INSTAGRAM_TOKEN": GRAPH_TOKEN, "YOUTUBE_API_KEY": standin_youtube.CANARY, "FLICKR_API_KEY": test_flickr.CANARY,
    }.items():
        monkeypatch.setenv(f"ROLLBOOK_{name}", value)
    known = laid(tmp_path / "district", network, monkeypatch, {"https://graph.facebook.com": graph.base})
    networks: dict[str, Any] = {
        "x": {"base": x.base, "monthly_reads": 1000, **SIGNED}, "instagram": {"user": "900"},
        "youtube": {"base": youtube.base}, "flickr": {"base": flickr.base},
    }
    return replace(known, collect=replace(known.collect, networks=networks))


def without(workspace: Workspace, network: str, **changed: Any) -> Workspace:
    """The workspace with other settings for a network."""
    settings = {name: value for name, value in {**workspace.collect.networks[network], **changed}.items() if value is not None}
    return replace(workspace, collect=replace(workspace.collect, networks={**workspace.collect.networks, network: settings}))


def spent(workspace: Workspace) -> tuple[int, int]:
    """Reads of X in all, and those for profiles."""
    whole = Budget("x", workspace.archive / "budgets" / "x.json", 10**6)
    return whole.spent(), whole.share("profiles", SHARE).spent()


LINKS = {
    "x": "https://x.com/{}/status/1790000000000000001?s=20", "instagram": "https://www.instagram.com/{}/reel/Cabc/?igsh=x",
    "youtube": "https://m.youtube.com/@{}/videos", "flickr": "https://www.flickr.com/photos/{}/5123",
}


@pytest.mark.parametrize("name", LINKS)
def test_a_team_that_nobody_registered_is_a_finding(district: Workspace, network: StandInNetwork, name: str) -> None:
    says(network, 1, links=(LINKS[name].format("ahs_soccer"),))
    met, report = run(district)
    assert (met.asked, met.presenting, dict(met.not_checked)) == (1, [f"{name}:ahs_soccer"], {})
    assert findings(report) == [(f"{name}:ahs_soccer", "\n".join(TEAM))]
    (item,) = report.findings
    assert item.archived is not None, "its capture is kept"
    kept = everything_kept(district)
    for secret in (X_TOKEN, GRAPH_TOKEN, standin_youtube.CANARY, test_flickr.CANARY):
        assert secret.encode() not in kept
    assert findings(run(district, afresh=True)[1]) == findings(report)


@pytest.mark.parametrize("name", LINKS)
def test_nothing_of_a_private_person_stays_anywhere(
    district: Workspace, network: StandInNetwork, name: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    link = LINKS[name].format(CANARY)
    says(network, 1, links=(link,))
    met, report = run(district)
    assert (met.asked, met.presenting, dict(met.not_checked), findings(report), report.not_checked) == (1, [], {}, [], ())
    kept = everything_kept(district).replace(link.encode(), b"")  # the District's own post says so much
    for words in (CANARY, *PRIVATE, "users/by/username", "business_discovery", "channelListResponse", "people.getInfo"):
        assert words.encode() not in kept, words
        assert words not in caplog.text + "".join(capsys.readouterr()), words
    assert "(not written down)" in caplog.text, "the libraries did speak, and were not written down"


def test_a_private_person_is_not_kept_beside_a_team_that_is(district: Workspace, network: StandInNetwork) -> None:
    link = LINKS["x"].format(CANARY)
    says(network, 1, links=(link, LINKS["x"].format("ahs_soccer")))
    met, _ = run(district)
    assert (met.asked, met.presenting) == (2, ["x:ahs_soccer"])
    kept = everything_kept(district).replace(link.encode(), b"")
    assert TEAM[1].encode() in kept
    for words in (CANARY, *PRIVATE):
        assert words.encode() not in kept, words


@pytest.mark.parametrize(("network_name", "status"), [("x", 500), ("x", 404), ("youtube", 500), ("flickr", 500)])
def test_a_look_that_fails_names_nobody(
    district: Workspace, network: StandInNetwork, x: standin_x.StandInX, youtube: standin_youtube.StandInYouTube, flickr: test_flickr.StandInFlickr,
    network_name: str, status: int, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    said = {"detail": f"Could not find user with username: [{CANARY}]", "errors": [{"message": f"{CANARY} is away"}], "error": {"message": CANARY}}
    x.fault = lambda asked: (status, said)
    youtube.faults["channels"] = (status, said)
    flickr.faults = dict.fromkeys(("flickr.urls.lookupUser", "flickr.people.getInfo"), (status, said))
    link = LINKS[network_name].format(CANARY)
    says(network, 1, links=(link,))
    met, report = run(district)
    assert sum(met.not_checked.values()) == 1
    assert [CANARY in group.reason for group in report.not_checked] == [False]
    assert CANARY.encode() not in everything_kept(district).replace(link.encode(), b"")
    assert CANARY not in caplog.text


# -- what each network shows ---------------------------------------------------------------------------------------


def test_x_is_not_asked_before_its_terms_are_signed_off(district: Workspace, network: StandInNetwork, x: standin_x.StandInX, monkeypatch: pytest.MonkeyPatch) -> None:
    says(network, 1, links=("https://x.com/ahs_soccer", "https://twitter.com/ahs_lax"))
    for workspace, reason in (
        (without(district, "x", terms_signed_off_by=None), "signed off its terms"), (without(district, "x", monthly_reads=None), "monthly_reads"),
    ):
        met, report = run(workspace, afresh=True)
        assert (met.asked, [count for said, count in met.not_checked.items() if reason in said]) == (0, [2])
        assert [reason in group.reason for group in report.not_checked] == [True]
    monkeypatch.delenv("ROLLBOOK_X_BEARER_TOKEN")
    met, _ = run(district)
    assert [said for said in met.not_checked if "`rollbook connect x`" in said]
    assert x.asked == []


def test_a_way_that_opens_is_gone_at_once(district: Workspace, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    says(network, 1, links=("https://www.youtube.com/@ahs_soccer",))
    monkeypatch.delenv("ROLLBOOK_YOUTUBE_API_KEY")
    met, report = run(district)
    assert (met.asked, list(met.not_checked.values())) == (0, [1])
    assert "`rollbook connect youtube`" in report.not_checked[0].reason
    lines = everything_kept(district).count(b'"stranger"')
    assert run(district, now=NOW + timedelta(hours=1))[0].not_checked == {}
    assert everything_kept(district).count(b'"stranger"') == lines, "the same reason is not written down anew each hour"
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", standin_youtube.CANARY)
    met, report = run(district, now=NOW + timedelta(hours=2))
    assert met.presenting == ["youtube:ahs_soccer"]
    assert report.not_checked == ()


def test_a_keyring_that_cannot_be_opened_is_no_refusal(district: Workspace, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    says(network, 1, links=("https://www.youtube.com/@ahs_soccer",))
    monkeypatch.delenv("ROLLBOOK_YOUTUBE_API_KEY")
    monkeypatch.setattr("keyring.get_keyring", FakeLockedKeyring)
    met, _ = run(district)
    assert (met.asked, list(met.not_checked)) == (0, ["the key or token for YouTube may lie in this system's keyring, which cannot be opened"])


def test_profiles_take_a_tenth_of_the_months_reads_and_no_more(district: Workspace, network: StandInNetwork, x: standin_x.StandInX) -> None:
    for number in range(30):
        x.strangers[f"user{number}"] = {"id": str(100 + number), "name": PRIVATE[0], "description": PRIVATE[1]}
        says(network, number, links=(f"https://x.com/user{number}",))
    few = without(district, "x", monthly_reads=200)
    met, report = run(few)
    assert (met.asked, x.billed, spent(few)) == (10, 20, (20, 20)), "a user costs two reads; a tenth of 200 is 20"
    assert list(met.not_checked.values()) == [20]
    assert "part of the month's reads" in report.not_checked[0].reason
    asked = len(x.asked)
    assert run(few, now=NOW + timedelta(hours=1))[0].asked == 0
    assert len(x.asked) == asked, "what is used up is not asked for"
    assert CANARY.encode() not in (few.archive / "budgets" / "x-profiles.json").read_bytes()
    assert json.loads((few.archive / "budgets" / "x-profiles.json").read_bytes()).keys() == {"network", "month", "spent"}


def test_where_the_districts_posts_have_used_the_month_no_profile_is_asked_for(district: Workspace, network: StandInNetwork, x: standin_x.StandInX) -> None:
    says(network, 1, links=("https://x.com/ahs_soccer",))
    Budget("x", district.archive / "budgets" / "x.json", 1000).reserve(999)
    met, _ = run(district)
    assert (met.asked, x.asked, spent(district)) == (0, [], (999, 0))


def test_a_refusal_costs_nothing_and_keeps_from_the_others(district: Workspace, network: StandInNetwork, x: standin_x.StandInX) -> None:
    says(network, 1, links=("https://x.com/ahs_soccer", "https://x.com/ahs_lax", "https://x.com/ahs_xc"))
    x.fault = lambda asked: (401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"})
    met, _ = run(district)
    assert (len(x.asked), spent(district)) == (1, (0, 0)), "one refusal is enough"
    assert list(met.not_checked.items()) == [("X refuses the District's key or token: `rollbook doctor` says why", 3)]
    x.fault = lambda asked: None
    assert run(district, now=NOW + timedelta(hours=1))[0].presenting == ["x:ahs_soccer"]


def test_an_account_that_protects_its_posts_is_not_looked_at(district: Workspace, network: StandInNetwork, x: standin_x.StandInX) -> None:
    says(network, 1, links=("https://x.com/ahs_soccer",))
    assert run(district)[0].presenting == ["x:ahs_soccer"]
    x.strangers["ahs_soccer"]["protected"] = True
    met, report = run(district, now=NOW + timedelta(days=31))
    assert list(met.not_checked) == ["the account is private, and private accounts are not looked at"]
    assert [item.standing for item in report.findings] == ["ended"]
    assert run(district, now=NOW + timedelta(days=33))[0].asked == 0


def test_instagram_shows_professional_accounts_only(district: Workspace, network: StandInNetwork, graph: standin_graph.StandInGraph) -> None:
    says(network, 1, links=("https://www.instagram.com/somebody.at.home/",))
    met, report = run(district)
    assert [said for said in met.not_checked if "professional accounts only" in said]
    assert len(report.not_checked) == 1
    assert run(district, now=NOW + timedelta(days=2))[0].asked == 0, "it will not be another tomorrow"
    asked = [query["fields"] for _, query in graph.asked]
    assert len(asked) == 1
    assert "media{" not in asked[0]
    assert "media." not in asked[0], "no post is asked for"


def test_instagram_is_asked_by_the_token_of_one_of_the_districts_accounts(
    district: Workspace, network: StandInNetwork, graph: standin_graph.StandInGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(network, 1, links=("https://www.instagram.com/ahs_soccer",))
    monkeypatch.delenv("ROLLBOOK_INSTAGRAM_TOKEN")
    monkeypatch.setenv("ROLLBOOK_INSTAGRAM_LARKMOORCSD_TOKEN", GRAPH_TOKEN)
    monkeypatch.setenv("ROLLBOOK_INSTAGRAM_MSTEACHER_TOKEN", "canary-of-an-employee")
    table = without(district, "instagram", user={"msteacher": "903", "larkmoorcsd": "900"})
    assert run(table)[0].presenting == [], "no account of the District on record, and no shared token"
    accounts = {key: Account(key, kind) for key, kind in (("instagram:msteacher", "employee"), ("instagram:LarkmoorCSD", "district"))}
    ours = replace(table, register=Register({**table.register.accounts, **accounts}))  # type: ignore[arg-type]
    graph.asked.clear()
    met, _ = run(ours, now=NOW + timedelta(hours=1))
    assert met.presenting == ["instagram:ahs_soccer"]
    (path, query) = next((path, query) for path, query in graph.asked if "ahs_soccer" in query.get("fields", ""))
    assert (path, query["access_token"]) == ("/v25.0/900", GRAPH_TOKEN)


def test_a_channel_is_one_account_by_its_number_and_its_handle(district: Workspace, network: StandInNetwork, youtube: standin_youtube.StandInYouTube) -> None:
    number = youtube.others[0][0]
    says(network, 1, links=(f"https://www.youtube.com/channel/{number}", "https://youtube.com/@AHS_Soccer"))
    met, report = run(district)
    assert (met.asked, met.presenting) == (1, ["youtube:ahs_soccer"])
    assert len(findings(report)) == 1
    assert [method for method, _ in youtube.asked] == ["channels", "channels"], "the second for the name that it is kept under"
    assert run(district, now=NOW + timedelta(days=1))[0].asked == 0


# -- accounts on record under another name -------------------------------------------------------------------------


def test_a_registered_account_that_was_renamed_is_no_stranger(district: Workspace, network: StandInNetwork, x: standin_x.StandInX) -> None:
    x.username, x.user_id = "LarkmoorSchools", "7"
    account = Account("x:LarkmoorSchools", "district")
    known = replace(district, register=Register({**district.register.accounts, account.key: account}))
    run(known)
    x.username = "LarkmoorSchool"
    x.strangers["larkmoorschool"] = {"id": "7", "name": "Larkmoor Schools", "description": "Official"}
    x.strangers["larkmoorschoo1s"] = {"id": "66", "name": "L", "description": "hi"}
    says(network, 1, text="Follow @LarkmoorSchool", links=("https://x.com/LarkmoorSchool",))
    says(network, 2, links=("https://x.com/LarkmoorSchoo1s",))
    met, report = run(known, now=NOW + timedelta(hours=1))
    assert met.presenting == ["x:larkmoorschoo1s"]
    assert {account for account, _ in findings(report)} == {"x:larkmoorschoo1s", "standin:office"}
    pointing = [item for item in report.findings if item.finding.rule == "unregistered-account"]
    assert [item.post.text for item in pointing if item.finding.account == "standin:office"] == ["Note 2"]
    # Once the register has the new name, the old one is no look-alike of it.
    now = Account("x:LarkmoorSchool", "district")
    renamed = replace(district, register=Register({**district.register.accounts, now.key: now}))
    del x.strangers["larkmoorschoo1s"], x.strangers["larkmoorschool"]
    says(network, 3, links=("https://x.com/LarkmoorSchools",))
    met, report = run(renamed, now=NOW + timedelta(hours=2))
    assert met.asked == 0, "nor is anybody asked who the old one is"
    assert "x:larkmoorschools" not in {account for account, _ in findings(report)}
    assert "Note 3" not in [item.post.text for item in report.findings]


def test_a_channel_on_record_by_its_number_is_known_by_its_handle(district: Workspace, network: StandInNetwork, youtube: standin_youtube.StandInYouTube) -> None:
    account = Account(f"youtube:{youtube.channel}", "employee")
    says(network, 1, links=(f"https://youtube.com/{youtube.handle}",))
    known = replace(district, register=Register({**district.register.accounts, account.key: account}))
    met, report = run(known)
    assert (met.presenting, findings(report)) == ([], [])


# -- sites ---------------------------------------------------------------------------------------------------------

CLASS = "<html><head><title>Mrs. Kelly's 3rd Grade</title><meta name='description' content='Our class at Ashgrove High School'></head><body><h1>Hello</h1></body></html>"
PIE = "<html><head><title>Quillon's pies</title></head><body><p>I knit badgers in Ohio</p></body></html>"


@pytest.fixture
def site() -> Iterator[standin_site.StandInSite]:
    with standin_site.serve() as there:
        yield there


def sited(district: Workspace, site: standin_site.StandInSite, *hosts: str) -> Workspace:
    return replace(district, collect=replace(district.collect, reroute={**district.collect.reroute, **dict.fromkeys((f"https://{host}" for host in hosts), site.base)}))


def test_a_class_blog_that_nobody_registered_is_a_finding(district: Workspace, network: StandInNetwork, site: standin_site.StandInSite) -> None:
    site.put("/", CLASS.encode())
    says(network, 1, links=("https://mrs-kelly-grade3.blogspot.com/2026/09/welcome.html", "https://sites.google.com/larkmoor.example/band/home"))
    met, report = run(sited(district, site, "mrs-kelly-grade3.blogspot.com", "sites.google.com"))
    assert "website:https://mrs-kelly-grade3.blogspot.com/" in met.presenting
    assert "Our class at Ashgrove High School" in findings(report)[0][1]
    assert set(site.asked) <= {"/robots.txt", "/", "/larkmoor.example/band"}, "nothing but the front page"


def test_somebodys_site_leaves_nothing_and_robots_are_honoured(district: Workspace, network: StandInNetwork, site: standin_site.StandInSite) -> None:
    site.put("/", PIE.encode())
    here = sited(district, site, "pies.example")
    says(network, 1, links=("https://pies.example/", "https://pies.example/badgers", "https://news.example/a/story"))
    met, report = run(here)
    assert (met.asked, met.presenting, report.not_checked) == (1, [], ())
    assert b"badgers in Ohio" not in everything_kept(here)
    site.robots("User-agent: *\nDisallow: /")
    met, _ = run(here, now=NOW + timedelta(days=31))
    assert list(met.not_checked) == ["the site's robots.txt asks programs to stay away"]


def test_a_site_on_record_under_any_name_is_known(district: Workspace, network: StandInNetwork, site: standin_site.StandInSite) -> None:
    says(network, 1, links=("https://www.mrspell.example/", "https://larkmoor.example", "https://library.larkmoor.example/", "https://wiki.example/"))
    keys = ("feed:https://mrspell.example/rss.xml", "wiki:https://wiki.example/w/api.php#Office")
    accounts = {key: Account(key, "employee") for key in keys}
    known = replace(
        district, register=Register({**district.register.accounts, **accounts}), district=replace(district.district, web_domains=("larkmoor.example",)),
    )
    assert run(known)[0].asked == 0
