"""A hundred updates in the simulated house, with faults at every point: each ends updated, or with its true reason."""

from __future__ import annotations

import asyncio
import random
import re
from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from support.neighbourhood import NAMES, RESPONSE, SIZE, Neighbourhood, played

from zigwire.simulator.delivery import Medium
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.ota_faults import Fault, Point, Resume, Trouble
from zigwire.zcl.status import Status

UPDATED = ""
UNHEARD = "Device didn't respond to OTA request"
SILENT = "did not start/finish firmware download after being notified"
LOST = f"{UNHEARD}|{SILENT}"
"""What else may be true where frames get lost by chance."""

MIDDLE = SIZE // 2

SEVERE = (
    (Fault(Point.NOTIFY, Trouble.SILENCE, times=3), UNHEARD),
    (Fault(Point.NOTIFY, Trouble.FAIL, status=Status.UNSUP_COMMAND), UNHEARD),
    (Fault(Point.QUERY, Trouble.LOSE_REQUEST, times=9), UNHEARD),
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
    Fault(Point.NOTIFY, Trouble.SILENCE, times=2),
    Fault(Point.QUERY, Trouble.LOSE_REQUEST, times=3),
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


async def carry_out(home: Neighbourhood, device: VirtualDevice, case: Case) -> list[Any]:
    """Update a device with these faults; returns what is not as it is to be."""
    client, usual = device.ota, device.ota.profile
    client.profile = replace(usual, page_size=300 if case.by_pages else 0)
    client.faults.left.extend(case.faults)
    version, reply = await home.update(device)
    wrong: list[Any] = list(client.violations)
    error = case.error
    if home.house.medium.loss and re.search(LOST, reply.get("error", "")):
        error = LOST
    if client.faults.left and len(case.faults) == 1 and not home.house.medium.loss:
        wrong.append(f"did not come about: {client.faults.left}")
    if (client.file_version == version) is bool(error):
        wrong.append(f"the device ended with {client.file_version:#x}, {client.result}")
    if bool(error) is (reply["status"] == "ok") or not re.search(error, reply.get("error", "")):
        wrong.append(reply)
    if home.state(device) != ("available" if error else "idle"):
        wrong.append(f"the state is {home.state(device)}")
    client.profile = usual
    home.repair(device)
    return wrong


async def carry_out_all(home: Neighbourhood, cases: list[Case]) -> Neighbourhood:
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
    answered = [answer["transaction"] for answer in home.sent.of(RESPONSE)]
    assert len(answered) == len(set(answered)) == len(cases) + len(NAMES), "each request has one answer"
    return home


def test_each_update_ends_as_its_faults_imply(tmp_path):
    assert len(CASES) >= 100
    played(lambda home: carry_out_all(home, CASES), tmp_path, Medium(delay=0.01))


async def carry_out_most(home: Neighbourhood) -> Neighbourhood:
    """Where even repeated frames get lost now and then, few updates come to nothing because of that."""
    cases = CASES[len(SEVERE) :]
    await carry_out_all(home, cases)
    lost = [answer for answer in home.sent.of(RESPONSE) if answer["status"] == "error"]
    assert len(lost) <= len(cases) // 20, f"{len(lost)} of {len(cases)}"
    return home


def test_where_a_tenth_of_all_frames_is_lost_updates_end_well(tmp_path):
    played(carry_out_most, tmp_path, Medium(delay=0.01, loss=0.1, seed=3))
