"""Groups: settings and network agree on which there are, and what is to be done when one changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from zigwire.bridge.entities import Entities, GroupEntity
from zigwire.bridge.group_availability import GroupAvailability
from zigwire.bridge.group_member_requests import GroupMemberRequests, MembersChange
from zigwire.bridge.group_requests import GroupChanges, GroupRequests
from zigwire.bridge.group_states import GroupStates
from zigwire.bridge.homeassistant import HomeAssistant
from zigwire.bridge.info import Info
from zigwire.bridge.publisher import Publisher
from zigwire.bridge.reporting import Reporting
from zigwire.bridge.requests import Handler
from zigwire.bridge.states import States
from zigwire.settings import Settings, SettingsError
from zigwire.zigbee.background import Background
from zigwire.zigbee.groups import DEFAULT_BIND_GROUP
from zigwire.zigbee.network import Network

__all__ = ["Groups", "Surroundings"]

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Who shows and keeps what a group is.

    Attributes:
        forget_commands: Gives up the commands of a group that is gone, by its key.
    """

    info: Info
    publisher: Publisher
    states: States
    availability: GroupAvailability
    homeassistant: HomeAssistant
    reporting: Reporting
    forget_commands: Callable[[str], None]


class Groups:
    """Serves the requests about groups, and sees to what follows from changes."""

    def __init__(self, network: Network, settings: Settings, entities: Entities, surroundings: Surroundings) -> None:
        self._network = network
        self._settings = settings
        self._entities = entities
        self._around = surroundings
        self._group_states = GroupStates(entities, surroundings.publisher, surroundings.states)
        self._background = Background()
        changes = GroupChanges(self._added, self._renamed, self._options_changed, self._removed)
        self._requests = GroupRequests(network, entities, settings, surroundings.info, changes)
        self._member_requests = GroupMemberRequests(network, entities, self._members_changed)
        surroundings.publisher.follow(self._group_states.changed)

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {**self._requests.handlers(), **self._member_requests.handlers()}

    def start(self) -> None:
        """Let the network have the groups of the settings, and the settings those of the network."""
        for number in self._settings.groups.keys() - self._network.groups.keys():
            self._network.groups.add(number)
        for number in self._network.groups.keys() - self._settings.groups.keys() - {DEFAULT_BIND_GROUP}:
            try:
                self._settings.add_group(str(number), number)
            except SettingsError as error:
                LOG.error("Group %d is not entered into the configuration: %s", number, error)

    def stop(self) -> None:
        """Give up what is under way."""
        self._background.cancel()

    def device_left(self) -> None:
        """Follow a device that is in no group any more."""
        for group in self._entities.groups():
            self._group_states.members_changed(group)
            self._around.availability.members_changed(group)

    def publish_cached(self) -> None:
        """Publish what is known of the groups' states."""
        for group in self._entities.groups():
            if self._around.states.get(group.key):
                self._around.publisher.publish(group, {})

    def _added(self, entity: GroupEntity) -> None:
        self._around.info.groups()
        self._around.availability.publish(entity)

    def _renamed(self, entity: GroupEntity, before: str, recreate: bool) -> None:
        self._around.homeassistant.renamed(entity, lambda: self._left_name(entity, before), recreate=recreate)
        self._around.info.groups()
        self._around.info.info()
        self._around.publisher.publish(entity, {})

    def _left_name(self, entity: GroupEntity, before: str) -> None:
        """Clear what is retained under a name, unless somebody else has it by now."""
        if self._entities.is_taken(before):
            self._around.availability.publish(entity)
            return
        self._around.publisher.clear(before)
        self._around.availability.renamed(entity, before)

    def _options_changed(self, entity: GroupEntity) -> None:
        self._around.info.info()
        self._around.info.groups()
        self._around.homeassistant.changed(entity)

    def _removed(self, number: int, name: str) -> None:
        key = str(number)
        self._around.forget_commands(key)
        self._group_states.forget(number)
        self._around.homeassistant.removed(key)
        self._around.availability.forget(number)
        self._around.states.remove(key)
        self._around.publisher.forget(key)
        self._around.publisher.clear(name)
        self._around.info.groups()

    def _members_changed(self, change: MembersChange) -> None:
        self._around.info.groups()
        for group in change.groups:
            entity = self._entities.find_key(str(group.id))
            if isinstance(entity, GroupEntity):
                self._group_states.members_changed(entity)
                self._around.availability.members_changed(entity)
                self._around.homeassistant.changed(entity)
        self._background.spawn(self._see_to_reporting(change), f"reporting of '{change.entity.name}'")

    async def _see_to_reporting(self, change: MembersChange) -> None:
        device, endpoint = change.entity.device, change.endpoint.id
        if change.added:
            await self._around.reporting.setup(device, endpoint)
        elif not change.keep_reporting:
            await self._around.reporting.clean_up(device, endpoint)
        self._around.info.device_changed(device.ieee)
