"""Characters that a reader takes for another one, and the plain letter each stands for.

Only what Unicode's own compatibility forms (NFKD) do not undo already: full-width, bold, circled and superscript
letters need no line here. **Source**: Unicode Technical Standard #39 describes the problem; the choice is ours and
holds the letters that spell Latin mail addresses in Cyrillic, Greek, Armenian, Cherokee, Lisu and phonetic script.
"""

from __future__ import annotations

_LETTERS = {
    "a": "аɑαᴀΑАᎪꓮⲁ",
    "b": "ЬьвВΒβʙᏏꓐᏴ",
    "c": "сСϲϹᴄꓚᏟⲥ",
    "d": "ԁԀᴅᎠꓓđĐɗ",
    "e": "еЕєεΕᴇҽᎬꓰ℮ɛ",
    "f": "ϝϜꓝƒғ",
    "g": "ɡɢԍԌցᶃᏀꓖ",
    "h": "һҺНнΗʜհᎻᏂꓧħ",
    "i": "іІιΙıɪɩᎥꓲ",
    "j": "јЈϳᴊʝᎫꓙȷ",
    "k": "кКκΚᴋĸᏦꓗⲕ",
    "l": "ӏӀʟꓡᏞłŁ∣ǀ",
    "m": "мМΜᴍᎷꓟ",
    "n": "ոռɴΝꓠпŋ",
    "o": "оОοΟσᴏօՕꓳⲟᴑøØ",
    "p": "рРρΡᴘᏢꓑⲣ",
    "q": "ԛԚգզ",
    "r": "гʀᴦᎡᏒꓣɾ",
    "s": "ѕЅꜱՏᏚꓢʂƽ",
    "t": "тТτΤᴛᎢꓔ",
    "u": "սՍυᴜꓴʊ",
    "v": "νѵѴᴠᏙꓦʋ",
    "w": "ԝԜѡωᴡᏔꓪшШ",
    "x": "хХχΧꓫ×",
    "y": "уУγΥүҮʏყꓬᎩ",
    "z": "ᴢΖᏃꓜʐ",
}

#: Marks that mean the same as an ASCII one. Dashes get spaces: "org—thanks" are two words, "k-12" is one.
_MARKS = {
    "'": "‘’‚‛ʼʹ´",
    '"': "“”„‟«»",
    "-": "‐‑⁃−",
    " - ": "‒–—―",
    ".": "。｡·‧∙⋅・ꓸ",
    "|": "│┃",
}

#: Signs that show nothing and are no format characters in Unicode's tables: Hangul fillers, braille blank.
INVISIBLE = "\u115f\u1160\u3164\uffa0\u2800"

LOOKALIKES: dict[str, str] = {
    **{shape: plain for table in (_LETTERS, _MARKS) for plain, shapes in table.items() for shape in shapes},
    **dict.fromkeys(INVISIBLE, ""),
    # White letters on a dark disc or square, which have no compatibility form.
    **{chr(first + place): chr(ord("a") + place) for first in (0x1F150, 0x1F170) for place in range(26)},
}
