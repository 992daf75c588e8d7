"""Students, and parents of students, who are named without approval.

Clause: 9125.3 guidelines, "Students and parents should not be cited or referenced without their approval"; "It is
acceptable to … use non-identifying pseudonyms".

Flags: a student or a student's parent in that role who is named: full name; first name with last initial; first name
with class, grade, team or school; the student's own handle in the text; in the words, or a picture's description. A
pure repost counts. Names in published honours take the severity ``published-honours``.

Does not flag: pseudonyms; first or last names alone; adults who are not parents in that role (staff, authors,
officials, candidates, alumni, public, historical and fictional people); the author's own child; somebody who is only
replied to. Names with an approval on record that day are listed as cleared, with the reason.

Evidence: each name that is not approved; where none was told apart, the sentence that names.

Measured: development set of 800 posts, which was neither trained nor tuned on, November 2026: precision 0.88, recall
0.79 (38 posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout):
precision 0.78, recall 0.86 (36 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rollbook.approvals import Approval
from rollbook.meaning import encoder
from rollbook.meaning.acting import Act, acts
from rollbook.meaning.reading import Person
from rollbook.plugins import Case, Hit, analyzer
from rollbook.schoolyear import written
from rollbook.text.honours import is_published_honour
from rollbook.text.naming import fits
from rollbook.types import Evidence


@analyzer("student-identity", version=1, rests_on=encoder.installed, label="student-identity")
def student_identity(case: Case) -> Iterator[Hit]:
    """Finds students and parents by name. **Shape**: at most one hit for what is not approved, one for what is."""
    day = case.workspace.school_year.local(case.post.created_at).date()
    open_names: list[Evidence] = []
    approved: list[tuple[Evidence, Approval]] = []
    sure = 0.0
    honours = False
    for act in acts(case, "student-identity", "student-identity"):
        sure = max(sure, act.probability)
        honours = honours or is_published_honour(act.reading.text)
        names, cleared = _names(act, case, day)
        open_names += names
        approved += cleared
        if not act.reading.persons:  # named in a way that was not told apart: by a handle, in small letters
            open_names += act.evidence
    if open_names:
        quotes = ", ".join(f"“{' '.join((item.quote or '').split())}”" for item in open_names[:5])
        yield Hit(
            f"A student or a student's parent is named: {quotes}; no approval of the name is on record for "
            f"{written(day)}. A pseudonym would be clear.", round(sure, 2), tuple(open_names),
            severity_of="published-honours" if honours else None,
        )
    if approved:
        quotes = ", ".join(f"“{item.quote}”" for item, _ in approved)
        yield Hit(
            f"A student is named: {quotes}.", round(sure, 2), tuple(item for item, _ in approved),
            cleared=f"the name is approved since {written(approved[0][1].period.from_on)}.",
        )


def _names(act: Act, case: Case, day: date) -> tuple[list[Evidence], list[tuple[Evidence, Approval]]]:
    """The students' and parents' names of one text: those without, and those with an approval on that day."""
    without: list[Evidence] = []
    approved: list[tuple[Evidence, Approval]] = []
    approvals = case.workspace.approvals.names(day)
    seen = set[str]()
    for person in act.reading.persons:
        if person.role == "adult" or (quote := _quote(person, act)) in seen or _is_staff(quote, case):
            continue
        seen.add(quote)
        item = Evidence(act.where, *person.span, quote)
        approval = next((row for row in approvals if fits(quote, row.value)), None)
        if approval is None:
            without.append(item)
        else:
            approved.append((item, approval))
    return without, approved


def _quote(person: Person, act: Act) -> str:
    return act.reading.text[person.span[0] : person.span[1]]


def _is_staff(name: str, case: Case) -> bool:
    """Whether the name is that of somebody whose account is on record, in full or the last name with a title."""
    return any(
        account.kind == "employee" and account.owner and fits(name, account.owner) and len(name.split()) > 1
        for account in case.workspace.register
    )
