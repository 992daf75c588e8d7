"""A network that bills for its answers: each attempt is metered, whoever asks again."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from rollbook.errors import CollectError, NetworkError, PageError
from rollbook.http import Answer, Door

from .loopback import Loopback, answer, redirect


@dataclass
class NotingMeter:
    """Allows so many attempts, and notes what came of each."""

    allowed: int = 99
    told: list[str] = field(default_factory=list)

    def before(self) -> None:
        if self.allowed == 0:
            raise CollectError("no more", code="budget")
        self.allowed -= 1
        self.told.append("before")

    def after(self, answer: Answer | None, *, sent: bool) -> None:
        self.told.append(str(answer.status_code) if answer is not None else "broken" if sent else "not sent")


def ask(door: Door, url: str, meter: NotingMeter) -> list[int]:
    with door.on_behalf_of("x:office", "timeline", meter=meter) as behalf:
        door.get(url)
    return [page.status for page in behalf.pages]


def test_every_attempt_and_every_hop(door: Door, server: Loopback) -> None:
    meter = NotingMeter()
    server.scripts["/a"] = [answer(503), answer(429), redirect("/b")]
    server.scripts["/b"] = answer(200, b"{}")
    assert ask(door, f"{server.url}/a", meter) == [200]
    assert meter.told == ["before", "503", "before", "429", "before", "302", "before", "200"]


def test_an_attempt_that_is_not_allowed_is_not_sent(door: Door, server: Loopback) -> None:
    meter = NotingMeter(allowed=1)
    server.scripts["/a"] = answer(503)
    with pytest.raises(CollectError) as spent:
        ask(door, f"{server.url}/a", meter)
    assert spent.value.code == "budget"
    assert meter.told == ["before", "503"]
    assert len(server.asked) == 1


def test_an_answer_that_breaks_off_is_told_from_no_connection(door: Door, server: Loopback) -> None:
    meter = NotingMeter()
    server.scripts["/a"] = answer(200, b"{", "Connection: close", length=9)
    with pytest.raises(PageError):
        ask(door, f"{server.url}/a", meter)
    assert meter.told == ["before", "broken"] * 3
    meter = NotingMeter()
    with pytest.raises(NetworkError):
        ask(door, "http://127.0.0.1:9/a", meter)
    assert meter.told == ["before", "not sent"] * 3
    meter = NotingMeter()
    with pytest.raises(NetworkError):
        ask(door, "http://192.168.7.7/a", meter)
    assert meter.told == ["before", "not sent"]
