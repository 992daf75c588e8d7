"""A small copy of a picture for a report, with every face in it made unrecognisable for good."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

from PIL import Image as Pillow
from PIL import ImageDraw, ImageFilter

from rollbook.errors import MediaError
from rollbook.vision import weights
from rollbook.vision.decode import Box, decode
from rollbook.vision.people import heads

#: Room that a report has for a picture. **Units**: pixels.
WIDEST_PX = 480
HIGHEST_PX = 640
QUALITY = 80
#: A head is kept as this many colours along each side, the face itself as fewer than three, and these are blurred into
#: one another: mosaics alone can be matched within a small circle, such as a school. **Source**: McPherson, Shokri and
#: Shmatikov 2016, "Defeating Image Obfuscation with Deep Learning".
COLOURS_A_SIDE = 4


@dataclass(frozen=True, slots=True)
class SmallCopy:
    """A small copy, and how the picture as stored lies under it."""

    #: Without any metadata.
    jpeg: bytes
    width_px: int
    height_px: int
    #: Width and height of the picture as stored: what boxes of evidence count in.
    stored_px: tuple[int, int]
    #: EXIF orientation of the picture as stored, 1 to 8; the copy is upright.
    orientation: int


def make(data: bytes, *, blurred: bool = True) -> SmallCopy:
    """A small copy of an encoded picture.

    **Raises** MediaError where the picture cannot be opened, or has to be blurred and the detectors are not installed:
    an unblurred copy is never given in place of a blurred one.
    """
    if blurred and (why := weights.missing()):
        raise MediaError(f"faces cannot be blurred: {why}")
    image = decode(data)
    small = Pillow.fromarray(image.pixels)
    width, height = small.size
    small.thumbnail((WIDEST_PX, HIGHEST_PX), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
    if blurred:
        # Heads are wanted in pixels of the upright picture, not of the stored one.
        upright = replace(image, stored_px=(width, height), orientation=1)
        for head in heads(upright):
            _cover(small, head, small.width / width, small.height / height)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=QUALITY, optimize=True)
    return SmallCopy(out.getvalue(), small.width, small.height, image.stored_px, image.orientation)


def _cover(picture: Pillow.Image, head: Box, across: float, down: float) -> None:
    """Replaces a head by a few soft colours, in an oval that takes in the whole box of the face."""
    left, top = int(head.x * across), int(head.y * down)
    right, bottom = int((head.x + head.width) * across) + 1, int((head.y + head.height) * down) + 1
    right, bottom = min(right, picture.width), min(bottom, picture.height)
    if right <= left or bottom <= top:
        return
    area = picture.crop((left, top, right, bottom))
    few = area.resize((COLOURS_A_SIDE, COLOURS_A_SIDE), Pillow.Resampling.BOX)
    soft = few.resize(area.size, Pillow.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(max(area.size) / 16))
    mask = Pillow.new("L", area.size, 0)
    ImageDraw.Draw(mask).ellipse((0, 0, area.width - 1, area.height - 1), fill=255)
    picture.paste(soft, (left, top), mask)
