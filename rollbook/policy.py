"""The policy as data: its clauses in the board's words, and for each rule the clause, severity and settings.

A policy file is TOML that a district's lawyer can read and change; ``docs/policy.md`` describes it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, cast

from rollbook.errors import ConfigError
from rollbook.places import POLICIES
from rollbook.types import SEVERITIES, Severity

#: What the guardrail does where a finding rests on protected speech.
Protected = Literal["drop", "keep"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause in the words of the board."""

    #: As findings cite it: ``9125.3 para 5``.
    cite: str
    text: str
    #: What it is about, in a few words.
    title: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How this policy applies one rule."""

    name: str
    #: What a reader sees: "District e-mail address".
    title: str
    clause: Clause
    severity: Severity
    enabled: bool
    #: What the rule looks for, in a sentence for a reader of the report.
    about: str
    #: What would clear a finding.
    remedy: str
    #: Named special cases with a severity of their own.
    severities: Mapping[str, Severity] = field(default_factory=dict)
    #: Whether protected speech drops the finding, or the fact counts whatever is said around it.
    protected: Protected = "drop"
    #: Whatever else the file sets for the rule.
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy in force."""

    id: str
    title: str
    version: str
    in_force_from: date
    clauses: Mapping[str, Clause]
    rules: Mapping[str, Rule]
    file: Path

    def rule(self, name: str) -> Rule | None:
        """The rule, or None where this policy does not have it or switches it off."""
        rule = self.rules.get(name)
        return rule if rule is not None and rule.enabled else None


_RULE_KEYS = {"title", "clause", "severity", "enabled", "about", "remedy", "severities", "protected_speech", "settings"}


def find_policy(use: str, folder: Path) -> Path:
    """The file of a built-in policy's name, or of a path relative to the workspace. **Raises** ConfigError."""
    if use.endswith(".toml"):
        return folder / use
    built_in = POLICIES / f"{use}.toml"
    if not built_in.is_file():
        known = ", ".join(sorted(repr(path.stem) for path in POLICIES.glob("*.toml")))
        raise ConfigError(f"no built-in policy is called {use!r}", file=folder / "district.toml", place="[policy] use",
                          expected=f"{known}, or the path of a policy file")
    return built_in


class TwoOnOneDay(ValueError):
    """Two versions of a policy begin on one day; says which."""


def read_policies(names: Sequence[str], folder: Path) -> tuple[Policy, ...]:
    """Each version of a policy, by the day from which it holds. **Raises** ConfigError, TwoOnOneDay."""
    versions = sorted((read_policy(find_policy(name, folder)) for name in names), key=lambda one: one.in_force_from)
    for earlier, later in pairwise(versions):
        if earlier.in_force_from == later.in_force_from:
            raise TwoOnOneDay(f"{earlier.file.name} and {later.file.name} both begin on {later.in_force_from}")
    return tuple(versions)


def read_policy(file: Path) -> Policy:
    """Reads a policy file. **Raises** ConfigError with file, place and what was expected."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as err:
        raise ConfigError(f"cannot be read: {err.strerror}", file=file, expected="a policy file") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise ConfigError(f"is not TOML: {err}", file=file) from err
    head = data.get("policy", {})
    clauses: dict[str, Clause] = {}
    for number, row in enumerate(data.get("clauses", []), 1):
        for key in ("cite", "text"):
            if not isinstance(row.get(key), str):
                raise ConfigError(
                    f"{key!r} is missing", file=file, place=f"[[clauses]] number {number}", expected="a text"
                )
        clauses[row["cite"]] = Clause(row["cite"], " ".join(row["text"].split()), row.get("title", ""))
    rules = {name: _rule(name, row, clauses, file) for name, row in data.get("rules", {}).items()}
    in_force = head.get("in_force_from")
    if not isinstance(in_force, date):
        raise ConfigError("'in_force_from' is missing", file=file, place="[policy]", expected="a date like 2016-10-05")
    for key in ("id", "title", "version"):
        if not isinstance(head.get(key), str):
            raise ConfigError(f"{key!r} is missing", file=file, place="[policy]", expected="a text")
    return Policy(head["id"], head["title"], head["version"], in_force, clauses, rules, file)


def _severity(value: object, file: Path, place: str) -> Severity:
    if value not in SEVERITIES or value == "cleared":
        raise ConfigError(f"{value!r} is no severity", file=file, place=place,
                          expected="'urgent', 'high', 'medium' or 'low'")
    return cast("Severity", value)


def _rule(name: str, row: Mapping[str, Any], clauses: Mapping[str, Clause], file: Path) -> Rule:
    place = f"[rules.{name}]"
    for key in row:
        if key not in _RULE_KEYS:
            raise ConfigError(f"{key!r} is unknown", file=file, place=place, expected=", ".join(sorted(_RULE_KEYS)))
    clause = clauses.get(str(row.get("clause")))
    if clause is None:
        raise ConfigError(f"the clause {row.get('clause')!r} is not in this file", file=file, place=place,
                          expected="the 'cite' of one of its [[clauses]]")
    protected = row.get("protected_speech", "drop")
    if protected not in ("drop", "keep"):
        raise ConfigError(f"'protected_speech' is {protected!r}", file=file, place=place, expected="'drop' or 'keep'")
    for key in ("title", "about", "remedy"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise ConfigError(f"{key!r} is missing", file=file, place=place, expected="a text for the report's reader")
    settings = _rule_settings(row.get("settings", {}), file, f"[rules.{name}.settings]")
    enabled = row.get("enabled", True)
    if not isinstance(enabled, bool):
        raise ConfigError(f"'enabled' is {enabled!r}", file=file, place=place, expected="true or false")
    return Rule(
        name=name, title=row["title"], clause=clause, severity=_severity(row.get("severity"), file, place),
        enabled=enabled, about=" ".join(row["about"].split()), remedy=" ".join(row["remedy"].split()),
        severities={key: _severity(value, file, f"[rules.{name}.severities] {key}")
                    for key, value in row.get("severities", {}).items()},
        protected=protected, settings=settings,
    )


def _rule_settings(settings: object, file: Path, place: str) -> Mapping[str, Any]:
    """What a rule reads besides: ``threshold`` and ``phrases``; anything else is misspelt."""
    if not isinstance(settings, dict):
        raise ConfigError("is not a table", file=file, place=place, expected="threshold and phrases")
    for key, value in settings.items():
        if key == "threshold":
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1:
                raise ConfigError(f"'threshold' is {value!r}", file=file, place=place,
                                  expected="a number between 0 and 1: the higher, the fewer findings")
        elif key == "phrases":
            if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
                raise ConfigError(f"'phrases' is {value!r}", file=file, place=place, expected="a list of phrases")
        else:
            raise ConfigError(f"{key!r} is unknown", file=file, place=place, expected="threshold, phrases")
    return settings
