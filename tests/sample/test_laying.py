"""Laying the sample's workspace: complete, kept as somebody changed it, and the state that the next audit meets."""

from __future__ import annotations

from pathlib import Path

from rollbook.sample import lay, state_for
from rollbook.workspace import read_workspace


def test_it_lays_a_workspace_that_can_be_read(tmp_path: Path) -> None:
    workspace = read_workspace(lay(tmp_path / "sample"))
    assert len(workspace.register) == 12
    assert workspace.collect.look_back_days is None
    assert [str(network) for network in workspace.collect.allow] == ["127.0.0.0/8"]
    for approval in workspace.approvals.rows:
        if approval.what == "photo":
            assert (workspace.approvals.folder / approval.value).is_file()


def test_what_somebody_changed_stays(tmp_path: Path) -> None:
    accounts = lay(tmp_path) / "accounts.csv"
    accounts.write_text("account,kind\nbluesky:a.example,district\n", encoding="utf-8")
    (tmp_path / "approvals.csv").unlink()
    lay(tmp_path)
    assert len(read_workspace(tmp_path).register) == 1
    assert (tmp_path / "approvals.csv").is_file()


def test_the_second_state_begins_with_the_first_report(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    assert state_for(folder) == 1
    (folder / "reports").mkdir()
    assert state_for(folder) == 1
    (folder / "reports" / "2026-10-16.html").write_text("", encoding="utf-8")
    assert state_for(folder) == 2
