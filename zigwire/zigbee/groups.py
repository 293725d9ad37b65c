"""Groups of endpoints, kept in the store as they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zigwire.zigbee.model import Group, Member
from zigwire.zigbee.store import NetworkStore

__all__ = ["DEFAULT_BIND_GROUP", "HIGHEST", "LOWEST", "Groups"]

LOWEST, HIGHEST = 1, 0xFFF7
"""Ids that a group may have (ZCL 3.6.2.2)."""

DEFAULT_BIND_GROUP = 901
"""The group that some remote controls send to from the factory; it has no settings."""


class Groups(Mapping[int, Group]):
    """Groups by id. What devices have to be told of it is the caller's business."""

    def __init__(self, store: NetworkStore) -> None:
        self._store = store
        self._groups: dict[int, Group] = {}

    def __getitem__(self, group_id: int) -> Group:
        return self._groups[group_id]

    def __iter__(self) -> Iterator[int]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)

    def holding(self, member: Member) -> list[Group]:
        """Return the groups that an endpoint belongs to."""
        return [group for group in self._groups.values() if member in group.members]

    def load(self) -> None:
        """Take the groups from the store."""
        self._groups = {group.id: group for group in self._store.load_groups()}

    def add(self, group_id: int) -> Group:
        """Return the group of that id, a new one when there is none."""
        group = self._groups.get(group_id)
        if group is None:
            group = Group(group_id)
            self._store.save_group(group)
            self._groups[group_id] = group
        return group

    def remove(self, group_id: int) -> None:
        """Forget a group."""
        self._store.remove_group(group_id)
        self._groups.pop(group_id, None)

    def add_member(self, group_id: int, member: Member) -> None:
        """Note that an endpoint belongs to a group, which comes into being if it has to."""
        group = self.add(group_id)
        if member not in group.members:
            group.members.append(member)
            self._store.save_group(group)

    def remove_member(self, group_id: int, member: Member) -> None:
        """Note that an endpoint does not belong to a group any more."""
        group = self._groups.get(group_id)
        if group is not None and member in group.members:
            group.members.remove(member)
            self._store.save_group(group)

    def drop_device(self, ieee: str) -> None:
        """Remove a device that left from all groups."""
        for group in self._groups.values():
            for member in [member for member in group.members if member.ieee == ieee]:
                self.remove_member(group.id, member)
