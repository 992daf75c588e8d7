"""A month's reads: reserved before they are spent, given back when they were not, never more than the workspace allows."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.budget import Budget, BudgetExhausted, Metered, budget_of
from rollbook.errors import CollectError

NOVEMBER, DECEMBER = datetime(2026, 11, 30, 23, 59, tzinfo=UTC), datetime(2026, 12, 1, 0, 1, tzinfo=UTC)


def budget(folder: Path, monthly: int = 100, now: Callable[[], datetime] = lambda: NOVEMBER) -> Budget:
    return Budget("x", folder / "budgets" / "x.json", monthly, now)


def test_what_is_reserved_counts_until_it_is_given_back(tmp_path: Path) -> None:
    month = budget(tmp_path)
    held = month.reserve(60)
    assert (month.spent(), month.left()) == (60, 40)
    with pytest.raises(BudgetExhausted, match=r"may take 41 reads; 60 of 100 reads .* 2026-12-01"):
        month.reserve(41)
    month.settle(held, 5)
    assert (month.spent(), month.left()) == (5, 95)
    month.settle(month.reserve(10), 12)
    assert month.spent() == 17, "what cost more than was reserved is written down whole"


def test_a_share_is_taken_from_the_whole_and_has_its_own_end(tmp_path: Path) -> None:
    month = budget(tmp_path)
    share = month.share("profiles", 10)
    held = share.reserve(6)
    assert (share.spent(), month.spent(), share.left(), month.left()) == (6, 6, 4, 94)
    with pytest.raises(BudgetExhausted):
        share.reserve(5)
    assert (share.spent(), month.spent()) == (6, 6), "what is refused is reserved nowhere"
    share.settle(held, 2)
    assert (share.spent(), month.spent()) == (2, 2)
    month.reserve(96)
    assert share.left() == 2
    with pytest.raises(BudgetExhausted):
        share.reserve(3)
    assert (share.spent(), month.spent()) == (2, 98), "where the whole has none left, the share has none"


def test_a_share_that_is_answered_in_the_next_month_counts_in_both(tmp_path: Path) -> None:
    now = [NOVEMBER]
    month = budget(tmp_path, now=lambda: now[0])
    share = month.share("profiles", 10)
    held = share.reserve(6)
    now[0] = DECEMBER
    share.settle(held, 2)
    assert (share.spent(), month.spent()) == (2, 2)


def test_another_process_sees_it_and_a_killed_one_leaves_the_most_it_may_have_spent(tmp_path: Path) -> None:
    def reserve_and_die() -> None:
        budget(tmp_path).reserve(30)
        os.kill(os.getpid(), signal.SIGKILL)

    for _ in range(3):
        child = multiprocessing.get_context("fork").Process(target=reserve_and_die)
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
    assert budget(tmp_path).spent() == 90
    with pytest.raises(BudgetExhausted):
        budget(tmp_path).reserve(30)


def test_it_is_on_the_disk_before_the_request_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    sync = os.fsync

    def noting(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").resolve().name)
        sync(handle)

    monkeypatch.setattr(os, "fsync", noting)
    budget(tmp_path).reserve(1)
    assert synced == ["x.new", "budgets"]


def test_processes_at_once_never_reserve_more_than_there_is(tmp_path: Path) -> None:
    def greedy() -> None:
        month = budget(tmp_path)
        for _ in range(20):
            try:
                month.reserve(3)
            except BudgetExhausted:
                return

    children = [multiprocessing.get_context("fork").Process(target=greedy) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert budget(tmp_path).spent() == 99


def test_a_month_begins_anew_and_a_clock_set_back_opens_none(tmp_path: Path) -> None:
    now = [NOVEMBER]
    month = budget(tmp_path, now=lambda: now[0])
    late = month.reserve(70)
    now[0] = DECEMBER
    assert month.left() == 100
    month.settle(late, 20)
    assert month.spent() == 20, "asked in November, answered in December: counted in both"
    now[0] = NOVEMBER
    assert month.spent() == 20
    month.reserve(80)
    assert json.loads(month.file.read_text(encoding="utf-8")) == {"network": "x", "month": "2026-12", "spent": 100}


def test_a_sum_that_cannot_be_written_down_spends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    month = budget(tmp_path)
    month.reserve(10)
    with monkeypatch.context() as disk:
        disk.setattr("rollbook.budget.os.fsync", full)
        with pytest.raises(BudgetExhausted, match=r"x\.json cannot be written: No space left on device"):
            month.reserve(10)
    assert month.spent() == 10


@pytest.mark.parametrize("content", ["", "{", "[]", '{"month": 7, "spent": 1}', '{"month": "2026-11", "spent": -1}', '{"month": "2026-13", "spent": 1}'])
def test_a_file_that_cannot_be_read_spends_nothing(tmp_path: Path, content: str) -> None:
    month = budget(tmp_path)
    month.file.parent.mkdir()
    month.file.write_text(content, encoding="utf-8")
    with pytest.raises(BudgetExhausted, match="remove it to begin at 0"):
        month.reserve(1)


def test_a_full_disk_is_told_and_spends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    month = budget(tmp_path)
    held = month.reserve(60)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        for step in (lambda: month.reserve(1), lambda: month.settle(held, 0)):
            with pytest.raises(BudgetExhausted, match=r"x\.json cannot be written: No space left"):
                step()
    assert month.spent() == 60


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), max_size=30))
def test_the_sum_is_never_less_than_what_was_spent(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, bool]]) -> None:
    month, spent = budget(tmp_path_factory.mktemp("budget")), 0
    for most, used, killed in steps:
        try:
            held = month.reserve(most)
        except BudgetExhausted:
            continue
        spent += min(used, most)
        if not killed:
            month.settle(held, min(used, most))
        assert spent <= month.spent() <= 100


def test_an_attempt_is_metered(tmp_path: Path) -> None:
    month = budget(tmp_path)
    meter = Metered(month, 30, lambda answer: 7)
    answer: Any = object()
    meter.before()
    meter.after(answer, sent=True)
    assert month.spent() == 7
    meter.before()
    meter.after(None, sent=False)
    assert month.spent() == 7, "nothing left this machine"
    meter.before()
    meter.after(None, sent=True)
    assert month.spent() == 37, "nobody knows what it cost"
    meter.after(None, sent=True)
    assert month.spent() == 37


def test_the_workspace_sets_it(tmp_path: Path) -> None:
    def workspace(**table: Any) -> Any:
        return SimpleNamespace(archive=tmp_path, collect=SimpleNamespace(networks={"x": table}))

    assert budget_of(workspace(), "x") is None
    assert budget_of(workspace(monthly_reads=5), "facebook") is None
    found = budget_of(workspace(monthly_reads=5), "x")
    assert found
    assert replace(found, clock=lambda: NOVEMBER).says() == (
        "0 of 5 reads are used or reserved in 2026-11 (monthly_reads under [collect.x]); the next month begins on 2026-12-01 UTC"
    )
    for wrong in ("5", True, -1, 2.5):
        with pytest.raises(CollectError, match="whole number"):
            budget_of(workspace(monthly_reads=wrong), "x")
