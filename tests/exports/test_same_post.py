"""Facebook and Instagram: the same post by API and by an export that tells no ids is one post with both captures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from rollbook.archive import schema as t
from rollbook.archive.names import held_under, names_of
from rollbook.archive.posts import captures, versions
from rollbook.archive.verify import verify
from rollbook.reading import print_post
from rollbook.taking import Outcome
from tests.collectors.fortnight import Fortnight, opened
from tests.standin_graph import StandInGraph, graph_time, serve

from .building import zipped

BEGAN = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
PAGE, USER = "1090001", "17841400000000001"
HOSTS = ("https://scontent-aaa1-1.xx.fbcdn.net", "https://scontent-aaa1-1.cdninstagram.com")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


class District(Fortnight):
    """A District with one account, its platform, and the exports that its owner downloads."""

    network: str
    #: Whether its exports have Instagram's newer layout.
    labelled: bool
    platform: StandInGraph

    def publish(self, number: int, words: str, *, picture: bool = False) -> str:
        """A post on the platform; gives the id that the platform has for it."""
        made_at = graph_time(BEGAN + timedelta(minutes=number))
        if self.network == "facebook":
            shown = {"media_type": "photo", "type": "photo", "target": {"id": f"9{number}"},
                     "media": {"image": {"src": f"{HOSTS[0]}/v/{number}_n.jpg", "width": 7, "height": 4}}}
            self.platform.add(
                "PagePost", f"{PAGE}_{number}", (PAGE, "posts"), message=words, created_time=made_at, updated_time=made_at,
                permalink_url=f"https://www.facebook.com/{PAGE}/posts/{number}", is_published=True, is_hidden=False, is_expired=False,
                **{"privacy": {"value": "EVERYONE"}, "from": {"id": PAGE}}, **({"attachments": {"data": [shown]}} if picture else {}),
            )
            return f"facebook:{PAGE}_{number}"
        self.platform.add(
            "IGMedia", f"1790{number}", (USER, "media"), caption=words, media_type="IMAGE", media_product_type="FEED", timestamp=made_at,
            permalink=f"https://www.instagram.com/p/Cq{number}/", username="quarrybaycsd", media_url=f"{HOSTS[1]}/v/{number}_n.jpg",
        )
        return f"instagram:1790{number}"

    def node(self, number: int) -> dict[str, Any]:
        return self.platform.nodes[f"{PAGE}_{number}" if self.network == "facebook" else f"1790{number}"]

    def edit(self, number: int, words: str) -> None:
        self.node(number)["message" if self.network == "facebook" else "caption"] = words

    def exported(self, *posts: tuple[float, str], name: str = "export.zip") -> Path:
        """The owner's export with posts made some minutes after the beginning, each with its picture."""
        members: dict[str, bytes | str] = {}
        items = []
        for minutes, words in posts:
            at, file = int((BEGAN + timedelta(minutes=minutes)).timestamp()), f"media/{minutes}.jpg"
            members[file] = PNG
            spelled = words.encode().decode("latin-1")
            picture = {"uri": file, "creation_timestamp": at}
            if self.network == "facebook":
                items.append({"timestamp": at, "data": [{"post": spelled}], "attachments": [{"data": [{"media": picture}]}]})
            elif self.labelled:
                values = [{"label": "Caption", "value": spelled}, {"label": "Media", "media": [picture]}, {"label": "Draft", "value": "False"}]
                items.append({"timestamp": at, "media": [], "label_values": values})
            else:
                items.append({"media": [picture | {"title": spelled}]})
        folder = "your_instagram_activity/media"
        member = "posts/your_posts_1.json" if self.network == "facebook" else f"{folder}/posts{'' if self.labelled else '_1'}.json"
        return zipped(self.folder.parent / name, members | {member: json.dumps(items)})

    def held(self, name: str) -> tuple[str, list[tuple[str, str]], list[str], str]:
        """A post by any of its ids: the id it is held under, versions, captures, address; the same from the captures alone."""
        told = []
        for afresh in (False, True):
            with opened(self.workspace, afresh=afresh) as archive:
                assert verify(archive, quick=False, now=BEGAN).problems == ()
                with archive.store.begin() as connection:
                    own = held_under(connection, [name])[name]
                    found = versions(connection, own)
                    sources = ["export" if row.source else "network" for row in captures(connection, own)]
                    seen = connection.execute(select(t.post.c.last_seen_at).where(t.post.c.post == own)).scalar()
                    assert {item.post.id for item in found} == {own}
                    told.append((own, [(item.state, item.post.text) for item in found], sources, found[-1].post.url, seen))
        assert told[0] == told[1]
        return told[0][:4]

    def posts(self) -> int:
        with opened(self.workspace) as archive, archive.store.begin() as connection:
            return len(connection.execute(select(t.post.c.post).where(t.post.c.kind == "post")).all())


@pytest.fixture(params=["facebook", "instagram", "instagram, labelled"])
def office(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    network, _, layout = request.param.partition(", ")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("ROLLBOOK_FACEBOOK_APP_SECRET", raising=False)
    monkeypatch.setenv(f"ROLLBOOK_{network.upper()}_TOKEN", "canary-token")
    with serve(StandInGraph("canary-token")) as platform:
        platform.add("Page", PAGE, name="Quarry Bay CSD", username="QuarryBayCSD", is_published=True)
        platform.add("IGUser", USER, username="quarrybaycsd", name="Quarry Bay Schools", media_count=0)
        platform.media = {f"{number}_n.jpg": PNG for number in range(1, 9)}
        account = "facebook:QuarryBayCSD" if network == "facebook" else "instagram:quarrybaycsd"
        reroute = {"https://graph.facebook.com": platform.base} | dict.fromkeys(HOSTS, platform.base)
        made = District(tmp_path, account, {"user": USER} if network == "instagram" else {}, reroute, BEGAN)
        made.network, made.labelled, made.platform = network, bool(layout), platform
        yield made


def told(outcome: Outcome) -> tuple[str, int, int, int, int]:
    return outcome.code, outcome.new, outcome.edited, outcome.gone, outcome.noted


def test_an_export_after_the_api(office: District) -> None:
    name = office.publish(1, "Café opens — ¡bienvenidos!", picture=True)
    assert told(office.on(1)) == ("", 1, 0, 0, 0)
    file = office.exported((1, "Café opens — ¡bienvenidos!"), (-99, "From before the API"))
    assert told(office.taken(file)) == ("", 1, 0, 0, 1)
    assert office.held(name)[:3] == (name, [("new", "Café opens — ¡bienvenidos!")], ["network", "export"])
    assert told(office.taken(file)) == ("", 0, 0, 0, 0), "the same file again"
    later = office.exported((1, "Café opens — ¡bienvenidos!"), (-99, "From before the API"), (-50, "One more"), name="later.zip")
    assert told(office.taken(later)) == ("", 1, 0, 0, 2)
    assert office.posts() == 3
    assert told(office.on(2)) == ("", 0, 0, 0, 0)


def test_the_api_after_an_export(office: District) -> None:
    words = "Café opens — ¡bienvenidos!"
    name = office.publish(1, words, picture=True)
    assert told(office.taken(office.exported((1, words)))) == ("", 1, 0, 0, 0)
    assert told(office.on(1)) == ("", 0, 0, 0, 1)
    own, states, sources, url = office.held(name)
    assert own.startswith(f"{office.network}:export:"), "an id that was given stays"
    assert (states, sources) == ([("new", words)], ["export", "network"])
    assert url == office.node(1)["permalink_url" if office.network == "facebook" else "permalink"]
    assert told(office.on(2)) == ("", 0, 0, 0, 0)
    office.edit(1, f"{words} Update: closed on Friday")
    assert told(office.on(3)) == ("", 0, 1, 0, 0)
    office.platform.remove(name.partition(":")[2])
    assert told(office.on(4)) == ("", 0, 0, 1, 0), "asked for by the platform's own id"
    assert [state for state, _ in office.held(name)[1]] == ["new", "edited", "gone"]
    assert office.posts() == 1


def test_words_that_were_changed_in_between_are_a_version(office: District) -> None:
    name = office.publish(1, "Bus 7 is late this morning. Update: it has arrived", picture=True)
    assert told(office.on(1))[1] == 1
    assert told(office.taken(office.exported((1, "Bus 7 is late this morning")))) == ("", 0, 1, 0, 0)
    assert office.held(name)[1:3] == (
        [("new", "Bus 7 is late this morning. Update: it has arrived"), ("edited", "Bus 7 is late this morning")], ["network", "export"]
    )
    assert told(office.on(2)) == ("", 0, 0, 0, 0), "the export's words are the older ones"


def test_a_deletion_keeps_the_newest_words_though_older_ones_came_in_last(office: District) -> None:
    name = office.publish(1, "Bus 7 is late this morning. Update: it has arrived", picture=True)
    office.on(1)
    office.taken(office.exported((1, "Bus 7 is late this morning")))
    office.platform.remove(name.partition(":")[2])
    assert told(office.on(2)) == ("", 0, 0, 1, 0)
    assert office.held(name)[1][-1] == ("gone", "Bus 7 is late this morning. Update: it has arrived")


def test_the_same_words_twice_are_two_posts(office: District) -> None:
    for number in (1, 2):
        office.publish(number, "Go Owls!", picture=True)
    assert told(office.on(1))[1] == 2
    assert told(office.taken(office.exported((1, "Go Owls!"), (2, "Go Owls!"), (3, "Go Owls!")))) == ("", 1, 0, 0, 2)
    assert office.posts() == 3


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_with_the_same_words_the_nearest_in_time_is_the_posts(office: District, order: tuple[int, int]) -> None:
    name = office.publish(1, "Go Owls!", picture=True)
    office.on(1)
    assert told(office.taken(office.exported(*((minute, "Go Owls!") for minute in order)))) == ("", 1, 0, 0, 1)
    with opened(office.workspace) as archive, archive.store.begin() as connection:
        (own,) = names_of(connection, name)
    assert own.startswith(f"{office.network}:export:{int((BEGAN + timedelta(minutes=1)).timestamp())}-")
    later = office.exported((1, "Go Owls!"), (2, "Go Owls!"), (3, "Go Owls!"), name="later.zip")
    assert told(office.taken(later))[1:3] == (1, 0), "none is taken for a post that another is already"


def test_a_post_that_only_exports_have_shown_is_never_gone(office: District) -> None:
    assert told(office.taken(office.exported((1, "Only here")))) == ("", 1, 0, 0, 0)
    office.publish(2, "Only there", picture=True)
    for day in (1, 2):
        assert office.on(day).gone == 0
    assert not any("export" in path for path in office.platform.paths())


def test_show_takes_either_id(office: District, capsys: pytest.CaptureFixture[str]) -> None:
    name = office.publish(1, "Bus 7 is late", picture=True)
    office.taken(office.exported((1, "Bus 7 is late")))
    office.on(1)
    with opened(office.workspace) as archive, archive.store.begin() as connection:
        own = held_under(connection, [name])[name]
        assert names_of(connection, own) == [name]
    outputs = []
    for asked in (own, name):
        assert print_post(office.workspace, asked, as_json=False) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    assert f"also {name}" in outputs[0]


def test_verify_finds_a_further_id_that_was_changed(office: District) -> None:
    name = office.publish(1, "Bus 7 is late", picture=True)
    office.taken(office.exported((1, "Bus 7 is late")))
    office.on(1)
    with opened(office.workspace) as archive:
        with archive.store.begin() as connection:
            connection.execute(update(t.post_name).values(name="facebook:other"))
        problems = verify(archive, quick=False, now=BEGAN).problems
    assert [(problem.kind, problem.rebuildable, name in problem.place) for problem in problems] == [("database", True, True)]
