"""Nonpublic facts about somebody who can be told; codes and passwords; exam content before its day.

Clause: 9125.3 para 9 and the guidelines, "Protect confidential information": employees are responsible for the
disclosure of confidential or private information, purposeful or inadvertent.

Flags: grades and scores, discipline, disability, IEP and 504 matters, health, custody, immigration and lunch status, a
home address or private phone, ID numbers, personnel matters of an identifiable student, parent or employee, also where
nobody is named but the details single one out; passwords, door and alarm codes; secure exam content before release. A
pure repost counts as the sharer's own act.

Does not flag: figures of groups; anecdotes in which nobody can be picked out; the school's public phone and address,
a District mailbox; the author's own news; public records and published honours; an exam that was released.

Evidence: the words that carry the fact, as the language model sees them, at most three places.

Measured: development set of 800 posts, none of which was trained on, November 2026: precision 0.97, recall 0.77 (39
posts). Two other districts by authors who saw neither code nor training text (908 posts, tests/heldout): precision
0.89, recall 0.94 (35 posts). docs/model-card.md has more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rollbook.meaning import encoder
from rollbook.meaning.acting import Act, acts
from rollbook.meaning.reading import reading_of
from rollbook.plugins import Case, Hit, analyzer
from rollbook.steps import step
from rollbook.text.mail import find_addresses
from rollbook.text.mailboxes import Mailboxes
from rollbook.text.places import called
from rollbook.text.privatefacts import kinds_of_fact

#: What stands for a mailbox where words are read without it.
_IN_PLACE = "our office"
#: From here on words are taken to be private whatever mailbox stands in them.
_SURE = 0.9


@analyzer("confidential-info", version=2, rests_on=encoder.installed, label="confidential-info")
def confidential_info(case: Case) -> Iterator[Hit]:
    """Finds private facts. **Shape**: at most one hit a post."""
    private = (act for act in acts(case, "confidential-info", "confidential-info") if _is_beyond_addresses(act, case))
    act = max(private, key=lambda act: act.probability, default=None)
    if act is None:
        return
    kinds = kinds_of_fact(act.quote)
    what = f"tell {kinds} that may be private" if kinds else "may tell what is private"
    yield Hit(
        f"The words {what}, about somebody who can be told: “{act.quote}”. It would be clear if nobody could be picked "
        "out, or if the fact were public.", act.confidence, act.evidence,
    )


def _is_beyond_addresses(act: Act, case: Case) -> bool:
    """Whether the words tell something private beside a District mailbox, which is public: they are read without it.

    What is sure already, as a phrase of the district's own is, is not doubted.
    """
    district, text = case.workspace.district, act.reading.text
    mailboxes = Mailboxes(district.role_mailboxes, case.account.owner if case.account.kind == "employee" else "")
    addresses = find_addresses(text, district.mail_domains, mailboxes)
    if not addresses or act.probability >= _SURE or act.where.startswith("alt"):
        return True
    for address in reversed(addresses):
        text = f"{text[: address.start]}{_IN_PLACE}{text[address.end :]}"
    before = act.reading.sure("confidential-info")
    without = reading_of(replace(case.post, text=text), case.account).sure("confidential-info")
    step(f"{called(act.where).capitalize()}, without District mailboxes: {without:.2f} sure, {before:.2f} with them.")
    return without >= before / 2
