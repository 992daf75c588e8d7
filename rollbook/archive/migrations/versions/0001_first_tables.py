"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rollbook.archive.search import CREATE_SQLITE

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes every table of the first version, and the full-text index where the database is SQLite."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "analysis",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("judged_by", sa.String(length=64), nullable=False),
        sa.Column("upto_seq", key, nullable=False),
        sa.PrimaryKeyConstraint("rule"),
    )
    op.create_table(
        "applied",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", key, nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "dropped",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "category"),
    )
    op.create_table(
        "exchange",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.String(length=27), nullable=False),
        sa.Column("warc_file", sa.Text(), nullable=False),
        sa.Column("warc_offset", sa.BigInteger(), nullable=False),
        sa.Column("warc_length", sa.BigInteger(), nullable=False),
        sa.Column("warc_sha256", sa.String(length=64), nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("record_id"),
    )
    op.create_table(
        "media",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("seq", key, nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "post",
        sa.Column("post_key", key, nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("seq", key, nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("first_seen_at", sa.String(length=27), nullable=False),
        sa.Column("last_seen_at", sa.String(length=27), nullable=False),
        sa.Column("changed_seq", key, nullable=False),
        sa.PrimaryKeyConstraint("post_key"),
        sa.UniqueConstraint("post"),
    )
    op.create_index("post_changed", "post", ["changed_seq"], unique=False)
    op.create_index("post_of_account", "post", ["account", "created_at"], unique=False)
    op.create_table(
        "report",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("made_at", sa.String(length=27), nullable=False),
        sa.Column("since", sa.String(length=27), nullable=True),
        sa.Column("until", sa.String(length=27), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("open", sa.Text(), nullable=False),
        sa.Column("aside", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "verified",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("upto_seq", key, nullable=False),
        sa.Column("upto_offset", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("warc_file", sa.Text(), nullable=False),
        sa.Column("warc_end", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "visit",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("began_at", sa.String(length=27), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("media_failed", sa.Integer(), nullable=False),
        sa.Column("marked", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("visit_finished", "visit", ["account", "code", "seq"], unique=False)
    op.create_index("visit_of_account", "visit", ["account", "seq"], unique=False)
    op.create_table(
        "warc_file",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("file"),
    )
    op.create_table(
        "attachment",
        sa.Column("post_key", key, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_key"],
            ["post.post_key"],
        ),
        sa.PrimaryKeyConstraint("post_key", "url"),
    )
    op.create_table(
        "finding",
        sa.Column("finding", sa.String(length=32), nullable=False),
        sa.Column("post_key", key, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("snapshot_seq", key, nullable=False),
        sa.Column("found_at", sa.String(length=27), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_key"],
            ["post.post_key"],
        ),
        sa.PrimaryKeyConstraint("finding"),
    )
    op.create_index("finding_of_post", "finding", ["post_key", "rule"], unique=False)
    op.create_index("finding_open", "finding", ["ended_at", "severity"], unique=False)
    op.create_table(
        "snapshot",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("post_key", key, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("observed_at", sa.String(length=27), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_key"],
            ["post.post_key"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("snapshot_observed", "snapshot", ["observed_at"], unique=False)
    op.create_index("snapshot_of_post", "snapshot", ["post_key", "seq"], unique=False)
    op.create_table(
        "unchecked",
        sa.Column("post_key", key, nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_key"],
            ["post.post_key"],
        ),
        sa.PrimaryKeyConstraint("post_key", "rule"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(CREATE_SQLITE)
