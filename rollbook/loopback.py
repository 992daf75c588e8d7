"""Where a browser comes back to after its user agreed: one address of this machine, for one answer.

**Source**: RFC 8252, section 7.3 (loopback redirects) and 8.3; RFC 6749, sections 4.1.2 and 10.12 (state); W3C, Fetch
Metadata Request Headers.
"""

from __future__ import annotations

import hmac
import html
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from rollbook.errors import AccessError

#: How long the account's owner may take. **Units**: seconds.
PATIENCE_S = 600.0
#: How long the right answer may still come after one to another question. **Units**: seconds.
GRACE_S = 5.0
#: How long a connection that says nothing is kept: browsers open some in advance. **Units**: seconds.
_IDLE_S = 30

#: No script, no picture, nothing from elsewhere; the address with its code goes to nobody.
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - Rollbook</title></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body>
</html>
"""


class LoopbackRedirect:
    """Listens on 127.0.0.1 at a port that the system chooses; takes the first answer to its question, and no second."""

    def __init__(self, path: str, state: str) -> None:
        self._path, self._state = path, state
        self._answers: Queue[Mapping[str, str]] = Queue()
        self._lock, self._answered = threading.Lock(), False

        class Handler(_Handler):
            redirect = self

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="redirect", daemon=True
        )

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def uri(self) -> str:
        """The address that the browser is sent back to."""
        return f"http://{self.authority}{self._path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def code(self, patience_s: float = PATIENCE_S) -> str:
        """Waits for the answer and gives its code.

        **Raises** AccessError: no-answer, state (the answer is to another question), declined, refused.
        """
        try:
            answer = self._answers.get(timeout=patience_s)
        except Empty:
            problem = f"nobody agreed in the browser within {patience_s / 60:.0f} minutes; begin again"
            raise AccessError(problem, code="no-answer") from None
        while not self._asked_by_us(answer):  # any page can send a browser here: the right one may be on its way
            try:
                answer = self._answers.get(timeout=GRACE_S)
            except Empty:
                problem = "the browser came back with the answer to another question; nothing was taken, begin again"
                raise AccessError(problem, code="state") from None
        if answer.get("error") == "access_denied":
            raise AccessError("the account's owner did not agree", code="declined")
        if "error" in answer or not answer.get("code"):
            said = answer.get("error_description") or answer.get("error") or "no code"
            raise AccessError(f"the network refused: {said[:200]!r}", code="refused")
        return answer["code"]

    def _asked_by_us(self, answer: Mapping[str, str]) -> bool:
        return hmac.compare_digest(answer.get("state", "").encode(), self._state.encode())

    def take(self, target: str, host: str, asks_for: str) -> Mapping[str, str] | HTTPStatus:
        """The fields of an answer, or why a request is none.

        ``asks_for``: what a browser wants (Sec-Fetch-Dest): a page that tries all ports asks unseen for something else.
        """
        parts = urlsplit(target)
        if parts.path != self._path or host != self.authority or asks_for not in ("", "document"):
            return HTTPStatus.NOT_FOUND
        # A name that is said twice may mean two things: it then counts as missing.
        fields = {name: values[0] for name, values in parse_qs(parts.query).items() if len(values) == 1}
        with self._lock:
            if self._answered:
                return HTTPStatus.GONE
            self._answered = self._asked_by_us(fields)
        return fields

    def deliver(self, fields: Mapping[str, str]) -> None:
        """Hands the answer to whoever waits, once its page is shown."""
        self._answers.put(fields)

    def page(self, taken: Mapping[str, str] | HTTPStatus) -> tuple[HTTPStatus, str, str]:
        """The status, title and text of the page that is shown for a request."""
        if taken == HTTPStatus.GONE:
            return HTTPStatus.GONE, "Answered already", "One answer was taken; begin again where you started."
        if isinstance(taken, HTTPStatus):
            return taken, "Nothing here", "This address only waits for one answer."
        if not self._asked_by_us(taken):
            return HTTPStatus.BAD_REQUEST, "Not accepted", "This is the answer to another question. Begin again."
        if "code" not in taken or "error" in taken:
            return HTTPStatus.OK, "Not connected", "Nothing was permitted. You may close this window."
        return HTTPStatus.OK, "Received", "You may close this window and go back to Rollbook."


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: a browser that hangs up is no concern of ours."""


class _Handler(BaseHTTPRequestHandler):
    redirect: LoopbackRedirect
    timeout = _IDLE_S
    server_version, sys_version = "Rollbook", ""

    def do_GET(self) -> None:
        """Shows a page, then hands the answer over."""
        asks_for = self.headers.get("Sec-Fetch-Dest", "")
        taken = self.redirect.take(self.path, self.headers.get("Host", ""), asks_for)
        try:
            self._show(*self.redirect.page(taken))
        finally:
            if not isinstance(taken, HTTPStatus):
                self.redirect.deliver(taken)

    def _show(self, status: HTTPStatus, title: str, text: str) -> None:
        body = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the address holds the code."""
