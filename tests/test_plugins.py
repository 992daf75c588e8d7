"""Finding plugins: every file is one, a broken or doubled one stops the run with its name."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rollbook.access import access_to
from rollbook.errors import CollectError
from rollbook.plugins import Visit, analyzers, collectors, reports
from rollbook.types import Account

ANALYZER = '"""Manual of {0}."""\nfrom rollbook.plugins import analyzer\n@analyzer("{0}", version=1)\ndef judge(case):\n    yield from ()\n'
LIST = "from rollbook.plugins import analyzers\nprint(sorted(analyzers()))\n"


def ask(folder: Path, **files: str) -> subprocess.CompletedProcess[str]:
    """Runs in a process of its own, with a folder of analyzers that shadows the installed one."""
    package = folder / "analyzers"
    package.mkdir()
    (package / "__init__.py").write_text('ROLLBOOK_PLUGINS = "analyzer"\n')
    for name, text in files.items():
        (package / (name + ".py")).write_text(text)
    return subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{LIST}"], capture_output=True, text=True)


def test_every_file_of_the_three_folders_is_a_plugin_with_a_manual() -> None:
    for found in (collectors(), analyzers(), reports()):
        assert found
        for name, plugin in found.items():
            assert len(plugin.manual.splitlines()[0]) > 20, name


@pytest.mark.parametrize(("settings", "more", "address"), [
    ({}, {}, "https://default.example"), ({"base": "http://here.example/api/"}, {}, "http://here.example/api"),
    ({"base": {"a.example": "http://here.example"}}, {"host": "a.example"}, "http://here.example"),
    ({"base": {"b.example": "http://here.example"}}, {"host": "a.example"}, "https://default.example"),
    ({"base": ""}, {"may_be_empty": True}, ""),
])
def test_an_address_in_the_settings(settings: dict[str, Any], more: dict[str, Any], address: str) -> None:
    visit = Visit(Account("mastodon:office@a.example", "district"), {}, None, settings)
    assert visit.address("base", "https://default.example", **more) == address


@pytest.mark.parametrize("value", ["", "here.example", "ftp://here.example", "https://", "http://[bad", 7, None, {"a.example": "http://x.example"}, {"a.example": 7}])
def test_a_setting_that_is_no_address_is_named(value: Any) -> None:
    visit = Visit(Account("mastodon:office@a.example", "district"), {}, None, {"base": value})
    with pytest.raises(CollectError, match=r"\[collect\.mastodon\] base is .*; expected an address") as wrong:
        visit.address("base", "https://default.example", host="a.example" if value == {"a.example": 7} else "")
    assert (wrong.value.code, wrong.value.account) == ("setting", "mastodon:office@a.example")


MANUAL = {
    "collector": ("Source:", "Access:", "Rate:", "Order:", "Cursor:", "Edits and deletions:", "Not collected:",
                  "Tested:"),
    "analyzer": ("Clause:", "Flags:", "Does not flag:", "Evidence:", "Measured:"),
}


@pytest.mark.parametrize("kind", sorted(MANUAL))
def test_the_manual_says_what_a_reader_asks(kind: str) -> None:
    for name, plugin in (collectors() if kind == "collector" else analyzers()).items():
        lines = [line.strip() for line in plugin.manual.splitlines()]
        for label in MANUAL[kind]:
            assert any(line.startswith(label) for line in lines), f"{name}: its manual lacks {label!r}"


@pytest.mark.parametrize("network", ["facebook", "instagram", "threads", "tiktok"])
def test_the_permissions_of_a_manual_are_those_that_an_owner_is_asked_for(network: str) -> None:
    named = re.findall(r"``((?:pages|instagram|threads)_[a-z_]+|(?:user|video)\.[a-z.]+)``", collectors()[network].manual)
    assert named
    assert set(named) <= set(access_to()[network].permissions)


@pytest.mark.parametrize(("manual", "says"), [
    ("Tested: live against a server.\n", "live-tested against a server"),
    ("Tested: live against a server and\nanother one\nNot collected: nothing", "live-tested against a server and another one"),
    ("Tested: contract only", "contract-tested only"),
    ("Tested: contract only: a stand-in that checks every\nrequest.\n\nMore.", "contract-tested only: a stand-in that checks every request"),
    ("Tested: yes", "not known"), ("", "not known"),
])
def test_what_a_collector_was_tested_against_stands_in_its_manual(manual: str, says: str) -> None:
    (plugin, *_) = collectors().values()
    assert replace(plugin, manual=f"A network.\n\n{manual}").tested == says


def test_a_new_file_is_found_without_a_list(tmp_path: Path) -> None:
    done = ask(tmp_path, one=ANALYZER.format("rule-one"), two=ANALYZER.format("rule-two"))
    assert done.stdout.strip() == "['rule-one', 'rule-two']", done.stderr


@pytest.mark.parametrize(("files", "says"), [
    ({"broken": "import nothing_of_this_name\n"}, "analyzers/broken.py does not load: ModuleNotFoundError"),
    ({"empty": '"""Nothing."""\n'}, "analyzers/empty.py declares no analyzer"),
    ({"one": ANALYZER.format("same"), "two": ANALYZER.format("same")}, "the analyzer 'same' is already declared in"),
    ({"bad": "def (\n"}, "analyzers/bad.py does not load: SyntaxError"),
])
def test_what_does_not_load_stops_the_run_with_its_name(tmp_path: Path, files: dict[str, str], says: str) -> None:
    done = ask(tmp_path, **files)
    assert done.returncode != 0
    assert "PluginError" in done.stderr
    assert says in done.stderr


def test_a_package_of_the_same_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "analyzers").mkdir()
    (tmp_path / "analyzers" / "__init__.py").write_text("")
    done = subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{LIST}"], capture_output=True, text=True)
    assert "is not Rollbook's" in done.stderr
