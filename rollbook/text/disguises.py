"""The ways in which people write a mail address so that programs do not see it, as patterns over folded text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

#: Letters of a first label that names the District even without its ending.
_TELLING = 5

#: What ASCII offers to write a letter with; other scripts are folded before. **Source**: UTS #39, and "leet".
_SHAPES = {
    "a": "[a4]", "e": "[e3]", "i": "[i1l|]", "l": "[l1i|]", "m": "(?:m|rn)", "o": "[o0]", "s": "[s5$]", "w": "(?:w|vv)",
}
#: One letter for each group of shapes, all else away: the quick look whether a domain can stand in a text at all.
_SQUEEZE: dict[int, int | None] = {code: None for code in range(128) if not chr(code).isalnum()}
_SQUEEZE.update(str.maketrans("01345$|i", "oleassll"))

#: Signs that stand for "@"; each is one code point, so that every position stays what it is.
_AT_SHAPES = re.compile("[📧✉📨📩📬📮📪📫💌🖂]|(?<![Ⓐ-ⓩ])[ⓐⒶ](?![Ⓐ-ⓩ])")

#: One sign of another script as a web address or a page spells it.
_ESCAPED = re.compile(
    r"%E[0-9A-F](?:%[89AB][0-9A-F]){2}|%F[0-4](?:%[89AB][0-9A-F]){3}|&#(?:x[0-9A-F]{1,6}|[0-9]{1,7});", re.IGNORECASE
)

_OPEN, _CLOSE = r"[\[({<*_~|/\\\"':=+,#!^%&;-]+\s?", r"\s?[\])}>*_~|/\\\"':=+,#!^%&;-]+"
_AT = r"(?:@|at|a|arroba|(?:the )?at[ -]?(?:sign|symbol)|signo de arroba)"
_DOT_WORD = r"(?:d[o0]t|punto|punkt|point|period)"
_BRACKETED_DOT = rf"\s?{_OPEN}(?:{_DOT_WORD}|\.){_CLOSE}\s?"
_HYPHEN = r"(?:-|\s?(?:dash|hyphen|guion|minus)\s?)"
#: Between the labels of the domain.
_DOT = rf"(?:{_BRACKETED_DOT}|\.{_DOT_WORD}\.|\s?{_DOT_WORD}\s?|\s{{0,2}}[.•]\s{{0,2}}|,)"
#: In a mailbox or a subdomain, where bare spaces around a dot would join two sentences.
_INNER_DOT = rf"(?:\.|{_BRACKETED_DOT}|\s{_DOT_WORD}\s)"

_PART = r"(?:name|surname|initials?|apellidos?|nombre)"
DESCRIBED = (
    rf"\b(?:(?:my|mi|our) )?(?:first|last|full|sur|family|initial|nombre|apellido|"
    rf"inicial)\b[\w\s,.+&'-]{{0,40}}?{_PART}|\b(?:my|mi|our) (?:(?:last|sur|full|user|whole) ?)?(?:{_PART}|handle|"
    rf"username|usuario)"
)
_LOCAL = rf"(?:\w[\w+-]*{_INNER_DOT}){{0,3}}\w(?:[\w.%+'-]*\w)?|(?:\w\s){{2,}}\w"
_JOINED = r"(?:then|plus|followed by|with|and|luego|mas|seguido de|y)"
_USUAL = r"usual|same|regular|normal|district|school"

#: What stands left of a domain: the mailbox, how it is joined, and subdomains.
LEFT = re.compile(
    rf"(?P<local>{DESCRIBED}|(?<![\w.+-])(?:{_LOCAL}))"
    r"(?:(?P<sign>\s{0,2}@\s{0,2})"
    rf"|(?P<bracketed>\s{{0,2}}{_OPEN}{_AT}{_CLOSE}\s{{0,2}})"
    r"|(?P<word>,?\s+(?:at|arroba|(?:then |the ){0,2}at[ -](?:sign|symbol),?(?: then)?),?\s+)"
    rf"|(?P<apart>,?\s(?:{_JOINED}\s){{1,2}}(?:(?:the|our|el)\s)?(?:(?:{_USUAL})\s)?@\s?)"
    r"|(?P<bullet>\s?[•|/]\s?)"
    r"|(?P<glued>\.at\.|at))"
    rf"(?P<sub>(?:[a-z0-9][a-z0-9-]*{_INNER_DOT}){{0,4}})\Z"
)
#: The mailbox right of its domain: "put @ourschool.org after my last name".
RIGHT = re.compile(
    rf"\s(?:after|to|behind|onto|despues de|tras|a)\s(?P<local>{DESCRIBED}|(?:(?:my|mi) )?(?:last|first) name|"
    rf"\w[\w.]*\w)"
)
#: A domain that goes on is another domain: "ourschool.org.example.com", "ourschool dot org dot example".
GOES_ON = re.compile(rf"\.(?P<label>[a-z0-9])|{_BRACKETED_DOT}\w|\s(?:dot|punto)\s\w")
#: A dot or a domain part that is spelled: nobody writes a web address so.
SPELLED = re.compile(rf"{_DOT_WORD}|{_BRACKETED_DOT}|\s[.•]|,|\bdash\b|\bguion\b|\bhyphen\b")
#: The domain in words, where the mailbox stands before it: "jdoe at our district domain".
IN_WORDS = re.compile(
    r"\b(?:our|the|my|el|nuestro|usual)?[ ]?(?:usual |same |normal )?(?:(?:school )?district|school|work)?(?:'s)?[ ]?"
    r"(?:e-?mail |mail |web )?(?:domain|dominio)\b(?: name)?(?: del distrito| de la escuela| escolar)?"
)


@dataclass(frozen=True, slots=True)
class Domain:
    """A mail domain in every spelling."""

    name: str
    #: Its longest word, squeezed: a text without it, forwards or backwards, holds no address of the domain.
    squeezed: str
    pattern: re.Pattern[str]
    #: The first label alone, right after an at-sign: "jdoe@ourschool"; None where it is too short to tell anything.
    label: re.Pattern[str] | None


def squeeze(text: str) -> str:
    """Letters and digits of folded text alone, one letter for each group of shapes."""
    return text.translate(_SQUEEZE).replace("rn", "m").replace("vv", "w")


def with_at_signs(text: str) -> str:
    """The text with "@" for the signs that stand for it. **Shape**: as many code points as before."""
    if "%" in text or "&#" in text:
        text = _ESCAPED.sub(_escaped_sign, text)
    return text if text.isascii() else _AT_SHAPES.sub("@", text)


def _escaped_sign(match: re.Match[str]) -> str:
    written = match.group()
    shown = html.unescape(written) if written[0] == "&" else unquote(written, errors="ignore")
    # What folding drops fills the place of the escape, so that every position stays what it is.
    return "@".ljust(len(written), "\u200b") if _AT_SHAPES.fullmatch(shown) else written


def plain_dots(written: str) -> str:
    """A mailbox or a subdomain with its dots as dots."""
    return re.sub(_INNER_DOT, ".", written)


@lru_cache(maxsize=16)
def domains(names: tuple[str, ...]) -> tuple[Domain, ...]:
    """The compiled domains; one below another one needs no pattern of its own."""
    return tuple(
        _compile(name) for name in dict.fromkeys(names) if not any(name.endswith("." + other) for other in names)
    )


def _compile(name: str) -> Domain:
    labels = name.split(".")
    first = labels[0]
    spread, glued = _DOT.join(map(_letters, labels)), _DOT_WORD.join(map(_letters, labels))
    words = [word for label in labels[:-1] or labels for word in label.split("-")]
    return Domain(
        name,
        squeeze(max(words, key=len)),
        re.compile(rf"(?:(?<![a-z0-9])(?:{spread})|{glued})(?!-?\w)"),
        re.compile(rf"(?<=@){re.escape(first)}(?![\w-])(?!{_INNER_DOT}\w)") if len(first) >= _TELLING else None,
    )


def _letters(label: str) -> str:
    return r"\s{0,2}".join(_HYPHEN if letter == "-" else _SHAPES.get(letter, re.escape(letter)) for letter in label)
