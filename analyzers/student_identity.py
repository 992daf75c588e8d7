"""Students, and parents of students, who are named without approval.

Clause: 9125.3 guidelines, "Students and parents should not be cited or referenced without their approval"; "It is
acceptable to … use non-identifying pseudonyms".

Flags: a student or a student's parent in that role who is named: full name; first name with last initial; first name
with class, grade, team or school; the student's own handle in the text; in the words, or a picture's description. A
pure repost counts. Names in published honours take the severity ``published-honours``.

A name that the approvals hold for another time is a student's, whatever the words say; so is one that the words beside
it call a pupil ("third grader Odile", "Emory T., from my 4th block").

Does not flag: pseudonyms; first or last names alone; adults who are not parents in that role (staff, authors,
officials, candidates, alumni, public, historical and fictional people); the author's own child; somebody who is only
replied to; mail addresses and the author's own handle. Names with an approval on record that day are listed as cleared,
with the reason.

Evidence: each name that is not approved; where none was told apart, the sentence that names.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 1.00, recall 0.84 (38
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
0.92, recall 0.92 (36 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rollbook.approvals import Approval
from rollbook.errors import RollbookError
from rollbook.meaning import encoder
from rollbook.meaning.acting import Act, acts, unasked
from rollbook.meaning.reading import Person, Reading, readings
from rollbook.plugins import Case, Hit, analyzer
from rollbook.schoolyear import written
from rollbook.steps import step
from rollbook.text.classmates import is_called_pupil, is_of_address, is_place, is_spoken_to, is_titled
from rollbook.text.famous import is_famous
from rollbook.text.honours import is_published_honour
from rollbook.text.naming import fits, roll
from rollbook.text.ownnames import names_of
from rollbook.text.places import called, words_of
from rollbook.types import Evidence

#: How sure a name on record is: another person may bear it.
_RECORD = 0.95
#: So sure words are said to a pupil that the full name they begin with is the pupil's. **Source**: own choice.
_TO_PUPIL = 0.8
#: How sure a name is that is called a pupil's. **Source**: 239 of 251 in the training text's lists of names.
_CALLED = 0.95
#: Where no name has two words the words must name surely: first names alone, surnames and teams look like one.
#: **Source**: four authors whom the model had not seen: below it 5 of 13 such findings were right, from it on 25 of 27.
_ALL_ALONE = 0.8
#: A single word is taken for a student's name only where that is surer: teams and places look like one. **Source**: own
#: trials on the districts of ``training``.
_ALONE = 0.8


@dataclass(frozen=True, slots=True)
class _Named:
    """One student or parent by name, in one place of a post."""

    item: Evidence
    sure: float
    #: The approval of that day; None where there is none.
    approval: Approval | None
    #: Whether the name was approved at another time: then it is a student's, whatever the words say.
    another_time: bool = False


@analyzer("student-identity", version=3, rests_on=encoder.installed, label="student-identity")
def student_identity(case: Case) -> Iterator[Hit]:
    """Finds students and parents by name. **Shape**: at most one hit for what is not approved, one for what is."""
    found = list(_on_record(case))
    is_honour, problem = False, None
    try:
        for act in acts(case, "student-identity", "student-identity"):
            is_honour = is_honour or is_published_honour(act.reading.text)
            found += _by_the_words(act, case, _items(found, act.where))
        for where, reading in readings(case.post, case.account, unasked(case)):
            called_here = list(_called(where, reading, case, _items(found, where)))
            found += called_here
            is_honour = is_honour or (bool(called_here) and is_published_honour(reading.text))
    except RollbookError as err:  # not read: what stands on record is told all the same
        problem = err
    without = [named for named in found if named.approval is None]
    approved = [named for named in found if named.approval is not None]
    if without:
        quotes = _quoted(without[:5])
        other = "; it is approved at another time only" if any(named.another_time for named in without) else ""
        yield Hit(
            f"A student or a student's parent is named: {quotes}; no approval of the name is on record for "
            f"{written(case.day)}{other}. A pseudonym would be clear.", round(max(named.sure for named in without), 2),
            tuple(named.item for named in without), severity_of="published-honours" if is_honour else None,
        )
    if approved:
        since = next(named.approval for named in approved if named.approval is not None).period.from_on
        yield Hit(
            f"A student is named: {_quoted(approved)}.", round(max(named.sure for named in approved), 2),
            tuple(named.item for named in approved), cleared=f"the name is approved since {written(since)}.",
        )
    if problem is not None:
        raise problem


def _items(found: Sequence[_Named], where: str) -> list[Evidence]:
    return [named.item for named in found if named.item.where == where]


def _quoted(found: Sequence[_Named]) -> str:
    """The names for a message, each once."""
    return ", ".join(dict.fromkeys(f"“{' '.join((named.item.quote or '').split())}”" for named in found))


def _on_record(case: Case) -> Iterator[_Named]:
    """Everybody whose name was ever approved, wherever a text names them."""
    approvals = case.workspace.approvals
    for where, text in words_of(case.post):
        for name, (start, end) in () if where.startswith("link") else roll(approvals.students).mentioned(text):
            step(f"{called(where).capitalize()} names {name}, whose name was approved once: a student.")
            approval = next((row for row in reversed(approvals.names(case.day)) if row.value == name), None)
            yield _Named(Evidence(where, start, end, text[start:end]), _RECORD, approval, another_time=approval is None)


def _called(where: str, reading: Reading, case: Case, known: Sequence[Evidence]) -> Iterator[_Named]:
    """The names that the words beside them call a pupil's, however sure the model is of the whole text.

    So is the full name of somebody who is spoken to in words that a pupil is spoken to.
    """
    approvals = case.workspace.approvals.names(case.day)
    to_pupil = reading.was_read and reading.sure("student-contact") >= _TO_PUPIL
    for person in reading.persons:
        quote = reading.text[person.span[0] : person.span[1]]
        spoken_to = to_pupil and len(quote.split()) > 1 and is_spoken_to(reading.text, person.span)
        if not (spoken_to or is_called_pupil(reading.text, person.span)):
            continue
        if _overlaps(person.span, known) or is_titled(quote) or _is_others(quote, case):
            continue
        step(f"{called(where).capitalize()}: the words beside {quote} say that it is a pupil.")
        approval = next((row for row in approvals if fits(quote, row.value)), None)
        yield _Named(Evidence(where, *person.span, quote), _CALLED, approval)


def _by_the_words(act: Act, case: Case, known: Sequence[Evidence]) -> Iterator[_Named]:
    """The students' and parents' names that the language model sees in one text, beyond those on record."""
    if not act.reading.persons and not known:  # named in a way that was not told apart: by a handle, in small letters
        yield from (_Named(item, act.probability, None) for item in act.evidence)
        return
    approvals = case.workspace.approvals.names(case.day)
    seen = set[str]()
    if act.probability < _ALL_ALONE and not known and _single_words(act.reading):
        return
    for person in act.reading.persons:
        quote = act.reading.text[person.span[0] : person.span[1]]
        if quote in seen or _overlaps(person.span, known) or not _is_student(person, quote, act, case):
            continue
        seen.add(quote)
        approval = next((row for row in approvals if fits(quote, row.value)), None)
        yield _Named(Evidence(act.where, *person.span, quote), act.probability, approval)


def _single_words(reading: Reading) -> bool:
    """Whether no student's name in a text has two words."""
    names = (reading.text[person.span[0] : person.span[1]] for person in reading.persons if person.role != "adult")
    return all(len(part.split()) == 1 for name in names for part in name.split(","))


def _overlaps(span: tuple[int, int], known: Sequence[Evidence]) -> bool:
    return any((item.start or 0) < span[1] and span[0] < (item.end or 0) for item in known)


def _is_student(person: Person, name: str, act: Act, case: Case) -> bool:
    """Whether a name that the language model sees is taken for a student's or parent's."""
    if person.role == "adult" or is_of_address(act.reading.text, person.span) or _is_others(name, case):
        return False
    if person.role == "student" and is_titled(name):
        return False
    return len(name.split()) > 1 or (person.probability >= _ALONE and not is_place(act.reading.text, person.span))


def _is_others(name: str, case: Case) -> bool:
    """Whether a name is of staff on record, of whom lessons are about, or the District's own."""
    if is_famous(name) or names_of(case.workspace.district).is_ours(name):
        return True
    staff = (account.owner for account in case.workspace.register if account.kind == "employee" and account.owner)
    return len(name.split()) > 1 and any(fits(name, owner) for owner in staff)
