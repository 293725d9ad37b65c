"""A measurement: one attribute that holds one number."""

from __future__ import annotations

import math
from typing import Any

from zigwire.devices.exposes import GET, PUBLISHED, Access, Numeric
from zigwire.devices.feature import Call, Decoder, Feature, Reader, Reading, Received
from zigwire.zcl.requests import Read

__all__ = ["is_number", "numeric"]


def is_number(value: Any) -> bool:
    """Whether a value is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def numeric(
    name: str,
    cluster: str | int,
    attribute: str | int,
    *,
    unit: str | None = None,
    description: str | None = None,
    category: str | None = None,
    access: Access = PUBLISHED | GET,
    divisor: float = 1,
    endpoint: int | None = None,
    manufacturer: int | None = None,
) -> Feature:
    """Return a measurement that is reported and, with access GET, read.

    Args:
        name: Property.
        cluster: Name or id.
        attribute: Name or id.
        unit: Unit that is published.
        description: One sentence.
        category: `config` or `diagnostic`.
        access: What can be done with it.
        divisor: What the raw number is divided by.
        endpoint: Where it is read, on devices that have this endpoint; reports count from all of them.
        manufacturer: Manufacturer code of the attribute.
    """

    def decode(received: Received) -> dict[str, Any]:
        value = received.values[attribute]
        if not is_number(value):
            return {}
        return {name: value / divisor if math.isfinite(value) else None}

    def read(call: Call) -> Reading:
        place = endpoint if endpoint in call.place.device.endpoints else call.place.endpoint
        request = Read(endpoint=place, cluster=cluster, attributes=(attribute,), manufacturer=manufacturer)
        return Reading((request,))

    return Feature(
        exposes=(Numeric(name, access, unit=unit, description=description, category=category),),
        decoders=(Decoder(cluster=cluster, attributes=(attribute,), decode=decode),),
        readers=(Reader((name,), read),) if access & GET else (),
    )
