"""Examples as the network takes them: pieces, and what each of them carries."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from corpus import Example
from disturb import Letters, disturbed, letters, renamed
from torch import Tensor

from rollbook.meaning.encoder import ANSWERED, INTRODUCTION, LONGEST
from rollbook.meaning.labels import LABELS, ROLES
from rollbook.meaning.legible import legible
from rollbook.meaning.pieces import FIRST, LAST, PAD, Pieces

#: How often an example is shown without its introduction, disfigured, with other names, and with another example in the
#: same post: people tell two things at once, and one shall not hide the other. **Source**: own trials.
WITHOUT_INTRODUCTION, DISTURBED, RENAMED, JOINED = 0.3, 0.5, 0.4, 0.15
#: Two examples in one post have at most so many characters together.
LONGEST_JOINED = 500


@dataclass(frozen=True)
class Prepared:
    """One example: ids of its pieces, which of them are the text's own, and what is to be told of them."""

    ids: list[int]
    first: int
    labels: list[float]
    carried: list[list[int]]
    named: list[int]


def prepare(example: Example, pieces: Pieces, written: Letters | None = None, *, introduced: bool = True) -> Prepared:
    """An example, with the letters in which its text is written where they are not its own."""
    written = letters(example.text) if written is None else written
    plain = legible("".join(letter for letter, _ in written))
    places = [written[place][1] for place in plain.places]
    head = [piece.id for piece in pieces.cut(example.introduction)][:INTRODUCTION] if introduced else []
    if example.to and (words := legible(example.to).text):
        head += [piece.id for piece in pieces.cut(f"to: {words}")][:ANSWERED]
    body = pieces.cut(plain.text)[:LONGEST]
    spans = [
        (places[piece.start], places[piece.end - 1] + 1) if piece.start < piece.end else (0, 0) for piece in body
    ]
    carried: list[list[int]] = [[] for _ in body]
    for label, quote in example.labels.items():
        start = example.text.find(quote)
        for number in _covered(spans, start, start + len(quote)):
            carried[number].append(LABELS.index(label))
    named = [0] * len(body)
    for name, role in example.names.items():
        start = example.text.find(name)
        while start >= 0:
            for number in _covered(spans, start, start + len(name)):
                named[number] = 1 + ROLES.index(role)
            start = example.text.find(name, start + len(name))
    return Prepared(
        [FIRST, *head, LAST, *(piece.id for piece in body), LAST], len(head) + 2,
        [float(label in example.labels) for label in LABELS], carried, named,
    )


def _covered(spans: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    return [number for number, (first, last) in enumerate(spans) if first < end and last > start]


def shown(
    example: Example, pieces: Pieces, posts: Sequence[Example], others: Sequence[str], chance: random.Random
) -> Prepared:
    """An example as one epoch shows it: sometimes disfigured, renamed, with another beside it, without introduction."""
    if chance.random() < JOINED:
        example = joined(example, chance.choice(posts), chance.choice((" ", " ", "\n", "\n\n")))
    if example.names and chance.random() < RENAMED:
        example = with_names(example, renamed(list(example.names), others, chance))
    written = disturbed(example.text, chance) if chance.random() < DISTURBED else None
    return prepare(example, pieces, written, introduced=chance.random() >= WITHOUT_INTRODUCTION)


def joined(example: Example, other: Example, between: str) -> Example:
    """Both in one post of the first's account; the first alone where the second would not be said there."""
    fits = example.account == other.account and example.lang == other.lang and not other.to
    if not fits or len(example.text) + len(other.text) > LONGEST_JOINED:
        return example
    return replace(
        example, text=f"{example.text}{between}{other.text}", labels={**other.labels, **example.labels},
        names={**other.names, **example.names},
    )


def with_names(example: Example, names: dict[str, str]) -> Example:
    """The example with other names in its words, its labels and its list of names."""

    def put(text: str) -> str:
        for name, other in names.items():
            text = text.replace(name, other)
        return text

    labels = {label: put(quote) for label, quote in example.labels.items()}
    text = put(example.text)
    if not all(quote in text for quote in labels.values()):
        return example
    return replace(example, text=text, labels=labels, names={put(name): role for name, role in example.names.items()})


@dataclass(frozen=True)
class Batch:
    """Examples side by side. **Shape**: as the network's, and what it is to tell."""

    ids: Tensor
    inside: Tensor
    mask: Tensor
    labels: Tensor
    carried: Tensor
    named: Tensor


def batch(rows: Sequence[Prepared]) -> Batch:
    """Examples padded to the longest."""
    longest = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), longest), PAD, dtype=torch.long)
    mask, inside = torch.zeros(len(rows), longest, dtype=torch.long), torch.zeros(len(rows), longest)
    carried = torch.zeros(len(rows), longest, len(LABELS))
    named = torch.zeros(len(rows), longest, dtype=torch.long)
    for number, row in enumerate(rows):
        length = len(row.ids)
        ids[number, :length] = torch.tensor(row.ids)
        mask[number, :length] = 1
        inside[number, row.first : length - 1] = 1
        for place, (carries, name) in enumerate(zip(row.carried, row.named, strict=True), row.first):
            carried[number, place, carries] = 1
            named[number, place] = name
    return Batch(ids, inside, mask, torch.tensor([row.labels for row in rows]), carried, named)
