"""A bridge on a simulated house, in memory: the examples of the MQTT interface are carried out on it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zigwire.bridge.bridge import Bridge
from zigwire.bridge.requests import Handler
from zigwire.bridge.states import States
from zigwire.devices import GenericSource, NativeSource, Sources
from zigwire.devices.external import Converters, Python, Unavailable
from zigwire.mqtt.client import Statistics
from zigwire.mqtt.message import Properties
from zigwire.settings import load
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.house import House
from zigwire.simulator.ota_image import Firmware
from zigwire.simulator.radio import SimulatedRadio
from zigwire.simulator.touchlink import TouchlinkTarget
from zigwire.storage import Database
from zigwire.zigbee.model import InterviewState
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import NetworkParameters

__all__ = ["Heard", "Inhabited", "inhabited"]

BASE = "zigbee2mqtt/"
CONFIGURATION = """\
version: 5
mqtt: {server: mqtt://localhost, version: 5}
serial: {port: sim://}
availability: {enabled: true}
devices:
"""
NAMES = ("plug", "spare", "bulb", "remote")
NOON = 1_750_000_000.0
"""Unix time that the bridge believes in."""

TOUCHLINK_LAMP, TOUCHLINK_CHANNEL = "0x0017880100000001", 11
IMAGE = "firmware/plug.ota"
IMAGE_SIZE = 600
EXTENSION = "external_extensions/old.js"
PATIENCE = 60.0
"""Seconds in which an answer must come."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the bridge: below the base topic, with what JSON it holds, or None for nothing."""

    topic: str
    payload: Any
    retain: bool


class Ear:
    """Takes the place of the MQTT client, and notes what is published."""

    statistics = Statistics(connected=True, queued=0, received=0, published=0)

    def __init__(self) -> None:
        self.heard: list[Heard] = []

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False, properties: Properties | None = None
    ) -> None:
        """Note a message."""
        del qos, properties
        self.heard.append(Heard(topic.removeprefix(BASE), json.loads(payload) if payload else None, retain))

    def subscribe(self, topic_filter: str) -> None:
        """Hear nothing: the bridge is told directly."""

    def unsubscribe(self, topic_filter: str) -> None:
        """Go on to hear nothing."""


class Inhabited:
    """A house, by its bridge.

    Args:
        bridge: Which listens to the house.
        ear: Which listens to the bridge.
    """

    def __init__(self, bridge: Bridge, ear: Ear) -> None:
        self._bridge = bridge
        self._ear = ear

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What carries out each request, by its name."""
        return self._bridge.requests.handlers

    @property
    def heard(self) -> list[Heard]:
        """All messages of the bridge."""
        return self._ear.heard

    async def ask(self, request: str, payload: Any) -> Heard:
        """Return the answer to a request."""
        return await self._said(f"bridge/request/{request}", payload, "bridge/response/")

    async def use(self, device: str, command: Any) -> Heard:
        """Return the state that follows a command to a device."""
        return await self._said(f"{device}/set", command, device)

    async def _said(self, topic: str, payload: Any, answers: str) -> Heard:
        """Publish something, an empty text for nothing; returns what follows first on a topic that begins so."""
        since = len(self.heard)
        self._bridge.message(f"{BASE}{topic}", b"" if payload == "" else json.dumps(payload).encode())
        async with asyncio.timeout(PATIENCE):
            while True:
                for message in self.heard[since:]:
                    if message.topic.startswith(answers):
                        return message
                since = len(self.heard)
                await asyncio.sleep(0.005)


@asynccontextmanager
async def inhabited(folder: Path) -> AsyncIterator[Inhabited]:
    """Run a house in which everything is paired and named.

    Args:
        folder: An empty one, for the bridge's data.
    """
    house = default_house(asyncio.get_running_loop().time)
    house.touchlink.append(TouchlinkTarget(TOUCHLINK_LAMP, TOUCHLINK_CHANNEL))
    settings = load(_configuration(folder, house), {})
    ear, database = Ear(), Database(folder / "zigwire.db")
    converters = Converters(folder / "external_converters", Python(), Unavailable("it is not needed here"))
    parameters = NetworkParameters(0x1A62, None, 15, bytes(16))
    network = Network(lambda: SimulatedRadio(house), database, parameters=parameters, clock=_noon)
    bridge = Bridge(
        settings,
        network,
        ear,
        States(None),
        Sources([converters, NativeSource(), GenericSource()]),
        lambda: None,
        _noon,
        converters=converters,
        firmware=database,
    )
    try:
        await network.start(bridge)
        await network.wait_online()
        bridge.start()
        await _move_in(house, network)
        yield Inhabited(bridge, ear)
    finally:
        bridge.stop()
        await network.stop()
        database.close()


def _noon() -> float:
    return NOON


def _configuration(folder: Path, house: House) -> Path:
    """Write the files that the examples need; returns that of the configuration."""
    named = "".join(f"  '{house.device(name).ieee}': {{friendly_name: {name}}}\n" for name in NAMES)
    plug = house.device("plug")
    image, extension, configuration = folder / IMAGE, folder / EXTENSION, folder / "configuration.yaml"
    for path in (image, extension):
        path.parent.mkdir(parents=True)
    image.write_bytes(_newer(plug).image(IMAGE_SIZE))
    extension.write_text("// made for another program\n")
    configuration.write_text(CONFIGURATION + named)
    return configuration


def _newer(device: VirtualDevice) -> Firmware:
    """Return the firmware after that of a device."""
    profile = device.description.ota
    if profile is None:
        raise ValueError(f"{device.name} can't be updated")
    return Firmware(profile.manufacturer_code, profile.image_type, profile.file_version + 1, date_code="20250615")


async def _move_in(house: House, network: Network) -> None:
    """Pair all devices, one after the other."""
    await network.permit_join(254, None)
    async with asyncio.timeout(PATIENCE):
        for name in NAMES:
            ieee = house.device(name).ieee
            house.pair(name)
            while not _is_interviewed(network, ieee):  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.01)
    await network.permit_join(0, None)


def _is_interviewed(network: Network, ieee: str) -> bool:
    device = network.devices.get(ieee)
    return device is not None and device.interview_state is InterviewState.SUCCESSFUL
