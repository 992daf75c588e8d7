"""The District's own website, feed and wiki: not a public social network; and sites that are on record under any name.

**Source**: RULES.md, close calls.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from rollbook.linked import ADDRESSES, plain_key
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


def is_known_site(key: str, registered: Iterable[Account], district: District) -> bool:
    """Whether a site is the District's own, or one that is on record as a site, a blog, a feed, a wiki or a forum."""
    address = _address(key)
    host = address.partition("/")[0]
    domains = (*district.web_domains, *district.mail_domains)
    if any(host == name or host.endswith(f".{name}") or f"/{name}/" in f"{address}/" for name in domains):
        return True  # the last: a site in the District's own Google Workspace
    known = [_address(account.key) for account in registered if account.network in ADDRESSES]
    return any(one == address or one.startswith(f"{address}/") or address.startswith(f"{one}/") for one in known)


def _address(key: str) -> str:
    return plain_key(key).partition(":")[2].partition("#")[0].rstrip("/")
