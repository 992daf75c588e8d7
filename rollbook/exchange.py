"""What passes through the Door: one request with its answer, as the archive takes it and as a parser reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import requests

from rollbook.types import Page


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, secrets redacted, ready to be archived: every hop of a redirect is one."""

    account: str
    part: str
    context: Mapping[str, str]
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    reason: str
    #: As received but for redaction; Content-Encoding and Transfer-Encoding are told as X-Archive-Orig-*.
    response_headers: tuple[tuple[str, str], ...]
    #: Content codings undone, secrets redacted.
    body: bytes
    started_at: datetime
    #: The address that answered; empty where unknown.
    ip_address: str = ""
    http_version: str = "HTTP/1.1"
    #: Why the body is not whole, in the words of WARC-Truncated; empty where it is.
    truncated: Literal["", "length", "time", "disconnect"] = ""


class Sink(Protocol):
    """Where exchanges go: the archive, or nowhere."""

    def record(self, exchange: Exchange) -> str:
        """Takes one exchange and returns the WARC-Record-ID of its response."""
        ...


class Meter(Protocol):
    """Counts what requests cost, where a network bills for its answers."""

    def before(self) -> None:
        """Before each attempt, asked again or not. **Raises** CollectError where it may not be sent."""
        ...

    def after(self, answer: Answer | None, *, sent: bool) -> None:
        """What came of it: None for no whole answer; ``sent`` is False where nothing left this machine."""
        ...


@dataclass(slots=True)
class Behalf:
    """For which account, and as what, requests are made; and what came back."""

    account: str = ""
    part: str = ""
    context: Mapping[str, str] = field(default_factory=dict)
    #: Bound on each answer, packed or unpacked.
    limit_bytes: int = 0
    #: Asked before each attempt, and told of its answer.
    meter: Meter | None = None
    #: The addresses are public and carry no credential of ours: only known secrets are removed from them.
    public: bool = False
    #: The last answer of every request, in order; redirects and refused attempts are in the archive only.
    pages: list[Page] = field(default_factory=list)


class Answer(requests.Response):
    """What a client library gets: a Response like any other, unredacted, that knows how it was archived."""

    exchange: Exchange
    #: WARC-Record-ID; empty where nothing records.
    record_id: str


def page_of(response: requests.Response) -> Page:
    """The redacted page of a response that came through the Door."""
    if not isinstance(response, Answer):
        raise TypeError("this response did not come through the Door; give the library the Door as its session")
    exchange = response.exchange
    headers: dict[str, str] = {}
    for name, value in exchange.response_headers:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return Page(
        account=exchange.account, part=exchange.part, url=exchange.url, status=exchange.status, headers=headers,
        body=exchange.body, fetched_at=exchange.started_at, context=exchange.context, record_id=response.record_id,
    )
