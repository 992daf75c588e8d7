"""Which account a link leads to: profiles and posts of every network, told apart from share buttons and own pages.

**Source**: the address forms that the networks use on their own pages, as of 2026-11. Personal profiles that a network
keeps apart from an organisation's (LinkedIn's ``/in/``) are nobody's business here and give no account.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

#: What networks put before their name for telephones and languages.
_BEFORE = re.compile(r"\A(?:www|m|mobile|web|mbasic|touch|[a-z]{2}-[a-z]{2})\.")
#: Networks whose account is an address: their names are not handles, and they may be the District's own sites.
ADDRESSES = frozenset({"feed", "forum", "website", "wiki", "wordpress"})
#: Numbers of accounts in which case matters: of AT Protocol, YouTube and Flickr.
_CASED = {"bluesky": r"did:.*", "youtube": r"UC[\w-]{22}", "flickr": r"[0-9]{3,12}@N[0-9]{2}"}
#: Hosts that write ``/@name`` and are no Mastodon servers.
_NO_MASTODON = re.compile(
    r"(?:[\w-]+\.)*(?:medium|substack|pinterest|rumble|odysee|kick|vimeo|snapchat|telegram|dailymotion)\.[a-z]+"
)


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
    #: A post leads to the account that made it.
    posts: bool

    def step(self, index: int) -> str:
        return self.steps[index] if index < len(self.steps) else ""

    def names(self, *, at: int = 0, tabs: frozenset[str] = frozenset(), posts: str = "(?!)") -> bool:
        """Whether what follows the name is nothing, one of the profile's own tabs, or a post where those are wanted.

        ``posts`` is a pattern of the step that a post's address has next.
        """
        after = self.step(at + 1).lower()
        if len(self.steps) == at + 1 or (len(self.steps) == at + 2 and after in tabs):
            return True
        return self.posts and re.fullmatch(posts, after) is not None


def account_linked(url: str, *, anywhere: bool = False, posts: bool = False) -> Linked | None:
    """The account that a link leads to.

    ``anywhere``: ``/@name`` on an unknown host is taken for Mastodon (the page calls it its own with ``rel="me"``, or
    no more than a look hangs on it). ``posts``: a post leads to the account that made it.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
    steps = tuple(unquote(step) for step in parts.path.split("/") if step)
    address = _Address(steps, query, parts.fragment, posts)
    read = _NETWORKS.get(_BEFORE.sub("", host))
    return read(address) if read else _mastodon(address, host, anywhere=anywhere)


@lru_cache(maxsize=4096)
def plain_key(key: str) -> str:
    """A key as keys are compared: networks ignore case, "@", "www.", http for https, and a slash at the end."""
    network, _, handle = key.partition(":")
    handle = handle.strip().removeprefix("@").rstrip("/")
    if network in _CASED and re.fullmatch(_CASED[network], handle):
        return f"{network}:{handle}"
    if network in ADDRESSES:
        host, slash, rest = (handle.partition("://")[2] or handle).partition("/")
        return f"{network}:{host.lower().removeprefix('www.')}{slash}{rest}"
    return f"{network}:{handle.lower()}"


def key_sha256(key: str) -> str:
    """The hash by which an account that is not on record is known again without its name."""
    return hashlib.sha256(plain_key(key).encode("utf-8", "surrogatepass")).hexdigest()


# -- sites -------------------------------------------------------------------------------------------------------

#: Hosts where anybody may open a site, which is told by what stands before their name…
_SITES_UNDER = re.compile(
    r"[\w-]+\.(?:blogspot|wordpress|weebly|wixsite|tumblr|substack|squarespace|jimdofree|jimdosite|mystrikingly|kidblog|"
    r"godaddysites|neocities|edublogs|webflow|carrd|github)\.(?:com|org|net|io|co|site)"
)
#: … and by how many steps of the path.
_SITE_STEPS = {"sites.google.com": 2, "wixsite.com": 1}
#: Whose front page is nobody's profile: the networks themselves, shops, tools, short addresses, public bodies.
_NO_SITE = re.compile(
    r"(?:[\w-]+\.)*(?:(?:facebook|fb|instagram|twitter|x|youtube|tiktok|threads|linkedin|flickr|google|apple|microsoft|"
    r"office|live|zoom|canva|dropbox|amazon|wikipedia|medium|tinyurl|eventbrite|paypal)\.(?:com|us|org|net)|"
    r"youtu\.be|fb\.me|goo\.gl|bit\.ly|t\.co|forms\.gle|linktr\.ee|bsky\.app|gov|mil)"
)


def site_linked(url: str) -> Linked | None:
    """The site whose front page a link leads to; of a host where anybody may open one, whichever of its pages."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "." not in host or port or "@" in parts.netloc:
        return None
    steps = [step for step in parts.path.split("/") if step]
    if (at_host := next((name for name in _SITE_STEPS if host == name or host.endswith(f".{name}")), "")):
        wanted = _SITE_STEPS[at_host]
        return Linked(f"website:https://{host}/{'/'.join(steps[:wanted])}") if len(steps) >= wanted else None
    if _SITES_UNDER.fullmatch(host):
        return Linked(f"website:https://{host}/")
    is_front = not parts.query and (not steps or re.fullmatch(r"(?:index|home|default)\.\w{2,5}", "/".join(steps)))
    return Linked(f"website:{parts.scheme}://{host}/") if is_front and not _NO_SITE.fullmatch(host) else None


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
    if address.step(0).lower() in _X_OWN or not address.names(tabs=_X_TABS, posts="status|statuses"):
        return None
    return _named("x", _X_NAME, address.step(0).removeprefix("@"))


_FACEBOOK_OWN = frozenset((
    "about", "ads", "business", "dialog", "event", "events", "gaming", "groups", "hashtag", "help", "legal", "login",
    "marketplace", "media", "permalink", "photo", "photos", "plugins", "policies", "privacy", "reel", "reels", "search",
    "settings", "share", "sharer", "stories", "story", "tr", "videos", "watch",
))
_FACEBOOK_TABS = frozenset((
    "about", "community", "events", "photos", "photos_albums", "posts", "reels", "reviews", "timeline", "videos",
))
_FACEBOOK_POSTS = "posts|photos|videos|reels|events"


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
    if name.lower() in _FACEBOOK_OWN | {"pages", "people"} or name.lower().endswith(".php"):
        return None
    if not address.names(at=at, tabs=_FACEBOOK_TABS, posts=_FACEBOOK_POSTS):
        return None
    number = re.search(r"-(\d{9,20})\Z", name)
    return _named("facebook", r"[A-Za-z0-9.-]{2,80}", number[1] if number else name)


_INSTAGRAM_OWN = frozenset((
    "about", "accounts", "developer", "direct", "explore", "legal", "p", "reel", "reels", "share", "stories", "tv",
    "web",
))


def _instagram(address: _Address) -> Linked | None:
    tabs, at = frozenset(("channel", "reels", "tagged")), 0
    if address.posts and address.step(0).lower() == "stories" and address.step(1).lower() != "highlights":
        at = 1  # /stories/name/number
    elif address.step(0).lower() in _INSTAGRAM_OWN:
        return None
    if not address.names(at=at, tabs=tabs, posts=r"p|reel|reels|tv|\d+"):
        return None
    return _named("instagram", r"[A-Za-z0-9._]{1,30}", address.step(at).removeprefix("@"))


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
    if first.startswith("@") and address.names(tabs=_YOUTUBE_TABS):
        return _named("youtube", r"[\w.·-]{3,30}", first[1:])
    if first == "channel" and address.names(at=1, tabs=_YOUTUBE_TABS):
        return _named("youtube", r"UC[\w-]{22}", address.step(1))
    at = 1 if first in ("c", "user") else 0
    if address.step(at).lower() in _YOUTUBE_OWN or not address.names(at=at, tabs=_YOUTUBE_TABS):
        return None
    note = "an old address: look whether the channel's handle is the same"
    return _named("youtube", r"[\w.·-]{3,100}", address.step(at), note)


def _bluesky(address: _Address) -> Linked | None:
    if address.step(0) != "profile" or not address.names(at=1, posts="post|feed|lists"):
        return None
    name = address.step(1).removeprefix("@")
    return _named("bluesky", r"did:(?:plc|web):[\w.:%-]{1,200}|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", name)


def _at_name(network: str) -> Callable[[_Address], Linked | None]:
    """Networks that write a profile as ``/@name``."""
    tabs = frozenset(("live", "media", "replies", "reposts"))

    def read(address: _Address) -> Linked | None:
        name = address.step(0)
        is_named = name.startswith("@") and address.names(tabs=tabs, posts="post|video|photo")
        return _named(network, r"[A-Za-z0-9._]{1,30}", name[1:]) if is_named else None

    return read


def _flickr(address: _Address) -> Linked | None:
    tabs = frozenset(("albums", "collections", "groups", "sets"))
    if address.step(0) not in ("people", "photos") or not address.names(at=1, tabs=tabs, posts=r"\d+|albums|sets"):
        return None
    return None if address.step(1) in ("tags", "upload") else _named("flickr", r"[\w.@-]{2,64}", address.step(1))


def _linkedin(address: _Address) -> Linked | None:
    tabs = frozenset(("about", "jobs", "people", "posts", "videos"))
    if address.step(0) not in ("company", "school", "showcase") or not address.names(at=1, tabs=tabs):
        return None
    note = "LinkedIn shows programs nothing, and gives a member's own export only: a company's page cannot be read"
    return _named("linkedin", r"[\w.-]{1,100}", address.step(1), note)


def _mastodon(address: _Address, host: str, *, anywhere: bool) -> Linked | None:
    """``/@user`` is written by many programs, so its host has to say what it is, or the caller what it takes it for."""
    if not (anywhere or re.search(r"mastodon|mstdn|(?:^|\.)social(?:\.|$)", host)) or _NO_MASTODON.fullmatch(host):
        return None
    at = 1 if address.step(0) == "users" else 0
    name = address.step(1) if at else address.step(0).removeprefix("@") if address.step(0).startswith("@") else ""
    if not address.names(at=at, tabs=frozenset(("media", "with_replies")), posts=r"\d+|statuses"):
        return None
    user, _, elsewhere = name.partition("@")
    host = host.removeprefix("www.")
    return _named("mastodon", r"[A-Za-z0-9_.-]{1,64}@[a-z0-9.-]+\.[a-z0-9-]+", f"{user}@{(elsewhere or host).lower()}")


_NETWORKS: dict[str, Callable[[_Address], Linked | None]] = {
    "x.com": _x, "twitter.com": _x, "facebook.com": _facebook, "fb.com": _facebook, "l.facebook.com": _facebook,
    "instagram.com": _instagram, "youtube.com": _youtube, "bsky.app": _bluesky, "threads.net": _at_name("threads"),
    "threads.com": _at_name("threads"), "tiktok.com": _at_name("tiktok"), "flickr.com": _flickr,
    "linkedin.com": _linkedin,
}
