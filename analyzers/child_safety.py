"""Signs that a minor is at risk of harm: always urgent, always for a person at once.

Clause: 9125.3 para 4, "protect the safety of minors online via mandatory reporting channels or otherwise".

Flags: words that report or show self-harm, abuse, neglect, a weapon or a threat, exploitation of a minor, named or not.
A pure repost counts.

Does not flag: awareness campaigns, hotlines, drills, training, literature and history; a notice that a threat is
handled where nobody is still at risk; sports and everyday idioms; a risk that only somebody else's words show.

Evidence: the words that show the risk, at most three places.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 0.91, recall 0.97 (31
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
0.83, recall 0.88 (34 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.meaning import encoder
from rollbook.meaning.acting import strongest
from rollbook.plugins import Case, Hit, analyzer


@analyzer("child-safety", version=1, rests_on=encoder.installed, label="child-safety")
def child_safety(case: Case) -> Iterator[Hit]:
    """Finds signs of harm to a minor. **Shape**: at most one hit a post."""
    act = strongest(case, "child-safety", "child-safety")
    if act is not None:
        yield Hit(
            f"The words may show that a minor is at risk of harm: “{act.quote}”. A person has to look at once; it "
            "would be clear only where nobody is at risk in them.", act.confidence, act.evidence,
        )
