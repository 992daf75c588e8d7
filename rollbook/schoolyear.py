"""The District's calendar: working days, contract hours, and the public events on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rollbook.errors import ConfigError
from rollbook.types import Account, Hours, Period

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def written(day: date) -> str:
    """A day as the report's readers write it: Oct 6, 2026."""
    return f"{day:%b} {day.day}, {day.year}"


@dataclass(frozen=True, slots=True)
class Event:
    """One public event of events.ics: a game, a concert."""

    summary: str
    #: Aware; an all-day event runs from local midnight to local midnight.
    starts_at: datetime
    ends_at: datetime
    location: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """When the District works."""

    timezone: ZoneInfo
    work_days: frozenset[int]
    hours: Hours | None
    year: Period | None
    holidays: frozenset[date]
    breaks: tuple[Period, ...]
    events: tuple[Event, ...] = ()

    def local(self, moment: datetime) -> datetime:
        """The moment on the District's clock."""
        return moment.astimezone(self.timezone)

    def is_working_day(self, day: date) -> bool:
        """Whether the District works that day; days outside the school year are not working days."""
        return (
            day.weekday() in self.work_days
            and (self.year is None or day in self.year)
            and day not in self.holidays
            and not any(day in period for period in self.breaks)
        )

    def on_duty(self, account: Account, moment: datetime) -> bool:
        """Whether it lies in the owner's contract hours on a working day; never where hours are not on record."""
        local = self.local(moment)
        hours = account.hours
        return (
            hours is not None
            and self.is_working_day(local.date())
            and hours.start <= local.time().replace(tzinfo=None) < hours.end
        )

    def events_near(self, moment: datetime, *, within: timedelta) -> Iterator[Event]:
        """The public events that run at the moment, or ended at most ``within`` before it."""
        for event in self.events:
            if event.starts_at <= moment <= event.ends_at + within:
                yield event


def read_events(file: Path, timezone: ZoneInfo) -> tuple[Event, ...]:
    """Reads an iCalendar export, recurring events left as their first date. **Raises** ConfigError."""
    import icalendar

    try:
        calendar = icalendar.Calendar.from_ical(file.read_bytes())
    except (ValueError, OSError) as err:
        raise ConfigError(
            f"is no iCalendar file: {err}", file=file, expected="an .ics export of the public calendar"
        ) from err
    found = []
    for number, item in enumerate(calendar.walk("VEVENT"), 1):
        start = item.get("DTSTART")
        if start is None:
            raise ConfigError("has no start", file=file, place=f"event {number}", expected="DTSTART")
        starts_at = _moment(start.dt, timezone)
        end = item.get("DTEND")
        whole_day = not isinstance(start.dt, datetime)
        ends_at = _moment(end.dt, timezone) if end else starts_at + timedelta(days=1 if whole_day else 0)
        categories = item.get("CATEGORIES")
        found.append(
            Event(
                str(item.get("SUMMARY", "")), starts_at, max(ends_at, starts_at), str(item.get("LOCATION", "")),
                tuple(str(name) for name in categories.cats) if hasattr(categories, "cats") else (),
            )
        )
    return tuple(sorted(found, key=lambda event: event.starts_at))


def _moment(value: date | datetime, timezone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=timezone)
    return value if value.tzinfo else value.replace(tzinfo=timezone)
