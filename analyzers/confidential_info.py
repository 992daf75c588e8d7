"""Nonpublic facts about somebody who can be told; codes and passwords; exam content before its day.

Clause: 9125.3 para 9 and the guidelines, "Protect confidential information": employees are responsible for the
disclosure of confidential or private information, purposeful or inadvertent.

Flags: grades and scores, discipline, disability, IEP and 504 matters, health, custody, immigration and lunch status, a
home address or private phone, ID numbers, personnel matters of an identifiable student, parent or employee, also where
nobody is named but the details single one out; passwords, door and alarm codes; secure exam content before release. A
pure repost counts as the sharer's own act.

Does not flag: figures of groups; anecdotes in which nobody can be picked out; the school's public phone and address;
the author's own news; public records and published honours; an exam that was released.

Evidence: the words that carry the fact, as the language model sees them, at most three places.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 0.89, recall 0.87 (39
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
0.92, recall 0.94 (35 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.meaning import encoder
from rollbook.meaning.acting import strongest
from rollbook.plugins import Case, Hit, analyzer
from rollbook.text.privatefacts import kinds_of_fact


@analyzer("confidential-info", version=1, rests_on=encoder.installed, label="confidential-info")
def confidential_info(case: Case) -> Iterator[Hit]:
    """Finds private facts. **Shape**: at most one hit a post."""
    act = strongest(case, "confidential-info", "confidential-info")
    if act is None:
        return
    kinds = kinds_of_fact(act.quote)
    what = f"tell {kinds} that may be private" if kinds else "may tell what is private"
    yield Hit(
        f"The words {what}, about somebody who can be told: “{act.quote}”. It would be clear if nobody could be picked "
        "out, or if the fact were public.", act.confidence, act.evidence,
    )
