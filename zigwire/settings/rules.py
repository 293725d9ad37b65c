"""Rules over more than one value: unique names, and options that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from zigwire.settings.errors import HIDDEN, Fault
from zigwire.settings.model import Configuration, DeviceOptions, GroupOptions
from zigwire.settings.names import name_faults

__all__ = ["rule_faults"]

_SCHEMES = ("mqtt", "mqtts", "tcp", "ssl", "tls", "ws", "wss")
_MQTT_VERSIONS = (3, 4, 5)
_HIGHEST_PORT = 65535
_ICONS = ("http://", "https://", "device_icons/")


def rule_faults(configuration: Configuration) -> Iterator[Fault]:
    """Yield what is wrong between values that are right by themselves."""
    yield from _mqtt(configuration)
    if configuration.frontend.port not in range(_HIGHEST_PORT + 1):
        yield Fault("frontend.port", f"{configuration.frontend.port} must be from 0 to {_HIGHEST_PORT}")
    yield from _homeassistant(configuration)
    yield from _names(configuration)
    for path, device in _devices(configuration):
        if device.retention and configuration.mqtt.version != 5:
            yield Fault(f"{path}.retention", "needs mqtt.version: 5")
        if device.icon and not device.icon.startswith(_ICONS):
            yield Fault(f"{path}.icon", "must be a URL or begin with device_icons/")


def _mqtt(configuration: Configuration) -> Iterator[Fault]:
    try:
        scheme = urlsplit(configuration.mqtt.server).scheme
    except ValueError:
        scheme = ""
    if scheme not in _SCHEMES:
        yield Fault("mqtt.server", f"{HIDDEN} must be a URL like mqtt://host:1883 or mqtts://host:8883")
    if configuration.mqtt.version not in _MQTT_VERSIONS:
        yield Fault("mqtt.version", f"{configuration.mqtt.version} must be 3, 4 or 5")


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
        yield from (Fault(path, fault) for fault in name_faults(name))
        if name in seen:
            yield Fault(path, f"friendly_name '{name}' is already in use by {seen[name]}")
        seen.setdefault(name, path)


def _devices(configuration: Configuration) -> Iterator[tuple[str, DeviceOptions]]:
    return ((f"devices.{ieee}", device) for ieee, device in configuration.devices.items())


def _entities(configuration: Configuration) -> Iterator[tuple[str, DeviceOptions | GroupOptions]]:
    yield from _devices(configuration)
    yield from ((f"groups.{number}", group) for number, group in configuration.groups.items())
