"""Asking for a page only if it changed. **Source**: RFC 9110, 13.1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from rollbook.types import Page

#: How old a change has to be before a server's word that nothing changed since then is believed.
SETTLED = timedelta(seconds=2)


def conditions(validators: Mapping[str, str]) -> dict[str, str]:
    """The headers that ask for a page only if it is another than the one that had these validators."""
    named = {"If-None-Match": validators.get("etag", ""), "If-Modified-Since": validators.get("modified", "")}
    return {name: value for name, value in named.items() if value}


def validators_of(page: Page) -> dict[str, str]:
    """What the next visit may ask by; nothing where the page changed just now.

    WordPress and web servers count whole seconds, so what changes again in the same second keeps its validators.
    **Source**: RFC 9110, 8.8.2.2.
    """
    etag, modified = page.headers.get("etag", ""), page.headers.get("last-modified", "")
    changed_at, told_at = http_date(modified), http_date(page.headers.get("date", "")) or page.fetched_at
    if changed_at and told_at - changed_at < SETTLED:
        return {}
    return {name: value for name, value in (("etag", etag), ("modified", modified)) if value}


def http_date(text: str) -> datetime | None:
    """A time as HTTP writes it; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
