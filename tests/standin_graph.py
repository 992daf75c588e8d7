"""A stand-in for Meta's Graph API and for Threads': real HTTP on loopback, strict about every request.

It knows the field names of each kind of node and gives what was asked for, nothing more. Whatever is asked of Page,
PagePost, Comment, Photo, IGUser and IGMedia, and whatever it answers, is held against the field types of Meta's own library
(``tests/contracts/field_types.py``) where they are there. Threads has no such document: its names are from the references
that the collectors' manuals name.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.contracts.field_types import OF_NODES, field_types
from tests.serving import Asked, serving

#: The library's name of each kind, and the names that the collectors may ask for; an excerpt for where it is not there.
FIELDS = {
    "Page": {
        "about", "category", "cover", "description", "emails", "id", "is_published", "link", "name", "phone", "username",
        "website",
    },
    "PagePost": {
        "created_time", "from", "id", "is_expired", "is_hidden", "is_published", "message", "message_tags", "parent_id",
        "permalink_url", "privacy", "status_type", "story", "updated_time",
    },
    "Comment": {
        "attachment", "created_time", "from", "id", "is_hidden", "is_private", "message", "message_tags", "parent",
        "permalink_url",
    },
    "Photo": {"alt_text", "alt_text_custom", "id", "name"},
    "IGUser": {
        "biography", "business_discovery", "id", "media_count", "name", "profile_picture_url", "username", "website",
    },
    "IGMedia": {
        "alt_text", "caption", "id", "media_product_type", "media_type", "media_url", "permalink", "thumbnail_url",
        "timestamp", "username",
    },
}
#: What the library has no field types for: edges that can be asked for like fields, parts of a node, Threads.
MORE = {
    "Page": {"picture"},
    "PagePost": {"attachments", "comments"},
    "StoryAttachment": {
        "description", "media", "media_type", "subattachments", "target", "title", "type", "unshimmed_url", "url",
    },
    "IGUser": {"media"},
    "IGMedia": {"children"},
    "ThreadsUser": {"id", "name", "threads_biography", "threads_profile_picture_url", "username"},
    "ThreadsMedia": {
        "alt_text", "children", "gif_url", "id", "is_quote_post", "link_attachment_url", "media_type", "media_url",
        "permalink", "quoted_post", "replied_to", "reposted_post", "text", "timestamp", "username",
    },
}
#: What stands in a field, where that has fields of its own.
INNER = {
    "attachments": "StoryAttachment", "subattachments": "StoryAttachment", "quoted_post": "ThreadsMedia",
    "replied_to": "ThreadsMedia", "reposted_post": "ThreadsMedia", "business_discovery": "IGUser",
}
PARAMETERS = {"access_token", "appsecret_proof", "fields", "limit", "after", "ids", "filter"}
_FIELD = re.compile(r"(\w+)((?:\.\w+\([^()]*\))*)")

Answer = tuple[int, Any, dict[str, str]]


class RefusedError(Exception):
    """What the platform answers instead."""

    def __init__(self, code: int, message: str, *, subcode: int = 0, status: int = 400) -> None:
        super().__init__(message)
        error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1invented"}
        self.answer: Answer = (status, {"error": error | ({"error_subcode": subcode} if subcode else {})}, {})


@dataclass
class Wanted:
    """One field of ``fields=``."""

    name: str
    modifiers: dict[str, str]
    inner: list[Wanted] | None = None


def read_fields(text: str) -> list[Wanted]:
    """Reads Graph's field expansion: ``id,comments.limit(5){id,from{id}}``."""
    wanted, rest = _fields(text)
    assert not rest, f"fields end at {rest!r}"
    return wanted


def _fields(text: str) -> tuple[list[Wanted], str]:
    wanted = []
    while True:
        match = _FIELD.match(text)
        assert match, f"no field name at {text!r}"
        modifiers = dict(re.findall(r"\.(\w+)\(([^()]*)\)", match[2]))
        one, text = Wanted(match[1], modifiers), text[match.end() :]
        if text.startswith("{"):
            one.inner, text = _fields(text[1:])
            assert text.startswith("}"), f"no closing brace at {text!r}"
            text = text[1:]
        wanted.append(one)
        if not text.startswith(","):
            return wanted, text
        text = text[1:]


@dataclass
class StandInGraph:
    """What the platform has now; tests change it between visits."""

    token: str
    #: The app's secret, where it asks for proof.
    secret: str = ""
    base: str = ""
    #: Id to node: its fields and its kind under "_kind".
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: (id, edge) to ids, newest first.
    edges: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    #: Path to answers given instead, one after the other; the last stays.
    faults: dict[str, list[Answer | Callable[[], Answer]]] = field(default_factory=dict)
    #: Headers of every answer.
    headers: dict[str, str] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    #: How many items a page has at most, whatever is asked for.
    page_size: int = 100
    #: What a test makes of a good answer to a path.
    changed: Callable[[str, Any], object] = lambda path, told: None

    def add(self, kind: str, number: str, edge: tuple[str, str] | None = None, **fields: Any) -> dict[str, Any]:
        """A node; the newest of an edge where one is named."""
        self.nodes[number] = {"_kind": kind, "id": number, **fields}
        if edge is not None:
            self.edges.setdefault(edge, []).insert(0, number)
        return self.nodes[number]

    def remove(self, number: str) -> None:
        """Deletes a node: from then on nobody has heard of it."""
        del self.nodes[number]
        for listed in self.edges.values():
            if number in listed:
                listed.remove(number)

    def paths(self) -> list[str]:
        """What was asked for since the last look."""
        paths = [path for path, _ in self.asked]
        self.asked.clear()
        return paths

    # -- answering -----------------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        query = {name: values[0] for name, values in asked.query.items()}
        name = asked.path.rpartition("/")[2]
        if name in self.media:
            return 200, self.media[name], {"Content-Type": "image/png"}
        self.asked.append((asked.path, query))
        assert asked.method == "GET", "Rollbook only reads"
        assert asked.headers["user-agent"].startswith("Rollbook/")
        path = asked.path.lstrip("/").partition("/")[2]
        if planned := self.faults.get(path):
            fault = planned.pop(0) if len(planned) > 1 else planned[0]
            return fault() if callable(fault) else fault
        try:
            self._check(asked.path, query)
            told = self._found(path, query)
            self._hold(path, query, told)
            self.changed(path, told)
            return 200, told, self.headers
        except RefusedError as refused:
            return (*refused.answer[:2], self.headers)

    def _check(self, path: str, query: dict[str, str]) -> None:
        assert re.match(r"/v(?:25\.0|1\.0)/", path), f"{path} names no version that is alive"
        assert set(query) <= PARAMETERS, f"unknown parameters {set(query) - PARAMETERS}"
        assert int(query.get("limit", 25)) <= 100
        if query.get("access_token") != self.token:
            raise RefusedError(190, "Invalid OAuth access token - Cannot parse access token")
        proof = hmac.new(self.secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        if self.secret and path.startswith("/v25") and query.get("appsecret_proof") != proof:
            raise RefusedError(100, "API calls from the server require an appsecret_proof argument")

    def _hold(self, path: str, query: dict[str, str], told: Any) -> None:
        """Holds what was asked for, and what is answered, against the field types of Meta's library."""
        types, (number, _, edge) = field_types(), path.partition("/")
        asked = query["ids"].split(",")[0] if not path else number
        kind = self._node(asked)["_kind"]
        if types is None or kind.startswith("Threads"):
            return
        if edge:
            problems = [*types.asks_edge(kind, edge, query)]
            kind = types.type_of(kind, edge).removeprefix("list<").removesuffix(">")
            problems += types.listed(told, kind, edge)
        else:
            problems = [f"a node takes no {name}" for name in set(query) - OF_NODES]
            for value in told.values() if not path else [told]:
                problems += types.node(value, kind, kind)
        problems += types.asks(kind, read_fields(query["fields"]))
        assert not problems, "; ".join(problems)

    def _found(self, path: str, query: dict[str, str]) -> Any:
        wanted = read_fields(query["fields"])
        if not path:
            ids = query["ids"].split(",")
            assert len(ids) <= 50
            if unknown := [number for number in ids if number not in self.nodes]:
                raise RefusedError(803, f"(#803) Some of the aliases you requested do not exist: {unknown[0]}", status=404)
            return {number: self._shown(self.nodes[number], wanted) for number in ids}
        number, _, edge = path.partition("/")
        node = self._node(number)
        if not edge:
            return self._shown(node, wanted)
        assert edge in ("posts", "comments", "media", "stories", "threads", "replies"), edge
        return self._listed(node["id"], edge, wanted, query)

    def _node(self, number: str) -> dict[str, Any]:
        named = [node for node in self.nodes.values() if number in (node["id"], "me" if "Threads" in node["_kind"] else None)
                 or str(node.get("username", "")).lower() == number.lower()]
        if not named:
            words = f"Unsupported get request. Object with ID '{number}' does not exist, cannot be loaded due to missing permissions"
            raise RefusedError(100, words, subcode=33)
        return named[0]

    def _listed(self, number: str, edge: str, wanted: list[Wanted], query: dict[str, str]) -> Any:
        ids, size = self.edges.get((number, edge), []), min(int(query.get("limit", 25)), self.page_size)
        cursors = [b64encode(f"{edge}:{one}".encode()).decode() for one in ids]
        start = cursors.index(query["after"]) + 1 if query.get("after") else 0
        shown = ids[start : start + size]
        told: dict[str, Any] = {"data": [self._shown(self.nodes[one], wanted) for one in shown]}
        if shown:
            told["paging"] = {"cursors": {"before": cursors[start], "after": cursors[start + len(shown) - 1]}}
            if start + size < len(ids):
                told["paging"]["next"] = f"https://graph.facebook.com/v25.0/{number}/{edge}?access_token={self.token}&after=x"
        return told

    def _shown(self, node: dict[str, Any], wanted: list[Wanted], kind: str = "") -> dict[str, Any]:
        kind = kind or node["_kind"]
        shown: dict[str, Any] = {"id": node["id"]} if "id" in node else {}
        for one in wanted:
            if one.name not in FIELDS.get(kind, set()) | MORE.get(kind, set()):
                raise RefusedError(100, f"(#100) Tried accessing nonexistent field ({one.name}) on node type ({kind})")
            value = self._value(node, one)
            if value is not None:
                shown[one.name] = value
        return shown

    def _value(self, node: dict[str, Any], one: Wanted) -> Any:
        if one.name == "business_discovery":
            name = one.modifiers["username"]
            found = [other for other in self.nodes.values() if other.get("username") == name and other["_kind"] == "IGUser"]
            if not found:
                raise RefusedError(110, "Invalid user id", subcode=2207013)
            assert one.inner
            return self._shown(found[0], one.inner)
        if one.name in ("comments", "media") and (one.inner and node["_kind"] in ("PagePost", "IGUser")):
            listed = self._listed(node["id"], one.name, one.inner, one.modifiers)
            if one.name == "media" and "paging" in listed and not listed["paging"].pop("next", ""):
                del listed["paging"]["cursors"]["after"]  # business_discovery tells a cursor, and no address
            return listed if listed["data"] or one.name == "media" else None
        value = node.get(one.name)
        if one.inner is None or value is None:
            return value
        kind = "IGMedia" if one.name == "children" and node.get("_kind") == "IGMedia" else INNER.get(one.name, "")
        kind = "ThreadsMedia" if one.name == "children" and not kind else kind
        if isinstance(value, dict) and "data" in value:
            if isinstance(value["data"], dict):
                return value
            return {"data": [self._shown(inner, one.inner, kind) for inner in value["data"]]}
        return self._shown(value, one.inner, kind) if kind else {name.name: value[name.name] for name in one.inner if name.name in value}


@contextmanager
def serve(platform: StandInGraph) -> Iterator[StandInGraph]:
    """Serves the platform until the caller is done with it; a request that is not right fails the test."""

    def answer(asked: Asked) -> Answer:
        status, body, headers = platform.answer(asked)
        headers = {"Content-Type": "application/json; charset=UTF-8"} | headers
        return status, body, {name: value for name, value in headers.items() if value}

    with serving(answer) as platform.base:
        yield platform


def graph_time(moment: datetime) -> str:
    """A time as the platform writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def refused(code: int, message: str = "Invented", *, subcode: int = 0, status: int = 400, **headers: str) -> Answer:
    """An answer that refuses."""
    told = RefusedError(code, message, subcode=subcode, status=status).answer
    return told[0], told[1], {name.replace("_", "-"): value for name, value in headers.items()}
