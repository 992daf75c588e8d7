"""How a MediaWiki's action API is asked: politely, its lists to their end, each error by the name that it has there.

**Source**: https://www.mediawiki.org/wiki/API:Main_page and API:Errors; as 1.39 answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from collectors._wiki_revisions import user_of
from rollbook.errors import AccessError, CollectError, NetworkError, RateLimited
from rollbook.http import Door
from rollbook.hypertext import is_site
from rollbook.pages import Item, read_item, read_json, refuse, step
from rollbook.plugins import Visit
from rollbook.types import Page

#: Seconds that the wiki's databases may be behind. **Source**: https://www.mediawiki.org/wiki/Manual:Maxlag_parameter.
MAXLAG_S = 5
_ALWAYS: dict[str, str | int] = {"action": "query", "format": "json", "formatversion": 2, "maxlag": MAXLAG_S}
_SHUT = ("readapidenied", "permissiondenied", "assertuserfailed")
_LATER = ("maxlag", "ratelimited", "readonly")


@dataclass(frozen=True, slots=True)
class Wiki:
    """One user's wiki in one visit."""

    visit: Visit
    door: Door
    api: str
    user: str
    #: What the parser needs beyond an answer's body.
    context: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, visit: Visit, door: Door) -> Self:
        """**Raises** CollectError for a handle that is none."""
        key, handle = visit.account.key, visit.account.handle
        user = user_of(visit.account.key)
        good = is_site(handle) and urlsplit(handle).path.endswith("/api.php")
        if not good or not user or re.search(r"[#<>\[\]|{}/:]", user):
            problem = f"{handle!r} names no user of a wiki; expected wiki:https://wiki.example/w/api.php#User_Name"
            raise CollectError(problem, account=key, code="bad-handle")
        return cls(visit, door, handle.partition("#")[0], user)

    @property
    def key(self) -> str:
        return self.visit.account.key

    def ask(self, part: str, params: Mapping[str, str | int], context: Mapping[str, str] | None = None) -> Page:
        """Puts one query. **Raises** the error that the wiki names, which comes with HTTP 200."""
        page = self.door.fetch(
            self.api, account=self.key, part=part, params={**_ALWAYS, **params},
            context={**self.context, **(context or {})},
        )
        top = read_item(read_json(page), part, self.key)
        if "error" in top.data:
            raise _named(page, top.item("error"))
        if "query" not in top.data and "batchcomplete" not in top.data:
            raise refuse(page, "schema", "the answer is none of MediaWiki's action API: 'query' is missing")
        return page

    def each(self, part: str, params: Mapping[str, str | int]) -> Iterator[tuple[Page, Item]]:
        """Every page of a list, with its ``query``. **Raises** PageError: cursor-loop."""
        more: dict[str, str | int] = {}
        seen = set[str]()
        while True:
            page = self.ask(part, {**params, **more})
            yield page, query_of(page)
            following = read_item(read_json(page), part, self.key).item_or_none("continue")
            if following is None:
                return
            more = {name: str(value) for name, value in following.data.items() if isinstance(value, str | int)}
            step(page, json.dumps(more, sort_keys=True), seen)


def query_of(page: Page) -> Item:
    """What an answer gives; empty where it gives nothing. **Raises** PageError."""
    return read_item(read_json(page), page.part, page.account).item_or_none("query") or Item({}, "query", page.account)


def _named(page: Page, error: Item) -> CollectError:
    """The error of an answer that says one."""
    code, place = error.words("code"), page.url.partition("?")[0]
    says = f"the wiki says: {error.words('info') or 'no'} ({code})"
    if code in _SHUT:
        return AccessError(f"{says}; only its members may read it", account=page.account, place=place)
    if code in _LATER:
        return RateLimited(says, account=page.account, place=place)
    if code.startswith("internal_api_error"):
        return NetworkError(says, account=page.account, place=place, code="server-error")
    return refuse(page, "refused", says)
