"""Personal content in contract hours, or words that say that it was done on duty or on District equipment.

Clause: 9125.3 para 2, "The use of these media for personal use during District time or on District equipment is
prohibited", and the guidelines, "Don't forget your day job".

Flags: personal content (shopping, holidays, an own business, entertainment, chatter) that was posted in the owner's
contract hours on a working day of the District's calendar, on the District's clock; at any hour, words that say that it
is or was done on duty or on District equipment, and not that it was the writer's own time; drinking boasted on duty.
District accounts too.

Does not flag: professional content; protected speech at any hour; personal content outside contract hours, on weekends,
holidays and breaks and outside the school year; accounts whose hours are not on record, unless the words say it;
profiles; a pure repost.

Evidence: the personal words, at most three places, and the time where it is what counts.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 1.00, recall 0.94 (31
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
0.96, recall 0.79 (34 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.meaning import encoder
from rollbook.meaning.acting import Act, strongest
from rollbook.plugins import Case, Hit, analyzer
from rollbook.steps import step
from rollbook.text.drinking import tells_of_drinking
from rollbook.types import Evidence


@analyzer("personal-use", version=1, rests_on=encoder.installed, label="personal")
def personal_use(case: Case) -> Iterator[Hit]:
    """Finds personal content on duty. **Shape**: at most one hit a post."""
    if case.post.kind == "repost":
        step("A pure repost: the words are another's.")
        return
    act = strongest(case, "personal", "personal-use") or _boast_of_drinking(case)
    if act is None:
        return
    step(f"The moment of the post is {'in' if case.on_duty else 'not in'} contract hours on record.")
    local = case.workspace.school_year.local(case.post.created_at)
    clear = "It would be clear as professional content."
    step(f"{act.reading.sure('on-duty'):.2f} sure that the words say it was done on duty; counts from 0.50 on, "
         "unless they say that it was the writer's own time.")
    if act.says_on_duty:
        said = f"The words say that something personal was done on duty or on District equipment: “{act.quote}”."
        yield Hit(f"{said} {clear}", act.confidence, act.evidence)
    elif case.post.kind != "profile" and case.on_duty:
        hours = case.account.hours
        assert hours is not None
        moment = f"{local:%A} {local:%b} {local.day}, {local:%H:%M}"
        said = (f"Personal content, “{act.quote}”, was posted on {moment}, in contract hours "
                f"({hours.start:%H:%M} to {hours.end:%H:%M}).")
        yield Hit(f"{said} {clear}", act.confidence, (*act.evidence, Evidence("time", quote=moment)))


def _boast_of_drinking(case: Case) -> Act | None:
    """Words that boast, and of drink: on duty that is personal use too."""
    if not tells_of_drinking(case.post.text):
        return None
    step("The words tell of drinking: a boast of it on duty is personal use too.")
    return strongest(case, "conduct", "conduct")
