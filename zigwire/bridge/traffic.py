"""What comes and goes over MQTT, in the log at level debug; nobody's log fills with it at others."""

from __future__ import annotations

import logging

from zigwire.bridge.payloads import shortened
from zigwire.bridge.relays import Relay
from zigwire.mqtt.client import MessageHandler
from zigwire.mqtt.message import Properties

__all__ = ["LoggedMqtt", "logged"]

LOG = logging.getLogger("zigwire.mqtt")
"""Named as Zigbee2MQTT's `z2m:mqtt`, so that settings for it hold."""

CONFIDENTIAL = ("/install_code/add", "/bridge/response/backup", "/bridge/request/options")
"""Ends of topics whose payloads hold keys, or new passwords that nobody knows of yet."""


class LoggedMqtt(Relay):
    """Says what is published."""

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False, properties: Properties | None = None
    ) -> None:
        """Send a message."""
        if LOG.isEnabledFor(logging.DEBUG):
            LOG.debug("MQTT publish: topic '%s', payload %s", topic, _shown(topic, payload))
        super().publish(topic, payload, qos=qos, retain=retain, properties=properties)


def logged(handler: MessageHandler) -> MessageHandler:
    """Return a handler that says what came before it does its work."""

    def handle(topic: str, payload: bytes, *, retain: bool, qos: int, properties: Properties | None) -> None:
        if LOG.isEnabledFor(logging.DEBUG):
            LOG.debug("MQTT message: topic '%s', payload %s", topic, _shown(topic, payload))
        handler(topic, payload, retain=retain, qos=qos, properties=properties)

    return handle


def _shown(topic: str, payload: bytes) -> str:
    return f"of {len(payload)} bytes, not shown" if topic.lower().endswith(CONFIDENTIAL) else shortened(payload)
