"""Words of published honours: lists of names that a school gives out with pride."""

from __future__ import annotations

from rollbook.text.folding import fold
from rollbook.text.patterns import words

_HONOURS = words(r"""
    honou?r roll | (?:high )?honou?rs? (?:society|list|students?) | valedictorians? | salutatorians? | dean'?s list
    (?:student|reader|athlete|citizen|musician|artist)s? of the (?:month|week|year|quarter) | national merit
    all-?(?:state|county|league|conference) | scholar-?athletes? | inducted | inductees? | award winners?
    winners? of the | spelling bee | science fair (?:winners?|champions?) | perfect attendance | class of [0-9]{4}
    cuadro de honor | estudiantes? del mes | ganador(?:a|es|as)?
""")


def is_published_honour(text: str) -> bool:
    """Whether a text gives out honours of the kind that schools publish."""
    return _HONOURS.search(fold(text).text) is not None
