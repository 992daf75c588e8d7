"""Import: takes in the export that an account's owner downloaded from a network.

The file is read twice. The first reading takes nothing in: a hostile, damaged or foreign file is refused before a byte
of it is written. The second takes its public posts in through the same code as a visit. A file that was taken in
before adds nothing, and one whose import was killed goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rollbook.archive.archive import Archive
from rollbook.archive.posts import export_page, export_taken
from rollbook.archive.schema import stamp
from rollbook.containers import opened
from rollbook.errors import CollectError, ConfigError, PageError, RollbookError
from rollbook.exports import RECORDED, Export
from rollbook.http import MEDIA_BYTES, Door
from rollbook.members import OpenedExport
from rollbook.pages import read_time
from rollbook.plugins import Collector, Visit, collectors
from rollbook.taking import Kept, Outcome, Taking
from rollbook.types import Account, Media, Page, Post
from rollbook.webarchives import Answer, Recording, web_archives
from rollbook.workspace import Workspace

#: How many items one page of an export holds at most, and about how many bytes.
ITEMS, PAGE_BYTES = 200, 8 * 1024 * 1024
#: What a public document about an account's keys may have.
DOCUMENT_BYTES = 1024 * 1024
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """An owner's export that was looked through and may be taken in."""

    account: Account
    plugin: Collector
    export: Export
    file: OpenedExport
    #: How many pages it makes.
    pages: int = 0
    #: What was recorded, where it is no export but a recording of the web.
    recording: Recording | None = None


def holds_answers(export: Export, names: frozenset[str]) -> bool:
    """Whether a file with these members holds answers of the network that somebody recorded."""
    return export.recorded is not None and bool(web_archives(names))


@contextmanager
def chosen(workspace: Workspace, path: Path, key: str, document: Path | None = None) -> Iterator[Chosen]:
    """Looks an export through and reads it once, taking nothing in. **Raises** ConfigError, CollectError."""
    account = workspace.register.get(key)
    if account is None:
        raise ConfigError(f"{key!r} is not in the register", expected="the key of a row of accounts.csv")
    plugin = collectors().get(account.network)
    if plugin is None or plugin.export is None:
        able = ", ".join(name for name, one in collectors().items() if one.export is not None)
        raise ConfigError(f"no export of {account.network!r} is read", expected=f"an account of {able}")
    with opened(path) as container:
        names = frozenset(container.sizes)
        recorded = holds_answers(plugin.export, names)
        if not recorded and web_archives(names):
            raise ConfigError(
                f"is a recording of the web; of {account.network} none is read", file=path,
                expected="the owner's own export: what a browser was shown there is the network's inner work, mostly "
                "behind a login",
            )
        if not recorded and not plugin.export.recognises(names):
            expected = "the file as its owner downloaded it, not unpacked or packed anew"
            if _is_for_reading(names):
                expected = "the export in JSON: this one is in HTML, which networks give where nobody chose"
            raise ConfigError(f"is no export of {account.network} that is read", file=path, expected=expected)
        public = b"" if recorded else _document(workspace, account, plugin.export, document)
        file = OpenedExport(container, _sha256(path), key, public)
        export = Chosen(account, plugin, plugin.export, file, recording=Recording(file) if recorded else None)
        try:
            pages = sum(1 for _ in pages_of(export, datetime.now(UTC), Counter()))
        except CollectError as err:
            expected = f"an export of {key} as it was downloaded"
            raise ConfigError(err.cause, file=path, place=err.place, expected=expected) from err
        except RollbookError:
            raise
        except Exception as err:  # a defect in one reader is told, not shown as a page of Python
            words = f"its reader failed: {type(err).__name__}: {err}; please report this. Nothing was taken in"
            raise CollectError(words, account=key, place=path.name, code="defect") from err
        yield replace(export, pages=pages)


def _is_for_reading(names: frozenset[str]) -> bool:
    """Whether a file holds web pages for a person and nothing for a program."""
    endings = {name.rpartition(".")[2].lower() for name in names}
    return "html" in endings and not endings & {"json", "js", "csv"}


def _document(workspace: Workspace, account: Account, export: Export, document: Path | None) -> bytes:
    if export.document is None:
        if document is not None:
            raise ConfigError(f"exports of {account.network} are not signed", expected="no --did-document")
        return b""
    if document is None:
        visit = Visit(account, {}, None, workspace.collect.networks.get(account.network, {}))
        with Door(workspace.collect) as door:
            return export.document(visit, door)
    try:
        data = document.read_bytes()[: DOCUMENT_BYTES + 1]
    except OSError as err:
        raise ConfigError(f"cannot be read: {err.strerror}", file=document, expected="a DID document") from err
    if len(data) > DOCUMENT_BYTES:
        raise ConfigError("is too large", file=document, expected=f"at most {DOCUMENT_BYTES} bytes")
    return data


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_AT_ONCE):
            digest.update(data)
    return digest.hexdigest()


# -- pages -------------------------------------------------------------------------------------------------------


def pages_of(chosen: Chosen, at: datetime, passed_over: Counter[str]) -> Iterator[tuple[str, Page]]:
    """The pages of an export, each with the name of its source; answers of others are counted in ``passed_over``."""
    file, export, account = chosen.file, chosen.export, chosen.account
    if chosen.recording is not None and export.recorded is not None:
        for member, answer in chosen.recording.answers(passed_over):
            page = export.recorded(_recorded(answer, account, at), account)
            if page is None:
                passed_over["are no pages of this account that are read"] += 1
            else:
                yield file.source(member), page
        return
    for portion in export.read(file, account):
        source = file.source(portion.member)
        for body in _bodies(portion.items):
            yield source, Page(account.key, portion.part, source, 200, {}, body, at, dict(portion.context))


def _recorded(answer: Answer, account: Account, at: datetime) -> Page:
    """A recorded answer as a page of its own day, by the file's word; of today where it says none, or a later one."""
    told_at = read_time(answer.recorded_at)
    fetched_at = min(told_at, at).astimezone(UTC) if told_at else at
    context = {RECORDED: answer.recorded_at}
    return Page(account.key, "recorded", answer.url, 200, answer.headers, answer.body, fetched_at, context)


def _bodies(values: Iterable[object]) -> Iterator[bytes]:
    """Items as the bodies of pages, neither too many nor too large in one; those of one page are held at a time."""
    items: list[object] = []
    size = 0
    for item in values:
        own = len(json.dumps(item))
        if items and (len(items) >= ITEMS or size + own > PAGE_BYTES):
            yield _body(items)
            items, size = [], 0
        items.append(item)
        size += own
    if items:
        yield _body(items)


def _body(items: Sequence[object]) -> bytes:
    try:
        return json.dumps(items, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can spell
        return json.dumps(items, allow_nan=False).encode()


# -- taking in ---------------------------------------------------------------------------------------------------


def take(
    archive: Archive, export: Chosen, run: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    tell: Callable[[int, int], None] = lambda done, pages: None,
) -> Outcome:
    """Takes an export in; ``tell`` hears of each page. **Raises** ArchiveError."""
    return _Importer(archive, export, clock).run(run, tell)


class _Importer:
    """The import of one export."""

    def __init__(self, archive: Archive, export: Chosen, clock: Callable[[], datetime]) -> None:
        self._archive, self._export, self._clock = archive, export, clock
        now = clock()
        self.outcome = Outcome(export.account, now, now)
        self._taking = Taking(archive, self.outcome, self._fetch, exported=True)
        self._kept = 0

    def run(self, run: str, tell: Callable[[int, int], None]) -> Outcome:
        """Takes every page in, each acknowledged before the next, and records how it went."""
        outcome, export, passed_over = self.outcome, self._export, Counter[str]()
        try:
            for source, page in pages_of(export, outcome.began_at, passed_over):
                self._page(source, page)
                tell(outcome.pages, export.pages)
            outcome.marked += [f"{count:,} recorded answers {why}" for why, count in sorted(passed_over.items())]
        except CollectError as err:  # the file changed since it was looked through
            outcome.code, outcome.problem = err.code, str(err)
        except RollbookError:
            raise
        except Exception as err:  # what was taken in before is acknowledged, and how it ended is too
            outcome.code = "defect"
            outcome.problem = f"its reader failed: {type(err).__name__}: {err}; please report this"
        outcome.end(self._clock())
        self._note(run)
        return outcome

    def _page(self, source: str, page: Page) -> None:
        self.outcome.pages += 1
        digest = hashlib.sha256(page.body).hexdigest()
        with self._archive.store.begin() as connection:
            held = export_page(connection, page, source, digest)
        # A page that was taken in before counts from then: the same file again is no news.
        record_id, fetched_at = held or (self._archive.record_export(page, source), page.fetched_at)
        try:
            self._taking.page(self._export.plugin, replace(page, record_id=record_id, fetched_at=fetched_at))
        except PageError as err:
            self.outcome.marked.append(f"{page.part}: {err.place}: {err.cause}")
        self._taking.commit()

    def _fetch(self, post: Post, media: Media, page: Page) -> Kept:
        export = self._export
        if export.recording is not None:
            return self._recorded_file(export.recording, media, page)
        member = export.export.member_of(export.file, post, media)
        if not member:
            raise PageError("the export does not hold this file", account=post.account, code="not-in-export")
        body = export.file.whole(member, limit_bytes=MEDIA_BYTES)
        self._kept += 1
        return Kept(body, mimetypes.guess_type(member)[0] or "", page.record_id)

    def _recorded_file(self, recording: Recording, media: Media, page: Page) -> Kept:
        answer = recording.shown_at(media.url or "", MEDIA_BYTES)
        if answer is None:
            raise PageError("the file was not recorded", account=page.account, code="not-in-export")
        self._kept += 1
        mime = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Kept(answer.body, mime, page.record_id)

    def _note(self, run: str) -> None:
        """Records how it went, where it brought anything or was never read to its end before."""
        outcome, sha256 = self.outcome, self._export.file.sha256
        with self._archive.store.begin() as connection:
            taken = export_taken(connection, outcome.account.key, sha256)
        if taken and not (outcome.new or outcome.edited or outcome.noted or self._kept or outcome.code):
            return
        self._archive.add({
            "kind": "import", "run": run, "account": outcome.account.key, "sha256": sha256,
            "began_at": stamp(outcome.began_at), "ended_at": stamp(outcome.ended_at), "code": outcome.code,
            "problem": outcome.problem, "pages": outcome.pages, "new": outcome.new, "edited": outcome.edited,
            "noted": outcome.noted, "media_failed": outcome.media_failed, "marked": outcome.marked,
        })
        self._taking.commit()
