"""TikTok: the public videos of one account whose owner has authorised the District to read them, and its profile.

Source: the Display API v2 (``/v2/user/info/``, ``/v2/video/list/``, ``/v2/video/query/``),
https://developers.tiktok.com/doc/display-api-overview/, read 2026-11. The account is ``tiktok:name``.
``[collect.tiktok] base`` says where the API is when not at open.tiktokapis.com. An owner's export: "Download your data"
as JSON (``user_data_tiktok.json``).
Access: the owner's own token with the scopes ``user.info.basic``, ``video.list`` and ``user.info.profile``; without the
last it has no description, its profile is taken in only once a video names the account, and until then no video
counts as gone. Nobody else's opens anything. It goes into ROLLBOOK_TIKTOK_HANDLE_TOKEN, the name in capitals with
"_" for ".", or into ROLLBOOK_TIKTOK_TOKEN where the District has one account. Without it the account is waiting for its
owner's authorisation (the error "no-credential"), and its owner's export can be imported.
Rate: 600 requests a minute for each method; a visit takes one, and one for each 20 videos.
Order: newest first, by the time of publication.
Cursor: ``id`` (the account's ``open_id``), ``newest`` video seen.
Edits and deletions: TikTok dates no edit, so words are compared. A video is gone when ``video/query`` gives nothing for
its id; whether it was deleted or made private is not told.
Not collected: the films themselves, private videos and those for friends, comments, likes, messages, stories, counts.
Of an export only what says that everybody may see it; its links to films expire, an item without its number is marked,
and it has no covers: a video read from both is one post of two versions, with its cover and without. The cover's
address is TikTok's for six hours.
Tested: contract only, against a stand-in that checks token, scopes, fields and bodies by TikTok's reference.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Self

from collectors._tiktok_videos import TIKTOK_EXPORT, name_in, parse, said_of, written_at
from rollbook.credentials import credential, credential_name
from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError, RateLimited
from rollbook.http import Door
from rollbook.pacing import retry_at
from rollbook.pages import Item, entries, latest, reach, read_item, read_json, read_time, step
from rollbook.plugins import Presence, Sweep, Visit, collector
from rollbook.types import Marked, Page, Post

#: The most videos that one request gives. **Source**: https://developers.tiktok.com/doc/tiktok-api-v2-video-list.
VIDEOS = 20
_USER = "open_id,avatar_url,display_name"
#: What the scope ``user.info.profile`` adds.
_USER_PROFILE = f"{_USER},username,bio_description,profile_deep_link"
_VIDEO = "id,create_time,cover_image_url,share_url,video_description,title,duration"
_HANDLE = re.compile(r"[A-Za-z0-9_.]{2,24}")
_SCOPE_MISSING = ("scope_not_authorized", "scope_permission_missed")
_TOKEN_REFUSED = ("access_token_invalid", *_SCOPE_MISSING)


@dataclass(frozen=True, slots=True)
class _TikTok:
    """One account's way to the API in one visit."""

    visit: Visit
    door: Door
    handle: str
    base: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, visit: Visit, door: Door) -> Self:
        """**Raises** CollectError for a handle or setting that is none, AccessError (no-credential)."""
        key, handle = visit.account.key, visit.account.handle.removeprefix("@")
        if not _HANDLE.fullmatch(handle):
            raise CollectError(f"{handle!r} is no name; expected tiktok:name", account=key, code="bad-handle")
        base = visit.address("base", "https://open.tiktokapis.com")
        own = credential_name("tiktok", handle)
        token = credential(own, credential_name("tiktok"))
        if not token:
            problem = (
                f"waiting for its owner's authorisation: `rollbook connect tiktok` asks for it and fills {own}; "
                "until then the owner's export can be imported"
            )
            raise AccessError(problem, account=key, code="no-credential")
        door.keep_secret(token)
        return cls(visit, door, handle, base, token)

    def user(self) -> Page:
        """Whose token it is, as far as its scopes go."""
        page = self._user(_USER_PROFILE)
        if page.status != 200 and _refusal(page)[0] in _SCOPE_MISSING:
            page = self._user(_USER)
        return self._checked(page)

    def _user(self, fields: str) -> Page:
        return self.door.fetch(
            f"{self.base}/v2/user/info/", account=self.visit.account.key, part="profile", params={"fields": fields},
            headers=self._headers(), context={"handle": self.handle}, accept=(200, 400, 401, 403, 404),
        )

    def videos(self, method: str, part: str, body: Mapping[str, object]) -> Page:
        """Calls one of the methods that take a POST; the Door does not repeat one by itself."""
        key = self.visit.account.key
        with self.door.on_behalf_of(key, part, {"handle": self.handle}) as behalf:
            self.door.post(
                f"{self.base}/v2/video/{method}/", params={"fields": _VIDEO}, json=dict(body), headers=self._headers()
            )
        return self._checked(behalf.pages[-1])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}

    def _checked(self, page: Page) -> Page:
        """**Raises** AccessError, RateLimited, NetworkError, PageError for an answer that is an error."""
        key = page.account
        if page.status >= 500:
            raise NetworkError(f"TikTok answers {page.status}", account=key, place=page.part, code="server-error")
        if page.status == 429:
            later = retry_at(page.headers, datetime.now(UTC))
            raise RateLimited("TikTok answers 429: too many requests", account=key, place=page.part, retry_at=later)
        code, message = _refusal(page)
        says = f"TikTok answers {page.status}: {message or code or 'nothing more'}"
        if code in _TOKEN_REFUSED or page.status in (401, 403):
            says += "; the owner has to authorise the District again: `rollbook connect tiktok`"
            raise AccessError(says, account=key, place=page.part)
        if code == "rate_limit_exceeded":
            raise RateLimited(says, account=key, place=page.part)
        if page.status != 200:
            raise PageError(says, account=key, place=page.part, code=f"http-{page.status}")
        if code not in ("", "ok"):
            raise PageError(says, account=key, place=page.part, code="schema")
        return page


def _refusal(page: Page) -> tuple[str, str]:
    """Code and words of what an answer says of itself; none where a refusal is a page of a server before TikTok's."""
    try:
        return said_of(read_item(read_json(page), page.part, page.account))
    except PageError:
        if page.status == 200:
            raise
        return "", ""


def _data(page: Page) -> Item:
    return read_item(read_json(page), page.part, page.account).item("data")


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for videos by id, twenty at a time; one that a good answer leaves out is gone."""
    try:
        tiktok = _TikTok.of(visit, door)
    except CollectError as err:
        yield from (Presence(post.id, "unclear", str(err)) for post in posts)
        return
    left = iter(posts)
    while batch := list(islice(left, VIDEOS)):
        try:
            found = _looked_up(tiktok, batch)
        except CollectError as err:
            found = [Presence(post.id, "unclear", str(err)) for post in batch]
        yield from found


def _looked_up(tiktok: _TikTok, posts: Sequence[Post]) -> list[Presence]:
    numbers = [post.id.removeprefix("tiktok:") for post in posts]
    page = tiktok.videos("query", "lookup", {"filters": {"video_ids": numbers}})
    # An answer without a list, or with an entry that is no video, says of none that it is gone.
    listed = [read_item(value, page.part, page.account) for value in entries(_data(page), "videos")]
    here, found = {item.name("id") for item in listed}, list[Presence]()
    shown: Page | None = page
    for post, number in zip(posts, numbers, strict=True):
        if number in here:
            found.append(Presence(post.id, "here", "video/query has it", shown))
            shown = None  # one reading of the answer is enough for all its videos
        else:
            found.append(Presence(post.id, "gone", "video/query gives nothing for its id", page))
    return found


# -- a visit -----------------------------------------------------------------------------------------------------


_NO_PROFILE = "TikTok shows to a token only the account of whoever gave it; a person has to look"


@collector("tiktok", parse=parse, look_up=look_up, export=TIKTOK_EXPORT, no_profile=_NO_PROFILE, settings=("base",))
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the profile of the token's owner, then the videos newest first."""
    tiktok = _TikTok.of(visit, door)
    profile = tiktok.user()
    number, is_named = _check(tiktok, _data(profile).item("user"))
    if is_named:
        yield profile
    newest = read_time(visit.cursor.get("newest", ""))
    since = reach(visit, newest)
    body: dict[str, object] = {"max_count": VIDEOS}
    seen: set[str] = set()
    while True:
        page = tiktok.videos("list", "videos", body)
        data = _data(page)
        if _check_names(tiktok, data, number) and not is_named:
            is_named = True
            yield profile
        yield page
        times = [moment for item in data.objects("videos") if (moment := written_at(item))]
        newest = latest(newest, times, page)
        if data.data.get("has_more") is not True or (times and max(times) < since):
            break
        place = data.counted("cursor")
        if place is None:
            raise data.refuse("'has_more' is said without a 'cursor': what is older was not read")
        step(page, str(place), seen)
        body["cursor"] = place
    if not is_named:
        # It may be anybody's: another account lacks every video of this one.
        problem = "TikTok does not tell whose token it is; connect it again with the permission user.info.profile"
        return Sweep(dict(visit.cursor), marked=(Marked("profile", f"foreign-id: {problem}"),))
    return Sweep({"id": number, **({"newest": newest.isoformat()} if newest else {})}, covered_from=since)


def _check(tiktok: _TikTok, user: Item) -> tuple[str, bool]:
    """The account's id, and whether it is known to be the registered one's.

    **Raises** AccountGone (renamed), PageError (foreign-id) for the token of somebody else.
    """
    number, name, known = user.text("open_id"), user.words("username"), tiktok.visit.cursor.get("id", "")
    _check_name(tiktok, user, name, number)
    if known and known != number:
        raise user.refuse("the name belongs to another account now: is it still the registered one?", code="foreign-id")
    return number, bool(name or known)


def _check_names(tiktok: _TikTok, data: Item, number: str) -> bool:
    """The same by the videos; whether they tell a name, which nothing else does without ``user.info.profile``."""
    names = [(name_in(str(item.data.get("share_url"))), item) for item in data.objects("videos")]
    for name, item in names:
        _check_name(tiktok, item, name, number)
    return any(name for name, _ in names)


def _check_name(tiktok: _TikTok, item: Item, name: str, number: str) -> None:
    """**Raises** AccountGone (renamed), PageError (foreign-id) where an answer is of another name."""
    if not name or name.casefold() == tiktok.handle.casefold():
        return
    if number == tiktok.visit.cursor.get("id", ""):
        problem = f"the account is called {name} now: register it as tiktok:{name}"
        raise AccountGone(problem, account=tiktok.visit.account.key, code="renamed")
    raise item.refuse(f"the token is that of {name}, another account", code="foreign-id")
