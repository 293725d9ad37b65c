"""The TCP port of the virtual coordinator."""

from __future__ import annotations

import asyncio
import logging
import struct
from typing import cast

from zigwire.simulator.house import House
from zigwire.simulator.znp import network, system
from zigwire.simulator.znp.chip import Chip
from zigwire.simulator.znp.mt import SRSP, MtFrame, MtParser

__all__ = ["execute", "serve"]

log = logging.getLogger(__name__)

COMMANDS = system.COMMANDS | network.COMMANDS
RPC_ERROR = 0
INVALID_COMMAND, INVALID_LENGTH = 2, 4


async def serve(house: House, port: int, host: str = "127.0.0.1") -> asyncio.Server:
    """Open the port; hosts may come one after the other, a new one takes the line from the one before.

    Raises:
        OSError: The port can't be opened.
    """
    chip = Chip(house)
    return await asyncio.get_running_loop().create_server(lambda: _Line(chip), host, port)


class _Line(asyncio.Protocol):
    """One host's connection."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._parser = MtParser()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._chip.plug(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reason does not matter to a chip
        self._transport = None
        self._chip.unplug(self)

    def data_received(self, data: bytes) -> None:
        for frame in self._parser.feed(data):
            execute(self._chip, frame)

    def write(self, data: bytes) -> None:
        """Send octets to the host."""
        if self._transport is not None:
            self._transport.write(data)

    def hang_up(self) -> None:
        """Break the line."""
        if self._transport is not None:
            self._transport.close()


def execute(chip: Chip, frame: MtFrame) -> None:
    """Serve one request of the host."""
    handler = COMMANDS.get((frame.subsystem, frame.command))
    if handler is None:
        log.warning("the host asked for command 0x%02x%02x, which is unknown", frame.subsystem, frame.command)
        _refuse(chip, frame, INVALID_COMMAND)
        return
    try:
        answer = handler(chip, frame.payload)
    except (struct.error, IndexError, ValueError) as error:
        log.warning("command 0x%02x%02x %s: %s", frame.subsystem, frame.command, frame.payload.hex(), error)
        _refuse(chip, frame, INVALID_LENGTH)
        return
    if frame.synchronous:
        chip.send(MtFrame(SRSP, frame.subsystem, frame.command, answer))


def _refuse(chip: Chip, frame: MtFrame, reason: int) -> None:
    if frame.synchronous:
        refused = bytes([reason, frame.kind << 5 | frame.subsystem, frame.command])
        chip.send(MtFrame(SRSP, RPC_ERROR, 0, refused))
