"""Keeps secrets out of the archive, the errors and the logs.

Two nets. What this process knows to be secret is found wherever it stands and however it is written: as it is,
percent-encoded, escaped for JSON or HTML, or inside Base64. What stands under a name that carries secrets
(``access_token=``, ``Authorization:``) is removed without being known, but from public addresses that carry nothing of
ours: there ``?key=staff`` is a page. In answers only names that can be nothing else
count: what a person wrote in a public post is the record, even "the door code is 4711".

Looking for plain literals first keeps this off the critical path: all of them are looked for in one pass, however many
secrets are known (docs/decisions/one-door.md has the figures).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, lru_cache
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakSet

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from rollbook.spellings import MARK, Secrets

#: Shorter values are left to the second net: removed everywhere, they would hit ordinary words of the record.
SHORTEST = 8
#: Environment variables whose values are secrets.
SECRET_VARIABLE = re.compile(r"ROLLBOOK_\w*(?:TOKEN|SECRET|PASSWORD|KEY)", re.ASCII)

#: Names that carry secrets in what we send, in addresses and headers; in lower case. **Source**: RFC 6749, 6750, 7523
#: and 5849 (OAuth), the Graph, YouTube, X, AT Protocol and Mastodon references, AWS Signature Version 4.
_SENT_NAMES = (
    "access_token|refresh_token|id_token|auth_token|oauth_token(?:_secret)?|oauth_signature|oauth_verifier|bearer_token|"
    "session_token|device_token|fb_exchange_token|input_token|token|client_secret|consumer_secret|app_secret|"
    "appsecret_proof|secret|client_assertion|assertion|code_verifier|password|passwd|pwd|x-amz-signature|"
    "x-amz-security-token|x-amz-credential|signature|sig|x-api-key|api[_-]?key|key|accesstoken|refreshtoken|accessjwt|"
    "refreshjwt|sessionid|authorization|proxy-authorization|cookie|set-cookie"
)
#: One of these is in each of them: quicker to look for than the names.
_NAME_PARTS = ("token", "secret", "key", "sig", "pass", "pwd", "asserti", "verifier", "credential", "jwt", "auth",
               "cookie", "session", "_proof")
#: Names whose values, met in a request of ours, are live secrets from then on; none that is new with every request.
_LIVE_NAMES = frozenset({
    "access_token", "refresh_token", "fb_exchange_token", "input_token", "client_secret", "appsecret_proof", "api_key",
    "apikey", "key", "token",
})
#: What such a value has to look like: ``?key=homepage`` is no credential.
_CREDENTIAL = re.compile(r"(?=.*\d)(?=.*[A-Za-z])\S{16,4096}")
_SECRET_HEADER = re.compile(
    r"(?i)(?:^|[-_])(?:authorization|cookie2?|token|secret|api-?key|password|credentials?|signature|session|dpop|jwt)(?:$|[-_])"
)
#: Names that carry secrets in an answer, where nothing else is called so.
_ANSWERED_NAMES = (
    b"access_token", b"refresh_token", b"id_token", b"oauth_token", b"oauth_token_secret", b"fb_exchange_token",
    b"accessToken", b"refreshToken", b"client_secret", b"consumer_secret", b"app_secret", b"appsecret", b"refreshJwt",
    b"accessJwt",
)
_FIND_NAMES = BytesAhoCorasick(_ANSWERED_NAMES, matchkind=MatchKind.LeftmostLongest)
#: Bytes that are no text: only known secrets are looked for, a name inside a picture means nothing.
_NO_TEXT = re.compile(r"(?i)\s*(?:image|video|audio|font)/|\s*application/(?:octet-stream|zip|gzip|pdf|vnd\.ipld\.)")

# A value in quotes (themselves escaped any number of times) reaches to the same quote; a bare one to what ends a value.
_QUOTED = r"""\\*["']\s*{separator}\s*(?P<quote>\\*["'])(?P<quoted>(?:(?!(?P=quote)).){{1,8192}})(?=(?P=quote))"""
_EQUALS = r"(?:=|%3D|%253D|\\u003d|&#61;|&#x3d;|%22%3A(?:%20|\+)?%22)"
_BARE = r"""(?P<bare>(?:(?!%26|%2526|\\u0026)[^&"'\\\s<>#;,]){1,8192})"""
_BEGINS = (
    rf"(?=[{''.join(sorted({name[0] for name in _SENT_NAMES.split('|')}))}])"  # quicker to see than what stands before
    r"(?:(?<![a-z0-9_-])|(?<=[236f])(?:(?<=%3f)|(?<=%26)|(?<=%23)|(?<=%22)|(?<=%253f)|(?<=%2526)|(?<=\\u0026)))"
)
_NAME = rf"(?is){_BEGINS}(?:{_SENT_NAMES})"
_SENT = re.compile(rf"{_NAME}(?:{_QUOTED.format(separator='[:,]')}|{_EQUALS}\s*\\*[\"']?{_BARE})")
_SPOKEN = re.compile(rf"{_NAME}\s*:\s*(?:(?:bearer|basic|oauth|token)\s+)?{_BARE}")
_SCHEME = re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<bare>[a-z0-9._~+/-]{8,}=*)")
_USERINFO = re.compile(r"(?<=://)(?P<bare>[^/?#@\s\"'<>]+)(?=@)")
_ANSWERED = re.compile(rf"(?is)(?:_proof)?(?:{_QUOTED.format(separator=':')}|{_EQUALS}{_BARE})".encode())
_MARK = MARK.encode()


class Redactor:
    """Everything that this process knows to be secret, and how to remove it."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._live: tuple[str, ...] = ()
        self._secrets = Secrets()
        self._lock = Lock()
        for name, value in (environment or {}).items():
            if SECRET_VARIABLE.fullmatch(name):
                self.keep(value)

    def keep(self, value: str) -> None:
        """From now on removes this value wherever it stands; values under eight characters only where a name tells."""
        value = value.strip()
        with self._lock:
            if len(value) >= SHORTEST and value not in self._live:
                self._live = (*self._live, value)
                self._secrets = Secrets(self._live)

    def keep_sent(self, url: str, headers: Mapping[str, str | bytes], body: bytes) -> None:
        """Keeps what a request of ours carries as its credential: an answer may echo it anywhere."""
        fields = parse_qsl(urlsplit(url).query)
        if body and len(body) < 65536 and b"=" in body:
            fields += parse_qsl(body.decode("utf-8", "replace"))
        for name, value in fields:
            if name.lower() in _LIVE_NAMES and _CREDENTIAL.fullmatch(value):
                self.keep(value)
        scheme, _, credential = _text(headers.get("Authorization", "")).partition(" ")
        if scheme.lower() in ("bearer", "basic", "token") and credential:
            self.keep(credential)

    def known(self, data: bytes) -> bytes:
        """The data without any known secret; the same object where there was none."""
        return self._secrets.remove(data)

    def known_text(self, text: str) -> str:
        """The text without any known secret."""
        data = text.encode("utf-8", "surrogatepass")
        cleaned = self.known(data)
        return text if cleaned is data else cleaned.decode("utf-8", "surrogatepass")

    def value(self, text: str, *, public: bool = False) -> str:
        """An address, or the value of a header, without secrets; of a public one without those that are known."""
        text = self.known_text(text)
        return text if public else _without_named_value(text)

    def text(self, text: str) -> str:
        """A message for a person or a log, without secrets."""
        return _without_spoken(self.known_text(text))

    def header(self, name: str, value: str, *, public: bool = False) -> str:
        """The value of a header without secrets; the scheme of an Authorization stays."""
        if not is_secret_header(name):
            return self.value(value, public=public)
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {MARK}" if space and name.lower().endswith("authorization") else MARK

    def headers(self, headers: Iterable[tuple[str, str]], *, public: bool = False) -> tuple[tuple[str, str], ...]:
        """Names and values without secrets."""
        told = tuple(headers)
        hidden = {name for name, _ in told if is_secret_header(name)}
        shown = "\n".join([value for name, value in told if name not in hidden])
        if self.value(shown, public=public) != shown:  # the exception: one look serves for all of them
            hidden.update(name for name, _ in told)
        if not hidden:
            return told
        return tuple((name, self.header(name, value, public=public) if name in hidden else value)
                     for name, value in told)

    def sent_body(self, body: bytes) -> bytes:
        """The body of a request without secrets."""
        return self.value(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape") if body else b""

    def body(self, body: bytes, content_type: str) -> bytes:
        """The body of an answer without secrets; JSON stays JSON."""
        body = self.known(body)
        return body if _NO_TEXT.match(content_type) else _without_named(body)


@lru_cache(maxsize=1024)
def is_secret_header(name: str) -> bool:
    """True for a header whose whole value is a credential."""
    return _SECRET_HEADER.search(name) is not None


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _without_named_value(text: str) -> str:
    if "@" in text:
        text = _USERINFO.sub(_marked, text)
    if "=" not in text and '"' not in text and "'" not in text and "%" not in text and "003" not in text:
        return text
    lowered = text.lower()
    return _SENT.sub(_marked, text) if any(part in lowered for part in _NAME_PARTS) else text


def _without_spoken(text: str) -> str:
    return _SPOKEN.sub(_marked, _SCHEME.sub(_marked, _without_named_value(text)))


def _marked(found: re.Match[str]) -> str:
    group = "quoted" if found.re.groupindex.get("quoted") and found["quoted"] is not None else "bare"
    return found[0][: found.start(group) - found.start()] + MARK + found[0][found.end(group) - found.start() :]


def _without_named(data: bytes) -> bytes:
    """The data without the values that stand under a secret's name."""
    parts, done = [], 0
    names = _FIND_NAMES.find_matches_as_indexes(data)
    session = any(_ANSWERED_NAMES[number] == b"refreshJwt" for number, _, _ in names)
    for number, _, after in names:
        if _ANSWERED_NAMES[number] == b"accessJwt" and not session:
            continue  # the two come together only: com.atproto.server.createSession
        if after > done and (found := _ANSWERED.match(data, after)):
            group = "quoted" if found["quoted"] is not None else "bare"
            parts += [data[done : found.start(group)], _MARK]
            done = found.end(group)
    return b"".join([*parts, data[done:]]) if parts else data


# -- logs --------------------------------------------------------------------------------------------------------

_watching: WeakSet[Redactor] = WeakSet()
_HUSHED: ContextVar[bool] = ContextVar("hushed", default=False)


def carries_credential(url: str) -> bool:
    """Whether an address that somebody else recorded holds what looks like a live key or token."""
    fields = parse_qsl(urlsplit(url).query)
    return any(name.lower() in _LIVE_NAMES and _CREDENTIAL.fullmatch(value) for name, value in fields)


def watch_logs(redactor: Redactor) -> None:
    """Removes this redactor's secrets from every log record of the process, for as long as the redactor lives.

    A filter would have to be hung on each logger of each client library (tweepy logs the Authorization header, urllib3
    every address, oauthlib what it signs), also on those that a later version adds; records are all made in one place.
    """
    _watching.add(redactor)
    _watch()


@contextmanager
def hushed() -> Iterator[None]:
    """Inside the block no library's log record says anything: it might name whom nothing is to be kept of.

    What Rollbook itself logs names servers only.
    """
    token = _HUSHED.set(True)
    try:
        yield
    finally:
        _HUSHED.reset(token)


@cache
def _watch() -> None:
    make = logging.getLogRecordFactory()

    def make_clean(*args: Any, **named: Any) -> logging.LogRecord:
        record = make(*args, **named)
        if _HUSHED.get() and record.name.partition(".")[0] != "rollbook":
            record.msg, record.args, record.exc_info = "(not written down)", (), None
        with suppress(Exception):  # a record that cannot be written out says nothing either
            said = record.getMessage()
            if (clean := _clean(said)) != said:
                record.msg, record.args = clean, ()
            trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            if (clean := _clean(trace)) != trace:
                record.exc_text, record.exc_info = clean, None
        return record

    logging.setLogRecordFactory(make_clean)


def _clean(text: str) -> str:
    for redactor in tuple(_watching):  # what any of them knows goes first: a name would hide a part of it only
        text = redactor.known_text(text)
    return _without_spoken(text)
