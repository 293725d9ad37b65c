"""Updates on a simulated network: notification, offer, blocks, and what gets in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.downloads import query
from support.radio import PARAMETERS, Ears
from support.waiting import until

from zigwire.ota import replies, session, transfer
from zigwire.ota.errors import AbortedError, OtaError
from zigwire.ota.image import Image
from zigwire.ota.seats import Seats
from zigwire.ota.server import Query, Server
from zigwire.ota.values import Pace, Progress
from zigwire.simulator.bulb import ikea_bulb
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.house import House
from zigwire.simulator.ota import OtaClient
from zigwire.simulator.ota_faults import Fault, Point, Resume, Trouble
from zigwire.simulator.ota_image import Firmware
from zigwire.simulator.plug import xiaomi_plug
from zigwire.simulator.radio import SimulatedRadio
from zigwire.storage import Database
from zigwire.zcl.requests import Command
from zigwire.zigbee import requests, supervise, zdo
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, DeviceType, Endpoint, InterviewState
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import ApsFrame

PACE = Pace(patience=5.0, delay=0.01)
ON = Command(endpoint=1, cluster="genOnOff", command="on")
MAKERS = {"plug": xiaomi_plug, "spare": xiaomi_plug, "bulb": ikea_bulb}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take waits out that only cost time."""
    monkeypatch.setattr(requests, "_SEARCH_TIMEOUT", 0.05)
    monkeypatch.setattr(requests, "_PAUSE", 0)
    monkeypatch.setattr(supervise.Backoff, "next", lambda _: 0)
    monkeypatch.setattr(session, "_GLANCE", 0.02)
    monkeypatch.setattr(transfer, "_SOON", 0.3)
    monkeypatch.setattr(transfer, "_APPLYING", 1.0)
    monkeypatch.setattr(replies, "_UPGRADE_IN", 0)


class Home(Ears):
    """A network with devices that update themselves, and the server."""

    def __init__(self, database: Database, **options: Any) -> None:
        super().__init__()
        self.house = House()
        self.air: list[ApsFrame] = []
        self.house.on_air = self.air.append
        self.network = Network(lambda: SimulatedRadio(self.house), database, parameters=PARAMETERS, **options)
        self.queries: list[Query] = []
        self.server = Server(self.network, self.queries.append)
        self.progress: list[Progress] = []

    def message_received(self, device: Device, endpoint: int, message: Any) -> None:
        self.server.received(device, endpoint, message)

    def device_announced(self, device: Device) -> None:
        self.server.announced(device)

    def device_left(self, device: Device) -> None:
        self.server.forget(device.ieee)

    async def let_in(self, *names: str) -> None:
        for name in names:
            device = self.house.add(name, MAKERS[name], f"0x00158d0001a2b3{len(self.house.devices):02x}")
            client = self.client(name)
            client.profile = replace(client.profile, think=0.0, retry=0.2, reboot=0.05, response_spacing=0.0)
            self.house.join(name)
            await until(lambda device=device: self.is_ready(device.ieee))

    def is_ready(self, ieee: str) -> bool:
        device = self.network.devices.get(ieee)
        return device is not None and device.interview_state is InterviewState.SUCCESSFUL

    def virtual(self, name: str) -> VirtualDevice:
        return self.house.device(name)

    def known(self, name: str) -> Device:
        return self.network.devices[self.virtual(name).ieee]

    def client(self, name: str) -> OtaClient:
        client = self.virtual(name).ota
        assert client is not None
        return client

    def image(self, name: str = "plug", size: int = 600, **changes: Any) -> Image:
        profile = self.client(name).profile
        fields = {
            "manufacturer_code": profile.manufacturer_code,
            "image_type": profile.image_type,
            "file_version": profile.file_version + 1,
            **changes,
        }
        return Image.parse(Firmware(**fields).image(size))

    async def update(self, name: str = "plug", image: Image | None = None, pace: Pace = PACE) -> None:
        device = self.known(name)
        query = await self.server.notify(device)
        await self.server.update(device, image or self.image(name), pace, query=query, said=self.progress.append)

    def blocks(self) -> list[ApsFrame]:
        """Blocks on the air."""
        return [frame for frame in self.air if frame.source == 0 and is_block(frame)]

    def requests(self, command: int) -> list[ApsFrame]:
        """What devices asked for."""
        return [frame for frame in self.air if frame.source and frame.cluster == 0x0019 and frame.data[2] == command]

    def has_refused(self) -> bool:
        """Whether a query was answered with NO_IMAGE_AVAILABLE."""
        return any(
            frame.source == 0 and frame.cluster == 0x0019 and frame.data[2:] == b"\x02\x98" for frame in self.air
        )

    def is_updated(self, name: str = "plug") -> bool:
        client = self.client(name)
        return client.violations == [] and client.file_version == client.profile.file_version + 1


def is_block(frame: ApsFrame) -> bool:
    return frame.cluster == 0x0019 and frame.data[2] == 5


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    with Database(tmp_path / "zigwire.db") as database:
        home = Home(database)
        await home.network.start(home)
        await home.network.wait_online()
        await home.let_in("plug")
        try:
            yield home
        finally:
            home.server.stop()
            await home.network.stop()


async def begun(home: Home, count: int, **arguments: Any) -> asyncio.Task[None]:
    """Begin an update, and return it when so many blocks were on the air."""
    task = asyncio.create_task(home.update(**arguments))
    await until(lambda: len(home.blocks()) >= count or task.done())
    return task


# The usual way


async def test_a_device_that_is_notified_tells_what_it_runs(home: Home):
    query = await home.server.notify(home.known("plug"))
    assert (query.current.manufacturer_code, query.current.image_type, query.current.file_version) == (0x115F, 1, 16)
    await home.server.refuse(query)
    await until(home.has_refused)


async def test_a_device_gets_its_image_and_runs_it(home: Home):
    await home.update()
    assert home.is_updated()
    offsets = [progress.offset for progress in home.progress]
    assert offsets == sorted(offsets)
    assert (home.progress[0].offset, home.progress[-1]) == (0, Progress(600, 600, 0.0))


async def test_a_device_that_asks_for_pages_gets_them(home: Home):
    await home.let_in("bulb")
    await home.update("bulb", home.image("bulb", 2000))
    assert home.is_updated("bulb")
    assert home.requests(4)
    assert not home.requests(3)


async def test_a_device_may_ask_by_itself(home: Home):
    home.client("plug").query()
    await until(lambda: home.queries)
    device = home.known("plug")
    await home.server.update(device, home.image(), PACE, query=home.queries[0], said=home.progress.append)
    assert home.is_updated()


async def test_the_query_that_was_asked_last_is_answered(home: Home):
    client = home.client("plug")
    client.query()
    await until(lambda: len(home.queries) > 1)
    client.violations.clear()
    update = home.server.update(home.known("plug"), home.image(), PACE, query=home.queries[0], said=lambda _: None)
    await update
    assert home.is_updated()


async def test_there_are_no_files_for_one_device_alone(home: Home):
    frame = bytes([0x01, 77, 0x08]) + bytes(8) + bytes.fromhex("5f11c0ff100000000200")
    plug = home.virtual("plug")
    home.network.frame_received(ApsFrame(plug.node.network_address, 1, 0, 1, 0x0104, 0x0019, frame))
    await until(lambda: any(f.source == 0 and f.data[1:] == bytes([77, 0x09, 0x98]) for f in home.air))


# What does not begin


async def test_a_device_that_does_not_ask_is_reported_with_the_cause(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("zigwire.ota.server._ANSWER_TIMEOUT", 0.1)
    home.client("plug").faults.left.append(Fault(Point.NOTIFY, Trouble.SILENCE))
    with pytest.raises(OtaError, match=r"^Device didn't respond to OTA request$") as caught:
        await home.server.notify(home.known("plug"))
    assert caught.value.detail == "it was silent for 0.1 s"


async def test_a_device_that_does_not_ask_is_notified_again(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("zigwire.ota.server._REMINDING", 0.05)
    home.client("plug").faults.left.append(Fault(Point.NOTIFY, Trouble.SILENCE, times=2))
    query = await home.server.notify(home.known("plug"))
    assert query.current.file_version == home.client("plug").file_version
    notified = [frame for frame in home.air if frame.source == 0 and frame.cluster == 0x0019 and frame.data[2] == 0]
    assert len(notified) >= 3


async def test_a_device_that_refuses_to_ask_is_not_waited_for(home: Home):
    home.client("plug").faults.left.append(Fault(Point.NOTIFY, Trouble.FAIL, status=0x81))
    with pytest.raises(OtaError) as caught:
        await home.server.notify(home.known("plug"))
    assert caught.value.detail == "it answered UNSUP_COMMAND"


async def test_a_device_out_of_reach_is_not_waited_for(home: Home):
    home.virtual("plug").online = False
    with pytest.raises(OtaError) as caught:
        await home.server.notify(home.known("plug"))
    assert caught.value.detail == "the device can't be reached (MAC_NO_ACK)"


async def test_a_device_without_the_cluster_can_t_be_updated(home: Home):
    device = Device("0x01", 0x1234, endpoints={1: Endpoint(1)})
    with pytest.raises(OtaError, match="No endpoint found with OTA cluster support for 0x01"):
        await home.server.notify(device)


async def test_an_image_for_other_devices_is_not_offered(home: Home):
    with pytest.raises(OtaError, match="image type of the image 0x0002, of the device 0x0001"):
        await home.update(image=home.image(image_type=2))
    await until(home.has_refused)
    assert home.blocks() == []


async def test_a_device_is_updated_once_at_a_time(home: Home):
    task = await begun(home, 2)
    with pytest.raises(OtaError, match="already in progress"):
        await home.server.update(home.known("plug"), home.image(), PACE, query=None, said=lambda _: None)
    await task


# What comes in between


@pytest.mark.parametrize("resume", list(Resume))
async def test_a_power_cut_is_got_over(home: Home, resume: Resume):
    cut = Fault(Point.BLOCK, Trouble.POWER_CUT, offset=300, seconds=0.05, resume=resume)
    home.client("plug").faults.left.append(cut)
    await home.update()
    assert home.is_updated()


async def test_the_end_is_answered_until_the_device_hears_it(home: Home):
    home.client("plug").faults.left.append(Fault(Point.END, Trouble.LOSE_RESPONSE, times=2))
    await home.update()
    assert home.is_updated()


async def test_a_device_that_refuses_the_image_says_why(home: Home):
    home.client("plug").faults.left.append(Fault(Point.END, Trouble.FAIL, status=0x96))
    with pytest.raises(OtaError, match="failed with reason: INVALID_IMAGE"):
        await home.update()
    assert home.client("plug").violations == []


async def test_blocks_that_get_lost_follow_again(home: Home):
    home.house.medium.loss = 0.3
    await home.update()
    assert home.is_updated()


async def test_the_radio_may_be_lost_in_the_middle(home: Home):
    task = await begun(home, 4)
    home.house.lose_radio()
    await task
    assert home.is_updated()


async def test_after_a_restart_the_device_goes_on_where_it_was(home: Home):
    task = await begun(home, 4)
    task.cancel()
    await asyncio.wait({task})
    home.server.stop()
    home.server = Server(home.network, home.queries.append)
    await home.server.update(home.known("plug"), home.image(), PACE, query=None, said=home.progress.append)
    assert home.is_updated()
    assert len(home.blocks()) <= 600 / 50 + 1


async def test_after_a_restart_a_device_that_gave_up_is_notified(home: Home):
    image = home.image()
    await home.server.update(home.known("plug"), image, PACE, query=None, said=home.progress.append)
    assert home.is_updated()


async def test_an_update_ends_at_once_when_the_user_says_so(home: Home):
    task = await begun(home, 3)
    assert home.server.is_updating(home.known("plug"))
    assert home.server.abort(home.known("plug"))
    with pytest.raises(AbortedError):
        await task
    await until(lambda: home.client("plug").result == "aborted by the server")
    assert not home.server.is_updating(home.known("plug"))
    assert not home.server.abort(home.known("plug"))


async def test_an_update_ends_when_the_device_is_removed(home: Home):
    task = await begun(home, 3)
    await home.network.remove(home.known("plug"), force=True)
    with pytest.raises(OtaError, match="left the network"):
        await task


async def test_a_download_that_nobody_wants_is_ended(home: Home):
    task = await begun(home, 3)
    task.cancel()
    await asyncio.wait({task})
    home.server._resuming_ends = 0.0
    await until(lambda: home.client("plug").result == "aborted by the server")


async def test_a_download_is_not_ended_as_long_as_it_may_be_resumed(home: Home):
    task = await begun(home, 3)
    task.cancel()
    await asyncio.wait({task})
    asked = len(home.requests(3))
    await until(lambda: len(home.requests(3)) > asked + 1)
    assert home.client("plug").download is not None


# Together with others


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[Home]:
    """A home whose radio sends one frame at a time."""
    with Database(tmp_path / "narrow.db") as database:
        home = Home(database, concurrent=1)
        home.house.medium.delay = 0.005
        await home.network.start(home)
        await home.network.wait_online()
        await home.let_in("plug", "spare")
        try:
            yield home
        finally:
            home.server.stop()
            await home.network.stop()


async def test_a_user_s_command_goes_before_the_next_block(narrow: Home):
    task = await begun(narrow, 3, image=narrow.image(size=5000), pace=Pace(delay=0.0))
    for name in ("plug", "spare", "plug", "spare"):
        here = len(narrow.air)
        await narrow.network.request(narrow.known(name), ON)
        frames = [frame for frame in narrow.air[here:] if frame.source == 0]
        assert frames[0].cluster == 0x0006
        before = len(narrow.blocks())
        await until(lambda before=before: len(narrow.blocks()) > before)
    task.cancel()
    await asyncio.wait({task})


async def test_what_users_want_goes_before_bulk_that_has_waited_longer(narrow: Home):
    here, air = len(narrow.air), narrow.network._requests._air
    response = replies.no_image(query()).request(1)
    async with asyncio.TaskGroup() as group, air.turn(0):
        group.create_task(narrow.network.answer(narrow.known("plug"), query(), response, priority="bulk"))
        await until(lambda: len(air._waiting) == 1)
        group.create_task(narrow.network.request(narrow.known("spare"), ON))
        await until(lambda: len(air._waiting) == 2)
    assert [frame.cluster for frame in narrow.air[here:] if frame.source == 0] == [0x0006, 0x0019]


async def test_users_who_never_stop_do_not_stop_an_update(narrow: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(requests, "_YIELDING", 0.05)

    async def never_stop() -> None:
        while True:
            async with narrow.network._requests._air.turn(0):
                await asyncio.sleep(0.005)

    task = await begun(narrow, 3)
    users = [asyncio.create_task(never_stop()) for _ in range(3)]
    here = len(narrow.blocks())
    await until(lambda: len(narrow.blocks()) > here + 2)
    for user in users:
        user.cancel()
    await task
    assert narrow.is_updated()


async def test_blocks_wait_while_something_is_asked_of_the_device_but_not_for_ever(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(requests, "_YIELDING", 0.15)
    loop = asyncio.get_running_loop()
    task = await begun(home, 3)
    async with home.network._requests._lane(home.known("plug"), "user"):
        here, since = len(home.blocks()), loop.time()
        await until(lambda: len(home.blocks()) > here + 1)
        assert loop.time() - since > 0.15
    await task


async def test_updates_wait_for_a_seat_and_all_have_their_turn(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transfer, "WAIT", 0)
    monkeypatch.setattr(transfer, "_ECHO", 0.01)
    home.server._seats = Seats(1)
    await home.let_in("spare")
    first = await begun(home, 2, image=home.image(size=1500))
    second = asyncio.create_task(home.update("spare"))
    await until(lambda: any(is_wait(frame) for frame in home.air))
    assert not first.done()
    await asyncio.gather(first, second)
    assert home.is_updated("plug")
    assert home.is_updated("spare")


def is_wait(frame: ApsFrame) -> bool:
    return frame.source == 0 and is_block(frame) and frame.data[3] == 0x97


async def test_a_router_is_known_as_the_parent_of_its_children(home: Home):
    router, child = home.known("plug"), Device("0x0000000000000001", 0x1111, DeviceType.END_DEVICE)
    home.network._membership.devices.add(child)
    entry = zdo.Neighbor(0, child.ieee, child.network_address, 0b0_001_00_10, 0, 1, 200)
    told = zdo.LqiResponse(0, 1, 0, (entry,))
    home.network.frame_received(ApsFrame(router.network_address, 0, 0, 0, 0, told.cluster, zdo.encode(told, 1)))
    assert child.parent == router.ieee


async def test_a_device_that_joins_at_a_router_is_its_child(home: Home):
    router, ieee = home.known("plug"), "0x0000000000000001"
    home.network.device_joined(ieee, 0x1111, router.network_address)
    assert home.network.devices[ieee].parent == router.ieee
    home.network.device_joined(ieee, 0x1111, 0)
    assert home.network.devices[ieee].parent is None


async def test_without_a_radio_nobody_is_asked(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervise.Backoff, "next", lambda _: 60)
    home.house.lose_radio()
    with pytest.raises(OtaError) as caught:
        await home.server.notify(home.known("plug"))
    assert isinstance(caught.value.__cause__, RequestError)
