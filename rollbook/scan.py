"""Scan: the rules alone over a file of posts, with the workspace's registers and without an archive."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rollbook.errors import FormatError
from rollbook.formats import finding_json, read_post
from rollbook.judge import Judgement, RunningRule, judge, pictures
from rollbook.plugins import Case
from rollbook.types import Account, Media, Post
from rollbook.workspace import Workspace


@dataclass(frozen=True)
class Line:
    """One line of a posts file: a post, or what is wrong with it."""

    number: int
    post: Post | None
    problem: str = ""


def posts_file(file: Path) -> Iterator[Line]:
    """Reads a posts file line by line; a line that is no post is told, the others go on. **Raises** ConfigError."""
    with file.open("rb") as lines:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                yield Line(number, read_post(json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))))
            except UnicodeDecodeError as err:
                yield Line(number, None, f"is not UTF-8 at byte {err.start}")
            except ValueError as err:
                yield Line(number, None, f"is not JSON: {err}")
            except RecursionError:
                yield Line(number, None, "is nested too deeply to be a post")
            except FormatError as err:
                yield Line(number, None, str(err))


def scan_post(post: Post, workspace: Workspace, rules: Sequence[RunningRule], folder: Path) -> Judgement:
    """Runs rules over one post of a file."""
    return judge(case_of(post, workspace, folder), rules)


def case_of(post: Post, workspace: Workspace, folder: Path) -> Case:
    """A post of a file as the rules see it; picture paths are relative to ``folder``.

    A post of an account that is not on record is judged as an employee's with nothing on record.
    """
    account = workspace.register.get(post.account) or Account(post.account, "employee")

    def read(item: Media) -> Callable[[], bytes] | None:
        if item.path is None:
            return None
        path = (folder / item.path).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return None
        return path.read_bytes

    return Case(post, account, workspace, pictures(post, read))


@dataclass
class Scanned:
    """What a scan did."""

    posts: int = 0
    findings: int = 0
    unchecked: int = 0
    #: The first reason why a check could not be finished.
    why_unchecked: str = ""
    problems: list[Line] = field(default_factory=list)


def scan(
    workspace: Workspace, file: Path, rules: Sequence[RunningRule], write: Callable[[str], object], *, cleared: bool
) -> Scanned:
    """Runs rules over a posts file and writes each finding as a line of JSON; protected speech leaves nothing."""
    done = Scanned()
    for line in posts_file(file):
        if line.post is None:
            done.problems.append(line)
            continue
        judgement = scan_post(line.post, workspace, rules, file.parent)
        done.posts += 1
        for finding in judgement.findings:
            if cleared or finding.severity != "cleared":
                write(json.dumps(finding_json(finding), ensure_ascii=False))
                done.findings += 1
        if judgement.unchecked:
            done.unchecked += len(judgement.unchecked)
            done.why_unchecked = done.why_unchecked or judgement.unchecked[0].reason
    return done
