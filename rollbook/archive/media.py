"""Pictures and other media, each kept once under the SHA-256 of its bytes.

Bytes arrive in ``media/incoming/`` and move to their place when the ledger has acknowledged them, so that a run killed
at any moment leaves nothing that the ledger does not know.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from rollbook.errors import ArchiveError


class MediaStore:
    """The folder ``media/``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.incoming = folder / "incoming"
        self._waiting: set[str] = set()

    def path(self, sha256: str) -> Path:
        """Where the bytes of a digest lie."""
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def put(self, data: bytes) -> str:
        """Takes bytes in, synced, and returns their digest; ``settle`` moves them once they are acknowledged."""
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 in self._waiting or self.path(sha256).exists():
            return sha256
        self.incoming.mkdir(parents=True, exist_ok=True)
        with (self.incoming / sha256).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self._waiting.add(sha256)
        return sha256

    def settle(self, sha256: str) -> None:
        """Moves acknowledged bytes to their place. **Raises** ArchiveError where they are missing."""
        target = self.path(sha256)
        source = self.incoming / sha256
        self._waiting.discard(sha256)
        if target.exists():
            source.unlink(missing_ok=True)
            return
        if not source.exists():
            raise ArchiveError(f"{target}: the media file is missing; run `rollbook verify`")
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)

    def sweep(self) -> None:
        """Drops what a killed run had taken in and never acknowledged; only after recovery."""
        if self.incoming.is_dir():
            for path in self.incoming.iterdir():
                path.unlink()
        self._waiting.clear()

    def read(self, sha256: str) -> bytes:
        """The bytes of a digest. **Raises** ArchiveError where they are missing or are not those bytes."""
        try:
            data = self.path(sha256).read_bytes()
        except OSError as err:
            raise ArchiveError(f"{self.path(sha256)}: cannot be read: {err.strerror}; run `rollbook verify`") from err
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveError(f"{self.path(sha256)}: is not what its name says; run `rollbook verify`")
        return data
