"""Real servers on loopback, once a session, and a small kernel without an archive that visits them.

The servers are installed once, into ``$SERVERS_HOME`` (``~/.cache/rollbook-test-servers``), by ``tests/servers/install.sh``.
Where that cannot be done their tests are skipped with the reason; under ``CI`` they fail.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from rollbook.http import Door
from rollbook.plugins import Presence, Sweep, Visit, collectors
from rollbook.types import Account, Marked, Page, Post
from rollbook.workspace import CollectSettings
from tests.installing import SERVERS, install

from .fortnight import Fortnight
from .pictures import png


def free_port(block: int) -> int:
    """A port with ``block`` free ones, itself the last."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with ExitStack() as taken:
            try:
                for number in range(port - block + 1, port + 1):
                    taken.enter_context(socket.create_server(("127.0.0.1", number)))
            except OSError:
                continue
        return port
    raise RuntimeError("no free ports")


def start(name: str, block: int = 1) -> Iterator[list[str]]:
    """Installs a server where it is missing, starts it, gives what it says it is, and stops it."""
    install(name)
    process = subprocess.Popen(
        [SERVERS / name / "start.sh"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PORT": str(free_port(block))},
    )
    assert process.stdout
    assert process.stderr
    try:
        words = process.stdout.readline().split()
        if words[:1] != ["READY"]:
            pytest.fail(f"the server {name} does not start: {process.stderr.read()[-500:]}")
        yield words[1:]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


@pytest.fixture(scope="session")
def pds() -> Iterator[str]:
    """The address of AT Protocol's own server; its directory of identities is on the port before."""
    for words in start("pds_only", block=2):
        yield words[0]


@pytest.fixture(scope="session")
def atproto() -> Iterator[tuple[str, str]]:
    """The addresses of AT Protocol's own server and of Bluesky's AppView over it."""
    for words in start("atproto_devenv", block=6):
        yield words[0], words[1]


@pytest.fixture(scope="session")
def mastodon_mock() -> Iterator[str]:
    """The address of a mock of Mastodon (PyPI: mastodon-mock)."""
    for words in start("masto_mock"):
        yield words[0]


@pytest.fixture(scope="session")
def x_prism() -> Iterator[str]:
    """The address of a server that judges requests by X's OpenAPI document (npm: @stoplight/prism-cli)."""
    contract = Path(__file__).resolve().parents[3] / "shared" / "payloads" / "contracts" / "x_openapi.json"
    if not contract.is_file():
        pytest.skip("X's OpenAPI document of ../shared/payloads/contracts is not here")
    os.environ["X_OPENAPI"] = str(contract)
    for words in start("x_prism"):
        yield words[0]


@pytest.fixture(scope="session")
def wordpress() -> Iterator[str]:
    """The address of WordPress."""
    for words in start("wordpress"):
        yield words[0]


@pytest.fixture(scope="session")
def mediawiki() -> Iterator[str]:
    """The address of MediaWiki."""
    for words in start("mediawiki"):
        yield words[0]


@pytest.fixture(scope="session")
def misago() -> Iterator[str]:
    """The address of a Misago forum."""
    for words in start("misago"):
        yield words[0]


@pytest.fixture(scope="session")
def hugo() -> Iterator[tuple[str, Path]]:
    """The address of a site that hugo makes, and the folder of its posts."""
    for words in start("feeds"):
        yield words[0], Path(words[1])


@dataclass
class Seen:
    """What one visit brought, as the kernel would take it."""

    sweep: Sweep | None = None
    pages: list[Page] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)

    def by_id(self) -> dict[str, Post]:
        """The last version of each post."""
        return {post.id: post for post in self.posts}

    def texts(self) -> list[str]:
        """What the posts say, profiles left out."""
        return [post.text for post in self.by_id().values() if post.kind != "profile"]

    @property
    def cursor(self) -> Mapping[str, str]:
        assert self.sweep
        return self.sweep.cursor


class Kernel:
    """Visits accounts as the kernel does, without an archive."""

    def __init__(
        self, account: str, settings: Mapping[str, Any] | None = None, reroute: Mapping[str, str] | None = None
    ) -> None:
        self.account = Account(account, "district")
        self.settings = dict(settings or {})
        self.plugin = collectors()[self.account.network]
        allow = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
        self.door = Door(CollectSettings(allow=allow, reroute=dict(reroute or {})))

    def asked(self, cursor: Mapping[str, str] | None = None, look_back_to: datetime | None = None) -> Visit:
        return Visit(self.account, dict(cursor or {}), look_back_to, self.settings)

    def visit(self, cursor: Mapping[str, str] | None = None, look_back_to: datetime | None = None) -> Seen:
        seen, pages = Seen(), self.plugin.collect(self.asked(cursor, look_back_to), self.door)
        while True:
            try:
                page = next(pages)
            except StopIteration as end:
                seen.sweep = end.value
                return seen
            seen.pages.append(page)
            parsed = self.plugin.parse(page)
            assert all(post.account == self.account.key for post in parsed.posts)
            seen.posts += parsed.posts
            seen.marked += parsed.marked

    def look_at(self) -> Post:
        """The profile alone, as of an account that is not on record."""
        assert self.plugin.profile
        found = self.plugin.profile(self.asked(), self.door)
        (profile,) = (post for post in self.plugin.parse(found.page).posts if post.kind == "profile")
        return profile

    def look_up(self, *posts: Post) -> list[Presence]:
        return list(self.plugin.look_up(self.asked(), posts, self.door))


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A green square as a PNG file."""
    return png(30, 200, 30)


@pytest.fixture
def kernel() -> Callable[..., Kernel]:
    """Makes a Kernel for an account."""
    return Kernel


@pytest.fixture
def archived(tmp_path: Path) -> Callable[..., Fortnight]:
    """Makes an archive for an account, and how many days each visit reads again; its first day is before October."""
    first = datetime(2026, 9, 30, 18, tzinfo=UTC)
    return lambda account, look_back_days=30: Fortnight(tmp_path, account, first=first, look_back_days=look_back_days)


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Waits until something is true: a server that rebuilds needs a moment."""

    def wait(happens: Callable[[], Any]) -> Any:
        for _ in range(150):
            found = happens()
            if found:
                return found
            time.sleep(0.1)
        return happens()

    return wait
