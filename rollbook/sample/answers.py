"""What the stand-ins are asked and what they answer, whatever the network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """One GET request."""

    path: str
    #: In the order of the address; a name may stand twice.
    query: tuple[tuple[str, str], ...]
    #: Names in lower case.
    headers: Mapping[str, str]

    def get(self, name: str, default: str = "") -> str:
        """The first value of a parameter."""
        return next((value for key, value in self.query if key == name), default)

    def every(self, *names: str) -> list[str]:
        """All values of a parameter, under any of its spellings."""
        return [value for key, value in self.query if key in names]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a stand-in answers."""

    body: bytes
    type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


#: What answers for one host.
Respond = Callable[[Asked], Answer]


def as_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(body, "application/json; charset=utf-8", status, headers or {})


def as_http_date(moment: datetime) -> str:
    """A time as HTTP headers carry it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
