"""The identifiers that the networks would have given to the sample's posts: the same in every run.

**Source**: AT Protocol's TID and DID PLC (atproto.com/specs), CID and DAG-CBOR (ipld.io/specs/codecs/dag-cbor);
Mastodon's snowflake ids (docs.joinmastodon.org/methods/statuses).
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime

#: An alphabet whose ASCII order is its numeric order, so that TIDs sort by time as text.
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_RAW, _DAG_CBOR = 0x55, 0x71


def _draw(seed: str, bits: int) -> int:
    """A number that looks random and is always the same for a seed."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") >> (64 - bits)


def tid(moment: datetime, seed: str) -> str:
    """A record key of AT Protocol: 53 bits of microseconds, 10 bits of clock identifier, 13 letters."""
    number = round(moment.timestamp() * 1_000_000) << 10 | _draw(seed, 10)
    return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -5, -5))


def did(account: str) -> str:
    """A ``did:plc`` identifier: 24 letters of base32."""
    digest = hashlib.sha256(account.encode()).digest()
    return "did:plc:" + base64.b32encode(digest).decode().lower()[:24]


def snowflake(moment: datetime, seed: str) -> str:
    """A Mastodon id: 48 bits of milliseconds, 16 bits that keep two posts of one moment apart."""
    return str(round(moment.timestamp() * 1000) << 16 | _draw(seed, 16))


def blob_cid(data: bytes) -> str:
    """The content identifier of a picture's bytes."""
    return _cid(_RAW, data)


def record_cid(record: Mapping[str, object]) -> str:
    """The content identifier of a record: any edit changes it."""
    return _cid(_DAG_CBOR, dag_cbor(record))


def _cid(codec: int, data: bytes) -> str:
    # CID version 1, the codec, sha2-256 (0x12) with 32 bytes; multibase prefix "b" for lower-case base32.
    binary = bytes((1, codec, 0x12, 32)) + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(binary).decode().lower().rstrip("=")


def dag_cbor(value: object) -> bytes:
    """A record as AT Protocol hashes it: maps sorted by length then bytes, ``{"$link": cid}`` as tag 42."""
    match value:
        case None | bool():
            return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case str():
            text = value.encode()
            return _head(3, len(text)) + text
        case {"$link": str(link)}:
            letters = link[1:].upper()
            binary = b"\x00" + base64.b32decode(letters + "=" * (-len(letters) % 8))
            return b"\xd8\x2a" + _head(2, len(binary)) + binary
        case Mapping():
            keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
            return _head(5, len(keys)) + b"".join(dag_cbor(key) + dag_cbor(value[key]) for key in keys)
        case Sequence():
            return _head(4, len(value)) + b"".join(map(dag_cbor, value))
    raise TypeError(f"{type(value).__name__} has no place in a record")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes((major << 5 | number,))
    for code, letter in ((24, ">B"), (25, ">H"), (26, ">I")):
        if number < 1 << 8 * struct.calcsize(letter):
            return bytes((major << 5 | code,)) + struct.pack(letter, number)
    return bytes((major << 5 | 27,)) + struct.pack(">Q", number)
