"""What is committed: nothing of anybody's machine, nothing large, and the same bytes for everybody."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: GitHub warns at 50 MB; nothing of ours needs more than this.
LARGEST_BYTES = 2_000_000
#: The language model's weights, which we train ourselves: docs/decisions/language-model.md.
WEIGHTS, LARGEST_WEIGHTS_BYTES = ROOT / "rollbook" / "meaning" / "model", 40_000_000
BINARY = {".gz", ".jpg", ".model", ".onnx", ".png", ".warc", ".xlsx", ".zip"}
#: Written in parts, so that this file is not its own first find.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"),
                                       ("deb", "debian", "org"))]
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/\w")


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_nothing_large_is_committed() -> None:
    assert not [path for path in tracked() if path.parent != WEIGHTS and path.stat().st_size > LARGEST_BYTES]
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) <= LARGEST_WEIGHTS_BYTES


def test_no_path_of_a_machine_and_no_registry_is_named() -> None:
    found = []
    for path in tracked():
        # Recorded answers are other people's words.
        if path.suffix in BINARY or {"pages", "recorded", "payloads"} & set(path.relative_to(ROOT).parts):
            continue
        text = path.read_text(encoding="utf-8")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in MACHINE.finditer(text)]
        found += [f"{path.relative_to(ROOT)}: {host}" for host in HOSTS if host in text]
    assert not found


def test_every_module_says_what_it_is() -> None:
    """A module's docstring is a newcomer's first line."""
    shipped = ("rollbook", "collectors", "analyzers", "reports", "tools")
    for path in tracked():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in shipped:
            text = path.read_text(encoding="utf-8")
            assert not text or text.startswith(('"""', 'r"""')), path.relative_to(ROOT)
