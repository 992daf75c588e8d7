"""The words of a sample post as each network carries them: HTML for feeds and Mastodon, byte ranges for Bluesky."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

#: What the networks make clickable in the sample: ``[words](address)``, a web address, a mention, a hashtag.
_MARK = re.compile(
    r"""\[(?P<label>[^\]]+)\]\((?P<target>[^)]+)\)
      | (?P<url>https?://[^\s)]*[^\s).,;:!?])
      | (?<![^\s(])@(?P<mention>[\w-]+(?:@[\w.-]*\w)?(?:\.[\w-]+)*)
      | (?<![\w/&\#])\#(?P<tag>[^\W\d_]\w*)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One clickable place of a text."""

    kind: Literal["link", "mention", "tag"]
    #: Half-open span of the written text.
    start: int
    end: int
    #: The address, the handle or the tag.
    target: str


def written(text: str) -> tuple[str, list[Mark]]:
    """The text as a reader sees it, ``[words](address)`` shown as its words, and what in it is clickable."""
    out: list[str] = []
    marks: list[Mark] = []
    length = position = 0
    for found in _MARK.finditer(text):
        before = text[position:found.start()]
        shown = found["label"] or found.group()
        start = length + len(before)
        kind: Literal["link", "mention", "tag"] = "tag" if found["tag"] else "mention" if found["mention"] else "link"
        target = found["target"] or found["url"] or found["mention"] or found["tag"]
        marks.append(Mark(kind, start, start + len(shown), target))
        out += [before, shown]
        length, position = start + len(shown), found.end()
    return "".join(out) + text[position:], marks


def marks_of(text: str, kind: Literal["link", "mention", "tag"]) -> list[str]:
    """The targets of one kind, in the order of the text."""
    return [mark.target for mark in written(text)[1] if mark.kind == kind]


def html(text: str, anchor: Callable[[Mark, str], str]) -> str:
    """The text as HTML: a paragraph for each blank line, a break for each line; ``anchor`` writes what is clickable."""
    shown, marks = written(text)
    pieces: list[str] = []
    position = 0
    for mark in marks:
        pieces += [escape(shown[position:mark.start], quote=False), anchor(mark, shown[mark.start:mark.end])]
        position = mark.end
    pieces.append(escape(shown[position:], quote=False))
    paragraphs = "".join(pieces).split("\n\n")
    return "".join("<p>" + paragraph.replace("\n", "<br />") + "</p>" for paragraph in paragraphs)


def facets(text: str, did_of: Callable[[str], str | None]) -> tuple[str, list[dict[str, object]]]:
    """The text and its facets. **Units**: facets count UTF-8 bytes. **Source**: the lexicon app.bsky.richtext.facet."""
    shown, marks = written(text)
    return shown, list(_facets(shown, marks, did_of))


def _facets(shown: str, marks: list[Mark], did_of: Callable[[str], str | None]) -> Iterator[dict[str, object]]:
    for mark in marks:
        feature: dict[str, object]
        if mark.kind == "link":
            feature = {"$type": "app.bsky.richtext.facet#link", "uri": mark.target}
        elif mark.kind == "tag":
            feature = {"$type": "app.bsky.richtext.facet#tag", "tag": mark.target}
        else:
            known = did_of(mark.target)
            if known is None:
                continue
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": known}
        start = len(shown[:mark.start].encode())
        end = start + len(shown[mark.start:mark.end].encode())
        yield {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}
