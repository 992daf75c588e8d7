"""The names of accounts: a network's own number of one outlives them, and its posts are kept under the one it has."""

from __future__ import annotations

import json

from sqlalchemy import Connection, exists, select, update

from rollbook.archive import schema as t
from rollbook.archive.posts import last_cursor
from rollbook.linked import ADDRESSES
from rollbook.register import Register

#: A profile is of the name that it stood under, and its id says so.
_KEPT_APART = "profile"


def number_of(connection: Connection, key: str) -> str:
    """The network's own number of an account that was visited; empty where none is known."""
    return numbered(key, last_cursor(connection, key).get("id", ""))


def numbered(key: str, number: str) -> str:
    """A number as numbers of accounts are compared: each server of a network of many counts for itself."""
    network, _, handle = key.partition(":")
    server = handle.rpartition("@")[2].lower() if network == "mastodon" else ""
    if network in ADDRESSES:
        server = (handle.partition("://")[2] or handle).partition("/")[0].lower()
    return f"{network}:{server}:{number}" if number else ""


def former_names(connection: Connection, register: Register, key: str, number: str) -> list[str]:
    """The keys that are no longer in the register under which the archive holds posts of this account."""
    own = numbered(key, number)
    visited = select(t.visit.c.account).where(t.visit.c.account.like(f"{key.partition(':')[0]}:%")).distinct()
    names = [name for name in connection.execute(visited).scalars() if register.get(name) is None]
    return [name for name in sorted(names) if own and number_of(connection, name) == own and _holds(connection, name)]


def _holds(connection: Connection, key: str) -> bool:
    held = select(exists().where(t.post.c.account == key, t.post.c.kind != _KEPT_APART))
    return bool(connection.execute(held).scalar())


def rename(connection: Connection, former: str, key: str) -> None:
    """Holds the posts of an account under the key that it has now, every version of them."""
    theirs = (t.post.c.account == former) & (t.post.c.kind != _KEPT_APART)
    bodies = select(t.snapshot.c.seq, t.snapshot.c.body).join(t.post, t.post.c.post_key == t.snapshot.c.post_key)
    for row in connection.execute(bodies.where(theirs)).all():
        body = json.dumps(json.loads(row.body) | {"account": key}, ensure_ascii=False)
        connection.execute(update(t.snapshot).where(t.snapshot.c.seq == row.seq).values(body=body))
    connection.execute(update(t.post).where(theirs).values(account=key))
