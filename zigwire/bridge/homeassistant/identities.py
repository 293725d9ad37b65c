"""Who has entities, as Home Assistant's device registry shall know it: devices, groups and the bridge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import zigwire
from zigwire.bridge.availability import is_watched
from zigwire.bridge.entities import DeviceEntity, Entity, GroupEntity
from zigwire.bridge.homeassistant.announce import Identity, encoded
from zigwire.bridge.homeassistant.config import filled
from zigwire.devices.behaviour import Behaviour
from zigwire.settings import Settings
from zigwire.zigbee.radio import CoordinatorInfo

__all__ = ["Identities", "overrides"]

INTERFACE = "Zigbee2MQTT"
"""Maker of the bridge and of groups: the name of the interface, under which houses that changed over know them."""

ORIGIN = {"name": "Zigwire", "sw": zigwire.__version__}
ONLINE = "{{ value_json.state }}"
NEVER_ONLINE = '{{ "offline" }}'


def overrides(entity: Entity) -> Mapping[str, Any]:
    """Return what the user wants otherwise for a device or group."""
    own = entity.settings.homeassistant
    return own.document if own else {}


class Identities:
    """Makes identities as the settings want them at that moment.

    Args:
        settings: For topics, the address of the web page and availability.
        coordinator: The bridge's radio.

    Attributes:
        bridge: What Home Assistant knows the bridge by.
        bridge_node: The bridge's level in discovery topics.
    """

    def __init__(self, settings: Settings, coordinator: CoordinatorInfo) -> None:
        self._settings = settings
        self._coordinator = coordinator
        self._base_topic = settings.mqtt.base_topic
        self.bridge = f"zigbee2mqtt_bridge_{coordinator.ieee}"
        self.bridge_node = f"{encoded(self._base_topic)}_{coordinator.ieee}"

    def of_bridge(self) -> Identity:
        """Return who has the bridge's own entities."""
        coordinator = self._coordinator
        device = {
            "identifiers": [self.bridge],
            "name": f"{INTERFACE} Bridge",
            "manufacturer": INTERFACE,
            "model": "Bridge",
            "hw_version": f"{coordinator.type} {coordinator.meta.get('revision', '')}",
            "sw_version": zigwire.__version__,
            **self._link("settings"),
        }
        return Identity(
            node=self.bridge_node,
            key=f"bridge_{coordinator.ieee}",
            base_topic=self._base_topic,
            device=device,
            origin=ORIGIN,
            availability=self._availability(ONLINE),
            mode="all",
        )

    def of_device(self, entity: DeviceEntity, behaviour: Behaviour) -> Identity:
        """Return who has a device's entities."""
        device, definition = entity.device, behaviour.definition
        described = {
            "identifiers": [f"zigbee2mqtt_{device.ieee}"],
            "name": self._name(entity),
            "manufacturer": definition.vendor,
            "model": definition.description,
            "model_id": definition.model,
            "via_device": self.bridge,
            **filled(sw_version=device.software_build_id, hw_version=device.hardware_version),
            **self._link("device", device.ieee, "info"),
        }
        watched = is_watched(entity, self._settings)
        template = NEVER_ONLINE if entity.settings.disabled else ONLINE
        return Identity(
            node=device.ieee,
            key=device.ieee,
            base_topic=self._base_topic,
            device=described,
            origin=ORIGIN,
            availability=self._availability(template, *([entity.name] if watched else [])),
            mode="all" if watched else None,
            overrides=overrides(entity),
            override=behaviour.override_discovery,
            options=entity.options,
        )

    def of_group(self, entity: GroupEntity, members: Iterable[DeviceEntity]) -> Identity:
        """Return who has a group's entities."""
        number = entity.key
        node = f"{encoded(self._base_topic)}_{number}"
        device = {
            "identifiers": [f"zigbee2mqtt_{node}"],
            "name": self._name(entity),
            "manufacturer": INTERFACE,
            "model": "Group",
            "sw_version": f"Zigwire {zigwire.__version__}",
            "via_device": self.bridge,
            **self._link("group", number),
        }
        watched = all(is_watched(member, self._settings) for member in members)
        return Identity(
            node=node,
            key=number,
            base_topic=self._base_topic,
            device=device,
            origin=ORIGIN,
            availability=self._availability(ONLINE, *([entity.name] if watched else [])),
            mode="all" if watched else None,
            overrides=overrides(entity),
        )

    def _name(self, entity: Entity) -> str:
        name = overrides(entity).get("name")
        return name if isinstance(name, str) else entity.name

    def _link(self, kind: str, *path: str) -> dict[str, str]:
        """Link to the web page; the one that serves several bridges calls the first of them 0."""
        frontend = self._settings.frontend
        if not frontend.url:
            return {}
        first = ("0",) if frontend.package == "zigbee2mqtt-windfront" and path else ()
        return {"configuration_url": "/".join((f"{frontend.url}/#", kind, *first, *path))}

    def _availability(self, template: str, *names: str) -> tuple[Mapping[str, str], ...]:
        topics = ("bridge/state", *(f"{name}/availability" for name in names))
        return tuple({"topic": f"{self._base_topic}/{topic}", "value_template": template} for topic in topics)
