"""The coordinator chip: its volatile memory, and what it tells its host of the network."""

from __future__ import annotations

import asyncio
import itertools
import logging
import struct
from collections.abc import Callable
from typing import Protocol

from zigwire.simulator.addresses import COORDINATOR, FIRST_BROADCAST, ieee_octets
from zigwire.simulator.house import House
from zigwire.simulator.nvram import Nvram
from zigwire.simulator.zdo import Endpoint
from zigwire.simulator.znp.mt import AF, AREQ, MAXIMUM_PAYLOAD, SYS, ZDO, MtFrame
from zigwire.zigbee.radio import ApsFrame, Mode

__all__ = ["VERSION", "Chip", "Host"]

log = logging.getLogger(__name__)

VERSION = bytes([2, 1, 2, 7, 1])
"""Transport revision, product, major, minor and maintenance release: Z-Stack 3.30."""

POWER_UP = 0
STARTING, STARTED = 8, 9
RESET_TIME, START_TIME = 0.05, 0.02
"""Seconds; a real chip takes about a second for each."""

DEVICE_ANNOUNCE, RESPONSE = 0x0013, 0x8000
ADDRESS_REQUESTS = {0x8000, 0x8001}
RADIUS = 29


class Host(Protocol):
    """The far end of the serial line."""

    def write(self, data: bytes) -> None:
        """Send octets to it."""

    def hang_up(self) -> None:
        """Break the line."""


class Chip:
    """A Z-Stack network processor as the owner of a house's coordinator.

    Attributes:
        started: Whether the network is up.
        callbacks: Whether the host wants to see every ZDO message.
        groups: Endpoint and group id of the chip's own memberships.
        install_codes: IEEE addresses and codes that the host gave.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self.started = False
        self.callbacks = False
        self.groups: set[tuple[int, int]] = set()
        self.install_codes: list[bytes] = []
        self._host: Host | None = None
        self._numbers = itertools.count(1)

    @property
    def nvram(self) -> Nvram:
        """Its flash memory."""
        return self.house.nvram

    @property
    def endpoints(self) -> dict[int, Endpoint]:
        """What the host registered."""
        return self.house.coordinator.endpoints

    # The line to the host

    def plug(self, host: Host) -> None:
        """Connect a host; one that was there before loses the line."""
        if self._host is not None:
            self._host.hang_up()
        self._host = host
        self.house.attach(self)

    def unplug(self, host: Host) -> None:
        """Note that a host has gone; without effect for one that lost the line already."""
        if self._host is host:
            self._host = None
            self.house.detach(self)

    def send(self, frame: MtFrame) -> None:
        """Send a frame to the host, if there is one."""
        if self._host is not None:
            self._host.write(frame.serialize())

    def tell(self, subsystem: int, command: int, payload: bytes) -> None:
        """Send an asynchronous message; one that does not fit the protocol is dropped."""
        if len(payload) > MAXIMUM_PAYLOAD:
            log.warning("message 0x%02x%02x of %d octets does not fit", subsystem, command, len(payload))
            return
        self.send(MtFrame(AREQ, subsystem, command, payload))

    def tell_soon(self, subsystem: int, command: int, payload: bytes) -> None:
        """Send an asynchronous message behind the response that is about to be sent."""
        _later(0.0, lambda: self.tell(subsystem, command, payload))

    # Life

    def power_up(self) -> None:
        """Begin with empty volatile memory."""
        self.nvram.reset()
        self.started = self.callbacks = False
        self.groups.clear()
        self.endpoints.clear()
        self.house.permit(0)

    def reset(self) -> None:
        """Start anew and tell the host once up."""
        self.power_up()
        _later(RESET_TIME, lambda: self.tell(SYS, 0x80, bytes([POWER_UP]) + VERSION))

    def start(self, notify: Callable[[], None] = lambda: None) -> None:
        """Bring the network up; `notify` runs between the two messages on the way."""

        def up() -> None:
            self.started = True
            self.tell(ZDO, 0xC0, bytes([STARTING]))
            notify()
            self.tell(ZDO, 0xC0, bytes([STARTED]))

        _later(START_TIME, up)

    # What the host sends

    def request(self, destination: int, cluster: int, payload: bytes, number: int | None = None) -> None:
        """Send a ZDO request; answers come as messages to the host."""
        sequence = next(self._numbers) & 0xFF if number is None else number
        mode = Mode.BROADCAST if destination >= FIRST_BROADCAST else Mode.UNICAST
        data = bytes([sequence]) + payload
        self.house.transmit(ApsFrame(COORDINATOR, 0, destination, 0, 0, cluster, data, mode))

    # What the house tells

    def frame_received(self, frame: ApsFrame) -> None:
        """Pass a frame on as the messages that a host expects."""
        if not self.started:
            return
        if frame.destination_endpoint == 0:
            self._tell_zdo(frame)
            return
        for endpoint in self._receivers(frame):
            self._tell_af(frame, endpoint)

    def _receivers(self, frame: ApsFrame) -> list[int]:
        if frame.mode is Mode.GROUP:
            return [endpoint for endpoint, group in sorted(self.groups) if group == frame.destination]
        matching = [e.id for e in self.endpoints.values() if e.profile == frame.profile]
        if frame.destination_endpoint == 0xFF:
            return matching
        return [frame.destination_endpoint] if frame.destination_endpoint in self.endpoints else []

    def _tell_af(self, frame: ApsFrame, endpoint: int) -> None:
        head = struct.pack(
            "<HHHBBBBBIBB",
            frame.destination if frame.mode is Mode.GROUP else 0,
            frame.cluster,
            frame.source,
            frame.source_endpoint,
            endpoint,
            frame.mode is Mode.BROADCAST,
            frame.linkquality or 0,
            0,
            round(self.house.schedule.now() * 1000) & 0xFFFFFFFF,
            next(self._numbers) & 0xFF,
            min(len(frame.data), 0xFF),
        )
        self.tell(AF, 0x81, head + frame.data + struct.pack("<HB", frame.source, RADIUS))

    def _tell_zdo(self, frame: ApsFrame) -> None:
        sequence, payload = frame.data[0], frame.data[1:]
        source = struct.pack("<H", frame.source)
        if frame.cluster == DEVICE_ANNOUNCE:
            self.tell(ZDO, 0xC1, source + payload)
        elif frame.cluster in ADDRESS_REQUESTS:
            self.tell(ZDO, 0x80 | frame.cluster & 0xFF, payload.ljust(13, b"\x00"))
        elif frame.cluster & RESPONSE:
            self.tell(ZDO, 0x80 | frame.cluster & 0xFF, source + payload)
        if self.callbacks:
            broadcast = frame.mode is not Mode.UNICAST
            head = struct.pack("<HBHBBH", frame.source, broadcast, frame.cluster, 0, sequence, frame.destination)
            self.tell(ZDO, 0xFF, head + payload)

    def device_joined(self, ieee: str, network_address: int, parent: int | None = None) -> None:
        """Tell the host whom the trust centre let in."""
        if self.started:
            address = struct.pack("<H", network_address)
            self.tell(ZDO, 0xCA, address + ieee_octets(ieee) + struct.pack("<H", parent or COORDINATOR))

    def device_left(self, ieee: str, network_address: int, *, rejoin: bool) -> None:
        """Tell the host who left."""
        if self.started:
            address = struct.pack("<H", network_address)
            self.tell(ZDO, 0xC9, address + ieee_octets(ieee) + bytes([0, 0, rejoin]))

    def radio_lost(self, reason: str) -> None:
        """Lose power: the line to the host breaks, volatile memory is gone."""
        log.info("the virtual coordinator hangs up: %s", reason)
        host, self._host = self._host, None
        self.power_up()
        if host is not None:
            host.hang_up()


def _later(seconds: float, action: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, action)
