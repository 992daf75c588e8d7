"""PDQ, the perceptual hash by which an approved photograph is known again after resizing or recompression.

It says that two files show the same photograph, never who is on it. Written from the published algorithm with numpy,
since the usual package has to be compiled on every machine; other tools' ``pdq:`` hashes can be entered as they are.

**Source**: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook, August 2019.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Side of the square that a picture is averaged down to, and of the block of frequencies kept. **Source**: as above.
SIDE = 64
KEPT = 16
#: Rec. 601 luma. **Source**: as above.
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
#: A picture smaller than this says too little to be told from another. **Source**: as above.
SMALLEST_PX = 5

_DCT = np.sqrt(2 / SIDE) * np.cos(np.pi / (2 * SIDE) * np.outer(np.arange(1, KEPT + 1), 2 * np.arange(SIDE) + 1))


def compute(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """The 256 bits of a picture's hash, the last frequency first, and a quality from 0 (featureless) to 100.

    **Shape**: ``pixels`` is height x width x 3 (RGB) or height x width (grey); a picture too small gives zeros and 0.
    """
    luma = pixels @ LUMA if pixels.ndim == 3 else pixels.astype(np.float32)
    if min(luma.shape) < SMALLEST_PX:
        return np.zeros(KEPT * KEPT, dtype=np.uint8), 0
    square = _averaged(luma)
    frequencies = _DCT @ square @ _DCT.T
    # The lower of the two middle values, so that bits compare as in the reference.
    median = np.partition(frequencies, (KEPT * KEPT - 1) // 2, axis=None)[(KEPT * KEPT - 1) // 2]
    return (frequencies > median).astype(np.uint8).ravel()[::-1], _quality(square)


def _averaged(luma: NDArray[np.float32]) -> NDArray[np.float64]:
    """Two rounds of moving averages along both axes, then every 64th part sampled at its middle."""
    square = luma.astype(np.float64)
    for _ in range(2):
        for axis in (1, 0):
            square = _moving_average(square, axis)
    rows, columns = (((np.arange(SIDE) + 0.5) * size / SIDE).astype(int) for size in square.shape)
    return square[np.ix_(rows, columns)]


def _moving_average(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Means over a window that is cut off at the edges."""
    size = values.shape[axis]
    window = (size + 2 * SIDE - 1) // (2 * SIDE)
    sums = np.concatenate([np.zeros_like(np.take(values, [0], axis)), np.cumsum(values, axis)], axis)
    ahead = (window + 2) // 2
    end = np.minimum(np.arange(size) + ahead, size)
    start = np.maximum(np.arange(size) + ahead - window, 0)
    shape = [1] * values.ndim
    shape[axis] = size
    means: NDArray[np.float64] = (np.take(sums, end, axis) - np.take(sums, start, axis)) / (end - start).reshape(shape)
    return means


def _quality(square: NDArray[np.float64]) -> int:
    """How much the 64 x 64 picture varies; flat pictures match one another and must not count."""
    total = sum(int(np.abs((np.diff(square, axis=axis) * 100 / 255).astype(int)).sum()) for axis in (0, 1))
    return min(total // 90, 100)
