"""An archive filled from an invented network: exchanges are made by hand, no request is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rollbook.archive.archive import Archive
from rollbook.archive.schema import stamp
from rollbook.exchange import Exchange
from rollbook.formats import fingerprint, post_json, read_post
from rollbook.types import MEDIA_PART, Media, Page, Parsed, Post

NOON = datetime(2026, 10, 5, 16, 0, tzinfo=UTC)
ACCOUNT = "invented:teacher"


def parse(page: Page) -> Parsed:
    """A page of the invented network is a JSON list of posts in the public format."""
    return Parsed(tuple(read_post(row) for row in json.loads(page.body)))


def open_archive(folder: Path, **settings: Any) -> Archive:
    return Archive(folder, operator="Invented District", parse=parse, **settings)


def post(number: int, text: str, *, media: tuple[Media, ...] = ()) -> Post:
    return Post(f"invented:{number}", ACCOUNT, "invented", "post", text, NOON, url=f"https://invented.example/{number}", media=media)


def exchange(body: bytes, *, part: str = "timeline", url: str = "https://invented.example/posts") -> Exchange:
    return Exchange(
        account=ACCOUNT, part=part, context={"page": "1"}, method="GET", url=url,
        request_headers=(("User-Agent", "Rollbook/test"),), request_body=b"", status=200, reason="OK",
        response_headers=(("Content-Type", "application/json"),), body=body, started_at=NOON, ip_address="192.0.2.1",
    )


def take(archive: Archive, posts: Iterable[Post], *, state: str = "new", pictures: dict[str, bytes] | None = None) -> None:
    """One page of posts with their pictures, acknowledged."""
    posts = list(posts)
    record = archive.record(exchange(json.dumps([post_json(item) for item in posts]).encode()))
    media = []
    for url, data in (pictures or {}).items():
        archive.record(exchange(data, part=MEDIA_PART, url=url))
        media.append((url, archive.media.put(data), len(data)))
    for item in posts:
        archive.add_snapshot({
            "kind": "snapshot", "post": item.id, "account": item.account, "state": state, "at": stamp(NOON),
            "content": fingerprint(item), "record": record, "how": "",
        }, item)
        for url, sha256, size in media:
            if any(part.url == url for part in item.media):
                archive.add({"kind": "media", "post": item.id, "url": url, "sha256": sha256, "bytes": size, "mime": "image/png", "why": ""})
    archive.commit(seen={stamp(NOON): [item.id for item in posts]})
