"""Groups follow their members, and members follow their groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zigwire.bridge.entities import DeviceEntity, Entities, Entity, GroupEntity
from zigwire.bridge.publisher import Publisher
from zigwire.bridge.seat import SHARED, Seat
from zigwire.bridge.states import States, matcher

__all__ = ["GroupStates"]

ON_OF = {"OFF": "ON", "CLOSE": "OPEN"}
OFF_OF = {on: off for off, on in ON_OF.items()}


class GroupStates:
    """Publishes what the change of one means for the others; `changed` is to be called with every published change.

    What it publishes itself means nothing further: the one change is followed to its end.

    Args:
        entities: Who there is.
        publisher: Publishes.
        states: What is known of each.
    """

    def __init__(self, entities: Entities, publisher: Publisher, states: States) -> None:
        self._entities = entities
        self._publisher = publisher
        self._states = states
        self._followed: dict[int, dict[str, Any]] = {}
        self._following = False

    def changed(self, entity: Entity, changes: Mapping[str, Any], _message: Mapping[str, Any]) -> None:
        """Let groups follow the change of a device, or members and the other groups that of a group."""
        if self._following or not any(name.startswith(SHARED) for name in changes):
            return
        self._following = True
        try:
            if isinstance(entity, GroupEntity):
                self._from_group(entity, changes)
            else:
                self._from_device(entity, changes)
        finally:
            self._following = False

    def members_changed(self, group: GroupEntity) -> None:
        """Correct the state of a group whose members are others now."""
        known = self._states.get(group.key).get("state")
        if not group.settings.optimistic or group.settings.off_state != "all_members_off" or not group.group.members:
            return
        member_on = self._member_on(group)
        if known in OFF_OF and member_on is None:
            self._publisher.publish(group, {"state": OFF_OF[known]})
        elif known in ON_OF and member_on is not None:
            self._publisher.publish(group, {"state": member_on})

    def forget(self, group_id: int) -> None:
        """Drop what is known of a group that is gone."""
        self._followed.pop(group_id, None)

    def _from_device(self, entity: DeviceEntity, changes: Mapping[str, Any]) -> None:
        for group in self._entities.groups():
            for seat in self._seats(group):
                if seat.entity.key == entity.key and (told := seat.told(changes)):
                    self._follow(group, told)

    def _from_group(self, group: GroupEntity, changes: Mapping[str, Any]) -> None:
        self._followed.pop(group.group.id, None)
        meant = {name: changes[name] for name in SHARED if name in changes}
        taken = {seat.member: self._give(seat, meant) for seat in self._seats(group)}
        for other in self._entities.groups():
            parts = (taken.get(member, {}) for member in other.group.members)
            told = {name: value for part in parts for name, value in part.items()}
            if other.group.id != group.group.id and told:
                self._follow(other, told)

    def _give(self, seat: Seat, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Publish what a member takes over, and return it in the group's terms."""
        if not seat.entity.settings.optimistic:
            return {}
        filtered = matcher(tuple(seat.entity.settings.filtered_optimistic))
        taken = {name: value for name, value in seat.taken(changes).items() if not filtered(seat.key(name))}
        if taken:
            self._publisher.publish(seat.entity, {seat.key(name): value for name, value in taken.items()})
        return taken

    def _follow(self, group: GroupEntity, changes: dict[str, Any]) -> None:
        """Publish changes of a group, unless they are what it followed last or it is on by another member."""
        if not group.settings.optimistic or self._followed.get(group.group.id) == changes:
            return
        turns_off = changes.get("state") in ON_OF and group.settings.off_state == "all_members_off"
        if turns_off and self._member_on(group) is not None:
            return
        self._followed[group.group.id] = changes
        self._publisher.publish(group, changes)

    def _member_on(self, group: GroupEntity) -> Any:
        """Return the state of the first member that is on or open, None when none is."""
        states = (self._states.get(seat.entity.key).get(seat.key("state")) for seat in self._seats(group))
        return next((state for state in states if state in OFF_OF), None)

    def _seats(self, group: GroupEntity) -> Iterator[Seat]:
        for entity, number in self._entities.members(group):
            if entity.behaviour:
                yield Seat.of(entity, entity.behaviour, number)
