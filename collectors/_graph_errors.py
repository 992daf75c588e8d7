"""What Meta's Graph API says when it refuses, as errors that tell a person what to do.

**Source**: developers.facebook.com/docs/graph-api/guides/error-handling, /docs/threads/troubleshooting, read 2026-11.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError, RateLimited
from rollbook.pacing import retry_at
from rollbook.pages import Item, read_json
from rollbook.types import Page

_TOKEN_CODES = frozenset((102, 190))
#: Subcodes of a token that is no longer good: our code, and what happened.
_TOKENS = {
    458: ("token-withdrawn", "the owner has removed the app"),
    459: ("token-withdrawn", "its owner has to log in to Facebook once and answer a question there"),
    460: ("token-withdrawn", "its owner's password was changed"),
    463: ("token-expired", "the token has expired"),
    464: ("token-withdrawn", "its owner's login is not confirmed"),
    467: ("token-invalid", "the token is no longer good"),
    492: ("token-withdrawn", "its owner no longer has a role on the Page"),
    2069032: ("token-kind", "it is a person's token; a Page is read with the Page's own"),
}
_LATER = frozenset((4, 17, 32, 341, 613, *range(80000, 80015)))
_PERMISSION = frozenset((3, 10, *range(200, 300)))
_TRY_AGAIN = frozenset((1, 2))
_BLOCKED, _PARAMETER, _MOVED, _NO_ALIAS, _NO_USER = 368, 100, 21, 803, 110
#: Of code 100: there is no object of this id, or none that this token may see.
_NO_OBJECT = 33


def told_error(page: Page) -> Item | None:
    """The ``error`` of an answer; None where it has none."""
    try:
        told = read_json(page)
    except PageError:
        return None
    error = told.get("error") if isinstance(told, dict) else None
    return Item(error, "error", page.account) if isinstance(error, dict) else None


def missing(page: Page) -> bool:
    """Whether an answer says that there is no object of the id that was asked for."""
    error = told_error(page)
    if error is None:
        return False
    code = error.count("code")
    return code == _NO_ALIAS or (code, error.count("error_subcode")) == (_PARAMETER, _NO_OBJECT)


def is_no_user(err: AccountGone) -> bool:
    """Whether the refusal is Instagram's word for a name that it does not show: personal, private or not there."""
    return f"; code {_NO_USER}" in err.cause


def read_refusal(page: Page, token_name: str, rest_until: datetime | None = None) -> CollectError | None:
    """The error for an answer that is a refusal; None for one that holds what was asked for."""
    error = told_error(page)
    if error is None:
        return None if page.status == HTTPStatus.OK else _by_status(page, rest_until)
    code, subcode, said = error.count("code") or 0, error.count("error_subcode") or 0, _said(error)
    where = {"account": page.account, "place": page.part}
    if code in _LATER or page.status == HTTPStatus.TOO_MANY_REQUESTS:
        return _later(page, said, rest_until)
    if code in _TOKEN_CODES:
        kind, words = _TOKENS.get(subcode, ("token-invalid", "the token is refused"))
        return AccessError(f"{words}: put a new one into {token_name} ({said})", code=kind, **where)
    if "appsecret_proof" in said:
        words = f"put the app's secret into ROLLBOOK_FACEBOOK_APP_SECRET ({said})"
        return AccessError(words, code="app-secret", **where)
    if code == _BLOCKED:
        return AccessError(f"the platform has blocked this for now ({said})", code="blocked", **where)
    if code in _PERMISSION or (code == _PARAMETER and not subcode and "Public Content Access" in said):
        return AccessError(f"a permission is missing or was withdrawn: its owner has to grant it ({said})", **where)
    if (code, subcode) == (_PARAMETER, _NO_OBJECT) or code in (_NO_ALIAS, _NO_USER):
        problem = f"there is no such account, or the token may no longer see it ({said})"
        return AccountGone(problem, code="not-found", **where)
    if code == _MOVED:
        return AccountGone(f"it has moved to another id: register that one ({said})", code="moved", **where)
    if code in _TRY_AGAIN or error.data.get("is_transient") is True or page.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NetworkError(f"the platform is not well: {said}", code="server-error", **where)
    return PageError(f"the platform says: {said}", **where)


def _said(error: Item) -> str:
    """Meta's own words with the numbers that its support asks for."""
    message, code, subcode = (error.data.get(name) for name in ("message", "code", "error_subcode"))
    words = str(message or "no words")[:300]
    return f"{words}; code {code}" + (f"/{subcode}" if subcode else "")


def _later(page: Page, said: str, rest_until: datetime | None) -> RateLimited:
    moment = max((at for at in (rest_until, retry_at(page.headers, page.fetched_at)) if at), default=None)
    until = f"; it may be asked again after {moment:%Y-%m-%d %H:%M} UTC" if moment else ""
    words = f"too much was asked for{until} ({said})"
    return RateLimited(words, account=page.account, place=page.part, retry_at=moment)


def _by_status(page: Page, rest_until: datetime | None) -> CollectError:
    status = page.status
    says = f"the server answers {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _later(page, says, rest_until)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return AccessError(says, account=page.account, place=page.part)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NetworkError(f"{says}; it is not well", account=page.account, place=page.part, code="server-error")
    return PageError(says, account=page.account, place=page.part, code=f"http-{status}")
