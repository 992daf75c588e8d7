"""Bluesky's repository file: read only where every hash and the signature of the account's own key hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from collectors.bluesky import parse
from rollbook.archive.archive import Archive
from rollbook.archive.posts import versions
from rollbook.archive.verify import verify
from rollbook.collect import parse_page
from rollbook.errors import CollectError, ConfigError
from rollbook.importing import chosen, take
from rollbook.plugins import collectors
from rollbook.types import Page
from rollbook.workspace import Workspace

from .building import CANARY, district, every_byte
from .repository import DID, Repository, cid_of, packed, post

ACCOUNT = "bluesky:school.example"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
PICTURE = cid_of(b"a bus", b"\x55")
RECORDS: dict[str, object] = {
    "app.bsky.actor.profile/self": {"$type": "app.bsky.actor.profile", "displayName": "Invented District", "createdAt": "2024-01-01T00:00:00Z"},
    "app.bsky.feed.like/3lexamplelike": {"$type": "app.bsky.feed.like", "note": CANARY},
    "app.bsky.feed.post/3lexampleaaa2": post("Bus 7 is late", embed={"$type": "app.bsky.embed.images", "images": [
        {"alt": "A bus", "image": {"$type": "blob", "ref": PICTURE, "mimeType": "image/png", "size": 5}}]}),
    "app.bsky.feed.post/3lexamplebbb2": post("Yes", reply={"parent": {"uri": f"at://{DID}/app.bsky.feed.post/3lexampleaaa2", "cid": "x"}}),
    "app.bsky.feed.repost/3lexampleccc2": {"$type": "app.bsky.feed.repost", "createdAt": "2026-10-05T15:00:00Z", "subject": {"uri": "at://did:plc:otherotherotherother2222/app.bsky.feed.post/3lother222222", "cid": "x"}},
    "app.bsky.graph.block/3lexampleblok": {"$type": "app.bsky.graph.block", "subject": CANARY},
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return district(tmp_path / "district", ACCOUNT)


def run(workspace: Workspace, car: bytes, document: bytes, account: str = ACCOUNT) -> list[str]:
    file, did = workspace.folder.parent / "repo.car", workspace.folder.parent / "did.json"
    file.write_bytes(car)
    did.write_bytes(document)
    with chosen(workspace, file, account, did) as export, Archive(workspace.archive, operator="test", parse=parse_page) as archive:
        outcome = take(archive, export, "run", clock=lambda: NOW)
        assert verify(archive, quick=False, now=NOW).problems == ()
    return [*outcome.marked, f"{outcome.new} new"]


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.SECP256R1()], ids=["secp256k1", "p256"])
def test_a_signed_repository_comes_in(workspace: Workspace, curve: ec.EllipticCurve) -> None:
    repository = Repository(curve)
    assert run(workspace, repository.car(RECORDS), repository.document()) == ["3 new"]
    assert CANARY.encode() not in every_byte(workspace.folder)
    with Archive(workspace.archive, operator="test", parse=parse_page, afresh=True) as archive, archive.store.begin() as connection:
        (found,) = versions(connection, f"bluesky:at://{DID}/app.bsky.feed.post/3lexampleaaa2")
        assert (found.post.text, found.post.media[0].alt) == ("Bus 7 is late", "A bus")
        assert str(found.post.media[0].url).startswith("https://pds.example/xrpc/com.atproto.sync.getBlob?")
        assert len(versions(connection, f"bluesky:at://{DID}/app.bsky.feed.repost/3lexampleccc2")) == 1
        assert len(versions(connection, f"bluesky:at://{DID}/app.bsky.actor.profile/self")) == 1


def test_the_server_and_the_file_show_the_same_post(workspace: Workspace) -> None:
    repository = Repository()
    file = workspace.folder.parent / "repo.car"
    file.write_bytes(repository.car(RECORDS))
    did = workspace.folder.parent / "did.json"
    did.write_bytes(repository.document())
    with chosen(workspace, file, ACCOUNT, did) as export:
        (portion,) = (replace(one, items=list(one.items)) for one in export.export.read(export.file, export.account))
    by_file = parse(Page(ACCOUNT, portion.part, "urn:x", 200, {}, json.dumps(portion.items).encode(), NOW, portion.context))
    by_server = parse(Page(ACCOUNT, "posts", "https://pds.example", 200, {}, json.dumps({"records": portion.items}).encode(), NOW, portion.context))
    assert by_file == by_server
    assert not by_file.marked


def changed_word(repository: Repository) -> bytes:
    return repository.car(RECORDS).replace(b"Bus 7 is late", b"Bus 7 is hate")


def changed_word_and_hash(repository: Repository) -> bytes:
    """A record changed together with its hash: the tree no longer names it."""
    repository.car(RECORDS)
    commit = next(reversed(repository.blocks))
    blocks = {cid_of(new): new for block in repository.blocks.values() for new in [block.replace(b"Bus 7 is late", b"Bus 7 is hate")]}
    return packed(commit, blocks)


def another_key(repository: Repository) -> bytes:
    repository.key = Repository(repository.curve).key
    return repository.car(RECORDS)


def unsorted(repository: Repository) -> bytes:
    one = repository.put(post("One"))
    entries = [{"p": 0, "k": f"app.bsky.feed.post/{name}".encode(), "v": one, "t": None} for name in ("b", "a")]
    return packed(repository.commit(repository.put({"l": None, "e": entries})), repository.blocks)


def twice(repository: Repository) -> bytes:
    leaf = repository.put({"l": None, "e": []})
    one = repository.put(post("One"))
    entries = [{"p": 0, "k": f"app.bsky.feed.post/{name}".encode(), "v": one, "t": leaf} for name in ("a", "b")]
    return packed(repository.commit(repository.put({"l": None, "e": entries})), repository.blocks)


def long_key(repository: Repository) -> bytes:
    """Each entry repeats the whole key before it and adds to it: as written small, read without end."""
    one, begun = repository.put(post("One")), b"app.bsky.feed.post/a"
    entries = [{"p": 0, "k": begun, "v": one, "t": None}]
    entries += [{"p": len(begun) + 900 * number, "k": b"b" * 900, "v": one, "t": None} for number in range(3)]
    return packed(repository.commit(repository.put({"l": None, "e": entries})), repository.blocks)


FORGED: dict[str, tuple[Callable[[Repository], bytes], str]] = {
    "changed": (changed_word, "hash does not hold"),
    "changed with its hash": (changed_word_and_hash, "only a part"),
    "another key": (another_key, "signature does not hold"),
    "high S": (lambda repository: repository.car(RECORDS, high=True), "low S"),
    "another account": (lambda repository: repository.car(RECORDS, did="did:plc:otherotherotherother2222"), "not of did:plc:example"),
    "another version": (lambda repository: repository.car(RECORDS, version=2), "no commit of version 3"),
    "cut": (lambda repository: repository.car(RECORDS)[:-20], "cut off"),
    "no file": (lambda repository: b"\x05hello", "no DAG-CBOR"),
    "empty": (lambda repository: b"", "cut off"),
    "endless length": (lambda repository: b"\xff" * 40, "cut off"),
    "unsorted": (unsorted, "not in order"),
    "twice": (twice, "a part twice"),
    "long key": (long_key, "a key of the tree is none"),
    "deep record": (lambda repository: repository.car({"app.bsky.feed.post/a": post("x", deep=json.loads("[" * 500 + "]" * 500))}), "nested more than 100"),
    "deep": (lambda repository: b"\xff\x7f" + b"\x81" * 16_383, "no DAG-CBOR"),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_file_that_does_not_hold_is_refused_and_nothing_is_written(workspace: Workspace, case: str) -> None:
    make, words = FORGED[case]
    repository = Repository()
    document = repository.document()
    with pytest.raises(ConfigError, match=words) as refused:
        run(workspace, make(repository), document)
    assert "repo.car: is refused" in str(refused.value)
    assert not workspace.archive.exists()


def test_the_document_has_to_be_the_accounts(workspace: Workspace) -> None:
    repository = Repository()
    car = repository.car(RECORDS)
    for document, words in (
        (repository.document("other.example"), "that of other.example"), (b"{", "no JSON"), (b"[]", "expected an object"),
        (b'{"id": "did:plc:x", "alsoKnownAs": ["at://school.example"]}', "names no key"),
        (repository.document(publicKeyMultibase="zzz0OIl"), "cannot be read"),
        (repository.document(publicKeyMultibase="z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"), "of a kind"),
    ):
        with pytest.raises(ConfigError, match=words):
            run(workspace, car, document)
    assert not workspace.archive.exists()


def test_a_document_of_the_old_form_is_read(workspace: Workspace) -> None:
    import libipld

    repository = Repository()
    raw = libipld.decode_multibase(repository.multibase)[1][2:]
    document = repository.document(type="EcdsaSecp256k1VerificationKey2019", publicKeyMultibase=libipld.encode_multibase("z", raw))
    assert run(workspace, repository.car(RECORDS), document) == ["3 new"]


def test_without_a_document_the_network_is_asked_before_the_file_is_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository()
    file = workspace.folder.parent / "repo.car"
    file.write_bytes(repository.car(RECORDS))
    asked = []

    def document(visit: object, door: object) -> bytes:
        asked.append(visit)
        return repository.document()

    plugin = collectors()["bluesky"]
    assert plugin.export is not None
    plugins = {"bluesky": replace(plugin, export=replace(plugin.export, document=document))}
    monkeypatch.setattr("rollbook.importing.collectors", lambda: plugins)
    with chosen(workspace, file, ACCOUNT) as export:
        assert export.pages == 1
    assert len(asked) == 1


def test_a_network_that_does_not_answer_is_told(workspace: Workspace) -> None:
    file = workspace.folder.parent / "repo.car"
    file.write_bytes(Repository().car(RECORDS))
    with pytest.raises(CollectError), chosen(workspace, file, ACCOUNT):
        pass
    assert not workspace.archive.exists()
