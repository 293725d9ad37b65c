"""device/bind, device/unbind and device/binds/clear: what devices send to each other without the bridge."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zigwire.bridge.entities import DeviceEntity, Entities, GroupEntity
from zigwire.bridge.info import Info
from zigwire.bridge.payloads import shortened
from zigwire.bridge.reporting import Reporting
from zigwire.bridge.requests import Handler, RequestFault, boolean, fields
from zigwire.zigbee.address import NO_IEEE, is_ieee
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.groups import DEFAULT_BIND_GROUP
from zigwire.zigbee.model import Binding, Device, Endpoint, Member
from zigwire.zigbee.network import Network

__all__ = ["BindRequests"]

LOG = logging.getLogger(__name__)

CANDIDATES = (
    "genScenes",
    "genOnOff",
    "genLevelCtrl",
    "lightingColorCtrl",
    "closuresWindowCovering",
    "hvacThermostat",
    "msIlluminanceMeasurement",
    "msTemperatureMeasurement",
    "msRelativeHumidity",
    "msSoilMoisture",
    "msCO2",
)
"""Clusters that are bound, as far as both sides have them, when a request names none."""

DEFAULT_GROUP_NAME = "default_bind_group"
COORDINATOR = "coordinator"
MOST_TARGETS = 9
"""Addresses that one frame has room for."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who is to send."""

    entity: DeviceEntity
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Target:
    """Who is to be sent to.

    Attributes:
        name: For people.
        binding: The bind for cluster 0.
        endpoint: Of a device; None when it takes every cluster, as groups and the coordinator do.
        members: The endpoints behind it.
    """

    name: str
    binding: Binding
    endpoint: Endpoint | None = None
    members: Sequence[Member] = ()

    def fits(self, source: Endpoint, cluster: int) -> bool:
        """Whether the source has the cluster, and the target its other side."""
        sends, serves = cluster in source.output_clusters, cluster in source.input_clusters
        if self.endpoint is None:
            return sends or serves
        return (sends and cluster in self.endpoint.input_clusters) or (
            serves and cluster in self.endpoint.output_clusters
        )


class BindRequests:
    """Makes and ends binds; what is controlled by one reports to the coordinator as long as it is."""

    def __init__(self, network: Network, entities: Entities, info: Info, reporting: Reporting) -> None:
        self._network = network
        self._entities = entities
        self._info = info
        self._reporting = reporting

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {"device/bind": self.bind, "device/unbind": self.unbind, "device/binds/clear": self.clear}

    async def bind(self, message: Any) -> dict[str, Any]:
        """Let a device send what concerns clusters to another, to a group or to the coordinator."""
        asked = fields(message, "from", "to")
        boolean(asked, "skip_disable_reporting")
        source, target = self._source(asked), self._target(asked)
        clusters = self._clusters(asked, source, target)
        if not clusters:
            raise RequestFault("Nothing to bind", _no_match(source, target))
        if target.binding.group is not None and target.binding.group not in self._network.groups:
            self._network.groups.add(target.binding.group)
            self._info.groups()
        failed = [name for name, cluster in clusters.items() if not await self._bind(source, target, cluster, name)]
        if len(failed) == len(clusters):
            raise RequestFault("Failed to bind", f"'{source.entity.name}' to '{target.name}'")
        self._info.device_changed(source.entity.key)
        for device, member in self._controlled(target):
            await self._reporting.setup(device, member.endpoint)
            self._info.changed(device.ieee)
        self._info.device_changed(source.entity.key)
        return _response(asked, clusters, failed)

    async def unbind(self, message: Any) -> dict[str, Any]:
        """End binds, and the reporting that nobody needs then, unless `skip_disable_reporting` is on."""
        asked = fields(message, "from", "to")
        keep_reporting = boolean(asked, "skip_disable_reporting")
        source, target = self._source(asked), self._target(asked)
        clusters = self._clusters(asked, source, target)
        if not clusters:
            raise RequestFault("Nothing to unbind", _no_match(source, target))
        failed = [name for name, cluster in clusters.items() if not await self._unbind(source, target, cluster, name)]
        if len(failed) == len(clusters):
            raise RequestFault("Failed to unbind", f"'{source.entity.name}' from '{target.name}'")
        if not keep_reporting:
            for device, member in self._controlled(target):
                await self._reporting.clean_up(device, member.endpoint)
        self._info.device_changed(source.entity.key)
        return _response(asked, clusters, failed)

    async def clear(self, message: Any) -> dict[str, Any]:
        """Let a device forget its binds: all of them, or those that lead to devices of a list."""
        asked = fields(message, "target")
        name, targets = asked["target"], asked.get("ieee_list")
        if not isinstance(name, str):
            raise RequestFault("Invalid payload", f"target is {shortened(name)}; a name or an IEEE address is allowed")
        if targets is None:
            targets = [NO_IEEE]
        entity = self._entities.find_device(name)
        if entity is None:
            raise RequestFault("Invalid target", f"{shortened(name)} is no device")
        await self._network.clear_bindings(entity.device, *_addresses(targets))
        self._info.device_changed(entity.key)
        LOG.info("Cleared binds of '%s'", entity.name)
        return {"target": name, "ieee_list": targets}

    # --- what is asked for ---

    def _source(self, asked: Mapping[str, Any]) -> Source:
        name, key = _name(asked, "from"), _endpoint_key(asked, "from_endpoint")
        entity = self._entities.find_device(name)
        if entity is None:
            raise RequestFault(f"Source device {shortened(name)} does not exist")
        endpoint = entity.endpoint(key)
        if endpoint is None:
            raise RequestFault(f"Source device '{entity.name}' does not have endpoint {shortened(key)}")
        return Source(entity, endpoint)

    def _target(self, asked: Mapping[str, Any]) -> Target:
        name = _name(asked, "to")
        if name in (DEFAULT_GROUP_NAME, str(DEFAULT_BIND_GROUP)):
            return self._group_target(DEFAULT_BIND_GROUP, DEFAULT_GROUP_NAME)
        coordinator = self._network.coordinator
        if name.lower() == COORDINATOR or (coordinator and name == coordinator.ieee):
            return Target("Coordinator", self._network.coordinator_binding(0))
        entity = self._entities.find(name)
        if entity is None:
            raise RequestFault(f"Target device or group {shortened(name)} does not exist")
        if isinstance(entity, GroupEntity):
            return self._group_target(entity.group.id, entity.name)
        return self._device_target(entity, _endpoint_key(asked, "to_endpoint"))

    def _group_target(self, group_id: int, name: str) -> Target:
        group = self._network.groups.get(group_id)
        return Target(name, Binding(0, group=group_id), members=tuple(group.members) if group else ())

    def _device_target(self, entity: DeviceEntity, key: str) -> Target:
        endpoint = entity.endpoint(key)
        if endpoint is None:
            raise RequestFault(f"Target device '{entity.name}' does not have endpoint {shortened(key)}")
        ieee = entity.device.ieee
        binding = Binding(0, ieee=ieee, endpoint=endpoint.id)
        return Target(entity.name, binding, endpoint, (Member(ieee, endpoint.id),))

    def _clusters(self, asked: Mapping[str, Any], source: Source, target: Target) -> dict[str | int, int]:
        """Return the clusters to bind, by the names that the request gives them.

        Raises:
            EncodeError: No cluster has such a name.
            RequestFault: It is no list of clusters.
        """
        wanted = asked.get("clusters")
        if wanted is None:
            wanted = CANDIDATES
        elif not isinstance(wanted, list) or not all(map(_is_cluster, wanted)):
            raise RequestFault(
                "Invalid payload", f"clusters is {shortened(wanted)}; a list of names such as genOnOff is allowed"
            )
        known = self._network.clusters_of(source.entity.device)
        clusters = {name: known.resolve(name).id for name in wanted}
        return {name: cluster for name, cluster in clusters.items() if target.fits(source.endpoint, cluster)}

    def _controlled(self, target: Target) -> Iterator[tuple[Device, Member]]:
        for member in target.members:
            if device := self._network.devices.get(member.ieee):
                yield device, member

    # --- what is done ---

    async def _bind(self, source: Source, target: Target, cluster: int, name: str | int) -> bool:
        binding = replace(target.binding, cluster=cluster)
        try:
            await self._network.bind(source.entity.device, source.endpoint.id, binding)
        except RequestError as error:
            LOG.error("Can't bind %s of '%s' to '%s': %s", name, source.entity.name, target.name, error)
            return False
        LOG.info("Bound %s of '%s' to '%s'", name, source.entity.name, target.name)
        return True

    async def _unbind(self, source: Source, target: Target, cluster: int, name: str | int) -> bool:
        """End a bind; one that is not known is none, without asking the device."""
        binding = replace(target.binding, cluster=cluster)
        if binding not in source.endpoint.bindings:
            return True
        try:
            await self._network.unbind(source.entity.device, source.endpoint.id, binding)
        except RequestError as error:
            LOG.error("Can't unbind %s of '%s' from '%s': %s", name, source.entity.name, target.name, error)
            return False
        LOG.info("Unbound %s of '%s' from '%s'", name, source.entity.name, target.name)
        return True


def _name(asked: Mapping[str, Any], key: str) -> str:
    value = asked[key]
    if value is None or isinstance(value, bool) or not isinstance(value, str | int):
        raise RequestFault("Invalid payload", f"{key} is {shortened(value)}; a name, IEEE address or number is allowed")
    return str(value)


def _endpoint_key(asked: Mapping[str, Any], key: str) -> str:
    value = asked.get(key)
    if value is None or value == "":
        return "default"
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RequestFault("Invalid payload", f"{key} is {shortened(value)}; a name or a number is allowed")
    return str(value)


def _is_cluster(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0xFFFF)


def _addresses(targets: Any) -> list[str]:
    if not isinstance(targets, list) or not 1 <= len(targets) <= MOST_TARGETS:
        raise RequestFault(
            "Invalid payload",
            f"ieee_list is {shortened(targets)}; a list of 1 to {MOST_TARGETS} IEEE addresses is allowed",
        )
    addresses = [target.lower() if isinstance(target, str) else "" for target in targets]
    for target, address in zip(targets, addresses, strict=True):
        if not is_ieee(address):
            raise RequestFault(
                "Invalid payload", f"ieee_list has {shortened(target)}; 0x and 16 hex digits are allowed"
            )
    return addresses


def _no_match(source: Source, target: Target) -> str:
    return f"'{source.entity.name}' has no cluster of those asked for whose other side '{target.name}' has"


def _response(
    asked: Mapping[str, Any], clusters: Mapping[str | int, int], failed: Sequence[str | int]
) -> dict[str, Any]:
    response = {
        "from": asked["from"],
        "from_endpoint": "default" if asked.get("from_endpoint") is None else asked["from_endpoint"],
        "to": asked["to"],
        "clusters": [name for name in clusters if name not in failed],
        "failed": failed,
    }
    if "to_endpoint" in asked:
        response["to_endpoint"] = asked["to_endpoint"]
    return response
