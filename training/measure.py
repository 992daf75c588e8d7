"""Measures what was learned on posts that were not, and calibrates it: logits into probabilities, and thresholds.

python training/measure.py NETWORK.pt --authors A,B    one network on the authors who were left out
python training/measure.py --folds FOLDER      every author by the network without-AUTHOR,….pt that had not seen him
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from corpus import POSTS, Example, examples
from network import Network, load
from prepared import batch, prepare
from train import BUILD

from rollbook.meaning.labels import LABELS
from rollbook.meaning.pieces import Pieces

Array = np.ndarray[Any, np.dtype[np.float64]]
AT_ONCE = 32


def logits(network: Network, posts: Sequence[Example], pieces: Pieces) -> Array:
    """(posts, labels): what the network says of each post."""
    rows = [prepare(post, pieces) for post in posts]
    order = sorted(range(len(rows)), key=lambda number: len(rows[number].ids))
    found = np.zeros((len(rows), len(LABELS)))
    with torch.no_grad():
        for start in range(0, len(order), AT_ONCE):
            chosen = order[start : start + AT_ONCE]
            given = batch([rows[number] for number in chosen])
            found[chosen] = network(given.ids, given.inside, given.mask)[0].numpy()
    return found


def wanted(posts: Sequence[Example]) -> Array:
    """(posts, labels): 1 where a post has the label."""
    return np.array([[float(label in post.labels) for label in LABELS] for post in posts])


def calibrated(said: Array, truth: Array) -> tuple[float, float]:
    """Platt's scale and shift for one label. **Source**: Platt (1999), with his smoothed targets."""
    present = truth.sum()
    high, low = (present + 1) / (present + 2), 1 / (len(truth) - present + 2)
    target = np.where(truth > 0, high, low)
    scale, shift = 1.0, 0.0
    for _ in range(100):  # Newton's steps on two numbers
        probability = 1 / (1 + np.exp(-(scale * said + shift)))
        error, weight = probability - target, np.maximum(probability * (1 - probability), 1e-9)
        gradient = np.array([(error * said).sum(), error.sum()])
        curvature = np.array([[(weight * said * said).sum() + 1e-6, (weight * said).sum()],
                              [(weight * said).sum(), weight.sum() + 1e-6]])
        step = np.linalg.solve(curvature, gradient)
        scale, shift = scale - step[0], shift - step[1]
        if abs(step).max() < 1e-9:
            break
    return float(scale), float(shift)


def best_threshold(probability: Array, truth: Array) -> tuple[float, float]:
    """The threshold with the best F1, and that F1."""
    best = (0.0, 0.5)
    for threshold in np.arange(0.05, 0.951, 0.01):
        taken = probability >= threshold
        found = float((taken & (truth > 0)).sum())
        score = 2 * found / max(1.0, float(taken.sum() + truth.sum()))
        best = max(best, (score, float(threshold)))
    return best[1], best[0]


def calibration_error(probability: Array, truth: Array, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width. **Source**: Naeini, Cooper and Hauskrecht (2015)."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    return sum(
        abs(float(probability[here].mean()) - float(truth[here].mean())) * float(here.mean())
        for here in (place == number for number in range(bins)) if here.any()
    )


def report(said: Array, truth: Array) -> dict[str, Any]:
    """Calibration, thresholds and figures of every label; prints a line for each."""
    card: dict[str, Any] = {"calibration": {}, "thresholds": {}, "measured": {}}
    for number, label in enumerate(LABELS):
        scale, shift = calibrated(said[:, number], truth[:, number])
        probability = 1 / (1 + np.exp(-(scale * said[:, number] + shift)))
        threshold, score = best_threshold(probability, truth[:, number])
        taken = probability >= threshold
        found = float((taken & (truth[:, number] > 0)).sum())
        figures = {
            "precision": found / max(1.0, float(taken.sum())),
            "recall": found / max(1.0, float(truth[:, number].sum())),
            "f1": score, "calibration_error": calibration_error(probability, truth[:, number]),
            "posts": int(truth[:, number].sum()),
        }
        card["calibration"][label] = [round(scale, 4), round(shift, 4)]
        card["thresholds"][label] = round(threshold, 2)
        card["measured"][label] = {name: round(value, 4) for name, value in figures.items()}
        print(f"{label:24} n {figures['posts']:5}  P {figures['precision']:.3f}  R {figures['recall']:.3f}"
              f"  F1 {score:.3f}  at {threshold:.2f}  ECE {figures['calibration_error']:.3f}")
    scores = [card["measured"][label]["f1"] for label in LABELS]
    print(f"{'macro F1':24} {math.fsum(scores) / len(scores):.3f}")
    return card


def by_group(said: Array, truth: Array, posts: Sequence[Example], card: dict[str, Any]) -> None:
    """Prints precision and recall over all labels for each language, kind of account and way of speaking."""
    probability = np.stack([
        1 / (1 + np.exp(-(scale * said[:, number] + shift)))
        for number, (scale, shift) in enumerate(card["calibration"][label] for label in LABELS)
    ], 1)
    taken = probability >= np.array([card["thresholds"][label] for label in LABELS])
    for group in ("lang", "account", "voice"):
        for value in sorted({getattr(post, group) for post in posts}):
            here = np.array([getattr(post, group) == value for post in posts])
            right = float((taken[here] & (truth[here] > 0)).sum())
            figures = {"posts": float(here.sum()), "precision": right / max(1.0, float(taken[here].sum())),
                       "recall": right / max(1.0, float(truth[here].sum()))}
            print(f"{group + ' ' + value:24} {figures['posts']:5.0f} posts  P {figures['precision']:.3f}"
                  f"  R {figures['recall']:.3f}")


def main(arguments: Sequence[str]) -> int:
    """Measures and writes what the export takes in."""
    parser = argparse.ArgumentParser(prog="measure.py", description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path, nargs="?")
    parser.add_argument("--posts", type=Path, default=POSTS)
    parser.add_argument("--authors", default="", help="on these authors' posts alone")
    parser.add_argument("--folds", type=Path, help="networks named without-AUTHOR,….pt, each measured on those authors")
    parser.add_argument("--out", type=Path, default=BUILD / "calibrated.json")
    options = parser.parse_args(arguments)
    posts = examples(options.posts)
    pieces = Pieces(BUILD / "pieces.model")
    files = sorted(options.folds.glob("without-*.pt")) if options.folds else [options.network]
    said, truth, read = [], [], list[Example]()
    for file in files:
        authors = set((file.stem.removeprefix("without-") if options.folds else options.authors).split(",")) - {""}
        mine = [post for post in posts if not authors or post.author in authors]
        said.append(logits(load(file), mine, pieces))
        truth.append(wanted(mine))
        read += mine
    card = report(np.concatenate(said), np.concatenate(truth))
    by_group(np.concatenate(said), np.concatenate(truth), read, card)
    options.out.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
