"""A Bluesky repository of an invented account, signed and packed as a CAR file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import libipld
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

DID = "did:plc:exampleexampleexample22"
_ORDERS = {
    "secp256k1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}
_CODES = {"secp256k1": b"\xe7\x01", "secp256r1": b"\x80\x24"}


def cid_of(block: bytes, codec: bytes = b"\x71") -> bytes:
    return b"\x01" + codec + b"\x12\x20" + hashlib.sha256(block).digest()


def varint(number: int) -> bytes:
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def packed(root: bytes, blocks: Mapping[bytes, bytes]) -> bytes:
    header = libipld.encode_dag_cbor({"version": 1, "roots": [root]})
    parts = [varint(len(header)) + header]
    parts += [varint(len(cid) + len(block)) + cid + block for cid, block in blocks.items()]
    return b"".join(parts)


@dataclass
class Repository:
    curve: ec.EllipticCurve = field(default_factory=ec.SECP256K1)
    did: str = DID
    blocks: dict[bytes, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(self.curve)

    @property
    def multibase(self) -> str:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return str(libipld.encode_multibase("z", _CODES[self.curve.name] + point))

    def document(self, handle: str = "school.example", **method: str) -> bytes:
        return json.dumps({
            "id": self.did, "alsoKnownAs": [f"at://{handle}"],
            "verificationMethod": [{"id": f"{self.did}#atproto", "type": "Multikey", "controller": self.did, "publicKeyMultibase": self.multibase, **method}],
            "service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example"}],
        }).encode()

    def put(self, value: object) -> bytes:
        block = libipld.encode_dag_cbor(value)
        self.blocks[cid_of(block)] = block
        return cid_of(block)

    def tree(self, records: Mapping[str, object]) -> bytes:
        """Two levels: the first half of the keys hangs below the second's node."""
        keys = sorted(records)
        low, high = keys[: len(keys) // 2], keys[len(keys) // 2 :]
        left = self._node(low, records, None) if low else None
        return self._node(high, records, left)

    def _node(self, keys: list[str], records: Mapping[str, object], left: bytes | None) -> bytes:
        entries, before = [], b""
        for key in keys:
            raw = key.encode()
            shared = next((at for at, (a, b) in enumerate(zip(before, raw, strict=False)) if a != b), min(len(before), len(raw)))
            entries.append({"p": shared, "k": raw[shared:], "v": self.put(records[key]), "t": None})
            before = raw
        return self.put({"l": left, "e": entries})

    def commit(self, root: bytes, *, high: bool = False, **changed: Any) -> bytes:
        unsigned = {"did": self.did, "version": 3, "data": root, "rev": "3lexample2222", "prev": None} | changed
        signature = self.key.sign(libipld.encode_dag_cbor(unsigned), ec.ECDSA(SHA256()))
        r, s = decode_dss_signature(signature)
        order = _ORDERS[self.curve.name]
        if (s > order // 2) != high:
            s = order - s
        return self.put({**unsigned, "sig": r.to_bytes(32, "big") + s.to_bytes(32, "big")})

    def car(self, records: Mapping[str, object], **changed: Any) -> bytes:
        return packed(self.commit(self.tree(records), **changed), self.blocks)


def post(words: str, **more: object) -> dict[str, object]:
    return {"$type": "app.bsky.feed.post", "text": words, "createdAt": "2026-10-05T14:00:00.000Z", "langs": ["en"], **more}
