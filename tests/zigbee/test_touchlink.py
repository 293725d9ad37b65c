"""Touchlink on a simulated coordinator: who is found, what they do, and that the network's channel is restored."""

import asyncio

import pytest

from zigwire.simulator.house import House
from zigwire.simulator.inter_pan import SimulatedInterPan
from zigwire.simulator.touchlink import TouchlinkTarget
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.radio import RadioError
from zigwire.zigbee.touchlink import CHANNELS, Found, Touchlink

NEAR, FAR = "0x0017880100000001", "0x0017880100000002"


class Air(SimulatedInterPan):
    """Notes where it was; may fail."""

    def __init__(self, house):
        super().__init__(house)
        self.channels = []
        self.restored = 0
        self.fails_on = None

    async def tune(self, channel, heard):
        self.channels.append(channel)
        await super().tune(channel, heard)

    async def send(self, frame):
        if self._house.tuned == self.fails_on:
            raise RadioError("busy")
        await super().send(frame)

    async def restore(self):
        self.restored += 1
        await super().restore()


@pytest.fixture
def house():
    house = House()
    house.touchlink += [TouchlinkTarget(NEAR, 15), TouchlinkTarget(FAR, 26)]
    return house


@pytest.fixture
def air(house):
    return Air(house)


@pytest.fixture
def touchlink(air):
    return Touchlink(lambda: air, answers=0.005, blinks=0)


async def test_all_channels_are_scanned(house, air, touchlink):
    assert await touchlink.scan() == [Found(NEAR, 15), Found(FAR, 26)]
    assert tuple(air.channels) == CHANNELS
    assert (air.restored, house.tuned) == (1, None)


async def test_nobody_is_there(house, touchlink):
    house.touchlink.clear()
    assert await touchlink.scan() == []


async def test_a_channel_that_can_not_be_sent_on_is_left_out(air, touchlink):
    air.fails_on = 15
    assert await touchlink.scan() == [Found(FAR, 26)]


async def test_a_device_blinks(house, touchlink):
    await touchlink.identify(NEAR, 15)
    assert [(one.identified, one.resets) for one in house.touchlink] == [(1, 0), (0, 0)]


async def test_a_device_is_reset(house, touchlink):
    await touchlink.reset(FAR, 26)
    assert [(one.identified, one.resets) for one in house.touchlink] == [(0, 0), (1, 1)]


async def test_the_first_that_answers_is_reset(house, air, touchlink):
    assert await touchlink.reset_first() == Found(NEAR, 15)
    assert [one.resets for one in house.touchlink] == [1, 0]
    assert air.channels == [11, 15]
    house.touchlink.clear()
    assert await touchlink.reset_first() is None


async def test_who_does_not_answer_is_left_alone(house, air, touchlink):
    with pytest.raises(RequestError, match=f"{NEAR} does not answer on channel 26"):
        await touchlink.reset(NEAR, 26)
    assert [one.resets for one in house.touchlink] == [0, 0]
    assert (air.restored, house.tuned) == (1, None)


async def test_one_at_a_time(touchlink):
    async with touchlink.air():
        with pytest.raises(RequestError, match="Touchlink operation already in progress"):
            await touchlink.scan()
    assert await touchlink.scan()


async def test_the_channel_is_restored_after_a_failure(house, touchlink):
    async def work():
        async with touchlink.air() as air:
            await air.tune(11, lambda _frame: None)
            raise RadioError("gone")

    with pytest.raises(RequestError, match="can't do it: gone"):
        await work()
    assert house.tuned is None


async def test_a_radio_that_can_not_come_back_is_told(air, touchlink, caplog, monkeypatch):
    async def stuck():
        raise RadioError("it is stuck")

    monkeypatch.setattr(air, "restore", stuck)
    await touchlink.identify(NEAR, 15)
    assert "may not be on its network's channel, restart it: it is stuck" in caplog.text


async def test_after_a_restore_that_was_cut_off_the_next_one_may_begin(air, touchlink, monkeypatch):
    begun, restore = asyncio.Event(), air.restore

    async def slow():
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(air, "restore", slow)
    scan = asyncio.create_task(touchlink.identify(NEAR, 15))
    await begun.wait()
    scan.cancel()
    with pytest.raises(asyncio.CancelledError):
        await scan
    monkeypatch.setattr(air, "restore", restore)
    await touchlink.identify(NEAR, 15)
