"""What the sample district's accounts published, read from config/sample/: as it stood first, and what changed then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from rollbook.places import CONFIG

#: The workspace files and the posts of the sample district.
FOLDER = CONFIG / "sample"
#: The first audit meets state 1, every later one state 2: two posts are edited, one is gone, four are new.
StoryState = Literal[1, 2]

_LOCAL = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Profile:
    """One account as its network shows it; outsiders are accounts that are not in the register."""

    #: The short name by which posts.jsonl calls the account.
    by: str
    #: ``network:handle``, as in accounts.csv.
    account: str
    name: str
    about: str = ""
    #: The author that a feed names; empty where it names none.
    author: str = ""
    #: ``rss``, ``json`` or ``atom`` for a feed; empty elsewhere.
    format: str = ""
    expect: frozenset[str] = frozenset()

    @property
    def network(self) -> str:
        """What stands before the first colon."""
        return self.account.partition(":")[0]

    @property
    def handle(self) -> str:
        """What stands after the first colon."""
        return self.account.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of a post: its name in the album, and the author's description."""

    name: str
    alt: str


@dataclass(frozen=True, slots=True)
class Version:
    """What an edited post said before."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """One post of the sample, before any network gives it a shape."""

    key: str
    by: str
    at: datetime
    text: str = ""
    title: str = ""
    lang: str = "en"
    media: tuple[Photo, ...] = ()
    #: A link preview: url, title, description.
    card: Mapping[str, str] = field(default_factory=dict)
    #: Keys of other posts.
    reply_to: str = ""
    repost_of: str = ""
    quote_of: str = ""
    edited_at: datetime | None = None
    earlier: tuple[Version, ...] = ()
    #: Rules that are to report a finding, also such as no analyzer serves yet.
    expect: frozenset[str] = frozenset()
    #: Rules that are to report that they looked and cleared.
    cleared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that stands on the networks in one state."""

    #: Accounts on record and outsiders, by short name.
    profiles: Mapping[str, Profile]
    #: By key; outsiders' posts too.
    posts: Mapping[str, Post]
    #: When the last thing happened to an account: a post, an edit, a deletion; by short name.
    changed_at: Mapping[str, datetime]

    def of(self, by: str) -> list[Post]:
        """The posts of one account, oldest first."""
        return sorted((post for post in self.posts.values() if post.by == by), key=lambda post: post.at)

    def on(self, network: str) -> list[Profile]:
        """The accounts of one network, outsiders too."""
        return [profile for profile in self.profiles.values() if profile.network == network]


def read_story(state: StoryState, folder: Path = FOLDER) -> Story:
    """Reads the sample as it stands in one state; the same files always give the same story."""
    return _story(state, folder)


@cache
def _story(state: StoryState, folder: Path) -> Story:
    profiles = {row["by"]: _profile(row) for row in _rows(folder / "profiles.jsonl")}
    posts = {row["key"]: _post(row) for row in _rows(folder / "posts.jsonl")}
    for row in _rows(folder / "others.jsonl"):
        profiles[row["account"]] = Profile(row["account"], row["account"], row["name"])
        posts[row["key"]] = Post(row["key"], row["account"], _moment(row["at"]), row["text"])
    changed_at: dict[str, datetime] = {}
    for post in posts.values():
        changed_at[post.by] = max(post.at, changed_at.get(post.by, post.at))
    if state == 2:
        for row in _rows(folder / "later.jsonl"):
            post = _change(posts, row)
            changed_at[post.by] = max(_moment(row["at"]), changed_at[post.by])
    return Story(profiles, posts, changed_at)


def _change(posts: dict[str, Post], row: Mapping[str, Any]) -> Post:
    if row["change"] == "new":
        post = _post(row)
        posts[post.key] = post
    elif row["change"] == "delete":
        post = posts.pop(row["key"])
    else:
        old = posts[row["key"]]
        post = replace(
            old, text=row["text"], edited_at=_moment(row["at"]), expect=frozenset(row["expect"]),
            earlier=(*old.earlier, Version(old.text, old.edited_at or old.at)),
        )
        posts[post.key] = post
    return post


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _moment(local: str) -> datetime:
    """A time of the sample, written as the District's clock shows it. **Units**: UTC."""
    return datetime.fromisoformat(local).replace(tzinfo=_LOCAL).astimezone(UTC)


def _profile(row: Mapping[str, Any]) -> Profile:
    return Profile(
        row["by"], row["account"], row["name"], row["about"], row.get("author", ""), row.get("format", ""),
        frozenset(row.get("expect", ())),
    )


def _post(row: Mapping[str, Any]) -> Post:
    return Post(
        key=row["key"], by=row["by"], at=_moment(row["at"]), text=row.get("text", ""), title=row.get("title", ""),
        lang=row.get("lang", "en"), media=tuple(Photo(item["photo"], item["alt"]) for item in row.get("media", ())),
        card=row.get("card", {}), reply_to=row.get("reply_to", ""), repost_of=row.get("repost_of", ""),
        quote_of=row.get("quote_of", ""), expect=frozenset(row.get("expect", ())),
        cleared=frozenset(row.get("cleared", ())),
    )
