"""How much a month of reading may cost, where a network bills for every post that it shows.

What a request may cost at most is written down and synced before it is sent; what it did not use is given back when
its answer is here. A process that is killed in between leaves the most that the request may have cost: the sum that is
written down is never less than what was spent.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rollbook.errors import CollectError
from rollbook.exchange import Answer
from rollbook.workspace import Workspace

#: The folder of the budgets' files inside the archive's.
FOLDER = "budgets"
#: The line of ``[collect.NETWORK]`` that says how many reads a month may have.
SETTING = "monthly_reads"

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


class BudgetExhausted(CollectError):
    """The month's reads do not suffice for the next request; it was not sent."""

    code = "budget"


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one request may use at most."""

    reads: int
    #: ``2026-11``, of UTC.
    month: str
    #: The same in the budget that this one is a share of.
    whole: Reservation | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """The reads of one network in a calendar month of UTC, over all accounts and all processes."""

    network: str
    file: Path
    monthly: int
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    #: The budget that this one is a share of: what is reserved here is reserved there too.
    whole: Budget | None = field(default=None)

    def share(self, name: str, of: int) -> Budget:
        """What a purpose that comes second may take: one part ``of`` so many, counted in a file of its own as well."""
        return Budget(self.network, self.file.with_name(f"{self.file.stem}-{name}.json"), self.monthly // of,
                      self.clock, self)

    def spent(self) -> int:
        """Reads of this month that are used or reserved."""
        with self._open() as (month, spent, _):
            return spent if month == self._month(month) else 0

    def left(self) -> int:
        """Reads that may still be reserved this month."""
        left = max(0, self.monthly - self.spent())
        return left if self.whole is None else min(left, self.whole.left())

    def reserve(self, reads: int) -> Reservation:
        """Writes down, synced, what the next request may use at most. **Raises** BudgetExhausted."""
        with self._open() as (known, spent, write):
            month = self._month(known)
            spent = spent if month == known else 0
            if spent + reads > self.monthly:
                raise BudgetExhausted(f"the next request may take {reads:,} reads; {self._told(month, spent)}")
            write(month, spent + reads)
        if self.whole is None:
            return Reservation(reads, month)
        try:
            return Reservation(reads, month, self.whole.reserve(reads))
        except BudgetExhausted:
            self.settle(Reservation(reads, month), 0)
            raise

    def settle(self, reservation: Reservation, used: int) -> None:
        """Gives back what a request did not use; a request that used more than it reserved is written down whole."""
        with self._open() as (known, spent, write):
            month = self._month(known)
            if month == reservation.month:
                write(month, max(0, spent - reservation.reads + used))
            else:  # sent in one month, answered in the next: counted in both
                write(month, (spent if month == known else 0) + used)
        if self.whole is not None and reservation.whole is not None:
            self.whole.settle(reservation.whole, used)

    def says(self) -> str:
        """In words: what is used, of how much, and when it is filled again."""
        with self._open() as (known, spent, _):
            month = self._month(known)
            return self._told(month, spent if month == known else 0)

    def _told(self, month: str, spent: int) -> str:
        year, number = (int(part) for part in month.split("-"))
        again = f"{year + number // 12}-{number % 12 + 1:02}-01"
        return (
            f"{spent:,} of {self.monthly:,} reads are used or reserved in {month} ({SETTING} under "
            f"[collect.{self.network}]); the next month begins on {again} UTC"
        )

    def _month(self, known: str) -> str:
        """The month that counts: a clock that was set back opens no month again."""
        return max(known, f"{self.clock().astimezone(UTC):%Y-%m}")

    @contextmanager
    def _open(self) -> Iterator[tuple[str, int, Callable[[str, int], None]]]:
        """Holds the file for this process alone; gives its month, its sum, and what writes others in their place."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.with_suffix(".lock").open("a", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                month, spent = self._read()
                yield month, spent, self._write
        except OSError as err:
            raise BudgetExhausted(f"{self.file} cannot be written: {err.strerror}; nothing is read without it") from err

    def _read(self) -> tuple[str, int]:
        try:
            data = json.loads(self.file.read_text(encoding="utf-8"))
            month, spent = data["month"], data["spent"]
            if _MONTH.fullmatch(month) and isinstance(spent, int) and spent >= 0:
                return month, spent
        except FileNotFoundError:
            return "", 0
        except (OSError, ValueError, KeyError, TypeError):
            pass
        problem = f"{self.file} cannot be read: nobody knows what this month has used; remove it to begin at 0"
        raise BudgetExhausted(problem)

    def _write(self, month: str, spent: int) -> None:
        """Whole or not at all, and on the disk when it returns."""
        draft = self.file.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as handle:
            json.dump({"network": self.network, "month": month, "spent": spent}, handle)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(self.file)
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(slots=True)
class Metered:
    """Takes each attempt of a request from a budget (``rollbook.exchange.Meter``)."""

    budget: Budget
    #: The most that one answer may cost.
    at_most: int
    #: What an answer did cost.
    cost: Callable[[Answer], int]
    _held: Reservation | None = None

    def before(self) -> None:
        """Reserves. **Raises** BudgetExhausted."""
        self._held = self.budget.reserve(self.at_most)

    def after(self, answer: Answer | None, *, sent: bool) -> None:
        """Gives back what was not used; all of it where nothing left this machine, none where nobody knows."""
        held, self._held = self._held, None
        if held is not None and (answer is not None or not sent):
            self.budget.settle(held, self.cost(answer) if answer is not None else 0)


def budget_of(workspace: Workspace, network: str) -> Budget | None:
    """The budget that the workspace sets for a network; None where it sets none. **Raises** CollectError: setting."""
    settings: Mapping[str, object] = workspace.collect.networks.get(network, {})
    if SETTING not in settings:
        return None
    monthly = settings[SETTING]
    if not isinstance(monthly, int) or isinstance(monthly, bool) or monthly < 0:
        problem = f"[collect.{network}] {SETTING} is {monthly!r}; expected a whole number of reads a month"
        raise CollectError(problem, code="setting")
    return Budget(network, workspace.archive / FOLDER / f"{network}.json", monthly)
