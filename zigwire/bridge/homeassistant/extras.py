"""Entities that no expose tells of: when a device was last heard, its firmware, scenes, and the bridge itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from zigwire.bridge.homeassistant.config import Config, Topics, slug
from zigwire.settings import LogLevel
from zigwire.zigbee.model import Scene

__all__ = ["bridge_entities", "firmware", "last_seen", "scenes"]

PICTURE = "https://github.com/Koenkk/zigbee2mqtt/raw/master/images/logo.png"
"""Of update entities: the one that a house has which comes from Zigbee2MQTT."""

LONGEST_JOINING = 254
"""Seconds for which the network can be open (ZDO Mgmt_Permit_Joining_req)."""


def last_seen(topics: Topics, form: str) -> Config:
    """Announce when a device was last heard; `form` is `advanced.last_seen`."""
    payload = {
        "name": "Last seen",
        "state_topic": topics.state(),
        "value_template": "{{ value_json.last_seen }}",
        "icon": "mdi:clock",
        "enabled_by_default": False,
        "entity_category": "diagnostic",
    }
    if form.startswith("ISO_8601"):
        payload["device_class"] = "timestamp"
    return Config("sensor", "last_seen", payload, ("last_seen",))


def firmware(topics: Topics, bridge: Topics, ieee: str) -> Config:
    """Announce a device's firmware and how to update it."""
    update = "value_json['update']"
    payload = {
        "name": None,
        "entity_picture": PICTURE,
        "state_topic": topics.state(),
        "device_class": "firmware",
        "entity_category": "config",
        "command_topic": f"{bridge.base}/request/device/ota_update/update",
        "payload_install": f'{{"id": "{ieee}"}}',
        "value_template": (
            f'{{"latest_version":"{{{{ {update}[\'latest_version\'] }}}}",'
            f'"installed_version":"{{{{ {update}[\'installed_version\'] }}}}",'
            f"\"update_percentage\":{{{{ {update}.get('progress', 'null') }}}},"
            f"\"in_progress\":{{{{ ({update}['state'] == 'updating')|lower }}}}}}"
        ),
    }
    return Config("update", "update", payload, ("update",))


def scenes(topics: Topics, known: Iterable[Scene]) -> Iterator[Config]:
    """Announce scenes, the lowest number first; of several with one number the last."""
    named = {scene.id: scene.name or f"Scene {scene.id}" for scene in known}
    for number, name in sorted(named.items()):
        payload = {
            "name": name,
            "command_topic": topics.command(),
            "payload_on": f'{{ "scene_recall": {number} }}',
        }
        yield Config("scene", f"scene_{number}", payload, suffix=f"_{slug(name)}")


def bridge_entities(bridge: Topics) -> Iterator[Config]:
    """Announce the bridge's own entities."""
    info = f"{bridge.base}/info"
    diagnostic = {"entity_category": "diagnostic"}
    hidden = {**diagnostic, "enabled_by_default": False}
    network_map = f"{bridge.base}/response/networkmap"
    yield Config(
        "binary_sensor",
        "connection_state",
        {
            "name": "Connection state",
            "device_class": "connectivity",
            "state_topic": f"{bridge.base}/state",
            "value_template": "{{ value_json.state }}",
            "payload_on": "online",
            "payload_off": "offline",
            **diagnostic,
        },
        has_availability=False,
    )
    yield Config(
        "binary_sensor",
        "restart_required",
        {
            "name": "Restart required",
            "device_class": "problem",
            "state_topic": info,
            "value_template": "{{ value_json.restart_required }}",
            "payload_on": True,
            "payload_off": False,
            **hidden,
        },
    )
    yield Config(
        "button",
        "restart",
        {
            "name": "Restart",
            "device_class": "restart",
            "command_topic": f"{bridge.base}/request/restart",
            "payload_press": "",
        },
    )
    yield Config(
        "select",
        "log_level",
        {
            "name": "Log level",
            "entity_category": "config",
            "state_topic": info,
            "value_template": "{{ value_json.log_level | lower }}",
            "command_topic": f"{bridge.base}/request/options",
            "command_template": '{"options": {"advanced": {"log_level": "{{ value }}" } } }',
            "options": list(get_args(LogLevel)),
        },
    )
    yield Config(
        "sensor",
        "version",
        {
            "name": "Version",
            "icon": "mdi:zigbee",
            "state_topic": info,
            "value_template": "{{ value_json.version }}",
            **diagnostic,
        },
    )
    yield Config(
        "sensor",
        "coordinator_version",
        {
            "name": "Coordinator version",
            "icon": "mdi:chip",
            "state_topic": info,
            "value_template": "{{ value_json.coordinator.meta.revision }}",
            **hidden,
        },
    )
    yield Config(
        "sensor",
        "network_map",
        {
            "name": "Network map",
            "state_topic": network_map,
            "value_template": "{{ now().strftime('%Y-%m-%d %H:%M:%S') }}",
            "json_attributes_topic": network_map,
            "json_attributes_template": "{{ value_json.data.value | tojson }}",
            **hidden,
        },
    )
    yield Config(
        "switch",
        "permit_join",
        {
            "name": "Permit join",
            "icon": "mdi:human-greeting-proximity",
            "state_topic": info,
            "value_template": "{{ value_json.permit_join | lower }}",
            "state_on": "true",
            "state_off": "false",
            "command_topic": f"{bridge.base}/request/permit_join",
            "payload_on": f'{{"time": {LONGEST_JOINING}}}',
            "payload_off": '{"time": 0}',
        },
    )
