"""Protected speech over posts by somebody who had seen no code: what is only that leaves nothing, abuse in it stays."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rollbook.formats import read_post
from rollbook.judge import judge, running_rules
from rollbook.plugins import Case
from rollbook.workspace import read_workspace

HERE = Path(__file__).parent
POSTS = [json.loads(line) for line in (HERE / "protected_speech.jsonl").read_text(encoding="utf-8").splitlines()]
DISTRICT = read_workspace(HERE / "analyzers" / "districts" / "alder_falls")
ACCOUNT = "x:MrBrisket_Math"
#: Of the 520 posts that are nothing but protected speech, so many still leave a finding. **The aim is none**: it is lowered
#: with each model, and never raised.
MOST_STORED = 14
#: Of the 90 in which abuse or a private fact counts, so many are found.
LEAST_FOUND = 79
pytestmark = pytest.mark.slow


def stored(number: int, row: dict[str, Any]) -> set[str]:
    """The rules whose findings would be stored."""
    moment = "2026-10-06T10:15:00-04:00" if row["when"] == "duty" else "2026-10-06T19:15:00-04:00"
    fields = {name: row[name] for name in ("text", "network", "kind", "lang")}
    if row["to"]:
        answered = "reply_to" if row["kind"] in ("reply", "comment") else "quote_of"
        fields[answered] = {"id": "x:0", "account": "x:somebody", "text": row["to"]}
    post = read_post({"id": f"x:{number}", "account": ACCOUNT, "created_at": moment, **fields})
    account = DISTRICT.register.get(ACCOUNT)
    assert account is not None
    case = Case(post, replace(account, role=row["role"]), DISTRICT)
    return {item.rule for item in judge(case, running_rules(DISTRICT)).findings if item.severity != "cleared"}


def test_the_set_is_large_and_even() -> None:
    categories = Counter(row["category"] for row in POSTS if row["counts"] is None)
    assert sum(categories.values()) >= 500
    assert min(categories.values()) >= 40
    assert sum(row["counts"] is not None for row in POSTS) >= 90


def test_what_is_only_protected_speech_leaves_nothing() -> None:
    kept = [
        f"{sorted(rules)} {row['category']}: {row['text'][:90]}"
        for number, row in enumerate(POSTS) if row["counts"] is None and (rules := stored(number, row))
    ]
    print(f"{len(kept)} stored")
    assert len(kept) <= MOST_STORED, "\n".join(kept)


def test_abuse_and_private_facts_in_it_count() -> None:
    found = sum(row["counts"] in stored(number, row) for number, row in enumerate(POSTS) if row["counts"] is not None)
    print(f"{found} found")
    assert found >= LEAST_FOUND
