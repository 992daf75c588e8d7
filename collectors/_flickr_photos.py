"""Flickr's photographs and people as posts.

**Source**: https://www.flickr.com/services/api/: flickr.people.getPublicPhotos and flickr.people.getInfo, read 2026-11.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from collectors._caption import read_caption
from rollbook.hypertext import Hypertext, read_html
from rollbook.pages import YEARS, Item, entries, read_each, read_item, read_json, refuse
from rollbook.types import Media, Page, Parsed, Post

#: Largest first; the original's address changes with who may download it.
_SIZES = ("url_l", "url_c", "url_z", "url_m")


def parse(page: Page) -> Parsed:
    """Reads the photographs or the person of a page; a look-up only says whether a photograph is there."""
    if page.status != 200:
        return Parsed()
    answer = read_item(read_json(page), page.part, page.account)
    code, message = refusal(answer)
    if code is not None:
        raise refuse(page, "schema", f"Flickr says: {message}")
    if "person" in answer.data:
        return read_each(page, [answer.data["person"]], "person", lambda item: _profile(item, page))
    if "photo" in answer.data or "user" in answer.data:
        return Parsed()
    photos = answer.item("photos")
    return read_each(page, entries(photos, "photo"), "photos.photo", lambda item: _photo(item, page))


def refusal(answer: Item) -> tuple[int | None, str]:
    """Code and words of a refusal; None where the answer is good."""
    if answer.words("stat") == "ok":
        return None, ""
    return answer.counted("code") or 0, answer.words("message") or "the answer is not marked as good"


def _content(item: Item, name: str) -> str:
    """Flickr wraps some texts: ``{"_content": "…"}``."""
    value = item.data.get(name)
    inner = item.item_or_none(name) if isinstance(value, dict) else None
    return inner.words("_content") if inner else item.words(name)


def _about(item: Item) -> Hypertext:
    """A description: HTML, but for its lines, which stand as they were typed."""
    return read_html(_content(item, "description").replace("\n", "<br>"))


def moment_of(item: Item, name: str = "dateupload") -> datetime | None:
    """A time in seconds since 1970, as Flickr writes it; None where there is none."""
    told = str(item.data.get(name))
    try:
        moment = datetime.fromtimestamp(int(told), UTC) if told.isdecimal() else None
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment and moment.year in YEARS else None


def _photo(item: Item, page: Page) -> Post:
    number, owner, moment = item.text("id"), page.context.get("nsid", ""), moment_of(item)
    if owner and item.words("owner") != owner:
        raise item.refuse(f"is by {item.words('owner') or 'nobody'}, another account", code="foreign-id")
    if item.name("ispublic") != "1":
        raise item.refuse("is not public and was not read in", code="not-public")
    if moment is None:
        raise item.refuse("'dateupload' is missing or no time; expected seconds since 1970")
    about = _about(item)
    title = item.words("title").strip()
    text = "\n".join(part for part in (title, about.text) if part)
    found = read_caption(text, item.words("tags").split())
    links = (*(anchor.url for anchor in about.anchors), *found.links)
    picture = next((url for url in (item.words(size) for size in _SIZES) if url), "")
    path = quote(item.words("pathalias") or item.words("owner") or owner, safe="@")
    return Post(
        id=f"flickr:{number}", account=page.account, network="flickr", kind="post", text=text, created_at=moment,
        url=f"https://www.flickr.com/photos/{path}/{quote(number, safe='')}/", links=tuple(dict.fromkeys(links)),
        mentions=found.mentions, hashtags=found.hashtags, media=(Media("image", url=picture),) if picture else (),
    )


def _profile(item: Item, page: Page) -> Post:
    owner = page.context.get("nsid", "")
    if owner and item.words("nsid") != owner:
        raise item.refuse(f"the profile is of {item.words('nsid') or 'nobody'}, another account", code="foreign-id")
    about = _about(item)
    name = _content(item, "realname") or _content(item, "username")
    found = read_caption(about.text)
    links = (*(anchor.url for anchor in about.anchors), *found.links)
    photos = item.item_or_none("photos")
    first = photos.item_or_none("firstdate") if photos else None
    server = item.name("iconserver")
    icon = f"https://farm{item.name('iconfarm')}.staticflickr.com/{server}/buddyicons/{item.text('nsid')}.jpg"
    return Post(
        id=page.account, account=page.account, network="flickr", kind="profile",
        text="\n".join(part for part in (name, about.text) if part),
        created_at=(moment_of(first, "_content") if first else None) or page.fetched_at,
        url=_content(item, "profileurl"), links=tuple(dict.fromkeys(links)), mentions=found.mentions,
        hashtags=found.hashtags,
        media=(Media("image", url=icon),) if server not in ("", "0") else (),
    )
