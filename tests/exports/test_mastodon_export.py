"""Mastodon's archive: public statuses, boosts and the profile come in once, as the API shows them; nothing private."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.mastodon import parse
from rollbook.archive.archive import Archive
from rollbook.archive.posts import versions
from rollbook.archive.verify import verify
from rollbook.collect import parse_page
from rollbook.errors import ConfigError
from rollbook.formats import fingerprint, likeness
from rollbook.importing import chosen, take
from rollbook.taking import Outcome
from rollbook.types import Page

from .building import ACTOR, CANARY, PUBLIC, district, every_byte, mastodon, note, tarred, zipped

ACCOUNT = "mastodon:office@social.example"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def import_file(workspace: object, path: Path) -> Outcome:
    with chosen(workspace, path, ACCOUNT) as export, Archive(workspace.archive, operator="test", parse=parse_page) as archive:  # type: ignore[attr-defined, arg-type]
        outcome = take(archive, export, "run", clock=lambda: NOW)
        assert verify(archive, quick=False, now=NOW).problems == ()
        assert export.file.opened <= {"actor.json", "outbox.json", "avatar.png", "media_attachments/files/1/original/bus.png"}
    return outcome


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_comes_in_and_nothing_private_with_it(tmp_path: Path, pack: object) -> None:
    workspace = district(tmp_path / "district", ACCOUNT)
    boost = {"id": f"{ACTOR}/statuses/5/activity", "type": "Announce", "actor": ACTOR, "published": "2026-10-05T15:00:00Z",
             "to": [PUBLIC], "object": "https://other.example/users/band/statuses/9"}
    members = mastodon(
        note(1, "Bus 7 is late", picture="media_attachments/files/1/original/bus.png"),
        note(2, "Unlisted", to=f"{ACTOR}/followers", cc=[PUBLIC]) | {"cc": [PUBLIC]},
        note(3, CANARY, to=f"{ACTOR}/followers", cc=[]),
        note(4, f"To one person {CANARY}", to="https://other.example/users/somebody", cc=["https://other.example/users/somebody"]),
        boost,
        note(6, "An answer", inReplyTo=f"{ACTOR}/statuses/1"),
    )
    file = tmp_path / ("archive.zip" if pack is zipped else "archive.tar.gz")
    outcome = import_file(workspace, pack(file, members))  # type: ignore[operator]
    assert (outcome.new, outcome.marked, outcome.media_failed) == (4, [], 0)
    assert CANARY.encode() not in every_byte(workspace.folder)
    with Archive(workspace.archive, operator="test", parse=parse_page, afresh=True) as archive, archive.store.begin() as connection:
        (post,) = versions(connection, f"mastodon:{ACTOR}/statuses/1")
        assert post.post.text == "Bus 7 is late"
        assert archive.media.read(str(post.post.media[0].sha256)) == b"a bus"
        (profile,) = versions(connection, ACCOUNT)
        assert profile.post.text == "Invented District\nNews of the District\nPhone: 555-0100"
        (answer,) = versions(connection, f"mastodon:{ACTOR}/statuses/6")
        assert (answer.post.kind, answer.post.reply_to.id) == ("reply", f"mastodon:{ACTOR}/statuses/1")  # type: ignore[union-attr]
        (shared,) = versions(connection, f"mastodon:{ACTOR}/statuses/5/activity")
        assert shared.post.repost_of.id == "mastodon:https://other.example/users/band/statuses/9"  # type: ignore[union-attr]
    again = import_file(workspace, file)
    assert (again.new, again.edited, again.noted) == (0, 0, 0)


def test_an_archive_of_somebody_else_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    workspace = district(tmp_path / "district", ACCOUNT)
    for wrong in ({"preferredUsername": "band"}, {"id": "https://other.example/users/office"}, {"id": "https://["}):
        file = zipped(tmp_path / "other.zip", mastodon(note(1, "Words"), actor=wrong))
        with pytest.raises(ConfigError, match="another account"):
            import_file(workspace, file)
    assert not workspace.archive.exists()


def test_an_activity_of_somebody_else_is_marked(tmp_path: Path) -> None:
    workspace = district(tmp_path / "district", ACCOUNT)
    foreign = note(2, "Not mine", attributedTo="https://other.example/users/band")
    outcome = import_file(workspace, zipped(tmp_path / "archive.zip", mastodon(note(1, "Mine"), foreign)))
    assert outcome.new == 1
    assert "another account" in outcome.marked[0]


def test_the_api_and_the_archive_show_the_same_status() -> None:
    words, uri = "<p>Bus 7 is late</p>", f"{ACTOR}/statuses/1"
    status = {
        "id": "1", "uri": uri, "url": "https://social.example/@office/1", "created_at": "2026-10-05T14:01:00Z", "visibility": "public",
        "language": "en", "content": words, "account": {"id": "7", "acct": "office"},
        "media_attachments": [{"type": "image", "url": "https://social.example/system/media_attachments/files/1/original/bus.png", "description": "A drawing"}],
    }
    shown = Page(ACCOUNT, "timeline", "https://social.example/api", 200, {}, json.dumps([status]).encode(), NOW, {"host": "social.example", "account_id": "7"})
    activity = note(1, "Bus 7 is late", picture="media_attachments/files/1/original/bus.png")
    context = {"host": "social.example", "actor": ACTOR, "user": "office"}
    (by_api,) = parse(shown).posts
    (by_archive,) = parse(Page(ACCOUNT, "export:outbox", "urn:x", 200, {}, json.dumps([activity]).encode(), NOW, context)).posts
    assert by_archive == by_api
    assert fingerprint(by_archive) == fingerprint(by_api)
    elsewhere = replace(by_api, media=(replace(by_api.media[0], url="https://files.example/bus.png"),))
    assert likeness(elsewhere) == likeness(by_archive)


def test_the_link_to_a_quoted_status_is_not_among_the_words_of_either() -> None:
    quoted = "https://other.example/users/band/statuses/9"
    words = f'<p class="quote-inline">RE: <a href="{quoted}">{quoted}</a></p><p>Proud of them</p>'
    status = {
        "id": "1", "uri": f"{ACTOR}/statuses/1", "url": "", "created_at": "2026-10-05T14:01:00Z", "visibility": "public", "content": words,
        "account": {"id": "7", "acct": "office"},
        "quote": {"state": "accepted", "quoted_status": {"uri": quoted, "content": "<p>We won</p>", "account": {"acct": "band@other.example"}}},
    }
    shown = Page(ACCOUNT, "timeline", "https://social.example/api", 200, {}, json.dumps([status]).encode(), NOW, {"host": "social.example", "account_id": "7"})
    activity = note(1, "", quote=quoted, content=words)
    context = {"host": "social.example", "actor": ACTOR, "user": "office"}
    (by_api,) = parse(shown).posts
    (by_archive,) = parse(Page(ACCOUNT, "export:outbox", "urn:x", 200, {}, json.dumps([activity]).encode(), NOW, context)).posts
    assert [post.text for post in (by_api, by_archive)] == ["Proud of them", "Proud of them"]
    assert by_api.quote_of
    assert by_archive.quote_of
    assert by_api.quote_of.id == by_archive.quote_of.id
    assert likeness(by_archive) == likeness(by_api)
