"""Tuya's own cluster (manuSpecificTuya, 0xEF00): datapoints as rows, and what its microcontrollers ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Any

from zigwire.devices.blocks.numeric import is_number
from zigwire.devices.blocks.reporting import first_read
from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import GET, SET, Binary, Enum, Expose, Item, Numeric, Text, singles
from zigwire.devices.feature import (
    Call,
    Decoder,
    Encoded,
    Encoder,
    Feature,
    Later,
    Place,
    Reader,
    Reading,
    Received,
    Step,
)
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Command, Request

__all__ = ["Datapoint", "Kind", "bits", "datapoints", "microcontroller", "number", "switch", "text", "words"]

CLUSTER = "manuSpecificTuya"
TELLING = ("commandDataResponse", "commandDataReport", "commandActiveStatusReport", "commandActiveStatusReportAlt")
"""Messages that carry datapoints."""

SEQUENCE = 1
"""The sequence number of requests; devices don't look at it."""

WOKEN = ("manufacturerName", "zclVersion", "appVersion", "modelId", "powerSource", 0xFFFE)
"""Attributes of genBasic that Tuya's gateway reads first; devices only report after that."""

CONNECTED = 1
LARGEST = 0x7FFF_FFFF
"""Numbers have four bytes and a sign."""

SINCE_1970, SINCE_2000, NO_TIME = "1970", "2000", "off"
YEAR_2000 = 946_684_800
"""Its beginning in Unix time."""

TIME_START = Enum(
    "time_start",
    SET,
    (SINCE_1970, SINCE_2000, NO_TIME),
    description="From which year on the device is told the seconds when it asks for the time",
)


class Kind(IntEnum):
    """How the data of a datapoint is written."""

    RAW = 0
    BOOL = 1
    VALUE = 2
    STRING = 3
    ENUM = 4
    BITMAP = 5


@dataclass(frozen=True, slots=True)
class Datapoint:
    """A row of the table that says what a device's datapoints mean.

    Attributes:
        number: Its number.
        items: What the interface lists for it.
        decode: From the data to properties; {} when it says nothing.
        kind: How it is written.
        encode: From a command to the data, None where it can't be set.
    """

    number: int
    items: tuple[Item, ...]
    decode: Callable[[Any], Mapping[str, Any]]
    kind: Kind = Kind.VALUE
    encode: Callable[[Call], Any] | None = None


def number(point: int, expose: Numeric, *, divisor: float = 1) -> Datapoint:
    """Return a number; it can be set where the expose says so.

    Args:
        point: Number of the datapoint.
        expose: What it is.
        divisor: What the raw number is divided by.
    """

    def decode(value: Any) -> Mapping[str, Any]:
        return {expose.key: value / divisor} if is_number(value) else {}

    def encode(call: Call) -> int:
        expose.check(call.value)
        raw = int(rounded(float(call.value * divisor), 0))
        if not -LARGEST <= raw <= LARGEST:
            raise BadValueError(call.key, call.value, f"a number from {-LARGEST / divisor} to {LARGEST / divisor}")
        return raw

    return Datapoint(point, (expose,), decode, Kind.VALUE, encode if expose.access & SET else None)


def words(point: int, expose: Binary | Enum, values: Mapping[Any, int], kind: Kind = Kind.ENUM) -> Datapoint:
    """Return one of several words; `TOGGLE` means the other one of two.

    Args:
        point: Number of the datapoint.
        expose: What it is.
        values: Raw values by word.
        kind: How it is written.
    """
    meanings = {(type(raw), raw): word for word, raw in values.items()}

    def decode(value: Any) -> Mapping[str, Any]:
        known = (type(value), value) in meanings if isinstance(value, int) else False
        return {expose.key: meanings[type(value), value]} if known else {}

    def encode(call: Call) -> int:
        expose.check(call.value)
        return values[_toggled(call, values) if call.value not in values else call.value]

    return Datapoint(point, (expose,), decode, kind, encode if expose.access & SET else None)


def switch(point: int, item: Item) -> Datapoint:
    """Return something with a state that is `ON` or `OFF`: a `Switch`, or a `Binary` with these words."""
    (expose,) = singles((item,))
    if not isinstance(expose, Binary):
        raise TypeError(f"{expose.key} is no binary")
    row = words(point, expose, {"ON": True, "OFF": False}, Kind.BOOL)
    return replace(row, items=(item,))


def text(point: int, expose: Text) -> Datapoint:
    """Return a text."""

    def decode(value: Any) -> Mapping[str, Any]:
        return {expose.key: value} if isinstance(value, str) else {}

    def encode(call: Call) -> str:
        if not isinstance(call.value, str) or not call.value.isascii():
            raise BadValueError(call.key, call.value, "a text of ASCII characters")
        return call.value

    return Datapoint(point, (expose,), decode, Kind.STRING, encode if expose.access & SET else None)


def bits(point: int, *exposes: Binary) -> Datapoint:
    """Return what the bits of a datapoint say, the lowest first."""

    def decode(value: Any) -> Mapping[str, Any]:
        if isinstance(value, bool) or not isinstance(value, int):
            return {}
        return {one.key: one.on if value >> bit & 1 else one.off for bit, one in enumerate(exposes)}

    return Datapoint(point, exposes, decode, Kind.BITMAP)


def datapoints(*rows: Datapoint) -> Feature:
    """Return what a device's datapoints mean."""
    table = {row.number: row for row in rows}

    def decode(received: Received) -> dict[str, Any]:
        state: dict[str, Any] = {}
        for one in received.message.args.get("dpValues", ()):
            if row := table.get(one["dp"]):
                state |= row.decode(_read(one["datatype"], one["data"]))
        return state

    return Feature(
        exposes=tuple(item for row in rows for item in row.items),
        decoders=(Decoder(cluster=CLUSTER, commands=TELLING, decode=decode),),
        encoders=tuple(
            _encoder(row, row.encode, expose) for row in rows if row.encode for expose in singles(row.items)
        ),
        readers=tuple(Reader((one.key,), _query) for row in rows for one in singles(row.items) if one.access & GET),
    )


def microcontroller(*, asked_at_start: bool = False, asked_when_back: bool = False) -> Feature:
    """Return what a device with this cluster is served with: its start, the time, and that there is a connection.

    Args:
        asked_at_start: Whether it reports only after it was asked for its datapoints in the set-up.
        asked_when_back: Whether it has to be asked each time that it announces itself.
    """

    def setup(place: Place) -> tuple[Step, ...]:
        version = _command(place, "mcuVersionRequest", {"seq": SEQUENCE})
        query = (_command(place, "dataQuery"),) if asked_at_start else ()
        return first_read(place.endpoint, "genBasic", *WOKEN), *query, version

    def query(place: Place, _: Mapping[str, Any]) -> tuple[Later, ...]:
        return (Later(key="query", after=0, requests=lambda _: (_command(place, "dataQuery"),)),)

    return Feature(
        decoders=(
            Decoder(cluster=CLUSTER, commands=("commandMcuSyncTime",), decode=_nothing, later=_time),
            Decoder(
                cluster=CLUSTER, commands=("commandMcuGatewayConnectionStatus",), decode=_nothing, later=_connection
            ),
        ),
        options=(TIME_START,),
        setup=setup,
        occasions={"deviceAnnounce": query} if asked_when_back else {},
    )


def _read(kind: int, data: bytes) -> Any:
    """Return what the data of a datapoint says; numbers have the highest byte first, and a sign in four bytes."""
    if kind == Kind.BOOL:
        return data[:1] == b"\x01"
    if kind in (Kind.VALUE, Kind.BITMAP):
        return int.from_bytes(data, "big", signed=len(data) == len(_WORD))
    if kind == Kind.ENUM:
        return data[0] if data else None
    return data.decode("latin-1") if kind == Kind.STRING else data


_WORD = bytes(4)

WRITTEN: Mapping[Kind, Callable[[Any], bytes]] = {
    Kind.RAW: bytes,
    Kind.BOOL: lambda value: bytes((int(value),)),
    Kind.VALUE: lambda value: (value & 0xFFFF_FFFF).to_bytes(len(_WORD), "big"),
    Kind.STRING: lambda value: value.encode("ascii"),
    Kind.ENUM: lambda value: bytes((value,)),
    Kind.BITMAP: lambda value: bytes((value,)),
}


def _encoder(row: Datapoint, encode: Callable[[Call], Any], expose: Expose) -> Encoder:
    def run(call: Call) -> Encoded:
        raw = encode(call)
        point = {"dp": row.number, "datatype": int(row.kind), "data": WRITTEN[row.kind](raw)}
        request = _command(call.place, "dataRequest", {"seq": SEQUENCE, "dpValues": [point]})
        (told,) = row.decode(raw).values() or (call.value,)
        return Encoded((replace(request, disable_default_response=True),), {expose.key: told})

    return Encoder((expose.key,), run)


def _query(call: Call) -> Reading:
    """Ask for all datapoints: a single one can't be asked for."""
    return Reading((_command(call.place, "dataQuery"),))


def _toggled(call: Call, values: Mapping[Any, int]) -> Any:
    known = call.context.state.get(call.key)
    others = [word for word in values if word != known]
    if len(others) != 1:
        raise BadValueError(call.key, call.value, "TOGGLE once the state is known")
    return others[0]


def _command(place: Place, command: str, args: Mapping[str, Any] | None = None) -> Command:
    return Command(endpoint=place.endpoint, cluster=CLUSTER, command=command, args=args or {})


def _nothing(_: Received) -> Mapping[str, Any]:
    return {}


def _time(received: Received) -> tuple[Later, ...]:
    chosen = received.context.options.get(TIME_START.name, NO_TIME)
    if chosen not in (SINCE_1970, SINCE_2000):
        return ()
    begin = YEAR_2000 if chosen == SINCE_2000 else 0

    def answer(moment: datetime) -> tuple[Request, ...]:
        utc = round(moment.timestamp()) - begin
        offset = moment.utcoffset()
        local = utc + (int(offset.total_seconds()) if offset else 0)
        octets = b"".join(seconds.to_bytes(len(_WORD), "big") for seconds in (utc, local))
        args = {"payloadSize": len(octets), "payload": list(octets)}
        return (_command(received.place, "mcuSyncTime", args),)

    return (Later(key="time", after=0, requests=answer),)


def _connection(received: Received) -> tuple[Later, ...]:
    """Say that the gateway has a connection: otherwise some devices show that they have none."""
    request = _command(received.place, "mcuGatewayConnectionStatus", {"payloadSize": 1, "payload": CONNECTED})
    return (Later(key="connection", after=0, requests=lambda _: (request,)),)
