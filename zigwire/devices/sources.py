"""Where definitions come from, and which one fits a device."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from zigwire.devices import library
from zigwire.devices.behaviour import Behaviour, Host
from zigwire.devices.definition import Definition, model_key
from zigwire.devices.errors import shortened
from zigwire.devices.names import has_name, names_of, near, under_name
from zigwire.devices.native import NativeBehaviour, compile_definition
from zigwire.devices.timers import REAL_TIME, Timing
from zigwire.zigbee.model import Device

__all__ = ["DefinitionSource", "LazySource", "NamedSource", "NativeSource", "Sources"]

LOG = logging.getLogger(__name__)


class DefinitionSource(Protocol):
    """Somebody who knows devices."""

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what the device means, None to one whom this source does not know.

        Where that takes time it may be None now, and `host.changed` be called once it is known.
        """


@runtime_checkable
class NamedSource(DefinitionSource, Protocol):
    """Somebody whose definitions can be chosen by name, `Vendor/Model`."""

    def named(self, name: str, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition with this name makes of a device, None when there is none."""

    def has(self, name: str) -> bool:
        """Whether there is a definition with this name."""

    def names(self) -> Iterable[str]:
        """Return the names of all definitions, or of most where finding them out takes long."""


@runtime_checkable
class LazySource(DefinitionSource, Protocol):
    """Somebody who has to load something before he knows a device."""

    def prepare(self, device: Device) -> bool:
        """Load what `find` is going to need; tells whether the device is sure to be known then."""


class NativeSource:
    """The definitions of `devices.library`.

    Args:
        timing: The time that definitions live in.
    """

    def __init__(self, timing: Timing = REAL_TIME) -> None:
        self._timing = timing

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition that fits best makes of the device."""
        definition = self.definition(device)
        return self._serving(definition, device, host) if definition else None

    def definition(self, device: Device) -> Definition | None:
        """Return the definition that fits best: fingerprints go before model ids, the highest priority first."""
        ranked = [
            (rank, definition)
            for definition in library.definitions(model_key(device.model_id))
            if (rank := definition.rank(device)) is not None
        ]
        return max(ranked, key=lambda pair: pair[0])[1] if ranked else None

    def prepare(self, device: Device) -> bool:
        """Import the modules that may describe a device; tells whether one does."""
        return self.definition(device) is not None

    def named(self, name: str, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition with this name makes of a device; all modules are imported for it."""
        definition = next((one for one in library.all_definitions() if has_name(one, name)), None)
        return self._serving(under_name(definition, name), device, host) if definition else None

    def _serving(self, definition: Definition, device: Device, host: Host) -> NativeBehaviour:
        behaviour = compile_definition(definition, device, host, self._timing)
        behaviour.start()
        return behaviour

    def has(self, name: str) -> bool:
        """Whether there is a definition with this name."""
        return any(has_name(one, name) for one in library.all_definitions())

    def names(self) -> Iterator[str]:
        """Yield the names of all definitions."""
        for one in library.all_definitions():
            yield from names_of(one)


class Sources:
    """Several sources, tried in order; one that fails is passed over."""

    def __init__(self, sources: Iterable[DefinitionSource]) -> None:
        self._sources = tuple(sources)

    def prepare(self, device: Device) -> None:
        """Load what finding out about a device is going to need, without asking the device."""
        for source in self._sources:
            if isinstance(source, LazySource) and source.prepare(device):
                return

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what the first source that knows the device says, None when it is unsupported."""
        for source in self._sources:
            try:
                found = source.find(device, host)
            except ValueError as error:
                LOG.error("A definition of %s can't be used: %s", device.ieee, error)
                continue
            except Exception:
                LOG.exception("A definition of %s can't be used because of a fault in Zigwire", device.ieee)
                continue
            if found:
                return found
        return None

    def named(self, name: str, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition that the user chose makes of a device; without such a one, what `find` does."""
        for source in self._named():
            try:
                found = source.named(name, device, host)
            except ValueError as error:
                LOG.error("The definition %s of %s can't be used: %s", shortened(name), device.ieee, error)
                continue
            if found:
                return found
        LOG.error("%s is as if none had been chosen: %s", device.ieee, self.missing(name) or "it can't be used")
        return self.find(device, host)

    def missing(self, name: str) -> str | None:
        """Return in a sentence that no definition has this name, and which are like it; None when one has it."""
        if any(source.has(name) for source in self._named()):
            return None
        like = near(name, (known for source in self._named() for known in source.names()))
        known = f"these are like it: {', '.join(like)}" if like else "a vendor and a model are allowed: Vendor/Model"
        return f"no definition is named {shortened(name)}; {known}"

    def _named(self) -> Iterator[NamedSource]:
        return (source for source in self._sources if isinstance(source, NamedSource))
