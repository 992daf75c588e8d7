"""The schedule: what is rendered is read back by a shell, by systemd, and run by Debian's own cron."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from rollbook import schedule as plans
from rollbook.errors import ConfigError, RollbookError
from rollbook.places import CONFIG, CRON, ROOT

from .serving import serving

IN_CI = os.environ.get("CI") == "true"
#: A folder that breaks whatever is quoted badly.
ODD = "O'Brien & Sons 100% \"west\" $HOME é"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / ODD
    folder.mkdir()
    (folder / "district.toml").touch()
    return folder


def program(folder: Path, *, exits: int = 0) -> Path:
    """Stands in for the command: writes its arguments down, one a line, and ends as it is told."""
    file = folder / "stand in 50%"
    file.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{folder}/called"\necho "the audit speaks"\nexit {exits}\n')
    file.chmod(0o755)
    return file


def as_cron_reads(line: str) -> str:
    """The command of a crontab line as the shell gets it. **Source**: crontab(5) on per cent signs."""
    command = line.split(" ", 5)[5]
    assert "%" not in command.replace(r"\%", ""), "a bare per cent sign ends the command"
    return command.replace(r"\%", "%")


# -- planning ----------------------------------------------------------------------------------------------------


def test_a_plan_needs_a_workspace(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no district"):
        plans.plan(tmp_path)


@pytest.mark.parametrize(("every", "minutes"), [("hour", 60), ("hour", 0), ("day", 0)])
def test_a_time_limit_fits_between_two_runs(workspace: Path, every: plans.Every, minutes: int) -> None:
    with pytest.raises(ConfigError, match="does not fit"):
        plans.plan(workspace, every=every, minutes=minutes)


def test_no_line_can_be_smuggled_into_a_crontab(workspace: Path) -> None:
    with pytest.raises(ConfigError, match="line break"):
        plans.plan(workspace, mail_to="it@school.example\n* * * * * reboot")


def test_folders_that_are_called_alike_have_names_of_their_own(tmp_path: Path) -> None:
    names = set()
    for place in ("a", "b"):
        folder = tmp_path / place / "district"
        folder.mkdir(parents=True)
        (folder / "district.toml").touch()
        names.add(plans.plan(folder).name)
    assert len(names) == 2


# -- rendering ---------------------------------------------------------------------------------------------------


def test_the_crontab_line_reaches_the_audit_with_every_word_whole(workspace: Path, tmp_path: Path) -> None:
    schedule = replace(plans.plan(workspace, every="hour"), program=program(tmp_path))
    (line,) = [line for line in plans.render_crontab(schedule).splitlines() if line[0] != "#"]
    assert line.split(" ", 1)[0] == str(schedule.at.minute)
    subprocess.run(["sh", "-c", as_cron_reads(line)], check=True)
    called = (tmp_path / "called").read_text().splitlines()
    assert called == ["-w", str(workspace), "audit", "--time-limit", "55m"]


def test_a_daily_crontab_line_names_its_hour(workspace: Path) -> None:
    block = plans.render_crontab(plans.plan(workspace, every="day", at=time(6, 5)))
    assert "\n5 6 * * * /bin/sh " in block
    assert block.rstrip().splitlines()[-2].endswith(" 300")


def test_mail_goes_elsewhere_for_this_line_only(workspace: Path) -> None:
    schedule = plans.plan(workspace, mail_to="it@school.example")
    lines = plans.render_crontab(schedule, mail_before="root@school.example").splitlines()
    assert lines[1] == 'MAILTO="it@school.example"'
    assert lines[3] == 'MAILTO="root@school.example"'


def test_a_path_that_cron_would_cut_off_is_refused(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["d" * 200] * 4)
    folder.mkdir(parents=True)
    (folder / "district.toml").touch()
    with pytest.raises(ConfigError, match="too long"):
        plans.render_crontab(replace(plans.plan(folder), program=Path("/opt/" + "p" * 200)))


def test_systemd_reads_the_units(workspace: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("this machine has no systemd-analyze")
    schedule = replace(plans.plan(workspace, every="day", at=time(6, 5)), program=program(tmp_path))
    for name, text in plans.render_units(schedule).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    units = [str(tmp_path / f"{schedule.name}.{kind}") for kind in plans.UNITS]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    # What other units of the machine are like is not asked.
    assert schedule.name not in done.stderr, done.stderr
    timer = (tmp_path / f"{schedule.name}.timer").read_text()
    assert "OnCalendar=*-*-* 06:05:00" in timer
    subprocess.run(["systemd-analyze", "calendar", "*-*-* 06:05:00"], check=True, capture_output=True)


def test_a_dollar_and_a_per_cent_sign_stay_what_they_are_in_a_unit(workspace: Path) -> None:
    service = plans.render_units(plans.plan(workspace))[f"{plans.plan(workspace).name}.service"]
    (line,) = [line for line in service.splitlines() if line.startswith("ExecStart=")]
    assert r'100%% \"west\" $$HOME' in line


# -- what cron runs ----------------------------------------------------------------------------------------------


def run_script(workspace: Path, command: Path) -> subprocess.CompletedProcess[str]:
    words = ["sh", str(CRON / "audit.sh"), str(command), str(workspace), "1"]
    return subprocess.run(words, capture_output=True, text=True)


def test_an_audit_that_ends_well_says_nothing_to_cron(workspace: Path, tmp_path: Path) -> None:
    done = run_script(workspace, program(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "exit code 0\nthe audit speaks" in (workspace / "logs" / "audit.log").read_text()


def test_trouble_is_printed_once_a_day_and_the_exit_code_is_the_audits_own(workspace: Path, tmp_path: Path) -> None:
    first = run_script(workspace, program(tmp_path, exits=5))
    assert first.returncode == 5
    assert "ended with exit code 5" in first.stdout
    assert "the audit speaks" in first.stdout
    again = run_script(workspace, program(tmp_path, exits=5))
    assert (again.returncode, again.stdout) == (5, "")
    other = run_script(workspace, program(tmp_path, exits=1))
    assert "ended with exit code 1" in other.stdout


def test_the_log_does_not_grow_for_ever(workspace: Path, tmp_path: Path) -> None:
    run_script(workspace, program(tmp_path))
    (workspace / "logs" / "audit.log").write_text("x" * 1_000_001)
    run_script(workspace, program(tmp_path))
    assert (workspace / "logs" / "audit.log").stat().st_size < 1000
    assert (workspace / "logs" / "audit.log.1").stat().st_size == 1_000_001


# -- the crontab of a real cron ----------------------------------------------------------------------------------


def need_cron() -> None:
    """Debian's cron, installed where this run may; a reason to skip where it may not."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("a private crontab needs root")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("this machine gives no mount namespace to keep its own crontabs apart")
    if not (shutil.which("cron") and shutil.which("crontab")):
        if not (IN_CI and shutil.which("apt-get")):
            pytest.skip("cron is not installed: apt-get install cron")
        lock = ["-o", "DPkg::Lock::Timeout=300"]
        subprocess.run(["apt-get", *lock, "update", "-qq"], check=True, capture_output=True)
        subprocess.run(["apt-get", *lock, "install", "-qq", "--no-install-recommends", "cron"], check=True,
                       capture_output=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


#: The machine's own crontabs are out of reach: these two folders are empty, and gone with the process.
PRIVATE = """
mount -t tmpfs none /run
mount -t tmpfs none /var/spool/cron
mkdir -m 1730 /var/spool/cron/crontabs
chgrp crontab /var/spool/cron/crontabs || true
"""


def in_private(script: str, *, timeout_s: float = 60) -> str:
    """Runs a shell script beside which no crontab of this machine exists; returns what it prints."""
    words = ["unshare", "--mount", "bash", "-euo", "pipefail", "-c", PRIVATE + script]
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout_s, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def driver(workspace: Path, call: str) -> str:
    """A shell command that calls the module as the command line does."""
    code = f"from pathlib import Path; from rollbook.schedule import *; s = plan(Path({str(workspace)!r}), every='hour'); {call}"
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def test_other_lines_of_a_crontab_are_left_alone(workspace: Path) -> None:
    need_cron()
    own = "# mine\nMAILTO=me\n5 4 * * * echo caf\udce9 100\\%\n"
    original = workspace / "crontab"
    original.write_bytes(own.encode("utf-8", "surrogateescape"))
    where = shlex.quote(str(original))
    in_private(f"""
        crontab - < {where}
        {driver(workspace, 'install(s, "cron"); install(s, "cron")')}
        [ "$(crontab -l | grep -c 'audit.sh')" = 1 ]
        crontab -l | head -c "$(wc -c < {where})" | cmp - {where}
        {driver(workspace, 'remove(s, "cron")')}
        crontab -l | cmp - {where}
        crontab -r
        {driver(workspace, 'install(s, "cron"); remove(s, "cron"); remove(s, "cron")')}
        ! crontab -l
    """)


def test_a_crontab_with_half_a_block_is_not_touched(workspace: Path) -> None:
    need_cron()
    name = plans.plan(workspace).name
    said = in_private(f"""
        printf '# >>> rollbook {name} x\\n5 4 * * * echo mine\\n' | crontab -
        {driver(workspace, 'install(s, "cron")')} 2>&1 || true
        crontab -l | grep mine
    """)
    assert "the first marker line" in said
    assert said.endswith("5 4 * * * echo mine\n")


def test_a_machine_without_cron_is_told_so(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    for scheduler in ("cron", "systemd"):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(workspace))
        with pytest.raises(RollbookError, match="this machine has no"):
            plans.install(plans.plan(workspace), "cron" if scheduler == "cron" else "systemd")


#: A news page's feed with one post.
FEED = (
    b'<rss version="2.0"><channel><title>News</title><item><guid>1</guid><title>Snow day</title>'
    b"<pubDate>Mon, 05 Oct 2026 11:00:00 GMT</pubDate></item></channel></rss>"
)


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Path]:
    """A whole workspace whose one account is served on this machine."""
    answer = (200, FEED, {"Content-Type": "application/rss+xml; charset=utf-8"})
    with serving(lambda asked: answer) as base:
        folder = tmp_path / "district 100%"
        folder.mkdir()
        settings = (CONFIG / "example" / "district.toml").read_text(encoding="utf-8")
        settings = settings.replace("@NAME@", '"Example"').replace("@TIMEZONE@", '"America/New_York"')
        settings = settings.replace("@MAIL_DOMAINS@", '["school.example"]')
        settings = settings.replace("[collect]\n", '[collect]\nallow = ["127.0.0.0/8"]\n')
        (folder / "district.toml").write_text(settings, encoding="utf-8")
        account = f"feed:{base}/feed.xml"
        (folder / "accounts.csv").write_text(f"account,kind\n{account},district\n", encoding="utf-8")
        yield folder


@pytest.mark.slow
def test_debians_cron_runs_the_audit(workspace: Path, district: Path, tmp_path: Path) -> None:
    need_cron()
    command = str(program(tmp_path, exits=1))
    call = f'from dataclasses import replace; install(replace(s, program=Path({command!r})), "cron")'
    called, log, real = tmp_path / "called", workspace / "logs" / "audit.log", district / "logs" / "audit.log"
    in_private(f"""
        {driver(workspace, call)}
        {driver(district, 'install(s, "cron")')}
        # The lines as they were installed, but for every minute: a test does not wait for the hour.
        crontab -l | sed -E 's/^[0-9]+ \\* \\* \\* \\* /* * * * * /' | crontab -
        [ "$(crontab -l | grep -c '^\\* \\* \\* \\* \\* /bin/sh ')" = 2 ]
        cron -f & cron=$!
        trap 'kill $cron' EXIT
        for _ in $(seq 150); do
            [ -s {shlex.quote(str(log))} ] && [ -s {shlex.quote(str(real))} ] && break
            sleep 1
        done
    """, timeout_s=200)
    assert called.read_text().splitlines()[:5] == ["-w", str(workspace), "audit", "--time-limit", "55m"]
    assert "exit code 1\nthe audit speaks" in log.read_text()
    assert "exit code 0\n" in real.read_text()
    # The post, and the profile of the feed.
    assert "Collected 1 account of 1: 1 new" in real.read_text()
    assert list((district / "reports").glob("*.html"))
