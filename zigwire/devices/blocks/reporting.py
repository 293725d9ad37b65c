"""Set-up that blocks share: binds, reporting, first reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from zigwire.devices.feature import Ask, Bind, Feature, Place, Step, nothing_more
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.requests import ConfigureReporting, Read, Reporting

__all__ = [
    "HOUR",
    "LONGEST",
    "bound",
    "first_read",
    "read_first",
    "report",
    "reported",
    "server",
    "servers",
    "set_up",
    "watched",
]

HOUR = 3600
LONGEST = 65000
"""The longest interval that is asked for, in seconds; 65535 would switch the reporting off (ZCL 2.5.7.1.6)."""

AT_ONCE = 4
"""So many attributes fit in one request."""


def servers(place: Place, cluster: str | int) -> tuple[int, ...]:
    """Return the endpoints that a feature here is about: the named one, or all that serve the cluster."""
    if place.name:
        return (place.endpoint,)
    number = CLUSTERS.resolve(cluster).id
    return tuple(one.id for one in place.device.endpoints.values() if number in one.input_clusters)


def server(place: Place, cluster: str | int) -> int:
    """Return the endpoint that requests go to: the named one, or the first that serves the cluster."""
    return next(iter(servers(place, cluster)), place.endpoint)


def report(endpoint: int, cluster: str | int, *records: Reporting) -> tuple[Step, ...]:
    """Return a bind, the reporting of attributes and a first read of them."""
    chunks = list(_chunks(records))
    return (
        Bind(endpoint, cluster),
        *(ConfigureReporting(endpoint=endpoint, cluster=cluster, records=chunk) for chunk in chunks),
        *(first_read(endpoint, cluster, *(_key(one) for one in chunk)) for chunk in chunks),
    )


def first_read(endpoint: int, cluster: str | int, *attributes: str | int, manufacturer: int | None = None) -> Step:
    """Return a read that a device may refuse."""
    read = Read(endpoint=endpoint, cluster=cluster, attributes=attributes, manufacturer=manufacturer)
    return Ask(read, nothing_more)


def set_up(feature: Feature, cluster: str | int, steps: Callable[[int], Iterable[Step]]) -> Feature:
    """Return a feature with more set-up.

    Args:
        feature: What it is for.
        cluster: The steps are for the endpoints that serve it.
        steps: What to do on one of them.
    """

    def setup(place: Place) -> tuple[Step, ...]:
        return (*feature.setup(place), *(step for one in servers(place, cluster) for step in steps(one)))

    return replace(feature, setup=setup)


def reported(feature: Feature, cluster: str | int, *records: Reporting) -> Feature:
    """Return a feature that also has attributes reported, and reads them first."""
    return set_up(feature, cluster, lambda endpoint: report(endpoint, cluster, *records))


def watched(feature: Feature, cluster: str | int, *records: Reporting) -> Feature:
    """Return a feature that also has attributes reported, without a first read of them."""

    def steps(endpoint: int) -> tuple[Step, ...]:
        return Bind(endpoint, cluster), ConfigureReporting(endpoint=endpoint, cluster=cluster, records=records)

    return set_up(feature, cluster, steps)


def read_first(
    feature: Feature, cluster: str | int, *attributes: str | int, manufacturer: int | None = None
) -> Feature:
    """Return a feature that also asks for attributes in the set-up; a device may refuse."""

    def steps(endpoint: int) -> tuple[Step, ...]:
        return (first_read(endpoint, cluster, *attributes, manufacturer=manufacturer),)

    return set_up(feature, cluster, steps)


def bound(feature: Feature, cluster: str | int) -> Feature:
    """Return a feature that also has the cluster of remote controls bound: commands come to the coordinator then."""
    number = CLUSTERS.resolve(cluster).id

    def setup(place: Place) -> tuple[Step, ...]:
        if place.name:
            return (Bind(place.endpoint, cluster),)
        return tuple(Bind(one.id, cluster) for one in place.device.endpoints.values() if number in one.output_clusters)

    return replace(feature, setup=setup)


def _chunks(records: tuple[Reporting, ...]) -> Iterator[tuple[Reporting, ...]]:
    left = iter(records)
    while chunk := tuple(islice(left, AT_ONCE)):
        yield chunk


def _key(record: Reporting) -> str | int:
    return record.attribute if isinstance(record.attribute, str | int) else record.attribute.type
