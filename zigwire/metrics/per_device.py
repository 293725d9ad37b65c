"""Metric families with a value of each device on the network; those of devices that were removed vanish."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import Metric

from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.metrics import families
from zigwire.zigbee.tally import Durations

__all__ = ["PerDevice"]

LABELS = ("device", "ieee_address")


class PerDevice:
    """Makes families whose first labels name the device.

    Args:
        entities: The devices.
    """

    def __init__(self, entities: Entities) -> None:
        self._entities = entities

    def gauge(self, name: str, documentation: str, value: Callable[[DeviceEntity], float | None]) -> Metric:
        """Return a gauge of the devices that have a value."""
        return families.gauge(name, documentation, self._values(value), LABELS)

    def counter(self, name: str, documentation: str, value: Callable[[DeviceEntity], float]) -> Metric:
        """Return a counter."""
        return families.counter(name, documentation, self._values(value), LABELS)

    def counters(
        self,
        name: str,
        documentation: str,
        labels: tuple[str, ...],
        counts: Callable[[DeviceEntity], Mapping[tuple[str, ...], int]],
    ) -> Metric:
        """Return counters by further labels, of what has happened at all."""
        values = (
            ((*_names(entity), *key), count)
            for entity in self._entities.devices()
            for key, count in counts(entity).items()
        )
        return families.counter(name, documentation, values, (*LABELS, *labels))

    def histogram(self, name: str, documentation: str, durations: Callable[[DeviceEntity], Durations]) -> Metric:
        """Return a histogram."""
        values = ((_names(entity), durations(entity)) for entity in self._entities.devices())
        return families.histogram(name, documentation, values, LABELS)

    def info(self, name: str, documentation: str, value: Callable[[DeviceEntity], Mapping[str, str]]) -> Metric:
        """Return descriptions."""
        values = (
            {**dict(zip(LABELS, _names(entity), strict=True)), **value(entity)} for entity in self._entities.devices()
        )
        return families.info(name, documentation, values)

    def _values(self, value: Callable[[DeviceEntity], float | None]) -> Iterator[tuple[tuple[str, ...], float]]:
        for entity in self._entities.devices():
            found = value(entity)
            if found is not None:
                yield _names(entity), found


def _names(entity: DeviceEntity) -> tuple[str, str]:
    return entity.name, entity.key
