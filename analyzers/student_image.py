"""Pictures in which somebody who may be a student can be recognised, with no approval on record for the photograph.

Clause: 9125.3 para 7, "Employees should check with the publications office to make sure that images of students who
will be published have the permission of their parent/guardian to be published before posting pictures of students on
social media, except for images of students taken in the public arena, such as at sporting events or fine arts public
performances."

Flags: a picture of a post, a reply, a repost or a profile, by an employee's or the District's account, in which one
of two detectors finds a face at least 16 pixels wide, or somebody's head and trunk. Who it is, how old, or of which
sex is never asked: everybody who can be recognised may be a student. A name beside the picture that is not approved
for that day takes the severity ``with-name``. An approval that had ended, or had not begun, on the day of the post is
no approval.

Does not flag: a picture without people, or with figures too far away to be recognised. Cleared, with the reason: a
photograph that approvals.csv has for that day, known again by its perceptual hash after resizing, recompression,
toning, usual crops, borders and mirroring; and the public arena: words of the post or the description that tell of a
game or a performance, or an event of events.ics within 36 hours whose sport, opponent, title or place they name.
Words of practice, rehearsal, class, awards or an event still to come speak against the public arena. A description
that says nobody is to be seen clears nothing. Staff, visitors and people in print are flagged like students: a person
tells them apart.

Not checked: a picture of which only address or description is known; one that is damaged, too large, or neither JPEG,
PNG, WebP nor GIF (of which the first frame is looked at); videos; all pictures where the vision extra is not
installed.

Evidence: the picture, with a box round each person (the ten surest), in pixels of the file as stored; and the name.

Measured: on 2026-11-22 over the 108 labelled photographs of the evaluation set (`tests/vision/measure.py`), 73 of 79
with people found: recall 0.92 (95 % interval 0.84 to 0.97), 28 of 29 with likely minors; false alarms in 1 of 29
without people, 0.03 (0.01 to 0.17): precision 0.99 on this mix. 65 ms a picture on one core. The thresholds were
chosen on this set and on the research's, so expect somewhat less. The misses: hands, hair over the face, figures far
away. Approved photographs (`tests/vision/measure_copies.py`, 127 pictures): copies resized, recompressed, toned,
mirrored, framed, or cut by up to 15 % were known again in 98 to 100 of 100, with a caption bar in 87, turned by 2
degrees in 77, cut at one corner or by 20 % in 2 or none; the one other photograph that was taken for it is the second
shot of a stereo pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from rollbook.errors import RollbookError
from rollbook.plugins import Case, Hit, NotChecked, Picture, analyzer
from rollbook.schoolyear import written
from rollbook.types import Evidence
from rollbook.vision import weights
from rollbook.vision.arena import Arena, arena
from rollbook.vision.captions import Named, named

if TYPE_CHECKING:
    from rollbook.approvals import Approval
    from rollbook.vision.approved import ApprovedPhotographs
    from rollbook.vision.people import Sighting

#: How many people of one picture are shown as evidence; a class photograph is one finding, not thirty.
MOST_BOXES = 10
#: How much a figure without a found face counts: it may be seen from behind. **Source**: own estimate.
FACELESS = 0.8


@analyzer("student-image", version=1, rests_on=weights.installed)
def student_image(case: Case) -> Iterator[Hit | NotChecked]:
    """Looks for people in every picture. **Shape**: at most one hit, or one reason, a picture; in the post's order."""
    pictures = {picture.index: picture for picture in case.pictures}
    shown = [index for index, media in enumerate(case.post.media) if media.type in ("image", "video")]
    for place, index in enumerate(shown, 1):
        which = f" {place} of {len(shown)}" if len(shown) > 1 else ""
        if case.post.media[index].type == "video":
            yield NotChecked(f"The video{which} was not looked into: this version looks at pictures only.")
            continue
        try:
            picture = _held(pictures.get(index))
            if uninstalled := weights.missing():  # reads a file and looks for packages: only where there are bytes
                raise RollbookError(uninstalled)
            yield from _judged(case, picture)
        except (RollbookError, OSError) as err:
            yield NotChecked(f"The picture{which} was not looked at: {err}.")


def _held(picture: Picture | None) -> Picture:
    if picture is None or picture.read is None:
        known = "its description" if picture is None or picture.media.url is None else "its address"
        raise RollbookError(f"the picture itself is not held, only {known} is known")
    return picture


def _judged(case: Case, picture: Picture) -> Iterator[Hit]:
    # The detectors' packages take half a second to import: only where there is a picture to look at.
    from rollbook.vision.approved import approved_photographs
    from rollbook.vision.look import look

    assert picture.read is not None
    seen = look(picture.read())
    if not seen.people:
        return
    photographs = approved_photographs(case.workspace.approvals)
    approvals = photographs.matches(seen.prints) if seen.prints is not None else []
    who, confidence = _who(seen.people), max(_confidence(person) for person in seen.people)
    boxes = tuple(Evidence(f"image:{picture.index}", box=_corners(person)) for person in seen.people[:MOST_BOXES])
    approved = next((approval for approval in approvals if case.day in approval.period), None)
    # A profile's words tell what somebody does, not where the portrait was taken.
    place = Arena() if case.post.kind == "profile" else _arena(case, picture)
    if approved is not None or place.public:
        why = f"{_approval(approved)}." if approved is not None else f"{place.public}."
        yield Hit(f"The picture shows {who}.", confidence, boxes, cleared=why)
        return
    name = named(case, picture.index, picture.media, case.day)
    said = [f"The picture shows {who} who may be {'students' if len(seen.people) > 1 else 'a student'};"]
    said.append(f"{_no_approval(approvals, case.day)}.")
    if name is not None:
        said.append(_beside(name))
    if place.against:
        said.append(f"It is not taken for a public event, because the words speak of “{place.against}”.")
    said.extend(_not_compared(photographs))
    named_at = (Evidence(name.where, name.start, name.end, name.name),) if name is not None else ()
    yield Hit(" ".join(said), confidence, boxes + named_at, severity_of="with-name" if name is not None else None)


def _arena(case: Case, picture: Picture) -> Arena:
    words = f"{case.post.text}\n{picture.media.alt or ''}"
    return arena(words, case.post.created_at, case.workspace.school_year)


def _who(people: tuple[Sighting, ...]) -> str:
    if all(person.by == "body" for person in people):
        return "a person whose face was not clearly found" if len(people) == 1 else f"{len(people)} people"
    return "a recognisable person" if len(people) == 1 else f"{len(people)} recognisable people"


def _confidence(person: Sighting) -> float:
    return person.score * (1 if person.by == "face" else FACELESS)


def _corners(person: Sighting) -> tuple[int, int, int, int]:
    return person.box.x, person.box.y, person.box.width, person.box.height


def _approval(approval: Approval) -> str:
    return "the photograph is on record as approved" + (f" ({approval.note})" if approval.note else "")


def _no_approval(others: list[Approval], day: date) -> str:
    """What the register says of a photograph that it does not approve for the day."""
    if not others:
        return f"no approval is on record for this photograph on {written(day)}"
    nearest = others[0]
    note = f" ({nearest.note})" if nearest.note else ""
    if nearest.period.until_on is not None and nearest.period.until_on < day:
        return f"its approval{note} ended on {written(nearest.period.until_on)}, before the day of the post"
    return f"its approval{note} begins on {written(nearest.period.from_on)}, after the day of the post"


def _beside(name: Named) -> str:
    return f"A name stands beside it, “{name.name}”" + (f"; {name.record}." if name.record else ".")


def _not_compared(photographs: ApprovedPhotographs) -> Iterator[str]:
    """Says that a row of the register could not be used: what it approves is not known again."""
    values = sorted({approval.value for approval, _ in photographs.unreadable})
    if values:
        more = f" and {len(values) - 3} more" if len(values) > 3 else ""
        yield f"It could not be compared with {', '.join(values[:3])}{more} of approvals.csv."
