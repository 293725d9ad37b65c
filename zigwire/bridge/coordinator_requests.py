"""coordinator_check: routers that the coordinator has forgotten."""

from __future__ import annotations

from typing import Any

from zigwire.bridge.entities import Entities
from zigwire.bridge.requests import Handler, RequestFault
from zigwire.zigbee.model import DeviceType
from zigwire.zigbee.network import Network

__all__ = ["CoordinatorRequests"]


class CoordinatorRequests:
    """coordinator_check."""

    def __init__(self, network: Network, entities: Entities) -> None:
        self._network = network
        self._entities = entities

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {"coordinator_check": self.check}

    async def check(self, message: Any) -> dict[str, Any]:  # noqa: ARG002 - a handler's signature
        """Name the routers that are missing in the coordinator's own memory; they have to be paired again."""
        remembered = await self._network.remembered()
        if remembered is None:
            raise RequestFault("Coordinator does not coordinator check because it doesn't support backups")
        missing = [
            {"ieee_address": entity.key, "friendly_name": entity.name}
            for entity in self._entities.devices()
            if entity.device.type is DeviceType.ROUTER and entity.key not in remembered
        ]
        return {"missing_routers": missing}
