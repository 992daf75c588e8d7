"""The benchmark's district: a workspace, a network that serves its posts page by page, and the audit over it."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rollbook import cli, collect
from rollbook.formats import post_json
from rollbook.types import Post
from tests import standin
from tests.bench.posts import ACCOUNTS, DOMAIN

#: Posts a page, as Mastodon's API gives them at most.
PAGE = 40
_DISTRICT = f"""[district]
name = "Larkmead School District"
aliases = ["Larkmead", "Larkmead Schools"]
mail_domains = ["{DOMAIN}"]
web_domains = ["{DOMAIN}"]
role_mailboxes = ["info"]
timezone = "America/New_York"
[calendar]
hours = "07:30-15:30"
first_day = 2026-09-08
last_day = 2027-06-25
[policy]
use = "west-genesee-9125.3"
[collect]
allow = ["127.0.0.0/8"]
"""


def lay(folder: Path) -> Path:
    """Makes the workspace."""
    folder.mkdir(parents=True)
    (folder / "district.toml").write_text(_DISTRICT, encoding="utf-8")
    rows = [f"{key},{'employee' if number % 4 else 'district'},Owner {number},teacher" for number, key in enumerate(ACCOUNTS)]
    (folder / "accounts.csv").write_text("\n".join(["account,kind,owner,role", *rows, ""]), encoding="utf-8")
    return folder


class Network(standin.StandInNetwork):
    """The stand-in network with its pages made beforehand: a server is not what is measured."""

    def publish(self, posts: Iterable[Post]) -> None:
        """Adds posts, each older than those of its account that are there."""
        rows = self.__dict__.setdefault("_rows", defaultdict(list))
        for post in posts:
            rows[post.account.partition(":")[2]].append(json.dumps(post_json(post)))

    def answer(self, path: str) -> tuple[int, bytes]:
        """A page of a timeline; nothing else is asked for."""
        kind, _, rest = path.lstrip("/").partition("/")
        handle, _, start = rest.partition("/")
        if kind != "timeline":
            return 404, b"none"
        rows = self.__dict__["_rows"][handle][int(start) : int(start) + PAGE]
        return 200, f"[{','.join(rows)}]".encode()


@contextmanager
def served() -> Iterator[Network]:
    """Serves the network on loopback."""
    with standin.serve(Network()) as network:
        assert isinstance(network, Network)
        yield network


def command(network: Network, *argv: str) -> list[str]:
    """What runs a command of the real program with the stand-in's collector in place of the real ones."""
    return [sys.executable, str(Path(__file__)), network.base, *argv]


def main() -> None:
    """The real command line; only the collectors are others."""
    standin.PAGE_SIZE = PAGE
    found = {"standin": standin.collector(standin.StandInNetwork(base=sys.argv.pop(1)))}
    setattr(collect, "collectors", lambda: found)  # noqa: B010
    cli.main()


if __name__ == "__main__":
    main()
