"""The model itself: its vocabulary, its card and two ONNX files, loaded once a process, when it is first asked.

The first embeds a text and, from its embeddings alone, sieves: it says which texts hold nothing, and costs little. The
second are the layers, which read the others from the same embeddings.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from rollbook.errors import RollbookError
from rollbook.meaning.labels import LABELS, ROLES, Label
from rollbook.meaning.pieces import FIRST, LAST, Pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float32]"

MODEL = Path(__file__).parent / "model"
#: The files, as ``training/export.py`` writes them.
FILES = ("sieve.onnx", "layers.onnx", "pieces.model", "meaning.json")
#: What the run needs beside the files, as imported; all come with the ``language`` extra.
RUNTIME = ("numpy", "onnxruntime", "sentencepiece")
#: Pieces of a text that are read at once, and how many of them the next stretch repeats. **Source**: as trained.
LONGEST, OVERLAP = 256, 32
#: Pieces of what stands before the text: whose account it is, and the words that it answers.
INTRODUCTION, ANSWERED = 20, 64


@cache
def missing() -> str:
    """What keeps words from being read, in a sentence for a person; empty where nothing does."""
    absent = [name for name in RUNTIME if importlib.util.find_spec(name) is None]
    if absent:
        return f"the packages that read what words mean are not installed ({', '.join(absent)}); run `make setup`"
    lacking = [name for name in FILES if not (MODEL / name).is_file()]
    return f"the language model is not there ({', '.join(lacking)}); get the checkout again" if lacking else ""


@cache
def installed() -> str:
    """Which model the judgements rest on; ``absent`` where words cannot be read."""
    if missing():
        return "absent"
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(hashlib.sha256((MODEL / name).read_bytes()).digest())
    return digest.hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Read:
    """What the model says of one stretch of text. **Units**: probabilities, calibrated for the post's labels."""

    #: By label, of the whole stretch.
    labels: Mapping[Label, float]
    #: (pieces, labels): how much each piece carries a label.
    carried: Floats
    #: (pieces, 1 + roles): whose name a piece is part of; the first column is nobody's.
    named: Floats


@dataclass(frozen=True, slots=True)
class Begun:
    """One stretch of text, embedded and looked at."""

    #: (1, pieces, width), the introduction's pieces and the marks included.
    embedded: Floats
    #: (1, pieces): 1 where a piece is of the text itself.
    inside: Floats
    #: Where the text's own pieces stand.
    mine: slice
    #: (labels,): the sieve's logits.
    first_look: Floats


class Encoder:
    """Reads stretches of text. **Raises** RollbookError where the model's files are not what was trained together."""

    def __init__(self, folder: Path = MODEL) -> None:
        if why := missing():
            raise RollbookError(why)
        self._numpy: Any = importlib.import_module("numpy")
        self._sieve, self._layers = (_session(folder / name) for name in FILES[:2])
        self.pieces = Pieces(folder / "pieces.model")
        card = json.loads((folder / "meaning.json").read_text(encoding="utf-8"))
        if card["labels"] != list(LABELS) or card["roles"] != list(ROLES):
            raise RollbookError(f"{folder / 'meaning.json'} is of another version; get the whole checkout again")
        #: By label: the probability from which on the words are taken to do it, where a policy says nothing else.
        self.thresholds: Mapping[str, float] = card["thresholds"]
        #: By label: what a logit is multiplied with, and what is added, to be a probability.
        self._calibration = [card["calibration"][label] for label in LABELS]
        #: By label: the logit of the sieve from which on a text is read; it lets pass what the layers would find.
        self._passes = [(number, float(card["sieve"][label])) for number, label in enumerate(LABELS)
                        if label in card["sieve"]]

    def begin(self, before: Sequence[int], text: Sequence[int]) -> Begun:
        """One stretch: the ids of its introduction, and the ids of the text's own pieces."""
        np = self._numpy
        ids = [FIRST, *before, LAST, *text, LAST]
        inside = np.zeros((1, len(ids)), np.float32)
        mine = slice(len(before) + 2, len(ids) - 1)
        inside[0, mine] = 1
        embedded, logits = self._sieve.run(
            ["embedded", "labels"], {"ids": np.array([ids], np.int64), "inside": inside}
        )
        return Begun(embedded, inside, mine, logits[0])

    def may_hold(self, begun: Begun, besides: Container[Label]) -> bool:
        """Whether the sieve lets a stretch pass for any label, those left out that nobody asks for."""
        logits = begun.first_look.tolist()
        return any(logits[number] >= least for number, least in self._passes if LABELS[number] not in besides)

    def read(self, begun: Begun) -> Read:
        """What the layers make of a stretch."""
        logits, carried, named = self._layers.run(
            ["labels", "carried", "named"], {"embedded": begun.embedded, "inside": begun.inside}
        )
        said: dict[Label, float] = {
            label: 1 / (1 + math.exp(-(scale * float(logit) + shift)))
            for label, logit, (scale, shift) in zip(LABELS, logits[0], self._calibration, strict=True)
        }
        return Read(said, carried[0, begun.mine], named[0, begun.mine])


def _session(file: Path) -> Any:
    runtime = importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return runtime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


@cache
def encoder() -> Encoder:
    """The program's model, loaded once. **Raises** RollbookError."""
    return Encoder()
