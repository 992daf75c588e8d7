"""A workspace that is wrong is refused with file, place and what was expected; one that is right is read whole."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pandas as pd
import pytest

from rollbook.errors import ConfigError
from rollbook.places import POLICIES
from rollbook.register import may_instruct, may_speak
from rollbook.types import Hours
from rollbook.workspace import Workspace, read_workspace

TOML = """
[district]
name = "Invented Central School District"
aliases = ["Invented"]
mail_domains = ["Invented.example"]
role_mailboxes = ["Info"]
timezone = "America/New_York"

[[district.schools]]
name = "Invented High School"
aliases = ["IHS"]

[networks]
approved = ["Bluesky"]

[calendar]
hours = "07:30-15:30"
first_day = 2026-09-03
last_day = 2027-06-25
holidays = [2026-11-26]
breaks = ["2026-12-23/2027-01-03"]

[policy]
use = "west-genesee-9125.3"

[collect]
allow = ["127.0.0.0/8"]
contact = "office@invented.example"

[collect.mastodon]
base = "http://127.0.0.1:1"

[collect.reroute]
"https://news.invented.example" = "http://127.0.0.1:8080"
"""
HEADING = "account,kind,owner,role,registered_on,spokesperson_from,spokesperson_until,instruction_from,instruction_until,hours\n"
ROWS = (
    "bluesky:invented.example,district,Office,office,2025-07-01,2025-07-01,,,,\n"
    'mastodon:a@b.example,employee,"Doe, Ana",teacher,2025-09-01,2026-09-01,2026-12-31,2026-09-08,2027-01-29,none\n'
    "x:coach,employee,Bo Roe,coach,,,,,,06:00-14:00\n"
)


def make(folder: Path, *, toml: str = TOML, accounts: str = HEADING + ROWS, **files: str) -> Workspace:
    folder.mkdir(exist_ok=True)
    (folder / "district.toml").write_text(toml, encoding="utf-8")
    (folder / "accounts.csv").write_text(accounts, encoding="utf-8")
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return read_workspace(folder)


def test_a_workspace_is_read_whole(tmp_path: Path) -> None:
    found = make(tmp_path)
    assert found.district.mail_domains == ("invented.example",)
    assert found.district.role_mailboxes == {"info"}
    assert found.approved_networks == {"bluesky"}
    assert found.collect.networks == {"mastodon": {"base": "http://127.0.0.1:1"}}
    assert found.collect.reroute == {"https://news.invented.example": "http://127.0.0.1:8080"}
    assert found.policy.rules["district-email"].clause.cite == "9125.3 para 5"
    office, teacher, coach = found.register
    assert (office.network, office.handle) == ("bluesky", "invented.example")
    assert office.hours == Hours(time(7, 30), time(15, 30))
    assert (teacher.owner, teacher.hours) == ("Doe, Ana", None)
    assert coach.hours == Hours(time(6), time(14))


def test_authorisations_hold_between_their_days_both_included(tmp_path: Path) -> None:
    office, teacher, coach = make(tmp_path).register
    assert may_speak(office, date(2030, 1, 1))
    assert [may_speak(teacher, day) for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 12, 31), date(2027, 1, 1))] == [False, True, True, False]
    assert may_instruct(teacher, date(2026, 9, 8))
    assert not may_speak(coach, date(2026, 9, 8))


def test_the_calendar_knows_duty(tmp_path: Path) -> None:
    found = make(tmp_path)
    office, teacher, _ = found.register
    duty = found.school_year.on_duty
    at = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)  # Monday, 10:00 in New York
    assert duty(office, at)
    assert not duty(office, at + timedelta(hours=6))  # 16:00
    assert not duty(office, at - timedelta(days=1))  # Sunday
    assert not duty(office, datetime(2026, 11, 26, 16, tzinfo=UTC))  # a holiday
    assert not duty(office, datetime(2026, 12, 28, 16, tzinfo=UTC))  # a break
    assert not duty(office, datetime(2027, 7, 5, 16, tzinfo=UTC))  # outside the school year
    assert not duty(teacher, at)  # hours not on record


def test_events_are_read_in_the_districts_time(tmp_path: Path) -> None:
    ics = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Fall Concert\r\nDTSTART:20261008T190000\r\nDTEND:20261008T203000\r\nCATEGORIES:MUSIC\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Spirit Day\r\nDTSTART;VALUE=DATE:20261009\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    concert, spirit = make(tmp_path, events_ics=ics).school_year.events
    assert concert.starts_at.astimezone(UTC) == datetime(2026, 10, 8, 23, 0, tzinfo=UTC)
    assert concert.categories == ("MUSIC",)
    assert spirit.ends_at - spirit.starts_at == timedelta(days=1)


def test_a_spreadsheet_is_a_register_too(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "accounts.csv").unlink()
    frame = pd.DataFrame([{"account": "x:one", "kind": "employee", "registered_on": pd.Timestamp("2026-09-01"), "hours": "none"}])
    frame.to_excel(tmp_path / "accounts.xlsx", index=False)
    (account,) = read_workspace(tmp_path).register
    assert (account.key, account.registered_on, account.hours) == ("x:one", date(2026, 9, 1), None)


def test_both_kinds_of_a_register_are_one_too_many(tmp_path: Path) -> None:
    make(tmp_path)
    pd.DataFrame([{"account": "x:one", "kind": "employee"}]).to_excel(tmp_path / "accounts.xlsx", index=False)
    with pytest.raises(ConfigError, match=r"accounts\.csv and accounts\.xlsx are both there"):
        read_workspace(tmp_path)


@pytest.mark.parametrize(("rows", "says"), [
    ("bluesky,district,,,,,,,,\n", "accounts.csv, row 2, column 'account': 'bluesky' is not valid; expected network:handle"),
    ("x:a b,employee,,,,,,,,\n", "row 2, column 'account'"),
    ("X:a,employee,,,,,,,,\n", "row 2, column 'account'"),
    (",employee,,,,,,,,\n", "row 2, column 'account'"),
    ("https://www.facebook.com/examplecsd/,district,,,,,,,,\n", "row 2, column 'account': 'https://www.facebook.com/examplecsd/' is not valid; expected network:handle, here facebook:examplecsd"),
    ("https://school.example/,district,,,,,,,,\n", "expected network:handle, for a site website:https://school.example/"),
    ("x:Example_CSD,district,,,,,,,,\nx:@example_csd,district,,,,,,,,\n", "row 3, column 'account': 'x:@example_csd' is not valid; expected each account once; it stands in row 2 too"),
    ("x:a,teacher,,,,,,,,\n", "column 'kind': 'teacher' is not valid; expected 'district' or 'employee'"),
    ("x:a,employee,,,soon,,,,,\n", "column 'registered_on': 'soon' is not valid; expected a date like 2026-09-03"),
    ("x:a,employee,,,,2026-09-01,2026-08-01,,,\n", "column 'spokesperson_until'"),
    ("x:a,employee,,,,,2026-08-01,,,\n", "column 'spokesperson_from'"),
    ("x:a,employee,,,,,,,,9 to 5\n", "column 'hours': '9 to 5' is not valid; expected hours like 07:30-15:30"),
    ("x:a,employee,,,,,,,,15:30-07:30\n", "column 'hours'"),
    ("x:a,employee,,,,,,,,\n\nx:b,employee,,,,,,,,\nx:a,employee,,,,,,,,\n", "row 5, column 'account': 'x:a' is not valid; expected each account once; it stands in row 2 too"),
    ("x:a,employee,Doe, Ana,teacher,,,,,,\n", "row 2"),
    ('x:a,employee,"Doe\n', "is not CSV"),
])
def test_a_wrong_row_is_named(tmp_path: Path, rows: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        make(tmp_path, accounts=HEADING + rows)
    assert says in str(refused.value)


@pytest.mark.parametrize(("heading", "says"), [
    ("", "the file is empty"),
    ("account,owner\n", "the column 'kind' is missing"),
    ("account,kind,password\n", "the column 'password' is unknown"),
    ("account,kind,kind\n", "the column 'kind' stands twice"),
])
def test_a_wrong_heading_is_named(tmp_path: Path, heading: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        make(tmp_path, accounts=heading)
    assert says in str(refused.value)


def test_a_register_in_another_charset_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "accounts.csv").write_bytes((HEADING + "x:a,employee,Ren\u00e9,,,,,,,\n").encode("latin-1"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_workspace(tmp_path)


@pytest.mark.parametrize(("old", "new", "says"), [
    ('timezone = "America/New_York"', 'timezone = "New York"', "[district]: timezone = 'New York' is not valid"),
    ('name = "Invented Central School District"', "", "[district]: name is missing"),
    ('["Invented.example"]', '["info@invented.example"]', "mail_domains"),
    ('hours = "07:30-15:30"', 'hours = "early"', "[calendar]: hours = 'early' is not valid"),
    ("last_day = 2027-06-25", "last_day = 2026-06-25", "last_day"),
    ('"2026-12-23/2027-01-03"', '"2027-01-03/2026-12-23"', "breaks"),
    ('use = "west-genesee-9125.3"', 'use = "nowhere"', "no built-in policy is called 'nowhere'"),
    ('allow = ["127.0.0.0/8"]', 'allow = ["localhost"]', "allow"),
    ("[networks]", "[network]", "[network] is unknown"),
    ('approved = ["Bluesky"]', 'aproved = ["Bluesky"]', "'aproved' is unknown"),
    ('"https://news.invented.example" =', '"news.invented.example/feed" =', "reroute"),
    ("[district]", "[district", "is not TOML"),
])
def test_a_wrong_setting_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in TOML
    with pytest.raises(ConfigError) as refused:
        make(tmp_path, toml=TOML.replace(old, new, 1))
    assert says in str(refused.value)
    assert "district.toml" in str(refused.value)


@pytest.mark.parametrize(("row", "says"), [
    ("name,Ana Bell,2026-09-01,,", "column 'what'"),
    ("student-name,,2026-09-01,,", "column 'value'"),
    ("photo,pdq:12,2026-09-01,,", "pdq: and 64 lower-case hex digits"),
    ("photo,a.jpg,,,", "column 'from'"),
])
def test_a_wrong_approval_is_named(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        make(tmp_path, approvals_csv=f"what,value,from,until,note\n{row}\n")
    assert says in str(refused.value)


def test_a_calendar_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"events\.ics"):
        make(tmp_path, events_ics="not a calendar")


def test_a_folder_without_a_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="rollbook init"):
        read_workspace(tmp_path)


def test_any_change_of_a_register_changes_what_it_is_judged_by(tmp_path: Path) -> None:
    first = make(tmp_path).judged_by
    assert make(tmp_path).judged_by == first
    assert make(tmp_path, accounts=HEADING + ROWS.replace("06:00", "06:30")).judged_by != first


def test_each_day_has_its_version_of_the_policy(tmp_path: Path) -> None:
    built_in = (POLICIES / "west-genesee-9125.3.toml").read_text(encoding="utf-8")
    later = built_in.replace('version = "2016-10-05"', 'version = "2027"').replace(
        "in_force_from = 2016-10-05", "in_force_from = 2027-01-11"
    )
    (tmp_path / "later.toml").write_text(later, encoding="utf-8")
    both = TOML.replace('use = "west-genesee-9125.3"', 'use = ["later.toml", "west-genesee-9125.3"]')
    workspace = make(tmp_path, toml=both)
    assert [policy.version for policy in workspace.policies] == ["2016-10-05", "2027"]
    assert workspace.policy.version == "2027"
    for day, version in ((date(2010, 1, 1), "2016-10-05"), (date(2027, 1, 10), "2016-10-05"), (date(2027, 1, 11), "2027")):
        assert workspace.policy_on(day).version == version


@pytest.mark.parametrize(("use", "says"), [
    ("[]", "use = [] is not valid"),
    ("[1]", "use = [1] is not valid"),
    ('["west-genesee-9125.3", "west-genesee-9125.3"]', "both begin on 2016-10-05"),
    ('["west-genesee-9125.3", "no-such"]', "no built-in policy is called 'no-such'"),
])
def test_versions_that_are_none_are_named(tmp_path: Path, use: str, says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        make(tmp_path, toml=TOML.replace('use = "west-genesee-9125.3"', f"use = {use}"))
