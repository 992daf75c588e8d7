"""What tests need beside the checkout is installed once, by tests/servers/install.sh; where it cannot be, it says why."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

import pytest

SERVERS = Path(__file__).with_name("servers")
#: Compiling included.
_INSTALL_S = 900


@cache
def lacking(name: str) -> str:
    """Why something cannot be installed; empty when it is there."""
    done = subprocess.run([SERVERS / "install.sh", name], capture_output=True, text=True, timeout=_INSTALL_S, check=False)
    return f"{name} cannot be installed: {done.stderr.strip()[-300:]}" if done.returncode else ""


def install(name: str) -> Path:
    """The folder of what is installed; skips the test where it cannot be, and fails it under CI."""
    reason = lacking(name)
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    home = os.environ.get("SERVERS_HOME")
    cached = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rollbook-test-servers"
    return (Path(home) if home else cached) / name
