"""The MQTT client: connects for as long as it lives, keeps what can't be sent yet, and never blocks its owner."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from zigwire.mqtt.connection import LARGEST_PACKET, Connection, ConnectionFailed
from zigwire.mqtt.message import Properties, Publication, Will, check_filter, encode_topic
from zigwire.mqtt.options import MqttOptions
from zigwire.mqtt.outbox import Outbox
from zigwire.mqtt.retained import RetainedMemory

__all__ = ["Backoff", "MessageHandler", "MqttClient", "Statistics"]

SHOWN_LENGTH = 120
CLOSE_TIMEOUT = 2.0  # seconds for the goodbye
MOST_ATTEMPTS = 3  # a message whose connection was lost that often is what the broker objects to

log = logging.getLogger(__name__)


class MessageHandler(Protocol):
    """Who gets the messages; a plain function in the event loop, an exception is logged and goes no further."""

    def __call__(self, topic: str, payload: bytes, *, retain: bool, qos: int, properties: Properties | None) -> None:
        """A message arrived, maybe one that we published ourselves."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds between attempts to connect: `first`, then doubled up to `most`, each 20 % more or less."""

    first: float = 1.0
    most: float = 30.0

    def delays(self) -> Iterator[float]:
        """Yield the delays after a first, second, ... failure."""
        delay = self.first
        while True:
            yield delay * random.uniform(0.8, 1.2)  # noqa: S311  spreads clients, hides nothing
            delay = min(delay * 2, self.most)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What bridge/health tells of MQTT.

    Attributes:
        connected: Whether messages can flow.
        queued: Messages that wait, or that the broker has not acknowledged.
        received: Messages received since the start.
        published: Messages sent since the start.
        dropped: Messages given up since the start, because too many waited.
        losses: How often a connection got lost since the start.
    """

    connected: bool
    queued: int
    received: int
    published: int
    dropped: int = 0
    losses: int = 0


class MqttClient:
    """A connection to a broker that comes back by itself. All its methods belong to the event loop's thread.

    Args:
        options: How to reach the broker.
        will: What the broker publishes when we vanish.
        on_message: Who gets the messages.
        on_connected: Awaited after each connect, when the broker has acknowledged every subscription; cancelled
            when the connection is lost meanwhile.
        outbox: What waits, with its bounds.
        retained: The memory of what we retained, with the topic to check it by.
        backoff: Delays between attempts to connect.

    Raises:
        ValueError: The will's topic can't be published to.
    """

    def __init__(
        self,
        options: MqttOptions,
        *,
        will: Will | None = None,
        on_message: MessageHandler | None = None,
        on_connected: Callable[[], Awaitable[None]] | None = None,
        outbox: Outbox | None = None,
        retained: RetainedMemory | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.on_message = on_message
        self.on_connected = on_connected
        self._options = options
        self._will = will.to_publication() if will else None
        self._outbox = Outbox() if outbox is None else outbox
        self._retained = RetainedMemory() if retained is None else retained
        self._backoff = Backoff() if backoff is None else backoff
        self._subscriptions: dict[str, int] = {}
        self._connection: Connection | None = None
        self._connected = asyncio.Event()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._task: asyncio.Task[None] | None = None
        self._helpers: set[asyncio.Task[None]] = set()
        self._complaint = ""
        self._received = 0
        self._published = 0
        self._losses = 0

    @property
    def connected(self) -> bool:
        """Whether the broker is there and has acknowledged every subscription."""
        return self._connection is not None

    @property
    def statistics(self) -> Statistics:
        """The counters as they are now."""
        unacknowledged = len(self._connection.unacknowledged()) if self._connection else 0
        queued = len(self._outbox) + unacknowledged
        return Statistics(self.connected, queued, self._received, self._published, self._outbox.dropped, self._losses)

    @property
    def subscriptions(self) -> frozenset[str]:
        """The topic filters that are subscribed, now and after every reconnect."""
        return frozenset(self._subscriptions)

    def start(self) -> None:
        """Begin to connect in the background, and to reconnect whenever the broker was lost."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="mqtt")

    async def stop(self, timeout: float = 5.0) -> None:
        """Send what waits, say goodbye (the will isn't published) and end.

        Args:
            timeout: Seconds that the broker has to take what waits.
        """
        connection = self._connection
        if connection is not None:
            await self._flush(connection, timeout)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
            self._task = None
        unsent = len(self._outbox) + self._outbox.take_dropped()
        if unsent:
            log.warning("%d MQTT messages were not sent before the end", unsent)

    async def wait_connected(self) -> None:
        """Wait until `connected`."""
        await self._connected.wait()

    async def drain(self) -> None:
        """Wait until nothing waits to be sent; returns at once while the broker is away."""
        await self._flowing.wait()

    def subscribe(self, topic_filter: str, qos: int = 0) -> None:
        """Subscribe, now and after every reconnect.

        Raises:
            ValueError: It is no topic filter.
        """
        check_filter(topic_filter)
        if self._subscriptions.get(topic_filter) == qos:
            return
        self._subscriptions[topic_filter] = qos
        if self._connection is not None:
            self._help(self._await_subscribed(topic_filter, self._connection.subscribe({topic_filter: qos})))

    def unsubscribe(self, topic_filter: str) -> None:
        """Take a subscription back."""
        if self._subscriptions.pop(topic_filter, None) is not None and self._connection is not None:
            self._connection.unsubscribe(topic_filter)

    def publish(
        self,
        topic: str,
        payload: bytes | str,
        *,
        qos: int = 0,
        retain: bool = False,
        properties: Properties | None = None,
    ) -> None:
        """Send a message, now or as soon as the broker takes it; what can't be sent at all is logged."""
        try:
            encoded = encode_topic(topic)
        except ValueError as error:
            _refuse(topic, str(error))
            return
        if qos not in (0, 1, 2):
            _refuse(topic, f"its QoS is {qos!r}, allowed are 0, 1 and 2")
            return
        if isinstance(payload, str):
            payload = payload.encode(errors="replace")
        publication = Publication(encoded, payload, qos, retain, properties.to_wire() if properties else {})
        if publication.packet_size > LARGEST_PACKET:
            _refuse_size(publication, LARGEST_PACKET)
            return
        if retain:
            self._retained.remember(publication)
        self._dispatch(publication)

    # Out

    def _dispatch(self, publication: Publication) -> None:
        connection = self._connection
        if connection is not None and not self._outbox and connection.can_send(publication):
            self._send(connection, publication)
            return
        self._outbox.put(publication)
        if connection is not None:
            self._flowing.clear()

    def _send(self, connection: Connection, publication: Publication) -> None:
        if publication.packet_size > connection.maximum_packet_size:
            _refuse_size(publication, connection.maximum_packet_size)
            return
        publication.attempts += 1
        connection.send(publication)
        self._published += 1

    def ready_to_send(self) -> None:
        """The connection has room: send what waits."""
        connection = self._connection
        if connection is None:
            return
        while (publication := self._outbox.first) is not None:
            if not connection.can_send(publication):
                return
            self._outbox.remove(publication)
            self._send(connection, publication)
        if not self._flowing.is_set():
            self._flowing.set()
        dropped = self._outbox.take_dropped()
        if dropped:
            log.warning("%d MQTT messages were dropped while the broker was away or slow", dropped)

    async def _flush(self, connection: Connection, timeout: float) -> None:
        try:
            async with asyncio.timeout(timeout):
                await self.drain()
                await connection.settle()
        except TimeoutError:
            log.warning("The MQTT broker does not take the last messages within %.0f s", timeout)

    # In

    def message_received(
        self, topic: str, payload: bytes, *, retain: bool, qos: int, properties: Properties | None
    ) -> None:
        """The connection has a message for the owner."""
        if retain and self._retained.shown(topic):
            return
        self._received += 1
        if self.on_message is None:
            return
        try:
            self.on_message(topic, payload, retain=retain, qos=qos, properties=properties)
        except Exception:
            log.exception("The message on topic '%s' could not be handled", topic)

    # The life of connections

    async def _run(self) -> None:
        delays = self._backoff.delays()
        while True:
            started = time.monotonic()
            try:
                await self._connect_once()
            except Exception:
                log.exception("The connection to the MQTT broker at %s failed", self._options.address)
            if time.monotonic() - started > self._backoff.most:
                delays = self._backoff.delays()
            await asyncio.sleep(next(delays))

    async def _connect_once(self) -> None:
        address = self._options.address
        try:
            connection = await Connection.open(self._options, self._will, self)
        except ConnectionFailed as error:
            self._complain(f"The MQTT broker at {address} can't be used: {error}")
            return
        try:
            self._open(connection, await self._subscribe_all(connection))
            reason = await connection.wait_lost()
            self._losses += 1
            self._complain(f"The MQTT broker at {address} is lost: {reason}")
        except ConnectionFailed as error:
            self._complain(f"The MQTT broker at {address} is lost: {error}")
        finally:
            await self._leave(connection)

    async def _subscribe_all(self, connection: Connection) -> str | None:
        """Subscribe to what the owner wants, and to the topic that tells if retained messages were lost."""
        sentinel = self._retained.sentinel if self._retained.in_doubt else None
        wanted = self._subscriptions if sentinel is None else {sentinel: 0, **self._subscriptions}
        done: dict[str, int] = {}
        while missing := {topic: qos for topic, qos in wanted.items() if done.get(topic) != qos}:
            await connection.subscribe(missing)
            done |= missing
            wanted = self._subscriptions
        for topic_filter in done.keys() - self._subscriptions.keys() - {sentinel}:
            connection.unsubscribe(topic_filter)
        return sentinel

    def _open(self, connection: Connection, sentinel: str | None) -> None:
        log.info("Connected to the MQTT broker at %s", self._options.address)
        self._complaint = ""
        self._connection = connection
        self._connected.set()
        self.ready_to_send()
        if self._outbox:
            self._flowing.clear()
        if sentinel is not None:
            self._help(self._restore(connection, sentinel))
        if self.on_connected is not None:
            self._help(self._greet(self.on_connected))

    async def _leave(self, connection: Connection) -> None:
        self._connection = None
        self._connected.clear()
        self._flowing.set()
        self._retained.doubt()
        for helper in self._helpers:
            helper.cancel()
        await asyncio.gather(*self._helpers, return_exceptions=True)
        await connection.close(CLOSE_TIMEOUT)
        self._take_back(connection.unacknowledged())

    def _take_back(self, publications: list[Publication]) -> None:
        for publication in publications:
            if publication.attempts == MOST_ATTEMPTS:
                _refuse(
                    publication.shown_topic, f"the connection was lost each of the {MOST_ATTEMPTS} times it was sent"
                )
        self._outbox.take_back(publication for publication in publications if publication.attempts < MOST_ATTEMPTS)

    async def _restore(self, connection: Connection, sentinel: str) -> None:
        missing = await self._retained.missing()
        if sentinel not in self._subscriptions:
            connection.unsubscribe(sentinel)
        if missing:
            log.info("The MQTT broker has lost the retained messages: %d are published again", len(missing))
        for publication in missing:
            self._dispatch(publication)

    async def _greet(self, on_connected: Callable[[], Awaitable[None]]) -> None:
        try:
            await on_connected()
        except Exception:
            log.exception("What is due after connecting to the MQTT broker failed")

    async def _await_subscribed(self, topic_filter: str, acknowledgement: Awaitable[None]) -> None:
        try:
            await acknowledgement
        except ConnectionFailed as error:
            log.warning("The subscription to '%s' was not acknowledged: %s", topic_filter, error)

    def _help(self, work: Coroutine[Any, Any, None]) -> None:
        helper = asyncio.create_task(work)
        self._helpers.add(helper)
        helper.add_done_callback(self._helpers.discard)

    def _complain(self, cause: str) -> None:
        if cause != self._complaint:
            self._complaint = cause
            log.error("%s", cause)


def _refuse(topic: str, reason: str) -> None:
    log.error("A message to '%s' is not sent: %s", topic[:SHOWN_LENGTH], reason)


def _refuse_size(publication: Publication, maximum: int) -> None:
    size = publication.packet_size
    _refuse(publication.shown_topic, f"it has {size} bytes, the largest MQTT packet allowed has {maximum}")
