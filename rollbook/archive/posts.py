"""What the archive knows of posts: the questions that a run, the reports and a person ask the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from rollbook.archive import schema as t
from rollbook.archive.store import chunks
from rollbook.exports import RECORDED
from rollbook.formats import likeness, read_post
from rollbook.types import Page, Post, Snapshot, State


@dataclass(frozen=True, slots=True)
class Known:
    """How a post stands in the archive."""

    state: State
    #: Fingerprint of its newest version, and of every version.
    latest: str
    contents: frozenset[str]
    #: When its newest version was made, by the network's word.
    version_at: datetime
    #: When it was last seen there, or recorded.
    seen_at: datetime
    #: The pages of owners' exports that it was read from.
    exported: frozenset[str] = frozenset()
    #: Whether its newest version was seen on the network itself, not in an export alone.
    from_network: bool = True
    #: Content of further captures, and of the version that each of them shows.
    equal: Mapping[str, str] = field(default_factory=dict)
    #: What its versions show (``rollbook.formats.likeness``), and the content of each; as far as it was asked for.
    alike: Mapping[str, str] = field(default_factory=dict)


def known_posts(connection: Connection, names: Sequence[str], *, alike: bool = False) -> dict[str, Known]:
    """How posts stand, by id; unknown ones are left out.

    ``alike`` asks what every version shows; without it only versions from exports are looked at.
    """
    found: dict[str, _Standing] = {}
    for some in chunks(names):
        versions = (
            select(
                t.post.c.post,
                t.post.c.state,
                t.post.c.seq,
                t.post.c.content_sha256,
                t.post.c.last_seen_at,
                t.snapshot.c.seq.label("version"),
                t.snapshot.c.content_sha256.label("content"),
                t.snapshot.c.record_id,
                t.snapshot.c.body,
                t.export_page.c.record_id.label("exported"),
            )
            .join(t.snapshot, t.snapshot.c.post_key == t.post.c.post_key)
            .outerjoin(t.export_page, t.export_page.c.record_id == t.snapshot.c.record_id)
            .where(t.post.c.post.in_(some))
            .order_by(t.snapshot.c.seq)
        )
        for row in connection.execute(versions):
            found.setdefault(row.post, _Standing()).version(row, alike=alike)
        captures = (
            select(t.post.c.post, t.capture, t.export_page.c.record_id.label("exported"))
            .join(t.post, t.post.c.post_key == t.capture.c.post_key)
            .outerjoin(t.export_page, t.export_page.c.record_id == t.capture.c.record_id)
            .where(t.post.c.post.in_(some))
        )
        for row in connection.execute(captures):
            found.setdefault(row.post, _Standing()).capture(row)
    return {name: standing.known() for name, standing in found.items() if standing.newest is not None}


class _Standing:
    """What the rows of one post say of it."""

    def __init__(self) -> None:
        self.newest: tuple[State, str, datetime, datetime] | None = None
        self._contents: set[str] = set()
        self._on_network: set[str] = set()
        self._exported: set[str] = set()
        self._equal: dict[str, str] = {}
        self._alike: dict[str, str] = {}

    def version(self, row: Any, *, alike: bool) -> None:
        """A snapshot."""
        self._contents.add(row.content)
        newest = row.version == row.seq
        if not (newest or alike or row.exported):
            self._on_network.add(row.content)
            return
        body = read_post(json.loads(row.body))
        if row.exported:
            self._exported.add(row.record_id)
        else:
            self._on_network.add(row.content)
        if alike or row.exported:
            self._alike[likeness(body)] = row.content
        if newest:
            made_at, seen_at = body.edited_at or body.created_at, t.moment(row.last_seen_at)
            self.newest = (row.state, row.content_sha256, made_at, seen_at)

    def capture(self, row: Any) -> None:
        """A further capture of a version."""
        if row.exported:
            self._exported.add(row.record_id)
        else:
            self._on_network.add(row.version_sha256)
        self._equal[row.content_sha256] = row.version_sha256

    def known(self) -> Known:
        """All of it together."""
        if self.newest is None:
            raise ValueError("a post without its newest version")
        state, latest, at, seen_at = self.newest
        return Known(
            state, latest, frozenset(self._contents), at, seen_at, frozenset(self._exported),
            latest in self._on_network, self._equal, self._alike,
        )


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
    """What the last visit of an account that was finished, or left a cursor, returned; empty where there was none."""
    text = connection.execute(
        select(t.visit.c.cursor)
        .where(t.visit.c.account == account, or_(t.visit.c.code == "", t.visit.c.cursor != "{}"))
        .order_by(t.visit.c.seq.desc()).limit(1)
    ).scalar()
    cursor: Mapping[str, str] = json.loads(text) if text else {}
    return cursor


def last_visits(connection: Connection) -> dict[str, int]:
    """The place in the ledger of the newest visit of each account, finished or not."""
    newest = select(t.visit.c.account, func.max(t.visit.c.seq).label("newest")).group_by(t.visit.c.account)
    return {row.account: row.newest for row in connection.execute(newest)}


def not_there_since(connection: Connection, account: str, urls: Sequence[str]) -> dict[str, datetime]:
    """Since when addresses have answered each time that nothing is there (404, 410); the others are left out."""
    since: dict[str, datetime] = {}
    for some in chunks(urls):
        answers = (
            select(t.exchange.c.url, t.exchange.c.status, t.exchange.c.fetched_at)
            .where(t.exchange.c.account == account, t.exchange.c.url.in_(some))
            .order_by(t.exchange.c.fetched_at, t.exchange.c.seq)  # a recording comes in later than it was made
        )
        for row in connection.execute(answers):
            if row.status in (404, 410):
                since.setdefault(row.url, t.moment(row.fetched_at))
            else:
                since.pop(row.url, None)
    return since


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


def captures(connection: Connection, post_id: str) -> list[Any]:
    """Every capture that a post was read from, in the ledger's order, each with the content of the version it shows."""
    first = (
        select(t.snapshot.c.seq, t.snapshot.c.record_id, t.snapshot.c.content_sha256)
        .join(t.post, t.post.c.post_key == t.snapshot.c.post_key).where(t.post.c.post == post_id)
    )
    further = (
        select(t.capture.c.seq, t.capture.c.record_id, t.capture.c.version_sha256.label("content_sha256"))
        .join(t.post, t.post.c.post_key == t.capture.c.post_key).where(t.post.c.post == post_id)
    )
    either = first.union_all(further).subquery()
    rows = connection.execute(
        select(either.c.seq.label("noted_seq"), either.c.content_sha256, t.exchange, t.export_page.c.source)
        .join(t.exchange, t.exchange.c.record_id == either.c.record_id)
        .outerjoin(t.export_page, t.export_page.c.record_id == either.c.record_id)
        .order_by(either.c.seq)
    )
    return list(rows)


def export_page(connection: Connection, page: Page, source: str, payload_sha256: str) -> tuple[str, datetime] | None:
    """The record of a page of an owner's export that is held already, and its moment; None where it is not."""
    wanted = (
        select(t.exchange.c.record_id, t.exchange.c.fetched_at)
        .join(t.export_page, t.export_page.c.record_id == t.exchange.c.record_id)
        .where(t.export_page.c.source == source, t.export_page.c.payload_sha256 == payload_sha256,
               t.exchange.c.account == page.account, t.exchange.c.part == page.part)
    )
    if RECORDED in page.context:  # the same bytes may stand at two addresses, and come back after others
        wanted = wanted.where(t.exchange.c.url == page.url, t.exchange.c.context == t.spelled(dict(page.context)))
    row = connection.execute(wanted.limit(1)).one_or_none()
    return (row.record_id, t.moment(row.fetched_at)) if row is not None else None


def export_taken(connection: Connection, account: str, sha256: str) -> bool:
    """Whether an owner's export was read to its end before."""
    return connection.execute(
        select(t.export_file.c.seq).where(
            t.export_file.c.account == account, t.export_file.c.sha256 == sha256, t.export_file.c.code == ""
        ).limit(1)
    ).scalar() is not None
