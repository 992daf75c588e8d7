"""How often a host is asked, and how long to wait when it says "later": polite by default, exact where told.

Platforms tell their limits in headers of many spellings; all are read here, so that no collector has to.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock

#: Seconds between two requests to one host. Slower than any API that is read here allows (X and Bluesky ten a second);
#: Mastodon's one a second on average is kept by its budget headers.
INTERVAL_S = 0.25
#: When a tenth of a budget is left, the rest is spread over the time until it is filled again…
_LOW_SHARE = 0.1
#: …or when so few requests are left, where the platform does not say of how many.
_LOW_COUNT = 10
#: A low budget slows a host down to this and no further: a budget often belongs to one endpoint, not to the host.
_SLOWEST_S = 10.0
#: The first back-off, doubled with each attempt up to the longest.
_BACK_OFF_S, _LONGEST_BACK_OFF_S = 1.0, 30.0
#: A server on this machine has nobody to be spared for.
_BACK_OFF_AT_HOME_S = 0.05
#: A wait beyond this (ten years) is a broken header, not a wish.
_NEVER_S = 3653 * 86400.0

#: Retry-After: RFC 9110, 10.2.3. RateLimit-Reset: draft-ietf-httpapi-ratelimit-headers-03 (seconds; Bluesky sends an
#: epoch). X-RateLimit-Reset: Mastodon sends ISO 8601, GitHub an epoch, Reddit seconds. x-rate-limit-reset: X, an epoch.
_RESET_HEADERS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")
_REMAINING_HEADERS = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
_LIMIT_HEADERS = ("ratelimit-limit", "x-ratelimit-limit", "x-rate-limit-limit")
#: The later drafts put all in one field: ``limit=100, remaining=50, reset=5`` (-07), ``"default";r=50;t=30`` (-08 on).
_ONE_FIELD = re.compile(r"(?:^|[;,\s])(r|t|remaining|reset|limit)=(\d{1,12})\b")


class Clock:
    """Time, sleep and chance, so that a test can bring its own."""

    def now(self) -> datetime:
        """The wall clock, aware."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)

    def chance(self) -> float:
        """A number from 0 up to 1."""
        return random.random()  # noqa: S311 - spreads load, guards nothing


def wait_asked_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that an answer asks to wait; None where it does not say. ``headers`` knows its names in lower case.

    Moments are compared with the server's own ``Date``, so a wrong clock here does not matter.
    """
    there = _moment(headers.get("date", "")) or now
    seconds = _seconds(headers.get("retry-after", ""), there)
    return _reset_s(headers, there) if seconds is None else seconds


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The moment from which an answer allows the next request; None where it does not say."""
    seconds = wait_asked_s(headers, now)
    return None if seconds is None else now + timedelta(seconds=seconds)


def back_off_s(attempt: int, chance: float, *, at_home: bool = False) -> float:
    """Seconds before the next attempt where nobody says how many: doubled each time, half of it by chance.

    **Source**: "equal jitter" of AWS Architecture Blog, Exponential Backoff And Jitter (2015).
    """
    first = _BACK_OFF_AT_HOME_S if at_home else _BACK_OFF_S
    return min(_LONGEST_BACK_OFF_S, first * 2.0 ** (attempt - 1)) * (0.5 + chance / 2)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a platform says is left to ask in its current window."""

    remaining: int
    #: Seconds until it is filled again.
    reset_s: float
    limit: int | None = None

    @property
    def spread_s(self) -> float:
        """Seconds between requests that make a low budget last; 0 while there is plenty."""
        low = _LOW_COUNT if self.limit is None else self.limit * _LOW_SHARE
        return min(_SLOWEST_S, self.reset_s / (self.remaining + 1)) if self.remaining <= low else 0.0


def budget(headers: Mapping[str, str], now: datetime) -> Budget | None:
    """Reads what is left from an answer's headers; None where they do not say."""
    remaining = _count(headers, _REMAINING_HEADERS, ("r", "remaining"))
    limit = _count(headers, _LIMIT_HEADERS, ("limit",))
    reset_s = _reset_s(headers, _moment(headers.get("date", "")) or now)
    return None if remaining is None or reset_s is None else Budget(remaining, reset_s, limit)


class Pacer:
    """Gives each host's requests their turn."""

    def __init__(self, clock: Clock, interval_s: float = INTERVAL_S) -> None:
        self._clock, self._interval_s = clock, interval_s
        self._next_at: dict[str, float] = {}
        self._spread_s: dict[str, float] = {}
        self._asked_s: dict[str, float] = {}
        self._lock = Lock()

    def turn_s(self, host: str, *, at_home: bool = False) -> float:
        """Takes the host's next turn and says how many seconds it is away. A server on this machine is not spared."""
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now, self._next_at.get(host, now))
            interval_s = 0.0 if at_home else self._interval_s
            self._next_at[host] = turn + max(
                interval_s, self._spread_s.get(host, 0.0), self._asked_s.get(host, 0.0)
            )
            return turn - now

    def slow_down(self, host: str, interval_s: float) -> None:
        """Leaves at least so many seconds between two turns of a host, because it says so."""
        with self._lock:
            self._asked_s[host] = interval_s
            self._next_at[host] = max(self._next_at.get(host, 0.0), self._clock.monotonic() + interval_s)

    def learn(self, host: str, headers: Mapping[str, str]) -> None:
        """Takes note of what an answer says is left, for the turn after this one."""
        left = budget(headers, self._clock.now())
        with self._lock:
            if left is None or not left.spread_s:
                self._spread_s.pop(host, None)
            else:
                self._spread_s[host] = left.spread_s
                self._next_at[host] = max(self._next_at.get(host, 0.0), self._clock.monotonic() + left.spread_s)


def _one_field(headers: Mapping[str, str]) -> dict[str, str]:
    return {found[1]: found[2] for found in _ONE_FIELD.finditer(headers.get("ratelimit", ""))}


def _count(headers: Mapping[str, str], names: tuple[str, ...], fields: tuple[str, ...]) -> int | None:
    one_field = _one_field(headers)
    told = [headers.get(name, "").partition(",")[0].strip() for name in names]
    for text in (*told, *(one_field.get(field, "") for field in fields)):
        if text.isascii() and text.isdigit() and len(text) <= 12:
            return int(text)
    return None


def _reset_s(headers: Mapping[str, str], now: datetime) -> float | None:
    one_field = _one_field(headers)
    told = [headers.get(name, "") for name in _RESET_HEADERS]
    for text in (*told, one_field.get("t", ""), one_field.get("reset", "")):
        seconds = _seconds(text, now)
        if seconds is not None:
            return seconds
    return None


def _seconds(text: str, now: datetime) -> float | None:
    """Reads seconds, an epoch (in seconds or milliseconds) or a moment as seconds from now, never negative."""
    text = text.strip()
    if not text.isascii():
        return None
    try:
        number = float(text)
    except ValueError:
        moment = _moment(text)
        number = (moment - now).total_seconds() if moment else math.nan
    else:
        if number > 1e9:  # no window lasts thirty years
            number = (number / 1000 if number > 1e11 else number) - now.timestamp()
    if not math.isfinite(number) or number > _NEVER_S:
        return None
    return max(0.0, number)


def _moment(text: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
