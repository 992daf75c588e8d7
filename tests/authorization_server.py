"""A stand-in for the networks' servers that give out tokens: real HTTP on loopback, strict about what it is asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.serving import Answer, Asked, serving

#: All that a test may find nowhere but in the keyring begins so.
CANARY = "canary4711"
#: Whose requests come here.
HOSTS = ("open.tiktokapis.com", "graph.threads.net", "graph.facebook.com", "oauth2.googleapis.com")


def fresh(kind: str) -> str:
    """A token that no other one resembles, but for the canary."""
    return f"{kind}{CANARY}{secrets.token_hex(24)}"


@dataclass
class StandInAuthorizationServer:
    """Mastodon's, TikTok's, Threads', Facebook's and Google's token endpoints, as their references describe them."""

    base: str = ""
    #: What the browser comes back with instead of the code; a value of None leaves a field out.
    comes_back: dict[str, str | None] = field(default_factory=dict)
    #: Path to status and JSON, answered instead of what is right.
    faults: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    #: Every request as it came: method and address, headers, body.
    heard: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    #: Who Threads and TikTok say that a token belongs to.
    owner: str = "example_csd"
    #: Seconds since 1970 at which Facebook says that a token ends; 0 for never.
    expires_at: int = 0
    app_secret: str = "0" * 31 + "a"
    #: Seconds that Google's refresh token lives, where it was given for a time only.
    refresh_lives_s: int = 0
    #: What kind of token Facebook says that the pasted one is.
    kind: str = "SYSTEM_USER"
    scopes: list[str] = field(default_factory=lambda: ["pages_show_list", "pages_read_engagement", "pages_read_user_content"])
    #: The Page that a pasted Page's token is of.
    page: dict[str, Any] = field(default_factory=lambda: {"id": "1", "name": "Example", "username": "ExampleCSD"})
    #: Answers every other address with what it was sent, a header's credential included; collectors come here too.
    echoes: bool = False
    _apps: dict[str, dict[str, str]] = field(default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _refresh: str = ""

    def give(self, kind: str) -> str:
        self.given.append(fresh(kind))
        return self.given[-1]

    def check(self, holds: object, what: str) -> None:
        if not holds:
            self.wrong.append(what)

    # -- what each address answers -------------------------------------------------------------------------------

    def answer(self, method: str, path: str, sent: dict[str, str]) -> tuple[int, Any]:
        self.asked.append((method, path, sent))
        if path in self.faults:
            return self.faults[path]
        match method, path:
            case "POST", "/api/v1/apps":
                return self._register(sent)
            case "GET", "/oauth/authorize":
                self.check(sent.get("client_id") in self._apps, "an app that was not registered")
                self.check(self._apps.get(sent.get("client_id", ""), {}).get("redirect_uris") == sent["redirect_uri"], "redirect")
                return self._agree(sent, "client_id")
            case "GET", "/v2/auth/authorize/":
                self.check(sent.get("scope") == "user.info.basic,user.info.profile,video.list", "scope")
                return self._agree(sent, "client_key")
            case "GET", "/o/oauth2/v2/auth":
                self.check(sent.get("scope") == "https://www.googleapis.com/auth/youtube.force-ssl", "scope")
                self.check(urlsplit(sent["redirect_uri"]).path == "/", "redirect")
                return self._agree(sent, "client_id")
            case "POST", "/token":
                return self._google(sent)
            case "POST", "/oauth/token":
                return self._exchange(sent, "client_id", hexadecimal=False)
            case "POST", "/v2/oauth/token/" if sent.get("grant_type") == "refresh_token":
                return self._renew_tiktok(sent)
            case "POST", "/v2/oauth/token/":
                return self._exchange(sent, "client_key", hexadecimal=True)
            case "GET", "/v2/user/info/" if sent.get("fields") == "open_id,username":
                self.check(sent.get("Authorization", "").startswith("Bearer act"), "Authorization")
                return 200, {"data": {"user": {"open_id": "1", "username": self.owner}}, "error": {"code": "ok", "message": "", "log_id": "1"}}
            case "GET", "/v1.0/me":
                self.check(sent.get("fields") == "id,username", "fields")
                return 200, {"id": "178", "username": self.owner}
            case "GET", "/access_token":
                self.check(sent.get("grant_type") == "th_exchange_token", "grant")
                return 200, {"access_token": self.give("TH"), "token_type": "bearer", "expires_in": 5183944}
            case "GET", "/refresh_access_token":
                self.check(sent.get("grant_type") == "th_refresh_token", "grant")
                return 200, {"access_token": self.give("TH"), "token_type": "bearer", "expires_in": 5183944}
            case "GET", "/v25.0/debug_token":
                self.check("|" in sent.get("access_token", ""), "an app's token")
                page = sent.get("input_token", "").startswith("EAPage")
                ends, kind = (0, "PAGE") if page else (self.expires_at, self.kind)
                return 200, {"data": {"is_valid": True, "expires_at": ends, "scopes": self.scopes, "type": kind}}
            case "GET", "/v25.0/me/accounts":
                proof = hmac.new(self.app_secret.encode(), sent["access_token"].encode(), "sha256").hexdigest()
                self.check(sent.get("appsecret_proof") == proof, "proof")
                if "instagram" in sent["fields"]:
                    self.check(sent["fields"] == "id,name,instagram_business_account{id,username}", "fields")
                    return 200, {"data": [{"id": "1", "instagram_business_account": {"id": "17841", "username": "example_csd"}}, {"id": "2"}]}
                rows = [{"id": str(number), "name": name, "username": name, "access_token": self.give("EAPage")} for number, name in enumerate(("Example.CSD", "band"), 1)]
                return 200, {"data": rows}
            case "GET", "/v25.0/me":
                proof = hmac.new(self.app_secret.encode(), sent["access_token"].encode(), "sha256").hexdigest()
                self.check(sent.get("appsecret_proof") == proof and sent.get("fields") == "id,name,username", "proof or fields")
                return 200, self.page
            case "GET", "/v25.0/oauth/access_token":
                self.check(sent.get("grant_type") == "fb_exchange_token" and sent.get("client_id"), "grant")
                return 200, {"access_token": self.give("EA"), "token_type": "bearer", "expires_in": 5183944}
        if self.echoes:
            return 400, {"error": {"message": f"Not understood: {sent}", "code": 100}, "detail": str(sent)}
        self.wrong.append(f"{method} {path}")
        return 404, {"error": "unknown address"}

    def _register(self, sent: dict[str, str]) -> tuple[int, Any]:
        self.check(sent.get("client_name") == "Rollbook", "client_name")
        self.check(sent.get("scopes") == "read:accounts read:statuses", "scopes")
        number = fresh("app")
        self._apps[number] = {**sent, "client_secret": self.give("secret")}
        return 200, {"id": "1", "client_id": number, "client_secret": self._apps[number]["client_secret"]}

    def _agree(self, sent: dict[str, str], id_name: str) -> tuple[int, Any]:
        for name in (id_name, "redirect_uri", "state", "code_challenge"):
            self.check(sent.get(name), name)
        self.check(sent.get("response_type") == "code" and sent.get("code_challenge_method") == "S256", "response_type")
        self.check(urlsplit(sent["redirect_uri"]).hostname == "127.0.0.1", "a redirect to elsewhere")
        code = self.give("code")
        self._codes[code] = sent
        back = {"code": code, "state": sent["state"], **self.comes_back}
        return 302, f"{sent['redirect_uri']}?{urlencode({name: value for name, value in back.items() if value is not None})}"

    def _exchange(self, sent: dict[str, str], id_name: str, *, hexadecimal: bool) -> tuple[int, Any]:
        question = self._codes.pop(sent.get("code", ""), None)
        if question is None:
            return 400, {"error": "invalid_grant", "error_description": f"The code {sent.get('code')} is not known"}
        digest = hashlib.sha256(sent.get("code_verifier", "").encode())
        plain = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
        self.check(question["code_challenge"] == (digest.hexdigest() if hexadecimal else plain), "verifier")
        self.check(question["redirect_uri"] == sent.get("redirect_uri"), "redirect_uri")
        self.check(question[id_name] == sent.get(id_name) and sent.get("client_secret"), "client")
        self.check(sent.get("grant_type") == "authorization_code", "grant_type")
        if not hexadecimal:
            return 200, {"access_token": self.give("tok"), "token_type": "Bearer", "scope": "read:accounts read:statuses", "created_at": 1}
        return 200, self._tiktok()

    def _google(self, sent: dict[str, str]) -> tuple[int, Any]:
        """Gives a refresh token once, and keeps it."""
        told = {"expires_in": 3599, "scope": "https://www.googleapis.com/auth/youtube.force-ssl", "token_type": "Bearer"}
        if sent.get("grant_type") == "refresh_token":
            if sent.get("refresh_token") != self._refresh:
                return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            self.check(sent.get("client_id") and sent.get("client_secret"), "client")
            return 200, {"access_token": self.give("ya29."), **told}
        status, answer = self._exchange(sent, "client_id", hexadecimal=False)
        if status != 200:
            return status, answer
        self._refresh = self.give("1//")
        ends = {"refresh_token_expires_in": self.refresh_lives_s} if self.refresh_lives_s else {}
        return 200, {"access_token": answer["access_token"], "refresh_token": self._refresh, **ends, **told}

    def _renew_tiktok(self, sent: dict[str, str]) -> tuple[int, Any]:
        if sent.get("refresh_token") != self._refresh:
            # TikTok says so with status 200 too.
            return 200, {"error": "invalid_grant", "error_description": "Refresh token is invalid or expired.", "log_id": "1"}
        self.check(sent.get("client_key") and sent.get("client_secret"), "client")
        return 200, self._tiktok()

    def _tiktok(self) -> dict[str, Any]:
        self._refresh = self.give("rft")
        return {
            "access_token": self.give("act"), "expires_in": 7200, "open_id": "1", "refresh_expires_in": 15552000,
            "refresh_token": self._refresh, "scope": "user.info.basic,user.info.profile,video.list", "token_type": "Bearer",
        }

    @property
    def reroute(self) -> Mapping[str, str]:
        return {f"https://{host}": self.base for host in HOSTS}


@contextmanager
def serve(network: StandInAuthorizationServer) -> Iterator[StandInAuthorizationServer]:
    """Serves it until the caller is done."""

    def answer(asked: Asked) -> Answer:
        head = "\n".join(f"{name.title()}: {value}" for name, value in asked.headers.items())
        network.heard.append(f"{asked.method} {asked.target}\n{head}\n\n{asked.body.decode()}")
        if asked.method == "POST":
            network.check(asked.headers.get("content-type") == "application/x-www-form-urlencoded", "Content-Type")
            sent = fields(asked.body.decode())
        else:
            by = asked.headers.get("authorization")
            sent = asked.single | ({} if by is None else {"Authorization": by})
        status, told = network.answer(asked.method, asked.path, sent)
        kind = {"Content-Type": "application/json"}
        return (status, b"", {"Location": told, **kind}) if status == 302 else (status, told, kind)

    with serving(answer, methods=("GET", "POST")) as network.base:
        yield network


def fields(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
