"""The one door to the network: every request of every collector passes here, recorded, polite and bounded.

INTERFACE (the body is being written): what collectors and the archive may rely on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import requests

from rollbook.types import Page
from rollbook.workspace import CollectSettings

#: Bounds on one answer, packed or unpacked, in bytes.
PAGE_BYTES = 32 * 1024 * 1024
MEDIA_BYTES = 64 * 1024 * 1024
#: ``part`` of an exchange whose body is kept as a media file, not inside the WARC.
MEDIA_PART = "media"


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


class Sink(Protocol):
    """Where exchanges go: the archive, or nowhere."""

    def record(self, exchange: Exchange) -> str:
        """Takes one exchange and returns the WARC-Record-ID of its response."""


class Door(requests.Session):
    """A requests Session that tweepy and facebook-sdk can use too; ``fetch`` is what our own collectors call."""

    def __init__(self, settings: CollectSettings, sink: Sink | None = None) -> None: ...

    def fetch(
        self, url: str, *, account: str, part: str, context: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None, headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (200,), limit_bytes: int = PAGE_BYTES,
    ) -> Page:
        """GETs one page for an account.

        **Raises** NetworkError (no answer, 5xx after retries), AddressRefused, TooLarge, RateLimited, AccessError
        (401, 403), PageError (any other status that ``accept`` does not name); each with account and place.
        """
        raise NotImplementedError
