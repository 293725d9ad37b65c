"""Scanning the network: whom the coordinator and each router hear, and the routes that they know."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.zigbee.errors import DeliveryError, RequestError
from zigwire.zigbee.model import DeviceType
from zigwire.zigbee.network import Network
from zigwire.zigbee.topology import read_neighbors, read_routes
from zigwire.zigbee.zdo import Neighbor, Route

__all__ = ["Scan", "Tables"]

LOG = logging.getLogger(__name__)

SECOND_ROUND_AFTER = 5.0
"""Seconds of rest before the nodes that did not answer are asked once more."""

SCANNED = {DeviceType.ROUTER, DeviceType.UNKNOWN}


@dataclass(slots=True)
class Tables:
    """What one node told; a table that it did not tell is None.

    Attributes:
        entity: The node, None for the coordinator.
    """

    entity: DeviceEntity | None
    neighbors: tuple[Neighbor, ...] | None = None
    routes: tuple[Route, ...] | None = None

    @property
    def name(self) -> str:
        """The node's name."""
        return self.entity.name if self.entity else "Coordinator"

    @property
    def key(self) -> str | None:
        """The node's IEEE address, None for the coordinator."""
        return self.entity.key if self.entity else None


@dataclass(slots=True)
class Scan:
    """One walk through the network, one request after the other and behind those of users.

    Attributes:
        with_routes: Whether routing tables are read too.
        progress: Called with the nodes done, all nodes, and the name of the one that is asked next.
        rest: Seconds of rest before the second round.
        nodes: What each node told, the coordinator first.
    """

    network: Network
    entities: Entities
    with_routes: bool
    progress: Callable[[int, int, str], None]
    rest: float = SECOND_ROUND_AFTER
    nodes: list[Tables] = field(default_factory=list)

    async def run(self) -> None:
        """Ask all nodes, and those that did not tell everything once more."""
        self.nodes = [Tables(None), *(Tables(entity) for entity in self._routers())]
        await self._round(self.nodes)
        silent = [node for node in self.nodes if self.failed(node)]
        if silent:
            await asyncio.sleep(self.rest)
            await self._round(silent)

    def failed(self, node: Tables) -> list[str]:
        """Name the tables that a node did not tell."""
        failed = [] if node.neighbors is not None else ["lqi"]
        return [*failed, "routingTable"] if self.with_routes and node.routes is None else failed

    def _routers(self) -> Iterator[DeviceEntity]:
        for entity in self.entities.devices():
            if entity.device.type in SCANNED and not entity.settings.disabled:
                yield entity

    async def _round(self, nodes: list[Tables]) -> None:
        done = len(self.nodes) - len(nodes)
        for number, node in enumerate(nodes):
            self.progress(done + number, len(self.nodes), node.name)
            await self._ask(node)

    async def _ask(self, node: Tables) -> None:
        """Ask for the tables that are missing; a node that can't be reached for one isn't asked for the other."""
        device = node.entity.device if node.entity else None
        try:
            if node.neighbors is None:
                node.neighbors = await read_neighbors(self.network, device)
        except DeliveryError as error:
            LOG.warning("The map lacks what '%s' knows: %s", node.name, error)
            return
        except RequestError as error:
            LOG.warning("The map lacks whom '%s' hears: %s", node.name, error)
        try:
            if self.with_routes and node.routes is None:
                node.routes = await read_routes(self.network, device)
        except RequestError as error:
            LOG.warning("The map lacks the routes of '%s': %s", node.name, error)
