"""A server over real HTTP whose answers a test writes, alone or in front of a real server that it passes all else on to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.serving import Answer, Asked, serving

#: What a server says of the connection, and not of its answer.
_ITS_OWN = frozenset(("connection", "content-encoding", "content-length", "date", "keep-alive", "server", "transfer-encoding"))


@dataclass
class StandIn:
    """A server whose answers a test writes: by path, a body or a function of what was asked."""

    base: str = ""
    answers: dict[str, Answer | Callable[[Asked], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    #: What it answers to everything; None for what stands in ``answers``.
    always: Answer | None = None
    #: Headers of every answer.
    adds: dict[str, str] = field(default_factory=dict)
    #: The address of the server that answers where no answer is written; empty for none.
    real: str = ""

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        found = self.always or self.answers.get(asked.path)
        if found is None:
            return self.passed_on(asked) if self.real else (404, {"error": "Record not found"})
        return found(asked) if callable(found) else found

    def passed_on(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        """What the real server answers."""
        theirs = {name: value for name, value in asked.headers.items() if name not in ("host", "connection")}
        answer = requests.get(f"{self.real}{asked.target}", headers=theirs, timeout=20, allow_redirects=False)
        told = {name: value for name, value in answer.headers.items() if name.lower() not in _ITS_OWN}
        return answer.status_code, answer.content, told

    def changed(self, change: Callable[[Any], None]) -> Callable[[Asked], Answer]:
        """The JSON that the real server answers, with something about it changed."""

        def answer(asked: Asked) -> Answer:
            status, body, headers = self.passed_on(asked)
            told = json.loads(body)
            change(told)
            return status, told, headers

        return answer


@contextmanager
def serve() -> Iterator[StandIn]:
    """A stand-in that answers until the caller is done with it."""
    server_side = StandIn()

    def answer(asked: Asked) -> Answer:
        status, body, *more = server_side.answer(asked)
        return status, body, {**server_side.adds, **(more[0] if more else {})}

    with serving(answer) as server_side.base:
        yield server_side
