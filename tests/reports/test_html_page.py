"""The page says everything that the report holds, marks the evidence, and makes nothing of hostile texts."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from reports.html_page import render, write
from rollbook.types import Evidence, Media

from .hostile import TEXTS, hostile_report
from .invented import POLICY, finding, kept, picture, post, unregistered
from .invented_week import (
    completeness,
    disguised_address,
    empty_report,
    ended_gone,
    period_report,
    still_open,
    two_pictures,
    with_name,
)
from .reading import Element, read


@pytest.fixture(scope="module")
def week() -> Element:
    return read(render(period_report()))


def only(*findings: object) -> Element:
    """The page's articles of these findings."""
    return read(render(period_report(findings=findings, changes=())))


def test_the_head_answers_first(week: Element) -> None:
    head = week.one("header", class_="head")
    assert head.one("h1").line == "Public posts reviewed, Oct 5 to Oct 12, 2026"
    assert head.one("p", class_="answer").line == "5 new findings wait for review and 2 of 12 accounts could not be read."
    assert len(head.one("ul", class_="figures").all("li")) == 5


def test_sections_stand_in_the_order_of_reading(week: Element) -> None:
    titles = [heading.line for heading in week.one("main").all("h2")]
    assert titles == [
        "Needs attention first", "All findings", "What changed since Oct 5, 2026", "Completeness", "Not checked, and why",
        "Looked at and cleared", "Protected speech left out", "Archived versions", "State of the archive",
    ]
    linked = [link.attributes["href"][1:] for link in week.one("nav").all("a")]
    assert linked == [*(section.attributes["id"] for section in week.one("main").all("section")
                        if "severity" not in section.attributes.get("class", "")), "reading"]


def test_a_finding_holds_all_that_a_person_needs(week: Element) -> None:
    article = week.one("article", id="finding-1")
    rule = POLICY.rules["student-image"]
    said = article.line
    for part in (rule.title, rule.clause.cite, rule.clause.text, rule.remedy, "no approval is on record for it.", "High",
                 "New, found Oct 12, 2026", "Confidence high (0.88)", "Noor Castellane, teacher", "Post of Oct 8, 2026, 4:40 PM"):
        assert part in said
    assert [mark.line for mark in article.all("mark")] == ["Rosalind T.", "Rosalind"]
    links = {link.line: link.attributes for link in article.all("a")}
    assert links["Post on pencilbox.example"]["href"] == "https://pencilbox.example/11"
    assert "noreferrer" in links["Post on pencilbox.example"]["rel"].split()
    row = week.one("tr", id=links["Archived version 711"]["href"][1:])
    place = kept(711)
    for part in ("rollbook show feed:11", place.warc_file, f"{place.warc_offset:,}", place.payload_sha256, "Oct 6, 2026, 11:00 AM"):
        assert part in row.line


def test_evidence_read_in_another_form_is_said(week: Element) -> None:
    article = week.one("article", id="finding-2")
    assert [mark.line for mark in article.all("mark")] == ["dwhitlow [at] larkmoor-csd dot example", "dwhitlow@larkmoor-csd.example"]


def test_boxes_lie_over_the_thumbnail(week: Element) -> None:
    frame = week.one("article", id="finding-1").one("div", class_="frame")
    assert frame.one("img").attributes["src"].startswith("data:image/jpeg;base64,")
    assert frame.one("img").attributes["alt"] == \
        "Picture 1 (faces blurred, 2 places marked): Rosalind and two classmates kneel beside a log"
    assert frame.one("svg").attributes["viewbox"] == "0 0 480 320"
    boxes = [[int(rect.attributes[name]) for name in ("x", "y", "width", "height")] for rect in frame.all("rect", class_="over")]
    assert boxes == [[76, 134, 68, 76], [191, 125, 68, 76]]


@pytest.mark.parametrize(("orientation", "box"), [
    (1, (0, 0, 96, 32)), (2, (384, 0, 96, 32)), (3, (384, 288, 96, 32)), (4, (0, 288, 96, 32)),
    (5, (0, 0, 24, 64)), (6, (456, 0, 24, 64)), (7, (456, 256, 24, 64)), (8, (0, 256, 24, 64)),
])
def test_boxes_of_a_picture_that_is_stored_turned(orientation: int, box: tuple[int, int, int, int]) -> None:
    evidence = Evidence("image:0", box=(0, 0, 192, 64) if orientation <= 4 else (0, 0, 128, 48))
    found = finding(with_name().post, "student-image", "Why.", [evidence], pictures=(picture(orientation=orientation),))
    rect = only(found).one("rect", class_="over").attributes
    assert tuple(int(rect[name]) for name in ("x", "y", "width", "height")) == box


def test_a_picture_that_is_not_shown_says_why() -> None:
    figures = only(two_pictures()).all("figure")
    assert "The picture is larger than may be opened safely." in figures[0].line
    assert not figures[0].all("img")
    assert len(figures[1].all("img")) == 1


def test_a_picture_stands_once_unless_it_is_boxed() -> None:
    again = finding(with_name().post, "spokesperson", "Why.", [Evidence("alt:0", 0, 8, "Rosalind")], pictures=(picture(),))
    page = only(with_name(), again)
    assert len(page.all("img")) == 1
    assert "Shown with finding 1, which is about the same post." in page.one("article", id="finding-2").line
    assert page.one("article", id="finding-2").one("dl", class_="facts").line.endswith("Same post Finding 1")


def test_pictures_beyond_the_room_of_the_page_are_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    first = picture()
    assert first.jpeg
    monkeypatch.setattr("reports._findings.PICTURES_BYTES", len(first.jpeg) + 10)
    other = replace(still_open(), pictures=(picture(seed=50),))
    page = only(replace(with_name(), pictures=(first,)), other)
    assert len(page.one("article", id="finding-1").all("img")) == 1
    assert not page.one("article", id="finding-2").all("img")
    assert "Left out so that this page opens quickly; the archive holds it." in page.one("article", id="finding-2").line


def test_standing_and_state_are_said_in_words() -> None:
    page = only(still_open(), ended_gone())
    assert "Still open, found Oct 5, 2026" in page.one("article", id="finding-1").line
    ended = page.one("article", id="finding-2").line
    assert "Ended, found Oct 5, 2026" in ended
    assert "The post was deleted from its network; the archive keeps it." in ended
    assert "No longer on its network." in ended
    assert "What would clear it" not in ended


def test_time_as_evidence_is_marked_with_its_weekday() -> None:
    found = finding(disguised_address().post, "district-email", "Why.", [Evidence("time")])
    assert [mark.line for mark in only(found).one("article").all("mark")] == ["Tuesday, Oct 6, 2026, 10:14 AM"]


def test_the_index_is_alphabetical_and_no_ranking(week: Element) -> None:
    rules, accounts = (group.all("li") for group in week.one("div", class_="index").all("ul"))
    assert [line.line for line in rules] == ["District e-mail address: 2 7 8", "Image of a possible student: 1 4 5", "Speaking for the District: 3 6"]
    names = [line.line.partition(": ")[0] for line in accounts]
    assert names == sorted(names, key=str.casefold)
    assert [link.attributes["href"] for link in rules[0].all("a")] == ["#finding-2", "#finding-7", "#finding-8"]


def test_an_account_that_nobody_registered_says_so_and_how_to_register_it() -> None:
    found = unregistered()
    article = only(found).one("article")
    assert "Account of not on record" in article.line
    assert "(employee)" not in article.line
    assert "Met in a post of bluesky:larkmoorcsd.example, Oct 6, 2026" in article.line
    assert "entered as a row of accounts.csv" in article.line
    assert "9125.3 para 3" in article.line
    assert "(employee)" in only(replace(found, on_record=True, met_in=None)).one("article").line
    assert " Profile Ashgrove" in article.line, "the day on which the account was opened says nothing"


def test_changes_are_shown_word_by_word(week: Element) -> None:
    changes = week.one("section", id="changes").all("div", class_="change")
    assert [word.line for word in changes[0].one("blockquote").all("del")] == ["Wednesday,", "14,"]
    assert [word.line for word in changes[0].one("blockquote").all("ins")] == ["Thursday,", "15,"]
    assert "HTTP 404 at its address on two visits" in changes[2].line
    assert "(its former address)" in changes[2].line


def test_gaps_stand_first_and_are_called_gaps(week: Element) -> None:
    rows = week.one("section", id="completeness").one("tbody").all("tr")
    assert ["gap" in row.attributes.get("class", "") for row in rows] == [True, True] + [False] * 10
    assert "Gap Not read since Oct 8, 2026, 6:00 AM. The server answers with a page that asks to log in. (login-page)" in rows[0].line
    assert "Never read to the end." in rows[1].line
    assert any("The network counts 2 more than the archive holds." in row.line for row in rows)


def test_gaps_that_wait_for_a_person_are_told_from_those_that_do_not(week: Element) -> None:
    asking = "waiting for its owner's authorisation: run `rollbook connect threads`"
    lines = completeness()
    lines[0] = replace(lines[0], code="no-credential", problem=asking)
    attention = read(render(period_report(completeness=tuple(lines)))).one("section", id="attention")
    for_a_person, by_itself = attention.all("ul", class_="gaps")
    assert asking.replace("waiting", "Waiting") in for_a_person.line
    assert [part.one("a").attributes["href"] for part in (for_a_person, by_itself)] == ["#gap-1", "#gap-2"]
    assert "These wait for a person" in attention.line
    assert len(week.one("section", id="attention").all("ul", class_="gaps")) == 1


def test_what_was_left_out_is_counted_only(week: Element) -> None:
    rows = week.one("section", id="protected").one("tbody").all("tr")
    assert [row.line for row in rows] == ["Board and budget 2", "Union and bargaining 3"]


def test_not_checked_and_cleared(week: Element) -> None:
    assert "Videos are not looked at yet." in week.one("section", id="not-checked").line
    assert "the public arena" in week.one("section", id="cleared").line


def test_archive_problems_come_before_everything() -> None:
    report = period_report()
    page = read(render(replace(report, archive=replace(report.archive, problems=("warc 3 is cut off",)))))
    assert "The archive has 1 problem." in page.one("section", id="attention").one("p", class_="alarm").line
    assert "warc 3 is cut off" in page.one("section", id="archive").line


def test_unblurred_faces_are_announced() -> None:
    assert "Faces are not blurred in this copy." in read(render(period_report(blurred=False))).one("header", class_="head").line
    assert "not blurred" not in render(period_report()).decode()


def test_the_first_report_of_an_empty_archive_reads_well() -> None:
    page = read(render(empty_report()))
    assert page.one("p", class_="answer").line == "Nothing was looked at: no account has been collected yet."
    assert "There was no post to check." in page.line
    assert "No new, edited or deleted post was seen: nothing has been collected yet." in page.line
    assert not page.all("article")
    assert not page.all("form")


@pytest.mark.parametrize("report", [period_report(), empty_report(), hostile_report()], ids=["week", "empty", "hostile"])
def test_a_page_is_well_formed_and_asks_nobody_for_anything(report: object) -> None:
    page = read(render(report))  # type: ignore[arg-type]
    ids = [one.attributes["id"] for one in page.walk() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    for one in page.walk():
        assert not {name for name in one.attributes if name.startswith("on") or name in ("style", "srcset", "srcdoc", "action")}
        assert one.tag not in ("iframe", "object", "embed", "base", "audio", "video")
        if "src" in one.attributes:
            assert one.attributes["src"].startswith("data:image/jpeg;base64,")
        href = one.attributes.get("href", "#")
        if href.startswith("#"):
            assert href == "#" or href[1:] in ids
        elif one.tag == "link":
            assert href == "data:,"
        else:
            assert re.match(r"https?://[a-z0-9.-]+/", href), href
            assert "noreferrer" in one.attributes["rel"]
    levels = [int(one.tag[1]) for one in page.walk() if re.fullmatch("h[1-6]", one.tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(table.one("caption").line and table.all("th", scope="col") for table in page.all("table"))


def test_hostile_texts_are_shown_as_text() -> None:
    page = read(render(hostile_report()))
    assert len(page.all("script")) == 1
    assert len(page.all("style")) == 1
    words = "".join(block.text for block in page.all("blockquote", class_="words"))
    assert TEXTS["script"] in words
    assert TEXTS["drawing"] in words
    assert TEXTS["template"] in words
    assert not set(page.text) & set("\u200b\u200e\u200f\u202d\u202e\u2066\u2069\ufeff\x00\x07\x1b\x85\r")
    assert {one.text for one in page.all("span", class_="unseen")} >= {"RLO", "PDF", "ZWSP", "WJ", "ZWNBSP", "\u2407", "\u2400", "U+D83D", "U+E0068"}
    assert max(len(word) for word in words.split()) <= 2_000


def test_a_thousand_findings_fit_on_a_page() -> None:
    week = period_report()
    findings = tuple(
        replace(found, post=replace(found.post, id=f"{found.post.network}:{number}"), archived=kept(number))
        for number in range(1_000) for found in [week.findings[number % 8]]
    )
    page = render(replace(week, findings=findings))
    assert len(page) < 10_000_000
    assert len(read(page).all("article")) == 1_000


def test_the_file_is_written_whole_beside_names_with_dots(tmp_path: Path) -> None:
    assert write(period_report(), tmp_path / "new" / "report-06.00") == [tmp_path / "new" / "report-06.00.html"]
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["report-06.00.html"]


def test_a_post_of_a_network_that_gives_no_address() -> None:
    found = finding(post("bluesky:mr-okonjo-labs.example", 1, "Words", url=""), "spokesperson", "Why.", [], archived=None)
    said = only(found).one("article").line
    assert "The network gave no address" in said
    assert "No archived version is on record" in said


def test_a_video_is_no_picture() -> None:
    about = post("bluesky:mr-okonjo-labs.example", 1, "", media=(Media("video", None, "A class sings"),))
    said = only(finding(about, "spokesperson", "Why.", [Evidence("alt:0", 2, 7, "class")])).one("article")
    assert "Video. Described as A class sings" in said.one("figcaption").line
    assert "The post has no words." in said.line
