"""An owner's export as its reader sees it: the members that it names, as streams of plain values, each bounded."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from typing import BinaryIO
from urllib.parse import quote

import ijson  # type: ignore[import-untyped]

from rollbook.bounds import DAMAGED, Container
from rollbook.errors import ConfigError, PageError, TooLarge

#: How deep an export's JSON may be nested; those of the networks are less than twenty deep.
DEPTH = 100
#: What one item, or one text between two items, may take: thousands of times a post's words.
ITEM_BYTES = 32 * 1024 * 1024
#: How far a script's assignment reaches before its JSON begins.
_ASSIGNMENT_BYTES = 512
_AT_ONCE = 65_536


class OpenedExport:
    """An ``ExportFile`` over a file that was looked through."""

    def __init__(self, container: Container, sha256: str, account: str, document: bytes = b"") -> None:
        self._container, self.account = container, account
        self.sha256 = sha256
        #: What is public about the account's keys; empty where the network needs none.
        self.document = document
        #: Every member that was opened so far.
        self.opened: set[str] = set()

    @property
    def names(self) -> frozenset[str]:
        """The names of all members."""
        return frozenset(self._container.sizes)

    @property
    def sizes(self) -> Mapping[str, int]:
        """What each member takes, unpacked."""
        return self._container.sizes

    def source(self, member: str) -> str:
        """What the archive calls a member of this file."""
        return f"urn:rollbook:export:{self.sha256}/{quote(member)}"

    def _problem(self, member: str, cause: str, code: str = "export") -> PageError:
        return PageError(cause, account=self.account, place=member, code=code)

    def stream(self, member: str) -> BinaryIO:
        """The bytes of a member. **Raises** PageError where there is none."""
        if member not in self._container.sizes:
            raise self._problem(member, "the export has no such member", "not-in-export")
        self.opened.add(member)
        return self._container.open(member)

    def whole(self, member: str, *, limit_bytes: int) -> bytes:
        """All bytes of one member. **Raises** TooLarge, PageError."""
        said = self._container.sizes.get(member, 0)
        too_large = TooLarge(f"has more than {limit_bytes} bytes", account=self.account, place=member)
        if said > limit_bytes:
            raise too_large
        try:
            with self.stream(member) as stream:
                data = stream.read(limit_bytes + 1)
        except DAMAGED as err:
            raise self._problem(member, f"is damaged: {err}") from err
        except ConfigError as err:
            raise self._problem(member, f"{err.problem}; expected {err.expected}") from err
        if len(data) > limit_bytes:
            raise too_large
        return data

    def values(self, member: str, path: str = "item") -> Iterator[object]:
        """The JSON values at a path of one member, as a stream. **Raises** PageError."""
        try:
            with self.stream(member) as stream:
                yield from _values(_Json(stream), path.split(".") if path else [])
        except ijson.JSONError as err:
            raise self._problem(member, f"is not JSON: {' '.join(str(err).split())[:120]}", "not-json") from err
        except DAMAGED as err:
            raise self._problem(member, f"is damaged: {err}") from err
        except ConfigError as err:
            raise self._problem(member, f"{err.problem}; expected {err.expected}") from err
        except ValueError as err:  # too deep, too long, a number that is none, bytes that are no text
            raise self._problem(member, str(err)[:200], "not-json") from err

    def rows(self, member: str) -> Iterator[Mapping[str, str]]:
        """The rows of a CSV member. **Raises** PageError."""
        csv.field_size_limit(ITEM_BYTES)
        try:
            with self.stream(member) as stream:
                text = TextIOWrapper(stream, "utf-8-sig", newline="")
                for row in csv.DictReader(_lines(text), strict=True, restval=""):
                    yield {name: value for name, value in row.items() if name is not None}
        except DAMAGED as err:
            raise self._problem(member, f"is damaged: {err}") from err
        except ConfigError as err:
            raise self._problem(member, f"{err.problem}; expected {err.expected}") from err
        except (csv.Error, ValueError) as err:
            raise self._problem(member, f"is no CSV: {err}", "not-csv") from err


def _lines(text: TextIOWrapper) -> Iterator[str]:
    while line := text.readline(ITEM_BYTES):
        if len(line) >= ITEM_BYTES:
            raise ValueError(f"a line has more than {ITEM_BYTES} characters")
        yield line


class _Json:
    """The JSON of a member: what stands around it in a script is passed over, and how much was read is counted."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead = _without_assignment(stream.read(_AT_ONCE))
        #: Bytes since this was last set to 0.
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes; empty at the end, and where none are asked for."""
        if not self._ahead or size == 0:
            return b""
        data, self._ahead = self._ahead, self._stream.read(_AT_ONCE)
        if not self._ahead:
            data = data.rstrip().removesuffix(b";")
        self.since += len(data)
        if self.since > ITEM_BYTES:
            raise ValueError(f"one item has more than {ITEM_BYTES} bytes")
        return data or self.read()


def _without_assignment(head: bytes) -> bytes:
    """The bytes without ``window.YTD.tweets.part0 =`` before them, and without a byte order mark."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    name, sign, _ = head[:_ASSIGNMENT_BYTES].partition(b"=")
    words = name.removesuffix(b" ").split()
    if sign and words and len(words) <= 3 and name.lstrip()[:1] not in (b"{", b"[", b'"'):
        return head[len(name) + 1 :]
    return head


def _values(source: _Json, wanted: list[str]) -> Iterator[object]:
    """The values at a path, built one at a time; the rest is passed over unbuilt."""
    place: list[str] = []  # the way down to the present value: a key, or "item" inside a list
    builder: ijson.ObjectBuilder | None = None
    inside = 0  # how deep inside the value that is being built
    # Without use_float ijson's C backend crashes the interpreter over an integer of thousands of digits; with it a
    # number is what a double or 64 bits hold, and a larger one is an error.
    for event, value in ijson.basic_parse(source, use_float=True):
        if event in ("end_map", "end_array"):
            place.pop()
        elif event == "map_key":
            place[-1] = value
        if event.startswith("start_") and len(place) > DEPTH:
            raise ValueError(f"is nested more than {DEPTH} deep")
        if builder is None and place == wanted and event not in ("map_key", "end_map", "end_array"):
            builder = ijson.ObjectBuilder()
        if builder is not None:
            builder.event(event, value)
            inside += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
            if inside == 0:
                yield builder.value
                builder, source.since = None, 0
        else:
            source.since = 0
        if event == "start_map":
            place.append("")
        elif event == "start_array":
            place.append("item")

