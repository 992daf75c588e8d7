"""What was learned from a district's own decisions: for some rules, how the language model's word is weighed here.

``rollbook calibrate`` writes it as ``calibration.json`` in the workspace. It holds numbers alone: no words, no names.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rollbook.errors import ConfigError

NAME = "calibration.json"
#: Odds of the model beyond these say no more than that it is sure.
_SUREST = 8.0
_AGAIN = "a file that `rollbook calibrate` wrote; without it the program judges as it came"


@dataclass(frozen=True, slots=True)
class Head:
    """How one rule weighs what the model says, and from where on it counts.

    **Units**: weights are of log-odds: a head that learned nothing weighs its own label with 1, the others with 0.
    """

    weights: Mapping[str, float]
    shift: float
    threshold: float

    def probability(self, labels: Mapping[Any, float]) -> float:
        """How probable it is here that the words do what the rule looks for, by the model's calibrated labels."""
        return sigmoid(self.shift + sum(weight * log_odds(labels[label]) for label, weight in self.weights.items()))


@dataclass(frozen=True, slots=True)
class Learned:
    """The heads of a workspace, by rule, and the model that they weigh."""

    model: str = ""
    heads: Mapping[str, Head] = field(default_factory=dict)
    #: When each was learned, and from how many decisions: for a person to see.
    made: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def sigmoid(value: float) -> float:
    """A probability of log-odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def log_odds(probability: float) -> float:
    """Log-odds of a probability, within what may be told apart."""
    least = sigmoid(-_SUREST)
    probability = min(max(probability, least), 1 - least)
    return math.log(probability / (1 - probability))


def read_learned(folder: Path) -> Learned:
    """What a workspace has learned; nothing where it has no such file. **Raises** ConfigError."""
    file = folder / NAME
    if not file.is_file():
        return Learned()
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        heads = {name: _head(row) for name, row in data["heads"].items()}
        return Learned(str(data["model"]), heads, {name: row["made"] for name, row in data["heads"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        raise ConfigError(f"cannot be read ({type(err).__name__}: {err})", file=file, expected=_AGAIN) from err


def _head(row: Mapping[str, Any]) -> Head:
    head = Head({name: float(weight) for name, weight in row["weights"].items()}, float(row["shift"]),
                float(row["threshold"]))
    if not all(map(math.isfinite, (*head.weights.values(), head.shift))) or not 0 < head.threshold < 1:
        raise ValueError("a number is out of its range")
    return head


def write_learned(folder: Path, learned: Learned) -> Path:
    """Writes what was learned, in one step. **Returns** the file."""
    rows = {name: {**asdict(head), "made": dict(learned.made[name])} for name, head in sorted(learned.heads.items())}
    text = json.dumps({"model": learned.model, "heads": rows}, indent=1) + "\n"
    file = folder / NAME
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)
    return file


def forget(folder: Path) -> bool:
    """Judges as the program came again; whether anything was learned before."""
    file = folder / NAME
    there = file.is_file()
    file.unlink(missing_ok=True)
    return there


def made(day: date, confirmed: int, dismissed: int, missed: int) -> dict[str, Any]:
    """When a head was learned and from what, as the file keeps it."""
    return {"on": day.isoformat(), "confirmed": confirmed, "dismissed": dismissed, "missed": missed}
