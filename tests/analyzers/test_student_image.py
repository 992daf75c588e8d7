"""student-image over labelled cases: an adult's free photographs stand in for everybody, no child's is used."""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw

from analyzers.student_image import student_image
from rollbook.errors import ArchiveError
from rollbook.judge import running_rules
from rollbook.plugins import Case, Hit, NotChecked, Picture, analyzers
from rollbook.types import Account, Media, Post
from rollbook.vision import weights
from rollbook.workspace import Workspace, read_workspace

HERE = Path(__file__).parent
CASES = [json.loads(line) for line in (HERE / "cases" / "student_image.jsonl").read_text(encoding="utf-8").splitlines()]
POSTED_AT = datetime(2026, 10, 9, 20, 0, tzinfo=ZoneInfo("America/New_York"))

DISTRICT = """
[district]
name = "Tern Lake Central School District"
timezone = "America/New_York"
[policy]
use = "west-genesee-9125.3"
"""
EVENTS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//invented//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260901T000000Z
DTSTART;TZID=America/New_York:20261009T163000
DTEND;TZID=America/New_York:20261009T183000
SUMMARY:Varsity Soccer vs. Quail Hollow
CATEGORIES:SPORTS
END:VEVENT
END:VCALENDAR
"""
APPROVALS = """what,value,from,until,note
photo,photos/approved.jpg,2026-09-01,,PR-P-1
photo,photos/ended.jpg,2025-09-01,2026-06-30,PR-P-0
photo,photos/early.jpg,2026-11-01,,PR-P-2
student-name,Delia Marchbanks,2026-09-01,,PR-1
student-name,Ivo Penhallow,2025-09-01,2026-06-30,PR-2
"""


def encoded(picture: Image.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def on_a_wall(portrait: Image.Image, colours: tuple[str, str], left: int) -> Image.Image:
    """Another photograph with the same person: what stands round the portrait makes it another one."""
    wall = Image.new("RGB", (1000, 700), colours[0])
    draw = ImageDraw.Draw(wall)
    for number in range(14):
        draw.rectangle((70 * number, (number * 37 + left) % 500, 70 * number + 40, 700), fill=colours[1])
    wall.paste(portrait.resize((420, 420)), (left, 140))
    return wall


def drawn_pictures(portrait: Image.Image, profile: Image.Image, coffee: Image.Image) -> dict[str, bytes]:
    covered, field = portrait.copy(), Image.new("RGB", (640, 480), (120, 130, 140))
    ImageDraw.Draw(covered).ellipse((165, 45, 290, 190), fill=(150, 120, 100))
    field.paste(portrait.resize((70, 70)), (300, 200))
    approved = on_a_wall(portrait, ("#a9794a", "#fdfbf6"), 60)
    return {
        "astronaut": encoded(portrait), "camera": encoded(profile), "coffee": encoded(coffee),
        "covered": encoded(covered), "tiny": encoded(field), "approved": encoded(approved),
        "approved-copy": encoded(approved.convert("L").convert("RGB").resize((600, 420)).crop((20, 14, 580, 406)), 60),
        "ended": encoded(on_a_wall(portrait, ("#203040", "#90b0c0"), 300)),
        "early": encoded(on_a_wall(portrait, ("#5c2a5c", "#f6c945"), 500)),
        "damaged": encoded(portrait)[:9000], "page": b"<!doctype html><title>Log in</title>", "drawing": b"<svg></svg>",
    }


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        pytest.skip("scikit-image, whose free photographs these tests use, is not installed")
    if why := weights.missing():
        pytest.skip(why)

    def shelf(name: str) -> Image.Image:
        with Image.open(Path(str(found.origin)).parent / "data" / name) as picture:
            return picture.convert("RGB")

    return drawn_pictures(shelf("astronaut.png"), shelf("camera.png"), shelf("coffee.png"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, pictures: dict[str, bytes]) -> Workspace:
    folder = tmp_path_factory.mktemp("district")
    (folder / "district.toml").write_text(DISTRICT, encoding="utf-8")
    (folder / "accounts.csv").write_text(
        "account,kind,owner\nbluesky:teacher.example,employee,Ottilie Brandvold\nbluesky:district.example,district,Office\n"
    )
    (folder / "approvals.csv").write_text(APPROVALS)
    (folder / "events.ics").write_text(EVENTS.replace("\n", "\r\n"))
    (folder / "photos").mkdir()
    for name in ("approved", "ended", "early"):
        (folder / "photos" / f"{name}.jpg").write_bytes(pictures[name])
    return read_workspace(folder)


@pytest.fixture
def judge(workspace: Workspace, pictures: dict[str, bytes]) -> Callable[..., list[Hit | NotChecked]]:
    def judge_(row: dict[str, Any], *, space: Workspace | None = None) -> list[Hit | NotChecked]:
        names = row["pictures"] if "pictures" in row else [row["picture"]]
        media = tuple(Media("video" if name == "video" else "image", alt=row.get("alt")) for name in names)
        post = Post(
            "bluesky:1", row.get("account", "bluesky:teacher.example"), "bluesky", row.get("kind", "post"),
            row.get("text", ""), row.get("at", POSTED_AT), media=media,
        )
        shown = tuple(
            Picture(number, media[number], (lambda data=pictures[name]: data) if name in pictures else None)
            for number, name in enumerate(names) if name != "video"
        )
        account = (space or workspace).register.get(post.account) or Account(post.account, "employee")
        return list(student_image(Case(post, account, space or workspace, shown)))

    return judge_


def severity(answer: Hit | NotChecked) -> str:
    if isinstance(answer, NotChecked):
        return "not-checked"
    return "cleared" if answer.cleared else {None: "medium", "with-name": "high"}[answer.severity_of]


def told(answer: Hit | NotChecked) -> str:
    return answer.reason if isinstance(answer, NotChecked) else f"{answer.message} {answer.cleared or ''}"


@pytest.mark.parametrize("row", CASES, ids=[row["why"] for row in CASES])
def test_case(judge: Callable[..., list[Hit | NotChecked]], row: dict[str, Any]) -> None:
    answers = judge(row)
    assert [severity(answer) for answer in answers] == ([row["expected"]] if row["expected"] else [])
    for answer in answers:
        assert row["says"] in told(answer)


def test_every_kind_of_answer_has_cases() -> None:
    assert {row["expected"] for row in CASES} == {"medium", "high", "cleared", "not-checked", None}


def test_the_evidence_is_the_box_and_the_name(judge: Callable[..., list[Hit | NotChecked]]) -> None:
    (hit,) = judge({"picture": "astronaut", "text": "Bravo, Maren Tolliver!"})
    assert isinstance(hit, Hit)
    box, name = hit.evidence
    assert box.where == "image:0"
    assert type(box.box) is tuple
    assert box.box is not None
    x, y, width, height = box.box
    assert x < 226 < x + width
    assert y < 118 < y + height
    assert (name.where, name.start, name.end, name.quote) == ("text", 7, 21, "Maren Tolliver")
    assert 0.5 < hit.confidence <= 1


def test_each_picture_is_judged_by_itself(judge: Callable[..., list[Hit | NotChecked]]) -> None:
    answers = judge({"pictures": ["coffee", "astronaut", "page", "approved", "video", "absent"]})
    assert [severity(answer) for answer in answers] == ["medium", "not-checked", "cleared", "not-checked", "not-checked"]
    assert isinstance(answers[0], Hit)
    assert answers[0].evidence[0].where == "image:1"
    assert "picture 3 of 6" in told(answers[1])
    assert "video 5 of 6" in told(answers[3])


def test_the_day_of_an_approval_is_the_districts(judge: Callable[..., list[Hit | NotChecked]]) -> None:
    """PR-P-0 held until 30 June: 11 p.m. of that day in New York is 1 July in London."""
    late = datetime(2026, 7, 1, 3, 0, tzinfo=ZoneInfo("Europe/London"))
    assert severity(judge({"picture": "ended", "at": late})[0]) == "cleared"
    assert severity(judge({"picture": "ended", "at": late.replace(hour=9)})[0]) == "medium"


def test_an_approval_that_cannot_be_compared_is_told(
    judge: Callable[..., list[Hit | NotChecked]], workspace: Workspace, tmp_path: Path
) -> None:
    for name in ("district.toml", "accounts.csv"):
        (tmp_path / name).write_bytes((workspace.folder / name).read_bytes())
    (tmp_path / "approvals.csv").write_text("what,value,from\nphoto,photos/moved.jpg,2026-09-01\n")
    (hit,) = judge({"picture": "astronaut"}, space=read_workspace(tmp_path))
    assert "could not be compared with photos/moved.jpg" in told(hit)


def test_without_the_extra_nothing_is_called_clean(
    judge: Callable[..., list[Hit | NotChecked]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "missing", lambda: "the detectors' weights are not installed")
    answers = judge({"pictures": ["astronaut", "coffee"]})
    assert [severity(answer) for answer in answers] == ["not-checked", "not-checked"]
    assert all("not installed" in told(answer) for answer in answers)


def test_installing_the_detectors_judges_again(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    rule = next(item for item in running_rules(workspace) if item.rule.name == "student-image")
    now = rule.judged_by(workspace)
    monkeypatch.setattr(weights, "missing", lambda: "the detectors' weights are not installed")
    assert rule.judged_by(workspace) != now


def test_a_picture_that_the_archive_cannot_give_is_not_checked(workspace: Workspace) -> None:
    def lost() -> bytes:
        raise ArchiveError("the file of this picture is missing")

    media = Media("image", url="https://pictures.example/1.jpg")
    post = Post("bluesky:1", "bluesky:teacher.example", "bluesky", "post", "", POSTED_AT, media=(media,))
    account = Account("bluesky:teacher.example", "employee")
    (answer,) = student_image(Case(post, account, workspace, (Picture(0, media, lost),)))
    assert "is missing" in told(answer)
    (answer,) = student_image(Case(post, account, workspace, (Picture(0, media, None),)))
    assert "only its address is known" in told(answer)


def test_its_manual_has_every_section() -> None:
    manual = analyzers()["student-image"].manual
    for label in ("Clause:", "Flags:", "Does not flag:", "Evidence:", "Measured:"):
        assert f"\n{label} " in manual
