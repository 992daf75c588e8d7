"""Words that speak for the District, a school, the board or a department without authorisation.

Clause: 9125.3 para 6, "Employees may not act as a spokesperson for the District or post comments as a representative of
the District, except as authorized by the superintendent or the Superintendent's designee."

Flags: a post, profile or picture's description whose author claims to be the institution's voice ("on behalf of",
"official statement", "the District's position is", "we at the district have decided"), or states, promises, denies,
apologises, decides or answers as it, by its name or as "we" where the talk is of it; in English and Spanish; where no
authorisation as spokesperson is on record for that day on the District's clock.

Does not flag: an opinion in the first person; attributed news; a pure repost; a quote whose own words say nothing of
the kind; questions, wishes and conditions; facts about events; "we" of a class or a team; team pride; thanks and
congratulations "on behalf of the music department"; routine notices of district accounts; a disclaimer ("my views
only"). With an authorisation on record that day the statement is listed as cleared, with the reason.

Evidence: the sentences that speak for the institution, the strongest three.

Measured: development set of 800 posts (its speech acts were tuned on one half of it), November 2026: precision 1.00,
recall 0.97 (32 posts). Two other districts by authors who saw neither code nor training text (908 posts,
tests/heldout): precision 1.00, recall 0.94 (36 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rollbook.meaning import encoder
from rollbook.meaning.acting import strongest
from rollbook.plugins import Case, Hit, analyzer
from rollbook.register import may_speak
from rollbook.schoolyear import written
from rollbook.steps import step
from rollbook.text.folding import fold
from rollbook.text.places import words_of
from rollbook.text.voice import Said, said_as_institution
from rollbook.types import Evidence

#: A reader looks at what is strongest; more would be the whole post.
_SENTENCES = 3
#: From here on the language model's word counts where no speech act was found. **Source**: tuned on the cases beside
#: the tests, in which much looks like a statement and is none; docs/decisions/language-model.md.
_ALONE = 0.987
#: Words that stand so are somebody else's, or no statement: they need a speech act.
_NOT_SAID = frozenset({"asked", "quoted", "told of others"})


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The words of one post that speak as the institution, by whom they were found."""

    does: str
    confidence: float
    evidence: tuple[Evidence, ...]


@analyzer("spokesperson", version=3, rests_on=encoder.installed, label="spokesperson", least=_ALONE)
def spokesperson(case: Case) -> Iterator[Hit]:
    """Finds words that speak for the District; where an authorisation is on record that day, they are cleared."""
    spoken = _spoken(case)
    if spoken is None:
        return
    message = f"These words speak as the District or a part of it: the author {spoken.does}"
    period = case.account.spokesperson
    if period is not None and may_speak(case.account, case.day):
        reason = f"authorised as spokesperson since {written(period.from_on)}."
        yield Hit(f"{message}.", spoken.confidence, spoken.evidence, cleared=reason)
    else:
        none = f"no authorisation as spokesperson is on record for {written(case.day)}"
        yield Hit(f"{message}; {none}.", spoken.confidence, spoken.evidence)


def _spoken(case: Case) -> _Spoken | None:
    """What is found by speech acts; where there are none, by the language model if it is installed and sure."""
    if case.post.kind == "repost":
        step("A pure repost: the words are another's.")
        return None
    acts = sorted(_said(case), key=lambda item: -item[0].weight)[:_SENTENCES]
    evidence = tuple(item for _, item in sorted(acts, key=lambda item: (item[1].where, item[1].start or 0)))
    does = acts[0][0].act.does if acts else ""
    step(f"A speech act: the author {does}." if acts else "No speech act of an institution was found.")
    if acts:
        return _Spoken(does, round(min(0.97, 0.35 + 0.6 * acts[0][0].weight), 2), evidence)
    if encoder.missing():
        return None
    act = strongest(case, "spokesperson", "spokesperson", _ALONE)
    if act is None:
        return None
    if not_said := sorted(_NOT_SAID & act.reading.stands.get("spokesperson", frozenset())):
        step(f"The words stand {' and '.join(not_said)}: they are no statement of the author's.")
        return None
    return _Spoken("states, promises, denies or answers as it", act.confidence, act.evidence)


def _said(case: Case) -> Iterator[tuple[Said, Evidence]]:
    """Every sentence that speaks as the institution, with the place where it stands."""
    for where, text in words_of(case.post):
        if where.startswith("link"):
            continue
        post = case.post if text is case.post.text else replace(case.post, text=text)
        said = said_as_institution(post, case.account, case.workspace.district)
        if where.startswith("alt") and not any(item.formal for item in said):
            continue  # a description tells what is seen; only a statement in so many words is one
        folded = fold(text)
        for item in said:
            start, end = folded.span(item.start, item.end)
            yield item, Evidence(where, start, end, text[start:end])
