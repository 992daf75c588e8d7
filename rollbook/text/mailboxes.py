"""Whether the word before "at ourschool.org" is a mailbox ("jdoe at …") or speaks of a web address ("find us at …")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rollbook.text.folding import fold

Reading = Literal["mailbox", "word", "unknown"]

#: Words that stand before "at" and a web address, English and Spanish. **Source**: our own reading of school notices.
_WORDS = frozenset(
    """
    a about all an and any anytime app application applications apply around available away back be beginning below blog
    board book bookmark browse by calendar calendars call careers check class classes click closings coverage daily
    dates date day details directions directory district donate down download early enroll enrollment event events
    everyone everything faq faqs find first follow form forms found free from full game games go grab handbook head
    headlines help her here highlights him home homepage hosted in info information is it item jobs join just known
    latest launch launched learn learned left life link linked links list listed listen live lives located look
    lookup lunch map me media meet meeting meetings menu menus minutes more most music name near new news newsletter
    newsletters next night notes now nothing of office offices official on online only open opens order out over page
    pages parents photos pictures place played please policies policy portal post posted posting postings posts practice
    program programs proposal public publish published question questions read ready recording recordings register
    registration reports reserve resources results review roster rosters rsvp schedule schedules school schools
    scores search see seen shared shop show sign signup site site's sites slides sold someone something start started
    starting starts stay stop store stories story stream streamed streaming streams submit survey talk team that them
    then there these thing things this those tickets time times today together tomorrow tonight top tour transcript
    tune up update updated updates us usual video videos view visit vote vacancies watch we web weblink webpage website
    welcome what when where who work working works you yours
    athletes class classes coach coaches counselor counselors employees families friends kids neighbors nurse nurses
    principal principals staff student students superintendent teacher teachers board building buildings game games
    event events high middle elementary grade grades summer spring fall winter week weekend
    aqui aquí calendario casa clase detalles disponible distrito en encuentranos encuentra enlace escuela ella el
    formulario formularios informacion inscribete inscripcion línea linea lista mas menú noticias nos nosotros oficina
    pagina publicada publicado publicados registrate sitio todo todos ver vernos visita visitanos visite vivo ya
    """.split()
)

#: What is said around a mailbox.
_CUE = re.compile(
    r"\be-?mail|\bmail\b|\bcorreo|\bwrite\b|\bwriting\b|\bescrib|\bcontact|\breach|\bmessage\b|\brsvp\b|\bsend\b|"
    r"\bnote\b|\bdrop\b|\bline\b|\binbox|\baddress\b|\breply\b|\bping\b|\bmand[ae]|\benvi[ae]|\bquestions?(?: to\b|"
    r"\?)|\bpreguntas\b|\b@ me\b|[📧✉📨📩📬💌]"
)
#: Right before a word that is then a mailbox, though it might be an everyday noun ("info", "athletics").
_ADDRESSED = re.compile(
    r"(?:\b(?:e-?mail|mail|write|contact|reach|reach me|reach us|ping|to|is|via|correo|escribe|escriban|es|me)|"
    r"[:=(\[,@-])\s*\Z"
)
#: After these a noun is a noun: "the nurse at ourschool.org".
_DETERMINER = re.compile(
    r"\b(?:the|your|our|my|his|her|their|any|each|every|more|further|full|get|el|la|los|las|su|tu|nuestr[ao]s?|"
    r"mas)\s+\Z")
_SHORTHANDS = frozenset({"a.m", "p.m", "e.g", "i.e", "etc", "u.s", "d.c", "n.y"})
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|html?|com|org|net|edu|gov)\Z")
_DOTTED = re.compile(r"[a-z]+(?:[._][a-z0-9]+)+\Z")


def cued(left: str, right: str) -> bool:
    """Whether the words around an address speak of mail."""
    return bool(_CUE.search(left) or _CUE.search(right))


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """What is known of the mailboxes that a text may name."""

    roles: frozenset[str] = frozenset()
    #: The name of the account's owner; empty for an office.
    owner: str = ""

    def reading(self, word: str, left: str, *, capital: bool) -> Reading:
        """What ``word`` is after ``left``; ``capital`` tells that the original starts it with a capital letter."""
        if word in self.roles:
            return "mailbox" if _ADDRESSED.search(left) else "word" if _DETERMINER.search(left) else "unknown"
        if word in _WORDS or word in _SHORTHANDS or word[0].isdigit() or _FILE.search(word) or _DETERMINER.search(left):
            return "word"
        if _DOTTED.match(word) or (self._is_owners(word) and not capital):
            return "mailbox"
        return "mailbox" if _ADDRESSED.search(left) and not capital else "unknown"

    def _is_owners(self, word: str) -> bool:
        letters = re.sub(r"[^a-z]", "", word)
        names = re.findall(r"[a-z]+", fold(self.owner).text.replace("'", ""))
        return len(names) > 1 and any(len(name) > 3 and name in letters for name in names[1:])
