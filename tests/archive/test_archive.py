"""The archive as a whole: acknowledged is durable, the database can be made again, every change is found."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.exc import OperationalError

from rollbook.archive import schema as t
from rollbook.archive.archive import drop_database, to_read
from rollbook.archive.migrations import upgrade
from rollbook.archive.posts import known_posts, not_there_since, versions
from rollbook.archive.search import search
from rollbook.archive.verify import verify
from rollbook.errors import ArchiveError, Busy, NotWritten
from rollbook.types import Media, Page

from .invented import ACCOUNT, NOON, exchange, open_archive, post, take

PICTURE = Media("image", url="https://invented.example/a.png", alt="A blue bus")


def filled(folder: Path) -> Path:
    with open_archive(folder) as archive:
        take(archive, [post(1, "Bus 7 is late"), post(2, "Concert tonight", media=(PICTURE,))], pictures={str(PICTURE.url): b"not a png"})
        take(archive, [post(1, "Bus 7 is on time")], state="edited")
    return folder


def rows(folder: Path) -> dict[str, list[object]]:
    with open_archive(folder) as archive, archive.store.begin() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in t.metadata.sorted_tables
        }


def test_the_tables_are_the_sum_of_the_migrations() -> None:
    by_migration, by_schema = create_engine("sqlite://"), create_engine("sqlite://")
    upgrade(by_migration)
    t.metadata.create_all(by_schema)
    found, wanted = inspect(by_migration), inspect(by_schema)
    assert set(wanted.get_table_names()) <= set(found.get_table_names())
    for name in wanted.get_table_names():
        def spelled(inspector: object, name: str = name) -> list[tuple[str, str, bool]]:
            return sorted((column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(name))  # type: ignore[attr-defined]

        assert spelled(found) == spelled(wanted), name
        assert found.get_pk_constraint(name)["constrained_columns"] == wanted.get_pk_constraint(name)["constrained_columns"]
        assert {index["name"]: index["column_names"] for index in found.get_indexes(name)} == {
            index["name"]: index["column_names"] for index in wanted.get_indexes(name)
        }
    with by_migration.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == t.REVISION
    by_migration.dispose()
    by_schema.dispose()


def test_versions_media_and_search_are_there_after_a_commit(tmp_path: Path) -> None:
    with open_archive(filled(tmp_path)) as archive, archive.store.begin() as connection:
        found = versions(connection, "invented:1")
        assert [(item.state, item.post.text) for item in found] == [("new", "Bus 7 is late"), ("edited", "Bus 7 is on time")]
        (second,) = versions(connection, "invented:2")
        assert archive.media.read(str(second.post.media[0].sha256)) == b"not a png"
        assert [item.seq for item in search(connection, "bus")] == [found[1].seq, second.seq, found[0].seq]
        assert [item.post for item in search(connection, '"blue bus"')] == ["invented:2"]
        assert list(search(connection, "bus", until="2026-10-01")) == []


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    with open_archive(tmp_path), pytest.raises(Busy, match="another run holds"):
        open_archive(tmp_path)


def test_the_database_made_again_is_the_same(tmp_path: Path) -> None:
    before = rows(filled(tmp_path))
    drop_database(tmp_path)
    assert rows(tmp_path) == before


def test_ledger_lines_that_the_database_missed_are_applied(tmp_path: Path) -> None:
    """A kill between the ledger's sync and the database's commit."""
    import shutil

    filled(tmp_path)
    shutil.copy(tmp_path / "index.sqlite3", tmp_path / "old")
    with open_archive(tmp_path) as archive:
        take(archive, [post(3, "New words")])
    after = rows(tmp_path)
    for name in ("index.sqlite3-wal", "index.sqlite3-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.move(tmp_path / "old", tmp_path / "index.sqlite3")
    assert rows(tmp_path) == after


def test_a_page_whose_reader_has_a_defect_keeps_no_database_from_being_made_again(tmp_path: Path) -> None:
    with open_archive(filled(tmp_path)) as archive:
        archive.record(exchange(b'[{"odd": 1}]'))  # the parse fails on it with a KeyError, and the visit said so
        archive.commit()
    before = rows(tmp_path)
    drop_database(tmp_path)
    assert rows(tmp_path) == before


def test_what_was_never_acknowledged_is_dropped_at_the_next_opening(tmp_path: Path) -> None:
    filled(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.warc.gz")}
    archive = open_archive(tmp_path)
    from .invented import exchange

    archive.record(exchange(b"half a run"))
    archive.media.put(b"a picture of half a run")
    archive.close()
    (warc_path,) = before
    with warc_path.open("ab") as file:
        file.write(b"torn")
    with open_archive(tmp_path) as again:
        assert verify(again, quick=False, now=NOON).problems == ()
        assert not list(again.media.incoming.iterdir())
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.warc.gz")} == before


def test_a_clean_archive_has_no_problem_and_the_quick_check_reads_only_what_is_new(tmp_path: Path) -> None:
    with open_archive(filled(tmp_path)) as archive:
        whole = verify(archive, quick=False, now=NOON)
        assert whole.problems == ()
        assert whole.entries > 5
        quick = verify(archive, quick=True, now=NOON)
        assert quick.problems == ()
        assert quick.entries == 1  # the first check's own entry
        take(archive, [post(3, "New words")])
        assert verify(archive, quick=True, now=NOON).entries == 4  # a check, a file begun, a capture, a snapshot


@pytest.mark.parametrize("kind", ["ledger", "warc", "media"])
def test_a_changed_byte_is_found(tmp_path: Path, kind: str) -> None:
    filled(tmp_path)
    path = {
        "ledger": tmp_path / "ledger.jsonl", "warc": next(tmp_path.rglob("*.warc.gz")),
        "media": next(path for path in (tmp_path / "media").rglob("*") if path.is_file()),
    }[kind]
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 4
    path.write_bytes(raw)
    with open_archive(tmp_path) as archive:
        assert kind in {problem.kind for problem in verify(archive, quick=False, now=NOON).problems}


def test_removed_and_added_files_are_found(tmp_path: Path) -> None:
    filled(tmp_path)
    next(path for path in (tmp_path / "media").rglob("*") if path.is_file()).unlink()
    (tmp_path / "media" / "aa").mkdir(exist_ok=True)
    (tmp_path / "media" / "aa" / "stray").write_bytes(b"put there")
    with open_archive(tmp_path) as archive:
        found = verify(archive, quick=False, now=NOON).problems
    assert [problem.kind for problem in found] == ["media", "media"]


def test_a_changed_database_is_found_and_rebuilt(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_archive(tmp_path) as archive:
        with archive.store.begin() as connection:
            body = json.loads(connection.execute(select(t.snapshot.c.body).limit(1)).scalar_one())
            body["text"] = "Bus 7 was never late"
            connection.execute(t.snapshot.update().where(t.snapshot.c.state == "new").values(body=json.dumps(body)))
        found = verify(archive, quick=False, now=NOON).problems
    assert found
    assert all(problem.kind == "database" and problem.rebuildable for problem in found)
    with open_archive(tmp_path, afresh=True) as archive:
        assert verify(archive, quick=False, now=NOON).problems == ()


def test_a_ledger_cut_at_a_line_is_refused(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(ArchiveError, match="cut short"):
        open_archive(tmp_path)


def test_known_posts_tell_every_version(tmp_path: Path) -> None:
    with open_archive(filled(tmp_path)) as archive, archive.store.begin() as connection:
        found = known_posts(connection, ["invented:1", "invented:2", "invented:9"])
    assert set(found) == {"invented:1", "invented:2"}
    assert found["invented:1"].state == "edited"
    assert len(found["invented:1"].contents) == 2
    assert datetime.now(UTC) > found["invented:1"].version_at


def test_an_archive_of_the_first_tables_is_brought_up(tmp_path: Path) -> None:
    filled(tmp_path)
    before = rows(tmp_path)
    database = create_engine(f"sqlite:///{tmp_path / 'index.sqlite3'}")
    with database.begin() as connection:
        for name in ("capture", "export_page", "export_file", "stranger", "post_name"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    database.dispose()
    assert rows(tmp_path) == before


def test_a_command_that_reads_brings_no_tables_up_beside_a_run(tmp_path: Path) -> None:
    filled(tmp_path)
    to_read(tmp_path).close()
    database = create_engine(f"sqlite:///{tmp_path / 'index.sqlite3'}")
    with open_archive(tmp_path):
        to_read(tmp_path).close()  # current tables are read beside a run
        with database.begin() as connection:
            connection.exec_driver_sql("DROP TABLE post_name")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
        with pytest.raises(Busy):
            to_read(tmp_path)
    to_read(tmp_path).close()
    assert inspect(database).has_table("post_name")
    database.dispose()


@pytest.mark.parametrize(("recorded_after", "still"), [(-1, True), (1, False)])
def test_a_recording_says_of_its_own_day_only_that_a_page_was_there(tmp_path: Path, recorded_after: int, *, still: bool) -> None:
    url = "https://invented.example/1"
    page = Page(ACCOUNT, "recorded", url, 200, {}, b"[]", NOON + timedelta(days=recorded_after), {"recorded_at": "x"})
    with open_archive(tmp_path) as archive:
        archive.record(replace(exchange(b"", part="lookup", url=url), status=404))
        archive.record_export(page, "urn:rollbook:export:a/b")
        archive.commit()
        with archive.store.begin() as connection:
            assert not_there_since(connection, ACCOUNT, [url]) == ({url: NOON} if still else {})


@pytest.mark.parametrize("step", ["rollbook.archive.warc.os.fsync", "rollbook.archive.ledger._sync", "rollbook.archive.archive.apply"])
@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), OperationalError("INSERT", {}, Exception("disk is full"))])
def test_after_a_write_that_failed_nothing_more_is_taken_and_the_next_opening_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, fault: Exception
) -> None:
    with open_archive(tmp_path) as archive:
        take(archive, [post(1, "Acknowledged")])
        with monkeypatch.context() as full:
            full.setattr(step, failing(fault))
            with pytest.raises(NotWritten, match=r"(?i)no space left|disk is full"):
                take(archive, [post(2, "On a full disk")])
        with pytest.raises(NotWritten):
            archive.commit()  # as a visit does that notes how it went
    with open_archive(tmp_path) as archive:
        if step.endswith("fsync"):
            take(archive, [post(2, "On a full disk")])
        take(archive, [post(3, "With room again")])
        assert verify(archive, quick=False, now=NOON).problems == ()
        with archive.store.begin() as connection:
            assert [len(versions(connection, f"invented:{number}")) for number in (1, 2, 3)] == [1, 1, 1]


@pytest.mark.parametrize(("fault", "kind"), [
    (sqlite3.OperationalError("database or disk is full"), NotWritten),
    (sqlite3.DatabaseError("database disk image is malformed"), ArchiveError),
])
def test_what_keeps_from_using_the_database_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, kind: type[Exception]
) -> None:
    filled(tmp_path)
    monkeypatch.setattr("rollbook.archive.store._pragmas", failing(fault))
    with pytest.raises(kind, match=str(fault)):
        open_archive(tmp_path)


def failing(fault: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise fault

    return fail
