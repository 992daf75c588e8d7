"""The District's own names in folded text: which mean it by themselves, which are a place's too, which are initials."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rollbook.text.folding import fold
from rollbook.text.patterns import group
from rollbook.workspace import District

_KIND = group(r"""
    school district | schools? | district | academy | csd | ufsd | usd | isd | elementary | middle | high | hs | ms
    primary | intermediate | junior high | escuelas? | colegio | distrito | primaria | secundaria
""")
_KIND_END = re.compile(
    r"\s+(?:(?:union free|central|city|county|unified|public|regional|independent|elementary|primary|intermediate|"
    r"middle|junior|senior|high) )*(?:school district|schools?|district|academy|csd|ufsd|usd|elementary|high|hs)\Z"
    r"|^(?:escuela|colegio|distrito escolar)(?: (?:primaria|secundaria|unificado de|de))? "
)


@dataclass(frozen=True, slots=True)
class Names:
    """The District's names as patterns of folded text."""

    #: Names that mean the District or a school by themselves; initials are told apart, for they are others' too.
    strong: re.Pattern[str]
    initials: re.Pattern[str]
    districts: frozenset[str]
    #: Places, teams of places: "larkmere" is a town, "larkmere varsity" is not.
    weak: str
    domains: re.Pattern[str]

    def is_ours(self, name: str) -> bool:
        """Whether a name in a text is the District's or a school's, as "Larkmere" is where they are called so."""
        plain = fold(" ".join(name.split())).text.removesuffix("'s").strip(" .,;:!?")
        return re.fullmatch(rf"(?:the )?(?:{self.weak}|{self.strong.pattern})", plain) is not None


@lru_cache(maxsize=16)
def names_of(district: District) -> Names:
    """The names of a district, its schools and their aliases, and its domains."""
    strong, initials, weak = set[str](), set[str](), set[str]()
    ours = [district.name, *district.aliases]
    for written in [*ours, *(name for school in district.schools for name in (school.name, *school.aliases))]:
        plain = fold(written).text
        if re.fullmatch(r"[A-Z]{3,}", written):
            initials.add(plain)
        elif re.search(rf"\b{_KIND}\b", plain):
            strong.add(plain)
            weak.add(_KIND_END.sub("", plain).strip())
        else:
            weak.add(plain)
    places = _either(name for name in weak if len(name) > 3)
    spelled = rf"(?:\b(?:{_either(strong)})\b(?! (?:of|in) [a-z]+ (?:town|county))|\b(?:{places})(?:'s)? {_KIND}\b)"
    short = rf"\b(?:{_either(initials)})\b"
    domains = _either({*district.mail_domains, *district.web_domains})
    return Names(
        strong=re.compile(rf"(?:{spelled}|{short})"), initials=re.compile(short),
        districts=frozenset(fold(name).text for name in ours), weak=rf"\b(?:{places})\b",
        domains=re.compile(rf"(?<![\w.])(?:[\w-]+[.@])*(?:{domains})\b(?!\.\w)"),
    )


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(set(names), key=lambda name: (-len(name), name))) or r"(?!)"
