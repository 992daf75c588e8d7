"""Patterns written as lists."""

from __future__ import annotations

import pytest

from rollbook.text.patterns import group, pattern, words


def test_lines_and_bars_are_alternatives() -> None:
    found = pattern("""
        one | two
        # a remark
        th\\
            ree
    """)
    assert found.pattern == "(?:one|two|three)"


def test_words_are_whole() -> None:
    found = words("cat | dogs?")
    assert found.search("two dogs")
    assert not found.search("catalogue")


def test_parts_are_put_in() -> None:
    assert group("<WHO> says | the <WHO>", WHO="(?:he|she)") == "(?:(?:he|she) says|the (?:he|she))"


def test_a_part_that_is_not_given_is_refused() -> None:
    with pytest.raises(KeyError):
        group("<WHO> says")


def test_groups_of_the_language_are_no_parts() -> None:
    assert pattern("(?P<name>x)(?<!y) | z").match("x")
