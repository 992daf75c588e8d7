"""The further ids under which another source shows a post."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "post_name",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", _KEY, nullable=False),
        sa.Column("post_key", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["post_key"], ["post.post_key"]),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("name_of_post", "post_name", ["post_key", "seq"])
