"""The WebSocket at `api`: what the bridge publishes goes out, commands and requests come in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import orjson
from aiohttp import WSMsgType, web

from zigwire.bridge.payloads import dumps, shortened
from zigwire.bridge.topics import parse
from zigwire.mqtt.message import encode_topic
from zigwire.web.access import Access
from zigwire.web.audience import Audience
from zigwire.web.frames import Frame, Kind
from zigwire.web.listener import Listener

__all__ = ["Api"]

LOG = logging.getLogger(__name__)

UNAUTHORIZED = 4401
TRY_LATER = 1013
GOING_AWAY = 1001
MOST_CLIENTS = 100
LARGEST = 16 * 2**20  # bytes of a message: firmware and converters come this way
HEARTBEAT = 60.0  # seconds of silence until a client is asked whether it is there
GOODBYE = 2.0  # seconds that a client has to say goodbye, too
BURST, RATE = 200, 100  # messages of one client that are taken at once, and then a second
WHOLE_WINDOW = 15  # bits, of permessage-deflate: who has no room for it gets plain frames

Deliver = Callable[[str, bytes], None]


class MessageFault(ValueError):
    """A message from a client that can't be used; the text says why."""


class Api:
    """Serves the clients.

    Args:
        audience: Hears what is published.
        access: Says who may come in.
        deliver: Takes topic (below the base topic) and payload of what clients send.
    """

    def __init__(self, audience: Audience, access: Access, deliver: Deliver) -> None:
        self._audience = audience
        self._access = access
        self._deliver = deliver
        self._clients: dict[web.WebSocketResponse, Listener] = {}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Talk with a client until it leaves.

        Raises:
            ConnectionError: It left before it came in.
            HTTPException: It is no WebSocket, or may not come in for another reason than a missing token.
        """
        socket = web.WebSocketResponse(timeout=GOODBYE, heartbeat=HEARTBEAT, max_msg_size=LARGEST)
        if not _is_possible(socket, request):
            raise web.HTTPUpgradeRequired(text="Here is a WebSocket", headers={"Upgrade": "websocket"})
        admitted = await self._access.admits(request)
        writer = await socket.prepare(request)
        transport = request.transport
        if not admitted:
            await socket.close(code=UNAUTHORIZED, message=b"Unauthorized")
        elif len(self._clients) >= MOST_CLIENTS:
            LOG.warning("A browser was sent away: %d are connected", MOST_CLIENTS)
            await socket.close(code=TRY_LATER, message=b"Too many clients")
        elif transport is not None:
            packed = socket.compress == WHOLE_WINDOW
            await self._talk(socket, Listener(transport, writer, packed=packed))
        return socket

    async def close(self) -> None:
        """Say goodbye to all clients: they come back when they can."""
        goodbyes = []
        for socket, listener in self._clients.items():
            self._audience.leave(listener)
            listener.finish()
            goodbyes.append(asyncio.create_task(socket.close(code=GOING_AWAY, message=b"The bridge stops")))
        if goodbyes:
            _, late = await asyncio.wait(goodbyes, timeout=GOODBYE)
            for goodbye in late:
                goodbye.cancel()

    async def _talk(self, socket: web.WebSocketResponse, listener: Listener) -> None:
        self._clients[socket] = listener
        self._audience.welcome(listener)
        sending = asyncio.create_task(listener.send(), name="web client")
        try:
            await self._hear(socket, listener)
        finally:
            self._audience.leave(listener)
            del self._clients[socket]
            sending.cancel()
            await asyncio.wait([sending])

    async def _hear(self, socket: web.WebSocketResponse, listener: Listener) -> None:
        """Take what a client says, not faster than `RATE`."""
        loop = asyncio.get_running_loop()
        paid = loop.time() - BURST / RATE
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                self._deliver(*_read(message.data))
            except MessageFault as fault:
                LOG.debug("A browser sent what can't be used: %s", fault)
                listener.tell(_complaint(str(fault)))
            paid = max(paid, loop.time() - BURST / RATE) + 1 / RATE
            if paid > loop.time():
                await asyncio.sleep(paid - loop.time())


def _is_possible(socket: web.WebSocketResponse, request: web.Request) -> bool:
    """Tell whether a request asks for a WebSocket, and rightly."""
    try:
        return bool(socket.can_prepare(request))
    except ValueError:  # aiohttp 3.14.5 lets it through when the key is not ASCII
        return False


def _read(text: str) -> tuple[str, bytes]:
    """Read a client's message: topic below the base topic, and the payload as MQTT has it.

    Raises:
        MessageFault: It is no message, or not one for the bridge.
    """
    try:
        message = orjson.loads(text)
    except ValueError as error:
        raise MessageFault(f"{shortened(text)} is no JSON: {error}") from error
    topic = message.get("topic") if isinstance(message, dict) else None
    if not isinstance(topic, str):
        raise MessageFault(
            f'{shortened(text)} is no object such as {{"topic": "lamp/set", "payload": {{"state": "ON"}}}}'
        )
    if parse(topic) is None:
        raise MessageFault(f"topic is {shortened(topic)}; bridge/request/…, …/set and …/get are for clients")
    try:
        encode_topic(topic)
        return topic, dumps(message.get("payload", ""))
    except (TypeError, ValueError) as error:
        raise MessageFault(f"the message to {shortened(topic)} can't be used: {error}") from error


def _complaint(fault: str) -> Frame:
    """Return a log message for the client alone that is at fault."""
    line = {"level": "error", "message": f"Not understood: {fault}", "namespace": "zigwire.web"}
    return Frame("bridge/logging", dumps(line), Kind.EVENT)
