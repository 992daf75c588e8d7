"""Asks networks about tokens: by the account's owner in the browser (OAuth 2), or by exchanging one for another.

All of it goes through a Door without a sink: nothing is archived, and every token is kept out of errors and logs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from rollbook.access import Authorize, Call
from rollbook.errors import AccessError, PageError
from rollbook.http import Door, page_of
from rollbook.loopback import PATIENCE_S, LoopbackRedirect

#: The most bytes that an answer about a token may have.
_ANSWER_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a network gave. Never printed: its fields are secrets."""

    access: str
    refresh: str = ""
    expires_on: date | None = None
    scope: str = ""

    def __repr__(self) -> str:
        return f"Tokens(expires_on={self.expires_on}, scope={self.scope!r})"


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a network says of a token."""

    #: Meta's word: USER, PAGE or SYSTEM_USER.
    kind: str
    #: None where it does not end.
    expires_on: date | None
    scope: str


def authorize(
    door: Door, way: Authorize, fill: Mapping[str, str], show: Callable[[str], object], *,
    patience_s: float = PATIENCE_S,
) -> Tokens:
    """Lets the account's owner agree in the browser, and takes the tokens.

    ``show`` gets the address to open. **Raises** AccessError, NetworkError, PageError.
    """
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    with LoopbackRedirect(way.path, state) as redirect:
        id_value, secret = way.id.format_map(fill), way.secret.format_map(fill)
        if way.register_url:
            id_value, secret = _register(door, way, fill, redirect.uri)
        question = {
            way.id_parameter: id_value, "response_type": "code", "redirect_uri": redirect.uri, "scope": way.scopes,
            "state": state, "code_challenge": challenge(verifier, way.challenge), "code_challenge_method": "S256",
        }
        show(f"{way.url.format_map(fill)}?{urlencode(question)}")
        code = redirect.code(patience_s)
        door.keep_secret(code)
        door.keep_secret(verifier)
        answer = {
            way.id_parameter: id_value, "client_secret": secret, "grant_type": "authorization_code", "code": code,
            "redirect_uri": redirect.uri, "code_verifier": verifier,
        }
        return ask(door, Call(way.token_url, answer, "POST"), fill, braces=False)


def challenge(verifier: str, how: str) -> str:
    """What proves later that the same program asks. **Source**: RFC 7636, 4.2; TikTok's is hexadecimal."""
    digest = hashlib.sha256(verifier.encode())
    return digest.hexdigest() if how == "hex" else base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def _register(door: Door, way: Authorize, fill: Mapping[str, str], redirect_uri: str) -> tuple[str, str]:
    """Makes an app at a server that takes new ones; its id and secret serve this once."""
    app = {"client_name": "Rollbook", "redirect_uris": redirect_uri, "scopes": way.scopes}
    told = _answer(door, Call(way.register_url, app, "POST"), fill, braces=False)
    place = way.register_url.format_map(fill)
    return _text(told, "client_id", place), _text(told, "client_secret", place)


def ask(door: Door, call: Call, fill: Mapping[str, str], *, braces: bool = True) -> Tokens:
    """Asks for a token. **Raises** AccessError (refused), NetworkError, PageError."""
    told = _answer(door, call, fill, braces=braces)
    place = call.url.format_map(fill)
    access, refresh = _text(told, "access_token", place), told.get("refresh_token") or ""
    door.keep_secret(access)
    if not isinstance(refresh, str):
        raise _wrong(place, "refresh_token")
    door.keep_secret(refresh)
    # What can be renewed ends when its renewal does.
    ends = ("refresh_expires_in", "refresh_token_expires_in") if refresh else ("expires_in",)
    lives_s = next((told[name] for name in ends if name in told), None)
    scope = told.get("scope")
    return Tokens(access, refresh, _end(lives_s), door.without_secrets(scope) if isinstance(scope, str) else "")


def inspect(door: Door, call: Call, fill: Mapping[str, str]) -> Inspected:
    """What the network says of a token. **Raises** AccessError where it is not valid."""
    told = _answer(door, call, fill).get("data")
    if not isinstance(told, dict) or told.get("is_valid") is not True:
        raise AccessError("the network says that this token is not valid; make a new one", code="refused")
    ends = [end for name in ("expires_at", "data_access_expires_at") if (end := _moment(told.get(name)))]
    scopes = told.get("scopes")
    scope = " ".join(map(str, scopes)) if isinstance(scopes, list) else ""
    return Inspected(str(told.get("type", "")), min(ends, default=None), door.without_secrets(scope))


def pages(door: Door, call: Call, fill: Mapping[str, str]) -> list[dict[str, Any]]:
    """The Pages that a token opens, as Meta tells them."""
    rows = _answer(door, call, fill).get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _wrong(call.url, "data")
    for row in rows:
        door.keep_secret(str(row.get("access_token", "")))
    return rows


def page(door: Door, call: Call, fill: Mapping[str, str]) -> dict[str, Any]:
    """The Page that a Page's own token is of, as Meta tells it."""
    return _answer(door, call, fill)


def whose(door: Door, call: Call, fill: Mapping[str, str]) -> str:
    """The handle that a token belongs to."""
    return door.without_secrets(_text(_answer(door, call, fill), call.field, call.url.format_map(fill)))


# -- one question ------------------------------------------------------------------------------------------------


def _answer(door: Door, call: Call, fill: Mapping[str, str], *, braces: bool = True) -> dict[str, Any]:
    """The JSON of an answer, as the network sent it. **Raises** AccessError with the network's words, redacted."""
    url = call.url.format_map(fill)
    given = {name: value.format_map(fill) if braces else value for name, value in call.parameters.items()}
    for name, value in given.items():
        if name in ("client_secret", "refresh_token", "access_token", "input_token", "fb_exchange_token"):
            door.keep_secret(value)
    with door.on_behalf_of("", "access", limit_bytes=_ANSWER_BYTES):
        bearer = call.bearer.format_map(fill)
        headers = {"Accept": "application/json", **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        if call.method == "POST":
            response = door.post(url, data=given, headers=headers, allow_redirects=False)
        else:
            response = door.get(url, params=given, headers=headers, allow_redirects=False)
    told = _read(response.content)
    place = page_of(response).url.partition("?")[0]
    if response.status_code != 200 or told is None or _is_error(told.get("error")):
        said = _said(page_of(response).body)
        problem = f"{urlsplit(place).hostname} answers {response.status_code}" + (f": {said}" if said else "")
        if response.status_code < 500:
            raise AccessError(problem, place=place, code="refused")
        raise PageError(problem, place=place, code=f"http-{response.status_code}")
    return told


def _read(body: bytes) -> dict[str, Any] | None:
    """The object that an answer is; None where it is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _is_error(error: object) -> bool:
    """Whether what stands under "error" is one; TikTok writes the code "ok" into every good answer."""
    return bool(error) and not (isinstance(error, dict) and error.get("code") == "ok")


def _said(body: bytes) -> str:
    """What a network says is wrong, from the redacted body. **Source**: RFC 6749, 5.2; the Graph API's errors."""
    told = _read(body) or {}
    error = told.get("error")
    said = error.get("message") if isinstance(error, dict) else told.get("error_description") or error
    return " ".join(str(said or "").split())[:200]


def _text(told: Mapping[str, Any], name: str, place: str) -> str:
    value: object = told
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value:
        raise _wrong(place, name)
    return value


def _wrong(place: str, name: str) -> PageError:
    return PageError(f"the answer holds no {name} that could be one", place=place, code="schema")


def _end(seconds: object) -> date | None:
    """The day on which what lives so long ends."""
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < 10**9:
        return None
    return (datetime.now(UTC) + timedelta(seconds=seconds)).date()


def _moment(value: object) -> date | None:
    """The day of a time in seconds since 1970; 0 says "never"."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**11:
        return None
    return datetime.fromtimestamp(value, UTC).date()
