"""The main job over the sample, three times, with the real collectors and analyzers.

It finds what the data promises, and what happened in between. Only the pause between the two look-ups of a deletion
is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rollbook.analyze import analyze
from rollbook.archive.archive import Archive
from rollbook.audit import open_archive
from rollbook.collect import Outcome, Request, collect
from rollbook.http import Door
from rollbook.period import PeriodReport, Reported
from rollbook.plugins import analyzers
from rollbook.reporting import Asked, gather, report
from rollbook.sample import StandInNetworks, lay, state_for
from rollbook.sample.album import has_photographs
from rollbook.sample.native import snowflake, tid
from rollbook.sample.posts import Post, Story, read_story
from rollbook.strangers import meet
from rollbook.types import Account
from rollbook.types import Post as Published
from rollbook.vision import weights
from rollbook.workspace import Workspace, read_workspace

pytestmark = pytest.mark.slow
SEES_PEOPLE = has_photographs() and not weights.missing()
EVERY = (
    "district-email", "spokesperson", "student-identity", "confidential-info", "unsponsored-instruction", "student-contact",
    "personal-use", "conduct", "copyright", "child-safety", "electioneering", "student-image",
)
RULES = EVERY if SEES_PEOPLE else EVERY[:-1]


@dataclass(frozen=True)
class Run:
    """One audit of the sample, as a report tells it."""

    story: Story
    outcomes: list[Outcome]
    period: PeriodReport

    def keys(self, items: tuple[Reported, ...], *standing: str) -> set[tuple[str, str]]:
        """Post and rule of the findings of some standing, of all that still hold where none is named."""
        wanted = standing or ("new", "standing")
        return {(self.key(item.post, item.account), item.finding.rule) for item in items if item.standing in wanted}

    def key(self, post: Published, account: Account) -> str:
        """What the sample calls a post, told from the identifier that the network gave it; of a profile, its name."""
        by = next(profile.by for profile in self.story.profiles.values() if profile.account == account.key)
        return next((item.key for item in self.story.of(by) if post.id.endswith(native(self.story, item))), by)


def native(story: Story, post: Post) -> str:
    """What an identifier ends with on the post's network."""
    network = story.profiles[post.by].network
    if network == "feed":
        return f"/news/{post.key}"
    return snowflake(post.at, post.key) if network == "mastodon" else tid(post.at, post.key)


def audit(folder: Path) -> Run:
    """What ``rollbook sample`` does, without its pause."""
    state = state_for(folder)
    with StandInNetworks(state) as reroute:
        workspace = read_workspace(lay(folder))
        workspace = replace(workspace, collect=replace(workspace.collect, reroute=reroute))
        with open_archive(workspace) as archive:
            return Run(read_story(1) if state == 1 else both(), *visit(workspace, archive))


def visit(workspace: Workspace, archive: Archive) -> tuple[list[Outcome], PeriodReport]:
    with Door(workspace.collect, archive) as door:
        outcomes = collect(workspace, archive, door, Request(), "run", sleep=lambda seconds: None)
    meet(workspace, archive)
    analyze(workspace, archive)
    now = datetime.now(UTC)
    period = gather(workspace, archive, Asked(), now)
    report(workspace, archive, Asked(formats=("json",)), now)
    return outcomes, period


def both() -> Story:
    """The second state, and what was deleted before it."""
    first, second = read_story(1), read_story(2)
    return replace(second, posts={**first.posts, **second.posts})


def promised(story: Story, what: str) -> set[tuple[str, str]]:
    """Post and rule of what the data promises."""
    items = {**{post.key: post for post in story.posts.values()}, **story.profiles}
    return {(key, rule) for key, item in items.items() for rule in getattr(item, what, ()) if rule in RULES}


@pytest.fixture(scope="module", name="runs")
def _runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run, Run]:
    folder = tmp_path_factory.mktemp("sample")
    return audit(folder), audit(folder), audit(folder)


def test_every_account_is_read_to_the_end_and_no_picture_is_missing(runs: tuple[Run, Run, Run]) -> None:
    for run in runs:
        assert [(line.account.key, line.code, line.problem) for line in run.period.completeness if line.code] == []
        assert {(line.media_failed, line.marked) for line in run.period.completeness} == {(0, 0)}


def test_the_first_audit_takes_in_every_post_once(runs: tuple[Run, Run, Run]) -> None:
    held = {line.account.key: line.held for line in runs[0].period.completeness}
    story = read_story(1)
    written = {profile.account: len(story.of(profile.by)) for profile in story.profiles.values()}
    assert held == {account: count for account, count in written.items() if account in held}
    assert sum(held.values()) == 120


@pytest.mark.parametrize("rule", EVERY)
def test_the_first_audit_finds_what_the_data_promises_and_nothing_else(runs: tuple[Run, Run, Run], rule: str) -> None:
    if rule not in RULES:
        pytest.skip("photographs or detectors are not installed: the extras `sample` and `vision`")
    found = {key for key, its_rule in runs[0].keys(runs[0].period.findings) if its_rule == rule}
    assert found == {key for key, its_rule in promised(read_story(1), "expect") if its_rule == rule}
    assert found


def test_of_those_that_nobody_registered_only_the_team_is_told(runs: tuple[Run, Run, Run]) -> None:
    told = {item.finding.account for item in runs[0].period.findings if item.finding.rule == "unregistered-account"}
    assert told == {"bluesky:thhs-soccer.skylark.example"}


def test_what_was_looked_at_and_cleared_is_told(runs: tuple[Run, Run, Run]) -> None:
    cleared = runs[0].keys(runs[0].period.cleared)
    wanted = promised(read_story(1), "cleared")
    assert wanted - cleared == set()
    pictures = [{key for key, rule in pairs if rule == "student-image"} for pairs in (cleared, wanted)]
    assert pictures[0] == pictures[1]


def test_a_name_beside_a_picture_weighs_more_and_a_role_mailbox_less(runs: tuple[Run, Run, Run]) -> None:
    first = runs[0]
    weighed = {
        (first.key(item.post, item.account), item.finding.rule): item.finding.severity for item in first.period.findings
    }
    assert weighed["principal-08", "district-email"] == "low"
    assert weighed["band-02", "district-email"] == "medium"
    if SEES_PEOPLE:
        assert (weighed["library-02", "student-image"], weighed["science-04", "student-image"]) == ("high", "medium")


def test_union_talk_leaves_a_count_and_nothing_else(runs: tuple[Run, Run, Run]) -> None:
    assert sum(runs[0].period.dropped.values()) >= 1
    assert not [item for item in runs[0].period.findings if "Association" in item.post.text]


def test_only_checks_that_cannot_run_here_are_not_checked(runs: tuple[Run, Run, Run]) -> None:
    assert {group.rule for group in runs[0].period.not_checked} == ({"student-image"} if weights.missing() else set())


def test_the_second_audit_sees_two_edits_one_deletion_and_four_new_posts(runs: tuple[Run, Run, Run]) -> None:
    second = runs[1]
    changes: dict[str, set[str]] = {}
    for change in second.period.changes:
        changes.setdefault(change.state, set()).add(second.key(change.post, change.account))
    assert changes == {
        "new": {"news-13", "history-12", "coach-11", "bend-11"}, "edited": {"band-02", "blog-07"},
        "gone": {"science-09"},
    }
    counted = [(outcome.new, outcome.edited, outcome.gone) for outcome in second.outcomes]
    assert tuple(map(sum, zip(*counted, strict=True))) == (4, 2, 1)
    gone = next(change for change in second.period.changes if change.state == "gone")
    assert "RecordNotFound" in gone.how
    assert gone.before is not None
    assert gone.before.text.startswith("Speaking for the science department")


def test_findings_come_and_end_with_the_edits(runs: tuple[Run, Run, Run]) -> None:
    second = runs[1]
    assert ("coach-11", "district-email") in second.keys(second.period.findings, "new")
    assert ("blog-07", "district-email") in second.keys(second.period.findings, "new")
    assert ("band-02", "district-email") in second.keys(second.period.findings, "ended")


def test_the_third_audit_has_nothing_new(runs: tuple[Run, Run, Run]) -> None:
    third = runs[2]
    assert third.period.changes == ()
    assert not third.keys(third.period.findings, "new", "ended")


def test_every_rule_of_the_policy_is_served() -> None:
    assert set(RULES) <= set(analyzers())
