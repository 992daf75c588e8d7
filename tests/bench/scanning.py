"""What a scan costs, beside Presidio and by the number of posts."""

from __future__ import annotations

import json
from itertools import islice, pairwise
from pathlib import Path

from tests.bench import district
from tests.bench.figures import Figure, Section, Size, write
from tests.bench.measure import ROLLBOOK, ROOT, Spread, ran
from tests.bench.posts import posts


def scan(size: Size, folder: Path, presidio: str) -> Section:
    """`scan` beside Presidio, on posts as feeds have them and on posts of which most are hard."""
    everyday, hard = folder / "everyday.jsonl", folder / "hard.jsonl"
    write(everyday, posts(size.scanned))
    invented = district.lay(folder / "scan")
    labelled, lines = _labelled()
    hard.write_text("".join(lines[: size.yardstick]) * size.over, encoding="utf-8")
    figures, rows = [], []
    mixes = (("everyday", invented, everyday, 20), ("hard", labelled, hard, 4))
    for name, workspace, file, least in mixes:
        ours, theirs, peaks, their_peaks, version = _beside_presidio(size, workspace, file, folder, presidio)
        ratio = Spread.of(one / other for one, other in zip(ours, theirs, strict=True))
        rows += [f"| {name} | Rollbook | {Spread.of(ours).said()} | {Spread.of(peaks).said()} |",
                 f"| | Presidio | {Spread.of(theirs).said()} | {Spread.of(their_peaks).said()} |",
                 f"| | ratio | {ratio.said(1)} | |"]
        figures.append(Figure(f"scan beside Presidio, {name} posts", f"{ratio.median:.1f} times its posts a second",
                              f"at least {least} times", ratio.median >= least, "scan"))
        peak = Spread.of(peaks)
        figures.append(Figure(f"memory of scan, {name} posts", f"{peak.median:.0f} MB", "less than 600 MB",
                              peak.median < 600, "scan"))
    text = f"""\
`rollbook scan` with every rule, from start to end, over {size.scanned:,} everyday posts (97 of 100 hold nothing; a third with
emoji, half with letters that are not ASCII; no pictures' bytes), and {size.over} times over the {len(lines[: size.yardstick]):,} posts of
{labelled.name}, a labelled district of which a third holds something and a fifth looks like it. Beside it Presidio
({version}, `en_core_web_sm`), asked for mail addresses, people, URLs and telephone numbers
only, over the first {size.yardstick:,} of the same posts, its start not counted. One thread each, by turns, {size.runs} runs. The
two look for different things: Presidio knows no district, register, clause or meaning; it is what a person would otherwise
install for this.

| posts | | posts a second | peak memory, MB |
| --- | --- | --- | --- |
{chr(10).join(rows)}
"""
    return figures, text


def growth(size: Size, folder: Path) -> Section:
    """What a post costs `scan` when there are ten times as many."""
    workspace = district.lay(folder / "growth")
    costs, peaks = [], []
    for count in (size.scanned // 10, size.scanned, size.scanned * 10)[: size.growth]:
        file = folder / f"{count}.jsonl"
        write(file, posts(count))
        run = ran([*ROLLBOOK, "-w", str(workspace), "scan", str(file), "-o", str(folder / "findings.jsonl")])
        file.unlink()
        costs.append((count, run.wall_s))
        peaks.append(run.peak_mb)
    # What a post more costs; the program's start is in the first.
    more = [(late - soon) / (many - few) for (few, soon), (many, late) in pairwise([(0, 0.0), *costs])]
    ratio = more[-1] / more[0]
    rows = [f"| {count:,} | {wall:,.1f} | {cost * 1000:.2f} | {peak:.0f} |"
            for (count, wall), cost, peak in zip(costs, more, peaks, strict=True)]
    figures = [
        Figure(f"what a post costs scan, of {costs[-1][0]:,} beside {costs[0][0]:,}", f"{ratio:.2f} times",
               "at most 1.1 times", ratio <= 1.1, "growth"),
        Figure(f"memory of scan, {costs[-1][0]:,} posts", f"{peaks[-1]:.0f} MB", "less than 600 MB", peaks[-1] < 600, "growth"),
    ]
    text = f"""\
`rollbook scan` over everyday posts as above, ten times as many each time, once each; a post costs what it adds to the run before.

| posts | s | ms a post | peak memory, MB |
| --- | --- | --- | --- |
{chr(10).join(rows)}
"""
    return figures, text


def _labelled() -> tuple[Path, list[str]]:
    """A labelled district and its posts: the shared development set, or ours where that is not there."""
    shared = ROOT.parent / "shared" / "eval" / "dev"
    workspace = shared if shared.is_dir() else ROOT / "tests" / "heldout" / "tidewater"
    return workspace, (workspace / "posts.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)


def _beside_presidio(
    size: Size, workspace: Path, file: Path, folder: Path, presidio: str
) -> tuple[list[float], list[float], list[float], list[float], str]:
    """Posts a second of both, peak memory of both, and Presidio's version."""
    part = folder / "part.jsonl"
    with file.open(encoding="utf-8") as lines:
        count = sum(1 for _ in lines)
    with file.open(encoding="utf-8") as lines, part.open("w", encoding="utf-8") as out:
        out.writelines(islice(lines, size.yardstick))
    ours, theirs, peaks, their_peaks, told = [], [], [], [], {"version": ""}
    for _ in range(size.runs):
        run = ran([*ROLLBOOK, "-w", str(workspace), "scan", str(file), "-o", str(folder / "findings.jsonl")])
        ours.append(count / run.wall_s)
        peaks.append(run.peak_mb)
        told = json.loads(ran([presidio, str(Path(__file__).with_name("presidio.py")), str(part)]).output)
        theirs.append(told["posts"] / told["seconds"])
        their_peaks.append(told["peak_mb"])
    return ours, theirs, peaks, their_peaks, told["version"]
