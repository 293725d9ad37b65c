"""A house's ears, and patience that is not measured in seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from zigwire.zigbee.model import Device
from zigwire.zigbee.radio import (
    ApsFrame,
    CoordinatorInfo,
    DeliveryError,
    InterPan,
    NetworkParameters,
    RadioError,
    RadioListener,
)

PARAMETERS = NetworkParameters(6754, None, 11, bytes(range(16)))
COORDINATOR = "0x00124b0012345678"


class Ears:
    """A `NetworkListener` that writes down what it hears: names with the device's interview state."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []
        self.messages: list[tuple[Device, int, Any]] = []
        self.seen = 0
        self.leaves = 0

    def names(self) -> list[str]:
        return [event[0] for event in self.heard]

    def device_joined(self, device: Device) -> None:
        self.heard.append(("joined", device.interview_state.value))

    def device_announced(self, device: Device) -> None:
        self.heard.append(("announced", device.interview_state.value))

    def interview_changed(self, device: Device) -> None:
        self.heard.append(("interview", device.interview_state.value))

    def device_changed(self, device: Device) -> None:
        self.heard.append(("changed", device.interview_state.value))

    def leave_heard(self, device: Device) -> None:
        self.leaves += 1

    def device_left(self, device: Device) -> None:
        self.heard.append(("left", device.interview_state.value))

    def message_received(self, device: Device, endpoint: int, message: Any) -> None:
        self.messages.append((device, endpoint, message))

    def last_seen_changed(self, device: Device) -> None:
        self.seen += 1

    def radio_changed(self, state: str, reason: str) -> None:
        self.heard.append(("radio", state, reason))


class FakeRadio:
    """A radio that does as it is told: no device behind it, only what a test plays."""

    def __init__(self, held: NetworkParameters | None = None) -> None:
        self.held = held
        self.formed: list[NetworkParameters] = []
        self.sent: list[ApsFrame] = []
        self.permits: list[int] = []
        self.listener: RadioListener | None = None
        self.connecting: Exception | None = None
        self.fails: Callable[[ApsFrame], str | None] = lambda _: None
        self.replies: Callable[[ApsFrame], ApsFrame | None] = lambda _: None
        self.gate: asyncio.Event | None = None
        self.closed = 0

    async def connect(self) -> None:
        if self.connecting is not None:
            raise self.connecting

    async def load(self) -> NetworkParameters | None:
        return self.held

    async def form(self, parameters: NetworkParameters) -> None:
        self.formed.append(parameters)
        self.held = parameters

    async def start(self, listener: RadioListener) -> CoordinatorInfo:
        self.listener = listener
        return CoordinatorInfo(COORDINATOR, "Fake", {})

    async def close(self) -> None:
        self.closed += 1

    async def send(self, frame: ApsFrame) -> None:
        self.sent.append(frame)
        if self.gate is not None:
            await self.gate.wait()
        status = self.fails(frame)
        reply = self.replies(frame)
        if reply is not None and self.listener is not None:
            self.listener.frame_received(reply)
        if status is not None:
            raise DeliveryError(status)

    async def permit(self, seconds: int) -> None:
        self.permits.append(seconds)

    async def ping(self) -> None:
        if self.listener is None:
            raise RadioError("it is not there")

    async def backup(self) -> dict[str, Any] | None:
        return None

    async def remembered(self) -> frozenset[str] | None:
        return None

    async def add_link_key(self, ieee: str, key: bytes) -> None:
        raise RadioError("it is a fake")

    def inter_pan(self) -> InterPan:
        raise RadioError("it is a fake")
