"""Where pages are proved: a home in the process, and the real program behind a broker and a TCP port."""

from __future__ import annotations

import asyncio
import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zigwire.mqtt import Properties
from zigwire.simulator.catalogue import KINDS, default_house
from zigwire.simulator.house import House
from zigwire.zigbee.radio import ApsFrame

from .home import Home
from .page_devices import quiet
from .page_trial import NAME
from .world import Ear, World

IEEE = "0x00158d00000000f1"
DEVICE = "device"
SETTINGS = {"devices": {IEEE: {"friendly_name": NAME}}, "homeassistant": {"enabled": True}}
DISCOVERY = "homeassistant/"
HURRY = 0.01
"""Seconds that pass in the house each time that somebody looks whether something has come about."""

SILENCE = 2.0
"""After so many seconds without a word of the device, the bridge has nothing more to ask it after the interview."""


def house_with(kind: str) -> House:
    """Return a house with a device of a kind, beside the usual ones."""
    house = default_house()
    house.add(DEVICE, KINDS[kind], IEEE)
    return house


class Place(ABC):
    """What all sites have in common: the device's side.

    Args:
        folder: What the bridge may read.
        house: With the device.
        pause: Seconds from one look to the next.

    Attributes:
        patience: Seconds after which nothing is waited for any more.
    """

    def __init__(self, folder: Path, house: House, pause: float) -> None:
        self.house = house
        self.pause = pause
        self.patience = 10.0
        self.device = house.device(DEVICE)
        self.air: list[ApsFrame] = []
        house.overhear(self.air.append)
        self.index = folder / "index.json"
        self.index.write_text("[]")
        self.numbers = itertools.count()

    @property
    @abstractmethod
    def states(self) -> Sequence[Mapping[str, Any]]:
        """What was published of the device so far."""

    @abstractmethod
    def devices(self) -> list[dict[str, Any]]:
        """Return what bridge/devices says."""

    def listed(self) -> dict[str, Any]:
        return next(device for device in self.devices() if device["ieee_address"] == IEEE)

    def heard(self) -> int:
        """Return how many frames the coordinator has sent to the device."""
        return sum(frame.destination == self.device.node.network_address for frame in self.air)

    async def until(self, condition: Callable[[], Any]) -> None:
        end = time.monotonic() + self.patience
        while not condition():
            assert time.monotonic() < end, "the condition did not come true in time"
            self.house.advance(HURRY)
            await asyncio.sleep(self.pause)

    def is_known(self) -> bool:
        """Tell whether the bridge knows what the device is."""
        return any(one["ieee_address"] == IEEE and one["supported"] for one in self.devices())

    async def settled(self) -> None:
        await self.until(self.is_known)
        await self.until(lambda: self.device.last_sent + SILENCE < self.device.now())
        quiet(self.device)


class HomeSite(Place):
    """A device in a home in the process."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.home = Home(folder, SETTINGS, house=house_with(kind))
        super().__init__(folder, self.home.house, pause=0)

    async def start(self) -> None:
        """Pair the device."""
        await self.home.start()
        self.house.join(DEVICE)
        await self.settled()

    async def stop(self) -> None:
        await self.home.stop()

    def is_known(self) -> bool:
        """Tell whether the device is set up, too."""
        if not super().is_known():
            return False
        device = self.home.network.devices[IEEE]
        behaviour = self.home.bridge.entities.of(device).behaviour
        return behaviour is not None and (not behaviour.can_configure or "configured" in device.meta)

    @property
    def states(self) -> Sequence[Mapping[str, Any]]:
        return self.home.sent.of(NAME)

    def devices(self) -> list[dict[str, Any]]:
        self.home.bridge.info.flush()
        return list(self.home.sent.of("bridge/devices")[-1])

    def discovered(self) -> list[Mapping[str, Any]]:
        told = self.home.sent.messages
        return [value for topic, value, *_ in told if topic.startswith(DISCOVERY) and isinstance(value, dict)]

    async def ask(self, topic: str, payload: Any) -> dict[str, Any]:
        return await self._asked(topic.removeprefix("zigbee2mqtt/"), payload)

    async def request(self, name: str, payload: Any) -> dict[str, Any]:
        return await self._asked(f"bridge/request/{name}", payload)

    async def _asked(self, topic: str, payload: Any) -> dict[str, Any]:
        mine = str(next(self.numbers)).encode()
        self.home.say(topic, payload, Properties(response_topic="answers", correlation_data=mine))
        answers = self.home.sent.correlated
        await self.until(lambda: answers and answers[-1][2] == mine)
        return dict(answers[-1][1])


class WorldSite(Place):
    """A device of the real program, behind a real broker and the coordinator's wire.

    Args:
        world: With a house of `house_with`; it is open.
        ear: Hears the broker with MQTT 5.
    """

    def __init__(self, world: World, ear: Ear) -> None:
        super().__init__(world.data, world.house, pause=0.001)
        self.world = world
        self.ear = ear

    async def start(self) -> None:
        """Start the program and pair the device."""
        await self.ear.start()
        await self.world.bridge.start()
        await self.world.pair(DEVICE)
        await self.settled()

    async def stop(self) -> None:
        await self.ear.mqtt.stop()

    @property
    def states(self) -> Sequence[Mapping[str, Any]]:
        return [value for _, topic, value in self.ear.heard if topic == NAME and isinstance(value, dict)]

    def devices(self) -> list[dict[str, Any]]:
        return list(self.ear.latest["bridge/devices"])

    def discovered(self) -> list[Mapping[str, Any]]:
        told = self.ear.latest.items()
        return [value for topic, value in told if topic.startswith(DISCOVERY) and isinstance(value, dict)]

    async def ask(self, topic: str, payload: Any) -> dict[str, Any]:
        answers = f"answers/{next(self.numbers)}"
        since = self.ear.say(topic.removeprefix("zigbee2mqtt/"), payload, Properties(response_topic=answers))
        return dict(await self.ear.wait(answers, since=since))

    async def request(self, name: str, payload: Any) -> dict[str, Any]:
        return dict(await self.ear.request(name, payload))
