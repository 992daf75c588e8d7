"""What stands around a speech act and makes it more or less the institution's: over folded, marked text."""

from __future__ import annotations

import re

from rollbook.text.acts import compiled
from rollbook.text.institutions import GROUP

#: Not speaking for anybody but oneself. **Source**: RULES.md, "a disclaimer".
DISCLAIMER = compiled(
    r"(?:can(?:'t|not)|do(?:es)?(?: not|n'?t)|not|never|nor|wouldn't|am not|'m not|isn't|no one can) (?:\w+ ){0,3}"
    r"(?:speak(?:ing)?|talking|represent\w*|be speaking|answer|comment) (?:\w+ ){0,2}?(?:for|on behalf|<I>|my employer)",
    r"not (?:an? |the |my )?(?:official|spokes\w+)", r"nothing official", r"unofficial",
    r"(?:views|opinions?|thoughts|tweets|posts|words|opiniones|comentarios|palabras)(?: here| expressed| alone)?,?(?: are| is| son)? "
    r"(?:all |only |solely |strictly )?(?:my own|mine|mias?|personales|propias|only)",
    r"my (?:own |personal )?(?:views?|opinions?)(?: only|,)",
    r"(?:speaking|talking|speak) (?:only |just |solely |strictly )?(?:for (?:me|myself)|as (?:a|an) (?!<I>))",
    r"\bjust (?:me|one teacher)\b", r"not (?:<I>)(?:'s)?\b(?=[:,.]|\Z| \w+ view| opinion| position)",
    r"not (?:those of|on behalf of)", r"\bno hablo", r"\bno represent", r"a titulo personal", r"opinion personal", r"mi opinion",
)
OPINION = compiled(
    r"\b(?:i|we teachers) (?:really |also |just |still |do |personally )?(?:think|believe|feel|guess|hope|wish|bet|suspect|doubt|wonder|"
    r"love|hate|dream|imagine|pray)\b",
    r"\bi(?:'m| am) (?:so |very |just )?(?:glad|happy|sad|tired|proud|sorry to|grateful|thankful|thrilled|heartbroken|lucky)",
    r"\bimh?o\b", r"\bin my (?:own |humble )?(?:opinion|view|book|experience)", r"\bpersonally\b", r"\bmy (?:two cents|take|opinion|hope|wish)\b",
    r"\bas an? (?:taxpayer|parent|resident|citizen|voter|mom|dad|father|mother|teacher|educator|union|member)\b",
    r"\b(?:proud|lucky|blessed) to\b", r"\b(?:creo|pienso|espero|ojala|siento que|me parece|en mi opinion|para mi)\b",
)
#: What is wished for, supposed, asked of the institution or told by somebody else.
NOT_ASSERTED = compiled(
    r"(?<!who )\b(?:if|should|ought|could|might|needs? to|has to|wish|until|unless|imagine|supposed to|refus(?:es|ed|ing) to|claims?|claimed|"
    r"pretends?|says|said|saying|(?:they|people|some|folks) say|told (?:us|me|staff|parents|families|the)|announced|announcing|reports? (?:that|the)|reported|reporting|"
    r"according to|per (?!our)|apparently|allegedly|reads?|heard|hearing|wrote|posted|posts|stated|shared|explained|link to|awaiting|waiting|"
    r"wait for|why (?:does|is|won't|has|did)|when will|demand|ask(?:ing|ed)? (?:the|our)|want (?:the|our)|begging|let's hope|maybe|perhaps|"
    r"rumou?r has it|(?:know|tell you|say|wonder|see|ask) (?:what|whether|how|why)|si(?!,)|deberia|debe|ojala|segun|dijo|dice)\b",
    r"\b(?:superintendente|directora?|principal|el|ella|noticias|diario) (?:anuncio|informo|comento|publico)\b",
)
#: In front of "official statement": the statement is somebody else's, or is still to come.
POINTS_TO = compiled(
    r"\b(?:read|see|find|share|sharing|reposting|link|waiting|awaiting|wait|until|no|not|where is|missed|saw|watch|leer?|lean|vean|esperando|"
    r"esperar)\b",
)
FEELING = compiled(
    r"heartbr|shame|disgrac|madden|ridiculous|outrag|disappoint|sick of|tired of|it shows|finally|relief|\bugh\b|\bsmh\b|so much for|pathetic",
    r"\bjoke\b|\bwow\b|embarrass|sad(?:ly|ness)?\b|unbelievable|again\?|fed up|hypocri|listen(?:ing)? to (?:us|teachers|parents)|care about",
)
RUMOR = compiled(
    r"rumou?r", r"contrary to", r"to be (?:very |perfectly |absolutely )?clear", r"let me be clear", r"(?:record|things|it|this) straight",
    r"let the record", r"misinformation", r"\bfalse\b", r"not true", r"untrue", r"no truth", r"\bi can (?:tell|assure|promise|confirm)",
    r"some (?:claim|say|have claimed)", r"whoever (?:keeps|is|said)", r"\bclaims? (?:that|of)", r"gossip", r"made up", r"has been asked",
    r"several of you", r"many of you", r"(?:^|\n)\W*(?:correction|clarification|aclaracion)", r"clear(?:ing)? up", r"for the record",
    r"in response to", r"(?:please )?be advised", r"please know", r"whatever you may", r"as has been", r"\bofficially[:,]", r"es falso", r"para que quede claro",
    r"sepan que", r"no es (?:cierto|verdad)", r"rumor",
)
#: Insistence: a promise underlined, a matter closed.
INSISTS = compiled(
    r"(?:that's|that is|thats|this is|it's) (?:a|our|my) (?:promise|guarantee|commitment|vow)", r"\b(?:my|our|the district's|its) word\b",
    r"\bguaranteed?\b", r"\b(?:have|given?|got) (?:my|our|its|the \w+'s) (?:promise|guarantee|commitment)", r"(?:won'?t|will not|will never) happen again", r"\bi promise", r"\bwe promise", r"(?:^|[.!] )promise\b", r"rest assured", r"full stop", r"not up for debate",
    r"(?:matter|case) is closed", r"where we stand", r"(?:that's|that is) our (?:answer|position|stance)", r"final word", r"is final\b",
    r"will not change", r"count on (?:it|us)", r"hold (?:us|me|them|the [a-z]+|<I>) to", r"no exceptions", r"period\.", r"mark my words",
    r"\bpunto\.", r"final answer", r"all (?:we have|i have|there is) to say", r"take (?:that|it) to the bank", r"consider it done",
    r"hold us account", r"lo garantiz", r"les prometo", r"palabra", r"es (?:definitiv|final)",
)
#: What makes "we at our school" or "as a district" a statement and no team talk.
RESOLVES = compiled(
    r"\b(?:decided|decision|will|won'?t|do not|don'?t|cannot|can'?t|never|no longer|require|expect|reject|apologi[sz]e|regret|den(?:y|ied)|"
    r"conclude|condemn|promise|pledge|guarantee|commit|stand|tolerate|condone|take|are sorry|are aware|have (?:chosen|determined|concluded|"
    r"agreed)|made|not|no comment|decidimos|hemos|lamentamos|queremos|no|[a-z]+mos)\b",
)
#: Somebody else is told of: "the spokesperson for the district is Ms. Odom".
OTHERS = compiled(
    r",? (?:is|was|are|were|has|had|said|says|told|will|called|tells|posted|announced)\b(?! (?:that|clear|simple|final|no|yes|unchanged))",
)
#: Said in play, or of a game.
PLAYFUL = compiled(r"!!", r"\b(?:lol|haha|ha ha|jk|lmao|goalie|puns?|in advance|jaja)\b", r"[😂😅🤣😜😉🤪🙃]")
#: Thanks and congratulations. **Source**: RULES.md, "on behalf of the music department" at an event is a courtesy.
COURTESY = compiled(
    r"thank|congrat|happy|welcome|best wishes|good luck|cheers|grateful|gratitude|appreciat|applau|condolence|honou?red|proud|shout ?out|bravo",
    r"well done|merry|season's|love|gracias|felici|agradec|bienvenid|orgullos|enhorabuena|saludos",
)
#: Regret that belongs to a routine notice.
ROUTINE = compiled(
    r"(?:late|short|last[- ]minute|delayed) notice|inconvenience|the delay\b|any confusion|the confusion|the wait\b|typo|mix-?up in the time",
    r"for the change|molestias|inconvenien|demora",
)
#: How an announcement goes on.
ANNOUNCES = compiled(
    r"\b(?:families|parents|students|staff|you|everyone) will (?:get|receive|hear|be (?:notified|contacted|told))", r"\bdetails (?:to|will) follow",
    r"\bletters? (?:will |are )?(?:go(?:es|ing)?|be sent) (?:home|out)", r"\beffective (?:immediately|today|next|monday|january|[a-z]+ [0-9])",
    r"\bas of (?:today|now)", r"thank you for your (?:cooperation|patience|understanding)", r"gracias por su (?:comprension|paciencia|cooperacion)",
)
PUBLIC = compiled(
    r"\b(?:dear|attention|to (?:all|our|the|every)|our|all|those who|hello|atencion|estimad[ao]s)\b[^.!?]{0,30}\b(?:families|parents|guardians|"
    r"community|neighbors|residents|taxpayers|voters|alumni|familias|padres|comunidad)\b",
    r"\bto those (?:affected|who)", r"your (?:child|children|student|hijo|hijos)",
)
#: A question or complaint about the institution, in the post that is answered.
ASKED = compiled(
    "<I>",
    r"\b(?:why|rules?|ridiculous|insane|unacceptable|explain|explanation|shame|my (?:kids?|son|daughter|child|childs?)|who pays|nobody responds|"
    r"district|school board|board|superintendent|principal|admin|administration|taxe?s?|taxpayers?|budget|layoffs?|policy|lawsuit|"
    r"you (?:guys|people|all)|y'all|are (?:they|you) (?:cutting|closing|getting|firing|hiding|going|really)|did (?:they|you) (?:fire|cut|cancel|"
    r"really)|cutting|closing|closed|cancell?ed|is it true|rumor|heard|bus(?:es)?|cafeteria|building|mold|aides?|crossing|cierran|cerrar|"
    r"distrito|escuela|mi hij[oa]|nadie responde|es (?:cierto|verdad)|junta)\b",
)
ANSWERS = compiled(
    r"^\W*(?:no|nope|yes|yep|correct|false|incorrect|wrong|not true|that is (?:false|not|incorrect)|that's (?:false|not|incorrect)|untrue|si|"
    r"falso|no es)\b",
)
#: A sentence without one of these has no "we".
OURS = compiled(r"\b(?:we|our|nuestr[ao]s?|les)\b|mos\b")
#: A text without one of these is not Spanish.
IN_SPANISH = compiled(r"\b(?:el|la|los|las|de|del|que|se|su|con|una|lo|en|nuestr[ao]s?|les|por|como|no es|comunicado|aclaracion|lamentamos)\b")
IN_GROUP = re.compile(GROUP)
