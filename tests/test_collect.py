"""Collect, over a stand-in network: new, changed, gone; an account that fails costs the others nothing."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import select

from rollbook.archive import schema as t
from rollbook.archive.archive import Archive
from rollbook.archive.posts import versions
from rollbook.archive.verify import verify
from rollbook.collect import Outcome, Request, collect, parse_page
from rollbook.errors import PageError, TimeLimit
from rollbook.http import Door
from rollbook.init import Answers, lay
from rollbook.plugins import Collector, Sweep, Visit
from rollbook.types import Account, Marked, Page, Parsed
from rollbook.workspace import CollectSettings, Workspace, read_workspace

from .standin import StandInNetwork, collector, serve

NOW = datetime(2026, 10, 9, 12, 0, tzinfo=UTC)


@pytest.fixture
def network() -> Iterator[StandInNetwork]:
    with serve(StandInNetwork()) as there:
        yield there


@pytest.fixture
def district(tmp_path: Path, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    list(lay(tmp_path / "district", Answers("Invented District", accounts=("standin:office", "standin:teacher"))))
    monkeypatch.setattr("rollbook.collect.collectors", lambda: {"standin": collector(network)})
    for number in range(1, 8):
        network.add("office", number, f"Office note {number}")
        network.add("teacher", number, f"Class note {number}")
    workspace = read_workspace(tmp_path / "district")
    return replace(workspace, collect=CollectSettings(30, "", (ip_network("127.0.0.0/8"),)))


def run(workspace: Workspace, request: Request | None = None) -> dict[str, Outcome]:
    with Archive(workspace.archive, operator="test", parse=parse_page) as archive, Door(workspace.collect, archive) as door:
        found = collect(workspace, archive, door, request or Request(), "run", clock=lambda: NOW, sleep=lambda seconds: None)
        assert verify(archive, quick=False, now=NOW).problems == ()
    return {outcome.account.handle: outcome for outcome in found}


def states(workspace: Workspace, post: str) -> list[tuple[str, str]]:
    with Archive(workspace.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        return [(item.state, item.post.text) for item in versions(connection, post)]


def test_the_first_run_takes_the_whole_history_and_the_second_finds_nothing(district: Workspace) -> None:
    first = run(district)
    assert [(item.new, item.code, item.expected) for item in first.values()] == [(7, "", 7), (7, "", 7)]
    second = run(district)
    assert [(item.new, item.edited, item.gone) for item in second.values()] == [(0, 0, 0), (0, 0, 0)]


def test_later_runs_read_back_only_as_far_as_asked(district: Workspace, network: StandInNetwork) -> None:
    run(district)
    network.asked.clear()
    near = replace(district, collect=replace(district.collect, look_back_days=1))
    network.add("office", 90, "Newest")
    assert run(near)["office"].new == 1
    assert [path for path in network.asked if "office" in path] == ["/timeline/office/0"]


def test_an_edit_is_a_further_version(district: Workspace, network: StandInNetwork) -> None:
    run(district)
    post = network.posts["teacher"][2]
    network.edit(post, "Class note 3, corrected")
    assert run(district)["teacher"].edited == 1
    assert run(district)["teacher"].edited == 0
    assert states(district, post.id) == [("new", "Class note 3"), ("edited", "Class note 3, corrected")]


def test_an_edit_undone_is_a_third_version(district: Workspace, network: StandInNetwork) -> None:
    run(district)
    post = network.posts["teacher"][2]
    edited = network.edit(post, "Oops")
    run(district)
    again = network.edit(edited, "Class note 3")
    network.posts["teacher"][2] = replace(again, edited_at=NOW)
    assert run(district)["teacher"].edited == 1
    assert [text for _, text in states(district, post.id)] == ["Class note 3", "Oops", "Class note 3"]


def test_gone_needs_a_full_window_and_two_look_ups(district: Workspace, network: StandInNetwork) -> None:
    run(district)
    post = network.posts["office"][3]
    network.remove(post)
    network.asked.clear()
    assert run(district)["office"].gone == 1
    assert network.asked.count("/post/office/4") == 2
    assert [state for state, _ in states(district, post.id)] == ["new", "gone"]
    assert run(district)["office"].gone == 0


@pytest.mark.parametrize("answer", [(500, b"down"), (200, b"[]")])
def test_a_look_up_that_does_not_say_so_plainly_is_no_deletion(
    district: Workspace, network: StandInNetwork, answer: tuple[int, bytes]
) -> None:
    run(district)
    network.remove(network.posts["office"][3])
    network.faults["/post/office/4"] = answer
    assert run(district)["office"].gone == 0


def test_a_page_that_fails_is_no_deletion_either(district: Workspace, network: StandInNetwork) -> None:
    run(district)
    network.remove(network.posts["office"][0])
    network.faults["/timeline/office/3"] = (404, b"none")
    outcome = run(district)["office"]
    assert (outcome.gone, outcome.code) == (0, "http-404")


def test_a_post_that_comes_back_is_said_so(district: Workspace, network: StandInNetwork) -> None:
    run(district)
    post = network.posts["office"][3]
    network.remove(post)
    run(district)
    network.posts["office"].append(post)
    run(district)
    assert [state for state, _ in states(district, post.id)] == ["new", "gone", "edited"]
    assert run(district)["office"].edited == 0


def test_an_account_that_fails_is_named_and_the_others_go_on(district: Workspace, network: StandInNetwork) -> None:
    network.faults["/timeline/office/0"] = (403, b"no")
    outcomes = run(district)
    assert (outcomes["office"].code, outcomes["office"].new) == ("no-access", 0)
    assert "/timeline/office/0" in outcomes["office"].problem
    assert outcomes["teacher"].new == 7
    del network.faults["/timeline/office/0"]
    assert run(district)["office"].new == 7


def test_a_visit_that_breaks_off_keeps_what_it_read(district: Workspace, network: StandInNetwork) -> None:
    network.faults["/timeline/office/3"] = (404, b"none")
    outcome = run(district)["office"]
    assert (outcome.new, outcome.code) == (3, "http-404")
    del network.faults["/timeline/office/3"]
    assert run(district)["office"].new == 4


def test_a_defect_in_a_collector_costs_only_its_account(
    district: Workspace, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = collector(network)

    def parse(page: object) -> object:
        if "office" in getattr(page, "account", ""):
            raise KeyError("text")
        return good.parse(page)  # type: ignore[arg-type]

    broken = Collector("standin", good.collect, parse, good.look_up, "", "")  # type: ignore[arg-type]
    monkeypatch.setattr("rollbook.collect.collectors", lambda: {"standin": broken})
    with Archive(district.archive, operator="test", parse=good.parse) as archive, Door(district.collect, archive) as door:
        office, teacher = collect(district, archive, door, Request(), "run", clock=lambda: NOW)
    assert (office.code, teacher.code, teacher.new) == ("defect", "", 7)


def test_posts_of_somebody_else_are_marked_not_taken(district: Workspace, network: StandInNetwork) -> None:
    foreign = network.add("teacher", 50, "Not mine")
    network.posts["teacher"].remove(foreign)
    network.posts["office"].append(foreign)
    outcome = run(district)["office"]
    assert outcome.new == 7
    assert "belongs to standin:teacher" in outcome.marked[0]


def test_pictures_are_kept_and_one_that_failed_is_fetched_again(district: Workspace, network: StandInNetwork) -> None:
    post = network.add("office", 60, "Look", picture="a.png")
    assert run(district)["office"].media_failed == 1
    network.media["a.png"] = b"picture"
    assert run(district)["office"].media_failed == 0
    with Archive(district.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        (version,) = versions(connection, post.id)
        assert archive.media.read(str(version.post.media[0].sha256)) == b"picture"
    network.asked.clear()
    run(district)
    assert "/media/a.png" not in network.asked


def test_pages_without_end_end_the_visit_and_cost_nothing_else(
    district: Workspace, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollbook.collect.MOST_PAGES", 2)
    network.posts["teacher"] = network.posts["teacher"][:2]
    outcomes = run(district)
    assert (outcomes["office"].code, outcomes["office"].new) == ("too-many-pages", 6)
    assert (outcomes["teacher"].code, outcomes["teacher"].new) == ("", 2)


def test_an_absurd_count_of_posts_counts_as_not_told(
    district: Workspace, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = collector(network)

    def boasting(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
        return replace((yield from good.collect(visit, door)), expected=10**30)

    monkeypatch.setattr("rollbook.collect.collectors", lambda: {"standin": replace(good, collect=boasting)})
    assert [(item.code, item.new, item.expected) for item in run(district).values()] == [("", 7, None)] * 2


def test_a_refusal_in_words_that_no_database_stores_is_told_without_them(
    district: Workspace, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, words = collector(network), "no\ud800\x00 more"

    def parse(page: Page) -> Parsed:
        if "office" in page.account:
            raise PageError(words, account=page.account)
        return replace(good.parse(page), marked=(Marked(words, words),))

    monkeypatch.setattr("rollbook.collect.collectors", lambda: {"standin": replace(good, parse=parse)})
    outcomes, told = run(district), "no\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} more"
    assert (outcomes["office"].code, outcomes["office"].problem) == ("schema", told)
    assert f"{told}: {told}" in outcomes["teacher"].marked[0]


@pytest.mark.parametrize(("bounded", "says"), [(False, "missing from a window that was read in full"), (True, "and not listed")])
def test_it_is_said_how_a_deletion_was_established(
    district: Workspace, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch, bounded: bool, says: str
) -> None:
    run(district)
    good = collector(network)

    def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
        return replace((yield from good.collect(visit, door)), bounded=bounded)

    monkeypatch.setattr("rollbook.collect.collectors", lambda: {"standin": replace(good, collect=collect)})
    post = network.posts["office"][3]
    network.remove(post)
    run(district)
    with Archive(district.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        how = versions(connection, post.id)[-1].how
    assert says in how
    assert how.endswith("a look-up by its id answered “HTTP 404”, and again “HTTP 404”")


def test_an_account_without_a_collector_is_a_gap(district: Workspace) -> None:
    register = replace(district.register, accounts={"nowhere:x": Account("nowhere:x", "district")})
    outcome = run(replace(district, register=register))["x"]
    assert outcome.code == "no-collector"


def test_the_time_limit_ends_between_two_pages_and_the_next_run_goes_on(district: Workspace) -> None:
    with (
        Archive(district.archive, operator="test", parse=parse_page) as archive,
        Door(district.collect, archive) as door,
        pytest.raises(TimeLimit),
    ):
        collect(district, archive, door, Request(deadline=0.0), "run", clock=lambda: NOW)
    assert run(district)["teacher"].new == 7


def test_the_database_is_made_again_from_the_captures(district: Workspace, network: StandInNetwork) -> None:
    run(district)
    post = network.edit(network.posts["teacher"][2], "Changed")
    network.remove(network.posts["office"][3])
    run(district)
    with Archive(district.archive, operator="test", parse=parse_page, afresh=True) as archive:
        assert verify(archive, quick=False, now=NOW).problems == ()
        with archive.store.begin() as connection:
            assert [item.state for item in versions(connection, post.id)] == ["new", "edited"]
            assert [item.state for item in versions(connection, "standin:office/4")] == ["new", "gone"]


def test_a_picture_that_is_held_stays_so_when_an_edited_post_brings_it_no_more(district: Workspace, network: StandInNetwork) -> None:
    post = network.add("office", 9, "Picture day", picture="a.png")
    network.media["a.png"] = b"a picture"
    run(district)
    network.edit(post, "Picture day is on Friday")
    del network.media["a.png"]
    assert run(district)["office"].media_failed == 1
    for afresh in (False, True):
        with Archive(district.archive, operator="test", parse=parse_page, afresh=afresh) as archive, archive.store.begin() as connection:
            pictures = [item.post.media[0].sha256 for item in versions(connection, post.id)]
            assert [archive.media.read(str(sha256)) for sha256 in pictures] == [b"a picture"] * 2


def test_an_account_that_takes_all_the_time_keeps_it_from_the_others_once_only(
    district: Workspace, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = collector(network)

    def slow(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
        if visit.account.handle == "office":
            raise TimeLimit("the time limit was reached")
        return (yield from quick.collect(visit, door))

    monkeypatch.setattr("rollbook.collect.collectors", lambda: {"standin": replace(quick, collect=slow)})
    told: list[tuple[str, str]] = []
    for _ in range(2):
        with Archive(district.archive, operator="test", parse=parse_page) as archive, Door(district.collect, archive) as door, pytest.raises(TimeLimit):
            collect(district, archive, door, Request(), "run", clock=lambda: NOW, tell=lambda outcome: told.append((outcome.account.handle, outcome.code)))
    assert told == [("office", "time-limit"), ("teacher", ""), ("office", "time-limit")]


def test_the_database_made_again_knows_when_each_post_was_last_seen(district: Workspace, network: StandInNetwork) -> None:
    network.posts["teacher"].append(network.posts["office"][0])  # somebody else's: it tells nothing of when that was there
    run(district)
    seen = []
    for afresh in (False, True):
        with Archive(district.archive, operator="test", parse=parse_page, afresh=afresh) as archive, archive.store.begin() as connection:
            seen.append(connection.execute(select(t.post.c.post, t.post.c.last_seen_at).order_by(t.post.c.post)).all())
    assert seen[0] == seen[1]
