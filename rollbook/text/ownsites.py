"""The District's own website, feed and wiki: not a public social network. **Source**: RULES.md, close calls."""

from __future__ import annotations

from urllib.parse import urlsplit

from rollbook.linked import ADDRESSES
from rollbook.types import Account
from rollbook.workspace import District


def is_own_site(account: Account, district: District) -> bool:
    """Whether the account is a page of the District's own website."""
    if account.network not in ADDRESSES:
        return False
    address = account.handle if "://" in account.handle else "//" + account.handle
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return any(host == name or host.endswith("." + name) for name in (*district.web_domains, *district.mail_domains))
