"""Shows what ``discover`` found and adds what a person accepts to the register, one row at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from rollbook.discover import Discovery, Proposal, discover
from rollbook.errors import CollectError
from rollbook.http import Door
from rollbook.tables import append_row
from rollbook.telling import complain, plural, say, say_json
from rollbook.workspace import Workspace

#: What a person answers: yes, no, or no more questions.
Ask = Callable[[str], str]


def run_discover(workspace: Workspace, url: str, limit: int, *, as_json: bool) -> int:
    """Reads the site and proposes; 1 where a page could not be read, 4 where the site could not."""
    with Door(workspace.collect) as door:
        try:
            found = discover(workspace, url, door, limit)
        except CollectError as err:
            complain(": ".join(part for part in (err.place, err.cause) if part))
            return 4
    if as_json:
        say_json(discovery_json(found))
    else:
        _say(workspace, found)
    for problem in found.problems:
        complain(f"not read: {problem}")
    return 1 if found.problems else 0


def discovery_json(found: Discovery) -> dict[str, Any]:
    """What was found, for a program."""
    return {
        "site": found.site, "pages": found.pages, "known": found.known, "problems": found.problems,
        "proposals": [
            {
                "account": item.key, "kind": "district", "url": item.url, "words": item.words, "note": item.note,
                "lacks": item.lacks, "linked_from": item.linked_from,
            } for item in found.proposals
        ],
    }


def _say(workspace: Workspace, found: Discovery) -> None:
    say(
        f"Read {plural(found.pages, 'page')} of {found.site}: {plural(len(found.proposals), 'account')} not on record, "
        f"{len(found.known)} on record already."
    )
    register = workspace.folder / "accounts.csv"
    if sys.stdin.isatty() and sys.stdout.isatty() and register.is_file():
        added = propose(workspace, found.proposals, _ask)
        say(f"{plural(added, 'row')} added to {register}." if added else f"Nothing was added to {register}.")
        if added:
            say("Each stands there as the District's own: for an employee's account change kind, and fill in owner.")
            say(f"Next: rollbook -w {workspace.folder} doctor tells which of them can be read.")
        return
    for item in found.proposals:
        say(f"  {describe(item)}")
    if found.proposals:
        say(
            "Nothing was added: on a terminal each is asked for." if register.is_file()
            else "Nothing was added: the register is a spreadsheet; write the rows there."
        )


def propose(workspace: Workspace, proposals: Sequence[Proposal], ask: Ask) -> int:
    """Asks for each proposal and adds it at once where the answer is yes; how many were added."""
    added = 0
    for number, item in enumerate(proposals, 1):
        say(f"{number} of {len(proposals)}: {describe(item)}")
        if item.lacks:
            continue
        answer = ask("  Add it to accounts.csv? [y/n/q]")
        if answer == "q":
            break
        if answer == "y":
            append_row(workspace.folder / "accounts.csv", {"account": item.key, "kind": "district"})
            added += 1
    return added


def _ask(question: str) -> str:
    choice = click.Choice(["y", "n", "q"], case_sensitive=False)
    try:
        answer: str = click.prompt(question, type=choice, default="n", show_choices=False, show_default=False)
    except click.Abort:
        say()  # the question's line is over
        raise
    return answer


def describe(item: Proposal) -> str:
    """One proposal in a line: the account, where it was linked from, and what to know."""
    more = f" and {plural(len(item.linked_from) - 1, 'more page')}" if len(item.linked_from) > 1 else ""
    words = f" “{item.words}”" if item.words else ""
    parts = [f"{item.key}{words}, linked from {item.linked_from[0]}{more}", item.note]
    if item.lacks:
        parts.append(f"cannot be added as it is: {item.lacks} is missing")
    return "; ".join(part for part in parts if part)

