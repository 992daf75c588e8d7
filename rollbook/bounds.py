"""What an owner's export may have, and how a file that has more is refused.

What a header says is held against what is read.
"""

from __future__ import annotations

import gzip
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, NoReturn

from rollbook.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GIB = 1024**3
#: A member's name, in characters; file systems end at 255 for each part.
NAME_CHARACTERS = 1024
#: How the libraries say that a file is not what it claims.
DAMAGED = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, struct.error)
#: How they break over headers that they do not foresee: a name that is no text, a number that is none, a version of
#: the format that does not exist, headers of headers without end.
UNFORESEEN = (ValueError, IndexError, NotImplementedError, RecursionError)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an export may have; beyond it the file is refused."""

    members: int = 200_000
    member_bytes: int = 8 * _GIB
    total_bytes: int = 200 * _GIB
    #: Unpacked to packed, asked above ``free_bytes``: JSON with long repeats comes to some fifty, a bomb to a thousand.
    ratio: int = 200
    free_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Container:
    """A file that was looked through: its members, and how one is opened."""

    path: Path
    #: Unpacked size by name, as the headers say.
    sizes: dict[str, int]
    #: Gives a stream that ends where the bounds do. **Raises** KeyError.
    open: Callable[[str], BinaryIO]


class Refuse:
    """Words the refusal of a file: which member, and which bound."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, problem: str, expected: str, member: str = "") -> NoReturn:
        """**Raises** ConfigError."""
        name = ascii(member)[1:-1]
        raise ConfigError(problem, file=self._path, place=name[:120], expected=expected)


class Bounded(RawIOBase):
    """A stream that refuses to give more than a bound."""

    def __init__(self, inner: IO[bytes], limit_bytes: int, refuse: Callable[[], NoReturn], *, at_once: int = 0) -> None:
        super().__init__()
        self._inner, self._limit, self._refuse, self._at_once = inner, limit_bytes, refuse, at_once
        self._place = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Reads on. **Raises** ConfigError beyond the bound."""
        if self._at_once and size > self._at_once:
            self._refuse()
        data = self._inner.read(size if size >= 0 else self._limit - self._place + 1)
        self._place += len(data)
        if self._place > self._limit:
            self._refuse()
        return data

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Reads into a buffer. **Raises** ConfigError beyond the bound."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def seekable(self) -> bool:
        """Wherever the stream inside is."""
        return self._inner.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Goes to a place."""
        self._place = self._inner.seek(offset, whence)
        return self._place

    def tell(self) -> int:
        """The place."""
        return self._place

    def close(self) -> None:
        """Closes the stream inside too."""
        self._inner.close()
        super().close()


def check_names(names: Iterable[str], refuse: Refuse) -> None:
    """Refuses names that lead out of a file, hold what no name holds, or come twice."""
    seen = set[str]()
    for name in names:
        parts = name.split("/")
        if name.startswith("/") or ".." in parts or "\\" in name or name[1:2] == ":":
            refuse("the member's name leads out of the archive", "names inside it", name)
        # Joiners and marks of direction belong to emoji and to some scripts: videos are named by their titles.
        if len(name) > NAME_CHARACTERS or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
            refuse("the member's name is none", f"at most {NAME_CHARACTERS} characters, no control characters", name)
        same = unicodedata.normalize("NFC", name)
        if same in seen:
            refuse("two members have this name", "each name once", name)
        seen.add(same)


def check_size(name: str, size: int, packed: int, bounds: Bounds, refuse: Refuse) -> None:
    """Refuses a member that is too large, or unpacks to too many times its size."""
    if not 0 <= size <= bounds.member_bytes:
        refuse(f"the member unpacks to {size} bytes", f"at most {bounds.member_bytes}", name)
    if size > bounds.free_bytes and size > packed * bounds.ratio:
        refuse(f"the member unpacks to {size} bytes, from {packed}", f"at most {bounds.ratio} times", name)
