"""Keys that are carried out in dialogue: what is sent next, and what follows, depend on what the device answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from zigwire.devices.behaviour import Host, Outcome
from zigwire.devices.feature import Call, Context
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Request
from zigwire.zigbee.model import Device

__all__ = ["Action", "send"]

Action: TypeAlias = Callable[[Call, Host], Awaitable[Outcome]]
"""Carries out a key; raises what `Behaviour.set` raises."""


async def send(
    host: Host, device: Device, context: Context, request: Request, *, timeout: float | None = None
) -> Message | None:
    """Send a request to a device and return its answer, or to the group that a command is for.

    Raises:
        EncodeError: The request can't be written.
        RequestError: The device can't be reached, does not answer or refuses.
    """
    if context.group is None:
        return await host.request(device, request, timeout=timeout)
    await host.multicast(context.group.id, request)
    return None
