"""Requests about one group: add, remove, rename, options."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zigwire.bridge.entities import Entities, GroupEntity
from zigwire.bridge.existing import existing_group
from zigwire.bridge.info import Info
from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import Handler, RequestFault, boolean, fields
from zigwire.settings import Settings
from zigwire.zigbee import group_members
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.groups import DEFAULT_BIND_GROUP, HIGHEST, LOWEST
from zigwire.zigbee.network import Network

__all__ = ["GroupChanges", "GroupRequests"]

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GroupChanges:
    """What the rest of the bridge does when a request changed a group.

    Attributes:
        added: Called with the new group.
        renamed: Called with the group under its new name, its old name, and whether Home Assistant's names follow.
        options_changed: Called with the group under its new options.
        removed: Called with the group's number and last name.
    """

    added: Callable[[GroupEntity], None]
    renamed: Callable[[GroupEntity, str, bool], None]
    options_changed: Callable[[GroupEntity], None]
    removed: Callable[[int, str], None]


class GroupRequests:
    """group/add, remove, rename and options."""

    def __init__(
        self, network: Network, entities: Entities, settings: Settings, info: Info, changes: GroupChanges
    ) -> None:
        self._network = network
        self._entities = entities
        self._settings = settings
        self._info = info
        self._changes = changes

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {
            "group/add": self.add,
            "group/remove": self.remove,
            "group/rename": self.rename,
            "group/options": self.options,
        }

    async def add(self, message: Any) -> dict[str, Any]:
        """Make a group; without a number it gets the lowest that is free."""
        asked = fields(message, "friendly_name", bare="friendly_name")
        name = _text(asked, "friendly_name")
        group = self._settings.add_group(name, _number(asked.get("id")))
        self._network.groups.add(group.id)
        self._changes.added(existing_group(self._entities, group.id))
        LOG.info("Added the group '%s' (%d)", group.friendly_name, group.id)
        return {"friendly_name": group.friendly_name, "id": group.id}

    async def remove(self, message: Any) -> dict[str, Any]:
        """Remove all members and forget the group; `force` forgets it without telling the members."""
        asked = fields(message, "id", bare="id")
        force = boolean(asked, "force")
        entity = existing_group(self._entities, asked["id"])
        number, name = entity.group.id, entity.name
        if not force:
            said = f" (force: {str(force).lower()})" if isinstance(message, dict) else ""
            await self._dismiss(entity, f"Failed to remove group '{name}'{said}")
        if self._settings.group(number):
            self._settings.remove_group(number)
        self._network.groups.remove(number)
        self._changes.removed(number, name)
        LOG.info("Removed the group '%s' (%d)", name, number)
        return {"id": asked["id"], "force": force}

    async def rename(self, message: Any) -> dict[str, Any]:
        """Give a group another friendly name."""
        asked = fields(message, "from", "to")
        entity = existing_group(self._entities, asked["from"])
        follow = boolean(asked, "homeassistant_rename")
        before = entity.name
        after = self._settings.rename(entity.group.id, _text(asked, "to"))
        self._changes.renamed(existing_group(self._entities, entity.group.id), before, follow)
        LOG.info("Renamed the group '%s' to '%s'", before, after)
        return {"from": before, "to": after, "homeassistant_rename": follow}

    async def options(self, message: Any) -> dict[str, Any]:
        """Change a group's settings and options; null deletes one."""
        asked = fields(message, "id", "options")
        entity = existing_group(self._entities, asked["id"])
        wanted = asked["options"]
        if not isinstance(wanted, dict):
            raise RequestFault("Invalid payload", f"options is {shortened(wanted)}; an object is allowed")
        self._check_options(entity, wanted)
        number = entity.group.id
        before = self._own_options(number)
        restart = self._settings.set_group_options(number, wanted)
        after = self._own_options(number)
        self._info.restart_required = self._info.restart_required or restart
        self._changes.options_changed(existing_group(self._entities, number))
        LOG.info("Changed the options of the group '%s': %s", entity.name, shortened(wanted))
        return {"id": asked["id"], "from": before, "to": after, "restart_required": self._info.restart_required}

    async def _dismiss(self, entity: GroupEntity, failure: str) -> None:
        """Tell all members that they are in the group no more; those that did not hear it stay members.

        Raises:
            RequestFault: There are such members.
        """
        failed: dict[str, RequestError] = {}
        for member in list(entity.group.members):
            device = self._network.devices.get(member.ieee)
            endpoint = device.endpoints.get(member.endpoint) if device else None
            if device is None or endpoint is None:
                self._network.groups.remove_member(entity.group.id, member)
                continue
            try:
                await group_members.remove(self._network, device, endpoint, entity.group)
            except RequestError as error:
                failed[self._entities.of(device).name] = error
        if failed:
            self._info.groups()
            detail = "force removes the group without telling them"
            raise RequestFault(f"{failure} ({'; '.join(f'{name}: {error}' for name, error in failed.items())})", detail)

    def _check_options(self, entity: GroupEntity, wanted: dict[str, Any]) -> None:
        """Refuse values that no member's definition allows for an option that it has."""
        given = {key: value for key, value in wanted.items() if value is not None}
        for member, _ in self._entities.members(entity):
            if member.behaviour and (faults := member.behaviour.check_options(given)):
                raise RequestFault("; ".join(faults))

    def _own_options(self, number: int) -> dict[str, Any]:
        groups = self._settings.as_dict().get("groups", {})
        own = groups.get(str(number)) or groups.get(number) or {}
        return {key: value for key, value in own.items() if key != "friendly_name"}


def _text(asked: dict[str, Any], key: str) -> str:
    value = asked[key]
    if not isinstance(value, str):
        raise RequestFault("Invalid payload", f"{key} is {shortened(value)}; a name is allowed")
    return value


def _number(value: Any) -> int | None:
    """Return the number that a new group is to have, None to choose one."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str) and value.isdecimal() and len(value) <= len(str(HIGHEST)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not LOWEST <= value <= HIGHEST:
        raise RequestFault(f"id is {shortened(value)}; {LOWEST} to {HIGHEST} is allowed")
    if value == DEFAULT_BIND_GROUP:
        raise RequestFault(f"id is {value}; this number belongs to the default bind group")
    return value
