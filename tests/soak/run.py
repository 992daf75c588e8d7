"""Kills audits with SIGKILL at random moments and holds the archive against what it had acknowledged.

    python tests/soak/run.py --rounds 200 [--over standin|sample] [--seed N]

First an audit of a small stand-in is ended once at every step that leaves something on the disk; then audits (and now
and then an analysis or a rebuild) are killed at random moments. After every kill: each line that the ledger had
acknowledged is still there, byte for byte; `rollbook verify` is clean; nothing is there twice. When a run got through:
posts, versions, media, findings and open checks are those of a run that was never killed, and a database made again
from the captures is the same, row by row. The last line has the figures; the exit code is 1 where anything was not so.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.soak.driver import Driver
from tests.soak.stage import Soak, Stage
from tests.soak.told import told
from tests.soak.worlds import World, world

#: Where the kills fall: collect and analyze do the work, the others are short.
_AIM = ("collecting", "analyzing", "collecting", "analyzing", "opening", "collecting", "analyzing", "reporting")
#: A workspace that was killed so often is let finish, so that finished ones are compared too.
_KILLS_A_STAGE = 12
#: Every so many rounds another command is the one to be killed.
_OTHERS = {5: ["analyze", "--all"], 11: ["rebuild"]}
_EVERY = 13


def references(over: World, driver: Driver, folder: Path) -> Iterator[tuple[dict[str, Any], dict[str, float]]]:
    """Of runs that are never killed, one for each state: what they leave, and how long they are at each phase."""
    over.lay(folder)
    for state in (1, 2):
        over.show(state, folder)
        ended, spent = driver.timed(["-w", str(folder), "audit"])
        if ended.status not in (0, 1):
            raise RuntimeError(f"a run that was not killed ended with {ended.status}")
        left = told(folder / "archive")
        if not left["findings"] or not left["media"]:
            raise RuntimeError("the network shows too little: findings and pictures are wanted")
        yield left, spent


def every_step(steps: Sequence[str], _state: int) -> Iterator[int]:
    """The numbers of all steps."""
    return iter(range(1, len(steps) + 1))


def one_of_each(steps: Sequence[str], state: int) -> Iterator[int]:
    """The number of one step of each kind: in the first state while a picture is on its way, otherwise its last."""
    picture = steps.index("media file written") if state == 1 else len(steps)
    for name in dict.fromkeys(steps):
        if name in steps[picture:]:
            yield steps.index(name, picture) + 1
        else:
            yield len(steps) - steps[::-1].index(name)


def crash(done: Soak, choose: Callable[[Sequence[str], int], Iterator[int]]) -> None:
    """Ends audits of the stand-in at chosen durable steps, each in a workspace of its own."""
    with tempfile.TemporaryDirectory(prefix="soak-") as temporary, world("standin", posts=5) as over:
        root = Path(temporary)
        with Driver(over.order()) as driver:
            over.lay(root / "before")
            for state, (left, _) in enumerate(references(over, driver, root / "reference"), 1):
                shutil.copytree(root / "before", root / "district")
                steps = driver.counted(["-w", str(root / "district"), "audit"])
                for step in choose(steps, state):
                    shutil.rmtree(root / "district")
                    shutil.copytree(root / "before", root / "district")
                    Stage(driver, root / "district", left, done).crash(step, steps[step - 1])
                shutil.rmtree(root / "district")
                shutil.rmtree(root / "before")
                shutil.copytree(root / "reference", root / "before")


def moments(chance: random.Random) -> Iterator[float]:
    """Numbers from 0 to 1 that leave no gap: multiples of the golden ratio, from a random one on."""
    at = chance.random()
    while True:
        yield at
        at = (at + 0.6180339887498949) % 1


def soak(done: Soak, rounds: int, over: str, seed: int, *, a_stage: int = _KILLS_A_STAGE) -> None:
    """Runs until so many runs were killed."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="soak-") as temporary, world(over) as district:
        root = Path(temporary)
        with Driver(district.order()) as driver:
            unkilled = dict(enumerate(references(district, driver, root / "reference"), 1))
            killing = _Killing(driver, unkilled, done, rounds, a_stage, moments(chance))
            while not killing.enough:
                district.lay(root / "district")
                for state in (1, 2):
                    district.show(state, root / "district")
                    killing.stage(root / "district", state)
                shutil.rmtree(root / "district")


class _Killing:
    """Kills the runs of one workspace after the other."""

    def __init__(
        self, driver: Driver, unkilled: dict[int, tuple[dict[str, Any], dict[str, float]]], done: Soak,
        rounds: int, a_stage: int, moment: Iterator[float],
    ) -> None:
        self._driver, self._unkilled, self._done = driver, unkilled, done
        self._rounds, self._a_stage, self._moment, self._turn = rounds, a_stage, moment, 0

    @property
    def enough(self) -> bool:
        return sum(self._done.kills.values()) >= self._rounds

    def stage(self, folder: Path, state: int) -> None:
        """Kills audits of a workspace until one gets through, or is let."""
        left, spent = self._unkilled[state]
        stage = Stage(self._driver, folder, left, self._done)
        for kills in range(self._a_stage):
            if self.enough:
                break
            self._turn += 1
            argv = _OTHERS.get(self._turn % _EVERY, ["audit"]) if kills else ["audit"]
            phase = _AIM[self._turn % len(_AIM)] if argv == ["audit"] else "opening"
            at_most_s = spent[phase] if argv == ["audit"] else spent["analyzing"]
            if stage.kill(argv, phase, next(self._moment) * at_most_s) and argv == ["audit"]:
                stage.compare()
                return
        stage.finish()


def main() -> int:
    """Reads the command line and prints the closing line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200, help="how many runs are killed")
    parser.add_argument("--over", choices=("standin", "sample"), default="sample", help="whose networks are read")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="for the moments; printed")
    asked = parser.parse_args()
    began, done = time.monotonic(), Soak()
    print(f"soak: every durable step, then {asked.rounds} kills over {asked.over}, seed {asked.seed}", flush=True)
    crash(done, every_step)
    print(done.line(time.monotonic() - began), flush=True)
    soak(done, asked.rounds, asked.over, asked.seed)
    print(done.line(time.monotonic() - began))
    return 1 if done.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
