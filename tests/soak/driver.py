"""Starts runs through tests/soak/child.py, watches what they are at, and kills them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.soak.child import PHASES

#: How often a run's phase is looked at. **Units**: seconds.
_LOOK_EVERY_S = 0.0005
#: A run that takes longer is taken for hung.
_PATIENCE_S = 300.0


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    #: The exit code, negative for a signal.
    status: int
    #: Its durable steps, where they were counted.
    steps: tuple[str, ...]
    #: What it was at last.
    phase: str
    #: The ledger's whole lines right before it was killed.
    acknowledged: bytes = b""


class Driver:
    """The process that forks the runs, and the file in which they tell their phase."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        handle, name = tempfile.mkstemp(prefix="phases-")
        os.write(handle, b"\0")
        os.close(handle)
        self._phases, self._order = Path(name), {**order, "phases": name}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("child.py"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.communicate()
        self._phases.unlink()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that forks the runs ended with {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _start(self, argv: Sequence[str], **more: object) -> int:
        assert self._process.stdin is not None
        self._phases.write_bytes(b"\0")
        self._process.stdin.write(json.dumps({**self._order, "argv": list(argv), **more}) + "\n")
        self._process.stdin.flush()
        return int(self._answer()["pid"])

    def _phase(self) -> str:
        return PHASES[self._phases.read_bytes()[0]]

    def _ended(self, acknowledged: bytes = b"") -> Ended:
        phase = self._phase()
        answer = self._answer()
        return Ended(answer["status"], tuple(answer["steps"]), phase, acknowledged)

    def run(self, argv: Sequence[str], crash_at: int | None = None) -> Ended:
        """Lets a run finish, or crash at one of its durable steps."""
        self._start(argv, crash_at=crash_at, count=crash_at is not None)
        return self._ended()

    def counted(self, argv: Sequence[str]) -> tuple[str, ...]:
        """Lets a run finish and names its durable steps."""
        self._start(argv, count=True)
        return self._ended().steps

    def timed(self, argv: Sequence[str]) -> tuple[Ended, dict[str, float]]:
        """Lets a run finish and tells how long it was at each phase, in seconds."""
        pid = self._start(argv)
        spent = dict.fromkeys(PHASES, 0.0)
        before = time.monotonic()
        while Path(f"/proc/{pid}").exists():
            time.sleep(_LOOK_EVERY_S)
            now = time.monotonic()
            spent[self._phase()] += now - before
            before = now
        return self._ended(), spent

    def kill(self, argv: Sequence[str], phase: str, after_s: float, ledger: Path) -> Ended:
        """Kills a run some time after it came to a phase, or went past it; one that is quicker just ends."""
        pid = self._start(argv)
        began = time.monotonic()
        while PHASES.index(self._phase()) < PHASES.index(phase) and Path(f"/proc/{pid}").exists():
            if time.monotonic() - began > _PATIENCE_S:
                raise RuntimeError(f"the run hangs at {self._phase()!r}")
            time.sleep(_LOOK_EVERY_S)
        time.sleep(after_s)
        acknowledged = whole_lines(ledger)
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError):
                kill(pid, signal.SIGKILL)
        return self._ended(acknowledged)


def whole_lines(ledger: Path) -> bytes:
    """What a ledger has acknowledged: its bytes up to the last line that is whole."""
    data = ledger.read_bytes() if ledger.exists() else b""
    return data[: data.rfind(b"\n") + 1]
