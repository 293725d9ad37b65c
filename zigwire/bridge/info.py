"""The retained bridge/* topics: what the bridge is, which devices, groups and definitions it has."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

import zigwire
from zigwire.bridge.actions import ACTIONS
from zigwire.bridge.definitions import describe_clusters
from zigwire.bridge.entities import DeviceEntity, Entities, GroupEntity
from zigwire.bridge.pace import Pace
from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt
from zigwire.devices.behaviour import Behaviour
from zigwire.devices.external import Converters
from zigwire.settings import Settings, json_schema
from zigwire.zcl.clusters import Clusters
from zigwire.zigbee.groups import DEFAULT_BIND_GROUP
from zigwire.zigbee.model import (
    NULL,
    Binding,
    ConfiguredReporting,
    Device,
    DeviceType,
    Endpoint,
    InterviewState,
    Scene,
)
from zigwire.zigbee.network import Network

__all__ = ["Info"]

AT_ONCE, EVERY = 10, 0.5
DEFAULT = "default"
"""What a definition calls the endpoint that takes commands which name none."""

OWN_SCENES = 0
"""Group of the scenes that a device has for itself alone."""


class Info:
    """Publishes the retained topics. A device is serialised again only after it changed.

    The large ones follow a storm of changes at a pace that clients can keep up with: ten at once, then two a second.
    """

    def __init__(
        self, mqtt: Mqtt, settings: Settings, network: Network, entities: Entities, converters: Converters
    ) -> None:
        self._mqtt = mqtt
        self._settings = settings
        self._network = network
        self._entities = entities
        self._converters = converters
        self._serialised: dict[str, bytes] = {}
        self._schema = json_schema()
        self._definitions: bytes | None = None
        self.restart_required = False
        self.permit_join_end: int | None = None
        self.info = Pace(self._publish_info, AT_ONCE, EVERY)
        self.devices = Pace(self._publish_devices, AT_ONCE, EVERY)
        self.groups = Pace(self._publish_groups, AT_ONCE, EVERY)
        self.definitions = Pace(self._publish_definitions, AT_ONCE, EVERY)

    def flush(self) -> None:
        """Publish what a storm of changes has held back."""
        for topic in (self.info, self.devices, self.groups, self.definitions):
            topic.flush()

    def all(self) -> None:
        """Publish everything."""
        self.lists()
        self.info()
        self.devices()
        self.groups()
        self.definitions()

    def state(self, online: bool, reason: str | None = None) -> None:
        """Publish bridge/state; `reason` says why a bridge that runs is not online."""
        state = {"state": "online" if online else "offline"}
        if reason:
            state["reason"] = reason
        self._publish("state", state, qos=1 if online else 0)

    def lists(self) -> None:
        """Publish the users' converters, and that no extensions are run."""
        self._publish("converters", [{"name": name, "code": code} for name, code in self._converters.listing()])
        self._publish("extensions", [])

    def _publish_info(self) -> None:
        self._publish("info", self._info())

    def _publish_devices(self) -> None:
        parts = [self._coordinator(), *(self._device(entity) for entity in self._entities.devices())]
        payload = b"[" + b",".join(part for part in parts if part) + b"]"
        self._mqtt.publish(f"{self._settings.mqtt.base_topic}/bridge/devices", payload, retain=True)

    def _publish_groups(self) -> None:
        self._publish("groups", [self._group(entity) for entity in self._entities.groups()])

    def _publish_definitions(self) -> None:
        if self._definitions is None:
            self._definitions = dumps({"clusters": describe_clusters(), "actions": list(ACTIONS)})
        custom = dumps({"custom_clusters": dict(self._custom_clusters())})
        payload = self._definitions[:-1] + b"," + custom[1:]
        self._mqtt.publish(f"{self._settings.mqtt.base_topic}/bridge/definitions", payload, retain=True)

    def _custom_clusters(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for entity in self._entities.devices():
            if entity.behaviour and entity.behaviour.custom_clusters:
                yield entity.key, entity.behaviour.custom_clusters

    def changed(self, ieee: str) -> None:
        """Serialise a device anew next time."""
        self._serialised.pop(ieee, None)

    def device_changed(self, ieee: str) -> None:
        """Publish all that shows a device."""
        self.changed(ieee)
        self.devices()
        self.info()
        self.definitions()

    def definition(self, entity: DeviceEntity) -> dict[str, Any] | None:
        """Describe a device's definition as bridge/devices does."""
        return definition(entity.behaviour, entity) if entity.behaviour else None

    def _publish(self, topic: str, value: Any, qos: int = 0) -> None:
        self._mqtt.publish(f"{self._settings.mqtt.base_topic}/bridge/{topic}", dumps(value), qos=qos, retain=True)

    def _info(self) -> dict[str, Any]:
        coordinator = self._network.coordinator
        parameters = self._network.parameters
        config = self._settings.public_config()
        info: dict[str, Any] = {
            **about(),
            "coordinator": {
                "ieee_address": coordinator.ieee if coordinator else None,
                "type": coordinator.type if coordinator else None,
                "meta": coordinator.meta if coordinator else {},
            },
            "network": {
                "pan_id": parameters.pan_id if parameters else None,
                "extended_pan_id": parameters.extended_pan_id if parameters else None,
                "channel": parameters.channel if parameters else None,
            },
            "log_level": self._settings.advanced.log_level,
            "permit_join": self.permit_join_end is not None,
            "restart_required": self.restart_required,
            "config": config,
            "config_schema": self._schema,
            "mqtt": {"version": self._settings.mqtt.version, "server": config["mqtt"]["server"]},
        }
        if self.permit_join_end is not None:
            info["permit_join_end"] = self.permit_join_end
        return info

    def _coordinator(self) -> bytes:
        coordinator = self._network.coordinator
        if coordinator is None:
            return b""
        endpoint = {
            "bindings": [],
            "configured_reportings": [],
            "clusters": {"input": [], "output": []},
            "scenes": [],
        }
        return dumps(
            {
                "ieee_address": coordinator.ieee,
                "type": DeviceType.COORDINATOR.value,
                "network_address": 0,
                "supported": True,
                "friendly_name": "Coordinator",
                "disabled": False,
                "interviewing": False,
                "interview_completed": True,
                "interview_state": InterviewState.SUCCESSFUL.value,
                "endpoints": {"1": endpoint, "242": endpoint},
            }
        )

    def _device(self, entity: DeviceEntity) -> bytes:
        known = self._serialised.get(entity.key)
        if known is None:
            known = self._serialised[entity.key] = dumps(describe(entity, self._network.clusters_of(entity.device)))
        return known

    def _group(self, entity: GroupEntity) -> dict[str, Any]:
        members = ((self._network.devices.get(member.ieee), member.endpoint) for member in entity.group.members)
        held = [device.endpoints[number] for device, number in members if device and number in device.endpoints]
        group: dict[str, Any] = {
            "id": entity.group.id,
            "friendly_name": "default_bind_group" if entity.group.id == DEFAULT_BIND_GROUP else entity.name,
            "scenes": scenes((scene for endpoint in held for scene in endpoint.scenes), entity.group.id),
            "members": [{"ieee_address": member.ieee, "endpoint": member.endpoint} for member in entity.group.members],
        }
        if entity.settings.description is not None:
            group["description"] = entity.settings.description
        return group


@cache
def about() -> dict[str, Any]:
    """Describe the program and the machine, which stay as they are while it runs."""
    return {
        "version": zigwire.__version__,
        "commit": "unknown",
        "os": {
            "version": platform.platform(),
            "node_version": f"Python {platform.python_version()}",
            "cpus": f"{platform.processor() or platform.machine()} (x{os.cpu_count()})",
            "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        },
        "zigbee_herdsman": {"version": f"zigpy {version('zigpy')}"},
        "zigbee_herdsman_converters": {"version": f"zigwire {zigwire.__version__}"},
    }


def permit_end(seconds: int) -> int:
    """Return when a join window that opens now closes: Unix time in milliseconds."""
    return round((time.time() + seconds) * 1000)


def describe(entity: DeviceEntity, table: Clusters) -> dict[str, Any]:
    """Describe a device as bridge/devices does; what is not known is left out."""
    device = entity.device
    described: dict[str, Any] = {
        "ieee_address": device.ieee,
        "type": device.type.value,
        "network_address": device.network_address,
        "supported": entity.is_supported,
        "friendly_name": entity.name,
        "disabled": bool(entity.settings.disabled),
        "description": entity.settings.description,
        "definition": definition(entity.behaviour, entity) if entity.behaviour else None,
        "power_source": device.power_source,
        "software_build_id": device.software_build_id,
        "date_code": device.date_code,
        "model_id": device.model_id,
        "interviewing": device.interview_state is InterviewState.IN_PROGRESS,
        "interview_completed": device.interview_state is InterviewState.SUCCESSFUL,
        "interview_state": device.interview_state.value,
        "manufacturer": device.manufacturer_name,
        "endpoints": dict(endpoints(device, entity.behaviour, table)),
    }
    return {name: value for name, value in described.items() if value is not None}


def definition(behaviour: Behaviour, entity: DeviceEntity) -> dict[str, Any]:
    """Describe a definition as it applies to a device."""
    described = {
        "source": behaviour.definition.source,
        "model": behaviour.definition.model,
        "vendor": behaviour.definition.vendor,
        "description": behaviour.definition.description,
        "exposes": behaviour.exposes(entity.options),
        "supports_ota": behaviour.definition.ota,
        "options": behaviour.option_dicts,
        "version": behaviour.definition.version,
    }
    if entity.settings.icon is not None:
        described["icon"] = entity.settings.icon
    return described


def endpoints(device: Device, behaviour: Behaviour | None, table: Clusters) -> Iterator[tuple[str, dict[str, Any]]]:
    """Describe a device's endpoints by number, with the names of the table that is valid for it."""
    names = endpoint_names(behaviour) if behaviour else {}
    for endpoint in device.endpoints.values():
        described = {
            "bindings": [binding(item, table) for item in endpoint.bindings],
            "configured_reportings": [reporting(item, table) for item in endpoint.reportings],
            "clusters": clusters(endpoint, table),
            "scenes": scenes(endpoint.scenes, OWN_SCENES),
        }
        if endpoint.id in names:
            described["name"] = names[endpoint.id]
        yield str(endpoint.id), described


def endpoint_names(behaviour: Behaviour) -> dict[int, str]:
    """Name endpoints by the first name that the definition has for each; being the default one is not a name."""
    names: dict[int, str] = {}
    for name, number in behaviour.endpoint_names.items():
        names.setdefault(number, name)
    return {number: name for number, name in names.items() if name != DEFAULT}


def scenes(known: Iterable[Scene], group: int) -> list[dict[str, Any]]:
    """Describe the scenes of a group, or those that a device has for itself alone."""
    names = {scene.id: scene.name or f"Scene {scene.id}" for scene in known if scene.group == group}
    return [{"id": number, "name": names[number]} for number in sorted(names)]


def clusters(endpoint: Endpoint, table: Clusters) -> Mapping[str, list[str]]:
    """Name the clusters of a simple descriptor."""
    return {
        "input": [table.find(cluster).name for cluster in endpoint.input_clusters],
        "output": [table.find(cluster).name for cluster in endpoint.output_clusters],
    }


def binding(item: Binding, table: Clusters) -> dict[str, Any]:
    """Describe an entry of the binding table."""
    if item.group is not None:
        target: dict[str, Any] = {"type": "group", "id": item.group}
    else:
        target = {"type": "endpoint", "ieee_address": item.ieee, "endpoint": item.endpoint}
    return {"cluster": table.find(item.cluster).name, "target": target}


def reporting(item: ConfiguredReporting, table: Clusters) -> dict[str, Any]:
    """Describe a configured reporting."""
    cluster = table.find(item.cluster, item.manufacturer)
    attribute = cluster.attribute(item.attribute, item.manufacturer)
    described = {
        "cluster": cluster.name,
        "attribute": attribute.name if attribute else item.attribute,
        "minimum_report_interval": item.minimum,
        "maximum_report_interval": item.maximum,
    }
    if item.change is None:
        return described
    return {**described, "reportable_change": None if item.change == NULL else item.change}
