"""What the network tells the rest of the house."""

from __future__ import annotations

from typing import Literal, Protocol

from zigwire.zcl.message import Message
from zigwire.zigbee.model import Device

__all__ = ["NetworkListener", "RadioState"]

RadioState = Literal["connecting", "online", "offline"]


class NetworkListener(Protocol):
    """Who hears the network. Plain functions in the event loop; an exception is logged and goes no further."""

    def device_joined(self, device: Device) -> None:
        """A device joined that was unknown, or had left."""

    def device_announced(self, device: Device) -> None:
        """A device sent its announce (after power came back, a rejoin, or a join)."""

    def interview_changed(self, device: Device) -> None:
        """`device.interview_state` changed to in progress, successful or failed."""

    def device_changed(self, device: Device) -> None:
        """Something that bridge/devices shows changed: address, endpoints, binds, reporting, basic attributes."""

    def leave_heard(self, device: Device) -> None:
        """A device said that it leaves; `device_left` follows unless it means to come back."""

    def device_left(self, device: Device) -> None:
        """A device left by itself, or was removed from the database."""

    def message_received(self, device: Device, endpoint: int, message: Message) -> None:
        """A ZCL frame of an interviewed device arrived, answers to requests included."""

    def last_seen_changed(self, device: Device) -> None:
        """Any frame of the device arrived (before `message_received`)."""

    def radio_changed(self, state: RadioState, reason: str) -> None:
        """The radio was lost or came back."""
