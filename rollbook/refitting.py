"""Fits how a rule weighs the language model's word to decisions, and says by resampling whether that is better.

A head begins where the program came: with the model's own calibrated word. A ridge pulls it there, so that a few
decisions move it little and many as far as they agree. Every figure is of posts that the head had not seen.

**Shapes**: odds (posts, labels), the model's log-odds; the other arrays (posts,).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rollbook.learned import Head

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

FOLDS = 5
#: How strongly a head is held where it began; the strength is chosen by what it tells of decisions left out.
RIDGES = (1.0, 3.0, 10.0, 30.0, 100.0)
#: So much less the shift is held than a weight: a district that is stricter in all is the plainest thing to learn.
_FREE_SHIFT = 0.1
_THRESHOLDS = [number / 100 for number in range(5, 96)]
#: A new head is taken where it is better in so many of the resamples. **Source**: own choice: nine of ten.
RESAMPLES, BETTER_IN = 1000, 0.9


@dataclass(frozen=True)
class Posts:
    """What one rule made of some posts, and what people decided."""

    odds: Floats
    #: Whether the rule would fire if the model were sure: what is on record does not clear it.
    open: Flags
    #: Whether it fires whatever the model says.
    regardless: Flags
    holds: Flags
    #: Which of the folds a post is in.
    fold: NDArray[np.int64]

    def some(self, chosen: Flags) -> Posts:
        """A part of them."""
        return Posts(self.odds[chosen], self.open[chosen], self.regardless[chosen], self.holds[chosen],
                     self.fold[chosen])

    @property
    def learnable(self) -> Flags:
        """Where the model's word decides: only there a decision says something of the words."""
        return self.open & ~self.regardless


@dataclass(frozen=True, slots=True)
class Share:
    """A share of some posts, with Wilson's 95 % interval."""

    of: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measured:
    """How often a rule is right: the share of its findings that hold, and of what holds that it finds."""

    precision: Share
    recall: Share


@dataclass(frozen=True, slots=True)
class Refitted:
    """A new head beside the one in force, both on posts that neither had seen."""

    before: Measured
    after: Measured
    head: Head
    #: In which share of the resamples the new one is better.
    better_in: float

    @property
    def is_better(self) -> bool:
        """Whether the new head is taken."""
        return self.better_in >= BETTER_IN


def refit(
    posts: Posts, labels: Sequence[str], own: int, threshold: float, in_force: Head | None, beta: float,
    *, fixed: bool = False,
) -> Refitted:
    """Fits a head and measures it by folds.

    ``own`` is the place of the rule's label, ``beta`` what recall weighs; ``fixed`` leaves the threshold as it is.
    """
    old = in_force or _head(_beginning(len(labels), own), labels, threshold)
    thresholds = [old.threshold] if fixed else _THRESHOLDS
    before = _fires(posts, old, labels)
    after = np.zeros_like(before)
    for number in range(FOLDS):
        chosen = posts.fold == number
        if chosen.any():
            head = _fitted(posts.some(~chosen), labels, own, old.threshold, thresholds, beta)
            after[chosen] = _fires(posts.some(chosen), head, labels)
    return Refitted(
        _measured(before, posts.holds), _measured(after, posts.holds),
        _fitted(posts, labels, own, old.threshold, thresholds, beta), _better_in(before, after, posts.holds, beta),
    )


def _beginning(labels: int, own: int) -> Floats:
    """The weights of a head that learned nothing, its shift last."""
    weights = np.zeros(labels + 1)
    weights[own] = 1.0
    return weights


def _head(weights: Floats, labels: Sequence[str], threshold: float) -> Head:
    return Head({label: round(float(weight), 4) for label, weight in zip(labels, weights[:-1], strict=True)},
                round(float(weights[-1]), 4), float(threshold))


def _fires(posts: Posts, head: Head, labels: Sequence[str]) -> Flags:
    probability = _probability(posts.odds, np.array([*(head.weights.get(label, 0.0) for label in labels), head.shift]))
    fires: Flags = posts.regardless | (posts.open & (probability >= head.threshold))
    return fires


def _probability(odds: Floats, weights: Floats) -> Floats:
    value = odds @ weights[:-1] + weights[-1]
    probability: Floats = 1 / (1 + np.exp(-np.clip(value, -30, 30)))
    return probability


def _fitted(
    posts: Posts, labels: Sequence[str], own: int, threshold: float, thresholds: Sequence[float], beta: float
) -> Head:
    learnable = posts.some(posts.learnable)
    start = _beginning(len(labels), own)
    weights = _weights(learnable, start, _ridge(learnable, start))
    probability = _probability(posts.odds, weights)
    scored = [
        (_score(posts.regardless | (posts.open & (probability >= least)), posts.holds, beta), -abs(least - threshold),
         least) for least in thresholds
    ]
    return _head(weights, labels, max(scored)[2])


def _ridge(posts: Posts, start: Floats) -> float:
    """The strength by which left-out decisions are told best; the strongest where there are too few to tell."""
    folds = [number for number in range(FOLDS) if (posts.fold == number).any()]
    if len(folds) < 2:
        return RIDGES[-1]
    losses = []
    for ridge in RIDGES:
        loss = 0.0
        for number in folds:
            away = posts.fold == number
            there = posts.some(away)
            probability = _probability(there.odds, _weights(posts.some(~away), start, ridge))
            loss -= float(np.log(np.clip(np.where(there.holds, probability, 1 - probability), 1e-9, 1)).sum())
        losses.append(loss)
    return RIDGES[int(np.argmin(losses))]


def _weights(posts: Posts, start: Floats, ridge: float) -> Floats:
    """Ridge-penalised logistic regression around where it began, by Newton's steps."""
    weights = start.copy()
    inputs = np.hstack([posts.odds, np.ones((len(posts.holds), 1))])
    held = np.full(len(start), ridge)
    held[-1] *= _FREE_SHIFT
    for _ in range(50):
        probability = _probability(posts.odds, weights)
        gradient = inputs.T @ (probability - posts.holds) + held * (weights - start)
        curvature = (inputs * (probability * (1 - probability))[:, None]).T @ inputs + np.diag(held)
        step = np.linalg.solve(curvature, gradient)
        weights = weights - np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _score(fires: Flags, holds: Flags, beta: float) -> float:
    """F-beta; 1 where nothing fires and nothing holds."""
    found = float((fires & holds).sum())
    wrong, missed = float((fires & ~holds).sum()), float((~fires & holds).sum())
    whole = (1 + beta**2) * found + beta**2 * missed + wrong
    return (1 + beta**2) * found / whole if whole else 1.0


def _better_in(before: Flags, after: Flags, holds: Flags, beta: float) -> float:
    """In which share of resamples of the posts the new one scores higher; the same numbers each time."""
    chance = np.random.default_rng(1)
    better = 0
    for _ in range(RESAMPLES):
        chosen = chance.integers(0, len(holds), len(holds))
        better += _score(after[chosen], holds[chosen], beta) > _score(before[chosen], holds[chosen], beta)
    return better / RESAMPLES


def _measured(fires: Flags, holds: Flags) -> Measured:
    found = int((fires & holds).sum())
    return Measured(share(found, int(fires.sum())), share(found, int(holds.sum())))


def share(part: int, of: int) -> Share:
    """A share with its interval. **Source**: Wilson (1927), for 95 %."""
    if not of:
        return Share(0, 0.0, 0.0, 1.0)
    z = 1.959964
    value = part / of
    middle = (value + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * float(np.sqrt(value * (1 - value) / of + z * z / (4 * of * of)))
    return Share(of, value, max(0.0, middle - half), min(1.0, middle + half))
