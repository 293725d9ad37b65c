"""Something that switches: state on, off and toggle, on for a time."""

from __future__ import annotations

import math
from typing import Any

from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import GET, PUBLISHED, SET, Binary, Switch
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.devices.options import STATE_ACTION
from zigwire.zcl.requests import Command, Read

__all__ = ["on_off"]

CLUSTER = "genOnOff"
STATES = {"on": "ON", "off": "OFF", "toggle": "TOGGLE"}
OPPOSITE = {"ON": "OFF", "OFF": "ON"}
ALLOWED = '"ON", "OFF" or "TOGGLE"'
TENTHS = 10
LONGEST = 0xFFFF / TENTHS


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
        decoders=(Decoder(cluster=CLUSTER, attributes=("onOff",), decode=_decode),),
        encoders=(Encoder(("state", "on_time", "off_wait_time"), _encode),),
        readers=(Reader(("state",), _read),),
        options=(STATE_ACTION,),
    )


def _decode(received: Received) -> dict[str, Any]:
    value = received.values["onOff"]
    if value not in (0, 1):
        return {}
    word = "on" if value else "off"
    state = {"state": STATES[word]}
    if received.context.options.get(STATE_ACTION.name) is True:
        state["action"] = received.place.key(word)
    return state


def _encode(call: Call) -> Encoded:
    state = _state(call)
    if state == "on" and (call.given("on_time") is not None or call.given("off_wait_time") is not None):
        return _encode_timed(call)
    request = Command(endpoint=call.place.endpoint, cluster=CLUSTER, command=state, disable_default_response=False)
    if state != "toggle":
        return Encoded((request,), {"state": STATES[state]})
    following = OPPOSITE.get(str(call.cached("state")))
    return Encoded((request,), {"state": following} if following else {})


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


def _read(call: Call) -> Reading:
    return Reading((Read(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=("onOff",)),))


def _state(call: Call) -> str:
    value = call.given("state")
    state = value.lower() if isinstance(value, str) else None
    if state in STATES:
        return state
    if value is None and call.key != "state":
        raise BadValueError(call.key, call.value, 'a number of seconds beside "state": "ON"')
    raise BadValueError("state", value, ALLOWED)


def _tenths(call: Call, key: str) -> int:
    seconds = call.given(key)
    if seconds is None:
        return 0
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST:
        raise BadValueError(key, seconds, f"a number of seconds from 0 to {LONGEST}")
    return math.floor(seconds * TENTHS + 0.5)
