"""Recorded answers of the real networks: each yields posts, marks or a named error; nothing is dropped without a word.

The recordings lie beside the checkout and are not part of it. ``pytest -s`` prints the table.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rollbook.errors import PageError
from rollbook.formats import fingerprint, post_json, read_post
from rollbook.plugins import collectors
from rollbook.types import Page
from rollbook.unwrapping import plain, unwrapped

PAYLOADS = Path(__file__).resolve().parents[3] / "shared" / "payloads"
FOLDERS = {
    "bluesky": "bluesky",
    "facebook": "facebook",
    "facebook_download": "facebook",
    "instagram": "instagram",
    "mastodon": "mastodon",
    "mediawiki": "wiki",
    "rss": "feed",
    "rss_feedparser": "feed",
    "wordpress": "wordpress",
    "youtube": "youtube",
    "x": "x",
    "x_archive": "x",
}
FETCHED_AT = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CONTENT_TYPES = {".json": "application/json", ".html": "text/html", ".txt": "text/plain"}
#: What every file of a folder has to count to, so that a parser that begins to refuse all of them is seen.
AT_LEAST = {
    "bluesky": 45,
    "facebook": 55,
    "facebook_download": 0,
    "instagram": 35,
    "mastodon": 75,
    "mediawiki": 44,
    "rss": 800,
    "rss_feedparser": 95,
    "wordpress": 11,
    "youtube": 55,
    "x": 440,
    "x_archive": 0,
}

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the recordings of ../shared/payloads are not here")


def page(network: str, file: Path) -> Page:
    url = "https://school.example/feed/" if network == "feed" else "https://server.example/api"
    return Page(
        account=f"{network}:{url if network == 'feed' else 'office.school.example'}", part="file", url=url, status=200,
        headers={"content-type": CONTENT_TYPES.get(file.suffix, "application/xml")}, body=file.read_bytes(),
        fetched_at=FETCHED_AT,
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_recording_yields_posts_marks_or_a_named_error(folder: str) -> None:
    network = FOLDERS[folder]
    plugin = collectors()[network]
    files = sorted(path for path in (PAYLOADS / folder).rglob("*") if path.is_file())
    assert files
    counted: Counter[str] = Counter()
    for file in files:
        try:
            several = [plugin.parse(plain(one)) for one in unwrapped(page(network, file))]
        except PageError as err:
            assert err.cause
            assert err.account
            counted[err.code] += 1
            continue
        posts = [post for parsed in several for post in parsed.posts]
        marked = [mark for parsed in several for mark in parsed.marked]
        assert posts or marked or _holds_nothing(file), f"{file.name} was dropped without a word"
        counted["pages"] += 1
        counted["posts"] += len(posts)
        counted["marked"] += len(marked)
        for post in posts:
            assert read_post(json.loads(json.dumps(post_json(post)))).id == post.id
            fingerprint(post)
    figures = ", ".join(f"{name} {number}" for name, number in sorted(counted.items()))
    print(f"\n{folder}: {len(files)} files: {figures}")
    assert counted["posts"] >= AT_LEAST[folder]


def _holds_nothing(file: Path) -> bool:
    """Whether a recording is an empty list, or a feed without a title and without an item that says anything."""
    body = file.read_bytes().strip()
    return body == b"[]" or (b"<item" not in body.lower() and b"<entry" not in body.lower())
