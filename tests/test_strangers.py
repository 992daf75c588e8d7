"""Strangers: real HTTP on loopback, the real collectors of Mastodon and Bluesky; what is kept, and what is forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rollbook import telling
from rollbook.analyze import analyze
from rollbook.archive.archive import Archive
from rollbook.collect import Request, collect, parse_page
from rollbook.errors import TimeLimit
from rollbook.http import Door
from rollbook.linked import key_sha256
from rollbook.register import Register
from rollbook.reporting import Asked, gather
from rollbook.strangers import Met, meet
from rollbook.types import Account, Reference
from rollbook.workspace import Workspace

from . import standin
from .serving import serving
from .standin import StandInNetwork
from .strangers_met import NOW, PRIVATE, everything_kept, findings, laid, run, says

DID, BAND_DID = "did:plc:" + "a" * 24, "did:plc:" + "b" * 24


@dataclass
class StandInProfiles:
    """A Mastodon server, a handle resolver, a PLC directory and a PDS on one port, which know profiles only."""

    #: User to display name and note; a number is answered as the HTTP status.
    mastodon: dict[str, tuple[str, str] | int] = field(default_factory=dict)
    #: Handle to DID, display name and description.
    bluesky: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    base: str = ""

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, object]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if any(name in ("authorization", "cookie") for name in headers):
            self.wrong.append(f"a credential was sent to {path}")
        if parts.path == "/api/v1/accounts/lookup" and set(query) == {"acct"}:
            self.asked.append(query["acct"])
            return self._account(query["acct"])
        if parts.path == "/xrpc/com.atproto.identity.resolveHandle":
            known = self.bluesky.get(query["handle"])
            return (200, {"did": known[0]}) if known else (400, {"error": "InvalidRequest"})
        for handle, (did, name, about) in self.bluesky.items():
            if parts.path == f"/{did}":
                service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example"}
                return 200, {"id": did, "alsoKnownAs": [f"at://{handle}"], "service": [service]}
            if parts.path == "/xrpc/com.atproto.repo.getRecord" and query == {"repo": did, "collection": "app.bsky.actor.profile", "rkey": "self"}:
                self.asked.append(handle)
                value = {"$type": "app.bsky.actor.profile", "displayName": name, "description": about}
                return 200, {"uri": f"at://{did}/app.bsky.actor.profile/self", "cid": "x", "value": value}
        if parts.path != "/.well-known/atproto-did":
            self.wrong.append(f"nobody should ask for {path}")
        return 404, {"error": "none"}

    def _account(self, user: str) -> tuple[int, object]:
        known = self.mastodon.get(user, 404)
        if isinstance(known, int):
            return known, {"error": "no"}
        name, note = known
        return 200, {"id": str(sum(map(ord, user))), "acct": user, "username": user, "display_name": name, "note": f"<p>{note}</p>",
                     "url": f"https://townsquare.example/@{user}", "created_at": "2026-09-01T00:00:00.000Z", "fields": [], "avatar": "https://townsquare.example/a.png"}


@pytest.fixture
def profiles() -> Iterator[StandInProfiles]:
    known = StandInProfiles()
    with serving(lambda asked: (*known.answer(asked.target, asked.headers), {"Content-Type": "application/json"})) as known.base:
        yield known
    assert known.wrong == []


@pytest.fixture
def network() -> Iterator[StandInNetwork]:
    with standin.serve(StandInNetwork()) as there:
        yield there


@pytest.fixture
def district(tmp_path: Path, network: StandInNetwork, profiles: StandInProfiles, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    hosts = ("https://townsquare.example", "https://public.api.bsky.app", "https://plc.directory", "https://pds.example")
    return laid(tmp_path / "district", network, monkeypatch, dict.fromkeys(hosts, profiles.base))


def test_a_team_that_nobody_registered_is_a_finding(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    profiles.mastodon["ahs_soccer"] = ("Ashgrove High Varsity Soccer", "Scores and buses")
    says(network, 1, links=("https://townsquare.example/@ahs_soccer",))
    met, report = run(district)
    assert (met.asked, met.presenting) == (1, ["mastodon:ahs_soccer@townsquare.example"])
    assert findings(report) == [("mastodon:ahs_soccer@townsquare.example", "Ashgrove High Varsity Soccer\nScores and buses")]
    (item,) = report.findings
    assert (item.finding.clause, item.finding.severity, item.on_record, item.account.role) == ("9125.3 para 3", "medium", False, "not on record")
    assert item.met_in is not None
    assert item.met_in.text == "Note 1"
    assert item.archived is not None
    assert "accounts.csv" in item.rule.remedy
    assert [line.account.key for line in report.completeness] == ["standin:office", "standin:teacher"]
    # Nothing else was asked: no statuses, no picture; and no other rule ran over it.
    assert profiles.asked == ["ahs_soccer"]
    assert report.not_checked == ()


def test_a_private_person_leaves_no_words_and_no_capture(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    profiles.mastodon["quillon"] = PRIVATE
    profiles.bluesky["knitter.example"] = (DID, *PRIVATE)
    says(network, 1, reply_to=Reference("mastodon:1", "mastodon:quillon@townsquare.example"), kind="reply")
    says(network, 2, links=("https://bsky.app/profile/knitter.example",))
    met, report = run(district)
    assert (met.asked, met.presenting, findings(report)) == (2, [], [])
    kept = everything_kept(district)
    for words in (*PRIVATE, DID, "accounts/lookup"):
        assert words.encode() not in kept, words
    assert key_sha256("mastodon:quillon@townsquare.example").encode() in kept


def test_the_archive_can_be_made_again(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    profiles.mastodon["ahs_soccer"] = ("Ashgrove High Varsity Soccer", "Scores and buses")
    profiles.bluesky["ahs-band.example"] = (BAND_DID, "AHS Band", "Concerts of Ashgrove High School")
    says(network, 1, links=("https://townsquare.example/@ahs_soccer", "https://bsky.app/profile/ahs-band.example"))
    _, before = run(district)
    assert len(findings(before)) == 2
    met, after = run(district, afresh=True)
    assert met.asked == 0
    assert findings(after) == findings(before)


def test_nobody_is_asked_again_too_soon(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    profiles.mastodon |= {"quillon": PRIVATE, "away": 503}
    says(network, 1, links=("https://townsquare.example/@quillon", "https://townsquare.example/@away"))
    met, report = run(district)
    assert (met.asked, dict(met.not_checked)) == (2, {"the profile could not be read (server-error)": 1})
    assert [(group.rule, group.reason, [post.text for post in group.posts]) for group in report.not_checked] == [(
        "unregistered-account",
        "The post points at an account that nobody registered: the profile could not be read (server-error).", ["Note 1"],
    )]
    assert run(district, now=NOW + timedelta(hours=20))[0].asked == 0
    profiles.mastodon["away"] = ("AHS Orchestra", "Ashgrove High School")
    met, report = run(district, now=NOW + timedelta(hours=25))
    assert met.presenting == ["mastodon:away@townsquare.example"]
    assert report.not_checked == ()
    assert run(district, now=NOW + timedelta(days=29))[0].asked == 0
    assert run(district, now=NOW + timedelta(days=31, hours=2))[0].asked == 2


def test_a_run_asks_no_more_than_it_may(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    for number in range(1, 8):
        profiles.mastodon[f"user{number}"] = PRIVATE
        says(network, number, links=(f"https://townsquare.example/@user{number}",))
    few = replace(district, collect=replace(district.collect, unregistered_per_run=3))
    assert [run(few, now=NOW + timedelta(minutes=number))[0].asked for number in range(4)] == [3, 3, 1, 0]
    assert profiles.asked == [f"user{number}" for number in range(7, 0, -1)]
    none = replace(district, collect=replace(district.collect, unregistered_per_run=0))
    assert run(none, now=NOW + timedelta(days=90))[0].asked == 0


def test_a_network_that_shows_profiles_to_nobody_is_not_checked(district: Workspace, network: StandInNetwork) -> None:
    says(network, 1, links=("https://www.facebook.com/ahs.lax/", "https://www.tiktok.com/@ahs.lax", "https://www.threads.net/@ahs.lax"))
    met, report = run(district)
    assert met.asked == 0
    assert {reason.partition(" ")[0] for reason in met.not_checked} == {"Facebook", "TikTok", "Threads"}
    assert [group.rule for group in report.not_checked] == ["unregistered-account"] * 3
    assert "Page Public Content Access" in report.not_checked[0].reason
    assert run(district, now=NOW + timedelta(days=2))[0].not_checked == {}
    registered = Register({**district.register.accounts, "tiktok:ahs.lax": Account("tiktok:AHS.lax", "district")})
    known = replace(district, register=registered, collect=replace(district.collect, unregistered_per_run=0))
    with Archive(known.archive, operator="test", parse=parse_page) as archive:
        assert len(gather(known, archive, Asked(), NOW).not_checked) == 2


def test_only_the_districts_own_words_are_followed(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    says(network, 1, by="teacher", links=("https://townsquare.example/@friend",))
    again = Reference("mastodon:1", "mastodon:author@townsquare.example")
    says(network, 2, kind="repost", repost_of=again, links=("https://townsquare.example/@theirs",))
    run(district)
    assert profiles.asked == ["author"]


def test_a_profile_that_says_something_else_now_ends_its_finding(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    profiles.mastodon["ahs_soccer"] = ("Ashgrove High Varsity Soccer", "Scores and buses")
    says(network, 1, links=("https://townsquare.example/@ahs_soccer",))
    run(district)
    profiles.mastodon["ahs_soccer"] = PRIVATE
    later = NOW + timedelta(days=31)
    _, report = run(district, now=later)
    assert findings(report, "new") == []
    (ended,) = [item for item in report.findings if item.standing == "ended"]
    assert ended.state == "gone"
    assert PRIVATE[1].encode() not in everything_kept(district)
    profiles.mastodon["ahs_soccer"] = ("Ashgrove High Varsity Soccer", "Back again")
    assert [text for _, text in findings(run(district, now=later + timedelta(days=31))[1])] == ["Ashgrove High Varsity Soccer\nBack again"]
    run(district, now=later + timedelta(days=32), afresh=True)


def test_a_check_that_fails_itself_is_no_clean_profile(
    district: Workspace, network: StandInNetwork, profiles: StandInProfiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles.mastodon["ahs_soccer"] = ("Ashgrove High Varsity Soccer", "Scores and buses")
    says(network, 1, links=("https://townsquare.example/@ahs_soccer",))
    run(district)

    def broken(*_: Any) -> Any:
        raise RuntimeError(PRIVATE[0])

    later = NOW + timedelta(days=31)
    with monkeypatch.context() as defect:
        defect.setattr("analyzers.unregistered_account.presented", broken)
        met, report = run(district, now=later)
    assert dict(met.not_checked) == {"the check of the profile failed itself": 1}
    assert [(item.standing, item.state) for item in report.findings] == [("new", "new")], "its finding has not ended"
    assert PRIVATE[0].encode() not in everything_kept(district), "the error's own words may be the profile's"
    assert run(district, now=later + timedelta(hours=25))[0].presenting == ["mastodon:ahs_soccer@townsquare.example"]


def test_an_account_that_is_gone_ends_its_finding(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    profiles.mastodon["ahs_soccer"] = ("Ashgrove High Varsity Soccer", "Scores and buses")
    says(network, 1, links=("https://townsquare.example/@ahs_soccer",))
    run(district)
    profiles.mastodon["ahs_soccer"] = 404
    _, report = run(district, now=NOW + timedelta(days=31))
    assert [item.standing for item in report.findings] == ["ended"]


def test_registering_it_ends_the_finding(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    profiles.mastodon["ahs_soccer"] = ("Ashgrove High Varsity Soccer", "Scores and buses")
    says(network, 1, links=("https://townsquare.example/@ahs_soccer",))
    run(district)
    account = Account("mastodon:AHS_soccer@townsquare.example", "district")
    register = Register({**district.register.accounts, account.key: account})
    with Archive(district.archive, operator="test", parse=parse_page) as archive:
        known = replace(district, register=register)
        analyze(known, archive, everything=True, clock=lambda: NOW)
        report = gather(known, archive, Asked(), NOW + timedelta(hours=1))
    assert [item.standing for item in report.findings] == ["ended"]


def test_a_did_is_told_by_its_handle_and_one_on_record_is_left_alone(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    profiles.bluesky |= {"ahs-band.example": (BAND_DID, "AHS Band", "Concerts of Ashgrove High School"), "office.example": (DID, "Larkmoor Schools", "News")}
    registered = Register({**district.register.accounts, "bluesky:office.example": Account("bluesky:office.example", "employee")})
    says(network, 1, kind="reply", reply_to=Reference("bluesky:1", f"bluesky:{BAND_DID}"))
    says(network, 2, kind="quote", quote_of=Reference("bluesky:2", f"bluesky:{DID}"))
    known = replace(district, register=registered)
    with Archive(known.archive, operator="test", parse=parse_page) as archive:
        only = Request(frozenset({"standin:office"}))
        with Door(known.collect, archive) as door:
            collect(known, archive, door, only, "run", clock=lambda: NOW, sleep=lambda seconds: None)
        met = meet(known, archive, clock=lambda: NOW)
    assert met.presenting == ["bluesky:ahs-band.example"]
    assert b"Larkmoor Schools" not in everything_kept(known)


def test_a_token_of_the_server_is_not_used(
    district: Workspace, network: StandInNetwork, profiles: StandInProfiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_MASTODON_TOWNSQUARE_EXAMPLE_TOKEN", "canary-token-of-a-server")
    profiles.mastodon["closed"] = 401
    says(network, 1, links=("https://townsquare.example/@closed",))
    met, _ = run(district)
    assert sum(met.not_checked.values()) == 1  # the stand-in itself fails the test where a credential comes
    assert b"canary-token" not in everything_kept(district)


def test_a_rule_that_is_off_asks_nobody(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    says(network, 1, links=("https://townsquare.example/@somebody",))
    rules = dict(district.policy.rules)
    rules["unregistered-account"] = replace(rules["unregistered-account"], enabled=False)
    run(replace(district, policies=(replace(district.policy, rules=rules),)))
    assert profiles.asked == []


def test_the_time_limit_holds(district: Workspace, network: StandInNetwork, profiles: StandInProfiles) -> None:
    says(network, 1, links=("https://townsquare.example/@somebody",))
    with pytest.raises(TimeLimit):
        run(district, deadline=0.0)
    assert profiles.asked == []


def test_the_terminal_is_told_in_a_sentence() -> None:
    done = Met(3, ["bluesky:ahs-band.example"], Counter({"profiles on X are not shown to everybody": 2}))
    assert telling.met(done) == (
        "Looked at the profiles of 3 accounts that nobody registered: bluesky:ahs-band.example as the District's. "
        "Not checked: 2 accounts: profiles on X are not shown to everybody."
    )
    assert telling.met(Met()) == ""
