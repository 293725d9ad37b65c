"""The known devices, found by IEEE address or by network address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zigwire.zigbee.model import Device, DeviceType

__all__ = ["Devices"]


class Devices(Mapping[str, Device]):
    """Devices by IEEE address, in the order in which they came; both look-ups cost the same."""

    def __init__(self) -> None:
        self._by_ieee: dict[str, Device] = {}
        self._by_address: dict[int, Device] = {}

    def __getitem__(self, ieee: str) -> Device:
        return self._by_ieee[ieee]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_ieee)

    def __len__(self) -> int:
        return len(self._by_ieee)

    def by_address(self, address: int) -> Device | None:
        """Return the device that has this network address; the last to take it when two claim it."""
        return self._by_address.get(address)

    def leads_to(self, device: Device) -> bool:
        """Tell whether the device's network address is its own, and not known to be another's by now."""
        return self._by_address.get(device.network_address) is device

    def has(self, device: Device) -> bool:
        """Tell whether this very device is known: not removed, nor replaced by a new one of its IEEE address."""
        return self._by_ieee.get(device.ieee) is device

    def add(self, device: Device) -> None:
        """Add a device, or replace the one of the same IEEE address.

        A Green Power device has no network address: what it shows as one may be another's.
        """
        self.remove(device.ieee)
        self._by_ieee[device.ieee] = device
        if device.type is not DeviceType.GREEN_POWER:
            self._by_address[device.network_address] = device

    def remove(self, ieee: str) -> Device | None:
        """Forget a device and return it, None when it is unknown."""
        device = self._by_ieee.pop(ieee, None)
        if device is not None:
            self._release(device)
        return device

    def move(self, device: Device, address: int) -> None:
        """Note that a device goes by another network address now."""
        self._release(device)
        device.network_address = address
        self._by_address[address] = device

    def _release(self, device: Device) -> None:
        if self.leads_to(device):
            del self._by_address[device.network_address]
