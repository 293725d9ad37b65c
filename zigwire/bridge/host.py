"""What the bridge lends to the behaviours of devices: the network, the state cache, the topics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zigwire.bridge.states import States
from zigwire.devices.behaviour import Priority
from zigwire.settings import Settings
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Request
from zigwire.zigbee.coordinator import GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE, HOME_AUTOMATION
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Binding, Device
from zigwire.zigbee.network import Network

__all__ = ["BridgeHost"]

LEGRAND = 0x1021
"""Its devices report attributes of their own without the manufacturer code."""


class BridgeHost:
    """Implements `devices.behaviour.Host`.

    Args:
        network: Carries the requests.
        states: What is known of each device.
        settings: For the devices' options.
        publish: Called with a device of the network and what to publish of it.
        changed: Called with a device whose exposes, clusters or definition changed.
        scenes_changed: Called with devices that have other scenes now.
        saved: Called with a device of which a definition changed something else, such as its reportings.
    """

    def __init__(
        self,
        network: Network,
        states: States,
        settings: Settings,
        publish: Callable[[Device, Mapping[str, Any]], None],
        changed: Callable[[Device], None],
        scenes_changed: Callable[[Iterable[Device]], None],
        saved: Callable[[Device], None],
    ) -> None:
        self._network = network
        self._states = states
        self._settings = settings
        self._publish = publish
        self._changed = changed
        self._scenes_changed = scenes_changed
        self._saved = saved

    async def request(
        self, device: Device, request: Request, *, timeout: float | None = None, priority: Priority = "user"
    ) -> Message | None:
        """Send a request and return the device's answer; one that is disabled is left alone."""
        self._check_enabled(device)
        return await self._network.request(device, request, timeout=timeout, priority=priority)

    async def tell(self, device: Device, request: Request, *, priority: Priority = "user") -> None:
        """Send a request and wait for no answer; a device that is disabled is left alone."""
        self._check_enabled(device)
        await self._network.tell(device, request, priority=priority)

    async def multicast(self, group_id: int, request: Request) -> None:
        """Send a request to a group."""
        await self._network.multicast(group_id, request)

    async def broadcast(self, address: int, request: Request) -> None:
        """Send a request to a broadcast address; one of Green Power in that profile."""
        profile = GREEN_POWER_PROFILE if request.endpoint == GREEN_POWER_ENDPOINT else HOME_AUTOMATION
        await self._network.broadcast(address, request, profile=profile)

    async def bind(self, device: Device, endpoint: int, binding: Binding, *, priority: Priority = "user") -> None:
        """Make a device send what concerns a cluster to a target."""
        await self._network.bind(device, endpoint, binding, priority=priority)

    async def unbind(self, device: Device, endpoint: int, binding: Binding) -> None:
        """End a bind."""
        await self._network.unbind(device, endpoint, binding)

    def device(self, ieee: str) -> Device | None:
        """Return a device of the network."""
        return self._network.devices.get(ieee)

    def coordinator_binding(self, cluster: int) -> Binding:
        """Return the bind that leads to the coordinator."""
        return self._network.coordinator_binding(cluster)

    def network(self) -> Mapping[str, Any]:
        """Return `panID`, `extendedPanID` and `channel` of the network, nothing before it was up."""
        held = self._network.parameters
        if held is None:
            return {}
        return {"panID": held.pan_id, "extendedPanID": held.extended_pan_id, "channel": held.channel}

    def use_clusters(self, device: Device, clusters: Mapping[str, Mapping[str, Any]]) -> None:
        """Let a device have clusters of its own."""
        assumed = LEGRAND if device.manufacturer_code == LEGRAND else None
        self._network.use_clusters(device, CLUSTERS.extended(clusters, assumed_manufacturer=assumed))

    def save(self, device: Device) -> None:
        """Keep the device's meta, scenes and reportings after they changed."""
        self._network.save(device)
        self._saved(device)

    def scenes_changed(self, devices: Iterable[Device]) -> None:
        """Keep and show the scenes of devices after they changed."""
        known = list(devices)
        for device in known:
            self._network.save(device)
        self._scenes_changed(known)

    def publish(self, device: Device, state: Mapping[str, Any]) -> None:
        """Publish a state that came about by itself; of a device that is gone nothing."""
        if self._network.devices.get(device.ieee) is device:
            self._publish(device, state)

    def state(self, device: Device) -> Mapping[str, Any]:
        """Return the cached state."""
        return self._states.get(device.ieee)

    def options(self, device: Device) -> Mapping[str, Any]:
        """Return the device's options, over those for all devices."""
        known = self._settings.devices.get(device.ieee)
        return known.options if known else {}

    def changed(self, device: Device) -> None:
        """Show a device's new exposes, clusters or definition."""
        self._changed(device)

    def _check_enabled(self, device: Device) -> None:
        settings = self._settings.devices.get(device.ieee)
        if settings and settings.disabled:
            raise RequestError("it is disabled in the settings")
