"""What Home Assistant needs in every state message: each exposed property, null where nothing is known yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.bridge.entities import DeviceEntity, Entity

__all__ = ["complete", "without_needless_state"]

# Home Assistant's update entity reads these before anything is known of a device's firmware.
UNKNOWN_UPDATE: Mapping[str, Any] = {"installed_version": -1, "latest_version": -1, "state": None}


def complete(entity: Entity, message: dict[str, Any]) -> None:
    """Add the properties that a message lacks, so that Home Assistant's templates find them."""
    if not isinstance(entity, DeviceEntity) or entity.behaviour is None:
        return
    for name in entity.behaviour.properties:
        message.setdefault(name, None)
    if entity.behaviour.definition.ota:
        message.setdefault("update", UNKNOWN_UPDATE)


def without_needless_state(message: dict[str, Any], state: Mapping[str, Any]) -> None:
    """Take `state` out of a command that colours a light which is on: Home Assistant sends it with every change."""
    if state.get("state") == "ON" and message.keys() & {"color", "color_temp"} and "brightness" not in message:
        message.pop("state", None)
