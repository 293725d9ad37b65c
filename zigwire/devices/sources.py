"""Where definitions come from, and which one fits a device."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Protocol

from zigwire.devices import library
from zigwire.devices.behaviour import Behaviour, Host
from zigwire.devices.definition import Definition, model_key
from zigwire.devices.native import compile_definition
from zigwire.zigbee.model import Device

__all__ = ["DefinitionSource", "NativeSource", "Sources"]

LOG = logging.getLogger(__name__)


class DefinitionSource(Protocol):
    """Somebody who knows devices."""

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what the device means, None to one whom this source does not know.

        Where that takes time it may be None now, and `host.changed` be called once it is known.
        """


class NativeSource:
    """The definitions of `devices.library`."""

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition that fits best makes of the device."""
        definition = self.definition(device)
        return compile_definition(definition, device, host) if definition else None

    def definition(self, device: Device) -> Definition | None:
        """Return the definition that fits best: fingerprints go before model ids, the highest priority first."""
        ranked = [
            (rank, definition)
            for definition in library.definitions(model_key(device.model_id))
            if (rank := definition.rank(device)) is not None
        ]
        return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


class Sources:
    """Several sources, tried in order; one that fails is passed over."""

    def __init__(self, sources: Iterable[DefinitionSource]) -> None:
        self._sources = tuple(sources)

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what the first source that knows the device says, None when it is unsupported."""
        for source in self._sources:
            try:
                found = source.find(device, host)
            except ValueError as error:
                LOG.error("A definition of %s can't be used: %s", device.ieee, error)
                continue
            if found:
                return found
        return None
