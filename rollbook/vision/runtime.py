"""The one typed place that calls the inference packages; each detector is loaded once a process, when needed."""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rollbook.errors import ConfigError
from rollbook.vision import weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float32]"

#: Names the number of threads that one picture may use. One is right where the engine runs a process a core.
THREADS = "ROLLBOOK_VISION_THREADS"

_loading = threading.Lock()
#: LiteRT's interpreter holds its tensors: one picture at a time.
_posing = threading.Lock()


def threads() -> int:
    """How many threads one picture may use; 1 unless the environment says otherwise. **Raises** ConfigError."""
    stated = os.environ.get(THREADS, "1")
    if not stated.isdecimal() or not 1 <= int(stated) <= 64:
        place = f"environment variable {THREADS}"
        raise ConfigError(f"{stated!r} is not valid", place=place, expected="a number from 1 to 64")
    return int(stated)


def run_pose(picture: Floats) -> tuple[Floats, Floats]:
    """BlazePose's raw boxes (2254, 12) and scores (2254,) for one picture of shape (224, 224, 3), from -1 to 1."""
    interpreter, boxes, scores = _pose()
    with _posing:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[np.newaxis])
        interpreter.invoke()
        return (np.array(interpreter.get_tensor(boxes)[0], np.float32),
                np.array(interpreter.get_tensor(scores)[0, :, 0], np.float32))


def run_centerface(picture: Floats) -> tuple[Floats, Floats, Floats]:
    """CenterFace's heat map (h, w), log sizes (2, h, w) and offsets (2, h, w), rows first, at a quarter of the picture.

    **Shape**: the picture is (3, height, width), RGB from 0 to 255, both sides multiples of 32.
    """
    heat, sizes, offsets = _centerface().run(["537", "538", "539"], {"input.1": picture[np.newaxis]})
    return heat[0, 0], sizes[0], offsets[0]


@cache
def _loaded_pose() -> tuple[Any, int, int]:
    interpreter_class = importlib.import_module("ai_edge_litert.interpreter").Interpreter
    with _silent_stderr():
        interpreter = interpreter_class(model_content=weights.read("pose_detection.tflite"), num_threads=threads())
        interpreter.allocate_tensors()
    by_width = {int(item["shape"][-1]): int(item["index"]) for item in interpreter.get_output_details()}
    return interpreter, by_width[12], by_width[1]


def _pose() -> tuple[Any, int, int]:
    with _loading:
        return _loaded_pose()


@cache
def _loaded_centerface() -> Any:
    runtime = importlib.import_module("onnxruntime")
    # It warns of hundreds of batch-norm weights that it does not need.
    runtime.set_default_logger_severity(3)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.inter_op_num_threads = 1
    return runtime.InferenceSession(weights.read("centerface.onnx"), options, providers=["CPUExecutionProvider"])


def _centerface() -> Any:
    with _loading:
        return _loaded_centerface()


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """LiteRT says from C++ that it made a delegate, whatever the log level: a report's reader has no use for it."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
