"""Claims to be the institution's voice, or that a post is official. ``<I>`` stands for a marked institution."""

from __future__ import annotations

from typing import Final

from rollbook.text.acts import Act, said
from rollbook.text.patterns import group

#: The acts that the weighing treats apart.
REPRESENTS: Final = "speaks as its representative"
ON_BEHALF: Final = "speaks on behalf of it"
OFFICIAL: Final = "calls the post official"
AS_ONE: Final = "speaks as the institution"

#: What may be official: each of these nouns is the institution's own word.
_WORD = group("""
    statement | position | response | notice | word | announcement | message | reply | answer | communication
    communique | update | stance | comment | line | apology | denial | correction | clarification | memo | bulletin
    release | report | explanation | decision
""")
_SPORT = group("""
    football | baseball | softball | soccer | basketball | hockey | lacrosse | tennis | golf | swim | track
    volleyball | wrestling | cheer | band | choir | drama
""")
#: A team represents its school too.
_NOT_IN_SPORT = "(?! " + group("""
    at (?:the |our )?(?:state|sectional|national|tournament|competition|conference|meet|match|game)
    in the (?:state|final) | with (?:class|pride|honor|heart) | proudly | so well | well
""") + ")"
_TELL = group("say | tell | announce | confirm | share | let | pass | relay | inform | post | clarify")


def _claim(does: str, weight: float, patterns: str, *, formal: bool = True, hints: tuple[str, ...] = ()) -> Act:
    pattern = said(patterns, WORD=_WORD, SPORT=_SPORT, NOT_IN_SPORT=_NOT_IN_SPORT, TELL=_TELL)
    return Act(does, "claim", weight, pattern, formal, hints=frozenset(hints))


CLAIMS: tuple[Act, ...] = (
    _claim(ON_BEHALF, 1.0, r"""
        (?:on|in) behalf of (?:[\w'-]+ ){0,4}?<I> | in the name of <I>
    """, hints=("behalf", "name of")),
    _claim("speaks for it", 1.0, r"""
        \b(?:speaking|talking) (?:here |today |now |[a-z]+ly )?(?:for|as) <I>
        \b(?:confirm|say|answer|announce|respond|clarify|state|tell you|assure you) (?:this |that |it )?(?:for|as|\
            from|on the part of) <I>
        \bhear(?:d)? it (?:here )?(?:straight |directly )?from <I>
        \b(?:i|we) (?:officially |hereby )?(?:speak|am speaking|are speaking|\
            answer) (?:here )?for (?:[\w'-]+ ){0,3}?<I>
        \b(?:i|we) (?:officially |hereby )?represent <I><NOT_IN_SPORT>
    """, hints=(" as ", " for ", " from ", "part of", "represent")),
    _claim(REPRESENTS, 1.0, r"""
        \b(?:district|school|board)(?:'s)? (?:spokes\w+|representative|liaison|rep) here\b
        \b(?:official |designated |authori[sz]ed )?(?:spokes(?:person|man|woman)|mouthpiece|\
            official voice)(?: (?:for|of|at|on) (?:[\w'-]+ ){0,4}?<I>|, <I>)
        <I>(?:'s)? (?:[\w-]+ )?(?:spokes\w+|representative|voice|mouthpiece)\b
        \bas (?:its|their|a|an|the|your)(?: official| authori[sz]ed)? (?:spokes\w+|representative|voice)\b
        \bvoice of <I> | \bofficial (?:[\w-]+ |<I> ){0,3}(?:liaison|ambassador|representative|spokes\w+)
        <I>'?s? (?:press (?:officer|contact)|public information officer|press secretary|spokes\w+)
    """, hints=(
        "ambassador", "information officer", "liaison", "mouthpiece", "press ", "rep", "spokes", "voice",
    )),
    _claim("speaks for it", 0.9, r"""
        \bwe \(<I>\) | \bwe are <I> and\b | \bwe, <I> | \bon <I>(?:'s)? authority | \bas far as <I> is concerned
        \brepresenting <I><NOT_IN_SPORT>
        \b(?:posting|writing|speaking|sharing|announcing|relaying) (?:this |here )?(?:for|on behalf of|\
            at the request of) <I>
        ^\W{0,4}(?:for|from|by) <I>(?: \w+)?: | \bfrom all of us (?:at|in) <I>(?: \w+)?:
        ^\W{0,4}<I> (?:responds?|answers|replies|statement)\b
    """),
    _claim("issues a statement", 0.75, r"""
        \bit has come to (?:our|the (?:district|school|board)'?s?) attention
        \bconsider this (?:notice|a warning|the final|our|fair warning)
        ^\W{0,4}statement(?: re| on| about| regarding|:)
    """, hints=("attention", "consider this", "statement")),
    _claim(OFFICIAL, 0.85, r"""
        ^\W{0,4}official\W{1,3}(?:from )?<I>
        \b(?:official|formal) <I>(?:'s)? (?:\w+ )?(?:policy|rule|protocol|decision|position|<WORD>)\b
    """, hints=("formal", "official")),
    _claim(OFFICIAL, 1.0, r"""
        (?:^|[\n.!?:] ?|\bthis is (?:the|an|our) |\bhere is our |\bconsider this (?:the|an|our) |\bour |\
            <I>(?:'s)? )\W{0,4}(?:official|formal) <WORD>\b(?!s)(?P<source> (?:from|of|by|\
            for) (?P<from>[^:.,!?\n]{1,40}))?
    """, hints=("formal", "official")),
    _claim(OFFICIAL, 0.7, r"""
        \b(?:it's|it is|this is)(?: now)? official (?:policy|word|business)[^.!?]{0,200} <I>
        <I>[^.!?]{0,200}\b(?:it's|it is|this is)(?: now)? official (?:policy|word)
        \bofficial (?:account|page|voice|home|feed) (?:of|for) <I>(?! (?:[a-z]+ )?<SPORT>)
    """, formal=False, hints=("official",)),
    _claim("says that it is authorised", 0.9, r"""
        \b(?:am|'m|been|are|'re) (?:authori[sz]ed|permitted|asked|instructed|told|cleared) (?:by <I> )?to (?:tell|\
            announce|confirm|share|state|pass|let|relay)\b
        \basked me to <TELL> | \bquote me as | \bin my official capacity | \bin my capacity as [^.,]*<I>
        \bauthori[sz]ed to (?:say|speak|announce)
    """, hints=("asked", "authori", "capacity", "cleared", "instructed", "permitted", "quote me", "told")),
    _claim("states its position", 0.95, r"""
        <I>(?:'s?)? (?:official |formal |clear |only |current |final )?(?:position|stance|response|statement|\
            commitment|promise|guarantee|word|pledge|official [\w-]+|formal [\w-]+)(?: (?:on|about|regarding|to|as|\
            for|toward) [^:!?]{1,70}?)?(?: (?:is|remains|was always|has not|hasn't|stands|will)\b|:)
    """),
    _claim("states its position", 0.9, r"""
        \bthe (?:answer|view|opinion|belief|response|word|consensus|message|feeling) (?:of|from) <I> (?:is|remains|:)
        \bit is the (?:view|position|policy|opinion|belief|decision|feeling) of <I> | \bit is <I>(?:'s)? policy
        \b(?:per|by) (?:our|<I>(?:'s)?) decision | \bthis is (?:the|our|an?) (?:\w+ )?<WORD> (?:of|from|by) <I>
        <I>(?:'s?)? (?:response|answer|reply) to [^:.!?]{1,40}(?::| is\b)
        \bthe (?:position|stance|policy|decision|official <WORD>) of <I>(?: (?:is|remains|has not|stands)\b|:)
        \bit is the (?:position|stance) of <I>
        \bour (?:official |formal )?(?:position|stance|response|answer) as (?:a|the) (?:district|school|board|\
            department|administration)
    """),
    _claim("issues a statement", 0.9, r"""
        ^\W{0,6}(?:(?:an?|the|important|urgent|official|public|joint|formal|brief|short|media) )*(?:statement|\
            press release|news release|correction|clarification|response|official <WORD>|\
            communique)\W{0,3}(?: (?:from|by|of|on behalf of) <I>|\s{0,2}(?://|[:|-])\s{0,2}<I>)
        ^\W{0,6}<I>(?:'s)? (?:official )?(?:statement|response|clarification|correction|press release|\
            position)\b(?: (?:on|about|regarding|re|to|concerning) [^:!?.]{1,60})?(?::| -|,|\n)
    """),
    _claim("issues a notice", 0.75, r"""
        ^\W{0,6}(?:(?:an?|the|important|urgent|special|policy|schedule|service|safety|news|quick) )*(?:message|\
            notice|announcement|update|word|communication|bulletin|alert|note|letter|\
            news)\W{0,3} from <I>(?:[^.!?\n:]{0,40})?(?::| -|\n|\Z)
        \bfrom the desk of <I> | ^\W{0,4}(?:district|school|board|<I>)(?:'s)? (?:update|notice|announcement)(?: \w+)?:
        ^\W{0,3}<I> here\b
    """, formal=False),
    _claim("signs as the institution", 0.8, r"""
        \b(?:signed|sincerely),? (?:your |the )?<I>
        (?:sincerely|regards|signed|respectfully|yours),?\s{1,3}(?:the )?(?:[\w.'-]+ ){0,3}<I>\W{0,4}\Z
        \s[-~] ?(?:the )?<I>\W{0,4}\Z
    """, hints=("\n-", " -", " ~", "regards", "respectfully", "signed", "sincerely", "yours")),
    _claim(AS_ONE, 0.65, r"""
        \b(?:we|us) (?:here )?(?:at|of|in) <I> | \bhere at <I>,? we\b | \bwe,? <I>,? | \bas <I>,? we\b
        \bas (?:a|the|one) (?:school )?(?:district|school|board|department|administration|school board|institution|\
            office)\b,?(?: we\b|,)?
    """, hints=("as a", "as one", "as the", "us ", "we")),
)
