"""Frames from the field's raw notation: frame type, command by name or number, payload as an object or a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.zcl.clusters import CLUSTERS, Clusters
from zigwire.zcl.errors import EncodeError, shortened
from zigwire.zcl.foundation import GENERAL_COMMANDS, Body
from zigwire.zcl.frame import GENERAL, SPECIFIC, Header
from zigwire.zcl.message import Attribute

__all__ = ["encode_payload"]

_GENERAL_NAMES = {
    "read": 0x00,
    "readRsp": 0x01,
    "write": 0x02,
    "writeUndiv": 0x03,
    "writeRsp": 0x04,
    "writeNoRsp": 0x05,
    "configReport": 0x06,
    "configReportRsp": 0x07,
    "readReportConfig": 0x08,
    "readReportConfigRsp": 0x09,
    "report": 0x0A,
    "defaultRsp": 0x0B,
    "discover": 0x0C,
    "discoverRsp": 0x0D,
    "readStructured": 0x0E,
    "writeStructured": 0x0F,
    "writeStructuredRsp": 0x10,
    "discoverCommands": 0x11,
    "discoverCommandsRsp": 0x12,
    "discoverCommandsGen": 0x13,
    "discoverCommandsGenRsp": 0x14,
    "discoverExt": 0x15,
    "discoverExtRsp": 0x16,
}

_EXTRA = {"minRepIntval": "minimum", "maxRepIntval": "maximum", "repChange": "change"}
_MAIN = {"attrId", "attrData", "dataType", "status"}


def encode_payload(
    header: Header, cluster: str | int, command: str | int, payload: Any, clusters: Clusters = CLUSTERS
) -> bytes:
    """Return a frame.

    Args:
        header: Of the frame; its command is replaced by `command`.
        cluster: Name or id.
        command: Name or id.
        payload: Parameters by name, or a list of records where a general command has them.
        clusters: The table of clusters, with the device's own.

    Raises:
        EncodeError: The command is unknown, or the payload does not fit it.
    """
    if header.frame_type == GENERAL:
        return _general(header, command, payload)
    if header.frame_type != SPECIFIC:
        raise EncodeError(f"frame type {header.frame_type} is reserved: 0 (general) and 1 (of a cluster) are allowed")
    found = clusters.resolve(cluster, header.manufacturer)
    known = found.command(command, to_client=header.to_client)
    if known is None:
        raise EncodeError(f"cluster {found.name} has no command {shortened(command)}")
    if not isinstance(payload, Mapping):
        raise EncodeError(f"payload {shortened(payload)} is no object with the parameters of {known.name}")
    return header._replace(command_id=known.id).serialise() + known.encode(payload)


def _general(header: Header, command: str | int, payload: Any) -> bytes:
    number = _GENERAL_NAMES.get(command) if isinstance(command, str) else command
    if number is None or number not in GENERAL_COMMANDS:
        raise EncodeError(f"there is no general command {shortened(command)}: {', '.join(_GENERAL_NAMES)} are allowed")
    return header._replace(command_id=number).serialise() + GENERAL_COMMANDS[number].build(_body(payload))


def _body(payload: Any) -> Body:
    if isinstance(payload, Mapping):
        return Body(args=payload)
    if not isinstance(payload, list):
        raise EncodeError(f"payload {shortened(payload)} is neither an object nor a list of records")
    return Body(tuple(_record(entry) for entry in payload))


def _record(entry: Any) -> Attribute:
    if not isinstance(entry, Mapping) or "attrId" not in entry:
        raise EncodeError(f"record {shortened(entry)} has no attrId")
    return Attribute(
        id=entry["attrId"],
        name=None,
        value=entry.get("attrData"),
        type=entry.get("dataType"),
        status=entry.get("status", 0),
        extra={_EXTRA.get(str(name), str(name)): value for name, value in entry.items() if name not in _MAIN},
    )
