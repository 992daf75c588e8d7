"""Which account a link leads to: profiles of every network told apart from posts, share buttons and people's own pages.

**Source**: the address forms that the networks use on their own pages, as of 2026-11. Personal profiles that a network
keeps apart from an organisation's (LinkedIn's ``/in/``) are nobody's business here and give no account.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

#: What networks put before their name for telephones and languages.
_BEFORE = re.compile(r"\A(?:www|m|mobile|web|mbasic|touch|[a-z]{2}-[a-z]{2})\.")
#: Networks whose account is an address: their names are not handles, and they may be the District's own sites.
ADDRESSES = frozenset({"feed", "forum", "website", "wiki", "wordpress"})


@dataclass(frozen=True, slots=True)
class Linked:
    """An account that a link leads to."""

    key: str
    #: What a person should know before registering it; empty for nothing.
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Address:
    """The parts of a link that name an account."""

    steps: tuple[str, ...]
    query: dict[str, str]
    fragment: str

    def step(self, index: int) -> str:
        return self.steps[index] if index < len(self.steps) else ""

    def is_profile(self, *, at: int = 0, tabs: frozenset[str] = frozenset()) -> bool:
        """Whether nothing follows the name, or the name of one of the profile's own tabs."""
        return len(self.steps) == at + 1 or (len(self.steps) == at + 2 and self.steps[at + 1].lower() in tabs)


def account_linked(url: str, *, is_me: bool = False) -> Linked | None:
    """The account that a link leads to; ``is_me`` where the page calls it its own (``rel="me"``)."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
    steps = tuple(unquote(step) for step in parts.path.split("/") if step)
    address = _Address(steps, query, parts.fragment)
    read = _NETWORKS.get(_BEFORE.sub("", host))
    return read(address) if read else _mastodon(address, host, is_me=is_me)


def plain(key: str) -> str:
    """A key as keys are compared: networks ignore case, "@", "www.", http for https, and a slash at the end."""
    network, _, handle = key.partition(":")
    if network in ADDRESSES:
        host, slash, rest = (handle.partition("://")[2] or handle).partition("/")
        return f"{network}:{host.lower().removeprefix('www.')}{slash}{rest}".rstrip("/")
    return f"{network}:{handle if handle.startswith('did:') else handle.strip().removeprefix('@').lower()}"


# -- one function a network --------------------------------------------------------------------------------------


def _named(network: str, pattern: str, name: str, note: str = "") -> Linked | None:
    return Linked(f"{network}:{name}", note) if re.fullmatch(pattern, name) else None


_X_NAME = r"[A-Za-z0-9_]{1,15}"
_X_OWN = frozenset((
    "about", "compose", "download", "explore", "hashtag", "home", "i", "intent", "jobs", "login", "logout", "messages",
    "notifications", "privacy", "search", "settings", "share", "signup", "tos", "widgets",
))
_X_TABS = frozenset(("articles", "followers", "following", "highlights", "likes", "media", "with_replies"))


def _x(address: _Address) -> Linked | None:
    if address.step(0) == "intent" and address.step(1) in ("follow", "user"):
        return _named("x", _X_NAME, address.query.get("screen_name", "").removeprefix("@"))
    if not address.steps and address.fragment.startswith("!/"):  # twitter.com/#!/name, until 2012
        return _named("x", _X_NAME, address.fragment[2:].strip("/"))
    if address.step(0).lower() in _X_OWN or not address.is_profile(tabs=_X_TABS):
        return None
    return _named("x", _X_NAME, address.step(0).removeprefix("@"))


_FACEBOOK_OWN = frozenset((
    "about", "ads", "business", "dialog", "events", "gaming", "groups", "hashtag", "help", "home.php", "l.php", "legal",
    "login", "login.php", "marketplace", "media", "permalink.php", "photo", "photo.php", "photos", "plugins",
    "policies", "policy.php", "privacy", "reel", "reels", "search", "settings", "share", "share.php", "sharer",
    "sharer.php", "stories", "story.php", "tr", "video.php", "videos", "watch",
))
_FACEBOOK_TABS = frozenset((
    "about", "community", "events", "photos", "photos_albums", "posts", "reels", "reviews", "timeline", "videos",
))


def _facebook(address: _Address) -> Linked | None:
    first = address.step(0).lower()
    if first == "l.php" or "plugins" in address.steps[:2]:  # a link that is counted; a page's box on another site
        inner = address.query.get("u" if first == "l.php" else "href", "")
        names_page = first == "l.php" or address.steps[-1] in ("page.php", "likebox.php")
        return account_linked(inner) if names_page and ".php" not in inner else None
    if first == "profile.php":
        note = "a number may be a person's own profile: register pages only"
        return _named("facebook", r"\d{5,20}", address.query.get("id", ""), note)
    if first in ("pages", "people") and len(address.steps) >= 3:
        return _named("facebook", r"\d{5,20}", address.steps[-1])
    at = 1 if first in ("p", "pg") else 0
    name = address.step(at)
    if name.lower() in _FACEBOOK_OWN | {"pages", "people"} or not address.is_profile(at=at, tabs=_FACEBOOK_TABS):
        return None
    number = re.search(r"-(\d{9,20})\Z", name)
    return _named("facebook", r"[A-Za-z0-9.-]{2,80}", number[1] if number else name)


_INSTAGRAM_OWN = frozenset((
    "about", "accounts", "developer", "direct", "explore", "legal", "p", "reel", "reels", "share", "stories", "tv",
    "web",
))


def _instagram(address: _Address) -> Linked | None:
    tabs = frozenset(("channel", "reels", "tagged"))
    if address.step(0).lower() in _INSTAGRAM_OWN or not address.is_profile(tabs=tabs):
        return None
    return _named("instagram", r"[A-Za-z0-9._]{1,30}", address.step(0).removeprefix("@"))


_YOUTUBE_OWN = frozenset((
    "about", "account", "attribution_link", "channel", "c", "embed", "feed", "gaming", "hashtag", "kids", "live",
    "music", "playlist", "premium", "redirect", "results", "share", "shorts", "signin", "subscription_center", "t",
    "user", "v", "watch", "watch_videos",
))
_YOUTUBE_TABS = frozenset((
    "about", "community", "featured", "live", "playlists", "posts", "shorts", "streams", "videos",
))


def _youtube(address: _Address) -> Linked | None:
    first = address.step(0)
    if first.startswith("@") and address.is_profile(tabs=_YOUTUBE_TABS):
        return _named("youtube", r"[\w.·-]{3,30}", first[1:])
    if first == "channel" and address.is_profile(at=1, tabs=_YOUTUBE_TABS):
        return _named("youtube", r"UC[\w-]{22}", address.step(1))
    at = 1 if first in ("c", "user") else 0
    if address.step(at).lower() in _YOUTUBE_OWN or not address.is_profile(at=at, tabs=_YOUTUBE_TABS):
        return None
    note = "an old address: look whether the channel's handle is the same"
    return _named("youtube", r"[\w.·-]{3,100}", address.step(at), note)


def _bluesky(address: _Address) -> Linked | None:
    if address.step(0) != "profile" or not address.is_profile(at=1):
        return None
    return _named("bluesky", r"did:(?:plc|web):[\w.:%-]{1,200}|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", address.step(1))


def _at_name(network: str) -> Callable[[_Address], Linked | None]:
    """Networks that write a profile as ``/@name``."""
    tabs = frozenset(("live", "media", "replies", "reposts"))

    def read(address: _Address) -> Linked | None:
        name = address.step(0)
        is_profile = name.startswith("@") and address.is_profile(tabs=tabs)
        return _named(network, r"[A-Za-z0-9._]{1,30}", name[1:]) if is_profile else None

    return read


def _flickr(address: _Address) -> Linked | None:
    tabs = frozenset(("albums", "collections", "groups", "sets"))
    if address.step(0) not in ("people", "photos") or not address.is_profile(at=1, tabs=tabs):
        return None
    return None if address.step(1) in ("tags", "upload") else _named("flickr", r"[\w.@-]{2,64}", address.step(1))


def _linkedin(address: _Address) -> Linked | None:
    tabs = frozenset(("about", "jobs", "people", "posts", "videos"))
    if address.step(0) not in ("company", "school", "showcase") or not address.is_profile(at=1, tabs=tabs):
        return None
    note = "LinkedIn shows programs nothing, and gives a member's own export only: a company's page cannot be read"
    return _named("linkedin", r"[\w.-]{1,100}", address.step(1), note)


def _mastodon(address: _Address, host: str, *, is_me: bool) -> Linked | None:
    """``/@user`` is written by many programs, so a page has to call it its own, or the host what it is."""
    if not (is_me or re.search(r"mastodon|mstdn|(?:^|\.)social(?:\.|$)", host)):
        return None
    name = address.step(0).removeprefix("@") if address.step(0).startswith("@") else ""
    if address.step(0) == "users" and address.is_profile(at=1):
        name = address.step(1)
    elif not address.is_profile(tabs=frozenset(("media", "with_replies"))):
        return None
    user, _, elsewhere = name.partition("@")
    return _named("mastodon", r"[A-Za-z0-9_.-]{1,64}@[a-z0-9.-]+\.[a-z0-9-]+", f"{user}@{(elsewhere or host).lower()}")


_NETWORKS: dict[str, Callable[[_Address], Linked | None]] = {
    "x.com": _x, "twitter.com": _x, "facebook.com": _facebook, "fb.com": _facebook, "l.facebook.com": _facebook,
    "instagram.com": _instagram, "youtube.com": _youtube, "bsky.app": _bluesky, "threads.net": _at_name("threads"),
    "threads.com": _at_name("threads"), "tiktok.com": _at_name("tiktok"), "flickr.com": _flickr,
    "linkedin.com": _linkedin,
}
