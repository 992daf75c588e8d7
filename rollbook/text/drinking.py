"""Words that tell of drink or drugs, and of what they did to the one who writes.

The rule catalogue: what is boasted of drinking on duty is personal use, and conduct too where it is drunkenness. One
post then does two things, and a reader who has seen the one forgets the other.
"""

from __future__ import annotations

from rollbook.text.folding import fold
from rollbook.text.patterns import pattern, words

_DRINK = words(r"""
    beers? | wines? | whisk(?:e)?y | bourbon | vodka | tequila | rum | gin | schnapps | eggnog | margs? | margaritas?
    mimosas? | sangria | champagne | prosecco | mezcal | moonshine | booze | liquor | cocktails? | spiked | shots of \w+
    happy hour | hard (?:cider|seltzer) | flask | thermos | weed | edibles? | gummies | joint | bong | bowls? in
    cervezas? | chelas? | vinos? | ron | tragos? | copas? | mota | porro
""")
_DRINK_SHOWN = pattern(r"""
    🍺 | 🍻 | 🍷 | 🥂 | 🍸 | 🍹 | 🥃 | 🍾 | 🍶
""")
_DRUNK = words(r"""
    drunk | tipsy | buzzed | hammered | wasted | plastered | sloshed | smashed | trashed | tanked | lit | stoned | baked
    hung ?over | hangover | blacked out | black ?out | blurry | a blur | spinning | wobbly | slurring
    (?:ca|can)n?['’]?(?:no)?t (?:feel|find) my \w+ | no longer feel my \w+ | passed out
    (?:two|three|four|five|six|seven|eight|\d+) (?:\w+ )?(?:deep|down)
    (?:cups|drinks|rounds|bowls) in | (?:second|third|fourth|fifth|sixth) refill
    bottle (?:number )?(?:two|three|four|five) | \d+ percent and so am i
    borrach[oa]s? | ped[oa]s? | cruda | resaca | jarra | mareado | mareada
""")


def tells_of_drinking(text: str) -> bool:
    """Whether drink or drugs are spoken of."""
    return _DRINK.search(fold(text).text) is not None or _DRINK_SHOWN.search(text) is not None


def tells_of_drunkenness(text: str) -> bool:
    """Whether drink or drugs are spoken of, and what they did."""
    return tells_of_drinking(text) and _DRUNK.search(fold(text).text) is not None
