"""People in pictures: adults in free photographs, and pictures without anybody."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from rollbook.vision import people as detecting
from rollbook.vision.decode import Box, decode
from rollbook.vision.decode import Image as Decoded
from rollbook.vision.people import RECOGNISABLE_PX, heads, people

pytestmark = pytest.mark.usefixtures("detectors")

Photograph = Callable[[str], Image.Image]
#: The middle of the face in astronaut.png, and of the one in camera.png, seen in profile.
FACE, PROFILE = (226, 118), (230, 158)


def decoded(picture: Image.Image, **options: object) -> Decoded:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, **options)
    return decode(out.getvalue())


def holds(box: Box, point: tuple[float, float]) -> bool:
    return box.x <= point[0] <= box.x + box.width and box.y <= point[1] <= box.y + box.height


@pytest.mark.parametrize(("name", "face"), [("astronaut.png", FACE), ("camera.png", PROFILE)])
def test_somebody_is_found_with_a_box_round_the_face(photograph: Photograph, name: str, face: tuple[int, int]) -> None:
    found = people(decoded(photograph(name)))
    assert len(found) == 1
    assert found[0].by == "face"
    assert 0.5 <= found[0].score <= 1
    assert holds(found[0].box, face)
    assert 40 <= found[0].box.width <= 140


@pytest.mark.parametrize("name", ["coffee.png", "chelsea.png", "brick.png", "rocket.jpg", "hubble_deep_field.jpg", "page.png"])
def test_nobody_is_found_where_nobody_is(photograph: Photograph, name: str) -> None:
    assert people(decoded(photograph(name))) == ()


def test_a_drawn_poster_shows_nobody() -> None:
    poster = Image.new("RGB", (800, 600), "#5c2a5c")
    draw = ImageDraw.Draw(poster)
    for number in range(5):
        draw.ellipse((40 + 150 * number, 200, 160 + 150 * number, 320), fill="#f6c945")
    draw.text((60, 60), "SPIRIT WEEK", fill="white")
    assert people(decoded(poster)) == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (33, 31), (20, 20)])
def test_the_smallest_pictures_are_no_trouble(size: tuple[int, int]) -> None:
    image = decoded(Image.new("RGB", size, "grey"))
    assert people(image) == ()
    assert heads(image) == ()


def test_two_people_are_two(photograph: Photograph) -> None:
    both = Image.new("RGB", (1024, 512))
    both.paste(photograph("astronaut.png"), (0, 0))
    both.paste(photograph("camera.png"), (512, 0))
    found = people(decoded(both))
    assert len(found) == 2
    assert sum(holds(person.box, FACE) for person in found) == 1
    assert sum(holds(person.box, (PROFILE[0] + 512, PROFILE[1])) for person in found) == 1
    assert found[0].score >= found[1].score


def test_a_face_too_small_to_be_recognised_is_nobody(photograph: Photograph) -> None:
    """The face takes a sixth of astronaut.png: in a copy of 70 pixels it is narrower than the limit."""
    wall = Image.new("RGB", (640, 480), (120, 130, 140))
    small = photograph("astronaut.png").resize((70, 70))
    wall.paste(small, (300, 200))
    assert RECOGNISABLE_PX > 88 * 70 / 512
    assert people(decoded(wall)) == ()


def test_boxes_are_of_the_stored_picture(photograph: Photograph) -> None:
    """Stored on its side with the note "turn me": the box lies where the file has the face."""
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = photograph("astronaut.png").transpose(Image.Transpose.ROTATE_90)
    found = people(decoded(lying, exif=exif))
    assert len(found) == 1
    assert holds(found[0].box, (FACE[1], 512 - FACE[0]))


def test_boxes_scale_with_the_picture(photograph: Photograph) -> None:
    large = photograph("astronaut.png").resize((2048, 2048))
    found = people(decoded(large))
    assert len(found) == 1
    assert holds(found[0].box, (FACE[0] * 4, FACE[1] * 4))
    assert found[0].box.width > 250


def test_the_same_picture_gives_the_same_boxes(photograph: Photograph) -> None:
    image = decoded(photograph("astronaut.png"))
    assert people(image) == people(replace(image, pixels=image.pixels.copy()))


def test_somebody_whose_face_is_not_found_is_found_by_the_figure(
    photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detecting, "_faces", lambda image, at_least: iter(()))
    image = decoded(photograph("astronaut.png"))
    found = people(image)
    assert [person.by for person in found] == ["body"]
    assert holds(found[0].head, FACE)
    assert found[0].box.height > found[0].head.height
    assert any(holds(head, FACE) for head in heads(image))


def test_a_covered_face_is_not_recognisable(photograph: Photograph) -> None:
    covered = photograph("astronaut.png")
    ImageDraw.Draw(covered).ellipse((165, 45, 290, 190), fill=(150, 120, 100))
    assert people(decoded(covered)) == ()


@pytest.mark.parametrize("size", [(15, 2000), (2000, 15), (40, 4000), (4000, 40)])
def test_a_long_strip_is_looked_at_in_few_parts(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    looks: list[int] = []
    monkeypatch.setattr(detecting, "_bodies_in", lambda *_: iter(looks.append(1) or ()))
    heads(decoded(Image.new("RGB", size, "grey")))
    assert len(looks) <= 1 + detecting.MOST_PARTS


def test_heads_cover_the_whole_face(photograph: Photograph) -> None:
    image = decoded(photograph("astronaut.png"))
    face = people(image)[0].box
    covering = [head for head in heads(image) if holds(head, FACE)]
    assert covering
    assert any(
        holds(head, (face.x, face.y)) and holds(head, (face.x + face.width, face.y + face.height)) for head in covering
    )


def test_noise_is_nobody() -> None:
    noise = np.random.default_rng(5).integers(0, 255, (400, 600, 3), dtype=np.uint8)
    assert people(decoded(Image.fromarray(noise))) == ()
