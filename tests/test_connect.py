"""Being let into a network: what is asked, what is checked, where it is kept, when it ends; and that no secret shows."""

from __future__ import annotations

import gzip
import http.client
import json
import logging
import os
import pty
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
import keyring
import pytest
from click.testing import CliRunner, Result
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked

from collectors import _graph_client as graph_client
from rollbook import connect as connecting
from rollbook import granted
from rollbook.access import Access, access_to
from rollbook.audit import open_archive
from rollbook.authorizing import Tokens, challenge
from rollbook.cli import main_group
from rollbook.collect import Request, collect
from rollbook.connect import Terminal, connect
from rollbook.credentials import credential, credential_name, keep, place_of
from rollbook.doctor import Check, examine
from rollbook.errors import AccessError, CollectError, ConfigError, NoKeyring, PageError
from rollbook.granted import Granted, note_granted, read_granted, standings
from rollbook.http import Door
from rollbook.init import Answers, lay
from rollbook.loopback import LoopbackRedirect
from rollbook.plugins import Visit, collectors
from rollbook.renewing import renew_due
from rollbook.stored import forget_credentials
from rollbook.taking import Outcome
from rollbook.types import Account
from rollbook.workspace import Workspace, read_workspace

from .authorization_server import CANARY, StandInAuthorizationServer, fresh, serve

ACCOUNTS = ("mastodon:office@town.example", "threads:example_csd", "tiktok:example_csd", "x:example_csd",
            "facebook:example.csd", "bluesky:school.example", "youtube:@example_csd", "flickr:1@N02")
APP_ID, APP_SECRET = "1234567890123456", "0" * 31 + "a"


class FakeKeyring(KeyringBackend):
    """A keyring that is none: it forgets with the test."""

    # keyring knows every class of this kind, and would take one of these where the machine has none of its own.
    priority = -1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[username]


class FakeLockedKeyring(FakeKeyring):
    """A keyring whose owner has not unlocked it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("canary-in-its-words")


class FakeBrokenKeyring(FakeKeyring):
    """A backend with a defect."""

    def get_password(self, service: str, username: str) -> str | None:
        raise AttributeError("canary-in-its-words")


class FakeForgetfulKeyring(FakeKeyring):
    """Takes everything and keeps nothing, as keyring's null backend does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKeyring]:
    before = keyring.get_keyring()
    fake = FakeKeyring()
    keyring.set_keyring(fake)
    yield fake
    keyring.set_keyring(before)


@pytest.fixture
def server() -> Iterator[StandInAuthorizationServer]:
    with serve(StandInAuthorizationServer()) as network:
        yield network
    assert network.wrong == []


@pytest.fixture
def workspace(tmp_path: Path, server: StandInAuthorizationServer) -> Workspace:
    list(lay(tmp_path / "district", Answers("Example CSD", ("example.example",), accounts=ACCOUNTS)))
    file = tmp_path / "district" / "district.toml"
    rows = "\n".join(f'"{asked}" = "{target}"' for asked, target in server.reroute.items())
    text = file.read_text(encoding="utf-8").replace("look_back_days = 30", 'look_back_days = 30\nallow = ["127.0.0.0/8"]')
    file.write_text(f'{text}\n[collect.reroute]\n{rows}\n[collect.mastodon]\nbase = "{server.base}"\n', encoding="utf-8")
    return read_workspace(tmp_path / "district")


@dataclass
class Person:
    """Types what a test lays before them, and has a browser that goes where it is sent."""

    types: list[str] = field(default_factory=list)
    base: str = ""
    asked: list[tuple[str, bool]] = field(default_factory=list)
    saw: list[tuple[int, str]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def ask(self, label: str, unseen: bool) -> str:
        self.asked.append((label, unseen))
        return self.types.pop(0)

    def browse(self, url: str) -> None:
        self.opened.append(url)
        parts = urlsplit(url)
        self.saw.append(get(f"{self.base}{parts.path}?{parts.query}"))

    def __call__(self) -> Terminal:
        return Terminal(self.ask, self.browse)


def get(url: str, host: str = "", headers: dict[str, str] | None = None) -> tuple[int, str]:
    request = urllib.request.Request(url, headers={**({"Host": host} if host else {}), **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as err:
        with err:
            return err.code, err.read().decode()


# -- what is asked for -------------------------------------------------------------------------------------------


def test_every_collector_says_how_one_is_let_in() -> None:
    assert set(collectors()) <= set(access_to())


@pytest.mark.parametrize("network", sorted(access_to()))
def test_the_steps_are_for_a_person_and_no_field_takes_a_password(network: str) -> None:
    for access in access_to()[network].ways:
        assert access.why
        if access.credentials:
            are_for_a_person(access)


def are_for_a_person(access: Access) -> None:
    assert len(access.steps) >= 3
    assert all(step.endswith((".", "/")) for step in access.steps)
    assert sum(asked.token for asked in access.credentials) == 1
    for asked in access.asks:
        assert not re.search("pass(word|phrase)|log-?in|user ?name", f"{asked.name} {asked.label}", re.IGNORECASE)
        assert asked.looks
        for password in ("hunter2", "Password1!", "correct horse battery staple", "Tr0ub4dor&3", "FallSemester2026", "qwertyuiop"):
            if asked.token or "SECRET" in asked.name:
                assert not asked.form.fullmatch(password), (asked.name, password)
    for name in [*access.credentials]:
        assert re.fullmatch(r"ROLLBOOK_[A-Z_]+(\{(account|host)\})?[A-Z_]*(TOKEN|SECRET|KEY|(APP|CLIENT)_ID)", name.name)


def test_no_command_takes_a_secret_on_its_line() -> None:
    taken = [opt for command in main_group.commands.values() for param in command.params for opt in param.opts]
    assert "--forget" in taken
    assert not [opt for opt in taken if re.search("pass|token|secret|key|credential", opt)]


def test_every_credential_is_documented() -> None:
    settings = (Path(__file__).parent.parent / "docs" / "settings.md").read_text(encoding="utf-8")
    for access in (way for one in access_to().values() for way in one.ways):
        for asked in access.credentials:
            for name in (asked.name, asked.or_name) if asked.kept else ():
                assert f"`{name.format(account='HANDLE', host='HOST')}`" in settings or not name


def test_names_of_credentials() -> None:
    assert credential_name("x", what="BEARER_TOKEN") == "ROLLBOOK_X_BEARER_TOKEN"
    assert credential_name("threads", "example.csd_1") == "ROLLBOOK_THREADS_EXAMPLE_CSD_1_TOKEN"
    assert credential_name("mastodon", "social-1.example:8443") == "ROLLBOOK_MASTODON_SOCIAL_1_EXAMPLE_8443_TOKEN"


def test_the_environment_goes_before_the_keyring_and_the_first_name_before_the_second(
    ring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("ROLLBOOK_THREADS_TOKEN", "of all")
    assert credential("ROLLBOOK_THREADS_ANA_TOKEN", "ROLLBOOK_THREADS_TOKEN") == "of all"
    keep("ROLLBOOK_THREADS_ANA_TOKEN", "Ana's")
    assert credential("ROLLBOOK_THREADS_ANA_TOKEN", "ROLLBOOK_THREADS_TOKEN") == "Ana's"
    monkeypatch.setenv("ROLLBOOK_THREADS_ANA_TOKEN", "the environment's")
    assert credential("ROLLBOOK_THREADS_ANA_TOKEN", "ROLLBOOK_THREADS_TOKEN") == "the environment's"


def test_a_network_that_needs_nothing_says_so(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert connect(workspace, "bluesky", "", Person()) == 0
    assert "nothing is needed: what is read there is public" in capsys.readouterr().out
    with pytest.raises(ConfigError, match="no way into 'myspace' is known"):
        connect(workspace, "myspace", "", Person())


# -- pasting -----------------------------------------------------------------------------------------------------


def test_a_key_is_asked_unseen_checked_and_kept(
    workspace: Workspace, ring: FakeKeyring, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "AIza" + CANARY + "b" * 25
    person = Person(["my dog's name", f"  {key}\n"])
    assert connect(workspace, "youtube", "", person) == 0
    assert person.asked == [("API key", True)] * 2
    assert ring.held == {"ROLLBOOK_YOUTUBE_API_KEY": key}
    said = capsys.readouterr()
    assert "that is no API key: expected 39 letters and digits that begin with AIza" in said.err
    assert "my dog's name" not in said.err + said.out
    assert "Stored in this system's keyring: ROLLBOOK_YOUTUBE_API_KEY, with no end on record." in said.out
    (granted,) = read_granted(workspace).values()
    assert (granted.name, granted.network, granted.account, granted.expires_on) == ("ROLLBOOK_YOUTUBE_API_KEY", "youtube", "", None)


def test_what_never_has_the_form_is_not_stored(workspace: Workspace, ring: FakeKeyring) -> None:
    with pytest.raises(ConfigError, match="no Key was given"):
        connect(workspace, "flickr", "", Person(["hunter2"] * 3))
    assert ring.held == {}
    assert not (workspace.folder / "access.json").exists()


@pytest.mark.parametrize(("fake", "why"), [(fail.Keyring, "offers no keyring"), (FakeForgetfulKeyring, "did not keep it")])
def test_without_a_keyring_the_variables_are_named_and_nothing_is_written(
    workspace: Workspace, ring: FakeKeyring, fake: Callable[[], KeyringBackend], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring.set_keyring(fake())
    person = Person(["AIza" + CANARY + "b" * 25])
    if fake is fail.Keyring:
        assert connect(workspace, "youtube", "", person) == 1
        assert person.asked == []
        said = capsys.readouterr()
        assert "  ROLLBOOK_YOUTUBE_API_KEY: the API key\n" in said.out
        assert why in said.err
    else:
        with pytest.raises(NoKeyring, match=why):
            connect(workspace, "youtube", "", person)
    assert not (workspace.folder / "access.json").exists()


@pytest.mark.parametrize("fake", [FakeLockedKeyring, FakeBrokenKeyring])
def test_a_keyring_that_cannot_be_opened_is_not_an_empty_one(
    workspace: Workspace, ring: FakeKeyring, fake: type[FakeKeyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(fake())
    with pytest.raises(AccessError, match="cannot be opened") as closed:
        credential("ROLLBOOK_X_BEARER_TOKEN")
    assert (closed.value.code, "canary" in str(closed.value)) == ("keyring-closed", False)
    assert credential("ROLLBOOK_X_BEARER_TOKEN", optional=True) == ""
    states = {row.name: row for row in standings(workspace, TODAY)}
    assert states["ROLLBOOK_X_BEARER_TOKEN"].state == "closed"
    assert "keyring cannot be opened" in states["ROLLBOOK_X_BEARER_TOKEN"].says()
    monkeypatch.setenv("ROLLBOOK_X_BEARER_TOKEN", "from the environment")
    assert credential("ROLLBOOK_X_BEARER_TOKEN") == "from the environment"
    assert place_of("ROLLBOOK_X_BEARER_TOKEN") == "environment"


def test_a_keyring_that_cannot_be_opened_hides_nothing_else(
    workspace: Workspace, ring: FakeKeyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment is asked for every name; renewing, connecting and forgetting say that it is closed."""
    note_granted(workspace, Granted("ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN", "threads", "threads:example_csd", datetime.now(UTC) - timedelta(days=8), None))
    says = "this system's keyring cannot be opened (KeyringLocked)"

    def locked(*_: str) -> str:
        raise KeyringLocked("canary")

    monkeypatch.setattr(FakeKeyring, "get_password", locked)
    monkeypatch.setenv("ROLLBOOK_THREADS_TOKEN", "of all")
    assert credential("ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN", "ROLLBOOK_THREADS_TOKEN") == "of all"
    with Door(workspace.collect) as door:
        graph = graph_client.connect(Visit(Account("threads:example_csd", "district"), {}, None), door, "threads", "v1.0")
    assert (graph.token, graph.token_name) == ("of all", "ROLLBOOK_THREADS_TOKEN")
    (told,) = renew_due(workspace)
    assert says in told
    assert connect(workspace, "youtube", "", Person()) == 1
    assert says in capsys.readouterr().err
    with pytest.raises(AccessError, match="cannot be opened"):
        forget_credentials(workspace, "threads", "threads:example_csd")
    only = replace(workspace, register=type(workspace.register)({key: one for key in ("mastodon:office@town.example",) if (one := workspace.register.get(key))}))
    assert [row.name for row in standings(only, TODAY)] == ["ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN"], "what may be missing is not listed"


def test_a_keyring_that_is_a_file_is_none(ring: FakeKeyring) -> None:
    class PlaintextKeyring(FakeKeyring):
        """Named as the one that writes into a file."""

    keyring.set_keyring(PlaintextKeyring())
    with pytest.raises(NoKeyring):
        keep("ROLLBOOK_X_BEARER_TOKEN", "canary")


def test_facebook_keeps_the_pages_own_token(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.expires_at, server.kind = int((datetime.now(UTC) + timedelta(hours=1)).timestamp()), "USER"
    server.scopes = ["pages_show_list", "pages_read_engagement"]
    person = Person([APP_ID, APP_SECRET, fresh("EA")])
    assert connect(workspace, "facebook", "", person) == 0
    assert person.asked == [("App ID", False), ("App secret", True), ("access token", True)]
    longer, page, _ = server.given
    assert ring.held == {"ROLLBOOK_FACEBOOK_APP_SECRET": APP_SECRET, "ROLLBOOK_FACEBOOK_EXAMPLE_CSD_TOKEN": page}
    assert [sent["access_token"] for _, path, sent in server.asked if path == "/v25.0/me/accounts"] == [longer]
    said = capsys.readouterr()
    assert "the token lacks pages_read_user_content" in said.err
    assert APP_SECRET not in said.out + said.err
    granted = read_granted(workspace)["ROLLBOOK_FACEBOOK_EXAMPLE_CSD_TOKEN"]
    assert (granted.account, granted.scope, granted.expires_on) == ("facebook:example.csd", "pages_show_list pages_read_engagement", None)
    # Again with a system user's: what is there is kept with Enter, nothing is exchanged.
    server.expires_at, server.kind = 0, "SYSTEM_USER"
    again = Person([APP_ID, "", fresh("EA")])
    assert connect(workspace, "facebook", "", again) == 0
    assert again.asked[1] == ("App secret (is there already; press Enter to keep it)", True)
    assert [path for _, path, _ in server.asked].count("/v25.0/oauth/access_token") == 1
    # And with the Page's own, pasted.
    own = fresh("EAPage")
    assert connect(workspace, "facebook", "", Person([APP_ID, "", own])) == 0
    assert ring.held["ROLLBOOK_FACEBOOK_EXAMPLE_CSD_TOKEN"] == own


def test_a_token_for_other_pages_is_refused(workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer) -> None:
    file = workspace.folder / "accounts.csv"
    file.write_text(file.read_text() + "facebook:else,district,,,,,,,,\n")
    with pytest.raises(AccessError, match=r"opens Example\.CSD, band, not 'else'; nothing was stored"):
        connect(read_workspace(workspace.folder), "facebook", "facebook:else", Person([APP_ID, APP_SECRET, fresh("EA")]))
    assert ring.held == {}


@pytest.mark.parametrize("row", [{"id": "2", "name": "Band", "username": "Band"}, {"id": "2", "name": "Band"}, {"id": 2, "name": ["Band"]}, {}], ids=str)
def test_a_pages_own_token_is_held_against_the_account(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, row: dict[str, Any]
) -> None:
    server.page = row
    with pytest.raises(AccessError, match=r"this token opens .*, not 'example\.csd'; nothing was stored"):
        connect(workspace, "facebook", "", Person([APP_ID, APP_SECRET, fresh("EAPage")]))
    assert ring.held == {}
    for row in ({"id": "1", "username": "ExampleCSD"}, {"id": "1", "username": "example.c.s.d"}):  # full stops are not told apart
        server.page = row
        assert connect(workspace, "facebook", "", Person([APP_ID, APP_SECRET, fresh("EAPage")])) == 0


def test_instagram_takes_a_system_users_token_and_no_persons(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, capsys: pytest.CaptureFixture[str]
) -> None:
    pasted = fresh("EA")
    assert connect(workspace, "instagram", "", Person([APP_ID, APP_SECRET, pasted])) == 0
    assert ring.held == {"ROLLBOOK_FACEBOOK_APP_SECRET": APP_SECRET, "ROLLBOOK_INSTAGRAM_TOKEN": pasted}
    assert 'The number of example_csd is 17841: district.toml wants it as user = "17841" under [collect.instagram].' in capsys.readouterr().out
    server.kind = "USER"
    with pytest.raises(AccessError, match="a person's own token"):
        connect(workspace, "instagram", "", Person([APP_ID, "", fresh("EA")]))
    assert ring.held["ROLLBOOK_INSTAGRAM_TOKEN"] == pasted


def test_what_serves_all_accounts_is_missed_under_its_own_name(workspace: Workspace, ring: FakeKeyring) -> None:
    file = workspace.folder / "accounts.csv"
    file.write_text(file.read_text() + "instagram:example_csd,district,,,,,,,,\n")
    again = read_workspace(workspace.folder)
    missing = {row.name: row.says() for row in standings(again, TODAY) if row.network in ("instagram", "facebook")}
    assert missing == {
        "ROLLBOOK_INSTAGRAM_TOKEN": "missing: run `rollbook connect instagram`",
        "ROLLBOOK_FACEBOOK_EXAMPLE_CSD_TOKEN": "missing: run `rollbook connect facebook --account facebook:example.csd`",
    }
    keep("ROLLBOOK_INSTAGRAM_EXAMPLE_CSD_TOKEN", fresh("EA"))
    assert [row.name for row in standings(again, TODAY) if row.network == "instagram"] == ["ROLLBOOK_INSTAGRAM_EXAMPLE_CSD_TOKEN"]


def test_a_token_that_facebook_calls_invalid_is_not_stored(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer
) -> None:
    server.faults["/v25.0/debug_token"] = 200, {"data": {"is_valid": False, "error": {"code": 190}}}
    with pytest.raises(AccessError, match="not valid"):
        connect(workspace, "facebook", "", Person([APP_ID, APP_SECRET, fresh("EA")]))
    assert ring.held == {}


def test_threads_token_is_the_accounts_own(workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer) -> None:
    pasted = fresh("TH")
    assert connect(workspace, "threads", "", Person([pasted, ""])) == 0
    assert ring.held == {"ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN": pasted}
    (granted,) = read_granted(workspace).values()
    assert granted.account == "threads:example_csd"
    assert granted.expires_on == (datetime.now(UTC) + timedelta(days=60)).date()
    assert connect(workspace, "threads", "", Person([pasted, APP_SECRET])) == 0
    assert ring.held == {"ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN": server.given[-1]}
    server.owner = "somebody.else"
    with pytest.raises(AccessError, match=r"belongs to 'somebody.else', not to 'example_csd'; nothing was stored"):
        connect(workspace, "threads", "", Person([fresh("TH"), ""]))
    assert ring.held == {"ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN": server.given[-1]}


def test_which_account_has_to_be_plain(workspace: Workspace, ring: FakeKeyring) -> None:
    with pytest.raises(ConfigError, match="'threads:nobody' is not in the register"):
        connect(workspace, "threads", "threads:nobody", Person())
    file = workspace.folder / "accounts.csv"
    file.write_text(file.read_text() + "threads:example.csd,district,,,,,,,,\n")
    twice = read_workspace(workspace.folder)
    with pytest.raises(ConfigError, match="would share the name ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN"):
        connect(twice, "threads", "threads:example_csd", Person())
    file.write_text(file.read_text() + "threads:band,district,,,,,,,,\n")
    with pytest.raises(ConfigError, match=r"which account\?"):
        connect(read_workspace(workspace.folder), "threads", "", Person())


def test_connecting_wants_a_terminal(workspace: Workspace, ring: FakeKeyring) -> None:
    done = CliRunner().invoke(main_group, ["-w", str(workspace.folder), "connect", "x"], input="secret\n")
    assert isinstance(done.exception, ConfigError)
    assert "environment variables that docs/access.md lists" in str(done.exception)


# -- agreeing in the browser -------------------------------------------------------------------------------------


def test_mastodon_is_asked_in_the_browser(workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer) -> None:
    person = Person(base=server.base)
    assert connect(workspace, "mastodon", "", person) == 0
    assert person.asked == []
    ((status, page),) = person.saw
    assert status == 200
    assert '<html lang="en">' in page
    assert "<h1>Received</h1>" in page
    assert "You may close this window" in page
    assert ring.held == {"ROLLBOOK_MASTODON_TOWN_EXAMPLE_TOKEN": server.given[-1]}
    (granted,) = read_granted(workspace).values()
    assert granted.scope == "read:accounts read:statuses"
    asked = parse_qs(urlsplit(person.opened[0]).query)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/callback", asked["redirect_uri"][0])
    assert server.given[-1] not in person.opened[0]


def test_tiktok_is_asked_in_the_browser_and_renewed_before_each_run(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer
) -> None:
    person = Person(["key" + "a" * 15, "s" * 32], base=server.base)
    assert connect(workspace, "tiktok", "tiktok:example_csd", person) == 0
    assert urlsplit(person.opened[0]).hostname == "www.tiktok.com"
    refresh, access = server.given[-2:]
    assert ring.held == {
        "ROLLBOOK_TIKTOK_CLIENT_KEY": "key" + "a" * 15, "ROLLBOOK_TIKTOK_CLIENT_SECRET": "s" * 32,
        "ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN": access, "ROLLBOOK_TIKTOK_EXAMPLE_CSD_REFRESH_TOKEN": refresh,
    }
    granted = read_granted(workspace)["ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN"]
    assert granted.expires_on == (datetime.now(UTC) + timedelta(days=180)).date()
    assert list(renew_due(workspace)) == []
    assert ring.held["ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN"] == access
    later = datetime.now(UTC) + timedelta(hours=2)
    assert list(renew_due(workspace, later)) == []
    assert ring.held["ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN"] == server.given[-1] != access
    assert ring.held["ROLLBOOK_TIKTOK_EXAMPLE_CSD_REFRESH_TOKEN"] == server.given[-2] != refresh
    assert read_granted(workspace)["ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN"].stored_at > granted.stored_at
    # The old refresh token is dead: said in a sentence, without it, and what is there stays.
    ring.held["ROLLBOOK_TIKTOK_EXAMPLE_CSD_REFRESH_TOKEN"] = refresh
    (problem,) = renew_due(workspace, later + timedelta(hours=2))
    assert problem.startswith("ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN could not be renewed: ")
    assert "Refresh token is invalid or expired" in problem
    assert CANARY not in problem


GOOGLE = ["123456789012-" + "a" * 32 + ".apps.googleusercontent.com", "GOCSPX-" + CANARY + "b" * 18]


def test_a_channels_owner_agrees_in_the_browser_and_the_key_stays_what_it_was(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "AIza" + "b" * 35
    assert connect(workspace, "youtube", "", Person([key])) == 0
    assert "With --account: a channel's owner can let Rollbook read" in capsys.readouterr().out
    person = Person([*GOOGLE], base=server.base)
    assert connect(workspace, "youtube", "youtube:@example_csd", person) == 0
    said = capsys.readouterr()
    assert "would let a program change and delete" in said.out
    assert CANARY not in said.out + said.err
    assert person.asked == [("Client ID", False), ("Client secret", True)]
    assert urlsplit(person.opened[0]).hostname == "accounts.google.com"
    refresh, access = server.given[-1], server.given[-2]
    assert ring.held == {
        "ROLLBOOK_YOUTUBE_API_KEY": key, "ROLLBOOK_YOUTUBE_CLIENT_ID": GOOGLE[0], "ROLLBOOK_YOUTUBE_CLIENT_SECRET": GOOGLE[1],
        "ROLLBOOK_YOUTUBE_EXAMPLE_CSD_TOKEN": access, "ROLLBOOK_YOUTUBE_EXAMPLE_CSD_REFRESH_TOKEN": refresh,
    }
    # An access token lives an hour: each run has a new one, and the refresh token stays, with what is known of its end.
    assert list(renew_due(workspace)) == []
    assert ring.held["ROLLBOOK_YOUTUBE_EXAMPLE_CSD_TOKEN"] == server.given[-1] != access
    assert ring.held["ROLLBOOK_YOUTUBE_EXAMPLE_CSD_REFRESH_TOKEN"] == refresh
    standing = {row.name: row.state for row in standings(workspace, TODAY) if row.network == "youtube"}
    assert standing == dict.fromkeys((name for name in ring.held if "REFRESH" not in name), "there")
    assert forget_credentials(workspace, "youtube", "youtube:@example_csd") == 0
    assert set(ring.held) == {"ROLLBOOK_YOUTUBE_API_KEY", "ROLLBOOK_YOUTUBE_CLIENT_ID", "ROLLBOOK_YOUTUBE_CLIENT_SECRET"}
    assert forget_credentials(workspace, "youtube", "") == 0
    assert ring.held == {}


def test_what_google_ends_is_announced(workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer) -> None:
    server.refresh_lives_s = 7 * 24 * 3600
    assert connect(workspace, "youtube", "youtube:@example_csd", Person([*GOOGLE], base=server.base)) == 0
    end = (datetime.now(UTC) + timedelta(days=7)).date()
    for _ in range(2):
        assert read_granted(workspace)["ROLLBOOK_YOUTUBE_EXAMPLE_CSD_TOKEN"].expires_on == end
        assert list(renew_due(workspace)) == []
    server.faults["/token"] = 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    (problem,) = renew_due(workspace)
    assert "Token has been expired or revoked" in problem


def test_threads_tokens_are_renewed_each_week(workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer) -> None:
    assert connect(workspace, "threads", "", Person([fresh("TH"), ""])) == 0
    assert list(renew_due(workspace, datetime.now(UTC) + timedelta(days=6))) == []
    assert server.given == []
    assert list(renew_due(workspace, datetime.now(UTC) + timedelta(days=8))) == []
    assert list(ring.held.values()) == server.given


def test_a_clock_that_was_ahead_keeps_no_token_from_being_renewed(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer
) -> None:
    name = "ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN"
    keep(name, fresh("TH"))
    ahead = datetime.now(UTC) + timedelta(days=3650)
    note_granted(workspace, Granted(name, "threads", "threads:example_csd", ahead, None))
    assert list(renew_due(workspace)) == []
    assert ring.held == {name: server.given[-1]}
    assert read_granted(workspace)[name].stored_at < ahead


@pytest.mark.parametrize("command", ["audit", "collect"])
def test_a_run_renews_what_is_due_and_says_what_it_could_not(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, command: str
) -> None:
    server.echoes = True
    week = datetime.now(UTC) - timedelta(days=8)
    for name, network in (("ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN", "threads"), ("ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN", "tiktok")):
        keep(name, fresh("tok"))
        note_granted(workspace, Granted(name, network, f"{network}:example_csd", week, TODAY))
    done = run(workspace, command)
    assert ring.held["ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN"] in server.given
    assert read_granted(workspace)["ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN"].expires_on > datetime.now(UTC).date() + timedelta(days=50)
    assert "ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN could not be renewed: " in done.stderr
    assert "THREADS" not in "".join(line for line in done.stderr.splitlines() if "renewed" in line)


@pytest.mark.parametrize("command", ["audit", "collect"])
def test_a_token_that_could_not_be_renewed_is_unfinished_business(
    workspace: Workspace, ring: FakeKeyring, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def all_is_well(workspace: Workspace, *_: object, tell: Callable[[Outcome], None], **__: object) -> None:
        now = datetime.now(UTC)
        for account in workspace.register:
            tell(Outcome(account, now, now))

    for room in ("rollbook.audit", "rollbook.running"):
        monkeypatch.setattr(f"{room}.collect", all_is_well)
    assert run(workspace, command, standalone_mode=False).return_value == 0
    for room in ("rollbook.audit", "rollbook.running"):
        monkeypatch.setattr(f"{room}.renew_due", lambda workspace: iter(["A_TOKEN could not be renewed"]))
    done = run(workspace, command, standalone_mode=False)
    assert (done.return_value, "A_TOKEN could not be renewed" in done.stderr) == (1, True)


@pytest.mark.parametrize(("codes", "exit_code"), [
    (("", ""), 0), (("", "import-only"), 0), (("", "no-access"), 1), (("import-only", "import-only"), 4), (("no-access", "import-only"), 4),
])
@pytest.mark.parametrize("command", ["audit", "collect"])
def test_an_account_that_no_visit_can_read_is_no_failure_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, codes: tuple[str, ...], exit_code: int
) -> None:
    list(lay(tmp_path / "two", Answers("Invented District", accounts=("linkedin:a-teacher", "linkedin:a-coach"))))
    workspace = read_workspace(tmp_path / "two")

    def ended(workspace: Workspace, *_: object, tell: Callable[[Outcome], None], **__: object) -> None:
        now = datetime.now(UTC)
        for account, code in zip(workspace.register, codes, strict=True):
            tell(Outcome(account, now, now, code, "ask for the file" if code else ""))

    for room in ("rollbook.audit", "rollbook.running"):
        monkeypatch.setattr(f"{room}.collect", ended)
    done = run(workspace, command, standalone_mode=False)
    assert done.return_value == exit_code
    assert done.stdout.count("NOT FINISHED") == codes.count("no-access")


@pytest.mark.parametrize(("comes_back", "code"), [
    ({"state": "somebody else's"}, "state"),
    ({"state": None}, "state"),
    ({"error": "access_denied", "code": None}, "declined"),
    ({"error": "server_error", "error_description": "<b>later</b>", "code": None}, "refused"),
    ({"code": None}, "refused"),
    ({"code": ""}, "refused"),
], ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_an_answer_that_is_none_connects_nothing(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, comes_back: dict[str, str | None], code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rollbook.loopback.GRACE_S", 0.05)
    server.comes_back = comes_back
    person = Person(base=server.base)
    with pytest.raises(AccessError) as refused:
        connect(workspace, "mastodon", "", person)
    assert refused.value.code == code
    assert "You may close this window and go back" not in person.saw[0][1]
    assert not any(path == "/oauth/token" for _, path, _ in server.asked)
    assert ring.held == {}


@pytest.mark.parametrize("answer", [
    (400, {"error": "invalid_grant", "error_description": "The code is used up"}), (401, {"error": "invalid_client"}), (500, b"<html>"),
    (200, {"error": "invalid_request", "error_description": "Code verifier or code challenge is invalid."}), (200, b"{"), (200, []), (200, b"[" * 100_000),
    (400, {"error": {"code": 190}}), (200, {"token_type": "Bearer"}), (200, {"access_token": 7}), (302, "https://elsewhere.example/"),
], ids=lambda answer: str(answer)[:60])
def test_a_token_endpoint_that_fails_is_named(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, answer: tuple[int, object]
) -> None:
    server.faults["/oauth/token"] = answer
    with pytest.raises((AccessError, PageError)) as failed:
        connect(workspace, "mastodon", "", Person(base=server.base))
    assert "127.0.0.1" in str(failed.value)
    assert "None" not in str(failed.value)
    assert CANARY not in str(failed.value)
    assert ring.held == {}


@pytest.mark.parametrize("answer", [
    (200, {"data": {"user": {"open_id": "2", "username": "somebody_else"}}, "error": {"code": "ok"}}), (200, {"data": {"user": {"open_id": "2"}}, "error": {"code": "ok"}}),
    (401, {"data": {}, "error": {"code": "scope_not_authorized", "message": "The user did not authorize the scope"}}), (200, {"data": [], "error": {"code": "ok"}}),
    (200, {"error": {"code": "internal_error", "message": "later"}}),
], ids=str)
def test_a_tiktok_token_of_nobody_knows_whom_is_not_stored(workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, answer: tuple[int, object]) -> None:
    server.faults["/v2/user/info/"] = answer
    with pytest.raises((AccessError, PageError)) as refused:
        connect(workspace, "tiktok", "", Person(["key" + "a" * 15, "s" * 32], base=server.base))
    assert CANARY not in str(refused.value)
    assert not any("TOKEN" in name for name in ring.held)


@pytest.mark.parametrize("base", [7, "town.example", "", "http://[bad"])
def test_a_server_that_the_settings_misspell_is_named(workspace: Workspace, ring: FakeKeyring, base: object) -> None:
    wrong = replace(workspace, collect=replace(workspace.collect, networks={"mastodon": {"base": base}}))
    with pytest.raises(CollectError, match=r"\[collect\.mastodon\] base is") as refused:
        connect(wrong, "mastodon", "", Person())
    assert refused.value.code == "setting"


def test_a_refusal_that_repeats_the_code_does_not_show_it(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.comes_back = {"code": fresh("old")}
    with pytest.raises(AccessError, match="The code REDACTED is not known") as failed:
        connect(workspace, "mastodon", "", Person(base=server.base))
    assert CANARY not in str(failed.value)
    assert CANARY not in caplog.text


# -- the address that waits --------------------------------------------------------------------------------------


def test_one_answer_is_taken_and_no_second() -> None:
    with LoopbackRedirect("/callback", "right") as redirect:
        assert get(f"{redirect.uri}?code=first&state=right")[0] == 200
        status, page = get(f"{redirect.uri}?code=second&state=right")
        assert (status, "One answer was taken" in page) == (410, True)
        assert redirect.code(5) == "first"
    with pytest.raises(urllib.error.URLError):
        get(f"{redirect.uri}?code=third&state=right")


def test_what_is_not_the_answer_is_not_taken() -> None:
    with LoopbackRedirect("/callback", "right") as redirect:
        base = redirect.uri.removesuffix("/callback")
        assert get(f"{base}/favicon.ico")[0] == 404
        assert get(f"{base}/callback/?code=other&state=right")[0] == 404
        assert get(f"{redirect.uri}?code=rebound&state=right", host="evil.example")[0] == 404
        port = urlsplit(redirect.uri).port
        with socket.create_connection(("127.0.0.1", port)):  # a browser's connection in advance, that says nothing
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("POST", "/callback?code=posted&state=right")
            assert connection.getresponse().status == 501
            connection.close()
            assert get(f"{redirect.uri}?code=right&state=right")[0] == 200
        assert redirect.code(5) == "right"


def test_a_request_from_elsewhere_does_not_use_the_answer_up() -> None:
    with LoopbackRedirect("/callback", "right") as redirect:
        for query in ("", "?code=forged&state=wrong", "?state=wrong&error=access_denied"):
            assert get(f"{redirect.uri}{query}")[0] == 400
        assert get(f"{redirect.uri}?code=right&state=right")[0] == 200
        assert redirect.code(5) == "right"


@pytest.mark.parametrize("wants", ["image", "iframe", "empty", "script"])
def test_a_page_that_asks_unseen_at_every_port_spoils_nothing(wants: str) -> None:
    with LoopbackRedirect("/callback", "right") as redirect:
        for state in ("wrong", "right"):
            assert get(f"{redirect.uri}?code=forged&state={state}", headers={"Sec-Fetch-Dest": wants})[0] == 404
        with pytest.raises(AccessError) as silent:
            redirect.code(0.05)
        assert silent.value.code == "no-answer"
        assert get(f"{redirect.uri}?code=right&state=right", headers={"Sec-Fetch-Dest": "document"})[0] == 200
        assert redirect.code(5) == "right"


def test_a_field_that_is_said_twice_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollbook.loopback.GRACE_S", 0.05)
    with LoopbackRedirect("/callback", "right") as redirect:
        assert get(f"{redirect.uri}?code=one&state=wrong&state=right")[0] == 400
        with pytest.raises(AccessError) as refused:
            redirect.code(5)
    assert refused.value.code == "state"


def test_nobody_waits_for_ever() -> None:
    with LoopbackRedirect("/callback", "right") as redirect, pytest.raises(AccessError) as late:
        redirect.code(0.05)
    assert late.value.code == "no-answer"
    assert not [thread for thread in threading.enumerate() if thread.name == "redirect"]


def test_the_page_runs_nothing_and_tells_nobody() -> None:
    with LoopbackRedirect("/callback", "right") as redirect:
        connection = http.client.HTTPConnection(redirect.authority, timeout=10)
        connection.request("GET", "/callback?code=<script>&state=right")
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script" not in page
    assert re.search(r"<title>Received - Rollbook</title>", page)
    assert "Python" not in answer.headers["Server"]


def test_the_challenge_is_that_of_the_standard() -> None:
    # Source: RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier, "base64") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert re.fullmatch("[0-9a-f]{64}", challenge(verifier, "hex"))


def test_tokens_do_not_show_themselves() -> None:
    assert "canary" not in repr(Tokens("canary", "canary"))


# -- how they stand ----------------------------------------------------------------------------------------------

TODAY = date(2026, 11, 22)


def test_connecting_while_a_run_renews_loses_no_record(workspace: Workspace) -> None:
    one, other = (Granted(f"ROLLBOOK_{name}_TOKEN", name.lower(), "", datetime.now(UTC)) for name in ("THREADS", "TIKTOK"))
    with granted.alone(workspace):
        renewing = threading.Thread(target=note_granted, args=(workspace, one))
        renewing.start()
        renewing.join(0.2)
        assert renewing.is_alive(), "it waits"
        (workspace.folder / "access.json").write_text(json.dumps({"credentials": [
            {"name": other.name, "network": other.network, "account": "", "stored_at": other.stored_at.isoformat(), "expires_on": None, "scope": ""},
        ]}), encoding="utf-8")
    renewing.join(10)
    assert read_granted(workspace).keys() == {one.name, other.name}


@pytest.mark.parametrize(("days", "state", "says"), [
    (None, "there", "there (keyring), no end is on record"), (15, "there", "there (keyring), expires on 2026-12-07"),
    (14, "ends soon", "expires on 2026-12-06: run `rollbook connect threads --account threads:example_csd`"),
    (0, "ended", "expired on 2026-11-22: run"), (-3, "ended", "expired on 2026-11-19: run"),
])
def test_an_end_is_told_a_fortnight_ahead(workspace: Workspace, ring: FakeKeyring, days: int | None, state: str, says: str) -> None:
    name = "ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN"
    keep(name, fresh("TH"))
    end = TODAY + timedelta(days=days) if days is not None else None
    note_granted(workspace, Granted(name, "threads", "threads:example_csd", datetime.now(UTC), end))
    (found,) = [row for row in standings(workspace, TODAY) if row.name == name]
    assert found.state == state
    assert found.says().startswith(says)


def test_what_the_registers_networks_need_is_missed(workspace: Workspace, ring: FakeKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_TIKTOK_TOKEN", fresh("act"))
    states = {row.name: (row.state, row.place) for row in standings(workspace, TODAY)}
    assert states["ROLLBOOK_X_BEARER_TOKEN"] == ("missing", "")
    assert states["ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN"] == ("missing", "")
    assert states["ROLLBOOK_TIKTOK_TOKEN"] == ("there", "environment")
    assert "ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN" not in states
    assert not any("MASTODON" in name or "INSTAGRAM" in name or "REFRESH" in name for name in states)


def test_doctor_has_a_line_for_each(workspace: Workspace, ring: FakeKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollbook.doctor._reach", lambda *_: None)
    for name, days in (("ROLLBOOK_X_BEARER_TOKEN", 400), ("ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN", 13)):
        keep(name, fresh("tok"))
        end = (datetime.now(UTC) + timedelta(days=days)).date()
        note_granted(workspace, Granted(name, name.split("_")[1].lower(), "", datetime.now(UTC), end))
    checks = {check.what: check for check in examine(workspace)}
    assert checks["ROLLBOOK_X_BEARER_TOKEN"].ok
    assert not checks["ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN"].ok
    assert checks["ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN"].says.startswith("expires on ")
    assert checks["ROLLBOOK_YOUTUBE_API_KEY"] == Check("ROLLBOOK_YOUTUBE_API_KEY", False, "missing: run `rollbook connect youtube`")
    assert checks["bluesky:school.example"] == Check("bluesky:school.example", True, "answers")


def test_doctor_renews_first_what_the_next_run_would(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer
) -> None:
    """TikTok's token lives two hours: it has nearly always ended when somebody looks."""
    name = "ROLLBOOK_TIKTOK_EXAMPLE_CSD_TOKEN"
    connect(workspace, "tiktok", "", Person(["key" + "a" * 15, "s" * 32], base=server.base))
    note_granted(workspace, replace(read_granted(workspace)[name], stored_at=datetime.now(UTC) - timedelta(hours=3)))
    only = replace(workspace, register=type(workspace.register)({"tiktok:example_csd": Account("tiktok:example_csd", "district")}))
    before, sent = ring.held[name], list[str]()

    def reach(*_: Any) -> None:
        sent.append(ring.held[name])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("rollbook.doctor._reach", reach)
        assert "renewal" not in {check.what for check in examine(only)}
        assert sent == [server.given[-1]] != [before]
        server.faults["/v2/oauth/token/"] = 200, {"error": "invalid_grant", "error_description": "Refresh token is invalid or expired."}
        note_granted(workspace, replace(read_granted(workspace)[name], stored_at=datetime.now(UTC) - timedelta(hours=3)))
        (check,) = (check for check in examine(only) if check.what == "renewal")
    assert check.says.startswith(f"{name} could not be renewed: ")


@pytest.mark.parametrize(("key", "types"), [("tiktok:example_csd", ["key" + "a" * 15, "s" * 32]), ("youtube:@example_csd", [*GOOGLE])])
def test_a_run_that_lasts_longer_than_a_token_renews_it_before_its_accounts_visit(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, key: str, types: list[str]
) -> None:
    server.echoes = True
    network = key.partition(":")[0]
    connect(workspace, network, key, Person(types, base=server.base))
    name = f"ROLLBOOK_{network.upper()}_EXAMPLE_CSD_TOKEN"
    first = ring.held[name]

    def visit(account: str, minutes: int) -> str:
        with open_archive(workspace) as archive, Door(workspace.collect, archive) as door:
            at = datetime.now(UTC) + timedelta(minutes=minutes)
            collect(workspace, archive, door, Request(frozenset({account})), "run", clock=lambda: at)
        return ring.held[name]

    assert visit(key, 20) == first, "a fresh one serves"
    assert visit("threads:example_csd", 90) == first, "of another account's visit it is not needed"
    assert visit(key, 90) != first
    assert ring.held[name] in server.given


def test_doctor_tells_a_missing_token_once(workspace: Workspace, ring: FakeKeyring) -> None:
    keys = ("threads:example_csd", "flickr:11111111@N02")
    only = replace(workspace, register=type(workspace.register)({key: Account(key, "district") for key in keys}))
    lines = [check for check in examine(only) if not check.ok and check.what.startswith(("threads", "flickr", "ROLLBOOK"))]
    assert [check.what for check in lines] == [*keys]
    assert all("waiting for" in check.says and "`rollbook connect " in check.says for check in lines)
    keep("ROLLBOOK_FLICKR_API_KEY", "0" * 32)
    end = date(2026, 9, 1)
    note_granted(workspace, Granted("ROLLBOOK_FLICKR_API_KEY", "flickr", "", datetime.now(UTC), end))
    told = {check.what: check.says for check in examine(only)}
    assert told["ROLLBOOK_FLICKR_API_KEY"] == f"expired on {end}: run `rollbook connect flickr`"
    assert "ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN" not in told


def test_what_is_forgotten_is_gone(workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, capsys: pytest.CaptureFixture[str]) -> None:
    connect(workspace, "tiktok", "", Person(["key" + "a" * 15, "s" * 32], base=server.base))
    assert forget_credentials(workspace, "tiktok", "tiktok:example_csd") == 0
    assert sorted(ring.held) == ["ROLLBOOK_TIKTOK_CLIENT_KEY", "ROLLBOOK_TIKTOK_CLIENT_SECRET"]
    assert forget_credentials(workspace, "tiktok", "") == 0
    assert ring.held == {}
    assert read_granted(workspace) == {}
    assert "stays valid until it is taken back on TikTok too" in capsys.readouterr().out


def test_what_renews_the_token_of_an_account_that_left_the_register_is_forgotten_too(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer
) -> None:
    connect(workspace, "tiktok", "", Person(["key" + "a" * 15, "s" * 32], base=server.base))
    left = replace(workspace, register=type(workspace.register)({}))
    assert forget_credentials(left, "tiktok", "") == 0
    assert ring.held == {}
    assert read_granted(workspace) == {}


def test_the_secret_of_an_app_that_serves_two_networks_goes_with_the_second(
    workspace: Workspace, ring: FakeKeyring, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, page, shared = "ROLLBOOK_FACEBOOK_APP_SECRET", "ROLLBOOK_FACEBOOK_EXAMPLE_CSD_TOKEN", "ROLLBOOK_INSTAGRAM_TOKEN"
    for name, network in ((secret, "instagram"), (page, "facebook"), (shared, "instagram")):
        keep(name, fresh("EA"))
        note_granted(workspace, Granted(name, network, "", datetime.now(UTC)))
    forget_credentials(workspace, "instagram", "")
    assert ring.held.keys() == read_granted(workspace).keys() == {secret, page}
    assert f"{secret} is left in the keyring: Facebook needs it too." in capsys.readouterr().out
    forget_credentials(workspace, "facebook", "")
    assert ring.held == read_granted(workspace) == {}


def test_a_damaged_record_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollbook.doctor._reach", lambda *_: None)
    (workspace.folder / "access.json").write_text('{"credentials": [{"name": 1}]}')
    with pytest.raises(ConfigError, match=r"access\.json: cannot be read"):
        read_granted(workspace)
    (problem,) = renew_due(workspace)
    assert "access.json" in problem
    told = {check.what: check for check in examine(workspace)}
    assert (told["access.json"].ok, "cannot be read" in told["access.json"].says) == (False, True)


def test_a_time_without_an_offset_is_no_record(workspace: Workspace) -> None:
    row = {"name": "ROLLBOOK_THREADS_EXAMPLE_CSD_TOKEN", "network": "threads", "account": "threads:example_csd", "stored_at": "2026-09-01T00:00:00", "expires_on": None, "scope": ""}
    (workspace.folder / "access.json").write_text(json.dumps({"credentials": [row]}))
    (problem,) = renew_due(workspace)
    assert "access.json: cannot be read" in problem


# -- the canaries ------------------------------------------------------------------------------------------------


def run(workspace: Workspace, *arguments: str, **more: Any) -> Result:
    return CliRunner().invoke(main_group, ["-w", str(workspace.folder), *arguments], **more)


def test_no_file_log_or_output_holds_a_credential(
    workspace: Workspace, ring: FakeKeyring, server: StandInAuthorizationServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    said = ""
    typed = {
        "x": ["A" * 60 + CANARY], "youtube": ["AIza" + CANARY + "b" * 25], "facebook": [APP_ID, APP_SECRET, fresh("EA")],
        "flickr": ["canary", "0" * 32], "threads": [fresh("TH"), APP_SECRET], "tiktok": [f"{CANARY}key", f"{CANARY}secret" * 2], "mastodon": [],
    }
    for network, values in typed.items():
        monkeypatch.setattr(connecting, "terminal", Person(list(values), base=server.base))
        done = run(workspace, "connect", network)
        assert done.exit_code == 0, done.output
        said += done.output
    assert len([name for name, value in ring.held.items() if CANARY in value]) == 9
    # From now on the server repeats whatever it is sent, credentials included.
    server.echoes = True
    token = ring.held["ROLLBOOK_MASTODON_TOWN_EXAMPLE_TOKEN"]
    server.faults |= {
        "/api/v1/accounts/lookup": (200, {"id": "1", "acct": "office", "username": "office", "display_name": token, "note": token, "url": f"https://town.example/@office?token={token}", "statuses_count": 0}),
        "/api/v1/accounts/1/statuses": (200, [{"id": "9", "content": f"<p>{token}</p>"}]),
    }
    for command in (["doctor"], ["collect", "--account", "mastodon:office@town.example"], ["connect", "--list"], ["connect", "--list", "--json"], ["report", "--format", "html,csv,json"]):
        done = run(workspace, *command)
        said += done.output + str(done.exception or "")
    assert "ROLLBOOK_X_BEARER_TOKEN" in said
    assert CANARY not in said
    assert CANARY not in caplog.text
    files = [file for file in workspace.folder.rglob("*") if file.is_file()]
    assert any(file.suffix == ".gz" for file in files)
    assert any(b"REDACTED" in gzip.decompress(file.read_bytes()) for file in files if file.suffix == ".gz")
    for file in files:
        data = file.read_bytes()
        data += gzip.decompress(data) if file.suffix == ".gz" else b""
        assert CANARY.encode() not in data, file
    for canary in (APP_SECRET, "s" * 32):
        assert canary not in said


TYPED = """
import keyring
from tests.test_connect import FakeKeyring
keyring.set_keyring(FakeKeyring())
from rollbook.cli import main
main()
"""


def test_what_is_pasted_at_a_terminal_does_not_show(workspace: Workspace) -> None:
    ours, theirs = pty.openpty()
    arguments = ["-w", str(workspace.folder), "connect", "youtube"]
    process = subprocess.Popen(
        [sys.executable, "-c", TYPED, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        cwd=Path(__file__).parent.parent,
    )
    os.close(theirs)
    said, typed = b"", False
    try:
        while chunk := os.read(ours, 4096):
            said += chunk
            if b"API key:" in said and not typed:
                typed = True
                os.write(ours, b"AIza" + CANARY.encode() + b"b" * 25 + b"\n")
    except OSError:  # the other end is closed: the program has ended
        pass
    os.close(ours)
    assert process.wait(30) == 0, said
    assert b"Stored in this system's keyring: ROLLBOOK_YOUTUBE_API_KEY" in said
    assert CANARY.encode() not in said


@pytest.mark.parametrize("columns", [60, 80])
def test_steps_are_set_in_and_as_wide_as_the_terminal(
    workspace: Workspace, ring: FakeKeyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    connecting.connect(workspace, "youtube", "", Person(["AIza" + CANARY + "b" * 25]))
    steps = capsys.readouterr().out.split("Stored in")[0].splitlines()
    assert max(map(len, steps)) <= columns
    assert [line[:5] for line in steps if line.startswith("  ")][:2] == ["  1. ", "     "]


def test_who_ends_it_is_told_that_nothing_was_stored(workspace: Workspace, ring: FakeKeyring) -> None:
    def away(label: str, unseen: bool) -> str:
        raise click.Abort

    with pytest.raises(click.Abort, match="nothing more was stored"):
        connect(workspace, "youtube", "", lambda: Terminal(away, print))
    assert ring.held == {}


def test_the_list_is_a_table_without_values(workspace: Workspace, ring: FakeKeyring) -> None:
    keep("ROLLBOOK_X_BEARER_TOKEN", CANARY * 8)
    note_granted(workspace, Granted("ROLLBOOK_X_BEARER_TOKEN", "x", "", datetime(2026, 9, 1, tzinfo=UTC), None))
    done = run(workspace, "connect", "--list", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows["ROLLBOOK_X_BEARER_TOKEN"] == {
        "name": "ROLLBOOK_X_BEARER_TOKEN", "network": "x", "account": "", "state": "there", "place": "keyring",
        "stored_at": "2026-09-01T00:00:00+00:00", "expires_on": None, "scope": "",
    }
    assert rows["ROLLBOOK_YOUTUBE_API_KEY"]["state"] == "missing"
    only = replace(workspace, register=type(workspace.register)({}))
    assert [row.name for row in standings(only, TODAY)] == ["ROLLBOOK_X_BEARER_TOKEN"]
    assert ip_network("127.0.0.0/8") in only.collect.allow
