"""Import: an owner's export and the network's pages are one record; a hostile file is refused before it writes."""

from __future__ import annotations

import errno
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from rollbook.archive import schema as t
from rollbook.archive.archive import Archive
from rollbook.archive.posts import captures, versions
from rollbook.archive.verify import verify
from rollbook.cli import main_group
from rollbook.collect import Outcome, Request, collect, parse_page
from rollbook.errors import CollectError, ConfigError, NotWritten
from rollbook.exports import Export, ExportFile, Portion
from rollbook.formats import post_json
from rollbook.http import Door
from rollbook.importing import Chosen, chosen, pages_of, take
from rollbook.plugins import collectors
from rollbook.types import Account, Page, Parsed, Post
from rollbook.workspace import CollectSettings, Workspace

from .exports.building import CANARY, district, every_byte, mastodon, note, zipped
from .standin import StandInNetwork, collector, serve

NOW = datetime(2026, 10, 9, 12, 0, tzinfo=UTC)
ACCOUNT = "standin:office"


def _read(export: ExportFile, account: Account) -> Iterator[Portion]:
    yield Portion("export:posts", "posts.json", export.values("posts.json"))


EXPORT = Export(
    recognises=lambda names: "posts.json" in names, read=_read,
    member_of=lambda export, post, media: str(media.url).rpartition("/")[2] if str(media.url).rpartition("/")[2] in export.names else "",
)


@pytest.fixture
def network() -> Iterator[StandInNetwork]:
    with serve(StandInNetwork()) as there:
        yield there


@pytest.fixture
def workspace(tmp_path: Path, network: StandInNetwork, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    plugins = {"standin": replace(collector(network), export=EXPORT)}
    monkeypatch.setattr("rollbook.collect.collectors", lambda: plugins)
    monkeypatch.setattr("rollbook.importing.collectors", lambda: plugins)
    read = district(tmp_path / "district", ACCOUNT)
    return replace(read, collect=CollectSettings(30, "", (ip_network("127.0.0.0/8"),)))


def run_import(workspace: Workspace, file: Path) -> Outcome:
    with chosen(workspace, file, ACCOUNT) as export, Archive(workspace.archive, operator="test", parse=parse_page) as archive:
        outcome = take(archive, export, "run", clock=lambda: NOW)
        assert verify(archive, quick=False, now=NOW).problems == ()
    return outcome


def run_collect(workspace: Workspace) -> Outcome:
    with Archive(workspace.archive, operator="test", parse=parse_page) as archive, Door(workspace.collect, archive) as door:
        (outcome,) = collect(workspace, archive, door, Request(), "run", clock=lambda: NOW, sleep=lambda seconds: None)
        assert verify(archive, quick=False, now=NOW).problems == ()
    return outcome


def export_of(folder: Path, *posts: Post, **members: bytes) -> Path:
    return zipped(folder / "export.zip", {"posts.json": json.dumps([post_json(post) for post in posts]), "messages.json": CANARY, **members})


def held(workspace: Workspace, post: str) -> tuple[list[tuple[str, str]], list[bool]]:
    """Versions, and for each capture whether it is of an export; the same after the database is made again."""
    found = []
    for afresh in (False, True):
        with Archive(workspace.archive, operator="test", parse=parse_page, afresh=afresh) as archive:
            assert verify(archive, quick=False, now=NOW).problems == ()
            with archive.store.begin() as connection:
                found.append((
                    [(item.state, item.post.text) for item in versions(connection, post)],
                    [row.source is not None for row in captures(connection, post)],
                ))
    assert found[0] == found[1]
    return found[0]


# -- one post, both captures -------------------------------------------------------------------------------------


def test_an_import_after_a_visit_is_a_further_capture(workspace: Workspace, network: StandInNetwork, tmp_path: Path) -> None:
    post = network.add("office", 1, "Bus 7 is late")
    run_collect(workspace)
    outcome = run_import(workspace, export_of(tmp_path, post))
    assert (outcome.new, outcome.edited, outcome.noted) == (0, 0, 1)
    assert held(workspace, post.id) == ([("new", "Bus 7 is late")], [False, True])


def test_a_visit_after_an_import_is_a_further_capture(workspace: Workspace, network: StandInNetwork, tmp_path: Path) -> None:
    post = network.add("office", 1, "Bus 7 is late")
    assert run_import(workspace, export_of(tmp_path, post)).new == 1
    outcome = run_collect(workspace)
    assert (outcome.new, outcome.edited, outcome.noted) == (0, 0, 1)
    assert run_collect(workspace).noted == 0
    assert held(workspace, post.id) == ([("new", "Bus 7 is late")], [True, False])


@pytest.mark.parametrize("first", ["visit", "import"])
def test_pictures_at_another_address_are_no_edit(workspace: Workspace, network: StandInNetwork, tmp_path: Path, first: str) -> None:
    network.media["a.png"] = b"picture"
    post = network.add("office", 1, "Look", picture="a.png")
    own = replace(post, media=(replace(post.media[0], url="https://standin.example/files/b.png"),))
    file = export_of(tmp_path, own, **{"b.png": b"picture"})
    for step in (first, "visit", "import", "visit"):
        outcome = run_collect(workspace) if step == "visit" else run_import(workspace, file)
        assert outcome.edited == 0
    states, sources = held(workspace, post.id)
    assert states == [("new", "Look")]
    assert sorted(sources) == [False, True]
    changed = replace(post, media=(replace(post.media[0], url=f"{network.base}/media/c.png"),))
    network.media["c.png"] = b"another picture"
    network.posts["office"][0] = changed
    assert run_collect(workspace).edited == 1  # the network itself showed both: another picture is an edit


def test_show_lists_every_capture(workspace: Workspace, network: StandInNetwork, tmp_path: Path) -> None:
    post = network.add("office", 1, "Bus 7 is late")
    run_collect(workspace)
    run_import(workspace, export_of(tmp_path, post))
    shown = CliRunner().invoke(main_group, ["-w", str(workspace.folder), "show", post.id]).output
    assert "HTTP 200 of http://127.0.0.1" in shown
    assert "owner's export urn:rollbook:export:" in shown
    (version,) = json.loads(CliRunner().invoke(main_group, ["-w", str(workspace.folder), "show", post.id, "--json"]).output)["versions"]
    assert version["capture"]["source"] == ""
    assert [item["source"].endswith("/posts.json") for item in version["further_captures"]] == [True]


def test_an_export_older_than_the_archive_does_not_become_the_newest_version(
    workspace: Workspace, network: StandInNetwork, tmp_path: Path
) -> None:
    post = network.add("office", 1, "Bus 7 is late")
    file = export_of(tmp_path, post)
    network.posts["office"][0] = replace(post, text="Bus 7 is on time")  # a network that tells no time of edit
    run_collect(workspace)
    run_import(workspace, file)
    with Archive(workspace.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        newest = connection.execute(select(t.snapshot.c.body).join(t.post, t.post.c.seq == t.snapshot.c.seq)).scalar_one()
    assert json.loads(newest)["text"] == "Bus 7 is on time"
    assert (run_collect(workspace).edited, run_import(workspace, file).edited) == (0, 0)


def test_an_export_with_a_later_edit_is_the_newest_version(workspace: Workspace, network: StandInNetwork, tmp_path: Path) -> None:
    post = network.add("office", 1, "Bus 7 is late")
    run_collect(workspace)
    later = replace(post, text="Bus 7 is on time", edited_at=post.created_at + timedelta(hours=1))
    assert run_import(workspace, export_of(tmp_path, later)).edited == 1
    assert held(workspace, post.id)[0] == [("new", "Bus 7 is late"), ("edited", "Bus 7 is on time")]


def test_a_deleted_post_in_an_export_stays_deleted(workspace: Workspace, network: StandInNetwork, tmp_path: Path) -> None:
    post, _ = network.add("office", 1, "Bus 7 is late"), network.add("office", 2, "Other")
    run_collect(workspace)
    network.remove(post)
    assert run_collect(workspace).gone == 1
    assert run_import(workspace, export_of(tmp_path, post)).noted == 1
    with Archive(workspace.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        assert connection.execute(select(t.post.c.state).where(t.post.c.post == post.id)).scalar() == "gone"


def test_pictures_come_from_the_export_and_one_that_it_lacks_from_the_network(
    workspace: Workspace, network: StandInNetwork, tmp_path: Path
) -> None:
    first, second = network.add("office", 1, "One", picture="a.png"), network.add("office", 2, "Two", picture="b.png")
    outcome = run_import(workspace, export_of(tmp_path, first, second, **{"a.png": b"first"}))
    assert (outcome.new, outcome.media_failed) == (2, 1)
    network.media.update({"a.png": b"first", "b.png": b"second"})
    run_collect(workspace)
    with Archive(workspace.archive, operator="test", parse=parse_page) as archive, archive.store.begin() as connection:
        for post, data in ((first, b"first"), (second, b"second")):
            (version,) = versions(connection, post.id)
            assert archive.media.read(str(version.post.media[0].sha256)) == data


def test_a_disk_that_is_full_while_a_picture_is_kept_is_no_defect(
    workspace: Workspace, network: StandInNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = export_of(tmp_path, network.add("office", 1, "One", picture="a.png"), **{"a.png": b"first"})
    with monkeypatch.context() as disk:
        disk.setattr("rollbook.archive.media.MediaStore.put", full)
        with pytest.raises(NotWritten, match="No space left on device"):
            run_import(workspace, file)
    assert run_import(workspace, file).new == 1


# -- again, killed, wrong ----------------------------------------------------------------------------------------


def test_the_same_file_twice_adds_nothing(workspace: Workspace, network: StandInNetwork, tmp_path: Path) -> None:
    posts = [network.add("office", number, f"Note {number}") for number in range(1, 450)]
    file = export_of(tmp_path, *posts)
    outcome = run_import(workspace, file)
    assert (outcome.new, outcome.pages) == (449, 3)
    before = _without_checks(workspace)
    again = run_import(workspace, file)
    assert (again.new, again.edited, again.noted) == (0, 0, 0)
    assert _without_checks(workspace) == before
    assert CANARY.encode() not in every_byte(workspace.folder)


def _without_checks(workspace: Workspace) -> list[dict[str, Any]]:
    lines = (json.loads(line)["leaf"] for line in (workspace.archive / "ledger.jsonl").read_text().splitlines())
    return [leaf for leaf in lines if leaf["kind"] != "verified"]


def test_posts_of_somebody_else_are_marked(workspace: Workspace, network: StandInNetwork, tmp_path: Path) -> None:
    foreign = network.add("teacher", 1, "Not mine")
    outcome = run_import(workspace, export_of(tmp_path, network.add("office", 1, "Mine"), foreign))
    assert outcome.new == 1
    assert "belongs to standin:teacher" in outcome.marked[0]


def test_a_file_that_is_refused_half_way_writes_nothing(workspace: Workspace, network: StandInNetwork, tmp_path: Path) -> None:
    good = json.dumps(post_json(network.add("office", 1, "Mine")))
    for bad in (f"[{good}, {'[' * 200}", f"[{good}, NaN]", f"[{good}"):
        file = zipped(tmp_path / "bad.zip", {"posts.json": bad})
        with pytest.raises(ConfigError, match=r"bad\.zip, posts\.json: "):
            run_import(workspace, file)
    assert not workspace.archive.exists()


class Large(dict[str, str]):
    """An item that can be told from others of its size."""

    __hash__ = object.__hash__


@pytest.mark.parametrize(("count", "characters", "pages"), [(501, 10, [200, 200, 101]), (60, 1_000_000, [8] * 7 + [4])])
def test_a_page_of_an_export_is_neither_long_nor_large_and_no_more_than_one_is_held(count: int, characters: int, pages: list[int]) -> None:
    alive, most = WeakSet[Large](), 0

    class LargeExport:
        """An export of TikTok whose items tell how many of them are held."""

        names = frozenset(("user_data_tiktok.json",))

        def source(self, member: str) -> str:
            return f"urn:invented:{member}"

        def values(self, member: str, path: str) -> Iterator[Large]:
            nonlocal most
            for number in range(count if path == "Post.Posts.VideoList.item" else 0):
                alive.add(item := Large(WhoCanView="Public", Title=f"{number} ".ljust(characters)))
                most = max(most, len(alive))
                yield item
                del item

    plugin, file = collectors()["tiktok"], LargeExport()
    assert plugin.export is not None
    export: Any = Chosen(Account("tiktok:office", "district"), plugin, plugin.export, file)  # type: ignore[arg-type]
    assert [len(json.loads(page.body)) for _, page in pages_of(export, NOW, Counter())] == pages
    assert most <= max(pages) + 2


def test_a_defect_in_a_reader_is_told_and_writes_nothing(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(export: ExportFile, account: Account) -> Iterator[Portion]:
        raise KeyError("posts")

    import rollbook.importing

    plugins = {"standin": replace(rollbook.importing.collectors()["standin"], export=replace(EXPORT, read=broken))}
    monkeypatch.setattr("rollbook.importing.collectors", lambda: plugins)
    with pytest.raises(CollectError, match="please report this"):
        run_import(workspace, export_of(tmp_path))
    assert not workspace.archive.exists()


def test_a_defect_in_a_parser_is_told_and_what_came_before_is_kept(
    workspace: Workspace, network: StandInNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollbook.importing.ITEMS", 1)
    plugin = replace(collector(network), export=EXPORT)

    def parse(page: Page) -> Parsed:
        if b"Bus 8" in page.body:
            raise KeyError("text")
        return plugin.parse(page)

    monkeypatch.setattr("rollbook.importing.collectors", lambda: {"standin": replace(plugin, parse=parse)})
    posts = [network.add("office", number, f"Bus {number} is late") for number in (7, 8, 9)]
    outcome = run_import(workspace, export_of(tmp_path, *posts))
    assert (outcome.code, outcome.new) == ("defect", 1)
    assert "KeyError" in outcome.problem
    assert "please report this" in outcome.problem


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_killed_in_the_middle_and_run_again_finishes(tmp_path: Path, seed: int) -> None:
    """The program itself is killed once its ledger has grown to a random size."""
    picked = random.Random(seed)
    account = "mastodon:office@social.example"
    folder = tmp_path / "district"
    workspace = district(folder, account)
    picture = "media_attachments/files/1/original/bus.png"
    file = zipped(tmp_path / "export.zip", mastodon(*(
        note(number % 60, f"Note {number}", picture=picture, id=f"https://social.example/users/office/statuses/{number}") for number in range(3000)
    )))
    command = [sys.executable, "-c", "from rollbook.cli import main; main()", "-w", str(folder), "import", str(file), "--account", account]
    target = picked.randrange(1, 1_500_000)
    ledger = folder / "archive" / "ledger.jsonl"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while process.poll() is None and not (ledger.exists() and ledger.stat().st_size >= target):
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL, "the import was over before it was killed"
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with Archive(workspace.archive, operator="test", parse=parse_page) as archive:
        assert verify(archive, quick=False, now=NOW).problems == ()
        with archive.store.begin() as connection:
            for table, count in ((t.post, 3001), (t.snapshot, 3001), (t.capture, 0), (t.export_page, 16), (t.export_file, 1)):
                assert len(connection.execute(select(table)).all()) == count, table.name
            assert connection.execute(select(t.attachment.c.why).where(t.attachment.c.sha256.is_(None))).all() == []


def test_the_command_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from rollbook import cli

    folder = tmp_path / "district"
    district(folder, "mastodon:office@social.example", "feed:https://school.example/feed")
    good = zipped(tmp_path / "good.zip", mastodon(note(1, "Words")))
    other = zipped(tmp_path / "other.zip", {"tweets.js": "x"})

    pages = zipped(tmp_path / "pages.zip", {"posts/your_posts.html": "<html>", "posts/media/a.jpg": "x"})

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["rollbook", "-w", str(folder), "import", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (int(ended.value.code or 0), *capsys.readouterr())

    mine = ("--account", "mastodon:office@social.example")
    for words, expected in (
        ((str(good),), "Missing option '--account'"),
        ((str(good), "--account", "mastodon:nobody@social.example"), "is not in the register"),
        ((str(tmp_path / "none.zip"), *mine), "none.zip: cannot be read"),
        ((str(tmp_path), *mine), "cannot be read"),
        ((str(other), *mine), "is no export of mastodon that is read; expected the file as its owner downloaded it"),
        ((str(pages), *mine), "is no export of mastodon that is read; expected the export in JSON: this one is in HTML"),
        ((str(good), "--did-document", str(other), *mine), "are not signed"),
    ):
        code, _, err = run(*words)
        assert (code, expected in err) == (2, True), err
    assert not (folder / "archive").exists()
    code, out, _ = run(str(good), *mine, "--json")
    assert (code, json.loads(out)["new"]) == (0, 1)
    code, out, _ = run(str(good), *mine)
    assert (code, "all of it was taken in before" in out) == (0, True)
    shutil.rmtree(folder / "archive")
