"""A hundred updates in the simulated house, with faults at every point: each ends updated, or with its true reason."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support.home import Home
from support.leaping_loop import LeapingLoop
from support.virtual_time import NOON

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.delivery import Medium
from zigwire.simulator.device import Sleep, VirtualDevice
from zigwire.simulator.ota_faults import Fault, Point, Resume, Trouble
from zigwire.simulator.ota_image import Firmware
from zigwire.simulator.plug import xiaomi_plug
from zigwire.simulator.remote import REMOTE, Remote
from zigwire.zcl.status import Status
from zigwire.zigbee.model import InterviewState

SIZE = 1300
LONGEST = 3600.0
"""Seconds that an update may take, the patience of the server included."""

QUICK = {"ota": {"image_block_request_timeout": 60000, "image_block_response_delay": 50}}

UPDATED = ""
UNHEARD = "Device didn't respond to OTA request"
SILENT = "did not start/finish firmware download after being notified"
MIDDLE = SIZE // 2

SEVERE = (
    (Fault(Point.NOTIFY, Trouble.SILENCE), UNHEARD),
    (Fault(Point.NOTIFY, Trouble.FAIL, status=Status.UNSUP_COMMAND), UNHEARD),
    (Fault(Point.QUERY, Trouble.LOSE_REQUEST, times=3), UNHEARD),
    (Fault(Point.QUERY, Trouble.SILENCE), UNHEARD),
    (Fault(Point.QUERY, Trouble.POWER_CUT), UNHEARD),
    (Fault(Point.BLOCK, Trouble.SILENCE), SILENT),
    (Fault(Point.BLOCK, Trouble.SILENCE, offset=MIDDLE), SILENT),
    (Fault(Point.BLOCK, Trouble.POWER_CUT, offset=MIDDLE), SILENT),
    (Fault(Point.PAGE, Trouble.POWER_CUT, offset=MIDDLE), SILENT),
    (Fault(Point.BLOCK, Trouble.FAIL, offset=MIDDLE, status=Status.ABORT), "failed with reason: .*ABORT"),
    (Fault(Point.PAGE, Trouble.FAIL, offset=MIDDLE, status=Status.ABORT), "failed with reason: .*ABORT"),
    (Fault(Point.END, Trouble.FAIL, status=Status.INVALID_IMAGE), "failed with reason: .*INVALID_IMAGE"),
    (Fault(Point.END, Trouble.FAIL, status=Status.REQUIRE_MORE_IMAGE), "failed with reason: .*REQUIRE_MORE_IMAGE"),
    (Fault(Point.END, Trouble.FAIL, status=Status.NOT_AUTHORIZED), "failed with reason: .*NOT_AUTHORIZED"),
    (Fault(Point.END, Trouble.POWER_CUT), SILENT),
    (Fault(Point.END, Trouble.SILENCE), SILENT),
)
"""Faults that an update does not survive, and what the user is told."""

MILD = (
    *(Fault(Point.QUERY, trouble) for trouble in (Trouble.LOSE_REQUEST, Trouble.LOSE_RESPONSE, Trouble.REPEAT)),
    Fault(Point.QUERY, Trouble.DELAY, seconds=20),
    Fault(Point.QUERY, Trouble.SILENCE, seconds=20),
    Fault(Point.QUERY, Trouble.POWER_CUT, seconds=10, resume=Resume.QUERY),
    *(
        Fault(Point.BLOCK, trouble, offset=offset, times=times)
        for trouble in (Trouble.LOSE_REQUEST, Trouble.LOSE_RESPONSE, Trouble.REPEAT, Trouble.ASK_AGAIN)
        for offset, times in ((0, 1), (MIDDLE, 3))
    ),
    *(
        Fault(Point.BLOCK, trouble, offset=MIDDLE, seconds=seconds)
        for trouble in (Trouble.DELAY, Trouble.SILENCE)
        for seconds in (5, 50)
    ),
    *(
        Fault(Point.BLOCK, Trouble.POWER_CUT, offset=offset, seconds=seconds, resume=resume)
        for resume in Resume
        for offset, seconds in ((0, 3), (MIDDLE, 20))
    ),
    *(Fault(Point.BLOCK, trouble, offset=MIDDLE) for trouble in (Trouble.FOREIGN, Trouble.BEYOND, Trouble.GREEDY)),
    Fault(Point.PAGE, Trouble.LOSE_REQUEST, offset=MIDDLE),
    Fault(Point.PAGE, Trouble.REPEAT, offset=MIDDLE),
    Fault(Point.PAGE, Trouble.DELAY, offset=MIDDLE, seconds=20),
    Fault(Point.PAGE, Trouble.POWER_CUT, offset=MIDDLE, seconds=20),
    *(
        Fault(Point.END, trouble, times=times)
        for trouble in (Trouble.LOSE_REQUEST, Trouble.LOSE_RESPONSE)
        for times in (1, 4)
    ),
    Fault(Point.END, Trouble.REPEAT),
    Fault(Point.END, Trouble.DELAY, seconds=20),
    Fault(Point.END, Trouble.POWER_CUT, seconds=20),
    Fault(Point.REBOOT, Trouble.DELAY, seconds=20),
    Fault(Point.REBOOT, Trouble.POWER_CUT, seconds=20),
)
"""Faults that an update survives."""


@dataclass(frozen=True)
class Case:
    """One update: what goes wrong, and what the user is told, nothing for one that succeeds."""

    faults: tuple[Fault, ...]
    error: str = UPDATED

    @property
    def by_pages(self) -> bool:
        """Whether the device asks for pages, which its faults need."""
        return any(fault.point is Point.PAGE for fault in self.faults)

    @property
    def name(self) -> str:
        """What goes wrong, in short."""
        return ", ".join(f"{fault.point} {fault.trouble}@{fault.offset}" for fault in self.faults)


def mixtures(count: int, seed: int = 11) -> list[Case]:
    """Several mild faults in one update."""
    chance = random.Random(seed)
    return [Case(tuple(chance.sample(MILD, chance.randint(2, 3)))) for _ in range(count)]


CASES = [
    *(Case((fault,), error) for fault, error in SEVERE),
    *(Case((fault,)) for fault in MILD),
    *mixtures(50),
]


DOZER = replace(REMOTE, sleep=Sleep(interval=5.0, awake=3.0, fast_interval=0.5))
"""It sleeps little: its parent keeps frames until it asks for them."""

NAMES = ("plug", "spare", "third", "bulb", "dozer")


class Neighbourhood(Home):
    """A home with more devices, whose time leaps."""

    def __init__(self, folder: Path, medium: Medium) -> None:
        self.time = asyncio.get_running_loop().time
        house = default_house(self.time)
        house.medium = medium
        house.add("third", xiaomi_plug, "0x00158d0001a2b3c6")
        house.add("dozer", lambda air, name, ieee: Remote(air, name, ieee, DOZER), "0x00158d0001a2b3f1")
        super().__init__(folder, QUICK, house=house)
        self.versions = itertools.count(0x40000000)
        self.firmware = folder / "firmware"
        self.firmware.mkdir()

    def now(self) -> float:
        return NOON + self.time()

    async def start(self) -> None:
        await self.network.start(self.bridge)
        await self.network.wait_online()
        self.bridge.start()
        for name in NAMES:
            self.house.join(name)
        known = self.network.devices
        await self.wait(lambda: len(known) == len(NAMES))
        await self.wait(lambda: all(d.interview_state is InterviewState.SUCCESSFUL for d in known.values()))

    async def wait(self, condition: Callable[[], Any]) -> None:
        end = self.time() + LONGEST
        while not condition():
            assert self.time() < end, "it takes too long"
            await asyncio.sleep(1)

    def release(self, device: VirtualDevice) -> tuple[int, str]:
        """Put a newer image for a device into the data folder; returns its version and its place."""
        version, profile = next(self.versions), device.ota.profile
        path = self.firmware / f"{version:x}.ota"
        path.write_bytes(Firmware(profile.manufacturer_code, profile.image_type, version).image(SIZE))
        return version, f"firmware/{path.name}"

    async def update(self, device: VirtualDevice) -> tuple[int, dict[str, Any]]:
        """Ask for an update; returns the offered version and the one response."""
        version, url = self.release(device)
        request = {"id": device.ieee, "url": url, "transaction": version}
        self.say("bridge/request/device/ota_update/update", request)
        await self.wait(lambda: self.replies(version))
        (reply,) = self.replies(version)
        return version, reply

    def replies(self, transaction: int) -> list[dict[str, Any]]:
        answers = self.sent.of("bridge/response/device/ota_update/update")
        return [answer for answer in answers if answer.get("transaction") == transaction]

    def repair(self, device: VirtualDevice) -> None:
        """Undo what faults left behind."""
        self.house.restore_power(device.name)
        device.ota.forget()

    def state(self, device: VirtualDevice) -> str:
        return self.sent.of(device.ieee)[-1]["update"]["state"]


def played(scene: Callable[[Neighbourhood], Awaitable[None]], folder: Path, medium: Medium) -> None:
    """Let something happen in a neighbourhood; no task is left of it."""

    async def play() -> None:
        home = Neighbourhood(folder, medium)
        await home.start()
        try:
            await asyncio.sleep(60)
            before = len(asyncio.all_tasks())
            await scene(home)
            await asyncio.sleep(600)
            assert len(asyncio.all_tasks()) == before, asyncio.all_tasks()
        finally:
            await home.stop()

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(play())


async def carry_out(home: Neighbourhood, device: VirtualDevice, case: Case) -> list[Any]:
    """Update a device with these faults; returns what is not as it is to be."""
    client, usual = device.ota, device.ota.profile
    client.profile = replace(usual, page_size=300 if case.by_pages else 0)
    client.faults.left.extend(case.faults)
    version, reply = await home.update(device)
    wrong: list[Any] = list(client.violations)
    if client.faults.left and len(case.faults) == 1 and not home.house.medium.loss:
        wrong.append(f"did not come about: {client.faults.left}")
    if (client.file_version == version) is bool(case.error):
        wrong.append(f"the device ended with {client.file_version:#x}, {client.result}")
    if bool(case.error) is (reply["status"] == "ok") or not re.search(case.error, reply.get("error", "")):
        wrong.append(reply)
    if home.state(device) != ("available" if case.error else "idle"):
        wrong.append(f"the state is {home.state(device)}")
    client.profile = usual
    home.repair(device)
    return wrong


async def carry_out_all(home: Neighbourhood, cases: list[Case]) -> None:
    """Let the devices have the cases in turn, each its next one as soon as it is through with the last."""
    wrong: dict[str, list[Any]] = {}
    queue = deque(cases)

    async def work(device: VirtualDevice) -> None:
        while queue:
            case = queue.popleft()
            faults = await carry_out(home, device, case)
            if faults:
                wrong[f"{device.name}: {case.name}"] = faults

    await asyncio.gather(*(work(home.house.device(name)) for name in NAMES))
    for name in NAMES:
        assert not await carry_out(home, home.house.device(name), Case(()))
    assert not wrong, f"{len(wrong)} of {len(cases)}: {wrong}"


def test_each_update_ends_as_its_faults_imply(tmp_path):
    assert len(CASES) >= 100
    played(lambda home: carry_out_all(home, CASES), tmp_path, Medium(delay=0.01))


def test_where_a_tenth_of_all_frames_is_lost_updates_end_well(tmp_path):
    played(lambda home: carry_out_all(home, CASES[len(SEVERE) :]), tmp_path, Medium(delay=0.01, loss=0.1, seed=3))


async def wake_the_sleeper(home: Neighbourhood) -> None:
    """A device that can't be notified gets what is scheduled when it asks, though it falls asleep in the middle."""
    home.house.join("remote")
    remote = home.house.device("remote")
    await home.wait(lambda: remote.ieee in home.network.devices)
    await asyncio.sleep(60)
    version, url = home.release(remote)
    home.say("bridge/request/device/ota_update/schedule", {"id": remote.ieee, "url": url})
    await asyncio.sleep(1000)
    assert home.state(remote) == "scheduled"
    remote.ota.faults.left.append(Fault(Point.BLOCK, Trouble.SILENCE, offset=MIDDLE, seconds=30))
    home.house.ask_firmware("remote")
    await home.wait(lambda: remote.ota.file_version == version)
    await home.wait(lambda: home.state(remote) == "idle")
    assert remote.ota.violations == []


def test_a_sleeper_is_updated_when_it_asks(tmp_path):
    played(wake_the_sleeper, tmp_path, Medium(delay=0.01))
