"""Parse: what a recorded page yields, to see why a platform's page reads as it does. Nothing is stored or asked for.

A file is told by its content, not by its name: an answer, or what one is wrapped in; an owner's export, or one member
of it, of which the public part is read; a recording of the web.
"""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from rollbook.bounds import Container
from rollbook.containers import is_container, opened
from rollbook.errors import CollectError, ConfigError, PageError
from rollbook.formats import post_json
from rollbook.importing import Chosen, holds_answers, pages_of
from rollbook.members import OpenedExport
from rollbook.pages import mark
from rollbook.plugins import Collector, collectors
from rollbook.types import Account, Page, Parsed
from rollbook.unwrapping import PAGE_BYTES, plain, unwrapped
from rollbook.webarchives import Recording, warc_name

#: ``Page.part`` of a page that comes from a file: a parser tells by its shape what it is.
PART = "file"
#: Stands for the account and the address where none is named.
_HANDLE, _URL = "recorded.example", "https://recorded.example/"
_HEAD_BYTES = 512
_CONTENT_TYPES = {".json": "application/json", ".html": "text/html", ".htm": "text/html", ".txt": "text/plain"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command was asked for besides the files."""

    plugin: Collector
    #: Empty where none was named: then whoever's answer it is counts.
    account: str
    url: str

    def page(self, file: Path, body: bytes) -> Page:
        """A file as the page that a visit would have captured."""
        network, url = self.plugin.network, self.url or _URL
        handle = url if network in ("feed", "website") else _HANDLE
        return Page(
            account=self.account or f"{network}:{handle}", part=PART, url=url, status=200,
            headers={"content-type": _CONTENT_TYPES.get(file.suffix.lower(), "application/xml")}, body=body,
            fetched_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one answer of a file yields, and where in the file it stands."""

    parsed: Parsed
    place: str = ""
    #: What was passed over, and is no fault of the file.
    told: tuple[str, ...] = ()


def named(network: str) -> Collector:
    """The collector of a network. **Raises** ConfigError."""
    known = collectors()
    if network not in known:
        raise ConfigError(f"no collector reads {network!r}", expected=", ".join(sorted(known)))
    return known[network]


def parse_files(
    network: str, files: Sequence[Path], write: Callable[[str], object], complain: Callable[[str], object], *,
    account: str = "", url: str = "",
) -> int:
    """Writes each post as a line of JSON, complains of each mark and error; returns how many complaints there were.

    **Raises** ConfigError for a network or an account that is none.
    """
    asked = _Asked(named(network), account, url)
    if account and account.partition(":")[0] != network:
        raise ConfigError(f"--account {account!r} is not on {network}", expected=f"{network}:handle")
    complaints = 0
    for file in _within(files):
        posts = marks = 0
        try:
            for piece in _read(asked, file):
                for post in piece.parsed.posts:
                    write(json.dumps(post_json(post), ensure_ascii=False))
                for item in piece.parsed.marked:
                    complain(f"{file}: {piece.place}{item.where}: {item.problem}")
                for line in piece.told:
                    complain(f"{file}: {line}")
                posts += len(piece.parsed.posts)
                marks += len(piece.parsed.marked)
        except CollectError as err:
            complain(f"{file}: {err.code}: {err}")
            marks += 1
        except OSError:  # of writing, since what cannot be read is named: a pipe that was closed, a full disk
            raise
        except Exception as err:
            complain(f"{file}: defect: its reader failed: {type(err).__name__}: {err}; please report this")
            marks += 1
        if not (posts or marks):
            complain(f"{file}: was read, and holds no post")  # an empty list is an answer, not a fault
        complaints += marks
    return complaints


def _within(files: Sequence[Path]) -> Iterator[Path]:
    """The files, and every file of the folders."""
    for file in files:
        found = sorted(path for path in file.rglob("*") if path.is_file()) if file.is_dir() else []
        yield from found or [file]


# -- one file ----------------------------------------------------------------------------------------------------


def _read(asked: _Asked, file: Path) -> Iterator[_Piece]:
    """What a file yields as an answer or, where it is none, as an export. **Raises** CollectError."""
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):
            raise _refusal(asked, "not-a-file", "holds no file" if file.is_dir() else "is no file")
        with file.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        told = warc_name(head)
        if told or is_container(file, head):
            yield from _exported(asked, file, None, told)
        elif about.st_size > PAGE_BYTES:
            yield from _exported(asked, file, None, file.name)
        else:
            yield from _answers(asked, file, file.read_bytes())
    except OSError as err:
        raise _refusal(asked, "not-a-file", f"cannot be read: {err.strerror}") from err


def _refusal(asked: _Asked, code: str, cause: str) -> PageError:
    return PageError(cause, account=asked.account or asked.plugin.network, code=code)


def _answers(asked: _Asked, file: Path, body: bytes) -> Iterator[_Piece]:
    pages = unwrapped(asked.page(file, body))
    if len(pages) > 1:
        yield from (_one(asked, number, page) for number, page in enumerate(pages, 1))
        return
    page = plain(pages[0])
    if page.status != 200:
        raise PageError(f"the answer has the status {page.status}", account=page.account, code=f"http-{page.status}")
    try:
        yield _Piece(asked.plugin.parse(page))
    except PageError:
        name = _member(asked.plugin, file.name, page.body)
        if not name:
            raise
        yield from _exported(asked, file, page.body, name)


def _member(plugin: Collector, name: str, content: bytes) -> str:
    """The name that a file has in an export of the network; empty where it is in none."""
    if plugin.export is None:
        return ""
    return name if plugin.export.recognises(frozenset((name,))) else plugin.export.name_for(content)


def _one(asked: _Asked, number: int, page: Page) -> _Piece:
    """One of several answers: what it is not is marked, and the others go on."""
    place = f"answer {number}: "
    try:
        if page.status != 200:
            raise PageError("is no good answer", account=page.account, code=f"http-{page.status}")
        return _Piece(asked.plugin.parse(plain(page)), place)
    except PageError as err:
        return _Piece(Parsed(marked=(mark(err, page.part),)), place)


# -- an export, or one member of it --------------------------------------------------------------------------------


def _exported(asked: _Asked, file: Path, body: bytes | None, name: str) -> Iterator[_Piece]:
    """The public part of an export; a single file is its member of that name. **Raises** CollectError."""
    plugin, page = asked.plugin, asked.page(file, b"")
    try:
        with opened(file) as whole:
            container = _renamed(whole, body, name) if name else whole
            names = frozenset(container.sizes)
            if plugin.export is None or not (plugin.export.recognises(names) or holds_answers(plugin.export, names)):
                problem = f"is larger than {PAGE_BYTES:,} bytes, and" if name else "is an archive, and"
                raise _refusal(asked, "not-an-export", f"{problem} no export of {plugin.network} that is read")
            # Nothing of it is kept, so that it needs no name by its hash.
            opened_file = OpenedExport(container, "", page.account)
            recording = Recording(opened_file) if holds_answers(plugin.export, names) else None
            account = Account(page.account, "district")
            export = Chosen(account, plugin, plugin.export, opened_file, recording=recording)
            yield from _portions(asked, export, page.fetched_at)
    except ConfigError as err:  # a hostile or damaged container
        raise PageError(str(err), account=page.account, place=page.part, code="export") from err
    except CollectError as err:
        if err.code != "foreign-id" or asked.account:
            raise
        cause = f"{err.cause}: say whose it is with --account"
        raise PageError(cause, account=err.account, place=err.place, code=err.code) from err


def _renamed(whole: Container, body: bytes | None, name: str) -> Container:
    """A single file under the name that it has in an export."""
    (own,) = whole.sizes

    def content(_name: str) -> BinaryIO:
        return whole.open(own) if body is None else BytesIO(body)

    return replace(whole, sizes={name: whole.sizes[own] if body is None else len(body)}, open=content)


def _portions(asked: _Asked, export: Chosen, at: datetime) -> Iterator[_Piece]:
    """What the pages of an export yield; of a recording also what was passed over. **Raises** CollectError."""
    passed_over, pages = Counter[str](), 0
    for _, page in pages_of(export, at, passed_over):
        pages += 1
        try:
            yield _Piece(asked.plugin.parse(page))
        except PageError as err:
            yield _Piece(Parsed(marked=(mark(err, page.part),)))
    told = tuple(f"{count} recorded answers {why}" for why, count in sorted(passed_over.items()))
    if told and not pages:
        raise _refusal(asked, "foreign-id", f"none of its answers is one of {export.account.key}: {'; '.join(told)}")
    yield _Piece(Parsed(), told=told)
