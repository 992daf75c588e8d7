"""The schedule of a workspace: one line of a crontab, or one systemd timer, that runs ``rollbook audit``.

The templates lie in ``cron/``. The audit itself holds the workspace's lock, so that two runs never overlap, and its
exit code is what a monitor reads.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from string import Template
from typing import Literal

from rollbook.errors import ConfigError, RollbookError
from rollbook.places import CRON, ROOT

Every = Literal["hour", "day"]
Scheduler = Literal["cron", "systemd"]

#: Minutes. An hourly run ends before the next one begins; a daily one may read a long history.
TIME_LIMITS: dict[Every, int] = {"hour": 55, "day": 300}
#: Minutes that a hanging audit is given beyond its time limit; ``cron/audit.sh`` gives the same.
GRACE_MINUTES = 5
#: Bytes; Debian's cron cuts a longer command off. **Source**: MAX_COMMAND in its sources.
LONGEST_COMMAND = 1000
UNITS = ("service", "timer")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the audit of one workspace runs, and how long it may take."""

    #: Absolute.
    workspace: Path
    #: The ``rollbook`` command, absolute.
    program: Path
    every: Every
    #: Local time of the machine; an hourly run uses the minute alone.
    at: time
    minutes: int
    #: Who gets cron's mail when an audit does not end well; empty for whoever gets it already.
    mail_to: str = ""
    #: Another user of this machine whose crontab is meant (needs root); empty for oneself.
    user: str = ""

    @property
    def name(self) -> str:
        """Tells the workspaces of one machine apart, also those whose folders are called alike."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.workspace.name.lower()).strip("-") or "workspace"
        return f"rollbook-{slug[:40]}-{_digest(self.workspace).hex()[:6]}"


def plan(
    workspace: Path, *, every: Every = "day", at: time | None = None, minutes: int | None = None, mail_to: str = "",
    user: str = "",
) -> Schedule:
    """The schedule of a workspace, with what is left out filled in. **Raises** ConfigError."""
    workspace = workspace.resolve()
    if not (workspace / "district.toml").is_file():
        raise ConfigError(f"{workspace} is no workspace: it holds no district.toml",
                          expected="a folder made by `rollbook init DIR`; name it with -w")
    if any(not char.isprintable() for char in f"{workspace}{mail_to}") or '"' in mail_to:
        raise ConfigError("a line break or control character stands in the workspace's path or the mail address",
                          expected="a path and an address that fit into one line of a crontab")
    minutes = TIME_LIMITS[every] if minutes is None else minutes
    if minutes < 1 or (every == "hour" and minutes > 59):
        raise ConfigError(f"a time limit of {minutes} minutes does not fit a run every {every}",
                          expected="1 to 59 minutes for a run every hour, 1 or more for a run every day")
    if at is None:
        # Districts that keep the default must not all call on the same network in the same minute.
        at = time(5, _digest(workspace)[0] % 60)
    return Schedule(workspace, _program(), every, at, minutes, mail_to, user)


def _digest(workspace: Path) -> bytes:
    return hashlib.sha256(os.fsencode(workspace)).digest()


def _program() -> Path:
    """The command of the environment that this process runs in, whatever the PATH says in a scheduler."""
    return Path(sys.executable).parent / "rollbook"


def _template(name: str) -> Template:
    return Template((CRON / name).read_text(encoding="utf-8"))


# -- cron --------------------------------------------------------------------------------------------------------


def render_crontab(schedule: Schedule, *, mail_before: str = "") -> str:
    """The lines for a crontab, between two marker lines; ``mail_before`` is the MAILTO that other lines rely on.

    **Raises** ConfigError where cron would cut the command off.
    """
    hour = "*" if schedule.every == "hour" else str(schedule.at.hour)
    block = _template("crontab").substitute(
        name=schedule.name,
        when=f"{schedule.at.minute} {hour} * * *",
        script=_for_cron(CRON / "audit.sh"), program=_for_cron(schedule.program),
        workspace=_for_cron(schedule.workspace), minutes=schedule.minutes,
        # MAILTO holds for every line below it: what held before is put back.
        mail_to=f'MAILTO="{schedule.mail_to}"\n' if schedule.mail_to else "",
        mail_back=f'MAILTO="{mail_before or _owner(schedule)}"\n' if schedule.mail_to else "",
    )
    if max(len(os.fsencode(line)) for line in block.splitlines()) > LONGEST_COMMAND:
        raise ConfigError("the paths of the workspace and of Rollbook are too long for one line of a crontab",
                          expected="shorter paths, or a systemd timer")
    return block


def _for_cron(path: Path) -> str:
    """A path as one word of the shell in a crontab, where a bare per cent sign would end the command."""
    return shlex.quote(str(path)).replace("%", r"\%")


def _owner(schedule: Schedule) -> str:
    return schedule.user or getpass.getuser()


def _without_block(lines: Sequence[str], name: str) -> list[str]:
    kept: list[str] = []
    inside = False
    for line in lines:
        if line.startswith(f"# >>> rollbook {name} "):
            inside = True
        if not inside:
            kept.append(line)
        if line.rstrip("\n") == f"# <<< rollbook {name} <<<":
            inside = False
    if inside:
        raise RollbookError(f"the crontab holds the first marker line of {name} and not the last: take its lines out "
                            "with `crontab -e`, then try again")
    return kept


def _mail_in_force(lines: Sequence[str]) -> str:
    values = [match[1].strip().strip("'\"") for line in lines if (match := re.match(r"\s*MAILTO\s*=(.*)", line))]
    return values[-1] if values else ""


def _crontab(schedule: Schedule, *arguments: str, text: str | None = None) -> tuple[int, str, str]:
    """Runs crontab; its exit code, what it says and what it complains of, with every byte of others' lines kept."""
    command = ["crontab", *(["-u", schedule.user] if schedule.user else []), *arguments]
    given = text.encode("utf-8", "surrogateescape") if text is not None else None
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError:
        raise ConfigError("this machine has no `crontab` command",
                          expected="cron to be installed, or `rollbook schedule install --systemd`") from None
    said = done.stdout.decode("utf-8", "surrogateescape")
    return done.returncode, said, done.stderr.decode("utf-8", "replace").strip()


def _read_crontab(schedule: Schedule) -> list[str]:
    code, text, complaint = _crontab(schedule, "-l")
    # "no crontab for" is the one failure that means an empty crontab: after any other, writing could lose lines.
    if code and "no crontab for" not in complaint:
        raise RollbookError(f"the crontab cannot be read: {complaint or 'crontab -l failed'}")
    return [] if code else text.splitlines(keepends=True)


def _write_crontab(schedule: Schedule, lines: Sequence[str]) -> None:
    text = "".join(lines)
    code, _, complaint = _crontab(schedule, "-", text=text) if text else _crontab(schedule, "-r")
    if code:
        raise RollbookError(f"the crontab cannot be written: {complaint or 'crontab failed'}")


# -- systemd -----------------------------------------------------------------------------------------------------


def render_units(schedule: Schedule) -> dict[str, str]:
    """The service and the timer of a systemd user session, by file name."""
    hour = "*" if schedule.every == "hour" else f"{schedule.at.hour:02}"
    values = {
        "label": str(schedule.workspace).replace("%", "%%"),
        "docs": str(ROOT / "docs" / "it.md").replace("%", "%%").replace(" ", "%%20"),
        "program": _for_systemd(schedule.program), "workspace": _for_systemd(schedule.workspace),
        "minutes": schedule.minutes, "guard_s": (schedule.minutes + GRACE_MINUTES) * 60,
        "when": f"*-*-* {hour}:{schedule.at.minute:02}:00",
    }
    return {f"{schedule.name}.{kind}": _template(f"rollbook.{kind}").substitute(values) for kind in UNITS}


def _for_systemd(path: Path) -> str:
    """A path as one quoted word of ExecStart. **Source**: systemd.service(5), "Command lines"."""
    text = str(path)
    for char, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        text = text.replace(char, written)
    return f'"{text}"'


def _units_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def _systemctl(*arguments: str) -> None:
    try:
        done = subprocess.run(["systemctl", "--user", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ConfigError("this machine has no systemd", expected="`rollbook schedule install --cron`") from None
    if done.returncode:
        raise RollbookError(f"systemctl --user {' '.join(arguments)} failed: {done.stderr.strip()}")


# -- install and remove ------------------------------------------------------------------------------------------


def install(schedule: Schedule, scheduler: Scheduler) -> list[str]:
    """Sets the schedule, in place of an earlier one of the same workspace; returns what to tell the person.

    **Raises** ConfigError, RollbookError; other lines of the crontab stay as they are.
    """
    if scheduler == "cron":
        lines = _without_block(_read_crontab(schedule), schedule.name)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        _write_crontab(schedule, [*lines, render_crontab(schedule, mail_before=_mail_in_force(lines))])
        return [f"The crontab of {_owner(schedule)} runs the audit every {schedule.every}.",
                f"What it says goes to {schedule.workspace / 'logs' / 'audit.log'}."]
    folder = _units_folder()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in render_units(schedule).items():
        (folder / name).write_text(text, encoding="utf-8")
    _systemctl("daemon-reload")
    _systemctl("enable", "--now", f"{schedule.name}.timer")
    return [f"{folder / schedule.name}.timer runs the audit every {schedule.every}.",
            f"Read what it says with: journalctl --user -u {schedule.name}.service",
            f"So that it runs while nobody is logged in: loginctl enable-linger {getpass.getuser()}"]


def remove(schedule: Schedule, scheduler: Scheduler) -> list[str]:
    """Takes the workspace's schedule out again; returns what to tell the person. **Raises** as ``install`` does."""
    if scheduler == "cron":
        before = _read_crontab(schedule)
        after = _without_block(before, schedule.name)
        if after == before:
            return [f"The crontab of {_owner(schedule)} holds no schedule of {schedule.workspace}."]
        _write_crontab(schedule, after)
        return [f"The crontab of {_owner(schedule)} no longer runs the audit of {schedule.workspace}."]
    files = [_units_folder() / f"{schedule.name}.{kind}" for kind in UNITS]
    if not any(file.exists() for file in files):
        return [f"There is no systemd timer of {schedule.workspace}."]
    _systemctl("disable", "--now", f"{schedule.name}.timer")
    for file in files:
        file.unlink(missing_ok=True)
    _systemctl("daemon-reload")
    return [f"The systemd timer of {schedule.workspace} is removed."]
