"""The archive's write path beside hashing and packing the same bytes: one process, one core, the same run."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

from rollbook.archive.archive import SYNC_EVERY, Archive
from rollbook.archive.warc import WarcWriter
from rollbook.exchange import Exchange
from rollbook.redaction import Redactor
from rollbook.types import Parsed
from tests.bench.payloads import Payloads

_ANSWERED = (
    ("Content-Type", "application/json; charset=utf-8"), ("Date", "Mon, 05 Oct 2026 13:00:00 GMT"), ("Vary", "Accept"),
    ("X-RateLimit-Remaining", "299"), ("Link", '<https://graph.standin.example/v1/posts?after=40>; rel="next"'),
)


def yardstick_s(given: Payloads, folder: Path) -> float:
    """SHA-256 and zlib at level 6 of every body, into one file that is synced as often as ours. **Units**: seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with (folder / "yardstick").open("wb") as file:
        began = time.perf_counter()
        for number, body in enumerate(given.bodies, 1):
            packer = zlib.compressobj(6)
            file.write(hashlib.sha256(body).digest() + packer.compress(body) + packer.flush())
            if number % SYNC_EVERY == 0:
                file.flush()
                os.fsync(file.fileno())
        return time.perf_counter() - began


def captured_s(given: Payloads, folder: Path) -> float:
    """Redact, hash, pack, write, sync: the capture before it is acknowledged. **Units**: seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    redactor, writer = _redactor(given), WarcWriter(folder, operator="Larkmead School District")
    began = time.perf_counter()
    for number, body in enumerate(given.bodies, 1):
        writer.exchange(_exchange(redactor, given, number, body))
        if number % SYNC_EVERY == 0:
            writer.sync()
    writer.close()
    return time.perf_counter() - began


def acknowledged_s(given: Payloads, folder: Path) -> float:
    """The same, and the ledger (synced as often) and the database. **Units**: seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    redactor = _redactor(given)
    with Archive(folder, operator="Larkmead School District", parse=lambda _page: Parsed()) as archive:
        began = time.perf_counter()
        for number, body in enumerate(given.bodies):
            archive.record(_exchange(redactor, given, number, body))
            if archive.wants_commit:
                archive.commit()
        archive.commit()
        return time.perf_counter() - began


def _redactor(given: Payloads) -> Redactor:
    redactor = Redactor()
    for secret in given.secrets:
        redactor.keep(secret)
    return redactor


def _exchange(redactor: Redactor, given: Payloads, number: int, body: bytes) -> Exchange:
    """As the Door hands it over: every value has been through the redactor."""
    token, secret, _ = given.secrets
    asked = (
        ("Host", "graph.standin.example"), ("User-Agent", "Rollbook/0.1.0"), ("Accept-Encoding", "gzip, deflate"),
        ("Accept", "*/*"), ("Authorization", f"Bearer {secret}"),
    )
    return Exchange(
        account="standin:account1", part="timeline", context={"page": str(number)}, method="GET",
        url=redactor.value(f"https://graph.standin.example/v1/posts?after={number}&access_token={token}"),
        request_headers=redactor.headers(asked), request_body=b"",
        status=200, reason="OK",
        response_headers=redactor.headers(_ANSWERED),
        body=redactor.body(body, "application/json"), started_at=datetime.now(UTC), ip_address="192.0.2.10",
    )
