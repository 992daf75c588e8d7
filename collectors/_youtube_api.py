"""Asking YouTube's Data API with a key or an owner's token: what each answer costs, and what its refusals mean.

**Source**: https://developers.google.com/youtube/v3/docs/errors and /determine_quota_cost, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collectors._youtube_resources import said_of
from rollbook.credentials import credential
from rollbook.errors import AccessError, AccountGone, CollectError, PageError, RateLimited
from rollbook.http import Door
from rollbook.pages import Item, read_item, read_json, refuse
from rollbook.plugins import Visit
from rollbook.types import Page

KEY = "ROLLBOOK_YOUTUBE_API_KEY"
#: Units that a key has in a day; every method that is used here costs one, whatever it gives, captions excepted.
UNITS_A_DAY = 10_000
#: The most videos of one request. **Source**: the discovery document, ``maxResults`` of each method.
VIDEOS = 50
VIDEO_PARTS = "snippet,status,contentDetails"
CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
#: By its day the quota is counted.
PACIFIC = ZoneInfo("America/Los_Angeles")

_USED_UP = ("quotaExceeded", "dailyLimitExceeded")
_TOO_FAST = ("rateLimitExceeded", "userRateLimitExceeded")
_KEY_REFUSED = (
    "keyInvalid", "keyExpired", "accessNotConfigured", "ipRefererBlocked", "API_KEY_INVALID", "API_KEY_EXPIRED",
    "SERVICE_DISABLED", "API_KEY_SERVICE_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED",
)
#: What Google's servers say to whoever shows no key.
_NO_KEY_SEEN = "unregistered callers"
_GONE = {"channelSuspended": "suspended", "channelClosed": "deleted", "channelNotFound": "not-found"}


@dataclass(slots=True)
class Api:
    """One account's way to the API in one visit."""

    visit: Visit
    door: Door
    base: str
    key: str = field(repr=False)
    #: Units that this account's visits have taken on ``day``.
    used: int = 0
    day: str = ""
    #: The key goes into the address, since the server knows no header for it.
    in_address: bool = False

    def __post_init__(self) -> None:
        self.door.keep_secret(self.key)
        cursor = self.visit.cursor
        self.day = datetime.now(PACIFIC).date().isoformat()
        if cursor.get("quota_day") == self.day and cursor.get("quota_used", "").isdecimal():
            self.used = int(cursor["quota_used"])

    def ask(
        self, method: str, part: str, params: Mapping[str, str | int], context: Mapping[str, str] | None = None,
        unless: tuple[str, ...] = (), *, units: int = 1, token: str = "",
    ) -> Page:
        """Calls one method; a refusal for one of the reasons of ``unless`` is given back, any other is raised.

        ``token`` is the channel owner's, sent in the place of the key.
        **Raises** RateLimited (quota, rate-limited), AccessError, AccountGone, PageError and what the Door raises.
        """
        self.used += units
        sent, params = {"Accept": "*/*" if token else "application/json"}, dict(params)
        if token:
            sent["Authorization"] = f"Bearer {token}"
        elif self.in_address:
            params["key"] = self.key
        else:
            sent["X-Goog-Api-Key"] = self.key
        page = self.door.fetch(
            f"{self.base}/youtube/v3/{method}", account=self.visit.account.key, part=part, context=context,
            params=params, headers=sent, accept=(200, 400, 403, 404),
        )
        if page.status != 200:
            reasons, said = _told(page)
            if _NO_KEY_SEEN in said and not self.in_address and not token:
                self.in_address = True
                return self.ask(method, part, params, context, unless, units=units)
            if not reasons & set(unless):
                raise self._refused(page, reasons, said)
        return page

    def quota(self) -> dict[str, str]:
        """What the cursor keeps of it."""
        return {"quota_day": self.day, "quota_used": str(self.used)}

    def _refused(self, page: Page, reasons: set[str], said: str) -> CollectError:
        says = f"YouTube answers {page.status}: {said or ', '.join(sorted(reasons)) or 'nothing more'}"
        account, place = page.account, page.part
        if reasons & set(_USED_UP):
            again = midnight(datetime.now(UTC))
            says = (
                f"the key's quota of the day is used up ({self.used} units of {UNITS_A_DAY:,} went to this account); "
                f"it is filled again at midnight Pacific time, {again:%Y-%m-%d %H:%M} UTC"
            )
            return RateLimited(says, account=account, place=place, code="quota", retry_at=again)
        if reasons & set(_TOO_FAST):
            return RateLimited(says, account=account, place=place)
        if reasons & set(_KEY_REFUSED) or "API key" in said:
            says = f"{says}; the key in {KEY} is refused: `rollbook connect youtube` tells how to get one"
            return AccessError(says, account=account, place=place)
        for reason, code in _GONE.items():
            if reason in reasons:
                return AccountGone(says, account=account, place=place, code=code)
        if page.status == 403:
            return AccessError(says, account=account, place=place)
        return PageError(says, account=account, place=place, code=f"http-{page.status}")


def connect(visit: Visit, door: Door) -> Api | None:
    """The way to the API; None where there is no key."""
    base, key = visit.address("base", "https://youtube.googleapis.com"), credential(KEY)
    return Api(visit, door, base, key) if key else None


def answer_of(page: Page, kind: str) -> Item:
    """An answer of one kind. **Raises** PageError where it is another one."""
    answer = read_item(read_json(page), page.part, page.account)
    if answer.words("kind") != kind:
        said = said_of(answer)
        raise refuse(page, "schema", f"YouTube says: {said}" if said else f"the answer is no {kind}")
    return answer


def items_of(page: Page, kind: str) -> tuple[Item, ...]:
    """The items of an answer, none where it leaves them out. **Raises** PageError, for one that is none too."""
    return answer_of(page, kind).items("items")


def next_token(page: Page) -> str:
    """What asks for the page after this one; empty at the end."""
    return read_item(read_json(page), page.part, page.account).words("nextPageToken")


def midnight(now: datetime) -> datetime:
    """The next midnight of the Pacific clock, in UTC: when a key's quota is filled again."""
    tomorrow = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, PACIFIC).astimezone(UTC)


def _told(page: Page) -> tuple[set[str], str]:
    """The reasons of a refusal, in the spellings of the old and the new kind, and its words."""
    try:
        answer = read_item(read_json(page), page.part, page.account)
        error = answer.item_or_none("error")
        named: tuple[Item, ...] = (*error.items("errors"), *error.items("details")) if error else ()
        return {entry.words("reason") for entry in named} - {""}, said_of(answer)
    except PageError:
        return set(), ""
