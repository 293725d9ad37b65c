"""The simulated bulb: brightness, colour temperature, groups and scenes."""

import struct

import pytest

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.bulb import Bulb
from zigwire.simulator.frame import ZclFrame
from zigwire.zigbee.radio import ApsFrame, Mode


@pytest.fixture
def bulb(home):
    home.house.join("bulb")
    home.house.advance(10)
    home.ear.clear()
    device = home.house.device("bulb")
    assert isinstance(device, Bulb)
    return device


def command(number, payload=""):
    return ZclFrame(number, 0x33, bytes.fromhex(payload), cluster_specific=True, disable_default_response=False)


def colour(bulb):
    values = {key.attribute: item.value for key, item in bulb.attributes.items() if key.cluster == 0x0300}
    return values[3], values[4], values[7]


@pytest.mark.parametrize(
    ("frame", "mireds"),
    [
        (command(0x0A, "2c010000"), 300),
        (command(0x0A, "32000000"), 250),
        (command(0x0A, "e8030000"), 454),
        (command(0x4C, "011e0000000000000000"), 400),
        (command(0x4C, "031e0000000000000000"), 340),
        (command(0x07, "646172600000"), 250),
    ],
)
def test_colour_temperature(home, bulb, frame, mireds):
    (answer,) = home.ask(bulb, 0x0300, frame)
    assert answer.payload == bytes([frame.command, 0])
    assert colour(bulb)[2] == pytest.approx(mireds, abs=2)


def test_the_colour_follows_the_temperature(home, bulb):
    home.ask(bulb, 0x0300, command(0x0A, "fa000000"))
    x, y, _ = colour(bulb)
    assert (x, y) == (pytest.approx(24932, abs=60), pytest.approx(24690, abs=60))


def test_unknown_commands_are_refused(home, bulb):
    for frame in (command(0x4C, "021e00"), command(0x55)):
        (answer,) = home.ask(bulb, 0x0300, frame)
        assert answer.payload[1] == 0x81


def test_a_scene_brings_back_all_of_it(home, bulb):
    home.ask(bulb, 4, command(0x00, "070000"))
    for cluster, frame in [(6, command(1)), (8, command(4, "2a0000")), (0x0300, command(0x0A, "2c010000"))]:
        home.ask(bulb, cluster, frame)
    (stored,) = home.ask(bulb, 5, command(0x04, "070001"))
    assert stored.payload == bytes.fromhex("00070001")
    for cluster, frame in [(8, command(4, "c80000")), (0x0300, command(0x0A, "90010000")), (6, command(0))]:
        home.ask(bulb, cluster, frame)
    assert not bulb.on
    recall = command(0x05, "070001ffff").serialize()
    home.house.transmit(ApsFrame(0, 1, 7, 255, 0x0104, 5, recall, Mode.GROUP))
    home.house.advance(1)
    assert bulb.on
    assert bulb.read(AttributeKey(1, 8, 0)) == 0x2A
    assert colour(bulb)[2] == pytest.approx(300, abs=2)


def test_a_scene_that_is_added_may_hold_anything(home, bulb):
    fields = bytes.fromhex("02010164" + "060001" + "01" + "080001")  # a cover's, on, and one that is cut short
    home.ask(bulb, 5, command(0x00, (struct.pack("<HBHB", 0, 1, 0, 0) + fields).hex()))
    home.ask(bulb, 5, command(0x05, "000001ffff"))
    assert bulb.on
