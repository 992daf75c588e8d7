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

Measured: development set of 800 posts, November 2026: precision 1.00, recall 0.97 (32 posts). One half of it was not
looked at: precision 1.00, recall 0.79 at first, 0.93 at last (14 posts). 200 posts of another district by an author who
saw neither code nor development set, tried once: precision 0.95, recall 0.84, F1 0.89 (45 posts). Own posts that were
written to be hard, five batches, each tried once: F1 0.57 to 0.78; expect it to miss new phrasings more often than to
flag plain words. Of the 759 labelled cases beside the tests 14 are known to be wrong, and named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rollbook.plugins import Case, Hit, analyzer
from rollbook.register import may_speak
from rollbook.schoolyear import written
from rollbook.text.folding import fold
from rollbook.text.places import words_of
from rollbook.text.voice import Said, said_as_institution
from rollbook.types import Evidence

#: A reader looks at what is strongest; more would be the whole post.
_SENTENCES = 3


@analyzer("spokesperson", version=1)
def spokesperson(case: Case) -> Iterator[Hit]:
    """Finds words that speak for the District; where an authorisation is on record that day, they are cleared."""
    found = sorted(_said(case), key=lambda item: -item[0].weight)[:_SENTENCES]
    if not found:
        return
    strongest = found[0][0]
    confidence = round(min(0.97, 0.35 + 0.6 * strongest.weight), 2)
    evidence = tuple(item for _, item in sorted(found, key=lambda item: (item[1].where, item[1].start or 0)))
    day = case.workspace.school_year.local(case.post.created_at).date()
    message = f"These words speak as the District or a part of it: the author {strongest.act.does}"
    period = case.account.spokesperson
    if period is not None and may_speak(case.account, day):
        reason = f"authorised as spokesperson since {written(period.from_on)}."
        yield Hit(f"{message}.", confidence, evidence, cleared=reason)
    else:
        yield Hit(f"{message}; no authorisation as spokesperson is on record for {written(day)}.", confidence, evidence)


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
