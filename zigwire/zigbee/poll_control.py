"""Poll control: sleeping devices check in now and then, and may be asked to listen for longer (ZCL 3.16)."""

from __future__ import annotations

import logging
from typing import Protocol

from zigwire.zcl.message import Message
from zigwire.zcl.requests import Command, Read, Request
from zigwire.zigbee import bindings, coordinator, zdo
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Binding, Device

__all__ = ["CHECKIN", "CLUSTER", "Asker", "checkin_response", "subscribe"]

CLUSTER = 0x0020
CHECKIN = "commandCheckin"
"""Type of the message by which a device checks in."""

_INTERVAL = "checkinInterval"
"""The attribute, in quarters of a second, and the key of a device's meta, in seconds: definitions read it there."""

_LOG = logging.getLogger(__name__)


class Asker(Protocol):
    """What subscribing needs of the network."""

    async def zcl_request(self, device: Device, request: Request) -> Message | None:
        """Send a request and return the answer."""

    async def zdo_request(self, device: Device, request: zdo.Message) -> zdo.Response:
        """Ask the device's management."""


async def subscribe(device: Device, ieee: str, asker: Asker) -> None:
    """Let a device that has the cluster check in with the coordinator of this IEEE address; it works without, too."""
    for endpoint in list(device.endpoints.values()):
        if CLUSTER not in endpoint.input_clusters:
            continue
        binding = Binding(CLUSTER, ieee=ieee, endpoint=coordinator.ENDPOINT)
        try:
            await asker.zdo_request(device, bindings.bind_request(device, endpoint.id, binding))
            bindings.note_bind(device, endpoint.id, binding)
            await _learn_interval(device, endpoint.id, asker)
        except RequestError as error:
            _LOG.debug("%s will not check in from endpoint %d: %s", device.ieee, endpoint.id, error)
            return


def checkin_response(endpoint: int, *, stay_awake: bool) -> Command:
    """Return the answer to a device that checks in; how long it stays awake is up to itself."""
    return Command(
        endpoint=endpoint,
        cluster="genPollCtrl",
        command="checkinRsp",
        args={"startFastPolling": int(stay_awake), "fastPollTimeout": 0},
        disable_default_response=True,
    )


async def _learn_interval(device: Device, endpoint: int, asker: Asker) -> None:
    message = await asker.zcl_request(device, Read(endpoint=endpoint, cluster="genPollCtrl", attributes=(_INTERVAL,)))
    for record in message.attributes if message else ():
        if record.name == _INTERVAL and isinstance(record.value, int) and not record.status:
            device.meta[_INTERVAL] = record.value / 4
