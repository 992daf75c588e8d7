"""What is held against what after a run was killed, and after one got through."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.soak.driver import Driver, whole_lines
from tests.soak.steps import KILLED
from tests.soak.told import database, differences, doubles, told


@dataclass
class Soak:
    """What was done so far, and what was wrong."""

    kills: Counter[str] = field(default_factory=Counter)
    #: Runs that ended at a chosen durable step.
    crashes: int = 0
    finished: int = 0
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list)

    def line(self, seconds: float) -> str:
        """The closing line."""
        where = ", ".join(f"{count} {phase}" for phase, count in sorted(self.kills.items()))
        return (
            f"soak: {self.crashes} runs ended at a durable step, {sum(self.kills.values())} killed at random ({where}), "
            f"{self.finished} then finished and compared, {self.acknowledged} acknowledged ledger lines held, "
            f"{len(self.wrong)} wrong, {seconds:.0f} s"
        )


class Stage:
    """One workspace whose networks stand in one state, audited until a run gets through."""

    def __init__(self, driver: Driver, folder: Path, reference: dict[str, Any], done: Soak) -> None:
        self._driver, self.folder, self._reference, self._done = driver, folder, reference, done

    def kill(self, argv: list[str], phase: str, after_s: float) -> bool:
        """Kills one run and checks what it left; tells whether the run was quicker."""
        ledger = self.folder / "archive" / "ledger.jsonl"
        ended = self._driver.kill(["-w", str(self.folder), *argv], phase, after_s, ledger)
        if ended.status != -9:
            if ended.status not in (0, 1):
                self._wrong(f"{' '.join(argv)} ended with {ended.status}")
            return True
        self._done.kills[ended.phase if argv == ["audit"] else argv[0]] += 1
        when = f"killed while {ended.phase}, {after_s * 1000:.0f} ms in"
        if not whole_lines(ledger).startswith(ended.acknowledged):
            self._wrong(f"{when}: a line that stood there before the kill is lost")
        self.check(when)
        return False

    def crash(self, step: int, name: str) -> None:
        """Ends one audit right after a durable step, checks what it left and lets the next one finish."""
        ended = self._driver.run(["-w", str(self.folder), "audit"], crash_at=step)
        if ended.status != KILLED:
            self._wrong(f"step {step}, {name}: the run ended with {ended.status} and should have been killed")
        self._done.crashes += 1
        self.check(f"ended after step {step}, {name}")
        self.finish()

    def check(self, when: str) -> None:
        """Verifies a copy, so that the next run of the workspace itself still meets what the kill left."""
        copy = self.folder.with_name("copy")
        shutil.copytree(self.folder, copy)
        ledger = copy / "archive" / "ledger.jsonl"
        acknowledged = whole_lines(ledger)
        ended = self._driver.run(["-w", str(copy), "verify"])
        if ended.status != 0:
            self._wrong(f"{when}: verify ended with {ended.status}")
        if not whole_lines(ledger).startswith(acknowledged):
            self._wrong(f"{when}: an acknowledged line is lost")
        for double in doubles(ledger):
            self._wrong(f"{when}: {double}")
        self._done.acknowledged += acknowledged.count(b"\n")
        shutil.rmtree(copy)

    def finish(self) -> None:
        """Lets a run get through and compares with one that was never killed."""
        ended = self._driver.run(["-w", str(self.folder), "audit"])
        if ended.status not in (0, 1):
            self._wrong(f"the run that was not killed ended with {ended.status}")
        self.compare()

    def compare(self) -> None:
        """Holds a finished workspace against the reference, and its database against one made again."""
        self.check("finished")
        archive = self.folder / "archive"
        for difference in differences(told(archive), self._reference):
            self._wrong(f"not as in a run that was never killed: {difference}")
        kept = database(archive)
        self._driver.run(["-w", str(self.folder), "rebuild"])
        for difference in differences(kept, database(archive)):
            self._wrong(f"the database made again differs: {difference}")
        self._done.finished += 1

    def _wrong(self, what: str) -> None:
        self._done.wrong.append(what)
        print(f"WRONG: {what}", file=sys.stderr, flush=True)
