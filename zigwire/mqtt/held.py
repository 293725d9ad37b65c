"""Messages that wait for somebody to take them, while the bridge restarts over a connection that stays."""

from __future__ import annotations

import logging
from typing import Any

from zigwire.mqtt.client import MessageHandler
from zigwire.mqtt.message import Properties

__all__ = ["HeldMessages"]

MOST = 1000

log = logging.getLogger(__name__)


class HeldMessages:
    """A `MessageHandler` that keeps messages in their order, the first thousand of them."""

    def __init__(self) -> None:
        self._messages: list[tuple[str, bytes, dict[str, Any]]] = []
        self._dropped = 0

    def __call__(self, topic: str, payload: bytes, *, retain: bool, qos: int, properties: Properties | None) -> None:
        """Keep a message."""
        if len(self._messages) < MOST:
            self._messages.append((topic, payload, {"retain": retain, "qos": qos, "properties": properties}))
        else:
            self._dropped += 1

    def release(self, handler: MessageHandler) -> None:
        """Give all messages to who takes them now; an exception is logged and the others follow."""
        messages, self._messages = self._messages, []
        for topic, payload, others in messages:
            try:
                handler(topic, payload, **others)
            except Exception:
                log.exception("The message on topic '%s' could not be handled", topic)
        dropped, self._dropped = self._dropped, 0
        if dropped:
            log.warning("%d MQTT messages were dropped during the restart: more than %d came", dropped, MOST)
