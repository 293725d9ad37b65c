"""The radio protocol: all that the network asks of a coordinator, real or simulated.

A radio carries APS frames, ZDO ones (endpoint 0) included, tells who joined and left, and keeps the network's
parameters. Interview, binding and everything else is done by `zigbee.network` with such frames.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

__all__ = [
    "ApsFrame",
    "CoordinatorInfo",
    "DeliveryError",
    "InterPan",
    "InterPanFrame",
    "Mode",
    "NetworkParameters",
    "Radio",
    "RadioError",
    "RadioListener",
]


class RadioError(Exception):
    """The radio can't be reached, or refused what was asked."""


class DeliveryError(RadioError):
    """A frame did not reach its destination; `status` is the radio's word for it (`MAC_NO_ACK`)."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class Mode(Enum):
    """How a frame is addressed."""

    UNICAST = "unicast"
    GROUP = "group"
    BROADCAST = "broadcast"


@dataclass(slots=True)
class ApsFrame:
    """One frame of the application support sub-layer.

    Attributes:
        source: Network address of the sender (0 for the coordinator).
        source_endpoint: 0 for ZDO.
        destination: Network address, group id or broadcast address, as `mode` says.
        destination_endpoint: 0 for ZDO.
        profile: Profile id.
        cluster: Cluster id.
        data: ZCL frame, or ZDO frame with its sequence number first.
        mode: How it is addressed.
        linkquality: 0 to 255 as the radio gave it (received frames).
        rssi: dBm as the radio gave it (received frames).
        ack: Ask for an APS acknowledgement (sent frames).
        destination_ieee: IEEE address of the destination where it is known, for radios that look for it by that (sent
            frames).
        sleepy: The destination sleeps: its parent keeps the frame until it wakes (sent frames).
    """

    source: int
    source_endpoint: int
    destination: int
    destination_endpoint: int
    profile: int
    cluster: int
    data: bytes
    mode: Mode = Mode.UNICAST
    linkquality: int | None = None
    rssi: int | None = None
    ack: bool = True
    destination_ieee: str | None = None
    sleepy: bool = False


@dataclass(frozen=True, slots=True)
class NetworkParameters:
    """What makes a network this one. IEEE style ids are `0x` and 16 hex digits.

    Attributes:
        pan_id: 1 to 0xFFFE.
        extended_pan_id: For example `0xdddddddddddddddd`; None means the coordinator's IEEE address.
        channel: 11 to 26.
        network_key: 16 bytes.
        frame_counter: Of the first frame of a network that is formed; above all that were sent with the key before.
    """

    pan_id: int
    extended_pan_id: str | None
    channel: int
    network_key: bytes = field(repr=False)
    frame_counter: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class CoordinatorInfo:
    """The coordinator: IEEE address, what it calls itself (`ZStack3x0`), its versions as bridge/info shows them."""

    ieee: str
    type: str
    meta: dict[str, Any]


@dataclass(frozen=True, slots=True)
class InterPanFrame:
    """A frame that goes from device to device whatever their networks are (Zigbee cluster library 13.3).

    Attributes:
        ieee: Of the other side: the receiver of a sent frame (None is everybody), the sender of a received one.
        profile: Profile id.
        cluster: Cluster id.
        data: ZCL frame.
    """

    ieee: str | None
    profile: int
    cluster: int
    data: bytes


class InterPan(Protocol):
    """The ability to leave the network's channel and to talk to devices of other networks, or of none."""

    async def tune(self, channel: int, heard: Callable[[InterPanFrame], None]) -> None:
        """Go to a channel; `heard` takes what comes there."""

    async def send(self, frame: InterPanFrame) -> None:
        """Send a frame on the channel that was tuned to."""

    async def restore(self) -> None:
        """Go back to the network's channel."""


class RadioListener(Protocol):
    """Who hears the radio. Calls are plain functions in the event loop and must not raise."""

    def frame_received(self, frame: ApsFrame) -> None:
        """A frame arrived."""

    def device_joined(self, ieee: str, network_address: int, parent: int | None = None) -> None:
        """The trust centre let a device in at a parent, or it came back under a new address."""

    def device_left(self, ieee: str, network_address: int, *, rejoin: bool) -> None:
        """A device said that it leaves; with `rejoin` it means to come back."""

    def radio_lost(self, reason: str) -> None:
        """The connection is gone; called once, nothing comes after it."""


class Radio(Protocol):
    """One coordinator. Made new for each connection: `connect`, `load`, maybe `form`, `start`, use, `close`."""

    async def connect(self) -> None:
        """Open the port and greet the coordinator.

        Raises:
            RadioError: The radio can't be reached or does not answer.
        """

    async def load(self) -> NetworkParameters | None:
        """Return the parameters of the network that the radio holds, None when it holds none."""

    async def form(self, parameters: NetworkParameters) -> None:
        """Write a new network over whatever the radio holds. Only ever called when that is wanted."""

    async def start(self, listener: RadioListener) -> CoordinatorInfo:
        """Bring the network up and begin to report to `listener`."""

    async def close(self) -> None:
        """Let go of the port; never raises."""

    async def send(self, frame: ApsFrame) -> None:
        """Send one frame; returns when the radio has confirmed it.

        Raises:
            DeliveryError: It did not reach its destination.
            RadioError: The radio did not take it.
        """

    async def permit(self, seconds: int) -> None:
        """Let the coordinator itself accept joins for `seconds` (0 closes)."""

    async def ping(self) -> None:
        """Ask the radio for a sign of life.

        Raises:
            RadioError: It gave none.
        """

    async def backup(self) -> dict[str, Any] | None:
        """Return an open-coordinator-backup document that restores the network, None when this radio can make none."""

    async def remembered(self) -> frozenset[str] | None:
        """Return the IEEE addresses of all devices in the coordinator's own memory, None when this radio can't tell."""

    async def add_link_key(self, ieee: str, key: bytes) -> None:
        """Let a device join with a link key of its own, which follows from its install code.

        Raises:
            RadioError: The radio did not take it, or can't.
        """

    def inter_pan(self) -> InterPan:
        """Return the ability to talk to devices of other networks.

        Raises:
            RadioError: This radio can't.
        """
