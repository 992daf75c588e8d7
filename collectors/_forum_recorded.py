"""Answers of a forum that somebody recorded: which of them show a user's posts or profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from collectors._forum_posts import User, user_of
from rollbook.errors import PageError
from rollbook.pages import read_json
from rollbook.types import Account, Page

_DISCOURSE_USER = re.compile(r"/u(?:sers)?/([^/]+?)(?:/summary|/card)?\.json")
_MISAGO_USER = re.compile(r"/api/users/(\d+)/(posts/)?")
_PHPBB_FEED = re.compile(r"/(?:feed\.php|app\.php/feed|feed)(?:/.*)?")


def recorded(page: Page, account: Account) -> Page | None:
    """Whether what somebody recorded is an answer of the forum that shows something of this user."""
    user = user_of(account.key)
    path = _path(page.url, user.base) if user else None
    if user is None or path is None:
        return None
    if found := _DISCOURSE_USER.fullmatch(path):
        return replace(page, part="profile") if unquote(found[1]).lower() == user.name.lower() else None
    if found := _MISAGO_USER.fullmatch(path):
        part = "posts" if found[2] else "profile"
        return replace(page, part=part) if user.number and found[1] == user.number else None
    if _PHPBB_FEED.fullmatch(path) and page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return replace(page, part="feed")
    if not path.startswith("/t/") or _topic(page).get("archetype") == "private_message" or not _wrote(page, user):
        return None
    return replace(page, part="posts", context=_titled(page))


def _path(url: str, base: str) -> str | None:
    """What follows the forum's own address; None for another one's."""
    try:
        asked, own = urlsplit(url), urlsplit(base)
    except ValueError:
        return None
    folder = own.path.rstrip("/")
    same = asked.netloc.lower() == own.netloc.lower() and asked.path.startswith(f"{folder}/")
    return asked.path.removeprefix(folder) if same else None


def _topic(page: Page) -> Mapping[str, object]:
    try:
        top = read_json(page)
    except PageError:
        return {}
    return top if isinstance(top, dict) else {}


def _wrote(page: Page, user: User) -> bool:
    stream = _topic(page).get("post_stream")
    listed = stream.get("posts") if isinstance(stream, dict) else None
    names = [one.get("username") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return any(isinstance(name, str) and name.lower() == user.name.lower() for name in names)


def _titled(page: Page) -> dict[str, str]:
    title = _topic(page).get("title")
    return {**page.context, **({"title": title} if isinstance(title, str) else {})}
