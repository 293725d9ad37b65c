"""bridge/logging: the log as MQTT messages."""

from __future__ import annotations

import logging

from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt

__all__ = ["MqttLogHandler"]

LEVELS = {logging.DEBUG: "debug", logging.INFO: "info", logging.WARNING: "warning", logging.ERROR: "error"}
LONGEST = 2000


class MqttLogHandler(logging.Handler):
    """Publishes what is logged; the same message twice in a row is sent once.

    Args:
        mqtt: The MQTT client. What it logs itself is not sent: that would never end.
        base_topic: The base topic.
        debug: Whether debug messages are sent as well.
    """

    def __init__(self, mqtt: Mqtt, base_topic: str, *, debug: bool) -> None:
        super().__init__(logging.DEBUG if debug else logging.INFO)
        self._mqtt = mqtt
        self._topic = f"{base_topic}/bridge/logging"
        self._last: tuple[str, str] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Publish one record."""
        if record.name.startswith(("zigwire.mqtt", "gmqtt")):
            return
        level = LEVELS.get(record.levelno, "error")
        text = record.getMessage()[:LONGEST]
        if record.exc_info and record.exc_info[1]:
            text = f"{text}: {record.exc_info[1]!r}"[:LONGEST]
        if self._last == (level, text):
            return
        self._last = level, text
        self._mqtt.publish(self._topic, dumps({"level": level, "message": text, "namespace": record.name}))
