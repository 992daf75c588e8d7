"""What one user of a MediaWiki wrote and uploaded, as its action API gives it.

**Source**: https://www.mediawiki.org/wiki/API:Revisions, API:Allimages, API:Users and API:Errors; as 1.39 answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import quote, unquote, urlencode

from collectors._wiki_dump import dumped, is_dump
from rollbook.errors import PageError
from rollbook.pages import Item, clean, entries, read_each, read_item, read_json, refuse
from rollbook.types import Account, Marked, Media, MediaType, Page, Parsed, Post

_FILES: dict[str, MediaType] = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "svg", "webp", "tif", "tiff", "bmp"), "image"),
    **dict.fromkeys(("webm", "ogv", "mp4", "mpg", "mpeg"), "video"),
    **dict.fromkeys(("ogg", "oga", "mp3", "wav", "flac", "opus"), "audio"),
}
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\[\]<>\"|{}]+", re.IGNORECASE)
_PICTURE = re.compile(r"\[\[ ?(?:file|image) ?:([^\[\]|\n]{1,255})\|", re.IGNORECASE)
_ALT = re.compile(r"\| ?alt ?=([^|\[\]]+)", re.IGNORECASE)


def user_of(account: str) -> str:
    """The name of the user as the wiki writes it: the register has no spaces, the first letter is a capital."""
    name = unquote(account.partition("#")[2]).replace("_", " ").strip()
    return name[:1].upper() + name[1:]


def parse(page: Page) -> Parsed:
    """Reads the user's page, revisions or uploads of an answer by its shape."""
    if page.status != 200 or page.part == "lookup":
        return Parsed()
    if page.part == "file" and is_dump(page):
        return _revisions(page, Item({"pages": dumped(page)}, page.part, page.account))
    top = read_item(read_json(page), page.part, page.account)
    if "error" in top.data:
        error = top.item("error")
        raise refuse(page, "refused", f"the wiki says: {error.words('info') or 'no'} ({error.words('code')})")
    query = top.item("query")
    if "users" in query.data:
        return read_each(page, [query.data], "query", partial(_profile, page=page))
    if "usercontribs" in query.data:
        return read_each(page, entries(query, "usercontribs"), "usercontribs", _contribution)
    if "allimages" in query.data:
        return read_each(page, entries(query, "allimages"), "allimages", partial(_upload, page=page))
    if "pages" not in query.data:
        raise refuse(page, "schema", "the answer holds neither a user nor revisions nor uploads")
    return _revisions(page, query)


def recorded(page: Page, account: Account) -> Page | None:
    """Whether what somebody recorded is an answer of the wiki's API that shows something of this user."""
    api, user = account.handle.partition("#")[0], user_of(account.key)
    if not user or page.url.partition("?")[0].partition("://")[2] != api.partition("://")[2]:
        return None
    try:
        query = read_item(read_json(page), page.part, page.account).item("query")
    except PageError:
        return None
    context = {**page.context, **_told_by(query)}
    if any(one.get("name") == user for one in _objects(query.data.get("users"))):
        return replace(page, part="profile", context=context)
    if any(one.get("user") == user for one in _objects(query.data.get("allimages"))):
        return replace(page, part="uploads", context=context)
    revisions = [one for held in _objects(query.data.get("pages")) for one in _objects(held.get("revisions"))]
    own = [str(one.get("revid")) for one in revisions if one.get("user") == user]
    return replace(page, part="revisions", context={**context, "wanted": "|".join(own)}) if own else None


def _objects(value: object) -> list[Mapping[str, object]]:
    listed = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in listed if isinstance(one, dict)]


def _told_by(query: Item) -> dict[str, str]:
    """The address and language of the wiki, where the answer tells of itself."""
    general = query.data.get("general")
    if not isinstance(general, dict):
        return {}
    try:
        return {"script": script_of(Item(general, "general", query.account)), "lang": str(general.get("lang") or "")}
    except PageError:
        return {}


def _contribution(item: Item) -> None:
    """Only what cannot be asked for: the revisions themselves come by their numbers."""
    if not item.count("revid") or item.count("parentid") is None:
        raise item.refuse("'revid' or 'parentid' is missing; expected numbers")


# -- revisions ---------------------------------------------------------------------------------------------------


def _revisions(page: Page, query: Item) -> Parsed:
    """The revisions that were asked for; those that came along as the ones before them are no posts."""
    values = query.data["pages"]
    listed = list(values.values()) if isinstance(values, dict) else entries(query, "pages")  # by number, or a list
    contents, given = dict[int, str](), set[int]()
    for value in listed:
        revisions = value.get("revisions") if isinstance(value, dict) else None
        for revision in revisions if isinstance(revisions, list) else ():
            text, number = _content(revision), revision.get("revid") if isinstance(revision, dict) else None
            if isinstance(number, int):
                given.add(number)
                contents |= {number: text} if text is not None else {}
    parsed = read_each(page, listed, "pages", partial(_of_page, page=page, contents=contents))
    unknown = query.data.get("badrevids")  # deleted since they were listed
    lost = [
        number for number in page.context.get("wanted", "").split("|")
        if number.isdigit() and int(number) not in given and not (isinstance(unknown, dict) and number in unknown)
    ]
    marked = (Marked(f"revision {number}", "missing: the wiki's answer was cut before it") for number in lost)
    return replace(parsed, marked=(*parsed.marked, *marked))


def _content(revision: object) -> str | None:
    """The text of a revision in its main slot, or where older wikis have it; None where it is hidden or not given."""
    if not isinstance(revision, dict):
        return None
    slots = revision.get("slots")
    main = slots.get("main") if isinstance(slots, dict) else revision
    text = (main.get("content", main.get("*"))) if isinstance(main, dict) else None
    return clean(text) if isinstance(text, str) else None


def _of_page(item: Item, page: Page, contents: dict[int, str]) -> list[Post | Marked]:
    wanted, title = page.context.get("wanted", ""), item.text("title")
    if "revisions" not in item.data:
        raise item.refuse(f"{title[:80]!r} is given without revisions")
    asked = {int(number) for number in wanted.split("|") if number.isdigit()}

    def read(revision: Item) -> Post | None:
        return _revision(revision, title, page, contents) if not wanted or revision.count("revid") in asked else None

    parsed = read_each(page, entries(item, "revisions"), f"{item.place}.revisions", read)
    return [*parsed.posts, *parsed.marked]


def _revision(item: Item, title: str, page: Page, contents: dict[int, str]) -> Post | None:
    number, before = item.count("revid"), item.count("parentid")
    if number is None:
        raise item.refuse("'revid' is missing; expected a number")
    name, user = item.words("user"), user_of(page.account)
    if item.data.get("userhidden") is True or (user and name != user):
        raise item.refuse(f"the revision is by {name or 'somebody hidden'}, another user", code="foreign-id")
    if _hides(item):
        return None  # the look-up says so
    text = contents.get(number)
    if text is None:
        raise item.refuse("the text of the revision is missing")
    if before and before not in contents:
        raise item.refuse(f"the revision before it, {before}, is not beside it: what the user wrote cannot be told")
    written = _added(contents[before], text) if before else text
    comment = item.words("comment")
    lines = ["" if before else title, comment, written]
    return Post(
        # Not the number alone: a user's name may be one, and is what the profile is called by.
        id=f"{_wiki(page)}#revision/{number}", account=page.account, network="wiki", kind="post",
        text="\n".join(line for line in lines if line), created_at=item.moment("timestamp"),
        url=_address(page, title, number), lang=page.context.get("lang") or None,
        links=_links(written), media=_pictures(written),
    )


def _hides(revision: Item) -> bool:
    """Whether the wiki shows the text of a revision to nobody who asks from outside."""
    slots = revision.item_or_none("slots")
    main = slots.item_or_none("main") if slots else None
    return revision.data.get("texthidden") is True or (main is not None and main.data.get("texthidden") is True)


def _added(before: str, after: str) -> str:
    """The lines that the revision before did not have: a line that was changed is the user's, a moved one is not."""
    known = Counter(line.strip() for line in before.splitlines())
    kept = []
    for line in after.splitlines():
        if known[line.strip()] > 0:
            known[line.strip()] -= 1
        elif line.strip():
            kept.append(line.rstrip())
    return "\n".join(kept)


def _links(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.rstrip(".,;:!?'") for link in _LINK.findall(text)))


def _pictures(text: str) -> tuple[Media, ...]:
    """The descriptions of the pictures that the words show; the files themselves are posts of who uploaded them."""
    shown = list(_PICTURE.finditer(text))
    ends = [following.start() for following in shown[1:]] + [len(text)]
    found = []
    for picture, end in zip(shown, ends, strict=False):
        alt = _ALT.search(text[picture.end() - 1 : end].partition("\n")[0])
        if alt and alt[1].strip():
            found.append(Media(_file_type(picture[1]), alt=alt[1].strip()))
    return tuple(found)


def _file_type(name: str) -> MediaType:
    return _FILES.get(name.rpartition(".")[2].strip().lower(), "file")


# -- uploads and the user ----------------------------------------------------------------------------------------


def _upload(item: Item, page: Page) -> Post:
    name, user = item.text("name"), user_of(page.account)
    if user and item.words("user") != user:
        raise item.refuse(f"the upload is by {item.words('user') or 'nobody'}, another user", code="foreign-id")
    made = item.moment("timestamp")
    title = f"File:{name.replace('_', ' ')}"
    return Post(
        id=f"{_wiki(page)}#{title}@{made:%Y-%m-%dT%H:%M:%SZ}", account=page.account, network="wiki", kind="post",
        text="\n".join(line for line in (title, item.words("comment")) if line), created_at=made,
        url=item.words("descriptionurl"), lang=page.context.get("lang") or None,
        media=(Media(_file_type(name), url=item.words("url") or None),),
    )


def _profile(query: Item, page: Page) -> Post | None:
    users = query.items("users")
    if not users or users[0].data.get("missing") is True or users[0].data.get("invalid") is True:
        return None
    user, about = users[0], ""
    pages = query.data.get("pages")
    for value in pages if isinstance(pages, list) else ():
        revisions = value.get("revisions") if isinstance(value, dict) else None
        about = (_content(revisions[0]) if isinstance(revisions, list) and revisions else None) or about
    general = query.item_or_none("general")
    return Post(
        id=page.account, account=page.account, network="wiki", kind="profile",
        text="\n".join(line for line in (user.text("name"), about.strip()) if line),
        created_at=user.moment_or_none("registration") or page.fetched_at,
        url=_user_page(user.text("name"), general), links=_links(about),
    )


# -- addresses ---------------------------------------------------------------------------------------------------


def _wiki(page: Page) -> str:
    """The key of the account without its user: what the numbers of revisions belong to."""
    return page.account.partition("#")[0]


def _address(page: Page, title: str, number: int) -> str:
    script = page.context.get("script", "")
    return f"{script}?{urlencode({'title': title.replace(' ', '_'), 'oldid': number})}" if script else ""


def _user_page(name: str, general: Item | None) -> str:
    """Where the wiki shows a user's own page."""
    script = script_of(general)
    return f"{script}?title=User:{quote(name.replace(' ', '_'))}" if script else ""


def script_of(general: Item | None) -> str:
    """The address of the wiki's ``index.php``; empty where it does not say."""
    if general is None:
        return ""
    server, script = general.words("server"), general.words("script")
    server = f"https:{server}" if server.startswith("//") else server
    return f"{server}{script}" if server.startswith("http") and script else ""
