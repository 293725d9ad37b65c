"""Blinds, curtains and shutters: cluster closuresWindowCovering (ZCL 7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zigwire.devices.blocks.numeric import is_number, number
from zigwire.devices.blocks.reporting import LONGEST, reported
from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import GET, PUBLISHED, SET, Cover, Enum, Numeric
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.devices.options import COVER_POSITION_TILT_DISABLE_REPORT, INVERT_COVER
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Command, Read, Reporting

__all__ = ["cover", "tilting_cover"]

CLUSTER = "closuresWindowCovering"
WIDEST = 100
COMMANDS = {"open": "upOpen", "close": "downClose", "stop": "stop", "on": "upOpen", "off": "downClose"}
OPPOSITE = {"upOpen": "downClose", "downClose": "upOpen", "stop": "stop"}
MODE = "windowCoveringMode"
MODE_BITS = ("reversed", "calibration", "maintenance", "led")


@dataclass(frozen=True, slots=True)
class Axis:
    """One movement of a cover: its property, attribute, and the command that goes to a place."""

    name: str
    attribute: str
    command: str
    argument: str


LIFT = Axis("position", "currentPositionLiftPercentage", "goToLiftPercentage", "percentageliftvalue")
TILT = Axis("tilt", "currentPositionTiltPercentage", "goToTiltPercentage", "percentagetiltvalue")
STATE = Enum("state", PUBLISHED | SET, ("OPEN", "CLOSE", "STOP"))


def cover() -> Feature:
    """Return a cover: 0 is closed and 100 open, the other way round than on air."""
    return _cover(LIFT)


def tilting_cover() -> Feature:
    """Return a cover whose slats turn too."""
    return _cover(LIFT, TILT)


def _cover(*axes: Axis) -> Feature:
    exposes = (
        Numeric(axis.name, PUBLISHED | SET | GET, description=_words(axis), unit="%", minimum=0, maximum=WIDEST)
        for axis in axes
    )
    feature = Feature(
        exposes=(Cover((STATE, *exposes)),),
        decoders=(Decoder(cluster=CLUSTER, attributes=(LIFT.attribute, TILT.attribute, MODE), decode=_decode),),
        encoders=(Encoder(("state",), _encode_state), Encoder(("position", "tilt"), _encode_place)),
        readers=tuple(_reader(axis) for axis in axes),
        options=(INVERT_COVER, COVER_POSITION_TILT_DISABLE_REPORT),
        unlisted=("tilt", "cover_mode"),
    )
    for axis in axes:
        feature = reported(feature, CLUSTER, Reporting(axis.attribute, 1, LONGEST, 1))
    return feature


def _words(axis: Axis) -> str:
    return f"{axis.name.capitalize()} of this cover"


def _decode(received: Received) -> dict[str, Any]:
    inverted = received.context.options.get(INVERT_COVER.name) is True
    state: dict[str, Any] = {}
    for axis in (LIFT, TILT):
        value = received.values.get(axis.attribute)
        if is_number(value) and value <= WIDEST:
            state[axis.name] = value if inverted else WIDEST - value
    if LIFT.name in state:
        state["state"] = "OPEN" if state[LIFT.name] else "CLOSE"
    if isinstance(mode := received.values.get(MODE), int):
        state["cover_mode"] = {name: bool(mode >> bit & 1) for bit, name in enumerate(MODE_BITS)}
    return state


def _encode_state(call: Call) -> Encoded:
    command = COMMANDS.get(call.value.lower()) if isinstance(call.value, str) else None
    if command is None:
        raise BadValueError(call.key, call.value, '"OPEN", "CLOSE" or "STOP"')
    inverted = call.context.options.get(INVERT_COVER.name) is True
    name = OPPOSITE[command] if inverted else command
    return Encoded((Command(endpoint=call.place.endpoint, cluster=CLUSTER, command=name),))


def _encode_place(call: Call) -> Encoded:
    axis = LIFT if call.key == LIFT.name else TILT
    wanted = number(call.key, call.value, 0, WIDEST)
    inverted = call.context.options.get(INVERT_COVER.name) is True
    value = int(rounded(float(wanted if inverted else WIDEST - wanted), 0))
    place = call.place.endpoint
    request = Command(endpoint=place, cluster=CLUSTER, command=axis.command, args={axis.argument: value})
    silent = call.context.options.get(COVER_POSITION_TILT_DISABLE_REPORT.name) is True
    return Encoded((request,), {} if silent else {call.key: wanted})


def _reader(axis: Axis) -> Reader:
    def read(call: Call) -> Reading:
        return Reading((Read(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=(axis.attribute,)),))

    return Reader((axis.name,), read)
