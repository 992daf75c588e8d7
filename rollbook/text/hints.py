"""The quick look: whether a folded text has words that a speech act of an institution could be made of.

Most posts have none and are not read further. Words are classed once each, by their stems; the classes are wide, since
a word too many costs microseconds and a word too few a finding. A test holds this against every labelled case.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rollbook.text.folding import fold
from rollbook.workspace import District

_VOICE, _ACT, _SOFT, _INSTITUTION, _WE = 1, 2, 4, 8, 16

_STEMS = (
    (_VOICE,
        (r"official|formal|statement|authori[sz]|spokes|behalf|nombre|representa|represent|comunicado|oficial|"
        r"portavoz|vocer|capacity|relay|quote|attention|mouthpiece|asked|consider\b|sincerely|signed|correction|"
        r"clarification|aclaracion|declaracion|hereby|liaison")),
    (_ACT,
        (r"apolog|regret|sorry|den(?:y|ies|ied)\b|disput|refut|reject|condemn|denounc|deplor|condon|tolerat|endors|"
        r"confirm|affirm|reaffirm|assur|reassur|clarif|correct|maintain|insist|acknowledg|stands?\b|back(?:s|ing)\b|"
        r"support|serious|guarant|promis|pledg|vow|commit|comment|declin|investigat|review|aware|cooperat|satisf|"
        r"confident|accept|responsib|welcom|values?\b|asks?\b|asking|urge|speak|talking|voice|ambassador|permitted|"
        r"instructed|position|stance|response|responds|answer|repl|notice|announc|message|update|bulletin|alert|"
        r"letter|note\b|news|release|memo|word\b|decid|decision|conclud|determin|chos|agreed|made\b|reimburs|refund|"
        r"compensat|repa|pay\b|paying|comply|appeal|reflect|negotiat|polic|attorney|lawyer|legal|findings|safety|"
        r"security|well|caution|accountab|due\b|privacy|personnel|disciplin|matter|appropriate|fired|suspend|expel|"
        r"dismiss|terminat|let\b|dealt|closing|cutting|getting|changing|adding|keeping|eliminat|replac|remov|"
        r"reinstat|raising|moving|offer|postpon|hiding|laying|firing|hiring|ending|dropping|cancel|wish|want|would|"
        r"pleased|proud|excited|happy|delighted|thrilled|sad|thanks\b|heard|hears?\b|listened|liste|desk|here\b|"
        r"signed|regards|respectfully|yours|views?\b|opinion|belief|consensus|rumou?r|claim|false|untrue|nobody|"
        r"none|no\b|extends?\b|clear|discuss|heed|zero|request|expect|require|know\b|told|tell|announce|share|say\b|"
        r"posting|writing|restor|voted|banned|referred|completed|found|acted|contacted|notified|no\b|lament|disculp|"
        r"nieg|neg|desm|conden|repudi|garanti|promet|comprom|asegur|aclar|confirm|reiter|respald|apoy|asum|investig|"
        r"revis|hablo|hablamos|postura|posicion|respuesta|decision|decid|aviso|mensaje|anuncio|nota\b|declaramos|"
        r"informamos|como\b|desde\b|siente|pide|toma|acept|medidas|nunca|considera")),
    (_SOFT,
        (r"will|won'?t|shall|'ll|going|gonna|isn'?t|aren'?t|wasn'?t|weren'?t|hasn'?t|haven'?t|hadn'?t|didn'?t|"
        r"doesn'?t|don'?t|wouldn'?t|can'?t|cannot|not\b|never|always|is\b|are\b|has\b|have\b|does\b|do\b|did\b|va\b|"
        r"no\b|pagara|ofrecera|cubrira|devolvera|reembolsara|enviara|esta\b|ha\b")),
    (_INSTITUTION,
        (r"district|distrito|school|schools|board|boe|admin|administra|leadership|superintend|office|department|dept|"
        r"program|team\b|services|athletics|committee|division|library|escuela|colegio|plantel|junta|consejo|"
        r"direccion|secundaria|preparatoria|primaria|departamento|oficina|coaching")),
    (_WE, r"we\b|we'|our\b|ours\b|us\b|nuestr|nosotr|\w+mos\b"),
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
        self._stems = tuple((flag, re.compile(stems)) for flag, stems in _STEMS)

    def __missing__(self, word: str) -> int:
        flags = _INSTITUTION if word in self._names else 0
        for flag, stems in self._stems:
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
    for name in (district.name, *district.aliases, *(n for school in district.schools for n in (school.name, *school.aliases))):
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
    if flags & _VOICE:
        return True
    named, we = flags & _INSTITUTION, flags & _WE
    return bool((flags & _ACT and (named or we)) or (flags & _SOFT and (named or (we and we_counts))))
