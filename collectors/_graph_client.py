"""Meta's Graph API through the Door: what the collectors of Facebook, Instagram and Threads share.

facebook-sdk (3.1, the last) makes the requests; it knows no version beyond 3.1, signs no page but the first, and hides
status, headers and subcodes. So the version is a part of the path, the pages are walked here by their cursor (the
address that the API gives for the next page holds the token), and what came back is read from the recorded page.
**Source**: developers.facebook.com/docs/graph-api/guides/error-handling and /overview/rate-limiting, read 2026-11.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from types import ModuleType
from urllib.parse import quote

from collectors._graph_errors import missing, read_refusal
from rollbook.credentials import credential, credential_name
from rollbook.errors import AccessError, CollectError, PageError, RateLimited
from rollbook.http import Door
from rollbook.pages import Item, entries, latest, reach, read_item, read_json, read_time, refuse, step
from rollbook.plugins import Presence, Sweep, Visit
from rollbook.types import Page, Post

#: Meta keeps it until 2028-07-29. **Source**: developers.facebook.com/docs/graph-api/changelog, read 2026-11.
VERSION = "v25.0"
#: The host that facebook-sdk asks; Threads has its own.
FACEBOOK, THREADS = "https://graph.facebook.com", "https://graph.threads.com"
#: Where Meta does not say when an exhausted limit is free again: it counts over one hour that slides.
_WINDOW = timedelta(hours=1)
#: What a request asks for, by its names.
Params = Mapping[str, str | int]
#: In percent of what is allowed.
_FULL = 100
#: Of what is counted apart: advertisements and messages are not our business.
_OUR_USES = (None, "pages", "instagram", "threads")
_USAGE_HEADERS = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")


@dataclass
class Graph:
    """One account's way to the API in one visit."""

    door: Door
    #: The key in the register.
    account: str
    token: str = field(repr=False)
    #: The environment variable that the token came from.
    token_name: str
    version: str
    host: str = FACEBOOK
    #: When an exhausted limit is free again; None while nothing is exhausted.
    rest_until: datetime | None = field(default=None, init=False)

    def ask(
        self, path: str, part: str, params: Params, context: Mapping[str, str] | None = None, *, may_miss: bool = False
    ) -> Page:
        """Asks for a node or an edge. **Raises** CollectError; not where ``may_miss`` and there is no such node."""
        if self.rest_until is not None:
            raise RateLimited(
                f"the limit of this hour is used up; it may be asked again after {self.rest_until:%Y-%m-%d %H:%M} UTC",
                account=self.account, place=part, retry_at=self.rest_until,
            )
        with self.door.on_behalf_of(self.account, part, context) as behalf:
            self._call(path, params)
        page = behalf.pages[-1]
        self.rest_until = rest_until(page)
        if may_miss and missing(page):
            return page
        refused = read_refusal(page, self.token_name, self.rest_until)
        if refused is not None:
            raise refused
        return page

    def _call(self, path: str, params: Params) -> None:
        path = f"{self.version}/{quote(path)}"
        if self.host != FACEBOOK:
            self.door.get(f"{self.host}/{path}", params={**params, "access_token": self.token})
            return
        sdk = library()
        graph = sdk.GraphAPI(self.token, session=self.door)  # the Door has its own time-outs
        # Whatever it makes of the answer (GraphAPIError, KeyError for a missing header, "Maintype"): the page says it.
        with suppress(sdk.GraphAPIError, LookupError, ValueError, RecursionError):
            graph.request(path, {**params, **self._proof()})

    def _proof(self) -> dict[str, str]:
        """Shows that who asks knows the app's secret, where one is kept. **Source**: …/guides/secure-requests."""
        secret = credential("ROLLBOOK_FACEBOOK_APP_SECRET", optional=True)
        if not secret:
            return {}
        self.door.keep_secret(secret)
        proof = hmac.new(secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        self.door.keep_secret(proof)
        return {"appsecret_proof": proof}

    def walk(self, path: str, part: str, params: Params, context: Mapping[str, str] | None = None) -> Iterator[Page]:
        """The pages of an edge, by their cursors. **Raises** PageError: cursor-loop."""
        params, seen = dict(params), set[str]()
        while True:
            page = self.ask(path, part, params, context)
            yield page
            after = next_cursor(page, read_item(read_json(page), part, self.account))
            if not after:
                return
            params = {**params, "after": step(page, after, seen)}


@cache
def library() -> ModuleType:
    """facebook-sdk, whose regular expression warns of an invalid escape when Python first compiles the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("facebook")


def connect(visit: Visit, door: Door, network: str, version: object, host: str = FACEBOOK) -> Graph:
    """The way to the API with the account's own token, or the network's.

    **Raises** AccessError (no-credential) where neither is there, PageError (setting) for a version that is none.
    """
    key = visit.account.key
    own, shared = credential_name(network, visit.account.handle), credential_name(network)
    if not isinstance(version, str) or not re.fullmatch(r"v\d{1,3}\.\d", version):
        problem = f"[collect.{network}] version is {version!r}; expected one like {VERSION}"
        raise PageError(problem, account=key, code="setting")
    token = credential(own, shared)
    if not token:
        problem = f"waiting for its owner's authorisation: run `rollbook connect {network}`, or put a token into {own}"
        raise AccessError(problem, account=key, code="no-credential")
    door.keep_secret(token)
    return Graph(door, key, token, own if token == credential(own, optional=True) else shared, version, host)


# -- pages -------------------------------------------------------------------------------------------------------


class Walk:
    """The way down a list of posts, newest first, to the end of the window, and what was seen on it."""

    def __init__(self, visit: Visit, time_field: str) -> None:
        self._time_field = time_field
        self._newest = read_time(visit.cursor.get("newest", ""))
        self.since, self._seen = reach(visit, self._newest), set[str]()

    def after(self, page: Page, listed: Item, *, by_cursor: bool = False) -> str:
        """Where the next page begins; empty at the end. ``by_cursor``: that there is one is told by its cursor alone.

        **Raises** PageError: cursor-loop, schema.
        """
        told = [value.get(self._time_field) for value in entries(listed, "data") if isinstance(value, dict)]
        times = [moment for text in told if isinstance(text, str) and (moment := read_time(text))]
        self._newest = latest(self._newest, times, page)
        after = next_cursor(page, listed, by_cursor=by_cursor)
        if not after or (times and max(times) < self.since):
            return ""
        return step(page, after, self._seen)

    def sweep(self, number: str, expected: int | None = None) -> Sweep:
        """What the visit proved of the account of this number."""
        newest = {"newest": self._newest.isoformat()} if self._newest else {}
        return Sweep({"id": number, **newest}, self.since, expected)


def next_cursor(page: Page, holder: Item, *, by_cursor: bool = False) -> str:
    """Where the next page of a list begins; empty at its end. **Raises** PageError (schema) where that is not said."""
    paging = holder.item_or_none("paging")
    if paging is None:
        return ""
    cursors = paging.item_or_none("cursors")
    after = cursors.words("after") if cursors else ""
    more = bool(after if by_cursor else paging.words("next"))
    if more and not after:
        raise refuse(page, "schema", "the next page is told by its address only, without a cursor; it was not read")
    return after if more else ""


# -- look-ups ----------------------------------------------------------------------------------------------------


def presence(graph: Graph, post: Post, part: str, fields: str, context: Mapping[str, str]) -> Presence:
    """Whether a post is still there, asked by its id; to be asked only while the account itself answers."""
    native = post.id.partition(":")[2]
    try:
        page = graph.ask(native, part, {"fields": fields}, context, may_miss=True)
        found = "" if missing(page) else read_item(read_json(page), part, graph.account).name("id")
    except CollectError as err:
        return unclear(post, err)
    if missing(page):
        how = "no such post (error 100/33 or 803), while the account itself answers"
        return Presence(post.id, "gone", how, page)
    if found != native:
        return Presence(post.id, "unclear", f"the answer is about {found or 'another post'}", page)
    return Presence(post.id, "here", "HTTP 200 at its id", page)


def unclear(post: Post, err: CollectError) -> Presence:
    """What a look-up that learned nothing says."""
    return Presence(post.id, "unclear", f"{err.code}: {err.cause}")


# -- limits ------------------------------------------------------------------------------------------------------


def rest_until(page: Page) -> datetime | None:
    """When the limits that an answer's headers tell of are free again; None while they are not used up.

    **Units**: Meta tells the use in percent and the time to regain access in minutes.
    """
    moments = []
    for name in _USAGE_HEADERS:
        with suppress(ValueError, RecursionError):
            moments += [_free_at(page, use) for use in _uses(json.loads(page.headers.get(name, "null")))]
    return max((moment for moment in moments if moment), default=None)


def _uses(told: object) -> Iterator[Mapping[str, object]]:
    """X-App-Usage is one object; X-Business-Use-Case-Usage a list of them for each business."""
    if not isinstance(told, dict):
        return
    yield told
    for listed in told.values():
        yield from (use for use in (listed if isinstance(listed, list) else ()) if isinstance(use, dict))


def _free_at(page: Page, use: Mapping[str, object]) -> datetime | None:
    if use.get("type") not in _OUR_USES:
        return None
    minutes = use.get("estimated_time_to_regain_access")
    if isinstance(minutes, int | float) and 0 < minutes < 100_000:
        return page.fetched_at + timedelta(minutes=minutes)
    shares = [use.get(name) for name in ("call_count", "total_cputime", "total_time")]
    full = any(isinstance(share, int | float) and share >= _FULL for share in shares)
    return page.fetched_at + _WINDOW if full else None
