"""The layers that import-linter cannot express: siblings, the one door, and who may change the archive's folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: Modules that open connections. The standard library's count too: import-linter sees only their first name.
NETWORK = {
    "aiohttp", "ftplib", "http.client", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket", "ssl",
    "telnetlib", "urllib.request", "urllib3", "xmlrpc.client",
}
#: Who may use them besides the door, and why.
ALLOWED = {
    "rollbook/http.py": "the door itself",
    "rollbook/exchange.py": "the door's record of what was said",
    "rollbook/recording.py": "the door's adapter",
    "rollbook/wire.py": "the door's view of the bytes on the line",
    "rollbook/unanswered.py": "it names the errors that clients raise, and asks nothing",
    "rollbook/sample/server.py": "it serves the sample district on loopback and calls nobody",
}
PLUGINS = ("collectors", "analyzers", "reports")
SOURCES = sorted(path for name in ("rollbook", *PLUGINS) for path in (ROOT / name).rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Every module that the file names in an import, ``from x import y`` as ``x`` and ``x.y``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path)}, line {node.lineno}: write the import in full"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_only_the_door_opens_connections(path: Path) -> None:
    if place(path) not in ALLOWED:
        assert not NETWORK & set(imports(path))


def test_every_exception_to_the_one_door_is_still_needed() -> None:
    assert {name for name in ALLOWED if NETWORK & set(imports(ROOT / name))} == set(ALLOWED)


@pytest.mark.parametrize("path", [path for path in SOURCES if place(path).startswith(PLUGINS)], ids=place)
def test_plugins_do_not_know_one_another(path: Path) -> None:
    folder = place(path).partition("/")[0]
    for name in imports(path):
        first, _, rest = name.partition(".")
        if first == folder and rest:
            # A file whose name begins with an underscore is a room that the folder shares, not a plugin.
            assert rest.startswith("_"), f"{place(path)} imports its sibling {name}"


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_no_face_is_ever_recognised(path: Path) -> None:
    banned = {"deepface", "dlib", "face_recognition", "facenet_pytorch", "insightface"}
    assert not banned & {name.partition(".")[0] for name in imports(path)}


def test_no_face_recognition_is_installed_with_it() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in ("deepface", "dlib", "face-recognition", "facenet-pytorch", "insightface"):
        assert f"\n{name}==" not in lock


def test_the_lock_names_no_host_and_hashes_everything() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "file:" not in lock
    pins = [line for line in lock.splitlines() if line[:1].isalnum()]
    assert pins
    assert all(line.endswith("\\") for line in pins), "a pin without a hash"
