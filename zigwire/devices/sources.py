"""Where definitions come from, and which one fits a device."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from zigwire.devices import library
from zigwire.devices.definition import Definition, model_key
from zigwire.zigbee.model import Device

__all__ = ["DefinitionSource", "NativeSource", "Sources"]


class DefinitionSource(Protocol):
    """Somebody who knows devices."""

    def find(self, device: Device) -> Definition | None:
        """Return the definition that fits best, None when none fits."""


class NativeSource:
    """The definitions of `devices.library`."""

    def find(self, device: Device) -> Definition | None:
        """Return the definition that fits best: fingerprints go before model ids, the highest priority first."""
        ranked = [
            (rank, definition)
            for definition in library.definitions(model_key(device.model_id))
            if (rank := definition.rank(device)) is not None
        ]
        return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


class Sources:
    """Several sources, tried in order."""

    def __init__(self, sources: Iterable[DefinitionSource]) -> None:
        self._sources = tuple(sources)

    def find(self, device: Device) -> Definition | None:
        """Return the definition of the first source that knows the device, None when it is unsupported."""
        return next((found for source in self._sources if (found := source.find(device))), None)
