"""Makes characters that a reader cannot see, or that reorder what he reads, visible: nothing in a post may hide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: Short names as the Unicode charts draw them. **Source**: https://www.unicode.org/charts/PDF/U2000.pdf (2025).
_NAMES = {
    0x00AD: "SHY", 0x034F: "CGJ", 0x061C: "ALM", 0x115F: "HCF", 0x1160: "HJF", 0x17B4: "KIV", 0x17B5: "KIV",
    0x180E: "MVS", 0x200B: "ZWSP", 0x200C: "ZWNJ", 0x200D: "ZWJ", 0x200E: "LRM", 0x200F: "RLM", 0x2028: "LSEP",
    0x2029: "PSEP", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO", 0x2060: "WJ",
    0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0x3164: "HF", 0xFEFF: "ZWNBSP", 0xFFA0: "HWHF",
}
#: Control characters but tab and line feed, surrogates without a partner, what is invisible or turns the direction of
#: writing, tags, variation selectors beyond the sixteen that emoji and old letters need, noncharacters.
_UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\ud800-\udfff"
)
_COMBINING = "\u0300-\u034e\u0350-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
#: Marks on one letter that are drawn; the others are counted. Living orthographies stack two, scholarly ones three or
#: four. **Source**: Unicode Standard Annex 15, section 13, bounds a stack at 30 for machines; a line of print is lower.
_STACKED = 4
_TOKEN = re.compile(
    "(?P<kept>\U0001f3f4[\U000e0020-\U000e007f]{1,10})"  # the flags of Scotland, Wales and England
    "|(?P<line>\r(?=\n))"  # Windows ends a line with two characters
    f"|(?P<stack>(?<=[{_COMBINING}]{{{_STACKED}}})[{_COMBINING}]+)"
    f"|(?P<unseen>[{_UNSEEN}])"
)
#: Scripts from here on join letters with ZWJ and ZWNJ, and emoji are built with them; before it they only hide.
_JOINING_SCRIPTS = "\u0600"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text as it is shown."""

    #: Where it stood, half-open, in code points.
    start: int
    end: int
    #: What is printed: the words themselves, of the same length; for what cannot be seen, its short name.
    text: str
    #: For what cannot be seen: its full name. Empty for ordinary words.
    unseen: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """The text as it may be shown. **Shape**: in order, without gaps."""
    done = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match["kept"] or (match["unseen"] in ("\u200c", "\u200d") and _joins(text, start)):
            continue
        if done < start:
            yield Piece(done, start, text[done:start])
        yield Piece(start, end, "") if match["line"] else _shown(text[start:end], start, end)
        done = end
    if done < len(text):
        yield Piece(done, len(text), text[done:])


def plain(text: str) -> str:
    """The text with everything unseen in brackets or as a control picture, for places that hold no markup."""
    if not _TOKEN.search(text):
        return text
    return "".join(
        piece.text if not piece.unseen or len(piece.text) == 1 else f"[{piece.text}]" for piece in pieces(text)
    )


def _shown(found: str, start: int, end: int) -> Piece:
    code = ord(found[0])
    if unicodedata.combining(found[0]) or len(found) > 1:
        return Piece(start, end, f"+{len(found)} marks", f"{len(found)} more combining marks on one letter")
    if code < 0x20 or code == 0x7F:
        symbol = "\u2421" if code == 0x7F else chr(0x2400 + code)
        return Piece(start, end, symbol, f"control character U+{code:04X}")
    name = unicodedata.name(found, "character that is not shown").lower()
    return Piece(start, end, _NAMES.get(code, f"U+{code:04X}"), f"{name}, U+{code:04X}")


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands where writing needs it: in an emoji, or in Arabic, Persian and the scripts of India."""
    beside = text[max(place - 1, 0):place] + text[place + 1:place + 2]
    return len(beside) == 2 and all(unicodedata.normalize("NFKC", sign)[0] >= _JOINING_SCRIPTS for sign in beside)
