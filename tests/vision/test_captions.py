"""Names next to pictures: first and last, and what only looks like one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rollbook.plugins import Case
from rollbook.types import Media, Post
from rollbook.vision.captions import Named, named
from rollbook.workspace import Workspace, read_workspace

DAY = date(2026, 10, 7)

DISTRICT = """
[district]
name = "Tern Lake Central School District"
aliases = ["Tern Lake"]
timezone = "America/New_York"
[[district.schools]]
name = "Amity Rise Elementary School"
aliases = ["Amity Rise"]
[policy]
use = "west-genesee-9125.3"
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "district.toml").write_text(DISTRICT, encoding="utf-8")
    (tmp_path / "accounts.csv").write_text(
        "account,kind,owner\nbluesky:one.example,employee,Ottilie Brandvold\nbluesky:two.example,employee,Ruben Castellaw\n"
    )
    (tmp_path / "approvals.csv").write_text(
        "what,value,from,until,note\nstudent-name,Delia Marchbanks,2026-09-01,,PR-1\n"
        "student-name,Ivo Penhallow,2025-09-01,2026-06-30,PR-2\n"
    )
    return read_workspace(tmp_path)


@pytest.fixture
def read(workspace: Workspace) -> Callable[..., Named | None]:
    def read_(text: str, alt: str = "", kind: str = "post") -> Named | None:
        account = workspace.register.accounts["bluesky:one.example"]
        media = Media("image", alt=alt or None)
        post = Post("x:1", account.key, "bluesky", kind, text, datetime(2026, 10, 7, 15, tzinfo=UTC), media=(media,))  # type: ignore[arg-type]
        return named(Case(post, account, workspace), 0, media, DAY)

    return read_


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Congratulations Maren Tolliver on the science fair!", "Maren Tolliver"),
        ("Our reader of the month is Bisi Adeyemi-Stroud, eleventh grade.", "Bisi Adeyemi-Stroud"),
        ("So proud of José Ángel Muñiz today", "José Ángel Muñiz"),
        ("Maren Tolliver's heron won.", "Maren Tolliver"),
        ("Look at Fionn O'Dwyer go", "Fionn O'Dwyer"),
        ("Shoutout to Teo R. Quillfeather for the mural", "Teo R. Quillfeather"),
        ("With Maren Tolliver and Teo Quillfeather", "Maren Tolliver"),
    ],
)
def test_a_full_name_is_read(read: Callable[..., Named | None], text: str, name: str) -> None:
    found = read(text)
    assert found is not None
    assert found.name == name
    assert (found.where, text[found.start : found.end]) == ("text", name)


@pytest.mark.parametrize(
    "text",
    [
        "Happy Friday from Room 12", "Tern Lake students at work", "Amity Rise Elementary School garden", "Fire Prevention Week",
        "Mrs. Adela Norquist and her class", "Coach Ruben Castellaw", "thanks to Principal Dana Whitlock", "PSAT TODAY",
        "Ruben Castellaw made these", "Ottilie Brandvold here", "maren tolliver", "Maren is reading", "Black History Month",
        "New York State Museum trip", "Future Self Day", "Google Classroom is down", "Spanish Club", "#GoTerns @TernLake", "",
    ],
)
def test_what_is_no_students_name_is_left(read: Callable[..., Named | None], text: str) -> None:
    assert read(text) is None


def test_a_name_in_the_description_counts(read: Callable[..., Named | None]) -> None:
    found = read("Earth Week sculpture", alt="Maren Tolliver holds a bass made of bottle caps")
    assert found == Named("alt:0", 0, 14, "Maren Tolliver")


def test_an_approved_name_does_not_raise_the_severity(read: Callable[..., Named | None]) -> None:
    assert read("Congratulations Delia Marchbanks!") is None
    found = read("Congratulations Delia Marchbanks and Maren Tolliver!")
    assert found is not None
    assert found.name == "Maren Tolliver"


def test_a_name_whose_approval_has_ended_says_so(read: Callable[..., Named | None]) -> None:
    found = read("Congratulations Ivo Penhallow!")
    assert found is not None
    assert "does not hold" in found.record


def test_a_display_name_is_no_caption(read: Callable[..., Named | None]) -> None:
    assert read("Maren Tolliver\nArt, grades 3 to 5", kind="profile") is None
