"""Prints the part of requirements.lock that some parts of Rollbook need, hashes and markers included.

    python tools/lock_part.py base build            a server that only collects, analyzes text and reports
    python tools/lock_part.py base vision build     the same, and photographs

A part is ``base``, an extra or a dependency group of pyproject.toml. Which package needs which stands in the lock
itself, in its "via" comments. Only the standard library is used: this runs before anything is installed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Pin:
    """One pinned version: a package may have several, each with its marker."""

    name: str
    lines: list[str] = field(default_factory=list)
    needed_by: set[str] = field(default_factory=set)


def normal(requirement: str) -> str:
    """The name that a requirement begins with, as package indexes compare names. **Source**: PEP 503."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else ""


def read_lock(file: Path) -> Iterator[Pin]:
    """The pins of a lock that ``uv pip compile`` wrote, in its order."""
    pin: Pin | None = None
    for line in file.read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            if pin:
                yield pin
            pin = Pin(normal(line))
        if pin is None:
            continue
        comment = line.strip()
        if comment.startswith("#"):
            pin.needed_by.add(normal(comment.lstrip("# ").removeprefix("via").strip()))
        else:
            pin.lines.append(line)
    if pin:
        yield pin


def asked(parts: list[str]) -> set[str]:
    """The packages that the parts name themselves."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tables = {"base": project["project"]["dependencies"], **project["project"]["optional-dependencies"],
              **project["dependency-groups"]}
    unknown = [part for part in parts if part not in tables]
    if unknown:
        raise SystemExit(f"no part is called {', '.join(unknown)}; expected some of {', '.join(tables)}")
    return {normal(requirement) for part in parts for requirement in tables[part]}


def main(parts: list[str]) -> None:
    """Prints the pins that the parts need, directly or through one another."""
    pins = list(read_lock(ROOT / "requirements.lock"))
    needed = asked(parts or ["base"])
    while more := {pin.name for pin in pins if pin.needed_by & needed} - needed:
        needed |= more
    for pin in pins:
        if pin.name in needed:
            # The last line of a pin may end in a backslash that led to a comment.
            print("\n".join(pin.lines).rstrip("\\ "))


if __name__ == "__main__":
    main(sys.argv[1:])
