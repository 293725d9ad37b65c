"""Green Power switches of a house, and what the routers that hear them do as proxies (Green Power 1.1.1, A.3.5)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from zigwire.simulator.addresses import COORDINATOR, RX_ON_WHEN_IDLE
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.schedule import Schedule
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.codec import parse
from zigwire.zcl.greenpower_notification import COMMISSIONING_NOTIFICATION, NOTIFICATION, Notification
from zigwire.zcl.greenpower_security import AUTHENTICATED, SecurityError, header, protect, wrap_key
from zigwire.zcl.message import Message
from zigwire.zigbee.radio import ApsFrame, Mode

__all__ = ["GreenPowerAir", "GreenPowerSwitch"]

CLUSTER, ENDPOINT, PROFILE, GROUP = 0x0021, 242, 0xA1E0, 0x0B84
TOGGLE, COMMISSIONING, DECOMMISSIONING = 0x22, 0xE0, 0xE1
INDIVIDUAL_KEY = 4
ADD_SINK, REMOVE_DEVICE, COMMUNICATION, UNICAST_FORWARDING = 0x08, 0x10, 0x60, 0x60
ENTER = 0x01
GOOD_LINK = 0xC0


@dataclass(slots=True)
class GreenPowerSwitch:
    """A switch without a battery: each press makes the energy for one frame.

    Attributes:
        source_id: What it is known by.
        device_id: Kind of device, 2 for an on/off switch.
        level: Security level of its frames: 0 none, 2 authenticated, 3 encrypted.
        key: 16 octets.
        counter: Of the next frame.
    """

    source_id: int
    device_id: int = 0x02
    level: int = AUTHENTICATED
    key: bytes = bytes(range(0xC0, 0xD0))
    counter: int = 1

    def commissioning(self) -> Notification:
        """The frame that asks to be let in, with the key wrapped by the well-known link key."""
        payload = struct.pack("<BB", self.device_id, 0x00)
        if self.level:
            wrapped, mic = wrap_key(self.source_id, self.key)
            extension = self.level | INDIVIDUAL_KEY << 2 | 0xE0
            payload = struct.pack("<BBB16sII", self.device_id, 0x80, extension, wrapped, mic, self.counter - 1)
        return self._frame(COMMISSIONING, payload)

    def command(self, command: int, payload: bytes = b"") -> Notification:
        """A frame as it goes on air, protected by its level."""
        frame = self._frame(command, payload)
        if not self.level:
            return frame
        head = header(self.source_id, frame.counter, self.level, individual=True)
        content = bytes([command]) + payload
        hidden, mic = protect(self.key, self.source_id, frame.counter, self.level, head, content)
        frame = replace(frame, level=self.level, key_type=INDIVIDUAL_KEY, mic=mic)
        return replace(frame, command=hidden[0], payload=hidden[1:])

    def _frame(self, command: int, payload: bytes) -> Notification:
        frame = Notification(COMMISSIONING_NOTIFICATION, self.source_id, self.counter, command, payload)
        self.counter += 1
        return frame


@dataclass(slots=True)
class _Pairing:
    """What a proxy was told about a device."""

    unicast: bool
    key: bytes


class _House(Protocol):
    """What the air needs of the house around it."""

    schedule: Schedule
    devices: dict[str, VirtualDevice]

    def on_network(self, device: VirtualDevice) -> bool:
        """Whether a device holds the key of the coordinator's present network."""

    def emit(self, device: VirtualDevice, frame: ApsFrame) -> None:
        """Carry a frame of `device`."""

    def overhear(self, listener: Callable[[ApsFrame], None]) -> None:
        """Let somebody hear all that the coordinator sends."""


class GreenPowerAir:
    """The part of a house where Green Power frames are heard; every router that has power is a proxy.

    Args:
        house: Whose routers hear them.

    Attributes:
        switches: By name.
    """

    def __init__(self, house: _House) -> None:
        self.switches: dict[str, GreenPowerSwitch] = {}
        self._house = house
        self._commissioning_ends = 0.0
        self._pairings: dict[int, _Pairing] = {}
        house.overhear(self._overheard)

    def pair(self, name: str) -> None:
        """Make a switch ask to be let in."""
        self.send(self._switch(name).commissioning())

    def press(self, name: str) -> None:
        """Press a switch: it says toggle."""
        self.send(self._switch(name).command(TOGGLE))

    def leave(self, name: str) -> None:
        """Make a switch say that it leaves."""
        self.send(self._switch(name).command(DECOMMISSIONING))

    def status(self, name: str) -> dict[str, Any]:
        """Tell about a switch."""
        switch = self._switch(name)
        paired = switch.source_id in self._pairings
        ieee = f"0x{switch.source_id:016x}"
        return {"name": name, "model": f"GreenPower_{switch.device_id}", "ieee": ieee, "joined": paired}

    def dump(self) -> dict[str, Any]:
        """What outlives a restart: switches with their counters, and what the proxies were told."""
        return {
            "switches": {
                name: [one.source_id, one.device_id, one.level, one.key.hex(), one.counter]
                for name, one in self.switches.items()
            },
            "pairings": {str(source): [one.unicast, one.key.hex()] for source, one in self._pairings.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what was dumped."""
        for name, (source, kind, level, key, counter) in state["switches"].items():
            self.switches[name] = GreenPowerSwitch(source, kind, level, bytes.fromhex(key), counter)
        for source, (unicast, key) in state["pairings"].items():
            self._pairings[int(source)] = _Pairing(unicast, bytes.fromhex(key))

    def send(self, frame: Notification) -> None:
        """Let the air carry a frame of a switch to all routers, which tell the coordinator of it as they are told."""
        for router in self._routers():
            self._forward(router, frame)

    def _switch(self, name: str) -> GreenPowerSwitch:
        if name not in self.switches:
            raise SimulatorError(f"device: {name[:40]!r} is no Green Power switch of the house")
        return self.switches[name]

    def _routers(self) -> list[VirtualDevice]:
        devices = self._house.devices.values()
        return [
            one
            for one in devices
            if one.present and self._house.on_network(one) and one.node.descriptor.logical_type == 1
        ]

    def _forward(self, router: VirtualDevice, frame: Notification) -> None:
        pairing = self._pairings.get(frame.source_id)
        told = replace(frame, proxy=router.node.network_address, link=GOOD_LINK)
        if pairing is not None and frame.command != COMMISSIONING:
            try:
                told = replace(told.opened(pairing.key), kind=NOTIFICATION)
            except SecurityError:
                return
        elif not self._is_commissioning():
            return
        self._emit(router, told, unicast=pairing is not None and pairing.unicast)

    def _emit(self, router: VirtualDevice, told: Notification, *, unicast: bool) -> None:
        mode, destination = (Mode.GROUP, GROUP) if told.kind == NOTIFICATION else (Mode.BROADCAST, RX_ON_WHEN_IDLE)
        if unicast:
            mode, destination = Mode.UNICAST, COORDINATOR
        frame = ApsFrame(
            source=router.node.network_address,
            source_endpoint=ENDPOINT,
            destination=destination,
            destination_endpoint=ENDPOINT,
            profile=PROFILE,
            cluster=CLUSTER,
            data=told.serialise(router.next_tsn()),
            mode=mode,
            linkquality=router.description.linkquality,
        )
        self._house.emit(router, frame)

    def _is_commissioning(self) -> bool:
        return self._house.schedule.now() < self._commissioning_ends

    def _overheard(self, frame: ApsFrame) -> None:
        """Take what the coordinator tells the proxies."""
        if frame.cluster != CLUSTER or frame.source != COORDINATOR:
            return
        message = parse(CLUSTER, frame.data, CLUSTERS)
        if message.type == "commandCommisioningMode":
            window = message.args["commisioningWindow"] if message.args["options"] & ENTER else 0
            self._commissioning_ends = self._house.schedule.now() + window
        elif message.type == "commandPairing":
            self._pair(message)

    def _pair(self, message: Message) -> None:
        options, source_id = message.args["options"], message.args["srcID"]
        if options & REMOVE_DEVICE:
            self._pairings.pop(source_id, None)
        elif options & ADD_SINK:
            unicast = options & COMMUNICATION == UNICAST_FORWARDING
            self._pairings[source_id] = _Pairing(unicast, bytes(message.args.get("gpdKey") or b""))
