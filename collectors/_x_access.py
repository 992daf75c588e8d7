"""X's API as a visit asks it: signed off, within its budget, through tweepy, every refusal a named error."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from rollbook.budget import Budget, BudgetExhausted, Metered
from rollbook.credentials import credential
from rollbook.errors import AccessError, CollectError, NetworkError, PageError, RateLimited
from rollbook.exchange import Answer
from rollbook.http import Door
from rollbook.pacing import retry_at
from rollbook.pages import clean
from rollbook.plugins import Visit
from rollbook.types import Page

#: What a post may cost beside itself: the one that it answers and the one that it quotes come along.
READS_PER_POST = 3
#: A user costs twice what a post does, and a read is a post's price.
#: **Source**: https://docs.x.com/x-api/getting-started/pricing, read 2026-11 ($0.010 and $0.005).
READS_PER_USER = 2
#: The host that tweepy asks, written into it.
_TWEEPYS_HOST = "https://api.twitter.com"

_USER_FIELDS = (
    "created_at", "description", "entities", "name", "profile_banner_url", "profile_image_url", "protected",
    "public_metrics", "url", "username",
)
_MEDIA_FIELDS = ("alt_text", "media_key", "preview_image_url", "type", "url", "variants")
_POST_FIELDS = ("attachments", "created_at", "edit_controls", "entities", "lang", "public_metrics", "withheld")


def _listed(*names: str) -> str:
    return ",".join(names)


#: What is asked of a user.
USER = {"user.fields": _listed(*_USER_FIELDS)}
_BESIDE = {
    "media.fields": _listed(*_MEDIA_FIELDS), "poll.fields": "id,options", "user.fields": "name,protected,username",
}
#: What is asked of posts, as X's OpenAPI document spells it since 2.167, and as it did before.
_SPELLINGS = {
    "post": {
        "post.fields": _listed(*_POST_FIELDS, "note_post"), **_BESIDE,
        "expansions": "attachments.media_keys,attachments.poll_ids,author_id,in_reply_to_user_id,referenced_posts",
    },
    "tweet": {
        "tweet.fields": _listed(
            *_POST_FIELDS, "author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet",
            "referenced_tweets",
        ), **_BESIDE,
        "expansions": _listed(
            "attachments.media_keys", "attachments.poll_ids", "author_id", "in_reply_to_user_id",
            "referenced_tweets.id", "referenced_tweets.id.author_id", "referenced_tweets.id.attachments.media_keys",
        ),
    },
}
#: What X answers to names of fields that it does not know.
_NOT_SPELLED = ("http-400", "http-422")


@dataclass(slots=True)
class Reader:
    """Asks X for one account."""

    visit: Visit
    door: Door
    client: Any
    budget: Budget
    #: Which spelling of the schema X has answered to; the other one is tried where it does not.
    schema: str
    _settled: bool = field(default=False)

    @classmethod
    def of(cls, visit: Visit, door: Door) -> Self:
        """**Raises** CollectError (terms, budget, setting), AccessError (no-credential)."""
        import tweepy  # type: ignore[import-untyped, unused-ignore]

        _signed_off(visit)
        if visit.budget is None:
            problem = (
                "X bills for every post that it shows: say how many reads a month may have, with monthly_reads under "
                "[collect.x] of district.toml"
            )
            raise BudgetExhausted(problem, account=visit.account.key)
        token = credential("ROLLBOOK_X_BEARER_TOKEN")
        if not token:
            problem = "waiting for its owner's authorisation: this machine has no token for X; run `rollbook connect x`"
            raise AccessError(problem, account=visit.account.key, code="no-credential")
        door.keep_secret(token)
        make: Any = tweepy.Client  # its annotations allow neither dict nor another session
        client = make(token, return_type=dict, wait_on_rate_limit=False)
        base = visit.address("base", "", may_be_empty=True)
        client.session = _Session(door, base) if base else door
        schema = visit.cursor.get("schema", "")
        return cls(visit, door, client, visit.budget, schema if schema in _SPELLINGS else "post")

    @property
    def key(self) -> str:
        """The account's key in the register."""
        return self.visit.account.key

    def ask(self, route: str, part: str, params: dict[str, str | int], context: dict[str, str], at_most: int) -> Page:
        """One request; ``at_most`` are the reads that its answer may cost. **Raises** CollectError."""
        meter = Metered(self.budget, at_most, lambda answer: _cost(answer, at_most))
        with self.door.on_behalf_of(self.key, part, context, meter=meter) as behalf:
            try:
                # tweepy's own methods know the older spelling only. What it makes of an answer that is not 200 does not
                # matter (of some it makes a TypeError): the page says what X said.
                with suppress(_tweepys_error(), AttributeError, KeyError, TypeError, ValueError):
                    self.client.request("GET", route, params=params)
            except BudgetExhausted as err:
                raise BudgetExhausted(err.cause, account=self.key, place=part) from None
        if not behalf.pages:
            raise NetworkError("no answer came", account=self.key, place=part)
        page = behalf.pages[-1]
        if page.status != 200:
            raise refusal(page)
        return page

    def ask_posts(
        self, route: str, part: str, params: dict[str, str | int], context: dict[str, str], at_most: int
    ) -> Page:
        """Asks for posts in the spelling that X answers to; whichever it is, it stays that for the visit."""
        if self._settled:
            return self.ask(route, part, {**params, **_SPELLINGS[self.schema]}, context, at_most)
        first = None
        try:
            first = self.ask(route, part, {**params, **_SPELLINGS[self.schema]}, context, at_most)
            told = _tells_times(first)
            if told is not False:
                self._settled = told is True
                return first
        except PageError as err:
            if err.code not in _NOT_SPELLED:
                raise
        other = next(name for name in _SPELLINGS if name != self.schema)
        try:
            second = self.ask(route, part, {**params, **_SPELLINGS[other]}, context, at_most)
        except PageError as err:
            if first is None or err.code not in _NOT_SPELLED:
                raise
            self._settled = True
            return first
        self._settled = True
        if first is None or _tells_times(second):
            self.schema = other
            return second
        return first


class _Session:
    """What tweepy takes for its session where the workspace says that X is somewhere else."""

    def __init__(self, door: Door, base: str) -> None:
        self._door, self._base = door, base

    def request(self, method: str, url: str, **named: Any) -> Any:
        """Asks the same of the other host."""
        return self._door.request(method, self._base + url.removeprefix(_TWEEPYS_HOST), **named)


def _tweepys_error() -> type[Exception]:
    import tweepy  # type: ignore[import-untyped, unused-ignore]

    error: type[Exception] = tweepy.TweepyException
    return error


def _signed_off(visit: Visit) -> None:
    """**Raises** CollectError (terms) until the workspace says who took X's terms upon the District."""
    by, on = visit.settings.get("terms_signed_off_by", ""), visit.settings.get("terms_signed_off_on")
    if isinstance(by, str) and by.strip() and isinstance(on, date) and not isinstance(on, datetime):
        return
    problem = (
        "X is not read until the workspace records who signed off its terms: its Developer Agreement wants an "
        "Enterprise plan where a government-related entity receives the content, and deletion of what is deleted on X, "
        "which the law on public records may forbid; counsel decides, then terms_signed_off_by = \"name, office\" and "
        "terms_signed_off_on = 2026-10-01 go under [collect.x] of district.toml; the archive that the account's owner "
        f"downloads from X needs none of this: `rollbook import FILE --account {visit.account.key}`"
    )
    raise CollectError(problem, account=visit.account.key, code="terms")


# -- what an answer says ---------------------------------------------------------------------------------------------


def _cost(answer: Answer, at_most: int) -> int:
    """The reads of an answer: each post, asked for or come along, once; a user that was asked for as two.

    **Source**: https://docs.x.com/x-api/getting-started/pricing (a price for each resource of a response, once a day;
    refusals are free), read 2026-11.
    """
    if answer.status_code >= 300:
        return 0
    try:
        top = json.loads(answer.content)
        data = top.get("data")
        beside = top.get("includes") or {}
        own = data if isinstance(data, list) else [data] if data is not None else []
        told = [*own, *(beside.get("posts") or ()), *(beside.get("tweets") or ())]
        reads = {str(entry["id"]) if "id" in entry else f"{place}.": READS_PER_USER if "username" in entry else 1
                 for place, entry in enumerate(told)}
        return sum(reads.values())
    except (ValueError, AttributeError, TypeError, RecursionError):
        return at_most


def _tells_times(page: Page) -> bool | None:
    """Whether the posts of an answer have the fields that were asked for; None where it has no posts."""
    try:
        data = json.loads(page.body).get("data")
    except (ValueError, AttributeError, RecursionError):
        return None
    posts = [post for post in data if isinstance(post, dict)] if isinstance(data, list) else []
    return any("created_at" in post for post in posts) if posts else None


def problems(page: Page) -> tuple[str, str]:
    """The last part of the problem's address and its words, of an answer that is a refusal; empty where it has none."""
    try:
        top = json.loads(page.body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(top, dict):
        return "", ""
    listed = top.get("errors")
    inner = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    kind = str(top.get("type") or inner.get("type") or "").rpartition("/")[2]
    said = inner.get("message") or top.get("detail") or inner.get("detail") or top.get("title") or ""
    return kind, clean(str(said))[:200]


def refusal(page: Page) -> CollectError:
    """The error for an answer that is not 200: what X says, and what a person can do."""
    kind, said = problems(page)
    says = f"X answers {page.status}" + (f": {said}" if said else "")
    place, account = page.part, page.account
    if kind == "usage-capped" or page.status == 402 or "credits" in said.lower():
        advice = "the credits or the monthly cap of the District's developer account are used up: see console.x.com"
        return RateLimited(f"{says}; {advice}", account=account, place=place, code="usage-capped")
    if page.status == 401:
        advice = "the token is no longer valid: make a new one and run `rollbook connect x`"
        return AccessError(f"{says}; {advice}", account=account, place=place)
    if page.status == 403:
        code = "client-forbidden" if kind == "client-forbidden" else None
        advice = "the developer account or its plan may not read this: see console.x.com"
        return AccessError(f"{says}; {advice}", account=account, place=place, code=code)
    if page.status == 429:
        later = retry_at(page.headers, page.fetched_at)
        until = f"; it may be asked again after {later:%Y-%m-%d %H:%M} UTC" if later else ""
        return RateLimited(f"{says}{until}", account=account, place=place, retry_at=later)
    if page.status >= 500:
        return NetworkError(f"{says}; it is not well", account=account, place=place, code="server-error")
    return PageError(says, account=account, place=place, code=f"http-{page.status}")
