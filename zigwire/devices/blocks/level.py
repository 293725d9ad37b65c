"""The brightness of a light: cluster genLevelCtrl (ZCL 3.10) together with its switch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.devices.blocks import on_off
from zigwire.devices.blocks.numeric import is_number, number
from zigwire.devices.exposes import GET, PUBLISHED, SET, Numeric
from zigwire.devices.feature import Ask, Call, Decoder, Encoded, Encoder, Reader, Reading, Received, Values
from zigwire.devices.options import TRANSITION
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Command, Read

__all__ = ["BRIGHTNESS", "CLUSTER", "COMPANIONS", "DECODER", "ENCODERS", "READERS", "UNMASKED", "tenths", "transition"]

CLUSTER = "genLevelCtrl"
CURRENT, ON_LEVEL = "currentLevel", "onLevel"
HIGHEST, PREVIOUS = 254, 255
TENTHS = 10
LONGEST = 6553.5
FASTEST = 255
IKEA = 0x117C
SETTLED = 0.5
"""Seconds that a light is given before it is asked where it stopped."""

UNMASKED = {"optionsMask": 0, "optionsOverride": 0}
"""What the commands of level and colour carry last (ZCL 3.10.2.3.1.3): no option is overridden."""

BRIGHTNESS = Numeric(
    "brightness", PUBLISHED | SET | GET, description="Brightness of this light", minimum=0, maximum=HIGHEST
)

DIMMED_OFF, LAST_LEVEL, NO_ON_LEVEL = "dimmed_off", "last_level", "no_on_level"
"""Notes: it was switched off by dimming, the level before that, and that it keeps no level for switching on."""


def transition(call: Call) -> float | None:
    """Return the seconds that a change is to take: those of the message, else those of the option; None: neither.

    Raises:
        BadValueError: They are no number, or too many.
    """
    given = call.given("transition")
    if given is None:
        given = call.context.options.get(TRANSITION.name)
    return None if given is None or given == "" else number("transition", given, 0, LONGEST)


def tenths(seconds: float | None) -> int:
    """Return seconds in the unit of transition times (ZCL 3.10.2.3.1.2)."""
    return int(rounded(float(seconds or 0) * TENTHS, 0))


def _decode(received: Received) -> dict[str, Any]:
    value = received.values[CURRENT]
    return {"brightness": value} if is_number(value) else {}


def _encode(call: Call) -> Encoded:
    """Switch and dim by one command, as the keys of the message ask for."""
    level = _level(call)
    if not call.names("state"):
        word: str | None = "off" if level == 0 else "on"
    elif call.given("state") is None and level is not None:
        word = None
    else:
        word = on_off.word_of(call)
    target = word
    if word == "toggle":
        target = "off" if call.cached("state") == "ON" else "on"
    if target == "off":
        return _off(call, word, level)
    if level is None:
        return _on(call, word)
    seconds = None if _waits_for_colour(call) else transition(call)
    return _move(call, max(level, 1), seconds, keep_state=word is None)


def _level(call: Call) -> int | None:
    if (brightness := call.given("brightness")) is not None:
        return min(int(rounded(float(number("brightness", brightness, 0, PREVIOUS)), 0)), HIGHEST)
    if (percent := call.given("brightness_percent")) is not None:
        return min(int(rounded(number("brightness_percent", percent, 0, 100) * PREVIOUS / 100, 0)), HIGHEST)
    return None


def _waits_for_colour(call: Call) -> bool:
    """Whether a light gets its colour by the same message: IKEA's give up a dimming that is under way."""
    ikea = call.place.device.manufacturer_code == IKEA
    return ikea and (call.given("color") is not None or call.given("color_temp") is not None)


def _off(call: Call, word: str | None, level: int | None) -> Encoded:
    seconds = None if _waits_for_colour(call) else transition(call)
    dimmed = seconds is not None or level == 0
    notes: dict[str, Any] = {}
    if call.cached("brightness") is not None and call.cached("state") == "ON":
        notes = {LAST_LEVEL: call.cached("brightness"), DIMMED_OFF: dimmed}
    if not dimmed:
        return _switch(call, word, notes)
    state = {"state": "OFF"} if level is None else {"brightness": 0, "state": "OFF"}
    return Encoded((_command(call, "moveToLevelWithOnOff", 0, seconds),), state, notes)


def _on(call: Call, word: str | None) -> Encoded:
    """Switch on; by dimming where a transition is wanted, or where the light was dimmed before it went off."""
    seconds = None if _waits_for_colour(call) else transition(call)
    dimmed = call.notes.get(DIMMED_OFF) and call.cached("state") == "OFF"
    if seconds is None and not dimmed:
        return _switch(call, word, {})
    settings = call.cached("level_config")
    level = settings.get("on_level", 0) if isinstance(settings, Mapping) else 0
    if level or call.notes.get(NO_ON_LEVEL):
        return _restore(call, level, seconds)

    def then(values: Values) -> Encoded:
        return _restore(call, values.get(ON_LEVEL, 0), seconds)

    return Encoded(ask=Ask(Read(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=(ON_LEVEL,)), then))


def _restore(call: Call, level: Any, seconds: float | None) -> Encoded:
    notes = {} if level else {NO_ON_LEVEL: True}
    if not is_number(level) or level in (0, PREVIOUS):
        current = call.cached("brightness")
        level = call.notes.get(LAST_LEVEL, HIGHEST if current is None else current)
    moved = _move(call, max(int(level), 1), seconds)
    return Encoded(moved.requests, moved.state, {**notes, **moved.notes})


def _switch(call: Call, word: str | None, notes: Mapping[str, Any]) -> Encoded:
    encoded = on_off.encode_state(call) if word else Encoded()
    lit = encoded.state.get("state") == "ON" and call.cached("brightness") == 0
    return Encoded(encoded.requests, {**encoded.state, "brightness": 1} if lit else encoded.state, notes)


def _move(call: Call, level: int, seconds: float | None, *, keep_state: bool = False) -> Encoded:
    command = "moveToLevel" if keep_state else "moveToLevelWithOnOff"
    state = {"brightness": level} if keep_state else {"brightness": level, "state": "ON"}
    return Encoded((_command(call, command, level, seconds),), state, {LAST_LEVEL: level, DIMMED_OFF: False})


def _command(call: Call, name: str, level: int, seconds: float | None) -> Command:
    arguments = {"level": level, "transtime": tenths(seconds), **UNMASKED}
    return Command(endpoint=call.place.endpoint, cluster=CLUSTER, command=name, args=arguments)


def _encode_move(call: Call) -> Encoded:
    """Dim by so many units a second until it is stopped."""
    rate = 0 if call.value == "stop" else number(call.key, call.value, -FASTEST, FASTEST)
    if not rate:
        stop = Command(endpoint=call.place.endpoint, cluster=CLUSTER, command="stop", args=UNMASKED)
        return Encoded((stop,), ask=_where_it_stopped(call))
    name = "moveWithOnOff" if call.key.endswith("_onoff") else "move"
    arguments = {"movemode": 0 if rate > 0 else 1, "rate": int(abs(rate)), **UNMASKED}
    return Encoded((Command(endpoint=call.place.endpoint, cluster=CLUSTER, command=name, args=arguments),))


def _where_it_stopped(call: Call) -> Ask[Encoded]:
    place = call.place.endpoint

    def then(switched: Values) -> Encoded:
        if "onOff" not in switched:
            return Encoded()
        state = "ON" if switched["onOff"] == 1 else "OFF"

        def then_level(values: Values) -> Encoded:
            level = values.get(CURRENT)
            return Encoded((), {"state": state} if level is None else {"brightness": level, "state": state})

        return Encoded(ask=Ask(Read(endpoint=place, cluster=CLUSTER, attributes=(CURRENT,)), then_level))

    return Ask(Read(endpoint=place, cluster="genOnOff", attributes=("onOff",)), then, SETTLED)


def _encode_step(call: Call) -> Encoded:
    """Dim by so many units."""
    size = int(number(call.key, call.value, -FASTEST, FASTEST))
    switches = call.key.endswith("_onoff")
    seconds = transition(call)
    arguments = {"stepmode": 0 if size > 0 else 1, "stepsize": abs(size), "transtime": tenths(seconds), **UNMASKED}
    name = "stepWithOnOff" if switches else "step"
    request = Command(endpoint=call.place.endpoint, cluster=CLUSTER, command=name, args=arguments)
    before = call.cached("brightness")
    if not is_number(before):
        return Encoded((request,))
    if size:
        moved = before + size if switches or call.cached("state") == "ON" else before
        return Encoded((request,), _stepped(call, moved, switches))

    def then(values: Values) -> Encoded:
        return Encoded((), _stepped(call, values.get(CURRENT, before), switches))

    return Encoded(
        (request,), ask=Ask(Read(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=(CURRENT,)), then)
    )


def _stepped(call: Call, level: float, switches: bool) -> dict[str, Any]:
    lowest = 0 if switches or call.cached("state") == "OFF" else 1
    reached = max(lowest, min(HIGHEST, level))
    return {"brightness": reached, "state": "ON" if reached else "OFF"}


def _read(call: Call) -> Reading:
    return Reading((Read(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=(CURRENT,)),))


DECODER = Decoder(cluster=CLUSTER, attributes=(CURRENT,), decode=_decode)
ENCODERS = (
    Encoder(("state", "brightness", "brightness_percent", "on_time", "off_wait_time"), _encode),
    Encoder(("brightness_move", "brightness_move_onoff"), _encode_move),
    Encoder(("brightness_step", "brightness_step_onoff"), _encode_step),
)
COMPANIONS = ("transition", "rate", *on_off.COMPANIONS)
READERS = (Reader(("state",), on_off.read_state), Reader(("brightness",), _read))
