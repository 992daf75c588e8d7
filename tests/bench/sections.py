"""What is measured: each section gives the lines of its part of docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from tests.bench import district
from tests.bench.figures import Figure, Section, Size
from tests.bench.measure import ROLLBOOK, ROOT, Spread, ran
from tests.bench.page import big_period
from tests.bench.payloads import Kind, payloads
from tests.bench.posts import posts
from tests.bench.scanning import growth, scan
from tests.bench.writing import acknowledged_s, captured_s, yardstick_s

_KINDS: dict[Kind, str] = {"prose": "long texts, packs 3 to 1", "timeline": "short posts amid ids and addresses, packs 5 to 1"}


def write_path(size: Size, folder: Path) -> Section:
    """Capture beside hashing and packing."""
    lines, figures = [], []
    for kind, about in _KINDS.items():
        given = payloads(kind, size.answers)
        megabytes = given.size_bytes / 1e6
        runs = [
            (yardstick_s(given, folder / "yardstick"), captured_s(given, folder / "warc"), acknowledged_s(given, folder / "archive"))
            for _ in range(3 * size.runs)
        ]
        theirs, captured, acknowledged = (Spread.of(megabytes / run[side] for run in runs) for side in range(3))
        ratio, whole = (Spread.of(run[0] / run[side] for run in runs) for side in (1, 2))
        lines += [
            f"| {kind}: {about} | SHA-256 + zlib 6 | {theirs.said()} | |",
            f"| | capture | {captured.said()} | {ratio.said(2)} |",
            f"| | capture and acknowledge | {acknowledged.said()} | {whole.said(2)} |",
        ]
        met = ratio.median >= 2
        figures.append(Figure(f"write path, {kind}", f"{ratio.median:.1f} times SHA-256 + zlib 6", "at least 2 times", met, "write-path"))
    text = f"""\
Capture: redaction with three live secrets known, WARC records with digests, gzip (isal, level 1), SHA-256 of what lies
on the disk, synced every 20 exchanges. Acknowledge: the ledger, synced as often, and the database. Beside it: SHA-256
and zlib at level 6 of the same bodies into one file, synced as often. {size.answers:,} answers of 5 to 50 KB, one of
our tokens in every address and inside 30 of 100; one process, {3 * size.runs} runs by turns.

| answers | | MB/s | ratio |
| --- | --- | --- | --- |
{chr(10).join(lines)}

How well an answer packs decides how long zlib takes for it, and hardly how long isal does: recorded answers of real
platforms pack 4 to 9 to 1. Half of a capture's time is hashing, packing and the sync, the other half some 0.1 ms of
Python an exchange. Hashing and packing in a thread beside was tried and was slower. A run waits a quarter of a second
between two requests to one host, so every line is hundreds of times what a visit can receive.
"""
    return figures, text


@dataclass(frozen=True)
class _Audits:
    wall: Spread
    peak: Spread


def audit_again(size: Size, folder: Path) -> Section:
    """An audit that finds nothing new, over a small and a large archive; then verify over the large one."""
    newest = datetime.now(UTC)
    workspace, found = district.lay(folder / "audit"), []
    with district.served() as network:
        argv = district.command(network, "-w", str(workspace), "audit")
        network.publish(posts(size.small, newest=newest, pictures=False))
        first = ran(argv)
        found.append(_nothing_new(argv, size.runs + 2))
        # Older posts, all of them everyday ones: the number of open findings, which a report lists, stays the same.
        older = posts(size.large, newest=newest, of_100=0, seed=2, pictures=False)
        network.publish(islice(older, size.small, None))
        grown = ran([*argv[:-1], "collect", "--full"])
        judged = ran([*argv[:-1], "analyze"])
        found.append(_nothing_new(argv, size.runs + 2))
        checked = json.loads(ran([*argv[:-1], "verify", "--json"], statuses=(0,)).output)
        verified = _verified([*argv[:-1], "verify", "--json"], workspace, size.runs)
    small, large = found
    ratio = large.wall.median / small.wall.median
    added = size.large - size.small
    text = f"""\
`rollbook audit` (collect, analyze, report) when nothing is new: 20 accounts over real HTTP on loopback, each with ten
posts in the 30 days that a visit reads again, no pictures. The same 300 or so open findings stand in both reports; what
a report of many findings costs stands under [Report](#report). {size.runs + 2} runs each, the command's start included.

| archive | seconds | peak memory, MB |
| --- | --- | --- |
| {size.small:,} posts | {small.wall.said(2)} | {small.peak.said()} |
| {size.large:,} posts | {large.wall.said(2)} | {large.peak.said()} |
| ratio | {ratio:.2f} | {large.peak.median / small.peak.median:.2f} |

The first audit of {size.small:,} posts took {first.wall_s:.0f} s (peak {first.peak_mb:.0f} MB); {added:,} more were
collected in {grown.wall_s:.0f} s ({added / grown.wall_s:,.0f} posts a second) and judged in {judged.wall_s:.0f} s
({added / judged.wall_s:,.0f} a second; peak {max(grown.peak_mb, judged.peak_mb):.0f} MB).
"""
    figures = [
        Figure("audit with nothing new, ten times the posts", f"{ratio:.2f} times the time", "at most 1.5 times", ratio <= 1.5, "audit-with-nothing-new"),
        Figure("verify", f"{verified[0].median:.2f} of sha256sum's speed", "", None, "verify"),
    ]
    return figures, text + _verify_text(size, verified, checked)


def _nothing_new(argv: list[str], runs: int) -> _Audits:
    ran(argv)  # the report after new posts is another one
    done = [ran(argv) for _ in range(runs)]
    return _Audits(Spread.of(run.wall_s for run in done), Spread.of(run.peak_mb for run in done))


def _verified(argv: list[str], workspace: Path, runs: int) -> tuple[Spread, Spread, Spread, Spread]:
    ours, theirs, took = [], [], []
    files = [str(path) for path in (workspace / "archive").rglob("*") if path.is_file() and path.name != "lock"]
    for _ in range(runs):
        run = ran(argv, statuses=(0,))
        ours.append(json.loads(run.output)["bytes_read"] / 1e6 / run.wall_s)
        took.append(run.wall_s)
        read = sum(Path(file).stat().st_size for file in files) / 1e6
        began = time.perf_counter()
        subprocess.run(["sha256sum", *files], check=True, stdout=subprocess.DEVNULL)
        theirs.append(read / (time.perf_counter() - began))
    return Spread.of(one / other for one, other in zip(ours, theirs, strict=True)), Spread.of(ours), Spread.of(theirs), Spread.of(took)


def _verify_text(size: Size, verified: tuple[Spread, Spread, Spread, Spread], checked: dict[str, int]) -> str:
    ratio, ours, theirs, took = verified
    return f"""
## Verify

`rollbook verify` over the archive of {size.large:,} posts ({checked["entries"]:,} records, {checked["bytes_read"] / 1e6:,.0f} MB):
every record's hash, the chain, and every post of the database read and hashed again; {took.said(1)} seconds, the
command's start included. Beside it `sha256sum` of the archive's files, which only reads them.

| | MB/s |
| --- | --- |
| Rollbook | {ours.said()} |
| sha256sum | {theirs.said()} |
| ratio | {ratio.said(2)} |
"""


# -- report, start, size -------------------------------------------------------------------------------------------


def report(size: Size, folder: Path) -> Section:
    """The page of a period with very many findings."""
    from reports.html_page import render

    period = big_period(size.findings)
    render(replace(period, findings=period.findings[:10]))  # templates are read once
    took, page = [], b""
    for _ in range(size.runs):
        began = time.perf_counter()
        page = render(period)
        took.append(time.perf_counter() - began)
    spread = Spread.of(took)
    text = f"""\
The HTML page of a period with {size.findings:,} findings, without pictures: {spread.said(2)} seconds to write,
{len(page) / 1e6:.1f} MB. A browser opens pages of up to some 10 MB without delay (measured before this was built).
"""
    return [Figure(f"report of {size.findings:,} findings", f"{spread.median:.1f} s, {len(page) / 1e6:.1f} MB", "", None, "report")], text


def start(size: Size, folder: Path) -> Section:
    """How soon the command answers."""
    done = [ran([*ROLLBOOK, "--help"]) for _ in range(3 * size.runs + 1)]
    wall, bare = Spread.of(run.wall_s for run in done), Spread.of(ran([sys.executable, "-c", ""]).wall_s for _ in done)
    text = f"""\
`rollbook --help`, {len(done)} runs: {wall.said(2)} seconds; an interpreter that does nothing: {bare.said(2)} seconds.
"""
    return [Figure("rollbook --help", f"{wall.median:.2f} s", "at most 0.5 s", wall.median <= 0.5, "start")], text


def install(size: Size, folder: Path) -> Section:
    """How much disk the base install takes."""
    done = subprocess.run(
        [sys.executable, "tools/install_size.py", "base"], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHON": sys.executable},
    )
    rows = [line.split(" MB  ") for line in done.stdout.splitlines() if " MB  " in line]
    if not rows:
        return [], f"Not measured: `make size` said “{(done.stderr or done.stdout).strip()[-200:]}”.\n"
    total = float(rows[-1][0])
    largest = ", ".join(f"{name.strip()} {float(number):.0f}" for number, name in rows[:4])
    text = f"""\
A fresh environment with everything that collecting, archiving, the text rules and every format of the report need:
{total:.0f} MB, compiled modules counted. The largest, in MB: {largest}.
"""
    return [Figure("base install", f"{total:.0f} MB", "at most 300 MB", total <= 300, "install")], text


SECTIONS: dict[str, Callable[..., Section]] = {
    "Scan": scan, "Growth": growth, "Write path": write_path, "Audit with nothing new": audit_again, "Report": report,
    "Start": start, "Install": install,
}
