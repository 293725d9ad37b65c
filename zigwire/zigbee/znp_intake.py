"""The short way in for what devices say through a Z-Stack coordinator.

zigpy-znp makes some forty objects of every frame and a task for each message, which was half of the CPU time that a
message took from the radio to MQTT. The one frame that comes all day, AF_INCOMING_MSG, is read here with two
look-ups; every other one goes the usual way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import xor
from struct import Struct

from zigwire.zigbee.coordinator import ADDRESS, ENDPOINTS, HOME_AUTOMATION
from zigwire.zigbee.radio import ApsFrame, Mode

__all__ = ["Intake", "incoming_message"]

_START = 0xFE
_AROUND = 5
"""Octets of a frame beside its payload: start, length, two of the command, check sum (TI's UNPI)."""

_LONGEST = 250
_INCOMING = b"\x44\x81"
"""Command of AF_INCOMING_MSG: asynchronous, subsystem AF."""

_FIELDS = Struct("<HHHBBBBBIBB")
"""Group, cluster, source, its endpoint, our endpoint, broadcast, link quality, secured, time, sequence, length."""

_ALL_ROUTERS = 0xFFFC
"""What a broadcast is said to be addressed to: the frame does not tell."""

_PROFILES = {endpoint.endpoint: endpoint.profile for endpoint in ENDPOINTS}


def incoming_message(payload: bytes) -> ApsFrame | None:
    """Return the frame in the payload of an AF_INCOMING_MSG, None when it is cut short."""
    if len(payload) < _FIELDS.size:
        return None
    group, cluster, source, source_endpoint, endpoint, broadcast, quality, _, _, _, length = _FIELDS.unpack_from(
        payload
    )
    data = payload[_FIELDS.size : _FIELDS.size + length]
    if len(data) < length:
        return None
    mode = Mode.BROADCAST if broadcast else Mode.GROUP if group else Mode.UNICAST
    destination = {Mode.BROADCAST: _ALL_ROUTERS, Mode.GROUP: group, Mode.UNICAST: ADDRESS}[mode]
    profile = _PROFILES.get(endpoint, HOME_AUTOMATION)
    return ApsFrame(
        source, source_endpoint, destination, endpoint, profile, cluster, data, mode=mode, linkquality=quality
    )


class Intake:
    """Reads octets from the serial line.

    Args:
        deliver: Takes what devices say.
        otherwise: Takes the octets of every other frame.
    """

    def __init__(self, deliver: Callable[[ApsFrame], None], otherwise: Callable[[bytes], None]) -> None:
        self._deliver = deliver
        self._otherwise = otherwise
        self._buffer = bytearray()

    def feed(self, octets: bytes) -> None:
        """Take octets, however they are cut."""
        self._buffer += octets
        while (frame := self._next()) is not None:
            message = incoming_message(frame[4:-1]) if frame[2:4] == _INCOMING else None
            if message is None:
                self._otherwise(frame)
            else:
                self._deliver(message)

    def _next(self) -> bytes | None:
        """Take the next whole frame out of the buffer; what is none is dropped up to the next start."""
        buffer = self._buffer
        while len(buffer) >= _AROUND:
            if buffer[0] == _START and buffer[1] <= _LONGEST:
                size = buffer[1] + _AROUND
                if len(buffer) < size:
                    return None
                frame = bytes(buffer[:size])
                if reduce(xor, frame[1:]) == 0:
                    del buffer[:size]
                    return frame
            start = buffer.find(_START, 1)
            del buffer[: start if start > 0 else len(buffer)]
        return None
