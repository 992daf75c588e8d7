"""What the tests of the Door share: a server, a sink, a Door between them, and a clock that does not wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rollbook.http import Clock, Door

from .loopback import ListSink, Loopback, loopback, settings


class FakeSleepClock(Clock):
    """The real time, but nobody really sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._ahead_s += seconds

    def chance(self) -> float:
        return 0.5


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as running:
        yield running


@pytest.fixture
def sink() -> ListSink:
    return ListSink()


@pytest.fixture
def clock() -> FakeSleepClock:
    return FakeSleepClock()


@pytest.fixture
def door(sink: ListSink, clock: FakeSleepClock) -> Iterator[Door]:
    with Door(settings(contact="https://www.quarrybay.example/contact"), sink, clock=clock) as opened:
        yield opened
