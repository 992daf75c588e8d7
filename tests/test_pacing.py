"""How long to wait: every platform's headers, back-off, turns and budgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rollbook.pacing import Budget, Clock, Pacer, back_off_s, budget, retry_at, wait_asked_s

NOW = datetime(2026, 10, 5, 14, 0, 0, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


class FakeClock(Clock):
    """Stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds - 1000.0)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.mark.parametrize(("headers", "seconds"), [
    ({"retry-after": "120"}, 120),
    ({"retry-after": "Mon, 05 Oct 2026 14:02:00 GMT"}, 120),
    ({"retry-after": "Mon, 05 Oct 2026 13:00:00 GMT"}, 0),
    ({"retry-after": "7", "x-ratelimit-reset": str(EPOCH + 900)}, 7),
    ({"retry-after": "soon", "ratelimit-reset": "50"}, 50),
    ({"ratelimit-reset": str(EPOCH + 300)}, 300),                       # Bluesky
    ({"x-ratelimit-reset": "2026-10-05T14:05:00.000Z"}, 300),           # Mastodon
    ({"x-ratelimit-reset": "2026-10-05T10:05:00-04:00"}, 300),
    ({"x-ratelimit-reset": str((EPOCH + 30) * 1000)}, 30),              # milliseconds
    ({"x-ratelimit-reset": "83.5"}, 83.5),                              # Reddit
    ({"x-rate-limit-reset": str(EPOCH + 900)}, 900),                    # X
    ({"ratelimit": "limit=100, remaining=50, reset=5"}, 5),             # draft -07
    ({"ratelimit": '"default";r=50;t=30'}, 30),                         # draft -08 on
    ({"x-rate-limit-reset": str(EPOCH - 10)}, 0),
])
def test_what_an_answer_asks_for(headers: dict[str, str], seconds: float) -> None:
    assert wait_asked_s(headers, NOW) == pytest.approx(seconds)
    assert retry_at(headers, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-inf", "1e400", "9" * 40, "2026-13-45", "٣", "9" * 14])
def test_a_header_that_says_nothing_is_not_obeyed(text: str) -> None:
    headers = {"retry-after": text, "x-ratelimit-reset": text, "ratelimit": text}
    assert wait_asked_s(headers, NOW) is None
    assert budget({"x-ratelimit-remaining": text, "ratelimit": text}, NOW) is None


@given(some.text(max_size=40))
def test_no_header_can_break_it(text: str) -> None:
    headers = dict.fromkeys(("retry-after", "date", "ratelimit", "ratelimit-reset", "ratelimit-remaining"), text)
    seconds = wait_asked_s(headers, NOW)
    assert seconds is None or seconds >= 0
    left = budget(headers, NOW)
    assert left is None or left.remaining >= 0


def test_moments_are_measured_by_the_servers_own_clock() -> None:
    ours = NOW + timedelta(hours=3)  # this machine is three hours fast
    headers = {"date": "Mon, 05 Oct 2026 14:00:00 GMT", "x-rate-limit-reset": str(EPOCH + 60)}
    assert wait_asked_s(headers, ours) == 60


def test_back_off_doubles_half_of_it_by_chance_and_has_an_end() -> None:
    assert [back_off_s(attempt, 1.0) for attempt in (1, 2, 3)] == [1, 2, 4]
    assert [back_off_s(attempt, 0.0) for attempt in (1, 2, 3)] == [0.5, 1, 2]
    assert back_off_s(60, 1.0) == 30
    assert back_off_s(1, 1.0, at_home=True) < 0.1


def test_a_hosts_requests_take_turns_and_other_hosts_do_not_wait() -> None:
    pacer = Pacer(FakeClock(), 0.25)
    assert [pacer.turn_s("a.example") for _ in range(3)] == [0, 0.25, 0.5]
    assert pacer.turn_s("b.example") == 0


def test_a_server_on_this_machine_is_not_spared() -> None:
    pacer = Pacer(FakeClock(), 0.25)
    assert [pacer.turn_s("127.0.0.1:8080", at_home=True) for _ in range(3)] == [0, 0, 0]


def test_a_pause_that_a_host_asks_for_is_kept_even_on_this_machine() -> None:
    pacer = Pacer(FakeClock(), 0.25)
    pacer.slow_down("school.example", 10)
    assert [pacer.turn_s("school.example") for _ in range(3)] == [10, 20, 30]
    pacer.slow_down("127.0.0.1:8080", 1)
    assert [pacer.turn_s("127.0.0.1:8080", at_home=True) for _ in range(2)] == [1, 2]
    pacer.learn("school.example", {})
    assert pacer.turn_s("school.example") == 40


def test_a_low_budget_is_spread_over_the_time_until_it_is_filled() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, 0.25)
    pacer.turn_s("social.example")
    told = {"x-ratelimit-limit": "300", "x-ratelimit-remaining": "29", "x-ratelimit-reset": "60"}
    pacer.learn("social.example", told)
    assert pacer.turn_s("social.example") == pytest.approx(2.0)
    assert pacer.turn_s("social.example") == pytest.approx(4.0)
    clock.sleep(10)
    pacer.learn("social.example", told | {"x-ratelimit-remaining": "299", "x-ratelimit-reset": "300"})
    assert [pacer.turn_s("social.example"), pacer.turn_s("social.example")] == [0, 0.25]


def test_an_empty_budget_slows_down_but_never_stops() -> None:
    assert Budget(remaining=0, reset_s=86400).spread_s == 10
    assert Budget(remaining=9, reset_s=10, limit=None).spread_s == 1
    assert Budget(remaining=500, reset_s=10, limit=1000).spread_s == 0
    assert budget({"ratelimit": '"default";r=0;t=30'}, NOW) == Budget(0, 30)
