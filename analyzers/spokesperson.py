"""Words that speak for the District, a school, the board or a department without authorisation.

Clause: 9125.3 para 6, "Employees may not act as a spokesperson for the District or post comments as a representative of the
District, except as authorized by the superintendent or the Superintendent's designee."

Flags: a post or profile

Does not flag: a

Evidence: the sentences that speak for the institution.

Measured: not yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rollbook.plugins import Case, Hit, analyzer
from rollbook.register import may_speak
from rollbook.text.folding import fold
from rollbook.text.places import own_words
from rollbook.text.voice import said_as_institution
from rollbook.types import Evidence


@analyzer("spokesperson", version=1)
def spokesperson(case: Case) -> Iterator[Hit]:
    """Finds words that speak for the District; where an authorisation is on record that day, they are cleared."""
    post = case.post
    said = said_as_institution(post, case.account, case.workspace.district)
    if not said:
        return
    where, text = own_words(post)
    folded = fold(text)
    evidence = []
    for item in sorted(said[:3], key=lambda item: item.start):
        start, end = folded.span(item.start, item.end)
        evidence.append(Evidence(where, start, end, text[start:end]))
    day = case.workspace.school_year.local(post.created_at).date()
    message = f"The author {said[0].act.does}, in words that speak as the District, a school, the board or a department"
    confidence = round(min(0.97, 0.35 + 0.6 * said[0].weight), 2)
    period = case.account.spokesperson
    if period is not None and may_speak(case.account, day):
        yield Hit(f"{message}.", confidence, tuple(evidence), cleared=f"authorised as spokesperson since {_written(period.from_on)}.")
    else:
        yield Hit(f"{message}; no authorisation as spokesperson is on record for {_written(day)}.", confidence, tuple(evidence))


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
