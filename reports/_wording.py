"""How every report says a time, a number, a severity: the words that all formats share."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from rollbook.period import PeriodReport, Standing
from rollbook.types import Account, MediaType, PostKind, Severity, State

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: What each severity asks of the office.
SEVERITY_MEANS: dict[Severity, str] = {
    "urgent": "A person should look at these now.",
    "high": "To be looked at first, the same working day.",
    "medium": "To be looked at in the weekly review.",
    "low": "To be looked at when the others are done.",
    "cleared": "Looked at by a rule and cleared; nothing to do.",
}
STANDINGS: dict[Standing, str] = {"new": "New", "standing": "Still open", "ended": "Ended"}
POST_STATES: dict[State, str] = {
    "new": "As captured",
    "edited": "Edited since it was first captured",
    "gone": "No longer on its network",
}
POST_KINDS: dict[PostKind, str] = {
    "post": "Post", "reply": "Reply", "repost": "Repost", "quote": "Quote", "comment": "Comment", "page": "Page",
    "profile": "Profile",
}
NOUNS: dict[MediaType, str] = {"image": "picture", "video": "video", "audio": "sound", "file": "file"}
#: The number is the analyzer's; the words only make it readable and decide nothing.
_CONFIDENCE = ((0.85, "high"), (0.6, "moderate"), (0.0, "low"))


def confidence_word(confidence: float) -> str:
    """How sure the analyzer is, in a word."""
    return next(word for least, word in _CONFIDENCE if confidence >= least or least == 0.0)


def number(value: int) -> str:
    """A number as the District writes it: 12,400."""
    return f"{value:,}"


def count(value: int, one: str, many: str = "") -> str:
    """A number and its noun: "1 post", "12,400 posts"."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def listing(parts: Sequence[str]) -> str:
    """Parts of a sentence joined as one speaks: "a, b and c"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def sentence(text: str) -> str:
    """A cause as a sentence of its own begins: with a capital, but for an address or a name."""
    return text[0].upper() + text[1:] if text.split(" ", maxsplit=1)[0].isalpha() else text


def show_command(post: str) -> str:
    """What the records officer types to see every version of a post."""
    return f"rollbook show {shlex.quote(post)}"


def who(account: Account) -> str:
    """Who runs an account, as the register says: "Dana Whitlow, teacher"; empty where it says nothing."""
    return ", ".join(part for part in (account.owner, account.role) if part)


@dataclass(frozen=True, slots=True)
class Clock:
    """Says times in the District's time zone."""

    zone: tzinfo

    @classmethod
    def of(cls, report: PeriodReport) -> Clock:
        """The clock of a report's District."""
        return cls(ZoneInfo(report.timezone))

    def local(self, moment: datetime) -> datetime:
        """The moment in the District's time zone."""
        try:
            return moment.astimezone(self.zone)
        except OverflowError:  # a feed may date its items to the first or the last day that there is
            return moment

    def day(self, moment: datetime) -> str:
        """The date of a moment: "Oct 5, 2026"."""
        local = self.local(moment)
        return f"{_MONTHS[local.month - 1]} {local.day}, {local.year}"

    def moment(self, moment: datetime) -> str:
        """Date and time of a moment: "Oct 5, 2026, 2:12 PM"."""
        local = self.local(moment)
        return f"{self.day(moment)}, {local.hour % 12 or 12}:{local.minute:02} {'AM' if local.hour < 12 else 'PM'}"

    def weekday_moment(self, moment: datetime) -> str:
        """The same with the day of the week: "Monday, Oct 5, 2026, 2:12 PM"."""
        return f"{_WEEKDAYS[self.local(moment).weekday()]}, {self.moment(moment)}"

    def stamp(self, moment: datetime) -> str:
        """The moment for programs: ISO 8601 with the offset in force."""
        return self.local(moment).isoformat(timespec="seconds")

    def days(self, since: datetime | None, until: datetime) -> str:
        """The days of a period: "Oct 5 to Oct 12, 2026"; a period that ends at midnight ends with the day before."""
        last = self.local(until) - timedelta(microseconds=1)
        end = self.day(last)
        if since is None:
            return f"up to {end}"
        start = self.day(since)
        if start == end:
            return end
        same_year = self.local(since).year == last.year
        return f"{start.rpartition(', ')[0] if same_year else start} to {end}"
