"""The documents tell what is there: commands, settings, formats, examples and links."""

from __future__ import annotations

import json
import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from rollbook import errors, tomltable, workspace
from rollbook.approvals import COLUMNS as APPROVAL_COLUMNS
from rollbook.budget import SETTING
from rollbook.cli import main_group
from rollbook.formats import post_json, read_post
from rollbook.places import CONFIG, POLICIES
from rollbook.plugins import collectors
from rollbook.policy import _RULE_KEYS
from rollbook.register import COLUMNS as ACCOUNT_COLUMNS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *CONFIG.rglob("*.md")])
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")
SETTINGS = (DOCS / "settings.md").read_text(encoding="utf-8")


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sections(text: str) -> dict[str, str]:
    """What stands under each heading, up to the next heading of any depth."""
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def first_column(section: str) -> set[str]:
    """Every `word` in the first column of a section's tables."""
    return {word for line in section.splitlines() if line.startswith("|")
            for word in re.findall(r"`([^`]+)`", line.split("|")[1])}


def fences(path: Path, language: str = r"\w*") -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from (match[1] for match in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


# -- commands ----------------------------------------------------------------------------------------------------


def test_every_command_is_documented_and_no_other() -> None:
    documented = {name for heading in sections(COMMANDS) for name in re.findall(r"^`rollbook (\w+)`$", heading)}
    assert documented == set(main_group.commands)


@pytest.mark.parametrize("name", sorted(main_group.commands))
def test_every_option_is_documented_and_no_other(name: str) -> None:
    command = main_group.commands[name]
    options = {opt for param in command.params if isinstance(param, click.Option)
               for opt in (*param.opts, *param.secondary_opts) if opt not in ("-h", "--help")}
    assert first_column(sections(COMMANDS)[f"`rollbook {name}`"]) == options


@pytest.mark.parametrize("name", sorted(main_group.commands))
def test_every_commands_help_ends_with_an_example(name: str) -> None:
    epilog = main_group.commands[name].epilog or ""
    assert epilog.startswith("Example: rollbook ")
    check_command(epilog.removeprefix("Example: "))


def test_every_exit_code_is_documented() -> None:
    codes = {str(kind.exit_code) for kind in vars(errors).values() if hasattr(kind, "exit_code")}
    table = sections(COMMANDS)["Exit codes"]
    # 4 is an outcome of a whole run, not of one error.
    assert codes | {"0", "4"} == set(re.findall(r"^\| (\d+) \|", table, re.MULTILINE))


def check_command(line: str) -> None:
    """Parses a command line as the program would, and runs nothing."""
    words = shlex.split(line, comments=True)
    assert words.pop(0).endswith("rollbook")
    if words[:1] == ["-w"]:
        words = words[2:]
    if words == ["--version"]:
        return
    command = main_group.commands[words[0]]
    command.make_context(words[0], words[1:], parent=click.Context(main_group))


@pytest.mark.parametrize("path", PAGES, ids=place)
def test_every_command_line_in_the_documents_is_one(path: Path) -> None:
    lines = [part.strip() for fence in fences(path) for line in fence.splitlines() for part in line.split("&&")]
    for line in lines:
        if re.match(r"(\.venv/bin/)?rollbook ", line) and "…" not in line and "COMMAND" not in line:
            check_command(line)
    for line in re.findall(r"`(rollbook [^`]+)`", path.read_text(encoding="utf-8")):
        if "…" not in line and "DIR" not in line and line.split()[1] in main_group.commands and len(line.split()) > 2:
            check_command(line)


def test_every_make_target_is_documented() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert targets - {"help"} == {word.split()[1] for word in first_column(contributing) if word.startswith("make ")}


# -- settings ----------------------------------------------------------------------------------------------------


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Every setting that the program reads from district.toml, by table."""
    found: dict[str, set[str]] = {}
    table: Any = tomltable.Table
    finish = table.finish

    def noting(self: Any) -> None:
        found.setdefault(re.sub(r" number \d+$", "", self.name), set()).update(self.read)
        finish(self)

    monkeypatch.setattr(table, "finish", noting)
    workspace.read_workspace(CONFIG / "sample")
    return found


def test_every_setting_is_documented_and_no_other(known: dict[str, set[str]]) -> None:
    documented = {heading.strip("`"): first_column(text) for heading, text in sections(SETTINGS).items()}
    for name, settings in known.items():
        assert documented[name] == settings - {"reroute"}, name
    assert "[collect.reroute]" in documented


def test_every_setting_of_a_collector_is_declared_and_documented_and_no_other() -> None:
    asked: dict[str, set[str]] = {"x": {SETTING}}
    for file in (ROOT / "collectors").glob("*.py"):
        network = file.stem.removeprefix("_").split("_")[0]
        found = re.findall(r"""(?:settings(?:\.get\(|\[)|\.address\()\s*["'](\w+)["']""", file.read_text(encoding="utf-8"))
        asked.setdefault(network, set()).update(found)
    documented = {heading.strip("`"): first_column(text) for heading, text in sections(SETTINGS).items()}
    for network, plugin in collectors().items():
        assert plugin.settings == asked[network] == documented.get(f"[collect.{network}]", set()), network
    assert sum(len(plugin.settings) for plugin in collectors().values()) > 15


def test_every_environment_variable_is_documented() -> None:
    used = {name for folder in ("rollbook", "collectors", "analyzers", "reports")
            for file in (ROOT / folder).rglob("*.py")
            for name in re.findall(r'"(ROLLBOOK_[A-Z_]+)"', file.read_text(encoding="utf-8"))}
    assert used - {"ROLLBOOK_PLUGINS"} <= first_column(SETTINGS)


def test_every_policy_setting_is_documented() -> None:
    policy = sections((DOCS / "policy.md").read_text(encoding="utf-8"))
    assert first_column(policy["`[rules.NAME]`"]) == _RULE_KEYS
    built_in = [tomllib.loads(file.read_text(encoding="utf-8")) for file in POLICIES.glob("*.toml")]
    assert first_column(policy["`[policy]`"]) == {key for data in built_in for key in data["policy"]}
    assert first_column(policy["`[[clauses]]`"]) == {key for data in built_in for row in data["clauses"] for key in row}
    assert first_column(policy["The rules of this version"]) == {name for data in built_in for name in data["rules"]}


def test_the_settings_page_is_a_workspace(tmp_path: Path) -> None:
    (example,) = fences(DOCS / "settings.md", "toml")
    registers = list(fences(DOCS / "formats.md", "csv"))
    (tmp_path / "district.toml").write_text(example, encoding="utf-8")
    for name, text in zip(("accounts.csv", "approvals.csv"), registers, strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    read = workspace.read_workspace(tmp_path)
    assert len(read.register) == 2
    assert len(read.approvals.rows) == 1


# -- formats -----------------------------------------------------------------------------------------------------


def test_every_column_is_documented() -> None:
    formats = sections((DOCS / "formats.md").read_text(encoding="utf-8"))
    assert first_column(formats["accounts.csv"]) == set(ACCOUNT_COLUMNS)
    assert first_column(formats["approvals.csv"]) == set(APPROVAL_COLUMNS)


def test_the_examples_of_a_post_and_a_finding_are_such() -> None:
    post, finding = (json.loads(text) for text in fences(DOCS / "formats.md", "json"))
    assert post_json(read_post(post)) == post
    formats = sections((DOCS / "formats.md").read_text(encoding="utf-8"))
    assert first_column(formats["A post"]) >= set(post)
    assert first_column(formats["A finding"]) == set(finding)


# -- links -------------------------------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", PAGES, ids=place)
def test_every_link_leads_somewhere(path: Path) -> None:
    code = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", code.sub("", path.read_text(encoding="utf-8"))):
        if "://" in target:
            continue
        name, _, fragment = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), f"{place(path)}: {target}"
        if fragment:
            assert fragment in map(anchor, sections(file.read_text(encoding="utf-8"))), f"{place(path)}: {target}"


@pytest.mark.parametrize("path", PAGES, ids=place)
def test_every_file_that_is_named_exists(path: Path) -> None:
    """Paths of this repository in backticks, like `rollbook/http.py`."""
    for name in re.findall(r"`((?:rollbook|collectors|analyzers|reports|config|cron|docs|tests|tools)/[\w./-]*)`",
                           path.read_text(encoding="utf-8")):
        if name != "reports/":
            assert (ROOT / name).exists(), f"{place(path)} names {name}"


def test_every_decision_says_what_it_must() -> None:
    for path in sorted((DOCS / "decisions").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if path.name != "README.md":
            for part in ("Question", "Choice", "Why", "What would change it"):
                assert part in text, f"{place(path)} has no {part!r}"


def test_the_documents_are_written_for_strangers() -> None:
    """No path of somebody's machine stands in what is shipped."""
    home = re.compile(r"/(?:home|Users|root)/\w|" + re.escape(os.sep + "work" + os.sep))
    for path in PAGES:
        assert not home.search(path.read_text(encoding="utf-8")), place(path)
