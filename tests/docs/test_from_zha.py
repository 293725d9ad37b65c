"""From ZHA: on a network that another program formed, devices are taken in as they speak, without joining anew."""

import pytest
from support.home import Home
from support.waiting import until

from zigwire.zigbee.model import InterviewState


@pytest.fixture
async def moved_in(tmp_path):
    """A home that knows nobody, in a house whose plug is on the network already."""
    folders = [tmp_path / "before", tmp_path / "after"]
    for folder in folders:
        folder.mkdir()
    before = Home(folders[0], {})
    await before.start()
    await before.pair()
    await before.stop()
    after = Home(folders[1], {}, house=before.house)
    await after.start()
    yield after
    await after.stop()


async def test_a_device_that_speaks_while_joining_is_open_is_taken_in(moved_in):
    home, joins = moved_in, moved_in.plug.joins
    assert home.device is None
    home.say("bridge/request/permit_join", {"time": 254})
    await until(lambda: home.sent.of("bridge/response/permit_join"))
    home.plug.press()
    await until(lambda: home.device and home.device.interview_state is InterviewState.SUCCESSFUL)
    assert home.plug.joins == joins
