"""One canary, everywhere at once, in every spelling: neither records nor pages nor errors nor logs may sing."""

from __future__ import annotations

import gzip
import json
import logging
import traceback
from pathlib import Path

import pytest

from rollbook.archive.archive import Archive
from rollbook.errors import CollectError
from rollbook.http import Door, Exchange, page_of
from rollbook.types import MEDIA_PART, Page, Parsed
from tests.test_redaction import CANARIES, gives_away, spellings

from .loopback import ListSink, Loopback, answer, redirect, settings

ACCOUNT = "facebook:WestGeneseeCSD"


@pytest.mark.parametrize("kind", CANARIES)
def test_no_record_of_an_exchange_sings(
    server: Loopback, sink: ListSink, door: Door, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    canary = CANARIES[kind]
    caplog.set_level(logging.DEBUG)
    door.keep_secret(canary)
    forms = [form for _, form in spellings(canary)]
    told = {f"f{number}": form for number, form in enumerate(forms)}
    body = gzip.compress(json.dumps(told).encode() + "\n".join(forms).encode())
    echoes = [f"X-Echo-{number}: {form}" for number, form in enumerate(forms) if form.isascii()]
    visible = next(form for form in forms if form.isascii() and " " not in form and '"' not in form)
    server.scripts["/a"] = [answer(302, b"moved", f"Location: /b?x={visible}&access_token={visible}", *echoes[:20])]
    server.scripts["/b"] = [answer(200, body, "Content-Encoding: gzip", "Content-Type: text/html", *echoes[20:])]
    with door.on_behalf_of(ACCOUNT, "page") as behalf:
        response = door.request(
            "POST", f"{server.url}/a", params={"q": canary, "key": canary}, allow_redirects=True,
            data={"client_secret": canary, "note": f"see {canary}"}, cookies={"session": visible},
            headers={"Authorization": f"Bearer {visible}", "X-Note": visible},
        )
    assert canary.encode() in response.content, "the client itself gets what was said"
    assert page_of(response) == behalf.pages[0]
    assert len(sink.exchanges) == 2
    for record in (*sink.exchanges, *behalf.pages):
        for text in written_out(record):
            assert not gives_away(canary, text), text
    logged = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}
    assert not gives_away(canary, logged)


def written_out(record: Exchange | Page) -> list[str]:
    """Every text of a record by itself: side by side, two of them might look like one."""
    texts: list[str] = []
    for name in type(record).__dataclass_fields__:
        value = getattr(record, name)
        values = value if isinstance(value, tuple) else value.items() if isinstance(value, dict) else [value]
        parts = [part for item in values for part in (item if isinstance(item, tuple) else (item,))]
        texts += [part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in parts]
    return texts


def test_no_file_of_a_real_archive_sings(server: Loopback, tmp_path: Path) -> None:
    """The gate: what lies on the disk is unpacked and searched for every canary in every spelling."""
    told = "\n".join(form for canary in CANARIES.values() for _, form in spellings(canary))
    server.scripts["/"] = answer(200, told.encode(), "Content-Type: text/html")
    with Archive(tmp_path, operator="Invented", parse=lambda _: Parsed()) as archive, Door(settings(), archive) as door:
        for canary in CANARIES.values():
            door.keep_secret(canary)
        for canary in CANARIES.values():
            with door.on_behalf_of(ACCOUNT, "page"):
                door.get(f"{server.url}/", params={"access_token": canary, "q": canary})
        door.fetch(f"{server.url}/", account=ACCOUNT, part=MEDIA_PART)
        archive.commit()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    kept = [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files]
    assert sum(data.count(b"REDACTED") for data in kept) > 100
    for path, data in zip(files, kept, strict=True):
        for kind, canary in CANARIES.items():
            assert not gives_away(canary, data.decode("utf-8", "replace")), (path.name, kind)


@pytest.mark.parametrize(
    "what", ["closed", "refused", "redirects", "truncated", "too large", "404", "429", "500", "scheme"]
)
def test_no_error_sings(server: Loopback, what: str, door: Door, caplog: pytest.LogCaptureFixture) -> None:
    canary, url = "canaryEAAGm0PX4ZCpsBA", f"{server.url}/"
    caplog.set_level(logging.DEBUG)
    server.scripts["/"] = {
        "closed": lambda _: None, "redirects": redirect(f"/?access_token={canary}"),
        "truncated": answer(200, b"x", "Connection: close", length=9), "too large": answer(200, length=2**40),
        "404": answer(404), "429": answer(429), "500": answer(500),
    }.get(what, answer(200))
    url = {"refused": "http://10.0.0.1/", "scheme": "ftp://a.example/"}.get(what, url)
    with pytest.raises(CollectError) as caught:
        door.fetch(url, account=ACCOUNT, part="page", params={"access_token": canary, "limit": 5},
                   headers={"Authorization": f"Bearer {canary}"})
    err: BaseException | None = caught.value
    told = "".join(traceback.format_exception(err))
    while err is not None:
        told += f"{err!r}{err}{vars(err)}"
        err = err.__cause__ or err.__context__
    assert canary not in told + caplog.text


def test_secrets_of_the_environment_are_known(
    server: Loopback, sink: ListSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_YOUTUBE_API_KEY", "AIzaSyCanaryCanaryCanary")
    server.scripts["/"] = answer(400, b"API key AIzaSyCanaryCanaryCanary is not valid")
    with Door(settings(), sink) as door:
        page = door.fetch(f"{server.url}/", account="youtube:wg", part="page", accept=(400,))
    assert page.body == sink.exchanges[0].body == b"API key REDACTED is not valid"


def test_a_credential_that_a_server_echoes_is_known_though_nobody_told(
    server: Loopback, sink: ListSink, door: Door
) -> None:
    server.scripts["/"] = answer(400, b'{"error": "token a1b2c3d4e5f6a7b8c9d0 has expired"}')
    door.fetch(f"{server.url}/", account="x:wg", part="page", accept=(400,),
               headers={"Authorization": "Bearer a1b2c3d4e5f6a7b8c9d0"})
    assert sink.exchanges[0].body == b'{"error": "token REDACTED has expired"}'


def test_a_public_address_stays_what_it_is_and_a_known_secret_in_it_does_not(
    server: Loopback, sink: ListSink, door: Door
) -> None:
    canary, public = "canaryEAAGm0PX4ZCpsBA", "a1b2c3d4e5f6a7b8c9d0"
    door.keep_secret(canary)
    server.scripts["/minutes"] = [
        answer(301, b"", f"Location: /minutes?key=clubs&token={public}&sig={canary}"),
        answer(200, f"see /minutes?token={public} {canary}".encode(), f"Set-Cookie: session={public}"),
    ]
    page = door.fetch(f"{server.url}/minutes?key=staff&token={canary}", account="website:a", part="page", public=True)
    first, second = sink.exchanges
    assert first.url == f"{server.url}/minutes?key=staff&token=REDACTED"
    assert dict(first.response_headers)["Location"] == f"/minutes?key=clubs&token={public}&sig=REDACTED"
    assert page.url == second.url == f"{server.url}/minutes?key=clubs&token={public}&sig=REDACTED"
    assert page.body == f"see /minutes?token={public} REDACTED".encode()
    assert page.headers["set-cookie"] == "REDACTED", "what a server gives a visitor is for this visitor"
    server.scripts["/minutes"] = answer(200, public.encode())
    told = door.fetch(f"{server.url}/minutes", account="website:a", part="page").body
    assert told == public.encode(), "what stood in a public address is no secret from then on"
