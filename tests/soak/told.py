"""What an archive tells of its district, free of the moments and record ids that differ from run to run."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from rollbook.archive.ledger import entries


def rows(archive: Path, query: str) -> list[dict[str, Any]]:
    """The rows of a query, read only."""
    with closing(sqlite3.connect(f"file:{archive / 'index.sqlite3'}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


def told(archive: Path) -> dict[str, Any]:
    """Posts with their versions, media, findings and open checks; equal for two archives of the same district."""
    versions: dict[str, list[Any]] = {}
    query = (
        "SELECT p.post, s.state, s.content_sha256, s.how, s.body FROM snapshot s JOIN post p USING (post_key)"
        " ORDER BY s.seq"
    )
    for row in rows(archive, query):
        body = json.loads(row["body"])
        if body["kind"] == "profile":
            del body["created_at"]  # a profile that states no date has the one of its capture
        versions.setdefault(row["post"], []).append([row["state"], row["content_sha256"], row["how"], body])
    return {
        "versions": versions,
        "posts": _keyed(archive, "SELECT post, account, kind, state, content_sha256 FROM post", "post"),
        "media": _keyed(
            archive, "SELECT p.post || ' ' || a.url AS name, a.sha256, a.why FROM attachment a JOIN post p"
            " USING (post_key)", "name",
        ),
        "findings": _keyed(
            archive, "SELECT f.finding, p.post, f.account, f.rule, f.severity, f.ended_at IS NULL AS open, f.ended_why, f.body"
            " FROM finding f JOIN post p USING (post_key)", "finding",
        ),
        "unchecked": _keyed(
            archive, "SELECT p.post || ' ' || u.rule AS name, u.reason FROM unchecked u JOIN post p"
            " USING (post_key)", "name",
        ),
        "dropped": _keyed(archive, "SELECT rule || ' ' || category AS name, count FROM dropped", "name"),
        "words": rows(archive, "SELECT count(*) AS versions FROM post_text"),
    }


def _keyed(archive: Path, query: str, name: str) -> dict[str, Any]:
    return {row.pop(name): row for row in rows(archive, query)}


def database(archive: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table: what `rollbook rebuild` has to make again."""
    found = rows(archive, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'post_text%'")
    tables = [row["name"] for row in found]
    return {name: sorted(rows(archive, f"SELECT * FROM {name}"), key=json.dumps) for name in tables}


def differences(one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    """What differs, table by table, in a line each; at most three of a table."""
    for name, here in one.items():
        there = other[name]
        if isinstance(here, dict):
            keys = [key for key in {**here, **there} if here.get(key) != there.get(key)]
            for key in keys[:3]:
                yield f"{name}: {key}: {_short(here.get(key))} against {_short(there.get(key))}"
        else:
            here, there = (Counter(json.dumps(row) for row in side) for side in (here, there))
            for row in list((here - there) + (there - here))[:3]:
                yield f"{name}: only on one side: {_short(row)}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 300 else text[:300] + "…"


def doubles(ledger: Path) -> Iterator[str]:
    """What the ledger acknowledged twice though it happened once."""
    newest: dict[str, tuple[str, str]] = {}
    open_findings: dict[str, str] = {}
    media: dict[str, set[tuple[str, str]]] = {}
    for entry in entries(ledger):
        leaf = entry.leaf
        if entry.kind == "snapshot":
            version = (leaf["state"], leaf["content"])
            if newest.get(leaf["post"]) == version or (leaf["state"] == "new" and leaf["post"] in newest):
                yield f"entry {entry.seq}: the snapshot {version} of {leaf['post']} is there twice"
            newest[leaf["post"]] = version
            media.pop(leaf["post"], None)  # an edit fetches its pictures again: the bytes may be others
        elif entry.kind == "finding":
            if open_findings.get(leaf["finding"]) == leaf["body_sha256"]:
                yield f"entry {entry.seq}: the finding {leaf['finding']} is there twice"
            open_findings[leaf["finding"]] = leaf["body_sha256"]
        elif entry.kind == "finding-ended":
            if open_findings.pop(leaf["finding"], None) is None:
                yield f"entry {entry.seq}: the finding {leaf['finding']} ends twice"
        elif entry.kind == "media" and leaf["sha256"]:
            item, of_post = (leaf["url"], leaf["sha256"]), media.setdefault(leaf["post"], set())
            if item in of_post:
                yield f"entry {entry.seq}: the picture {leaf['url']} of {leaf['post']} is there twice"
            of_post.add(item)
