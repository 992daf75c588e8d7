"""The sample's pictures: people where findings are promised, nobody elsewhere, and no two photographs that match."""

from __future__ import annotations

import io
import zlib
from itertools import combinations

import pytest

from rollbook.sample import album
from rollbook.sample.album import PEOPLE, picture
from rollbook.sample.drawing import HEIGHT_PX, WIDTH_PX, drawn, placeholder
from rollbook.sample.posts import read_story

needs_photographs = pytest.mark.skipif(not album.has_photographs(), reason="the extra `sample` is not installed")


def names() -> set[str]:
    return {photo.name for state in (1, 2) for post in read_story(state).posts.values() for photo in post.media}


def test_every_picture_of_a_post_exists_and_has_a_description() -> None:
    for state in (1, 2):
        for post in read_story(state).posts.values():
            for photo in post.media:
                assert picture(photo.name).data
                assert photo.alt


def test_a_drawing_is_a_png_that_needs_nothing_but_the_standard_library() -> None:
    data = drawn("pumpkins")
    assert data is not None
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    start = data.index(b"IDAT") + 4
    pixels = zlib.decompress(data[start:data.index(b"IEND") - 8])
    assert len(pixels) == HEIGHT_PX * (1 + 3 * WIDTH_PX)


def test_pillow_opens_what_is_drawn() -> None:
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(placeholder()))
    image.load()
    assert image.size == (WIDTH_PX, HEIGHT_PX)


def test_without_the_photographs_a_drawing_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(album, "_shelf", lambda: None)
    picture.cache_clear()
    try:
        found = picture("future-self-day")
        assert (found.type, found.file_name) == ("image/png", "future-self-day.png")
    finally:
        picture.cache_clear()


def test_findings_and_clearings_are_promised_exactly_where_a_picture_shows_a_person() -> None:
    posts = read_story(1).posts
    for post in posts.values():
        shared = posts[post.repost_of].media if post.repost_of else ()
        shows = any(photo.name in PEOPLE for photo in (*post.media, *shared))
        assert shows == ("student-image" in post.expect | post.cleared), post.key


@needs_photographs
def test_no_two_photographs_of_people_match_each_other() -> None:
    from rollbook.vision.decode import decode
    from rollbook.vision.pdq import compute

    hashes = {name: compute(decode(picture(name).data).pixels)[0] for name in PEOPLE}
    # Of 256 bits; 46 is where two pictures count as one, so this leaves room for the crops that the register tries.
    for one, other in combinations(sorted(PEOPLE), 2):
        assert (hashes[one] != hashes[other]).sum() > 80, (one, other)
    assert len({picture(name).data for name in PEOPLE}) == len(PEOPLE) >= 4


@needs_photographs
@pytest.mark.parametrize("name", sorted(names()))
def test_the_detectors_see_a_person_where_there_is_one(name: str) -> None:
    weights = pytest.importorskip("rollbook.vision.weights")
    if weights.missing():
        pytest.skip("the detectors' weights are not installed")
    from rollbook.vision.decode import decode
    from rollbook.vision.people import people

    assert bool(people(decode(picture(name).data))) == (name in PEOPLE)
