"""What an edit changed reads like the two versions, word by word."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reports._diff import Edit, compare, compare_posts
from rollbook.types import Media

from .invented import post


def said(edits: tuple[Edit, ...]) -> list[tuple[str, str]]:
    return [(edit.operation, "".join(piece.text for piece in edit.pieces)) for edit in edits]


def test_a_changed_word() -> None:
    assert said(compare("Picture day is Wednesday, at 9.", "Picture day is Thursday, at 9.")) == [
        ("same", "Picture day is "), ("removed", "Wednesday,"), ("same", " "), ("added", "Thursday,"), ("same", " "),
        ("same", "at 9."),
    ]


def test_added_and_removed_alone() -> None:
    assert said(compare("here", "here now")) == [("same", "here "), ("added", "now")]
    assert said(compare("here now", "here"))[:2] == [("same", "here "), ("removed", "now")]


def test_a_new_line_counts_where_nothing_else_differs() -> None:
    assert ("removed", "one") in said(compare("one two", "one\ntwo"))
    assert said(compare("one two three", "one\ntwo four"))[0] == ("same", "one\ntwo ")


def test_a_language_without_spaces_is_compared_sign_by_sign() -> None:
    assert ("added", "三") in said(compare("第二章", "第三章"))
    assert ("removed", "二") in said(compare("第二章", "第三章"))


WORDS = st.lists(st.sampled_from(["bus", "is", "late", "on", "Monday,", "the", "\u202eevil", "第二"]), max_size=30)


@given(WORDS, WORDS)
def test_both_versions_can_be_read_from_it(before: list[str], after: list[str]) -> None:
    edits = compare(" ".join(before), " ".join(after))
    words = {operation: "".join(
        piece.text for edit in edits if edit.operation in ("same", operation) for piece in edit.pieces
    ).replace(" ", "") for operation in ("removed", "added")}
    if not any(edit.operation == "cut" for edit in edits):
        assert words["removed"] == "".join(before).replace("\u202e", "RLO")
        assert words["added"] == "".join(after).replace("\u202e", "RLO")


def test_a_long_text_is_cut_around_the_change() -> None:
    words = [f"word{number}" for number in range(20_000)]
    edits = compare(" ".join(words), " ".join([*words[:10_000], "inserted", *words[10_000:]]))
    assert ("added", "inserted") in said(edits)
    assert sum(edit.cut for edit in edits) > 100_000
    assert sum(len(text) for _, text in said(edits)) < 1_000


def test_a_word_without_end_and_a_whole_rewriting_stay_short() -> None:
    assert sum(len(text) for _, text in said(compare("x" * 100_000, "y" * 100_000))) < 4_000
    before, after = (" ".join(f"{letter}{number}" for number in range(5_000)) for letter in "ab")
    assert [operation for operation, _ in said(compare(before, after))].count("removed") == 2


def test_parts_of_a_post_that_changed() -> None:
    before = post("bluesky:mr-okonjo-labs.example", 1, "Same words", links=("https://a.example",), media=(
        Media("image", "https://cdn.example/1.jpg?sig=1", "Old"), Media("image", "https://cdn.example/2.jpg", "Two")))
    after = replace(before, links=("https://b.example",), media=(Media("image", "https://cdn.example/1.jpg?sig=2", "New"),))
    assert [compared.part for compared in compare_posts(before, after)] == ["Description of picture 1", "Picture 2", "Links"]
    assert compare_posts(before, before) == ()
