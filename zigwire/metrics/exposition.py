"""What Prometheus gets when it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sized

from aiohttp import web
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from zigwire.bridge.bridge import Bridge
from zigwire.bridge.publisher import Mqtt
from zigwire.bridge.states import States
from zigwire.metrics.devices import DeviceCollector
from zigwire.metrics.program import ProgramCollector
from zigwire.metrics.traffic import CommandCollector, FrameCollector
from zigwire.zigbee.network import Network

__all__ = ["Exposition"]


class Exposition:
    """Answers scrapes with what collectors tell, one at a time."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._turn = asyncio.Lock()

    def tell_of(self, bridge: Bridge, network: Network, mqtt: Mqtt, states: States, browsers: Sized) -> None:
        """Tell of a bridge from now on.

        Args:
            bridge: The bridge.
            network: Its network.
            mqtt: Its MQTT client.
            states: What it knows of devices.
            browsers: Those that listen.
        """
        self._registry.register(ProgramCollector(bridge, network, mqtt, browsers))
        self._registry.register(FrameCollector(network, bridge.entities))
        self._registry.register(CommandCollector(bridge.commands, bridge.entities))
        self._registry.register(DeviceCollector(bridge.entities, bridge.availability, states))

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a scrape, in Prometheus' or OpenMetrics' format."""
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        async with self._turn:
            text = await asyncio.to_thread(encode, Collected(await self._collect()))
        response = web.Response(body=text, headers={"Content-Type": content_type, "Cache-Control": "no-store"})
        response.enable_compression()
        return response

    async def _collect(self) -> list[Metric]:
        """Collect family by family; between them the bridge goes on with its work."""
        found = []
        for family in self._registry.collect():
            found.append(family)
            await asyncio.sleep(0)
        return found


class Collected(Collector):
    """Families that are there already."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self._families
