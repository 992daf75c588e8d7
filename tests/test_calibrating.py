"""Calibrate, as a compliance lead uses it: a table of findings with a column of decisions, and what comes of it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from rollbook.calibrating import calibrate, read_decisions
from rollbook.doctor import examine
from rollbook.errors import ConfigError
from rollbook.learned import NAME, Head, Learned, read_learned, write_learned
from rollbook.meaning.encoder import installed
from rollbook.workspace import read_workspace

from .archive.invented import open_archive, post, take
from .commands import rollbook

DISTRICT = Path(__file__).parent / "heldout" / "tidewater"
RULE = "copyright"
#: Fires on nearly everything: what a district would not keep.
EAGER = Head({RULE: 1.0}, 6.0, 0.05)


def lay(folder: Path, others: int = 100) -> Path:
    """A district with the posts that share a work, and some that do not."""
    shutil.copytree(DISTRICT, folder)
    rows = [json.loads(line) for line in (DISTRICT / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    risks = {row["id"] for row in rows if RULE in row["expected"]}
    clean = [row["id"] for row in rows if RULE not in row["expected"]][:others]
    lines = (DISTRICT / "posts.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["id"] in {*risks, *clean}]
    (folder / "posts.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    decided(folder / "decisions.csv", [
        (json.loads(line)["id"], RULE, "confirmed" if json.loads(line)["id"] in risks else "dismissed") for line in kept
    ])
    return folder


def decided(file: Path, rows: Iterable[tuple[str, str, str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["finding", "post", "rule", "decision", "message"])
        writer.writerows(("f_1", *row, "words, of a report") for row in rows)
    return file


def found(folder: Path) -> set[str]:
    done = rollbook("-w", folder, "scan", folder / "posts.jsonl")
    return {row["post"] for row in map(json.loads, done.stdout.splitlines()) if row["rule"] == RULE}


@pytest.mark.slow
def test_what_is_better_is_taken_judges_from_then_on_and_can_be_taken_back(tmp_path: Path) -> None:
    folder = lay(tmp_path / "district")
    as_it_came = found(folder)
    write_learned(folder, Learned(installed(), {RULE: EAGER}, {RULE: {}}))
    eager = found(folder)
    assert len(eager) > 2 * len(as_it_came)
    before = read_workspace(folder).judged_by

    tried = rollbook("-w", folder, "calibrate", folder / "decisions.csv", "--posts", folder / "posts.jsonl", "--dry-run")
    assert (tried.returncode, "would be taken" in tried.stdout) == (0, True), tried.stderr
    assert read_learned(folder).heads[RULE] == EAGER

    done = rollbook("-w", folder, "calibrate", folder / "decisions.csv", "--posts", folder / "posts.jsonl")
    assert f"{RULE}: taken (" in done.stdout
    assert "before: precision 0." in done.stdout
    assert "conduct: left as it is: no decision on it\n" in done.stdout
    after = found(folder)
    assert len(after) < len(eager)
    assert read_workspace(folder).judged_by != before, "old posts are judged again"
    text = (folder / NAME).read_text(encoding="utf-8")
    assert json.loads(text)["heads"][RULE]["made"]["confirmed"] == 16
    assert "tidewater" not in text.lower(), "numbers alone, no words"
    told = rollbook("-w", folder, "scan", folder / "posts.jsonl", "--explain", min(after))
    assert "as this district's decisions taught" in told.stdout

    again = rollbook("-w", folder, "calibrate", folder / "decisions.csv", "--posts", folder / "posts.jsonl", "--json")
    rule = next(row for row in json.loads(again.stdout)["rules"] if row["rule"] == RULE)
    assert (rule["taken"], rule["why"][:11]) == (False, "not better:")
    assert (folder / NAME).read_text(encoding="utf-8") == text, "the old one is kept"

    assert "as the program came" in rollbook("-w", folder, "calibrate", "--forget").stdout
    assert found(folder) == as_it_came
    assert "Nothing was learned" in rollbook("-w", folder, "calibrate", "--forget").stdout


def test_decisions_on_the_archives_posts_need_no_file_of_posts(tmp_path: Path) -> None:
    folder = lay(tmp_path / "district")
    workspace = read_workspace(folder)
    account = next(iter(workspace.register)).key
    with open_archive(workspace.archive) as archive:
        take(archive, [post(1, "A concert tonight."), post(2, "Buses are late.")])
        held = [row["post"]["id"] for row in json.loads(rollbook("-w", folder, "search", "concert OR buses", "--json").stdout)]
    assert account
    decided(folder / "few.csv", [*((name, RULE, "dismissed") for name in held), ("x:404", RULE, "confirmed")])
    done = rollbook("-w", folder, "calibrate", folder / "few.csv")
    assert done.returncode == 1
    assert "x:404 is not among the posts" in done.stderr


def test_what_was_learned_of_another_model_is_not_used_and_doctor_says_so(tmp_path: Path) -> None:
    folder = lay(tmp_path / "district", others=5)
    as_it_came = found(folder)
    write_learned(folder, Learned("another", {RULE: EAGER}, {RULE: {}}))
    assert found(folder) == as_it_came
    checks = {check.what: check for check in examine(read_workspace(folder))}
    assert not checks[NAME].ok
    assert "run `rollbook calibrate` again" in checks[NAME].says


def test_where_two_rows_differ_a_risk_that_somebody_confirmed_is_one(tmp_path: Path) -> None:
    rows = [("x:1", RULE, "dismissed"), ("x:1", RULE, "confirmed"), ("x:2", RULE, "missed"), ("x:2", RULE, "dismissed"),
            ("x:3", RULE, "")]
    assert read_decisions(decided(tmp_path / "d.csv", rows)) == {("x:1", RULE): "confirmed", ("x:2", RULE): "missed"}


@pytest.mark.parametrize(("rows", "says"), [
    ([("x:1", RULE, "maybe")], "row 2, column 'decision'"),
    ([("x:1", "copy-right", "confirmed")], "no rule is called 'copy-right'"),
    ([("x:1", "district-email", "confirmed")], "none of these decisions is on a rule that the language model serves"),
    ([("", RULE, "confirmed")], "column 'post'"),
    ([("x:1", RULE, "")], "no row holds a decision"),
])
def test_a_wrong_table_is_refused_by_row_and_cause(tmp_path: Path, rows: list[tuple[str, str, str]], says: str) -> None:
    folder = lay(tmp_path / "district", others=1)
    file = decided(tmp_path / "d.csv", rows)
    with pytest.raises(ConfigError, match=says):
        calibrate(read_workspace(folder), read_decisions(file), folder / "posts.jsonl")
    assert not (folder / NAME).exists()


@pytest.mark.parametrize("text", ["", "[]", '{"model": "m", "heads": {"copyright": {"weights": {}, "shift": 0, "threshold": 2}}}'])
def test_a_file_that_is_no_calibration_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="rollbook calibrate"):
        read_learned(tmp_path)


def test_it_is_told_what_to_name(tmp_path: Path) -> None:
    folder = lay(tmp_path / "district", others=1)
    assert "name a file of decisions" in rollbook("-w", folder, "calibrate").stderr
    assert "no such file" in rollbook("-w", folder, "calibrate", "nothing.csv").stderr
    assert "holds no archive yet" in rollbook("-w", folder, "calibrate", folder / "decisions.csv").stderr
