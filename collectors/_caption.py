"""Plain words in which a platform marks nothing: the links, names and hashtags in them, and the title above them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# As long as an address may be for browsers and servers to take it; so a text that is nothing else stays quick to read.
_LINK = re.compile(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
#: What ends a sentence or closes a bracket, and not an address.
_AFTER = ".,;:!?'»”’…"
# Not inside an e-mail address or an address of the web, which have a letter or a slash before the sign.
_NAME = re.compile(r"(?<![\w@/.])@(\w(?:[\w.·-]{0,98}\w)?)")
_HASHTAG = re.compile(r"(?<![\w#/&])#(\w{1,139})")


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands in the words."""

    links: tuple[str, ...]
    mentions: tuple[str, ...]
    hashtags: tuple[str, ...]


def read_caption(text: str, tags: Iterable[str] = ()) -> Caption:
    """The links, names and hashtags of a text, each once, in its order; then the tags that stand beside it."""
    links = tuple(dict.fromkeys(_whole(found[0]) for found in _LINK.finditer(text)))
    words = _LINK.sub(" ", text)
    mentions = dict.fromkeys(found[1] for found in _NAME.finditer(words))
    hashtags = dict.fromkeys([*(found[1] for found in _HASHTAG.finditer(words)), *tags])
    return Caption(links, tuple(mentions), tuple(hashtags))


def titled(title: str, words: str) -> str:
    """A title and the words below it; the title once, where a network took it from the beginning of the words."""
    start = title.rstrip(" .…")
    if not title or (start and words.startswith(start)):
        return words
    return f"{title}\n{words}" if words else title


def _whole(link: str) -> str:
    """A link without the sentence's own marks; a closing bracket stays where the link opened it."""
    end, unopened = len(link), {")": link.count(")") - link.count("("), "]": link.count("]") - link.count("[")}
    while end and (link[end - 1] in _AFTER or unopened.get(link[end - 1], 0) > 0):
        end -= 1
        if link[end] in unopened:
            unopened[link[end]] -= 1
    return link[:end]
