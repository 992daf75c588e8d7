"""Measures how often an edited copy of a photograph is known again, and how often it is taken for another one.

    python tests/vision/measure_copies.py FOLDER... [--bits 46]

Every picture of the folders is enrolled as if approvals.csv named it. Nothing is written.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageEnhance, ImageOps

from rollbook.approvals import Approval, Approvals
from rollbook.errors import MediaError
from rollbook.types import Period
from rollbook.vision import approved
from rollbook.vision.decode import Image, decode

Edit = Callable[[Pillow.Image], Pillow.Image]


def cut(left: float, top: float, right: float, bottom: float) -> Edit:
    return lambda picture: picture.crop((
        round(left * picture.width), round(top * picture.height),
        round((1 - right) * picture.width), round((1 - bottom) * picture.height),
    ))


def fitted(ratio: float) -> Edit:
    def edit(picture: Pillow.Image) -> Pillow.Image:
        wide, high = min(picture.width, picture.height * ratio), min(picture.height, picture.width / ratio)
        left, top = (picture.width - wide) / 2, (picture.height - high) / 2
        return picture.crop((round(left), round(top), round(left + wide), round(top + high)))

    return edit


def recompressed(picture: Pillow.Image) -> Pillow.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=40)
    return Pillow.open(out).convert("RGB")


def captioned(picture: Pillow.Image) -> Pillow.Image:
    copy = picture.copy()
    ImageDraw.Draw(copy).rectangle((0, copy.height * 0.85, copy.width, copy.height), fill=(20, 20, 20))
    return copy


def bordered(part: float) -> Edit:
    return lambda picture: ImageOps.expand(picture, round(part * max(picture.size)), "white")


EDITS: dict[str, Edit] = {
    "half the size": lambda picture: picture.resize((max(picture.width // 2, 8), max(picture.height // 2, 8))),
    "JPEG quality 40": recompressed,
    "brighter by 30 %": lambda picture: ImageEnhance.Brightness(picture).enhance(1.3),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "mirrored": ImageOps.mirror,
    "cut 2 % a side": cut(0.02, 0.02, 0.02, 0.02),
    "cut 5 % a side": cut(0.05, 0.05, 0.05, 0.05),
    "cut 8 % a side": cut(0.08, 0.08, 0.08, 0.08),
    "cut 12 % a side": cut(0.12, 0.12, 0.12, 0.12),
    "square": fitted(1.0),
    "5 to 4": fitted(1.25),
    "cut 10 % left": cut(0.1, 0, 0, 0),
    "cut 15 % at the foot": cut(0, 0, 0, 0.15),
    "border of 4 %": bordered(0.04),
    "caption bar of 15 %": captioned,
    "turned by 2 degrees": lambda picture: picture.rotate(2),
    "corner cut 8 and 6 %": cut(0.08, 0, 0, 0.06),
    "cut 20 % a side": cut(0.2, 0.2, 0.2, 0.2),
}


def pictures(folders: list[Path]) -> Iterator[tuple[str, Pillow.Image]]:
    """Every distinct picture that opens."""
    seen = set()
    for file in sorted(file for folder in folders for file in folder.iterdir() if file.is_file()):
        try:
            pixels = decode(file.read_bytes()).pixels
        except MediaError:
            continue
        # Copies of one picture in two sets would count as false matches.
        key = hashlib.sha256(pixels.tobytes()).digest()
        if key not in seen:
            seen.add(key)
            yield str(file.resolve()), Pillow.fromarray(pixels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--bits", type=int, default=approved.SAME_PHOTO_BITS)
    asked = parser.parse_args()
    approved.SAME_PHOTO_BITS = asked.bits
    found = dict(pictures(asked.folders))
    rows = tuple(Approval("photo", name, Period(date(2026, 9, 1))) for name in found)
    start = time.perf_counter()
    register = approved.approved_photographs(Approvals(rows, Path("/")))
    print(f"{len(rows)} pictures, {len(register.unreadable)} without structure; "
          f"{(time.perf_counter() - start) * 1000 / len(rows):.0f} ms to enrol one")
    others: set[tuple[str, str]] = set()
    for name, edit in EDITS.items():
        known = compared = 0
        for file, picture in found.items():
            copy = np.asarray(edit(picture))
            prints = approved.prints(Image(copy, (copy.shape[1], copy.shape[0])))
            if prints is None:
                continue
            matched = [approval.value for approval in register.matches(prints)]
            compared += 1
            known += file in matched
            others |= {(Path(file).name, Path(other).name) for other in matched if other != file}
        print(f"{name:22} known again {known}/{compared} = {known / compared:.2f}")
    print(f"taken for another: {len(others)} pairs", *sorted(others), sep="\n  ")


if __name__ == "__main__":
    main()
