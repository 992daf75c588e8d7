"""Which accounts a post points at, as keys of a register: answered, reposted, quoted, mentioned or linked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from rollbook.text.patterns import group
from rollbook.types import Account, Post

#: Networks where a mention is a handle that leads to an account of the same network.
_MENTIONS = frozenset({"bluesky", "instagram", "mastodon", "threads", "tiktok", "x"})
_HANDLE = r"@?([A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_-])?|_[A-Za-z0-9_]{0,30})"
_FACEBOOKS_OWN = group("""
    groups | events? | pages | people | watch | sharer? | story | photos? | permalink | marketplace | login | help
    hashtag | policies | dialog | gaming | reel
""")
#: Hosts, and the address of an account there. A page of a network's own is none.
_PLACES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (network, re.compile(hosts), re.compile(path)) for network, hosts, path in (
        (
            "x", r"(?:x|twitter)\.com",
            rf"/(?!(?:home|i|intent|share|search|hashtag|explore|login|settings|tos|privacy)\b){_HANDLE}",
        ),
        ("instagram", r"instagram\.com", rf"/(?!(?:p|reels?|stories|explore|accounts|tv|about|legal)\b){_HANDLE}"),
        (
            "facebook", r"(?:facebook|fb)\.com",
            rf"/(?!{_FACEBOOKS_OWN}\b)(?![a-z]+\.php){_HANDLE}",
        ),
        ("youtube", r"youtube\.com", rf"/(?:@|c/|user/|channel/){_HANDLE}"),
        ("threads", r"threads\.(?:net|com)", rf"/@{_HANDLE}"),
        ("tiktok", r"tiktok\.com", rf"/@{_HANDLE}"),
        ("flickr", r"flickr\.com", rf"/(?:photos|people)/{_HANDLE}"),
        ("bluesky", r"bsky\.app", r"/profile/@?(did:[a-z]+:[A-Za-z0-9.:%-]+|[A-Za-z0-9.-]+\.[A-Za-z0-9-]+)"),
    )
)
#: Every other host may be a Mastodon server, but these have such addresses too.
_NO_MASTODON = re.compile(
    r"(?:medium|substack|youtube|tiktok|threads|pinterest|rumble|odysee|kick|vimeo|snapchat)\.[a-z]+"
)
_MASTODON = re.compile(
    r"/(?:@|users/)([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,63}[A-Za-z0-9_])?)(?:@([A-Za-z0-9.-]+\.[A-Za-z]{2,}))?"
)


@dataclass(frozen=True, slots=True)
class Pointed:
    """One account that a post points at."""

    #: ``network:handle``, as the network spells it.
    key: str
    #: ``reply``, ``repost``, ``quote``, ``mention`` or ``link``.
    how: str
    #: For a mention its place in ``post.mentions``, for a link in ``post.links``.
    index: int = 0


def pointed_at(post: Post, account: Account) -> Iterator[Pointed]:
    """The accounts that a post points at. A pure repost points at its author alone: the words are somebody else's."""
    references = (("repost", post.repost_of), ("reply", post.reply_to), ("quote", post.quote_of))
    for how, reference in references:
        if reference is not None and reference.account:
            yield Pointed(reference.account, how)
    if post.kind == "repost":
        return
    for index, name in enumerate(post.mentions):
        if post.network in _MENTIONS and (key := _mentioned(name, post.network, account)):
            yield Pointed(key, "mention", index)
    for index, url in enumerate(post.links):
        if key := account_at(url):
            yield Pointed(key, "link", index)


def _mentioned(name: str, network: str, account: Account) -> str:
    name = name.strip().removeprefix("@")
    if network == "mastodon" and "@" not in name:
        name = f"{name}@{account.handle.rpartition('@')[2]}"  # without a host it is on the same server
    return f"{network}:{name}" if name and not re.search(r"\s", name) else ""


def account_at(url: str) -> str:
    """The key of the account whose profile a web address shows; empty where it shows none."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https"):
        return ""
    host, path = re.sub(r"^(?:www|m|mobile|web)\.", "", host), unquote(parts.path).rstrip("/")
    for network, hosts, account in _PLACES:
        if re.fullmatch(hosts, host):
            match = re.fullmatch(account, path)
            return f"{network}:{match[1]}" if match else ""
    match = _MASTODON.fullmatch(path)
    if match is None or _NO_MASTODON.fullmatch(host) or "." not in host:
        return ""
    return f"mastodon:{match[1]}@{(match[2] or host).lower()}"
