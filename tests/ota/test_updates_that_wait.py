"""Updates that wait: for a sleeper, for others to be through, for a bridge that is away."""

from __future__ import annotations

import asyncio
import random
import struct
from collections import Counter
from dataclasses import replace
from functools import partial

from support.neighbourhood import NAMES, SIZE, Neighbourhood, played

from zigwire.simulator.delivery import Medium
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.ota_faults import Fault, Point, Trouble
from zigwire.simulator.ota_flash import UpgradeStatus
from zigwire.simulator.ota_frames import BLOCK_RESPONSE, OTA
from zigwire.zigbee.radio import ApsFrame

HURRIED = {"image_block_request_timeout": 5000, "image_block_response_delay": 500}
AIR = Medium(delay=0.01)
RESTARTED = 20


async def wake_the_sleeper(home: Neighbourhood) -> Neighbourhood:
    """A device that can't be notified gets what is scheduled when it asks, though it falls asleep in the middle."""
    home.house.join("remote")
    remote = home.house.device("remote")
    await home.wait(lambda: remote.ieee in home.network.devices)
    await asyncio.sleep(60)
    version, url = home.release(remote)
    home.say("bridge/request/device/ota_update/schedule", {"id": remote.ieee, "url": url})
    await asyncio.sleep(1000)
    assert home.state(remote) == "scheduled"
    remote.ota.faults.left.append(Fault(Point.BLOCK, Trouble.SILENCE, offset=SIZE // 2, seconds=30))
    home.house.ask_firmware("remote")
    await home.wait(lambda: remote.ota.file_version == version)
    await home.wait(lambda: home.state(remote) == "idle")
    assert remote.ota.violations == []
    return home


def test_a_sleeper_is_updated_when_it_asks(tmp_path):
    played(wake_the_sleeper, tmp_path, AIR)


async def all_at_once(home: Neighbourhood) -> Neighbourhood:
    """More devices than may download at the same time wait in line, though the server has little patience."""
    replies = await asyncio.gather(*(home.update(home.house.device(name), **HURRIED) for name in NAMES))
    assert [reply["status"] for _, reply in replies] == ["ok"] * len(NAMES), replies
    return home


def test_updates_that_wait_for_others_do_not_run_out_of_time(tmp_path):
    played(all_at_once, tmp_path, AIR)


def count_blocks(home: Neighbourhood, device: VirtualDevice) -> Counter[int]:
    """Count what is sent to a device from now on, by offset."""
    sent: Counter[int] = Counter()

    def hear(frame: ApsFrame) -> None:
        if frame.cluster != OTA or frame.destination != device.node.network_address:
            return
        zcl = ZclFrame.parse(frame.data)
        if zcl.cluster_specific and zcl.command == BLOCK_RESPONSE and not zcl.payload[0]:
            sent[struct.unpack_from("<I", zcl.payload, 9)[0]] += 1

    home.house.on_air = hear
    return sent


def has(device: VirtualDevice, version: int, offset: int) -> bool:
    """Tell whether a device has so many bytes, or runs them already."""
    return device.ota.offset >= offset or device.ota.file_version == version


def is_through(home: Neighbourhood, device: VirtualDevice) -> bool:
    """Tell whether neither the bridge nor the device is about an update any more."""
    return home.state(device) == "idle" and device.ota.status is UpgradeStatus.NORMAL


async def restart_at_any_point(home: Neighbourhood) -> Neighbourhood:
    """Wherever the bridge stops, the next one goes on with one block repeated at most."""
    chance = random.Random(5)
    for _ in range(RESTARTED):
        device = home.house.device(chance.choice(NAMES))
        device.ota.profile = replace(device.ota.profile, page_size=0)
        sent = count_blocks(home, device)
        version = home.begin(device)
        restarts = sorted(chance.sample(range(1, SIZE), chance.randint(1, 3)))
        for offset in restarts:
            await home.wait(partial(has, device, version, offset), 0.02)
            home = await home.restart(chance.choice((0.1, 5, 30)))
        await home.wait(partial(is_through, home, device))
        assert (device.ota.file_version, device.ota.violations) == (version, [])
        assert sum(count - 1 for count in sent.values()) <= len(restarts), f"{restarts}: {sent}"
    return home


def test_a_restart_at_any_point_repeats_no_more_than_a_block(tmp_path):
    played(restart_at_any_point, tmp_path, AIR)
