"""What each language that converters are written in can do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from zigwire.devices.behaviour import Behaviour, Host
from zigwire.devices.external.errors import ConverterFault
from zigwire.zigbee.model import Device

__all__ = ["Language", "Unavailable"]


class Language(Protocol):
    """Converters of one language by the names of their files."""

    def load(self, path: Path, code: str) -> None:
        """Take up a converter in the place of the one that this file held before.

        Raises:
            ConverterFault: It can't be used; the one before stays in use.
        """

    def unload(self, name: str) -> None:
        """Drop a converter, if there is one of that file name."""

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what a converter makes of a device, None when no one knows it."""

    def named(self, name: str, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition with this name makes of a device, None when no one has it."""

    def names(self) -> Iterable[str]:
        """Return the names of all definitions: `Vendor/Model`."""


class Unavailable:
    """A language that is not run.

    Args:
        reason: Why; what every converter in it is refused with.
    """

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def load(self, path: Path, code: str) -> None:
        """Refuse a converter."""
        del path, code
        raise ConverterFault(self._reason)

    def unload(self, name: str) -> None:
        """Drop nothing: there is nothing."""

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Know nobody."""
        del device, host
        return None

    def named(self, name: str, device: Device, host: Host) -> Behaviour | None:
        """Know nobody."""
        del name, device, host
        return None

    def names(self) -> Iterable[str]:
        """Know nobody."""
        return ()
