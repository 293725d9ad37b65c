"""Where schedules and updates under way are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from zigwire.storage.firmware import Schedule, Update

__all__ = ["FirmwareStore"]


class FirmwareStore(Protocol):
    """Keeps what must outlive a restart; every change is durable when the call returns, and goes with its device."""

    def load_schedules(self) -> Mapping[str, Schedule]:
        """Return the updates that wait for their device."""

    def save_schedule(self, ieee: str, schedule: Schedule | None) -> None:
        """Keep what a device gets when it next asks; None forgets it."""

    def load_updates(self) -> Mapping[str, Update]:
        """Return the updates under way."""

    def save_update(self, ieee: str, update: Update | None) -> None:
        """Keep how a device's update goes on; None forgets it."""
