"""A house whose time stands still, with a network, and somebody who hears the coordinator."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import pytest

from zigwire.simulator.attributes import Access, AttributeKey, attribute
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.device import Description, VirtualDevice
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.house import House
from zigwire.simulator.plug import XiaomiPlug
from zigwire.simulator.zdo import Endpoint, NodeDescriptor
from zigwire.zigbee.radio import ApsFrame, Mode, NetworkParameters

NETWORK = NetworkParameters(
    pan_id=0x1A62, extended_pan_id="0xdddddddddddddddd", channel=11, network_key=bytes(range(16))
)
LAMP_IEEE = "0x00158d00000000aa"

LAMP = Description(
    kind="test.lamp",
    manufacturer="Zigwire",
    model="lamp",
    node=NodeDescriptor(1, 0x8E, 0x1234),
    endpoints=(Endpoint(1, 0x0101, (0, 3, 4, 5, 6, 8, 0x0402), (6, 0x19)),),
    attributes={
        AttributeKey(1, 6, 0): attribute("BOOLEAN", 0),
        AttributeKey(1, 6, 0x4003): attribute("ENUM8", 0xFF, Access.READ | Access.WRITE),
        AttributeKey(1, 8, 0): attribute("UINT8", 254),
        AttributeKey(1, 0x0402, 0): attribute("INT16", 2100),
        AttributeKey(1, 0x0402, 0x10): attribute("INT16", 0, Access.WRITE),
        AttributeKey(1, 0, 0x10): attribute("CHAR_STR", "", Access.READ | Access.WRITE),
        AttributeKey(1, 0, 0x10, 0x1234): attribute("UINT8", 7),
        AttributeKey(1, 0x19, 0): attribute("IEEE_ADDR", None),
    },
)


@dataclass
class Ear:
    """Hears a coordinator, as its host would."""

    frames: list[ApsFrame] = field(default_factory=list)
    joined: list[tuple[str, int]] = field(default_factory=list)
    left: list[tuple[str, int, bool]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def frame_received(self, frame: ApsFrame) -> None:
        self.frames.append(frame)

    def device_joined(self, ieee: str, network_address: int, parent: int | None = None) -> None:
        self.joined.append((ieee, network_address))

    def device_left(self, ieee: str, network_address: int, *, rejoin: bool) -> None:
        self.left.append((ieee, network_address, rejoin))

    def radio_lost(self, reason: str) -> None:
        self.lost.append(reason)

    def zcl(self, cluster: int | None = None) -> list[ZclFrame]:
        """The application frames heard so far, of one cluster."""
        return [ZclFrame.parse(f.data) for f in self.frames if f.destination_endpoint and cluster in {None, f.cluster}]

    def reports(self, cluster: int, attribute_id: int) -> list[bytes]:
        """The values reported so far of one attribute that is alone in its frame, type octet first."""
        head = struct.pack("<H", attribute_id)
        return [f.payload[2:] for f in self.zcl(cluster) if f.command == 0x0A and f.payload.startswith(head)]

    def clear(self) -> None:
        self.frames.clear()


@dataclass
class Home:
    """A house and its host."""

    house: House
    ear: Ear

    def ask(self, device: VirtualDevice, cluster: int, frame: ZclFrame, endpoint: int = 1) -> list[ZclFrame]:
        """Send a frame to a device and give what it answers to it."""
        self.ear.clear()
        address = device.node.network_address
        self.house.transmit(ApsFrame(0, 1, address, endpoint, 0x0104, cluster, frame.serialize()))
        self.house.advance(0.05)
        return [f for f in self.ear.zcl(cluster) if f.tsn == frame.tsn and f.command != 0x0A]

    def ask_zdo(self, destination: int, cluster: int, payload: bytes, mode: Mode = Mode.UNICAST) -> list[bytes]:
        """Send a ZDO request and give the payloads of the answers, sequence number cut off."""
        self.ear.clear()
        self.house.transmit(ApsFrame(0, 0, destination, 0, 0, cluster, b"\x2a" + payload, mode))
        self.house.advance(0.05)
        answers = [f for f in self.ear.frames if f.cluster == 0x8000 | cluster]
        assert all(f.data[0] == 0x2A for f in answers)
        return [f.data[1:] for f in answers]


def make_lamp(house: House, name: str, ieee: str) -> VirtualDevice:
    return VirtualDevice(house, name, ieee, LAMP)


@pytest.fixture
def home() -> Home:
    house, ear = default_house(lambda: 0.0), Ear()
    house.form(NETWORK)
    house.add("lamp", make_lamp, LAMP_IEEE)
    house.attach(ear)
    return Home(house, ear)


@pytest.fixture
def plug(home: Home) -> XiaomiPlug:
    """The plug, joined and past what it says at first."""
    home.house.join("plug")
    home.house.advance(10)
    home.ear.clear()
    device = home.house.device("plug")
    assert isinstance(device, XiaomiPlug)
    return device


@pytest.fixture
def lamp(home: Home) -> VirtualDevice:
    """The lamp, joined."""
    home.house.join("lamp")
    home.house.advance(10)
    home.ear.clear()
    return home.house.device("lamp")
