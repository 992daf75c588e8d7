"""Where people are in a picture, by two detectors of freely licensed weights: by their face, or by head and trunk.

Neither says who somebody is. CenterFace finds faces; BlazePose's person detector finds somebody by head, shoulders and
hips, also where the face is turned away. Each finds people whom the other misses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from PIL import Image as Pillow

from rollbook.vision.decode import Box, Image, Pixels
from rollbook.vision.runtime import Floats, run_centerface, run_pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

Boxes: TypeAlias = "NDArray[np.float64]"

#: A face counts from this score, a body from that one. **Source**: docs/decisions/image-detectors.md; on two sets of
#: labelled photographs this pair found as many people as 0.6 and 0.5 did, with about half the false alarms.
FACE_SCORE = 0.5
BODY_SCORE = 0.6
#: From these scores on, a possible face, or the head of somebody without one, is blurred in a thumbnail: a blurred
#: doorknob costs little.
BLUR_SCORE = 0.3
BODY_BLUR_SCORE = 0.45
#: Below this width of the face nobody counts as recognisable. **Source**: EN 62676-4 asks for 125 pixels a metre to
#: recognise somebody who is known, 20 for a face of 16 cm; friends recognise one another in fewer (Sinha et al. 2006,
#: Proceedings of the IEEE 94/11, result 1), so a fifth is taken off.
RECOGNISABLE_PX = 16
#: What the models were made for: CenterFace reads any size, 640 finds faces down to 8 pixels; BlazePose reads squares.
FACE_SIDE_PX = 640
BODY_SIDE_PX = 224
#: A strip of a thousand by sixteen pixels is not looked at in sixty parts.
MOST_PARTS = 8
#: Two boxes that share this much of their union show the same person. **Source**: both models' published decoders.
SAME = 0.3
#: BlazePose gives the middle of the shoulders and a point above the head. On 90 people with a found face, measured in
#: that distance: the face's centre lies 0.53 up (0.37 to 0.73 for eight in ten), the face is 0.48 wide, and a square
#: of this half side round that centre covers nine faces in ten.
HEAD_UP, HEAD_HALF, FACE_WIDTH = 0.53, 0.8, 0.48


@dataclass(frozen=True, slots=True)
class Sighting:
    """One person in a picture."""

    #: The face; where none was found, head and trunk.
    box: Box
    #: 0 to 1, as the detector says.
    score: float
    by: Literal["face", "body"]
    #: What a thumbnail blurs.
    head: Box


def people(image: Image) -> tuple[Sighting, ...]:
    """Everybody in a picture who may be recognised, the surest first."""
    found = [*_faces(image, FACE_SCORE)]
    found += [body for body in _bodies(image, BODY_SCORE) if not any(_inside(face.box, body.head) for face in found)]
    found = [sighting for sighting in found if _recognisable(sighting)]
    return tuple(sorted(found, key=lambda sighting: (-sighting.score, sighting.box)))


def heads(image: Image) -> tuple[Box, ...]:
    """Every place that may be somebody's face, also where it is doubtful, tiny or turned away."""
    faces = [*_faces(image, BLUR_SCORE)]
    sure = [face.box for face in faces if face.score >= FACE_SCORE]
    bodies = [*_bodies(image, BODY_BLUR_SCORE), *_bodies_by_parts(image, BODY_SCORE)]
    faceless = [body.head for body in bodies if not any(_inside(face, body.head) for face in sure)]
    return (*(face.head for face in faces), *faceless)


def _recognisable(sighting: Sighting) -> bool:
    if sighting.by == "face":
        return sighting.box.width >= RECOGNISABLE_PX
    return sighting.head.width * FACE_WIDTH / (2 * HEAD_HALF) >= RECOGNISABLE_PX


def _inside(face: Box, head: Box) -> bool:
    """Whether the middle of a face lies in the head region of a body: the same person, then."""
    x, y = face.x + face.width / 2, face.y + face.height / 2
    return head.x <= x <= head.x + head.width and head.y <= y <= head.y + head.height


# -- faces: CenterFace -------------------------------------------------------------------------------------------


def _faces(image: Image, at_least: float) -> Iterator[Sighting]:
    height, width = image.pixels.shape[:2]
    small = _fitted(image.pixels, FACE_SIDE_PX)
    rows, columns = small.shape[:2]
    # The model halves the picture five times: both sides are filled up to a multiple of 32.
    filled = np.zeros((-(-rows // 32) * 32, -(-columns // 32) * 32, 3), np.float32)
    filled[:rows, :columns] = small
    heat, sizes, offsets = run_centerface(np.ascontiguousarray(filled.transpose(2, 0, 1)))
    y, x = np.nonzero(heat >= at_least)
    centre = np.stack([x + offsets[1, y, x], y + offsets[0, y, x]], axis=1).astype(np.float64) + 0.5
    half = np.exp(np.stack([sizes[1, y, x], sizes[0, y, x]], axis=1).astype(np.float64)) / 2
    # The heat map has a quarter of the picture's resolution.
    boxes = np.concatenate([centre - half, centre + half], axis=1) * 4 * np.array([width / columns, height / rows] * 2)
    scores = heat[y, x]
    for index in _distinct(boxes, scores):
        left, top, right, bottom = map(float, boxes[index])
        # The box ends at the forehead and the chin; hair and ears tell a person too.
        margin = (right - left) / 4
        yield Sighting(
            image.as_stored(left, top, right, bottom), float(scores[index]), "face",
            image.as_stored(left - margin, top - margin, right + margin, bottom + margin),
        )


# -- bodies: the person detector of BlazePose --------------------------------------------------------------------


def _bodies(image: Image, at_least: float) -> Iterator[Sighting]:
    yield from _bodies_in(image, image.pixels, 0, 0, at_least)


def _bodies_by_parts(image: Image, at_least: float) -> Iterator[Sighting]:
    """Looks at as few overlapping squares as cover the picture; a square picture was seen whole already.

    It finds smaller people, and takes rockets and lines of type for people too: good for blurring, not for a finding.
    """
    height, width = image.pixels.shape[:2]
    side, length = sorted((height, width))
    parts = -(-length // side) if side >= RECOGNISABLE_PX else 1
    parts = min(parts, MOST_PARTS)
    for start in np.linspace(0, length - side, parts).round().astype(int).tolist() if parts > 1 else ():
        if width >= height:
            yield from _bodies_in(image, image.pixels[:, start:start + side], start, 0, at_least)
        else:
            yield from _bodies_in(image, image.pixels[start:start + side], 0, start, at_least)


def _bodies_in(image: Image, part: Pixels, left: int, top: int, at_least: float) -> Iterator[Sighting]:
    small = _fitted(part, BODY_SIDE_PX, enlarge=True)
    rows, columns = small.shape[:2]
    above, before = (BODY_SIDE_PX - rows) // 2, (BODY_SIDE_PX - columns) // 2
    filled = np.zeros((BODY_SIDE_PX, BODY_SIDE_PX, 3), np.float32)
    filled[above:above + rows, before:before + columns] = small
    raw, logits = run_pose(filled / 127.5 - 1)
    scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
    sure = np.nonzero(scores >= at_least)[0]
    # Each row: a box whose size says nothing, then four points: hips, above the head, shoulders, and one not used here.
    points = raw[sure].astype(np.float64).reshape(-1, 6, 2)[:, [0, 2, 3, 4]] + _anchors()[sure, np.newaxis]
    half = raw[sure, 2:4].astype(np.float64) / 2
    boxes = np.concatenate([points[:, 0] - half, points[:, 0] + half], axis=1)
    points = (points - (before, above)) * (part.shape[1] / columns, part.shape[0] / rows) + (left, top)
    for index in _distinct(boxes, scores[sure]):
        _, hips, crown, shoulders = points[index]
        reach = float(np.hypot(*(crown - shoulders)))
        x, y = map(float, shoulders + (crown - shoulders) * HEAD_UP)
        square = (x - HEAD_HALF * reach, y - HEAD_HALF * reach, x + HEAD_HALF * reach, y + HEAD_HALF * reach)
        whole = (min(square[0], hips[0]), min(square[1], hips[1]), max(square[2], hips[0]), max(square[3], hips[1]))
        box, head = image.as_stored(*map(float, whole)), image.as_stored(*square)
        yield Sighting(box, float(scores[sure][index]), "body", head)


@cache
def _anchors() -> Boxes:
    """The points that the detector's rows count from. **Source**: MediaPipe's graph: strides 8, 16, 32, 32, 32."""
    found = []
    for stride, layers in ((8, 1), (16, 1), (32, 3)):
        y, x = np.mgrid[0:BODY_SIDE_PX:stride, 0:BODY_SIDE_PX:stride]
        cells = np.stack([x, y], axis=-1).reshape(-1, 2) + stride / 2
        found.append(np.repeat(cells, 2 * layers, axis=0))
    return np.concatenate(found).astype(np.float64)


# -- both --------------------------------------------------------------------------------------------------------


def _fitted(pixels: Pixels, side: int, *, enlarge: bool = False) -> Pixels:
    """The picture with ``side`` pixels along its longer side, or as it is where it is smaller."""
    height, width = pixels.shape[:2]
    factor = side / max(height, width)
    if factor == 1 or (factor > 1 and not enlarge):
        return pixels
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    return np.asarray(Pillow.fromarray(pixels).resize(size, Pillow.Resampling.BILINEAR, reducing_gap=3.0))


def _distinct(boxes: Boxes, scores: Floats | Boxes) -> list[int]:
    """Which boxes to keep: the surest of those that show the same person."""
    kept: list[int] = []
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    for index in np.argsort(-scores, kind="stable").tolist():
        if kept:
            others = boxes[kept]
            shared = np.prod(np.clip(
                np.minimum(boxes[index, 2:], others[:, 2:]) - np.maximum(boxes[index, :2], others[:, :2]), 0, None,
            ), axis=1)
            if np.any(shared >= SAME * (areas[kept] + areas[index] - shared)):
                continue
        kept.append(index)
    return kept
