"""Frames of Green Power devices as they lie within the Green Power cluster's commands (Green Power 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.zcl import types
from zigwire.zcl.errors import EncodeError, shortened

__all__ = ["decode", "encode"]

_COMMISSIONING = 0xE0
_CHANNEL_REQUEST = 0xE3
_COMMISSIONING_REPLY = 0xF0
_CHANNEL_CONFIGURATION = 0xF3


class _Reader:
    """Walks through a frame."""

    def __init__(self, buffer: bytes) -> None:
        self.buffer = buffer
        self.position = 0

    def number(self, size: int = 1) -> int:
        value, self.position = types.decode(0x1F + size, self.buffer, self.position)
        return int(value)

    def octets(self, size: int) -> bytes:
        return bytes(self.number() for _ in range(size))


def decode(command_id: int, frame: bytes) -> dict[str, Any]:
    """Return the fields of a frame, `raw` bytes for commands whose payload has no fields of its own.

    Raises:
        ParseError: The frame is too short.
    """
    if not frame:
        return {}
    if command_id == _COMMISSIONING:
        return _commissioning(_Reader(frame))
    if command_id == _CHANNEL_REQUEST:
        return {"nextChannel": frame[0] & 0x0F, "nextNextChannel": frame[0] >> 4}
    return {"raw": frame}


def encode(value: Any) -> bytes:
    """Return the bytes of a frame to a Green Power device; `commandID` says which.

    Raises:
        EncodeError: A field is missing or does not fit.
    """
    if not isinstance(value, Mapping):
        raise EncodeError(f"{shortened(value)} is no Green Power frame: an object with commandID is")
    command_id = value.get("commandID")
    if command_id == _COMMISSIONING_REPLY:
        return _commissioning_reply(value)
    if command_id == _CHANNEL_CONFIGURATION:
        return types.encode(0x20, _field(value, "operationalChannel") & 0x0F | bool(value.get("basic")) << 4)
    return types.octets(_field(value, "buffer"), "Green Power frame")


def _commissioning(reader: _Reader) -> dict[str, Any]:
    frame: dict[str, Any] = {"deviceID": reader.number(), "options": (options := reader.number())}
    extended = reader.number() if options & 0x80 else 0
    frame["extendedOptions"] = extended
    frame["securityKey"] = reader.octets(16) if extended & 0x20 else bytes(16)
    frame["keyMic"] = reader.number(4) if extended & 0x40 else 0
    frame["outgoingCounter"] = reader.number(4) if extended & 0x80 else 0
    return frame | _application(reader, reader.number() if options & 0x04 else 0)


def _application(reader: _Reader, information: int) -> dict[str, Any]:
    frame: dict[str, Any] = {"applicationInfo": information}
    frame["manufacturerID"] = reader.number(2) if information & 0x01 else 0
    frame["modelID"] = reader.number(2) if information & 0x02 else 0
    frame["numGpdCommands"] = reader.number() if information & 0x04 else 0
    frame["gpdCommandIdList"] = reader.octets(frame["numGpdCommands"])
    clusters = reader.number() if information & 0x08 else 0
    frame["numServerClusters"], frame["numClientClusters"] = clusters & 0x0F, clusters >> 4
    frame["gpdServerClusters"] = reader.octets(2 * frame["numServerClusters"])
    frame["gpdClientClusters"] = reader.octets(2 * frame["numClientClusters"])
    switch = reader.number() if information & 0x10 else 0
    frame["genericSwitchConfig"] = reader.number() if switch >= 1 else 0
    frame["currentContactStatus"] = reader.number() if switch >= 2 else 0
    return frame


def _commissioning_reply(value: Mapping[str, Any]) -> bytes:
    options = _field(value, "options")
    keyed, encrypted, level = options & 0x02, options & 0x04, options >> 3 & 0x03
    reply = types.encode(0x20, options)
    if options & 0x01:
        reply += types.encode(0x21, _field(value, "panID"))
    if keyed:
        reply += types.encode(0xF1, _field(value, "securityKey"))
    if keyed and encrypted:
        reply += types.encode(0x23, _field(value, "keyMic"))
    if keyed and encrypted and level >= 2:
        reply += types.encode(0x23, _field(value, "frameCounter"))
    return reply


def _field(value: Mapping[str, Any], name: str) -> Any:
    if value.get(name) is None:
        raise EncodeError(f"Green Power frame {shortened(value)} has no {name}")
    return value[name]
