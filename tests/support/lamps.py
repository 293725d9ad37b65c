"""Lamps for simulated houses, and a definition that sets them up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from zigwire.devices.behaviour import Host
from zigwire.devices.blocks.on_off import on_off
from zigwire.devices.definition import Definition
from zigwire.devices.feature import Bind, Feature, Step
from zigwire.devices.native import NativeBehaviour, compile_definition
from zigwire.simulator.attributes import Access, AttributeKey, attribute
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.clusters import BASIC, IDENTIFY, LEVEL, ON_OFF
from zigwire.simulator.device import Air, Description, Sleep, VirtualDevice
from zigwire.simulator.remote import REMOTE, Remote
from zigwire.simulator.zdo import Endpoint, NodeDescriptor
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.requests import ConfigureReporting, Reporting
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.radio import ApsFrame

from .home import Home
from .waiting import until

SIGNIFY = 0x100B
COLOR, GROUPS, SCENES = 0x0300, 4, 5
XY, COLOR_TEMPERATURE = 0x08, 0x10

SETUP: tuple[Step, ...] = (
    Bind(1, "genOnOff"),
    ConfigureReporting(endpoint=1, cluster="genOnOff", records=(Reporting("onOff", 0, 300, 0),)),
)


def lamp(capabilities: int = XY | COLOR_TEMPERATURE, manufacturer: int = SIGNIFY, sleep: Sleep | None = None) -> Any:
    """Return a factory of lamps; one that sleeps is an end device."""
    kind, flags = (2, 0x80) if sleep else (1, 0x8E)
    description = Description(
        kind="lamp",
        manufacturer="Simulated",
        model="lamp",
        node=NodeDescriptor(kind, flags, manufacturer),
        endpoints=(Endpoint(1, 0x0102, (BASIC, IDENTIFY, GROUPS, SCENES, ON_OFF, LEVEL, COLOR)),),
        attributes={
            AttributeKey(1, BASIC, 0): attribute("UINT8", 3),
            AttributeKey(1, BASIC, 7): attribute("ENUM8", 1),
            AttributeKey(1, ON_OFF, 0): attribute("BOOLEAN", 0),
            AttributeKey(1, LEVEL, 0): attribute("UINT8", 100),
            AttributeKey(1, COLOR, 3): attribute("UINT16", 30000),
            AttributeKey(1, COLOR, 4): attribute("UINT16", 20000),
            AttributeKey(1, COLOR, 7): attribute("UINT16", 300),
            AttributeKey(1, COLOR, 0x400A): attribute("BITMAP16", capabilities, Access.READ),
        },
        sleep=sleep,
    )

    def make(air: Air, name: str, ieee: str) -> VirtualDevice:
        return VirtualDevice(air, name, ieee, description)

    return make


class LampSource:
    """Knows lamps, under a version and a source that a test may change."""

    def __init__(self) -> None:
        self.version = "0.0.0"
        self.source: Literal["native", "generated"] = "native"
        self.setup = SETUP

    def find(self, device: Device, host: Host) -> NativeBehaviour | None:
        if device.model_id != "lamp":
            return None
        definition = Definition(
            vendor="Simulated",
            model="lamp",
            description="Lamp",
            models=("lamp",),
            features=(on_off(), Feature(setup=lambda _: self.setup)),
            version=self.version,
            source=self.source,
        )
        return compile_definition(definition, device, host)


def brisk_remote(air: Air, name: str, ieee: str) -> VirtualDevice:
    """Make a remote that does not let a test wait."""
    return Remote(air, name, ieee, replace(REMOTE, sleep=Sleep(fast_interval=0.0)))


class Lit(Home):
    """A home with lamps and a remote beside its plugs."""

    def __init__(self, folder: Path, document: dict[str, Any], lamps: dict[str, Any] | None = None) -> None:
        house = default_house()
        for number, (name, factory) in enumerate((lamps or {"lamp": lamp(), "other": lamp()}).items()):
            house.add(name, factory, f"0x00158d00000000{number:02x}")
        del house.devices["remote"]
        house.add("remote", brisk_remote, "0x00158d00000000f0")
        named = {device.ieee: {"friendly_name": name} for name, device in house.devices.items()}
        self.lamps = LampSource()
        super().__init__(folder, {"devices": named, **document}, house=house, source=self.lamps)

    async def let_in(self, *names: str) -> None:
        """Pair devices one after the other, until they are set up."""
        for name in names:
            self.house.join(name)
            await until(lambda name=name: self.is_ready(name))

    def is_ready(self, name: str) -> bool:
        known = self.known(name)
        if known is None or known.interview_state is not InterviewState.SUCCESSFUL:
            return False
        return known.model_id != "lamp" or "configured" in known.meta

    def known(self, name: str) -> Device | None:
        """Return a device as the network knows it."""
        return self.network.devices.get(self.house.device(name).ieee)

    def of(self, name: str) -> Device:
        """Return a device that is known."""
        known = self.known(name)
        assert known is not None
        return known

    async def ask(self, request: str, payload: Any) -> Any:
        """Send a bridge request and return its response."""
        topic = f"bridge/response/{request}"
        before = len(self.sent.of(topic))
        self.say(f"bridge/request/{request}", payload)
        await until(lambda: len(self.sent.of(topic)) > before)
        return self.sent.of(topic)[before]

    def heard_by(self, name: str) -> list[ApsFrame]:
        """Return the frames from the coordinator to a device."""
        ieee = self.house.device(name).ieee
        return [frame for frame in self.air if frame.source == 0 and frame.destination_ieee == ieee]

    def reports(self, name: str) -> dict[str, tuple[int, int]]:
        """Return minimum and maximum interval of what a lamp is known to report, by attribute."""
        return {
            CLUSTERS.find(item.cluster).attribute(item.attribute).name: (item.minimum, item.maximum)
            for item in self.of(name).endpoints[1].reportings
        }
