"""One district's folder: district.toml and the registers, read whole and checked before anything runs."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rollbook.approvals import Approvals, read_approvals
from rollbook.errors import ConfigError
from rollbook.learned import NAME as LEARNED
from rollbook.learned import Learned, read_learned
from rollbook.policy import Policy, TwoOnOneDay, read_policies
from rollbook.register import Register, read_register
from rollbook.schoolyear import WEEKDAYS, SchoolYear, read_events
from rollbook.tables import read_hours
from rollbook.tomltable import Table
from rollbook.types import Period

#: How far back a visit reads again to see edits and deletions, unless the workspace says otherwise.
LOOK_BACK_DAYS = 30
#: How many profiles of accounts that are not on record one run asks for, and after how many days one again.
UNREGISTERED_PER_RUN, UNREGISTERED_AGAIN_DAYS = 50, 30


@dataclass(frozen=True, slots=True)
class School:
    """One school of the District."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class District:
    """Who the District is: names, mail and web domains, schools."""

    name: str
    aliases: tuple[str, ...] = ()
    #: In lower case; subdomains are included.
    mail_domains: tuple[str, ...] = ()
    web_domains: tuple[str, ...] = ()
    #: Local parts that no single person reads: ``info``.
    role_mailboxes: frozenset[str] = frozenset()
    schools: tuple[School, ...] = ()


@dataclass(frozen=True, slots=True)
class CollectSettings:
    """How the networks are visited."""

    #: Days; None reads each account's whole history every time.
    look_back_days: int | None = LOOK_BACK_DAYS
    #: An address or web page that the user agent names, so that an operator can write to the District.
    contact: str = ""
    #: Networks inside the machine's own address ranges that may be reached (tests, an intranet).
    allow: tuple[IPv4Network | IPv6Network, ...] = ()
    #: Where a host's requests go instead (``https://news.example`` -> ``http://127.0.0.1:8080``): a proxy in front of
    #: a network, the sample district. Records keep the address that was asked for.
    reroute: Mapping[str, str] = field(default_factory=dict)
    #: ``[collect.NETWORK]`` tables, by network.
    networks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Certificates to trust in place of the built-in ones, where a school's firewall inspects TLS.
    ca_bundle: Path | None = None
    #: Profiles of accounts that are not on record: at most so many a run, 0 for none; each again after so many days.
    unregistered_per_run: int = UNREGISTERED_PER_RUN
    unregistered_again_days: int = UNREGISTERED_AGAIN_DAYS


@dataclass(frozen=True)
class Workspace:
    """Everything that a run may know of one district."""

    folder: Path
    district: District
    #: Networks on which District e-mail may be used.
    approved_networks: frozenset[str]
    school_year: SchoolYear
    register: Register
    approvals: Approvals
    #: Every version of the policy that may have been in force, the first one first.
    policies: tuple[Policy, ...]
    #: What employee profiles are asked to say; empty for nothing.
    disclaimer: str
    collect: CollectSettings
    archive: Path
    reports: Path
    #: What `rollbook calibrate` has learned from the district's own decisions.
    learned: Learned = field(default_factory=Learned)

    @property
    def policy(self) -> Policy:
        """The newest version: the one that reports name."""
        return self.policies[-1]

    def policy_on(self, day: date) -> Policy:
        """The version in force on a day; for the days before the first, the first."""
        in_force = [policy for policy in self.policies if policy.in_force_from <= day]
        return in_force[-1] if in_force else self.policies[0]

    @cached_property
    def judged_by(self) -> str:
        """SHA-256 over everything that a rule's judgement may rest on: a change analyzes old posts again."""
        digest = hashlib.sha256()
        names = ("district.toml", "accounts.csv", "accounts.xlsx", "approvals.csv", "approvals.xlsx", "events.ics",
                 LEARNED)
        for file in [*(self.folder / name for name in names), *(policy.file for policy in self.policies)]:
            if file.is_file():
                digest.update(f"{file.name}:{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
        # A photograph put in the place of another, told by size and time: there may be thousands.
        for row in self.approvals.rows:
            photo = self.approvals.folder / row.value
            if row.what == "photo" and not row.value.startswith("pdq:") and photo.is_file():
                status = photo.stat()
                digest.update(f"{row.value}:{status.st_size}:{status.st_mtime_ns}\n".encode())
        return digest.hexdigest()


def read_workspace(folder: Path) -> Workspace:
    """Reads and checks a whole workspace. **Raises** ConfigError for the first thing that is wrong."""
    file = folder / "district.toml"
    if not file.is_file():
        raise ConfigError(f"{folder} is no workspace: it holds no district.toml",
                          expected="a folder made by `rollbook init DIR`; name it with -w")
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise ConfigError(f"is not TOML: {err}", file=file) from err
    tables = {"district", "networks", "calendar", "policy", "collect", "archive"}
    for name in data:
        if name not in tables:
            raise ConfigError(
                f"[{name}] is unknown", file=file, expected=", ".join(f"[{table}]" for table in sorted(tables))
            )

    def table(name: str) -> Table:
        return Table(file, f"[{name}]", data.get(name, {}))

    district_table = table("district")
    timezone = _timezone(district_table)
    district = _district(district_table)
    networks = table("networks")
    approved = networks.texts("approved", "a list of networks, like [\"facebook\", \"youtube\"]")
    networks.finish()
    calendar = _calendar(table("calendar"), timezone, folder)
    policy_table = table("policy")
    policies = _policies(policy_table, folder)
    disclaimer = policy_table.get("disclaimer", str, "a text", "")
    policy_table.finish()
    archive_table = table("archive")
    archive = archive_table.get("path", str, "a folder", "archive")
    reports = archive_table.get("reports", str, "a folder", "reports")
    archive_table.finish()
    approvals_file = _register_file(folder, "approvals")
    register_file = _register_file(folder, "accounts")
    if register_file is None:
        raise ConfigError("the register of accounts is missing", file=folder / "accounts.csv",
                          expected="a row for each account that Rollbook may look at")
    return Workspace(
        folder=folder, district=district, approved_networks=frozenset(name.lower() for name in approved),
        school_year=calendar, register=read_register(register_file, calendar.hours),
        approvals=read_approvals(approvals_file) if approvals_file else Approvals((), folder),
        policies=policies, disclaimer=disclaimer,
        collect=_collect(table("collect"), folder), archive=folder / archive, reports=folder / reports,
        learned=read_learned(folder),
    )


def _policies(table: Table, folder: Path) -> tuple[Policy, ...]:
    """The policy that ``use`` names, or each version of it, by the day from which it holds."""
    expected = "a built-in policy's name or a policy file's path; or a list of them, one for each version of the policy"
    use = table.get("use", object, expected, required=True)
    names = [use] if isinstance(use, str) else use
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise table.refuse("use", expected)
    try:
        return read_policies(names, folder)
    except TwoOnOneDay as err:
        raise table.refuse("use", f"versions that begin on different days; {err}") from None


def _register_file(folder: Path, name: str) -> Path | None:
    found = [folder / f"{name}{suffix}" for suffix in (".csv", ".xlsx") if (folder / f"{name}{suffix}").is_file()]
    if len(found) > 1:
        raise ConfigError(f"{found[0].name} and {found[1].name} are both there", file=folder, expected="one of the two")
    return found[0] if found else None


def _timezone(table: Table) -> ZoneInfo:
    name = table.get("timezone", str, "a time zone like America/New_York", required=True)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise table.refuse("timezone", "a time zone like America/New_York") from None


def _district(table: Table) -> District:
    schools = []
    for number, row in enumerate(table.get("schools", list, "[[district.schools]] tables", []), 1):
        school = Table(table.file, f"[[district.schools]] number {number}", row)
        name = school.get("name", str, "the school's name", required=True)
        schools.append(School(name, school.texts("aliases", "a list of names")))
        school.finish()
    domains = table.texts("mail_domains", "a list of domains, like [\"westgenesee.org\"]")
    for domain in domains:
        if "@" in domain or "." not in domain or "/" in domain:
            raise table.refuse("mail_domains", "domains without @, like \"westgenesee.org\"")
    district = District(
        name=table.get("name", str, "the District's full name", required=True),
        aliases=table.texts("aliases", "a list of names"),
        mail_domains=tuple(domain.lower().strip(".") for domain in domains),
        web_domains=tuple(domain.lower() for domain in table.texts("web_domains", "a list of domains")),
        role_mailboxes=frozenset(name.lower() for name in table.texts("role_mailboxes", "a list of mailbox names")),
        schools=tuple(schools),
    )
    table.finish()
    return district


def _calendar(table: Table, timezone: ZoneInfo, folder: Path) -> SchoolYear:
    days = table.get("work_days", list, "a list of mon, tue, wed, thu, fri, sat, sun", list(WEEKDAYS[:5]))
    if not all(day in WEEKDAYS for day in days):
        raise table.refuse("work_days", "a list of mon, tue, wed, thu, fri, sat, sun")
    stated = table.get("hours", str, "hours like 07:30-15:30", "")
    hours = read_hours(stated) if stated else None
    if stated and hours is None:
        raise table.refuse("hours", "hours like 07:30-15:30")
    first = table.get("first_day", date, "a date like 2026-09-03")
    last = table.get("last_day", date, "a date like 2027-06-25")
    if (first is None) != (last is None) or (first and last and last < first):
        raise table.refuse("last_day", "a date after first_day; both or none of the two")
    holidays = table.get("holidays", list, "a list of dates", [])
    if not all(isinstance(day, date) for day in holidays):
        raise table.refuse("holidays", "a list of dates, like [2026-11-26]")
    breaks = tuple(_break(table, text) for text in table.texts("breaks", "a list like [\"2026-12-23/2027-01-03\"]"))
    table.finish()
    events_file = folder / "events.ics"
    return SchoolYear(
        timezone=timezone, work_days=frozenset(WEEKDAYS.index(day) for day in days), hours=hours,
        year=Period(first, last) if first else None, holidays=frozenset(holidays), breaks=breaks,
        events=read_events(events_file, timezone) if events_file.is_file() else (),
    )


def _break(table: Table, text: str) -> Period:
    start, slash, end = text.partition("/")
    try:
        period = Period(date.fromisoformat(start.strip()), date.fromisoformat(end.strip()))
    except ValueError:
        period = None
    if period is None or not slash or (period.until_on or period.from_on) < period.from_on:
        raise table.refuse("breaks", "periods like \"2026-12-23/2027-01-03\", the earlier day first")
    return period


def _collect(table: Table, folder: Path) -> CollectSettings:
    days = table.get("look_back_days", int, "a number of days, 0 for the whole history every time", LOOK_BACK_DAYS)
    if days < 0:
        raise table.refuse("look_back_days", "a number of days, 0 for the whole history every time")
    contact = table.get("contact", str, "an address or web page of the District", "")
    allow = []
    for text in table.texts("allow", "a list of networks like [\"127.0.0.0/8\"]"):
        try:
            allow.append(ip_network(text))
        except ValueError:
            raise table.refuse("allow", "a list of networks like [\"127.0.0.0/8\"]") from None
    reroute = table.get("reroute", dict, "a table like \"https://news.example\" = \"http://127.0.0.1:8080\"", {})
    if not all(_is_origin(name) and isinstance(target, str) and _is_origin(target) for name, target in reroute.items()):
        raise table.refuse("reroute", "addresses of scheme and host only, like \"https://news.example\"")
    bundle = table.get("ca_bundle", str, "the path of a file of certificates (PEM)", "")
    if bundle and not (folder / bundle).is_file():
        raise table.refuse("ca_bundle", "the path of a file of certificates (PEM)")
    per_run = table.get("unregistered_per_run", int, "a number of profiles, 0 for none", UNREGISTERED_PER_RUN)
    again = table.get("unregistered_again_days", int, "a number of days, 1 or more", UNREGISTERED_AGAIN_DAYS)
    if per_run < 0:
        raise table.refuse("unregistered_per_run", "a number of profiles, 0 for none")
    if again < 1:
        raise table.refuse("unregistered_again_days", "a number of days, 1 or more")
    networks = {name: value for name, value in table.data.items() if isinstance(value, dict) and name != "reroute"}
    table.read |= set(networks)
    table.finish()
    ca_bundle = folder / bundle if bundle else None
    return CollectSettings(days or None, contact, tuple(allow), reroute, networks, ca_bundle, per_run, again)


def _is_origin(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path in ("", "/") and not parts.query
