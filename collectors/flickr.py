"""Flickr: the public photographs and films of one account, with their titles, descriptions and tags, and its profile.

Source: Flickr's API (``flickr.people.getInfo``, ``flickr.people.getPublicPhotos``, ``flickr.photos.getInfo``; for a
name ``flickr.urls.lookupUser``), https://www.flickr.com/services/api/, read 2026-11. The account is
``flickr:12345678@N00`` or the name in its address, ``flickr:lincolnschool``. ``[collect.flickr] base`` says where the
API is when not at api.flickr.com.
Access: an API key of the District in ROLLBOOK_FLICKR_API_KEY. An owner's own token would show only what is not public
besides, so none is asked for. Without a key the account is waiting for its authorisation (the error "no-credential").
Rate: 3,600 requests an hour for a key; a visit takes one or two, and one for each 500 photographs.
Order: newest upload first.
Cursor: ``id`` of the account, ``newest`` upload seen.
Edits and deletions: ``lastupdate`` also moves for comments and views, so words and addresses are compared; a replaced
picture has another address. A photograph is gone when ``flickr.photos.getInfo`` says that there is none; Flickr does
not tell whether it was deleted or made private.
Not collected: private photographs and those for friends or family, comments, notes, favourites, albums, places, the
camera's data, counts; the originals where a smaller size of 1,024 pixels is there. Flickr knows no descriptions for
those who cannot see.
Tested: contract only, against a stand-in that takes what the reference of each method names.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote

from collectors._flickr_photos import moment_of, parse, refusal
from rollbook.credentials import credential
from rollbook.errors import AccessError, AccountGone, CollectError, NetworkError, PageError, RateLimited
from rollbook.http import Door
from rollbook.pages import latest, moved_up, reach, read_item, read_json, read_time, step
from rollbook.plugins import Presence, Profile, Sweep, Visit, collector
from rollbook.types import Page, Post

KEY = "ROLLBOOK_FLICKR_API_KEY"
#: The most photographs that one request gives. **Source**: flickr.people.getPublicPhotos, ``per_page``.
PHOTOS = 500
_EXTRAS = "description,date_upload,last_update,tags,media,path_alias,url_l,url_c,url_z,url_m"
_NSID = re.compile(r"[0-9]{3,12}@N[0-9]{2}")
_NAME = re.compile(r"[\w-]{2,64}")
#: What the codes of a refusal mean, for every method. **Source**: https://www.flickr.com/services/api/, error codes.
_KEY_REFUSED, _UNWELL = (96, 97, 98, 99, 100), (0, 105, 106)


# -- asking ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Flickr:
    """One account's way to the API in one visit."""

    visit: Visit
    door: Door
    base: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, visit: Visit, door: Door) -> Self:
        """**Raises** CollectError for a name or setting that is none, AccessError (no-credential)."""
        account, handle = visit.account.key, visit.account.handle
        if not (_NSID.fullmatch(handle) or _NAME.fullmatch(handle)):
            problem = f"{handle!r} is no account; expected the name of its address, or an id like 12345678@N00"
            raise CollectError(problem, account=account, code="bad-handle")
        base = visit.address("base", "https://api.flickr.com")
        key = credential(KEY)
        if not key:
            problem = (
                f"waiting for its owner's authorisation: Flickr shows nothing without an API key in {KEY}; "
                "`rollbook connect flickr` tells how to get one"
            )
            raise AccessError(problem, account=account, code="no-credential")
        door.keep_secret(key)
        return cls(visit, door, base, key)

    def ask(self, method: str, part: str, params: Mapping[str, str | int], context: Mapping[str, str]) -> Page:
        """Calls one method; ``refused`` tells what its answer means."""
        asked: dict[str, str | int] = {"method": method, "api_key": self.key, "format": "json", "nojsoncallback": 1}
        return self.door.fetch(
            f"{self.base}/services/rest/", account=self.visit.account.key, part=part, context=context,
            params=asked | dict(params),
        )

    def refused(self, page: Page, gone: tuple[int, ...] = ()) -> int | None:
        """The code of a refusal that is one of ``gone``; None for a good answer. **Raises** for any other."""
        answer = read_item(read_json(page), page.part, page.account)
        code, message = refusal(answer)
        if code is None or code in gone:
            return code
        says = f"Flickr says: {message} ({code})"
        if code in _KEY_REFUSED:
            raise AccessError(f"{says}; put a good key into {KEY}", account=page.account, place=page.part)
        if "limit" in message.lower():
            raise RateLimited(says, account=page.account, place=page.part)
        if code in _UNWELL and "stat" in answer.data:
            raise NetworkError(says, account=page.account, place=page.part, code="server-error")
        raise PageError(says, account=page.account, place=page.part, code="schema")


# -- look-ups ----------------------------------------------------------------------------------------------------


def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
    """Asks for each photograph by its number; only Flickr's own "not found" says that it is gone."""
    try:
        flickr = _Flickr.of(visit, door)
    except CollectError as err:
        yield from (Presence(post.id, "unclear", str(err)) for post in posts)
        return
    for post in posts:
        try:
            number = post.id.removeprefix("flickr:")
            page = flickr.ask("flickr.photos.getInfo", "lookup", {"photo_id": number}, {})
            refused = flickr.refused(page, gone=(1, 2))
            shown = read_item(read_json(page), "lookup", page.account)
            here = "" if refused else shown.item("photo").name("id")
        except CollectError as err:
            yield Presence(post.id, "unclear", str(err))
            continue
        if refused:
            says = f"Flickr says: {shown.words('message')} ({refused}); whether deleted or private is not told"
            yield Presence(post.id, "gone", says, page)
        else:
            yield Presence(post.id, "here" if here == number else "unclear", "flickr.photos.getInfo answers", page)


# -- a profile alone ---------------------------------------------------------------------------------------------


def fetch_profile(visit: Visit, door: Door) -> Profile:
    """The public profile of an account that is not on record."""
    flickr = _Flickr.of(visit, door)
    nsid = _found(flickr)
    page = flickr.ask("flickr.people.getInfo", "profile", {"user_id": nsid}, {"nsid": nsid})
    _must_be_there(flickr, page)
    alias = read_item(read_json(page), "profile", page.account).item("person").words("path_alias")
    return Profile(page, nsid, tuple(f"flickr:{name}" for name in (nsid, alias) if name))


# -- a visit -----------------------------------------------------------------------------------------------------


@collector("flickr", parse=parse, look_up=look_up, profile=fetch_profile, settings=("base",))
def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
    """Reads the profile, then the photographs newest first."""
    flickr = _Flickr.of(visit, door)
    nsid = _found(flickr)
    page = flickr.ask("flickr.people.getInfo", "profile", {"user_id": nsid}, {"nsid": nsid})
    _must_be_there(flickr, page)
    yield page
    newest = read_time(visit.cursor.get("newest", ""))
    since = reach(visit, newest)
    total: int | None = None
    number, seen = 1, set[str]()
    while True:
        page = _listed(flickr, nsid, number)
        listed = read_item(read_json(page), "photos", page.account).item("photos")
        yield page
        told = listed.counted("total")
        if told is not None:
            for moved in moved_up(number, PHOTOS, total or 0, told):
                yield _listed(flickr, nsid, moved)
            total = told
        shown = listed.objects("photo")
        times = [moment for item in shown if (moment := moment_of(item))]
        newest = latest(newest, times, page)
        # By the answer's own count of pages: a page beyond the last shows the last again.
        pages = listed.counted("pages")
        if pages is None and len(shown) >= PHOTOS:
            raise listed.refuse("'pages' is missing or no number: what is older was not read")
        if number >= (pages or 0) or (times and max(times) < since):
            break
        # The same photographs once more: a server or cache that does not know pages.
        step(page, " ".join(str(item.data.get("id")) for item in shown), seen)
        number += 1
    kept = {"newest": newest.isoformat()} if newest else {}
    return Sweep({"id": nsid, **kept}, covered_from=since, expected=total)


def _listed(flickr: _Flickr, nsid: str, number: int) -> Page:
    """One page of the account's photographs."""
    params: dict[str, str | int] = {"user_id": nsid, "extras": _EXTRAS, "per_page": PHOTOS, "page": number}
    page = flickr.ask("flickr.people.getPublicPhotos", "photos", params, {"nsid": nsid})
    _must_be_there(flickr, page)
    return page


def _must_be_there(flickr: _Flickr, page: Page) -> None:
    """**Raises** AccountGone where Flickr has no such account."""
    refused = flickr.refused(page, gone=(1, 2, 5))
    if refused:
        code, words = ("deleted", "has deleted the account") if refused == 5 else ("not-found", "has no such account")
        raise AccountGone(f"Flickr {words}", account=page.account, place=page.part, code=code)


def _found(flickr: _Flickr) -> str:
    """The account's id. **Raises** AccountGone, PageError (foreign-id) where the name is somebody else's now."""
    handle, known = flickr.visit.account.handle, flickr.visit.cursor.get("id", "")
    if _NSID.fullmatch(handle):
        return handle
    params = {"url": f"https://www.flickr.com/photos/{quote(handle, safe='')}/"}
    page = flickr.ask("flickr.urls.lookupUser", "profile", params, {})
    if flickr.refused(page, gone=(1, 2, 5)):
        name = _name_now(flickr, known) if known else ""
        problem = f"; it is called {name} now: register it as flickr:{name}" if name else ""
        code = "renamed" if name else "not-found"
        raise AccountGone(f"Flickr has no account {handle}{problem}", account=page.account, place=page.part, code=code)
    user = read_item(read_json(page), "profile", page.account).item("user")
    flickr.visit.check_number(user, user.text("id"))
    return user.text("id")


def _name_now(flickr: _Flickr, nsid: str) -> str:
    """What an account that was known is called now; empty where it is there no more."""
    page = flickr.ask("flickr.people.getInfo", "profile", {"user_id": nsid}, {"nsid": nsid})
    if flickr.refused(page, gone=(1, 2, 5)):
        return ""
    person = read_item(read_json(page), "profile", page.account).item("person")
    return person.words("path_alias") or nsid
