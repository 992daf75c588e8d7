"""The repository file (CAR) of an AT Protocol account: hashes and signature are checked before a record is read.

**Source**: https://atproto.com/specs/repository, /specs/cryptography and /specs/did; CARv1 of https://ipld.io/specs/,
read 2026-11.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import libipld
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256K1,
    SECP256R1,
    EllipticCurve,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from rollbook.pages import Item

#: How a content id begins: version 1, records or raw bytes, SHA-256. AT Protocol has no others.
_RECORD, _RAW = b"\x01\x71\x12\x20", b"\x01\x55\x12\x20"
_CID_BYTES = 36
#: How a public key of each curve begins, the curve, its order. **Source**: multicodec table; SEC 2, 2.4.1 and 2.4.2.
_CURVES: Mapping[bytes, tuple[EllipticCurve, int]] = {
    b"\xe7\x01": (SECP256K1(), 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141),
    b"\x80\x24": (SECP256R1(), 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
}
#: Documents from before "Multikey" name the curve in the type, and spell the key without its beginning.
_OLD_TYPES = {
    "EcdsaSecp256k1VerificationKey2019": b"\xe7\x01", "EcdsaSecp256r1VerificationKey2019": b"\x80\x24",
}
#: A key of the tree. **Source**: /specs/repository: collection, "/", record key.
_KEY_BYTES = 1024
_VERSION = 3
#: How deep a record may be nested; those of Bluesky's lexicons are less than twenty deep.
DEPTH = 100


class NotSound(ValueError):
    """The file is no whole, signed repository of the account; the words say what does not hold."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The public key that an account's repository is signed with."""

    #: As the DID document spells it.
    multibase: str
    code: bytes
    point: bytes

    @classmethod
    def of(cls, document: Item) -> SigningKey:
        """The key that a DID document names "#atproto". **Raises** PageError, NotSound."""
        for method in document.items("verificationMethod"):
            if method.words("id").endswith("#atproto"):
                written = method.text("publicKeyMultibase")
                try:
                    _, raw = libipld.decode_multibase(written)
                except ValueError as err:
                    raise NotSound(f"the key of the DID document cannot be read: {err}") from err
                old = _OLD_TYPES.get(method.words("type"))
                return cls(written, old, raw) if old else cls(written, raw[:2], raw[2:])
        raise NotSound("the DID document names no key (#atproto)")

    def verify(self, message: bytes, signature: bytes) -> None:
        """**Raises** NotSound where the signature is not this key's, or has a high S (/specs/cryptography)."""
        if self.code not in _CURVES:
            raise NotSound(f"the key {self.multibase[:60]} is of a kind that AT Protocol does not know")
        curve, order = _CURVES[self.code]
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if len(signature) != 64 or not 0 < s <= order // 2:
            raise NotSound("the signature is not in the form that AT Protocol asks for (64 bytes, low S)")
        try:
            key = EllipticCurvePublicKey.from_encoded_point(curve, self.point)
            key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
        except InvalidSignature:
            raise NotSound("the signature does not hold: the file was changed, or is not this account's") from None
        except ValueError as err:
            raise NotSound(f"the key {self.multibase[:60]} is none: {err}") from err


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository whose hashes and signature hold."""

    did: str
    rev: str
    #: The signed commit as it stands in the file.
    commit: bytes
    _blocks: Mapping[bytes, bytes]
    _root: bytes

    def records(self, collections: frozenset[str]) -> Iterator[dict[str, object]]:
        """Records of some collections as the account's server gives them; no other is opened. **Raises** NotSound."""
        for key, cid in self._walk():
            if key.partition("/")[0] in collections:
                value = _json(_decode(_block(self._blocks, cid)))
                yield {"uri": f"at://{self.did}/{key}", "cid": libipld.encode_cid(cid), "value": value}

    def _walk(self) -> Iterator[tuple[str, bytes]]:
        """Every key of the tree with its record's content id, in order."""
        before, seen = b"", set[bytes]()
        waiting: list[bytes | tuple[bytes, bytes]] = [self._root]
        while waiting:
            step = waiting.pop()
            if isinstance(step, tuple):
                key, cid = step
                if key <= before:
                    raise NotSound("the tree's keys are not in order")
                before = key
                yield key.decode("ascii"), cid
                continue
            if step in seen:
                raise NotSound("the tree holds a part twice")
            seen.add(step)
            waiting += reversed(_children(_decode(_block(self._blocks, step))))


def _children(node: Any) -> list[bytes | tuple[bytes, bytes]]:
    """What hangs below a node of the tree, in order: further nodes, and records with their keys."""
    below: list[bytes | tuple[bytes, bytes]] = []
    key = b""
    try:
        if node["l"] is not None:
            below.append(_cid(node["l"]))
        for entry in node["e"]:
            shared, rest = entry["p"], entry["k"]
            if not 0 <= shared <= len(key) or shared + len(rest) > _KEY_BYTES:
                raise NotSound("a key of the tree is none")
            key = key[:shared] + rest
            if not key.isascii() or key.count(b"/") != 1:
                raise NotSound("a key of the tree is none")
            below.append((key, _cid(entry["v"])))
            if entry["t"] is not None:
                below.append(_cid(entry["t"]))
    except (KeyError, TypeError, IndexError, AttributeError) as err:
        raise NotSound("a node of the tree is none") from err
    return below


def read_repository(data: bytes, did: str, key: SigningKey) -> Repository:
    """Reads a file and checks that it is whole and signed. **Raises** NotSound."""
    root, blocks = _read_car(data)
    raw = _block(blocks, root)
    commit = _decode(raw)
    if not isinstance(commit, dict) or commit.get("version") != _VERSION:
        raise NotSound(f"its first block is no commit of version {_VERSION}")
    signature, data_cid, rev = commit.get("sig"), commit.get("data"), commit.get("rev")
    if commit.get("did") != did:
        raise NotSound(f"it is the repository of {str(commit.get('did'))[:80]}, not of {did}")
    if not isinstance(signature, bytes) or not isinstance(rev, str) or not isinstance(data_cid, bytes):
        raise NotSound("its commit lacks its signature, revision or tree")
    unsigned = {name: value for name, value in commit.items() if name != "sig"}
    if libipld.encode_dag_cbor(commit) != raw:
        raise NotSound("its commit is not spelled the one way that DAG-CBOR allows")
    key.verify(libipld.encode_dag_cbor(unsigned), signature)
    repository = Repository(did, rev, raw, blocks, _cid(data_cid))
    for _ in repository.records(frozenset()):  # the whole tree, before anything is taken from it
        pass
    return repository


def _read_car(data: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    length, at = _varint(data, 0)
    header = _decode(data[at : at + length])
    if not isinstance(header, dict) or header.get("version") != 1 or not isinstance(header.get("roots"), list):
        raise NotSound("it is no CAR file of version 1")
    if len(header["roots"]) != 1:
        raise NotSound("it is no repository: it has not one root")
    root, blocks, at = _cid(header["roots"][0]), dict[bytes, bytes](), at + length
    while at < len(data):
        length, at = _varint(data, at)
        if length < _CID_BYTES or at + length > len(data):
            raise NotSound("it is cut off, or a block's length is none")
        cid, block = _cid(data[at : at + _CID_BYTES]), data[at + _CID_BYTES : at + length]
        if hashlib.sha256(block).digest() != cid[4:]:
            raise NotSound(f"the block {libipld.encode_cid(cid)} was changed: its hash does not hold")
        blocks[cid] = block
        at += length
    return root, blocks


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 63, 7):
        if at >= len(data):
            break
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return number, at
    raise NotSound("it is cut off, or a length is none")


def _cid(value: object) -> bytes:
    if isinstance(value, bytes) and len(value) == _CID_BYTES and value.startswith((_RECORD, _RAW)):
        return value
    raise NotSound("a content id is none that AT Protocol knows")


def _block(blocks: Mapping[bytes, bytes], cid: bytes) -> bytes:
    block = blocks.get(cid)
    if block is None:
        raise NotSound(f"it holds only a part of the repository: the block {libipld.encode_cid(cid)} is missing")
    return block


def _decode(block: bytes) -> Any:
    try:
        return libipld.decode_dag_cbor(block)
    except (ValueError, RecursionError) as err:
        raise NotSound(f"a block is no DAG-CBOR: {str(err)[:100]}") from err


def _json(value: object, depth: int = 0) -> object:
    """A record as JSON. **Source**: https://atproto.com/specs/data-model: links as $link, bytes as $bytes."""
    if depth > DEPTH:
        raise NotSound(f"a record is nested more than {DEPTH} deep")
    if isinstance(value, dict):
        return {name: _json(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner, depth + 1) for inner in value]
    if isinstance(value, bytes):
        if len(value) == _CID_BYTES and value.startswith((_RECORD, _RAW)):
            return {"$link": libipld.encode_cid(value)}
        return {"$bytes": base64.b64encode(value).decode().rstrip("=")}
    return value
