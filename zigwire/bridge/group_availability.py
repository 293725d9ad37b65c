"""Whether groups are reachable: <group>/availability, online as long as one member is."""

from __future__ import annotations

from zigwire.bridge.availability import Availability, is_watched
from zigwire.bridge.entities import DeviceEntity, Entities, GroupEntity
from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt
from zigwire.settings import Settings

__all__ = ["GroupAvailability"]


class GroupAvailability:
    """Publishes the availability of the groups whose members are all watched."""

    def __init__(self, mqtt: Mqtt, settings: Settings, entities: Entities, availability: Availability) -> None:
        self._mqtt = mqtt
        self._settings = settings
        self._entities = entities
        self._availability = availability
        self._published: dict[int, bool] = {}

    def start(self) -> None:
        """Publish what is known of all groups; that of the devices is known by now."""
        for group in self._entities.groups():
            self.publish(group)

    def member_changed(self, device: DeviceEntity) -> None:
        """Follow a device that came online or went offline in all groups that it is in."""
        for group in self._entities.groups():
            if any(member.ieee == device.key for member in group.group.members):
                self.members_changed(group)

    def members_changed(self, group: GroupEntity) -> None:
        """Publish a group's availability if it is another one now."""
        if self._published.get(group.group.id) != self._is_online(group):
            self.publish(group)

    def publish(self, group: GroupEntity) -> None:
        """Publish a group's availability, or clear it when one of the members is not watched any more."""
        if not self._is_watched(group):
            self.removed(group.group.id, group.name)
            return
        online = self._published[group.group.id] = self._is_online(group)
        state = {"state": "online" if online else "offline"}
        self._mqtt.publish(self._topic(group.name), dumps(state), qos=1, retain=True)

    def renamed(self, group: GroupEntity, before: str) -> None:
        """Move a group's availability from its old topic to the new one."""
        if group.group.id in self._published:
            self._mqtt.publish(self._topic(before), b"", qos=1, retain=True)
            self.publish(group)

    def removed(self, group_id: int, name: str) -> None:
        """Clear the availability of a group that is gone."""
        if self._published.pop(group_id, None) is not None:
            self._mqtt.publish(self._topic(name), b"", qos=1, retain=True)

    def _topic(self, name: str) -> str:
        return f"{self._settings.mqtt.base_topic}/{name}/availability"

    def _members(self, group: GroupEntity) -> list[DeviceEntity]:
        found = (self._entities.find_key(member.ieee) for member in group.group.members)
        return [entity for entity in found if isinstance(entity, DeviceEntity)]

    def _is_watched(self, group: GroupEntity) -> bool:
        members = self._members(group)
        if not members:
            return self._settings.availability.enabled
        return all(is_watched(member, self._settings) for member in members)

    def _is_online(self, group: GroupEntity) -> bool:
        return any(self._availability.is_online(member) for member in self._members(group))
