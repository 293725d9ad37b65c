"""IAS zones: a security sensor reports only after somebody enrolled it (ZCL 8.2.2.2.3)."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from zigwire.zcl.message import Message
from zigwire.zcl.requests import Command, Read, Request, Write
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device

__all__ = ["CLUSTER", "Asker", "enroll", "enroll_response"]

CLUSTER = 0x0500

_ZONE = 23
"""The zone id that all get: who is meant is told by the sender's address."""

_TRIES = 20
_PAUSE = 0.5
"""Seconds between two looks at the zone's state."""

_LOG = logging.getLogger(__name__)


class Asker(Protocol):
    """What enrolling needs of the network."""

    async def zcl_request(self, device: Device, request: Request) -> Message | None:
        """Send a request and return the answer."""


async def enroll(device: Device, endpoint: int, coordinator: str, asker: Asker) -> bool:
    """Enroll a zone at the coordinator of this IEEE address and see that it took; tells whether it did."""
    try:
        if await _is_enrolled(device, endpoint, coordinator, asker):
            return True
        write = Write(endpoint=endpoint, cluster="ssIasZone", attributes={"iasCieAddr": coordinator})
        await asker.zcl_request(device, write)
        await asker.zcl_request(device, enroll_response(endpoint))
        for _ in range(_TRIES):
            await asyncio.sleep(_PAUSE)
            if await _is_enrolled(device, endpoint, coordinator, asker):
                return True
    except RequestError as error:
        _LOG.warning("%s: the security zone of endpoint %d is not enrolled: %s", device.ieee, endpoint, error)
        return False
    _LOG.warning("%s: the security zone of endpoint %d does not become enrolled", device.ieee, endpoint)
    return False


def enroll_response(endpoint: int) -> Command:
    """Return the command that enrolls a zone, asked or unasked."""
    return Command(
        endpoint=endpoint,
        cluster="ssIasZone",
        command="enrollRsp",
        args={"enrollrspcode": 0, "zoneid": _ZONE},
        disable_default_response=True,
    )


async def _is_enrolled(device: Device, endpoint: int, coordinator: str, asker: Asker) -> bool:
    request = Read(endpoint=endpoint, cluster="ssIasZone", attributes=("iasCieAddr", "zoneState"))
    message = await asker.zcl_request(device, request)
    if message is None:
        return False
    values = {record.name: record.value for record in message.attributes if not record.status}
    return values.get("zoneState") == 1 and values.get("iasCieAddr") == coordinator
