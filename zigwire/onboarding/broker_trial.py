"""Trying an MQTT broker: whether it lets us in, and whether a bridge speaks at the base topic already."""

from __future__ import annotations

import asyncio
import contextlib
import json

from zigwire.mqtt.connection import Connection, ConnectionFailed
from zigwire.mqtt.message import Properties, encode_topic
from zigwire.mqtt.options import MqttOptions
from zigwire.onboarding.errors import OnboardingError

__all__ = ["try_broker"]

PATIENCE = 1.0
"""Seconds for the broker to hand over what it retains."""

GOODBYE = 1.0


async def try_broker(options: MqttOptions, base_topic: str) -> bool:
    """Connect to a broker and leave again; tell whether another bridge is online at the base topic.

    Raises:
        OnboardingError: It can't be reached or does not let us in, or the topic can't be one.
    """
    ear = _Ear()
    topic = f"{base_topic}/bridge/state"
    try:
        encode_topic(topic)
        connection = await Connection.open(options, None, ear)
    except (ConnectionFailed, ValueError) as error:
        raise OnboardingError(f"{options.address}: {error}") from error
    except TimeoutError as error:
        raise OnboardingError(f"{options.address}: it does not answer in time") from error
    try:
        await connection.subscribe({topic: 0})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await ear.heard.wait()
    except ConnectionFailed as error:
        raise OnboardingError(f"{options.address}: {error}") from error
    finally:
        await connection.close(GOODBYE)
    return _is_online(ear.state)


def _is_online(state: bytes) -> bool:
    """Tell whether a message at `bridge/state` means that a bridge runs."""
    try:
        said = json.loads(state or b"null")
    except ValueError:
        return state == b"online"
    return said == "online" or (isinstance(said, dict) and said.get("state") == "online")


class _Ear:
    """Hears the first message."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self.state = b""

    def message_received(
        self, topic: str, payload: bytes, *, retain: bool, qos: int, properties: Properties | None
    ) -> None:
        del topic, retain, qos, properties
        self.state = payload
        self.heard.set()

    def ready_to_send(self) -> None:
        """Ignore it: nothing is sent."""
