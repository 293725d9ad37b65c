"""Devices report what others control of them: so the bridge knows of the lamp that a remote switches directly."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from zigwire.bridge import color_capabilities
from zigwire.bridge.color_capabilities import color_attributes
from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.errors import EncodeError
from zigwire.zcl.requests import ConfigureReporting
from zigwire.zcl.requests import Reporting as Record
from zigwire.zigbee.bindings import NEVER
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Binding, Device, Endpoint, Member
from zigwire.zigbee.network import Network

__all__ = ["Reporting"]

LOG = logging.getLogger(__name__)

SHORTEST, LONGEST = 5, 3600
"""Seconds between two reports of what changes gradually."""

REPORTED: Mapping[str, tuple[Record, ...]] = {
    "genOnOff": (Record("onOff", 0, LONGEST, 0),),
    "genLevelCtrl": (Record("currentLevel", SHORTEST, LONGEST, 1),),
    color_capabilities.CLUSTER: tuple(
        Record(name, SHORTEST, LONGEST, 1) for name in ("colorTemperature", "currentX", "currentY")
    ),
    "closuresWindowCovering": tuple(
        Record(name, SHORTEST, LONGEST, 1)
        for name in ("currentPositionLiftPercentage", "currentPositionTiltPercentage")
    ),
}
"""What is reported of the clusters that remotes control; values as Zigbee2MQTT's, which devices are used to."""


class Reporting:
    """Begins and ends the reporting of what is controlled by a bind, directly or through a group.

    Args:
        network: To ask devices.
        entities: To name them.
        reconfigure: Called with a device whose definition's set-up is to be done again: it may have had a part in what
            was ended.
    """

    def __init__(self, network: Network, entities: Entities, reconfigure: Callable[[DeviceEntity], None]) -> None:
        self._network = network
        self._entities = entities
        self._reconfigure = reconfigure

    async def setup(self, device: Device, endpoint: int) -> None:
        """Let an endpoint report what others control of it and is not reported yet; a failure is logged."""
        known = device.endpoints.get(endpoint)
        if known is None:
            return
        for cluster in sorted(self._controlled(device, endpoint)):
            if self._lacks(known, cluster):
                await self._begin(device, known, cluster)

    async def clean_up(self, device: Device, endpoint: int) -> None:
        """Let an endpoint report no more what nobody controls of it any more; a failure is logged."""
        known = device.endpoints.get(endpoint)
        if known is None:
            return
        for cluster in sorted(self._told(known) - self._controlled(device, endpoint)):
            await self._end(device, known, cluster)
        self._reconfigure(self._entities.of(device))

    def _controlled(self, device: Device, endpoint: int) -> set[int]:
        """Return the clusters of an endpoint that the binds of others lead to."""
        return {binding.cluster for binding in self._binds() if self._leads_to(binding, Member(device.ieee, endpoint))}

    def _binds(self) -> Iterator[Binding]:
        for device in self._network.devices.values():
            for endpoint in device.endpoints.values():
                yield from endpoint.bindings

    def _leads_to(self, binding: Binding, member: Member) -> bool:
        if binding.group is None:
            return (binding.ieee, binding.endpoint) == (member.ieee, member.endpoint)
        group = self._network.groups.get(binding.group)
        return group is not None and member in group.members

    def _lacks(self, endpoint: Endpoint, cluster: int) -> bool:
        """Tell whether a cluster is one that is to be reported but is not, or not to the coordinator."""
        if cluster not in endpoint.input_clusters or CLUSTERS.find(cluster).name not in REPORTED:
            return False
        is_configured = any(reporting.cluster == cluster for reporting in endpoint.reportings)
        return not is_configured or cluster not in self._told(endpoint)

    def _told(self, endpoint: Endpoint) -> set[int]:
        """Return the clusters with reports by this file's rules that are bound to the coordinator."""
        coordinator = self._network.coordinator
        return {
            binding.cluster
            for binding in endpoint.bindings
            if coordinator and binding.ieee == coordinator.ieee and CLUSTERS.find(binding.cluster).name in REPORTED
        }

    async def _begin(self, device: Device, endpoint: Endpoint, cluster: int) -> None:
        place = self._place(device, endpoint, cluster)
        try:
            target = self._network.coordinator_binding(cluster)
            await self._network.bind(device, endpoint.id, target, priority="background")
            await self._configure(device, endpoint, cluster, await self._records(device, endpoint, cluster))
        except (EncodeError, RequestError) as error:
            LOG.warning("Can't set up reporting of %s: %s", place, error)
        else:
            LOG.info("Set up reporting of %s", place)

    async def _end(self, device: Device, endpoint: Endpoint, cluster: int) -> None:
        place = self._place(device, endpoint, cluster)
        try:
            target = self._network.coordinator_binding(cluster)
            await self._network.unbind(device, endpoint.id, target, priority="background")
            records = await self._records(device, endpoint, cluster)
            ended = tuple(replace(record, maximum=NEVER) for record in records)
            await self._configure(device, endpoint, cluster, ended)
        except (EncodeError, RequestError) as error:
            LOG.warning("Can't end reporting of %s: %s", place, error)
        else:
            LOG.info("Ended reporting of %s", place)

    async def _records(self, device: Device, endpoint: Endpoint, cluster: int) -> tuple[Record, ...]:
        """Return what is to be reported of a cluster: of colour only what the light has."""
        name = CLUSTERS.find(cluster).name
        if name != color_capabilities.CLUSTER:
            return REPORTED[name]
        supported = await color_attributes(self._network, device, endpoint)
        return tuple(record for record in REPORTED[name] if record.attribute in supported)

    async def _configure(self, device: Device, endpoint: Endpoint, cluster: int, records: tuple[Record, ...]) -> None:
        if records:
            request = ConfigureReporting(endpoint=endpoint.id, cluster=cluster, records=records)
            await self._network.request(device, request, priority="background")

    def _place(self, device: Device, endpoint: Endpoint, cluster: int) -> str:
        return f"{CLUSTERS.find(cluster).name} of '{self._entities.of(device).name}', endpoint {endpoint.id}"
