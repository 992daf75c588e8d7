"""Which kind of private fact words tell, for the sentence that a reader sees: never what decides a finding."""

from __future__ import annotations

from rollbook.text.folding import fold
from rollbook.text.patterns import words

_KINDS = (
    ("exam content", words(r"""
        regents | state (?:test|exam) | exam | answer key | essay prompt | test questions? | examen estatal
    """)),
    ("a grade or score", words(r"""
        grades? | scor(?:e|ed|es) | fail(?:ed|ing|s)? | gpa | [0-9]{1,3} on | levels? [0-9]s? | calificaci\w+
        reprob\w+
    """)),
    ("discipline", words(r"suspen\w+ | detention | expel\w+ | discipline | referral | hearing | expuls\w+")),
    ("health or a disability", words(r"""
        iep | 504 | adhd | autis\w+ | seizure\w* | diagnos\w+ | medic\w+ | allerg\w+ | anxiety | depress\w+
        hospital\w* | nurse | therap\w+ | disab\w+ | diabet\w+ | epi-?pen | pregnan\w+ | rehab | salud | alergi\w+
        embaraz\w+ | terapia
    """)),
    ("custody or family matters", words(r"""
        custody | foster | divorce\w* | restraining order | order of protection | evict\w+ | homeless | shelter
        custodia | desaloj\w+
    """)),
    ("immigration status", words(r"""
        immigra\w+ | undocumented | papers | visa | deport\w+ | ice | sin papeles | inmigra\w+ | migra
    """)),
    ("lunch or money matters", words(r"""
        free lunch | reduced lunch | lunch (?:debt|status) | owes? | food stamps | snap benefits | almuerzo gratis
    """)),
    ("an address or number", words(r"""
        address | lives (?:at|on) | cell | phone | [0-9]{3}[-. ][0-9]{4} | ssn | student id | direccion | telefono
    """)),
    ("a code or password", words(r"""
        password\w* | passcode | code | pin | keypad | alarm | wi-?fi | combination | contrasena | clave | codigo
    """)),
    ("a personnel matter", words(r"""
        hr | administrative leave | fired | non-?renew\w* | tenure | write-?up | wrote (?:him|her|them) up
        reprimand\w* | resign\w* | despid\w+
    """)),
)


def kinds_of_fact(words_told: str) -> str:
    """The kinds of fact that the words tell of, as a phrase ("discipline and a grade or score"); empty: none known."""
    plain = fold(words_told).text
    found = [name for name, pattern in _KINDS if pattern.search(plain)][:2]
    return " and ".join(found)
