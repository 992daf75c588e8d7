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
    out, err, code = io.StringIO(), io.StringIO(), 0
    typed = {"argv": ["rollbook", *map(str, words)], "stdin": io.StringIO()}
    with mock.patch.multiple(sys, **typed), chdir(cwd or "."), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        except Exception:
            traceback.print_exc()
            code = 1
    return Ended(code, out.getvalue(), err.getvalue())
