"""Firmware updates with the real program: interrupted in the middle, they go on where they were."""

import struct
from collections import Counter

import pytest
from support.waiting import until

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.ota_flash import UpgradeStatus
from zigwire.simulator.ota_frames import BLOCK_RESPONSE, OTA
from zigwire.simulator.ota_image import Firmware

SIZE = 2000
VERSION = 0x11
PATIENCE = 60.0
RESPONSE = "bridge/response/device/ota_update/update"


class Course:
    """An update of the plug, as its air shows it."""

    def __init__(self, world, ieee):
        self.world = world
        self.ieee = ieee
        self.plug = world.house.device("plug")
        self.sent = Counter()
        self.image = Firmware(0x115F, 1, VERSION, "1.1", "20260101").image(SIZE)
        world.house.overhear(self.hear)

    def hear(self, frame):
        """Count the blocks that the coordinator sends, by their place."""
        if frame.cluster != OTA or not frame.destination_endpoint:
            return
        zcl = ZclFrame.parse(frame.data)
        if zcl.cluster_specific and zcl.command == BLOCK_RESPONSE and zcl.payload[0] == 0:
            self.sent[struct.unpack_from("<I", zcl.payload, 9)[0]] += 1

    @property
    def repeated(self):
        return sum(count - 1 for count in self.sent.values())

    def begin(self):
        """Start the update; returns the place in what is heard from then on."""
        path = self.world.data / "plug.ota"
        path.write_bytes(self.image)
        return self.world.ear.say("bridge/request/device/ota_update/update", {"id": self.ieee, "url": path.name})

    async def reaches(self, offset):
        """Wait until the device has so many bytes."""
        await until(lambda: self.plug.ota.offset >= offset, PATIENCE)

    async def start(self):
        """Start the bridge; returns the place in what is heard from then on."""
        place = len(self.world.ear.heard)
        await self.world.bridge.start()
        return place

    async def end(self, place):
        """Wait until the device runs its new firmware, and the bridge says so."""
        await until(lambda: self.plug.ota.file_version == VERSION, PATIENCE)
        done = {"state": "idle", "installed_version": VERSION, "latest_version": VERSION}
        await self.world.ear.wait(
            self.ieee, lambda state: state and state.get("update") and done.items() <= state["update"].items(), place
        )
        client = self.plug.ota
        assert (client.received, client.violations, client.status) == (self.image, [], UpgradeStatus.NORMAL)


@pytest.fixture
async def course(make_world):
    world = await make_world(default_house(), ota={"image_block_response_delay": 50})
    await world.bridge.start()
    return Course(world, await world.pair("plug"))


async def test_killed_and_killed_again_it_goes_on_where_it_was(course):
    course.begin()
    await course.reaches(500)
    await course.world.bridge.kill()
    await course.start()
    await course.reaches(1000)
    await course.world.bridge.kill()
    course.world.house.cut_power("plug")
    place = await course.start()
    course.world.house.restore_power("plug")
    await course.end(place)
    assert course.repeated <= 2, "one block for each interruption"


async def test_stopped_in_the_middle_it_goes_on_after_the_next_start(course):
    place = course.begin()
    await course.reaches(1000)
    assert await course.world.bridge.stop() == 0
    reply = await course.world.ear.wait(RESPONSE, since=place)
    assert (reply["status"], "goes on" in reply["error"]) == ("error", True)
    await course.end(await course.start())
    assert course.repeated <= 1


async def test_the_coordinator_is_unplugged_in_the_middle(course):
    place = course.begin()
    await course.reaches(1000)
    course.world.house.lose_radio()
    await course.end(place)
    reply = await course.world.ear.wait(RESPONSE, since=place)
    assert (reply["status"], reply["data"]["to"]["file_version"]) == ("ok", VERSION)
    assert course.repeated <= 1
