"""Speech acts of an institution: what it does by its name, and what "we" do who may be it.

Patterns run over folded text whose institutions are marked (``institutions.marked``); ``<I>`` stands for one. A weight
says how far an act goes, alone, towards "this is said as the District"; ``voice`` adds what stands around it.
**Source**: 9125.3 para 6 and RULES.md ("states, promises, denies, apologises or answers as the District, a school, the
board or a department"); the words are our own, tuned on the labelled posts that the analyzer's manual names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rollbook.text.institutions import INSTITUTION
from rollbook.text.patterns import group, pattern

#: ``claim``: somebody says that he is the voice. ``name``: the institution is the subject of a verb. ``about``: the
#: institution is spoken of in words of its own. ``we``: first person plural. ``register``: words that offices use.
Kind = Literal["claim", "name", "about", "we", "register"]


@dataclass(frozen=True, slots=True)
class Act:
    """One way to speak as an institution."""

    #: What the author does, for the reader of a finding: "apologises", "denies".
    does: str
    kind: Kind
    weight: float
    #: For ``name`` the verb, matched after the subject; otherwise searched in the sentence.
    pattern: re.Pattern[str]
    #: Whether the act is a statement even from an account whose routine notices are welcome.
    formal: bool = True
    #: Whether it weighs more as the answer to somebody's question about the institution.
    answers: bool = True
    #: The sentence must hold one of these for the pattern to be worth trying; none means always.
    hints: frozenset[str] = frozenset()


_WILL = group(r"""
    will | shall | 'll | (?:is|are) (?:going to|gonna) | won'?t | will not | will never
    (?:is|are)(?: not|n'?t) going to
""")
_WONT = group("won'?t | will not | will never | (?:is|are)(?: not|n'?t) going to")
_ADVERB = group(r"""
    also | now | still | fully | firmly | strongly | categorically | officially | formally | hereby | flatly
    sincerely | deeply | does | do | completely | absolutely | unequivocally | truly | simply | again | today
    respectfully | wholeheartedly | therefore | remains | emphatically
""")
_PUBLIC = group(r"""
    you | families | parents | everyone | everybody | the community | people | residents | all | staff | students | it
""")
_MANNER = group(r"""
    be | have | also | not | never | no longer | gladly | always | fully | personally | immediately | absolutely
    definitely | certainly | of course | happily
""")
#: What an institution promises to do: stems, so that "refund", "refunds" and "refunding" all count.
_KEEPS = group(r"""
    pay | refund | reimburs | provid | honor | releas | replac | cover
    mak(?:e|ing) (?:it|this|things|that|sure|up|every|good|public) | ensur | keep | protect | review | investigat
    address | tak(?:e|ing) (?:action|steps|disciplin|all|every|care|full|another|this) | offer | publish | issu
    comply | appeal | chang | withdraw | restor | fix | respond | repay | compensat | continu | allow | permit | remov
    cut | charg | punish | answer | expel | suspend | fir(?:e|ing)\b | disciplin | exclud | consider | accept | adopt
    hir(?:e|ing)\b | stay | remain | fight | enforc | reinstat | shar(?:e|ing) | notif | contact | meet every
    correct | reschedul | refus | reject | toler | comment | discuss | apologi | do better
    re-?(?:grade|score|record) | waive | delay | stand | follow up | look into
""")
_APOLOGISES = group(r"""
    apologi[sz](?:es?|ing)\b | regrets?\b(?! nothing) | (?:extends?|offers?) (?:its|our|their|an?) (?:\w+ )?apolog
""")
_DENIES = group(r"den(?:y|ies)\b(?! (?:us|me|him|them|kids|teachers)) | disputes?\b | refutes?\b | rejects?\b")
_CONDEMNS = group(r"""
    condemns?\b | denounces?\b | deplores?\b
    (?:does|do)(?: not|n'?t)(?: and (?:\w+ )+)? (?:condone|tolerate|endorse)
    (?:will not|won'?t|cannot|can'?t) (?:condone|tolerate)
""")
_ASSURES = group(r"""
    (?:can )?confirms?\b | (?:re)?affirms?\b | assures?\b | clarif(?:y|ies)\b | maintains? that | insists? that
    acknowledges?\b
    (?:wish(?:es)? to|wants? to|would like to|needs? to) (?:correct|clarify|apologi[sz]e|inform|assure|announce|set|\
        address|respond|deny|confirm|reassure|acknowledge|be clear)
    (?:wants?|would like) <PUBLIC> (?:\w+ ){0,3}(?:to know|known|to understand|to hear|to be aware)
""", PUBLIC=_PUBLIC)
_STANDS = group(r"""
    stands? (?:by|behind|firm|united|with)\b | fully (?:backs|supports)
    (?:takes?|(?:is|are) taking) [^.!?]{0,60}seriously
""")
_PLEDGES = group(r"""
    guarantees?\b | promises?\b | pledges?\b | vows?\b | commits? to
    gives? (?:you )?(?:its|our|their) (?:word|promise|guarantee)
""")
_SILENT = group(r"""
    ha(?:s|ve) no (?:further |additional |other )?comment | declines? to comment
    (?:(?:will|can)(?: not|not|'t)|won't) (?:be )?comment | will (?:have|make|offer) no (?:further )?comment
""")
_INQUIRES = group(r"""
    (?:is|are|'re) (?:\w+ly |now |also )?(?:investigating|reviewing (?:the|this|what|all)|looking into|cooperating|\
        aware of|satisfied that|confident that|working with (?:the )?(?:police|authorities|law))
""")
_OWNS = group(r"""
    (?:accepts?|takes?) (?:full |all |every |complete )?(?:responsibility|blame|recommendation|the (?:findings|\
        ruling|report))
""")

#: The subject of a ``name`` act, and what may stand between it and the verb.
SUBJECT = re.compile(INSTITUTION)
ASIDE = re.compile(r",[^,.!?]{1,50},| (?:family|team|community|as a whole|here)\b")
#: "The school has reviewed the complaint and stands by…": up to here the subject may reach over "and".
COORDINATED = re.compile(r"[^.,;:!?]{1,60}? and(?= )")
ADVERB = re.compile(rf" {_ADVERB}\b")

_PARTS = {
    "I": INSTITUTION, "WILL": _WILL, "WONT": _WONT, "KEEPS": rf"(?:{_MANNER} )*{_KEEPS}", "APOLOGISES": _APOLOGISES,
    "DENIES": _DENIES, "CONDEMNS": _CONDEMNS, "ASSURES": _ASSURES, "STANDS": _STANDS, "PLEDGES": _PLEDGES,
    "SILENT": _SILENT, "INQUIRES": _INQUIRES, "OWNS": _OWNS,
}
_WE = rf"\bwe(?: {_ADVERB})*(?: all| here| both| {INSTITUTION}| at {INSTITUTION}|,? {INSTITUTION},)?(?: {_ADVERB})* ?"


def said(text: str, **parts: str) -> re.Pattern[str]:
    """A pattern of speech; the parts that all acts share need not be given."""
    return pattern(text, **_PARTS, **parts)


def _named(does: str, weight: float, verbs: str, *, formal: bool = True, answers: bool = True) -> Act:
    return Act(does, "name", weight, re.compile(f" {group(verbs, **_PARTS)}"), formal, answers)


def _we(does: str, weight: float, verbs: str, *, formal: bool = True, answers: bool = True) -> Act:
    return Act(does, "we", weight, re.compile(_WE + group(verbs, **_PARTS)), formal, answers, frozenset({"we"}))


NAMED: tuple[Act, ...] = (
    _named("apologises", 0.9, "<APOLOGISES> | (?:is|are) (?:so |very |truly |deeply |extremely |sincerely )?sorry"),
    _named("denies", 0.9, "<DENIES>"),
    _named("condemns", 0.9, "<CONDEMNS>"),
    _named("gives an assurance", 0.8, "<ASSURES>"),
    _named("takes a stand", 0.8, "<STANDS>"),
    _named("takes a stand", 0.85, "considers? (?:this|the|it|that|these) | ha(?:s|ve) (?:a )?zero"),
    _named("takes a stand", 0.7, r"""
        (?:does|do)(?: not|n'?t) (?:reflect|share (?:that|this|those|the) view|comment|discuss|negotiate)
        is not responsible | backs (?:its|them|him|her|the|our|every)
        no longer (?:requires?|allows?|permits?|accepts?|offers?)
    """),
    _named("takes a stand", 0.65, r"""
        welcomes? the (?:court|decision|ruling|finding|report|audit|judge|verdict)
        (?:strongly )?(?:supports|opposes|endorses)[ ] | wishes (?:him|her|them) | (?:deeply |truly )?values[ ]
    """),
    _named("promises", 0.9, "<PLEDGES>"),
    _named("promises", 0.6, r"(?:is|are|remains) (?:[\w]+ )?committed to"),
    _named("promises", 0.65, r"""
        <WILL> (?:be |also |fully |gladly )*(?:reimburs|refund|compensat|repay|pay (?:for|every|all|the)|cover the|\
            make (?:it|this|things) right|comply|appeal)
    """),
    _named("promises", 0.6, r"""
        <WILL> (?:be |also |fully |absolutely |never |always |gladly |not )*(?:honor|replac|ensur|protect|\
            investigat|pursu|prosecut|press charges|sue\b|seek (?:charges|damages)|enforc|waiv|reinstat|keep every|\
            tak(?:e|ing) (?:action|steps|disciplin)|reconsider|make up|making up|answer for|releas|withdraw|restor|\
            correct)
    """, formal=False),
    _named("promises", 0.45, r"""
        <WILL> <KEEPS> | (?:can'?t|cannot)(?: and (?:will not|won'?t|can'?t|cannot))? <KEEPS>
    """, formal=False),
    _named("promises", 0.3, "<WILL>", formal=False, answers=False),
    _named("denies", 0.45, r"<WONT> (?:be )?\w+", formal=False),
    _named("declines to comment", 0.9, "<SILENT>"),
    _named("speaks of an inquiry", 0.75, "<INQUIRES>"),
    _named("speaks of an inquiry", 0.5, r"""
        (?:has|have) (?:reviewed|heard|listened|investigated|looked into|spoken (?:with|to)|been made aware|\
            taken (?:action|steps|measures)|addressed|asked for|completed (?:its|the|our|an)|found no|banned|\
            referred|suspended|removed|dismissed|disciplined|notified|retracted|corrected|reached out|\
            contacted (?:the )?(?:police|authorities|law)|always (?:been|followed|acted)|acted)
        hears? (?:you|your|the|these|it)\b
        (?:has|have) (?:identified|learned|determined|received|taken|issued|met with|begun)
    """, formal=False),
    _named("accepts something", 0.75, "<OWNS>"),
    _named("announces", 0.75, r"""
        (?:is|are) (?:\w+ )?(?:pleased|proud|excited|happy|delighted|thrilled|saddened|sad) to (?:announce|report|\
            share|inform|confirm|offer)
        announces\b | thanks you for your | (?:wishes|would like) to announce
    """, formal=False, answers=False),
    _named("speaks officially", 0.75, "(?:officially|formally|hereby) (?!has the|is the|was|closed|over|open)[a-z]+"),
    _named("asks something", 0.4, r"""
        (?:asks?|urges?|requests?|expects?|requires?) (?:for|that|all|every|families|parents|everyone|you|residents)
    """, formal=False),
    _named("denies", 0.7, r"""
        ha(?:s|ve) no (?:such |current |immediate )?(?:plans?|intention|knowledge|record|interest in)
        ha(?:s|ve) (?:made|received|found|seen) no[ ]
    """),
    _named("denies", 0.45, r"""
        (?:is|are|was|were|has|have|had|did|does|do|will|would)(?:n'?t| not| never)\b(?! have an?\b) | never\b
        ha(?:s|ve) always
    """, formal=False),
    _named("denies", 0.65, r"(?:does|do|has|have|did)(?:n'?t| not) [^.!?]{0,80}\b(?:and|or|nor) never\b"),
    _named("denies", 0.35, r"[^.!?]{0,200}\b(?:nobody|no one|none of)\b", formal=False),
    _named("decides", 0.6, r"""
        (?:has|have) (?:decided|chosen|determined|concluded|resolved|elected|opted) (?:to|that|against|not)
        (?:has|have) made (?:the|a|its|their|our|this) (?:\w+ )?decision
        has (?:it|this|everything|the situation) (?:well )?(?:under control|handled|covered|in hand)
    """, formal=False),
    _named("decides", 0.4, r"""
        (?:(?:has|have) )?(?:decided|chosen|determined|concluded|resolved|elected|agreed|voted) (?:to|that|on|\
            against|not)
        made (?:the|a|its|their|our|this) (?:\w+ )?decision
        (?:let you down|got (?:it|this|that) wrong|made a mistake|fell short)
        (?:is|are) (?:moving|changing|adding|opening|parting|bringing|starting|limiting|delaying|ending|replacing|\
            keeping|eliminating|postponing|moving to)
    """, formal=False),
)
ABOUT: tuple[Act, ...] = (
    Act("denies", "about", 0.35, said(r"""
        \b(?:rumou?rs?|claims?|reports?|story|stories)\b[^.!?]{0,200}<I>[^.!?]{0,200}\b(?:is|are) \
            (?:simply |completely |just |totally )?(?:false|untrue|not true|wrong|baseless|made up|inaccurate)
    """), formal=False, hints=frozenset({"baseless", "false", "inaccurate", "made up", "true", "wrong"})),
    Act("denies", "about", 0.35, said(r"""
        \b(?:nobody|no one|none|no (?:[a-z]+ )?(?:students?|teachers?|staff|employees?|famil(?:y|ies)|child|\
            programs?|class(?:es)?|schools?|jobs?|positions?|books?|grades?|data|accounts?|records?|layoffs?|cuts?|\
            changes?|decisions?|plans?|money|fees?))\b[^.!?]{0,200}<I>
        <I>[^.!?]{0,200}: no \w+
    """), formal=False, hints=frozenset({"no"})),
)
WE: tuple[Act, ...] = (
    _we("apologises", 0.5, r"""
        <APOLOGISES> | (?:are|'re) (?:so |very |truly |deeply )?sorry(?: (?:for|that|about)|,? <I>)
    """),
    _we("denies", 0.5, "<DENIES> | ha(?:ve|d) no (?:such |current |immediate )?(?:plans|intention|record)"),
    _we("condemns", 0.5, "<CONDEMNS>"),
    _we("gives an assurance", 0.45, r"""
        <ASSURES> | (?:have |'ve )?hear(?:d)? (?:you|your|the concern|the frustration)\b
    """),
    _we("takes a stand", 0.5, "<STANDS>"),
    _we("promises", 0.45, "<PLEDGES>"),
    _we("declines to comment", 0.6, r"""
        <SILENT> | (?:cannot|can't|won't|will not) discuss (?:personnel|individual|student|specific)
        (?:that is|that's) all we will say
    """),
    _we("speaks of an inquiry", 0.5, r"""
        <INQUIRES> | (?:have|'ve) (?:reviewed|investigated|addressed|looked into|spoken with)
    """),
    _we("accepts something", 0.5, r"<OWNS> | regret to inform | hereby \w+"),
    _we("decides", 0.4, r"""
        (?:(?:have|'ve) )?(?:decided|chosen|determined|concluded|agreed|voted) (?:to|that|against|not)\b
        (?:have |'ve )?(?:let (?:him|her|them|that \w+) go|fired|suspended|dismissed|terminated|disciplined|\
            expelled|dealt with)
        (?:have |'ve )?made (?:the|a|this) (?:\w+ )?decision
        did(?: not|n'?t) (?:fire|expel|suspend|cut|close|remove|ban|hide)
    """),
    _we("decides", 0.35, r"""
        (?:are|'re)(?: not|n'?t)? (?:closing|cutting|getting rid|changing|adding|keeping|eliminating|replacing|\
            removing|reinstating|raising|moving to|offering|postponing|hiding|laying|firing|hiring|ending|dropping|\
            cancell?ing)
    """, formal=False),
    _we("asks something", 0.4, r"""
        (?:(?:would|'d) )?ask (?:you|that|for|everyone|everybody|families|people|the community)\b
    """, formal=False, answers=False),
    _we("promises", 0.4, "<WILL> <KEEPS> | 'll <KEEPS>", formal=False),
    _we("denies", 0.3, r"(?:are|were|have|had|did|do|will|would)(?:n'?t| not| never)\b | never\b", formal=False),
    Act("speaks of its own decision", "we", 0.4, said(r"""
        \bour (?:official )?(?:decision|response|investigation|attorneys?|legal counsel|findings|policy is|position|\
            stance|lawyers)\b
    """), hints=frozenset({"our"})),
    Act("speaks in the District's register", "register", 0.4, said(r"""
        \b(?:safety|security|well-?being)\b[^.!?]{0,60}\b(?:priority|paramount|utmost)
        \b(?:an|out of) (?:an )?abundance of caution | \b(?:does|do)(?: not|n'?t) reflect (?:the|our|who)
        \b(?:personnel|disciplinary|pending legal) matters?\b
        \bappropriate (?:disciplinary )?(?:action|steps|measures) | \bheld accountable\b
        \bdecision was (?:not |never )?(?:made|easy|taken)
        \bafter (?:careful|much|long) (?:consideration|review|thought) | \bdue process\b
        \b(?:ongoing|active|pending) (?:investigation|litigation) | \bplease be assured
        \bprivacy (?:laws?|rights?)\b | \bnot (?:permitted|able|at liberty) to (?:share|discuss|comment|release)
        \bno further (?:information|statements?) | \bmatter (?:is|remains) (?:closed|under)
        \bmedidas (?:necesarias|apropiadas|disciplinarias) | \basunto de personal
    """), formal=False),
)
