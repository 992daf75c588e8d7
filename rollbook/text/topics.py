"""What protected speech is about, and the abuse that never is: the guardrail's vocabulary, English and Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rollbook.text.patterns import pattern, words

UNION = "union and bargaining"
CONDITIONS = "pay and working conditions"
CRITICISM = "criticism of the District"
AGENCY = "complaint to an agency"
POLITICS = "politics"
RELIGION = "religion"


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of protected speech: words that are it, or a subject and a stance that are it in one sentence."""

    category: str
    outright: re.Pattern[str]
    subject: re.Pattern[str] | None = None
    stance: re.Pattern[str] | None = None
    #: The same words about something else: "student council", "credit union".
    other: re.Pattern[str] | None = None

    def holds(self, sentence: str) -> bool:
        """Whether a folded sentence is this kind of speech."""
        if self.other is not None:
            sentence = self.other.sub(" ", sentence)
        if self.outright.search(sentence):
            return True
        return (
            self.subject is not None and self.stance is not None
            and self.subject.search(sentence) is not None and self.stance.search(sentence) is not None
        )


#: Wanting, blaming, disagreeing. What is only told ("the board meets Tuesday") is no criticism.
_STANCE = words(r"""
    should(?:n'?t)? | must | needs? to | ought | has to | have to | wrong | bad | terrible | awful | worst | worse
    mistake | fail(?:s|ed|ing|ure)? | ignor\w+ | out of touch | sham(?:e|eful) | wast(?:e|es|ing|ed|eful)
    disappoint\w* | disagree | against | oppos\w+ | unfair | unjust | unsafe | underfund\w* | short-?sighted
    refus\w+ | broken | embarrass\w* | transparen\w+ | accountab\w+ | tone.?deaf | listen(?:s|ing)? | reconsider
    frustrat\w* | ridiculous | absurd | hypocri\w+ | mismanag\w* | incompeten\w* | clueless | nonsense | pointless
    useless | harm(?:s|ful|ing)? | hurts? | cutting | cuts | slash\w* | gut(?:s|ted|ting)
    why (?:is|are|does|do|did|won'?t|can'?t) | hid(?:es|ing) | secre\w+ | lied | lies | lying
    doesn'?t (?:care|get|know|listen|work|make sense) | don'?t (?:care|get|know|listen|work)
    isn'?t (?:listening|working|right|enough|fair) | never (?:listens?|asks?|asked|shows?)
    too (?:much|many|little|few|late|fast) | not enough | enough is enough | fed up | sick of | tired of | angry
    outrag\w+ | demand\w* | wish | hope | better | rethink | repeal | scrap | (?<!full )stop | resign | no confidence
    unacceptable | overpaid | top-?heavy | botched | mess | joke | insult(?:ing)? | disrespect\w* | deberian?
    (?<!les )debe(?:n)? | mal[ao]? | peor | error | fracas\w+ | ignora\w* | verguenza | injust\w+
    no (?:escucha|entiende|le importa|sirve)\w* | basta | ojala | en contra | decepcion\w* | despilfarr\w*
""")
_BODY = words(r"""
    (?:school )?board(?! games?| of ed exam) | boe | superintendent | district(?:'s)? | central office
    admin(?:istration|istrators?|s)? | principal'?s decision | leadership | budget | levy | polic(?:y|ies)
    curriculum | curricula | program cuts | standardi[sz]ed test\w* | state tests? | testing | schedul(?:e|ing) change
    block schedule | grading (?:system|policy) | dress code | phone ban | book bans? | reading program | math program
    mandate[sd]? | initiative | consultants? | rollout | common core | la junta | el distrito | la superintendente
    el superintendente | la administracion | presupuesto | curriculo | politica escolar | direccion
""")
_WORK = words(r"""
    class sizes? | pay(?:check|day|ed)? | paid | salar(?:y|ies) | wages? | raises? | stipends? | overtime
    planning (?:time|period) | prep(?: time| period| period)? | lunch dut(?:y|ies) | bus duty | coverages?
    sub(?:stitute)? shortage | subs | staffing | short-?staffed | understaffed | workload | caseload
    burn(?:ed|t)? ?out | benefits | health insurance | premiums? | sick (?:days?|time|leave) | leave | pension
    tenure | evaluations? | appr | observations? | aides? | paraprofessionals? | heat(?:ing|ers?)? | air condition\w*
    a/?c | mold | leak(?:s|ing|y)? | asbestos | [0-9]{2} (?:kids|students|degrees) | second job | side job
    out of (?:my|our) (?:own )?pocket | working conditions | contract hours | unpaid | sueldos? | salarios?
    pag[ao]n? | horas extra | condiciones de trabajo | cobertura | seguro medico | calefaccion | aumento
    dias de enfermedad
""")
_LACK = pattern(r"""
    \b(?:need|needs|deserve[sd]?|without|still (?:no|waiting|don'?t|not)|too many|too few|too (?:low|hot|cold|much|\
        big|large)|enough|broken|fix|low|lowest|afford|(?:caseload|class size|classes?) (?:is|are|of|at) [0-9]{2,}|\
        exhaust\w*|froze[n]?|unsafe|freezing|boiling|quit(?:ting)?|leaving|cut|cuts|fair|unfair|hasn'?t|haven'?t|\
        didn'?t get|no (?:raise|prep|planning|sub|subs|heat|ac|a/c|aide|aides|coverage|pay)|unpaid|lost|losing|\
        loses|again|third|fourth|every (?:day|week)|instead of|less than|same as|years? without|overworked|\
        underpaid|not (?:enough|paid|sustainable)|doubled|went up|going up|took|take home|own pocket|shortage|\
        short-?staffed|understaffed|burn(?:ed|t)? ?out|tired|crush\w*|drown\w*|ridiculous|absurd|for free|merecemos|\
        merecen|faltan?|sin|basta|poco|bajo|injusto|no (?:nos|me|alcanza|hay|pagan)|gratis|congelad\w+)\b
    [0-9]{2} (?:kids|students|degrees)
""")

#: The first that holds names the category.
TOPICS: tuple[Topic, ...] = (
    Topic(
        AGENCY,
        pattern(r"""
            \b(?:filed|filing|file|submitted|made|lodged|sent|sending|bring(?:ing)?|brought|took|taking|\
                signed) (?:an? |my |our |the |this |it |that )?(?:\w+ ){0,3}?(?:complaints?|charges?|grievances?|\
                reports?|appeal|case|this|it)?(?: \w+){0,3}? ?(?:with|to|at) (?:the )?(?:state|osha|pesh|eeoc|ocr|\
                office for civil rights|department of (?:labor|education|justice|health)|labor (?:board|department)|\
                public employment relations board|perb|human rights|comptroller|inspector general|attorney general|\
                ethics (?:board|commission)|commissioner|health department|fire marshal|ferpa office|nysed|\
                ombuds\w*)\b
            \b(?:report(?:ed|ing)|complain(?:ed|ing)|went|wrote|called|calling|testif(?:y|ied)|\
                spoke) (?:\w+ ){0,6}?(?:to|with|before) (?:the )?(?:osha|pesh|eeoc|ocr|office for civil rights|\
                department of labor|labor board|perb|state (?:education|comptroller|labor|auditor|police review)|\
                comptroller|inspector general|attorney general|ethics (?:board|commission)|nysed|health department|\
                fire marshal)\b
            \bcall(?:ed)? (?:osha|pesh|the labor department|the fire marshal|the health department)\b
            \bwhistle-?blow\w* | \b(?:osha|pesh|perb|eeoc|ocr) (?:complaint|charge|case) | \bunfair labor practice
            \bimproper practice charge
            \b(?:denuncie|presente|presentamos|puse) (?:una )?(?:denuncia|queja|demanda)\b
        """),
    ),
    Topic(
        UNION,
        pattern(r"""
            \b(?:our|my|the|your|teachers'?|bus drivers'?|aides'?|faculty) (?:\w+ )?union\b
            \bunion (?:rep\w*|teacher\w*|worker\w*|meeting\w*|member\w*|dues|hall|proud|strong|local|card|vote|\
                contract|president|election|shirt\w*|picnic|sister\w*|brother\w*|sibling\w*|busting|talk|leader\w*)\b
            \bpro-?union\b | \bunioni[sz]\w* | \b(?:as|join(?:ed|ing)?) (?:a|the|our) union\b
            \bcollective(?:ly)? bargain\w* | \bbargaining (?:table|team|unit|session\w*|update)
            \bcontract (?:talks|negotiations?|fight|settlement|vote|offer)
            \bnegotiat(?:e|es|ing|ions?) (?:team|table|session|with the (?:district|board))
            \bnegotiating (?:our|away|in bad faith|for)\b | \bwithout a (?:new |fair )?contract\b
            \b(?:without|working without|expired|fair|new|settle (?:our|the|a)|settled|our|next) contract\b
            \bpicket\w* | \bgo(?:ing)? on strike | \bon strike\b | \bstrike (?:vote|fund|line)
            \bwe(?:'ll| will| may| might)? strike\b | \bgrievances?\b | \barbitrat\w+ | \bimpasse\b | \bmediator\b
            \bfact-?finding\b | \btentative agreement | \bratif(?:y|ied|ication) | \bsolidarity\b | \bour members\b
            \bfellow members\b | \bbuilding reps?\b | \bshop steward
            \b(?:teachers'?|employees'?|support staff|faculty|administrators'?) (?:association|federation)\b
            \bnysut\b | \bnea\b | \bcsea\b | \bseiu\b | \btaylor law\b | \blocal [0-9]{2,5}\b
            \bwork(?:ing)? to rule\b | \bred ?for ?ed\b | \b(?:the|our) association\b
            \b(?:nuestro|el|mi|un|al|del) sindicato\b | \bsindical\w* | \bhuelga\b | \bconvenio colectivo
            \bnegociacion(?:es)? (?:del contrato|colectiva|con) | \bcontrato (?:justo|digno) | \bsolidaridad\b
        """),
        other=pattern(r"""
            \b(?:credit|student|european|soviet|western|state of the|civil|customs|rugby) union\b
            \bunion (?:jack|station|army|soldiers?|high|free school|square|county|street|general|troops)\b
            \b(?:facebook|instagram|phone|cell|behavior|reading|learning) contract\b | \bbird strike
            \bstrike ?outs?\b | \blightning strike
        """),
    ),
    Topic(
        CONDITIONS,
        pattern(r"""
            \bworking conditions\b
            \b(?:our|my|teacher|teachers'?|staff|aide|sub|para) (?:pay|salar(?:y|ies)|wages|raises?|\
                paychecks?) (?:is|are|has|have|hasn'?t|haven'?t|was|were|should|needs?|won'?t|can'?t)\b
            \b(?:i|we) (?:\w+ )?deserve (?:better|more|a raise|raises|fair|to be paid) | \bliving wage\b
            \bpay (?:us|teachers|our|aides|subs|bus drivers)\b | \b(?:underpaid|overworked)\b
            \bcondiciones de trabajo\b | \bsalario digno\b
        """),
        _WORK, _LACK,
    ),
    Topic(
        POLITICS,
        pattern(r"""
            \b(?:republicans?|democrats?|democratic party|gop|conservatives|liberals|maga|leftists?|right-?wing|\
                left-?wing|socialis[mt]|libertarian)\b
            \b(?:governor|senator|congress(?:man|woman)?|assembly(?:man|woman|member)|legislature|legislators?|\
                lawmakers?|white house|supreme court|mayor)\b
            \b(?:vot(?:e|ed|ing)|campaign\w*|canvass\w*|phone ?bank\w*|knock(?:ed|ing)? (?:on )?doors|endors\w+|\
                donat\w+|rooting|supporting|support) (?:\w+ ){0,3}?(?:for|against|no|yes|on) (?:\w+ ){0,4}?(?:board|\
                congress|senate|governor|president|mayor|council|trustee|judge|budget|proposition|prop [0-9]+|\
                referendum|levy|bond|seat)\b
            \b(?:vote|voting|voted) (?:yes|no|her|him|them) (?:out|in|on)\b
            \b(?:i'?m|i am) (?:voting|supporting|backing|endorsing)\b
            \b(?:running|run) for (?:\w+ )?(?:school board|the board|office|congress|council|mayor|assembly|senate|\
                trustee)
            \b(?:candidate|candidates|primary|midterm elections?|election day|early voting|ballots?|referendum|\
                lawn signs?|yard signs?)\b
            \bprotest(?:s|ed|ing|ers?)?\b | \brall(?:y|ies) (?:for|against|at the|in (?:albany|washington)|outside)
            \bmarch(?:ed|ing)? (?:for|against|on|in (?:albany|washington)) | \bgun (?:control|laws?|reform|rights)\b
            \babortion\b | \bimmigra(?:tion|nt)s? (?:policy|law|reform|rights|raids?) | \bcivil rights\b
            \bblack lives matter\b | \bpro-?(?:life|choice)\b | \bfree speech\b | \bdeport\w+
            \b(?:elecciones|candidat[oa]s?|gobernador[a]?|senador[a]?|congreso|partido (?:democrata|republicano)|\
                votar(?:e|emos)? por|manifestacion|boleta electoral|protesta)\b
        """),
        other=pattern(r"""
            \bstudent (?:council|government|body|senate) | \bclass (?:president|officers?|election|vote)
            \bpresident of the (?:club|class|pto|pta) | \bmock (?:election|trial|congress)
            \bprimary (?:school|source|grades?|teacher|color) | \bvote for (?:your )?(?:favorite|best|the best)
            \bpep rally | \b(?:food|clothing|fund) drive | \bmarching band | \bmayor of (?:the )?(?:class|room)
            \bchapter [0-9] | \bunit [0-9] | \blesson\b | \bessay\b | \btextbook | \bprimary
        """),
    ),
    Topic(
        CRITICISM,
        pattern(r"""
            \b(?:disagree|disagreed) with (?:the|our|this) (?:board|district|superintendent|policy|decision|\
                administration|vote)
            \bvote of no confidence
            \b(?:shame on|wake up,?|hey,?|dear) (?:the |our )?(?:board|district|superintendent|admin\w*)
            \b(?:wrong|misplaced) priorities\b | \banother (?:mandate|initiative)\b
            \bno (?:estoy de acuerdo|estamos de acuerdo) con (?:la|el) (?:junta|distrito|decision|politica)
        """),
        _BODY, _STANCE,
    ),
    Topic(
        RELIGION,
        pattern(r"""
            \b(?:my|our|his|her|the) (?:faith|church|parish|mosque|synagogue|temple|congregation|rabbi|imam|pastor|\
                priest|religion|savior|prayers?)\b
            \b(?:pray(?:ing|ed|s)? (?:for|that|with|over|to)|in (?:my|our) prayers|prayers? (?:for|to|are with)|\
                amen|hallelujah|god (?:is|bless|has|will|loves)|jesus|christ (?:is|has|our)|the lord|bible|\
                scripture|gospel|quran|koran|torah|psalms?)\b
            \b(?:at|from|after|to|in) (?:church|mass|mosque|synagogue|shul|temple|bible study|sunday school)\b
            \b(?:atheis[tm]|agnostic)\b
            \b(?:ramadan|eid|(?:for|during|of) lent|ash wednesday|good friday|passover|rosh hashanah|yom kippur|\
                shabbat|diwali|baptism|baptized|communion|confirmation class)\b
            \b(?:mi|nuestra) (?:fe|iglesia|parroquia)\b
            \b(?:dios|oracion(?:es)?|rezar|rezo|rezamos|orando|biblia|jesus|misa|cuaresma|virgen)\b
        """),
        other=pattern(r"""
            \boh my (?:god|gosh) | \bomg\b | \bthank god it | \bswear to god | \bgod ?awful | \bfor god'?s sake
            \b(?:are |is )?closed [^.!?]* | \bno (?:school|classes) [^.!?]* | \bin the name of god\b | \bdios mio\b
            \bjesus christ,? (?:what|how|why|can|will)
        """),
    ),
)

#: A threat, a slur, or profanity at a person. The list is short on purpose: all of it is abuse, whatever the matter.
ABUSE = pattern(r"""
    \b(?:i(?:'ll| will|'m going to| am going to|'m gonna)|we(?:'ll| will|'re going to)|somebody (?:should|ought to)|\
        someone (?:should|ought to)) (?:\w+ ){0,2}?(?:kill|shoot|stab|hurt|beat|punch|slap|burn|bomb|strangle|smash|\
        slash|bury|drown|hang|run over|make (?:him|her|them|you) (?:pay|bleed|suffer))\b
    \b(?:deserve[sd]? (?:to (?:die|burn|rot|be (?:shot|beaten|hanged|hurt))|a (?:bullet|beating|noose))|\
        should be (?:shot|hanged|lynched|beaten|burned|put down)|watch your back|(?:you'?ll|he'?ll|she'?ll|\
        they'?ll) (?:regret|pay for) (?:this|it|that)|know where (?:you|he|she|they) (?:live|park)s?|drop dead|\
        kill yourself|hope (?:you|he|she|they) (?:die|dies|burn|rot|crash))\b
    \b(?:f+u+c*k+ (?:you|him|her|them|off|the|that|this|our)|f\*+k? (?:you|him|her|them|off)|motherf\w+|bitch\w*|\
        bastards?|assholes?|a\*+holes?|c[u*]nts?|sluts?|whores?|scumbags?|pieces? of (?:shit|crap|garbage|trash)|\
        shithead\w*|dumbass\w*|dipshit\w*|dickheads?)\b
    \b(?:f[a*@]gg?[o*0]ts?|fags?|trann(?:y|ies)|retard(?:s|ed)?|spics?|wetbacks?|n[i1*]gg\w*|kikes?|chinks?|gooks?|\
        towelheads?|sand ?n\w+|dykes?|coons?|illegals|savages|vermin|subhuman|animals who)\b
    \b(?:is|are|was|were|you|such|absolute|total|complete|fat|lazy|old|stupid|dumb|pathetic|brainless|\
        ugly) (?:an? )?(?:\w+ )?(?:moron|idiot|imbecile|pig|cow|retard|psycho|creep|trash|garbage|scum|filth|hag|\
        witch|whale|cretin|degenerate|freak)s?\b
    \b(?:hij[oa]s? de (?:puta|perra)|put[ao]s?|pendej[oa]s?|cabron(?:es)?|mierda|maricon(?:es)?|imbecil(?:es)?|\
        estupid[oa]s?|te voy a (?:matar|golpear|romper)|los voy a (?:matar|golpear)|ojala se muera)\b
""")
#: A union that speaks in its own name.
UNION_VOICE = pattern(r"""
    \b(?:on behalf of|speaking for|statement (?:from|of|by)|position of|in the name of|\
        en nombre de(?:l)?) (?:[\w']+ ){0,5}?(?:union|association|federation|members|local [0-9]+|colleagues|\
        brothers|fellow|sindicato|maestros|companer[oa]s)\b
    \b(?:union|association|federation)'s (?:position|statement|response)
""")
