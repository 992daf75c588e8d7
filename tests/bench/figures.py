"""How much is measured, and how what was found is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rollbook.formats import post_json
from rollbook.types import Post


@dataclass(frozen=True)
class Size:
    """How much of everything; a trial run takes less."""

    runs: int = 3
    scanned: int = 20_000
    #: Of a tenth of them, as many and ten times as many: how many are scanned to see how the cost grows.
    growth: int = 2
    #: How often the labelled posts are scanned in one run.
    over: int = 5
    yardstick: int = 2_000
    answers: int = 1_000
    small: int = 10_000
    large: int = 100_000
    findings: int = 5_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table at the head of the page."""

    what: str
    found: str
    bound: str
    met: bool | None
    section: str


Section = tuple[list[Figure], str]


def _judged(met: bool | None) -> str:
    return {True: "met", False: "**missed**", None: "for information"}[met]


def table(figures: list[Figure]) -> str:
    """The table at the head of the page."""
    lines = ["| what | found | bound | |", "| --- | --- | --- | --- |"]
    lines += [f"| [{item.what}](#{item.section}) | {item.found} | {item.bound} | {_judged(item.met)} |" for item in figures]
    return "\n".join(lines)


def write(file: Path, given: Iterator[Post]) -> None:
    """Posts as a file to be scanned."""
    with file.open("w", encoding="utf-8") as out:
        for post in given:
            print(json.dumps(post_json(post), ensure_ascii=False), file=out)
