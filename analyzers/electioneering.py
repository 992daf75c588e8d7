"""A District account that urges a vote.

Clause: 9125.3 para 2, "employees must avoid posting any information or engaging in communications that violate state
or federal laws". **Source**: Phillips v. Maurer, 67 NY2d 672 (1986): public resources may inform about a vote and never
urge one.

Flags: a District account that urges a vote for or against a budget, a proposition or a candidate, also by plain
implication, and a pure repost of such words.

Does not flag: facts and dates; "please vote" without a direction; votes of students and polls for fun; an employee's
account.

Evidence: the words that urge, at most three places.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 1.00, recall 0.94 (31
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
1.00, recall 0.91 (32 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.meaning import encoder
from rollbook.meaning.acting import strongest
from rollbook.plugins import Case, Hit, analyzer
from rollbook.steps import step


@analyzer("electioneering", version=1, rests_on=encoder.installed, label="electioneering")
def electioneering(case: Case) -> Iterator[Hit]:
    """Finds words that urge a vote. **Shape**: at most one hit a post; none of an employee's account."""
    if case.account.kind != "district":
        step("An employee may urge a vote: only accounts of the District are asked.")
        return
    act = strongest(case, "electioneering", "electioneering")
    if act is not None:
        yield Hit(
            f"An account of the District may urge a vote: “{act.quote}”. Neutral facts and dates of the vote would be "
            "clear.", act.confidence, act.evidence,
        )
