"""Labelled cases: a post of an invented district, what a rule should say of it, and why.

A line of ``cases/RULE.jsonl`` holds ``district`` (a folder of ``districts/``), ``expected`` (``flag``, ``none`` or
``cleared``), ``why``, ``batch`` (when it was written: each batch but ``tuned`` was tried once before anything was
corrected), ``wrong`` where the rule is known to be wrong, ``stranger`` where the account is not on record, and the fields
of a post; what a post must have is filled in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rollbook.formats import read_post
from rollbook.plugins import Analyzer, Case, Hit
from rollbook.types import Account
from rollbook.workspace import Workspace, read_workspace

HERE = Path(__file__).parent
NOT_OF_THE_POST = ("district", "expected", "why", "batch", "wrong", "stranger")


@cache
def district(name: str) -> Workspace:
    return read_workspace(HERE / "districts" / name)


@dataclass(frozen=True)
class Labelled:
    number: int
    expected: str
    why: str
    batch: str
    wrong: bool
    case: Case

    def __str__(self) -> str:
        return f"{self.number}: {self.why}"


def case(district_name: str, number: int = 1, *, stranger: bool = False, **fields: Any) -> Case:
    workspace = district(district_name)
    filled = {"id": f"case:{number}", "created_at": "2026-10-06T12:00:00-04:00", **fields}
    post = read_post(filled)
    account = workspace.register.get(post.account)
    assert (account is None) == stranger, f"{post.account}: is it in the register of {district_name}?"
    account = account or Account(post.account, "employee")
    return Case(post, account, workspace)


def labelled(rule_file: str) -> list[Labelled]:
    found = []
    lines = (HERE / "cases" / f"{rule_file}.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        row = json.loads(line)
        post = {name: value for name, value in row.items() if name not in NOT_OF_THE_POST}
        found.append(Labelled(
            number, row["expected"], row["why"], row["batch"], row.get("wrong", False),
            case(row["district"], number, stranger=row.get("stranger", False), **post),
        ))
    return found


def hits(analyzer: Analyzer, of: Case) -> list[Hit]:
    answers = list(analyzer.analyze(of))
    assert all(isinstance(answer, Hit) for answer in answers), answers
    return [answer for answer in answers if isinstance(answer, Hit)]


def verdict(found: list[Hit]) -> str:
    if any(hit.cleared is None for hit in found):
        return "flag"
    return "cleared" if found else "none"


def evidence_is_exact(of: Case, found: list[Hit]) -> None:
    """Every quote is the very slice of the text that its place names."""
    places = {"text": of.post.text, "profile": of.post.text}
    places |= {f"alt:{number}": media.alt or "" for number, media in enumerate(of.post.media)}
    places |= {f"link:{number}": link for number, link in enumerate(of.post.links)}
    for hit in found:
        assert hit.evidence, hit
        for item in hit.evidence:
            assert item.quote == places[item.where][item.start : item.end] != "", item
            assert (item.where == "profile") == (of.post.kind == "profile" and item.where in ("text", "profile"))
