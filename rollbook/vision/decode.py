"""Opens a picture that anybody may have posted: told by its bytes, bounded, of four formats, or refused."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from PIL import Image as Pillow

from rollbook.errors import MediaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pixels: TypeAlias = "NDArray[np.uint8]"

#: Bytes of one encoded picture. Mastodon takes 16 MB, X 5 MB, Bluesky 2 MB; a school's own site serves originals.
MAX_BYTES = 50_000_000
#: Pixels as the header states them. Mastodon takes 33 million; full-frame cameras give up to 61 million.
MAX_PIXELS = 64_000_000
#: The detectors and hashes see at most this many pixels along the longer side.
LOOK_SIDE_PX = 1280

#: How the four formats begin; the name of the file and the server's content type are not asked.
_OPENED = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"GIF87a", "GIF"), (b"GIF89a", "GIF"))
#: What is told apart so that the reason can name it. HEIC, AVIF and TIFF are pictures that this version does not open.
_NAMED = (
    (b"II*\x00", "a TIFF picture"), (b"MM\x00*", "a TIFF picture"), (b"BM", "a BMP picture"), (b"%PDF", "a PDF"),
    (b"\x1aE\xdf\xa3", "a video (Matroska or WebM)"), (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"), (b"\x00\x00\x01\x00", "an icon file"),
)
_BRANDS = {
    b"avif": "an AVIF picture", b"avis": "an AVIF picture", b"heic": "a HEIC picture", b"heix": "a HEIC picture",
    b"heim": "a HEIC picture", b"heis": "a HEIC picture", b"hevc": "a HEIC picture", b"mif1": "a HEIC picture",
    b"msf1": "a HEIC picture",
}
#: What makes a stored picture upright. **Source**: Exif 2.32, tag 0x0112.
_UPRIGHT = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT, 3: Pillow.Transpose.ROTATE_180, 4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE, 6: Pillow.Transpose.ROTATE_270, 7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}


class Box(NamedTuple):
    """A rectangle in pixels of the picture as stored."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A decoded picture, upright, its longer side at most ``LOOK_SIDE_PX``."""

    #: RGB, rows first.
    pixels: Pixels
    #: Width and height of the picture as stored.
    stored_px: tuple[int, int]
    #: EXIF orientation, 1 to 8: how the stored picture is turned or mirrored to be upright.
    orientation: int = 1

    def as_stored(self, left: float, top: float, right: float, bottom: float) -> Box:
        """A rectangle of the upright picture as the one of the stored picture that shows the same; kept inside it."""
        height, width = self.pixels.shape[:2]
        corners = [_turned_back(x / width, y / height, self.orientation) for x, y in ((left, top), (right, bottom))]
        sides = []
        for axis, length in enumerate(self.stored_px):
            low, high = sorted(min(max(round(corner[axis] * length), 0), length) for corner in corners)
            sides.append((low, high))
        (x0, x1), (y0, y1) = sides
        return Box(x0, y0, x1 - x0, y1 - y0)


def _turned_back(x: float, y: float, orientation: int) -> tuple[float, float]:
    """A point of the upright picture as one of the stored picture, both from 0 to 1."""
    return {
        1: (x, y), 2: (1 - x, y), 3: (1 - x, 1 - y), 4: (x, 1 - y),
        5: (y, x), 6: (y, 1 - x), 7: (1 - y, 1 - x), 8: (1 - y, x),
    }[orientation]


def format_of(data: bytes) -> str:
    """JPEG, PNG, GIF or WEBP, by the first bytes. **Raises** MediaError that says what the file is instead."""
    for start, name in _OPENED:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    raise MediaError(f"the file is {_other(data)}; only JPEG, PNG, WebP and GIF pictures are opened")


def _other(data: bytes) -> str:
    if not data:
        return "empty"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "a video (MP4 or QuickTime)")
    for start, name in _NAMED:
        if data.startswith(start):
            return name
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "an SVG drawing"
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return "no picture that can be told by its first bytes"


def decode(data: bytes) -> Image:
    """Opens the first frame of a picture. **Raises** MediaError with a plain sentence where it may not or cannot be."""
    if len(data) > MAX_BYTES:
        raise MediaError(f"the file has {len(data) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are opened")
    kind = format_of(data)
    try:
        with warnings.catch_warnings():
            # Pillow warns of broken metadata and of very many pixels; our own bound, below, is the stricter one.
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(data), formats=[kind]) as opened:
                return _decoded(opened)
    except MediaError:
        raise
    except Pillow.DecompressionBombError:
        raise MediaError(f"the picture claims more than {MAX_PIXELS // 1_000_000} million pixels") from None
    except Exception as err:  # A decoder fed with hostile bytes raises whatever its format's code runs into.
        raise MediaError(f"the {kind} picture is damaged or cut off: {err}") from err


def _decoded(opened: Pillow.Image) -> Image:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        most = MAX_PIXELS // 1_000_000
        raise MediaError(f"the picture claims {width} x {height} pixels; at most {most} million are opened")
    orientation = _orientation(opened)
    # A large JPEG is decoded at a half, a quarter or an eighth of its size: far quicker, never below what is needed.
    opened.draft("RGB", (LOOK_SIDE_PX, LOOK_SIDE_PX))
    opened.load()
    picture = _in_colour(opened)
    picture.thumbnail((LOOK_SIDE_PX, LOOK_SIDE_PX), Pillow.Resampling.BILINEAR, reducing_gap=2.0)
    turn = _UPRIGHT.get(orientation)
    upright = picture if turn is None else picture.transpose(turn)
    return Image(np.asarray(upright, np.uint8), (width, height), orientation)


def _orientation(opened: Pillow.Image) -> int:
    """EXIF orientation, 1 to 8; upright where the metadata are broken, as every viewer has it."""
    try:
        stated = opened.getexif().get(0x0112, 1)
    except Exception:
        return 1
    return stated if isinstance(stated, int) and 1 <= stated <= 8 else 1


def _in_colour(opened: Pillow.Image) -> Pillow.Image:
    """As RGB; what is transparent is shown on white, as the networks show it."""
    if opened.mode.startswith("I"):
        wide = np.asarray(opened).astype(np.int64)
        narrow = Pillow.fromarray(np.clip(wide >> 8, 0, 255).astype(np.uint8))
        return narrow.convert("RGB")
    if "A" in opened.mode or "transparency" in opened.info:
        layers = opened.convert("RGBA")
        flat = Pillow.new("RGBA", layers.size, "white")
        flat.alpha_composite(layers)
        return flat.convert("RGB")
    return opened.convert("RGB")
