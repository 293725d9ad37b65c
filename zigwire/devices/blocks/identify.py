"""Showing which device is meant: cluster genIdentify (ZCL 3.5), and the effects of lights that it triggers."""

from __future__ import annotations

from zigwire.devices.blocks import colour
from zigwire.devices.blocks.numeric import number
from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import SET, Enum
from zigwire.devices.feature import Call, Encoded, Encoder, Feature
from zigwire.devices.options import IDENTIFY_TIMEOUT
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Command

__all__ = ["effect", "identify"]

CLUSTER = "genIdentify"
EFFECTS = {"blink": 0, "breathe": 1, "okay": 2, "channel_change": 11, "finish_effect": 254, "stop_effect": 255}
LOOPS = ("colorloop", "stop_colorloop")
ROUND, FASTEST = 15, 255


def identify() -> Feature:
    """Return the wish to show itself; every device takes the key, this lists it."""
    description = "Initiate device identification"
    expose = Enum("identify", SET, ("identify",), description=description, category="config")
    return Feature(exposes=(expose,), options=(IDENTIFY_TIMEOUT,))


def effect(*, loops: bool = False) -> Feature:
    """Return the effects of a light.

    Args:
        loops: Whether it goes through all hues too.
    """
    expose = Enum(
        "effect",
        SET,
        (*EFFECTS, *(LOOPS if loops else ())),
        description="Triggers an effect on the light (e.g. make light blink for a few seconds)",
    )

    def encode(call: Call) -> Encoded:
        word = call.value.lower() if isinstance(call.value, str) else call.value
        expose.check(word)
        if word in LOOPS:
            return colour.encode_loop(call, 0 if word == "stop_colorloop" else _speed(call))
        arguments = {"effectid": EFFECTS[word], "effectvariant": 0}
        place = call.place.endpoint
        return Encoded((Command(endpoint=place, cluster=CLUSTER, command="triggerEffect", args=arguments),))

    return Feature(exposes=(expose,), encoders=(Encoder(("effect",), encode),))


def _speed(call: Call) -> int:
    """Return by how much the hue changes in a second, so that a round takes the transition."""
    seconds = call.given("transition")
    around = number("transition", ROUND if seconds is None else seconds, 0)
    if not around:
        raise BadValueError("transition", seconds, "a number of seconds above 0")
    return int(min(FASTEST, max(1, rounded(FASTEST / around, 0))))
