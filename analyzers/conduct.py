"""Harassment, slurs, threats, demeaning words, sexual content, boasts of drugs or drunkenness.

Clause: 9125.3 guidelines, "Be a positive role model": educational employees are held to a higher standard of conduct;
and the harassment policy that 9125.3 refers to.

Flags: harassment, slurs, threats, words that demean students, families or colleagues, sexual content, boasts of drugs
or drunkenness, profanity at a person. A threat or slur takes the severity ``grave``.

Does not flag: union and bargaining talk, pay and working conditions, criticism of the board or of policy, politics and
religion without abuse; mild frustration; quotations in a lesson; reporting or condemning harassment; a pure repost.

Evidence: the words that do it, at most three places.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 0.90, recall 0.87 (31
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
0.82, recall 0.82 (33 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.meaning import encoder
from rollbook.meaning.acting import Act, strongest
from rollbook.plugins import Case, Hit, analyzer
from rollbook.steps import step
from rollbook.text.drinking import tells_of_drunkenness


@analyzer("conduct", version=1, rests_on=encoder.installed, label="conduct")
def conduct(case: Case) -> Iterator[Hit]:
    """Finds words against a person. **Shape**: at most one hit a post."""
    if case.post.kind == "repost":
        step("A pure repost: the words are another's.")
        return
    act = strongest(case, "conduct", "conduct") or _drunk_on_duty(case)
    if act is None:
        return
    grave = act.also("grave")
    what = "threaten or insult with a slur" if grave else "demean or offend, or boast of what a role model would not"
    yield Hit(
        f"The words may {what}: “{act.quote}”. They would be clear as a quotation, or where they condemn such words.",
        act.confidence, act.evidence, severity_of="grave" if grave else None,
    )


def _drunk_on_duty(case: Case) -> Act | None:
    """Personal words of drunkenness on duty: whoever boasts of it is no role model."""
    if not tells_of_drunkenness(case.post.text):
        return None
    act = strongest(case, "personal", "personal-use")
    if act is None or not (case.on_duty or act.says_on_duty):
        return None
    step("Personal words tell of drunkenness on duty.")
    return act
