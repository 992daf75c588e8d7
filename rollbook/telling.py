"""How results reach a person at a terminal, a log file or a program that reads JSON."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from rollbook.analyze import Analyzed
from rollbook.audit import Audited
from rollbook.strangers import Met
from rollbook.taking import Outcome

if TYPE_CHECKING:
    from rollbook.calibrating import Calibrated, Calibration
    from rollbook.refitting import Measured, Share


def say(text: str = "") -> None:
    """A line of the result, or of progress."""
    click.echo(shown(text))


def shown(text: str) -> str:
    """Text that others may have written, without what would steer the terminal or turn the order of letters round.

    Lines stay, and so does what joins two emoji to one.
    """
    return "".join(letter if letter.isprintable() or letter in "\n\u200d" else " " for letter in text)


def say_wrapped(text: str, first: str = "") -> None:
    """Words for a person: on a terminal in lines of its width, those after the first set in under it."""
    if sys.stdout.isatty():
        width = max(20, min(shutil.get_terminal_size().columns, 100))
        text = textwrap.fill(text, width, initial_indent=first, subsequent_indent=" " * len(first),
                             break_long_words=False, break_on_hyphens=False)
        say(text)
    else:
        say(first + text)


def say_json(value: object) -> None:
    """A result for a program."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)


def plural(count: int, one: str, many: str = "") -> str:
    """``1 post``, ``2 posts``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def outcome_line(outcome: Outcome) -> str:
    """One account's line while a run goes on."""
    if outcome.code and not outcome.failed:
        return f"  {outcome.account.key}: {outcome.problem}"
    if outcome.code:
        return f"  {outcome.account.key}: NOT FINISHED ({outcome.code}): {outcome.problem}"
    parts = [f"{outcome.new} new"]
    parts += [f"{count} {word}" for count, word in ((outcome.edited, "edited"), (outcome.gone, "gone")) if count]
    parts += [f"{outcome.media_failed} media not kept"] if outcome.media_failed else []
    parts += [f"{plural(len(outcome.marked), 'record')} could not be read"] if outcome.marked else []
    return f"  {outcome.account.key}: {', '.join(parts)}"


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """One account's line for a program."""
    return {
        "account": outcome.account.key, "code": outcome.code, "problem": outcome.problem, "expected": outcome.expected,
        "pages": outcome.pages, "new": outcome.new, "edited": outcome.edited, "gone": outcome.gone,
        "media_failed": outcome.media_failed, "marked": outcome.marked,
    }


def collected(outcomes: Iterable[Outcome]) -> str:
    """The sentence that sums up a collection."""
    outcomes = list(outcomes)
    failed = [outcome for outcome in outcomes if outcome.failed]
    text = (
        f"Collected {plural(sum(not outcome.code for outcome in outcomes), 'account')} of {len(outcomes)}: "
        f"{sum(item.new for item in outcomes):,} new, {sum(item.edited for item in outcomes):,} edited, "
        f"{sum(item.gone for item in outcomes):,} gone."
    )
    return text + (f" Not finished: {', '.join(item.account.key for item in failed)}." if failed else "")


def imported(outcome: Outcome) -> str:
    """The sentence that sums up an import."""
    if outcome.code:
        return f"{outcome.account.key}: NOT FINISHED ({outcome.code}): {outcome.problem}"
    if outcome.pages and not (outcome.new or outcome.edited or outcome.noted or outcome.marked):
        known = f"{plural(outcome.pages, 'page')} of the export read: all of it was taken in before."
        return f"{outcome.account.key}: {known}"
    text = (
        f"{outcome.account.key}: {plural(outcome.pages, 'page')} of the export read: {outcome.new:,} new, "
        f"{plural(outcome.edited, 'further version')}, {outcome.noted:,} already known."
    )
    if outcome.media_failed:
        text += f" {plural(outcome.media_failed, 'picture or other file', 'pictures or other files')} it does not give."
    if outcome.marked:
        text += f" {plural(len(outcome.marked), 'record')} could not be read."
    return text


def analyzed(done: Analyzed) -> str:
    """The sentence that sums up an analysis."""
    text = f"Analyzed {plural(done.posts, 'post')}: {plural(done.new, 'finding')} new or changed, {done.ended:,} ended."
    if done.unchecked:
        text += f" {plural(done.unchecked, 'check')} could not be finished; the report says why."
    if done.dropped:
        text += f" Not stored: {plural(sum(done.dropped.values()), 'finding')} on protected speech."
    return text


def met(done: Met) -> str:
    """The sentence on accounts that nobody registered; empty where none was met."""
    if not done.asked and not done.not_checked:
        return ""
    text = f"Looked at the profiles of {plural(done.asked, 'account')} that nobody registered"
    text += f": {', '.join(done.presenting)} as the District's." if done.presenting else ": none as the District's."
    others = "; ".join(f"{plural(count, 'account')}: {reason}" for reason, count in sorted(done.not_checked.items()))
    return text + (f" Not checked: {others}." if others else "")


def audited_json(done: Audited) -> Mapping[str, Any]:
    """An audit for a program."""
    return {
        "accounts": [outcome_json(outcome) for outcome in done.outcomes],
        "unregistered": {
            "asked": done.met.asked, "presenting": done.met.presenting, "not_checked": dict(done.met.not_checked),
        },
        "posts_analyzed": done.analyzed.posts, "findings_new": done.analyzed.new, "findings_ended": done.analyzed.ended,
        "not_checked": done.analyzed.unchecked, "protected_speech_dropped": dict(done.analyzed.dropped),
        "reports": [str(path) for path in done.files], "time_limit": done.cut, "exit_code": done.exit_code,
    }


def calibration_lines(done: Calibration, *, dry: bool) -> Iterator[str]:
    """What was learned, rule by rule: how often each was right before and after, with 95 % intervals."""
    yield f"{plural(done.posts, 'post')} read; figures are of posts that the new weights had not seen."
    for item in done.rules:
        counts = ", ".join(f"{count} {kind}" for kind, count in item.decisions.items())
        if item.refitted is None:
            yield f"{item.rule}: left as it is: {item.why} ({counts})" if any(item.decisions.values()) else (
                f"{item.rule}: left as it is: {item.why}"
            )
            continue
        verdict = f"left as it is: {item.why}" if item.why else ("would be taken" if dry else "taken")
        yield f"{item.rule}: {verdict} ({counts})"
        yield f"  before: {_right(item.refitted.before)}"
        yield f"  after:  {_right(item.refitted.after)}"
    if done.file is not None:
        yield f"Written: {done.file}. The next analysis judges every post again; --forget takes it back."
    elif any(item.taken for item in done.rules):
        yield "Nothing was written, as --dry-run asks."
    else:
        yield "Nothing new was taken: the rules judge as before."


def _right(measured: Measured) -> str:
    return f"precision {_share(measured.precision)}, recall {_share(measured.recall)}"


def _share(share: Share) -> str:
    return f"{share.value:.2f} ({share.low:.2f} to {share.high:.2f})" if share.of else "not known"


def calibration_json(done: Calibration) -> Mapping[str, Any]:
    """A calibration for a program."""
    return {
        "posts": done.posts, "unknown_posts": list(done.unknown), "file": str(done.file) if done.file else None,
        "rules": [_calibrated_json(item) for item in done.rules],
    }


def _calibrated_json(item: Calibrated) -> Mapping[str, Any]:
    row: dict[str, Any] = {"rule": item.rule, "decisions": dict(item.decisions), "taken": item.taken, "why": item.why}
    if item.refitted is not None:
        row |= {"before": asdict(item.refitted.before), "after": asdict(item.refitted.after),
                "better_in": item.refitted.better_in, "threshold": item.refitted.head.threshold}
    return row


def complain(text: str) -> None:
    """A sentence on standard error."""
    click.echo(f"rollbook: {shown(text)}", err=True)


def progress_to_terminal() -> bool:
    """Whether a person watches."""
    return sys.stderr.isatty()
