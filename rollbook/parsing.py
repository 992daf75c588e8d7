"""Parse: what a recorded page yields, to see why a platform's page reads as it does. Nothing is stored or asked for.

A file that is no page of the network may be an owner's export, or a member of one: then its public part is read.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rollbook.containers import opened
from rollbook.errors import CollectError, ConfigError, PageError
from rollbook.formats import post_json
from rollbook.importing import Chosen, holds_answers, pages_of
from rollbook.members import OpenedExport
from rollbook.plugins import Collector, collectors
from rollbook.types import Account, Page, Parsed

#: ``Page.part`` of a page that comes from a file: a parser tells by its shape what it is.
PART = "file"
#: Stands for the account and the address where none is named.
_HANDLE, _URL = "recorded.example", "https://recorded.example/"
#: Larger files are exports, for ``rollbook import``.
_LARGEST_BYTES = 256 * 1024 * 1024
_CONTENT_TYPES = {".json": "application/json", ".html": "text/html", ".htm": "text/html", ".txt": "text/plain"}


def named(network: str) -> Collector:
    """The collector of a network. **Raises** ConfigError."""
    known = collectors()
    if network not in known:
        raise ConfigError(f"no collector reads {network!r}", expected=", ".join(sorted(known)))
    return known[network]


def recorded(network: str, file: Path, account: str = "", url: str = "") -> Page:
    """A file as the page that a visit would have captured. **Raises** ConfigError where it cannot be read."""
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise ConfigError(f"is larger than {_LARGEST_BYTES:,} bytes", file=file, expected="one recorded page")
        body = file.read_bytes()
    except OSError as err:
        raise ConfigError(f"cannot be read: {err.strerror}", file=file) from err
    url = url or _URL
    handle = url if network in ("feed", "website") else _HANDLE
    return Page(
        account=account or f"{network}:{handle}", part=PART, url=url, status=200,
        headers={"content-type": _CONTENT_TYPES.get(file.suffix.lower(), "application/xml")}, body=body,
        fetched_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
    )


def _within(files: Sequence[Path]) -> Iterator[Path]:
    """The files, and every file of the folders."""
    for file in files:
        yield from sorted(path for path in file.rglob("*") if path.is_file()) if file.is_dir() else [file]


def parse_files(
    network: str, files: Sequence[Path], write: Callable[[str], object], complain: Callable[[str], object], *,
    account: str = "", url: str = "",
) -> int:
    """Writes each post as a line of JSON, complains of each mark and error; returns how many complaints there were.

    **Raises** ConfigError.
    """
    plugin = named(network)
    if account and account.partition(":")[0] != network:
        raise ConfigError(f"--account {account!r} is not on {network}", expected=f"{network}:handle")
    complaints = 0
    for file in _within(files):
        try:
            for parsed in _read(plugin, recorded(network, file, account, url), file):
                for post in parsed.posts:
                    write(json.dumps(post_json(post), ensure_ascii=False))
                for item in parsed.marked:
                    complain(f"{file}: {item.where}: {item.problem}")
                complaints += len(parsed.marked)
        except CollectError as err:
            complain(f"{file}: {err.code}: {err}")
            complaints += 1
    return complaints


def _read(plugin: Collector, page: Page, file: Path) -> Iterator[Parsed]:
    """What the file yields as a page or, where it is none, as an export. **Raises** CollectError."""
    try:
        yield plugin.parse(page)
        return
    except PageError as err:
        if plugin.export is None:
            raise
        refused = err
    try:
        with opened(file) as container:
            names = frozenset(container.sizes)
            if not plugin.export.recognises(names) and not holds_answers(plugin.export, names):
                raise refused
            opened_file = OpenedExport(container, hashlib.sha256(page.body).hexdigest(), page.account)
            export = Chosen(Account(page.account, "district"), plugin, plugin.export, opened_file)
            for _, part in pages_of(export, page.fetched_at, Counter()):
                yield plugin.parse(part)
    except ConfigError as err:  # a hostile or damaged container
        raise PageError(str(err), account=page.account, place=page.part, code="export") from err
