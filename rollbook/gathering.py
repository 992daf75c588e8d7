"""Gathers what the report of a period says: the archive's tables become the records that the formats write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, func, select

from rollbook.archive import schema as t
from rollbook.archive.media import MediaStore
from rollbook.archive.posts import with_media
from rollbook.archive.schema import moment, stamp
from rollbook.archive.strangers import met_in, not_looked_at
from rollbook.errors import ArchiveError, MediaError
from rollbook.formats import read_finding, read_post
from rollbook.judge import running_rules
from rollbook.linked import key_sha256
from rollbook.period import Archived, Change, Completeness, NotCheckedGroup, Reported, Standing, Thumbnail
from rollbook.policy import Clause, Rule
from rollbook.types import SEVERITIES, Account, Finding, Post
from rollbook.workspace import Workspace

#: How many new posts a report lists one by one; a first report of ten years counts the others.
NEW_LISTED = 200
_STANDING: tuple[Standing, ...] = ("new", "standing", "ended")

#: What a report says of a version, whatever it was asked for: its words, and where its capture lies.
_VERSION = (
    t.snapshot.c.body.label("version"), t.snapshot.c.observed_at, t.snapshot.c.record_id, t.exchange.c.warc_file,
    t.exchange.c.warc_offset, t.exchange.c.payload_sha256,
)
_CAPTURE = t.exchange.c.record_id == t.snapshot.c.record_id


def _archived(seq: int, row: Row[Any]) -> Archived | None:
    """Where a version lies in the archive; ``row`` holds the columns of _VERSION."""
    if row.warc_file is None:
        return None
    place = f"warc/{row.warc_file}"
    return Archived(seq, moment(row.observed_at), row.record_id, place, row.warc_offset, row.payload_sha256)


class Gatherer:
    """One report's questions to the database."""

    def __init__(
        self, workspace: Workspace, media: MediaStore, connection: Connection, since: datetime | None,
        until: datetime, blurred: bool,
    ) -> None:
        self._workspace, self._media, self._connection = workspace, media, connection
        self._since, self._until, self._blurred = since, until, blurred
        self._from, self._to = stamp(since) if since else "", stamp(until)

    def _account(self, key: str) -> Account:
        return self._workspace.register.get(key) or Account(key, "employee", role=self._not_on_record(key))

    def _not_on_record(self, key: str) -> str:
        visited = select(t.visit.c.seq).where(t.visit.c.account == key).limit(1)
        return "no longer on record" if self._connection.execute(visited).first() else "not on record"

    def _rule(self, finding: Finding) -> Rule:
        """The rule as the version of the policy has it that the finding cites; the newest where none does."""
        newest_first = self._workspace.policies[::-1]
        known = [policy.rules[finding.rule] for policy in newest_first if finding.rule in policy.rules]
        if known:
            return next((rule for rule in known if rule.clause.cite == finding.clause), known[0])
        clauses = (policy.clauses.get(finding.clause) for policy in newest_first)
        clause = next((one for one in clauses if one is not None), Clause(finding.clause, ""))
        return Rule(finding.rule, finding.rule, clause, finding.severity, False, "", "")

    def _post(self, post_key: int, body: str) -> Post:
        return with_media(self._connection, post_key, read_post(json.loads(body)))

    def findings(self) -> tuple[Reported, ...]:
        """Every finding that was open at some moment of the period, in the order of the report."""
        rows = self._connection.execute(
            select(t.finding, t.post.c.state.label("post_state"), *_VERSION)
            .join(t.post, t.post.c.post_key == t.finding.c.post_key)
            .join(t.snapshot, t.snapshot.c.seq == t.finding.c.snapshot_seq).outerjoin(t.exchange, _CAPTURE)
            .where(
                t.finding.c.found_at <= self._to, (t.finding.c.ended_at.is_(None)) | (t.finding.c.ended_at > self._from)
            )
        ).all()
        return tuple(sorted((self._reported(row) for row in rows), key=_order))

    def _reported(self, row: Row[Any]) -> Reported:
        finding = read_finding(json.loads(row.body))
        standing: Standing = "new" if row.found_at > self._from else "standing"
        if row.ended_at is not None and row.ended_at <= self._to:
            standing = "ended"
        post, account = self._post(row.post_key, row.version), self._account(finding.account)
        on_record = self._workspace.register.get(account.key) is not None
        return Reported(
            finding=finding, rule=self._rule(finding), post=post, account=account,
            standing=standing, found_at=moment(row.found_at), archived=_archived(row.snapshot_seq, row),
            state=row.post_state, ended=row.ended_why if standing == "ended" else "",
            pictures=tuple(self._thumbnails(finding, post)), on_record=on_record,
            met_in=None if on_record else met_in(self._connection, key_sha256(account.key)),
        )

    def _thumbnails(self, finding: Finding, post: Post) -> Iterator[Thumbnail]:
        places = [item.where.partition(":") for item in finding.evidence]
        wanted = {int(number) for kind, _, number in places if kind in ("image", "alt", "ocr")}
        for index in sorted(wanted):
            if index < len(post.media):
                item = post.media[index]
                yield thumbnail(self._media, item.sha256, index, item.alt or "", blurred=self._blurred)

    def changes(self) -> tuple[Change, ...]:
        """Every edited and deleted post of the period, and the newest of the new ones; newest first."""
        inside = (
            select(t.snapshot.c.seq, t.snapshot.c.post_key, t.snapshot.c.state, t.snapshot.c.how, t.post.c.account)
            .add_columns(*_VERSION)
            .join(t.post, t.post.c.post_key == t.snapshot.c.post_key).outerjoin(t.exchange, _CAPTURE)
            .where(t.snapshot.c.observed_at > self._from, t.snapshot.c.observed_at <= self._to)
            .order_by(t.snapshot.c.seq.desc())
        )
        rows = [
            *self._connection.execute(inside.where(t.snapshot.c.state != "new")),
            *self._connection.execute(
                inside.where(t.snapshot.c.state == "new", t.post.c.kind != "profile").limit(NEW_LISTED)
            ),
        ]
        return tuple(self._change(row) for row in sorted(rows, key=lambda row: -row.seq))

    def new_posts(self) -> int:
        """How many posts were met for the first time in the period."""
        return sum(counts.get("new", 0) for counts in self._counts.values())

    @cached_property
    def _counts(self) -> dict[str, dict[str, int]]:
        """New, edited and deleted posts of the period by account; of the versions, as a killed run tells no visit."""
        rows = self._connection.execute(
            select(t.post.c.account, t.snapshot.c.state, func.count().label("versions"))
            .join(t.post, t.post.c.post_key == t.snapshot.c.post_key)
            .where(
                t.snapshot.c.observed_at > self._from, t.snapshot.c.observed_at <= self._to,
                (t.snapshot.c.state != "new") | (t.post.c.kind != "profile"),  # what the network counts as posts
            ).group_by(t.post.c.account, t.snapshot.c.state)
        )
        counts: dict[str, dict[str, int]] = {}
        for row in rows:
            counts.setdefault(row.account, {})[row.state] = row.versions
        return counts

    def _change(self, row: Row[Any]) -> Change:
        before = None
        if row.state != "new":
            body = self._connection.execute(
                select(t.snapshot.c.body).where(t.snapshot.c.post_key == row.post_key, t.snapshot.c.seq < row.seq)
                .order_by(t.snapshot.c.seq.desc()).limit(1)
            ).scalar()
            before = self._post(row.post_key, body) if body else None
        return Change(
            state=row.state, post=self._post(row.post_key, row.version), account=self._account(row.account),
            observed_at=moment(row.observed_at), before=before, how=row.how, archived=_archived(row.seq, row),
        )

    def not_checked(self) -> tuple[NotCheckedGroup, ...]:
        """What could not be finished, by rule and reason."""
        groups: dict[tuple[str, str], list[Post]] = {}
        running = [item.rule.name for item in running_rules(self._workspace)]
        rows = self._connection.execute(
            select(t.unchecked, t.snapshot.c.body).join(t.post, t.post.c.post_key == t.unchecked.c.post_key)
            .join(t.snapshot, t.snapshot.c.seq == t.post.c.seq)
            .where(t.post.c.state != "gone", t.unchecked.c.rule.in_(running))
            .order_by(t.unchecked.c.rule, t.post.c.created_at.desc())
        ).all()
        for row in rows:
            groups.setdefault((row.rule, row.reason), []).append(self._post(row.post_key, row.body))
        registered = {key_sha256(account.key) for account in self._workspace.register}
        for reason, post in not_looked_at(self._connection, registered):
            words = f"The post points at an account that nobody registered: {reason}."
            groups.setdefault(("unregistered-account", words), []).append(post)
        return tuple(NotCheckedGroup(rule, reason, tuple(posts)) for (rule, reason), posts in groups.items())

    def dropped(self) -> Mapping[str, int]:
        """Protected speech that was not stored, by category."""
        rows = self._connection.execute(
            select(t.dropped.c.category, func.sum(t.dropped.c.count).label("total")).group_by(t.dropped.c.category)
        )
        return {row.category: int(row.total) for row in rows}

    def completeness(self) -> tuple[Completeness, ...]:
        """One line for every account on record, failing ones first, then by key."""
        lines = [self._completeness(account) for account in self._workspace.register]
        return tuple(sorted(lines, key=lambda line: (line.code == "", line.account.key)))

    @cached_property
    def _held(self) -> dict[str, int]:
        """Posts in the archive that are not gone, by account: what networks count, which is no profile or comment."""
        rows = self._connection.execute(
            select(t.post.c.account, func.count().label("posts"))
            .where(t.post.c.state != "gone", t.post.c.kind.not_in(("profile", "comment"))).group_by(t.post.c.account)
        )
        return {row.account: row.posts for row in rows}

    def _completeness(self, account: Account) -> Completeness:
        of_account = select(t.visit).where(t.visit.c.account == account.key, t.visit.c.ended_at <= self._to)
        newest = of_account.order_by(t.visit.c.seq.desc()).limit(1)
        last = self._connection.execute(newest).one_or_none()
        good = self._connection.execute(newest.where(t.visit.c.code == "")).one_or_none()
        told = self._connection.execute(newest.where(t.visit.c.expected.is_not(None))).one_or_none()
        failing = self._connection.execute(
            select(func.min(t.visit.c.ended_at)).where(
                t.visit.c.account == account.key, t.visit.c.code != "", t.visit.c.seq > (good.seq if good else 0)
            )
        ).scalar()
        counts = self._counts.get(account.key, {})
        return Completeness(
            account=account, expected=told.expected if told else None,
            held=self._held.get(account.key, 0), new=counts.get("new", 0), edited=counts.get("edited", 0),
            gone=counts.get("gone", 0), media_failed=last.media_failed if last else 0,
            marked=len(json.loads(last.marked)) if last else 0,
            last_good_at=moment(good.ended_at) if good else None,
            failing_since=moment(failing) if failing else None,
            code=last.code if last else "never-visited", problem=last.problem if last else "no visit was made yet",
        )


def _order(item: Reported) -> tuple[int, int, float, str]:
    return (
        SEVERITIES.index(item.finding.severity), _STANDING.index(item.standing), -item.finding.confidence,
        item.post.created_at.astimezone(UTC).isoformat(),
    )


def thumbnail(media: MediaStore, sha256: str | None, index: int, alt: str, *, blurred: bool) -> Thumbnail:
    """A picture for the report; where it cannot be shown, the reason."""
    if sha256 is None:
        return Thumbnail(index, None, alt=alt, why="The picture is not in the archive.")
    try:
        from rollbook.vision.thumbnail import make
    except ImportError:
        return Thumbnail(index, None, alt=alt, why="Pictures are shown where the vision extra is installed.")
    try:
        copy = make(media.read(sha256), blurred=blurred)
    except (MediaError, ArchiveError) as err:
        return Thumbnail(index, None, alt=alt, why=str(err))
    return Thumbnail(
        index, copy.jpeg, copy.width_px, copy.height_px, alt, stored_px=copy.stored_px, orientation=copy.orientation
    )

