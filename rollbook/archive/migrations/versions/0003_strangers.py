"""What came of looking at accounts that are not on record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "stranger",
        sa.Column("key_sha256", sa.String(length=64), nullable=False),
        sa.Column("post_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.String(length=27), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post_key"], ["post.post_key"]),
        sa.PrimaryKeyConstraint("key_sha256"),
    )
