"""Measures speed and size and writes docs/benchmarks.md.

    python tests/bench/run.py [--only SECTION]... [--trial] [--million]

Every figure stands beside a yardstick or a bound that is measured in the same run, by turns, so that a busy machine
slows both. ``PRESIDIO_PYTHON`` names the interpreter of Presidio's environment; where it is not set, the environment
is made in build/presidio from tests/bench/presidio.lock. It is never the project's own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.figures import Figure, Size, table
from tests.bench.measure import ROOT, load, machine, versions
from tests.bench.scanning import scan
from tests.bench.sections import SECTIONS

_TRIAL = Size(runs=1, scanned=5_000, over=1, yardstick=200, answers=100, small=1_000, large=4_000, findings=500)


def presidio_python() -> str:
    """The interpreter of the yardstick's environment, which is made where it is missing."""
    named = os.environ.get("PRESIDIO_PYTHON", "")
    if named:
        return str(ROOT / named)
    folder = ROOT / "build" / "presidio"
    if not (folder / ".complete").exists():
        lock = "tests/bench/presidio.lock"
        subprocess.run(["bash", "tools/setup.sh", str(folder), "--only", lock], cwd=ROOT, check=True)
        (folder / ".complete").touch()
    return str(folder / "bin" / "python")


def page(figures: list[Figure], parts: list[str], took_s: float, loads: list[str]) -> str:
    """The whole page."""
    return "\n".join([
        "# Benchmarks", "",
        "Written by `make bench`; do not edit. Three numbers in a row are the minimum, the **median** and the maximum of",
        "several runs. A ratio compares two things measured by turns in the same run.", "",
        f"- {datetime.now(UTC):%Y-%m-%d}, {machine()}",
        f"- {versions()}",
        f"- {took_s / 60:.0f} minutes; load of the machine before each section: {', '.join(loads)} (about 1 is the",
        "  benchmark itself; more means that other work ran beside it)", "",
        table(figures), "", *parts,
    ])


def main() -> int:
    """Reads the command line, measures, writes. A missed bound is told on the page; a busy machine misses some."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=SECTIONS, help="this section; may be repeated; prints, writes nothing")
    parser.add_argument("--trial", action="store_true", help="small numbers, to see whether it runs; prints, writes nothing")
    parser.add_argument("--million", action="store_true", help="sees how the cost grows up to a million posts, half an hour more")
    asked = parser.parse_args()
    size, began = _TRIAL if asked.trial else replace(Size(), growth=3 if asked.million else 2), time.monotonic()
    figures: list[Figure] = []
    parts, loads = [], []
    for name, section in SECTIONS.items():
        if asked.only and name not in asked.only:
            continue
        print(f"bench: {name}, load {load()}", file=sys.stderr, flush=True)
        loads.append(load())
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            more = (presidio_python(),) if section is scan else ()
            found, text = section(size, Path(folder), *more)
        figures += found
        parts += [f"## {name}", "", text]
    text = page(figures, parts, time.monotonic() - began, loads)
    if asked.only or asked.trial:
        print(text)
    else:
        (ROOT / "docs" / "benchmarks.md").write_text(text.rstrip() + "\n", encoding="utf-8")
        print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
