"""What stands between the bridge and the MQTT client, and hears or changes what is published."""

from __future__ import annotations

from zigwire.bridge.publisher import Mqtt
from zigwire.mqtt.client import Statistics
from zigwire.mqtt.message import Properties

__all__ = ["Relay", "WithoutRetain"]


class Relay:
    """An `Mqtt` that passes everything on to another.

    Args:
        mqtt: The other.
    """

    def __init__(self, mqtt: Mqtt) -> None:
        self._mqtt = mqtt

    @property
    def statistics(self) -> Statistics:
        """What the client counts."""
        return self._mqtt.statistics

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False, properties: Properties | None = None
    ) -> None:
        """Send a message."""
        self._mqtt.publish(topic, payload, qos=qos, retain=retain, properties=properties)

    def subscribe(self, topic_filter: str) -> None:
        """Hear what is published to topics."""
        self._mqtt.subscribe(topic_filter)

    def unsubscribe(self, topic_filter: str) -> None:
        """Hear it no more."""
        self._mqtt.unsubscribe(topic_filter)


class WithoutRetain(Relay):
    """Passes messages on without the retain flag, for `mqtt.force_disable_retain`."""

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False, properties: Properties | None = None
    ) -> None:
        """Send a message; `retain` is not passed on."""
        del retain
        super().publish(topic, payload, qos=qos, properties=properties)
