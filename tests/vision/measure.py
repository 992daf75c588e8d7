"""Measures the people detectors over labelled photographs: recall, false alarms, time a picture.

    python tests/vision/measure.py MANIFEST.csv FOLDER [--list]

The manifest has the columns file, people (1 or 0), likely_minors (1, 0 or ?). The photographs stay where they are.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import time
from pathlib import Path

from rollbook.vision.decode import decode
from rollbook.vision.people import people


def wilson(count: int, total: int, z: float = 1.96) -> str:
    """A share with its 95 % interval (Wilson's score interval)."""
    if not total:
        return "none"
    share = count / total
    middle = (share + z * z / 2 / total) / (1 + z * z / total)
    half = z * (share * (1 - share) / total + z * z / 4 / total**2) ** 0.5 / (1 + z * z / total)
    return f"{count}/{total} = {share:.3f} ({middle - half:.3f} to {middle + half:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", action="store_true", help="name the missed and the false")
    asked = parser.parse_args()
    seen: list[tuple[dict[str, str], bool]] = []
    took_ms = []
    with asked.manifest.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            data = (asked.folder / row["file"]).read_bytes()
            start = time.perf_counter()
            found = people(decode(data))
            took_ms.append((time.perf_counter() - start) * 1000)
            seen.append((row, bool(found)))
            if asked.list and bool(found) != (row["people"] == "1"):
                print("missed" if row["people"] == "1" else "false ", row["file"], *found)
    with_people = [hit for row, hit in seen if row["people"] == "1"]
    minors = [hit for row, hit in seen if row["likely_minors"] == "1"]
    without = [hit for row, hit in seen if row["people"] == "0"]
    print(f"people found      {wilson(sum(with_people), len(with_people))}")
    print(f"likely minors     {wilson(sum(minors), len(minors))}")
    print(f"false alarms      {wilson(sum(without), len(without))}")
    times = sorted(took_ms[1:])
    slow = times[int(len(times) * 0.95)]
    print(f"ms a picture      median {statistics.median(times):.0f}, 95th percentile {slow:.0f}")


if __name__ == "__main__":
    main()
