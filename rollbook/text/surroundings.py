"""What stands around a speech act and makes it more or less the institution's: over folded, marked text."""

from __future__ import annotations

from rollbook.text.institutions import GROUP, INSTITUTION
from rollbook.text.patterns import pattern, words

#: Not speaking for anybody but oneself. **Source**: RULES.md, "a disclaimer".
DISCLAIMER = pattern(r"""
    (?:can(?:'t|not)|do(?:es)?(?: not|n'?t)|not|never|nor|wouldn't|am not|'m not|isn't|\
        no one can) (?:\w+ ){0,3}(?:speak(?:ing)?|talking|represent\w*|be speaking|answer|\
        comment) (?:\w+ ){0,2}?(?:for|on behalf|<I>|my employer)
    not (?:an? |the |my )?(?:official|spokes\w+) | nothing official | unofficial
    not (?:authori[sz]ed|allowed) to (?:say|speak|comment|answer)
    (?:views|opinions?|thoughts|tweets|posts|words|opiniones|comentarios|palabras)(?: here| expressed\
        | alone)?,?(?: are| is| son)? (?:all |only |solely |strictly )?(?:my own|mine|mias?|personales|propias|only)
    my (?:own |personal )?(?:views?|opinions?)(?: only|,)
    (?:speaking|talking|speak) (?:only |just |solely |strictly )?(?:for (?:me|myself)|as (?:a|an) (?!<I>))
    \bjust (?:me|one teacher)\b | not (?:<I>)(?:'s)?\b(?=[:,.]|\Z| \w+ view| opinion| position)
    not (?:those of|on behalf of) | \bno hablo | \bno represent | a titulo personal | opinion personal | mi opinion
""", I=INSTITUTION)
OPINION = pattern(r"""
    \b(?:i|we teachers) (?:really |also |just |still |do |personally )?(?:think|believe|feel|guess|hope|wish|bet|\
        suspect|doubt|wonder|love|hate|dream|imagine|pray)\b
    \bi(?:'m| am) (?:so |very |just )?(?:glad|happy|sad|tired|proud|sorry to|grateful|thankful|thrilled|heartbroken|\
        lucky)
    \bimh?o\b | \bin my (?:own |humble )?(?:opinion|view|book|experience) | \bpersonally\b
    \bmy (?:two cents|take|opinion|hope|wish)\b
    \bas an? (?:taxpayer|parent|resident|citizen|voter|mom|dad|father|mother|teacher|educator|union|member)\b
    \b(?:proud|lucky|blessed) to\b | \b(?:creo|pienso|espero|ojala|siento que|me parece|en mi opinion|para mi)\b
""")
#: What is wished for, supposed, asked of the institution or told by somebody else.
NOT_ASSERTED = pattern(r"""
    (?<!who )\b(?:if|should|ought|could|might|needs? to|has to|wish|until|unless|imagine|supposed to|refus(?:es|ed|\
        ing) to|claims?|claimed|pretends?|says|said|saying|(?:they|people|some|folks) say|told (?:us|me|staff|\
        parents|families|the)|announced|announcing|reports? (?:that|the)|reported|reporting|according to|\
        per (?!our)|apparently|allegedly|reads?|heard|hearing|wrote|posted|posts|stated|shared|explained|link to|\
        awaiting|waiting|wait for|why (?:does|is|won't|has|did)|when will|demand|ask(?:ing|ed)? (?:the|our)|\
        want (?:the|our)|begging|let's hope|maybe|perhaps|rumou?r has it|(?:know|tell you|say|wonder|see|\
        ask) (?:what|whether|how|why)|si(?!,)|deberia|debe|ojala|segun|dijo|dice)\b
    \b(?:superintendente|directora?|principal|el|ella|noticias|diario) (?:anuncio|informo|comento|publico)\b
""")
#: In front of "official statement": the statement is somebody else's, or is still to come.
POINTS_TO = words(r"""
    read | see | find | share | sharing | reposting | link | waiting | awaiting | wait | until | no | not | where is
    missed | saw | watch | leer? | lean | vean | esperando | esperar
""")
FEELING = pattern(r"""
    heartbr | shame | disgrac | madden | ridiculous | outrag | disappoint | sick of | tired of | it shows | finally
    relief | \bugh\b | \bsmh\b | so much for | pathetic | \bjoke\b | \bwow\b | embarrass | sad(?:ly|ness)?\b
    unbelievable | again\? | fed up | hypocri | listen(?:ing)? to (?:us|teachers|parents) | care about
""")
RUMOR = pattern(r"""
    rumou?r | contrary to | to be (?:very |perfectly |absolutely )?clear | let me be clear
    (?:record|things|it|this) straight | let the record | misinformation | \bfalse\b | not true | untrue | no truth
    \bi can (?:tell|assure|promise|confirm) | some (?:claim|say|have claimed) | whoever (?:keeps|is|said)
    \bclaims? (?:that|of) | gossip | made up | has been asked | several of you | many of you
    (?:^|\n)\W*(?:correction|clarification|aclaracion) | clear(?:ing)? up | for the record | in response to
    (?:please )?be advised | please know | whatever you may | as has been | \bofficially[:,] | es falso
    para que quede claro | sepan que | no es (?:cierto|verdad) | rumor
""")
#: Insistence: a promise underlined, a matter closed.
INSISTS = pattern(r"""
    (?:that's|that is|thats|this is|it's) (?:a|our|my) (?:promise|guarantee|commitment|vow)
    \b(?:my|our|the district's|its) word\b | \bguaranteed?\b
    \b(?:have|given?|got) (?:my|our|its|the \w+'s) (?:promise|guarantee|commitment)
    (?:won'?t|will not|will never) happen again | \bi promise | \bwe promise | (?:^|[.!] )promise\b | rest assured
    full stop | not up for debate | (?:matter|case) is closed | where we stand
    (?:that's|that is) our (?:answer|position|stance) | final word | is final\b | will not change | count on (?:it|us)
    hold (?:us|me|them|the [a-z]+|<I>) to | no exceptions | period\. | mark my words | \bpunto\. | final answer
    all (?:we have|i have|there is) to say | take (?:that|it) to the bank | consider it done | hold us account
    lo garantiz | les prometo | palabra | es (?:definitiv|final)
""", I=INSTITUTION)
#: What makes "we at our school" or "as a district" a statement and no team talk.
RESOLVES = words(r"""
    decided | decision | will | won'?t | do not | don'?t | cannot | can'?t | never | no longer | require | expect
    reject | apologi[sz]e | regret | den(?:y|ied) | conclude | condemn | promise | pledge | guarantee | commit | stand
    tolerate | condone | take | are sorry | are aware | have (?:chosen|determined|concluded|agreed) | made | not
    no comment | decidimos | hemos | lamentamos | queremos | no | [a-z]+mos
""")
#: Somebody else is told of: "the spokesperson for the district is Ms. Odom".
OTHERS = pattern(r"""
    ,? (?:is|was|are|were|has|had|said|says|told|will|called|tells|posted|announced)\b(?! (?:that|clear|simple|\
        final|no|yes|unchanged))
""")
#: Said in play, or of a game.
PLAYFUL = pattern(r"!! | \b(?:lol|haha|ha ha|jk|lmao|goalie|puns?|in advance|jaja)\b | [😂😅🤣😜😉🤪🙃]")
#: Thanks and congratulations. **Source**: RULES.md, "on behalf of the music department" at an event is a courtesy.
COURTESY = pattern(r"""
    thank | congrat | happy | welcome | best wishes | good luck | cheers | grateful | gratitude | appreciat | applau
    condolence | honou?red | proud | shout ?out | bravo | well done | merry | season's | love | gracias | felici
    agradec | bienvenid | orgullos | enhorabuena | saludos
""")
#: Regret that belongs to a routine notice.
ROUTINE = pattern(r"""
    (?:late|short|last[- ]minute|delayed) notice | inconvenience | the delay\b | any confusion | the confusion
    the wait\b | typo | mix-?up in the time | for the change | molestias | inconvenien | demora
    (?:is|are|was) (?:cancell?ed|postponed|moved|rescheduled|delayed)
""")
#: How an announcement goes on.
ANNOUNCES = pattern(r"""
    \b(?:families|parents|students|staff|you|everyone) will (?:get|receive|hear|be (?:notified|contacted|told))
    \bdetails (?:to|will) follow | \bletters? (?:will |are )?(?:go(?:es|ing)?|be sent) (?:home|out)
    \beffective (?:immediately|today|next|monday|january|[a-z]+ [0-9]) | \bas of (?:today|now)
    thank you for your (?:cooperation|patience|understanding) | gracias por su (?:comprension|paciencia|cooperacion)
""")
PUBLIC = pattern(r"""
    \b(?:dear|attention|to (?:all|our|the|every)|our|all|those who|hello|atencion|\
        estimad[ao]s)\b[^.!?]{0,30}\b(?:families|parents|guardians|community|neighbors|residents|taxpayers|voters|\
        alumni|familias|padres|comunidad)\b
    \bto those (?:affected|who) | your (?:child|children|student|hijo|hijos)
""")
#: A question or complaint about the institution, in the post that is answered.
ASKED = pattern(r"""
    <I>
    \b(?:why|rules?|ridiculous|insane|unacceptable|explain|explanation|shame|my (?:kids?|son|daughter|child|\
        childs?)|who pays|nobody responds|district|school board|board|superintendent|principal|admin|administration|\
        taxe?s?|taxpayers?|budget|layoffs?|policy|lawsuit|you (?:guys|people|all)|y'all|are (?:they|you) (?:cutting|\
        closing|getting|firing|hiding|going|really)|did (?:they|you) (?:fire|cut|cancel|really)|cutting|closing|\
        closed|cancell?ed|is it true|rumor|heard|bus(?:es)?|cafeteria|building|mold|aides?|crossing|cierran|cerrar|\
        distrito|escuela|mi hij[oa]|nadie responde|es (?:cierto|verdad)|junta)\b
""", I=INSTITUTION)
ANSWERS = pattern(r"""
    ^\W*(?:no|nope|yes|yep|correct|false|incorrect|wrong|not true|that is (?:false|not|incorrect)|that's (?:false|\
        not|incorrect)|untrue|si|falso|no es)\b
""")
#: A sentence without one of these has no "we".
OURS = pattern(r"\b(?:we|our|nuestr[ao]s?|les)\b | mos\b")
#: A text without one of these is not Spanish.
IN_SPANISH = words(r"""
    el | la | los | las | de | del | que | se | su | con | una | lo | en | nuestr[ao]s? | les | por | como | no es
    comunicado | aclaracion | lamentamos
""")
#: "We stand by our players" is no team's word, "we as a team" is.
IN_GROUP = pattern(rf"(?<!by )(?<!behind )(?<!protect )(?<!support )(?<!{GROUP}){GROUP}")
