"""A broker inside the process, so that a first run needs nothing installed."""

from __future__ import annotations

import asyncio
import errno
import logging
from typing import Any

__all__ = ["EmbeddedBroker"]

HOST = "127.0.0.1"
LISTENER = "default"

log = logging.getLogger(__name__)


class EmbeddedBroker:
    """An MQTT 3.1.1 broker for trying out: reachable from this machine only, open to all on it, without memory.

    amqtt 0.12.1 loses messages that it has acknowledged when their publisher disconnects at once, and does not
    know MQTT 5: what people live with should use a broker of its own.

    Args:
        port: Where to listen; 0 for any free port.
    """

    def __init__(self, port: int = 1883) -> None:
        self.port = port
        self._broker: Any = None
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen, and return the port: the wanted one, or a free one when that is taken.

        Raises:
            OSError: No port can be opened.
        """
        self._broker = await _start_amqtt()
        wanted = self.port
        self._server = await self._listen_near(wanted)
        self.port = self._server.sockets[0].getsockname()[1]
        log.warning(
            "A built-in MQTT broker runs at mqtt://%s:%d%s, for trying out and on this machine only: "
            "it forgets everything when it stops",
            HOST,
            self.port,
            "" if wanted in (0, self.port) else f" (port {wanted} is taken)",
        )
        return self.port

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._server is None:
            return
        self._server.close()
        await self._broker.shutdown()
        self._server = None
        self._broker = None

    async def _listen_near(self, port: int) -> asyncio.Server:
        try:
            return await self._listen(port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        return await self._listen(0)

    async def _listen(self, port: int) -> asyncio.Server:
        from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter

        broker = self._broker

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await broker.external_connected(StreamReaderAdapter(reader), StreamWriterAdapter(writer), LISTENER)

        return await asyncio.start_server(accept, HOST, port)


async def _start_amqtt() -> Any:
    """Start amqtt with our own socket ahead of it, and without its packet log and its $SYS messages."""
    from amqtt.broker import Broker
    from amqtt.contexts import BrokerConfig, ListenerConfig, ListenerType

    logging.getLogger("amqtt").setLevel(logging.ERROR)
    logging.getLogger("transitions").setLevel(logging.ERROR)
    broker = Broker(
        BrokerConfig(
            listeners={LISTENER: ListenerConfig(type=ListenerType.EXTERNAL)},
            plugins={"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        )
    )
    await broker.start()
    return broker
