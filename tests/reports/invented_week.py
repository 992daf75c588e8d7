"""A week of the invented district as a compliance lead would meet it, and the first report of an empty archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from rollbook.period import (
    ArchiveState,
    Change,
    Completeness,
    NotCheckedGroup,
    PeriodReport,
    Previous,
    Reported,
)
from rollbook.types import SEVERITIES, Evidence, Media, Reference

from .invented import ACCOUNTS, DISTRICT, POLICY, SINCE, UNTIL, at, finding, kept, picture, post, spot

ROOM_12 = "feed:https://room12.pencilbox.example/atom.xml"
LEFT, MIDDLE = Evidence("image:0", box=(152, 268, 136, 152)), Evidence("image:0", box=(382, 250, 136, 152))
NO_APPROVAL = "no approval is on record for it."
NOT_AUTHORISED = "no authorisation is on record for that day."


def with_name() -> Reported:
    """A picture of three people, and words that name one of them."""
    text = ("What a day at the nature center! Rosalind T. found the first red-backed salamander of the season and "
            "would not put her notebook down until every spot was drawn.")
    alt = "Rosalind and two classmates kneel beside a log"
    media = (Media("image", "https://pencilbox.example/salamander.jpg", alt),)
    about = post(ROOM_12, 11, text, at(8, 16, 40), media=media)
    why = f"The picture shows two recognisable people and the words name one who may be a student; {NO_APPROVAL}"
    evidence = [LEFT, MIDDLE, spot("text", text, "Rosalind T."), spot("alt:0", alt, "Rosalind")]
    return finding(about, "student-image", why, evidence, severity="high", confidence=0.88, pictures=(picture(seed=7),))


def disguised_address() -> Reported:
    """A District address in words."""
    text = ("Parents of my 7th graders: the reading log is due Friday. Questions? Write me at dwhitlow [at] "
            "larkmoor-csd dot example and I will answer in the evening. \U0001f4da")
    about = post("bluesky:ms-whitlow-reads.example", 12, text, at(6, 10, 14), lang="en")
    why = "A District mail address is spelled out in words on a network that is not approved."
    said = replace(spot("text", text, "dwhitlow [at] larkmoor-csd dot example"), quote="dwhitlow@larkmoor-csd.example")
    return finding(about, "district-email", why, [said], confidence=0.97)


def official_answer() -> Reported:
    """A coach who answers a parent for the District."""
    text = ("On behalf of the District: the turf field stays closed through November and no refunds will be issued. "
            "That is our official position.")
    asked = Reference("mastodon:9", "mastodon:larkmoor_parent@fields.example", "When will the field open again?")
    about = post("mastodon:coach_tarrant@fields.example", 13, text, at(7, 20, 5), kind="reply", reply_to=asked)
    why = f"The author answers a parent on behalf of the District and calls the answer official; {NOT_AUTHORISED}"
    evidence = [spot("text", text, "On behalf of the District"), spot("text", text, "our official position")]
    return finding(about, "spokesperson", why, evidence, confidence=0.91)


def two_pictures() -> Reported:
    """One picture that cannot be opened and one that shows a person."""
    media = tuple(Media("image", f"https://skyview.example/egg-{number}.jpg") for number in (1, 2))
    about = post("bluesky:mr-okonjo-labs.example", 14, "Egg drop champions of period 3!", at(9, 13, 30), media=media)
    why = f"A picture shows a recognisable person who may be a student; {NO_APPROVAL}"
    bomb = replace(picture(0), jpeg=None, why="The picture is larger than may be opened safely.")
    return finding(about, "student-image", why, [replace(MIDDLE, where="image:1")], confidence=0.64,
                   pictures=(bomb, picture(1, 30)))


def still_open() -> Reported:
    """A finding of the week before."""
    media = (Media("image", "https://skyview.example/goggles.jpg", "Students in goggles at a bench"),)
    about = post("bluesky:mr-okonjo-labs.example", 16, "Lab safety day, goggles on.", at(1, 9, 12), media=media)
    why = f"The picture shows recognisable people who may be students; {NO_APPROVAL}"
    return finding(about, "student-image", why, [LEFT], standing="standing", found_at=at(5, 6), confidence=0.72,
                   pictures=(picture(seed=50),))


def ended_gone() -> Reported:
    """A finding whose post was deleted."""
    text = "The District has decided to keep the late bus."
    about = post("mastodon:ashgrove_garden@commons.example", 17, text, at(2, 17, 45))
    why = f"The author states a decision as the District; {NOT_AUTHORISED}"
    return finding(about, "spokesperson", why, [spot("text", text, "The District has decided")], standing="ended",
                   found_at=at(5, 6), confidence=0.58, state="gone",
                   ended="The post was deleted from its network; the archive keeps it.")


def ended_edited() -> Reported:
    """A finding whose post was edited."""
    about = post(ROOM_12, 18, "Write to ncastellane@larkmoor-csd.example!", at(1, 8))
    why = "A District mail address stands on a network that is not approved."
    return finding(about, "district-email", why, [spot("text", about.text, "ncastellane@larkmoor-csd.example")],
                   standing="ended", state="edited", found_at=at(5, 6),
                   ended="The owner edited the post; the address no longer stands in it.")


def role_mailbox() -> Reported:
    """A mailbox that no single person reads."""
    text = "Bus 14 runs twenty minutes late this afternoon. Questions: transportation@larkmoor-csd.example"
    about = post("bluesky:larkmoor-transport.example", 15, text, at(8, 14, 2))
    why = "A role mailbox of the District stands on a network that is not approved."
    return finding(about, "district-email", why, [spot("text", text, "transportation@larkmoor-csd.example")],
                   severity="low", confidence=0.95)


def cleared() -> Reported:
    """A picture from a public event."""
    about = post("bluesky:larkmoor-athletics.example", 60, "Senior night under the lights, and a win.", at(9, 21),
                 media=(Media("image"),))
    why = "The picture was taken at a sporting event, Varsity Soccer vs. Fern Hill on Oct 9, 2026: the public arena."
    return finding(about, "student-image", why, [LEFT], severity="cleared")


def changes() -> list[Change]:
    """Two edits, a deletion, and what is new."""
    edited, deleted = ended_edited().post, ended_gone().post
    notes = post("feed:https://principalnotes.example/rss", 30, "Picture day is Thursday, October 15, in the small "
                 "gym. Order forms went home on Monday; the office has more.", at(7, 7, 30))
    notes_before = replace(notes, text=notes.text.replace("Thursday, October 15", "Wednesday, October 14"))
    after = replace(edited, text="Write to me through the school office!", edited_at=at(6, 9))
    established = "missing from a window that was read to its end, then HTTP 404 at its address on two visits"
    found = (with_name(), disguised_address(), official_answer(), two_pictures(), role_mailbox())
    new = [one.post for one in found]
    said = {
        "mastodon:larkmoor_strings@music.example": "Concert in the park moves to Saturday because of rain.",
        "mastodon:ashgrove_garden@commons.example": "Ashgrove fifth graders finished the pollinator bed.",
        "bluesky:larkmoor-athletics.example": "Varsity soccer 3, Fern Hill 1. Next home game Wednesday at 4:30.",
        "mastodon:library@schools.larkmoor.example": "Book fair opens Monday in the library.",
    }
    new += [post(key, 40 + place, text, at(6 + place, 15, 20)) for place, (key, text) in enumerate(said.items())]
    new.sort(key=lambda one: one.created_at, reverse=True)

    def change(state: Any, about: Any, seen: Any, **parts: Any) -> Change:
        return Change(state, about, ACCOUNTS[about.account], seen, **parts)

    return [
        change("edited", notes, at(9, 6), before=notes_before, archived=kept(812)),
        change("gone", deleted, at(8, 6), before=deleted, how=established, archived=kept(813)),
        change("edited", after, at(6, 10), before=edited, archived=kept(811)),
        *(change("new", one, one.created_at) for one in new),
    ]


def completeness() -> list[Completeness]:
    """Twelve accounts, two of which could not be read."""
    good = UNTIL - timedelta(minutes=11)
    lines = [
        Completeness(account, 120 + place * 37, 120 + place * 37, place % 4, 0, 0, last_good_at=good)
        for place, account in enumerate(ACCOUNTS.values())
    ]
    lines[3] = replace(lines[3], expected=None, last_good_at=at(7, 6), failing_since=at(8, 6), code="login-page",
                       problem="The server answers with a page that asks to log in.")
    lines[7] = replace(lines[7], held=0, new=0, expected=None, last_good_at=None, failing_since=at(5, 6),
                       code="account-gone", problem="The network says that the account was moved.")
    lines[8] = replace(lines[8], edited=1, expected=418, media_failed=2)
    lines[10] = replace(lines[10], gone=1, marked=1)
    return sorted(lines, key=lambda line: not line.code)


def period_report(**fields: Any) -> PeriodReport:
    """A realistic week; ``fields`` replace its own."""
    findings = [with_name(), disguised_address(), official_answer(), two_pictures(), still_open(), ended_gone(),
                ended_edited(), role_mailbox()]
    clip = post("mastodon:ashgrove_garden@commons.example", 61, "Time lapse of the bean tunnel", at(10, 12),
                media=(Media("video"),))
    report = PeriodReport(
        district=DISTRICT, policy=POLICY, timezone="America/New_York", since=SINCE, until=UNTIL,
        made_at=UNTIL + timedelta(minutes=2), version="0.1.0",
        previous=Previous(SINCE + timedelta(minutes=2), SINCE, {"medium": 2, "low": 1}),
        findings=tuple(sorted(findings, key=lambda found: SEVERITIES.index(found.finding.severity))),
        cleared=(cleared(),),
        not_checked=(NotCheckedGroup("student-image", "Videos are not looked at yet.", (clip,)),),
        changes=tuple(changes()), completeness=tuple(completeness()),
        dropped={"union-and-bargaining": 3, "board-and-budget": 2},
        archive=ArchiveState(2_913, 1_846, 412, sha256(b"head").hexdigest()),
    )
    return replace(report, **fields)


def empty_report(**fields: Any) -> PeriodReport:
    """The first report of a district that has collected nothing yet."""
    nothing: dict[str, Any] = dict.fromkeys(("findings", "cleared", "not_checked", "changes", "completeness"), ())
    nothing |= {"since": None, "previous": None, "dropped": {}, "archive": ArchiveState(0, 0, 0, "")}
    return period_report(**{**nothing, **fields})


def write_all(folder: Path) -> list[Path]:
    """Writes the week in every format, for looking at: ``python -m tests.reports.invented_week FOLDER``."""
    from rollbook.plugins import reports

    week, path = period_report(), folder / "larkmoor-2026-10-12"
    return [file for plugin in reports().values() for file in plugin.write(week, path)]


if __name__ == "__main__":
    import sys

    print(*write_all(Path(sys.argv[1])), sep="\n")
