"""One connection to a broker, from CONNECT to its loss, on gmqtt's protocol layer.

gmqtt's own client is left out on purpose: it reconnects by rules of its own, waits forever for a broker that does
not answer, knows no server name for TLS and gives no sign when the socket is full. Its protocol layer below has
none of that, and every connection gets a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Protocol

from gmqtt.mqtt.connection import MQTTConnection
from gmqtt.mqtt.handler import MQTTConnectError, MqttPackageHandler
from gmqtt.mqtt.protocol import MQTTProtocol
from gmqtt.mqtt.utils import ConnectionState
from gmqtt.subscription import Subscription

from zigwire.mqtt.message import Properties, Publication
from zigwire.mqtt.options import MqttOptions, OptionsError

__all__ = ["LARGEST_PACKET", "Connection", "ConnectionFailed", "ConnectionListener"]

ANSWER_TIMEOUT = 10.0  # seconds
HIGH_WATER = 256 * 1024  # bytes that may wait in the socket's buffer
MOST_IN_FLIGHT = 1000  # unacknowledged messages, unless the broker allows fewer
LARGEST_PACKET = 268_435_455  # bytes (MQTT 3.1.1 section 2.2.3)
REFUSED = 128  # first of the codes in a SUBACK that mean failure (MQTT 3.1.1 section 3.9.3)
CREDENTIALS_REFUSED = ("bad user name or password", "not authorised", "not authorized")
GOODBYES = {  # MQTT 5.0 section 3.14.2.1
    0x8B: "the broker shuts down",
    0x8D: "the broker heard nothing from us for too long",
    0x8E: "another client connected with the same client id (mqtt.client_id)",
    0x95: "the broker refuses a packet as too large",
    0x97: "the broker's quota is exceeded",
}

log = logging.getLogger(__name__)
# gmqtt reports each loss and refusal on its own, which the client does better; what can't be parsed is news.
logging.getLogger("gmqtt").setLevel(logging.ERROR)
packet_log = logging.getLogger(f"{__name__}.packets")
packet_log.setLevel(logging.ERROR)
packet_log.addFilter(lambda record: record.exc_info is not None or record.levelno >= logging.CRITICAL)


class ConnectionFailed(Exception):
    """The broker can't be reached or refused us; the text says why, for a person."""


class ConnectionListener(Protocol):
    """Who uses a connection. Calls are plain functions in the event loop and must not raise."""

    def message_received(
        self, topic: str, payload: bytes, *, retain: bool, qos: int, properties: Properties | None
    ) -> None:
        """A message arrived."""

    def ready_to_send(self) -> None:
        """There is room again, in the socket's buffer or among the unacknowledged messages."""


class Connection:
    """An open connection; `open` makes it.

    Attributes:
        maximum_packet_size: Largest packet in bytes that the broker takes.
    """

    def __init__(self, options: MqttOptions, listener: ConnectionListener) -> None:
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.maximum_packet_size = LARGEST_PACKET
        self._options = options
        self._listener = listener
        self._window = MOST_IN_FLIGHT
        self._in_flight: dict[int, Publication | None] = {}
        self._settled = asyncio.Event()
        self._settled.set()
        self._subscribing: dict[int, asyncio.Future[tuple[int, ...]]] = {}
        self._writable = True
        self._answered = asyncio.Event()
        self._state = ConnectionState(protocol_version=options.version)
        self._handler = self._make_handler()
        self._transport: asyncio.Transport | None = None
        self._link: Any = None

    @classmethod
    async def open(cls, options: MqttOptions, will: Publication | None, listener: ConnectionListener) -> Connection:
        """Connect and introduce ourselves.

        Raises:
            ConnectionFailed: The broker can't be reached, or refused us.
        """
        connection = cls(options, listener)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                await connection._connect()
                await connection._introduce(will)
        except (OSError, UnicodeError, OptionsError) as error:
            connection._abort()
            raise ConnectionFailed(_explain(error)) from error
        except BaseException:
            connection._abort()
            raise
        return connection

    def can_send(self, publication: Publication) -> bool:
        """Whether there is room for it now."""
        if not self._writable or self._link.is_closing():
            return False
        return publication.qos == 0 or len(self._in_flight) < self._window

    def send(self, publication: Publication) -> None:
        """Send it; the broker's acknowledgement is awaited in the background."""
        packet_id, _ = self._link.publish(publication)
        if packet_id is not None:
            self._in_flight[packet_id] = publication
            self._settled.clear()

    async def wait_lost(self) -> str:
        """Wait until the connection is gone, and return why."""
        await asyncio.wait((self._lost,))
        return self._lost.result()

    async def settle(self) -> None:
        """Wait until the broker has acknowledged all that was sent."""
        await self._settled.wait()

    def subscribe(self, filters: Mapping[str, int]) -> Coroutine[Any, Any, None]:
        """Subscribe at once; the returned coroutine waits for the acknowledgement and logs what was refused.

        Raises:
            ConnectionFailed: When awaited: the connection was lost, or the broker does not answer.
        """
        packet_id = self._link.subscribe([Subscription(topic, qos=qos) for topic, qos in filters.items()])
        return self._await_subscribed(packet_id, filters)

    async def _await_subscribed(self, packet_id: int, filters: Mapping[str, int]) -> None:
        granted = self._subscribing[packet_id] = asyncio.get_running_loop().create_future()
        await asyncio.wait((granted, self._lost), timeout=ANSWER_TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
        del self._subscribing[packet_id]
        if not granted.done():
            raise ConnectionFailed(self._lost.result() if self._lost.done() else "it does not answer a subscription")
        for topic, code in zip(filters, granted.result(), strict=False):
            if code >= REFUSED:
                log.error("The MQTT broker refuses the subscription to '%s' (code %d)", topic, code)

    def unsubscribe(self, topic_filter: str) -> None:
        """Take a subscription back."""
        self._link.unsubscribe(topic_filter.encode())

    def unacknowledged(self) -> list[Publication]:
        """What was sent with QoS 1 or 2 and may not have reached the broker, in order."""
        return [publication for publication in self._in_flight.values() if publication is not None]

    async def close(self, timeout: float) -> None:
        """Say goodbye, so that the will isn't published, and let go; never raises.

        Args:
            timeout: Seconds that the socket has to take what is in its buffer.
        """
        if not self._lost.done():
            self._link.send_disconnect()
        # A broker that is gone or slow can't take the goodbye: then the socket is closed without.
        with contextlib.suppress(OSError):
            async with asyncio.timeout(timeout):
                await self._link.close()
        self._abort()

    # The way in

    async def _connect(self) -> None:
        context = await asyncio.to_thread(self._options.ssl_context)
        address = self._options.address
        protocol_factory = partial(
            _Protocol,
            on_room=self._room_changed,
            on_close=self._closed,
            connection_state=self._state,
            id_generator=self._handler.id_generator,
        )
        transport, protocol = await asyncio.get_running_loop().create_connection(
            protocol_factory,
            address.host,
            address.port,
            ssl=context,
            server_hostname=(self._options.server_name or None) if context else None,
        )
        transport.set_write_buffer_limits(high=HIGH_WATER)
        _notice_silence(transport, self._options.keepalive)
        self._transport = transport
        self._link = MQTTConnection(
            transport,
            protocol,
            clean_session=True,
            keepalive=self._options.keepalive,
            package_handler=self._handler,
        )

    async def _introduce(self, will: Publication | None) -> None:
        address = self._options.address
        user = "" if address.user is None and address.password is not None else address.user
        await self._link.auth(
            self._options.client_id.encode(),
            None if user is None else user.encode(),
            None if address.password is None else address.password.encode(),
            will_message=will,
            maximum_packet_size=self._options.maximum_packet_size,
        )
        answer = asyncio.ensure_future(self._answered.wait())
        try:
            await asyncio.wait((answer, self._lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            answer.cancel()
        self._check_answer()

    def _check_answer(self) -> None:
        if self._state.protocol_version != self._options.version:
            raise ConnectionFailed("it does not speak MQTT 5: set mqtt.version to 4")
        try:
            self._handler.propagate_error()
        except MQTTConnectError as error:
            raise ConnectionFailed(self._explain_refusal(error.message)) from error
        if self._lost.done():
            raise ConnectionFailed(f"{self._lost.result()} before it had answered: is it a TLS port, or no broker?")

    def _explain_refusal(self, message: str) -> str:
        reason = message.removeprefix("Connection Refused: ").lower()
        if reason in CREDENTIALS_REFUSED:
            return f"it refuses user {self._options.address.user!r} ({reason}): check mqtt.user and mqtt.password"
        return f"it refuses us: {reason}"

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # What the protocol layer tells

    def _make_handler(self) -> Any:
        handler = MqttPackageHandler(
            connack_event=self._answered,
            connection_lost_event=asyncio.Event(),
            connection_state=self._state,
            reconnect_callback=self._given_up,
            disconnect_callback=self._given_up,
            resend_qos_callback=self._given_up,
            clear_qos_callback=self._in_flight.clear,
            connect_properties={},
            subscriptions_getter=list,
            remove_message_callback=self._acknowledged,
            store_message_callback=self._received_by_broker,
            send_command_with_mid_callback=self._acknowledge,
            logger=packet_log,
        )
        handler.id_generator = _PacketIds()
        handler.on_connect = self._accepted
        handler.on_message = self._message_received
        handler.on_subscribe = self._subscribed
        handler.on_disconnect = self._dismissed
        return handler

    async def _given_up(self, *, delay: bool = False) -> None:  # noqa: ARG002  the protocol layer names it
        self._answered.set()

    def _accepted(self, _session_present: int, _result: int, properties: Mapping[str, Any]) -> None:
        self._window = min([MOST_IN_FLIGHT, *properties.get("receive_maximum", ())])
        self.maximum_packet_size = min([self.maximum_packet_size, *properties.get("maximum_packet_size", ())])

    def _message_received(self, topic: str | bytes, payload: bytes, qos: int, properties: Mapping[str, Any]) -> None:
        if isinstance(topic, bytes):
            log.warning("A message on topic %r is ignored: the topic is no UTF-8 text", topic[:80])
            return
        self._listener.message_received(
            topic, payload, retain=bool(properties["retain"]), qos=qos, properties=Properties.from_wire(properties)
        )

    def _subscribed(self, packet_id: int, granted: tuple[int, ...], _properties: Mapping[str, Any]) -> None:
        waiting = self._subscribing.get(packet_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(granted)

    def _received_by_broker(self, packet_id: int, _packet: bytes) -> None:
        self._in_flight[packet_id] = None

    def _acknowledged(self, packet_id: int) -> None:
        self._in_flight.pop(packet_id, None)
        if not self._in_flight:
            self._settled.set()
        self._listener.ready_to_send()

    def _acknowledge(self, command: int, packet_id: int, dup: bool, reason_code: int = 0) -> None:
        self._link.send_command_with_mid(command, packet_id, dup, reason_code=reason_code)

    def _dismissed(self, packet: bytes) -> None:
        if packet:
            self._lose(GOODBYES.get(packet[0], f"the broker ended the connection (reason code 0x{packet[0]:02X})"))
            self._abort()

    def _room_changed(self, room: bool) -> None:
        self._writable = room
        if room:
            self._listener.ready_to_send()

    def _closed(self, error: Exception | None, ended: bool) -> None:
        if error is not None:
            self._lose(_explain(error))
        else:
            self._lose("the broker closed the connection" if ended else "the broker gives no sign of life")

    def _lose(self, reason: str) -> None:
        if not self._lost.done():
            self._lost.set_result(reason)
        self._settled.set()


class _Protocol(MQTTProtocol):  # type: ignore[misc]  # gmqtt has no types
    """Packets on a socket, which also tells when there is room to write and when it is closed."""

    def __init__(
        self, *, on_room: Callable[[bool], None], on_close: Callable[[Exception | None, bool], None], **state: Any
    ) -> None:
        super().__init__(**state)
        self._on_room = on_room
        self._on_close = on_close
        self._ended = False
        if self.proto_ver == 3:
            self.proto_name = b"MQIsdp"

    def pause_writing(self) -> None:
        """The socket's buffer is above the high-water mark."""
        super().pause_writing()
        self._on_room(False)

    def resume_writing(self) -> None:
        """It has been emptied."""
        super().resume_writing()
        self._on_room(True)

    def eof_received(self) -> bool | None:
        """The broker will send nothing more."""
        self._ended = True
        keep_open: bool | None = super().eof_received()
        return keep_open

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed."""
        self._on_close(exc, self._ended)
        super().connection_lost(exc)


class _PacketIds:
    """Packet ids that are not in use; gmqtt's own run out where the broker allows few messages in flight."""

    def __init__(self) -> None:
        self._used: set[int] = set()
        self._last = 0

    def next_id(self) -> int:
        """Take an id, 1 to 65535; the window of messages in flight leaves most of them free."""
        while True:
            self._last = self._last % 65_535 + 1
            if self._last not in self._used:
                self._used.add(self._last)
                return self._last

    def free_id(self, packet_id: int) -> None:
        """Give an id back."""
        self._used.discard(packet_id)


def _notice_silence(transport: asyncio.Transport, keepalive: int) -> None:
    """Let the system break the connection when the other side takes nothing for that long.

    The protocol layer's watch closes the socket only after what is in its buffer has been taken.
    """
    if keepalive and hasattr(socket, "TCP_USER_TIMEOUT"):
        connected: socket.socket = transport.get_extra_info("socket")
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, keepalive * 2000)


def _explain(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"its certificate is not accepted ({error.verify_message}): check mqtt.ca and mqtt.server_name, "
                "or set mqtt.reject_unauthorized to false"
            )
        case ssl.SSLError():
            return f"TLS fails ({error.reason or error})"
        case TimeoutError():
            return "it does not answer"
        case socket.gaierror():
            return "its host name is not known"
        case OSError() if error.errno == errno.ECONNREFUSED or f"Errno {errno.ECONNREFUSED}" in str(error):
            return "nothing listens there: is the broker running?"
        case ConnectionError():
            return f"the connection broke ({error.strerror or error})"
        case _:
            return str(error)
