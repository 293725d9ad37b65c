"""bridge/logging: the log as MQTT messages."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt

__all__ = ["MqttLogHandler"]

LEVELS = {logging.DEBUG: "debug", logging.INFO: "info", logging.WARNING: "warning", logging.ERROR: "error"}
LONGEST = 2000
ECHO = 0.05  # seconds in which the same message is a repetition; a command typed again takes longer (0.13 measured)


class MqttLogHandler(logging.Handler):
    """Publishes what is logged; a message that repeats itself at once is sent once. Any thread may log.

    Args:
        mqtt: The MQTT client, of the event loop that runs now. What it logs itself is not sent: that would never end.
        base_topic: The base topic.
        debug: Whether debug messages are sent as well.
        clock: Seconds from any origin.
    """

    def __init__(
        self, mqtt: Mqtt, base_topic: str, *, debug: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(logging.DEBUG if debug else logging.INFO)
        self._mqtt = mqtt
        self._topic = f"{base_topic}/bridge/logging"
        self._clock = clock
        self._loop = _running_loop()
        self._last: tuple[str, str] | None = None
        self._last_sent = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        """Publish one record."""
        if record.name.startswith(("zigwire.mqtt", "gmqtt")):
            return
        try:
            self._emit(record)
        except Exception:  # noqa: BLE001 - whatever it is, a log handler reports it to where nothing can loop
            self.handleError(record)

    def _emit(self, record: logging.LogRecord) -> None:
        level = LEVELS.get(record.levelno, "error")
        text = record.getMessage()
        if record.exc_text:
            text = f"{text}: {record.exc_text.splitlines()[-1]}"
        text = text[:LONGEST]
        now = self._clock()
        if self._last == (level, text) and now - self._last_sent < ECHO:
            return
        self._last, self._last_sent = (level, text), now
        self._publish(dumps({"level": level, "message": text, "namespace": record.name}))

    def _publish(self, payload: bytes) -> None:
        """Hand a message to the client in its own thread."""
        if self._loop is None or self._loop is _running_loop():
            self._mqtt.publish(self._topic, payload)
        else:
            self._loop.call_soon_threadsafe(self._mqtt.publish, self._topic, payload)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
