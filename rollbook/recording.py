"""The adapter behind the Door: each attempt of each request is an exchange, checked, bounded, redacted and recorded."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urldefrag, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from rollbook.addresses import is_loopback
from rollbook.errors import AddressRefused, CollectError, NetworkError, PageError, TooLarge
from rollbook.exchange import Answer, Behalf, Exchange, Sink
from rollbook.pacing import INTERVAL_S, Clock, Pacer, back_off_s, wait_asked_s
from rollbook.redaction import Redactor
from rollbook.unanswered import explain, unconnected
from rollbook.wire import CALL, Body, Fault, GuardedPools, RefusedError, read_body

#: Where asking again helps: the platform said so (429), or something between us and it was down for a moment.
#: 500 and 501 are left out: the same question gets the same answer. **Source**: RFC 9110, 15.6; RFC 6585, 4.
AGAIN = frozenset({429, 502, 503, 504})
#: Methods that may be sent twice without doing anything twice.
_REPEATABLE = frozenset({"GET", "HEAD"})
#: A longer wait is told, so that nobody takes it for a hang.
_TELL_WAIT_S = 10.0
_FOLD = re.compile(r"[\r\n]+\s*")

#: For whom this thread makes its requests.
BEHALF: ContextVar[Behalf] = ContextVar("behalf")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call of a client may take, over all its redirects and attempts."""

    connect_s: float = 10.0
    #: Between two bytes.
    read_s: float = 30.0
    #: For everything but waiting: 64 MiB on a line of 5 Mbit/s.
    call_s: float = 120.0
    #: Waiting, where a platform asks for it: X counts in windows of fifteen minutes, Mastodon in five; a daily budget
    #: is not waited for.
    patience_s: float = 960.0
    attempts: int = 3
    #: Half of what browsers follow.
    redirects: int = 10
    #: Between two requests to one host.
    interval_s: float = INTERVAL_S


@dataclass(frozen=True, slots=True)
class _Failure:
    """An attempt that gave no answer."""

    error: CollectError
    #: Asking again may help.
    again: bool
    #: The request may have reached the server.
    sent: bool = True


class RecordingAdapter(HTTPAdapter):
    """Sends, redacts, records, and asks again where that helps."""

    def __init__(
        self, user_agent: str, redactor: Redactor, sink: Sink | None, reroute: Mapping[str, str], clock: Clock,
        limits: Limits,
    ) -> None:
        self._user_agent, self._redactor, self._sink = user_agent, redactor, sink
        self._clock, self._limits = clock, limits
        self._reroute = {_origin(urlsplit(asked)): target.rstrip("/") for asked, target in reroute.items()}
        self._pacer = Pacer(clock, limits.interval_s)
        #: ``clock.monotonic()`` beyond which nothing is waited for.
        self.deadline: float | None = None
        super().__init__(max_retries=0)

    def slow_down(self, host: str, interval_s: float) -> None:
        """Asks a host no more often than this."""
        self._pacer.slow_down(host, interval_s)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        """Makes pools whose connections check addresses."""
        self.poolmanager = GuardedPools(num_pools=connections, maxsize=maxsize, block=block, **more)

    def proxy_manager_for(self, proxy: str, **_more: Any) -> Any:
        """Refuses: a proxy would resolve and connect where nothing is checked."""
        raise TypeError(f"the Door goes without proxies; {self._redactor.value(proxy)!r} was given")

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, timeout: Any = None,  # noqa: ARG002
        verify: bool | str = True, cert: Any = None, proxies: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends one hop and reads its answer whole, streamed or not.

        **Raises** NetworkError, AddressRefused, TooLarge, PageError (truncated, coding).
        """
        if verify is False:
            raise TypeError("the Door checks certificates; name a bundle instead of verify=False")
        call, asked = CALL.get(), urlsplit(request.url or "")
        if "@" in asked.netloc:
            raise self._error(AddressRefused, "an address with a user name or password in it is not fetched", request)
        sent = self._prepared(request, asked)
        at_home = is_loopback(urlsplit(sent.url or "").hostname or "")
        if not BEHALF.get().public:
            self._redactor.keep_sent(request.url or "", request.headers, _sent_body(request))
        timeout = timeout or (self._limits.connect_s, self._limits.read_s)
        how = {"timeout": timeout, "verify": verify, "cert": cert, "proxies": proxies}
        attempt = 0
        while True:
            attempt += 1
            call.sleep(self._pacer.turn_s(asked.netloc, at_home=at_home))
            outcome = self._metered(request, sent, how)
            wait_s = self._wait_s(request, outcome, attempt, at_home=at_home)
            if wait_s is None:
                break
            call.sleep(wait_s)
        if isinstance(outcome, _Failure):
            raise outcome.error
        return outcome

    def _prepared(self, request: requests.PreparedRequest, asked: SplitResult) -> requests.PreparedRequest:
        """The request as it is really sent: under our name, and to where the workspace says."""
        sent = request.copy()
        theirs = sent.headers.get("User-Agent", "")
        if theirs != self._user_agent:
            sent.headers["User-Agent"] = f"{self._user_agent} {theirs}".strip()
        target = self._reroute.get(_origin(asked))
        if target is not None:
            sent.headers["Host"] = asked.netloc
            sent.url = target + urlunsplit(("", "", asked.path, asked.query, ""))
        return sent

    # -- one attempt ---------------------------------------------------------------------------------------------

    def _metered(
        self, request: requests.PreparedRequest, sent: requests.PreparedRequest, how: dict[str, Any]
    ) -> Answer | _Failure:
        """One attempt, where it costs something only if its meter allows it."""
        meter = BEHALF.get().meter
        if meter is None:
            return self._attempt(request, sent, how)
        meter.before()
        outcome = self._attempt(request, sent, how)
        if isinstance(outcome, _Failure):
            meter.after(None, sent=outcome.sent)
        else:
            meter.after(outcome, sent=True)
        return outcome

    def _attempt(
        self, request: requests.PreparedRequest, sent: requests.PreparedRequest, how: dict[str, Any]
    ) -> Answer | _Failure:
        started_at, call, behalf = self._clock.now(), CALL.get(), BEHALF.get()
        call.ip_address = ""
        try:
            response = super().send(sent, stream=True, **how)
        except (RefusedError, requests.RequestException, HTTPError, ValueError) as err:
            return self._no_answer(err, request)
        raw: HTTPResponse = response.raw
        body = read_body(raw, behalf.limit_bytes)
        content = self._redactor.body(body.plain, raw.headers.get("content-type", ""))
        exchange = Exchange(
            account=behalf.account, part=behalf.part, context=behalf.context, method=request.method or "GET",
            url=self._redactor.value(urldefrag(request.url or "").url, public=behalf.public),
            request_headers=self._headers([("Host", urlsplit(request.url or "").netloc), *_without_host(sent.headers)]),
            request_body=self._redactor.sent_body(_sent_body(request)),
            status=response.status_code, reason=self._redactor.value(_FOLD.sub(" ", raw.reason or "")),
            response_headers=self._headers(_told(raw, body, len(content))), body=content, started_at=started_at,
            ip_address=call.ip_address, http_version="HTTP/1.0" if raw.version == 10 else "HTTP/1.1",
            truncated="" if body.fault == "coding" else body.fault,
        )
        record_id = self._sink.record(exchange) if self._sink is not None else ""
        self._pacer.learn(urlsplit(request.url or "").netloc, response.headers)
        if body.fault:
            return self._not_whole(body.fault, request, behalf.limit_bytes)
        return self._answer(request, response, body, exchange, record_id)

    def _answer(
        self, request: requests.PreparedRequest, response: requests.Response, body: Body, exchange: Exchange,
        record_id: str,
    ) -> Answer:
        """The response as the client expects it: of the address that it asked for, its body already read."""
        answer = Answer()
        answer.__dict__.update(response.__dict__)
        raw = response.raw
        answer.raw = HTTPResponse(
            io.BytesIO(body.packed), headers=raw.headers, status=raw.status, version=raw.version, reason=raw.reason,
            preload_content=False, decode_content=False, original_response=raw._original_response,
            enforce_content_length=False,
        )
        answer._content, answer.__dict__["_content_consumed"] = body.plain, True
        answer.request, answer.url = request, request.url or ""
        answer.exchange, answer.record_id = exchange, record_id
        return answer

    def _headers(self, headers: Iterable[tuple[str, str | bytes]]) -> tuple[tuple[str, str], ...]:
        told = ((name, value.decode("latin-1") if isinstance(value, bytes) else value) for name, value in headers)
        folded = ((name, _FOLD.sub(" ", value)) for name, value in told)
        return self._redactor.headers(folded, public=BEHALF.get().public)

    # -- what may go wrong ---------------------------------------------------------------------------------------

    def _wait_s(
        self, request: requests.PreparedRequest, outcome: Answer | _Failure, attempt: int, *, at_home: bool
    ) -> float | None:
        """Seconds until the next attempt; None where this one stands."""
        call = CALL.get()
        if request.method not in _REPEATABLE or attempt >= self._limits.attempts or call.left_s() <= 0:
            return None
        chance = self._clock.chance()
        wait_s = back_off_s(attempt, chance, at_home=at_home)
        if isinstance(outcome, _Failure):
            if not outcome.again:
                return None
        elif outcome.status_code in AGAIN:
            headers: Mapping[str, str] = outcome.headers
            if outcome.status_code != 429:  # a budget's reset says nothing of when a server is up again
                headers = {name: headers[name] for name in ("retry-after", "date") if name in headers}
            asked_s = wait_asked_s(headers, self._clock.now())
            wait_s = max(wait_s, asked_s + chance) if asked_s is not None else wait_s
        else:
            return None
        if wait_s > call.patience_s or (self.deadline and self._clock.monotonic() + wait_s > self.deadline):
            return None
        call.patience_s -= wait_s
        if wait_s >= _TELL_WAIT_S:
            _log.warning("%s asks to wait; going on in %.0f s", urlsplit(request.url or "").hostname, wait_s)
        return wait_s

    def _no_answer(self, err: Exception, request: requests.PreparedRequest) -> _Failure:
        if isinstance(err, RefusedError):
            words = f"{err}; if it is meant, add its network to allow under [collect] in district.toml"
            return _Failure(self._error(AddressRefused, words, request), again=False, sent=False)
        words, again = explain(
            err, read_s=self._limits.read_s, call_s=self._limits.call_s, late=CALL.get().left_s() <= 0
        )
        return _Failure(self._error(NetworkError, words, request), again, sent=not unconnected(err))

    def _not_whole(self, fault: Fault, request: requests.PreparedRequest, limit_bytes: int) -> _Failure:
        if fault == "length":
            words = f"the answer is larger than {limit_bytes:,} bytes, packed or unpacked"
            return _Failure(self._error(TooLarge, words, request), again=False)
        if fault == "time":
            words = "the answer stopped, or came too slowly to be waited for"
            return _Failure(self._error(NetworkError, words, request), again=False)
        if fault == "coding":
            words = "the answer is packed in a way that cannot be undone; gzip and deflate were asked for"
            return _Failure(self._error(PageError, words, request, "coding"), again=False)
        words = "the connection was closed in the middle of the answer"
        return _Failure(self._error(PageError, words, request, "truncated"), again=True)

    def _error(
        self, kind: type[CollectError], words: str, request: requests.PreparedRequest, code: str | None = None
    ) -> CollectError:
        place = self._redactor.value(request.url or "")
        return kind(self._redactor.text(words), account=BEHALF.get().account, place=place, code=code)


def _told(raw: HTTPResponse, body: Body, length: int) -> list[tuple[str, str]]:
    """The answer's headers for the record: what no longer describes the body is kept under another name."""
    headers: list[tuple[str, str]] = []
    framed = False
    for name, value in raw.headers.items():
        key = name.lower()
        undone = key == "transfer-encoding" or (key == "content-encoding" and body.fault != "coding")
        if undone or (key == "content-length" and value.strip() != str(length)):
            name, framed = f"X-Archive-Orig-{name}", True
        headers.append((name, value))
    if framed and not any(name.lower() == "content-length" for name, _ in headers):
        headers.append(("Content-Length", str(length)))
    return headers


def _without_host(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.items() if name.lower() != "host"]


def _sent_body(request: requests.PreparedRequest) -> bytes:
    """The body of a request where it is at hand; a stream is not read twice."""
    body = request.body
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""


def _origin(parts: SplitResult) -> str:
    port = parts.port
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port and port != default else "")
