"""A command line as a person types it elsewhere than on a terminal: run in this process, which spares a new one."""

from __future__ import annotations

import io
import sys
import traceback
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from rollbook.cli import main


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def rollbook(*words: str | Path, cwd: Path | None = None) -> Ended:
    """Runs the program; an error that it does not catch ends it as Python ends a process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    command = ["rollbook", *map(str, words)]
    with mock.patch.object(sys, "argv", command), mock.patch.object(sys, "stdin", io.StringIO()), chdir(cwd or "."):
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
                code: object = 0
            except SystemExit as ended:
                code = ended.code or 0
            except Exception:
                traceback.print_exc()
                code = 1
    said, complained = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    assert isinstance(code, int)
    return Ended(code, said, complained)
