"""Pictures for the tests: drawn here, and two adults in free photographs that scikit-image ships; no child's, ever."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from rollbook.vision import weights


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """A picture as the bytes of a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@pytest.fixture(scope="session")
def photograph() -> Callable[[str], Image.Image]:
    """Opens a photograph of scikit-image's: ``astronaut.png`` (NASA, public domain), ``camera.png`` (CC0), and others."""
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        pytest.skip("scikit-image, whose free photographs these tests use, is not installed")
    shelf = Path(found.origin).parent / "data"

    def open_(name: str) -> Image.Image:
        with Image.open(shelf / name) as picture:
            return picture.convert("RGB")

    return open_


@pytest.fixture(scope="session")
def detectors() -> None:
    """Skips where set-up could not fetch the detectors."""
    if why := weights.missing():
        pytest.skip(why)
