"""Tuya's devices behind a microcontroller (TS0601): all that they measure and keep is datapoints of cluster 0xEF00."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from typing import Any

from zigwire.simulator.attributes import AttributeKey, attribute
from zigwire.simulator.clusters import BASIC
from zigwire.simulator.device import Air, Description, Sleep, VirtualDevice
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.house import DeviceFactory
from zigwire.simulator.zdo import Endpoint, NodeDescriptor
from zigwire.zcl.status import Status
from zigwire.zigbee.radio import ApsFrame

__all__ = ["TUYA_DEVICES", "Datapoint", "Kind", "TuyaDevice"]

TUYA = 0xEF00
GROUPS, SCENES, TIME, OTA = 0x0004, 0x0005, 0x000A, 0x0019
TELL, REPORT, VERSION, SYNC_TIME, CONNECTION = 0x01, 0x02, 0x11, 0x24, 0x25
OWN_VERSION = 0x40


class Kind(IntEnum):
    """How a datapoint is written."""

    RAW = 0
    BOOL = 1
    VALUE = 2
    STRING = 3
    ENUM = 4
    BITMAP = 5


SIZES = {Kind.BOOL: 1, Kind.VALUE: 4, Kind.ENUM: 1}
"""Octets of a value; the other kinds have as many as they like."""


@dataclass(frozen=True, slots=True)
class Datapoint:
    """One thing that the microcontroller knows.

    Attributes:
        kind: How it is written.
        value: A number, as all datapoints of the devices here are.
        settable: Whether it takes what it is set to.
    """

    kind: Kind
    value: int
    settable: bool = False

    def serialize(self, number: int) -> bytes:
        """The octets of the wire: number, kind, length, value with the highest octet first."""
        size = SIZES[self.kind]
        signed = self.kind is Kind.VALUE
        return struct.pack(">BBH", number, self.kind, size) + self.value.to_bytes(size, "big", signed=signed)


class TuyaDevice(VirtualDevice):
    """A device behind a microcontroller.

    Attributes:
        datapoints: By number.
        time: The last answer to `ask_time`: the seconds in UTC and in local time, None before there was one.
        connected: The last answer to `ask_connection`, None before there was one.
    """

    def __init__(
        self, air: Air, name: str, ieee: str, description: Description, datapoints: Mapping[int, Datapoint]
    ) -> None:
        super().__init__(air, name, ieee, description)
        self.datapoints = dict(datapoints)
        self.time: tuple[int, int] | None = None
        self.connected: bool | None = None

    def put(self, number: int, value: int) -> None:
        """Change a datapoint by what happens to the device, without a word."""
        self.datapoints[number] = replace(self.datapoints[number], value=value)

    def tell(self, numbers: Iterable[int], command: int = REPORT) -> None:
        """Report datapoints, each in a frame of its own."""
        for number in numbers:
            tsn = self.next_tsn()
            self._say(command, struct.pack(">H", tsn) + self.datapoints[number].serialize(number), tsn)

    def ask_time(self) -> None:
        """Ask for the time."""
        self._say(SYNC_TIME, struct.pack("<H", 8), self.next_tsn())

    def ask_connection(self) -> None:
        """Ask whether the gateway has a connection."""
        self._say(CONNECTION, struct.pack("<H", 1), self.next_tsn())

    def hello(self) -> None:
        """Tell all it knows, then ask for the time and for the gateway's connection."""
        self.tell(self.datapoints)
        self.ask_time()
        self.ask_connection()

    def back(self) -> None:
        """Tell all it knows."""
        self.tell(self.datapoints)

    def receive(self, frame: ApsFrame) -> None:
        """Take a frame; commands of Tuya's cluster go to the microcontroller."""
        try:
            zcl = ZclFrame.parse(frame.data) if frame.cluster == TUYA and frame.destination_endpoint else None
        except ValueError:
            return
        if zcl is None or not zcl.cluster_specific:
            super().receive(frame)
            return
        try:
            status = self._obey(zcl)
        except (struct.error, ValueError):
            status = Status.MALFORMED_COMMAND
        if status or not zcl.disable_default_response:
            self.send(1, TUYA, zcl.default_response(status))

    def _obey(self, frame: ZclFrame) -> int:
        data = frame.payload
        match frame.command:
            case 0x00 | 0x04:
                changed = dict(_parse(data[2:]))
                self.later(("told", frame.tsn), 0, lambda: self._set(changed))
            case 0x03:
                self.later("asked", 0, lambda: self.tell(self.datapoints))
            case 0x10:
                self._say(VERSION, data[:2] + bytes([OWN_VERSION]), frame.tsn)
            case 0x24:
                (size,) = struct.unpack_from("<H", data)
                self.time = struct.unpack_from(">II", data, 2) if size else None
            case 0x25:
                self.connected = bool(struct.unpack_from("<HB", data)[1])
            case _:
                return Status.UNSUP_COMMAND
        return Status.SUCCESS

    def _set(self, wanted: Mapping[int, Datapoint]) -> None:
        """Take what it is set to, where it knows the datapoint in this form, and tell what it is now."""
        for number, point in wanted.items():
            own = self.datapoints.get(number)
            if own is not None and own.settable and own.kind is point.kind:
                self.put(number, point.value)
                self.tell([number], TELL)

    def _say(self, command: int, payload: bytes, tsn: int) -> None:
        self.send(1, TUYA, ZclFrame(command, tsn, payload, cluster_specific=True, to_client=True))

    def own_state(self) -> dict[str, Any]:
        """What its microcontroller keeps."""
        return {"datapoints": {str(number): point.value for number, point in self.datapoints.items()}}

    def restore_own_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `own_state` gave."""
        for number, value in state["datapoints"].items():
            self.put(int(number), int(value))


def _parse(data: bytes) -> Iterator[tuple[int, Datapoint]]:
    """Yield the datapoints of a command.

    Raises:
        ValueError: One has no known kind, or not the size of its kind, or is cut.
        struct.error: One is cut.
    """
    position = 0
    while position < len(data):
        number, kind, size = struct.unpack_from(">BBH", data, position)
        position += 4 + size
        if position > len(data):
            raise ValueError(f"datapoint {number} is cut")
        if size != SIZES.get(Kind(kind), size):
            raise ValueError(f"datapoint {number} has not the size of its kind")
        value = int.from_bytes(data[position - size : position], "big", signed=Kind(kind) is Kind.VALUE)
        yield number, Datapoint(Kind(kind), value)


def _device(
    kind: str, manufacturer: str, points: Mapping[int, Datapoint], *, sleep: Sleep | None = None
) -> DeviceFactory:
    description = Description(
        kind=kind,
        manufacturer=manufacturer,
        model="TS0601",
        node=NodeDescriptor(2, 0x80, 0x1002) if sleep else NodeDescriptor(1, 0x8E, 0x1002),
        endpoints=(Endpoint(1, 0x0051, (BASIC, GROUPS, SCENES, TUYA), (TIME, OTA)),),
        attributes={
            AttributeKey(1, BASIC, 0): attribute("UINT8", 3),
            AttributeKey(1, BASIC, 1): attribute("UINT8", 0x4A),
            AttributeKey(1, BASIC, 2): attribute("UINT8", 0),
            AttributeKey(1, BASIC, 3): attribute("UINT8", 1),
            AttributeKey(1, BASIC, 6): attribute("CHAR_STR", ""),
            AttributeKey(1, BASIC, 7): attribute("ENUM8", 3 if sleep else 1),
            AttributeKey(1, BASIC, 0xFFFE): attribute("ENUM8", 0),
        },
        sleep=sleep,
    )
    return partial(_make, description, points)


def _make(description: Description, points: Mapping[int, Datapoint], air: Air, name: str, ieee: str) -> TuyaDevice:
    return TuyaDevice(air, name, ieee, description, points)


def _value(value: int, *, settable: bool = False) -> Datapoint:
    return Datapoint(Kind.VALUE, value, settable)


def _switch() -> Datapoint:
    return Datapoint(Kind.BOOL, 0, settable=True)


CLAMP_METER = {18: _value(174), 19: _value(400), 20: _value(2300), 101: _value(12_500)}

TUYA_DEVICES: Mapping[str, DeviceFactory] = {
    "tuya.soil": _device(
        "tuya.soil",
        "_TZE200_myd45weu",
        {
            3: _value(42),
            5: _value(21),
            9: _value(0, settable=True),
            14: Datapoint(Kind.ENUM, 2),
            15: _value(90),
        },
        sleep=Sleep(),
    ),
    "tuya.air": _device("tuya.air", "_TZE204_pkpfn9hc", {2: _value(640), 18: _value(215), 19: _value(45)}),
    "tuya.clamp-meter": _device("tuya.clamp-meter", "_TZE204_cjbofhxw", CLAMP_METER),
    "tuya.clamp-meter-pj-1203-w": _device("tuya.clamp-meter-pj-1203-w", "_TZE284_cjbofhxw", CLAMP_METER),
    "tuya.two-switches": _device(
        "tuya.two-switches",
        "_TZE204_he9apaui",
        {1: _switch(), 2: _switch(), 14: Datapoint(Kind.ENUM, 2, settable=True), 16: _switch(), 101: _switch()},
    ),
    "tuya.stairwell-switch": _device("tuya.stairwell-switch", "_TZE204_fhv95pf1", {1: _switch(), 29: _switch()}),
}
"""By the kind that their descriptions name."""
