"""The commands that only read: search, show, plugins. They go beside a run and never change what the archive holds."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from rollbook.archive import schema as t
from rollbook.archive.archive import to_read
from rollbook.archive.names import held_under, names_of
from rollbook.archive.posts import captures, versions
from rollbook.archive.schema import stamp
from rollbook.archive.search import Found, search
from rollbook.archive.store import Store
from rollbook.errors import ConfigError
from rollbook.formats import post_json
from rollbook.plugins import analyzers, collectors, reports
from rollbook.telling import plural, say, say_json
from rollbook.types import Snapshot
from rollbook.workspace import Workspace

#: How much of a post a line of search results shows, in characters.
_SHOWN = 120
#: So many pairs of words, each with each, are compared within half a second.
_PAIRS = 1_000_000


def _open(workspace: Workspace) -> Store:
    if not (workspace.archive / "index.sqlite3").is_file():
        raise ConfigError(
            f"{workspace.archive} holds no archive yet", expected="`rollbook audit` or `rollbook collect` first"
        )
    return to_read(workspace.archive)


def print_search(
    workspace: Workspace,
    query: str,
    account: str | None,
    period: tuple[datetime | None, datetime | None],
    limit: int,
    *,
    as_json: bool,
) -> int:
    """Prints the versions that hold all the words, newest first."""
    store = _open(workspace)
    since, until = (stamp(moment) if moment else None for moment in period)
    with store.begin() as connection:
        found = list(search(connection, query, account=account, since=since, until=until, limit=limit))
    store.close()
    if as_json:
        say_json(
            [
                {"seq": item.seq, "state": item.state, "observed_at": item.observed_at, "post": json.loads(item.body)}
                for item in found
            ]
        )
        return 0
    for item in found:
        say(_search_line(workspace, item))
    say(plural(len(found), "version") + (f"; more may be there, see --limit ({limit})" if len(found) == limit else ""))
    return 0


def _search_line(workspace: Workspace, item: Found) -> str:
    text = " ".join(str(json.loads(item.body)["text"]).split())
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    day = workspace.school_year.local(t.moment(item.created_at))
    state = "" if item.state == "new" else f" [{item.state}]"
    return f"{day:%Y-%m-%d %H:%M}  {item.post}{state}\n    {text}"


def print_post(workspace: Workspace, post_id: str, *, as_json: bool) -> int:
    """Prints one post: versions with what changed, captures, findings."""
    store = _open(workspace)
    with store.begin() as connection:
        post_id = held_under(connection, [post_id]).get(post_id, post_id)
        found, further = versions(connection, post_id), names_of(connection, post_id)
        if not found:
            raise ConfigError(f"the archive holds no post {post_id!r}", expected="an id as `rollbook search` prints it")
        held = captures(connection, post_id)
        findings = connection.execute(
            select(t.finding).join(t.post, t.post.c.post_key == t.finding.c.post_key).where(t.post.c.post == post_id)
            .order_by(t.finding.c.found_at)
        ).all()
        seen = connection.execute(
            select(t.post.c.first_seen_at, t.post.c.last_seen_at).where(t.post.c.post == post_id)
        ).one()
    store.close()
    if as_json:
        say_json(
            {
                "id": post_id,
                "further_ids": further,
                "first_seen_at": seen.first_seen_at,
                "last_seen_at": seen.last_seen_at,
                "versions": [_version_json(item, held) for item in found],
                "findings": [
                    json.loads(row.body) | {"found_at": row.found_at, "ended_at": row.ended_at, "ended": row.ended_why}
                    for row in findings
                ],
            }
        )
    else:
        say(post_id)
        for line in _post_lines(workspace, found, further, held, findings, seen):
            say(line)
    return 0


def _post_lines(
    workspace: Workspace, found: Sequence[Snapshot], further: Sequence[str], held: Sequence[Any],
    findings: Sequence[Any], seen: Any,
) -> Iterator[str]:
    def local(moment: datetime | str) -> str:
        """On the District's clock."""
        moment = t.moment(moment) if isinstance(moment, str) else moment
        return f"{workspace.school_year.local(moment):%Y-%m-%d %H:%M}"

    newest = found[-1].post
    yield f"{newest.kind} of {newest.account}, made {local(newest.created_at)}, {newest.url}"
    if further:
        yield f"also {', '.join(further)}: another source gives it this id"
    zone = workspace.school_year.timezone
    yield f"first seen {local(seen.first_seen_at)}, last seen {local(seen.last_seen_at)}, {zone} time"
    before: Snapshot | None = None
    for number, item in enumerate(found, 1):
        yield f"\nversion {number}: {item.state}, observed {local(item.observed_at)}, ledger entry {item.seq}"
        yield from _version_lines(item, before, _captures_of(item, held))
        before = item
    for row in findings:
        body = json.loads(row.body)
        ended = f" — ended {local(row.ended_at)}: {row.ended_why}" if row.ended_at else ""
        what = f"{body['severity']} {body['rule']} ({body['clause']})"
        yield f"\nfinding {row.finding}: {what}, found {local(row.found_at)}{ended}\n  {body['message']}"


def _captures_of(item: Snapshot, held: Sequence[Any]) -> list[Any]:
    """The capture that a version was read from, then the further ones that show the same."""
    own = [row for row in held if row.noted_seq == item.seq]
    if item.state == "gone":
        return own
    return own + [
        row for row in held if row.record_id != item.record_id and row.content_sha256 == item.content_sha256
        and row.noted_seq > item.seq
    ]


def _version_json(item: Snapshot, held: Sequence[Any]) -> dict[str, Any]:
    captured = [_capture_json(row) for row in _captures_of(item, held)]
    return {
        "seq": item.seq,
        "state": item.state,
        "observed_at": item.observed_at,
        "how": item.how,
        "post": post_json(item.post),
        "capture": captured[0] if captured else None,
        "further_captures": captured[1:],
    }


def _capture_json(capture: Any) -> dict[str, Any]:
    return {
        "record_id": capture.record_id,
        "url": capture.url,
        "status": capture.status,
        "source": capture.source or "",
        "captured_at": capture.fetched_at,
        "warc": f"warc/{capture.warc_file}",
        "offset": capture.warc_offset,
        "length": capture.warc_length,
        "payload_sha256": capture.payload_sha256,
    }


def _version_lines(item: Snapshot, before: Snapshot | None, held: Sequence[Any]) -> Iterator[str]:
    if item.how:
        yield f"  {item.how}"
    for number, capture in enumerate(held):
        word = "further capture" if number else "capture"
        yield f"  {word}: warc/{capture.warc_file} at {capture.warc_offset} ({capture.warc_length} bytes)"
        yield f"  owner's export {capture.source}" if capture.source else f"  HTTP {capture.status} of {capture.url}"
        yield f"  payload SHA-256 {capture.payload_sha256}"
    if item.state == "gone":
        return
    if before is None or before.post.text == item.post.text:
        yield from (f"  | {line}" for line in item.post.text.splitlines())
    else:
        yield f"  | {word_diff(before.post.text, item.post.text)}"
    for media in item.post.media:
        held = f"sha256 {media.sha256}" if media.sha256 else "(not held)"
        yield f"  [{media.type}] {media.url} {held} {media.alt or ''}".rstrip()


def word_diff(before: str, after: str) -> str:
    """Both texts in one: what went in ``[-…-]``, what came in ``{+…+}``; of long texts line by line, or as a whole."""
    old, new = [before], [after]
    for pieces in (str.split, str.splitlines):
        if len(pieces(before)) * len(pieces(after)) <= _PAIRS:
            old, new = pieces(before), pieces(after)
            break
    parts = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts += old[a:b]
            continue
        parts += ["[-" + " ".join(old[a:b]) + "-]"] if b > a else []
        parts += ["{+" + " ".join(new[c:d]) + "+}"] if d > c else []
    return " ".join(parts)


def print_plugins(name: str | None, *, as_json: bool) -> int:
    """Lists the plugins, or prints the manual of one."""
    rows = [
        *(("collector", key, plugin.manual, plugin.tested) for key, plugin in collectors().items()),
        *(("analyzer", key, plugin.manual, "") for key, plugin in analyzers().items()),
        *(("report", key, plugin.manual, "") for key, plugin in reports().items()),
    ]
    if name is not None:
        chosen = [row for row in rows if row[1] == name]
        if not chosen:
            raise ConfigError(f"no plugin is called {name!r}", expected=", ".join(sorted(row[1] for row in rows)))
        for kind, key, manual, _ in chosen:
            say(f"{kind} {key}\n\n{manual}\n")
        return 0
    if as_json:
        say_json([
            {"kind": kind, "name": key, "manual": manual, **({"tested": tested} if tested else {})}
            for kind, key, manual, tested in rows
        ])
        return 0
    for kind, key, manual, tested in rows:
        say(f"{kind:<10} {key:<20} {manual.partition(chr(10))[0]}")
        if tested:
            say(f"{'':<32}{tested}")
    return 0
