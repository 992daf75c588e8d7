"""What Facebook sends a Page's own program when something happens on it, in the shape of its Graph API.

**Source**: developers.facebook.com/docs/graph-api/webhooks/reference/page/#feed, read 2026-11. Rollbook receives none:
this is for bodies that somebody kept, looked at by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from rollbook.pages import Item

_POSTS = frozenset(("status", "post", "photo", "video", "share", "link", "album", "event"))


def told_of(top: Item) -> Iterator[dict[str, object]]:
    """The posts and comments that a body tells of; what is none keeps its fields, for the reader to mark."""
    for entry in top.items("entry"):
        for change in entry.items("changes"):
            value = change.item_or_none("value")
            yield _as_node(value) if value else {}


def _as_node(value: Item) -> dict[str, object]:
    what, verb = value.words("item"), value.words("verb")
    if verb in ("remove", "hide", "block") or (what not in _POSTS and what != "comment"):
        return {"id": "", "told": f"{what or 'something'} {verb}"}
    node: dict[str, object] = {
        "id": value.data.get("comment_id" if what == "comment" else "post_id"), "message": value.data.get("message"),
        "created_time": _moment(value.count("created_time")), "from": value.data.get("from"),
        "permalink_url": value.data.get("permalink_url"), "is_published": value.data.get("published") != 0,
    }
    if what == "comment":
        # Comments are told by a field that posts have not.
        return {**node, "comment_count": 0, "parent": {"id": value.data.get("parent_id") or value.data.get("post_id")}}
    return {**node, "full_picture": value.data.get("link") if what == "photo" else None}


def _moment(seconds: int | None) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds else None
    except (OverflowError, OSError, ValueError):
        return None
