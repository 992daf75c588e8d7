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

from rollbook.text.institutions import PART, WHOLE

#: ``claim``: somebody says that he is the voice. ``name``: the institution is the subject of a verb. ``about``: the
#: institution is spoken of in words of its own. ``we``: first person plural. ``register``: words that offices use.
Kind = Literal["claim", "name", "about", "we", "register"]

_I = f"(?<![{WHOLE}{PART}])[{WHOLE}{PART}]++"


def compiled(*alternatives: str) -> re.Pattern[str]:
    """One pattern of several; ``<I>`` is a marked institution."""
    return re.compile("|".join(alternatives).replace("<I>", _I))


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


#: The subject of a ``name`` act, and what may stand between it and the verb.
SUBJECT = compiled("<I>")
ASIDE = re.compile(r",[^,.!?]{1,50},| (?:family|team|community|as a whole|here)\b")
#: "The school has reviewed the complaint and stands by…": up to here the subject may reach over "and".
COORDINATED = re.compile(r"[^.,;:!?]{1,60}? and(?= )")
_ADVERB = (
    r"(?:also|now|still|fully|firmly|strongly|categorically|officially|formally|hereby|flatly|sincerely|deeply|does|do|completely|"
    r"absolutely|unequivocally|truly|simply|again|today|respectfully|wholeheartedly|therefore|remains|emphatically)"
)
ADVERB = re.compile(rf" {_ADVERB}\b")

_WILL = r"(?:will|shall|'ll|(?:is|are) (?:going to|gonna)|won'?t|will not|will never|(?:is|are)(?: not|n'?t) going to)"
_WONT = r"(?:won'?t|will not|will never|(?:is|are)(?: not|n'?t) going to)"
_PUBLIC = r"(?:you|families|parents|everyone|everybody|the community|people|residents|all|staff|students|it)"
_KEEPS = (
    r"(?:(?:be|have|also|not|never|no longer|gladly|always|fully|personally|immediately|absolutely|definitely|certainly|of course|happily) )*"
    r"(?:pay|refund|reimburs|provid|honor|releas|replac|cover|mak(?:e|ing) (?:it|this|things|that|sure|up|every|good|public)|ensur|keep|protect|"
    r"review|investigat|address|tak(?:e|ing) (?:action|steps|disciplin|all|every|care|full|another|this)|offer|publish|issu|comply|appeal|chang|"
    r"withdraw|restor|fix|respond|repay|compensat|continu|allow|permit|remov|cut|charg|punish|answer|expel|suspend|fir(?:e|ing)\b|disciplin|exclud|consider|"
    r"accept|adopt|hir(?:e|ing)\b|stay|remain|fight|enforc|reinstat|shar(?:e|ing)|notif|contact|meet every|correct|reschedul|refus|reject|"
    r"toler|comment|discuss|apologi|do better|re-?(?:grade|score|record)|waive|delay|stand|follow up|look into)"
)
_APOLOGISES = (
    r"apologi[sz](?:es?|ing)\b", r"regrets?\b(?! nothing)",
    r"(?:extends?|offers?) (?:its|our|their|an?) (?:\w+ )?apolog",
)
_DENIES = (r"den(?:y|ies)\b(?! (?:us|me|him|them|kids|teachers))", r"disputes?\b", r"refutes?\b", r"rejects?\b")
_CONDEMNS = (
    r"condemns?\b", r"denounces?\b", r"deplores?\b",
    r"(?:does|do)(?: not|n'?t)(?: and (?:\w+ )+)? (?:condone|tolerate|endorse)", r"(?:will not|won'?t|cannot|can'?t) (?:condone|tolerate)",
)
_ASSURES = (
    r"(?:can )?confirms?\b", r"(?:re)?affirms?\b", r"assures?\b", r"clarif(?:y|ies)\b", r"maintains? that", r"insists? that",
    r"acknowledges?\b",
    r"(?:wish(?:es)? to|wants? to|would like to|needs? to) (?:correct|clarify|apologi[sz]e|inform|assure|announce|set|address|respond|deny|"
    r"confirm|reassure|acknowledge|be clear)",
    rf"wants? {_PUBLIC} (?:\w+ ){{0,3}}(?:to know|known|to understand|to hear|to be aware)",
)
_STANDS = (r"stands? (?:by|behind|firm|united|with)\b", r"fully (?:backs|supports)", r"(?:takes?|(?:is|are) taking) [^.!?]{0,60}seriously")
_PLEDGES = (
    r"guarantees?\b", r"promises?\b", r"pledges?\b", r"vows?\b", r"commits? to",
    r"gives? (?:you )?(?:its|our|their) (?:word|promise|guarantee)",
)
_SILENT = (
    r"ha(?:s|ve) no (?:further |additional |other )?comment", r"declines? to comment",
    r"(?:(?:will|can)(?: not|not|'t)|won't) (?:be )?comment", r"will (?:have|make|offer) no (?:further )?comment",
)
_INQUIRES = (
    r"(?:is|are|'re) (?:\w+ly |now |also )?(?:investigating|reviewing (?:the|this|what|all)|looking into|cooperating|aware of|"
    r"satisfied that|confident that|working with (?:the )?(?:police|authorities|law))",
)
_OWNS = (r"(?:accepts?|takes?) (?:full |all |every |complete )?(?:responsibility|blame|recommendation|the (?:findings|ruling|report))",)


def _named(does: str, weight: float, *verbs: str, formal: bool = True, answers: bool = True) -> Act:
    return Act(does, "name", weight, compiled(f" (?:{'|'.join(verbs)})"), formal, answers)


def _we(does: str, weight: float, *verbs: str, formal: bool = True, answers: bool = True) -> Act:
    adverbs = rf"(?: {_ADVERB})*"
    subject = rf"\bwe{adverbs}(?: all| here| both| <I>| at <I>|,? <I>,)?{adverbs} ?"
    return Act(does, "we", weight, compiled(f"{subject}(?:{'|'.join(verbs)})"), formal, answers, hints=frozenset({"we"}))


NAMED: tuple[Act, ...] = (
    _named("apologises", 0.9, *_APOLOGISES, r"(?:is|are) (?:so |very |truly |deeply |extremely |sincerely )?sorry"),
    _named("denies", 0.9, *_DENIES),
    _named("condemns", 0.9, *_CONDEMNS),
    _named("gives an assurance", 0.8, *_ASSURES),
    _named("takes a stand", 0.8, *_STANDS),
    _named("takes a stand", 0.85, r"considers? (?:this|the|it|that|these)", r"ha(?:s|ve) (?:a )?zero"),
    _named(
        "takes a stand", 0.7, r"(?:does|do)(?: not|n'?t) (?:reflect|share (?:that|this|those|the) view|comment|discuss|negotiate)",
        r"is not responsible", r"backs (?:its|them|him|her|the|our|every)", r"no longer (?:requires?|allows?|permits?|accepts?|offers?)",
    ),
    _named(
        "takes a stand", 0.65, r"welcomes? the (?:court|decision|ruling|finding|report|audit|judge|verdict)",
        r"(?:strongly )?(?:supports|opposes|endorses) ", r"wishes (?:him|her|them)", r"(?:deeply |truly )?values ",
    ),
    _named("promises", 0.9, *_PLEDGES),
    _named("promises", 0.6, r"(?:is|are|remains) (?:[\w]+ )?committed to"),
    _named(
        "promises", 0.65,
        rf"{_WILL} (?:be |also |fully |gladly )*(?:reimburs|refund|compensat|repay|pay (?:for|every|all|the)|cover the|"
        r"make (?:it|this|things) right|comply|appeal)",
    ),
    _named(
        "promises", 0.6,
        rf"{_WILL} (?:be |also |fully |absolutely |never |always |gladly |not )*(?:honor|replac|ensur|protect|investigat|pursu|prosecut|"
        r"press charges|sue\b|seek (?:charges|damages)|enforc|waiv|reinstat|keep every|tak(?:e|ing) (?:action|steps|disciplin)|reconsider|"
        r"make up|making up|answer for|releas|withdraw|restor|correct)", formal=False,
    ),
    _named("promises", 0.45, rf"{_WILL} {_KEEPS}", rf"(?:can'?t|cannot)(?: and (?:will not|won'?t|can'?t|cannot))? {_KEEPS}", formal=False),
    _named("promises", 0.3, _WILL, formal=False, answers=False),
    _named("denies", 0.45, rf"{_WONT} (?:be )?\w+", formal=False),
    _named("declines to comment", 0.9, *_SILENT),
    _named("speaks of an inquiry", 0.75, *_INQUIRES),
    _named(
        "speaks of an inquiry", 0.5,
        r"(?:has|have) (?:reviewed|heard|listened|investigated|looked into|spoken (?:with|to)|been made aware|taken (?:action|steps|measures)|"
        r"addressed|asked for|completed (?:its|the|our|an)|found no|banned|referred|suspended|removed|dismissed|disciplined|notified|"
        r"retracted|corrected|reached out|contacted (?:the )?(?:police|authorities|law)|always (?:been|followed|acted)|acted)",
        r"hears? (?:you|your|the|these|it)\b", r"(?:has|have) (?:identified|learned|determined|received|taken|issued|met with|begun)", formal=False,
    ),
    _named("accepts something", 0.75, *_OWNS),
    _named(
        "announces", 0.75, r"(?:is|are) (?:\w+ )?(?:pleased|proud|excited|happy|delighted|thrilled|saddened|sad) to (?:announce|report|share|"
        r"inform|confirm|offer)", r"announces\b", r"thanks you for your", r"(?:wishes|would like) to announce", formal=False, answers=False,
    ),
    _named("speaks officially", 0.75, r"(?:officially|formally|hereby) (?!has the|is the|was|closed|over|open)[a-z]+"),
    _named(
        "asks something", 0.4, r"(?:asks?|urges?|requests?|expects?|requires?) (?:for|that|all|every|families|parents|everyone|you|residents)",
        formal=False,
    ),
    _named(
        "denies", 0.7, r"ha(?:s|ve) no (?:such |current |immediate )?(?:plans?|intention|knowledge|record|interest in)",
        r"ha(?:s|ve) (?:made|received|found|seen) no ",
    ),
    _named("denies", 0.45, r"(?:is|are|was|were|has|have|had|did|does|do|will|would)(?:n'?t| not| never)\b", r"never\b", r"ha(?:s|ve) always",
           formal=False),
    _named("denies", 0.35, r"[^.!?]*\b(?:nobody|no one|none of)\b", formal=False),
    _named(
        "decides", 0.6, r"(?:has|have) (?:decided|chosen|determined|concluded|resolved|elected|opted) (?:to|that|against|not)",
        r"(?:has|have) made (?:the|a) (?:\w+ )?decision", r"has (?:it|this|everything|the situation) (?:well )?(?:under control|handled|covered|in hand)",
        formal=False,
    ),
    _named(
        "decides", 0.4, r"(?:(?:has|have) )?(?:decided|chosen|determined|concluded|resolved|elected|agreed|voted) (?:to|that|on|against|not)",
        r"made (?:the|a) (?:\w+ )?decision", r"(?:let you down|got (?:it|this|that) wrong|made a mistake|fell short)",
        r"(?:is|are) (?:moving|changing|adding|opening|parting|bringing|starting|limiting|delaying|ending|replacing|keeping|eliminating|postponing|moving to)", formal=False,
    ),
)
ABOUT: tuple[Act, ...] = (
    Act(
        "denies", "about", 0.35, compiled(
            r"\b(?:rumou?rs?|claims?|reports?|story|stories)\b[^.!?]*<I>[^.!?]*\b(?:is|are) (?:simply |completely |just |totally )?"
            r"(?:false|untrue|not true|wrong|baseless|made up|inaccurate)",
        ), formal=False, hints=frozenset({"false", "true", "wrong", "baseless", "made up", "inaccurate"}),
    ),
    Act(
        "denies", "about", 0.35, compiled(
            r"\b(?:nobody|no one|none|no (?:[a-z]+ )?(?:students?|teachers?|staff|employees?|famil(?:y|ies)|child|programs?|class(?:es)?|schools?|"
            r"jobs?|positions?|books?|grades?|data|accounts?|records?|layoffs?|cuts?|changes?|decisions?|plans?|money|fees?))\b[^.!?]*<I>",
            r"<I>[^.!?]*: no \w+",
        ), formal=False, hints=frozenset({"no"}),
    ),
)
WE: tuple[Act, ...] = (
    _we("apologises", 0.5, *_APOLOGISES, r"(?:are|'re) (?:so |very |truly |deeply )?sorry(?: (?:for|that|about)|,? <I>)"),
    _we("denies", 0.5, *_DENIES, r"ha(?:ve|d) no (?:such |current |immediate )?(?:plans|intention|record)"),
    _we("condemns", 0.5, *_CONDEMNS),
    _we("gives an assurance", 0.45, *_ASSURES, r"(?:have |'ve )?hear(?:d)? (?:you|your|the concern|the frustration)\b"),
    _we("takes a stand", 0.5, *_STANDS),
    _we("promises", 0.45, *_PLEDGES),
    _we(
        "declines to comment", 0.6, *_SILENT, r"(?:cannot|can't|won't|will not) discuss (?:personnel|individual|student|specific)",
        r"(?:that is|that's) all we will say",
    ),
    _we("speaks of an inquiry", 0.5, *_INQUIRES, r"(?:have|'ve) (?:reviewed|investigated|addressed|looked into|spoken with)"),
    _we("accepts something", 0.5, *_OWNS, r"regret to inform", r"hereby \w+"),
    _we(
        "decides", 0.4, r"(?:(?:have|'ve) )?(?:decided|chosen|determined|concluded|agreed|voted) (?:to|that|against|not)\b",
        r"(?:have |'ve )?(?:let (?:him|her|them|that \w+) go|fired|suspended|dismissed|terminated|disciplined|expelled|dealt with)",
        r"(?:have |'ve )?made (?:the|a|this) (?:\w+ )?decision",
        r"did(?: not|n'?t) (?:fire|expel|suspend|cut|close|remove|ban|hide)",
    ),
    _we(
        "decides", 0.35,
        r"(?:are|'re)(?: not|n'?t)? (?:closing|cutting|getting rid|changing|adding|keeping|eliminating|replacing|removing|reinstating|raising|"
        r"moving to|offering|postponing|hiding|laying|firing|hiring|ending|dropping|cancell?ing)", formal=False,
    ),
    _we("asks something", 0.4, r"(?:(?:would|'d) )?ask (?:you|that|for|everyone|everybody|families|people|the community)\b",
        formal=False, answers=False),
    _we("promises", 0.4, rf"{_WILL} {_KEEPS}", rf"'ll {_KEEPS}", formal=False),
    _we("denies", 0.3, r"(?:are|were|have|had|did|do|will|would)(?:n'?t| not| never)\b", r"never\b", formal=False),
    Act("speaks of its own decision", "we", 0.4, compiled(
        r"\bour (?:official )?(?:decision|response|investigation|attorneys?|legal counsel|findings|policy is|position|stance|lawyers)\b",
    ), hints=frozenset({"our"})),
    Act("speaks in the District's register", "register", 0.4, compiled(
        r"\b(?:safety|security|well-?being)\b[^.!?]{0,60}\b(?:priority|paramount|utmost)", r"\b(?:an|out of) (?:an )?abundance of caution",
        r"\b(?:does|do)(?: not|n'?t) reflect (?:the|our|who)", r"\b(?:personnel|disciplinary|pending legal) matters?\b",
        r"\bappropriate (?:disciplinary )?(?:action|steps|measures)", r"\bheld accountable\b", r"\bdue process\b",
        r"\b(?:ongoing|active|pending) (?:investigation|litigation)", r"\bplease be assured", r"\bprivacy (?:laws?|rights?)\b",
        r"\bnot (?:permitted|able|at liberty) to (?:share|discuss|comment|release)", r"\bno further (?:information|statements?)",
        r"\bmatter (?:is|remains) (?:closed|under)", r"\bmedidas (?:necesarias|apropiadas|disciplinarias)", r"\basunto de personal",
    ), formal=False),
)
