"""What the export is that an owner downloads from a network, and how a collector says which of it is public.

A reader names every member that it opens, so private messages, contacts and advertising data are never read in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rollbook.types import Account, Media, Post


@dataclass(frozen=True, slots=True)
class Portion:
    """Some public items of an export, as they stood in one of its members; they become the body of one page."""

    #: ``Page.part`` of that page, for ``parse``: "export:posts".
    part: str
    #: The member's name inside the export.
    member: str
    #: JSON values; the page's body is this list.
    items: Sequence[object]
    #: What ``parse`` needs besides.
    context: Mapping[str, str] = field(default_factory=dict)


class ExportFile(Protocol):
    """An export that an owner downloaded: only members that a reader names are ever opened."""

    @property
    def names(self) -> frozenset[str]:
        """The names of all members, folders left out."""
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
    recognises: Callable[[frozenset[str]], bool]
    #: Gives the public items, portion by portion. **Raises** CollectError where it is another account's.
    read: Callable[[ExportFile, Account], Iterator[Portion]]
    #: The member that holds the bytes of a post's picture; empty where the export has none.
    member_of: Callable[[ExportFile, Post, Media], str] = lambda export, post, media: ""
