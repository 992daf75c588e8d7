"""What alembic runs: the connection is the program's own."""

from __future__ import annotations

from alembic import context

from rollbook.archive.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
