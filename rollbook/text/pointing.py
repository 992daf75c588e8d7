"""Which accounts a post points at, as keys of a register: answered, reposted, quoted, mentioned or linked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rollbook.linked import account_linked, site_linked
from rollbook.types import Account, Post

#: Networks where a mention is a handle that leads to an account of the same network.
_MENTIONS = frozenset({"bluesky", "instagram", "mastodon", "threads", "tiktok", "x", "youtube"})


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
        # A reader who follows a link to a post is led to its account as well.
        linked = account_linked(url, anywhere=True, posts=True) or site_linked(url)
        if linked is not None:
            yield Pointed(linked.key, "link", index)


def _mentioned(name: str, network: str, account: Account) -> str:
    name = name.strip().removeprefix("@")
    if network == "mastodon" and "@" not in name:
        name = f"{name}@{account.handle.rpartition('@')[2]}"  # without a host it is on the same server
    return f"{network}:{name}" if name and not re.search(r"\s", name) else ""
