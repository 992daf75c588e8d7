"""Times in the District's zone, numbers and names as a reader says them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports._wording import Clock, confidence_word, count, listing, show_command
from rollbook.plugins import reports

from .invented_week import period_report

CLOCK = Clock.of(period_report())


@pytest.mark.parametrize(("moment", "said"), [
    (datetime(2026, 10, 5, 18, 12, tzinfo=UTC), "Oct 5, 2026, 2:12 PM"),
    (datetime(2026, 10, 6, 3, 59, tzinfo=UTC), "Oct 5, 2026, 11:59 PM"),
    (datetime(2026, 10, 6, 4, 0, tzinfo=UTC), "Oct 6, 2026, 12:00 AM"),
    (datetime(2026, 12, 1, 17, 5, tzinfo=UTC), "Dec 1, 2026, 12:05 PM"),
    (datetime(1, 1, 1, tzinfo=UTC), "Jan 1, 1, 12:00 AM"),
])
def test_a_moment(moment: datetime, said: str) -> None:
    assert CLOCK.moment(moment) == said


def test_days_of_a_period() -> None:
    midnight = datetime(2026, 10, 12, 4, tzinfo=UTC)
    assert CLOCK.days(datetime(2026, 10, 5, 4, tzinfo=UTC), midnight) == "Oct 5 to Oct 11, 2026"
    assert CLOCK.days(datetime(2026, 10, 11, 4, tzinfo=UTC), midnight) == "Oct 11, 2026"
    assert CLOCK.days(datetime(2025, 12, 30, 5, tzinfo=UTC), midnight) == "Dec 30, 2025 to Oct 11, 2026"
    assert CLOCK.days(None, midnight) == "up to Oct 11, 2026"


def test_words() -> None:
    assert [confidence_word(value) for value in (1.0, 0.85, 0.84, 0.6, 0.59, 0.0)] == ["high", "high", "moderate", "moderate", "low", "low"]
    assert (count(1, "post"), count(12_400, "post"), count(2, "copy", "copies")) == ("1 post", "12,400 posts", "2 copies")
    assert (listing([]), listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"])) == ("", "a", "a and b", "a, b and c")
    assert show_command("feed:https://a.example/?p=1&q=$(rm x)") == "rollbook show 'feed:https://a.example/?p=1&q=$(rm x)'"


def test_every_format_is_a_plugin_with_a_manual() -> None:
    found = reports()
    assert set(found) >= {"html", "csv", "xlsx", "json"}
    assert all("For:" in plugin.manual for plugin in found.values())
