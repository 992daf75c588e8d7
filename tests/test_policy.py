"""The policy file: a lawyer may change every line, and a slip is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.errors import ConfigError
from rollbook.places import POLICIES
from rollbook.policy import read_policy

BUILT_IN = POLICIES / "west-genesee-9125.3.toml"


def test_every_clause_stands_in_the_boards_own_words() -> None:
    board = Path(__file__).parents[2] / "shared" / "policy" / "west-genesee-9125.3.txt"
    if not board.is_file():
        pytest.skip("the board's policy is not beside this checkout")
    words = " ".join(board.read_text(encoding="utf-8").split())
    for clause in read_policy(BUILT_IN).clauses.values():
        assert clause.text in words, clause.cite


def test_a_rule_carries_its_clause_severity_and_remedy() -> None:
    rule = read_policy(BUILT_IN).rules["district-email"]
    assert (rule.clause.cite, rule.severity, rule.severities["role-mailbox"]) == ("9125.3 para 5", "medium", "low")
    assert rule.protected == "keep"
    assert rule.remedy


def test_a_rule_can_be_switched_off(tmp_path: Path) -> None:
    text = BUILT_IN.read_text(encoding="utf-8").replace("[rules.spokesperson]", "[rules.spokesperson]\nenabled = false")
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    policy = read_policy(tmp_path / "mine.toml")
    assert policy.rule("spokesperson") is None
    assert policy.rule("district-email") is not None


@pytest.mark.parametrize(("old", "new", "says"), [
    ('severity = "medium"', 'severity = "grave"', "'grave' is no severity"),
    ('severity = "medium"', 'severity = "cleared"', "'cleared' is no severity"),
    ('clause = "9125.3 para 5"', 'clause = "9125.3 para 50"', "'9125.3 para 50' is not in this file"),
    ('protected_speech = "keep"', 'protected_speech = "maybe"', "'protected_speech' is 'maybe'"),
    ('title = "District e-mail address"', "", "'title' is missing"),
    ("in_force_from = 2016-10-05", "", "'in_force_from' is missing"),
    ("[rules.spokesperson]", "[rules.spokesperson]\nseverty = 1", "'severty' is unknown"),
    ('role-mailbox = "low"', 'role-mailbox = "tiny"', "role-mailbox"),
    ("[policy]", "[policy", "is not TOML"),
    ("[rules.spokesperson]", "[rules.spokesperson]\nsettings = 1", "is not a table"),
    ("[rules.spokesperson]", "[rules.spokesperson]\nsettings.threshold = 2", "'threshold' is 2"),
    ("[rules.spokesperson]", "[rules.spokesperson]\nsettings.phrases = \"one\"", "'phrases' is 'one'"),
    ("[rules.spokesperson]", "[rules.spokesperson]\nsettings.treshold = 0.5", "'treshold' is unknown"),
])
def test_a_slip_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = BUILT_IN.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "mine.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        read_policy(tmp_path / "mine.toml")
    assert says in str(refused.value)
    assert "mine.toml" in str(refused.value)
