"""bridge/event: what happens on the network, for those who listen to it."""

from __future__ import annotations

from typing import Any

from zigwire.bridge.entities import DeviceEntity
from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt
from zigwire.zigbee.model import InterviewState

__all__ = ["INTERVIEW_STATUS", "Events"]

INTERVIEW_STATUS = {
    InterviewState.IN_PROGRESS: "started",
    InterviewState.SUCCESSFUL: "successful",
    InterviewState.FAILED: "failed",
}


class Events:
    """Publishes bridge/event."""

    def __init__(self, mqtt: Mqtt, base_topic: str) -> None:
        self._mqtt = mqtt
        self._topic = f"{base_topic}/bridge/event"

    def joined(self, entity: DeviceEntity) -> None:
        """Tell that a device joined."""
        self._publish("device_joined", entity)

    def announced(self, entity: DeviceEntity) -> None:
        """Tell that a device announced itself."""
        self._publish("device_announce", entity)

    def left(self, entity: DeviceEntity) -> None:
        """Tell that a device left."""
        self._publish("device_leave", entity)

    def interview(self, entity: DeviceEntity, definition: dict[str, Any] | None) -> None:
        """Tell how far an interview came, at its good end with the definition."""
        state = entity.device.interview_state
        extra: dict[str, Any] = {"status": INTERVIEW_STATUS[state]}
        if state is InterviewState.SUCCESSFUL:
            extra |= {"supported": entity.is_supported, "definition": definition}
        self._publish("device_interview", entity, extra)

    def _publish(self, kind: str, entity: DeviceEntity, extra: dict[str, Any] | None = None) -> None:
        data = {"friendly_name": entity.name, "ieee_address": entity.device.ieee, **(extra or {})}
        self._mqtt.publish(self._topic, dumps({"type": kind, "data": data}))
