"""What every test may rely on: no connection leaves the machine, and no keyring is open but one that a test brings."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import keyring
import pytest
from keyring.backends import null


def stays_here(host: object) -> bool:
    """Whether an address or name is this machine's loopback; empty stands for "any of mine"."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the modules that hold something slow: begun last, they would keep one process while the other waits."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True, scope="session")
def nothing_leaves_the_machine() -> Iterator[None]:
    """Refuses every connection of this process to another machine, and finds no other machine's name."""
    connect, connect_ex, find = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(address: Any) -> None:
        if isinstance(address, tuple) and not stays_here(address[0]):
            raise PermissionError(f"a test tried to reach {address[0]}; tests talk to loopback only")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse(address)
        return connect_ex(self, address)

    def guarded_find(host: Any, *rest: Any, **named: Any) -> Any:
        try:
            ipaddress.ip_address(str(host).partition("%")[0])
        except ValueError:
            if not stays_here(host):
                raise socket.gaierror(socket.EAI_NONAME, f"tests find loopback names only, not {host}") from None
        return find(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_find)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_keyring_is_open() -> None:
    """Left to itself keyring takes the best of all that are known, a test's own keyring that fails among them."""
    keyring.set_keyring(null.Keyring())
