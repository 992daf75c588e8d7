"""One finding as the page shows it: its words with their marks, its pictures with their boxes, where to look."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from reports._marking import Passage, passage
from reports._visible import plain
from reports._wording import NOUNS, count
from rollbook.period import PeriodReport, Reported, Thumbnail
from rollbook.types import Evidence, Media, Post

#: Bytes of pictures in one page; those of later, less serious findings are then left out, and the page says so. In
#: Base64 they are a third more. **Source**: a page of 10 MB opens comfortably in Chromium, one of 57 MB takes 3 s.
PICTURES_BYTES = 6_000_000

#: x, y, width, height in pixels.
Box = tuple[int, int, int, int]

_PLACE = re.compile(r"(text|profile|alt|ocr|image|link|time)(?::(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Aside:
    """Evidence that cannot be marked where it stands, said in words instead."""

    #: "In words read from picture 1".
    place: str
    quote: str


@dataclass(frozen=True, slots=True)
class PictureShown:
    """A picture of a post on the page."""

    #: "Picture 2 of 3", or "Video".
    title: str
    #: A ``data:`` address; empty where the picture is not shown.
    address: str
    #: Why it is not shown; empty where it is.
    why: str
    width_px: int
    height_px: int
    #: What a screen reader says in its place.
    alt: str
    #: Where evidence lies, in pixels of what is shown.
    boxes: tuple[Box, ...]
    #: The author's description with its marks; None where there is none.
    description: Passage | None


@dataclass(frozen=True, slots=True)
class Item:
    """One finding of the page."""

    number: int
    reported: Reported
    words: Passage
    pictures: tuple[PictureShown, ...]
    #: Links of the post that evidence points into.
    links: tuple[Passage, ...]
    asides: tuple[Aside, ...]
    #: Whether the time of posting is itself evidence.
    timed: bool
    #: The numbers of other findings about the same post.
    siblings: tuple[int, ...]


@dataclass
class _Pictures:
    """What of the page's room for pictures is left, and which pictures stand on it already."""

    left_bytes: int = field(default_factory=lambda: PICTURES_BYTES)
    shown: dict[tuple[str, int], int] = field(default_factory=dict)

    def place(self, number: int, post: str, picture: Thumbnail, boxed: bool) -> tuple[str, str]:
        """The address of a picture, or why it is not shown."""
        if picture.jpeg is None:
            return "", picture.why or "The picture is not held in the archive."
        first = self.shown.get((post, picture.index))
        if first is not None and not boxed:
            return "", f"Shown with finding {first}, which is about the same post."
        if len(picture.jpeg) > self.left_bytes:
            return "", "Left out so that this page opens quickly; the archive holds it."
        self.left_bytes -= len(picture.jpeg)
        self.shown.setdefault((post, picture.index), number)
        return "data:image/jpeg;base64," + base64.b64encode(picture.jpeg).decode("ascii"), ""


def items(report: PeriodReport) -> tuple[Item, ...]:
    """Every finding of the report, numbered in its order."""
    about: dict[str, list[int]] = defaultdict(list)
    for number, reported in enumerate(report.findings, 1):
        about[reported.post.id].append(number)
    room = _Pictures()
    return tuple(
        _item(number, reported, tuple(one for one in about[reported.post.id] if one != number), room, report.blurred)
        for number, reported in enumerate(report.findings, 1)
    )


def link(url: str | None) -> str:
    """The address where it may become a link (http or https, with a host, nothing hidden in it); otherwise empty."""
    if not url or plain(url) != url or any(sign.isspace() for sign in url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and host else ""


def host(url: str) -> str:
    """The host that a link leads to, as the network resolves it: look-alike letters show as ``xn--``."""
    name = urlsplit(url).hostname or ""
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name.encode("ascii", "backslashreplace").decode("ascii")


def _item(number: int, reported: Reported, siblings: tuple[int, ...], room: _Pictures, blurred: bool) -> Item:
    post = reported.post
    places: dict[tuple[str, int], list[Evidence]] = defaultdict(list)
    asides: list[Aside] = []
    for evidence in reported.finding.evidence:
        place = _where(evidence, post)
        if place is None:
            asides.append(Aside(f"At {evidence.where}", evidence.quote or ""))
        else:
            places[place].append(evidence)
            asides.extend(_aside(evidence, *place, post))
    return Item(
        number, reported,
        words=passage(post.text, _spans(places["text", 0])),
        pictures=tuple(_pictures(number, reported, places, room, blurred)),
        links=tuple(
            passage(post.links[index], _spans(found)) for (kind, index), found in places.items() if kind == "link"
        ),
        asides=tuple(dict.fromkeys(asides)), timed=("time", 0) in places, siblings=siblings,
    )


def _where(evidence: Evidence, post: Post) -> tuple[str, int] | None:
    """What the evidence points at: a kind and a place in the post; None where the post has no such part."""
    match = _PLACE.fullmatch(evidence.where)
    if match is None:
        return None
    kind, index = match[1], int(match[2] or 0)
    if kind in ("text", "profile"):
        return None if kind == "profile" and post.kind != "profile" else ("text", 0)
    size = {"link": len(post.links), "time": 1}.get(kind, len(post.media))
    return (kind, index) if index < size else None


def _text(kind: str, index: int, post: Post) -> str:
    """The text that spans of this place count in; empty where the post does not hold it."""
    if kind == "text":
        return post.text
    if kind == "alt":
        return post.media[index].alt or ""
    return post.links[index] if kind == "link" else ""


def _spans(found: Iterable[Evidence]) -> list[tuple[int, int]]:
    return [(item.start, item.end) for item in found if item.start is not None and item.end is not None]


def _aside(evidence: Evidence, kind: str, index: int, post: Post) -> Iterable[Aside]:
    """What a mark alone would not tell: words that the post does not hold, or that the rule read in another form."""
    if evidence.quote is None:
        return
    noun = f"{NOUNS[post.media[index].type]} {index + 1}" if kind in ("alt", "ocr", "image") else ""
    if kind == "ocr":
        yield Aside(f"In words read from {noun}", evidence.quote)
        return
    place = {
        "text": "In the words", "alt": f"In the description of {noun}", "image": f"In {noun}",
        "link": "In a link", "time": "At the time of posting",
    }[kind]
    marked = ""
    if evidence.start is not None and evidence.end is not None:
        marked = _text(kind, index, post)[max(evidence.start, 0):max(evidence.end, 0)]
    if not marked:
        yield Aside(place, evidence.quote)
    elif marked != evidence.quote:
        yield Aside(f"{place}, read as", evidence.quote)


def _pictures(
    number: int, reported: Reported, places: dict[tuple[str, int], list[Evidence]], room: _Pictures, blurred: bool,
) -> Iterable[PictureShown]:
    post = reported.post
    thumbnails = {picture.index: picture for picture in reported.pictures if picture.index < len(post.media)}
    pointed = {index for kind, index in places if kind in ("alt", "image", "ocr")}
    for index in sorted(pointed | set(thumbnails)):
        media = post.media[index]
        thumbnail = thumbnails.get(index) or Thumbnail(index, None)
        found = [item.box for item in places.get(("image", index), ()) if item.box is not None]
        boxes = tuple(_on_thumbnail(box, thumbnail) for box in found) if all(thumbnail.stored_px) else ()
        address, why = room.place(number, post.id, thumbnail, bool(boxes))
        spans = _spans(places.get(("alt", index), ()))
        yield PictureShown(
            _title(index, media, len(post.media)), address, why, thumbnail.width_px, thumbnail.height_px,
            alt=_alt(index, media, thumbnail, boxes, blurred), boxes=boxes,
            description=passage(media.alt, spans) if media.alt else None,
        )


#: A point of the stored picture, from 0 to 1 each way, as one of the upright one. **Source**: Exif 2.32, tag 0x0112.
_UPRIGHT: dict[int, Callable[[float, float], tuple[float, float]]] = {
    1: lambda x, y: (x, y), 2: lambda x, y: (1 - x, y), 3: lambda x, y: (1 - x, 1 - y), 4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x), 6: lambda x, y: (1 - y, x), 7: lambda x, y: (1 - y, 1 - x), 8: lambda x, y: (y, 1 - x),
}


def _on_thumbnail(box: Box, picture: Thumbnail) -> Box:
    """A rectangle of the stored picture as the one of its thumbnail that shows the same."""
    x, y, width, height = box
    across, down = picture.stored_px
    corners = [_UPRIGHT[picture.orientation](px / across, py / down) for px, py in ((x, y), (x + width, y + height))]
    left, right = sorted(round(corner[0] * picture.width_px) for corner in corners)
    top, bottom = sorted(round(corner[1] * picture.height_px) for corner in corners)
    return left, top, right - left, bottom - top


def _title(index: int, media: Media, of: int) -> str:
    noun = NOUNS[media.type].capitalize()
    return noun if of == 1 else f"{noun} {index + 1} of {of}"


def _alt(index: int, media: Media, picture: Thumbnail, boxes: tuple[Box, ...], blurred: bool) -> str:
    """What a screen reader says in place of the picture; the author's own description stands beside it in full."""
    about = picture.alt or media.alt or "the author gave no description"
    notes = [*(["faces blurred"] if blurred else []), *([f"{count(len(boxes), 'place')} marked"] if boxes else [])]
    said = f"{NOUNS[media.type].capitalize()} {index + 1}" + (f" ({', '.join(notes)})" if notes else "")
    return f"{said}: {about if len(about) <= 250 else about[:249] + '…'}"
