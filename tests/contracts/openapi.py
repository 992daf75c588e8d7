"""X's own OpenAPI document: what is wrong with a request or an answer in its eyes.

The document is not part of the checkout; where it does not lie beside it nothing is found wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "payloads" / "contracts" / "x_openapi.json"


@cache
def _contract() -> dict[str, Any]:
    return json.loads(CONTRACT.read_text(encoding="utf-8")) if CONTRACT.is_file() else {}


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        kind, name = part["$ref"].split("/")[2:]
        part = _contract()["components"][kind][name]
    return part


def _operation(path: str) -> dict[str, Any] | None:
    """What is read at a path, and under "given" the parameters that stand in it; a path that is spelled out goes before."""
    paths = _contract()["paths"]
    for template in sorted(paths, key=lambda told: "{" in told):
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
        if found and "get" in paths[template]:
            return {**paths[template]["get"], "given": found.groupdict()}
    return None


def breach(path: str, query: dict[str, str]) -> str:
    """What is wrong with a request in the eyes of X's document; empty where nothing is, or the document is not here."""
    if not _contract():
        return ""
    get = _operation(path)
    if get is None:
        return "no such path"
    parameters = {(told["in"], told["name"]): told for told in map(_resolved, get["parameters"])}
    given = {("query", name): value for name, value in query.items()} | {
        ("path", name): value for name, value in get["given"].items()}
    unknown = [name for name in given if name not in parameters]
    missing = [name for name, told in parameters.items() if told.get("required") and name not in given]
    if unknown or missing:
        return f"not a parameter: {unknown}" if unknown else f"missing: {missing}"
    said = (_value(value, _resolved(parameters[name]["schema"])) for name, value in given.items())
    return next((problem for problem in said if problem), "")


def _value(value: str, schema: dict[str, Any]) -> str:
    if schema["type"] == "array":
        words = value.split(",")
        if not schema.get("minItems", 0) <= len(words) <= schema.get("maxItems", 10**6):
            return f"{len(words)} values"
        if schema.get("uniqueItems") and len(set(words)) < len(words):
            return f"said twice: {value}"
        return next((problem for word in words if (problem := _value(word, _resolved(schema["items"])))), "")
    if schema["type"] == "integer":
        if not value.isdigit() or not schema.get("minimum", 0) <= int(value) <= schema.get("maximum", 2**63):
            return f"{value} is out of range"
        return ""
    if "enum" in schema and value not in schema["enum"]:
        return f"{value!r} is not one of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"{value!r} is not {schema['pattern']}"
    if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        return f"{value!r} is no time"
    return "too short" if len(value) < schema.get("minLength", 0) else ""


# -- answers -----------------------------------------------------------------------------------------------------


def answer_breaches(path: str, body: Any) -> list[str]:
    """What is wrong with an answer of status 200; a field that the document does not have is wrong too."""
    if not _contract():
        return []
    get = _operation(path)
    assert get, path
    schema = get["responses"]["200"]["content"]["application/json"]["schema"]
    return list(_breaches(body, schema, path))


def _breaches(value: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
    schema = _resolved(schema)
    if value is None and schema.get("nullable"):
        return
    if "discriminator" in schema:  # each problem by its type
        mapping, kind = schema["discriminator"]["mapping"], value.get(schema["discriminator"]["propertyName"])
        yield from _breaches(value, {"$ref": mapping[kind]}, place) if kind in mapping else [f"{place} is of type {kind!r}"]
    elif "oneOf" in schema:
        tried = [list(_breaches(value, one, place)) for one in schema["oneOf"]]
        yield from min(tried, key=len)
    elif not isinstance(value, _TYPES[schema["type"]]) or (isinstance(value, bool) and schema["type"] != "boolean"):
        yield f"{place} is {value!r}, no {schema['type']}"
    elif isinstance(value, dict):
        yield from _object(value, schema, place)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**6):
            yield f"{place} has {len(value)} items"
        for number, inner in enumerate(value):
            yield from _breaches(inner, schema["items"], f"{place}[{number}]")
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{place} is {value!r}, none of {schema['enum']}"
    elif schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        yield f"{place} is {value!r}, no time"


def _object(value: dict[str, Any], schema: dict[str, Any], place: str) -> Iterator[str]:
    fields = schema.get("properties", {})
    yield from (f"{place} lacks {name}" for name in schema.get("required", ()) if name not in value)
    for name, inner in value.items():
        if name in fields:
            yield from _breaches(inner, fields[name], f"{place}.{name}")
        elif fields:
            yield f"{place}.{name} is no field"


_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
}
