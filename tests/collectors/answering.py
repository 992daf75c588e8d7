"""A server over real HTTP whose answers a test writes, alone or in front of a real server that it passes all else on to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

#: What a server says of the connection, and not of its answer.
_ITS_OWN = frozenset(("connection", "content-encoding", "content-length", "date", "keep-alive", "server", "transfer-encoding"))


@dataclass
class Asked:
    """One request."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    #: Path and query as they were sent.
    target: str = ""


Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


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


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: that Rollbook gives up waiting is what a test wants to see."""


@contextmanager
def serve() -> Iterator[StandIn]:
    """A stand-in that answers until the caller is done with it."""
    server_side = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body, *more = server_side.answer(Asked(parts.path, query, headers, self.path))
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**server_side.adds, **(more[0] if more else {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            pass

    server = _Quiet(("127.0.0.1", 0), Handler)
    server_side.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server_side
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
