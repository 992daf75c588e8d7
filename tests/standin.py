"""A stand-in network for the kernel's tests: real HTTP on loopback, pages in the public format, faults on request."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from rollbook.formats import post_json, read_post
from rollbook.http import Door
from rollbook.plugins import Collector, Presence, Sweep, Visit
from rollbook.types import Media, Page, Parsed, Post
from tests.serving import serving

FIRST = datetime(2026, 10, 5, 13, 0, tzinfo=UTC)
PAGE_SIZE = 3


@dataclass
class StandInNetwork:
    """What the network has now; tests change it between runs."""

    posts: dict[str, list[Post]] = field(default_factory=dict)
    #: Path to HTTP status and body, answered instead of what is there.
    faults: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    base: str = ""

    def add(self, handle: str, number: int, text: str, *, picture: str = "") -> Post:
        media = (Media("image", url=f"{self.base}/media/{picture}", alt="A drawing"),) if picture else ()
        post = Post(
            f"standin:{handle}/{number}", f"standin:{handle}", "standin", "post", text, FIRST + timedelta(hours=number),
            url=f"https://standin.example/{handle}/{number}", media=media,
        )
        self.posts.setdefault(handle, []).append(post)
        return post

    def edit(self, post: Post, text: str) -> Post:
        edited = replace(post, text=text, edited_at=post.created_at + timedelta(minutes=5))
        posts = self.posts[post.account.partition(":")[2]]
        posts[posts.index(post)] = edited
        return edited

    def remove(self, post: Post) -> None:
        self.posts[post.account.partition(":")[2]].remove(post)

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if path in self.faults:
            return self.faults[path]
        kind, _, rest = path.lstrip("/").partition("/")
        if kind == "media":
            return (200, self.media[rest]) if rest in self.media else (404, b"none")
        if kind == "post":
            found = [post for posts in self.posts.values() for post in posts if post.id == f"standin:{rest}"]
            return (200, json.dumps([post_json(post) for post in found]).encode()) if found else (404, b"none")
        handle, _, start = rest.partition("/")
        posts = sorted(self.posts.get(handle, []), key=lambda post: post.created_at, reverse=True)
        return 200, json.dumps([post_json(post) for post in posts[int(start) : int(start) + PAGE_SIZE]]).encode()


@contextmanager
def serve(network: StandInNetwork) -> Iterator[StandInNetwork]:
    """Serves the network until the caller is done with it."""
    with serving(lambda asked: network.answer(asked.target)) as network.base:
        yield network


def collector(network: StandInNetwork) -> Collector:
    """The stand-in's collector: newest first, pages of three."""

    def collect(visit: Visit, door: Door) -> Generator[Page, None, Sweep]:
        start, covered = 0, visit.look_back_to
        while True:
            url = f"{network.base}/timeline/{visit.account.handle}/{start}"
            page = door.fetch(url, account=visit.account.key, part="timeline", context={"start": str(start)})
            yield page
            posts = parse(page).posts
            if len(posts) < PAGE_SIZE or (covered is not None and posts[-1].created_at < covered):
                break
            start += PAGE_SIZE
        return Sweep({"read": "yes"}, covered or datetime(2000, 1, 1, tzinfo=UTC), expected=len(network.posts.get(visit.account.handle, [])))

    def look_up(visit: Visit, posts: Sequence[Post], door: Door) -> Iterator[Presence]:
        for post in posts:
            page = door.fetch(f"{network.base}/post/{post.id.partition(':')[2]}", account=visit.account.key, part="look-up", accept=(200, 404, 500))
            state = {200: "here", 404: "gone"}.get(page.status, "unclear")
            yield Presence(post.id, state, f"HTTP {page.status}", page)  # type: ignore[arg-type]

    return Collector("standin", collect, parse, look_up, "", __file__)


def parse(page: Page) -> Parsed:
    if page.status != 200:
        return Parsed()
    return Parsed(tuple(read_post(row) for row in json.loads(page.body)))
