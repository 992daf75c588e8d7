"""Full-text search over every version of every post: one small function a database.

SQLite's FTS5 today; PostgreSQL's text search takes its place behind the same two functions when the archive is opened
by URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from rollbook.errors import ConfigError
from rollbook.types import Post

#: Makes the index; run by the first migration.
CREATE_SQLITE = (
    "CREATE VIRTUAL TABLE post_text USING fts5(words, content='', "
    "tokenize=\"unicode61 remove_diacritics 2\")"
)


_SEARCH_SQLITE = text(
    "SELECT p.post, p.account, s.seq, s.state, s.observed_at, p.created_at, s.body FROM post_text"
    " JOIN snapshot s ON s.seq = post_text.rowid JOIN post p ON p.post_key = s.post_key WHERE post_text MATCH :match"
    " AND (:account IS NULL OR p.account = :account) AND (:since IS NULL OR p.created_at >= :since)"
    " AND (:until IS NULL OR p.created_at < :until) ORDER BY s.seq DESC LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One version of a post that holds all the words."""

    post: str
    account: str
    #: The snapshot's place in the ledger.
    seq: int
    state: str
    observed_at: str
    created_at: str
    #: The post in the public format, as JSON.
    body: str


def words_of(post: Post) -> str:
    """What a search looks at: the words, the pictures' descriptions, links and what is quoted."""
    quoted = [reference.text for reference in (post.repost_of, post.quote_of) if reference is not None]
    return "\n".join([post.text, *(item.alt or "" for item in post.media), *post.links, *quoted])


def index_words(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds snapshots to the index: ``seq`` and ``words`` of each."""
    connection.execute(text("INSERT INTO post_text(rowid, words) VALUES (:seq, :words)"), rows)


def match_expression(query: str) -> str:
    """A person's words as an FTS5 expression: all of them, ``"a phrase"`` together, ``word*`` as a beginning.

    **Raises** ConfigError where no word is left.
    """
    parts = []
    for phrase, word in re.findall(r'"([^"]*)"|(\S+)', query):
        term = (phrase or word).strip()
        star = "*" if word.endswith("*") else ""
        if re.search(r"\w", term):
            parts.append('"' + term.rstrip("*").replace('"', '""') + '"' + star)
    if not parts:
        raise ConfigError(f"{query!r} holds no word to search for", expected="words, or \"a phrase\" in quotes")
    return " ".join(parts)


def search(
    connection: Connection, query: str, *, account: str | None = None, since: str | None = None,
    until: str | None = None, limit: int = 100,
) -> Iterator[Found]:
    """Versions that hold all the words, newest first; ``since`` and ``until`` bound the post's own time."""
    rows = connection.execute(_SEARCH_SQLITE, {
        "match": match_expression(query), "limit": limit, "account": account, "since": since, "until": until,
    })
    for row in rows:
        yield Found(row.post, row.account, row.seq, row.state, row.observed_at, row.created_at, row.body)
