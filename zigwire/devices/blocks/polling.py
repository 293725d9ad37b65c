"""Reads that are repeated, for what a device does not report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from zigwire.devices.exposes import Numeric
from zigwire.devices.feature import Feature, Later, Place
from zigwire.zcl.requests import Read

__all__ = ["polled"]


def polled(feature: Feature, cluster: str, *attributes: str, seconds: float, option: Numeric | None = None) -> Feature:
    """Return a feature whose attributes are read again and again.

    Args:
        feature: What it is for.
        cluster: Name of the attributes' cluster.
        attributes: Their names.
        seconds: How much time is between two reads.
        option: What the user may choose other seconds with; none of them, or fewer, means never.
    """

    def begin(place: Place, options: Mapping[str, Any]) -> tuple[Later, ...]:
        chosen: Any = options.get(option.name) if option else None
        interval: float = chosen if option and option.allows(chosen) else seconds
        if interval <= 0:
            return (Later(key=key, after=None),)
        return (again(place.endpoint, interval),)

    def again(endpoint: int, interval: float) -> Later:
        request = Read(endpoint=endpoint, cluster=cluster, attributes=attributes)
        return Later(key=key, after=interval, requests=lambda _: (request,), then=partial(again, endpoint, interval))

    key = f"poll {cluster} {' '.join(attributes)}"
    return replace(
        feature,
        options=(*feature.options, option) if option else feature.options,
        occasions={**feature.occasions, "start": begin, "deviceOptionsChanged": begin},
    )
