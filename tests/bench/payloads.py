"""Answers of invented networks for the write path: JSON of 5 to 50 KB, some with a token of ours inside.

Two kinds, because how well an answer packs decides how long zlib takes for it. ``prose``: long texts and little else, as
blogs and feeds send them; words by Zipf's law, packs about 3 to 1. ``timeline``: many short posts amid ids, counts,
signed addresses and the account once more with each, as the platforms' APIs send them; packs about 5 to 1.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from rollbook.types import Post
from tests.bench.posts import ACCOUNTS, posts

Kind = Literal["prose", "timeline"]

#: Of a hundred answers, how many repeat our access token in the address of the next page, as the Graph API does.
_WITH_TOKEN_OF_100 = 30
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SYLLABLES = ("ba", "ter", "lin", "so", "ra", "men", "ti", "on", "ver", "el", "ko", "dis", "pan", "ge", "ly", "sha", "mor", "in", "quo",
              "des", "fal", "ur", "ne", "str", "ow", "ith", "ca", "pre", "us", "ell")
_WORDS = 5_000


@dataclass(frozen=True)
class Payloads:
    """What one collecting run would have received."""

    bodies: Sequence[bytes]
    #: An access token, an app's secret and a session's key.
    secrets: tuple[str, str, str]

    @property
    def size_bytes(self) -> int:
        """All bodies together."""
        return sum(map(len, self.bodies))


def payloads(kind: Kind, count: int, *, seed: int = 3) -> Payloads:
    """So many answers; the same number always gives the same ones."""
    chance = random.Random(seed)
    token, *others = ("".join(chance.choices(_LETTERS, k=length)) for length in (180, 40, 64))
    item = _statuses(chance, count) if kind == "timeline" else _articles(chance)
    bodies = []
    for _ in range(count):
        wanted, size, items = chance.randint(5_000, 50_000), 0, []
        while size < wanted:
            items.append(next(item))
            size += len(json.dumps(items[-1]))
        page: dict[str, object] = {"data": items}
        if chance.random() * 100 < _WITH_TOKEN_OF_100:
            page["paging"] = {"next": f"https://graph.standin.example/v1/posts?after={size}&access_token={token}"}
        bodies.append(json.dumps(page, ensure_ascii=False).encode())
    return Payloads(bodies, (token, others[0], others[1]))


def _articles(chance: random.Random) -> Iterator[dict[str, object]]:
    """Long texts of words that come up as often as words do."""
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(_WORDS)]
    often = list(accumulate(1 / rank for rank in range(1, _WORDS + 1)))
    while True:
        text = " ".join(chance.choices(words, cum_weights=often, k=chance.randint(40, 160)))
        yield {"id": chance.randrange(10**12), "date": f"2026-10-{chance.randint(1, 28):02d}T13:{chance.randrange(60):02d}:00", "text": text}


def _statuses(chance: random.Random, count: int) -> Iterator[dict[str, object]]:
    """Posts with what networks send along."""
    for post in posts(count * 60, seed=7):
        yield _status(post, chance)


def _status(post: Post, chance: random.Random) -> dict[str, object]:
    number, mark = ACCOUNTS.index(post.account), f"{chance.getrandbits(256):064x}"
    many: Callable[[int], int] = chance.randrange
    return {
        "id": str(many(10**18)), "created_at": post.created_at.isoformat(), "in_reply_to_id": None, "edited_at": None,
        "sensitive": False, "spoiler_text": "", "visibility": "public", "language": post.lang,
        "uri": f"{post.url}#{mark[:24]}", "replies_count": many(9), "reblogs_count": many(20),
        "favourites_count": many(90), "content": f"<p>{post.text}</p>", "reblog": None,
        "account": {
            "id": str(10**17 + number), "username": post.account, "locked": False, "bot": False, "group": False,
            "created_at": "2021-08-30T00:00:00.000Z", "note": "<p>Larkmead schools</p>", "followers_count": 400 + number,
            "avatar": f"https://cdn.standin.example/avatars/{number:032x}.png",
        },
        "url": f"https://cdn.standin.example/v/t39.30808-6/{mark}.jpg?oh={mark[::-1]}&oe={chance.getrandbits(32):08X}",
        "media_attachments": [{"type": "image", "url": item.url, "description": item.alt} for item in post.media],
        "mentions": [], "tags": [{"name": name, "url": f"https://standin.example/tags/{name}"} for name in post.hashtags],
        "emojis": [], "card": None, "poll": None,
    }
