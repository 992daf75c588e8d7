"""Thumbnails for the report: small, without metadata, and nobody in them can be recognised."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from rollbook.errors import MediaError
from rollbook.vision import thumbnail, weights
from rollbook.vision.decode import decode
from rollbook.vision.people import people

Photograph = Callable[[str], Image.Image]


def encoded(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def taken(copy: thumbnail.SmallCopy) -> tuple[bytes, int, int]:
    return copy.jpeg, copy.width_px, copy.height_px


@pytest.mark.usefixtures("detectors")
@pytest.mark.parametrize("name", ["astronaut.png", "camera.png"])
def test_the_face_is_gone(photograph: Photograph, name: str) -> None:
    data = encoded(photograph(name))
    assert any(person.by == "face" for person in people(decode(data)))
    jpeg, width, height = taken(thumbnail.make(data))
    assert (width, height) == opened(jpeg).size == (480, 480)
    assert not any(person.by == "face" for person in people(decode(jpeg)))


@pytest.mark.usefixtures("detectors")
def test_what_is_left_of_a_face_holds_no_detail(photograph: Photograph) -> None:
    """Eyes, nose and mouth are edges; under the blur neighbouring pixels hardly differ."""
    data = encoded(photograph("astronaut.png"))
    blurred = thumbnail.make(data).jpeg
    plain = thumbnail.make(data, blurred=False).jpeg

    def steepest(jpeg: bytes) -> int:
        face = np.asarray(opened(jpeg).convert("L").crop((190, 85, 235, 140))).astype(int)
        return int(max(np.abs(np.diff(face, axis=0)).max(), np.abs(np.diff(face, axis=1)).max()))

    assert steepest(plain) > 40
    assert steepest(blurred) < 16


@pytest.mark.usefixtures("detectors")
def test_the_rest_of_the_picture_stays(photograph: Photograph) -> None:
    data = encoded(photograph("astronaut.png"))
    blurred, plain = (np.asarray(opened(thumbnail.make(data, blurred=way).jpeg)).astype(int) for way in (True, False))
    below = np.abs(blurred[350:] - plain[350:])
    assert below.mean() < 2


@pytest.mark.usefixtures("detectors")
def test_metadata_are_left_behind(photograph: Photograph) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0132] = "Room 12, invented caption", "2026:10:05 09:00:00"
    exif.get_ifd(0x8825)[2] = (43.0, 1.0, 12.0)
    jpeg = thumbnail.make(encoded(photograph("astronaut.png"), exif=exif, comment=b"secret comment")).jpeg
    assert b"Exif" not in jpeg
    assert b"secret" not in jpeg
    assert not opened(jpeg).getexif()


@pytest.mark.usefixtures("detectors")
def test_a_turned_photograph_is_shown_upright_and_blurred(photograph: Photograph) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = photograph("astronaut.png").crop((0, 0, 512, 400)).transpose(Image.Transpose.ROTATE_90)
    jpeg, width, height = taken(thumbnail.make(encoded(lying, exif=exif)))
    assert width > height
    assert not any(person.by == "face" for person in people(decode(jpeg)))


@pytest.mark.parametrize(("size", "shown"), [((4000, 1000), (480, 120)), ((500, 3000), (107, 640)), ((90, 60), (90, 60))])
def test_it_fits_the_report_and_is_never_enlarged(size: tuple[int, int], shown: tuple[int, int]) -> None:
    _, width, height = taken(thumbnail.make(encoded(Image.new("RGB", size, "teal")), blurred=False))
    assert (width, height) == pytest.approx(shown, abs=1)


def test_without_detectors_no_unblurred_picture_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "missing", lambda: "the detectors' weights are not installed")
    data = encoded(Image.new("RGB", (100, 100), "teal"))
    with pytest.raises(MediaError, match="faces cannot be blurred"):
        thumbnail.make(data)
    assert taken(thumbnail.make(data, blurred=False))[1:] == (100, 100)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(MediaError, match="web page"):
        thumbnail.make(b"<html></html>", blurred=False)
