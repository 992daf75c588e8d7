"""The further names of posts: ids under which another source shows a post that the archive holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, select, update

from rollbook.archive import schema as t
from rollbook.archive.store import chunks
from rollbook.exports import MADE, is_made
from rollbook.formats import read_post
from rollbook.types import Post


def held_under(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """The id that each of some posts is held under; unknown ones are left out."""
    found: dict[str, str] = {}
    for some in chunks(names):
        own = select(t.post.c.post.label("name"), t.post.c.post).where(t.post.c.post.in_(some))
        further = (
            select(t.post_name.c.name, t.post.c.post).join(t.post, t.post.c.post_key == t.post_name.c.post_key)
            .where(t.post_name.c.name.in_(some))
        )
        found.update({row.name: row.post for row in connection.execute(own.union_all(further))})
    return found


def names_of(connection: Connection, post_id: str) -> list[str]:
    """The further names of a post, in the order in which they were met."""
    rows = connection.execute(
        select(t.post_name.c.name).join(t.post, t.post.c.post_key == t.post_name.c.post_key)
        .where(t.post.c.post == post_id).order_by(t.post_name.c.seq)
    )
    return [row.name for row in rows]


def network_names(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """The network's own id of each post that is held under another; the others are left out."""
    found: dict[str, str] = {}
    for some in chunks([name for name in names if is_made(name)]):
        rows = connection.execute(
            select(t.post.c.post, t.post_name.c.name).join(t.post, t.post.c.post_key == t.post_name.c.post_key)
            .where(t.post.c.post.in_(some)).order_by(t.post_name.c.seq)
        )
        found.update({row.post: row.name for row in rows if not is_made(row.name)})
    return found


def holds_made_ids(connection: Connection, account: str) -> bool:
    """Whether the archive holds posts of an account from an export that told no ids."""
    like = f"{account.partition(':')[0]}:{MADE}%"
    asked = select(exists().where(t.post.c.account == account, t.post.c.post.like(like)))
    return bool(connection.execute(asked).scalar())


def near(
    connection: Connection, account: str, moment: datetime, within: timedelta, *, on_network: bool
) -> Iterator[tuple[str, datetime, dict[str, Post]]]:
    """The posts of an account made about a moment: id, moment, and every version by its content.

    ``on_network``: those whose own id is known; otherwise those that only exports have shown.
    """
    rows = connection.execute(
        select(t.post.c.post, t.post.c.created_at, t.snapshot.c.content_sha256, t.snapshot.c.body)
        .join(t.snapshot, t.snapshot.c.post_key == t.post.c.post_key)
        .where(
            t.post.c.account == account, t.snapshot.c.state != "gone",
            t.post.c.created_at.between(t.stamp(moment - within), t.stamp(moment + within)),
        ).order_by(t.post.c.created_at, t.snapshot.c.seq)
    ).all()
    found: dict[str, tuple[datetime, dict[str, Post]]] = {}
    for row in rows:
        versions = found.setdefault(row.post, (t.moment(row.created_at), {}))[1]
        versions[row.content_sha256] = read_post(json.loads(row.body))
    own = network_names(connection, list(found))
    for name, (created_at, versions) in found.items():
        if (not is_made(name) or name in own) is on_network:
            yield name, created_at, versions


def add_address(connection: Connection, key: int, url: str) -> None:
    """Gives the versions of a post that have no address the network's."""
    bodies = select(t.snapshot.c.seq, t.snapshot.c.body).where(t.snapshot.c.post_key == key)
    for row in connection.execute(bodies).all():
        body = json.loads(row.body)
        if not body["url"]:
            changed = json.dumps(body | {"url": url}, ensure_ascii=False)
            connection.execute(update(t.snapshot).where(t.snapshot.c.seq == row.seq).values(body=changed))
