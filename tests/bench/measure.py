"""Runs, clocks and spreads: how the benchmark measures, and on what."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: The command as a user's shell finds it; where the project is not installed, the same entry point.
ROLLBOOK = [str(Path(sys.executable).with_name("rollbook"))]
if not Path(ROLLBOOK[0]).exists():
    ROLLBOOK = [sys.executable, "-c", "from rollbook.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Several measurements of one thing."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """The spread of some values."""
        return cls(tuple(values))

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    def said(self, digits: int = 0) -> str:
        """Minimum, median and maximum, as the page prints them."""
        low, high = min(self.values), max(self.values)
        return f"{low:,.{digits}f} / **{self.median:,.{digits}f}** / {high:,.{digits}f}"


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a program."""

    wall_s: float
    peak_mb: float
    status: int
    output: str


def ran(argv: Sequence[str], *, environment: dict[str, str] | None = None, statuses: Sequence[int] = (0, 1)) -> Ran:
    """Runs a program to its end; one thread, and the program is this checkout's."""
    single = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    began = time.perf_counter()
    with subprocess.Popen(
        argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, **single, **(environment or {})}
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in statuses:
        raise SystemExit(f"{' '.join(argv)} ended with {process.returncode}: {output[-500:]}")
    return Ran(time.perf_counter() - began, used.ru_maxrss / 1024, process.returncode, output)


def machine() -> str:
    """What this ran on, in one line."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine()
    )
    memory = next((int(line.split()[1]) / 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0.0)
    return f"{model}, {os.cpu_count()} virtual cores, {memory:.0f} GB, {platform.system()} {platform.release().partition('-')[0]}"


def versions() -> str:
    """The versions that decide the figures."""
    named = ", ".join(f"{name} {version(name)}" for name in ("SQLAlchemy", "isal", "jinja2"))
    import sqlite3

    return f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {named}"


def load() -> str:
    """How busy the machine is with other things."""
    return f"{os.getloadavg()[0]:.1f}"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
