"""The lowest step of the Door: sockets to checked addresses only, one deadline over the whole answer, bounded bodies.

urllib3 resolves, connects and reads by itself; these subclasses put the question of the address between resolving and
connecting (the address that was checked is the one that is connected to, so a name that changes its answer gains
nothing), and the deadline into every single read (a time-out of urllib3 starts anew with each byte that drips in).
"""

from __future__ import annotations

import http.client
import io
import socket
import zlib
from collections.abc import Callable, Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util.connection import allowed_gai_family, create_connection

from rollbook.addresses import Network, refusal
from rollbook.pacing import Clock

_CHUNK_BYTES = 1 << 16
#: Content codings over one another, and gzip members after one another, that an honest server may send.
_MOST_CODINGS, _MOST_MEMBERS = 3, 64

#: Why a body is not whole: more than the bound, too slow, cut off, or packed in a way that cannot be undone. The
#: first three are the words of WARC-Truncated. **Source**: ISO 28500:2017, 5.13.
Fault = Literal["", "length", "time", "disconnect", "coding"]


class RefusedError(Exception):
    """No address of a host may be connected to."""


@dataclass(slots=True)
class Call:
    """What one call of a client may spend, over all its redirects and attempts."""

    clock: Clock
    allow: Collection[Network]
    #: ``clock.monotonic()`` at which it ends; moved on by what it sleeps.
    deadline: float
    #: What it may still wait because the platform asks, in seconds.
    patience_s: float
    #: The address that answered last.
    ip_address: str = ""
    #: Looked up with each call, so that a test's guard holds.
    resolve: Callable[..., list[Any]] = field(default_factory=lambda: socket.getaddrinfo)

    def left_s(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - self.clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits without spending the call's time."""
        if seconds > 0:
            self.clock.sleep(seconds)
            self.deadline += seconds


#: The call under way in this thread.
CALL: ContextVar[Call] = ContextVar("call")


class _Source(io.RawIOBase):
    """Reads a socket until the call's deadline, however slowly the bytes drip."""

    def __init__(self, sock: socket.socket, call: Call) -> None:
        self._sock, self._call, self._patience_s = sock, call, sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = self._call.left_s()
        if left_s <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left_s if self._patience_s is None else min(left_s, self._patience_s))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        call = CALL.get()
        self.fp.close()
        self.fp = io.BufferedReader(_Source(sock, call))
        call.ip_address = _peer(sock)


def _peer(sock: socket.socket) -> str:
    try:
        return str(sock.getpeername()[0])
    except OSError:  # already closed by the other side; what it sent can still be read
        return ""


class _GuardedConnection(HTTPConnection):
    response_class = _TimedResponse

    def _new_conn(self) -> socket.socket:
        call = CALL.get()
        failure: Exception = NewConnectionError(self, f"{self.host} has no address")
        for address in self._addresses(call):
            timeout_s = min(call.left_s(), self.timeout if isinstance(self.timeout, int | float) else call.left_s())
            if timeout_s <= 0:
                failure = ConnectTimeoutError(self, f"no connection to {self.host} in time")
                break
            try:
                return create_connection((address, self.port), timeout_s, self.source_address, self.socket_options)
            except TimeoutError:
                failure = ConnectTimeoutError(self, f"{self.host} does not answer at {address}")
            except OSError as err:
                cause = err.strerror or str(err)
                failure = NewConnectionError(self, f"{self.host} takes no connection at {address}: {cause}")
        raise failure

    def _addresses(self, call: Call) -> list[str]:
        """The addresses of the host that may be connected to. **Raises** RefusedError where it has none such."""
        try:
            found = call.resolve(self._dns_host, self.port, allowed_gai_family(), socket.SOCK_STREAM)
        except socket.gaierror as err:
            raise NameResolutionError(self.host, self, err) from err
        except UnicodeError as err:
            raise NewConnectionError(self, f"{self.host!r} is no host name") from err
        addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
        reasons = {address: refusal(address, call.allow) for address in addresses}
        allowed = [address for address, reason in reasons.items() if reason is None]
        if reasons and not allowed:
            address, reason = next(iter(reasons.items()))
            host = self.host
            raise RefusedError(f"{host} is {reason}" if host == address else f"{host} leads to {address}, {reason}")
        return allowed


class _GuardedTLSConnection(_GuardedConnection, HTTPSConnection):
    """The name for SNI and for the certificate stays the host's; only the socket goes to the checked address."""


# urllib3's own connections do not satisfy its protocol for them either, as pyright reads it
class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection  # pyright: ignore[reportAssignmentType]


class _GuardedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTLSConnection  # pyright: ignore[reportAssignmentType]


class GuardedPools(PoolManager):
    """A PoolManager none of whose connections goes to an address that is not allowed."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTLSPool}


# -- bodies ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Body:
    """What was received of a body, and what is wrong with it."""

    #: As on the wire, without the chunks.
    packed: bytes = b""
    #: Content codings undone; equal to ``packed`` where they could not be.
    plain: bytes = b""
    fault: Fault = ""


def read_body(raw: HTTPResponse, limit_bytes: int) -> Body:
    """Reads a whole body, packed and unpacked within the bound; says what is wrong instead of raising."""
    packed, fault = _receive(raw, limit_bytes)
    if fault == "length":
        return Body(fault=fault)
    codings = [coding.strip().lower() for coding in raw.headers.get("content-encoding", "").split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if not packed or not codings:
        return Body(packed, packed, fault)
    plain, trouble = _unpack(packed, codings, limit_bytes)
    if trouble == "length":
        return Body(fault=trouble)
    return Body(packed, packed if trouble == "coding" else plain, fault or trouble)


def _receive(raw: HTTPResponse, limit_bytes: int) -> tuple[bytes, Fault]:
    parts, size = [], 0
    fault: Fault = "length" if (raw.length_remaining or 0) > limit_bytes else ""
    try:
        while not fault and (part := raw.read1(_CHUNK_BYTES, decode_content=False)):
            size += len(part)
            parts.append(part)
            fault = "length" if size > limit_bytes else ""
    except ReadTimeoutError:
        fault = "time"
    except (HTTPError, OSError):
        fault = "disconnect"
    if fault:
        raw.close()
    return b"".join(parts), fault


def _unpack(packed: bytes, codings: list[str], limit_bytes: int) -> tuple[bytes, Fault]:
    """Undoes content codings. Only gzip and deflate were asked for; a server that sends another is not understood."""
    if len(codings) > _MOST_CODINGS:
        return packed, "coding"
    plain, fault = packed, ""
    for coding in reversed(codings):
        if coding in ("gzip", "x-gzip"):
            plain, fault = _inflate(plain, 16 + zlib.MAX_WBITS, limit_bytes)
        elif coding == "deflate":
            plain, fault = _inflate(plain, zlib.MAX_WBITS, limit_bytes)
            if fault == "coding":  # some servers mean the bare stream (RFC 9110, 8.4.1.2)
                plain, fault = _inflate(plain, -zlib.MAX_WBITS, limit_bytes)
        else:
            return packed, "coding"
        if fault:
            return plain, fault
    return plain, ""


def _inflate(packed: bytes, window: int, limit_bytes: int) -> tuple[bytes, Fault]:
    plain, rest = bytearray(), packed
    for member in range(_MOST_MEMBERS):
        unpacker = zlib.decompressobj(window)
        try:
            plain += unpacker.decompress(rest, limit_bytes + 1 - len(plain))
        except zlib.error:
            # what follows a whole member is padding, not data
            return (bytes(plain), "") if member else (packed, "coding")
        if len(plain) > limit_bytes:
            return b"", "length"
        if not unpacker.eof:
            return bytes(plain), "disconnect"
        rest = unpacker.unused_data
        if not rest or window < 16:
            return bytes(plain), ""
    return packed, "coding"
