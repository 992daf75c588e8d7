"""The field types of Meta's Graph API: what fields, edges and parameters each kind of node has.

They are read out of facebook-business, Meta's own library, which tests/servers/install.sh fetches; it is of the version
of the API that the collectors ask for. Its files are read as text and never run.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.installing import install, lacking

NAME = "graph_types"
#: Parameters of every node and of every edge. **Source**: …/docs/graph-api/overview and /results, read 2026-11.
OF_NODES = {"access_token", "appsecret_proof", "fields", "ids"}
OF_EDGES = {"access_token", "appsecret_proof", "fields", "limit", "after", "before"}

#: What the library gives no fields for, by hand from the reference.
#: **Source**: developers.facebook.com/docs/graph-api/reference/story-attachment and /page-post, read 2026-11.
BY_HAND: Mapping[str, Mapping[str, str]] = {
    "StoryAttachment": {
        "description": "string", "media": "StoryAttachmentMedia", "media_type": "string",
        "subattachments": "list<StoryAttachment>", "target": "StoryAttachmentTarget", "title": "string", "type": "string",
        "unshimmed_url": "string", "url": "string",
    },
    "StoryAttachmentMedia": {"image": "StoryAttachmentImage", "source": "string"},
    "StoryAttachmentImage": {"src": "string", "width": "int", "height": "int"},
    "StoryAttachmentTarget": {"id": "string", "url": "string"},
    "Author": {"id": "string", "name": "string"},
}
#: Where the library tells no kind, which one it is, and why it does not tell.
UNTOLD: Mapping[str, tuple[str, str]] = {
    "PagePost.attachments": ("list<StoryAttachment>", "the edge gives an AbstractCrudObject, which has no fields"),
    "Comment.attachment": ("StoryAttachment", "is an Object"),
    "PagePost.from": ("Author", "is an Object"),
    "Comment.from": ("Author", "is an Object"),
    "PagePost.message_tags": ("list<EntityAtTextRange>", "is a list of nothing that is named; Comment.message_tags is of these"),
    "StoryAttachment.subattachments": ("list<StoryAttachment>", "the library has no StoryAttachment"),
}
#: Parameters of a field, which the library knows of edges only. **Source**: …/reference/ig-user/business_discovery.
FIELD_PARAMETERS = {"IGUser.business_discovery": {"username"}, "StoryAttachment.subattachments": {"limit"}}
#: Choices that the library does not list and the reference does. **Source**: …/graph-api/reference/page/picture.
MORE_CHOICES = {"Page.picture.type": {"large"}}
#: The answer of an edge that is one object, not a list. **Source**: …/graph-api/reference/page/picture.
SINGLE = {"Page.picture"}


@dataclass(frozen=True)
class Edge:
    """A list that hangs on a node: of what kind, and its parameters with what each may be."""

    kind: str
    parameters: Mapping[str, frozenset[str]]


@dataclass
class Kind:
    """A kind of node."""

    fields: dict[str, str] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)
    choices: dict[str, frozenset[str]] = field(default_factory=dict)


class FieldTypes:
    """The kinds of a copy of the library."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "adobjects"
        self._kinds: dict[str, Kind] = {name: Kind(dict(fields)) for name, fields in BY_HAND.items()}

    def kind(self, name: str) -> Kind | None:
        """The kind of that name; None where the library has none."""
        if name not in self._kinds:
            file = self._folder / f"{name.lower()}.py"
            if not file.is_file():
                return None
            tree = ast.parse(file.read_text(encoding="utf-8"))
            (told,) = (part for part in tree.body if isinstance(part, ast.ClassDef) and part.name == name)
            self._kinds[name] = Kind()
            _read(told, self._kinds[name], self)
        return self._kinds[name]

    # -- requests ------------------------------------------------------------------------------------------------

    def asks(self, name: str, fields: list[Any]) -> Iterator[str]:
        """What is wrong with the fields that are asked for of a node, those inside them included."""
        kind = self.kind(name)
        assert kind, f"{name} is no kind of the library"
        for one in fields:
            place, inner = f"{name}.{one.name}", self.type_of(name, one.name)
            edge = kind.edges.get(one.name)
            if not inner:
                yield f"{place} is neither a field nor an edge"
                continue
            known = set(FIELD_PARAMETERS.get(place, ())) | (set(edge.parameters) | OF_EDGES if edge else set())
            yield from (f"{place} takes no {key}" for key in one.modifiers if key not in known)
            if edge:
                yield from self._values(place, edge, one.modifiers)
            if one.inner is not None:
                bare = re.sub(r"list<(\w+)>", r"\1", inner)
                yield from self.asks(bare, one.inner) if self.kind(bare) else [f"{place} is {inner}, which has no fields"]

    def asks_edge(self, name: str, edge: str, query: Mapping[str, str]) -> Iterator[str]:
        """What is wrong with the parameters of an edge."""
        kind = self.kind(name)
        told = kind.edges.get(edge) if kind else None
        if not told:
            yield f"{name} has no edge {edge}"
            return
        yield from (f"{name}/{edge} takes no {key}" for key in query if key not in OF_EDGES | set(told.parameters))
        yield from self._values(f"{name}/{edge}", told, query)

    def _values(self, place: str, edge: Edge, query: Mapping[str, str]) -> Iterator[str]:
        for key, value in query.items():
            choices = edge.parameters.get(key, frozenset())
            if choices and value not in choices | MORE_CHOICES.get(f"{place}.{key}", set()):
                yield f"{place}: {key} is {value}, none of {', '.join(sorted(choices))}"
            if key == "limit" and not value.isdecimal():
                yield f"{place}: limit is {value}"

    def type_of(self, name: str, field_name: str) -> str:
        """What a field holds, or an edge gives; empty where there is neither."""
        kind = self.kind(name)
        if not kind:
            return ""
        if f"{name}.{field_name}" in UNTOLD:
            return UNTOLD[f"{name}.{field_name}"][0]
        if field_name in kind.edges:  # business_discovery and the like are fields; comments and media are lists
            given = kind.edges[field_name].kind
            return given if f"{name}.{field_name}" in SINGLE else f"list<{given}>"
        return kind.fields.get(field_name, "")

    # -- answers -------------------------------------------------------------------------------------------------

    def breaches(self, value: Any, told: str, place: str, owner: str = "") -> Iterator[str]:
        """What is wrong with a value, in the eyes of a type of the library."""
        if value is None:
            return
        inner = re.fullmatch(r"list<(\w+)>", told)
        if inner and isinstance(value, dict) and "data" in value:  # an edge that was asked for like a field
            yield from self.listed(value, inner[1], place)
        elif inner or told == "list":
            if not isinstance(value, list):
                yield f"{place} is no list"
                return
            for number, one in enumerate(value):
                yield from self.breaches(one, inner[1], f"{place}[{number}]") if inner else ()
        elif self.kind(told):
            yield from self.node(value["data"] if f"{owner}.picture" in SINGLE and "data" in value else value, told, place)
        else:
            yield from self._plain(value, told, place, owner)

    def _plain(self, value: Any, told: str, place: str, owner: str) -> Iterator[str]:
        types: dict[str, type | tuple[type, ...]] = {
            "string": str, "datetime": str, "bool": bool, "int": int, "unsigned int": int, "float": (int, float), "Object": dict}
        kind = self.kind(owner)
        choices = kind.choices.get(told) if kind else None
        if told not in types and choices is None:
            yield f"{place} is {told}, which nothing says more of"
        elif not isinstance(value, types.get(told, str)) or (isinstance(value, bool) and told != "bool"):
            yield f"{place} is {value!r}, no {told}"
        elif choices and value not in choices:
            yield f"{place} is {value!r}, none of {', '.join(sorted(choices))}"
        elif told == "datetime" and not _is_time(value):
            yield f"{place} is {value!r}, no time"

    def node(self, value: Any, name: str, place: str) -> Iterator[str]:
        """What is wrong with an object, in the eyes of its kind."""
        if not isinstance(value, dict):
            yield f"{place} is no object"
            return
        for key, inner in value.items():
            told = self.type_of(name, key)
            if told:
                yield from self.breaches(inner, told, f"{place}.{key}", name)
            else:
                yield f"{place}.{key} is no field of {name}"

    def listed(self, value: Any, name: str, place: str) -> Iterator[str]:
        """What is wrong with a list of nodes, and with what it tells of its next page."""
        if not isinstance(value, dict) or not isinstance(value.get("data"), list):
            yield f"{place} is no list of {name}"
            return
        for number, one in enumerate(value["data"]):
            yield from self.node(one, name, f"{place}.data[{number}]")
        paging = value.get("paging", {})
        if not set(value) <= {"data", "paging"} or not set(paging) <= {"cursors", "next", "previous"}:
            yield f"{place} has more than data and paging: {sorted(set(value) | set(paging))}"
        elif not set(paging.get("cursors", {})) <= {"before", "after"}:
            yield f"{place}.paging.cursors has {sorted(paging['cursors'])}"


def _is_time(value: str) -> bool:
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z").tzinfo is not None
    except ValueError:
        return False


# -- the library -------------------------------------------------------------------------------------------------


@cache
def whole() -> FieldTypes:
    """The library's field types; skips the test where it cannot be installed, and fails it under CI."""
    return FieldTypes(install(NAME) / "read" / "facebook_business")


@cache
def field_types() -> FieldTypes | None:
    """The same for a stand-in, which goes on without them where there are none."""
    return None if lacking(NAME) and not os.environ.get("CI") else whole()


def version() -> str:
    """The version of the API that the library is of."""
    text = (install(NAME) / "read/facebook_business/apiconfig.py").read_text(encoding="utf-8")
    return re.findall(r"'API_VERSION': '(v[\d.]+)'", text)[0]


def _read(told: ast.ClassDef, kind: Kind, types: FieldTypes) -> None:
    """Fields, choices and edges of one class."""
    for part in told.body:
        if isinstance(part, ast.ClassDef):
            kind.choices[part.name] = frozenset(
                str(ast.literal_eval(line.value)) for line in part.body if isinstance(line, ast.Assign))
        elif isinstance(part, ast.Assign) and _target(part) == "_field_types":
            kind.fields.update(ast.literal_eval(part.value))
    for part in told.body:
        if isinstance(part, ast.FunctionDef) and part.name.startswith("get_"):
            _read_edge(part, kind, types)


def _target(line: ast.Assign) -> str:
    return line.targets[0].id if isinstance(line.targets[0], ast.Name) else ""


def _read_edge(told: ast.FunctionDef, kind: Kind, types: FieldTypes) -> None:
    """An edge from the method that asks for it: its parameters, its enumerations, and the request."""
    lines = {_target(line): line.value for line in told.body if isinstance(line, ast.Assign)}
    request, enums = lines.get("request"), lines.get("enums")
    if not isinstance(request, ast.Call) or not isinstance(enums, ast.Dict):
        return
    named = {word.arg: word.value for word in request.keywords}
    if ast.literal_eval(named["method"]) != "GET":
        return
    choices = {ast.literal_eval(key): _choices(value, types) for key, value in zip(enums.keys, enums.values, strict=True) if key}
    parameters = {name: choices.get(one, frozenset()) for name, one in ast.literal_eval(lines["param_types"]).items()}
    given = named["target_class"]
    kind.edges[ast.literal_eval(named["endpoint"]).strip("/")] = Edge(given.id if isinstance(given, ast.Name) else "", parameters)


def _choices(value: ast.expr, types: FieldTypes) -> frozenset[str]:
    """The words of an enumeration: a list, or ``Comment.Filter.__dict__.values()``."""
    if isinstance(value, ast.List):
        return frozenset(map(str, ast.literal_eval(value)))
    owner, name = ast.unparse(value).split(".")[:2]
    other = types.kind(owner)
    return other.choices.get(name, frozenset()) if other else frozenset()
