"""Fitting to decisions: what agrees with the program moves nothing, a district's own line is found, chance is not taken."""

from __future__ import annotations

import numpy as np
import pytest

from rollbook.learned import Head, sigmoid
from rollbook.refitting import FOLDS, Measured, Posts, refit, share

LABELS = ("conduct", "personal", "protected")


def posts(odds: np.ndarray, holds: np.ndarray) -> Posts:
    count = len(holds)
    always = np.ones(count, dtype=bool)
    return Posts(odds, always, ~always, holds, np.arange(count) % FOLDS)


def some(count: int = 200, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 2.5, (count, len(LABELS)))


def f1(measured: Measured) -> float:
    precision, recall = measured.precision.value, measured.recall.value
    return 2 * precision * recall / max(precision + recall, 1e-9)


def test_decisions_that_agree_with_the_program_change_nothing() -> None:
    odds = some()
    done = refit(posts(odds, odds[:, 0] > 0), LABELS, 0, 0.5, None, 1.0)
    assert f1(done.before) == 1.0
    assert not done.is_better


def test_a_stricter_district_is_learned_and_measured_on_posts_that_were_left_out() -> None:
    odds = some()
    done = refit(posts(odds, odds[:, 0] > 2), LABELS, 0, 0.5, None, 1.0)
    assert done.is_better
    assert f1(done.after) > 0.9 > f1(done.before)
    strict = {label: sigmoid(value) for label, value in zip(LABELS, (1.0, 0.0, 0.0), strict=True)}
    assert done.head.probability(strict) < done.head.threshold


def test_what_another_label_says_is_learned_too() -> None:
    odds = some(400)
    done = refit(posts(odds, (odds[:, 0] > 0) & (odds[:, 2] < 0)), LABELS, 0, 0.5, None, 1.0)
    assert done.is_better
    assert done.head.weights["protected"] < -0.1
    assert abs(done.head.weights["personal"]) < 0.3


def test_decisions_at_random_are_not_taken() -> None:
    odds = some(120, seed=5)
    holds = np.random.default_rng(8).random(120) < 0.5
    always = Head(dict.fromkeys(LABELS, 0.0), 3.0, 0.5)
    assert not refit(posts(odds, holds), LABELS, 0, 0.5, always, 1.0).is_better


def test_what_is_on_record_is_not_blamed_on_the_words() -> None:
    """Posts that are cleared whatever they say, or fire whatever the model says, teach nothing of the words."""
    odds = some(200)
    holds = odds[:, 0] > 0
    cleared = np.arange(200) % 4 == 0
    given = Posts(odds, ~cleared, np.zeros(200, dtype=bool), holds & ~cleared, np.arange(200) % FOLDS)
    head = refit(given, LABELS, 0, 0.5, None, 1.0).head
    sure = {label: 0.99 if label == "conduct" else 0.5 for label in LABELS}
    assert head.probability(sure) > 0.9


def test_a_threshold_that_is_set_stays() -> None:
    odds = some()
    done = refit(posts(odds, odds[:, 0] > 2), LABELS, 0, 0.4, None, 1.0, fixed=True)
    assert done.head.threshold == 0.4
    assert done.is_better


def test_recall_can_weigh_more() -> None:
    odds = some(300, seed=9)
    holds = odds[:, 0] + np.random.default_rng(2).normal(0, 2, 300) > 0
    balanced, careful = (refit(posts(odds, holds), LABELS, 0, 0.5, None, beta) for beta in (1.0, 2.0))
    assert careful.after.recall.value > balanced.after.recall.value


def test_the_same_decisions_give_the_same_head() -> None:
    odds = some()
    first, second = (refit(posts(odds, odds[:, 0] > 1), LABELS, 0, 0.5, None, 1.0) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("part", "of", "low", "high"), [(8, 10, 0.490, 0.943), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0)])
def test_intervals_are_wilsons(part: int, of: int, low: float, high: float) -> None:
    """**Source**: Newcombe (1998), table of the score method."""
    made = share(part, of)
    assert (round(made.low, 3), round(made.high, 3)) == (low, high)


def test_a_share_of_nothing_is_not_known() -> None:
    assert share(0, 0).of == 0
