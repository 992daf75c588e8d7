"""Killed at any moment: what was acknowledged is there, nothing is twice, the next run finishes. `make soak` does more."""

from __future__ import annotations

import pytest

from tests.soak.run import crash, one_of_each, soak
from tests.soak.stage import Soak


@pytest.mark.slow
def test_a_run_that_ends_at_a_durable_step_loses_nothing_and_doubles_nothing() -> None:
    done = Soak()
    crash(done, one_of_each)
    assert done.wrong == []
    assert done.crashes >= 20


@pytest.mark.slow
def test_runs_killed_at_random_moments_lose_nothing_and_double_nothing() -> None:
    done = Soak()
    soak(done, 12, "standin", seed=20261005, a_stage=6)
    assert done.wrong == []
    assert sum(done.kills.values()) == 12
