"""A server on loopback that says exactly the bytes it is told to, so that every fault of a real one can be had."""

from __future__ import annotations

import socket
import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import responses
from ipaddress import ip_network

from rollbook.http import Exchange
from rollbook.workspace import CollectSettings
from tests.serving import running

#: What a path is answered with: bytes as they are, or a function that writes to the connection.
Script = bytes | Callable[[socket.socket], None]
ALLOWED = (ip_network("127.0.0.0/8"),)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Loopback:
    """The server, and what it is to say."""

    address: tuple[str, int] = ("", 0)
    #: Path to answer; a list is used up from its front, its last stays.
    scripts: dict[str, Script | list[Script]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    def script(self, path: str) -> Script:
        said = self.scripts.get(path.partition("?")[0], answer(404, b"nothing here"))
        if isinstance(said, list):
            return said.pop(0) if len(said) > 1 else said[0]
        return said


def answer(status: int = 200, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    """An answer whose length is told as it is, unless ``length`` says otherwise."""
    told = len(body) if length is None else length
    first = [f"HTTP/1.1 {status} {responses.get(status, 'Odd')}", f"Content-Length: {told}"]
    return "\r\n".join([*first, *headers, "", ""]).encode("latin-1") + body


def redirect(target: str, status: int = 302) -> bytes:
    return answer(status, b"moved", f"Location: {target}")


@contextmanager
def loopback(*, tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """Serves until the caller is done."""
    state = Loopback()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            state.connections += 1
            while head := self._head():
                line, *lines = head.decode("latin-1").split("\r\n")
                method, path, _ = line.split(" ")
                headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                state.asked.append(Asked(method, path, headers, body))
                said = state.script(path)
                if callable(said):
                    said(self.connection)
                    return
                if method == "HEAD":
                    said = said.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                self.connection.sendall(said)
                if b"connection: close" in said.lower():
                    return

        def _head(self) -> bytes:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = self.rfile.readline()
                if not line:
                    return b""
                head += line
            return head.strip()

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def finish_request(self, request: socket.socket, client_address: object) -> None:
            request.settimeout(10)
            with tls.wrap_socket(request, server_side=True) if tls is not None else request as connection:
                super().finish_request(connection, client_address)

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away in the middle is what these tests are about."""

    with running(server := Server(("127.0.0.1", 0), Handler)):
        state.address = ("127.0.0.1", server.server_address[1])
        yield state


def settings(**more: object) -> CollectSettings:
    """What a workspace that allows loopback says."""
    return CollectSettings(**{"allow": ALLOWED, **more})  # type: ignore[arg-type]


class ListSink:
    """Keeps what would be archived."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def record(self, exchange: Exchange) -> str:
        self.exchanges.append(exchange)
        return f"<urn:uuid:{len(self.exchanges)}>"

    @property
    def statuses(self) -> list[int]:
        return [exchange.status for exchange in self.exchanges]

    def dump(self) -> str:
        """Everything that would be in the archive, as one text."""
        return "\n".join(repr(exchange) for exchange in self.exchanges)
