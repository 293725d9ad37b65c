"""<name>/availability: the retained word on whether a device or group is reachable."""

from __future__ import annotations

from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt

__all__ = ["AvailabilityTopics"]


class AvailabilityTopics:
    """Publishes and clears availability by name."""

    def __init__(self, mqtt: Mqtt, base_topic: str) -> None:
        self._mqtt = mqtt
        self._base_topic = base_topic

    def publish(self, name: str, *, online: bool) -> None:
        """Say whether the device or group of a name is reachable."""
        self._send(name, dumps({"state": "online" if online else "offline"}))

    def clear(self, name: str) -> None:
        """Let nothing be retained of a name."""
        self._send(name, b"")

    def _send(self, name: str, payload: bytes) -> None:
        self._mqtt.publish(f"{self._base_topic}/{name}/availability", payload, qos=1, retain=True)
