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
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rollbook.errors import PluginError
from rollbook.exports import Export
from rollbook.types import Account, Evidence, Media, Page, Parsed, Post
from rollbook.visits import Presence, Profile, Sweep, Visit

if TYPE_CHECKING:
    from rollbook.http import Door
    from rollbook.period import PeriodReport
    from rollbook.policy import Policy
    from rollbook.workspace import Workspace

__all__ = [
    "Analyzer", "Case", "Collector", "Hit", "NotChecked", "Picture", "Presence", "Profile", "Report", "Sweep", "Visit",
    "analyzer", "analyzers", "collector", "collectors", "report", "reports",
]

# -- collectors --------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class Case:
    """All that an analyzer may know: pure input, no clock, network, disk or database."""

    post: Post
    account: Account
    workspace: Workspace
    pictures: tuple[Picture, ...] = ()
    #: Hashes of keys that are other names of accounts on record: renamed, or a number (``archive/strangers.py``).
    other_names: frozenset[str] = frozenset()

    @cached_property
    def day(self) -> date:
        """The post's day on the District's clock: the policy, approvals and authorisations of that day count."""
        return self.workspace.school_year.local(self.post.created_at).date()

    @cached_property
    def policy(self) -> Policy:
        """The version of the policy that was in force on that day."""
        return self.workspace.policy_on(self.day)

    @cached_property
    def on_duty(self) -> bool:
        """Whether it was posted in the owner's contract hours on a working day."""
        return self.workspace.school_year.on_duty(self.account, self.post.created_at)


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
    #: What the language model has to be sure of for it to fire; empty for a rule that does not ask the model.
    label: str = ""
    #: From where on the model's word counts, unless policy or decisions say otherwise; None for the model's own.
    least: float | None = None


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
    rule: str, *, version: int, rests_on: Callable[[], str] = lambda: "", strangers: bool = False, label: str = "",
    least: float | None = None,
) -> Callable[[AnalyzeFunction], AnalyzeFunction]:
    """Declares the function that judges one post by one rule."""

    def declare(function: AnalyzeFunction) -> AnalyzeFunction:
        manual, path = _manual(function)
        _declare("analyzer", rule, Analyzer(rule, function, version, rests_on, manual, path, strangers, label, least))
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
