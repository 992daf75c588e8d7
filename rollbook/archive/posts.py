"""What the archive knows of posts: the questions that a run, the reports and a person ask the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from rollbook.archive import schema as t
from rollbook.formats import read_post
from rollbook.types import Post, Snapshot, State

#: How many names one query takes: below every database's limit of parameters.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """How a post stands in the archive."""

    state: State
    #: Fingerprint of its newest version, and of every version.
    latest: str
    contents: frozenset[str]
    #: When its newest version was made, by the network's word.
    version_at: datetime


def chunks(names: Sequence[str]) -> list[Sequence[str]]:
    """Names in pieces that one query takes."""
    return [names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)]


def known_posts(connection: Connection, names: Sequence[str]) -> dict[str, Known]:
    """How posts stand, by id; unknown ones are left out."""
    contents: dict[str, set[str]] = {}
    newest: dict[str, tuple[State, str, datetime]] = {}
    for some in chunks(names):
        rows = connection.execute(
            select(
                t.post.c.post,
                t.post.c.state,
                t.post.c.seq,
                t.post.c.content_sha256,
                t.snapshot.c.seq.label("version"),
                t.snapshot.c.content_sha256.label("content"),
                t.snapshot.c.body,
            )
            .join(t.snapshot, t.snapshot.c.post_key == t.post.c.post_key)
            .where(t.post.c.post.in_(some))
        )
        for row in rows:
            contents.setdefault(row.post, set()).add(row.content)
            if row.version == row.seq:
                body = read_post(json.loads(row.body))
                newest[row.post] = (row.state, row.content_sha256, body.edited_at or body.created_at)
    return {name: Known(state, latest, frozenset(contents[name]), at) for name, (state, latest, at) in newest.items()}


def unfinished_media(connection: Connection, names: Sequence[str]) -> dict[str, set[str]]:
    """Addresses of media that could not be kept so far, by post."""
    found: dict[str, set[str]] = {}
    for some in chunks(names):
        rows = connection.execute(
            select(t.post.c.post, t.attachment.c.url).join(t.post, t.post.c.post_key == t.attachment.c.post_key)
            .where(t.post.c.post.in_(some), t.attachment.c.sha256.is_(None))
        )
        for row in rows:
            found.setdefault(row.post, set()).add(row.url)
    return found


def last_cursor(connection: Connection, account: str) -> Mapping[str, str]:
    """What the last finished visit of an account returned; empty where there was none."""
    text = connection.execute(
        select(t.visit.c.cursor).where(t.visit.c.account == account, t.visit.c.code == "")
        .order_by(t.visit.c.seq.desc()).limit(1)
    ).scalar()
    cursor: Mapping[str, str] = json.loads(text) if text else {}
    return cursor


def window(connection: Connection, account: str, since: str) -> list[Post]:
    """The posts of an account made since a moment that are not known to be gone, oldest first."""
    rows = connection.execute(
        select(t.snapshot.c.body).join(t.post, t.post.c.seq == t.snapshot.c.seq)
        .where(t.post.c.account == account, t.post.c.created_at >= since, t.post.c.state != "gone")
        .order_by(t.post.c.created_at)
    )
    return [read_post(json.loads(row.body)) for row in rows]


def with_media(connection: Connection, post_key: int, post: Post) -> Post:
    """The post with the digests of its media, as far as they are held."""
    if not post.media:
        return post
    held = {
        row.url: row.sha256
        for row in connection.execute(select(t.attachment).where(t.attachment.c.post_key == post_key))
    }
    return replace(post, media=tuple(replace(item, sha256=held.get(item.url)) for item in post.media))


def versions(connection: Connection, post_id: str) -> list[Snapshot]:
    """Every snapshot of a post, in the order it was observed; empty where the archive does not hold it."""
    rows = connection.execute(
        select(t.snapshot, t.post.c.post_key.label("key")).join(t.post, t.post.c.post_key == t.snapshot.c.post_key)
        .where(t.post.c.post == post_id).order_by(t.snapshot.c.seq)
    )
    return [
        Snapshot(row.seq, with_media(connection, row.key, read_post(json.loads(row.body))), row.state,
                 t.moment(row.observed_at), row.content_sha256, row.record_id, row.how)
        for row in rows
    ]
