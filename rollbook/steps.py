"""The steps of a judgement, for a person who asks why a rule did or did not fire; nothing is kept unless one asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_followed: ContextVar[list[str] | None] = ContextVar("steps", default=None)


def step(told: str) -> None:
    """Tells one step, in a sentence."""
    steps = _followed.get()
    if steps is not None:
        steps.append(told)


@contextmanager
def followed() -> Iterator[list[str]]:
    """The steps that are told inside, in order."""
    steps: list[str] = []
    token = _followed.set(steps)
    try:
        yield steps
    finally:
        _followed.reset(token)
