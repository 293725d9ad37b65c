"""What sensors don't tell and time does: that a detection is over, and how long ago the last one was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.devices.exposes import PUBLISHED, Binary, Numeric
from zigwire.devices.feature import Decoder, Feature, Later, Received
from zigwire.devices.options import NO_OCCUPANCY_SINCE, OCCUPANCY_TIMEOUT, PRESENCE_TIMEOUT

__all__ = ["motion", "no_occupancy", "over", "presence_by_checkin"]

DEFAULT = {"occupancy_timeout": 90, "presence_timeout": 100, "vibration_timeout": 90}
"""Seconds that a detection lasts, unless the user says otherwise."""


def over(option: Numeric, received: Received, state: Mapping[str, Any]) -> Later:
    """Return that a detection is over after the seconds that the user chose; 0: never.

    Args:
        option: What holds the seconds.
        received: The message that told the detection.
        state: What is published then.
    """
    chosen = received.context.options.get(option.name)
    seconds = chosen if option.allows(chosen) else DEFAULT[option.name]
    return Later(key=option.name, after=seconds or None, state=state)


def no_occupancy(received: Received, *, over: bool) -> tuple[Later, ...]:
    """Return what tells how long nobody was there, by the option `no_occupancy_since`.

    Args:
        received: The message that told of occupancy.
        over: Whether it begins to count: nobody is there now, or nobody will tell when somebody goes.
    """
    name = NO_OCCUPANCY_SINCE.name
    chosen = received.context.options.get(name)
    if not isinstance(chosen, list) or not NO_OCCUPANCY_SINCE.allows(chosen):
        return ()
    return tuple(Later(key=f"{name}_{after}", after=after if over else None, state={name: after}) for after in chosen)


def motion() -> Feature:
    """Return msOccupancySensing of sensors that tell when somebody moves, and not when nobody does any more."""

    def decode(received: Received) -> dict[str, Any]:
        return {"occupancy": True} if received.values["occupancy"] == 1 else {}

    def later(received: Received) -> tuple[Later, ...]:
        if received.values["occupancy"] != 1:
            return ()
        return over(OCCUPANCY_TIMEOUT, received, {"occupancy": False}), *no_occupancy(received, over=True)

    description = "Indicates whether the device detected occupancy"
    return Feature(
        exposes=(Binary("occupancy", PUBLISHED, description=description),),
        decoders=(Decoder(cluster="msOccupancySensing", attributes=("occupancy",), decode=decode, later=later),),
        options=(OCCUPANCY_TIMEOUT, NO_OCCUPANCY_SINCE),
    )


def presence_by_checkin() -> Feature:
    """Return the presence of a tag that checks in (genPollCtrl, ZCL 3.16) as long as it is near."""
    decoder = Decoder(
        cluster="genPollCtrl",
        commands=("commandCheckin",),
        decode=lambda _: {"presence": True},
        later=lambda received: (over(PRESENCE_TIMEOUT, received, {"presence": False}),),
    )
    expose = Binary("presence", PUBLISHED, description="Indicates whether the device detected presence")
    return Feature(exposes=(expose,), decoders=(decoder,), options=(PRESENCE_TIMEOUT,))
