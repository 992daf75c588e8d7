"""Exports of invented people, built as the networks build theirs."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from rollbook.init import Answers, lay
from rollbook.workspace import Workspace, read_workspace

#: Stands in every private member; must be in no file of a workspace.
CANARY = "canary-7f3a91-private"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTOR = "https://social.example/users/office"


def district(folder: Path, *accounts: str) -> Workspace:
    list(lay(folder, Answers("Invented District", accounts=accounts)))
    return read_workspace(folder)


def zipped(path: Path, members: Mapping[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, members: Mapping[str, bytes | str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            raw = data.encode() if isinstance(data, str) else data
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    return path


def note(number: int, words: str, *, to: str = PUBLIC, picture: str = "", **more: object) -> dict[str, object]:
    """A Create activity as Mastodon's archive has it."""
    uri = f"{ACTOR}/statuses/{number}"
    attachment = [{"type": "Document", "mediaType": "image/png", "url": picture, "name": "A drawing"}] if picture else []
    audience = {"to": [to], "cc": [f"{ACTOR}/followers"]}
    return {
        "id": f"{uri}/activity", "type": "Create", "actor": ACTOR, "published": f"2026-10-05T14:{number:02}:00Z",
        **audience,
        "object": {
            "id": uri, "type": "Note", "summary": None, "inReplyTo": None, "published": f"2026-10-05T14:{number:02}:00Z",
            "url": f"https://social.example/@office/{number}", "attributedTo": ACTOR, **audience, "content": f"<p>{words}</p>",
            "contentMap": {"en": f"<p>{words}</p>"}, "attachment": attachment, "tag": [], **more,
        },
    }


def mastodon(*activities: dict[str, object], actor: Mapping[str, object] | None = None) -> dict[str, bytes | str]:
    """The members of an archive, private ones with the canary."""
    about = {
        "id": ACTOR, "type": "Person", "preferredUsername": "office", "name": "Invented District", "published": "2024-01-05T00:00:00Z",
        "summary": "<p>News of the District</p>", "url": "https://social.example/@office",
        "icon": {"type": "Image", "mediaType": "image/png", "url": "avatar.png"},
        "attachment": [{"type": "PropertyValue", "name": "Phone", "value": "555-0100"}],
        "publicKey": {"publicKeyPem": CANARY},
    }
    outbox = {"id": "outbox.json", "type": "OrderedCollection", "totalItems": len(activities), "orderedItems": list(activities)}
    return {
        "actor.json": json.dumps({**about, **(actor or {})}), "avatar.png": b"an avatar", "outbox.json": json.dumps(outbox),
        "likes.json": json.dumps({"orderedItems": [f"https://other.example/{CANARY}"]}),
        "bookmarks.json": json.dumps({"orderedItems": [f"https://other.example/{CANARY}"]}),
        "media_attachments/files/1/original/bus.png": b"a bus",
    }


def every_byte(folder: Path) -> bytes:
    """All files of a folder, WARC members unpacked."""
    import gzip

    parts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            parts.append(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    return b"\n".join(parts)
