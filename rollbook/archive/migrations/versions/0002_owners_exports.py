"""Owners' exports: which captures came from one, and further captures of a version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the tables; an archive from before has no export in it, so that they begin empty."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "capture",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("post_key", key, nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("version_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["post_key"], ["post.post_key"]),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("capture_of_post", "capture", ["post_key", "seq"], unique=False)
    op.create_table(
        "export_page",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("record_id"),
    )
    op.create_index("export_page_of_source", "export_page", ["source", "payload_sha256"], unique=False)
    op.create_table(
        "export_file",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.String(length=27), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("media_failed", sa.Integer(), nullable=False),
        sa.Column("marked", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("export_file_of_account", "export_file", ["account", "sha256"], unique=False)
