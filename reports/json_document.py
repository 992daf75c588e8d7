"""The report as one JSON document: findings in the public format, and everything else that the page says.

For: other programs, and whoever keeps a report for later. A finding holds the post as it was judged, which an edit may
have changed since; accounts, rules and clauses stand once each, by their names. Texts are as they were captured,
characters that cannot be seen included. Pictures are not in it: ``rollbook show POST`` finds them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from reports._files import write_whole
from reports._summary import is_gap, summarize
from reports._wording import Clock
from rollbook.formats import finding_json, post_json
from rollbook.period import Archived, Change, Completeness, NotCheckedGroup, PeriodReport, Reported
from rollbook.plugins import report
from rollbook.policy import Policy
from rollbook.types import Account

#: Raised when a field changes its meaning; fields may be added without it.
VERSION = 1


@report("json")
def write(period: PeriodReport, path: Path) -> list[Path]:
    """Writes the document."""
    text = json.dumps(document(period), ensure_ascii=False, indent=1)
    # A surrogate without its partner has no UTF-8; its escape "\udXXX" is what JSON calls it.
    return [write_whole(path, ".json", text.encode("utf-8", "backslashreplace") + b"\n")]


def document(period: PeriodReport) -> dict[str, Any]:
    """The document. **Shape**: lists in the report's own order; every time with the District's offset."""
    clock, summary = Clock.of(period), summarize(period)
    accounts = [
        *(found.account for found in (*period.findings, *period.cleared)),
        *(change.account for change in period.changes), *(line.account for line in period.completeness),
    ]
    previous = period.previous
    return {
        "format": "rollbook-report",
        "version": VERSION,
        "district": period.district,
        "timezone": period.timezone,
        "since": _time(clock, period.since),
        "until": clock.stamp(period.until),
        "made_at": clock.stamp(period.made_at),
        "made_by": f"Rollbook {period.version}",
        "previous": None if previous is None else {
            "made_at": clock.stamp(previous.made_at), "until": clock.stamp(previous.until), "open": dict(previous.open),
        },
        "summary": {
            "attention": summary.attention, "answer": summary.answer, "besides": summary.besides,
            "figures": [{"label": one.label, "value": one.value, "note": one.note} for one in summary.figures],
        },
        "policy": _policy(period.policy),
        "findings": [_reported(clock, found) for found in period.findings],
        "cleared": [_reported(clock, found) for found in period.cleared],
        "not_checked": [_group(clock, group) for group in period.not_checked],
        "rules_not_run": dict(period.rules_not_run),
        "changes": [_change(clock, change) for change in period.changes],
        "completeness": [_line(clock, line) for line in period.completeness],
        "dropped_protected_speech": dict(period.dropped),
        "archive": {
            "records": period.archive.records, "posts": period.archive.posts, "media": period.archive.media,
            "head": period.archive.head, "problems": list(period.archive.problems),
        },
        "accounts": _accounts(accounts),
    }


def _time(clock: Clock, moment: datetime | None) -> str | None:
    return clock.stamp(moment) if moment else None


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id, "title": policy.title, "version": policy.version,
        "in_force_from": policy.in_force_from.isoformat(),
        "clauses": {cite: {"title": clause.title, "text": clause.text} for cite, clause in policy.clauses.items()},
        "rules": {
            name: {"title": rule.title, "clause": rule.clause.cite, "severity": rule.severity, "enabled": rule.enabled,
                   "about": rule.about, "remedy": rule.remedy}
            for name, rule in policy.rules.items()
        },
    }


def _archived(clock: Clock, kept: Archived | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    return {
        "seq": kept.seq, "observed_at": clock.stamp(kept.observed_at), "record_id": kept.record_id,
        "warc_file": kept.warc_file, "warc_offset": kept.warc_offset, "payload_sha256": kept.payload_sha256,
    }


def _reported(clock: Clock, found: Reported) -> dict[str, Any]:
    return {
        **finding_json(found.finding), "standing": found.standing, "found_at": clock.stamp(found.found_at),
        "ended": found.ended or None, "post_state": found.state, "post_as_judged": post_json(found.post),
        "archived": _archived(clock, found.archived), "on_record": found.on_record,
        "met_in": found.met_in.id if found.met_in else None,
    }


def _change(clock: Clock, change: Change) -> dict[str, Any]:
    return {
        "state": change.state, "post": change.post.id, "account": change.account.key,
        "observed_at": clock.stamp(change.observed_at), "how": change.how or None,
        "before": post_json(change.before) if change.before else None,
        "after": None if change.state == "gone" else post_json(change.post),
        "archived": _archived(clock, change.archived),
    }


def _group(clock: Clock, group: NotCheckedGroup) -> dict[str, Any]:
    return {
        "rule": group.rule, "reason": group.reason,
        "posts": [{"id": post.id, "account": post.account, "url": post.url, "created_at": clock.stamp(post.created_at)}
                  for post in group.posts],
    }


def _line(clock: Clock, line: Completeness) -> dict[str, Any]:
    return {
        "account": line.account.key, "gap": is_gap(line), "expected": line.expected, "held": line.held, "new": line.new,
        "edited": line.edited, "gone": line.gone, "media_failed": line.media_failed, "marked": line.marked,
        "last_good_at": _time(clock, line.last_good_at), "failing_since": _time(clock, line.failing_since),
        "code": line.code or None, "problem": line.problem or None,
    }


def _accounts(accounts: Iterable[Account]) -> dict[str, Any]:
    return {account.key: {"kind": account.kind, "owner": account.owner, "role": account.role}
            for account in sorted(accounts, key=lambda one: one.key)}
