"""The general commands that all clusters share (ZCL 2.5): payload to records and back.

Nothing here knows a cluster: attributes have ids and raw values, no names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from zigwire.zcl import types
from zigwire.zcl.errors import EncodeError, ParseError
from zigwire.zcl.message import Attribute
from zigwire.zcl.status import Status

__all__ = [
    "CONFIGURE_REPORTING",
    "DEFAULT_RESPONSE",
    "GENERAL_COMMANDS",
    "READ",
    "READ_REPORTING",
    "READ_RESPONSE",
    "REPORT",
    "WRITE",
    "WRITE_NO_RESPONSE",
    "WRITE_UNDIVIDED",
    "Body",
    "GeneralCommand",
]

READ = 0x00
READ_RESPONSE = 0x01
WRITE = 0x02
WRITE_UNDIVIDED = 0x03
WRITE_NO_RESPONSE = 0x05
CONFIGURE_REPORTING = 0x06
READ_REPORTING = 0x08
REPORT = 0x0A
DEFAULT_RESPONSE = 0x0B

_RAW_ATTRIBUTE = 0xFF01
"""Xiaomi sends structured bytes in it as a character string; it reads as an octet string, in every cluster."""

_SENT_REPORTS = 0
"""Direction of a reporting configuration: reports that the receiver sends, rather than gets."""

_SELECTOR_DEPTH = 0x0F


class Body(NamedTuple):
    """A payload: records, other fields by name, and what could not be read."""

    attributes: tuple[Attribute, ...] = ()
    args: Mapping[str, Any] = {}
    rest: bytes = b""


@dataclass(frozen=True, slots=True)
class GeneralCommand:
    """One general command.

    Attributes:
        id: Its number.
        type: What messages that carry it are called.
        parse: Payload to body; raises ParseError.
        build: Body to payload; raises EncodeError.
        response: Id of the command that answers it, None when a default response does.
    """

    id: int
    type: str
    parse: Callable[[bytes], Body]
    build: Callable[[Body], bytes]
    response: int | None = None


class _Part(NamedTuple):
    """A part of a record: reads some of its fields into a dictionary, and writes them."""

    read: Callable[[bytes, int, dict[str, Any]], int]
    write: Callable[[Attribute], bytes]


class _Record:
    """How one record lies on the wire."""

    def __init__(self, *parts: _Part) -> None:
        self.parts = parts

    def read(self, payload: bytes, position: int) -> tuple[Attribute, int]:
        fields: dict[str, Any] = {}
        for part in self.parts:
            position = part.read(payload, position, fields)
        main = {name: fields.pop(name) for name in ("id", "value", "type", "status") if name in fields}
        return Attribute(**main, name=None, extra=fields or None), position

    def write(self, attribute: Attribute) -> bytes:
        try:
            return b"".join(part.write(attribute) for part in self.parts)
        except EncodeError as error:
            raise EncodeError(f"attribute {attribute.key}: {error}") from error

    def read_all(self, payload: bytes) -> tuple[Attribute, ...]:
        """Read records up to the end of the payload."""
        records = []
        position = 0
        while position < len(payload):
            record, position = self.read(payload, position)
            records.append(record)
        return tuple(records)

    def write_all(self, attributes: Iterable[Attribute]) -> bytes:
        return b"".join(map(self.write, attributes))


def _number(name: str, type_name: str) -> _Part:
    """Build the part for a number, which stands in the record's field of that name or among its extra ones."""
    data_type = types.by_name(type_name)

    def read(payload: bytes, position: int, fields: dict[str, Any]) -> int:
        fields[name], end = data_type.decode(payload, position)
        return end

    def write(attribute: Attribute) -> bytes:
        return data_type.encode(getattr(attribute, name) if name in Attribute._fields else _extra(attribute, name))

    return _Part(read, write)


def _read_value(payload: bytes, position: int, fields: dict[str, Any]) -> int:
    fields["type"], position = types.decode(_UINT8, payload, position)
    layout = _layout(fields["id"], fields["type"])
    fields["value"], position = types.decode(layout, payload, position)
    return position


def _write_value(attribute: Attribute) -> bytes:
    layout = _layout(attribute.id, attribute.type or 0)
    return types.encode(_UINT8, attribute.type) + types.encode(layout, attribute.value)


def _layout(attribute_id: int, type_id: int) -> int:
    """Return the type by which a value of the given type lies on the wire."""
    return _OCTET_STR if attribute_id == _RAW_ATTRIBUTE and type_id == _CHAR_STR else type_id


def _read_reporting(payload: bytes, position: int, fields: dict[str, Any]) -> int:
    if fields["direction"] != _SENT_REPORTS:
        fields["timeout"], position = types.decode(_UINT16, payload, position)
        return position
    fields["type"], position = types.decode(_UINT8, payload, position)
    fields["minimum"], position = types.decode(_UINT16, payload, position)
    fields["maximum"], position = types.decode(_UINT16, payload, position)
    if fields["type"] not in types.TYPES:
        raise ParseError(f"{types.type_name(fields['type'])} is no ZCL data type")
    if types.is_analog(fields["type"]):
        fields["change"], position = types.decode(fields["type"], payload, position)
    return position


def _write_reporting(attribute: Attribute) -> bytes:
    if _extra(attribute, "direction") != _SENT_REPORTS:
        return types.encode(_UINT16, _extra(attribute, "timeout"))
    intervals = [types.encode(_UINT16, _extra(attribute, name)) for name in ("minimum", "maximum")]
    return types.encode(_UINT8, attribute.type) + b"".join(intervals) + _change(attribute)


def _change(attribute: Attribute) -> bytes:
    """Return the reportable change; none given means that every change counts."""
    data_type = types.by_name(attribute.type or 0)
    if not data_type.analog:
        return b""
    change = (attribute.extra or {}).get("change")
    return data_type.encode(0 if change is None and not isinstance(data_type, types.Fields) else change)


def _read_selector(payload: bytes, position: int, fields: dict[str, Any]) -> int:
    indicator, position = types.decode(_UINT8, payload, position)
    indexes = []
    for _ in range(indicator & _SELECTOR_DEPTH):
        index, position = types.decode(_UINT16, payload, position)
        indexes.append(index)
    fields["selector"] = {"indicatorType": indicator & ~_SELECTOR_DEPTH, "indexes": indexes}
    return position


def _write_selector(attribute: Attribute) -> bytes:
    selector = _extra(attribute, "selector")
    indexes = selector.get("indexes", [])
    if len(indexes) > _SELECTOR_DEPTH:
        raise EncodeError(f"a selector takes at most {_SELECTOR_DEPTH} indexes, it has {len(indexes)}")
    indicator = types.encode(_UINT8, selector.get("indicatorType", 0) | len(indexes))
    return indicator + b"".join(types.encode(_UINT16, index) for index in indexes)


def _if_successful(part: _Part) -> _Part:
    """Build the part that is only there when the record's status is success."""

    def read(payload: bytes, position: int, fields: dict[str, Any]) -> int:
        return position if fields["status"] else part.read(payload, position, fields)

    def write(attribute: Attribute) -> bytes:
        return b"" if attribute.status else part.write(attribute)

    return _Part(read, write)


def _extra(attribute: Attribute, name: str) -> Any:
    if not attribute.extra or attribute.extra.get(name) is None:
        raise EncodeError(f"{name} is missing")
    return attribute.extra[name]


_UINT8, _UINT16, _OCTET_STR, _CHAR_STR = 0x20, 0x21, 0x41, 0x42

_ID = _number("id", "UINT16")
_STATUS = _number("status", "UINT8")
_TYPE = _number("type", "UINT8")
_DIRECTION = _number("direction", "UINT8")
_VALUE = _Part(_read_value, _write_value)
_REPORTING = _Part(_read_reporting, _write_reporting)
_SELECTOR = _Part(_read_selector, _write_selector)


def _records(command_id: int, name: str, record: _Record, response: int | None = None) -> GeneralCommand:
    """Build a command of records whose length is plain: they are read wholly or not at all."""

    def parse(payload: bytes) -> Body:
        if not payload:
            raise ParseError(f"{name} without records")
        return Body(record.read_all(payload))

    def build(body: Body) -> bytes:
        return record.write_all(body.attributes)

    return GeneralCommand(command_id, name, parse, build, response)


def _values(command_id: int, name: str, record: _Record, response: int | None = None) -> GeneralCommand:
    """Build a command of records with values: behind one of unknown type the rest can't be read, what is before can."""

    def parse(payload: bytes) -> Body:
        records: list[Attribute] = []
        position = 0
        try:
            while position < len(payload) or not records:
                attribute, position = record.read(payload, position)
                records.append(attribute)
        except ParseError:
            if not records:
                raise
        return Body(tuple(records), rest=payload[position:])

    def build(body: Body) -> bytes:
        return record.write_all(body.attributes)

    return GeneralCommand(command_id, name, parse, build, response)


def _statuses(command_id: int, name: str, record: _Record) -> GeneralCommand:
    """Build a response of statuses, which is a lone success when there is nothing else to say."""

    def parse(payload: bytes) -> Body:
        if len(payload) == 1:
            return Body(args={"statusCode": payload[0]})
        if not payload:
            raise ParseError(f"{name} without a status")
        return Body(record.read_all(payload))

    def build(body: Body) -> bytes:
        failed = [attribute for attribute in body.attributes if attribute.status]
        return record.write_all(failed) or bytes([body.args.get("statusCode", Status.SUCCESS)])

    return GeneralCommand(command_id, name, parse, build)


def _discovered(command_id: int, name: str, record: _Record) -> GeneralCommand:
    """Build a response that lists attributes, behind a byte that says whether these are the last."""

    def parse(payload: bytes) -> Body:
        complete, position = types.decode(_UINT8, payload)
        return Body(record.read_all(payload[position:]), {"discComplete": complete})

    def build(body: Body) -> bytes:
        return types.encode(_UINT8, _argument(body, "discComplete")) + record.write_all(body.attributes)

    return GeneralCommand(command_id, name, parse, build)


def _fields(command_id: int, name: str, fields: Mapping[str, str], response: int | None = None) -> GeneralCommand:
    """Build a command of numbers."""
    data_types = {field: types.by_name(type_name) for field, type_name in fields.items()}

    def parse(payload: bytes) -> Body:
        args = {}
        position = 0
        for field, data_type in data_types.items():
            args[field], position = data_type.decode(payload, position)
        return Body(args=args, rest=payload[position:])

    def build(body: Body) -> bytes:
        return b"".join(data_type.encode(_argument(body, field)) for field, data_type in data_types.items())

    return GeneralCommand(command_id, name, parse, build, response)


def _commands(command_id: int, name: str) -> GeneralCommand:
    """Build a response that lists command ids."""

    def parse(payload: bytes) -> Body:
        complete, position = types.decode(_UINT8, payload)
        return Body(args={"discComplete": complete, "commandIds": list(payload[position:])})

    def build(body: Body) -> bytes:
        listed = types.octets(_argument(body, "commandIds"), "list of command ids")
        return types.encode(_UINT8, _argument(body, "discComplete")) + listed

    return GeneralCommand(command_id, name, parse, build)


def _argument(body: Body, name: str) -> Any:
    if body.args.get(name) is None:
        raise EncodeError(f"{name} is missing")
    return body.args[name]


_COMMAND_RANGE = {"startCmdId": "UINT8", "maxCmdIds": "UINT8"}
_ATTRIBUTE_RANGE = {"startAttrId": "UINT16", "maxAttrIds": "UINT8"}
_WRITE = _Record(_ID, _VALUE)

GENERAL_COMMANDS: dict[int, GeneralCommand] = {
    command.id: command
    for command in (
        _records(READ, "read", _Record(_ID), response=0x01),
        _values(READ_RESPONSE, "readResponse", _Record(_ID, _STATUS, _if_successful(_VALUE))),
        _values(WRITE, "write", _WRITE, response=0x04),
        _values(WRITE_UNDIVIDED, "writeUndivided", _WRITE, response=0x04),
        _statuses(0x04, "writeResponse", _Record(_STATUS, _ID)),
        _values(WRITE_NO_RESPONSE, "writeNoResponse", _WRITE),
        _values(CONFIGURE_REPORTING, "configReport", _Record(_DIRECTION, _ID, _REPORTING), response=0x07),
        _statuses(0x07, "configReportResponse", _Record(_STATUS, _DIRECTION, _ID)),
        _records(READ_REPORTING, "readReportConfig", _Record(_DIRECTION, _ID), response=0x09),
        _values(0x09, "readReportConfigResponse", _Record(_STATUS, _DIRECTION, _ID, _if_successful(_REPORTING))),
        _values(REPORT, "attributeReport", _WRITE),
        _fields(DEFAULT_RESPONSE, "defaultResponse", {"cmdId": "UINT8", "statusCode": "UINT8"}),
        _fields(0x0C, "discover", _ATTRIBUTE_RANGE, response=0x0D),
        _discovered(0x0D, "discoverResponse", _Record(_ID, _TYPE)),
        _records(0x0E, "readStructured", _Record(_ID, _SELECTOR), response=0x01),
        _values(0x0F, "writeStructured", _Record(_ID, _SELECTOR, _VALUE), response=0x10),
        _statuses(0x10, "writeStructuredResponse", _Record(_STATUS, _ID, _SELECTOR)),
        _fields(0x11, "discoverCommands", _COMMAND_RANGE, response=0x12),
        _commands(0x12, "discoverCommandsResponse"),
        _fields(0x13, "discoverCommandsGenerated", _COMMAND_RANGE, response=0x14),
        _commands(0x14, "discoverCommandsGeneratedResponse"),
        _fields(0x15, "discoverExtended", _ATTRIBUTE_RANGE, response=0x16),
        _discovered(0x16, "discoverExtendedResponse", _Record(_ID, _TYPE, _number("access", "UINT8"))),
    )
}
"""Every general command by its number."""
