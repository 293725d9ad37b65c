"""A transfer on the network: what it has to say is sent, at its time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from zigwire.ota.errors import OtaError
from zigwire.ota.replies import Reply
from zigwire.ota.transfer import Transfer
from zigwire.ota.values import Progress
from zigwire.zcl.message import Message
from zigwire.zigbee.errors import DeliveryError, RequestError
from zigwire.zigbee.model import Device
from zigwire.zigbee.network import Network

__all__ = ["Session", "say"]

_ATTEMPTS = 3
"""Deliveries tried of what is no block; a lost block is sent again by the transfer."""

_GLANCE = 1.0
"""Seconds after which one looks whether the radio is still there."""

_LOG = logging.getLogger(__name__)


class Session:
    """Carries a transfer out.

    Args:
        endpoint: The device's endpoint.
        said: Hears each progress.
    """

    def __init__(
        self, network: Network, device: Device, endpoint: int, transfer: Transfer, said: Callable[[Progress], None]
    ) -> None:
        self._network = network
        self._device = device
        self._endpoint = endpoint
        self._transfer = transfer
        self._said = said
        self._told: Progress | None = None
        self._news = asyncio.Event()

    def received(self, message: Message, *, seated: bool) -> None:
        """Take what the device says; it may download now when it is `seated`."""
        self._transfer.received(message, _now(), seated=seated)
        self._news.set()

    def announced(self) -> None:
        """Note that the device came back."""
        self._transfer.announced(_now())
        self._news.set()

    def abort(self) -> bool:
        """End the update as the user wishes; tells whether it is not too late for that."""
        self._news.set()
        return self._transfer.abort(_now())

    def device_left(self) -> None:
        """End the update of a device that is not there any more."""
        self._transfer.fail(OtaError(f"Device {self._device.ieee} left the network"))
        self._news.set()

    async def run(self) -> None:
        """Carry the transfer out to its end.

        Raises:
            OtaError: The device has not got the image; the text says why.
        """
        while not self._transfer.ended:
            self._news.clear()
            await self._step()
        while (reply := self._transfer.take(_now())) is not None:
            await self._say(reply)
        if self._transfer.failure is not None:
            raise self._transfer.failure

    async def _step(self) -> None:
        """Say one thing, or wait until there is something to say."""
        now = _now()
        is_online = self._network.radio_state == "online"
        if not is_online:
            self._transfer.excuse(now)
        self._transfer.tick(now)
        self._tell_progress()
        reply = self._transfer.take(now) if is_online else None
        if reply is None:
            await self._rest(self._transfer.due - now if is_online else _GLANCE)
        elif reply.paced:
            await self._send_block(reply)
        else:
            await self._say(reply)

    def _tell_progress(self) -> None:
        progress = self._transfer.progress
        if progress is not None and progress != self._told:
            self._told = progress
            self._said(progress)

    async def _rest(self, seconds: float) -> None:
        """Wait for news, but not longer than it takes to notice that the radio is gone."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(seconds, 0.0), _GLANCE)):
                await self._news.wait()

    async def _send_block(self, reply: Reply) -> None:
        try:
            await _send(self._network, self._device, self._endpoint, reply)
        except RequestError as error:
            _LOG.debug("A block for %s got lost: %s", self._device.ieee, error)
            self._transfer.lost()
        else:
            self._transfer.delivered(_now())

    async def _say(self, reply: Reply) -> None:
        await say(self._network, self._device, self._endpoint, reply)


async def say(network: Network, device: Device, endpoint: int, reply: Reply) -> None:
    """Say something that is no block; where it gets lost for good the device asks again."""
    for _ in range(_ATTEMPTS):
        try:
            await _send(network, device, endpoint, reply)
        except DeliveryError as error:
            _LOG.debug("%s for %s got lost: %s", reply, device.ieee, error)
        except RequestError as error:
            _LOG.debug("%s for %s was not sent: %s", reply, device.ieee, error)
            return
        else:
            return


async def _send(network: Network, device: Device, endpoint: int, reply: Reply) -> None:
    request = reply.request(endpoint)
    if reply.to is None:
        await network.tell(device, request, priority="background")
    else:
        await network.answer(device, reply.to, request, priority="bulk" if reply.paced else "background")


def _now() -> float:
    return asyncio.get_running_loop().time()
