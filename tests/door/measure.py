"""Measures what redaction costs on the archive's write path: ``python -m tests.door.measure``.

One process, the same 30 KB page of posts as JSON, three live secrets; processor time, the best of several rounds, for the
machine is shared. Nothing is asserted: a figure of another machine is no figure.
"""

from __future__ import annotations

import hashlib
import json
import random
import string
import time
import timeit
import zlib
from collections.abc import Callable

from isal import isal_zlib

from rollbook.redaction import Redactor

ROUNDS, TIMES = 7, 300
chance = random.Random(9125)
WORDS = ["".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 10))) for _ in range(3000)]
SECRETS = ["".join(chance.choices(string.ascii_letters + string.digits, k=length)) for length in (40, 64, 180)]


def page(size: int, *, token: str = "") -> bytes:
    """A page of posts; with a token it is one of the Graph API's, whose paging repeats it."""
    posts: list[dict[str, object]] = []
    while len(json.dumps(posts)) < size:
        posts.append({
            "id": str(chance.randint(10**17, 10**18)), "created_at": "2026-10-05T14:12:00.000Z",
            "text": " ".join(chance.choices(WORDS, k=25)), "account": {"acct": "quarry_bay", "followers_count": 12},
            "url": f"https://files.example/media/{chance.getrandbits(128):032x}.jpg?x=%2F",
        })
    url = f"https://graph.facebook.com/v25.0/1/feed?access_token={token}&limit=25"
    paging = {"next": f"{url}&after=B", "previous": f"{url}&before=A"} if token else {"next_token": "b26v89c19zqg8o3f"}
    return json.dumps({"data": posts, "paging": paging}).encode()


def packed(body: bytes) -> bytes:
    """As the archive packs it."""
    packer = isal_zlib.compressobj(2, isal_zlib.DEFLATED, 31)
    return bytes(packer.compress(body) + packer.flush())


def speed(work: Callable[[bytes], object], body: bytes) -> float:
    """MB a second."""
    seconds = min(timeit.repeat(lambda: work(body), number=TIMES, repeat=ROUNDS, timer=time.process_time)) / TIMES
    return len(body) / seconds / 1e6


def main() -> None:
    """Prints the table of docs/decisions/one-door.md."""
    redactor = Redactor()
    for secret in SECRETS:
        redactor.keep(secret)
    clean, graph = page(30_000), page(30_000, token=SECRETS[2])

    def redact(body: bytes) -> bytes:
        return redactor.body(body, "application/json")

    def write(body: bytes) -> bytes:
        kept = redact(body)
        return hashlib.sha256(kept).digest() + packed(kept)

    def plainly(body: bytes) -> bytes:
        return hashlib.sha256(body).digest() + zlib.compress(body, 6)

    rows = {
        "redact, no secret in the page": speed(redact, clean),
        "redact, a token twice in every page": speed(redact, graph),
        "redact, hash, compress (isal 2)": speed(write, clean),
        "the same, a token twice in every page": speed(write, graph),
        "sha256 + zlib 6 of the same bytes": speed(plainly, clean),
    }
    for name, megabytes in rows.items():
        print(f"{name:42} {megabytes:7.0f} MB/s")


if __name__ == "__main__":
    main()
