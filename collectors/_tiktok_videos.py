"""TikTok's videos and profiles as posts, from its API and from an owner's export: the same video is the same post.

**Source**: https://developers.tiktok.com/doc/tiktok-api-v2-video-object and /tiktok-api-v2-get-user-info, read 2026-11;
exports of 2023 to 2025 ("Post", "Posts", "VideoList"; before that "Video", "Videos", "VideoList").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from collectors._caption import read_caption, titled
from rollbook.errors import PageError
from rollbook.exports import Export, ExportFile, Portion
from rollbook.pages import YEARS, Item, clean, entries, read_each, read_item, read_json, read_time, refuse
from rollbook.types import Account, Media, Page, Parsed, Post

_MEMBER = re.compile(r"(?:^|/)user_data(?:_tiktok)?\.json$")
#: Where an export lists what its owner published. Deleted, liked, saved and watched videos have lists of their own.
_PLACES = ("Post.Posts.VideoList.item", "Video.Videos.VideoList.item", "Activity.Videos.VideoList.item")
_OWNERS = (
    "Profile And Settings.Profile Info.ProfileMap.userName", "Profile.Profile Information.ProfileMap.userName",
    "Profile.Profile Info.ProfileMap.userName",
)
_EVERYBODY = ("public", "everyone", "public to everyone")
_NAME = re.compile(r"//(?:www\.)?tiktok\.com/@([A-Za-z0-9_.]+)/")
_NUMBER = re.compile(r"/(?:share/video|video|photo)/(\d{6,24})(?:[/?#]|$)")


def parse(page: Page) -> Parsed:
    """Reads the videos, the user or the rows of an export of a page by its shape."""
    if page.status != 200:
        return Parsed()
    top = read_json(page)
    if isinstance(top, list):
        return read_each(page, top, "items", partial(_exported, page=page))
    answer = read_item(top, page.part, page.account)
    code, message = said_of(answer)
    if code not in ("", "ok"):
        raise refuse(page, "schema", f"TikTok says: {message or code}")
    data = answer.item("data")
    if "user" in data.data:
        return read_each(page, [data.data["user"]], "data.user", partial(_profile, page=page))
    return read_each(page, entries(data, "videos"), "data.videos", partial(_video, page=page))


def said_of(answer: Item) -> tuple[str, str]:
    """Code and words of what the API says of its answer; "ok" is no error."""
    error = answer.data.get("error")
    if isinstance(error, dict):
        return clean(str(error.get("code") or "")), clean(str(error.get("message") or ""))
    return ("error", clean(str(error))) if error else ("", "")


def written_at(video: Item) -> datetime | None:
    """When a video was published; None where it does not say."""
    seconds = video.count("create_time")
    try:
        moment = datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment and moment.year in YEARS else None


def name_in(address: str) -> str:
    """The account that a video's address names; empty where it names none."""
    found = _NAME.search(address)
    return found[1] if found else ""


def _profile(user: Item, page: Page) -> Post:
    handle, about = page.context.get("handle", ""), user.words("bio_description")
    name = user.words("username")
    if handle and name and name.casefold() != handle.casefold():
        raise user.refuse(f"the profile is of {name}, another account", code="foreign-id")
    found, avatar = read_caption(about), user.words("avatar_url")
    return Post(
        id=page.account, account=page.account, network="tiktok", kind="profile",
        text="\n".join(part for part in (user.text("display_name"), about) if part), created_at=page.fetched_at,
        url=f"https://www.tiktok.com/@{name or handle}" if name or handle else "", links=found.links,
        mentions=found.mentions, hashtags=found.hashtags, media=(Media("image", url=avatar),) if avatar else (),
    )


def _video(item: Item, page: Page) -> Post:
    number, moment, cover = item.name("id"), written_at(item), item.words("cover_image_url")
    if not number:
        raise item.refuse("'id' is missing; expected a text")
    if moment is None:
        raise item.refuse("'create_time' is missing or no time; expected seconds since 1970")
    handle, name = page.context.get("handle", ""), name_in(item.words("share_url"))
    if handle and name and name.casefold() != handle.casefold():
        raise item.refuse(f"is by {name}, another account", code="foreign-id")
    text = titled(item.words("title"), item.words("video_description"))
    return _made(page, number, text, moment, (Media("image", url=cover),) if cover else ())


def _made(page: Page, number: str, text: str, moment: datetime, media: tuple[Media, ...] = ()) -> Post:
    found = read_caption(text.strip())
    name = page.account.partition(":")[2].removeprefix("@")
    return Post(
        id=f"tiktok:{number}", account=page.account, network="tiktok", kind="post", text=text.strip(),
        created_at=moment, url=f"https://www.tiktok.com/@{name}/video/{number}", links=found.links,
        mentions=found.mentions, hashtags=found.hashtags, media=media,
    )


# -- an owner's export -------------------------------------------------------------------------------------------


def _recognises(names: frozenset[str]) -> bool:
    return any(_MEMBER.search(name) for name in names)


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:
    """The videos that say that everybody may see them; of the others only how many there are."""
    for member in sorted(name for name in export.names if _MEMBER.search(name)):
        _check_owner(export, account, member)
        left_out: Counter[str] = Counter()
        yield Portion("export:videos", member, _public(export, member, left_out))
        rest = [{"LeftOut": count, "WhoCanView": who} for who, count in left_out.items()]
        yield Portion("export:videos", member, rest)


def _check_owner(export: ExportFile, account: Account, member: str) -> None:
    """**Raises** PageError (foreign-id) where the export names another account as its owner."""
    for place in _OWNERS:
        for name in export.values(member, place):
            if name and str(name).casefold() != account.handle.removeprefix("@").casefold():
                problem = f"the export is that of {name}, another account"
                raise PageError(problem, account=account.key, place=member, code="foreign-id")


def _public(export: ExportFile, member: str, left_out: Counter[str]) -> Iterator[object]:
    for place in _PLACES:
        for value in export.values(member, place):
            who = str(value.get("WhoCanView", "")).strip() if isinstance(value, dict) else ""
            if who.casefold() in _EVERYBODY:
                yield value
            else:
                left_out[who] += 1


def _name_for(content: bytes) -> str:
    """The file is told by its parts, one of which lists what was published."""
    known = (b'"VideoList"', b'"Videos"', b'"Posts"', b'"Profile Info', b'"ProfileMap"')
    return "user_data_tiktok.json" if content.lstrip()[:1] == b"{" and any(name in content for name in known) else ""


TIKTOK_EXPORT = Export(_recognises, _read, name_for=_name_for)


def _exported(item: Item, page: Page) -> Post:
    if "LeftOut" in item.data:
        who = item.words("WhoCanView")
        said = f"who may see them is {who!r}" if who else "the export does not say who may see them"
        raise item.refuse(f"{item.count('LeftOut')} videos were not read in: {said}", code="not-public")
    if _who(item.data) not in _EVERYBODY:
        raise item.refuse("does not say that everybody may see it and was not read in", code="not-public")
    number = _NUMBER.search(item.words("Link"))
    if number is None:
        raise item.refuse(f"the video of {item.words('Date') or 'no date'} has no link that tells its number")
    moment = read_time(item.text("Date"))
    if moment is None:
        raise item.refuse(f"'Date' is {item.text('Date')[:40]!r}; expected a time")
    return _made(page, number[1], item.words("Title"), moment)


def _who(data: Mapping[str, object]) -> str:
    return str(data.get("WhoCanView", "")).strip().casefold()
