"""The commands about the rules themselves: trying them on a file, explaining them, teaching them by decisions."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import click

from rollbook.errors import ConfigError
from rollbook.explaining import circumstances, explain
from rollbook.judge import running_rules
from rollbook.learned import forget
from rollbook.scan import case_of, posts_file, scan
from rollbook.telling import (
    calibration_json,
    calibration_lines,
    complain,
    plural,
    progress_to_terminal,
    say,
    say_json,
    say_wrapped,
    shown,
)
from rollbook.workspace import Workspace

#: So many of the posts that are not held are named.
_MOST_TOLD = 5


def run_scan(workspace: Workspace, posts: Path, output: Path | None, *, cleared: bool) -> int:
    """Runs the rules over a file."""
    if not posts.is_file():
        raise ConfigError("no such file", file=posts, expected="a file of posts, one JSON object a line")
    rules = running_rules(workspace)
    with (output.open("w", encoding="utf-8", newline="\n") if output else nullcontext(sys.stdout)) as out:
        done = scan(workspace, posts, rules, lambda line: print(line, file=out), cleared=cleared)
    for line in done.problems:
        complain(f"{posts}, line {line.number}: {line.problem}")
    complain(
        f"{plural(done.posts, 'post')}, {plural(done.findings, 'finding')}"
        + (f"; {plural(done.unchecked, 'check')} not finished ({done.why_unchecked})" if done.unchecked else "")
        + (f"; {plural(len(done.problems), 'line')} could not be read" if done.problems else "")
    )
    return 1 if done.problems or done.unchecked else 0


def run_explain(workspace: Workspace, posts: Path, wanted: str) -> int:
    """Says why each rule did or did not fire for one post of a file."""
    if not posts.is_file():
        raise ConfigError("no such file", file=posts, expected="a file of posts, one JSON object a line")
    post = next((line.post for line in posts_file(posts) if line.post is not None and line.post.id == wanted), None)
    if post is None:
        raise ConfigError(f"no post {wanted!r}", file=posts, expected="the id of one of its posts")
    case = case_of(post, workspace, posts.parent)
    say(shown(post.text))
    say()
    for line in circumstances(case):
        say_wrapped(line)
    for explained in explain(case, running_rules(workspace)):
        say()
        say(f"{explained.rule}: {explained.outcome}")
        for line in explained.steps:
            say_wrapped(line, "  ")
    return 0


def run_calibrate(workspace: Workspace, decisions: Path, posts: Path | None, *, dry: bool, as_json: bool) -> int:
    """Learns from decisions, and says of each rule what that brings."""
    from rollbook.calibrating import calibrate, read_decisions  # numpy: only where something is learned

    counting = progress_to_terminal() and not as_json

    def told(read: int) -> None:
        if counting and read % 50 == 0:
            click.echo(f"\r  {read:,} posts read", err=True, nl=False)

    done = calibrate(workspace, read_decisions(decisions), posts, dry=dry, tell=told)
    if counting:
        click.echo("", err=True)
    for post in done.unknown[:_MOST_TOLD]:
        complain(f"{post} is not among the posts; its decisions were left out")
    if len(done.unknown) > _MOST_TOLD:
        complain(f"and {len(done.unknown) - _MOST_TOLD:,} more")
    if as_json:
        say_json(calibration_json(done))
    else:
        for line in calibration_lines(done, dry=dry):
            say(line)
    return 1 if done.unknown else 0


def run_forget(workspace: Workspace) -> int:
    """Takes back what was learned."""
    there = forget(workspace.folder)
    say("The rules judge as the program came; the next analysis judges every post again." if there
        else "Nothing was learned in this workspace.")
    return 0
