"""The quick look: whether a folded text has words that a speech act of an institution could be made of.

Most posts have none and are not read further. Words are classed once each, by their stems; the classes are wide, since
a word too many costs microseconds and a word too few a finding. A test holds this against every labelled case.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rollbook.text.folding import fold
from rollbook.text.patterns import pattern
from rollbook.workspace import District

_VOICE, _ACT, _SOFT, _INSTITUTION, _WE = 1, 2, 4, 8, 16

_STEMS = (
    (_VOICE, pattern(r"""
        official | formal | statement | authori[sz] | spokes | behalf | nombre | representa | represent | comunicado
        oficial | portavoz | vocer | capacity | relay | quote | attention | mouthpiece | asked | consider\b
        sincerely | signed | correction | clarification | aclaracion | declaracion | hereby | liaison
    """)),
    (_ACT, pattern(r"""
        apolog | regret | sorry | den(?:y|ies|ied)\b | disput | refut | reject | condemn | denounc | deplor | condon
        tolerat | endors | confirm | affirm | reaffirm | assur | reassur | clarif | correct | maintain | insist
        acknowledg | stands?\b | back(?:s|ing)\b | support | serious | guarant | promis | pledg | vow | commit
        comment | declin | investigat | review | aware | cooperat | satisf | confident | accept | responsib | welcom
        values?\b | asks?\b | asking | urge | speak | talking | voice | ambassador | permitted | instructed | position
        stance | response | responds | answer | repl | notice | announc | message | update | bulletin | alert | letter
        note\b | news | release | memo | word\b | decid | decision | conclud | determin | chos | agreed | made\b
        reimburs | refund | compensat | repa | pay\b | paying | comply | appeal | reflect | negotiat | polic
        attorney | lawyer | legal | findings | safety | security | well | caution | accountab | due\b | privacy
        personnel | disciplin | matter | appropriate | fired | suspend | expel | dismiss | terminat | let\b | dealt
        closing | cutting | getting | changing | adding | keeping | eliminat | replac | remov | reinstat | raising
        moving | offer | postpon | hiding | laying | firing | hiring | ending | dropping | cancel | wish | want
        would | pleased | proud | excited | happy | delighted | thrilled | sad | thanks\b | heard | hears?\b
        listened | liste | desk | here\b | signed | regards | respectfully | yours | views?\b | opinion | belief
        consensus | rumou?r | claim | false | untrue | nobody | none | no\b | extends?\b | clear | discuss | heed
        zero | request | expect | require | know\b | told | tell | announce | share | say\b | posting | writing
        restor | voted | banned | referred | completed | found | acted | contacted | notified | lament | disculp
        nieg | neg | desm | conden | repudi | rechaz | permit | cerr | garanti | promet | comprom | asegur | aclar
        reiter | respald | apoy | asum | investig | revis | hablo | hablamos | postura | posicion | respuesta | aviso
        mensaje | anuncio | nota\b | declaramos | informamos | como\b | desde\b | siente | pide | toma | acept
        medidas | nunca | considera
    """)),
    (_SOFT, pattern(r"""
        will | won'?t | shall | 'll | going | gonna | isn'?t | aren'?t | wasn'?t | weren'?t | hasn'?t | haven'?t
        hadn'?t | didn'?t | doesn'?t | don'?t | wouldn'?t | can'?t | cannot | not\b | never | always | is\b | are\b
        has\b | have\b | does\b | do\b | did\b | va\b | no\b | pagara | ofrecera | cubrira | devolvera | reembolsara
        enviara | esta\b | ha\b
    """)),
    (_INSTITUTION, pattern(r"""
        district | distrito | school | schools | board | boe | admin | administra | leadership | superintend | office
        department | dept | program | team\b | services | athletics | committee | division | library | escuela
        colegio | plantel | junta | consejo | direccion | secundaria | preparatoria | primaria | departamento
        oficina | coaching
    """)),
    (_WE, pattern(r"""
        we\b | we' | our\b | ours\b | us\b | nuestr | nosotr | \w+mos\b
    """)),
)
#: Words of a school's name that every other sentence has.
_PLAIN = frozenset(
    "school schools high middle elementary primary intermediate junior senior central district street road "
    "hill creek point public academy".split()
)
_WORD = re.compile(r"[a-z0-9']+")
#: Words remembered before the memory is emptied: some megabytes.
_REMEMBERED = 100_000


class _Words(dict[str, int]):
    """The classes of every word met so far."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, word: str) -> int:
        flags = _INSTITUTION if word in self._names else 0
        for flag, stems in _STEMS:
            if stems.match(word):
                flags |= flag
        if "'" in word:
            flags |= self[word.partition("'")[0]]
            if word.endswith(("'ll", "n't")):
                flags |= _SOFT
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = flags
        return flags


@lru_cache(maxsize=8)
def _words(district: District) -> _Words:
    names: set[str] = set()
    schools = (name for school in district.schools for name in (school.name, *school.aliases))
    for name in (district.name, *district.aliases, *schools):
        parts = _WORD.findall(fold(name).text)
        names.add(max(parts, key=lambda part: (part not in _PLAIN, len(part))))
        names.add("".join(part[0] for part in parts))
        names.add("".join(part[0] for part in parts[:2]))
    return _Words(frozenset(name for name in names if len(name) > 1))


def may_speak_as_institution(text: str, district: District, *, we_counts: bool) -> bool:
    """Whether the text is worth reading; ``we_counts`` where "we" may be the institution without its name."""
    words = _words(district)
    flags = 0
    for word in _WORD.findall(text):
        flags |= words[word]
    named, we = flags & _INSTITUTION, flags & _WE
    if flags & _VOICE or (named and "we, " in text):
        return True
    return bool((flags & _ACT and (named or we)) or (flags & _SOFT and (named or (we and we_counts))))
