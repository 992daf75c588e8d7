"""An account that was renamed and registered by its new name is one account: its posts are held under that name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from rollbook.archive import schema as t
from rollbook.archive.accounts import former_names, numbered
from rollbook.reporting import Asked, gather
from rollbook.workspace import read_workspace
from tests.collectors.fortnight import opened
from tests.x_district import KEY, NOW, District, at, fill, settled

NEW = "x:example_schools"


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    with settled(tmp_path, monkeypatch) as made:
        yield made


def registered(district: District, *keys: str) -> District:
    """The district with these rows in its register."""
    register = district.workspace.folder / "accounts.csv"
    head, row = register.read_text(encoding="utf-8").splitlines()[:2]
    register.write_text("\n".join([head, *(row.replace(KEY, key) for key in keys), ""]), encoding="utf-8")
    workspace = replace(read_workspace(district.workspace.folder), collect=district.workspace.collect)
    return District(workspace, district.server, district.outcomes)


def held(district: District, *, afresh: bool = False) -> Counter[str]:
    """How many posts but profiles the archive holds of each account, by its tables and by the posts' own words."""
    with opened(district.workspace, afresh=afresh) as archive, archive.store.begin() as connection:
        rows = connection.execute(
            select(t.post.c.account, t.snapshot.c.body).join(t.snapshot, t.snapshot.c.post_key == t.post.c.post_key)
            .where(t.post.c.kind != "profile")
        ).all()
    assert all(f'"account": "{row.account}"' in row.body for row in rows)
    return Counter(row.account for row in rows)


def test_the_posts_of_a_renamed_account_follow_it(district: District) -> None:
    posts = fill(district.server)
    made = district.visit().new
    district.server.username = "example_schools"
    assert district.visit().code == "renamed"
    assert held(district) == {KEY: made}
    now = registered(district, NEW)
    assert (now.visit().code, held(now)) == ("", {NEW: made})
    now.server.say(at(19), "Under the new name")
    now.server.delete(posts["long"])
    third = now.visit()
    assert (third.code, third.new, third.edited, third.gone) == ("", 1, 0, 1), "its older posts are missed as well"
    assert held(now) == held(now, afresh=True) == {NEW: made + 2}
    with opened(now.workspace) as archive:
        (line,) = gather(now.workspace, archive, Asked(), NOW).completeness
    assert (line.account.key, line.held) == (NEW, made)
    now.check()


def test_another_account_takes_nothing_over(district: District) -> None:
    fill(district.server)
    made = district.visit().new
    district.server.username, district.server.user_id = "example_schools", "99"
    now = registered(district, NEW)
    assert now.visit().code == ""
    assert held(now)[KEY] == made


def test_a_former_name_that_is_still_on_record_keeps_its_posts(district: District) -> None:
    fill(district.server)
    district.visit()
    for keys, former in (((KEY, NEW), []), ((NEW,), [KEY])):
        register = registered(district, *keys).workspace.register
        with opened(district.workspace) as archive, archive.store.begin() as connection:
            assert former_names(connection, register, NEW, "7") == former
            assert former_names(connection, register, NEW, "99") == former_names(connection, register, NEW, "") == []


@pytest.mark.parametrize(("key", "server"), [
    ("x:name", ""), ("mastodon:name@Town.example", "town.example"), ("wiki:https://Wiki.example/w/User", "wiki.example"),
    ("forum:forum.example/u/name", "forum.example"),
])
def test_a_number_counts_on_its_own_server(key: str, server: str) -> None:
    network = key.partition(":")[0]
    assert numbered(key, "7") == f"{network}:{server}:7"
    assert numbered(key, "") == ""
