"""The data of a report with very many findings."""

from __future__ import annotations

from datetime import timedelta

from rollbook.period import Archived, ArchiveState, PeriodReport, Reported
from rollbook.places import CONFIG
from rollbook.policy import read_policy
from rollbook.types import Account, Evidence, Finding
from tests.bench.posts import NEWEST, posts


def big_period(findings: int) -> PeriodReport:
    """A period in which every post is a finding, half of them new."""
    policy = read_policy(CONFIG / "policies" / "west-genesee-9125.3.toml")
    rule = policy.rules["district-email"]
    found = []
    for number, post in enumerate(posts(findings, of_100=100)):
        quote = post.text[:24]
        archived = Archived(number, post.created_at, f"urn:uuid:{number:032x}", "warc/2026/a.warc.gz", number, f"{number:064x}")
        found.append(Reported(
            Finding(f"f_{number:020x}", post.id, post.account, rule.name, rule.clause.cite, rule.severity, 0.9,
                    "A mail address of the District stands in the text.", (Evidence("text", 0, len(quote), quote),)),
            rule, post, Account(post.account, "employee", "Owner"), "new" if number % 2 else "standing", post.created_at, archived,
        ))
    return PeriodReport(
        district="Larkmead School District", policy=policy, timezone="America/New_York", since=NEWEST - timedelta(days=7),
        until=NEWEST, made_at=NEWEST, version="0", previous=None, findings=tuple(found), cleared=(), not_checked=(),
        changes=(), completeness=(), dropped={}, archive=ArchiveState(findings, findings, 0, "0" * 64),
    )
