"""What a collector, an analyzer and a report are, and how the program finds them.

One file in ``collectors/``, ``analyzers/`` or ``reports/`` is one plugin: a decorated function. No list is kept
anywhere; a file that does not import, declares nothing, or takes a name twice stops the run with its path.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from rollbook.errors import CollectError, PluginError
from rollbook.exports import Export
from rollbook.types import Account, Evidence, Marked, Media, Page, Parsed, Post, PostKind

if TYPE_CHECKING:
    from rollbook.budget import Budget
    from rollbook.http import Door
    from rollbook.period import PeriodReport
    from rollbook.workspace import Workspace

# -- collectors --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visit:
    """What a collector is asked to do for one account in one run."""

    account: Account
    #: What the last finished visit returned; empty on the first, and when ``--full`` is asked.
    cursor: Mapping[str, str]
    #: Read everything made since this moment again, to see edits and deletions; None reads the whole history.
    look_back_to: datetime | None
    #: The table ``[collect.NETWORK]`` of district.toml; empty where there is none.
    settings: Mapping[str, object] = field(default_factory=dict)
    #: What ``monthly_reads`` of that table allows, for networks that bill for reading; None where it says nothing.
    budget: Budget | None = None
    #: The District's own accounts on the network: a profile is asked for in the name of one of them where it must be.
    own: tuple[Account, ...] = ()

    def address(self, name: str, default: str, *, host: str = "", may_be_empty: bool = False) -> str:
        """An address that the settings name, without "/" at its end; ``host``: it may be a table of hosts.

        **Raises** CollectError (setting) for what is none.
        """
        value = self.settings.get(name, default)
        expected = "an address, or a table of hosts and addresses" if host else "an address"
        if host and isinstance(value, dict):
            value = value.get(host, default)
        try:
            parts = urlsplit(value) if isinstance(value, str) else None
        except ValueError:  # http://[
            parts = None
        good = parts is not None and parts.scheme in ("http", "https") and parts.hostname
        if not isinstance(value, str) or not (good or (may_be_empty and not value)):
            problem = f"[collect.{self.account.network}] {name} is {value!r}; expected {expected}"
            raise CollectError(problem, account=self.account.key, code="setting")
        return value.rstrip("/")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a finished visit proved."""

    #: Handed to the next visit; saved only when every page is safe.
    cursor: Mapping[str, str]
    #: Every post made since this moment was on the pages of this visit: what is missing may be deleted.
    #: None where nothing can be concluded (an unchanged feed, a first page only).
    covered_from: datetime | None = None
    #: How many posts the network says the account has; None where it does not say.
    expected: int | None = None
    #: The pages hold the newest items and no more, down to ``covered_from`` (feeds).
    bounded: bool = False
    #: Posts that the network said stand as they were, so that no page brought them: they are not missing.
    present: frozenset[str] = frozenset()
    #: What could not be read and is on no page.
    marked: tuple[Marked, ...] = ()
    #: The kinds of posts that ``covered_from`` speaks of; None for all.
    kinds: frozenset[PostKind] | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """What a look-up by id says of one post."""

    post: str
    #: ``unclear`` whenever the network did not say plainly: never a deletion.
    state: Literal["here", "gone", "unclear"]
    #: In words: "HTTP 404", "RecordNotFound", "HTTP 200 at its address".
    how: str
    #: The answer; its posts are parsed like any other page's when the post is here.
    page: Page | None = None
    #: No network says so, only a host by its 404 or 410, as it may for an hour: a later visit has to find the same.
    host_only: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """The public profile of an account that is not on record."""

    #: Its parse gives one post of the kind ``profile``.
    page: Page
    #: The network's own number of the account, which outlives its name: what a cursor keeps as ``id``.
    number: str = ""
    #: Other keys by which it may be on record.
    also: tuple[str, ...] = ()


#: A manual's label, up to the next one.
_TESTED = re.compile(r"(?ms)^Tested: (live against|contract only)\b(.*?)(?=\n[A-Z][\w ]*:|\n\n|\Z)")

CollectFunction = Callable[[Visit, "Door"], Generator[Page, None, Sweep]]
ParseFunction = Callable[[Page], Parsed]
LookUpFunction = Callable[[Visit, Sequence[Post], "Door"], Iterator[Presence]]
#: Fetches the public profile, and nothing else, of an account that is not on record.
ProfileFunction = Callable[[Visit, "Door"], Profile]


@dataclass(frozen=True, slots=True)
class Collector:
    """How the public posts of one network are read."""

    network: str
    collect: CollectFunction
    #: Pure: the same page gives the same posts; raises PageError where the page is not what was asked for.
    parse: ParseFunction
    #: Asks the network for single posts by id.
    look_up: LookUpFunction
    manual: str
    path: str
    #: None where the network gives its owners no export that Rollbook reads.
    export: Export | None = None
    #: Asks for the profile of one account, as anybody may or by a key or token of the District's own.
    profile: ProfileFunction | None = None
    #: Why there is no such function, in words that name nobody.
    no_profile: str = ""
    #: The lines that it reads of its table of district.toml; any other is misspelt.
    settings: frozenset[str] = frozenset()

    @property
    def tested(self) -> str:
        """What the manual's line "Tested:" claims: a server that it was run against, or the contract alone."""
        found = _TESTED.search(self.manual)
        if found is None:
            return "not known"
        word = "live-tested against" if found[1] == "live against" else "contract-tested only"
        return " ".join(f"{word}{found[2]}".split()).rstrip(".")


# -- analyzers ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a post, for an analyzer: its description, and its bytes where the archive or folder holds them."""

    #: Its place in ``post.media``.
    index: int
    media: Media
    #: Gives the encoded bytes; None where they are not held.
    read: Callable[[], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All that an analyzer may know: pure input, no clock, network, disk or database."""

    post: Post
    account: Account
    workspace: Workspace
    pictures: tuple[Picture, ...] = ()
    #: Hashes of keys that are other names of accounts on record: renamed, or a number (``archive/strangers.py``).
    other_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """One possible risk that an analyzer saw, or saw and cleared; the kernel adds clause, severity and identity."""

    #: A plain sentence: what was seen and why it may matter.
    message: str
    confidence: float
    evidence: tuple[Evidence, ...]
    #: Which of the rule's ``[rules.X.severities]`` applies; None for the rule's own severity.
    severity_of: str | None = None
    #: Looked at and cleared: why. The finding's severity is then ``cleared``.
    cleared: str | None = None


@dataclass(frozen=True, slots=True)
class NotChecked:
    """What an analyzer yields when it could not finish."""

    #: A sentence for a person.
    reason: str


AnalyzeFunction = Callable[[Case], Iterator["Hit | NotChecked"]]


@dataclass(frozen=True, slots=True)
class Analyzer:
    """One rule of the policy as code."""

    rule: str
    analyze: AnalyzeFunction
    #: Raised whenever the code may judge an old post differently: what it judged before is analyzed again.
    version: int
    #: Says what else the judgement rests on (installed weights): a change analyzes again.
    rests_on: Callable[[], str]
    manual: str
    path: str
    #: Judges the profiles of accounts that are not on record; no other rule is run over those in an archive.
    strangers: bool = False


# -- reports -----------------------------------------------------------------------------------------------------

WriteFunction = Callable[["PeriodReport", Path], list[Path]]


@dataclass(frozen=True, slots=True)
class Report:
    """One way to write the report of a period; ``write`` takes the data and a path without suffix."""

    format: str
    write: WriteFunction
    manual: str
    path: str


# -- declaring and finding ---------------------------------------------------------------------------------------

_declared: dict[tuple[str, str], Collector | Analyzer | Report] = {}


def _declare(kind: str, name: str, plugin: Collector | Analyzer | Report) -> None:
    known = _declared.get((kind, name))
    if known is not None and known.path != plugin.path:
        raise PluginError(
            f"{plugin.path}: the {kind} {name!r} is already declared in {known.path}; give it another name"
        )
    _declared[kind, name] = plugin


def _manual(function: Callable[..., object]) -> tuple[str, str]:
    module = inspect.getmodule(function)
    return inspect.getdoc(module) or "", inspect.getsourcefile(function) or "?"


def collector(
    network: str, *, parse: ParseFunction, look_up: LookUpFunction, export: Export | None = None,
    profile: ProfileFunction | None = None, no_profile: str = "", settings: Iterable[str] = (),
) -> Callable[[CollectFunction], CollectFunction]:
    """Declares the function that visits one account of a network."""

    def declare(function: CollectFunction) -> CollectFunction:
        manual, path = _manual(function)
        made = Collector(
            network, function, parse, look_up, manual, path, export, profile, no_profile, frozenset(settings)
        )
        _declare("collector", network, made)
        return function

    return declare


def analyzer(
    rule: str, *, version: int, rests_on: Callable[[], str] = lambda: "", strangers: bool = False
) -> Callable[[AnalyzeFunction], AnalyzeFunction]:
    """Declares the function that judges one post by one rule."""

    def declare(function: AnalyzeFunction) -> AnalyzeFunction:
        manual, path = _manual(function)
        _declare("analyzer", rule, Analyzer(rule, function, version, rests_on, manual, path, strangers))
        return function

    return declare


def report(format: str) -> Callable[[WriteFunction], WriteFunction]:
    """Declares the function that writes the report of a period in one format."""

    def declare(function: WriteFunction) -> WriteFunction:
        manual, path = _manual(function)
        _declare("report", format, Report(format, function, manual, path))
        return function

    return declare


def _load(kind: str) -> dict[str, Collector | Analyzer | Report]:
    folder = f"{kind}s"
    try:
        package = importlib.import_module(folder)
    except ImportError as err:
        raise PluginError(
            f"the folder {folder}/ does not import: {err}; install Rollbook again from its checkout"
        ) from err
    if getattr(package, "ROLLBOOK_PLUGINS", None) != kind:
        raise PluginError(
            f"{package.__file__}: this {folder!r} is not Rollbook's; another package of the same name shadows it, "
            "install Rollbook into an environment of its own"
        )
    for found in pkgutil.iter_modules(package.__path__):
        if found.name.startswith("_"):
            continue
        before = len(_declared)
        name = f"{folder}.{found.name}"
        known = name in sys.modules
        try:
            importlib.import_module(name)
        except PluginError:
            raise
        except Exception as err:
            raise PluginError(f"{folder}/{found.name}.py does not load: {type(err).__name__}: {err}") from err
        if not known and len(_declared) == before:
            raise PluginError(f"{folder}/{found.name}.py declares no {kind}; decorate its function with @{kind}(…)")
    return {name: plugin for (its_kind, name), plugin in sorted(_declared.items()) if its_kind == kind}


@cache
def collectors() -> dict[str, Collector]:
    """Every collector by network. Raises PluginError."""
    return {name: plugin for name, plugin in _load("collector").items() if isinstance(plugin, Collector)}


@cache
def analyzers() -> dict[str, Analyzer]:
    """Every analyzer by rule. Raises PluginError."""
    return {name: plugin for name, plugin in _load("analyzer").items() if isinstance(plugin, Analyzer)}


@cache
def reports() -> dict[str, Report]:
    """Every report by format. Raises PluginError."""
    return {name: plugin for name, plugin in _load("report").items() if isinstance(plugin, Report)}
