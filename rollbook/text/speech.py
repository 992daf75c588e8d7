"""Speech acts of an institution: who claims its voice, who apologises, denies, promises or decides for it.

Patterns run over folded text whose institutions are marked (``institutions.marked``). Each carries a weight: how far it
goes, alone, towards "this is said as the District"; ``weigh`` in the analyzer adds what stands around it.
**Source**: 9125.3 para 6 and RULES.md ("states, promises, denies, apologises or answers as the District, a school, the
board or a department"); the words are our own, tuned on labelled posts that are named in the analyzer's manual.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rollbook.text.institutions import GROUP, PART, WHOLE

#: Who speaks in an act: somebody who says that he is the voice, the institution by its name, or "we".
Speaker = Literal["voice", "name", "we"]

_I = f"[{WHOLE}{PART}]+"
_ADV = (
    r"(?: (?:also|now|still|fully|firmly|strongly|categorically|officially|formally|hereby|flatly|sincerely|deeply|does|do|"
    r"completely|absolutely|unequivocally|truly|simply|again|today|respectfully|wholeheartedly|therefore|hereby|remains|emphatically))*"
)
_WILL = r"(?:will|shall|'ll|(?:is|are) (?:going to|gonna)|won'?t|will not|will never|(?:is|are)(?: not|n'?t) going to)"
_KEEPS = (
    r"(?:(?:be|have|also|not|never|no longer|gladly|always|fully|personally|immediately|absolutely|definitely|certainly|of course|happily) )*(?:pay|refund|reimburs|provid|honor|releas|"
    r"replac|cover|mak(?:e|ing) (?:it|this|things|that|sure|up|every|good|public)|ensur|keep|protect|review|investigat|address|"
    r"tak(?:e|ing) (?:action|steps|disciplin|all|every|care|full|another|this)|offer|publish|issu|comply|appeal|chang|withdraw|"
    r"restor|fix|respond|repay|compensat|continu|allow|permit|remov|cut|clos|charg|expel|suspend|fir(?:e|ing)\b|disciplin|exclud|"
    r"consider|accept|adopt|add|hir(?:e|ing)\b|stay|remain|fight|enforc|reinstat|shar(?:e|ing)|notif|contact|hold|meet every|correct|"
    r"reschedul|refus|reject|toler|comment|discuss|apologi|do better|re-?(?:grade|score|record)|waive|delay|stand|follow up|look into)"
)
_TO_KNOW = (
    r"(?:wish(?:es)? to|want(?:s)? to|would like to|needs? to) (?:correct|clarify|apologi[sz]e|inform|assure|announce|set|address|"
    r"respond|deny|confirm|reassure|acknowledge|be clear)|want(?:s)? (?:you|families|parents|everyone|everybody|the community|people|"
    r"residents|all|staff|students|it) (?:\w+ ){0,3}(?:to know|known|to understand|to hear|to be aware)"
)
_ENTITLED = (
    r"(?:statement|position|response|notice|word|announcement|message|reply|answer|communication|communique|update|stance|comment|line|"
    r"apology|denial|correction|clarification|memo|bulletin|release|report|explanation|decision)"
)
_PUBLIC = r"(?:families|parents|guardians|community|neighbors|residents|taxpayers|voters|alumni|familias|padres|comunidad)"


@dataclass(frozen=True, slots=True)
class Act:
    """One way to speak as an institution."""

    #: What the author does, for the reader of a finding: "apologises", "denies".
    does: str
    speaker: Speaker
    weight: float
    pattern: re.Pattern[str]
    #: Whether the act is a statement even from an account whose routine notices are welcome.
    formal: bool = True
    #: Whether it weighs more as the answer to somebody's question about the institution.
    answers: bool = True


def _named(does: str, weight: float, verb: str, *, formal: bool = True, answers: bool = True) -> Act:
    between = r"(?:,[^,.!?]{1,50},| (?:family|team|community|as a whole|here)| [^.,;:!?]{1,60} and)?"
    return Act(does, "name", weight, re.compile(rf"{_I}{between}{_ADV} (?:{verb})"), formal, answers)


def _we(does: str, weight: float, verb: str, *, formal: bool = True, answers: bool = True) -> Act:
    subject = rf"\bwe{_ADV}(?: all| here| both| {_I}| at {_I}|,? {_I},)?{_ADV} ?"
    return Act(does, "we", weight, re.compile(rf"{subject}(?:{verb})"), formal, answers)


def _voice(does: str, weight: float, pattern: str, *, formal: bool = True) -> Act:
    return Act(does, "voice", weight, re.compile(pattern), formal)


_APOLOGY = r"apologi[sz](?:es?|ing)\b|regrets?\b(?! nothing)|extends? (?:its|our|their|an?) (?:\w+ )?apolog|offers? (?:its|our|an?) (?:\w+ )?apolog"
_DENIAL = r"den(?:y|ies)\b(?! (?:us|me|him|them|kids|teachers))|disputes?\b|refutes?\b|rejects?\b"
_CONDEMNS = r"condemns?\b|denounces?\b|deplores?\b|(?:does|do)(?: not|n'?t)(?: and (?:\w+ )+)? (?:condone|tolerate|endorse)|(?:will not|won'?t|cannot|can'?t) (?:condone|tolerate)"
_ASSURES = rf"(?:can )?confirms?\b|(?:re)?affirms?\b|assures?\b|clarif(?:y|ies)\b|maintains? that|insists? that|acknowledges?\b|{_TO_KNOW}"
_STANDS = r"stands? (?:by|behind|firm|united|with)\b|fully (?:backs|supports)"
_SERIOUS = r"(?:takes?|(?:is|are) taking) [^.!?]{0,60}seriously"
_PLEDGE = r"guarantees?\b|promises?\b|pledges?\b|vows?\b|commits? to|gives? (?:you )?(?:its|our|their) (?:word|promise|guarantee)"
_SILENT = r"ha(?:s|ve) no (?:further |additional |other )?comment|declines? to comment|(?:will|can)(?:not|'t| not|not) (?:be )?comment(?:ing)?|won't (?:be )?comment(?:ing)?|will (?:have|make|offer) no (?:further )?comment"
_LOOKS_INTO = r"(?:investigating|reviewing (?:the|this|what|all)|looking into|cooperating|aware of|satisfied that|confident that|working with (?:the )?(?:police|authorities|law))"
_OWNS = r"(?:accepts?|takes?) (?:full |all |every |complete )?(?:responsibility|blame|recommendation|the (?:findings|ruling|report|recommendations))"

ENGLISH: tuple[Act, ...] = (
    # somebody says that he is the voice, or that this is official
    _voice("speaks on behalf of it", 1.0, rf"(?:on|in) behalf of (?:[\w'-]+ ){{0,4}}?{_I}|in the name of {_I}"),
    _voice("speaks for it", 1.0, rf"\b(?:speaking|talking) (?:here |today |now )?(?:for|as) {_I}|\b(?:confirm|say|answer|announce|respond|clarify|state|tell you|assure you) (?:this |that |it )?(?:for|as|from|on the part of) {_I}|\bhear(?:d)? it (?:here )?(?:straight |directly )?from {_I}|\b(?:i|we) (?:officially |hereby )?(?:speak|am speaking|are speaking|represent|answer) (?:here )?(?:for )?{_I}"),
    _voice("speaks as its representative", 1.0,
           rf"\b(?:official |designated |authori[sz]ed )?(?:spokes(?:person|man|woman)|mouthpiece|official voice)(?: (?:for|of|at|on) (?:[\w'-]+ ){{0,4}}?{_I}|, {_I})|{_I}(?:'s)? (?:[\w-]+ )?(?:spokes\w+|representative|voice|mouthpiece)\b|\bas (?:its|their|a|an|the|your)(?: official| authori[sz]ed)? (?:spokes\w+|representative|voice)\b|\bvoice of {_I}|\bofficial (?:[\w-]+ |{_I} ){{0,3}}(?:liaison|ambassador|representative|spokes\w+)|{_I}'?s? (?:press officer|public information officer|press secretary|spokes\w+)"),
    _voice("speaks for it", 0.9, rf"\bwe \({_I}\)|\bwe are {_I} and\b|\brepresenting {_I}(?! (?:at (?:the )?(?:state|sectional|national|tournament|competition|conference)|in the (?:state|final)))|\b(?:posting|writing|speaking|sharing|announcing|relaying) (?:this |here )?(?:for|on behalf of|at the request of) {_I}|^\W{{0,4}}(?:for|from|by) {_I}(?: \w+)?:|\bfrom all of us (?:at|in) {_I}(?: \w+)?:|^\W{{0,4}}{_I} (?:responds?|answers|replies|statement)\b"),
    _voice("issues a statement", 0.75, rf"\bit has come to (?:our|the (?:district|school|board)'?s?) attention|\bconsider this (?:notice|a warning|the final|our|fair warning)|^\W{{0,4}}statement(?: re| on| about| regarding|:)"),
    _voice("calls the post official", 0.85, rf"^\W{{0,4}}official\W{{1,3}}(?:from )?{_I}|\b(?:official|formal) {_I}(?:'s)? (?:\w+ )?(?:policy|rule|protocol|decision|position|{_ENTITLED})\b"),
    _voice("says that it is authorised", 0.9, rf"\b(?:am|'m|been|are|'re) (?:authori[sz]ed|permitted|asked|instructed|told|cleared) (?:by {_I} )?to (?:tell|announce|confirm|share|state|pass|let|relay)\b[^.!?]*|\basked me to (?:say|tell|announce|confirm|share|let|pass|relay|inform|post|clarify)|\bquote me as|\bin my official capacity|\bin my capacity as [^.,]*{_I}|\bauthori[sz]ed to (?:say|speak|announce)"),
    _voice("calls the post official", 1.0, rf"(?:^|[\n.!?:] ?|\bthis is (?:the|an|our) |\bhere is our |\bconsider this (?:the|an|our) |\bour |{_I}(?:'s)? )\W{{0,4}}(?:official|formal) {_ENTITLED}\b(?!s)(?P<source> (?:from|of|by|for) (?P<from>[^:.,!?\n]{{1,40}}))?"),
    _voice("states its position", 0.95, rf"{_I}(?:'s?)? (?:official |formal |clear |only |current |final )?(?:position|stance|response|statement|commitment|promise|guarantee|word|pledge|official [\w-]+|formal [\w-]+)(?: (?:on|about|regarding|to|as|for|toward) [^:!?]{{1,70}}?)?(?: (?:is|remains|was always|has not|hasn't|stands|will)\b|:)"),
    _voice("states its position", 0.9, rf"\bthe (?:answer|view|opinion|belief|response|word|consensus|message|feeling) (?:of|from) {_I} (?:is|remains|:)|\bit is the (?:view|position|policy|opinion|belief|decision|feeling) of {_I}|\bit is {_I}(?:'s)? policy|{_I}(?:'s?)? (?:response|answer|reply) to [^:.!?]{{1,40}}(?::| is\b)"),
    _voice("states its position", 0.9, rf"\bthe (?:position|stance|policy|decision|official {_ENTITLED}) of {_I}|\bour (?:official |formal )?(?:position|stance|response|answer) (?:as (?:a|the) (?:district|school|board|department|administration)|is|remains|has not|hasn't)"),
    _voice("issues a statement", 0.9, rf"^\W{{0,6}}(?:(?:an?|the|important|urgent|official|public|joint|formal|brief|short|media) )*(?:statement|press release|news release|correction|clarification|response|official (?:{_ENTITLED})|communique)\W{{0,3}}(?: (?:from|by|of|on behalf of) {_I}|\s{{0,2}}(?://|[:|-])\s{{0,2}}{_I})"),
    _voice("issues a notice", 0.75, rf"^\W{{0,6}}(?:(?:an?|the|important|urgent|special) )*(?:message|notice|announcement|update|word|communication|bulletin|alert|note|letter|news)\W{{0,3}} from {_I}(?:[^.!?\n:]{{0,40}})?(?::| -|\n|\Z)|\bfrom the desk of {_I}|^\W{{0,3}}{_I} here\b", formal=False),
    _voice("issues a statement", 0.85, rf"^\W{{0,6}}{_I}(?:'s)? (?:official )?(?:statement|response|clarification|correction|press release|position)\b(?: (?:on|about|regarding|re|to|concerning) [^:!?.]{{1,60}})?(?::| -|,|\n)"),
    _voice("signs as the institution", 0.8, rf"\b(?:signed|sincerely),? (?:your |the )?{_I}|(?:sincerely|regards|signed|respectfully|yours),?\s{{1,3}}(?:the )?(?:[\w.'-]+ ){{0,3}}{_I}\W{{0,4}}\Z|\s[-~] ?(?:the )?{_I}\W{{0,4}}\Z"),
    _voice("speaks as the institution", 0.65, rf"\b(?:we|us) (?:here )?(?:at|of|in) {_I}|\bhere at {_I},? we\b|\bwe,? {_I},?|\bas {_I},? we\b|\bas (?:a|the|one) (?:school )?(?:district|school|board|department|administration|school board|institution|office)\b,?(?: we\b|,)?"),
    _voice("calls the post official", 0.7, rf"\b(?:it's|it is|this is)(?: now)? official (?:policy|word|business)[^.!?]* {_I}|{_I}[^.!?]*\b(?:it's|it is|this is)(?: now)? official (?:policy|word)|\bofficial (?:account|page|voice|home|feed) (?:of|for) {_I}(?! (?:[a-z]+ )?(?:football|baseball|softball|soccer|basketball|hockey|lacrosse|tennis|golf|swim|track|volleyball|wrestling|cheer|band|choir|drama))", formal=False),
    # the institution by its name
    _named("apologises", 0.9, rf"{_APOLOGY}|(?:is|are) (?:so |very |truly |deeply |extremely |sincerely )?sorry"),
    _named("denies", 0.9, _DENIAL),
    _named("condemns", 0.9, _CONDEMNS),
    _named("gives an assurance", 0.8, _ASSURES),
    _named("stands by something", 0.8, _STANDS),
    _named("takes a stand", 0.85, rf"{_SERIOUS}|considers? (?:this|the|it|that|these)|has zero tolerance|ha(?:s|ve) a zero"),
    _named("promises", 0.9, _PLEDGE),
    _named("promises", 0.6, r"(?:is|are|remains) (?:[\w]+ )?committed to"),
    _named("declines to comment", 0.9, _SILENT),
    _named("denies", 0.7, r"ha(?:s|ve) no (?:such |current |immediate )?(?:plans?|intention|knowledge|record|interest in)|ha(?:s|ve) (?:made|received|found|seen) no "),
    _named("speaks of an inquiry", 0.75, rf"(?:is|are) (?:\w+ly |now |also )?{_LOOKS_INTO}"),
    _named("accepts something", 0.75, _OWNS),
    _named("takes a stand", 0.65, r"welcomes? the (?:court|decision|ruling|finding|report|audit|judge|verdict)|(?:strongly )?(?:supports|opposes|endorses) |wishes (?:him|her|them)|(?:deeply |truly )?values "),
    _named("speaks officially", 0.75, r"(?:officially|formally|hereby) (?!has the|is the|was|closed|over|open)[a-z]+"),
    _named("asks something", 0.4, r"(?:asks?|urges?|requests?|expects?|requires?) (?:for|that|all|every|families|parents|everyone|you|residents)", formal=False),
    _named("promises", 0.6, rf"{_WILL} (?:be |also |fully |absolutely |never |always |gladly |not )*(?:honor|replac|ensur|protect|investigat|pursu|prosecut|press charges|sue\b|seek (?:charges|damages)|enforc|waiv|reinstat|keep every|tak(?:e|ing) (?:action|steps|disciplin)|reconsider|make up|making up|answer for|releas|withdraw|restor|correct)", formal=False),
    _named("promises", 0.45, rf"{_WILL} {_KEEPS}|(?:can'?t|cannot)(?: and (?:will not|won'?t|can'?t|cannot))? {_KEEPS}", formal=False),
    _named("promises", 0.3, _WILL, formal=False, answers=False),
    _named("promises", 0.65, rf"{_WILL} (?:be |also |fully |gladly )*(?:reimburs|refund|compensat|repay|pay (?:for|every|all|the)|cover the|make (?:it|this|things) right|comply|appeal)"),
    _named("takes a stand", 0.7, r"(?:does|do)(?: not|n'?t) (?:reflect|share (?:that|this|those|the) view|comment|discuss|negotiate)|is not responsible|backs (?:its|them|him|her|the|our|every)|no longer (?:requires?|allows?|permits?|accepts?|offers?)"),
    _named("speaks of an inquiry", 0.65, r"(?:has|have) (?:reviewed|heard|listened|investigated|looked into|spoken (?:with|to)|been made aware|taken (?:action|steps|measures)|addressed|asked for|completed (?:its|the|our|an)|found no|banned|referred|suspended|removed|dismissed|disciplined|notified|retracted|corrected|reached out|contacted (?:the )?(?:police|authorities|law)|always (?:been|followed|acted)|acted)|hears? (?:you|your|the|these|it)\b"),
    _named("announces", 0.75, r"(?:is|are) (?:\w+ )?(?:pleased|proud|excited|happy|delighted|thrilled|saddened|sad) to (?:announce|report|share|inform|confirm|offer)|announces\b|thanks you for your|(?:wishes|would like) to announce", formal=False, answers=False),
    Act("denies", "name", 0.35, re.compile(rf"\b(?:rumou?rs?|claims?|reports?|story|stories)\b[^.!?]*{_I}[^.!?]*\b(?:is|are) (?:simply |completely |just |totally )?(?:false|untrue|not true|wrong|baseless|made up|inaccurate)"), False),
    _named("denies", 0.35, r"[^.!?]*\b(?:nobody|no one|none of)\b", formal=False),
    Act("denies", "name", 0.35, re.compile(rf"\b(?:nobody|no one|none|no (?:[a-z]+ )?(?:students?|teachers?|staff|employees?|famil(?:y|ies)|child|programs?|class(?:es)?|schools?|jobs?|positions?|books?|grades?|data|accounts?|records?|layoffs?|cuts?|changes?|decisions?|plans?|money|fees?))\b[^.!?]*{_I}|{_I}[^.!?]*: no \w+"), False),
    _named("denies", 0.45, r"(?:is|are|was|were|has|have|had|did|does|do|will|would)(?:n'?t| not| never)\b|never\b|ha(?:s|ve) always", formal=False),
    _named("decides", 0.6, r"(?:has|have) (?:decided|chosen|determined|concluded|resolved|elected|opted) (?:to|that|against|not)|(?:has|have) made the decision", formal=False),
    _named("decides", 0.4, r"(?:(?:has|have) )?(?:decided|chosen|determined|concluded|resolved|elected|agreed) (?:to|that|on|against|not)|made the decision|(?:is|are) (?:moving|changing|adding|ending|replacing|keeping|eliminating|postponing|moving to)", formal=False),
    # "we": counts only where the talk is of the institution
    _we("apologises", 0.5, rf"{_APOLOGY}|(?:are|'re) (?:so |very |truly |deeply )?sorry (?:for|that|about)"),
    _we("denies", 0.5, rf"{_DENIAL}|ha(?:ve|d) no (?:such |current |immediate )?(?:plans|intention|record)"),
    _we("condemns", 0.5, _CONDEMNS),
    _we("gives an assurance", 0.45, rf"{_ASSURES}"),
    _we("stands by something", 0.5, rf"{_STANDS}|{_SERIOUS}"),
    _we("promises", 0.45, _PLEDGE),
    _we("declines to comment", 0.6, rf"{_SILENT}|(?:cannot|can't|won't|will not) discuss (?:personnel|individual|student|specific)|(?:that is|that's) all we will say"),
    _we("speaks of an inquiry", 0.5, rf"(?:are|'re) (?:\w+ly |now |also )?{_LOOKS_INTO}|(?:have|'ve) (?:reviewed|investigated|addressed|looked into|spoken with)"),
    _we("accepts something", 0.5, rf"{_OWNS}|regret to inform"),
    _we("decides", 0.4, r"(?:(?:have|'ve) )?(?:decided|chosen|determined|concluded|agreed|voted) (?:to|that|against|not)\b|(?:have |'ve )?(?:let (?:him|her|them|that \w+) go|fired|suspended|dismissed|terminated|disciplined|expelled|dealt with)|did(?: not|n'?t) (?:fire|expel|suspend|cut|close|remove|ban|hide)"),
    _we("asks something", 0.4, r"(?:(?:would|'d) )?ask (?:you|that|for|everyone|everybody|families|people|the community)\b", formal=False, answers=False),
    _we("decides", 0.35, r"(?:are|'re)(?: not|n'?t)? (?:closing|cutting|getting rid|changing|adding|keeping|eliminating|replacing|removing|reinstating|raising|moving to|offering|postponing|hiding|laying|firing|hiring|ending|dropping|canceling|cancelling)", formal=False),
    _we("promises", 0.4, rf"{_WILL} {_KEEPS}|'ll {_KEEPS}", formal=False),
    _we("denies", 0.3, r"(?:are|were|have|had|did|do|will|would)(?:n'?t| not| never)\b|never\b", formal=False),
    Act("speaks in the District's register", "we", 0.4, re.compile(
        r"\b(?:safety|security|well-?being)\b[^.!?]{0,60}\b(?:priority|paramount|utmost)|\b(?:an|out of) (?:an )?abundance of caution|"
        r"\b(?:does|do)(?: not|n'?t) reflect (?:the|our|who)|\b(?:personnel|disciplinary|pending legal) matters?\b|\bappropriate (?:disciplinary )?(?:action|steps|measures)|"
        r"\bheld accountable\b|\bdue process\b|\b(?:ongoing|active|pending) (?:investigation|litigation)|\bplease be assured|\bnot (?:permitted|able|at liberty) to (?:share|discuss|comment|release)|"
        r"\bprivacy (?:laws?|rights?)\b|\bno further (?:information|statements?)|\bmatter (?:is|remains) (?:closed|under)|\bmedidas (?:necesarias|apropiadas|disciplinarias)|\basunto de personal"), False),
    Act("speaks of its own decision", "we", 0.4, re.compile(r"\bour (?:official )?(?:decision|response|investigation|attorneys?|legal counsel|findings|policy is|position|stance|lawyers)\b"), True),
)

SPANISH: tuple[Act, ...] = (
    _voice("speaks on behalf of it", 1.0, rf"\ben (?:nombre|representacion) (?:de|de todo)? ?(?:[\w]+ ){{0,3}}?{_I}|\bhabl(?:o|amos|ando) (?:por|en nombre de|como) {_I}|\brepresent(?:o|amos) (?:a|al)? ?{_I}"),
    _voice("speaks as its representative", 1.0, rf"\b(?:portavoz|vocer[oa]|representante oficial|voz oficial)(?: oficial)? (?:de|del)? ?{_I}|\bcomo (?:su )?(?:portavoz|vocer[oa]|representante)\b"),
    _voice("calls the post official", 1.0, rf"(?:^|[\n.!?:] ?|\beste es un |\besta es la |\bnuestr[ao] |\bla |\bel )\W{{0,4}}(?:comunicado|declaracion|aviso|postura|posicion|mensaje|respuesta|anuncio|nota) oficial\b(?P<source> (?:de|del) (?P<from>[^:.,!?\n]{{1,40}}))?|\b(?:declaramos|informamos) oficialmente|\boficialmente,? {_I}"),
    _voice("states its position", 0.95, rf"\b(?:la|nuestra) (?:postura|posicion|respuesta|decision)(?: oficial)? (?:de|del|como) ?(?:{_I}|distrito|escuela|junta)"),
    _voice("issues a statement", 0.9, rf"^\W{{0,6}}(?:comunicado|declaracion|mensaje|aviso|aclaracion|respuesta) (?:de|del|de parte de|de parte del) ?{_I}|^\W{{0,3}}(?:comunicado|aclaracion):"),
    _voice("speaks as the institution", 0.65, rf"\b(?:nosotros )?(?:en|desde) {_I},? (?:nosotros|no |hemos|decidimos|queremos|lamentamos|les |nos |creemos|estamos|vamos)|\bcomo (?:distrito|escuela|junta|departamento|institucion)\b,?"),
    _named("apologises", 0.9, r"(?:lamenta|se disculpa|pide (?:una )?disculpas?|ofrece (?:sus |una )?disculpas?|siente)"),
    _named("denies", 0.9, r"(?:niega|desmiente|rechaza)"),
    _named("condemns", 0.9, r"(?:condena|repudia|no tolera|no permite|no tolerara)"),
    _named("promises", 0.9, r"(?:lo |les )?(?:garantiza|promete|se compromete)"),
    _named("gives an assurance", 0.8, r"(?:les )?(?:confirma|asegura|aclara|reitera|reafirma|quiere (?:aclarar|que sepan|informar)|desea (?:aclarar|informar))"),
    _named("takes a stand", 0.8, r"(?:respalda|apoya (?:a|al|su|la decision)|toma (?:muy )?en serio|asume|acepta la responsabilidad|considera)"),
    _named("declines to comment", 0.9, r"no (?:hara|tiene) (?:mas )?comentarios"),
    _named("speaks of an inquiry", 0.75, r"(?:esta|sigue) (?:investigando|revisando|al tanto|cooperando)"),
    _named("denies", 0.7, r"no (?:tiene|hay) (?:planes|intencion|ningun)"),
    _named("denies", 0.5, r"(?:no (?:lo )?(?:va a|esta|ha|tiene planes|tiene intencion|piensa|cerrara|permitira|cobrara|hara|eliminara|despedira))|nunca", formal=False),
    _named("decides", 0.35, r"(?:ha decidido|decidio|ha determinado|va a (?:pagar|ofrecer|reponer|cubrir|cambiar|investigar)|pagara|ofrecera|cubrira|devolvera|reembolsara|enviara)", formal=False),
    Act("apologises", "we", 0.5, re.compile(r"\b(?:lamentamos|nos disculpamos|les pedimos disculpas?|pedimos (?:una )?disculpas?|ofrecemos (?:una )?disculpas?)")),
    Act("denies", "we", 0.5, re.compile(r"\b(?:negamos|desmentimos|rechazamos|condenamos|repudiamos|no toleramos|respaldamos|tomamos (?:muy )?en serio)")),
    Act("promises", "we", 0.45, re.compile(r"\b(?:garantizamos|prometemos|nos comprometemos|aseguramos|confirmamos|aclaramos|les aseguro)")),
    Act("decides", "we", 0.4, re.compile(r"\b(?:hemos decidido|decidimos|no (?:vamos|iremos) a|estamos investigando|hemos (?:revisado|investigado|tomado)|nuestra (?:decision|postura|posicion))")),
)

ACTS: tuple[Act, ...] = ENGLISH + SPANISH

# -- what is said around an act ----------------------------------------------------------------------------------------

#: Not speaking for anybody but oneself: RULES.md, "a disclaimer".
DISCLAIMER = re.compile(
    rf"(?:can(?:'t|not)|do(?:es)?(?: not|n'?t)|not|never|nor|wouldn't|am not|'m not|isn't|no one can) (?:\w+ ){{0,3}}(?:speak(?:ing)?|talking|represent\w*|be speaking|answer|comment) (?:\w+ ){{0,2}}?(?:for|on behalf|{_I}|my employer)"
    r"|not (?:an? |the |my )?(?:official|spokes\w+)|nothing official|unofficial"
    r"|(?:views|opinions?|thoughts|tweets|posts|words|opiniones|comentarios|palabras)(?: here| expressed| alone)?,?(?: are| is| son)? (?:all |only |solely |strictly )?(?:my own|mine|mias?|personales|propias|only)"
    rf"|my (?:own |personal )?(?:views?|opinions?)(?: only|,)|(?:speaking|talking|speak) (?:only |just |solely |strictly )?(?:for (?:me|myself)|as (?:a|an) (?!{_I}))|\bjust (?:me|one teacher)\b|not (?:{_I})(?:'s)?\b(?=[:,.]|\Z| \w+ view| opinion| position)"
    rf"|not (?:those of|on behalf of)|\bno hablo|\bno represent|a titulo personal|opinion personal|mi opinion"
)
OPINION = re.compile(
    r"\b(?:i|we teachers) (?:really |also |just |still |do |personally )?(?:think|believe|feel|guess|hope|wish|bet|suspect|doubt|wonder|love|hate|"
    r"dream|imagine|pray)\b|\bi(?:'m| am) (?:so |very |just )?(?:glad|happy|sad|tired|proud|sorry to|grateful|thankful|thrilled|heartbroken|lucky)"
    r"|\bimh?o\b|\bin my (?:own |humble )?(?:opinion|view|book|experience)|\bpersonally\b|\bmy (?:two cents|take|opinion|hope|wish)\b"
    r"|\bas an? (?:taxpayer|parent|resident|citizen|voter|mom|dad|father|mother|teacher|educator|union|member)\b|\b(?:proud|lucky|blessed) to\b"
    r"|\b(?:creo|pienso|espero|ojala|siento que|me parece|en mi opinion|para mi)\b"
)
#: What is wished for, supposed, asked of the institution or told by somebody else.
NOT_ASSERTED = re.compile(
    r"(?<!who )\b(?:if|should|ought|could|might|needs? to|has to|wish|until|unless|imagine|supposed to|refus(?:es|ed|ing) to|claims?|claimed|pretends?|says?|"
    r"said|saying|told (?:us|me|staff|parents|families|the)|announced|announcing|reports? (?:that|the)|reported|reporting|according to|per (?!our)|apparently|allegedly|"
    r"reads?|heard|hearing|wrote|posted|posts|stated|shared|explained|link to|awaiting|waiting|wait for|why (?:does|is|won't|has|did)|when will|"
    r"demand|ask(?:ing|ed)? (?:the|our)|want (?:the|our)|begging|let's hope|maybe|perhaps|rumou?r has it|"
    r"si|deberia|debe|ojala|segun|dijo|dice)\b|\b(?:superintendente|directora?|principal|el|ella|noticias|diario) (?:anuncio|informo|comento|publico)\b"
)
POINTS_TO = re.compile(r"\b(?:read|see|find|share|sharing|reposting|link|waiting|awaiting|wait|until|no|not|where is|missed|saw|watch|leer?|lean|vean|esperando|esperar)\b")
FEELING = re.compile(
    r"heartbr|shame|disgrac|madden|ridiculous|outrag|disappoint|sick of|tired of|it shows|finally|relief|\bugh\b|\bsmh\b|so much for|pathetic|"
    r"\bjoke\b|\bwow\b|embarrass|sad(?:ly|ness)?\b|unbelievable|again\?|fed up|hypocri|listen(?:ing)? to (?:us|teachers|parents)|care about"
)
RUMOR = re.compile(
    r"rumou?r|contrary to|to be (?:very |perfectly |absolutely )?clear|let me be clear|(?:record|things|it|this) straight|let the record|misinformation|\bfalse\b|not true|untrue|no truth|"
    r"\bi can (?:tell|assure|promise|confirm)|some (?:claim|say|have claimed)|whoever (?:keeps|is|said)|\bclaims? (?:that|of)|gossip|made up|has been asked|"
    r"several of you|many of you|(?:^|\n)\W*(?:correction|clarification|aclaracion)|clear(?:ing)? up|for the record|in response to|(?:please )?be advised|please know|whatever you may|as has been|es falso|para que quede claro|sepan que|no es (?:cierto|verdad)|rumor"
)
PROMISE = re.compile(
    r"(?:that's|that is|thats|this is|it's) (?:a|our|my) (?:promise|guarantee|commitment|vow)|\b(?:my|our|the district's|its) word\b|\bguaranteed?\b|"
    r"\bi promise|\bwe promise|(?:^|[.!] )promise\b|rest assured|full stop|not up for debate|(?:matter|case) is closed|where we stand|(?:that's|that is) our (?:answer|position|stance)|final word|is final\b|will not change|count on (?:it|us)|hold (?:us|me|them|the [a-z]+|[\ue010\ue011]+) to|decision is final|no exceptions|period\.|mark my words|"
    r"\bpunto\.|final answer|all (?:we have|i have|there is) to say|take (?:that|it) to the bank|consider it done|hold us account|lo garantiz|les prometo|palabra"
)
#: What makes "we at our school" or "as a district" a statement and no team talk.
RESOLVES = re.compile(
    r"\b(?:decided|decision|will|won'?t|do not|don'?t|cannot|can'?t|never|no longer|require|expect|reject|apologi[sz]e|regret|den(?:y|ied)|conclude|"
    r"condemn|promise|pledge|guarantee|commit|stand|tolerate|condone|take|are sorry|are aware|have (?:chosen|determined|concluded|agreed)|made|"
    r"not|no comment|decidimos|hemos|lamentamos|queremos|no)\b"
)
#: Somebody else is told of: "the spokesperson for the district is Ms. Odom".
OTHERS = re.compile(r",? (?:is|was|are|were|has|had|said|says|told|will|called|tells|posted|announced)\b(?! (?:that|clear|simple|final|no|yes|unchanged))")
#: Said in play, or of a game.
PLAYFUL = re.compile(r"!!|\b(?:lol|haha|ha ha|jk|lmao|goalie|puns?|in advance|jaja)\b|[😂😅🤣😜😉🤪🙃]")
COURTESY = re.compile(
    r"thank|congrat|happy|welcome|best wishes|good luck|cheers|grateful|gratitude|appreciat|applau|condolence|honou?red|proud|shout ?out|bravo|well done|"
    r"merry|season's|love|gracias|felici|agradec|bienvenid|orgullos|enhorabuena|saludos"
)
#: Regret that belongs to a routine notice.
ROUTINE = re.compile(
    r"(?:late|short|last[- ]minute|delayed) notice|inconvenience|the delay\b|any confusion|the confusion|the wait\b|typo|mix-?up in the time|for the change|"
    r"molestias|inconvenien|demora"
)
#: How an announcement goes on.
ANNOUNCES = re.compile(
    r"\b(?:families|parents|students|staff|you|everyone) will (?:get|receive|hear|be (?:notified|contacted|told))|\bdetails (?:to|will) follow|"
    r"\bletters? (?:will |are )?(?:go(?:es|ing)?|be sent) (?:home|out)|\beffective (?:immediately|today|next|monday|january|[a-z]+ [0-9])|\bas of (?:today|now)|"
    r"thank you for your (?:cooperation|patience|understanding)|gracias por su (?:comprension|paciencia|cooperacion)"
)
PUBLIC = re.compile(rf"\b(?:dear|attention|to (?:all|our|the|every)|our|all|those who|hello|atencion|estimad[ao]s)\b[^.!?]{{0,30}}\b{_PUBLIC}\b|\bto those (?:affected|who)|your (?:child|children|student|hijo|hijos)")
#: A question or complaint about the institution, in the post that is answered.
ABOUT = re.compile(
    rf"{_I}|\b(?:why|rules?|ridiculous|insane|unacceptable|explain|explanation|shame|my (?:kids?|son|daughter|child|childs?)|who pays|nobody responds|district|school board|board|superintendent|principal|admin|administration|taxe?s?|taxpayers?|budget|layoffs?|policy|lawsuit|"
    r"you (?:guys|people|all)|y'all|are (?:they|you) (?:cutting|closing|getting|firing|hiding|going|really)|did (?:they|you) (?:fire|cut|cancel|really)|"
    r"cutting|closing|closed|canceled|cancelled|is it true|rumor|heard|bus(?:es)?|cafeteria|building|mold|aides?|crossing|cierran|cerrar|distrito|"
    r"escuela|mi hij[oa]|nadie responde|es (?:cierto|verdad)|junta)\b"
)
ANSWERS = re.compile(r"^\W*(?:no|nope|yes|yep|correct|false|incorrect|wrong|not true|that is (?:false|not|incorrect)|that's (?:false|not|incorrect)|untrue|si|falso|no es)\b")
NOBODY = re.compile(r"\b(?:no|not any|zero|nobody|no one|there (?:is|are|will be) no|ningun[ao]?|nadie|no hay|no habra)\b")
IN_GROUP = re.compile(GROUP)
