"""LinkedIn: nothing is visited; what a member's export marks as public becomes posts, and nothing else is opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import CollectError, PageError
from rollbook.plugins import collectors
from rollbook.types import Account
from tests.exports.building import zipped

from .exported import InTestExport
from .fortnight import Fortnight

Make = Callable[..., Any]
LINK = "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A{}"
SHARES = (
    "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
    f'2026-10-01 12:00:00,{LINK.format("7000000000000000001")},"Proud of our #SpringPlay cast.""\n""See https://school.example/play",https://school.example/cast,,PUBLIC\n'
    f"2026-09-30 12:00:00,{LINK.format('7000000000000000002')},SECRET-MEMBERS,,,MEMBER_NETWORK\n"
    f"2026-09-30 12:00:00,{LINK.format('7000000000000000003')},SECRET-CONTACTS,,,CONNECTIONS\n"
    f"2026-09-29 12:00:00,{LINK.format('7000000000000000004')},SECRET-MEMBERS,,,MEMBER_NETWORK\n"
    f"2026-09-29 12:00:00,{LINK.format('7000000000000000005')},SECRET-UNSAID,,,\n"
)
PRIVATE = {name: f"SECRET-{name}" for name in (
    "messages.csv", "Connections.csv", "Comments.csv", "Reactions.csv", "Ad_Targeting.csv", "Email Addresses.csv", "Profile.csv",
)}


def test_a_visit_says_what_to_do_and_asks_nobody(kernel: Make) -> None:
    visits = kernel("linkedin:m-rivera")
    with pytest.raises(CollectError) as only:
        visits.visit()
    assert only.value.code == "import-only"
    assert "rollbook import FILE --account linkedin:m-rivera" in str(only.value)


@pytest.mark.parametrize("name", ["Shares.csv", "Complete_LinkedInDataExport/Shares_181682616.csv"])
def test_only_what_is_marked_as_public_is_read_in(kernel: Make, name: str) -> None:
    export = InTestExport({name: SHARES, **PRIVATE})
    plugin = collectors()["linkedin"]
    assert plugin.export is not None
    assert plugin.export.recognises(export.names)
    assert not plugin.export.recognises(frozenset(PRIVATE))
    (post,), marked = export.read(plugin, Account("linkedin:m-rivera", "employee"))
    assert (post.id, post.text) == ("linkedin:urn:li:share:7000000000000000001", "Proud of our #SpringPlay cast.\nSee https://school.example/play")
    assert post.links == ("https://school.example/play", "https://school.example/cast")
    assert post.hashtags == ("SpringPlay",)
    assert post.created_at.isoformat() == "2026-10-01T12:00:00+00:00"
    assert [mark.problem for mark in marked] == [
        "not-public: 2 shares whose visibility is MEMBER_NETWORK were not read in",
        "not-public: 1 shares whose visibility is CONNECTIONS were not read in",
        "not-public: 1 shares whose visibility is not said were not read in",
    ]
    assert export.opened == {name}
    assert "SECRET" not in export.told
    assert [item.state for item in kernel("linkedin:m-rivera").look_up(post)] == ["unclear"]


def test_a_file_with_other_columns_is_named() -> None:
    export = InTestExport({"Shares.csv": SHARES.replace("Visibility", "Sichtbarkeit")})
    with pytest.raises(PageError) as other:
        export.read(collectors()["linkedin"], Account("linkedin:m-rivera", "employee"))
    assert "Visibility" in str(other.value)


def test_an_export_is_taken_into_the_archive(tmp_path: Path) -> None:
    days = Fortnight(tmp_path, "linkedin:m-rivera", {}, {}, datetime(2026, 10, 5, tzinfo=UTC))
    assert days.visit() == ("import-only", 0, 0, 0)
    assert days.take(zipped(tmp_path / "linkedin.zip", {"Shares.csv": SHARES, **PRIVATE})) == (1, 0)
    later = SHARES.replace("Proud of our", "Very proud of our")
    assert days.take(zipped(tmp_path / "later.zip", {"Shares.csv": later, **PRIVATE}))[0] == 0
    days.check("SECRET")
