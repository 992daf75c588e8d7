"""What the export is that an owner downloads from a network, and how a collector says which of it is public.

A reader names every member that it opens, so private messages, contacts and advertising data are never read in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from rollbook.formats import canonical
from rollbook.types import Account, Media, Page, Post

if TYPE_CHECKING:
    from rollbook.http import Door
    from rollbook.plugins import Visit


#: In ``Page.context``: when somebody recorded the page, by the recording's own word; the page counts from then.
RECORDED = "recorded_at"
#: What stands before an id that Rollbook made, after the network's name.
MADE = "export:"


def made_id(network: str, made_at: datetime, text: str, media: Iterable[Media]) -> str:
    """An id where an export tells none: the post's second, and a short hash of its words and of its files' names."""
    files = [PurePosixPath(item.url or "").name for item in media]
    digest = hashlib.sha256(canonical([text, files])).hexdigest()[:12]
    return f"{network}:{MADE}{int(made_at.timestamp())}-{digest}"


def is_made(post: str) -> bool:
    """Whether the id of a post was made for want of the network's own."""
    return post.partition(":")[2].startswith(MADE)


@dataclass(frozen=True, slots=True)
class Portion:
    """Public items of an export, as they stood in one of its members; they become the bodies of pages."""

    #: ``Page.part`` of those pages, for ``parse``: "export:posts".
    part: str
    #: The member's name inside the export.
    member: str
    #: JSON values as they come, read once before the next portion is asked for; pages hold some of them each.
    items: Iterable[object]
    #: What ``parse`` needs besides.
    context: Mapping[str, str] = field(default_factory=dict)


class ExportFile(Protocol):
    """An export that an owner downloaded: only members that a reader names are ever opened."""

    @property
    def names(self) -> frozenset[str]:
        """The names of all members, folders left out."""
        ...

    @property
    def document(self) -> bytes:
        """What ``Export.document`` gave; empty where a network has none."""
        ...

    def values(self, member: str, path: str = "item") -> Iterator[object]:
        """The JSON values at a path (as ijson has it) of one member, as a stream. **Raises** PageError.

        A script's assignment before the JSON is passed over.
        """
        ...

    def rows(self, member: str) -> Iterator[Mapping[str, str]]:
        """The rows of a CSV member. **Raises** PageError."""
        ...

    def whole(self, member: str, *, limit_bytes: int) -> bytes:
        """All bytes of one member. **Raises** TooLarge, PageError."""
        ...


@dataclass(frozen=True, slots=True)
class Export:
    """How the export that an owner downloads from a network is read: its public posts, nothing else."""

    #: Whether a file with these members is such an export.
    recognises: Callable[[frozenset[str]], bool] = lambda names: False
    #: Gives the public items, portion by portion. **Raises** CollectError where it is another account's.
    read: Callable[[ExportFile, Account], Iterator[Portion]] = lambda export, account: iter(())
    #: The member that holds the bytes of a post's picture; empty where the export has none.
    member_of: Callable[[ExportFile, Post, Media], str] = lambda export, post, media: ""
    #: The name under which such an export holds a member with this content, empty where it is none: a member that
    #: lies by itself, under whatever name, is read as in its export.
    name_for: Callable[[bytes], str] = lambda content: ""
    #: Gives what the file's signature is checked against, as JSON: the account's public document, asked from the
    #: network before the file is read. None where exports of this network are not signed.
    document: Callable[[Visit, Door], bytes] | None = None
    #: Whether an answer of the network that somebody else recorded (WARC) is this account's: the page as ``parse``
    #: reads it, or None.
    recorded: Callable[[Page, Account], Page | None] | None = None
    #: Whether it says of each post who could see it. Where it does not, a registered account's posts count as public,
    #: and the import tells so.
    tells_audience: bool = True
