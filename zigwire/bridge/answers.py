"""Answers to those who asked with MQTT 5: what became of a set or get, on the response topic that came with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Literal

from zigwire.bridge.payloads import dumps, shortened
from zigwire.bridge.publisher import Mqtt
from zigwire.bridge.topics import is_own
from zigwire.mqtt.message import Properties, encode_topic

__all__ = ["Answer", "Answers", "Tell"]

LOG = logging.getLogger(__name__)

Result = Literal["confirmed", "sent", "failed", "superseded"]
Tell = Callable[[dict[str, Any]], None]


class Answer:
    """Collects what became of each key of a message, and tells it once when all is known.

    Args:
        keys: Those that something is to be said of.
        tell: Called with the whole, once.
    """

    def __init__(self, keys: Iterable[str], tell: Tell) -> None:
        self._open = set(keys)
        self._tell = tell
        self._results: dict[str, dict[str, Any]] = {}

    def settle(self, key: str, result: Result, error: str | None = None) -> None:
        """Note what became of a key."""
        self._results[key] = {"result": result} if error is None else {"result": result, "error": error}
        self._close(key)

    def drop(self, key: str) -> None:
        """Note that a key went along with another one."""
        self._close(key)

    def fail(self, error: str) -> None:
        """Note that whatever is open came to nothing."""
        for key in sorted(self._open):
            self.settle(key, "failed", error)

    def _close(self, key: str) -> None:
        if key not in self._open:
            return
        self._open.discard(key)
        if not self._open:
            failed = any(one["result"] == "failed" for one in self._results.values())
            self._tell({"status": "error" if failed else "ok", "results": self._results})


class Answers:
    """Sends answers where the asking message wants them.

    Args:
        mqtt: The MQTT client.
        base_topic: Answers that would be commands of our own are not sent.
    """

    def __init__(self, mqtt: Mqtt, base_topic: str) -> None:
        self._mqtt = mqtt
        self._base_topic = base_topic

    def to(self, asked: Properties | None) -> Tell:
        """Return what sends an answer; it does nothing where none is wanted, or can be sent."""
        if asked is None or not asked.response_topic:
            return _nobody
        topic, again = asked.response_topic, Properties(correlation_data=asked.correlation_data)
        if fault := self._fault(topic):
            LOG.error("No answer is sent to the response topic %s: %s", shortened(topic), fault)
            return _nobody
        return lambda answer: self._mqtt.publish(topic, dumps(answer), properties=again)

    def _fault(self, topic: str) -> str | None:
        if is_own(topic, self._base_topic):
            return "it would be a command or a message of the bridge itself"
        try:
            encode_topic(topic)
        except ValueError as error:
            return str(error)
        return None


def _nobody(_: dict[str, Any]) -> None:
    """Nobody asked to hear."""
