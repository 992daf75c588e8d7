"""Draws the sample's pictures that show no people: flat shapes on a small canvas, written as PNG by hand.

They need nothing beyond the standard library, so the sample has pictures in the base install too.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from math import sqrt

Colour = tuple[int, int, int]
WIDTH_PX, HEIGHT_PX = 640, 480

#: The colours of the sample's school.
GOLD: Colour = (232, 178, 58)
PLUM: Colour = (92, 42, 92)
_PAPER: Colour = (246, 241, 230)
_INK: Colour = (48, 44, 52)
_NIGHT: Colour = (20, 24, 44)


class Canvas:
    """A picture under the brush. **Units**: pixels from the upper left corner."""

    def __init__(self, top: Colour, bottom: Colour | None = None) -> None:
        """Fills the canvas with one colour, or fades from ``top`` to ``bottom``."""
        ends = top, bottom or top
        self._rows = [
            bytearray(bytes(_between(*ends, y / HEIGHT_PX)) * WIDTH_PX) for y in range(HEIGHT_PX)
        ]

    def bar(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        for row in range(max(0, round(y)), min(HEIGHT_PX, round(y + height))):
            self._line(row, x, x + width, colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, *, flat: float = 1.0) -> None:
        """A filled circle round a centre; ``flat`` presses its height."""
        tall = radius * flat
        for row in range(max(0, round(y - tall)), min(HEIGHT_PX, round(y + tall))):
            half = radius * sqrt(max(0.0, 1 - ((row + 0.5 - y) / tall) ** 2))
            self._line(row, x - half, x + half, colour)

    def shape(self, corners: Sequence[tuple[float, float]], colour: Colour) -> None:
        """A filled polygon."""
        edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
        for row in range(HEIGHT_PX):
            y = row + 0.5
            crossed = [(start, end) for start, end in edges if (start[1] <= y) != (end[1] <= y)]
            cuts = sorted(x0 + (y - y0) / (y1 - y0) * (x1 - x0) for (x0, y0), (x1, y1) in crossed)
            for left, right in zip(cuts[::2], cuts[1::2], strict=True):
                self._line(row, left, right, colour)

    def _line(self, row: int, left: float, right: float, colour: Colour) -> None:
        start, end = max(0, round(left)), min(WIDTH_PX, round(right))
        if start < end:
            self._rows[row][3 * start:3 * end] = bytes(colour) * (end - start)

    def png(self) -> bytes:
        """The picture's file. **Source**: PNG (ISO/IEC 15948), 8-bit RGB, no filter."""
        header = struct.pack(">IIBBBBB", WIDTH_PX, HEIGHT_PX, 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\x00" + row for row in self._rows), 6)
        return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _between(first: Colour, second: Colour, part: float) -> Colour:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _star(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    wide, tall = 0.28 * size, size
    canvas.shape([(x, y - tall), (x + wide, y), (x, y + tall), (x - wide, y)], colour)
    canvas.shape([(x - tall, y), (x, y - wide), (x + tall, y), (x, y + wide)], colour)


def _words(canvas: Canvas, x: float, y: float, widths: Sequence[int], colour: Colour) -> None:
    """Lines of lettering as they look from across a hallway."""
    for number, width in enumerate(widths):
        canvas.bar(x - width / 2, y + 30 * number, width, 14, colour)


def _spirit_week_poster() -> Canvas:
    canvas = Canvas(PLUM)
    canvas.bar(40, 40, 560, 400, _PAPER)
    canvas.bar(40, 40, 560, 96, GOLD)
    _words(canvas, 320, 66, (360, 220), PLUM)
    for number in range(5):
        _star(canvas, 112 + 104 * number, 236, 44, PLUM if number % 2 else GOLD)
    _words(canvas, 320, 330, (420, 360, 300), _INK)
    return canvas


def _concert_poster() -> Canvas:
    canvas = Canvas((10, 12, 34), (62, 30, 84))
    for number in range(70):
        canvas.disc(number * 97 % WIDTH_PX, number * 53 % 300, 1 + number % 3, (240, 236, 220))
    canvas.disc(420, 210, 120, (214, 150, 92))
    for shift in (-60, -18, 30, 66):
        canvas.disc(420, 210 + shift, sqrt(120 ** 2 - shift ** 2) - 2, (190, 122, 74), flat=0.07)
    canvas.disc(140, 130, 46, (196, 84, 60))
    canvas.disc(180, 270, 22, (126, 168, 204))
    _words(canvas, 320, 372, (420, 300, 180), GOLD)
    return canvas


def _fire_truck() -> Canvas:
    canvas = Canvas((176, 206, 230), (226, 234, 238))
    canvas.bar(0, 370, WIDTH_PX, 110, (120, 120, 122))
    canvas.bar(0, 250, 250, 120, (168, 96, 78))
    for number in range(3):
        canvas.bar(24 + 76 * number, 282, 44, 48, (208, 224, 236))
    canvas.bar(150, 220, 330, 140, (196, 34, 38))
    canvas.shape([(480, 360), (480, 232), (548, 232), (586, 300), (586, 360)], (196, 34, 38))
    canvas.shape([(494, 246), (540, 246), (566, 296), (494, 296)], (206, 228, 240))
    canvas.bar(150, 300, 436, 14, (244, 240, 230))
    canvas.bar(160, 196, 300, 12, (178, 180, 186))
    canvas.bar(500, 214, 34, 18, (58, 92, 190))
    for x in (228, 526):
        canvas.disc(x, 366, 38, (34, 34, 36))
        canvas.disc(x, 366, 16, (188, 190, 194))
    return canvas


def _lockers() -> Canvas:
    canvas = Canvas((226, 222, 212), (206, 200, 190))
    canvas.shape([(0, 480), (640, 480), (390, 270), (250, 270)], (190, 176, 152))
    canvas.bar(250, 150, 140, 120, (232, 230, 222))
    for number in range(5):
        near, far = number / 5, (number + 1) / 5
        shade = _between(PLUM, (150, 104, 148), near)
        corners = [
            (250 * near, 30 + 120 * near), (250 * far - 4, 30 + 120 * far),
            (250 * far - 4, 470 - 200 * far), (250 * near, 470 - 200 * near),
        ]
        canvas.shape(corners, shade)
        canvas.shape([(WIDTH_PX - x, y) for x, y in corners], shade)
    canvas.bar(300, 30, 40, 10, (255, 250, 220))
    return canvas


def _pumpkins() -> Canvas:
    canvas = Canvas((214, 196, 168), (196, 176, 146))
    canvas.bar(0, 330, WIDTH_PX, 26, (122, 84, 52))
    canvas.bar(60, 356, 24, 124, (104, 70, 42))
    canvas.bar(556, 356, 24, 124, (104, 70, 42))
    x = 30.0
    for number in range(11):
        radius = 14 + 2.4 * number
        x += radius
        canvas.bar(x - 3, 330 - 1.9 * radius, 6, radius * 0.4, (86, 110, 56))
        canvas.disc(x, 330 - 0.8 * radius, radius, (222, 118, 36), flat=0.82)
        canvas.disc(x, 330 - 0.8 * radius, radius * 0.45, (236, 138, 52), flat=1.75)
        x += radius
    return canvas


def _field_lights() -> Canvas:
    canvas = Canvas(_NIGHT, (44, 52, 84))
    canvas.shape([(0, 480), (640, 480), (520, 300), (120, 300)], (46, 104, 58))
    for number in range(7):
        bottom, top = 40 + 93 * number, 140 + 60 * number
        canvas.shape([(bottom, 480), (bottom + 7, 480), (top + 3, 300), (top, 300)], (226, 232, 226))
    for x in (70, 570):
        canvas.bar(x - 4, 96, 8, 210, (96, 100, 112))
        for row in range(2):
            for number in range(4):
                canvas.disc(x - 33 + 22 * number, 74 + 22 * row, 9, (255, 250, 214))
    return canvas


def _bookmark() -> Canvas:
    canvas = Canvas((230, 224, 214))
    canvas.bar(230, 20, 180, 440, _PAPER)
    canvas.bar(230, 20, 180, 10, (70, 108, 150))
    canvas.bar(230, 450, 180, 10, (70, 108, 150))
    canvas.shape([(316, 250), (372, 300), (306, 340), (280, 300)], (112, 132, 158))
    canvas.shape([(288, 300), (308, 300), (300, 170), (288, 170)], (136, 154, 176))
    canvas.disc(294, 164, 18, (136, 154, 176))
    canvas.shape([(282, 158), (282, 170), (240, 168)], (214, 158, 62))
    canvas.bar(306, 336, 5, 84, (90, 84, 72))
    canvas.bar(326, 330, 5, 90, (90, 84, 72))
    canvas.bar(240, 416, 160, 6, (112, 158, 190))
    return canvas


def _photograph() -> Canvas:
    """What stands in for a photograph where the sample's photographs are not installed."""
    canvas = Canvas((226, 228, 232))
    canvas.bar(80, 60, 480, 360, (255, 255, 255))
    canvas.bar(104, 84, 432, 312, (176, 206, 230))
    canvas.shape([(104, 396), (230, 220), (330, 340), (400, 262), (536, 396)], (110, 136, 110))
    canvas.disc(448, 150, 34, GOLD)
    return canvas


_DRAWINGS: dict[str, Callable[[], Canvas]] = {
    "spirit-week-poster": _spirit_week_poster,
    "concert-poster": _concert_poster,
    "fire-truck": _fire_truck,
    "lockers": _lockers,
    "pumpkins": _pumpkins,
    "field-lights": _field_lights,
    "bookmark": _bookmark,
}


def drawn(name: str) -> bytes | None:
    """A drawn picture by name, as PNG; None where the sample has no drawing of that name."""
    draw = _DRAWINGS.get(name)
    return draw().png() if draw else None


def placeholder() -> bytes:
    """The drawing that stands in for a photograph, as PNG."""
    return _photograph().png()
