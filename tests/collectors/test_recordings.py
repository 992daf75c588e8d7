"""What real recorders (wget, warcio) make of real servers, taken in as a District would: its own site, blog, wiki, forum."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rollbook.archive.archive import Archive
from rollbook.archive.posts import versions
from rollbook.archive.verify import verify
from rollbook.collect import parse_page
from rollbook.formats import likeness
from rollbook.importing import chosen, take
from rollbook.init import Answers, lay
from rollbook.taking import Outcome
from rollbook.types import Snapshot
from rollbook.workspace import read_workspace

from .conftest import SERVERS
from .test_forum import Writer as Member
from .test_wiki import Writer as Editor
from .test_wordpress import Site

Make = Callable[..., Any]
#: warcio's own recorder replaces the interpreter's HTTP: it has one for itself.
RECORD = """
import sys
from warcio.capture_http import capture_http
import urllib.request
with capture_http(sys.argv[1]):
    for url in sys.argv[2:]:
        urllib.request.urlopen(url, timeout=60).read()
"""


def recorded_by_warcio(file: Path, *urls: str) -> Path:
    subprocess.run([sys.executable, "-c", RECORD, file, *urls], check=True, timeout=120)
    return file


def recorded_by_wget(folder: Path, *asked: str) -> Path:
    subprocess.run([SERVERS / "install.sh", "wget"], check=True, timeout=900)
    folder.mkdir()
    command = ["wget", "--quiet", "--warc-file=site", "--no-warc-keep-log", "--tries=1", *asked]
    done = subprocess.run(command, cwd=folder, check=False, timeout=120)
    assert done.returncode in (0, 8), "8: the site answered 404 for something"
    return folder / "site.warc.gz"


class District:
    """A workspace with one account, and what imports brought."""

    def __init__(self, folder: Path, account: str) -> None:
        list(lay(folder, Answers("Invented District", accounts=(account,))))
        self.workspace, self.account = read_workspace(folder), account

    def take(self, file: Path) -> Outcome:
        workspace = self.workspace
        with chosen(workspace, file, self.account) as export, Archive(workspace.archive, operator="test", parse=parse_page) as archive:
            outcome = take(archive, export, "run")
            assert verify(archive, quick=False, now=outcome.ended_at).problems == ()
        return outcome

    def versions(self, post: str) -> list[Snapshot]:
        archive = Archive(self.workspace.archive, operator="test", parse=parse_page, afresh=True)
        with archive, archive.store.begin() as connection:
            return versions(connection, post)


def test_a_site_recorded_by_wget_twice_stands_in_time_order(
    hugo: tuple[str, Path], tmp_path: Path, kernel: Make, eventually: Make, picture: bytes
) -> None:
    base, folder = hugo
    (folder.parents[1] / "static" / "lion.png").write_bytes(picture)
    source, post, live = folder / "fair.md", f"website:{base}/posts/fair/", kernel(f"website:{base}/")
    crawl = ("--recursive", "--level=2", "--page-requisites", f"{base}/posts/fair/", f"{base}/")
    try:
        files = []
        for words in ("Bring nothing.", "Bring a chair."):
            source.write_text(f"---\ntitle: Fair\ndate: 2026-02-02T03:04:05Z\n---\n{words}\n\n![A lion](/lion.png)\n", encoding="utf-8")
            shown = eventually(lambda words=words: (now := live.visit().by_id().get(post)) and words in now.text and now)
            files.append(recorded_by_wget(tmp_path / words[:9], *crawl))
            ended = int(time.time())  # a recording tells seconds: the next one has to begin in another
            eventually(lambda ended=ended: int(time.time()) > ended)
    finally:
        source.unlink()
    district = District(tmp_path / "district", f"website:{base}/")
    later, earlier = (district.take(file) for file in reversed(files))
    assert (later.code, later.media_failed, earlier.code) == ("", 0, "")
    assert later.new >= 2
    older, newer = sorted(district.versions(post), key=lambda one: one.observed_at)
    assert ("Bring nothing." in older.post.text, "Bring a chair." in newer.post.text) == (True, True)
    assert likeness(newer.post) == likeness(shown), "as a visit reads it"
    assert all(media.sha256 for one in (older, newer) for media in one.post.media)
    assert newer.post.media


def test_a_blog_recorded_by_warcio_is_what_a_visit_reads(wordpress: str, tmp_path: Path, kernel: Make) -> None:
    site = Site(wordpress)
    made = site.post("Recorded news")
    api = f"{wordpress}/wp-json"
    file = recorded_by_warcio(tmp_path / "blog.warc.gz", f"{api}/", f"{api}/wp/v2/posts?per_page=100", f"{api}/wp/v2/users", f"{wordpress}/feed/")
    district = District(tmp_path / "district", site.key)
    outcome = district.take(file)
    assert (outcome.code, outcome.marked) == ("", ["2 recorded answers are no pages of this account that are read"])
    (held,) = district.versions(site.identity(made))
    assert likeness(held.post) == likeness(kernel(site.key).visit().by_id()[held.post.id])
    feed = District(tmp_path / "feed", f"feed:{wordpress}/feed/")
    assert feed.take(file).new >= 1


def test_a_wikis_answers_give_the_users_own_revisions(mediawiki: str, tmp_path: Path, kernel: Make) -> None:
    admin = Editor(mediawiki, "Admin", "AdminPassw0rd!")
    first = admin.edit("Recorded", "Rehearsal on Monday")
    second = admin.edit("Recorded", "Rehearsal on Monday\nBring music", "music")
    asked = "action=query&prop=revisions&rvprop=ids|user|timestamp|comment|content&rvslots=main&format=json&formatversion=2"
    file = recorded_by_warcio(tmp_path / "wiki.warc.gz", f"{mediawiki}/api.php?{asked}&titles=Recorded&rvlimit=50", f"{mediawiki}/index.php?title=Recorded")
    district = District(tmp_path / "district", admin.key)
    outcome = district.take(file)
    assert (outcome.code, outcome.new) == ("", 2), outcome.marked
    live = kernel(admin.key).visit().by_id()
    for revision in (first, second):
        (held,) = district.versions(admin.identity(revision))
        assert likeness(held.post) == likeness(live[held.post.id])


def test_a_forums_answers_give_the_users_own_posts(misago: str, tmp_path: Path) -> None:
    coach = Member(misago)
    thread = coach.call("post", "threads/", title="Recorded training", category=3, post="Bring tape")
    reply = coach.call("post", f"threads/{thread['id']}/posts/", post="And a whistle")["id"]
    file = recorded_by_warcio(tmp_path / "forum.warc.gz", f"{misago}/api/users/1/", f"{misago}/api/users/1/posts/", f"{misago}/api/threads/?list=all")
    district = District(tmp_path / "district", coach.key)
    outcome = district.take(file)
    assert outcome.code == ""
    assert outcome.marked == ["1 recorded answers are no pages of this account that are read"]
    (held,) = district.versions(f"forum:{misago}#{reply}")
    assert held.post.text == "And a whistle"


@pytest.mark.parametrize("network", ["x:office", "facebook:office", "instagram:office"])
def test_recordings_of_networks_behind_a_login_are_refused(tmp_path: Path, network: str) -> None:
    from rollbook.errors import ConfigError

    file = tmp_path / "recorded.warc"
    file.write_bytes(b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
    with pytest.raises(ConfigError, match="recording of the web"):
        District(tmp_path / "district", network).take(file)
