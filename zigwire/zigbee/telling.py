"""Telling the house what happened, without letting its mistakes stop the network."""

from __future__ import annotations

from zigwire.zcl.message import Message
from zigwire.zigbee.events import NetworkListener, RadioState
from zigwire.zigbee.guard import guarded
from zigwire.zigbee.model import Device

__all__ = ["Teller"]


class Teller:
    """A `NetworkListener` before another: what the other raises is logged and goes no further.

    Attributes:
        listener: The other, set before there is anything to tell.
    """

    listener: NetworkListener

    def device_joined(self, device: Device) -> None:
        """Pass it on."""
        guarded(self.listener.device_joined, device)

    def device_announced(self, device: Device) -> None:
        """Pass it on."""
        guarded(self.listener.device_announced, device)

    def interview_changed(self, device: Device) -> None:
        """Pass it on."""
        guarded(self.listener.interview_changed, device)

    def device_changed(self, device: Device) -> None:
        """Pass it on."""
        guarded(self.listener.device_changed, device)

    def leave_heard(self, device: Device) -> None:
        """Pass it on."""
        guarded(self.listener.leave_heard, device)

    def device_left(self, device: Device) -> None:
        """Pass it on."""
        guarded(self.listener.device_left, device)

    def message_received(self, device: Device, endpoint: int, message: Message) -> None:
        """Pass it on."""
        guarded(self.listener.message_received, device, endpoint, message)

    def last_seen_changed(self, device: Device) -> None:
        """Pass it on."""
        guarded(self.listener.last_seen_changed, device)

    def radio_changed(self, state: RadioState, reason: str) -> None:
        """Pass it on."""
        guarded(self.listener.radio_changed, state, reason)
