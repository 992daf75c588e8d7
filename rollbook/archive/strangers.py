"""What the archive remembers of accounts that are not on record: the hash of a name, and what came of looking."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from rollbook.archive import schema as t
from rollbook.archive.accounts import number_of
from rollbook.archive.posts import with_media
from rollbook.formats import read_post
from rollbook.linked import key_sha256
from rollbook.register import Register
from rollbook.types import Post

#: Outcomes of a look that was none.
NOT_LOOKED_AT = ("closed", "not-shown", "not-checked")


@dataclass(frozen=True, slots=True)
class Remembered:
    """One look at an account."""

    asked_at: str
    #: ``presents``, ``unlike``, ``on-record``, ``gone``; or why it was not looked at: ``closed`` (no account of its
    #: network can be), ``not-shown`` (this one is not), ``not-checked`` (it could not be read).
    outcome: str
    reason: str


def remembered(connection: Connection) -> dict[str, Remembered]:
    """The newest look at each account, by the hash of its plain key."""
    rows = connection.execute(select(t.stranger))
    return {row.key_sha256: Remembered(row.asked_at, row.outcome, row.reason) for row in rows}


def other_names(connection: Connection, register: Register) -> frozenset[str]:
    """Hashes of other names of accounts on record: what looks have told, and former names that visits were made by."""
    ours = {number_of(connection, key) for key in register.accounts} - {""}
    visited = connection.execute(select(t.visit.c.account).distinct()).scalars().all()
    former = [key for key in visited if register.get(key) is None and number_of(connection, key) in ours]
    looked = [name for name, look in remembered(connection).items() if look.outcome == "on-record"]
    return frozenset((*looked, *map(key_sha256, former))) - set(map(key_sha256, register.accounts))


def met_in(connection: Connection, key_sha256: str) -> Post | None:
    """The District's post by which an account was met; None where none is known."""
    rows = connection.execute(
        select(t.post.c.post_key, t.snapshot.c.body).join(t.snapshot, t.snapshot.c.seq == t.post.c.seq)
        .join(t.stranger, t.stranger.c.post_key == t.post.c.post_key).where(t.stranger.c.key_sha256 == key_sha256)
    )
    return next((with_media(connection, row.post_key, read_post(json.loads(row.body))) for row in rows), None)


def not_looked_at(connection: Connection, on_record: Collection[str]) -> Iterator[tuple[str, Post]]:
    """Why accounts could not be looked at, each reason with every District post that points at one, newest first.

    ``on_record`` are hashes of accounts that have been registered since.
    """
    rows = connection.execute(
        select(t.stranger.c.reason, t.post.c.post_key, t.post.c.created_at, t.snapshot.c.body)
        .join(t.post, t.post.c.post_key == t.stranger.c.post_key)
        .join(t.snapshot, t.snapshot.c.seq == t.post.c.seq).distinct()
        .where(
            t.stranger.c.outcome.in_(NOT_LOOKED_AT), t.post.c.state != "gone", t.stranger.c.key_sha256.not_in(on_record)
        )
        .order_by(t.stranger.c.reason, t.post.c.created_at.desc())
    ).all()
    for row in rows:
        yield row.reason, with_media(connection, row.post_key, read_post(json.loads(row.body)))
