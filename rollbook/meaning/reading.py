"""What the words of one post do, for the rules: labels with the sentences that carry them, and who is named."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rollbook.meaning.encoder import ANSWERED, INTRODUCTION, LONGEST, OVERLAP, Begun, Read, encoder
from rollbook.meaning.labels import LABELS, ROLES, Label, Role
from rollbook.meaning.legible import Legible, legible
from rollbook.meaning.pieces import Piece, windows
from rollbook.text.framing import Frame, framing
from rollbook.text.places import own_words
from rollbook.text.sentences import sentences
from rollbook.types import Account, Evidence, Post

Span = tuple[int, int]
#: So much of a text is read, some four seconds' work: a longer page's end is left, and so is a text without any end.
MOST_LETTERS = 40_000
#: A piece carries a label, or is part of a name, from this share on. **Source**: as trained.
_CARRIES, _NAMES = 0.5, 0.5
#: Words that stand so tell of what is not done: where all that carry a label do, the label is less likely by so many
#: logits. **Source**: own trials on posts of authors that the model had not seen: of the findings that stand so, 29
#: wrong ones go and 11 right ones; of the others 93 and 61 would, if their thresholds were raised about as far.
_NOT_DONE: frozenset[Frame] = frozenset({"asked", "denied", "supposed"})
_LESS_LIKELY, _LIKELY = 0.5, 0.1
#: What is said of a child's need or for the institution is weighed elsewhere; free speech is free in any form.
_IN_ANY_FORM = frozenset[Label]({"child-safety", "spokesperson", "protected"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is named in a text. **Shape**: the span is half-open, in the original's code points."""

    span: Span
    role: Role
    #: How sure the role is.
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model made of one text."""

    text: str
    #: By label, calibrated.
    labels: Mapping[Label, float]
    #: By label: the places that carry it most, in order; never empty where the text is not.
    carriers: Mapping[Label, tuple[Span, ...]]
    persons: tuple[Person, ...]
    #: By label that is at all likely: how all the words stand that carry it.
    stands: Mapping[Label, frozenset[Frame]]
    #: Whether the layers read it; the sieve is sure of the others that nothing which was asked for is in them.
    was_read: bool = True

    def sure(self, label: Label) -> float:
        """How sure it is that the words do this. **Units**: a calibrated probability."""
        return self.labels[label]


def _nothing(text: str, *, was_read: bool) -> Reading:
    none = dict[Label, tuple[Span, ...]].fromkeys(LABELS, ())
    return Reading(text, dict[Label, float].fromkeys(LABELS, 0.0), none, (), {}, was_read)


def readings(post: Post, account: Account, besides: frozenset[Label] | None = None) -> Iterator[tuple[str, Reading]]:
    """Each place of a post that holds words of its author, and what they do. **Raises** RollbookError.

    ``besides`` are labels that nobody asks for: a text that holds nothing else need not be read whole, and comes as
    one without any; None reads everything.
    """
    yield own_words(post)[0], reading_of(post, account, besides)
    for number, media in enumerate(post.media):
        if media.alt:
            yield f"alt:{number}", read(media.alt, introduction(post, account, "alt"), "", besides)


def reading_of(post: Post, account: Account, besides: frozenset[Label] | None = None) -> Reading:
    """What the post's own words do, read with whose they are and what they answer. **Raises** RollbookError."""
    answered = (post.reply_to or post.quote_of) if post.repost_of is None else None
    return read(post.text, introduction(post, account), answered.text if answered else "", besides)


def evidence(where: str, reading: Reading, label: Label) -> tuple[Evidence, ...]:
    """The places of a text that carry a label, as evidence."""
    return tuple(
        Evidence(where, start, end, reading.text[start:end]) for start, end in reading.carriers[label]
    )


def introduction(post: Post, account: Account, kind: str = "") -> str:
    """What stands before a text when it is read: whose account, on which network, what kind of post or ``alt``."""
    return " ".join(f"{account.kind} {account.role.lower()} {post.network} {kind or post.kind}".split())


def read(text: str, before: str, answered: str, besides: frozenset[Label] | None = None) -> Reading:
    """Reads one text; ``besides`` as for ``readings``. **Raises** RollbookError where the model is not installed."""
    sieved_out = None if besides is None else _sieved_out(text, before, answered, besides)
    return sieved_out or _read(text, before, answered)


@lru_cache(maxsize=256)
def _sieved_out(text: str, before: str, answered: str, besides: frozenset[Label]) -> Reading | None:
    if any(encoder().may_hold(stretch, besides) for stretch in begun(text, before, answered)):
        return None
    return _nothing(text, was_read=False)


@lru_cache(maxsize=8)
def begun(text: str, before: str, answered: str) -> tuple[Begun, ...]:
    """The text in stretches, embedded; none where it holds no letter."""
    plain = legible(text[:MOST_LETTERS])
    if not any(map(str.isalnum, plain.text)):
        return ()
    model = encoder()
    head = list(_ids(before)[:INTRODUCTION])
    if answered and (words := legible(answered[:MOST_LETTERS]).text):
        head += _ids(f"to: {words}")[:ANSWERED]
    return tuple(model.begin(head, stretch) for stretch in windows(model.pieces.ids(plain.text), LONGEST, OVERLAP))


@lru_cache(maxsize=256)
def _ids(text: str) -> tuple[int, ...]:
    return tuple(encoder().pieces.ids(text))


@lru_cache(maxsize=256)
def _read(text: str, before: str, answered: str) -> Reading:
    plain = legible(text[:MOST_LETTERS])
    stretches = begun(text, before, answered)
    if not stretches:
        return _nothing("", was_read=True)
    model = encoder()
    labels = dict[Label, float].fromkeys(LABELS, 0.0)
    parts = sentences(text[:MOST_LETTERS])
    weights = [[0.0] * len(LABELS) for _ in parts]
    persons: list[Person] = []
    for stretch, embedded in zip(windows(model.pieces.cut(plain.text), LONGEST, OVERLAP), stretches, strict=True):
        said = model.read(embedded)
        for label in LABELS:
            labels[label] = max(labels[label], said.labels[label])
        for part, places in _pieces_of(parts, stretch, plain):
            weights[part] = list(map(max, weights[part], said.carried[places].max(0).tolist()))
        persons.extend(person for person in _persons(stretch, said, plain) if person not in persons)
    carriers: dict[Label, tuple[Span, ...]] = {
        label: _carriers([weight[number] for weight in weights], parts) for number, label in enumerate(LABELS)
    }
    stands: dict[Label, frozenset[Frame]] = {
        label: _common(text, carriers[label]) for label in LABELS if labels[label] >= _LIKELY
    }
    for label, frames in stands.items():
        if frames & _NOT_DONE and label not in _IN_ANY_FORM:
            labels[label] = _less_likely(labels[label])
    return Reading(text, labels, carriers, tuple(persons), stands)


def _common(text: str, places: tuple[Span, ...]) -> frozenset[Frame]:
    """What holds of every place."""
    return frozenset.intersection(*(framing(text, place) for place in places)) if places else frozenset()


def _less_likely(probability: float) -> float:
    return probability / (probability + (1 - probability) * math.exp(_LESS_LIKELY))


def _pieces_of(parts: list[Span], stretch: list[Piece], plain: Legible) -> Iterator[tuple[int, list[int]]]:
    """For each sentence that has pieces in a stretch: which of the stretch's pieces begin in it."""
    ends = [end for _, end in parts]
    within: dict[int, list[int]] = {}
    for place, piece in enumerate(stretch):
        if piece.start < piece.end:
            start = plain.places[piece.start]
            part = bisect_right(ends, start)
            if part < len(parts) and parts[part][0] <= start:
                within.setdefault(part, []).append(place)
    yield from within.items()


def _carriers(weights: list[float], parts: list[Span]) -> tuple[Span, ...]:
    """The sentences in which pieces begin that carry a label; where none does clearly, the one that does most.

    Whole sentences, so that a model that was trained anew points at the same words and a reviewer's decision holds.
    """
    by_part = list(zip(weights, parts, strict=True))
    found = [part for weight, part in by_part if weight >= _CARRIES]
    if not found and by_part:
        found = [max(by_part)[1]]
    return tuple(found)


def _whole_words(span: Span, text: str) -> Span:
    start, end = span
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _persons(stretch: list[Piece], said: Read, plain: Legible) -> Iterator[Person]:
    """Runs of pieces that are one name, with the role that the run is mostly taken for."""
    run: list[tuple[Piece, int]] = []
    for place, piece in enumerate(stretch):
        is_name = float(said.named[place, 0]) < 1 - _NAMES and piece.start < piece.end
        if is_name:
            run.append((piece, place))
        elif run and piece.start < piece.end:
            yield _person(run, said, plain)
            run = []
    if run:
        yield _person(run, said, plain)


def _person(run: list[tuple[Piece, int]], said: Read, plain: Legible) -> Person:
    shares = [sum(float(said.named[place, 1 + number]) for _, place in run) / len(run) for number in range(len(ROLES))]
    best = max(range(len(ROLES)), key=shares.__getitem__)
    span = plain.span(*_whole_words((run[0][0].start, run[-1][0].end), plain.text))
    return Person(span, ROLES[best], shares[best])
