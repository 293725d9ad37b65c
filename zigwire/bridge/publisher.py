"""From a change of an entity's state to what is published of it: cache, additions, filters, output form."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from zigwire.bridge.debounce import Debouncer, Throttle
from zigwire.bridge.entities import DeviceEntity, Entity
from zigwire.bridge.payloads import dumps
from zigwire.bridge.states import States, matcher
from zigwire.mqtt.client import Statistics
from zigwire.mqtt.message import Properties
from zigwire.settings import Settings
from zigwire.zigbee.model import Device

__all__ = ["Mqtt", "Publisher"]

Adjust = Callable[[Entity, dict[str, Any]], None]
Follow = Callable[[Entity, Mapping[str, Any], Mapping[str, Any]], None]
Watch = Callable[[str, bytes], None]


class Mqtt(Protocol):
    """Where messages go: the MQTT client."""

    @property
    def statistics(self) -> Statistics:
        """What the client counts."""

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False, properties: Properties | None = None
    ) -> None:
        """Send a message, or let it wait while the broker is away."""

    def subscribe(self, topic_filter: str) -> None:
        """Hear what is published to topics, now and after every reconnect."""

    def unsubscribe(self, topic_filter: str) -> None:
        """Hear it no more."""


class Publisher:
    """Publishes states of devices and groups, of disabled devices nothing.

    Args:
        mqtt: The MQTT client.
        states: The cache.
        settings: For the base topic, output form, additions and filters.
        entity_of: Gives a device's entity as it is now: what is held back may be published under a new name.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        mqtt: Mqtt,
        states: States,
        settings: Settings,
        entity_of: Callable[[Device], DeviceEntity],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._mqtt = mqtt
        self._states = states
        self._settings = settings
        self._entity_of = entity_of
        self._now = now
        self._adjusters: list[Adjust] = []
        self._followers: list[Follow] = []
        self._watchers: list[Watch] = []
        self._reported: dict[str, float] = {}
        self._debouncers: dict[str, Debouncer] = {}
        self._throttles: dict[str, Throttle] = {}

    def adjust(self, adjuster: Adjust) -> None:
        """Call `adjuster` with each message before the filters, to complete it."""
        self._adjusters.append(adjuster)

    def follow(self, follower: Follow) -> None:
        """Call `follower` with each change and the message that told it, after this was published."""
        self._followers.append(follower)

    def watch(self, watcher: Watch) -> None:
        """Call `watcher` with an entity's name and its state as JSON when it is published, in whatever form."""
        self._watchers.append(watcher)

    def state(self, entity: Entity) -> bytes | None:
        """Return all that is known of an entity, as JSON; None when that is nothing, or nobody is to see it."""
        message = {} if is_disabled(entity) else self._completed(entity, dict(self._states.get(entity.key)))
        return dumps(without_unknown(message)) if message else None

    def publish(self, entity: Entity, changes: Mapping[str, Any]) -> None:
        """Publish changes at once; what a debounce holds of the same properties is superseded."""
        for held in (self._debouncers.get(entity.key), self._throttles.get(entity.key)):
            if held:
                held.superseded(changes)
        self._publish(entity, changes)

    def again(self, entity: Entity) -> None:
        """Publish all that is known of an entity once more, without `advanced.cache_state` too."""
        if not is_disabled(entity):
            self._complete(entity, {}, dict(self._states.get(entity.key)))

    def report(self, entity: DeviceEntity, changes: dict[str, Any]) -> None:
        """Publish what a device reported, as its debounce or throttle lets it through. The cache learns it at once."""
        settings = entity.settings
        if self._settings.advanced.elapsed:
            changes = {**changes, **self._elapsed(entity.key)}
        if settings.debounce:
            self._remember(entity, changes)
            self._debouncer(entity, settings.debounce).add(changes)
        elif settings.throttle:
            self._remember(entity, changes)
            self._throttle(entity, settings.throttle).add(changes)
        else:
            self._publish(entity, changes)

    def pending(self, entity: DeviceEntity, waiting: list[dict[str, Any]]) -> None:
        """Publish what waits for a device that sleeps."""
        self._mqtt.publish(f"{self._settings.mqtt.base_topic}/{entity.name}/pending", dumps(waiting))

    def forget(self, key: str) -> None:
        """Publish what is held back for an entity and hold nothing any more: it is gone, or its settings changed."""
        if debouncer := self._debouncers.pop(key, None):
            debouncer.flush()
        if throttle := self._throttles.pop(key, None):
            throttle.flush()
        self._reported.pop(key, None)

    def flush(self) -> None:
        """Publish all that is held back."""
        for debouncer in self._debouncers.values():
            debouncer.flush()
        for throttle in self._throttles.values():
            throttle.flush()

    def clear(self, topic: str) -> None:
        """Remove a retained message."""
        self._mqtt.publish(f"{self._settings.mqtt.base_topic}/{topic}", b"", retain=True)

    def _debouncer(self, entity: DeviceEntity, seconds: float) -> Debouncer:
        debouncer = self._debouncers.get(entity.key)
        if debouncer is None:
            debouncer = Debouncer(seconds, entity.settings.debounce_ignore, self._later(entity.device))
            self._debouncers[entity.key] = debouncer
        return debouncer

    def _throttle(self, entity: DeviceEntity, seconds: float) -> Throttle:
        throttle = self._throttles.get(entity.key)
        if throttle is None:
            throttle = self._throttles[entity.key] = Throttle(seconds, self._later(entity.device))
        return throttle

    def _later(self, device: Device) -> Callable[[dict[str, Any]], None]:
        return lambda held: self._publish(self._entity_of(device), held)

    def _remember(self, entity: Entity, changes: Mapping[str, Any]) -> dict[str, Any]:
        whole = self._states.update(entity.key, changes, entity.settings.filtered_cache)
        return whole if self._settings.advanced.cache_state else dict(changes)

    def _publish(self, entity: Entity, changes: Mapping[str, Any]) -> None:
        if not is_disabled(entity):
            self._complete(entity, changes, self._remember(entity, changes))

    def _complete(self, entity: Entity, changes: Mapping[str, Any], message: dict[str, Any]) -> None:
        message = self._completed(entity, message)
        if message:
            self._send(entity, message)
        for follow in self._followers:
            follow(entity, changes, message)

    def _completed(self, entity: Entity, message: dict[str, Any]) -> dict[str, Any]:
        """Add to a message what belongs in it, and leave out what the settings filter."""
        if isinstance(entity, DeviceEntity):
            self._add_device(entity, message)
        for adjust in self._adjusters:
            adjust(entity, message)
        if not entity.settings.filtered_attributes:
            return message
        filtered = matcher(tuple(entity.settings.filtered_attributes))
        return {name: value for name, value in message.items() if not filtered(name)}

    def _add_device(self, entity: DeviceEntity, message: dict[str, Any]) -> None:
        device = entity.device
        if device.linkquality is not None:
            message["linkquality"] = device.linkquality
        form = self._settings.advanced.last_seen
        if form != "disable" and device.last_seen is not None:
            message["last_seen"] = last_seen(device.last_seen, form)
        if self._settings.mqtt.include_device_information:
            message["device"] = information(entity)

    def _elapsed(self, key: str) -> dict[str, Any]:
        """Return the milliseconds since the device's last report, nothing at the first."""
        now, before = self._now(), self._reported.get(key)
        self._reported[key] = now
        return {} if before is None else {"elapsed": round((now - before) * 1000)}

    def _send(self, entity: Entity, message: dict[str, Any]) -> None:
        topic = f"{self._settings.mqtt.base_topic}/{entity.name}"
        settings = entity.settings
        retention = entity.settings.retention if isinstance(entity, DeviceEntity) else None
        expiry = None if retention is None else Properties(message_expiry_interval=int(retention))
        retain, qos = bool(settings.retain), settings.qos or 0
        output = self._settings.advanced.output
        whole = dumps(without_unknown(message))
        if output != "attribute":
            self._mqtt.publish(topic, whole, qos=qos, retain=retain, properties=expiry)
        if output != "json":
            for subtopic, payload in attributes(message):
                self._mqtt.publish(f"{topic}/{subtopic}", payload, qos=qos, retain=retain, properties=expiry)
        for watch in self._watchers:
            watch(entity.name, whole)


def is_disabled(entity: Entity) -> bool:
    """Tell whether an entity is a device that the settings disable."""
    return isinstance(entity, DeviceEntity) and bool(entity.settings.disabled)


def last_seen(milliseconds: int, form: str) -> str | int:
    """Format a time as `advanced.last_seen` wants it: ISO_8601, ISO_8601_local or epoch (milliseconds)."""
    if form == "epoch":
        return milliseconds
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    if form == "ISO_8601_local":
        return moment.astimezone().isoformat(timespec="seconds")
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def information(entity: DeviceEntity) -> dict[str, Any]:
    """Describe the device for `mqtt.include_device_information`; what is not known (yet) is None."""
    device: Device = entity.device
    return {
        "friendlyName": entity.name,
        "model": entity.behaviour.definition.model if entity.behaviour else None,
        "ieeeAddr": device.ieee,
        "networkAddress": device.network_address,
        "type": device.type.value,
        "manufacturerID": device.manufacturer_code,
        "powerSource": device.power_source,
        "applicationVersion": device.application_version,
        "stackVersion": device.stack_version,
        "zclVersion": device.zcl_version,
        "hardwareVersion": device.hardware_version,
        "dateCode": device.date_code,
        "softwareBuildID": device.software_build_id,
        "manufacturerName": device.manufacturer_name,
    }


def without_unknown(message: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known about the device itself; only attribute topics tell it, by being empty."""
    device = message.get("device")
    if not isinstance(device, Mapping):
        return message
    return {**message, "device": {name: value for name, value in device.items() if value is not None}}


def attributes(message: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Split a state into one topic and payload per property, for `advanced.output: attribute`."""
    for name, value in message.items():
        if isinstance(value, Mapping) and not (name == "color" and value.keys() >= {"r", "g", "b"}):
            yield from attributes(value, f"{prefix}{name}-")
        else:
            yield f"{prefix}{name}", plain(value)


def plain(value: Any) -> bytes:
    """Write one property's value without JSON's quotes; null is empty, lists are joined by commas."""
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, Mapping):
        return b",".join(plain(value[part]) for part in "rgb")
    if isinstance(value, list):
        return b",".join(dumps(item) if isinstance(item, Mapping) else plain(item) for item in value)
    return dumps(value)
