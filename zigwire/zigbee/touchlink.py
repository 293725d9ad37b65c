"""Touchlink: finding lamps near the coordinator whatever network they are in, and taking them out of it (ZCL 13.3)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.codec import encode
from zigwire.zcl.errors import ParseError
from zigwire.zcl.frame import SPECIFIC, Header
from zigwire.zcl.requests import Command
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.radio import InterPan, InterPanFrame, RadioError

__all__ = ["CHANNELS", "PROFILE", "Found", "Touchlink"]

CHANNELS = (11, 15, 20, 25, 12, 13, 14, 16, 17, 18, 19, 21, 22, 23, 24, 26)
"""The primary channels of touchlink, then the rest."""

PROFILE = 0xC05E
_CLUSTER = 0x1000
_SCAN_RESPONSE = 0x01
_ENDPOINT = 0

_ZIGBEE_ROUTER_ON = 0x04
_INITIATOR_PRIORITY = 0x12
_IDENTIFY_USUAL_TIME = 0xFFFF

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered a scan."""

    ieee: str
    channel: int


class Touchlink:
    """Touchlink through a radio; one operation at a time.

    Args:
        inter_pan: Gives the radio's ability.
        answers: Seconds in which answers to a scan come in.
        blinks: Seconds for which a device blinks before it is reset.
    """

    def __init__(self, inter_pan: Callable[[], InterPan], *, answers: float = 0.5, blinks: float = 2.0) -> None:
        self._inter_pan = inter_pan
        self._answers = answers
        self._blinks = blinks
        self._busy = False

    @contextlib.asynccontextmanager
    async def air(self) -> AsyncIterator[InterPan]:
        """Have the radio away from its network; afterwards it is back on the network's channel, whatever happened.

        Raises:
            RequestError: It is away already, or can't leave.
        """
        if self._busy:
            raise RequestError("Touchlink operation already in progress")
        inter_pan = self._inter_pan()
        self._busy = True
        try:
            yield inter_pan
        except RadioError as error:
            raise RequestError(f"the coordinator can't do it: {error}") from error
        finally:
            try:
                await self._restore(inter_pan)
            finally:
                self._busy = False

    async def scan(self) -> list[Found]:
        """Return the devices that answer, on all channels.

        Raises:
            RequestError: The radio can't.
        """
        found: list[Found] = []
        async with self.air() as air:
            for channel in CHANNELS:
                _, answered = await self._ask(air, channel)
                found += (Found(ieee, channel) for ieee in answered)
        return found

    async def identify(self, ieee: str, channel: int) -> None:
        """Make a device blink.

        Raises:
            RequestError: It does not answer there, or the radio can't.
        """
        async with self.air() as air:
            await self._identify(air, await self._meet(air, ieee, channel), ieee)

    async def reset(self, ieee: str, channel: int) -> None:
        """Make a device blink, and then forget its network and all else.

        Raises:
            RequestError: It does not answer there, or the radio can't.
        """
        async with self.air() as air:
            await self._reset(air, await self._meet(air, ieee, channel), ieee)

    async def reset_first(self) -> Found | None:
        """Reset the first device that answers and return it, None when nobody does.

        Raises:
            RequestError: The radio can't.
        """
        async with self.air() as air:
            for channel in CHANNELS:
                transaction, answered = await self._ask(air, channel)
                if answered:
                    await self._reset(air, transaction, answered[0])
                    return Found(answered[0], channel)
        return None

    async def _meet(self, air: InterPan, ieee: str, channel: int) -> int:
        """Begin a transaction with a device; they last for 8 s from its answer."""
        transaction, answered = await self._ask(air, channel)
        if ieee not in answered:
            raise RequestError(f"{ieee} does not answer on channel {channel}")
        return transaction

    async def _ask(self, air: InterPan, channel: int) -> tuple[int, list[str]]:
        """Ask on a channel who is there; returns the transaction and who answered."""
        answered: dict[str, None] = {}

        def heard(frame: InterPanFrame) -> None:
            if frame.ieee is not None and _is_scan_response(frame):
                answered[frame.ieee] = None

        transaction = secrets.randbelow(0xFFFFFFFF) + 1
        await air.tune(channel, heard)
        information = {"zigbeeInformation": _ZIGBEE_ROUTER_ON, "touchlinkInformation": _INITIATOR_PRIORITY}
        try:
            await air.send(_frame(None, "scanRequest", transaction, **information))
        except RadioError as error:
            _LOG.warning("Nobody was asked on channel %d: %s", channel, error)
            return transaction, []
        await asyncio.sleep(self._answers)
        return transaction, list(answered)

    async def _identify(self, air: InterPan, transaction: int, ieee: str) -> None:
        await air.send(_frame(ieee, "identifyRequest", transaction, duration=_IDENTIFY_USUAL_TIME))

    async def _reset(self, air: InterPan, transaction: int, ieee: str) -> None:
        await self._identify(air, transaction, ieee)
        await asyncio.sleep(self._blinks)
        await air.send(_frame(ieee, "resetToFactoryNew", transaction))

    async def _restore(self, inter_pan: InterPan) -> None:
        """Go back to the network; a radio that does not is reset when the connection to it is made anew."""
        try:
            await asyncio.shield(inter_pan.restore())
        except RadioError as error:
            _LOG.error("The coordinator may not be on its network's channel, restart it: %s", error)


def _frame(ieee: str | None, command: str, transaction: int, **args: int) -> InterPanFrame:
    request = Command(
        endpoint=_ENDPOINT,
        cluster="touchlink",
        command=command,
        args={"transactionID": transaction, **args},
        disable_default_response=True,
    )
    return InterPanFrame(ieee, PROFILE, _CLUSTER, encode(request, 0, CLUSTERS))


def _is_scan_response(frame: InterPanFrame) -> bool:
    try:
        header, _ = Header.parse(frame.data)
    except ParseError:
        return False
    response = (SPECIFIC, True, _SCAN_RESPONSE)
    return frame.cluster == _CLUSTER and (header.frame_type, header.to_client, header.command_id) == response
