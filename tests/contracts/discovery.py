"""Google's discovery document of the YouTube Data API v3: what each method takes, and what its answers are made of.

It is read out of google-api-python-client, which tests/servers/install.sh fetches. Where that cannot be done
``EXCERPT`` stands in, which tests/collectors/test_youtube_contract.py holds against the document.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.contracts.youtube_excerpt import METHODS, SCHEMAS
from tests.installing import install, lacking

NAME = "youtube_document"
#: What YouTube has been seen to answer though its document does not list it: for a video that was removed.
OBSERVED = {"PlaylistItemStatus.privacyStatus": ("privacyStatusUnspecified",)}
#: Parameters of every method that the collector may send.
GENERAL = ("key",)
_KIND = re.compile(r"(?P<type>[\w.]+)(?: (?P<format>[a-z][a-z0-9-]+))?(?: (?P<least>\d+)\.\.(?P<most>\d+))?(?: of (?P<choices>\S+))?")


@dataclass(frozen=True)
class Kind:
    """What a parameter or a field may hold: a type of JSON, or the name of a schema."""

    type: str
    format: str = ""
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    repeated: bool = False
    required: bool = False

    def breaches(self, value: Any, place: str, document: Document) -> Iterator[str]:
        """What is wrong with a value of an answer."""
        if self.repeated:
            if not isinstance(value, list):
                yield f"{place} is no list"
                return
            for number, inner in enumerate(value):
                yield from self._one(inner, f"{place}[{number}]", document)
        else:
            yield from self._one(value, place, document)

    def _one(self, value: Any, place: str, document: Document) -> Iterator[str]:
        if self.type in document.schemas:
            yield from document.breaches(value, self.type, place)
            return
        types: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "number": float, "object": dict}
        if not isinstance(value, types[self.type]) or (self.type == "integer" and isinstance(value, bool)):
            yield f"{place} is {value!r}, no {self.type}"
        elif self.choices and value not in self.choices:
            yield f"{place} is {value!r}, none of {', '.join(self.choices)}"
        elif self.format == "uint64" and not value.isdecimal():
            yield f"{place} is {value!r}, no number"
        elif self.format == "uint32" and value < 0:
            yield f"{place} is {value}, below 0"
        elif self.format == "date-time" and not _is_time(value):
            yield f"{place} is {value!r}, no time"

    def refuses(self, words: Sequence[str]) -> str:
        """What is wrong with what a parameter was given; empty where nothing is."""
        if len(words) > 1 and not self.repeated:
            return "is given twice"
        if self.type == "integer":
            inside = words[0].isdecimal() and (self.least or 0) <= int(words[0]) <= (self.most or 2**32)
            return "" if inside else f"is {words[0]}, no number from {self.least} to {self.most}"
        if self.type == "boolean" and words[0] not in ("true", "false"):
            return f"is {words[0]}, neither true nor false"
        said = {part for word in words for part in (word.split(",") if self.repeated else [word])}
        if "" in said:
            return "is empty"
        return f"is {words[0]}, none of {', '.join(self.choices)}" if self.choices and not said <= set(self.choices) else ""


@dataclass(frozen=True)
class Method:
    """One method: where it lies, its parameters, and the schema of its answer; none where it gives a file."""

    path: str
    parameters: Mapping[str, Kind]
    answer: str = ""


@dataclass(frozen=True)
class Document:
    """The methods by their names, as "videos.list", and the schemas."""

    methods: Mapping[str, Method]
    schemas: Mapping[str, Mapping[str, Kind]]

    def method(self, path: str) -> tuple[str, dict[str, list[str]]]:
        """Which method lies at a path, and the parameters that stand in the path. **Raises** AssertionError."""
        for name, method in self.methods.items():
            found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", f"/{method.path}"), path)
            if found:
                return name, {key: [value] for key, value in found.groupdict().items()}
        raise AssertionError(f"{path} is no method that the document has")

    def check_request(self, path: str, query: Mapping[str, Sequence[str]]) -> str:
        """The method of a request that the document allows. **Raises** AssertionError."""
        name, given = self.method(path)
        told = self.methods[name].parameters
        given |= {key: list(values) for key, values in query.items() if key not in GENERAL}
        assert set(given) <= set(told), f"{name} takes no {sorted(set(given) - set(told))}"
        lacks = {key for key, kind in told.items() if kind.required} - set(given)
        assert not lacks, f"{name} lacks {sorted(lacks)}"
        for key, words in given.items():
            problem = told[key].refuses(words)
            assert not problem, f"{name}: {key} {problem}"
        self._check_parts(name, given.get("part", []))
        return name

    def _check_parts(self, name: str, parts: Sequence[str]) -> None:
        """The document tells the values of ``part`` in words only: they are the fields of what is listed."""
        answer = self.methods[name].answer
        if parts:
            known = set(self.schemas[self.schemas[answer]["items"].type])
            assert set(",".join(parts).split(",")) <= known, f"{name}: part is {','.join(parts)}"

    def check_answer(self, name: str, answer: Any) -> None:
        """**Raises** AssertionError where an answer is not what the document says of this method."""
        problems = list(self.breaches(answer, self.methods[name].answer, name))
        assert not problems, "; ".join(problems)

    def breaches(self, value: Any, schema: str, place: str) -> Iterator[str]:
        """What is wrong with an object, in the eyes of a schema."""
        if not isinstance(value, dict):
            yield f"{place} is no object"
            return
        fields = self.schemas[schema]
        for name, inner in value.items():
            if name not in fields:
                yield f"{place}.{name} is no field of {schema}"
            elif inner not in OBSERVED.get(f"{schema}.{name}", ()):
                yield from fields[name].breaches(inner, f"{place}.{name}", self)


def _is_time(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


# -- the document ------------------------------------------------------------------------------------------------


@cache
def whole() -> Document:
    """The whole document; skips the test where it cannot be installed, and fails it under CI."""
    (file,) = (install(NAME) / "read").rglob("youtube.v3.json")
    return read(file)


@cache
def document() -> Document:
    """What requests and answers are checked by: the document, or the excerpt where there is none."""
    return EXCERPT if lacking(NAME) and not os.environ.get("CI") else whole()


def read(file: Path) -> Document:
    """Reads Google's own document."""
    told = json.loads(file.read_text(encoding="utf-8"))
    schemas: dict[str, dict[str, Kind]] = {}
    for name, schema in told["schemas"].items():
        _read_schema(name, schema, schemas)
    methods = {
        f"{resource}.{name}": Method(
            method["path"], {key: _kind(part, "", {}) for key, part in method.get("parameters", {}).items()},
            method.get("response", {}).get("$ref", ""),
        )
        for resource, inner in told["resources"].items() for name, method in inner.get("methods", {}).items()
        if method["httpMethod"] == "GET"
    }
    return Document(methods, schemas)


def _read_schema(name: str, schema: Mapping[str, Any], into: dict[str, dict[str, Kind]]) -> None:
    fields = into.setdefault(name, {})
    for key, part in schema.get("properties", {}).items():
        fields[key] = _kind(part, f"{name}.{key}", into)


def _kind(part: Mapping[str, Any], name: str, into: dict[str, dict[str, Kind]]) -> Kind:
    """A parameter or field; an object that is described on the spot becomes a schema of that name."""
    if part.get("type") == "array":
        inner = _kind(part["items"], name, into)
        return Kind(inner.type, inner.format, inner.choices, repeated=True)
    if "properties" in part:
        _read_schema(name, part, into)
        return Kind(name)
    least, most = (int(part[key]) if key in part else None for key in ("minimum", "maximum"))
    return Kind(
        part.get("$ref") or part["type"], part.get("format", ""), tuple(part.get("enum", ())), least, most,
        part.get("repeated", False), part.get("required", False),
    )


# -- the excerpt -------------------------------------------------------------------------------------------------


def spelled(text: str) -> Kind:
    """A kind from its short spelling: ``integer uint32 1..50``, ``string of public,private``; "[]" repeated, "!" required."""
    bare = text.removesuffix("!").removesuffix("[]")
    found = _KIND.fullmatch(bare)
    assert found, text
    least, most = (int(found[key]) if found[key] else None for key in ("least", "most"))
    choices = tuple(found["choices"].split(",")) if found["choices"] else ()
    return Kind(found["type"], found["format"] or "", choices, least, most, "[]" in text, text.endswith("!"))


def _spelled_all(told: Mapping[str, str]) -> dict[str, Kind]:
    return {name: spelled(kind) for name, kind in told.items()}


EXCERPT = Document(
    {name: Method(path, _spelled_all(parameters), answer) for name, (path, parameters, answer) in METHODS.items()},
    {name: _spelled_all(fields) for name, fields in SCHEMAS.items()},
)
