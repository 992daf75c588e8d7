"""Who is meant: the District, its schools, board and departments in a folded text, marked without moving a position.

Marking writes one sign for every letter of a name, so that the patterns of speech acts need to know no names, and what
they find still stands where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rollbook.text.folding import fold
from rollbook.text.patterns import group
from rollbook.workspace import District

#: The District itself, a school, the board, the administration. Private-use signs: nobody writes them.
WHOLE = "\ue010"
#: A department, office or programme of it.
PART = "\ue011"
#: A class, a team, the students: whoever speaks for these speaks for no institution.
GROUP = "\ue012"
#: One institution in a marked text.
INSTITUTION = f"(?<![{WHOLE}{PART}])[{WHOLE}{PART}]++"

_KINDS = (
    r"(?:central |city |county |unified |union free |public |independent |consolidated |community |regional )*"
    r"(?:school district|schools?|district|csd|ufsd|usd|isd|elementary|middle|high)(?: school)?"
)
_OFFICES = group(r"""
    superintendent and (?:the )?(?:school )?board | board of ed(?:ucation)? | school board | board | boe
    administration | admin(?:istrators)? | leadership | central office | main office | superintendent'?s office
    office of the superintendent | district office | front office | principal'?s office
""")
#: Institutions of somebody else, which the general words below would take for the District's.
_FOREIGN = group(r"""
    fire | police | sheriff'?s? | health | state | county | city | town | village | federal | national | labor | water
    highway | parks? | transit | planning | zoning | college | library | post | box | ticket | tax | bank | doctor'?s
    dentist'?s | oval | home | chess | white | bulletin | message | score | leader | dart | surf | emoji | vision
    law | private | sunday | driving | dance | cooking | summer | old | graduate | grad | med | medical | nursing
    trade | art history | us | u\.s\. | justice | education
""")
_SUBJECTS = group(r"""
    special ed(?:ucation)? | sped | athletics? | sports | music | band | art | arts | fine arts | math | mathematics
    science | english | ela | social studies | history | world languages? | languages? | technology | tech | it
    guidance | counseling | school counseling | library | health services | nursing | transportation | food services?
    nutrition | facilities | maintenance | communications? | public information | human resources | hr | business
    curriculum | instruction | physical education | pe | theat(?:re|er) | drama | attendance | registration
    enrollment | security | safety | student services | pupil services | testing | admissions | kindergarten | pre-?k
    esl | enl | ell | cse | pps | ap | robotics | stem
""")
_UNITS = group("departments? | dept | office | division | program(?:me)? | team | services | committee")

_GENERAL = [
    (WHOLE,
        (rf"(?:the|our|your|this|my|this whole|our whole|our entire|the whole|"
        rf"the entire) (?:(?!{_FOREIGN}\b)[a-z'-]+ )?(?:school district|district|{_OFFICES})")),
    (WHOLE,
        (r"(?:the|our|your|this|my) (?:whole |entire )?(?:high |middle |elementary |primary |intermediate |"
        r"junior high )?school(?! (?:year|day|night|week|lunch|bus|musical|play|store|song|supplies|calendar|trip|"
        r"library|email|e-mail|nurse|counselor|psychologist|garden|shooting|spirit|colors|building|board|district))")),
    (WHOLE,
        (rf"(?<![a-z0-9,'-] )(?:{_OFFICES}|(?:school )?district)(?= (?:has|have|is|are|will|does|do|wants|regrets|"
        rf"apologi|denies|confirms|stands|statement|response|position|clarification))")),
    (PART, rf"(?:(?:the|our|your|this|my) )?(?:[a-z0-9'-]+ )?{_SUBJECTS}(?: and {_SUBJECTS})? {_UNITS}"),
    (PART, rf"(?:the|our) (?!{_FOREIGN} )(?:[a-z'-]+ )?(?:department|dept|coaching staff)"),
    (PART, rf"district {_SUBJECTS}(?: {_UNITS})?"),
    (PART,
        (r"(?:[a-z'-]+ )?athletics|(?:pupil|student) (?:personnel )?services|our (?:main |front |business )?office|"
        r"(?:the|our) (?:library|program|athletic office)")),
    (WHOLE, r"(?:el|del|al|nuestro|este) (?:distrito|colegio|plantel|consejo escolar)(?: escolar)?"),
    (WHOLE,
        (r"(?:la|nuestra|esta) (?:escuela|junta|administracion|direccion|secundaria|preparatoria|primaria|"
        r"superintendencia)(?: (?:escolar|directiva|de educacion|primaria|secundaria))?")),
    (PART, r"(?:(?:el|del|nuestro) departamento|la oficina|nuestra oficina)(?: de(?: la)? [a-z]+)?"),
]
_GROUPS = group(r"""
    (?:my|our|the|mis|nuestra|nuestros|la|los) (?:own |whole |little )?(?:(?:first|second|third|fourth|fifth|sixth|\
        seventh|eighth|ninth|tenth|eleventh|twelfth|[0-9]+(?:st|nd|rd|th)|grade|kindergarten|homeroom|advisory|\
        period|varsity|jv|girls|boys|robotics|chess|drama|art|spanish|french|math|science|history|english|ap|debate|\
        science|choir|pep) )*(?:class(?:es|room)?|kids|kiddos|students|graders|kinders|readers|writers|team|squad|\
        section|band|choir|chorus|orchestra|club|crew|cast|swimmers|runners|wrestlers|players|seniors|clase|alumnos|\
        estudiantes|equipo|salon|grupo)
    \b(?:class|clase|room|salon|period|homeroom) (?:[0-9]+[a-z]?|[a-z])\b | \bas a (?:class|team|band|family|squad)\b
    \bwe (?:teachers|parents|aides|drivers|coaches|nurses|librarians|educators|members)\b | \bin class\b
    \ben clase\b | \bteachers'? (?:association|union)\b
""")


#: "Birch Street" is how people call Birch Street Elementary School; one word alone would be any town or person.
_KIND_WORDS = re.compile(
    r"\s+(?:(?:union free|central|city|county|unified|public|regional|independent|elementary|primary|intermediate|"
    r"middle|junior|senior|high) )*(?:school district|schools?|district|academy|csd|ufsd|usd)\Z|^(?:escuela|colegio|"
    r"distrito escolar)(?: (?:primaria|secundaria|unificado de))? "
)


def _initials(name: str) -> str:
    words = re.findall(r"[a-z]+", name)
    return "".join(word[0] for word in words if word not in ("of", "the", "de", "la", "del"))


def _names(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        folded = fold(name).text
        yield folded
        short = _KIND_WORDS.sub("", folded).strip()
        if " " in short:
            yield short
        initials = _initials(folded)
        if len(folded.split()) >= 3 and len(initials) >= 3:
            yield initials
        elif len(initials) == 2:
            yield from (f"{initials} {kind}" for kind in ("schools", "csd", "district", "hs", "high"))


#: A text without one of these names no part of the District, and is marked in half the time.
_HAS_PARTS = re.compile(
    r"department|dept|offic|division|program|team|services|committee|athletics|coaching|library|departamento|"
    r"technology|communications|sports|music|it\b"
)


@lru_cache(maxsize=16)
def _pattern(district: District, parts_too: bool) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """All names as one pattern, and the sign of each of its groups."""
    whole = {*_names((district.name, *district.aliases))}
    for school in district.schools:
        whole |= {*_names((school.name, *school.aliases))}
    named = "|".join(re.escape(name) for name in sorted(whole, key=len, reverse=True)) or r"(?!)"
    own = rf"(?:the |el |la )?\b(?:{named})\b"
    parts = [
        (GROUP, _GROUPS),
        (PART, rf"{own}(?:'s)?(?: {_KINDS})?(?:'s)? (?:{_SUBJECTS}(?: {_UNITS})?|{_UNITS})\b"),
        (WHOLE, rf"{own}(?:'s)?(?: {_KINDS})?(?:(?:'s)? {_OFFICES})?"),
        *_GENERAL,
    ]
    parts = [(sign, part) for sign, part in parts if parts_too or sign != PART]
    return re.compile(rf"\b(?:{'|'.join(rf'({part})' for _, part in parts)})\b"), tuple(sign for sign, _ in parts)


def marked(text: str, district: District) -> str:
    """Folded text with every letter of an institution's name replaced by its sign. **Shape**: as long as before."""
    pattern, signs = _pattern(district, _HAS_PARTS.search(text) is not None)

    def mark(match: re.Match[str]) -> str:
        possessive = 2 if match.group().endswith("'s") else 0
        length = len(match.group()) - possessive
        return signs[(match.lastindex or 1) - 1] * length + match.group()[length:]

    return pattern.sub(mark, text)
