"""The Green Power switch of the house: who hears it, and what outlives a restart."""

import pytest

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.control import COMMANDS
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.snapshot import load_house, save_house
from zigwire.zcl.greenpower_notification import Notification
from zigwire.zigbee.greenpower import commissioning_mode, pairing, removal
from zigwire.zigbee.greenpower_memory import Memory
from zigwire.zigbee.radio import Mode, NetworkParameters

SOURCE = 0x01719697
SAID = {"options": 0, "deviceID": 2}


@pytest.fixture
def house():
    house = default_house(clock=lambda: 0.0)
    house.form(NetworkParameters(1, None, 15, bytes(16)))
    house.join("plug")
    house.heard = []
    house.on_air = house.heard.append
    return house


def heard(house):
    house.advance(0.1)
    frames = [frame for frame in house.heard if frame.cluster == 0x21 and frame.source]
    house.heard.clear()
    return [(frame.mode, Notification.parse(frame.data[2], frame.data[3:]).command) for frame in frames]


def pair(house, proxy=None):
    memory = Memory(2, 4, house.green_power.switches["kinetic"].key, 1)
    house.transmit(pairing(1, SOURCE, memory, SAID, house.nvram.ieee, proxy))


def test_it_is_heard_while_devices_are_let_in(house):
    house.green_power.pair("kinetic")
    assert heard(house) == []
    house.transmit(commissioning_mode(60, 1))
    house.green_power.pair("kinetic")
    assert heard(house) == [(Mode.BROADCAST, 0xE0)]
    house.transmit(commissioning_mode(0, 2))
    house.green_power.pair("kinetic")
    assert heard(house) == []


@pytest.mark.parametrize(("proxy", "mode"), [(None, Mode.GROUP), (7, Mode.UNICAST)])
def test_it_is_heard_once_it_is_paired(house, proxy, mode):
    house.green_power.press("kinetic")
    assert heard(house) == []
    pair(house, proxy)
    house.green_power.press("kinetic")
    assert heard(house) == [(mode, 0x22)]
    house.transmit(removal(1, SOURCE))
    house.green_power.press("kinetic")
    assert heard(house) == []


def test_only_routers_with_power_hear_it(house):
    pair(house)
    house.cut_power("plug")
    house.green_power.press("kinetic")
    assert heard(house) == []


def test_it_outlives_a_restart(house, tmp_path):
    pair(house)
    house.green_power.press("kinetic")
    save_house(house, tmp_path / "house.json")
    again = load_house(tmp_path / "house.json", clock=lambda: 0.0)
    assert again.green_power.dump() == house.green_power.dump()
    assert again.green_power.switches["kinetic"].counter == 2


def test_commands(house):
    pair(house)
    answer = COMMANDS["green-power-press"](house, {"device": "kinetic"})
    assert answer == {
        "device": {"name": "kinetic", "model": "GreenPower_2", "ieee": "0x0000000001719697", "joined": True}
    }
    assert COMMANDS["status"](house, {})["green_power"] == [answer["device"]]
    with pytest.raises(SimulatorError, match="'plug' is no Green Power switch"):
        COMMANDS["green-power-leave"](house, {"device": "plug"})
