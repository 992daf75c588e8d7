"""A table of a TOML file, read key by key: what is wrong, missing or unknown is told with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rollbook.errors import ConfigError


class Table:
    """A table whose readers name file and place when a value is wrong."""

    def __init__(self, file: Path, name: str, data: object) -> None:
        if not isinstance(data, dict):
            raise ConfigError("is not a table", file=file, place=name, expected=f"lines under {name}")
        self.file, self.name, self.data = file, name, data
        self.read: set[str] = set()

    def refuse(self, key: str, expected: str) -> ConfigError:
        """The error that names a key's value as wrong, or as missing, for the reader to raise."""
        problem = f"{key} = {self.data[key]!r} is not valid" if key in self.data else f"{key} is missing"
        return ConfigError(problem, file=self.file, place=self.name, expected=expected)

    def get(self, key: str, kind: type, expected: str, default: Any = None, *, required: bool = False) -> Any:
        """The value of a key, of one type, or the default. **Raises** ConfigError."""
        self.read.add(key)
        if key not in self.data:
            if required:
                raise self.refuse(key, expected)
            return default
        value = self.data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.refuse(key, expected)
        return value

    def texts(self, key: str, expected: str) -> tuple[str, ...]:
        """A list of texts, none of them empty. **Raises** ConfigError."""
        values = self.get(key, list, expected, [])
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.refuse(key, expected)
        return tuple(value.strip() for value in values)

    def finish(self) -> None:
        """**Raises** ConfigError for a key that nobody asked for: it is misspelled, or of another version."""
        for key in self.data:
            if key not in self.read:
                raise ConfigError(f"{key!r} is unknown", file=self.file, place=self.name,
                                  expected=", ".join(sorted(self.read)))
