"""Where a document departs from the JSON schema, in the words that clients of bridge/request/options match on.

Knows what `json_schema` uses of JSON Schema (draft 7), in the order of the validator that Zigbee2MQTT uses (ajv).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, TypeAlias

__all__ = ["departures"]

_Schema: TypeAlias = Mapping[str, Any]


def departures(schema: _Schema, value: Any) -> Iterator[str]:
    """Yield each departure with its place; keys that are missing are none, they may come later."""
    for path, words in _Walk(schema).departures(schema, value, ""):
        yield f"{path.removeprefix('/')} {words}"


class _Walk:
    """Goes through a value beside its schema; `root` has the definitions."""

    def __init__(self, root: _Schema) -> None:
        self._root = root

    def departures(self, schema: _Schema, value: Any, path: str) -> Iterator[tuple[str, str]]:
        if reference := schema.get("$ref"):
            schema = self._root["definitions"][reference.rpartition("/")[2]]
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(_is(kind, value) for kind in kinds):
            yield path, f"must be {','.join(kinds)}"
        elif isinstance(value, dict):
            yield from self._object(schema, value, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.departures(schema.get("items", {}), item, f"{path}/{index}")
        else:
            yield from ((path, words) for words in _simple(schema, value))
        if "enum" in schema and not any(_equal(value, allowed) for allowed in schema["enum"]):
            yield path, "must be equal to one of the allowed values"
        yield from self._one_of(schema, value, path)

    def _object(self, schema: _Schema, value: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
        names, known = schema.get("propertyNames", {}), schema.get("properties", {})
        for name in value:
            if bad := list(_simple(names, name)):
                yield path, bad[0]
                yield path, "property name must be valid"
        rest = schema.get("additionalProperties", {})
        for name in value.keys() - known.keys() if rest else ():
            yield from self.departures(rest, value[name], f"{path}/{_escaped(name)}")
        for name, inner in known.items():
            if name in value:
                yield from self.departures(inner, value[name], f"{path}/{name}")

    def _one_of(self, schema: _Schema, value: Any, path: str) -> Iterator[tuple[str, str]]:
        found = [list(self.departures(choice, value, path)) for choice in schema.get("oneOf", [])]
        if found and found.count([]) != 1:
            for each in found:
                yield from each
            yield path, "must match exactly one schema in oneOf"


def _simple(schema: _Schema, value: Any) -> Iterator[str]:
    if "minimum" in schema and _is("number", value) and value < schema["minimum"]:
        yield f"must be >= {schema['minimum']}"
    if "maximum" in schema and _is("number", value) and value > schema["maximum"]:
        yield f"must be <= {schema['maximum']}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f'must match pattern "{schema["pattern"]}"'


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _equal(value: Any, allowed: Any) -> bool:
    return isinstance(value, bool) == isinstance(allowed, bool) and bool(value == allowed)


def _escaped(name: str) -> str:
    """Return a key as it stands in a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
