"""Requests about one device."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.bridge.configure import FAULTS
from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.bridge.existing import existing_device
from zigwire.bridge.info import Info
from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import Handler, RequestFault, boolean, fields
from zigwire.settings import Settings
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.network import Network

__all__ = ["DeviceChanges", "DeviceRequests"]

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeviceChanges:
    """What the rest of the bridge does when a request changed a device.

    Attributes:
        renamed: Called with the device under its new name, its old name, and whether Home Assistant follows.
        options_changed: Called with the device under its new options, and the definition's options as they were.
        removed: Called with the device's IEEE address and last name.
        configure: Does the set-up of the device's definition.
        redefined: Called with a device that has another definition now.
    """

    renamed: Callable[[DeviceEntity, str, bool], None]
    options_changed: Callable[[DeviceEntity, Mapping[str, Any]], None]
    removed: Callable[[str, str], None]
    configure: Callable[[DeviceEntity], Awaitable[None]]
    redefined: Callable[[DeviceEntity], None]


class DeviceRequests:
    """device/rename, options, interview, configure and remove."""

    def __init__(
        self, network: Network, entities: Entities, settings: Settings, info: Info, changes: DeviceChanges
    ) -> None:
        self._network = network
        self._entities = entities
        self._settings = settings
        self._info = info
        self._changes = changes
        self._last_joined: str | None = None

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {
            "device/rename": self.rename,
            "device/options": self.options,
            "device/interview": self.interview,
            "device/configure": self.configure,
            "device/remove": self.remove,
        }

    def joined(self, ieee: str) -> None:
        """Remember the device that `last` means."""
        self._last_joined = ieee

    async def rename(self, message: Any) -> dict[str, Any]:
        """Give a device another friendly name."""
        last = isinstance(message, dict) and boolean(message, "last")
        asked = fields(message, "to") if last else fields(message, "from", "to")
        entity = self._last() if last else self._device(asked["from"])
        homeassistant_rename = boolean(asked, "homeassistant_rename")
        before, wanted = entity.name, asked["to"]
        if not isinstance(wanted, str):
            raise RequestFault("Invalid payload", f"to is {shortened(wanted)}; a name is allowed")
        after = self._settings.rename(entity.device.ieee, wanted)
        self._changes.renamed(self._entities.settle(entity.device), before, homeassistant_rename)
        LOG.info("Renamed '%s' to '%s'", before, after)
        return {"from": before, "to": after, "homeassistant_rename": homeassistant_rename}

    async def options(self, message: Any) -> dict[str, Any]:
        """Change a device's settings and options; null deletes one."""
        asked = fields(message, "id", "options")
        entity = self._device(asked["id"])
        wanted = asked["options"]
        if not isinstance(wanted, dict):
            raise RequestFault("Invalid payload", f"options is {shortened(wanted)}; an object is allowed")
        given = {key: value for key, value in wanted.items() if value is not None}
        if entity.behaviour and (faults := entity.behaviour.check_options(given)):
            raise RequestFault("; ".join(faults))
        if missing := self._missing_definition(given):
            raise RequestFault(missing)
        before, options = self._options_in_force(entity), entity.options
        restart = self._settings.set_device_options(entity.device.ieee, wanted)
        after = self._options_in_force(entity)
        self._info.restart_required = self._info.restart_required or restart
        self._info.info()
        settled = self._entities.settle(entity.device)
        if settled is not entity:
            self._changes.redefined(settled)
        self._changes.options_changed(settled, options)
        LOG.info("Changed the options of '%s': %s", entity.name, shortened(wanted))
        return {"id": asked["id"], "from": before, "to": after, "restart_required": self._info.restart_required}

    async def interview(self, message: Any) -> dict[str, Any]:
        """Interview a device again."""
        asked = fields(message, "id", bare="id")
        entity = self._device(asked["id"])
        try:
            await self._network.interview(entity.device)
        except RequestError as error:
            raise RequestFault(f"Interview of '{entity.name}' ({entity.key}) failed: {error}") from error
        return {"id": asked["id"]}

    async def configure(self, message: Any) -> dict[str, Any]:
        """Do the set-up of a device's definition again."""
        asked = fields(message, "id", bare="id")
        entity = self._device(asked["id"])
        if entity.behaviour is None:
            raise RequestFault(f"Device '{entity.name}' cannot be configured", "no definition describes it")
        try:
            await self._changes.configure(entity)
        except FAULTS as error:
            raise RequestFault(f"Failed to configure ({error})") from error
        return {"id": asked["id"]}

    async def remove(self, message: Any) -> dict[str, Any]:
        """Ask a device to leave and forget it; `force` forgets it though it does not answer."""
        asked = fields(message, "id", bare="id")
        switches = {key: boolean(asked, key) for key in ("block", "force", "keep_config", "clear_cache")}
        entity = self._device(asked["id"])
        try:
            await self._network.remove(entity.device, force=switches["force"])
        except RequestError as error:
            said = f" ({_told(switches)})" if isinstance(message, dict) else ""
            raise RequestFault(f"Failed to remove device '{entity.name}'{said} ({error})") from error
        ieee = entity.device.ieee
        known = self._settings.devices.get(ieee)
        if switches["block"]:
            self._settings.block(ieee)
        if known and not switches["keep_config"]:
            self._settings.remove_device(ieee)
        name = known.friendly_name if known else entity.name
        self._changes.removed(ieee, name)
        LOG.info("Removed '%s'", name)
        return {"id": asked["id"], **switches}

    def _missing_definition(self, options: Mapping[str, Any]) -> str | None:
        """Return in a sentence that the definition which the options choose does not exist."""
        name = options.get("definition")
        return self._entities.missing_definition(name) if isinstance(name, str) else None

    def _options_in_force(self, entity: DeviceEntity) -> dict[str, Any]:
        """Return a device's options as they are in force, those for all devices included."""
        known = self._settings.devices.get(entity.device.ieee)
        return {key: value for key, value in known.document.items() if key != "friendly_name"} if known else {}

    def _device(self, name: Any) -> DeviceEntity:
        return existing_device(self._entities, name)

    def _last(self) -> DeviceEntity:
        entity = self._entities.find_device(self._last_joined) if self._last_joined else None
        if entity is None:
            raise RequestFault("No device has joined since start")
        return entity


def _told(switches: Mapping[str, bool]) -> str:
    """Return switches as the interface's error texts name them: `block: false, keep config: true`."""
    return ", ".join(f"{key.replace('_', ' ')}: {str(value).lower()}" for key, value in switches.items())
