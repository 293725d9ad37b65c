"""The model as a JSON schema, as bridge/info publishes it."""

from __future__ import annotations

from functools import cache
from typing import Any

from zigwire.settings.model import Configuration, DeviceOptions, GroupOptions, Option
from zigwire.settings.shapes import (
    Anything,
    Choice,
    Either,
    Field,
    Flag,
    Items,
    Leaf,
    Number,
    Octets,
    Section,
    Shape,
    Table,
    Text,
    section_of,
)

__all__ = ["json_schema"]

_DEFINITIONS = {DeviceOptions: "device", GroupOptions: "group"}
_UPPER_CASE = {
    "ca": "CA",
    "id": "ID",
    "json": "JSON",
    "led": "LED",
    "mqtt": "MQTT",
    "ota": "OTA",
    "pan": "PAN",
    "url": "URL",
}


@cache
def json_schema() -> dict[str, Any]:
    """Return the schema; treat it as read-only.

    It says what a client may send. What a schema can't say well (whole numbers, lengths, unique names) is refused
    by the checks only, so that both take what Zigbee2MQTT takes.
    """
    return _section(section_of(Configuration)) | {
        "definitions": {name: _section(section_of(model)) for model, name in _DEFINITIONS.items()}
    }


def _section(section: Section) -> dict[str, Any]:
    listed = {name: field for name, field in section.fields.items() if field.option.listed}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _key(name, field) for name, field in listed.items()},
    }
    required = [name for name, field in listed.items() if field.option.required]
    return schema | {"required": required} if required else schema


def _key(name: str, field: Field) -> dict[str, Any]:
    option = field.option
    schema: dict[str, Any] = {"title": _title(name), "description": option.description}
    if option.restart:
        schema["requiresRestart"] = True
    if option.read_only:
        schema["readOnly"] = True
    if option.examples:
        schema["examples"] = list(option.examples)
    default = _plain(field.default)
    if default is not None and not isinstance(field.shape, Section | Table):
        schema["default"] = default
    return schema | _alternatives(_shape(field.shape, option), option)


def _alternatives(schema: dict[str, Any], option: Option) -> dict[str, Any]:
    """Admit `GENERATE`, a reference in its place, and null."""
    if option.generate:
        return {"oneOf": [{"type": "string"}, schema]}
    if not option.null:
        return schema
    return schema | {"type": [schema["type"], "null"]}


def _shape(shape: Shape, option: Option) -> dict[str, Any]:
    match shape:
        case Items(item):
            return {"type": "array", "items": _shape(item, option)}
        case Table():
            return _table(shape, option)
        case Section():
            return _section(shape)
        case Either(shapes):
            return {"anyOf": [_shape(each, option) for each in shapes]}
        case Anything():
            return {}
    return _leaf(shape, option)


def _leaf(shape: Leaf, option: Option) -> dict[str, Any]:
    match shape:
        case Flag():
            return {"type": "boolean"}
        case Number():
            return {"type": "number"} | _range(option)
        case Text():
            return {"type": "string"} | ({"pattern": option.pattern} if option.pattern else {})
        case Choice(values):
            return {"type": "string" if isinstance(values[0], str) else "number", "enum": list(values)}
        case Octets():
            return {"type": "array", "items": {"type": "number"}}


def _table(table: Table, option: Option) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    if option.pattern:
        schema["propertyNames"] = {"pattern": option.pattern}
    if isinstance(table.item, Section):
        return schema | {"additionalProperties": {"$ref": f"#/definitions/{_DEFINITIONS[table.item.type]}"}}
    item = _shape(table.item, option)
    return schema | {"additionalProperties": item} if item else schema


def _range(option: Option) -> dict[str, float]:
    limits = {"minimum": option.minimum, "maximum": option.maximum}
    return {name: limit for name, limit in limits.items() if limit is not None}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, bytes | tuple) else value


def _title(name: str) -> str:
    words = [_UPPER_CASE.get(word, word) for word in name.split("_")]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])
