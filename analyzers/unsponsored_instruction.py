"""School work, class and team groups, and required communication on a network that the District does not sponsor.

Clause: 9125.3 para 3, "public social media networks … outside of those sponsored by the District, may not be used for
classroom instruction or school-sponsored activities without the prior written authorization of the Superintendent, or
designee, and parental consent".

Flags: assignments, class discussion, hand-ins, class or team groups, or communication that is required, on a public
network, the posting account's own among them ("comment your answer below for credit").

Does not flag: District tools; showing finished work; reminders that ask for nothing there; resources for teachers; a
pure repost. With an authorisation for instruction on record that day it is listed as cleared, with the reason.

Evidence: the words that set the work, at most three places.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 0.91, recall 0.94 (32
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
0.97, recall 0.94 (33 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.meaning import encoder
from rollbook.meaning.acting import strongest
from rollbook.plugins import Case, Hit, analyzer
from rollbook.register import may_instruct
from rollbook.schoolyear import written
from rollbook.steps import step


@analyzer("unsponsored-instruction", version=1, rests_on=encoder.installed, label="unsponsored-instruction")
def unsponsored_instruction(case: Case) -> Iterator[Hit]:
    """Finds school work on public networks; where an authorisation is on record that day, it is cleared."""
    if case.post.kind == "repost":
        step("A pure repost: the words are another's.")
        return
    act = strongest(case, "unsponsored-instruction", "unsponsored-instruction")
    if act is None:
        return
    message = f"The words run school work or a class or team group on a public network: “{act.quote}”"
    period = case.account.instruction
    if period is not None and may_instruct(case.account, case.day):
        reason = f"authorised for instruction since {written(period.from_on)}."
        yield Hit(f"{message}.", act.confidence, act.evidence, cleared=reason)
    else:
        yield Hit(
            f"{message}; no authorisation for instruction is on record for {written(case.day)}.", act.confidence,
            act.evidence,
        )
