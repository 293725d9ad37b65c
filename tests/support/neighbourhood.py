"""A home with more devices, in time that leaps, whose devices get firmware."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.delivery import Medium
from zigwire.simulator.device import Sleep, VirtualDevice
from zigwire.simulator.house import House
from zigwire.simulator.ota_image import Firmware
from zigwire.simulator.plug import xiaomi_plug
from zigwire.simulator.remote import REMOTE, Remote
from zigwire.zigbee.model import InterviewState

from .home import Home
from .leaping_loop import LeapingLoop
from .virtual_time import NOON

__all__ = ["NAMES", "RESPONSE", "SIZE", "Neighbourhood", "played"]

SIZE = 1300
LONGEST = 3600.0
"""Seconds that an update may take, the patience of the server included."""

RESPONSE = "bridge/response/device/ota_update/update"
QUICK = {"ota": {"image_block_request_timeout": 60000, "image_block_response_delay": 50}}

NAMES = ("plug", "spare", "third", "bulb", "dozer")

DOZER = replace(REMOTE, sleep=Sleep(interval=5.0, awake=3.0, fast_interval=0.5))
"""It sleeps little: its parent keeps frames until it asks for them."""


class Neighbourhood(Home):
    """A home with more devices, whose time leaps."""

    versions = itertools.count(0x40000000)

    def __init__(self, folder: Path, house: House) -> None:
        self.time = asyncio.get_running_loop().time
        super().__init__(folder, QUICK, house=house)
        self.firmware = folder / "firmware"
        self.firmware.mkdir(exist_ok=True)

    def now(self) -> float:
        return NOON + self.time()

    async def start(self) -> None:
        await self.network.start(self.bridge)
        await self.network.wait_online()
        self.bridge.start()

    async def move_in(self) -> None:
        """Let the devices join, and do nothing for a while."""
        for name in NAMES:
            self.house.join(name)
        known = self.network.devices
        await self.wait(lambda: len(known) == len(NAMES))
        await self.wait(lambda: all(d.interview_state is InterviewState.SUCCESSFUL for d in known.values()))
        await asyncio.sleep(60)

    async def restart(self, away: float) -> Neighbourhood:
        """Stop the bridge; `away` seconds later there is another in the same house."""
        await self.stop()
        await asyncio.sleep(away)
        again = Neighbourhood(self.firmware.parent, self.house)
        await again.start()
        return again

    async def wait(self, condition: Callable[[], Any], glance: float = 1.0) -> None:
        end = self.time() + LONGEST
        while not condition():
            assert self.time() < end, "it takes too long"
            await asyncio.sleep(glance)

    def release(self, device: VirtualDevice) -> tuple[int, str]:
        """Put a newer image for a device into the data folder; returns its version and its place."""
        version, profile = next(self.versions), device.ota.profile
        path = self.firmware / f"{version:x}.ota"
        path.write_bytes(Firmware(profile.manufacturer_code, profile.image_type, version).image(SIZE))
        return version, f"firmware/{path.name}"

    def begin(self, device: VirtualDevice, **options: Any) -> int:
        """Ask for an update; returns the offered version, which is the transaction as well."""
        version, url = self.release(device)
        request = {"id": device.ieee, "url": url, "transaction": version, **options}
        self.say("bridge/request/device/ota_update/update", request)
        return version

    async def update(self, device: VirtualDevice, **options: Any) -> tuple[int, dict[str, Any]]:
        """Have a device updated; returns the offered version and the one response."""
        version = self.begin(device, **options)
        await self.wait(lambda: self.replies(version))
        (reply,) = self.replies(version)
        return version, reply

    def replies(self, transaction: int) -> list[dict[str, Any]]:
        return [answer for answer in self.sent.of(RESPONSE) if answer.get("transaction") == transaction]

    def repair(self, device: VirtualDevice) -> None:
        """Undo what faults left behind."""
        self.house.restore_power(device.name)
        device.ota.forget()

    def state(self, device: VirtualDevice) -> str | None:
        """Return the `update.state` that was published last, if any was."""
        states = self.sent.of(device.ieee)
        return states[-1].get("update", {}).get("state") if states else None


def neighbours(medium: Medium) -> House:
    """Build the house."""
    house = default_house(asyncio.get_running_loop().time)
    house.medium = medium
    house.add("third", xiaomi_plug, "0x00158d0001a2b3c6")
    house.add("dozer", lambda air, name, ieee: Remote(air, name, ieee, DOZER), "0x00158d0001a2b3f1")
    return house


def played(scene: Callable[[Neighbourhood], Awaitable[Neighbourhood]], folder: Path, medium: Medium) -> None:
    """Let something happen in a neighbourhood; no task is left of it.

    Args:
        scene: Gives the neighbourhood as it is in the end.
    """

    async def play() -> None:
        home = Neighbourhood(folder, neighbours(medium))
        try:
            await home.start()
            await home.move_in()
            before = len(asyncio.all_tasks())
            home = await scene(home)
            await asyncio.sleep(600)
            assert len(asyncio.all_tasks()) == before, asyncio.all_tasks()
        finally:
            await home.stop()

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(play())
