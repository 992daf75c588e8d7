"""The training text of the language model: whole, enough of everything, nothing twice, nothing that is measured on."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from rollbook.meaning.labels import LABELS

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def corpus() -> ModuleType:
    spec = importlib.util.spec_from_file_location("training_corpus", ROOT / "training" / "corpus.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["training_corpus"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_post_is_whole_and_there_are_enough_of_each_label(corpus: ModuleType) -> None:
    posts = corpus.examples()
    assert len(posts) >= 6_000
    counts = Counter(label for post in posts for label in post.labels)
    assert min(counts[label] for label in LABELS) >= 150, counts
    assert sum(not post.labels for post in posts) >= len(posts) * 0.4
    assert sum(post.lang != "en" for post in posts) >= len(posts) * 0.1


def test_no_post_stands_twice(corpus: ModuleType) -> None:
    posts = corpus.examples()
    twice = list(corpus.near_duplicates([post.text for post in posts]))
    assert not [(posts[later].place, posts[earlier].place) for later, earlier in twice]


def test_two_posts_that_nearly_agree_are_found(corpus: ModuleType) -> None:
    texts = ["The bus to Mill Pond is late today.", "Lunch is soup.", "The bus to Mill Pond is late again today."]
    assert list(corpus.near_duplicates(texts)) == [(2, 0)]


def test_of_several_with_as_many_words_in_common_the_most_alike_is_found(corpus: ModuleType) -> None:
    longer = [f"So proud of this crew{more}" for more in (" and all that they did today", " we met on the bridge", "")]
    for order in (longer, longer[::-1]):
        assert list(corpus.near_duplicates(["Proud of this crew!"], order)) == [(0, order.index(longer[2]))]


@pytest.mark.parametrize("posts", [
    ROOT.parent / "shared" / "eval" / "dev" / "posts.jsonl", ROOT / "tests" / "heldout" / "tidewater" / "posts.jsonl",
    ROOT / "tests" / "heldout" / "millrace" / "posts.jsonl", ROOT / "tests" / "protected_speech.jsonl",
    ROOT / "tests" / "dialects.jsonl", *sorted((ROOT / "training" / "districts").glob("*/posts.jsonl")),
], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_that_is_measured_on_is_in_it(corpus: ModuleType, posts: Path) -> None:
    if not posts.is_file():
        pytest.skip("the development set is not beside this checkout")
    measured = [json.loads(line)["text"] for line in posts.read_text(encoding="utf-8").splitlines()]
    examples = corpus.examples()
    found = [examples[number].place for number, _ in corpus.near_duplicates([one.text for one in examples], measured)]
    assert not found
