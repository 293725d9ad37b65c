"""What the network wants kept: the protocol that `storage` fulfils."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from zigwire.zigbee.model import Device, Group
from zigwire.zigbee.radio import NetworkParameters

__all__ = ["NetworkRecord", "NetworkStore"]


@dataclass(frozen=True, slots=True)
class NetworkRecord:
    """The network that the devices belong to; its extended PAN id is always a number."""

    parameters: NetworkParameters
    coordinator: str


class NetworkStore(Protocol):
    """Keeps devices, groups and the network; every change but `touch_device` is durable when the call returns."""

    def load_devices(self) -> list[Device]:
        """Return all devices."""

    def save_device(self, device: Device) -> None:
        """Keep all of a device: attributes, endpoints, binds, reportings, scenes, meta."""

    def touch_device(self, device: Device) -> None:
        """Remember that `last_seen` and `linkquality` changed; written with the next batch."""

    def remove_device(self, ieee: str) -> None:
        """Forget a device; unknown ones are none of its business."""

    def load_groups(self) -> list[Group]:
        """Return all groups."""

    def save_group(self, group: Group) -> None:
        """Keep a group with its members."""

    def remove_group(self, group_id: int) -> None:
        """Forget a group."""

    def load_network(self) -> NetworkRecord | None:
        """Return the network that was last in force, None when there was none yet."""

    def save_network(self, record: NetworkRecord) -> None:
        """Keep the network in force."""
