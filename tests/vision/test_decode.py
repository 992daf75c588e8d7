"""Pictures that anybody may have posted: opened, or refused with a plain sentence, whatever the bytes."""

from __future__ import annotations

import io
import random
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rollbook.errors import MediaError
from rollbook.vision import decode as decoding
from rollbook.vision.decode import Box, decode


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scene(width: int = 320, height: int = 200) -> Image.Image:
    """A grey picture with one red block at x 40 to 100, y 20 to 60."""
    picture = Image.new("RGB", (width, height), (90, 90, 90))
    picture.paste((230, 10, 10), (40, 20, 100, 60))
    return picture


def red_block(pixels: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero((pixels[:, :, 0] > 180) & (pixels[:, :, 1] < 70))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_four_formats_are_opened(kind: str) -> None:
    image = decode(encoded(scene(), kind))
    assert image.pixels.shape == (200, 320, 3)
    assert image.stored_px == (320, 200)
    assert red_block(image.pixels) == pytest.approx((40, 20, 100, 60), abs=2)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_seen_upright_and_its_boxes_are_of_the_stored_one(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = decode(encoded(scene(), kind, exif=exif, quality=95))
    assert image.orientation == orientation
    assert image.pixels.shape[:2] == ((200, 320) if orientation < 5 else (320, 200))
    box = image.as_stored(*red_block(image.pixels))
    assert tuple(box) == pytest.approx((40, 20, 60, 40), abs=3)


def test_upright_is_what_viewers_show() -> None:
    """Orientation 6, a telephone held upright: the stored left edge is the shown top edge."""
    stored = Image.new("RGB", (300, 100), "white")
    stored.paste((230, 10, 10), (0, 0, 30, 100))
    exif = Image.Exif()
    exif[0x0112] = 6
    left, top, right, bottom = red_block(decode(encoded(stored, exif=exif)).pixels)
    assert (left, top, right) == (0, 0, 100)
    assert bottom == pytest.approx(30, abs=2)


def test_a_broken_orientation_counts_as_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    assert decode(encoded(scene(), exif=exif)).orientation == 1


def test_broken_metadata_do_not_keep_a_picture_from_being_checked() -> None:
    data = encoded(scene(), exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f broken")
    assert decode(data).stored_px == (320, 200)


def test_a_large_picture_is_shrunk_and_its_boxes_are_not() -> None:
    image = decode(encoded(scene().resize((4000, 2500)), quality=90))
    assert max(image.pixels.shape) == decoding.LOOK_SIDE_PX
    assert image.stored_px == (4000, 2500)
    assert tuple(image.as_stored(*red_block(image.pixels))) == pytest.approx((500, 250, 750, 500), abs=12)


def test_boxes_are_kept_inside_the_picture() -> None:
    image = decode(encoded(scene()))
    assert image.as_stored(-50, -9, 400, 30) == Box(0, 0, 320, 30)


def test_what_is_transparent_is_white() -> None:
    picture = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 20, 40))
    pixels = decode(encoded(picture, "PNG")).pixels
    assert pixels[5, 30].tolist() == [255, 255, 255]
    assert pixels[5, 5].tolist() == [0, 0, 255]


def test_a_palette_with_transparency_opens() -> None:
    picture = scene().quantize(8)
    assert decode(encoded(picture, "PNG", transparency=bytes([0, 128, 255]))).stored_px == (320, 200)


def test_sixteen_bits_of_grey_keep_their_range() -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)
    pixels = decode(encoded(Image.fromarray(np.tile(ramp, (40, 1))), "PNG")).pixels
    assert pixels[0, 0, 0] <= 2
    assert pixels[0, 128, 0] == pytest.approx(128, abs=2)
    assert pixels[0, -1, 0] >= 253


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_other_colours_become_rgb(mode: str) -> None:
    assert decode(encoded(scene().convert(mode))).pixels.shape == (200, 320, 3)


def test_the_first_frame_of_an_animation_is_looked_at() -> None:
    frames = [scene(), Image.new("RGB", (320, 200), "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        assert red_block(decode(data).pixels) == pytest.approx((40, 20, 100, 60), abs=3), kind


OTHERS = [
    (b"", "empty"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    (b'<?xml version="1.0"?>\n<!-- x -->\n<svg/>', "SVG"),
    (b"<!DOCTYPE html><html><title>Log in</title>", "web page"),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
    (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "AVIF"),
    (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "video"),
    (b"\x1aE\xdf\xa3\x01\x00\x00\x00", "video"),
    (b"%PDF-1.7\n", "PDF"),
    (b"GIF90a broken", "no picture"),
    (b"RIFF\x24\x00\x00\x00WAVEfmt ", "no picture"),
    (b"just some words", "no picture"),
    (random.Random(1).randbytes(5000), "no picture"),
]


@pytest.mark.parametrize(("data", "named"), OTHERS, ids=[f"{number}-{named}" for number, (_, named) in enumerate(OTHERS)])
def test_what_is_no_picture_is_named(data: bytes, named: str) -> None:
    with pytest.raises(MediaError, match=named):
        decode(data)


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "PPM", "TGA", "PCX", "AVIF"])
def test_every_other_format_is_switched_off(kind: str) -> None:
    with pytest.raises(MediaError, match="only JPEG, PNG, WebP and GIF"):
        decode(encoded(scene(), kind))


@pytest.mark.parametrize("start", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x00\x10\x00\x00WEBP"])
def test_a_file_that_only_begins_like_a_picture_is_damaged(start: bytes) -> None:
    with pytest.raises(MediaError, match="damaged or cut off"):
        decode(start + encoded(scene(), "TIFF"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_that_is_cut_off_is_not_half_seen(kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 255, (300, 300, 3), dtype=np.uint8))
    data = encoded(noise, kind)
    with pytest.raises(MediaError, match=f"{kind} picture is damaged or cut off"):
        decode(data[: len(data) // 2])


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def claiming_png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


BOMBS = [
    claiming_png(9000, 9000), claiming_png(30_000, 30_000), claiming_png(2_000_000_000, 2_000_000_000),
    b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x00;",
]


@pytest.mark.parametrize("data", BOMBS, ids=["81 million", "900 million", "beyond", "gif"])
def test_a_bomb_is_refused_by_its_header(data: bytes) -> None:
    with pytest.raises(MediaError, match="million"):
        decode(data)


def test_too_many_bytes_are_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_BYTES", 1000)
    with pytest.raises(MediaError, match="MB are opened"):
        decode(encoded(scene()) + bytes(1000))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.data())
def test_damaged_bytes_give_a_picture_or_a_reason(kind: str, data: st.DataObject) -> None:
    original = encoded(scene(64, 48).resize((64, 48)), kind)
    changed = bytearray(original)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    changed = changed[: data.draw(st.integers(1, len(changed)))]
    try:
        image = decode(bytes(changed))
    except MediaError as err:
        assert str(err)
    else:
        assert image.pixels.ndim == 3
        assert image.pixels.shape[2] == 3
