"""The one door to the network: every request of every collector passes here, recorded, polite and bounded.

``Door.fetch`` is what our own collectors call. Client libraries (tweepy, facebook-sdk, Mastodon.py) take the Door as
their ``requests.Session`` inside ``Door.on_behalf_of`` and are recorded the same way. Why there is one door, and what
it refuses, is told in docs/decisions/one-door.md.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.client import responses
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote

import requests
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import HTTPError

from rollbook import __version__
from rollbook.errors import AccessError, AddressRefused, CollectError, NetworkError, PageError, RateLimited
from rollbook.exchange import Answer, Behalf, Exchange, Meter, Sink, page_of
from rollbook.pacing import Clock, retry_at
from rollbook.recording import BEHALF, Limits, RecordingAdapter
from rollbook.redaction import Redactor, is_secret_header, watch_logs
from rollbook.types import Page
from rollbook.wire import CALL, Call
from rollbook.workspace import CollectSettings

__all__ = [
    "MEDIA_BYTES", "PAGE_BYTES", "Answer", "Behalf", "Clock", "Door", "Exchange", "Limits", "Sink", "page_of",
]

#: Bounds on one answer, packed or unpacked, in bytes.
PAGE_BYTES = 32 * 1024 * 1024
MEDIA_BYTES = 64 * 1024 * 1024

#: An answer that says "later" rather than "no".
_LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class Door(requests.Session):
    """A requests Session that tweepy and facebook-sdk can use too; ``fetch`` is what our own collectors call."""

    def __init__(
        self, settings: CollectSettings, sink: Sink | None = None, *, limits: Limits | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__()
        # No proxy, certificates or ~/.netrc of whoever runs this: a proxy would connect where nothing was checked, and
        # a password of .netrc would be sent, and archived, without anybody having decided so.
        self.trust_env = False
        if settings.ca_bundle is not None:
            self.verify = str(settings.ca_bundle)
        # A cookie lives as long as one chain of redirects: no account is read with what another one was given.
        self.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=()))
        self.headers["User-Agent"] = user_agent(settings.contact)
        self.headers["Accept-Encoding"] = "gzip, deflate"
        self._allow, self._clock, self._limits = settings.allow, clock or Clock(), limits or Limits()
        self._redactor = Redactor(os.environ)
        watch_logs(self._redactor)
        self.max_redirects = self._limits.redirects
        self._adapter = RecordingAdapter(
            user_agent(settings.contact), self._redactor, sink, settings.reroute, self._clock, self._limits
        )
        self.mount("https://", self._adapter)
        self.mount("http://", self._adapter)

    def fetch(
        self, url: str, *, account: str, part: str, context: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None, headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (200,), limit_bytes: int = PAGE_BYTES, follow: bool = True, public: bool = False,
    ) -> Page:
        """GETs one page for an account; without ``follow`` a redirect is an answer like any other.

        ``public``: the address is one that anybody may ask, without a credential of ours, and stays as it is: what
        stands under ``key=`` or ``token=`` there tells one page from the next.

        **Raises** NetworkError (no answer, 5xx after retries), AddressRefused, TooLarge, RateLimited, AccessError
        (401, 403), PageError (any other status that ``accept`` does not name); each with account and place.
        """
        with self.on_behalf_of(account, part, context, limit_bytes=limit_bytes, public=public):
            page = page_of(self.get(url, params=params, headers=headers, allow_redirects=follow))
        if page.status not in accept:
            raise self._unwanted(page)
        return page

    @contextmanager
    def on_behalf_of(
        self, account: str, part: str, context: Mapping[str, str] | None = None, *, limit_bytes: int = PAGE_BYTES,
        meter: Meter | None = None, public: bool = False,
    ) -> Iterator[Behalf]:
        """Whatever a client library asks through this session inside the block is recorded for this account.

        Gives what came back, redacted, as ``pages``. A collector must not yield inside the block. A ``meter`` is asked
        before each attempt, for a network that bills for its answers.
        """
        behalf = Behalf(account, part, dict(context or {}), limit_bytes, meter, public)
        token = BEHALF.set(behalf)
        try:
            yield behalf
        finally:
            BEHALF.reset(token)

    def keep_secret(self, value: str) -> None:
        """From now on this value stands in no record, error or log, however it is written.

        Kept already: the values of ROLLBOOK_…TOKEN, …SECRET, …PASSWORD and …KEY, and what a request carries as its
        credential.
        """
        self._redactor.keep(value)

    def without_secrets(self, text: str) -> str:
        """A sentence for a person, a log or a file without the secrets that are kept."""
        return self._redactor.known_text(text)

    def slow_down(self, host: str, interval_s: float) -> None:
        """From now on this host (with its port, where it has one) is asked no more often: a site's Crawl-delay."""
        self._adapter.slow_down(host, interval_s)

    def wait_until(self, deadline: float | None) -> None:
        """Waits for no platform beyond this moment of ``time.monotonic()``: a run's time limit."""
        self._adapter.deadline = deadline

    # -- as a requests.Session -----------------------------------------------------------------------------------

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **named: Any) -> requests.Response:
        """As requests has it, but its errors are ours: their words name no secret."""
        try:
            return super().request(method, url, *args, **named)
        except (requests.RequestException, HTTPError, ValueError) as err:
            problem = self._problem(err, url)
        raise problem  # outside the handler: the error that it comes from, with the whole address, is not chained to it

    def send(self, request: requests.PreparedRequest, **named: Any) -> requests.Response:
        """Sends a request, and whatever it is redirected to, within one call's limits."""
        if CALL.get(None) is not None:
            return super().send(request, **named)  # a hop of the call under way
        limits = self._limits
        call = CALL.set(Call(self._clock, self._allow, self._clock.monotonic() + limits.call_s, limits.patience_s))
        behalf = BEHALF.get(None) or Behalf(limit_bytes=PAGE_BYTES)
        token = BEHALF.set(behalf)
        try:
            answer = super().send(request, **named)
        except (requests.RequestException, HTTPError, ValueError) as err:
            problem = self._problem(err, request.url or "")
        else:
            if isinstance(answer, Answer):
                behalf.pages.append(page_of(answer))
            return answer
        finally:
            BEHALF.reset(token)
            CALL.reset(call)
        raise problem

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Leaves every credential behind where a redirect leads to another host, not only Authorization."""
        super().rebuild_auth(prepared_request, response)  # type: ignore[no-untyped-call]
        if self.should_strip_auth(response.request.url, prepared_request.url):  # type: ignore[no-untyped-call]
            for name in [name for name in prepared_request.headers if is_secret_header(name)]:
                if name.lower() != "cookie":  # the chain's own, chosen for the new host
                    del prepared_request.headers[name]

    # -- what may go wrong ---------------------------------------------------------------------------------------

    def _problem(self, err: Exception, url: str | bytes) -> CollectError:
        """The error that a person reads, for one of a library's."""
        place = self._redactor.value(url.decode("utf-8", "replace") if isinstance(url, bytes) else str(url))
        behalf = BEHALF.get(None) or Behalf()
        if isinstance(err, requests.TooManyRedirects):
            words = f"leads from one address to the next more than {self.max_redirects} times"
            return NetworkError(words, account=behalf.account, place=place, code="redirects")
        if isinstance(err, requests.exceptions.InvalidHeader):
            return NetworkError("a header cannot be sent: it holds a line break or begins with a space",
                                account=behalf.account, place=place)
        words = "this, or what it leads to, is no address of a web page; expected https://… or http://…"
        return AddressRefused(words, account=behalf.account, place=place)

    def _unwanted(self, page: Page) -> CollectError:
        """The error for a status that was not asked for."""
        status = page.status
        says = f"the server answers {status} {responses.get(status, '')}".strip()
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            says += "; the permission is missing or has expired"
            return AccessError(says, account=page.account, place=page.url)
        later = retry_at(page.headers, self._clock.now()) if status in _LATER else None
        if status == HTTPStatus.TOO_MANY_REQUESTS or (later and "retry-after" in page.headers):
            until = f"; it may be asked again after {later:%Y-%m-%d %H:%M} UTC" if later else ""
            return RateLimited(f"{says}{until}", account=page.account, place=page.url, retry_at=later)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return NetworkError(f"{says}; it is not well", account=page.account, place=page.url, code="server-error")
        return PageError(says, account=page.account, place=page.url, code=f"http-{status}")


def user_agent(contact: str) -> str:
    """Who asks, and where to complain. **Source**: RFC 9110, 10.1.5."""
    return f"Rollbook/{__version__}" + (f" (+{quote(contact.strip(), safe=':/@.+~?=&%-_')})" if contact.strip() else "")
