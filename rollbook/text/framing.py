"""How words stand in their sentence: quoted, asked, denied, supposed, or told of somebody else.

The language model has learned part of it from examples; here it is read off the words themselves, so that a person is
told, and so that words which only ask, deny or suppose count for less.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from rollbook.text.folding import fold
from rollbook.text.patterns import words

Frame = Literal["asked", "denied", "quoted", "supposed", "told of others"]

_DENIED = words(r"""
    (?:do|does|did|is|are|was|were|can|could|wo|would|should|has|have|had|must|ca|ai)n['’]?t | cannot | never | not
    nobody | no one | none of | refus(?:e|es|ed|ing) to
    nunca | jamas | nadie | ningun[ao]? | no (?:se|lo|la|los|las|les|me|nos|hay|es|son|hagan|manden|envien|soy|somos)
""")
_SUPPOSED = words(r"""
    if | unless | imagine | suppose | supposing | hypothetical(?:ly)? | would | might | wish | let['’]?s say | say you
    pretend
    si(?! *[,.!]) | imaginen? | supongan? | ojala
""")
_TOLD = words(r"""
    said | says | saying | told (?:me|us|him|her|them|the) | tells | asked | announced | according to | reported
    reports | wrote | writes | claims? | claimed | quot(?:ed|es?|ing) | heard | overheard
    dijo | dice | dijeron | segun | escribio | conto | oi
""")
_PATTERNS: dict[Frame, re.Pattern[str]] = {"denied": _DENIED, "supposed": _SUPPOSED, "told of others": _TOLD}
_QUOTED = re.compile(r"[“«„\"][^“”«»„\"\n]{2,400}[”»\"]")


@lru_cache(maxsize=64)
def framing(text: str, span: tuple[int, int]) -> frozenset[Frame]:
    """How the words of a sentence stand. **Shape**: the span is half-open, in the text's code points."""
    written = text[span[0] : span[1]]
    sentence = fold(written).text
    found: set[Frame] = {name for name, pattern in _PATTERNS.items() if pattern.search(sentence)}
    if _is_question(sentence):
        found.add("asked")
    if any(match.start() <= span[0] and span[1] <= match.end() for match in _QUOTED.finditer(text)):
        found.add("quoted")
    return frozenset(found)


def _is_question(sentence: str) -> bool:
    """Whether it ends in a question mark, whatever ornaments stand behind that."""
    last = next((letter for letter in reversed(sentence) if letter.isalnum() or letter in "?.!"), "")
    return last == "?"
