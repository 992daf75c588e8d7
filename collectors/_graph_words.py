"""Names, hashtags and addresses in the words of Facebook, Instagram and Threads, which mark none of them."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from collectors._caption import read_caption
from rollbook.hypertext import web_address

_MENTION = re.compile(r"(?<![\w.@/])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{0,28}[A-Za-z0-9_])?)(?![\w@])")
#: Meta's own redirects, which sign the address anew each time.
_SHIM = re.compile(r"l\.(?:facebook|instagram|threads)\.com", re.IGNORECASE)


def hashtags(text: str) -> tuple[str, ...]:
    """As they are written, without "#"; a number alone is none with Meta."""
    return tuple(tag for tag in read_caption(text).hashtags if not tag.isdecimal())


def mentions(text: str) -> tuple[str, ...]:
    """As they are written, without "@"; a mail address mentions nobody."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))


def links(text: str, *more: str) -> tuple[str, ...]:
    """The addresses in a text and beside it, each once, without Meta's redirects."""
    plain = (straight(address) for address in (*read_caption(text).links, *more) if address)
    return tuple(dict.fromkeys(address for address in plain if address))


def straight(address: str) -> str:
    """Where an address leads without Meta's redirect; empty where a reader cannot follow it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if _SHIM.fullmatch(host):
        address = next(iter(parse_qs(parts.query).get("u", [])), address)
    return web_address(address) or ""
