"""What the body of an answer is before anybody parses it: its letters, its word for an error, whether it is HTML."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable

from rollbook.errors import PageError
from rollbook.types import Page

#: A title that asks to log in.
LOG_IN = r"\b(?:log|sign)[ -]?(?:in|on)\b"

#: Those of UTF-32 begin like those of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
#: ISO-8859-1 means windows-1252 on the web. **Source**: WHATWG Encoding Standard, 4.2.
_LATIN = re.compile(r"(?:iso-?8859-1|latin-?1|us-ascii)", re.IGNORECASE)
# Atomic: where one comment ends is never tried anew, which many of them would make exponential.
_HTML = re.compile(rb"(?is)\s*+(?>(?:<!--(?>.*?-->)\s*+)*)<(?:!doctype\s+html|html|head|body)\b")
_PASSWORD = re.compile(rb"<input[^<>]{0,500}?type\s*=\s*[\"']?password", re.IGNORECASE)
_LOGIN_TITLE = re.compile(rb"<title[^<>]{0,100}>[^<]{0,200}?" + LOG_IN.encode(), re.IGNORECASE)


def is_html(body: bytes) -> bool:
    """Whether a body is a web page."""
    return _HTML.match(body[:8192].removeprefix(codecs.BOM_UTF8)) is not None


def asks_to_log_in(body: bytes) -> bool:
    """Whether a web page that nobody asked for is a login."""
    head = body[:262_144]
    return _PASSWORD.search(head) is not None or _LOGIN_TITLE.search(head) is not None


def word_of(body: bytes, name: str) -> str:
    """A network's own word for an error, in the field of that name of its JSON; empty where there is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    word = said.get(name) if isinstance(said, dict) else None
    return word[:60] if isinstance(word, str) else ""


def charset_in(text: str) -> list[str]:
    """The encoding that a ``Content-Type`` or a ``meta`` element names; empty where it names none."""
    found = _CHARSET.search(text)
    return [found[1]] if found else []


def decoded(page: Page, declared: Iterable[str], *, wide: str = "", may_be_cut: bool = False) -> tuple[str, str]:
    """The text of a page, and what was odd about its letters in words; ``declared`` is what it says of them itself.

    What decodes as UTF-8 is UTF-8, whatever it declares: nothing else does by chance. ``wide`` is an encoding that its
    first bytes prove. ``may_be_cut``: the caller looks at the end, so that a character that is cut there is left out.

    **Raises** PageError: wrong-charset.
    """
    body = page.body
    proved = wide or next((name for start, name in _BYTE_ORDER_MARKS if body.startswith(start)), "")
    if proved:
        try:
            return codecs.getincrementaldecoder(proved)().decode(body, not may_be_cut).removeprefix("\ufeff"), ""
        except UnicodeDecodeError as err:
            cause = f"byte {err.start} is not {proved}, as it begins"
            raise PageError(cause, account=page.account, place=page.part, code="wrong-charset") from None
    said = [*charset_in(page.headers.get("content-type", "")), *declared]
    meant = [name for one in said for name in (_LATIN.fullmatch(one) and "windows-1252", one) if name]
    # ISO-2022 and HZ write everything in seven bits, so their bytes are good UTF-8 with a wrong meaning.
    first = [name for name in said if name.lower().startswith(("iso-2022", "hz"))]
    for name in dict.fromkeys([*first, "utf-8", *meant]):
        text = _in(body, name, may_be_cut=may_be_cut)
        if text is not None:
            return text, ""
    claim = f"it is not {said[0]}, as it says" if said else "it does not say how it is written"
    return body.decode("windows-1252", "replace"), f"{claim}; it was read as windows-1252"


def _in(body: bytes, encoding: str, *, may_be_cut: bool) -> str | None:
    try:
        if may_be_cut and encoding == "utf-8":
            return codecs.getincrementaldecoder(encoding)().decode(body)
        return body.decode(encoding)
    except (LookupError, ValueError):
        return None  # no such encoding, or not this one
