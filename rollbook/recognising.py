"""Recognising: the same post from a source that tells no id of it, by its moment and its words.

Facebook and Instagram number their posts, and their exports leave the numbers out. The id that a post was first held
under stays; the other is a further name of it (docs/decisions/same-post.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from rollbook.archive.names import held_under, holds_made_ids, near
from rollbook.exports import is_made
from rollbook.types import Post

#: An export of Instagram tells when a file was sent up, its API when it was published.
SENDING = timedelta(minutes=2)
#: The same moment, rounded by both sources in their own way.
ROUNDING = timedelta(seconds=1)
#: The share of the fewer words that both must have to be versions of one post, when nothing else stands in that second.
KINDRED = 0.6
_KINDS = frozenset(("post", "quote", "repost"))


@dataclass(frozen=True, slots=True)
class Held:
    """A post of the archive that another source may show too."""

    id: str
    created_at: datetime
    #: Every version by its content.
    versions: Mapping[str, Post]


@dataclass(frozen=True, slots=True)
class Same:
    """What a post was found to be."""

    #: The id that the archive holds it under.
    id: str
    #: The content of the version that shows the same; empty where none does.
    version: str = ""
    #: Found just now, and not yet in the ledger.
    new: bool = False


def recognise(post: Post, held: Sequence[Held], *, alone: bool) -> Same | None:
    """Which of the held posts this is; None where nothing speaks for any.

    ``alone``: no other post of its source stands in the same second, so that other words may be an edit.
    """
    for one in sorted(held, key=lambda one: abs(one.created_at - post.created_at)):
        apart = abs(one.created_at - post.created_at)
        for content, version in one.versions.items():
            if _shows_same(post, version, apart):
                return Same(one.id, content, new=True)
    there = [one for one in held if abs(one.created_at - post.created_at) < ROUNDING]
    if alone and len(there) == 1 and any(_kindred(post, version) for version in there[0].versions.values()):
        return Same(there[0].id, new=True)
    return None


def _shows_same(post: Post, version: Post, apart: timedelta) -> bool:
    words, others = _words(post), _words(version)
    if words or others:
        return words == others and apart <= SENDING
    return apart <= ROUNDING and len(post.media) == len(version.media)


def _words(post: Post) -> list[str]:
    # Instagram leaves the "@" out where it shows another account's posts.
    return [word.lstrip("@") for word in post.text.split()]


def _kindred(post: Post, version: Post) -> bool:
    words, others = set(_words(post)), set(_words(version))
    if not words or not others:  # a picture whose words were added or taken away
        return bool(post.media) and len(post.media) == len(version.media)
    return len(words & others) >= KINDRED * min(len(words), len(others))


class Recognising:
    """Finds, for the posts of one account, the ids that the archive holds them under."""

    def __init__(self, account: str, *, exported: bool) -> None:
        """``exported``: the posts come from an owner's export."""
        self._account, self._exported = account, exported
        #: By the source's id; what this visit or import found stays found, acknowledged or not.
        self._found: dict[str, Same] = {}
        self._taken: set[str] = set()
        self._in_question: bool | None = None

    def __call__(self, connection: Connection, posts: Sequence[Post]) -> dict[str, Same]:
        """What posts are held under, by the source's id; those under that very id are left out."""
        asked = [post for post in posts if self._may_differ(connection, post)]
        if not asked:
            return {}
        held = held_under(connection, [post.id for post in asked])
        self._taken.update(held.values())
        unknown = [post for post in asked if post.id not in held and post.id not in self._found]
        new = self._look(connection, unknown, Counter(map(_second, asked)))
        known = {name: Same(own) for name, own in held.items()} | self._found | new
        self._found |= {name: Same(found.id) for name, found in new.items()}
        return {post.id: known[post.id] for post in asked if post.id in known and known[post.id].id != post.id}

    def _may_differ(self, connection: Connection, post: Post) -> bool:
        if post.kind not in _KINDS:
            return False
        if self._exported:
            return is_made(post.id)
        if self._in_question is None:
            self._in_question = holds_made_ids(connection, self._account)
        return self._in_question

    def _look(
        self, connection: Connection, posts: Sequence[Post], seconds: Mapping[datetime, int]
    ) -> dict[str, Same]:
        """What unknown posts are. Those of the very moment first: the same words may come again a minute later."""
        new: dict[str, Same] = {}
        for within in (ROUNDING, SENDING):
            for post in posts:
                if post.id in new:
                    continue
                alone = within == SENDING and seconds[_second(post)] == 1
                found = recognise(post, self._held(connection, post, within), alone=alone)
                if found is not None:
                    self._taken.add(found.id)
                    new[post.id] = found
        return new

    def _held(self, connection: Connection, post: Post, within: timedelta) -> list[Held]:
        rows = near(connection, self._account, post.created_at, within, on_network=self._exported)
        return [
            Held(name, created_at, versions) for name, created_at, versions in rows
            if name not in self._taken and next(iter(versions.values())).kind in _KINDS
        ]


def _second(post: Post) -> datetime:
    return post.created_at.astimezone(UTC).replace(microsecond=0)
