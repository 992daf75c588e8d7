"""The files that an owner's export comes in: zip, tar and single files, looked through before one member is opened.

What an honest export never has is refused by its headers alone: names that lead out of it, links and devices, members
that unpack to many times their size, are encrypted or share a name.
"""

from __future__ import annotations

import gzip
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, NoReturn, cast

from rollbook.bounds import DAMAGED, UNFORESEEN, Bounded, Bounds, Container, Refuse, check_names, check_size
from rollbook.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: The most that a reader of tar headers may ask for at once: a name that long is none.
HEADER_BYTES = 1024 * 1024
#: How many places in a packed tar file are remembered.
IDLE = 3
#: Where a zip file's directory is looked for. **Source**: APPNOTE.TXT 4.3.16: 22 bytes and a comment, after the
#: wide directory's 76.
_END_BYTES = 22 + 65_535 + 128
#: What a member takes in a zip file's directory on average, in bytes; without a name it is 46.
_ENTRY_BYTES = 200
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _DIRECTORY_ENCRYPTED = 0x1, 0x2000


@contextmanager
def opened(path: Path, bounds: Bounds | None = None) -> Iterator[Container]:
    """Looks a file through and opens it. **Raises** ConfigError, naming the member and the bound."""
    with ExitStack() as held:
        yield _look_through(path, bounds or Bounds(), Refuse(path), held)


def is_container(path: Path, head: bytes) -> bool:
    """Whether a file with these first bytes (512 are enough) holds others."""
    return head.startswith(_ZIP) or _is_tar(path, head)


def _look_through(path: Path, bounds: Bounds, refuse: Refuse, held: ExitStack) -> Container:
    try:
        file = held.enter_context(path.open("rb"))
        head = file.read(512)
        file.seek(0)
        if head.startswith(_ZIP):
            return _zip(path, file, bounds, refuse, held)
        if _is_tar(path, head):
            return _tar(path, bounds, refuse, held, packed=head.startswith(b"\x1f\x8b"))
        size = path.stat().st_size
        if size > bounds.member_bytes:
            refuse(f"has {size} bytes", f"at most {bounds.member_bytes}")
        return Container(path, {path.name: size}, lambda _name: path.open("rb"))
    except (*DAMAGED, *UNFORESEEN) as err:
        refuse(f"is damaged: {' '.join(str(err).split())[:120]}", "the file as it was downloaded")
    except OSError as err:
        raise ConfigError(f"cannot be read: {err.strerror or err}", file=path, expected="an export's file") from err


# -- zip ---------------------------------------------------------------------------------------------------------


def _zip(path: Path, file: BinaryIO, bounds: Bounds, refuse: Refuse, held: ExitStack) -> Container:
    _check_directory(file, path.stat().st_size, bounds, refuse)
    archive = held.enter_context(zipfile.ZipFile(file))
    members = [info for info in archive.infolist() if not info.is_dir()]
    check_names([info.orig_filename.removesuffix("/") for info in archive.infolist()], refuse)
    for info in archive.infolist():
        _check_zip_member(info, bounds, refuse)
    total = sum(info.file_size for info in members)
    if total > bounds.total_bytes:
        refuse(f"unpacks to {total} bytes", f"at most {bounds.total_bytes}")
    end = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if info.header_offset < end:
            refuse("the member lies inside another one", "members one after the other", info.filename)
        end = info.header_offset + info.compress_size
    by_name = {info.filename: info for info in members}

    def open_member(name: str) -> BinaryIO:
        info = by_name[name]
        said = info.file_size
        try:
            inner = archive.open(info)
        except UNFORESEEN as err:  # what stands before the member itself is looked at now
            raise zipfile.BadZipFile(str(err)[:120]) from err
        return _stream(inner, said, lambda: refuse("holds more than its header says", f"{said} bytes", name))

    return Container(path, {name: info.file_size for name, info in by_name.items()}, open_member)


def _check_zip_member(info: zipfile.ZipInfo, bounds: Bounds, refuse: Refuse) -> None:
    name, mode = info.filename, info.external_attr >> 16
    if info.flag_bits & (_ENCRYPTED | _DIRECTORY_ENCRYPTED):
        refuse("the member is encrypted", "an export without a password", name)
    if info.compress_type not in _PACKING:
        refuse(f"the member is packed by method {info.compress_type}", "stored or deflated members", name)
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        refuse("the member is a link or a device", "files and folders", name)
    check_size(name, info.file_size, info.compress_size, bounds, refuse)


def _check_directory(file: BinaryIO, size: int, bounds: Bounds, refuse: Refuse) -> None:
    """Looks at how many members the directory claims before it is read. **Source**: APPNOTE.TXT 4.3.14, 4.3.16."""
    file.seek(max(0, size - _END_BYTES))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        refuse("the zip file's directory is missing", "the file as it was downloaded")
    count, directory_bytes = struct.unpack("<HL", tail[at + 10 : at + 16])
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if wide >= 0 and len(tail) - wide >= 56:
        count, directory_bytes = struct.unpack("<QQ", tail[wide + 32 : wide + 48])
    if count > bounds.members or min(directory_bytes, size) > bounds.members * _ENTRY_BYTES:
        refuse(f"has {count} members in a directory of {directory_bytes} bytes", f"at most {bounds.members}")
    file.seek(0)


def _stream(inner: IO[bytes], limit_bytes: int, refuse: Callable[[], NoReturn]) -> BinaryIO:
    return BufferedReader(Bounded(inner, limit_bytes, refuse), 65_536)


# -- tar ---------------------------------------------------------------------------------------------------------


def _is_tar(path: Path, head: bytes) -> bool:
    if head.startswith(b"\x1f\x8b"):
        return path.name.lower().endswith((".tar.gz", ".tgz"))
    return head[257:262] == b"ustar" or path.name.lower().endswith(".tar")


def _tar(path: Path, bounds: Bounds, refuse: Refuse, held: ExitStack, *, packed: bool) -> Container:
    size = path.stat().st_size
    limit = max(bounds.free_bytes, size * bounds.ratio) if packed else size
    limit = min(limit, bounds.total_bytes)

    def too_much() -> NoReturn:
        refuse(f"unpacks to more than {limit} bytes, or has a header of more than {HEADER_BYTES}", "an honest archive")

    def unpacked(at_once: int = 0) -> BinaryIO:
        inner: IO[bytes] = gzip.GzipFile(path, "rb") if packed else path.open("rb")  # type: ignore[assignment]
        return cast("BinaryIO", Bounded(inner, limit, too_much, at_once=at_once))

    members = dict[str, tarfile.TarInfo]()
    names = list[str]()
    with unpacked(HEADER_BYTES) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        for count, info in enumerate(archive, 1):
            if count > bounds.members:
                refuse("has too many members", f"at most {bounds.members}")
            if not (info.isfile() or info.isdir()) or info.issparse():
                refuse("the member is a link or a device", "files and folders", info.name)
            names.append(info.name.removeprefix("./"))
            if info.isfile():
                check_size(info.name, info.size, size, bounds, refuse)
                members[info.name.removeprefix("./")] = info
    check_names([name for name in names if name not in ("", ".")], refuse)

    idle: list[BinaryIO] = []  # going back in a packed archive means unpacking it from its beginning again

    def open_member(name: str) -> BinaryIO:
        info = members[name]
        before = [stream for stream in idle if stream.tell() <= info.offset_data]
        stream = max(before, key=lambda stream: stream.tell(), default=None) or unpacked()
        if stream in idle:
            idle.remove(stream)
        stream.seek(info.offset_data)
        return BufferedReader(_Part(stream, info.size, idle), 65_536)

    held.callback(lambda: [stream.close() for stream in idle])
    return Container(path, {name: info.size for name, info in members.items()}, open_member)


class _Part(RawIOBase):
    """Some bytes of a stream, from its present place on; closed, it leaves the stream to the next part."""

    def __init__(self, inner: BinaryIO, size: int, idle: list[BinaryIO]) -> None:
        super().__init__()
        self._inner, self._left, self._idle = inner, size, idle

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Reads on, to the part's end."""
        view = memoryview(buffer).cast("B")
        data = self._inner.read(min(len(view), self._left))
        if not data and self._left and len(view):
            raise EOFError("the archive ends inside a member")
        self._left -= len(data)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Leaves the stream to whoever reads on; a few are kept."""
        if not self.closed and not self._inner.closed:
            self._idle.append(self._inner)
            if len(self._idle) > IDLE:
                self._idle.pop(0).close()
        super().close()
