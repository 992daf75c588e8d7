"""Invitations to private or personal contact between an employee and a student.

Clause: 9125.3 para 4, "Employees have responsibility for maintaining appropriate employee-student relationships at all
times".

Flags: a student is invited to, or engaged in, private or personal contact: direct messages, texts, a personal phone or
account, meeting alone, rides, gifts, secrecy, affectionate or personal remarks.

Does not flag: public notices to all families; school e-mail, office hours and District tools; contact between adults;
a refusal of such contact, a warning of it; a pure repost, whose words are another's.

Evidence: the words that invite or engage, at most three places.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 0.86, recall 0.97 (32
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
0.91, recall 0.97 (33 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.meaning import encoder
from rollbook.meaning.acting import strongest
from rollbook.plugins import Case, Hit, analyzer
from rollbook.steps import step


@analyzer("student-contact", version=1, rests_on=encoder.installed, label="student-contact")
def student_contact(case: Case) -> Iterator[Hit]:
    """Finds private contact with students. **Shape**: at most one hit a post."""
    if case.post.kind == "repost":
        step("A pure repost: the words are another's.")
        return
    act = strongest(case, "student-contact", "student-contact")
    if act is not None:
        yield Hit(
            f"The words may invite a student to private or personal contact: “{act.quote}”. It would be clear if they "
            "were meant for adults or all families, or kept to the school's channels.", act.confidence, act.evidence,
        )
