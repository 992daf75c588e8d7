"""Approved photographs are known again, others are not; a register row that cannot be used is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from rollbook.approvals import Approval, Approvals
from rollbook.types import Period
from rollbook.vision import pdq
from rollbook.vision.approved import SAME_PHOTO_BITS, approved_photographs, prints
from rollbook.vision.decode import decode

ALWAYS = Period(date(2026, 9, 1))


def drawn(seed: int, width: int = 900, height: int = 600) -> Image.Image:
    """An invented photograph: soft shapes and some grain, another one for every seed."""
    chance = np.random.default_rng(seed)
    coarse = Image.fromarray(chance.integers(0, 255, (9, 13, 3), dtype=np.uint8))
    grain = chance.integers(-20, 20, (height, width, 3))
    pixels = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).astype(int) + grain
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def encoded(picture: Image.Image, quality: int = 85) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def approval(value: str, period: Period = ALWAYS, note: str = "") -> Approval:
    return Approval("photo", value, period, note)


def matched(approvals: Approvals, picture: Image.Image, quality: int = 85) -> list[str]:
    posted = prints(decode(encoded(picture, quality)))
    assert posted is not None
    return [found.value for found in approved_photographs(approvals).matches(posted)]


@pytest.fixture
def approvals(tmp_path: Path) -> Approvals:
    for number in range(4):
        (tmp_path / f"{number}.jpg").write_bytes(encoded(drawn(number)))
    return Approvals(tuple(approval(f"{number}.jpg") for number in range(4)), tmp_path)


def cut(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = picture.size
    return picture.crop((int(left * width), int(top * height), int((1 - right) * width), int((1 - bottom) * height)))


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda picture: picture,
    "a third of the size": lambda picture: picture.resize((300, 200)),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.2),
    "mirrored": ImageOps.mirror,
    "square": lambda picture: picture.crop((150, 0, 750, 600)),
    "cut all round": lambda picture: cut(picture, 0.08, 0.08, 0.08, 0.08),
    "cut at the foot": lambda picture: cut(picture, 0, 0, 0, 0.12),
    "framed": lambda picture: ImageOps.expand(picture, 36, "white"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_copy_is_known_again_and_taken_for_no_other(
    approvals: Approvals, edit: Callable[[Image.Image], Image.Image]
) -> None:
    for number in range(4):
        assert matched(approvals, edit(drawn(number)), quality=50) == [f"{number}.jpg"]


def test_photographs_that_are_not_on_record_are_not_known(approvals: Approvals) -> None:
    for seed in range(100, 130):
        assert matched(approvals, drawn(seed)) == []


def test_another_part_of_the_photograph_is_not_known(approvals: Approvals) -> None:
    assert matched(approvals, cut(drawn(0), 0.5, 0.5, 0, 0)) == []


def test_a_hash_stands_for_its_photograph(tmp_path: Path) -> None:
    bits, _ = pdq.compute(np.asarray(drawn(7).resize((512, 341))))
    value = "pdq:" + np.packbits(bits).tobytes().hex()
    approvals = Approvals((approval(value),), tmp_path)
    assert matched(approvals, drawn(7)) == [value]
    assert matched(approvals, ImageOps.mirror(drawn(7))) == [value]
    assert matched(approvals, drawn(7).resize((450, 300)), quality=40) == [value]
    assert matched(approvals, drawn(8)) == []


def test_every_approval_of_a_photograph_is_given(approvals: Approvals, tmp_path: Path) -> None:
    ended = approval("0.jpg", Period(date(2025, 9, 1), date(2026, 6, 30)), "PR-1")
    both = Approvals((*approvals.rows, ended), tmp_path)
    assert matched(both, drawn(0)) == ["0.jpg", "0.jpg"]


def test_names_are_no_photographs(tmp_path: Path) -> None:
    approvals = Approvals((Approval("student-name", "Delia Marchbanks", ALWAYS),), tmp_path)
    assert approved_photographs(approvals).unreadable == ()
    assert matched(approvals, drawn(0)) == []


def test_rows_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    (tmp_path / "flat.png").write_bytes(encoded(Image.new("RGB", (300, 200), "grey")))
    (tmp_path / "page.jpg").write_bytes(b"<html>not found</html>")
    (tmp_path / "0.jpg").write_bytes(encoded(drawn(0)))
    rows = tuple(approval(value) for value in ("gone.jpg", "flat.png", "page.jpg", "0.jpg"))
    register = approved_photographs(Approvals(rows, tmp_path))
    told = {row.value: why for row, why in register.unreadable}
    assert set(told) == {"gone.jpg", "flat.png", "page.jpg"}
    assert "cannot be read" in told["gone.jpg"]
    assert "too little structure" in told["flat.png"]
    assert "web page" in told["page.jpg"]


def test_a_flat_picture_is_not_compared() -> None:
    assert prints(decode(encoded(Image.new("RGB", (400, 300), "white")))) is None


def test_the_register_is_enrolled_once(approvals: Approvals) -> None:
    assert approved_photographs(approvals) is approved_photographs(approvals)
    assert approved_photographs(Approvals(approvals.rows, approvals.folder)) is not None


def test_the_limit_is_the_one_that_was_measured() -> None:
    """A larger one clears photographs that nobody approved: measure anew (measure_copies.py) before changing it."""
    assert SAME_PHOTO_BITS == 46
