"""The ledger: what is acknowledged is there, whatever is changed is seen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.archive.ledger import GENESIS, Ledger, chained, entries
from rollbook.errors import ArchiveError
from rollbook.formats import canonical

LEAVES = [{"kind": "visit", "number": number, "words": "ä\u2028\n" * number} for number in range(5)]


def filled(path: Path) -> Ledger:
    ledger = Ledger(path)
    assert list(ledger.open()) == []
    ledger.append(LEAVES[:2])
    ledger.append(LEAVES[2:])
    return ledger


def test_entries_are_read_back_in_order_without_gaps(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "ledger.jsonl")
    ledger.close()
    found = list(entries(tmp_path / "ledger.jsonl"))
    assert [entry.seq for entry in found] == [1, 2, 3, 4, 5]
    assert [dict(entry.leaf) for entry in found] == LEAVES


def test_the_chain_is_the_documented_one(tmp_path: Path) -> None:
    filled(tmp_path / "ledger.jsonl").close()
    head = bytes(32)
    for leaf in LEAVES:
        head = hashlib.sha256(head + hashlib.sha256(b"\x00" + canonical(leaf)).digest()).digest()
    assert list(entries(tmp_path / "ledger.jsonl"))[-1].chain == head.hex()
    assert bytes(32) == GENESIS
    assert chained(GENESIS, canonical(LEAVES[0])) != head


def test_a_torn_last_line_was_never_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    filled(path).close()
    whole = path.read_bytes()
    with path.open("ab") as file:
        file.write(whole[: whole.index(b"\n")])
    ledger = Ledger(path)
    known = list(ledger.open())
    assert len(known) == 5
    ledger.append([{"kind": "visit", "number": 9}])
    ledger.close()
    assert [entry.leaf["number"] for entry in entries(path)] == [0, 1, 2, 3, 4, 9]


def test_opening_from_a_known_place_yields_only_what_came_after(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    list(ledger.open())
    ledger.append(LEAVES[:2])
    place = (ledger.seq, ledger.size_bytes, ledger.head)
    ledger.append(LEAVES[2:])
    ledger.close()
    again = Ledger(path)
    assert [entry.seq for entry in again.open(*place)] == [3, 4, 5]
    again.close()


def test_a_ledger_shorter_than_the_database_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    filled(path).close()
    with pytest.raises(ArchiveError, match="cut short"):
        list(Ledger(path).open(9, path.stat().st_size + 1, b""))


@settings(deadline=None)
@given(st.data())
def test_any_changed_byte_is_seen(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    filled(path).close()
    raw = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 2))  # the very last newline only makes the last line torn
    raw[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(raw)
    with pytest.raises(ArchiveError):
        list(entries(path))
