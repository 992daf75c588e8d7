"""Photographs on record as approved, known again after resizing, recompression, toning, cropping and mirroring.

A photograph that the register names by its file is enrolled in the shapes that people give it before they post it; one
that it names by its hash alone is known again resized, recompressed, toned or mirrored, but not cropped. Another shot
of the same scene, taken from a tripod a second later, can match too: what is compared is the picture, never a face.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image as Pillow

from rollbook.approvals import Approval, Approvals
from rollbook.errors import MediaError
from rollbook.vision import pdq
from rollbook.vision.decode import Image, decode

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The 256 bits of a hash, packed into 32 bytes.
Print: TypeAlias = "NDArray[np.uint8]"

#: Hashes at most this many bits apart are of the same photograph. **Source**: docs/decisions/approved-photographs.md;
#: in every shape and edit tried, two of 127 pictures came nearer than 70 only where they are a stereo pair.
SAME_PHOTO_BITS = 46
#: Hashes of pictures with less structure say nothing. **Source**: facebook/ThreatExchange, pdq/README: discard <= 49.
LEAST_QUALITY = 50
#: Hashes that other tools made were taken of the picture at about this size. **Source**: the reference implementation's
#: advice to shrink to 512 pixels first.
STANDARD_SIDE_PX = 512
#: Ours are taken of this square straight away: the algorithm keeps no more, and it is thirty times quicker.
QUICK_SIDE_PX = 64

#: The parts of a photograph that are enrolled beside the whole, as left, top, right, bottom from 0 to 1.
_EVEN_CUTS = tuple((cut, cut, 1 - cut, 1 - cut) for cut in (0.03, 0.05, 0.07, 0.09, 0.11, 0.13))
_ONE_SIDED_CUTS = tuple(
    cut for part in (0.05, 0.10, 0.15)
    for cut in ((part, 0.0, 1.0, 1.0), (0.0, part, 1.0, 1.0), (0.0, 0.0, 1 - part, 1.0), (0.0, 0.0, 1.0, 1 - part))
)
#: Width to height of what networks and cameras cut to: square, portraits, prints, wide screen, the preview of a link.
_RATIOS = (1.0, 0.8, 0.75, 1.25, 4 / 3, 1.5, 16 / 9, 1.91)
#: White borders, as parts of the longer side.
_BORDERS = (0.03, 0.06)


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """The hashes of a posted picture and of its mirror image."""

    quick: NDArray[np.uint8]
    standard: NDArray[np.uint8]


def prints(image: Image) -> Prints | None:
    """The hashes by which a posted picture is compared; None where it has too little structure for that."""
    whole = Pillow.fromarray(image.pixels)
    small = whole.copy()
    small.thumbnail((STANDARD_SIDE_PX, STANDARD_SIDE_PX), Pillow.Resampling.BILINEAR, reducing_gap=None)
    quick, standard = _square(whole, (0, 0, *whole.size)), np.asarray(small)
    found = [
        [print_ for pixels in (form, form[:, ::-1]) if (print_ := _print(pixels)) is not None]
        for form in (quick, standard)
    ]
    return Prints(np.stack(found[0]), np.stack(found[1])) if all(found) else None


class _Enrolled:
    """Approvals and all their hashes under one another."""

    def __init__(self, rows: list[tuple[Approval, NDArray[np.uint8]]]) -> None:
        self._approvals = [approval for approval, _ in rows]
        self._prints = np.concatenate([np.zeros((0, 32), np.uint8), *(found for _, found in rows)])
        self._owners = np.repeat(np.arange(len(rows)), [len(found) for _, found in rows])

    def near(self, posted: NDArray[np.uint8]) -> Iterator[tuple[int, Approval]]:
        """The approvals that one of the hashes comes near to, and how near."""
        nearest = np.full(len(self._approvals), 256)
        for one in posted:
            np.minimum.at(nearest, self._owners, np.bitwise_count(self._prints ^ one).sum(axis=1))
        for number in np.nonzero(nearest <= SAME_PHOTO_BITS)[0].tolist():
            yield int(nearest[number]), self._approvals[number]


@dataclass(frozen=True, slots=True)
class ApprovedPhotographs:
    """The photographs on record, enrolled."""

    _by_file: _Enrolled
    _by_hash: _Enrolled
    #: Approvals whose file cannot be read or compared, each with the reason: their photographs are not known again.
    unreadable: tuple[tuple[Approval, str], ...]

    def matches(self, posted: Prints) -> list[Approval]:
        """Every approval, of whatever dates, that was given for this photograph; the nearest first."""
        found = [*self._by_file.near(posted.quick), *self._by_hash.near(posted.standard)]
        return [approval for _, approval in sorted(found, key=lambda pair: pair[0])]


_latest: tuple[Approvals, ApprovedPhotographs] | None = None


def approved_photographs(approvals: Approvals) -> ApprovedPhotographs:
    """The photographs of a workspace's approvals; enrolled once for as long as the same approvals are asked for."""
    global _latest  # noqa: PLW0603 - one workspace a process: the register of photographs is its only cache
    if _latest is None or _latest[0] is not approvals:
        _latest = (approvals, _enrolled(approvals))
    return _latest[1]


def _enrolled(approvals: Approvals) -> ApprovedPhotographs:
    by_file, by_hash, unreadable = [], [], []
    files: dict[str, NDArray[np.uint8] | str] = {}
    for row in approvals.rows:
        if row.what != "photo":
            continue
        if row.value.startswith("pdq:"):
            by_hash.append((row, np.frombuffer(bytes.fromhex(row.value[4:]), np.uint8)[np.newaxis]))
            continue
        if row.value not in files:
            files[row.value] = _shapes(approvals, row)
        enrolled = files[row.value]
        if isinstance(enrolled, str):
            unreadable.append((row, enrolled))
        else:
            by_file.append((row, enrolled))
    return ApprovedPhotographs(_Enrolled(by_file), _Enrolled(by_hash), tuple(unreadable))


def _shapes(approvals: Approvals, row: Approval) -> NDArray[np.uint8] | str:
    """The hashes of a photograph in the shapes that it may be posted in, or why there are none."""
    try:
        image = decode((approvals.folder / row.value).read_bytes())
    except OSError as err:
        return f"it cannot be read ({err.strerror})"
    except MediaError as err:
        return str(err)
    picture = Pillow.fromarray(image.pixels)
    if max(picture.size) > STANDARD_SIDE_PX:
        # The cuts are made of this, so that a large photograph costs no more than a small one.
        picture.thumbnail((STANDARD_SIDE_PX, STANDARD_SIDE_PX), Pillow.Resampling.BILINEAR, reducing_gap=2.0)
    shapes = [_print(shape) for shape in _shown(picture)]
    if shapes[0] is None:
        # Its frame alone would make every other flat picture in a frame a copy of it.
        return "it has too little structure to be told from other pictures"
    return np.stack([shape for shape in shapes if shape is not None])


def _shown(picture: Pillow.Image) -> Iterator[NDArray[np.uint8]]:
    """The photograph as it is, then in every other shape."""
    width, height = picture.size
    yield _square(picture, (0, 0, width, height))
    for left, top, right, bottom in (*_EVEN_CUTS, *_ONE_SIDED_CUTS):
        yield _square(picture, (left * width, top * height, right * width, bottom * height))
    for ratio in _RATIOS:
        wide, high = min(width, height * ratio), min(height, width / ratio)
        yield _square(picture, ((width - wide) / 2, (height - high) / 2, (width + wide) / 2, (height + high) / 2))
    for part in _BORDERS:
        edge = max(round(part * max(width, height)), 1)
        framed = Pillow.new("RGB", (width + 2 * edge, height + 2 * edge), "white")
        framed.paste(picture, (edge, edge))
        yield _square(framed, (0, 0, *framed.size))


def _square(picture: Pillow.Image, box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    side = (QUICK_SIDE_PX, QUICK_SIDE_PX)
    return np.asarray(picture.resize(side, Pillow.Resampling.BILINEAR, box=box, reducing_gap=None))


def _print(pixels: NDArray[np.uint8]) -> Print | None:
    bits, quality = pdq.compute(pixels)
    return np.packbits(bits) if quality >= LEAST_QUALITY else None

