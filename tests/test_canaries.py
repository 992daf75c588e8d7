"""A canary for each credential that Rollbook knows: no file of a workspace, no log line, no output, no report holds one.

Each network's credentials are planted, and its servers go bad in every way that may give one away: they repeat what they
are sent in answers, refusals and redirects. What works well is told by each collector's fortnight, with canaries too.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import io
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import keyring
import pytest
from click.testing import CliRunner

from rollbook import connect as connecting
from rollbook.access import Access, access_to
from rollbook.cli import main_group
from rollbook.credentials import keep
from rollbook.granted import Granted, note_granted
from rollbook.init import Answers, lay
from rollbook.redaction import MARK
from rollbook.types import Account
from rollbook.workspace import Workspace, read_workspace

from .authorization_server import StandInAuthorizationServer, serve
from .exports.building import zipped
from .test_connect import FakeKeyring, Person
from .test_redaction import spellings

ROOT = Path(__file__).resolve().parent.parent
#: One for each credential of config/access/, in the form that its network gives it out.
CANARIES = {
    "ROLLBOOK_FACEBOOK_APP_SECRET": "c0ffeec0ffee4711c0ffeec0ffee4711",
    "ROLLBOOK_FACEBOOK_{account}_TOKEN": "EAAcanaryOfThePage4711ZCpsBAtokenOfQuarryBayCSD",
    "ROLLBOOK_FLICKR_API_KEY": "f11c4e7f11c4e7f11c4e7f11c4e7f11c",
    "ROLLBOOK_INSTAGRAM_{account}_TOKEN": "EAAcanaryOfInstagram4711ZCpsBAtokenOfQuarryBay",
    "ROLLBOOK_MASTODON_{host}_TOKEN": "canary-of-Mastodon_4711+is/the~servers.own",
    "ROLLBOOK_THREADS_{account}_TOKEN": "THAAcanaryOfThreads4711ZCpsBAtokenOfQuarryBayCS",
    "ROLLBOOK_THREADS_APP_SECRET": "7ea07ea07ea07ea07ea07ea07ea07ea0",
    "ROLLBOOK_TIKTOK_CLIENT_KEY": "canarykeyoftiktok4711",
    "ROLLBOOK_TIKTOK_CLIENT_SECRET": "canarysecretoftiktok4711canary",
    "ROLLBOOK_TIKTOK_{account}_TOKEN": "act.canaryOfTikTok4711!4711.va",
    "ROLLBOOK_TIKTOK_{account}_REFRESH_TOKEN": "rft.canaryOfTikTok4711!4711.va",
    "ROLLBOOK_X_BEARER_TOKEN": "AAAAAAAAAAAAAAAAAAAAAcanaryOfX4711%2Bq" + "z" * 40,
    "ROLLBOOK_YOUTUBE_API_KEY": "AIzaSycanary_of-YouTube4711canary_of-YT",
    "ROLLBOOK_YOUTUBE_CLIENT_SECRET": "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Y",
    "ROLLBOOK_YOUTUBE_{account}_TOKEN": "ya29.canaryOfTheChannelsOwner4711_-canaryOfTheOwner",
    "ROLLBOOK_YOUTUBE_{account}_REFRESH_TOKEN": "1//canaryOfTheChannelsOwner4711-refreshes_it",
}
#: Whose posts they show.
ACCOUNTS = {
    "facebook": "QuarryBayCSD", "flickr": "quarrybay", "instagram": "quarrybaycsd", "mastodon": "office@town.example",
    "threads": "quarrybaycsd", "tiktok": "quarrybaycsd", "x": "QuarryBayCSD", "youtube": "@quarrybay",
}
#: What stands in district.toml beside them; the address is the stand-in's.
SETTINGS = {
    "instagram": 'user = "17841"', "mastodon": 'base = "{base}"',
    "x": 'terms_signed_off_by = "A. Counsel"\nterms_signed_off_on = 2026-10-01\nmonthly_reads = 5000',
}
HOSTS = (
    "api.flickr.com", "api.twitter.com", "graph.facebook.com", "graph.threads.com", "graph.threads.net",
    "oauth2.googleapis.com", "open.tiktokapis.com", "www.youtube.com", "youtube.googleapis.com",
)
APP_ID = "1234567890123456"
GOOGLES_ID = "1234567890-canaryofnothingsecret0.apps.googleusercontent.com"
#: What a server gives instead of them, and what is stored from then on.
GIVEN = "EAPagecanaryOfWhatWasGiven4711andKeptInstead0123456789"
MOODS = ("refuses", "repeats", "limits", "storms", "leads on", "leads away", "cuts", "hangs up")
#: Where the account's owner agrees: there a browser stands before the server, and no program.
BROWSER = ("/oauth/authorize", "/v2/auth/authorize/", "/o/oauth2/v2/auth")
#: Networks, each with whether its account's owner lets it be read by a way of their own.
WAYS = [(network, way is access.owner) for network, access in access_to().items() if access.credentials for way in access.ways]


@dataclass
class StandInEcho(StandInAuthorizationServer):
    """The networks' servers on bad days: what they are sent comes back."""

    #: One of MOODS; empty when all is well.
    mood: str = ""

    def check(self, holds: object, what: str) -> None:
        if not self.mood:
            super().check(holds, what)

    def answer(self, method: str, path: str, sent: dict[str, str]) -> tuple[int, Any]:
        if not self.mood or path in BROWSER:
            return super().answer(method, path, sent)
        echo = unquote(" ".join(self.heard[-1].split()))
        echo = " ".join([*(canary for canary in map(unquote, CANARIES.values()) if canary in echo), echo])
        if path == "/led":
            return 200, f"<html>{echo}".encode()
        match self.mood:
            case "refuses":
                error = {"message": echo, "code": 190, "errors": [{"reason": echo, "message": echo}]}
                return 401, {"error": error, "title": echo, "detail": echo, "message": echo, "stat": "fail", "code": 100}
            case "repeats":
                return 200, repeated(echo, path)
            case "limits":
                return 429, {"error": {"message": echo, "code": 4}, "title": echo, "detail": echo}
            case "storms":
                return 500, f"<html>{echo}".encode()
            case "leads on" | "leads away":
                where = self.base if self.mood == "leads on" else "https://elsewhere.example"
                return 302, f"{where}/led?{self.heard[-1].split()[1].partition('?')[2]}&said={quote(echo)}"
            case "cuts":
                return 200, f'{{"data": [{{"id": "{echo}'.encode()
            case _:
                return 0, None


def repeated(echo: str, path: str) -> dict[str, Any]:
    """An answer that each of the networks might give to a question, but for the names in it."""
    names = dict.fromkeys(("id", "username", "name", "acct", "url", "display_name", "note", "scope", "type"), echo)
    user = {**names, "open_id": echo, "user": {"open_id": echo, "username": echo}, "is_valid": True, "scopes": [echo]}
    if path.endswith("/me/accounts"):
        return {"data": [{**names, "access_token": GIVEN, "instagram_business_account": names}]}
    told = {
        **names, "access_token": GIVEN, "refresh_token": GIVEN, "data": user, "stat": "ok", "user": names, "person": {**names, "nsid": echo}, "items": [names],
        "kind": "youtube#channelListResponse", "statuses_count": 0, "created_at": echo,
    }
    return {**told, "error": {"code": "ok", "message": echo}} if path.startswith("/v2/") else told


@pytest.fixture
def ring() -> Iterator[FakeKeyring]:
    before, fake = keyring.get_keyring(), FakeKeyring()
    keyring.set_keyring(fake)
    yield fake
    keyring.set_keyring(before)


@pytest.fixture
def server() -> Iterator[StandInEcho]:
    with serve(StandInEcho(app_secret=CANARIES["ROLLBOOK_FACEBOOK_APP_SECRET"])) as network:
        yield network


def settled(folder: Path, network: str, server: StandInEcho) -> Workspace:
    """A district with one account of the network, all of whose servers are the stand-in."""
    list(lay(folder, Answers("Quarry Bay CSD", ("quarrybay.example",), accounts=(f"{network}:{ACCOUNTS[network]}",))))
    file = folder / "district.toml"
    text = file.read_text(encoding="utf-8").replace("look_back_days = 30", 'look_back_days = 30\nallow = ["127.0.0.0/8"]')
    rows = "\n".join(f'"https://{host}" = "{server.base}"' for host in HOSTS)
    more = f"[collect.{network}]\n{SETTINGS[network].format(base=server.base)}\n" if network in SETTINGS else ""
    file.write_text(f"{text}\n[collect.reroute]\n{rows}\n{more}", encoding="utf-8")
    return read_workspace(folder)


def names_of(access: Access, account: Account) -> dict[str, str]:
    """The credentials of a network by the names that they have for the account, with their canaries."""
    credentials = (asked for way in access.ways for asked in way.credentials)
    return {access.name_for(asked, account): CANARIES[asked.name] for asked in credentials if asked.secret}


def typed(access: Access) -> list[str]:
    """What a person pastes."""
    ids = GOOGLES_ID if access.network == "youtube" else APP_ID
    return [CANARIES[asked.name] if asked.secret else ids for asked in access.asks]


def told_in(folder: Path) -> dict[str, bytes]:
    """Every file of a workspace, packed ones unpacked."""
    found = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                data = b"\n".join(book.read(name) for name in book.namelist())
        found[str(path.relative_to(folder))] = data
    return found


def forms(secret: str) -> set[bytes]:
    """Every spelling of a secret; of Base64 without the ends, which depend on what stands beside it."""
    told = ((form[4:-4] if "Base64" in name else form.strip('"')) for name, form in spellings(secret))
    return {form.encode() for form in told if len(form) > 11}


# -- that there is one for each ----------------------------------------------------------------------------------


def test_every_credential_has_a_canary() -> None:
    """Whoever adds a file to config/access/, or a collector that asks for a credential, plants one here too."""
    ways = [way for access in access_to().values() for way in access.ways]
    known = {asked.name: asked for way in ways for asked in way.credentials if asked.secret}
    assert set(CANARIES) == set(known)
    assert set(ACCOUNTS) == {network for network, access in access_to().items() if access.credentials}
    for name, canary in CANARIES.items():
        assert known[name].form.fullmatch(canary), name


def test_no_code_asks_for_a_credential_that_has_no_canary() -> None:
    folders = ("rollbook", "collectors", "analyzers", "reports", "config", "cron")
    sources = [path for name in folders for path in (ROOT / name).rglob("*") if path.suffix in (".py", ".toml", ".sh")]
    assert len(sources) > 100
    patterns = {re.sub(r"\{\w+\}", r"[A-Z0-9_]+", name) for name in CANARIES}
    patterns |= {asked.or_name for access in access_to().values() for asked in access.credentials if asked.or_name}
    for path in sources:
        for name in re.findall(r"ROLLBOOK_[A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|KEY)\b", path.read_text(encoding="utf-8")):
            assert any(re.fullmatch(pattern, name) for pattern in patterns), f"{path.name}: {name}"


# -- that none sings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["environment", "keyring"])
@pytest.mark.parametrize(("network", "by_owner"), WAYS)
def test_no_file_no_log_no_output_and_no_report_holds_a_credential(
    network: str, by_owner: bool, place: str, tmp_path: Path, server: StandInEcho, ring: FakeKeyring, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("rollbook.pacing.Clock.sleep", lambda clock, seconds: None)
    workspace, access, said = settled(tmp_path / "district", network, server), access_to()[network], list[str]()
    (account,) = workspace.register
    planted, way = names_of(access, account), access.owner if by_owner and access.owner else access
    for name, canary in planted.items():
        monkeypatch.setenv(name, canary) if place == "environment" else keep(name, canary)
    stale = datetime.now(UTC) - timedelta(days=30)  # every run tries to renew it first
    note_granted(workspace, Granted(way.name_for(way.token, account), network, account.key, stale))

    def run(*arguments: str) -> None:
        done = CliRunner().invoke(main_group, ["-w", str(workspace.folder), *arguments])
        said.append(f"{done.output}{done.exception or ''}")

    def connect() -> None:
        monkeypatch.setattr(connecting, "terminal", Person(typed(way), base=server.base))
        run("connect", network, *(["--account", account.key] if by_owner else []))

    for server.mood in MOODS:
        run("collect")
        run("doctor")
        connect()
        run("discover", f"{server.base}/")
    with monkeypatch.context() as broken:
        broken.setattr("rollbook.http.page_of", fails)
        server.mood = "repeats"
        run("collect")
        run("doctor")
    assert "".join(said[-2:]).count("the collector failed: RuntimeError: cannot make a page of") == 2, "and it goes on"
    run("import", str(zipped(tmp_path / "export.zip", {"nothing.txt": "nothing"})), "--account", account.key)
    server.mood = ""
    connect()
    run("connect", "--list", "--json")
    run("report", "--format", "html,csv,xlsx,json")
    heard = unquote("\n".join(server.heard))
    sent = {name for name, canary in planted.items() if unquote(canary) in heard}
    # Renewed is what the keyring holds, and nothing of the environment.
    unsent = {name for name in planted if name.endswith("_REFRESH_TOKEN") and place == "environment"}
    if access.owner:  # the owner's token is sent where all is well only: a fortnight of captions tells of that
        unsent |= {name for name in planted if name == access.owner.name_for(access.owner.token, account) or not by_owner}
        unsent -= {access.name_for(access.token, account)}
    assert sent == set(planted) - unsent, "a canary that nobody was sent proves nothing"
    assert {"urllib3.connectionpool", *(["tweepy.client"] if network == "x" else [])} <= {item.name for item in caplog.records}
    held = told_in(tmp_path) | {"what was said": "\n".join(said).encode(), "the log": caplog.text.encode()}
    assert any(name.endswith(".html") for name in held)
    assert any(MARK.encode() in data for name, data in held.items() if name.endswith(".gz"))
    for name, canary in secrets_of(planted).items():
        for form in forms(canary):
            assert not [(file, data.partition(form)[0][-200:]) for file, data in held.items() if form in data], name


def fails(response: Any) -> Any:
    """A defect of ours whose words hold what it was at work with."""
    asked = response.request
    raise RuntimeError(f"cannot make a page of {asked.url} {dict(asked.headers)} {asked.body}")


def secrets_of(planted: dict[str, str]) -> dict[str, str]:
    """The credentials, and what is made of them: Meta's proof is as good as the secret."""
    secret = planted.get("ROLLBOOK_FACEBOOK_APP_SECRET", "")
    proofs = {f"proof of {name}": hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()
              for name, value in planted.items() if secret and name.endswith("_TOKEN")}
    return planted | proofs | {"what was given": GIVEN}

