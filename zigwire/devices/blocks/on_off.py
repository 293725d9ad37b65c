"""Something that switches: state on, off and toggle, on for a time; what it does after a power cut."""

from __future__ import annotations

import math
from typing import Any

from zigwire.devices.blocks.choice import choice
from zigwire.devices.blocks.reporting import LONGEST, read_first, reported
from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import GET, PUBLISHED, SET, Binary, Switch
from zigwire.devices.feature import (
    Call,
    Decoder,
    Encoded,
    Encoder,
    Feature,
    Reader,
    Reading,
    Received,
)
from zigwire.devices.options import STATE_ACTION
from zigwire.zcl.requests import Command, Read, Reporting

__all__ = [
    "AFTER_START",
    "DECODER",
    "KEYS",
    "encode_state",
    "on_off",
    "power_on_behavior",
    "read_state",
    "relay",
    "word_of",
]

CLUSTER = "genOnOff"
COMPANIONS = ("on_time", "off_wait_time")
KEYS = ("state", *COMPANIONS)
STATES = {"on": "ON", "off": "OFF", "toggle": "TOGGLE"}
OPPOSITE = {"ON": "OFF", "OFF": "ON"}
ALLOWED = '"ON", "OFF" or "TOGGLE"'
TENTHS = 10
LONGEST_TIME = 0xFFFF / TENTHS
AFTER_START = "startUpOnOff"
AFTER_POWER_CUT = {"off": 0, "on": 1, "toggle": 2, "previous": 0xFF}


def on_off() -> Feature:
    """Return the switch of cluster genOnOff (ZCL 3.8).

    Keys `on_time` and `off_wait_time` (seconds) beside `"state": "ON"` switch off again by themselves.
    """
    state = Binary(
        "state",
        PUBLISHED | SET | GET,
        description="On/off state of the switch",
        on="ON",
        off="OFF",
        toggle="TOGGLE",
    )
    return Feature(
        exposes=(Switch((state,)),),
        decoders=(DECODER,),
        encoders=(Encoder(KEYS, encode_state),),
        readers=(Reader(("state",), read_state),),
        options=(STATE_ACTION,),
        companions=COMPANIONS,
    )


def relay() -> tuple[Feature, ...]:
    """Return a plug, relay or wall switch: its state is reported, and it knows what to do after a power cut."""
    switch = reported(on_off(), CLUSTER, Reporting("onOff", 0, LONGEST, 1))
    return switch, read_first(power_on_behavior(), CLUSTER, AFTER_START)


def power_on_behavior(*values: str) -> Feature:
    """Return what a device does after a power cut.

    Args:
        values: Some of `off`, `on`, `toggle` and `previous`; all of them unless given.
    """
    return choice(
        "power_on_behavior",
        {value: AFTER_POWER_CUT[value] for value in values} if values else AFTER_POWER_CUT,
        CLUSTER,
        AFTER_START,
        label="Power-on behavior",
        description="Controls the behavior when the device is powered on after power loss",
        category="config",
    )


def encode_state(call: Call) -> Encoded:
    """Return what switches, by the keys of the message.

    Raises:
        BadValueError: `state` is missing or unknown, or a time is none.
    """
    state = word_of(call)
    if state == "on" and (call.given("on_time") is not None or call.given("off_wait_time") is not None):
        return _encode_timed(call)
    request = Command(endpoint=call.place.endpoint, cluster=CLUSTER, command=state, disable_default_response=False)
    if state != "toggle":
        return Encoded((request,), {"state": STATES[state]})
    following = OPPOSITE.get(str(call.cached("state")))
    return Encoded((request,), {"state": following} if following else {})


def read_state(call: Call) -> Reading:
    """Return what asks for the state."""
    return Reading((Read(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=("onOff",)),))


def word_of(call: Call) -> str:
    """Return the `state` of a message in lower case.

    Raises:
        BadValueError: It is missing or unknown.
    """
    value = call.given("state")
    state = value.lower() if isinstance(value, str) else None
    if state in STATES:
        return state
    if value is None and call.key != "state":
        raise BadValueError(call.key, call.value, 'a number of seconds beside "state": "ON"')
    raise BadValueError("state", value, ALLOWED)


def _decode(received: Received) -> dict[str, Any]:
    value = received.values["onOff"]
    if value not in (0, 1):
        return {}
    word = "on" if value else "off"
    state = {"state": STATES[word]}
    if received.context.options.get(STATE_ACTION.name) is True:
        state["action"] = received.place.key(word)
    return state


DECODER = Decoder(cluster=CLUSTER, attributes=("onOff",), decode=_decode)


def _encode_timed(call: Call) -> Encoded:
    """On with timed off (ZCL 3.8.2.3.6); no state follows, as recorded: the device reports it."""
    arguments = {"ctrlbits": 0, "ontime": _tenths(call, "on_time"), "offwaittime": _tenths(call, "off_wait_time")}
    request = Command(
        endpoint=call.place.endpoint,
        cluster=CLUSTER,
        command="onWithTimedOff",
        args=arguments,
        disable_default_response=False,
    )
    return Encoded((request,))


def _tenths(call: Call, key: str) -> int:
    seconds = call.given(key)
    if seconds is None:
        return 0
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_TIME:
        raise BadValueError(key, seconds, f"a number of seconds from 0 to {LONGEST_TIME}")
    return math.floor(seconds * TENTHS + 0.5)
