"""The two networks over which runs are killed: a small stand-in, and the sample district's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from rollbook.sample import StandInNetworks
from rollbook.sample import lay as lay_sample
from tests.standin import StandInNetwork, serve

#: Pictures of the stand-in: bytes that differ, which is all that the archive looks at.
_PICTURE = b"\x89PNG, drawn by nobody: "


_DISTRICT = """[district]
name = "Invented District"
mail_domains = ["invented.example"]
timezone = "America/New_York"
[policy]
use = "west-genesee-9125.3"
[collect]
look_back_days = 0
allow = ["127.0.0.0/8"]
"""
_ACCOUNTS = """account,kind,owner,role
standin:office,district,The Office,office
standin:teacher,employee,Ada Lindqvist,teacher
standin:coach,employee,Omar Brandt,coach
"""


class World(Protocol):
    """A district whose networks stand first in one state, then in another."""

    def lay(self, folder: Path) -> None:
        """Makes a workspace."""

    def show(self, state: int, folder: Path) -> None:
        """From now on an audit of the workspace meets this state."""

    def order(self) -> Mapping[str, Any]:
        """What the child has to be told."""


class Standin:
    """Three accounts, pages of three posts, some with pictures; edits, a deletion and new posts in the second state."""

    def __init__(self, network: StandInNetwork, posts: int) -> None:
        self._network, self._posts = network, posts

    def lay(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "district.toml").write_text(_DISTRICT, encoding="utf-8")
        (folder / "accounts.csv").write_text(_ACCOUNTS, encoding="utf-8")

    def show(self, state: int, folder: Path) -> None:
        network = self._network
        network.posts.clear()
        for handle in ("office", "teacher", "coach"):
            for number in range(1, self._posts + 1):
                words = f"Note {number} of the {handle}"
                if number % 3 == 0:
                    words = f"Write to {handle}{number}@invented.example by noon"
                picture = f"{handle}-{number}" if number % 4 == 0 else ""
                network.media[picture] = _PICTURE + picture.encode() * 2000
                network.add(handle, number, words, picture=picture)
        if state == 2:
            network.edit(network.posts["office"][2], "Write to nobody before noon")
            network.edit(network.posts["teacher"][3], "Ask clerk@invented.example")
            network.remove(network.posts["coach"][0])
            for handle in network.posts:
                network.add(handle, 40, "Newest: coach@invented.example knows", picture="office-4")

    def order(self) -> Mapping[str, Any]:
        return {"standin": self._network.base}


class Sample:
    """The sample district, both states of its networks served at once, read by the real collectors."""

    def __init__(self, reroutes: Mapping[int, Mapping[str, str]]) -> None:
        self._reroutes = reroutes

    def lay(self, folder: Path) -> None:
        lay_sample(folder)
        (folder / "district.sample").write_text((folder / "district.toml").read_text(encoding="utf-8"), encoding="utf-8")

    def show(self, state: int, folder: Path) -> None:
        lines = [f'"{host}" = "{target}"' for host, target in self._reroutes[state].items()]
        settings = (folder / "district.sample").read_text(encoding="utf-8")
        (folder / "district.toml").write_text("\n".join([settings, "[collect.reroute]", *lines, ""]), encoding="utf-8")

    def order(self) -> Mapping[str, Any]:
        return {}


@contextmanager
def world(name: str, *, posts: int = 11) -> Iterator[World]:
    """Serves ``standin``, with so many posts an account, or ``sample`` on loopback."""
    with ExitStack() as stack:
        if name == "standin":
            network = stack.enter_context(serve(StandInNetwork()))
            yield Standin(network, posts)
        else:
            yield Sample({state: stack.enter_context(StandInNetworks(state)) for state in (1, 2)})
