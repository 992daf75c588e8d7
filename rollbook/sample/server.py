"""Serves the sample district's networks on this machine: real HTTP on 127.0.0.1, each stand-in on a port of its own.

These are stand-ins, written from the networks' published interfaces, for the sample and its tests; they are not the
networks. A workspace reaches them through ``[collect.reroute]``, so that every record keeps its believable address.
"""

from __future__ import annotations

import selectors
import socket
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from rollbook.sample import bluesky, feeds, mastodon
from rollbook.sample.answers import Asked, Respond
from rollbook.sample.posts import Story, StoryState, read_story

#: How long a stand-in waits for a kept connection to say something. **Units**: seconds.
_IDLE_S = 30


class StandInNetworks:
    """The sample's networks in one state; entered, it gives the table for ``[collect.reroute]``.

    **Shape**: ``https://host`` to ``http://127.0.0.1:port``; the ports are other ones each time.
    """

    def __init__(self, state: StoryState = 1, *, story: Story | None = None) -> None:
        told = story or read_story(state)
        self._hosts: dict[str, Respond] = {**feeds.hosts(told), **bluesky.hosts(told), **mastodon.hosts(told)}
        #: Every request so far, as the address that was asked for: tests count them.
        self.asked: list[str] = []
        self._servers: list[_StandIn] = []
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="stand-in networks", daemon=True)

    def __enter__(self) -> Mapping[str, str]:
        reroute = {}
        for origin, respond in self._hosts.items():
            server = _StandIn(origin, respond, self.asked)
            self._servers.append(server)
            reroute[origin] = f"http://127.0.0.1:{server.server_port}"
        self._thread.start()
        return reroute

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.close()
        self._thread.join()
        self._stopped.close()
        for server in self._servers:
            server.close()

    def _serve(self) -> None:
        # One thread waits for all hosts: serve_forever would poll, once for each of them.
        with selectors.DefaultSelector() as ready:
            ready.register(self._stopped, selectors.EVENT_READ)
            for server in self._servers:
                ready.register(server, selectors.EVENT_READ, server)
            while True:
                for key, _ in ready.select():
                    if key.data is None:
                        return
                    key.data.handle_request()


class _StandIn(ThreadingHTTPServer):
    """One host."""

    # Threads are joined in close(), after their connections were shut.
    daemon_threads = False

    def __init__(self, origin: str, respond: Respond, asked: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin, self.respond, self.asked = origin, respond, asked
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a bug of the stand-in and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Ends kept connections, waits for their threads, frees the port."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was quicker
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "RollbookStandIn/1"
    timeout = _IDLE_S
    server: _StandIn  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(self.server.origin + self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        answer = self.server.respond(Asked(unquote(parts.path), query, headers))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if body and answer.status != 304:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the audit's own output is what a person reads."""
