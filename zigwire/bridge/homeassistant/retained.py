"""Announcements that the broker has kept: which of them are ours, and of whom they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from zigwire.bridge.homeassistant.config import text

__all__ = ["Announcement", "read"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """One message of ours.

    Attributes:
        node: Level of the topic that says of whom it is.
        message: The payload.
    """

    component: str
    node: str
    message: Mapping[str, Any]

    @property
    def action(self) -> str | None:
        """The action that a device trigger is for."""
        is_trigger = self.component == "device_automation" and self.message.get("type") == "action"
        return text(self.message.get("payload", "")) or None if is_trigger else None


def read(topic: str, payload: bytes, base_topic: str, bridge: str) -> Announcement | None:
    """Read a message; None when it is somebody else's: other programs announce their entities there too.

    Args:
        topic: Below the discovery topic.
        payload: JSON.
        base_topic: Ours; that of another bridge may begin with it.
        bridge: Our bridge in Home Assistant's device registry.
    """
    match topic.split("/"):
        case [component, node, _, "config"]:
            announcement = Announcement(component, node, _object(payload))
            return announcement if _is_ours(announcement, base_topic, bridge) else None
    return None


def _is_ours(announcement: Announcement, base_topic: str, bridge: str) -> bool:
    if announcement.component == "device_automation":
        device = announcement.message.get("device")
        return isinstance(device, Mapping) and device.get("via_device") == bridge
    match announcement.message.get("availability"):
        case [{"topic": topic}, *_]:
            return bool(topic == f"{base_topic}/bridge/state")
    return False


def _object(payload: bytes) -> Mapping[str, Any]:
    """Read a JSON object; anything else says nothing."""
    try:
        message = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return {}
    return message if isinstance(message, dict) else {}
