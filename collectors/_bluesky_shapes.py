"""Shapes in which records and views of them stand in answers that no visit asks for, for pages looked at by themselves.

**Source**: the lexicons app.bsky.{bookmark,feed,notification,unspecced}; https://github.com/bluesky-social/jetstream
(events); the captures of indigo's moderation tools, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping


def gathered(answer: object) -> list[object] | None:
    """The records, views or entries that an answer lists; None where it is one of those that a visit asks for."""
    if isinstance(answer, list):
        return [_bare(one) for one in answer]
    if not isinstance(answer, dict):
        return None
    for name in ("postRecords", "notifications", "bookmarks", "thread"):
        listed = answer.get(name)
        if isinstance(listed, list):
            return [_bare(one) for one in listed]
    if isinstance(answer.get("commit"), dict) or ("record" in answer and "uri" in answer):
        return [_bare(answer)]
    return None


def _bare(entry: object) -> object:
    """The record or view itself, out of a bookmark, an entry of a thread, or an event of the network's stream."""
    if not isinstance(entry, dict):
        return entry
    commit = entry.get("commit")
    if isinstance(commit, dict):
        return _record_of(entry, commit)
    value = entry.get("value")
    if isinstance(value, dict) and isinstance(value.get("post"), dict):
        return {"post": value["post"]}
    item = entry.get("item")
    return item if isinstance(item, dict) and "record" in item else entry


def _record_of(event: Mapping[str, object], commit: Mapping[str, object]) -> dict[str, object]:
    uri = f"at://{event.get('did')}/{commit.get('collection')}/{commit.get('rkey')}"
    return {"uri": uri, "value": commit.get("record")}
