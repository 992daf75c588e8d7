"""Recorded web pages (WARC, and WACZ around it) as answers of a network: read as a stream, each record bounded.

**Source**: ISO 28500:2017 (WARC 1.1), RFC 9112 (HTTP/1.1), https://specs.webrecorder.net/wacz/1.1.1/. The indexes in a
WACZ file are not believed: what stands where is found by reading. A record that was fetched while somebody was logged
in shows what not everybody sees and is passed over.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote, urlsplit

from rollbook.bounds import DAMAGED
from rollbook.errors import ConfigError, PageError
from rollbook.members import OpenedExport
from rollbook.redaction import carries_credential
from rollbook.warcrecords import HEAD_BYTES, Record, Spot, read_fields, record_at, records

#: What one answer may have, packed or unpacked.
ANSWER_BYTES = 32 * 1024 * 1024
#: How many files of a recording can be found again by their address: some 200 bytes of memory each.
LARGEST_INDEX = 500_000
#: The headers that a parser may need; the others are not kept, cookies least of all.
_KEPT = frozenset(("content-type", "content-language", "date", "last-modified", "link"))
#: A request that carries a login. Of cookies only those that a server sets once somebody has logged in, by name:
#: WordPress, MediaWiki, Drupal, Discourse, Mastodon, Django (Misago), phpBB, SimpleSAML, Facebook, X and their like.
_LOGIN = re.compile(
    rb"(?im)^(?:authorization:|cookie:(?:[^\n]*[;\s])?(?:(?![^=;\n]{0,80}[cx]srf)[^=;\s]{0,80}(?:logged_?in|auth|login|token)"
    rb"[^=;\s]{0,80}|[^=;\s]{0,80}(?:UserID|UserName)|_t|c_user|xs|sessionid|_session_id|S?SESS[0-9a-f]{32}|SimpleSAML\w*"
    rb"|phpbb\w*_u(?==(?!1(?:;|\s|$))))=)"
)
#: A session that visitors have too, whether they log in or not.
_SESSION = re.compile(rb"(?im)^cookie:[^\n]*?(?:sess|sid)[^=;\s]{0,80}=")
_SUFFIXES = (".warc", ".warc.gz")
#: What posts show, by the beginning of its type; the rest are pages, styles and scripts.
_SHOWN = ("image/", "video/", "audio/", "application/pdf", "application/octet-stream", "binary/octet-stream")
_UNCLEAR = "were asked for within a session: make sure that nobody was logged in"
_NOT_ASKED = "stand without their requests: make sure that nobody was logged in"
_REPEATED = "say only that nothing had changed since it was recorded before"


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer with status 200."""

    url: str
    headers: dict[str, str]
    body: bytes
    #: When it was recorded, by the file's own word.
    recorded_at: str


def web_archives(names: frozenset[str]) -> list[str]:
    """The members that are WARC files; WACZ keeps them in a folder "archive"."""
    return sorted(name for name in names if name.lower().endswith(_SUFFIXES))


def warc_name(head: bytes) -> str:
    """What a WARC file with these first bytes is called; empty where it is none."""
    if head.startswith(b"WARC/"):
        return "recorded.warc"
    try:
        inner = zlib.decompressobj(31).decompress(head, 8) if head.startswith(b"\x1f\x8b") else b""
    except zlib.error:
        inner = b""
    return "recorded.warc.gz" if inner.startswith(b"WARC/") else ""


class Recording:
    """What somebody recorded: its pages one after the other, and what they show by its address.

    The first reading notes where each file lies, not its bytes.
    """

    def __init__(self, file: OpenedExport) -> None:
        self._file = file
        self._members = web_archives(file.names)
        self._spots: dict[bytes, tuple[int, Spot]] = {}

    def answers(self, passed_over: Counter[str]) -> Iterator[tuple[str, Answer]]:
        """Every public answer with its member; what is none is counted with the reason. **Raises** PageError."""
        for index, member in enumerate(self._members):
            private = self._asked_privately(member, passed_over)
            for record in self._records(member, ANSWER_BYTES):
                if not record.url.startswith(("https://", "http://")):
                    continue  # what a recorder tells of itself
                if not _is_address(record.url):
                    passed_over["have an address that is none"] += 1
                elif record.kind == "revisit":
                    self._repeat(record)
                    passed_over[_REPEATED] += 1
                elif record.kind in ("response", "resource"):
                    answer = self._answer(record, index, private, passed_over)
                    if answer is not None:
                        yield member, answer

    def _asked_privately(self, member: str, told: Counter[str]) -> set[str] | None:
        """The addresses that were asked for with a login; None where the file holds no requests, which would tell."""
        private, asked = set[str](), False
        for record in self._records(member, HEAD_BYTES):
            if record.kind != "request":
                continue
            asked = True
            if _LOGIN.search(record.block):
                private.add(record.url)
            elif _SESSION.search(record.block):
                told[_UNCLEAR] += 1
        return private if asked else None

    def _answer(self, record: Record, index: int, private: set[str] | None, passed_over: Counter[str]) -> Answer | None:
        if private is not None and record.url in private:
            passed_over["were recorded while somebody was logged in"] += 1
            return None
        if carries_credential(record.url):
            passed_over["were asked for with a key in their address"] += 1
            return None
        try:
            message = _Message.of(record)
            if message.shown:
                self._note(record.url, (index, record.spot))
                return None  # taken where a post shows it
            answer = message.answer(ANSWER_BYTES)
        except ValueError as err:
            passed_over[str(err)] += 1
            return None
        if private is None and record.kind == "response":
            passed_over[_NOT_ASKED] += 1
        return answer

    def _note(self, url: str, place: tuple[int, Spot]) -> None:
        if len(self._spots) < LARGEST_INDEX:
            self._spots.setdefault(_key(url), place)

    def _repeat(self, record: Record) -> None:
        """The same bytes as another answer, perhaps at another address."""
        place = self._spots.get(_key(record.fields.get("warc-refers-to-target-uri", "").strip("<>")))
        if place is not None:
            self._note(record.url, place)

    def shown_at(self, url: str, limit_bytes: int) -> Answer | None:
        """The file at an address that was recorded, as it was recorded first; None where none was.

        **Raises** PageError where it is too large, or damaged.
        """
        place = self._spots.get(_key(url))
        if place is None:
            return None
        index, spot = place
        member = self._members[index]
        try:
            with self._file.stream(member) as raw:
                record = record_at(raw, self._file.sizes[member], spot, limit_bytes)
            return _Message.of(record).answer(limit_bytes)
        except (*DAMAGED, OSError, ConfigError, ValueError) as err:
            self._refuse(member, f"the recorded file {url[:200]} cannot be read: it {err}")

    def _records(self, member: str, largest_bytes: int) -> Iterator[Record]:
        try:
            with self._file.stream(member) as raw:
                yield from records(raw, self._file.sizes[member], largest_bytes)
        except (*DAMAGED, OSError) as err:
            self._refuse(member, f"is damaged: {err}")
        except ConfigError as err:
            self._refuse(member, err.problem)
        except ValueError as err:
            self._refuse(member, str(err))

    def _refuse(self, member: str, cause: str) -> NoReturn:
        raise PageError(cause, account=self._file.account, place=member, code="not-warc")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port or a bracketed host that is none
        return False


def _key(url: str) -> bytes:
    """An address as it is found again: http and https are one, and so is a letter with what stands for it."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return b""
    path, query = (quote(part, safe="/%:@!$&'()*+,;=~?-._", errors="replace") for part in (parts.path, parts.query))
    return hashlib.blake2b(f"{parts.netloc.lower()}{path or '/'}?{query}".encode(), digest_size=16).digest()


# -- HTTP --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Message:
    """A record as an answer of a server, its body as it was sent."""

    record: Record
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, record: Record) -> _Message:
        """**Raises** ValueError with why an answer is passed over, in words that fit behind a number of answers."""
        if record.kind == "resource":
            return cls(record, {"content-type": record.fields.get("content-type", "")}, record.block)
        if "application/http" not in record.fields.get("content-type", ""):
            raise ValueError("are no HTTP answers")
        head, found, body = record.block.partition(b"\r\n\r\n")
        status, *lines = head.split(b"\r\n")
        parts = status.split(b" ", 2)
        if not found or len(parts) < 2 or not parts[0].startswith(b"HTTP/"):
            raise ValueError("are no HTTP answers")
        if parts[1] != b"200":
            raise ValueError("have another status than 200")
        return cls(record, read_fields(lines), body)

    @property
    def shown(self) -> bool:
        """Whether it is a file that a post may show."""
        return self.headers.get("content-type", "").strip().lower().startswith(_SHOWN)

    def answer(self, limit_bytes: int) -> Answer:
        """The answer with its body as it was before it was sent. **Raises** ValueError as ``of`` does."""
        if not self.record.whole:
            raise ValueError(f"are larger than {limit_bytes:,} bytes")
        body = _joined(self.body) if "chunked" in self.headers.get("transfer-encoding", "").lower() else self.body
        body = _decoded(body, self.headers.get("content-encoding", "").lower().strip(), limit_bytes)
        kept = {name: value for name, value in self.headers.items() if name in _KEPT}
        return Answer(self.record.url, kept, body, self.record.fields.get("warc-date", ""))


def _joined(body: bytes) -> bytes:
    """The body without its chunks' lengths; as it is where the recorder joined them already."""
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        end = body.find(b"\r\n", at, at + 64)
        digits = body[at:end].partition(b";")[0].strip() if end >= 0 else b""
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", digits):
            return body
        size = int(digits, 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2
    return b"".join(parts)


def _decoded(body: bytes, coding: str, limit_bytes: int) -> bytes:
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise ValueError("are packed in a way that is not read; record them again without it")
    if coding != "deflate" and not body.startswith(b"\x1f\x8b"):
        return body  # the recorder unpacked it and kept the header
    unpacker = zlib.decompressobj(15 if coding == "deflate" else 31)
    try:
        data = unpacker.decompress(body, limit_bytes)
    except zlib.error:
        raise ValueError("are damaged") from None
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError("are too large or cut off")
    return data
