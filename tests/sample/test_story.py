"""The sample's data: complete, consistent, invented, and with the findings that it promises."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rollbook.sample.posts import FOLDER, Post, StoryState, read_story
from rollbook.workspace import read_workspace

LOCAL = ZoneInfo("America/New_York")
SERVED = ("district-email", "spokesperson", "student-image")


def ours(state: StoryState) -> dict[str, Post]:
    story, register = read_story(state), read_workspace(FOLDER).register
    return {key: post for key, post in story.posts.items() if story.profiles[post.by].account in register.accounts}


def test_it_has_twelve_accounts_on_three_networks_and_120_posts() -> None:
    register = read_workspace(FOLDER).register
    assert len(register) == 12
    assert {account.network for account in register} == {"feed", "bluesky", "mastodon"}
    assert {account.kind for account in register} == {"district", "employee"}
    assert len(ours(1)) == 120
    assert min(Counter(post.by for post in ours(1).values()).values()) >= 7


def test_every_account_on_record_has_a_profile_and_every_profile_is_on_record() -> None:
    profiles = [json.loads(line) for line in (FOLDER / "profiles.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["account"] for row in profiles] == list(read_workspace(FOLDER).register.accounts)


@pytest.mark.parametrize("rule", SERVED)
def test_every_rule_that_is_served_has_at_least_four_findings(rule: str) -> None:
    assert sum(rule in post.expect for post in read_story(1).posts.values()) >= 4


def test_every_other_text_rule_has_a_finding() -> None:
    rules = {rule for post in read_story(1).posts.values() for rule in post.expect}
    assert rules >= set(read_workspace(FOLDER).policy.rules) - {"unregistered-account", "profile"}


def test_every_finding_and_every_close_call_says_why() -> None:
    rows = [json.loads(line) for line in (FOLDER / "posts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert not [row["key"] for row in rows if (row.get("expect") or row.get("cleared")) and not row.get("why")]
    assert sum(not row.get("expect") and "why" in row for row in rows) >= 25


def test_every_post_lies_in_the_two_school_weeks() -> None:
    days = {post.at.astimezone(LOCAL).date() for post in read_story(1).posts.values()}
    assert min(days) == date(2026, 10, 5)
    assert max(days) == date(2026, 10, 16)
    assert not read_workspace(FOLDER).school_year.is_working_day(date(2026, 10, 12))


def test_what_a_post_points_at_is_there_and_older() -> None:
    for state in (1, 2):
        posts = read_story(state).posts
        for post in posts.values():
            for key in filter(None, (post.reply_to, post.repost_of, post.quote_of)):
                assert posts[key].at < post.at, (post.key, key)


def test_the_posts_of_an_account_stand_in_the_order_of_time() -> None:
    seen: dict[str, datetime] = {}
    for line in (FOLDER / "posts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        at = datetime.fromisoformat(row["at"])
        assert seen.get(row["by"], at) <= at, row["key"]
        seen[row["by"]] = at


def test_no_post_is_longer_than_its_network_takes() -> None:
    longest = {"bluesky": 300, "mastodon": 500, "feed": 100_000}
    for state in (1, 2):
        story = read_story(state)
        for post in story.posts.values():
            assert len(post.text) <= longest[story.profiles[post.by].network], post.key


def test_the_second_state_has_two_edits_one_deletion_and_four_new_posts_on_all_networks() -> None:
    before, after = read_story(1), read_story(2)
    new = after.posts.keys() - before.posts.keys()
    both = before.posts.keys() & after.posts.keys()
    edited = {key for key in both if before.posts[key].text != after.posts[key].text}
    assert len(new) == 4
    assert {after.profiles[after.posts[key].by].network for key in new} == {"feed", "bluesky", "mastodon"}
    assert {after.profiles[after.posts[key].by].network for key in edited} == {"feed", "mastodon"}
    assert before.posts.keys() - after.posts.keys() == {"science-09"}
    assert all(after.posts[key].edited_at and after.posts[key].earlier for key in edited)
    # One edit takes a finding away, the other brings one.
    assert {bool(after.posts[key].expect) for key in edited} == {True, False}


def test_every_address_of_the_sample_leads_nowhere() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.*")))
    hosts = set(re.findall(r"(?:https?://|@)([\w-]+(?:\.[\w-]+)+)", text))
    assert {host for host in hosts if not re.search(r"\.example(\.com)?$", host)} == {"gmail.com"}
    # Shorter than the six letters that the provider asks for: nobody can have it.
    assert re.findall(r"([\w.]+)@gmail\.com", text) == ["isal"]


def test_telephone_numbers_are_of_the_range_kept_for_fiction() -> None:
    text = (FOLDER / "posts.jsonl").read_text(encoding="utf-8")
    assert set(re.findall(r"\b\d{3}-(\d{3}-\d{2})\d{2}\b", text)) == {"555-01"}


def test_the_register_holds_authorisations_that_are_current_over_and_not_yet_begun() -> None:
    day = date(2026, 10, 7)
    periods = [account.spokesperson for account in read_workspace(FOLDER).register]
    assert [period for period in periods if period and day in period]
    assert [period for period in periods if period and period.until_on and period.until_on < day]
    assert [period for period in periods if period and period.from_on > day]
    assert None in periods


def test_reading_another_folder_reads_that_folder(tmp_path: Path) -> None:
    for name in ("profiles.jsonl", "posts.jsonl", "others.jsonl", "later.jsonl"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert read_story(2, tmp_path).posts == {}
