"""Writes a report so that a reader never opens half of one."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, suffix: str, content: bytes) -> Path:
    """Writes the file beside its place and moves it there; returns the place. A name may hold dots of its own."""
    target = path.with_name(path.name + suffix)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
