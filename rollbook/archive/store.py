"""The database: the ledger applied. Whatever it holds can be made again from ledger, captures and media."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Insert, create_engine, event, func, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DatabaseError, OperationalError

from rollbook.archive import schema as t
from rollbook.archive.ledger import GENESIS
from rollbook.errors import ArchiveError, NotWritten

#: How many names one query takes: below every database's limit of parameters.
_AT_ONCE = 500


def chunks(names: Sequence[str]) -> list[Sequence[str]]:
    """Names in pieces that one query takes."""
    return [names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)]


def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
    # NORMAL: a power cut may take the newest transactions and leaves the others whole; the ledger, which is synced, has
    # them, and the next opening applies them again. FULL would sync a third time for every acknowledgement.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA foreign_keys=ON")


class Store:
    """One open database."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _pragmas)

    @classmethod
    def at(cls, folder: Path) -> Store:
        """The embedded database of an archive folder."""
        return cls(f"sqlite:///{folder / 'index.sqlite3'}")

    def is_current(self) -> bool:
        """Whether the tables have their newest form. **Raises** as ``begin`` does."""
        with self.begin() as connection:
            return (
                self.engine.dialect.has_table(connection, "alembic_version")
                and connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == t.REVISION
            )

    def migrate(self) -> None:
        """Brings the tables to the newest form; alembic is only loaded where they are not."""
        if self.is_current():
            return
        from rollbook.archive.migrations import upgrade

        with self._in_use():
            upgrade(self.engine)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction. **Raises** NotWritten where the disk is full or fails, ArchiveError where it is damaged."""
        with self._in_use(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Says in a sentence what keeps from using the database: SQLAlchemy's words hold the whole statement."""
        try:
            yield
        except OperationalError as err:  # locked, or no room: nothing is wrong with what it holds
            problem = f"{self.engine.url.database}: cannot be used: {err.orig}. What was acknowledged is safe"
            raise NotWritten(problem) from err
        except DatabaseError as err:
            if type(err) is not DatabaseError:  # a statement of ours is wrong
                raise
            problem = f"{self.engine.url.database} is damaged ({err.orig}); `rollbook rebuild` makes it again"
            raise ArchiveError(problem) from err

    def applied(self) -> tuple[int, int, bytes]:
        """How far the ledger is applied: entry, offset in the file, chain value."""
        with self.begin() as connection:
            row = connection.execute(select(t.applied)).one_or_none()
        return (row.seq, row.offset, bytes.fromhex(row.chain)) if row else (0, 0, GENESIS)

    def close(self) -> None:
        """Closes the database; the write-ahead log is folded in."""
        self.engine.dispose()


def upsert(
    connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]], key: Sequence[str], *, where: Any = None
) -> None:
    """Inserts rows, replacing those whose key is there; ``where`` says which of these may be replaced."""
    if rows:
        statement: Any = _insert(connection, table)
        changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
        update_known = statement.on_conflict_do_update(index_elements=list(key), set_=changed, where=where)
        connection.execute(update_known, list(rows))


def insert_unknown(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Inserts the rows whose key is not there."""
    if rows:
        statement: Any = _insert(connection, table)
        connection.execute(statement.on_conflict_do_nothing(index_elements=list(key)), list(rows))


def _insert(connection: Connection, table: Any) -> Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # a fifth of a second that every command would pay

    return postgresql.insert(table)


def post_keys(connection: Connection, posts: Collection[str]) -> dict[str, int]:
    """The database's keys of posts; those that are not in the archive are left out."""
    found = {}
    for some in chunks(list(posts)):
        for row in connection.execute(select(t.post.c.post, t.post.c.post_key).where(t.post.c.post.in_(some))):
            found[row.post] = row.post_key
    return found


def seen(connection: Connection, posts: Sequence[str], at: str) -> None:
    """Notes that posts stood on a page at a moment."""
    for some in chunks(posts):
        earlier = update(t.post).where(t.post.c.post.in_(some), t.post.c.last_seen_at < at)
        connection.execute(earlier.values(last_seen_at=at))


def count(connection: Connection, table: Any) -> int:
    """How many rows a table holds."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)
