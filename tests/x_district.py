"""A district with one account on the stand-in for X: what it posts, a whole visit into an archive, and what that holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from rollbook.archive.posts import versions
from rollbook.budget import budget_of
from rollbook.collect import Outcome, Request
from rollbook.http import Door
from rollbook.init import Answers, lay
from rollbook.plugins import Presence, Visit, collectors
from rollbook.types import Post
from rollbook.workspace import CollectSettings, Workspace, read_workspace

from .collectors.fortnight import each_once, opened, visited
from .standin_x import StandInX, number, serve

CANARY = "canaryAAAAAAAAAAAAAAAAAAAAAxBearer4711%2Bq"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = "x:Example_CSD"
#: How a post begins that is too long: X cuts the older form of it here.
LETTER = "A letter to all families of our schools about the year that lies before us, and about what has changed over the summer"
TERMS = {"terms_signed_off_by": "A. Counsel, office of the superintendent", "terms_signed_off_on": date(2026, 10, 1)}


@dataclass
class District:
    """A workspace with one account on X."""

    workspace: Workspace
    server: StandInX
    outcomes: list[Outcome] = field(default_factory=list)

    def visit(self, *, full: bool = False, at: datetime = NOW) -> Outcome:
        found = visited(self.workspace, at, Request(full=full))
        self.outcomes.append(found)
        assert self.server.mistakes == []
        if found.code not in ("setting", "budget"):
            budget = budget_of(self.workspace, "x")
            assert budget
            assert self.server.billed <= budget.spent()
        return found

    def check(self) -> None:
        """Every event of the visits is there once, and the captures alone give the same posts."""
        held = each_once(self.workspace, self.outcomes, [], afresh=False)
        assert each_once(self.workspace, self.outcomes, [], afresh=True) == held

    def versions(self, native: str) -> list[tuple[str, str]]:
        with opened(self.workspace) as archive, archive.store.begin() as connection:
            return [(item.state, item.post.text) for item in versions(connection, f"x:{native}")]

    def look_up(self, *posts: Post) -> list[Presence]:
        visit = Visit(self.workspace.register.accounts[KEY], {}, None, self.workspace.collect.networks["x"], budget_of(self.workspace, "x"))
        with Door(self.workspace.collect) as door:
            return list(collectors()["x"].look_up(visit, posts, door))

    def setting(self, **settings: Any) -> District:
        networks = {"x": {name: value for name, value in {**self.workspace.collect.networks["x"], **settings}.items() if value is not None}}
        return District(replace(self.workspace, collect=replace(self.workspace.collect, networks=networks)), self.server, self.outcomes)


@contextmanager
def settled(folder: Path, monkeypatch: pytest.MonkeyPatch, *, schema: str = "post") -> Iterator[District]:
    """A district whose account lies with a stand-in, which is there until the caller is done with it."""
    monkeypatch.setenv("ROLLBOOK_X_BEARER_TOKEN", CANARY)
    list(lay(folder, Answers("Example Central School District", accounts=(KEY,))))
    with serve(StandInX(CANARY, schema=schema)) as server:
        networks = {"x": {"base": server.base, "monthly_reads": 5000, **TERMS}}
        yield District(replace(read_workspace(folder), collect=CollectSettings(30, "", (ip_network("127.0.0.0/8"),), {}, networks)), server)


def at(day: int, hour: int = 15) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def url(short: str, full: str, **more: Any) -> dict[str, Any]:
    return {"start": 0, "end": 1, "url": short, "expanded_url": full, **more}


def fill(server: StandInX) -> dict[str, str]:
    """One post of each kind."""
    server.media["3_1"] = {"media_key": "3_1", "type": "photo", "url": f"{server.base}/media/a.png", "alt_text": "The new gym"}
    film = [{"bit_rate": rate, "content_type": "video/mp4", "url": f"{server.base}/media/{rate}.mp4?tag=12"} for rate in (256000, 832000)]
    server.media["7_1"] = {"media_key": "7_1", "type": "video", "preview_image_url": f"{server.base}/media/p.png", "variants": film}
    server.polls["5"] = {"id": "5", "options": [{"position": 1, "label": "Tuesday", "votes": 2}, {"position": 2, "label": "Friday", "votes": 0}]}
    mascot, question = number(at(1)), number(at(2))
    server.others = {
        mascot: {"text": "The whole long story of our mascot, told once", "at": at(1), "author_id": "8", "username": "WG_Mascot"},
        question: {"text": "When is the concert?", "at": at(2), "author_id": "9", "username": "a_parent"},
    }
    picture = url("https://t.co/pic", f"https://twitter.com/example_csd/status/{number(at(4))}/photo/1", media_key="3_1")
    return {
        "post": server.say(at(3), "Snow day &amp; no school: https://t.co/a", entities={
            "urls": [url("https://t.co/a", "https://example.example/snow")], "hashtags": [{"start": 0, "end": 1, "tag": "snow"}]}),
        "picture": server.say(at(4), "Look https://t.co/pic", media=["3_1", "7_1"], entities={"urls": [picture]}),
        "reply": server.say(at(5), "@a_parent On Friday", refs={"replied_to": question}, parent_author="9",
                            entities={"mentions": [{"start": 0, "end": 9, "username": "a_parent", "id": "9"}]}),
        "quote": server.say(at(6), "So true https://t.co/q", refs={"quoted": mascot},
                            entities={"urls": [url("https://t.co/q", f"https://twitter.com/WG_Mascot/status/{mascot}")]}),
        "repost": server.say(at(7), "RT @WG_Mascot: The whole long story of our masc…", refs={"retweeted": mascot},
                             entities={"mentions": [{"start": 3, "end": 12, "username": "WG_Mascot", "id": "8"}]}),
        "long": server.say(at(8), f"{LETTER}… https://t.co/self", entities={
            "urls": [url("https://t.co/self", f"https://twitter.com/i/web/status/{number(at(8))}")]},
            note={"text": f"{LETTER}, with every word of it https://t.co/n",
                  "entities": {"urls": [url("https://t.co/n", "https://example.example/letter")]}}),
        "poll": server.say(at(9), "When?", polls=["5"]),
    }


def posts(district: District) -> dict[str, Post]:
    """What the archive holds, the newest version of each."""
    found = {}
    with opened(district.workspace) as archive, archive.store.begin() as connection:
        for name in (f"x:{native}" for native in {post["chain"][0] for post in district.server.posts.values()}):
            for item in versions(connection, name):
                found[name] = item.post
    return found
