"""A stand-in network as a server on loopback: real HTTP, and one function that answers."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: Status (0 hangs up), body (bytes, or what JSON can spell), and headers where there are any.
Answer = tuple[int, Any] | tuple[int, Any, Mapping[str, str]]


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, list[str]]
    #: Names in lower case.
    headers: dict[str, str]
    body: bytes = b""
    #: Path and query as they were sent.
    target: str = ""

    @property
    def single(self) -> dict[str, str]:
        """The first value of each name, empty ones left out."""
        return {name: values[0] for name, values in self.query.items() if values[0]}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of a caller that gave up waiting: that is what a test wants to see."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running(server: BaseServer) -> Iterator[None]:
    """Lets a server answer until the caller is done with it."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving(answer: Callable[[Asked], Answer], *, methods: Sequence[str] = ("GET",)) -> Iterator[str]:
    """Gives the address of the server; what ``answer`` asserts in vain fails the test when it is over.

    So does a request by a method that it does not take: Rollbook reads.
    """
    failed: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            sent = self.rfile.read(int(headers.get("content-length", 0)))
            try:
                assert self.command in methods, f"{self.command} {self.path}"
                query = parse_qs(parts.query, keep_blank_values=True)
                status, body, *more = answer(Asked(self.command, parts.path, query, headers, sent, self.path))
            except AssertionError as err:
                failed.append(str(err))
                status, body, more = 500, str(err).encode(), []
            if not status:
                return
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(raw)), **(more[0] if more else {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    with running(server := _Server(("127.0.0.1", 0), Handler)):
        yield f"http://127.0.0.1:{server.server_port}"
    assert not failed, failed
