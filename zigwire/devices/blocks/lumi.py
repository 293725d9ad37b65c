"""Xiaomi and Aqara devices (Lumi): their status reports, and settings that they keep in genBasic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.devices.blocks.numeric import is_number, numeric
from zigwire.devices.exposes import GET, PUBLISHED, SET, Binary, Numeric
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.zcl import types
from zigwire.zcl.errors import ParseError
from zigwire.zcl.requests import Read, Typed, Write

__all__ = [
    "CURRENT",
    "DEVICE_TEMPERATURE",
    "ENERGY",
    "FLIP_INDICATOR_LIGHT",
    "MANUFACTURER",
    "MEMORY_WHOLE",
    "ON_OFF",
    "OUTAGE_COUNT",
    "PLUG_VALUES",
    "POWER",
    "SUPPLY_VOLTAGE",
    "VOLTAGE",
    "Tag",
    "active_power",
    "meanings",
    "power_outage_memory",
    "relays",
    "status_report",
    "tags",
]

MANUFACTURER = 0x115F
CLUSTER = "genBasic"
TAGGED, ORDERED = 0xFF01, 0xFF02
SETTINGS = 0xFFF0
OCTET_STRING = 0x41


@dataclass(frozen=True, slots=True)
class Tag:
    """A row of the table that says what the entries of a status report mean.

    Attributes:
        number: The tag before the value.
        properties: Properties that get the value.
        meaning: From the raw number to the published value.
        expose: What the interface lists for it.
    """

    number: int
    properties: tuple[str, ...]
    meaning: Callable[[float], Any]
    expose: Numeric | None = None


def _same(value: float) -> float:
    return value


def _on_off(value: float) -> str:
    return "ON" if value == 1 else "OFF"


# Measured on recorded reports of mains devices. The count of starts includes the first one, which was no outage.
SUPPLY_VOLTAGE = Tag(1, ("voltage",), _same)
DEVICE_TEMPERATURE = Tag(
    3,
    ("device_temperature",),
    _same,
    Numeric("device_temperature", PUBLISHED, description="Temperature of the device", category="diagnostic", unit="°C"),
)
OUTAGE_COUNT = Tag(5, ("power_outage_count",), lambda value: max(value - 1, 0))
STATE_TAG = 100
ON_OFF = Tag(STATE_TAG, ("state",), _on_off)
ENERGY = Tag(
    149,
    ("energy", "consumption"),
    _same,
    Numeric("energy", PUBLISHED, description="Sum of consumed energy", unit="kWh"),
)
VOLTAGE = Tag(150, ("voltage",), lambda value: value / 10)
CURRENT = Tag(151, ("current",), lambda value: value / 1000)
POWER = Tag(152, ("power",), _same)
FLIP_INDICATOR_LIGHT = Tag(240, ("flip_indicator_light",), _on_off)


PLUG_VALUES = (POWER, VOLTAGE, CURRENT, SUPPLY_VOLTAGE, OUTAGE_COUNT, FLIP_INDICATOR_LIGHT)
"""What the status reports of plugs hold beside energy, temperature and state."""


def relays(*names: str) -> tuple[Tag, ...]:
    """Return the states of several relays, by the names of their endpoints."""
    return tuple(Tag(STATE_TAG + place, (f"state_{name}",), _on_off) for place, name in enumerate(names))


# Attribute 0xFF02 has no tags; these are the places of its elements and the tags that mean the same.
PLACES = {1: SUPPLY_VOLTAGE.number, 4: OUTAGE_COUNT.number}


def status_report(*rows: Tag) -> Feature:
    """Return the report that a device sends about every hour, and after a start: genBasic 0xFF01 or 0xFF02."""
    table = {row.number: row for row in rows}

    def decode(received: Received) -> dict[str, Any]:
        return meanings(_entries(received.values), table)

    return Feature(
        exposes=tuple(row.expose for row in rows if row.expose),
        decoders=(Decoder(cluster=CLUSTER, attributes=(TAGGED, ORDERED), decode=decode),),
    )


def meanings(entries: Iterable[tuple[int, Any]], table: Mapping[int, Tag]) -> dict[str, Any]:
    """Return what the entries of a status report are published as."""
    return {
        name: row.meaning(value)
        for number, value in entries
        if is_number(value) and (row := table.get(number))
        for name in row.properties
    }


def tags(blob: bytes) -> Iterator[tuple[int, Any]]:
    """Yield tag and value of each entry; what follows an entry that is cut or of no known type is left out."""
    position = 0
    while position + 2 <= len(blob):
        try:
            value, behind = types.decode(blob[position + 1], blob, position + 2)
        except ParseError:
            return
        yield blob[position], value
        position = behind


def active_power(endpoint: int | None = None) -> Feature:
    """Return the power that genAnalogInput of an endpoint measures, of the first that has it unless one is given."""
    return numeric(
        "power",
        "genAnalogInput",
        "presentValue",
        unit="W",
        description="Instantaneous measured power",
        endpoint=endpoint,
    )


def power_outage_memory(
    parts: Mapping[bool, tuple[bytes, ...]] | None = None, *, asked_at: str | int = CLUSTER
) -> Feature:
    """Return whether the plug comes back in its last state after a power cut.

    It is written in parts to attribute 0xFFF0, as recorded, and only true and false are taken, since those are
    the values that the expose names. What a read gives:

    - A plug that answers with a setting in the form in which it was written says what it is set to.
    - One that answers with nothing, or with something else, and one that does not support the read, keeps what was
      written last: that is what the state cache holds, for the cache takes a setting only when the plug has
      acknowledged it. Zigbee2MQTT stored the value as the user had written it (`"yes"`) and set the plug by whether it
      is truthy; so is it read here.
    - Where nothing was ever written the setting is off, as it is on new plugs.

    Only answers to reads count: a plug that reports 0xFFF0 by itself tells something else.

    Args:
        parts: What is written; two halves unless given.
        asked_at: Cluster that is read.
    """
    written = MEMORY_HALVES if parts is None else parts
    name = "power_outage_memory"
    expose = Binary(
        name,
        PUBLISHED | SET | GET,
        description="Enable/disable the power outage memory, this recovers the on/off mode after power failure",
        category="config",
    )

    def remembered(state: Mapping[str, Any]) -> bool:
        return bool(state.get(name))

    def decode(received: Received) -> dict[str, Any]:
        if received.message.type != "readResponse":
            return {}
        setting = _memory(received.values[SETTINGS])
        return {name: remembered(received.context.state) if setting is None else setting}

    def encode(call: Call) -> Encoded:
        expose.check(call.value)
        requests = (_write(call, part) for part in written[call.value])
        return Encoded(tuple(requests), {name: call.value})

    def read(call: Call) -> Reading:
        place = call.place.endpoint
        request = Read(endpoint=place, cluster=asked_at, attributes=(SETTINGS,), manufacturer=MANUFACTURER)
        return Reading((request,), fallback={name: remembered(call.context.state)})

    return Feature(
        exposes=(expose,),
        decoders=(Decoder(cluster=asked_at, attributes=(SETTINGS,), decode=decode),),
        encoders=(Encoder((name,), encode),),
        readers=(Reader((name,), read),),
    )


MEMORY_HALVES = {
    True: (bytes.fromhex("aa8005d14707011001"), bytes.fromhex("aa8003d3070801")),
    False: (bytes.fromhex("aa8005d14709011000"), bytes.fromhex("aa8003d3070a01")),
}
MEMORY_WHOLE = {
    True: (bytes.fromhex("aa8005d14700011001"),),
    False: (bytes.fromhex("aa8005d14701011000"),),
}
"""What some plugs want instead of the two halves."""

MEMORY_HEAD = bytes.fromhex("aa8005d147")
MEMORY_AT = 8


def _write(call: Call, part: bytes) -> Write:
    attributes: dict[str | int, Any] = {SETTINGS: Typed(OCTET_STRING, part)}
    return Write(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=attributes, manufacturer=MANUFACTURER)


def _memory(value: Any) -> bool | None:
    if not isinstance(value, bytes) or not value.startswith(MEMORY_HEAD) or len(value) <= MEMORY_AT:
        return None
    return {0: False, 1: True}.get(value[MEMORY_AT])


def _entries(values: Mapping[str | int, Any]) -> Iterator[tuple[int, Any]]:
    if isinstance(blob := values.get(TAGGED), bytes):
        yield from tags(blob)
    if isinstance(elements := values.get(ORDERED), list):
        yield from _places(elements)


def _places(elements: list[Any]) -> Iterator[tuple[int, Any]]:
    for place, number in PLACES.items():
        if place < len(elements) and isinstance(elements[place], Mapping):
            yield number, elements[place].get("elmVal")
