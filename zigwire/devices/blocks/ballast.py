"""Ballasts of lamps: the levels that they keep within, and what they tell of their lamps (ZCL 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.devices.blocks.numeric import number
from zigwire.devices.exposes import GET, PUBLISHED, SET, Numeric
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.zcl.requests import Read, Write

__all__ = ["ballast"]

CLUSTER = "lightingBallastCfg"
LOWEST, HIGHEST = 1, 254

PLAIN = {
    "minLevel": "ballast_minimum_level",
    "maxLevel": "ballast_maximum_level",
    "powerOnLevel": "ballast_power_on_level",
    "powerOnFadeTime": "ballast_power_on_fade_time",
    "intrinsicBallastFactor": "ballast_intrinsic_ballast_factor",
    "ballastFactorAdjustment": "ballast_ballast_factor_adjustment",
    "lampQuantity": "ballast_lamp_quantity",
    "lampType": "ballast_lamp_type",
    "lampManufacturer": "ballast_lamp_manufacturer",
    "lampRatedHours": "ballast_lamp_rated_hours",
    "lampBurnHours": "ballast_lamp_burn_hours",
    "lampBurnHoursTripPoint": "ballast_lamp_burn_hours_trip_point",
}
"""Attributes that are published as they are."""

BITS = {
    "ballastStatus": ("ballast_status_non_operational", "ballast_status_lamp_failure"),
    "lampAlarmMode": ("ballast_lamp_alarm_lamp_burn_hours",),
}
"""Attributes whose bits are published, the lowest first."""

LEVELS = {"ballast_minimum_level": "minLevel", "ballast_maximum_level": "maxLevel"}


def ballast() -> Feature:
    """Return a ballast with its lowest and highest level."""
    texts = {
        "ballast_minimum_level": "Specifies the minimum light output of the ballast",
        "ballast_maximum_level": "Specifies the maximum light output of the ballast",
    }
    access = PUBLISHED | SET | GET
    return Feature(
        exposes=tuple(
            Numeric(name, access, description=text, minimum=LOWEST, maximum=HIGHEST) for name, text in texts.items()
        ),
        decoders=(Decoder(cluster=CLUSTER, attributes=(*PLAIN, *BITS), decode=_decode),),
        encoders=tuple(Encoder((name,), _encode) for name in LEVELS),
        readers=(Reader(tuple(LEVELS), _read),),
    )


def _decode(received: Received) -> Mapping[str, Any]:
    plain = {name: received.values[attribute] for attribute, name in PLAIN.items() if attribute in received.values}
    bits = {
        name: bool(value >> bit & 1)
        for attribute, names in BITS.items()
        if isinstance(value := received.values.get(attribute), int)
        for bit, name in enumerate(names)
    }
    return plain | bits


def _encode(call: Call) -> Encoded:
    level = int(number(call.key, call.value, LOWEST, HIGHEST))
    attributes: dict[str | int, Any] = {LEVELS[call.key]: level}
    return Encoded((Write(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=attributes),), {call.key: level})


def _read(call: Call) -> Reading:
    """Ask for everything, each by itself: most of it is optional."""
    order = ("ballastStatus", *list(PLAIN)[:-1], "lampAlarmMode", "lampBurnHoursTripPoint")
    place = call.place.endpoint
    requests = tuple(Read(endpoint=place, cluster=CLUSTER, attributes=(attribute,)) for attribute in order)
    return Reading(requests, fallback={})
