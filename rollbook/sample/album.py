"""The sample's photographs: free ones that scikit-image ships, cut and toned at run time; none is kept in this project.

The extra ``sample`` installs scikit-image and Pillow; without them a drawing stands in for every photograph. Two
adults stand in for everybody: ``astronaut.png`` is NASA's portrait of Eileen Collins (public domain), ``camera.png``
a man with a camera by Lav Varshney (CC0). ``coffee``, ``chelsea``, ``brick``, ``grass`` and ``gravel`` are CC0,
``rocket`` (SpaceX) and ``hubble_deep_field`` (NASA) public domain.

**Source**: the notes on each in scikit-image's ``skimage/data/_fetchers.py``.
"""

from __future__ import annotations

import importlib.util
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rollbook.sample.drawing import drawn, placeholder

if TYPE_CHECKING:
    from PIL import Image

#: The long side of a photograph as the networks serve it. **Units**: pixels.
LONG_SIDE_PX = 1024


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as a network serves it."""

    name: str
    data: bytes
    type: Literal["image/jpeg", "image/png"]

    @property
    def file_name(self) -> str:
        """The name with the suffix of its type."""
        return self.name + (".jpg" if self.type == "image/jpeg" else ".png")


@dataclass(frozen=True, slots=True)
class _Cut:
    """How one photograph is made from another: the part that is kept, and how it is toned."""

    file: str
    #: Left, top, right, bottom, as parts of the whole.
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    mirrored: bool = False
    #: Colours that black and white become; None leaves the colours alone.
    tone: tuple[str, str] | None = None
    #: Darkened towards the edges, as under a spotlight.
    spotlight: bool = False
    #: Hung on a board of this colour: the photograph takes the lower left part of the picture.
    board: str | None = None


_CUTS = {
    # A person who may be a student, nothing on record.
    "future-self-day": _Cut("astronaut.png"),
    "career-project": _Cut("astronaut.png", (0.26, 0.0, 0.66, 0.40), mirrored=True),
    "reader-of-the-month": _Cut("astronaut.png", (0.20, 0.0, 0.72, 0.62), tone=("#1d1a17", "#fff4dc"), board="#a9794a"),
    "photo-club": _Cut("camera.png", (0.0, 0.04, 0.66, 0.72)),
    # On record as approved.
    "student-ambassador": _Cut("astronaut.png", (0.0, 0.0, 0.60, 0.58), tone=("#20242c", "#f4f2ee")),
    # The public arena.
    "homecoming-sideline": _Cut("camera.png", tone=("#0b1230", "#f6e3a8")),
    "soccer-sideline": _Cut("camera.png", (0.0, 0.10, 1.0, 0.66), mirrored=True, tone=("#15240f", "#f3f6e4")),
    "concert-narrator": _Cut("astronaut.png", (0.05, 0.0, 0.75, 0.98), spotlight=True, tone=("#12051c", "#f4d9b0")),
    "concert-bow": _Cut("astronaut.png", (0.16, 0.0, 1.0, 0.63), mirrored=True, spotlight=True),
    # Nobody.
    "coffee": _Cut("coffee.png"),
    "coffee-close": _Cut("coffee.png", (0.2, 0.05, 0.8, 0.8), mirrored=True),
    "cat": _Cut("chelsea.png"),
    "brick-wall": _Cut("brick.png", tone=("#3b1710", "#e8b59a")),
    "grass": _Cut("grass.png", tone=("#0e2408", "#cfe8a8")),
    "gravel": _Cut("gravel.png", tone=("#231d18", "#e6ddd2")),
    "rocket": _Cut("rocket.jpg"),
    "hubble": _Cut("hubble_deep_field.jpg"),
}

#: Names of the pictures that show a person.
PEOPLE = frozenset(name for name, cut in _CUTS.items() if cut.file in ("astronaut.png", "camera.png"))


def has_photographs() -> bool:
    """Whether the extra ``sample`` is installed, so that the sample shows photographs and not drawings."""
    return _shelf() is not None


@cache
def picture(name: str) -> Picture:
    """A picture of the sample by name; the same bytes as long as the same Pillow makes them."""
    drawing = drawn(name)
    if drawing is not None:
        return Picture(name, drawing, "image/png")
    cut, shelf = _CUTS[name], _shelf()
    if shelf is None:
        return Picture(name, placeholder(), "image/png")
    return Picture(name, _developed(cut, shelf), "image/jpeg")


@cache
def _shelf() -> Path | None:
    """The folder of scikit-image's pictures, found without importing it: that takes a second."""
    found = importlib.util.find_spec("skimage")
    if found is None or not found.submodule_search_locations or importlib.util.find_spec("PIL") is None:
        return None
    shelf = Path(found.submodule_search_locations[0]) / "data"
    # A later scikit-image may fetch its pictures from the network: the sample then draws.
    return shelf if all((shelf / cut.file).is_file() for cut in _CUTS.values()) else None


def _developed(cut: _Cut, shelf: Path) -> bytes:
    from PIL import Image, ImageOps

    with Image.open(shelf / cut.file) as opened:
        image = opened.convert("RGB")
    left, top, right, bottom = cut.box
    image = image.crop((
        round(left * image.width), round(top * image.height), round(right * image.width), round(bottom * image.height),
    ))
    image = ImageOps.contain(image, (LONG_SIDE_PX, LONG_SIDE_PX), Image.Resampling.LANCZOS)
    if cut.mirrored:
        image = ImageOps.mirror(image)
    if cut.tone:
        image = ImageOps.colorize(ImageOps.grayscale(image), *cut.tone)
    if cut.spotlight:
        image = _lit(image)
    if cut.board:
        image = _hung(image, cut.board)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _lit(image: Image.Image) -> Image.Image:
    from PIL import Image, ImageChops, ImageOps

    # A radial gradient is dark in the middle: inverted and lifted it is the light of one lamp.
    lift = [min(255, 2 * level) for level in range(256)]
    light = ImageOps.invert(Image.radial_gradient("L")).resize(image.size).point(lift)
    return ImageChops.multiply(image, Image.merge("RGB", (light, light, light)))


def _hung(image: Image.Image, colour: str) -> Image.Image:
    from PIL import Image, ImageDraw, ImageOps

    board = Image.new("RGB", (LONG_SIDE_PX, LONG_SIDE_PX * 3 // 4), colour)
    print_ = ImageOps.expand(ImageOps.contain(image, (460, 560)), 14, "#fdfbf6")
    board.paste(print_, (60, 120))
    draw = ImageDraw.Draw(board)
    draw.rectangle((60, 40, 964, 90), fill="#5c2a5c")
    for number in range(5):
        draw.rectangle((600, 170 + 104 * number, 940, 240 + 104 * number), fill="#fdfbf6")
        draw.rectangle((620, 196 + 104 * number, 880 - 30 * (number % 3), 214 + 104 * number), fill="#4a4650")
    return board
