"""Frames to messages, requests to frames, by the names of the table of clusters.

`parse` has a short way for what devices send most: the report of one attribute that holds a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from struct import Struct
from typing import Any, NamedTuple

from zigwire.zcl import foundation, types
from zigwire.zcl.clusters import CLUSTERS, AttributeDefinition, Cluster, Clusters
from zigwire.zcl.errors import EncodeError, ParseError, shortened
from zigwire.zcl.foundation import GENERAL_COMMANDS, Body
from zigwire.zcl.frame import GENERAL, SPECIFIC, Header
from zigwire.zcl.limits import UNLIMITED
from zigwire.zcl.message import Attribute, Message
from zigwire.zcl.requests import (
    Command,
    ConfigureReporting,
    Prepared,
    Read,
    ReadReporting,
    Report,
    Reporting,
    Request,
    Typed,
    Write,
)
from zigwire.zcl.status import Status

__all__ = ["encode", "parse"]

_REPORT = bytes([foundation.REPORT])
_LAYOUTS_KEPT = 256
_WRITE_COMMANDS = {
    "plain": foundation.WRITE,
    "undivided": foundation.WRITE_UNDIVIDED,
    "no_response": foundation.WRITE_NO_RESPONSE,
}

_DIRECTION = {"direction": 0}
"""Extra field of a reporting record: about reports that the device sends."""

_Key = str | int | Typed

_new_tuple = tuple.__new__
_from_bytes = int.from_bytes


class _Value(NamedTuple):
    """What is written to an attribute, or reported of it."""

    value: Any


class _Layout(NamedTuple):
    """How to read the report of one attribute that holds a number; `floating` where that is no whole number."""

    id: int
    name: str | None
    type: int
    length: int
    signed: bool
    floating: Struct | None
    minimum: float
    maximum: float
    non_value: int | None


def parse(cluster_id: int, data: bytes, clusters: Clusters = CLUSTERS) -> Message:
    """Return what a frame says.

    Numbers that mean "no value" to an attribute of the table are NaN; values outside of an attribute's limits have the
    status INVALID_VALUE. In both cases the number as it was sent is the record's `extra["raw"]`.

    Args:
        cluster_id: Cluster of the APS frame.
        data: The ZCL frame.
        clusters: The table of clusters, with the device's own.

    Raises:
        ParseError: The frame is too short to have a header.
    """
    if data[2:3] == _REPORT and not data[0] & 0x07:
        cluster = clusters.find(cluster_id)
        layout = cluster.layouts.get(data[3:6])
        if layout is not None and len(data) == layout[3]:
            attribute_id, name, type_id, _, signed, floating, minimum, maximum, non_value = layout
            value = floating.unpack_from(data, 6)[0] if floating else _from_bytes(data[6:], "little", signed=signed)
            if minimum <= value <= maximum and value != non_value:
                record = _new_tuple(Attribute, (attribute_id, name, value, type_id, 0, None))
                control = data[0]
                return Message(
                    cluster_id,
                    cluster.name,
                    "attributeReport",
                    data[1],
                    foundation.REPORT,
                    False,
                    control & 0x08 != 0,
                    None,
                    control & 0x10 != 0,
                    (record,),
                    {},
                    data[3:],
                    b"",
                    data,
                )
    return _parse(cluster_id, data, clusters)


def encode(request: Request, tsn: int, clusters: Clusters = CLUSTERS) -> bytes:
    """Return the frame of a request.

    The manufacturer code is the request's; where it has none, the one of the attributes, else the one of the cluster.
    A request's manufacturer code of 0 means: none, whatever the cluster says.

    Args:
        request: What to send.
        tsn: Transaction sequence number.
        clusters: The table of clusters, with the device's own.

    Raises:
        EncodeError: A name is unknown, a parameter is missing, or a value does not fit; the text says which.
    """
    if isinstance(request, Prepared):
        return _numbered(request, tsn)
    cluster = clusters.resolve(request.cluster, request.manufacturer)
    try:
        if isinstance(request, Command):
            return _encode_command(request, cluster, tsn)
        return _encode_general(request, cluster, tsn)
    except EncodeError as error:
        raise EncodeError(f"cluster {cluster.name}: {error}") from error


def _numbered(request: Prepared, tsn: int) -> bytes:
    """Return a prepared frame with its transaction number."""
    try:
        Header.parse(request.frame)
    except ParseError as error:
        raise EncodeError(str(error)) from error
    if request.numbered:
        return request.frame
    place = 3 if request.frame[0] & 0x04 else 1
    return request.frame[:place] + bytes([tsn]) + request.frame[place + 1 :]


def _parse(cluster_id: int, data: bytes, clusters: Clusters) -> Message:
    header, start = Header.parse(data)
    cluster = clusters.find(cluster_id, header.manufacturer)
    payload = data[start:]
    try:
        kind, body = _parse_payload(header, cluster, payload)
    except ParseError:
        kind, body = "raw", Body(rest=payload)
    if header.command_id == foundation.REPORT and header.frame_type == GENERAL and header.manufacturer is None:
        _compile(cluster, body)
    return Message(
        cluster_id=cluster_id,
        cluster=cluster.name,
        type=kind,
        tsn=header.tsn,
        command_id=header.command_id,
        cluster_specific=header.frame_type == SPECIFIC,
        to_client=header.to_client,
        manufacturer=header.manufacturer,
        disable_default_response=header.disable_default_response,
        attributes=body.attributes,
        args=dict(body.args),
        payload=payload,
        rest=body.rest,
        frame=data,
    )


def _parse_payload(header: Header, cluster: Cluster, payload: bytes) -> tuple[str, Body]:
    if header.frame_type == SPECIFIC:
        command = cluster.command(header.command_id, to_client=header.to_client)
        if command is None:
            raise ParseError(f"cluster {cluster.name} has no command {header.command_id}")
        arguments, rest = command.decode(payload)
        return command.type, Body(args=arguments, rest=rest)
    general = GENERAL_COMMANDS.get(header.command_id)
    if header.frame_type != GENERAL or general is None:
        raise ParseError(f"there is no general command {header.command_id}")
    body = general.parse(payload)
    attributes = tuple(_resolved(record, cluster, header.manufacturer) for record in body.attributes)
    return general.type, body._replace(attributes=attributes)


def _resolved(record: Attribute, cluster: Cluster, manufacturer: int | None) -> Attribute:
    """Give a record its name and its value the meaning that the table knows."""
    definition = cluster.attribute(record.id, manufacturer)
    if definition is None:
        return record
    value = record.value
    if isinstance(value, int | float) and definition.limits.non_value == value:
        return record._replace(name=definition.name, value=math.nan, extra={"raw": value})
    if not definition.limits.allow(value):
        raw = {"raw": value}
        return record._replace(name=definition.name, value=None, status=Status.INVALID_VALUE, extra=raw)
    return record._replace(name=definition.name)


def _compile(cluster: Cluster, body: Body) -> None:
    """Remember how to read the report of the attribute that was just read, for `parse`."""
    if len(body.attributes) != 1 or body.rest or len(cluster.layouts) >= _LAYOUTS_KEPT:
        return
    (record,) = body.attributes
    floating: Struct | None = None
    match types.TYPES.get(record.type or 0):
        case types.Integer(id=type_id, size=size, signed=signed):
            pass
        case types.Float(id=type_id, layout=floating):
            size, signed = floating.size, False
        case _:
            return
    definition = cluster.attribute(record.id)
    limits = UNLIMITED if definition is None else definition.limits
    cluster.layouts[record.id.to_bytes(2, "little") + bytes([type_id])] = _Layout(
        id=record.id,
        name=record.name,
        type=type_id,
        length=6 + size,
        signed=signed,
        floating=floating,
        minimum=limits.minimum,
        maximum=limits.maximum,
        non_value=limits.non_value,
    )


def _encode_command(request: Command, cluster: Cluster, tsn: int) -> bytes:
    command = cluster.command(request.command, to_client=request.to_client)
    if command is None and isinstance(request.command, str):
        raise EncodeError(f"{shortened(request.command)} is none of its commands")
    if command is None and request.args:
        raise EncodeError(f"command {request.command} is unknown: its parameters can only be given as payload")
    payload = request.payload
    if payload is None:
        payload = command.encode(request.args) if command else b""
    answered = command is not None and command.response is not None
    header = Header(
        frame_type=SPECIFIC,
        tsn=tsn,
        command_id=command.id if command else int(request.command),
        to_client=request.to_client,
        manufacturer=_manufacturer(request, cluster, ()),
        disable_default_response=request.disable_default_response or answered,
    )
    return header.serialise() + payload


def _encode_general(request: Request, cluster: Cluster, tsn: int) -> bytes:
    manufacturer = request.manufacturer or None
    command_id, entries = _entries(request)
    definitions = [None if isinstance(key, Typed) else cluster.attribute(key, manufacturer) for key, _ in entries]
    pairs = zip(entries, definitions, strict=True)
    records = tuple(_record(key, content, definition) for (key, content), definition in pairs)
    header = Header(
        frame_type=GENERAL,
        tsn=tsn,
        command_id=command_id,
        to_client=request.to_client,
        manufacturer=_manufacturer(request, cluster, definitions),
        disable_default_response=request.disable_default_response,
    )
    return header.serialise() + GENERAL_COMMANDS[command_id].build(Body(records))


def _entries(request: Request) -> tuple[int, list[tuple[_Key, Any]]]:
    """Return a request's command and what it says about each attribute."""
    match request:
        case Read():
            return foundation.READ, [(key, None) for key in request.attributes]
        case Write():
            return _WRITE_COMMANDS[request.variant], [(key, _Value(value)) for key, value in request.attributes.items()]
        case Report():
            return foundation.REPORT, [(key, _Value(value)) for key, value in request.attributes.items()]
        case ConfigureReporting():
            return foundation.CONFIGURE_REPORTING, [(record.attribute, record) for record in request.records]
        case ReadReporting():
            return foundation.READ_REPORTING, [(key, _DIRECTION) for key in request.attributes]
    raise EncodeError(f"{shortened(request)} is no request")


def _record(key: _Key, content: Any, definition: AttributeDefinition | None) -> Attribute:
    attribute_id, name, data_type = _identity(key, definition)
    record = Attribute(attribute_id, name, type=data_type)
    match content:
        case _Value(Typed() as typed):
            return record._replace(type=typed.type, value=typed.value)
        case _Value(value):
            if definition:
                definition.limits.check(value, f"attribute {name} ({definition.type.name})")
            return record._replace(type=_known_type(record), value=value)
        case Reporting(minimum=minimum, maximum=maximum, change=change):
            extra = {**_DIRECTION, "minimum": minimum, "maximum": maximum, "change": change}
            return record._replace(type=_known_type(record), extra=extra)
    return record._replace(extra=content)


def _identity(key: _Key, definition: AttributeDefinition | None) -> tuple[int, str | None, int | None]:
    """Return an attribute's id, name and data type."""
    if definition:
        return definition.id, definition.name, definition.type.id
    if isinstance(key, Typed):
        return key.value, None, key.type
    if isinstance(key, str):
        raise EncodeError(f"{shortened(key)} is none of its attributes")
    return key, None, None


def _known_type(record: Attribute) -> int:
    if record.type is None:
        raise EncodeError(f"attribute {record.key} is unknown: its data type must be given")
    return record.type


def _manufacturer(request: Request, cluster: Cluster, definitions: Iterable[AttributeDefinition | None]) -> int | None:
    usual = cluster.manufacturer if request.manufacturer is None else request.manufacturer or None
    own = (definition.manufacturer if definition else None for definition in definitions)
    codes = {usual if code is None else code for code in own} or {usual}
    if len(codes) > 1:
        raise EncodeError(f"attributes of different manufacturers can't share a frame: {shortened(codes)}")
    return codes.pop()
