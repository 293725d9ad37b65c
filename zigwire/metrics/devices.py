"""What devices are, and how they fare: reachability, link quality, battery, firmware."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from zigwire.bridge.availability import Availability
from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.bridge.states import States
from zigwire.metrics.per_device import PerDevice

__all__ = ["DeviceCollector"]

UPDATE = "update"
PERCENT = 100


class DeviceCollector(Collector):
    """Tells it of the devices that are on the network now."""

    def __init__(self, entities: Entities, availability: Availability, states: States) -> None:
        self._devices = PerDevice(entities)
        self._availability = availability
        self._states = states

    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        yield self._devices.info("zigwire_device", "What a device is.", _description)
        yield self._devices.gauge(
            "zigwire_device_available",
            "Whether a device is reachable (1) or not (0), of those whose availability is watched.",
            self._availability.state,
        )
        yield self._devices.gauge(
            "zigwire_device_last_seen_timestamp_seconds", "Unix time at which a device was last heard.", _last_seen
        )
        yield self._devices.gauge(
            "zigwire_device_link_quality",
            "Link quality of the last frame, 0 to 255.",
            lambda entity: entity.device.linkquality,
        )
        yield self._devices.gauge(
            "zigwire_device_battery_ratio",
            "How full the battery is, 0 to 1.",
            lambda entity: _ratio(self._states.get(entity.key), "battery"),
        )
        yield self._devices.gauge(
            "zigwire_device_firmware_update_available",
            "Whether other firmware may be had (1) or not (0), of devices for which it was looked up.",
            lambda entity: _is_available(self._update(entity)),
        )
        yield self._devices.gauge(
            "zigwire_device_firmware_update_progress_ratio",
            "How far the update is, 0 to 1, of devices that are being updated.",
            lambda entity: _ratio(self._update(entity), "progress"),
        )

    def _update(self, entity: DeviceEntity) -> Mapping[str, Any]:
        update = self._states.get(entity.key).get(UPDATE)
        return update if isinstance(update, Mapping) else {}


def _description(entity: DeviceEntity) -> dict[str, str]:
    device, definition = entity.device, entity.behaviour.definition if entity.behaviour else None
    return {
        "vendor": definition.vendor if definition else device.manufacturer_name or "",
        "model": definition.model if definition else device.model_id or "",
        "type": device.type.value,
        "power_source": device.power_source or "",
    }


def _last_seen(entity: DeviceEntity) -> float | None:
    return None if entity.device.last_seen is None else entity.device.last_seen / 1000


def _is_available(update: Mapping[str, Any]) -> bool | None:
    return update["state"] in {"available", "scheduled"} if "state" in update else None


def _ratio(values: Mapping[str, Any], name: str) -> float | None:
    """Return what is known in percent as a ratio."""
    value = values.get(name)
    return value / PERCENT if isinstance(value, int | float) else None
