"""State messages as Home Assistant needs them, and commands of Home Assistant as devices need them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zigwire.bridge.entities import DeviceEntity, Entity

__all__ = ["at_endpoint", "complete", "without_needless_state"]

UNKNOWN_VERSION = -1
"""What the template of update entities reads before a device's firmware is known."""


def complete(entity: Entity, message: dict[str, Any], mocks: Iterable[str]) -> None:
    """Add what a message lacks, so that Home Assistant's templates find it.

    Args:
        entity: Whose state it is.
        message: The state.
        mocks: Properties that must be there.
    """
    for name in mocks:
        message.setdefault(name, {"state": None} if name == "update" else None)
    color = message.get("color")
    if isinstance(color, Mapping):
        aliases = {"hue": "h", "saturation": "s"}
        message["color"] = {**color, **{short: color[name] for name, short in aliases.items() if name in color}}
    if not isinstance(entity, DeviceEntity) or entity.behaviour is None or not entity.behaviour.definition.ota:
        return
    update = message.get("update") or {}
    if update.get("latest_version") is None:
        installed = update.get("installed_version")
        version = UNKNOWN_VERSION if installed is None else installed
        message["update"] = {**update, "installed_version": version, "latest_version": version}


def at_endpoint(message: Mapping[str, Any], endpoint: str) -> dict[str, Any]:
    """Return the properties of one endpoint under their plain names: JSON lights and covers know no others."""
    ending = f"_{endpoint}"
    return {name.removesuffix(ending): value for name, value in message.items() if name.endswith(ending)}


def without_needless_state(message: dict[str, Any], state: Mapping[str, Any]) -> None:
    """Take `state` out of a command that colours a light which is on: Home Assistant sends it with every change."""
    if state.get("state") == "ON" and message.keys() & {"color", "color_temp"} and "brightness" not in message:
        message.pop("state", None)
