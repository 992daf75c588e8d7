"""Facebook's and Instagram's tokens: a Page's own or a system user's is kept, a person's never is.

**Source**: developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived and
/docs/business-management-apis/system-users/guides/api-calls, read 2026-11.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rollbook.access import Access
from rollbook.authorizing import Tokens, ask, inspect, page, pages
from rollbook.errors import AccessError
from rollbook.http import Door
from rollbook.types import Account

#: A person's token that ends within this time is exchanged first: what is made from it would end with it.
SHORT = timedelta(days=30)


def page_token(
    door: Door, access: Access, account: Account | None, fill: Mapping[str, str], tell: Callable[[str], None]
) -> Tokens:
    """What is kept in the place of the token that was pasted. **Raises** AccessError, NetworkError, PageError."""
    assert access.inspect is not None
    fill = dict(fill)
    told = inspect(door, access.inspect, fill)
    soon = datetime.now(UTC).date() + SHORT
    if access.exchange is not None and told.kind == "USER" and told.expires_on and told.expires_on < soon:
        fill["token"] = ask(door, access.exchange, fill).access
    if access.pages is not None and told.kind != "PAGE":
        rows = pages(door, access.pages, {**fill, "proof": _proof(fill)})
        if access.pages.field == "access_token" and account is not None:
            fill["token"] = str(_own(door, [row for row in rows if row.get("access_token")], account)["access_token"])
            told = inspect(door, access.inspect, fill)
        else:
            _tell_numbers(door, rows, access, tell)
    elif access.page is not None and account is not None:
        _own(door, [page(door, access.page, {**fill, "proof": _proof(fill)})], account)
    if told.kind == "USER":
        problem = "this is a person's own token; make one of a system user, as the steps say; nothing was stored"
        raise AccessError(problem, code="refused")
    return Tokens(fill["token"], "", told.expires_on, told.scope)


def _proof(fill: Mapping[str, str]) -> str:
    """Shows that who asks knows the app's secret, which some apps demand. **Source**: …/guides/secure-requests."""
    return hmac.new(fill["ROLLBOOK_FACEBOOK_APP_SECRET"].encode(), fill["token"].encode(), hashlib.sha256).hexdigest()


def _own(door: Door, rows: list[dict[str, Any]], account: Account) -> dict[str, Any]:
    """The account's row of the Pages that a token opens. **Raises** AccessError (refused)."""
    handle = _plain(account.handle)
    for row in rows:
        if handle in (_plain(row.get("id")), _plain(row.get("username"))):
            return row
    names = (door.without_secrets(str(row.get("username") or row.get("name"))) for row in rows)
    opened = ", ".join(name[:80] for name in names) or "no Page at all"
    raise AccessError(f"this token opens {opened}, not {account.handle!r}; nothing was stored", code="refused")


def _plain(name: object) -> str:
    """Facebook's names know neither capitals nor full stops."""
    return str(name or "").lower().replace(".", "")


def _tell_numbers(door: Door, rows: list[dict[str, Any]], access: Access, tell: Callable[[str], None]) -> None:
    """Says the numbers of accounts, which a setting wants."""
    assert access.pages is not None
    for row in rows:
        one = row.get(access.pages.field)
        if isinstance(one, dict):
            name, number = (door.without_secrets(str(one.get(field))) for field in ("username", "id"))
            wanted = f'user = "{number[:40]}" under [collect.{access.network}]'
            tell(f"The number of {name[:80]} is {number[:40]}: district.toml wants it as {wanted}.")
