"""A number in an attribute: a measurement, or a setting."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeGuard

from zigwire.devices.blocks.reporting import server
from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import GET, PUBLISHED, SET, Access, Numeric
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Read, Typed, Write

__all__ = ["is_number", "number", "numeric"]


FLOATS = (0x38, 0x39, 0x3A)
"""Data types of numbers with fractions (ZCL 2.6.2.11)."""


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(key: str, value: Any, lowest: float = -math.inf, highest: float = math.inf) -> float:
    """Return a number that a user gave, as such or as text.

    Raises:
        BadValueError: It is none, or out of range.
    """
    given = _parsed(value)
    if given is None or not lowest <= given <= highest:
        within = "" if highest == math.inf else f" from {lowest} to {highest}"
        raise BadValueError(key, value, f"a number{within}")
    return given


def numeric(
    name: str,
    cluster: str | int,
    attribute: str | int,
    *,
    unit: str | None = None,
    label: str | None = None,
    description: str | None = None,
    category: str | None = None,
    access: Access = PUBLISHED | GET,
    divisor: float = 1,
    meaning: Callable[[float], float] | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    type: int | None = None,  # noqa: A002 - the ZCL's word
    endpoint: int | None = None,
    manufacturer: int | None = None,
) -> Feature:
    """Return a number that is reported, with access GET read, and with access SET written.

    Args:
        name: Property.
        cluster: Name or id.
        attribute: Name or id.
        unit: Unit that is published.
        label: Its name for people.
        description: One sentence.
        category: `config` or `diagnostic`.
        access: What can be done with it.
        divisor: What the raw number is divided by.
        meaning: From the raw number to the published one, where a division does not do.
        minimum: Smallest number that can be set.
        maximum: Largest number that can be set.
        step: What a control should step by.
        type: ZCL data type, for an attribute that the table does not know.
        endpoint: Where it is read, on devices that have this endpoint; reports count from all of them.
        manufacturer: Manufacturer code of the attribute.
    """
    expose = Numeric(
        name,
        access,
        unit=unit,
        label=label,
        description=description,
        category=category,
        minimum=minimum,
        maximum=maximum,
        step=step,
    )

    def decode(received: Received) -> dict[str, Any]:
        value = received.values[attribute]
        if not is_number(value):
            return {}
        if not math.isfinite(value):
            return {name: None}
        return {name: meaning(value) if meaning else value / divisor}

    def encode(call: Call) -> Encoded:
        expose.check(call.value)
        raw = call.value * divisor if type in FLOATS else rounded(float(call.value * divisor), 0)
        value = raw if type is None else Typed(type, raw)
        place = server(call.place, cluster)
        request = Write(endpoint=place, cluster=cluster, attributes={attribute: value}, manufacturer=manufacturer)
        return Encoded((request,), {name: call.value})

    def read(call: Call) -> Reading:
        chosen = endpoint is not None and endpoint in call.place.device.endpoints
        place = endpoint if chosen and endpoint is not None else server(call.place, cluster)
        return Reading((Read(endpoint=place, cluster=cluster, attributes=(attribute,), manufacturer=manufacturer),))

    return Feature(
        exposes=(expose,),
        decoders=(Decoder(cluster=cluster, attributes=(attribute,), decode=decode),),
        encoders=(Encoder((name,), encode),) if access & SET else (),
        readers=(Reader((name,), read),) if access & GET else (),
    )


def _parsed(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not is_number(value) or not math.isfinite(value):
        return None
    return int(value) if value == int(value) else value
