"""The report as one web page: a file that holds everything it shows and asks nobody for anything.

For: the compliance lead every week, the superintendent, communications, the records officer. It reads without a
script, on a phone, on paper and by ear; the one script only narrows the list of findings. It may show students'
pictures (faces blurred unless asked otherwise) and the names of people who posted: it stays inside the District.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import _wording
from reports._diff import Compared, compare_posts
from reports._files import write_whole
from reports._findings import Item, host, items, link
from reports._marking import passage
from reports._summary import is_gap, new_posts, summarize, waits
from reports._visible import pieces, plain
from reports._wording import Clock
from rollbook.period import Archived, Change, PeriodReport
from rollbook.plugins import report
from rollbook.types import SEVERITIES, Post

#: Lines of each of these lists on the page; CSV and XLSX have every line.
ATTENTION_LINES = 12
NEW_POSTS_LINES = 100
UNCHECKED_LINES = 20
#: **Source**: RFC 5646, section 2.1, without the parts that no network uses.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
#: A part of a name, before and after which a line may end; short names stay whole.
_PART = re.compile(r"[.?&=_-]?[^./:@?&=_-]*[/:@]*")
_SHORT = 20


@report("html")
def write(period: PeriodReport, path: Path) -> list[Path]:
    """Writes the page."""
    return [write_whole(path, ".html", render(period))]


def render(period: PeriodReport) -> bytes:
    """The page as bytes of UTF-8."""
    clock = Clock.of(period)
    found = items(period)
    style, script = _asset("report.css"), _asset("filter.js")
    page = _environment().get_template("report.html").render(
        report=period, clock=clock, summary=summarize(period), items=found,
        groups=[(name, [item for item in found if item.reported.finding.severity == name]) for name in SEVERITIES],
        index_rules=_index(found, lambda item: (item.reported.rule.title, item.reported.finding.rule)),
        index_accounts=_index(found, lambda item: (item.reported.account.key, item.reported.account.key)),
        edited=[(change, _compared(change)) for change in period.changes if change.state == "edited"],
        gone=[change for change in period.changes if change.state == "gone"],
        added=sorted((change for change in period.changes if change.state == "new"),
                     key=lambda change: change.post.created_at, reverse=True),
        new_posts=new_posts(period), archived=_archived(period),
        style=style, script=script, policy_of_page=_content_policy(style, script),
        limits={"attention": ATTENTION_LINES, "added": NEW_POSTS_LINES, "unchecked": UNCHECKED_LINES},
    )
    # A lone surrogate has no UTF-8; every text that a network wrote has been through finalize, this is the last guard.
    return page.encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_finalize,
    )
    environment.filters.update(
        number=_wording.number, count=_wording.count, link=link, host=host, pieces=pieces, passage=passage,
        confidence=_wording.confidence_word, show_command=_wording.show_command, who=_wording.who, excerpt=_excerpt,
        language=_language, breakable=_breakable, sentence=_wording.sentence, is_waiting=waits,
    )
    environment.tests["gap"] = is_gap
    environment.globals.update(
        severity_means=_wording.SEVERITY_MEANS, standings=_wording.STANDINGS, post_states=_wording.POST_STATES,
        post_kinds=_wording.POST_KINDS, nouns=_wording.NOUNS,
    )
    return environment


def _finalize(value: object) -> object:
    """Whatever a template prints: hidden characters shown, nothing missing printed as "None"."""
    if value is None:
        raise TypeError("a template prints None")
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _asset(name: str) -> Markup:
    """A file of static/, as it stands between its tags: our own, and free of what would end them."""
    return Markup(files("reports").joinpath("static", name).read_text(encoding="utf-8"))  # noqa: S704


def _content_policy(style: str, script: str) -> str:
    """What the page allows itself: its own style and script by hash, pictures inside it, nothing from anywhere."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _excerpt(text: str, length: int = 90) -> str:
    """The beginning of a text in one line, cut between words."""
    line = " ".join(text[:length * 4].split())
    if len(line) <= length:
        return line
    head = line[:length]
    return (head.rpartition(" ")[0] or head) + "…"


def _breakable(name: str) -> list[str]:
    """The parts of a name between which a line may end, better than anywhere."""
    return [name] if len(name) <= _SHORT else [part for part in _PART.findall(name) if part]


def _language(post: Post) -> str:
    """The language that the network states, where it is a language tag; otherwise empty."""
    return post.lang if post.lang and _LANGUAGE.fullmatch(post.lang) else ""


def _index(found: Iterable[Item], key: Any) -> list[tuple[str, str, list[int]]]:
    """Numbers of findings under a heading, headings in alphabetical order: an index, never a ranking."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for item in found:
        groups[key(item)].append(item.number)
    in_order = sorted(groups, key=lambda heading: (heading[0].casefold(), heading[1]))
    return [(title, value, groups[title, value]) for title, value in in_order]


def _compared(change: Change) -> tuple[Compared, ...]:
    return compare_posts(change.before, change.post) if change.before else ()


def _archived(period: PeriodReport) -> list[tuple[Archived, Post]]:
    """Every archived version that the page refers to, once, in the ledger's order."""
    places = [(found.archived, found.post) for found in (*period.findings, *period.cleared)]
    places += [(change.archived, change.post) for change in period.changes if change.state != "new"]
    return [place for _, place in sorted({kept.seq: (kept, post) for kept, post in places if kept}.items())]
