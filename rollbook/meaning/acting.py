"""What a rule asks of the words of a post: whether they do something, surely enough, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rollbook.errors import RollbookError
from rollbook.learned import Head, Learned
from rollbook.meaning.encoder import encoder, installed, missing
from rollbook.meaning.labels import Label
from rollbook.meaning.languages import is_read
from rollbook.meaning.reading import MOST_LETTERS, Reading, evidence, readings
from rollbook.plugins import Case
from rollbook.steps import step
from rollbook.text.folding import fold
from rollbook.text.places import called
from rollbook.text.worktime import says_off_work
from rollbook.types import Evidence

#: Evidence is what a reader looks at first; more places would be the whole post.
_PLACES = 3
#: As much of the evidence as a sentence bears.
_LONGEST_QUOTE = 160
#: A picture's description tells what is seen, and is no act of its author's unless it leaves no doubt; a name stands in
#: it as anywhere. **Source**: own choice, after plain descriptions of the sample district had fired.
_DESCRIBED = 0.9
_OFF_DUTY = frozenset[Label]({"personal"})
#: How sure a phrase makes a rule that the district itself has added to its policy.
_PHRASE = 0.9


@dataclass(frozen=True, slots=True)
class Act:
    """Words that do what a rule looks for."""

    #: Calibrated: of a hundred such findings so many are right.
    probability: float
    evidence: tuple[Evidence, ...]
    where: str
    reading: Reading

    @property
    def confidence(self) -> float:
        """The probability as findings give it."""
        return round(self.probability, 2)

    @property
    def quote(self) -> str:
        """The words that carry it, for a message: one line, cut where it is long."""
        words = " … ".join(" ".join((item.quote or "").split()).rstrip(" .") for item in self.evidence)
        return words if len(words) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE].rstrip()}…"

    def also(self, label: Label, least: float = 0.5) -> bool:
        """Whether the same words do something else too."""
        return self.reading.sure(label) >= least

    @property
    def says_on_duty(self) -> bool:
        """Whether the words say that it was done on duty, and not that it was the writer's own time."""
        carried = (self.reading.text[start:end] for start, end in self.reading.carriers["on-duty"])
        return self.also("on-duty") and not any(map(says_off_work, carried))


def acts(case: Case, label: Label, rule: str, least: float | None = None) -> Iterator[Act]:
    """Each place of a post whose words do this, by the rule's threshold. **Raises** RollbookError: not readable.

    The threshold is the policy's; without one what the district's decisions taught, then ``least``, then the model's.
    """
    if why := missing():
        raise RollbookError(f"the words were not read: {why}")
    if not is_read(case.post.text, case.post.lang):
        raise RollbookError("the words were not read: they are neither English nor Spanish")
    settings = _settings(case, rule)
    head = head_of(case.workspace.learned, rule)
    if head is not None:
        least = head.threshold
    elif least is None:
        least = encoder().thresholds[label]
    least = float(settings.get("threshold", least))
    phrases = _phrases(tuple(settings.get("phrases", ())))
    # The sieve lets pass what the model finds by itself: where more may be wanted, every post is read.
    is_sieved = phrases is None and head is None and least >= encoder().thresholds[label]
    any_found = False
    for where, reading in readings(case.post, case.account, unasked(case) if is_sieved else None):
        if not reading.was_read:
            step(f"{called(where).capitalize()}: a first look was sure that nothing of the kind is in it.")
            continue
        sure = head.probability(reading.labels) if head is not None else reading.sure(label)
        if where.startswith("alt") and label != "student-identity":
            least = max(least, _DESCRIBED)
        here = ", as this district's decisions taught" if head is not None else ""
        stands = " and ".join(sorted(reading.stands.get(label, ())))
        so = f" (the words stand {stands})" if stands else ""
        step(f"{called(where).capitalize()}: {sure:.2f} sure of “{label}”{so}{here}; counts from {least:.2f} on.")
        if found := tuple(_spelled_out(where, reading, phrases)):
            any_found = True
            yield Act(max(_PHRASE, sure), found[:_PLACES], where, reading)
        elif sure >= least:
            any_found = True
            yield Act(sure, evidence(where, reading, label)[:_PLACES], where, reading)
    if not any_found and len(case.post.text) > MOST_LETTERS:
        raise RollbookError(f"only the first {MOST_LETTERS:,} characters were read, and nothing was found there")


def strongest(case: Case, label: Label, rule: str, least: float | None = None) -> Act | None:
    """The place whose words do this most surely, or None. **Raises** RollbookError where they cannot be read."""
    return max(acts(case, label, rule, least), key=lambda act: act.probability, default=None)


def unasked(case: Case) -> frozenset[Label]:
    """What nobody asks of a post, for ``readings``: outside contract hours, whether it is personal ("on duty" is)."""
    return frozenset() if case.on_duty else _OFF_DUTY


def head_of(learned: Learned, rule: str) -> Head | None:
    """What was learned for a rule, where it was learned of the model that is installed."""
    return learned.heads.get(rule) if learned.model == installed() else None


def _settings(case: Case, rule: str) -> Mapping[str, Any]:
    """What the policy of the post's day sets for a rule."""
    stated = case.policy.rules.get(rule)
    return stated.settings if stated is not None else {}


@lru_cache(maxsize=64)
def _phrases(written: tuple[str, ...]) -> re.Pattern[str] | None:
    """A pattern of folded text for phrases that a district added to a rule."""
    if not written:
        return None
    spelled = "|".join(r"\s+".join(map(re.escape, fold(phrase).text.split())) for phrase in written)
    return re.compile(rf"(?<!\w)(?:{spelled})(?!\w)")


def _spelled_out(where: str, reading: Reading, phrases: re.Pattern[str] | None) -> Iterator[Evidence]:
    if phrases is None:
        return
    folded = fold(reading.text)
    for match in phrases.finditer(folded.text):
        start, end = folded.span(*match.span())
        yield Evidence(where, start, end, reading.text[start:end])
