"""Protected works that are shared or offered whole, or stripped of their credit.

Clause: 9125.3 guidelines, "Trademark, copyright, and fair use requirements must be respected."

Flags: sharing or offering the whole or large parts of a protected work (workbook scans, a novel as PDF, a film, a paid
resource, an answer key, a cracked program), and removing a watermark or credit. A pure repost counts.

Does not flag: links to the publisher or a licensed source; short quotes; covers and reviews; works in the public
domain, openly licensed, or the author's own; a refusal of such a copy.

Evidence: the words that offer the work, at most three places.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 1.00, recall 0.91 (32
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
0.94, recall 0.94 (32 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.meaning import encoder
from rollbook.meaning.acting import strongest
from rollbook.plugins import Case, Hit, analyzer


@analyzer("copyright", version=1, rests_on=encoder.installed, label="copyright")
def copyright(case: Case) -> Iterator[Hit]:
    """Finds offers of protected works. **Shape**: at most one hit a post."""
    act = strongest(case, "copyright", "copyright")
    if act is not None:
        yield Hit(
            f"The words may share or offer a protected work, or take its credit away: “{act.quote}”. It would be clear "
            "if the work were the author's own, openly licensed or in the public domain.", act.confidence, act.evidence,
        )
