"""Applies ledger entries to the database: what an entry means; rows.py gathers the rows and writes them.

Entries are read in the ledger's order, so that whatever comes later in a batch sees what came before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, delete, select

from rollbook.archive import schema as t
from rollbook.archive.accounts import rename
from rollbook.archive.ledger import Entry
from rollbook.archive.names import add_address
from rollbook.archive.rows import Rows
from rollbook.archive.search import words_of
from rollbook.archive.store import chunks, post_keys, upsert
from rollbook.formats import post_json
from rollbook.types import Post

#: Gives the post of a snapshot entry: from memory in a run, from its capture when the database is made again.
FindPost = Callable[[Entry], Post]
#: Gives the words of a finding entry, in the same way.
FindFinding = Callable[[Entry], str]

#: Why the bytes of a picture are not held before anything was said of it: a run was killed between the two lines of the
#: ledger. The next visit fetches it.
NOT_FETCHED = "not fetched yet"


def apply(
    connection: Connection, entries: Sequence[Entry], offset: int, find_post: FindPost, find_finding: FindFinding
) -> None:
    """Applies entries of the ledger, in order, in the caller's transaction; ``offset`` is where the last one ends."""
    batch = _Batch(connection, entries, find_post, find_finding)
    for entry in entries:
        handler = _HANDLERS.get(entry.kind)
        if handler is not None:
            handler(batch, entry)
    batch.write()
    if entries:
        last = entries[-1]
        upsert(connection, t.applied, [{"id": 1, "seq": last.seq, "offset": offset, "chain": last.chain}], ["id"])


class _Batch(Rows):
    """What some entries mean, as rows."""

    def __init__(
        self, connection: Connection, entries: Sequence[Entry], find_post: FindPost, find_finding: FindFinding
    ) -> None:
        super().__init__(connection)
        self._find_post, self._find_finding = find_post, find_finding
        self._keys = post_keys(connection, {entry.leaf["post"] for entry in entries if "post" in entry.leaf})
        self._findings = _standing(connection, [entry.leaf["finding"] for entry in entries if entry.kind == "finding"])

    def _key(self, entry: Entry) -> int:
        key = self._keys.get(entry.leaf["post"])
        if key is None:
            raise ValueError(f"ledger entry {entry.seq}: names the unknown post {entry.leaf['post']}")
        return key

    # -- captures ------------------------------------------------------------------------------------------------

    def warc(self, entry: Entry) -> None:
        """How far a WARC file is acknowledged."""
        place = entry.leaf["warc"]
        self._files[place["file"]] = place["offset"] + place["length"]

    def exchange(self, entry: Entry) -> None:
        """A capture."""
        self.warc(entry)
        leaf, place = entry.leaf, entry.leaf["warc"]
        self._rows.setdefault(t.exchange, []).append({
            "seq": entry.seq, "record_id": leaf["record"], "account": leaf["account"], "part": leaf["part"],
            "url": leaf["url"], "status": leaf["status"], "fetched_at": leaf["at"], "warc_file": place["file"],
            "warc_offset": place["offset"], "warc_length": place["length"], "warc_sha256": place["sha256"],
            "payload_sha256": leaf["payload_sha256"], "context": t.spelled(leaf["context"]),
        })
        if leaf.get("source"):
            self._rows.setdefault(t.export_page, []).append({
                "record_id": leaf["record"], "source": leaf["source"], "payload_sha256": leaf["payload_sha256"],
            })

    # -- posts ---------------------------------------------------------------------------------------------------

    def snapshot(self, entry: Entry) -> None:
        """A version of a post, or its deletion."""
        leaf, found = entry.leaf, self._find_post(entry)
        row = {
            "state": leaf["state"], "seq": entry.seq, "content_sha256": leaf["content"], "changed_seq": entry.seq,
        }
        key = self._keys.get(leaf["post"])
        if key is None:
            key = self._keys[leaf["post"]] = entry.seq  # unique, and the same when the database is made again
            self._new_posts[key] = {
                **row, "post_key": key, "post": leaf["post"], "account": leaf["account"], "kind": found.kind,
                "created_at": t.stamp(found.created_at), "first_seen_at": leaf["at"], "last_seen_at": leaf["at"],
            }
        elif not leaf.get("older"):  # a version from before the known one tells nothing about how the post stands
            self._change_post(key, row)
            if leaf["state"] != "gone":  # then it was last seen before
                self._see(key, leaf["at"])
        self._rows.setdefault(t.snapshot, []).append({
            "seq": entry.seq, "post_key": key, "state": leaf["state"], "observed_at": leaf["at"],
            "content_sha256": leaf["content"], "record_id": leaf["record"], "how": leaf.get("how", ""),
            "body": json.dumps(post_json(found), ensure_ascii=False),
        })
        if leaf["state"] != "gone":
            self._words.append({"seq": entry.seq, "words": words_of(found)})
            for url in {item.url for item in found.media if item.url}:
                self._unfetched[key, url] = {"post_key": key, "url": url, "sha256": None, "why": NOT_FETCHED}

    def capture(self, entry: Entry) -> None:
        """A further capture of a version."""
        leaf = entry.leaf
        self._rows.setdefault(t.capture, []).append({
            "seq": entry.seq, "post_key": self._key(entry), "record_id": leaf["record"],
            "content_sha256": leaf["content"], "version_sha256": leaf["version"],
        })

    def same(self, entry: Entry) -> None:
        """A further id of a post; its address on the network where the source it was held from told none."""
        leaf, key = entry.leaf, self._key(entry)
        row = {"name": leaf["name"], "seq": entry.seq, "post_key": key}
        self._rows.setdefault(t.post_name, []).append(row)
        if leaf["url"]:
            self._see(key, leaf["at"])
            self.write()
            add_address(self.connection, key, leaf["url"])

    def renamed(self, entry: Entry) -> None:
        """The posts of an account are held under the name that it has now."""
        self.write()
        rename(self.connection, entry.leaf["account"], entry.leaf["to"])

    def media(self, entry: Entry) -> None:
        """Which bytes a post's picture has, or why none."""
        leaf, key = entry.leaf, self._key(entry)
        if leaf["sha256"]:
            self._media.setdefault(leaf["sha256"], {
                "sha256": leaf["sha256"], "size_bytes": leaf["bytes"], "mime": leaf["mime"], "seq": entry.seq,
            })
        fetched = self._attachments if leaf["sha256"] else self._failed
        fetched[key, leaf["url"]] = {
            "post_key": key, "url": leaf["url"], "sha256": leaf["sha256"], "why": leaf.get("why", ""),
        }
        self._change_post(key, {"changed_seq": entry.seq})

    def stranger(self, entry: Entry) -> None:
        """What came of looking at an account that is not on record."""
        leaf = entry.leaf
        self._strangers[leaf["key_sha256"]] = {
            "key_sha256": leaf["key_sha256"], "post_key": self._key(entry), "how": leaf["how"],
            "asked_at": leaf["at"], "outcome": leaf["outcome"], "reason": leaf["reason"],
        }

    # -- runs ----------------------------------------------------------------------------------------------------

    def visit(self, entry: Entry) -> None:
        """How the visit of an account went."""
        leaf = entry.leaf
        same = ("run", "account", "began_at", "ended_at", "code", "problem", "expected", "pages", "new", "edited")
        self._rows.setdefault(t.visit, []).append({
            "seq": entry.seq, "cursor": t.spelled(leaf["cursor"]), "marked": t.spelled(leaf["marked"]),
            "gone": leaf["gone"], "media_failed": leaf["media_failed"], **{name: leaf[name] for name in same},
        })

    def import_(self, entry: Entry) -> None:
        """How taking in an owner's export went."""
        leaf = entry.leaf
        same = ("run", "account", "sha256", "began_at", "ended_at", "code", "problem", "pages", "new", "edited",
                "noted", "media_failed")
        self._rows.setdefault(t.export_file, []).append({
            "seq": entry.seq, "marked": t.spelled(leaf["marked"]), **{name: leaf[name] for name in same},
        })

    def report(self, entry: Entry) -> None:
        """That a report was made."""
        leaf = entry.leaf
        self._rows.setdefault(t.report, []).append({
            "seq": entry.seq, "made_at": leaf["at"], "since": leaf["since"], "until": leaf["until"],
            "files": t.spelled(leaf["files"]), "open": t.spelled(leaf["open"]), "aside": int(leaf["aside"]),
        })

    def verified(self, entry: Entry) -> None:
        """That a check was clean."""
        leaf = entry.leaf
        self._rows.setdefault(t.verified, []).append({
            "seq": entry.seq, "at": leaf["at"], "upto_seq": leaf["upto"], "upto_offset": leaf["offset"],
            "chain": leaf["chain"], "whole": int(leaf["whole"]), "warc_file": leaf["warc_file"],
            "warc_end": leaf["warc_end"],
        })

    # -- findings ------------------------------------------------------------------------------------------------

    def finding(self, entry: Entry) -> None:
        """A finding, new or with other words."""
        leaf, name = entry.leaf, entry.leaf["finding"]
        # A finding that comes back after it had ended is a new one to the reader.
        found_at = self._findings[name] = self._findings.get(name) or leaf["at"]
        self._ended.pop(name, None)
        self._found[name] = {
            "finding": name, "post_key": self._key(entry), "account": leaf["account"], "rule": leaf["rule"],
            "severity": leaf["severity"], "snapshot_seq": leaf["snapshot"], "found_at": found_at, "ended_at": None,
            "ended_why": "", "body_sha256": leaf["body_sha256"], "body": self._find_finding(entry),
        }

    def finding_ended(self, entry: Entry) -> None:
        """A finding that no longer holds."""
        leaf, name = entry.leaf, entry.leaf["finding"]
        self._findings.pop(name, None)
        end = {"ended_at": leaf["at"], "ended_why": leaf["why"]}
        if name in self._found:
            self._found[name].update(end)
        else:
            self._ended[name] = {"of": name, **end}

    def analysis(self, entry: Entry) -> None:
        """How far the rules have judged, and what they could not finish."""
        self.write()
        leaf, connection = entry.leaf, self.connection
        upsert(connection, t.analysis, [
            {"rule": rule, "judged_by": judged_by, "upto_seq": leaf["upto"]}
            for rule, judged_by in leaf["rules"].items()
        ], ["rule"])
        rules = list(leaf["rules"])
        if leaf["from"] == 0:  # the rules begin again: what they dropped is counted again too
            connection.execute(delete(t.dropped).where(t.dropped.c.rule.in_(rules)))
        _add_dropped(connection, leaf["dropped"])
        judged = select(t.post.c.post_key).where(
            t.post.c.changed_seq > leaf["from"], t.post.c.changed_seq <= leaf["upto"]
        )
        connection.execute(delete(t.unchecked).where(t.unchecked.c.post_key.in_(judged), t.unchecked.c.rule.in_(rules)))
        keys = post_keys(connection, {name for name, _, _ in leaf["unchecked"]})
        upsert(connection, t.unchecked, [
            {"post_key": keys[name], "rule": rule, "reason": reason} for name, rule, reason in leaf["unchecked"]
        ], ["post_key", "rule"])


def _standing(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """Since when findings stand that have not ended, by id."""
    found: dict[str, str] = {}
    for some in chunks(names):
        rows = connection.execute(
            select(t.finding.c.finding, t.finding.c.found_at)
            .where(t.finding.c.finding.in_(some), t.finding.c.ended_at.is_(None))
        )
        found.update((row.finding, row.found_at) for row in rows)
    return found


def _add_dropped(connection: Connection, dropped: Mapping[str, Mapping[str, int]]) -> None:
    for rule, counts in dropped.items():
        for category, count in counts.items():
            known = connection.execute(
                select(t.dropped.c.count).where(t.dropped.c.rule == rule, t.dropped.c.category == category)
            ).scalar() or 0
            row = {"rule": rule, "category": category, "count": count + known}
            upsert(connection, t.dropped, [row], ["rule", "category"])


_HANDLERS: Mapping[str, Callable[[_Batch, Entry], None]] = {
    "warcinfo": _Batch.warc, "findings": _Batch.warc, "exchange": _Batch.exchange, "snapshot": _Batch.snapshot,
    "capture": _Batch.capture, "same": _Batch.same, "renamed": _Batch.renamed, "import": _Batch.import_,
    "media": _Batch.media, "visit": _Batch.visit, "finding": _Batch.finding, "finding-ended": _Batch.finding_ended,
    "analysis": _Batch.analysis, "report": _Batch.report, "verified": _Batch.verified,
    "stranger": _Batch.stranger,
}
