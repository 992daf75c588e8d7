"""The database's tables: an index over the ledger and the captures, portable between SQLite and PostgreSQL.

Times are ISO 8601 in UTC with microseconds (27 characters), so that they sort as text everywhere. A test holds these
tables equal to the sum of the migrations.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

#: The newest file in migrations/versions/.
REVISION = "0004"

metadata = MetaData()
# SQLite keeps a growing rowid only for INTEGER; PostgreSQL wants eight bytes for a ledger of millions.
_Key = BigInteger().with_variant(Integer, "sqlite")
_Time = String(27)

#: One row: how far the ledger is applied.
applied = Table(
    "applied", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", _Key, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("chain", String(64), nullable=False),
)

#: How far each WARC file is acknowledged.
warc_file = Table(
    "warc_file", metadata,
    Column("file", Text, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
)

exchange = Table(
    "exchange", metadata,
    Column("seq", _Key, primary_key=True, autoincrement=False),
    Column("record_id", String(64), nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("part", String(32), nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("fetched_at", _Time, nullable=False),
    Column("warc_file", Text, nullable=False),
    Column("warc_offset", BigInteger, nullable=False),
    Column("warc_length", BigInteger, nullable=False),
    Column("warc_sha256", String(64), nullable=False),
    Column("payload_sha256", String(64), nullable=False),
    Column("context", Text, nullable=False),
)

post = Table(
    "post", metadata,
    Column("post_key", _Key, primary_key=True),
    Column("post", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("created_at", _Time, nullable=False),
    Column("state", String(8), nullable=False),
    #: The newest snapshot.
    Column("seq", _Key, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("first_seen_at", _Time, nullable=False),
    Column("last_seen_at", _Time, nullable=False),
    #: The newest ledger entry that an analyzer would judge anew: a snapshot, or a picture that arrived late.
    Column("changed_seq", _Key, nullable=False),
    Index("post_of_account", "account", "created_at"),
    Index("post_changed", "changed_seq"),
)

#: Further ids under which another source shows a post.
post_name = Table(
    "post_name", metadata,
    Column("name", Text, primary_key=True),
    Column("seq", _Key, nullable=False),
    Column("post_key", _Key, ForeignKey("post.post_key"), nullable=False),
    Index("name_of_post", "post_key", "seq"),
)

snapshot = Table(
    "snapshot", metadata,
    Column("seq", _Key, primary_key=True, autoincrement=False),
    Column("post_key", _Key, ForeignKey("post.post_key"), nullable=False),
    Column("state", String(8), nullable=False),
    Column("observed_at", _Time, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("record_id", String(64), nullable=False),
    Column("how", Text, nullable=False),
    #: The post in the public format.
    Column("body", Text, nullable=False),
    Index("snapshot_of_post", "post_key", "seq"),
    Index("snapshot_observed", "observed_at"),
)

#: A capture that shows a version which is held already: the same post, read from another source.
capture = Table(
    "capture", metadata,
    Column("seq", _Key, primary_key=True, autoincrement=False),
    Column("post_key", _Key, ForeignKey("post.post_key"), nullable=False),
    Column("record_id", String(64), nullable=False),
    #: What the capture itself yields, and the version that this is.
    Column("content_sha256", String(64), nullable=False),
    Column("version_sha256", String(64), nullable=False),
    Index("capture_of_post", "post_key", "seq"),
)

#: The captures that were not fetched but taken from an export that an owner downloaded.
export_page = Table(
    "export_page", metadata,
    Column("record_id", String(64), primary_key=True),
    #: ``urn:rollbook:export:SHA-256 of the file/member``.
    Column("source", Text, nullable=False),
    Column("payload_sha256", String(64), nullable=False),
    Index("export_page_of_source", "source", "payload_sha256"),
)

#: The owners' exports that were taken in, one row for each time that one brought something.
export_file = Table(
    "export_file", metadata,
    Column("seq", _Key, primary_key=True, autoincrement=False),
    Column("run", String(64), nullable=False),
    Column("account", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("began_at", _Time, nullable=False),
    Column("ended_at", _Time, nullable=False),
    #: Empty when it was read to its end.
    Column("code", String(32), nullable=False),
    Column("problem", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("edited", Integer, nullable=False),
    Column("noted", Integer, nullable=False),
    Column("media_failed", Integer, nullable=False),
    Column("marked", Text, nullable=False),
    Index("export_file_of_account", "account", "sha256"),
)

#: Which bytes a post's media address gave, or why it gave none.
attachment = Table(
    "attachment", metadata,
    Column("post_key", _Key, ForeignKey("post.post_key"), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("sha256", String(64)),
    Column("why", Text, nullable=False),
)

media = Table(
    "media", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mime", Text, nullable=False),
    Column("seq", _Key, nullable=False),
)

visit = Table(
    "visit", metadata,
    Column("seq", _Key, primary_key=True, autoincrement=False),
    Column("run", String(64), nullable=False),
    Column("account", Text, nullable=False),
    Column("began_at", _Time, nullable=False),
    Column("ended_at", _Time, nullable=False),
    #: Empty when the visit finished.
    Column("code", String(32), nullable=False),
    Column("problem", Text, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("expected", Integer),
    Column("pages", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("edited", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("media_failed", Integer, nullable=False),
    Column("marked", Text, nullable=False),
    Index("visit_of_account", "account", "seq"),
    Index("visit_finished", "account", "code", "seq"),
)

#: How far each rule has judged, and by which code, policy and registers.
analysis = Table(
    "analysis", metadata,
    Column("rule", String(64), primary_key=True),
    Column("judged_by", String(64), nullable=False),
    Column("upto_seq", _Key, nullable=False),
)

finding = Table(
    "finding", metadata,
    Column("finding", String(32), primary_key=True),
    Column("post_key", _Key, ForeignKey("post.post_key"), nullable=False),
    Column("account", Text, nullable=False),
    Column("rule", String(64), nullable=False),
    Column("severity", String(8), nullable=False),
    #: The snapshot it was last seen in.
    Column("snapshot_seq", _Key, nullable=False),
    Column("found_at", _Time, nullable=False),
    Column("ended_at", _Time),
    Column("ended_why", Text, nullable=False),
    Column("body_sha256", String(64), nullable=False),
    #: The finding in the public format.
    Column("body", Text, nullable=False),
    Index("finding_of_post", "post_key", "rule"),
    Index("finding_open", "ended_at", "severity"),
)

unchecked = Table(
    "unchecked", metadata,
    Column("post_key", _Key, ForeignKey("post.post_key"), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("reason", Text, nullable=False),
)

#: Accounts that are not on record and that a District post pointed at: what came of looking at their profile. Their
#: names are not kept, only the hash by which one is not asked again too soon.
stranger = Table(
    "stranger", metadata,
    #: SHA-256 of the plain key.
    Column("key_sha256", String(64), primary_key=True),
    #: The District's post that points at it, and how: ``mention``, ``reply``, ``repost``, ``quote``, ``link``.
    Column("post_key", _Key, ForeignKey("post.post_key"), nullable=False),
    Column("how", String(16), nullable=False),
    Column("asked_at", _Time, nullable=False),
    #: ``presents``, ``unlike``, ``on-record``, ``gone``; or ``closed``, ``not-shown``, ``not-checked``.
    Column("outcome", String(16), nullable=False),
    #: For the last three: why it could not be looked at, in words that name nobody.
    Column("reason", Text, nullable=False),
)

#: Findings on protected speech that were never stored: how many, nothing else.
dropped = Table(
    "dropped", metadata,
    Column("rule", String(64), primary_key=True),
    Column("category", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
)

#: Up to where a check found everything in order.
verified = Table(
    "verified", metadata,
    Column("seq", _Key, primary_key=True, autoincrement=False),
    Column("at", _Time, nullable=False),
    Column("upto_seq", _Key, nullable=False),
    Column("upto_offset", BigInteger, nullable=False),
    Column("chain", String(64), nullable=False),
    Column("whole", Integer, nullable=False),
    #: The only WARC file that may have grown since: the last one written to, and where it ended.
    Column("warc_file", Text, nullable=False),
    Column("warc_end", BigInteger, nullable=False),
)

report = Table(
    "report", metadata,
    Column("seq", _Key, primary_key=True, autoincrement=False),
    Column("made_at", _Time, nullable=False),
    Column("since", _Time),
    Column("until", _Time, nullable=False),
    Column("files", Text, nullable=False),
    Column("open", Text, nullable=False),
    #: 1 for a period that a person named: the next report does not go on from it.
    Column("aside", Integer, nullable=False),
)


def stamp(moment: datetime) -> str:
    """A moment as the database keeps it. Naive times are a programming error."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """A moment read back, in UTC."""
    return datetime.fromisoformat(text)


def spelled(value: object) -> str:
    """JSON as the database keeps it: sorted, as the ledger has it, so that one made again is the same."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
