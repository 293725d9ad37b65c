"""Requests about who is in a group."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.bridge.existing import existing_device, existing_endpoint, existing_group
from zigwire.bridge.requests import Handler, RequestFault, boolean, fields
from zigwire.zigbee import group_members
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Endpoint, Group
from zigwire.zigbee.network import Network

__all__ = ["GroupMemberRequests", "MembersChange"]

LOG = logging.getLogger(__name__)

DEFAULT = "default"

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class MembersChange:
    """An endpoint that came to groups or left them.

    Attributes:
        groups: Which.
        added: Whether it came.
        keep_reporting: Whether what it reports because of the groups is to stay when it left.
    """

    entity: DeviceEntity
    endpoint: Endpoint
    groups: tuple[Group, ...]
    added: bool
    keep_reporting: bool


class GroupMemberRequests:
    """group/members/add, remove and remove_all.

    Args:
        network: Tells the devices.
        entities: Who there is.
        changed: Called after each change.
    """

    def __init__(self, network: Network, entities: Entities, changed: Callable[[MembersChange], None]) -> None:
        self._network = network
        self._entities = entities
        self._changed = changed

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {
            "group/members/add": self.add,
            "group/members/remove": self.remove,
            "group/members/remove_all": self.remove_all,
        }

    async def add(self, message: Any) -> dict[str, Any]:
        """Add an endpoint of a device to a group."""
        asked = _asked(message, "device", "group")
        keep_reporting = boolean(asked, "skip_disable_reporting")
        group = existing_group(self._entities, asked["group"])
        entity, endpoint = self._endpoint(asked)
        await _done(group_members.add(self._network, entity.device, endpoint, group.group), "add to")
        LOG.info("Added endpoint %d of '%s' to the group '%s'", endpoint.id, entity.name, group.name)
        self._tell(entity, endpoint, [group.group], added=True, keep_reporting=keep_reporting)
        return {"device": asked["device"], "endpoint": _name(asked), "group": asked["group"]}

    async def remove(self, message: Any) -> dict[str, Any]:
        """Remove an endpoint of a device from a group."""
        asked = _asked(message, "device", "group")
        keep_reporting = boolean(asked, "skip_disable_reporting")
        group = existing_group(self._entities, asked["group"])
        entity, endpoint = self._endpoint(asked)
        await _done(group_members.remove(self._network, entity.device, endpoint, group.group), "remove from")
        LOG.info("Removed endpoint %d of '%s' from the group '%s'", endpoint.id, entity.name, group.name)
        self._tell(entity, endpoint, [group.group], added=False, keep_reporting=keep_reporting)
        return {"device": asked["device"], "endpoint": _name(asked), "group": asked["group"]}

    async def remove_all(self, message: Any) -> dict[str, Any]:
        """Remove an endpoint of a device from all groups."""
        asked = _asked(message, "device")
        keep_reporting = boolean(asked, "skip_disable_reporting")
        entity, endpoint = self._endpoint(asked)
        groups = await _done(group_members.remove_all(self._network, entity.device, endpoint), "remove_all from")
        LOG.info("Removed endpoint %d of '%s' from all groups", endpoint.id, entity.name)
        self._tell(entity, endpoint, groups, added=False, keep_reporting=keep_reporting)
        return {"device": asked["device"], "endpoint": _name(asked)}

    def _tell(
        self, entity: DeviceEntity, endpoint: Endpoint, groups: Iterable[Group], *, added: bool, keep_reporting: bool
    ) -> None:
        self._changed(MembersChange(entity, endpoint, tuple(groups), added, keep_reporting))

    def _endpoint(self, asked: dict[str, Any]) -> tuple[DeviceEntity, Endpoint]:
        entity = existing_device(self._entities, asked["device"])
        return entity, existing_endpoint(entity, _name(asked), entity.name)


def _asked(message: Any, *required: str) -> dict[str, Any]:
    """Read a request; fields that are null are missing."""
    asked = fields(message, *required)
    if missing := [key for key in required if asked[key] is None]:
        raise RequestFault("Invalid payload", f"{', '.join(missing)} is null")
    return asked


def _name(asked: dict[str, Any]) -> Any:
    """Return the endpoint as it was asked for."""
    endpoint = asked.get("endpoint")
    return DEFAULT if endpoint is None or endpoint == "" else endpoint


async def _done(work: Awaitable[Done], what: str) -> Done:
    try:
        return await work
    except RequestError as error:
        raise RequestFault(f"Failed to {what} group ({error})") from error
