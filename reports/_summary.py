"""Answers the reader's first question, "does anything need attention?", in a sentence and a handful of figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reports._wording import Clock, count, listing, number
from rollbook.period import Completeness, PeriodReport, Reported
from rollbook.types import SEVERITIES


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the few numbers at the head of a report."""

    value: str
    label: str
    note: str
    #: The section that explains it.
    section: str
    #: Whether it asks for something to be done.
    attention: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What the head of a report says."""

    attention: bool
    #: One sentence that answers whether anything needs attention.
    answer: str
    #: What else a reader should know before the detail; may be empty.
    besides: str
    figures: tuple[Figure, ...]


def is_gap(line: Completeness) -> bool:
    """Whether an account was not read to the end: what it posted since is not known."""
    return bool(line.code) or line.failing_since is not None or line.last_good_at is None


#: Causes that no further visit removes; those of tokens begin with ``token-``.
_FOR_A_PERSON = frozenset((
    "app-secret", "bad-handle", "budget", "import-only", "keyring-closed", "moved", "no-access", "no-collector",
    "no-credential", "renamed", "setting", "terms",
))


def waits(line: Completeness) -> bool:
    """Whether a gap waits for a person: a permission, a key, a row of the register, an export."""
    return line.code in _FOR_A_PERSON or line.code.startswith("token-")


def new_posts(report: PeriodReport) -> int:
    """How many posts were met for the first time, also those that the report does not list."""
    return max(report.new_posts, sum(change.state == "new" for change in report.changes))


def by_severity(findings: Iterable[Reported]) -> str:
    """How many findings there are of each severity: "1 urgent, 3 medium"."""
    counts = Counter(reported.finding.severity for reported in findings)
    return ", ".join(f"{number(counts[severity])} {severity}" for severity in SEVERITIES if counts[severity])


def summarize(report: PeriodReport) -> Summary:
    """The head of the report of a period."""
    new = [reported for reported in report.findings if reported.standing == "new"]
    standing = [reported for reported in report.findings if reported.standing == "standing"]
    urgent = sum(reported.finding.severity == "urgent" for reported in new)
    gaps = sum(map(is_gap, report.completeness))
    unchecked = sum(len(group.posts) for group in report.not_checked)
    needs = _needs(urgent, len(new), gaps, len(report.completeness), len(report.archive.problems))
    others = [
        *([count(len(standing), "earlier finding") + (" is" if len(standing) == 1 else " are") + " still open"]
          if standing else []),
        *([count(unchecked, "check") + " could not be finished"] if unchecked else []),
        *(["every account was read"] if report.completeness and not gaps else []),
    ]
    if not report.completeness and not report.findings:
        answer = "Nothing was looked at: no account has been collected yet."
    elif needs:
        answer = f"{_sentence(listing(needs))}."
    elif standing:
        answer = f"Nothing new: {others.pop(0)}."
    else:
        answer = "Nothing was found that a person needs to look at."
    besides = listing(others)
    return Summary(
        attention=bool(needs) or not report.completeness, answer=answer,
        besides=f"{_sentence(besides)}." if besides else "",
        figures=_figures(report, new, standing, gaps, unchecked),
    )


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _needs(urgent: int, new: int, gaps: int, accounts: int, problems: int) -> list[str]:
    """What asks for a person, the most pressing first, each a part of one sentence."""
    parts = []
    if urgent:
        parts.append(f"{count(urgent, 'urgent finding')} need{'s' if urgent == 1 else ''} a person now")
    if problems:
        parts.append(f"the archive has {count(problems, 'problem')}")
    if new > urgent:
        kind = "other new finding" if urgent else "new finding"
        verb = "waits" if new - urgent == 1 else "wait"
        parts.append(f"{count(new - urgent, kind)} {verb} for review")
    if gaps:
        parts.append("no account could be read" if gaps == accounts
                     else f"{number(gaps)} of {count(accounts, 'account')} could not be read")
    return parts


def _figures(
    report: PeriodReport, new: list[Reported], standing: list[Reported], gaps: int, unchecked: int,
) -> tuple[Figure, ...]:
    clock = Clock.of(report)
    failing = [line.failing_since for line in report.completeness if line.failing_since]
    if report.previous is None:
        before = "first report"
    else:
        before = f"{number(sum(report.previous.open.values()))} in the report of {clock.day(report.previous.made_at)}"
    accounts = len(report.completeness)
    if gaps:
        gap_note = f"of {number(accounts)}" + (f", the first since {clock.day(min(failing))}" if failing else "")
    else:
        gap_note = f"all {number(accounts)} were read" if accounts > 1 else "read" if accounts else "none on record"
    posts = Counter(change.state for change in report.changes)
    return (
        Figure(number(len(new)), "new findings", by_severity(new) or "none", "attention", bool(new)),
        Figure(number(len(new) + len(standing)), "open in all", before, "findings"),
        Figure(number(gaps), "accounts not read", gap_note, "completeness", bool(gaps)),
        Figure(number(unchecked), "checks not finished", "with reasons" if unchecked else "none", "not-checked"),
        Figure(number(new_posts(report)), "new posts",
               f"{number(posts['edited'])} edited, {number(posts['gone'])} gone", "changes"),
    )
