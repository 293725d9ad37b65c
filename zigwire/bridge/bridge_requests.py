"""Requests about the bridge and the network as a whole."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Literal

from zigwire.bridge.entities import Entities
from zigwire.bridge.existing import existing_device
from zigwire.bridge.info import Info, permit_end
from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import Handler, RequestFault, fields
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device
from zigwire.zigbee.network import LONGEST_PERMIT, Network

__all__ = ["BridgeRequests"]

LOG = logging.getLogger(__name__)

PING_TIMEOUT = 10


class BridgeRequests:
    """permit_join, health_check and restart."""

    def __init__(self, network: Network, entities: Entities, info: Info, restart: Callable[[], None]) -> None:
        self._network = network
        self._entities = entities
        self._info = info
        self._restart = restart
        self._closing: asyncio.TimerHandle | None = None

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {"permit_join": self.permit_join, "health_check": self.health_check, "restart": self.restart}

    async def permit_join(self, message: Any) -> dict[str, Any]:
        """Let devices join for a time, through all routers or one."""
        asked = fields(message, "time", bare="time")
        seconds = _seconds(asked["time"])
        via, name = self._via(asked.get("device"))
        await self._network.permit_join(seconds, via)
        where = f" via '{name}'" if name else ""
        LOG.info("Devices may %s", f"join{where} for {seconds} s" if seconds else "not join any more")
        self._permitted(seconds)
        return {"time": seconds} if name is None else {"time": seconds, "device": name}

    async def health_check(self, message: Any) -> dict[str, Any]:  # noqa: ARG002 - a handler's signature
        """Tell whether the radio answers now."""
        try:
            async with asyncio.timeout(PING_TIMEOUT):
                await self._network.ping_radio()
        except (RequestError, TimeoutError) as error:
            LOG.warning("The radio does not answer: %s", error)
            return {"healthy": False}
        return {"healthy": True}

    async def restart(self, message: Any) -> dict[str, Any]:  # noqa: ARG002 - a handler's signature
        """Restart the bridge in this process, once the response is sent; not with a configuration that has faults."""
        self._restart()
        return {}

    def _via(self, name: Any) -> tuple[Device | Literal["coordinator"] | None, str | None]:
        """Return where devices may join: everywhere, at the coordinator alone, or at one device."""
        if name is None or name == "":
            return None, None
        if isinstance(name, str) and name.lower() == "coordinator":
            return "coordinator", "Coordinator"
        entity = existing_device(self._entities, name)
        return entity.device, entity.name

    def stop(self) -> None:
        """Forget the end of the join window."""
        if self._closing:
            self._closing.cancel()

    def _permitted(self, seconds: int) -> None:
        self.stop()
        self._info.permit_join_end = permit_end(seconds) if seconds else None
        self._info.info()
        if seconds:
            self._closing = asyncio.get_running_loop().call_later(seconds, self._permitted, 0)


def _seconds(value: Any) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) <= len(str(LONGEST_PERMIT)):
        value = int(value)
    allowed = f"time is {shortened(value)}; 0 to {LONGEST_PERMIT} (seconds) is allowed"
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise RequestFault(allowed)
    if value > LONGEST_PERMIT:
        raise RequestFault(f"Cannot permit join for more than {LONGEST_PERMIT} seconds.", allowed)
    return value
