"""Rules over more than one value: unique names, and options that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from zigwire.settings.errors import Fault
from zigwire.settings.model import Configuration, DeviceOptions, GroupOptions
from zigwire.settings.names import text_faults, topic_faults

__all__ = ["name_warnings", "new_name_faults", "rule_faults"]


def rule_faults(configuration: Configuration) -> Iterator[Fault]:
    """Yield what is wrong between values that are right by themselves."""
    if configuration.mqtt.key is not None and configuration.mqtt.cert is None:
        yield Fault("mqtt.key", "needs mqtt.cert")
    yield from _homeassistant(configuration)
    yield from _names(configuration)
    for path, device in _devices(configuration):
        if device.retention and configuration.mqtt.version != 5:
            yield Fault(f"{path}.retention", "needs mqtt.version: 5")


def name_warnings(configuration: Configuration) -> Iterator[Fault]:
    """Yield what won't work because of names that were given elsewhere."""
    for path, entity in _entities(configuration):
        yield from (Fault(path, fault) for fault in topic_faults(entity.friendly_name))


def new_name_faults(before: Configuration, after: Configuration) -> list[Fault]:
    """Return what is wrong with the names that only `after` has."""
    known = {(path, entity.friendly_name) for path, entity in _entities(before)}
    return [
        Fault(path, fault)
        for path, entity in _entities(after)
        if (path, entity.friendly_name) not in known
        for fault in topic_faults(entity.friendly_name)
    ]


def _homeassistant(configuration: Configuration) -> Iterator[Fault]:
    if not configuration.homeassistant.enabled:
        return
    if configuration.advanced.output == "attribute":
        yield Fault("advanced.output", "must be json or attribute_and_json while homeassistant.enabled is true")
    if configuration.homeassistant.discovery_topic == configuration.mqtt.base_topic:
        yield Fault("homeassistant.discovery_topic", "must be another one than mqtt.base_topic")


def _names(configuration: Configuration) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for path, entity in _entities(configuration):
        name = entity.friendly_name
        yield from (Fault(path, fault) for fault in text_faults(name))
        if name in seen:
            yield Fault(path, f"friendly_name '{name}' is already in use by {seen[name]}")
        seen.setdefault(name, path)


def _devices(configuration: Configuration) -> Iterator[tuple[str, DeviceOptions]]:
    return ((f"devices.{ieee}", device) for ieee, device in configuration.devices.items())


def _entities(configuration: Configuration) -> Iterator[tuple[str, DeviceOptions | GroupOptions]]:
    yield from _devices(configuration)
    yield from ((f"groups.{number}", group) for number, group in configuration.groups.items())
