"""What a person is shown of the archive in words."""

from __future__ import annotations

from rollbook.reading import word_diff


def test_what_went_and_what_came() -> None:
    assert word_diff("Snow day on Friday", "Snow day on Monday, all schools") == "Snow day on [-Friday-] {+Monday, all schools+}"


def test_long_texts_are_compared_line_by_line_or_as_a_whole() -> None:
    # Word by word, these would take minutes.
    lines = [f"line {number} " + "a " * 100 for number in range(300)]
    before, after = "\n".join(lines), "\n".join([*lines[:-1], "the end"])
    assert word_diff(before, after).endswith(f"[-{lines[-1]}-] {{+the end+}}")
    assert word_diff("a\n" * 20_000, "b a\n" * 20_000) == "[-" + "a\n" * 20_000 + "-] {+" + "b a\n" * 20_000 + "+}"
