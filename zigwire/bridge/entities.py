"""What commands can be addressed to: devices and groups under their names, with their settings and their behaviour."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zigwire.bridge.payloads import shortened
from zigwire.devices.behaviour import Behaviour, Host
from zigwire.devices.sources import Sources
from zigwire.settings import DeviceOptions, GroupOptions, Settings
from zigwire.zigbee.model import Device, Endpoint, Group
from zigwire.zigbee.network import Network

__all__ = ["DeviceEntity", "Entities", "Entity", "GroupEntity", "UnknownEntity"]

LONGEST_NUMBER = 3  # digits of an endpoint's number


class UnknownEntity(LookupError):
    """Nobody has this name; the text says so."""


@dataclass(slots=True)
class DeviceEntity:
    """A device as the MQTT side sees it."""

    device: Device
    name: str
    settings: DeviceOptions
    behaviour: Behaviour | None = None

    @property
    def key(self) -> str:
        """Key in the state cache."""
        return self.device.ieee

    @property
    def options(self) -> dict[str, Any]:
        """Options of the definition as set for this device, over those set for all devices."""
        return self.settings.options

    @property
    def is_supported(self) -> bool:
        """Whether somebody wrote a definition for it, rather than one being made of what it declares."""
        return self.behaviour is not None and self.behaviour.definition.source != "generated"

    def endpoint(self, name: str) -> Endpoint | None:
        """Return the endpoint of that name or number, None when the device has none; the first one is `default`."""
        number = self.behaviour.endpoint_names.get(name) if self.behaviour else None
        if number is None and name == "default":
            return next(iter(self.device.endpoints.values()), None)
        if number is None and name.isdecimal() and len(name) <= LONGEST_NUMBER:
            number = int(name)
        return None if number is None else self.device.endpoints.get(number)


@dataclass(slots=True)
class GroupEntity:
    """A group as the MQTT side sees it."""

    group: Group
    name: str
    settings: GroupOptions

    @property
    def key(self) -> str:
        """Key in the state cache."""
        return str(self.group.id)

    @property
    def options(self) -> dict[str, Any]:
        """Options of its members' definitions as set for this group."""
        return self.settings.options


Entity = DeviceEntity | GroupEntity


class Entities:
    """All devices and groups by address and by name.

    Behaviours are compiled once, when a device becomes known, and again after an interview. An entity that somebody
    holds has the name and settings of now.
    """

    def __init__(self, network: Network, settings: Settings, source: Sources, host: Host) -> None:
        self._network = network
        self._settings = settings
        self._source = source
        self._host = host
        self._devices: dict[str, DeviceEntity] = {}

    def devices(self) -> Iterator[DeviceEntity]:
        """Go through the devices that are on the network, in the order in which they came."""
        for device in self._network.devices.values():
            yield self.of(device)

    def groups(self) -> Iterator[GroupEntity]:
        """Go through the groups."""
        for group in self._network.groups.values():
            yield self._group(group)

    def of(self, device: Device) -> DeviceEntity:
        """Return the entity of a device of the network."""
        entity = self._devices.get(device.ieee)
        return entity if entity and entity.device is device else self.refresh(device)

    def refresh(self, device: Device) -> DeviceEntity:
        """Find out anew what a device is: after an interview."""
        self.forget(device.ieee)
        settings = self._options(device)
        behaviour = self._behaviour(device, settings) if device.endpoints else None
        entity = DeviceEntity(device, settings.friendly_name or device.ieee, settings, behaviour)
        self._devices[device.ieee] = entity
        return entity

    async def prepare(self) -> None:
        """Load the definitions that all devices may have, those of one device in a turn of the loop."""
        for device in list(self._network.devices.values()):
            self._source.prepare(device)
            await asyncio.sleep(0)

    def redefine(self, device: Device) -> DeviceEntity:
        """Find out anew what a device is, because there are other definitions or another one is chosen."""
        self.forget(device.ieee)
        self._host.use_clusters(device, {})
        return self.refresh(device)

    def settle(self, device: Device) -> DeviceEntity:
        """Take over a device's new name and settings; its behaviour serves on, unless another definition is chosen."""
        entity, settings = self.of(device), self._options(device)
        if settings.definition != entity.settings.definition:
            return self.redefine(device)
        entity.settings = settings
        entity.name = entity.settings.friendly_name or device.ieee
        return entity

    def forget(self, ieee: str) -> None:
        """Drop what is known of a device that is gone."""
        entity = self._devices.pop(ieee, None)
        if entity and entity.behaviour:
            entity.behaviour.stop()

    def stop(self) -> None:
        """Let no behaviour serve any more."""
        for ieee in list(self._devices):
            self.forget(ieee)

    def members(self, group: GroupEntity) -> Iterator[tuple[DeviceEntity, int]]:
        """Go through a group's members that are in use: each device with the endpoint by which it is one."""
        for member in group.group.members:
            entity = self.find_key(member.ieee)
            if isinstance(entity, DeviceEntity) and entity.behaviour and not entity.settings.disabled:
                yield entity, member.endpoint

    def find_group(self, name: str) -> GroupEntity | None:
        """Return the group with this friendly name or number."""
        numbered = next((group for group in self.groups() if group.key == name), None)
        return numbered or next((group for group in self.groups() if group.name == name), None)

    def find_key(self, key: str) -> Entity | None:
        """Return who has this key in the state cache: an IEEE address or a group id."""
        device = self._network.devices.get(key)
        if device is not None:
            return self.of(device)
        group = self._network.groups.get(int(key)) if key.isdecimal() else None
        return None if group is None else self._group(group)

    def find(self, name: str) -> Entity | None:
        """Return who has this friendly name, IEEE address or group id."""
        return self.find_device(name) or self.find_group(name)

    def find_device(self, name: str) -> DeviceEntity | None:
        """Return the device with this friendly name or IEEE address."""
        device = self._network.devices.get(name.lower()) or self._network.devices.get(name)
        if device is not None:
            return self.of(device)
        return next((entity for entity in self.devices() if entity.name == name), None)

    def is_taken(self, name: str) -> bool:
        """Tell whether a device or group has this name, and so its topics."""
        return any(one.name == name for one in self.devices()) or any(one.name == name for one in self.groups())

    def locate(self, path: str) -> tuple[Entity, str | None]:
        """Split a topic's path into the entity and the endpoint's name, if it ends with one.

        Raises:
            UnknownEntity: Nobody has the name.
        """
        entity = self.find(path)
        if entity is not None:
            return entity, None
        name, _, endpoint = path.rpartition("/")
        entity = self.find(name) if name else None
        if entity is None:
            raise UnknownEntity(f"entity {shortened(path)} is unknown")
        return entity, endpoint

    def _group(self, group: Group) -> GroupEntity:
        options = self._settings.groups.get(group.id) or GroupOptions(friendly_name=str(group.id))
        return GroupEntity(group, options.friendly_name or str(group.id), options)

    def missing_definition(self, name: str) -> str | None:
        """Return in a sentence that no definition has a name, `Vendor/Model`; None when one has it."""
        return self._source.missing(name)

    def _behaviour(self, device: Device, settings: DeviceOptions) -> Behaviour | None:
        if settings.definition is None:
            return self._source.find(device, self._host)
        return self._source.named(settings.definition, device, self._host)

    def _options(self, device: Device) -> DeviceOptions:
        return self._settings.devices.get(device.ieee) or DeviceOptions(friendly_name=device.ieee)
