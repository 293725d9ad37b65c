"""What an OTA client needs of the device and the house that it is in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from zigwire.simulator.attributes import Attribute, AttributeKey
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.schedule import Schedule

__all__ = ["OtaAir", "OtaHost"]


class OtaAir(Protocol):
    """The house."""

    schedule: Schedule
    on_change: Callable[[], None]

    def cut_power(self, name: str) -> None:
        """Take a device's power away."""

    def restore_power(self, name: str) -> None:
        """Give it back."""

    def came_back(self, name: str) -> None:
        """Let a device that started anew tell so."""


class OtaHost(Protocol):
    """The device."""

    name: str
    attributes: dict[AttributeKey, Attribute]
    online: bool

    @property
    def air(self) -> OtaAir:
        """The house around it."""

    @property
    def ieee(self) -> str:
        """IEEE address."""

    def send(self, endpoint: int, cluster: int, frame: ZclFrame) -> None:
        """Send a frame to the coordinator."""

    def next_tsn(self) -> int:
        """A new transaction sequence number."""

    def later(self, name: object, seconds: float, action: Callable[[], None]) -> None:
        """Run `action` in `seconds` unless the power fails; a new one of the same name replaces it."""

    def forget(self, name: object) -> None:
        """Take back a planned action."""
