"""networkmap: one scan of the network at a time, for all who ask meanwhile."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from zigwire.bridge.entities import Entities
from zigwire.bridge.network_map_drawing import graphviz, plantuml
from zigwire.bridge.network_map_scan import SECOND_ROUND_AFTER, Scan
from zigwire.bridge.network_map_topology import topology
from zigwire.bridge.payloads import dumps, shortened
from zigwire.bridge.publisher import Mqtt
from zigwire.bridge.requests import Handler, RequestFault, boolean
from zigwire.settings import Settings
from zigwire.zigbee.network import Network

__all__ = ["NetworkMap"]

LOG = logging.getLogger(__name__)

TYPES = ("raw", "graphviz", "plantuml")
PROGRESS_PERIOD = 1.0
"""Seconds between two words on how far a scan has come."""


class NetworkMap:
    """networkmap and networkmap/cancel.

    Args:
        now: Unix time in seconds.
        rest: Seconds of rest before nodes that did not answer are asked once more.
    """

    def __init__(
        self,
        mqtt: Mqtt,
        settings: Settings,
        network: Network,
        entities: Entities,
        now: Callable[[], float] = time.time,
        rest: float = SECOND_ROUND_AFTER,
    ) -> None:
        self._mqtt = mqtt
        self._settings = settings
        self._network = network
        self._entities = entities
        self._now = now
        self._rest = rest
        self._scan: Scan | None = None
        self._task: asyncio.Task[None] | None = None
        self._told = 0.0

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {"networkmap": self.map, "networkmap/cancel": self.cancel}

    async def map(self, message: Any) -> dict[str, Any]:
        """Scan the network, or wait for the scan that runs, and draw what was found."""
        asked = message if isinstance(message, dict) else {"type": message, "routes": False}
        kind = asked.get("type")
        if kind not in TYPES:
            raise RequestFault(f"Type '{_plain(kind)}' not supported, allowed are: {','.join(TYPES)}")
        routes = boolean(asked, "routes")
        scan, task = self._joined(routes=routes)
        await asyncio.wait({task})
        if task.cancelled():
            raise RequestFault("The network scan was cancelled")
        task.result()
        found = topology(scan, routes=routes)
        echo = {"routes": asked["routes"]} if "routes" in asked else {}
        return {"type": kind, **echo, "value": self._drawn(kind, found)}

    async def cancel(self, message: Any) -> dict[str, Any]:  # noqa: ARG002 - a handler's signature
        """End the scan that runs; those who wait for it get an error."""
        if self._task is None or self._task.done():
            raise RequestFault("No network scan is under way")
        self._task.cancel()
        return {}

    def stop(self) -> None:
        """End the scan that runs."""
        if self._task is not None:
            self._task.cancel()

    def _joined(self, *, routes: bool) -> tuple[Scan, asyncio.Task[None]]:
        """Return the scan that runs if it finds out what is asked, or a new one."""
        if self._scan is None or self._task is None or self._task.done():
            scan = self._scan = Scan(self._network, self._entities, routes, self._tell, self._rest)
            self._told = 0.0
            self._task = asyncio.get_running_loop().create_task(self._run(scan))
            return scan, self._task
        if routes and not self._scan.with_routes:
            raise RequestFault(
                "A network scan without routes is under way: ask again when it has ended, or cancel it with "
                "networkmap/cancel"
            )
        return self._scan, self._task

    async def _run(self, scan: Scan) -> None:
        LOG.info("Scanning the network%s", " with its routes" if scan.with_routes else "")
        begin = time.perf_counter()
        await scan.run()
        silent = sum(bool(scan.failed(node)) for node in scan.nodes)
        took = time.perf_counter() - begin
        LOG.info("Scanned %d nodes in %.1f s, %d did not tell all", len(scan.nodes), took, silent)

    def _tell(self, done: int, total: int, name: str) -> None:
        """Publish how far the scan has come; one that ends within the period is not worth a word."""
        now = asyncio.get_running_loop().time()
        if not self._told:
            self._told = now
        if now - self._told < PROGRESS_PERIOD:
            return
        self._told = now
        topic = f"{self._settings.mqtt.base_topic}/bridge/networkmap/progress"
        self._mqtt.publish(topic, dumps({"done": done, "total": total, "scanning": name}))

    def _drawn(self, kind: str, found: dict[str, Any]) -> Any:
        if kind == "graphviz":
            return graphviz(found, self._settings.map_options.graphviz.colors, self._now())
        if kind == "plantuml":
            return plantuml(found, self._now())
        return found


def _plain(value: Any) -> str:
    """Show a value as the interface's own error text does."""
    return value[:60] if isinstance(value, str) else shortened(value)
