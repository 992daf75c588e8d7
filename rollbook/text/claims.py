"""Claims to be the institution's voice, or that a post is official. ``<I>`` stands for a marked institution."""

from __future__ import annotations

from typing import Final

from rollbook.text.acts import Act, compiled

#: The acts that the weighing treats apart.
REPRESENTS: Final = "speaks as its representative"
ON_BEHALF: Final = "speaks on behalf of it"
OFFICIAL: Final = "calls the post official"
AS_ONE: Final = "speaks as the institution"

#: What may be official: each of these nouns is the institution's own word.
_WORD = (
    r"(?:statement|position|response|notice|word|announcement|message|reply|answer|communication|communique|update|stance|comment|line|"
    r"apology|denial|correction|clarification|memo|bulletin|release|report|explanation|decision)"
)
_SPORT = (
    r"(?:football|baseball|softball|soccer|basketball|hockey|lacrosse|tennis|golf|swim|track|volleyball|wrestling|cheer|band|choir|drama)"
)
#: A team represents its school too.
_NOT_IN_SPORT = (
    r"(?! (?:at (?:the |our )?(?:state|sectional|national|tournament|competition|conference|meet|match|game)|in the (?:state|final)|with (?:class|pride|"
    r"honor|heart)|proudly|so well|well))"
)
_TELL = r"(?:say|tell|announce|confirm|share|let|pass|relay|inform|post|clarify)"


def _claim(does: str, weight: float, *patterns: str, formal: bool = True, hints: tuple[str, ...] = ()) -> Act:
    return Act(does, "claim", weight, compiled(*patterns), formal, hints=frozenset(hints))


CLAIMS: tuple[Act, ...] = (
    _claim(ON_BEHALF, 1.0, r"(?:on|in) behalf of (?:[\w'-]+ ){0,4}?<I>", r"in the name of <I>", hints=("behalf", "name of")),
    _claim(
        "speaks for it", 1.0, r"\b(?:speaking|talking) (?:here |today |now )?(?:for|as) <I>",
        r"\b(?:confirm|say|answer|announce|respond|clarify|state|tell you|assure you) (?:this |that |it )?(?:for|as|from|on the part of) <I>",
        r"\bhear(?:d)? it (?:here )?(?:straight |directly )?from <I>",
        r"\b(?:i|we) (?:officially |hereby )?(?:speak|am speaking|are speaking|answer) (?:here )?for (?:[\w'-]+ ){0,3}?<I>",
        rf"\b(?:i|we) (?:officially |hereby )?represent <I>{_NOT_IN_SPORT}",
        hints=(" for ", " as ", " from ", "represent", "part of"),
    ),
    _claim(
        REPRESENTS, 1.0, r"\b(?:district|school|board)(?:'s)? (?:spokes\w+|representative|liaison|rep) here\b",
        r"\b(?:official |designated |authori[sz]ed )?(?:spokes(?:person|man|woman)|mouthpiece|official voice)"
        r"(?: (?:for|of|at|on) (?:[\w'-]+ ){0,4}?<I>|, <I>)",
        r"<I>(?:'s)? (?:[\w-]+ )?(?:spokes\w+|representative|voice|mouthpiece)\b",
        r"\bas (?:its|their|a|an|the|your)(?: official| authori[sz]ed)? (?:spokes\w+|representative|voice)\b", r"\bvoice of <I>",
        r"\bofficial (?:[\w-]+ |<I> ){0,3}(?:liaison|ambassador|representative|spokes\w+)",
        r"<I>'?s? (?:press (?:officer|contact)|public information officer|press secretary|spokes\w+)",
        hints=("spokes", "mouthpiece", "voice", "representative", "liaison", "ambassador", "press ", "information officer"),
    ),
    _claim(
        "speaks for it", 0.9, r"\bwe \(<I>\)", r"\bwe are <I> and\b", r"\bwe, <I>", r"\bon <I>(?:'s)? authority", r"\bas far as <I> is concerned",
        rf"\brepresenting <I>{_NOT_IN_SPORT}",
        r"\b(?:posting|writing|speaking|sharing|announcing|relaying) (?:this |here )?(?:for|on behalf of|at the request of) <I>",
        r"^\W{0,4}(?:for|from|by) <I>(?: \w+)?:", r"\bfrom all of us (?:at|in) <I>(?: \w+)?:", r"^\W{0,4}<I> (?:responds?|answers|replies|statement)\b",
    ),
    _claim(
        "issues a statement", 0.75, r"\bit has come to (?:our|the (?:district|school|board)'?s?) attention",
        r"\bconsider this (?:notice|a warning|the final|our|fair warning)", r"^\W{0,4}statement(?: re| on| about| regarding|:)",
        hints=("attention", "consider this", "statement"),
    ),
    _claim(
        OFFICIAL, 0.85, r"^\W{0,4}official\W{1,3}(?:from )?<I>",
        rf"\b(?:official|formal) <I>(?:'s)? (?:\w+ )?(?:policy|rule|protocol|decision|position|{_WORD})\b", hints=("official", "formal"),
    ),
    _claim(
        OFFICIAL, 1.0,
        r"(?:^|[\n.!?:] ?|\bthis is (?:the|an|our) |\bhere is our |\bconsider this (?:the|an|our) |\bour |<I>(?:'s)? )\W{0,4}"
        rf"(?:official|formal) {_WORD}\b(?!s)(?P<source> (?:from|of|by|for) (?P<from>[^:.,!?\n]{{1,40}}))?", hints=("official", "formal"),
    ),
    _claim(
        OFFICIAL, 0.7, r"\b(?:it's|it is|this is)(?: now)? official (?:policy|word|business)[^.!?]* <I>",
        r"<I>[^.!?]*\b(?:it's|it is|this is)(?: now)? official (?:policy|word)",
        rf"\bofficial (?:account|page|voice|home|feed) (?:of|for) <I>(?! (?:[a-z]+ )?{_SPORT})", formal=False, hints=("official",),
    ),
    _claim(
        "says that it is authorised", 0.9,
        r"\b(?:am|'m|been|are|'re) (?:authori[sz]ed|permitted|asked|instructed|told|cleared) (?:by <I> )?to "
        r"(?:tell|announce|confirm|share|state|pass|let|relay)\b",
        rf"\basked me to {_TELL}", r"\bquote me as", r"\bin my official capacity", r"\bin my capacity as [^.,]*<I>",
        r"\bauthori[sz]ed to (?:say|speak|announce)", hints=("authori", "permitted", "asked", "instructed", "told", "cleared", "quote me", "capacity"),
    ),
    _claim(
        "states its position", 0.95,
        r"<I>(?:'s?)? (?:official |formal |clear |only |current |final )?(?:position|stance|response|statement|commitment|promise|guarantee|word|"
        r"pledge|official [\w-]+|formal [\w-]+)(?: (?:on|about|regarding|to|as|for|toward) [^:!?]{1,70}?)?"
        r"(?: (?:is|remains|was always|has not|hasn't|stands|will)\b|:)",
    ),
    _claim(
        "states its position", 0.9,
        r"\bthe (?:answer|view|opinion|belief|response|word|consensus|message|feeling) (?:of|from) <I> (?:is|remains|:)",
        r"\bit is the (?:view|position|policy|opinion|belief|decision|feeling) of <I>", r"\bit is <I>(?:'s)? policy",
        rf"\bthis is (?:the|our|an?) (?:\w+ )?{_WORD} (?:of|from|by) <I>",
        r"<I>(?:'s?)? (?:response|answer|reply) to [^:.!?]{1,40}(?::| is\b)",
        rf"\bthe (?:position|stance|policy|decision|official {_WORD}) of <I>(?: (?:is|remains|has not|stands)\b|:)", r"\bit is the (?:position|stance) of <I>",
        r"\bour (?:official |formal )?(?:position|stance|response|answer) as (?:a|the) (?:district|school|board|department|administration)",
    ),
    _claim(
        "issues a statement", 0.9,
        r"^\W{0,6}(?:(?:an?|the|important|urgent|official|public|joint|formal|brief|short|media) )*"
        rf"(?:statement|press release|news release|correction|clarification|response|official {_WORD}|communique)\W{{0,3}}"
        r"(?: (?:from|by|of|on behalf of) <I>|\s{0,2}(?://|[:|-])\s{0,2}<I>)",
        r"^\W{0,6}<I>(?:'s)? (?:official )?(?:statement|response|clarification|correction|press release|position)\b"
        r"(?: (?:on|about|regarding|re|to|concerning) [^:!?.]{1,60})?(?::| -|,|\n)",
    ),
    _claim(
        "issues a notice", 0.75,
        r"^\W{0,6}(?:(?:an?|the|important|urgent|special|policy|schedule|service|safety|news|quick) )*(?:message|notice|announcement|update|word|communication|bulletin|alert|note|letter|"
        r"news)\W{0,3} from <I>(?:[^.!?\n:]{0,40})?(?::| -|\n|\Z)", r"\bfrom the desk of <I>", r"^\W{0,4}(?:district|school|board|<I>)(?:'s)? (?:update|notice|announcement)(?: \w+)?:", r"^\W{0,3}<I> here\b", formal=False,
    ),
    _claim(
        "signs as the institution", 0.8, r"\b(?:signed|sincerely),? (?:your |the )?<I>",
        r"(?:sincerely|regards|signed|respectfully|yours),?\s{1,3}(?:the )?(?:[\w.'-]+ ){0,3}<I>\W{0,4}\Z", r"\s[-~] ?(?:the )?<I>\W{0,4}\Z",
        hints=("sincerely", "regards", "signed", "respectfully", "yours", " -", " ~", "\n-"),
    ),
    _claim(
        AS_ONE, 0.65, r"\b(?:we|us) (?:here )?(?:at|of|in) <I>", r"\bhere at <I>,? we\b", r"\bwe,? <I>,?", r"\bas <I>,? we\b",
        r"\bas (?:a|the|one) (?:school )?(?:district|school|board|department|administration|school board|institution|office)\b,?(?: we\b|,)?",
        hints=("we", "us ", "as a", "as the", "as one"),
    ),
)
