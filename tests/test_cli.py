"""The commands as a person types them, wrong ones included; the main ones in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from rollbook.cli import main, main_group
from rollbook.doctor import examine
from rollbook.workspace import read_workspace

from .commands import rollbook

COMMANDS = sorted(main_group.commands)
POST = {
    "id": "mastodon:1", "account": "mastodon:ana@social.example", "network": "mastodon", "kind": "post", "url": "",
    "created_at": "2026-10-05T14:12:00-04:00", "edited_at": None, "lang": "en", "text": "Write me: ana@invented.example",
    "reply_to": None, "repost_of": None, "quote_of": None, "links": [], "mentions": [], "hashtags": [], "media": [],
}


def alone(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the program in a process of its own."""
    program = "from rollbook.cli import main; main()"
    return subprocess.run([sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, stdin=subprocess.DEVNULL)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    done = rollbook("init", tmp_path / "district", "--name", "Invented District", "--mail-domain", "invented.example")
    assert done.returncode == 0, done.stderr
    return tmp_path / "district"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = rollbook(command, "--help")
    assert done.returncode == 0
    assert "Example: rollbook" in " ".join(done.stdout.split())
    assert command in done.stdout.partition("Example:")[2]


def test_the_list_of_commands_is_in_whole_sentences() -> None:
    listed = " ".join(alone("--help").stdout.partition("Commands:")[2].split())
    assert "..." not in listed
    assert "Collect, analyze and report: the main job, and the only line a scheduler needs." in listed


def test_a_new_workspace_can_be_audited_at_once(tmp_path: Path) -> None:
    made = alone("init", "my-district", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "accounts.csv" in made.stdout
    assert "rollbook -w my-district discover https://" in made.stdout
    collected = alone("-w", "my-district", "collect", cwd=tmp_path)
    assert (collected.returncode, "no account is on record yet" in collected.stderr) == (4, True)
    done = alone("-w", "my-district", "audit", cwd=tmp_path)
    assert done.returncode == 4
    assert "no account is on record yet; add rows to my-district/accounts.csv" in done.stderr
    (report,) = (tmp_path / "my-district" / "reports").glob("*.html")
    assert "My District" in report.read_text(encoding="utf-8")


def test_a_workspace_is_not_made_twice(workspace: Path) -> None:
    done = rollbook("init", workspace)
    assert (done.returncode, "is a workspace already" in done.stderr) == (2, True)


@pytest.mark.parametrize(("arguments", "says"), [
    (["init"], "Missing argument"),
    (["audit", "--time-limit", "soon"], "'soon' is no duration; expected for example 90s, 55m or 2h"),
    (["report", "--since", "last week"], "'last week' is no date; expected for example 2026-10-05"),
    (["report", "--since", "2026-10-05", "--until", "2026-10-05"], "--until is not after --since"),
    (["report", "--format", "pdf"], "no report is written as 'pdf'; expected csv, html, json, xlsx"),
    (["report", "--format", ","], "no report is written as ''; expected csv, html, json, xlsx"),
    (["collect", "--account", "x:nobody"], "'x:nobody' is not in the register"),
    (["scan", "nothing.jsonl"], "nothing.jsonl: no such file"),
    (["show", "x:1"], "holds no archive yet"),
    (["search", "bus"], "holds no archive yet"),
    (["connect"], "which network?"),
    (["connect", "myspace"], "no way into 'myspace' is known"),
    (["plugins", "myspace"], "no plugin is called 'myspace'"),
    (["schedule", "print", "--at", "noon"], "'noon' is no time of day"),
    (["scann"], "No such command 'scann'"),
    (["audit", "-w", "my-district"], "-w stands before the command: rollbook -w my-district audit"),
    (["doctor", "--workspace", "my-district"], "--workspace stands before the command"),
])
def test_a_wrong_command_line_is_one_sentence_and_exit_2(workspace: Path, arguments: list[str], says: str) -> None:
    done = rollbook("-w", workspace, *arguments, cwd=workspace)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_format_is_told_before_anything_is_collected(workspace: Path) -> None:
    done = rollbook("-w", workspace, "audit", "--format", "pdf")
    assert (done.returncode, "no report is written as 'pdf'" in done.stderr) == (2, True)
    assert not (workspace / "archive").exists()


def test_a_folder_that_is_no_workspace_is_said_so(tmp_path: Path) -> None:
    done = rollbook("-w", tmp_path, "audit")
    assert (done.returncode, "rollbook init" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", [["audit"], ["report"], ["verify"]])
def test_a_folder_that_may_not_be_written_is_said_so(workspace: Path, command: list[str]) -> None:
    settings = workspace / "district.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"archive"', '"/dev/null/archive"'), encoding="utf-8")
    done = rollbook("-w", workspace, *command)
    assert done.returncode == 2, done.stderr
    assert "rollbook: /dev/null/archive: Not a directory" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("refused", "code"), [
    (PermissionError(13, "Permission denied", "/srv/x"), 2), (OSError(28, "No space left on device"), 1),
])
def test_what_the_machine_refuses_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], refused: OSError, code: int
) -> None:
    monkeypatch.setattr(main_group, "main", mock.Mock(side_effect=refused))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert capsys.readouterr().err.startswith(f"rollbook: {refused.filename or 'a file'}: {refused.strerror}")


def test_any_other_error_of_the_machine_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_group, "main", mock.Mock(side_effect=OSError(9, "Bad file descriptor")))
    with pytest.raises(OSError, match="Bad file descriptor"):
        main()


def test_a_scan_writes_findings_and_names_lines_that_are_no_posts(workspace: Path) -> None:
    posts = workspace / "posts.jsonl"
    posts.write_text("\n".join([json.dumps(POST), "{", json.dumps(POST | {"id": "mastodon:2", "text": "Hello"}), json.dumps({"id": "x"}), "\xff"]), encoding="latin-1")
    done = rollbook("-w", workspace, "scan", posts)
    assert done.returncode == 1
    (finding,) = map(json.loads, done.stdout.splitlines())
    assert (finding["post"], finding["rule"], finding["evidence"][0]["quote"]) == ("mastodon:1", "district-email", "ana@invented.example")
    assert "line 2: is not JSON" in done.stderr
    assert "line 4: 'account' is null" in done.stderr
    assert "line 5: is not UTF-8" in done.stderr
    assert "2 posts, 1 finding" in done.stderr


def test_a_scan_into_a_file_is_the_same(workspace: Path) -> None:
    posts = workspace / "posts.jsonl"
    posts.write_text(json.dumps(POST) + "\n", encoding="utf-8")
    plain = rollbook("-w", workspace, "scan", posts)
    filed = rollbook("-w", workspace, "scan", posts, "-o", workspace / "findings.jsonl")
    assert (plain.returncode, filed.returncode) == (0, 0)
    assert (workspace / "findings.jsonl").read_text(encoding="utf-8") == plain.stdout
    assert filed.stdout == ""


def test_an_archive_is_verified_rebuilt_and_reported(workspace: Path) -> None:
    rollbook("-w", workspace, "audit")
    assert rollbook("-w", workspace, "verify").returncode == 0
    assert rollbook("-w", workspace, "rebuild").returncode == 0
    quick = rollbook("-w", workspace, "verify", "--quick", "--json")
    assert json.loads(quick.stdout)["problems"] == []
    made = rollbook("-w", workspace, "report", "--format", "html,csv,xlsx,json", "--json")
    assert {Path(path).suffix for path in json.loads(made.stdout)} == {".html", ".csv", ".xlsx", ".json"}


def test_a_damaged_archive_is_exit_5(workspace: Path) -> None:
    alone("-w", workspace, "audit")
    ledger = workspace / "archive" / "ledger.jsonl"
    raw = bytearray(ledger.read_bytes())
    raw[-20] ^= 1
    ledger.write_bytes(raw)
    done = alone("-w", workspace, "verify")
    assert done.returncode == 5
    assert "ledger" in done.stdout + done.stderr


def test_a_damaged_database_is_told_and_can_be_made_again(workspace: Path) -> None:
    rollbook("-w", workspace, "audit")
    (workspace / "archive" / "index.sqlite3").write_bytes(b"no database" * 1000)
    for command in (["search", "bus"], ["audit"], ["verify"]):
        done = rollbook("-w", workspace, *command)
        assert (done.returncode, "is damaged (file is not a database); `rollbook rebuild`" in done.stderr) == (5, True), done.stderr
    assert "PROBLEM  archive: " in rollbook("-w", workspace, "doctor").stdout
    assert rollbook("-w", workspace, "rebuild").returncode == 0
    assert rollbook("-w", workspace, "verify").returncode == 0


def test_two_runs_never_overlap(workspace: Path) -> None:
    from rollbook.audit import open_archive
    from rollbook.workspace import read_workspace

    with open_archive(read_workspace(workspace)):
        done = alone("-w", workspace, "audit")
    assert done.returncode == 1
    assert "another run holds" in done.stderr
    assert "process" in done.stderr


def test_doctor_names_a_table_and_an_account_of_no_network(workspace: Path) -> None:
    with (workspace / "district.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[collect.youtub]\ncomments = false\n[collect.youtube]\ncoments = false\n[collect.feed]\nbase = \"\"\n")
    (workspace / "accounts.csv").write_text("account,kind\ntwitter:example_csd,district\n", encoding="utf-8")
    done = rollbook("-w", workspace, "doctor")
    assert done.returncode == 1
    assert "PROBLEM  [collect.youtub]: no collector is called so" in done.stdout
    assert "PROBLEM  [collect.youtube]: 'coments' is unknown, and nothing comes of it; expected base, comments\n" in done.stdout
    assert "PROBLEM  [collect.feed]: 'base' is unknown, and nothing comes of it; expected no line at all\n" in done.stdout
    assert "PROBLEM  twitter:example_csd: no collector reads 'twitter'; expected one of bluesky, facebook," in done.stdout
    for command in ("collect", "audit"):
        said = rollbook("-w", workspace, command).stderr
        assert f"rollbook: {workspace}/district.toml, [collect.youtube]: 'coments' is unknown" in said
        assert "'base' is unknown" in said


def test_doctor_says_where_nothing_may_be_written(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", mock.Mock(return_value=False))
    disk = next(check for check in examine(read_workspace(workspace)) if check.what == "disk")
    assert (disk.ok, disk.says) == (False, f"{workspace} may not be written by the user who runs this")
