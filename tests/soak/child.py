"""Runs the real command in processes that are there to be killed.

A process that has everything imported waits on standard input for orders, one JSON object a line, and forks one child
for each: so a kill hits the run's own work and not a second of imports. The child is the leader of a process group of
its own. Answers are JSON lines too: ``{"pid": …}`` when it has begun, ``{"status": …, "steps": […]}`` when it is over.

An order has ``argv`` (as after ``rollbook``), and may have ``standin`` (the address of a stand-in network, whose
collector then takes the place of the real ones), ``phases`` (a file that tells what the run is at, one byte), ``count``
(its durable steps are counted) and ``crash_at`` (the step at which it ends at once, as by a kill; see steps.py).
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rollbook import analyze, audit, cli, collect
from rollbook.archive import archive
from rollbook.plugins import analyzers, collectors, reports
from tests import standin
from tests.soak import steps

#: What a run is at, in the order of a run; the byte in the file of phases is the place in this list.
PHASES = ("starting", "opening", "collecting", "analyzing", "reporting")
#: Batches are smaller than a district's, so that a small one has as many moments at which a kill may fall.
_POSTS_AT_ONCE, _EXCHANGES_AT_ONCE, _REPLAYED_AT_ONCE = 10, 4, 7
#: The two look-ups that establish a deletion wait this long between them: nothing lags on loopback. **Units**: seconds.
_LOOK_UP_AGAIN_AFTER_S = 0.02


def _prepare(order: dict[str, Any]) -> None:
    analyze.BATCH = _POSTS_AT_ONCE
    archive.SYNC_EVERY, archive.REPLAY_AT_ONCE = _EXCHANGES_AT_ONCE, _REPLAYED_AT_ONCE
    collect.LOOK_UP_AGAIN_AFTER_S = _LOOK_UP_AGAIN_AFTER_S
    if order.get("standin"):
        network = {"standin": standin.collector(standin.StandInNetwork(base=order["standin"]))}
        _replace(collect, "collectors", lambda: network)
    if order.get("phases"):
        _tell_phases(Path(order["phases"]))


def _tell_phases(file: Path) -> None:
    with file.open("r+b") as handle:
        shared = mmap.mmap(handle.fileno(), 1)

    def told(phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            shared[0] = PHASES.index(phase)
            return function(*arguments, **named)

        return called

    archive.Archive.__init__ = told("opening", archive.Archive.__init__)  # type: ignore[method-assign]
    for name, phase in (("collect", "collecting"), ("analyze", "analyzing"), ("report", "reporting")):
        _replace(audit, name, told(phase, getattr(audit, name)))


def _replace(module: ModuleType, name: str, function: Callable[..., Any]) -> None:
    getattr(module, name)  # what is no longer called by this name would be replaced without effect
    setattr(module, name, function)


def _run(order: dict[str, Any], tell: int) -> None:
    """The child: never returns."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    status = 0
    try:
        _prepare(order)
        counted = steps.count(order.get("crash_at")) if order.get("count") else []
        sys.argv = ["rollbook", *order["argv"]]
        try:
            cli.main()
        except SystemExit as end:
            status = int(end.code or 0)
        os.write(tell, json.dumps(counted).encode())
    except BaseException as err:
        os.write(2, f"{type(err).__name__}: {err}\n".encode())
        status = 70
    finally:
        os._exit(status)


def main() -> None:
    """Waits for orders until standard input ends."""
    for load in (collectors, analyzers, reports):
        try:
            load()
        except Exception as err:  # a run that needs the plugin will say so itself
            print(f"child: {err}", file=sys.stderr)
    for name in ("rollbook.running", "rollbook.archive.migrations"):  # as a command does when it needs them
        import_module(name)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    print(json.dumps({"ready": os.getpid()}), file=answers)
    for line in sys.stdin:
        order = json.loads(line)
        told, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(told)
            _run(order, tell)
        os.close(tell)
        print(json.dumps({"pid": pid}), file=answers)
        with os.fdopen(told, "rb") as pipe:
            counted = pipe.read()
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        print(json.dumps({"status": code, "steps": json.loads(counted or b"[]")}), file=answers)


if __name__ == "__main__":
    main()
