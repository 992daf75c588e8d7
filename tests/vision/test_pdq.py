"""The perceptual hash of photographs, against what the reference implementation says."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from rollbook.vision import pdq


def picture(height: int, width: int) -> NDArray[np.uint8]:
    """The same invented picture on every machine, with coarse and fine structure."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([(x * 7 + y * 3) % 256, (x * x // 50 + y) % 256, (x * y // 90) % 256], axis=2).astype(np.uint8)


def distance(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    return int((one != other).sum())


# Made by the compiled reference binding (pdqhash 0.2.8) from the same arrays.
@pytest.mark.parametrize(
    ("size", "digits", "quality"),
    [
        ((64, 64), "a2bc7dc5547d7e05a2e8beae02683445535d3605e2e846aefc68cbc5acad4978", 81),
        ((240, 320), "76b5a53f4ba8917a6d544495bfb4d26f17c9d51a0754a82d83e99e1338f86380", 100),
        ((129, 257), "b14f28e2f7afad756aaab53aaa5db0a8a35eb2b5a32a38d4a3294882931da638", 100),
        ((5, 400), "a5be3b255a41e4d36b5164a761b3dbd8960e1b2ca5be3b255a41e4d36b512427", 100),
    ],
)
def test_equals_the_reference(size: tuple[int, int], digits: str, quality: int) -> None:
    bits, found_quality = pdq.compute(picture(*size))
    # Other processors may round the last bit of a sum otherwise: two of 256 bits are far below what counts as another.
    assert distance(bits, np.unpackbits(np.frombuffer(bytes.fromhex(digits), dtype=np.uint8))) <= 2
    assert abs(found_quality - quality) <= 1


def test_a_smaller_copy_stays_near_and_another_picture_is_far() -> None:
    original = Image.fromarray(picture(240, 320)).resize((1200, 900), Image.Resampling.BICUBIC)
    smaller = original.resize((600, 450), Image.Resampling.LANCZOS)
    mirrored = original.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    bits, _ = pdq.compute(np.asarray(original))
    assert distance(bits, pdq.compute(np.asarray(smaller))[0]) <= 16
    assert distance(bits, pdq.compute(np.asarray(mirrored))[0]) >= 80


def test_a_flat_picture_has_no_quality() -> None:
    assert pdq.compute(np.full((300, 300, 3), 127, dtype=np.uint8))[1] == 0


def test_a_speck_is_not_hashed() -> None:
    bits, quality = pdq.compute(np.zeros((4, 4, 3), dtype=np.uint8))
    assert quality == 0
    assert not bits.any()


def test_a_grey_picture_equals_its_colour_form() -> None:
    grey = picture(100, 120)[:, :, 0]
    assert distance(pdq.compute(grey)[0], pdq.compute(np.dstack([grey] * 3))[0]) <= 2
