"""Lays the sample district's workspace into a folder, and tells which state of its networks an audit is to meet."""

from __future__ import annotations

import shutil
from pathlib import Path

from rollbook.sample.album import picture
from rollbook.sample.posts import FOLDER, StoryState

_FILES = ("district.toml", "accounts.csv", "approvals.csv", "events.ics")
#: Photographs that approvals.csv names; the publications office keeps them in the workspace.
_APPROVED = ("student-ambassador",)


def lay(folder: Path) -> Path:
    """Makes the sample's workspace; what is there stays as somebody changed it. **Raises** OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        if not (folder / name).exists():
            shutil.copyfile(FOLDER / name, folder / name)
    photos = folder / "photos"
    photos.mkdir(exist_ok=True)
    for name in _APPROVED:
        # The register says .jpg; where a drawing stands in, it is a PNG under that name, which no reader minds.
        photo = photos / f"{name}.jpg"
        if not photo.exists():
            photo.write_bytes(picture(name).data)
    return folder


def state_for(folder: Path) -> StoryState:
    """1 before the first finished audit of this workspace, 2 after it: the report is the last thing an audit writes."""
    reports = folder / "reports"
    return 2 if reports.is_dir() and any(reports.iterdir()) else 1
