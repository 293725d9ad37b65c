"""One browser that listens: what it has to be told yet, and how fast it takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Protocol

from zigwire.web.frames import Frame, Kind

__all__ = ["Drain", "Listener"]

CHUNK = 2**18  # bytes written at once: more would only wait in memory
MOST_WAITING = 2000  # messages of which each must be told
PATIENCE = 60.0  # seconds in which a browser has to take a chunk


class Drain(Protocol):
    """What aiohttp's stream writers can do."""

    async def drain(self) -> None:
        """Wait until the socket has room."""


class Listener:
    """Sends frames in their order, to a slow browser the latest of each topic.

    Args:
        transport: Where to.
        writer: Tells when there is room.
        packed: Whether the other side understands permessage-deflate.
    """

    def __init__(self, transport: asyncio.Transport, writer: Drain, *, packed: bool) -> None:
        self._transport = transport
        self._writer = writer
        self._packed = packed
        self._waiting: dict[Hashable, Frame] = {}
        self._events = 0
        self._news = asyncio.Event()

    def tell(self, frame: Frame) -> None:
        """Send a frame, now or as soon as there is room; who lets too many wait is cut off, and comes back."""
        if not self._waiting and not self._transport.get_write_buffer_size():
            self._transport.write(frame.to_wire(packed=self._packed))
            return
        if frame.kind is Kind.EVENT:
            self._waiting[frame] = frame
            self._events += 1
        else:
            earlier = self._waiting.pop(frame.topic, None)
            self._waiting[frame.topic] = frame.after(earlier) if earlier else frame
        if self._events > MOST_WAITING:
            self.cut()
        self._news.set()

    def finish(self) -> None:
        """Send what waits, if it leaves at once: the goodbye comes next."""
        if not self._transport.get_write_buffer_size():
            self._write()
        self._waiting.clear()

    def cut(self) -> None:
        """End the connection at once."""
        self._waiting.clear()
        self._events = 0
        self._transport.abort()

    async def send(self) -> None:
        """Send what waits, until the connection ends or is too slow."""
        try:
            while not self._transport.is_closing():
                await self._news.wait()
                self._news.clear()
                await self._send_waiting()
        except (TimeoutError, ConnectionError):
            self.cut()

    async def _send_waiting(self) -> None:
        while self._waiting and not self._transport.is_closing():
            self._write()
            async with asyncio.timeout(PATIENCE):
                await self._writer.drain()

    def _write(self) -> None:
        """Write about a chunk, at least one frame if there is one."""
        frames: list[bytes] = []
        size = 0
        while self._waiting and size < CHUNK:
            frame = self._waiting.pop(next(iter(self._waiting)))
            self._events -= frame.kind is Kind.EVENT
            frames.append(frame.to_wire(packed=self._packed))
            size += len(frames[-1])
        self._transport.write(b"".join(frames))
