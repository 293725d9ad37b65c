"""Whether groups are reachable: <group>/availability, online as long as one member is."""

from __future__ import annotations

from zigwire.bridge.availability import Availability, is_watched
from zigwire.bridge.availability_topics import AvailabilityTopics
from zigwire.bridge.entities import DeviceEntity, Entities, GroupEntity
from zigwire.bridge.publisher import Mqtt
from zigwire.settings import Settings

__all__ = ["GroupAvailability"]


class GroupAvailability:
    """Publishes the availability of the groups whose members are all watched."""

    def __init__(self, mqtt: Mqtt, settings: Settings, entities: Entities, availability: Availability) -> None:
        self._topics = AvailabilityTopics(mqtt, settings.mqtt.base_topic)
        self._settings = settings
        self._entities = entities
        self._availability = availability
        self._published: dict[int, bool] = {}
        availability.follow(self.member_changed)

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
            self._clear(group)
            return
        online = self._published[group.group.id] = self._is_online(group)
        self._topics.publish(group.name, online=online)

    def renamed(self, group: GroupEntity, before: str) -> None:
        """Move a group's availability from its old topic to the new one."""
        if group.group.id in self._published:
            self._topics.clear(before)
            self.publish(group)

    def forget(self, group_id: int) -> None:
        """Drop what is known of a group that is gone; what is retained stays, as it does of devices."""
        self._published.pop(group_id, None)

    def _clear(self, group: GroupEntity) -> None:
        if self._published.pop(group.group.id, None) is not None:
            self._topics.clear(group.name)

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
