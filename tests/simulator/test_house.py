"""The house: joining and leaving, the way of a frame, losses, delays, sleepers, and other networks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.delivery import Medium
from zigwire.simulator.device import Sleep, VirtualDevice
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.house import House
from zigwire.simulator.plug import xiaomi_plug
from zigwire.simulator.zdo import NodeDescriptor
from zigwire.zigbee.radio import ApsFrame, Mode

from .conftest import LAMP, LAMP_IEEE, NETWORK, Ear, Home

PLUG_IEEE = "0x00158d0001a2b3c4"
SLEEPER = replace(LAMP, node=NodeDescriptor(2, 0x80), sleep=Sleep(interval=60, awake=5, fast_interval=0.5))


def make_sleeper(house: House, name: str, ieee: str) -> VirtualDevice:
    return VirtualDevice(house, name, ieee, SLEEPER)


def read_model(destination: int, mode: Mode = Mode.UNICAST) -> ApsFrame:
    return ApsFrame(0, 1, destination, 1, 0x0104, 0, ZclFrame(0x00, 7, b"\x05\x00").serialize(), mode)


def outcome(home: Home, frame: ApsFrame, seconds: float = 10) -> list[str | None]:
    """What the sender learns."""
    said: list[str | None] = []
    home.house.transmit(frame, said.append)
    home.house.advance(seconds)
    return said


# Joining and leaving


def test_a_device_in_pairing_mode_waits_until_the_network_opens(home: Home) -> None:
    home.house.pair("plug")
    home.house.advance(3600)
    assert home.ear.joined == []
    home.house.permit(60)
    home.house.advance(1)
    assert home.ear.joined == [(PLUG_IEEE, home.house.device("plug").node.network_address)]
    assert not home.house.device("plug").pairing
    assert not home.house.device("spare").pairing
    assert home.ear.frames[0].cluster == 0x0013


def test_a_network_closes_by_itself(home: Home) -> None:
    home.house.permit(60)
    home.house.advance(61)
    home.house.pair("plug")
    home.house.advance(10)
    assert home.ear.joined == []
    home.house.permit(255)
    home.house.advance(1)
    assert [ieee for ieee, _ in home.ear.joined] == [PLUG_IEEE]
    assert home.house.permit_left == float("inf")
    home.house.permit(0)
    assert home.house.permit_left == 0


def test_closing_in_time_keeps_a_device_out(home: Home) -> None:
    home.house.pair("plug")
    home.house.permit(60)
    home.house.permit(0)
    home.house.advance(10)
    assert home.ear.joined == []


def test_holding_the_button_of_a_joined_device_leaves_and_joins_anew(home: Home, plug: VirtualDevice) -> None:
    old = plug.node.network_address
    home.house.pair("plug")
    assert home.ear.left == [(PLUG_IEEE, old, False)]
    home.house.permit(60)
    home.house.advance(1)
    assert len(home.ear.joined) == 2
    assert plug.node.network_address not in {old, 0xFFFE}


def test_leaving_forgets_all_tables(home: Home, lamp: VirtualDevice) -> None:
    lamp.groups[1][5] = "five"
    home.house.leave("lamp")
    assert home.ear.left == [(LAMP_IEEE, home.ear.joined[0][1], False)]
    assert lamp.groups == {1: {}}
    assert home.house.nvram.link_key(LAMP_IEEE) is None


def test_rejoining_takes_another_address(home: Home, plug: VirtualDevice) -> None:
    old = plug.node.network_address
    home.house.rejoin("plug")
    home.house.advance(1)
    assert home.ear.joined[1:] == [(PLUG_IEEE, plug.node.network_address)]
    assert plug.node.network_address != old
    assert outcome(home, read_model(old)) == ["NWK_NO_ROUTE"]
    assert outcome(home, read_model(plug.node.network_address)) == [None]


def test_another_network_leaves_the_devices_behind_and_the_old_one_finds_them_again(
    home: Home, plug: VirtualDevice
) -> None:
    address = plug.node.network_address
    home.house.form(replace(NETWORK, network_key=bytes(16)))
    assert outcome(home, read_model(address)) == ["NWK_NO_ROUTE"]
    home.ear.clear()
    home.house.press("plug")
    home.house.advance(1)
    assert home.ear.frames == []
    home.house.form(NETWORK)
    assert outcome(home, read_model(address)) == [None]


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        (lambda house: house.press("ghost"), "'ghost' is not in the house"),
        (lambda house: house.leave("plug"), "plug: it is not on the network"),
        (lambda house: house.rejoin("plug"), "plug: it is not on the network"),
        (lambda house: house.press("lamp"), "lamp: lamp has no button"),
        (lambda house: house.plug_in("lamp", 4), "lamp has no socket for 4 W"),
        (lambda house: house.plug_in("plug", 9999), "9999 is not between"),
        (lambda house: house.unplug("lamp"), "lamp has no socket"),
        (lambda house: house.set_temperature("lamp", 4), "no sense of 4 °C"),
        (lambda house: house.set_temperature("plug", 400), "400 is not between"),
        (lambda house: (house.cut_power("plug"), house.pair("plug")), "plug: it has no power"),
        (lambda house: house.add("plug", xiaomi_plug, "0x1111111111111111"), "in the house already"),
        (lambda house: house.add("other", xiaomi_plug, PLUG_IEEE), "in the house already"),
    ],
)
def test_what_can_not_be_done(home: Home, action: object, problem: str) -> None:
    with pytest.raises(SimulatorError, match=problem):
        action(home.house)  # type: ignore[operator]


def test_a_bad_ieee_address_is_named(home: Home) -> None:
    with pytest.raises(ValueError, match="'0x12' is not 0x and 16 hex digits"):
        home.house.add("other", xiaomi_plug, "0x12")


def test_there_is_no_joining_without_a_network() -> None:
    house = default_house(lambda: 0.0)
    with pytest.raises(SimulatorError, match="no network"):
        house.join("plug")
    house.pair("plug")
    house.permit(60)
    house.advance(1)
    assert not house.on_network(house.device("plug"))


# The way of a frame


def test_what_becomes_of_a_unicast(home: Home, plug: VirtualDevice) -> None:
    address = plug.node.network_address
    assert outcome(home, read_model(address)) == [None]
    plug.online = False
    assert outcome(home, read_model(address)) == ["MAC_NO_ACK"]
    plug.online = True
    home.house.cut_power("plug")
    assert outcome(home, read_model(address)) == ["MAC_NO_ACK"]
    assert outcome(home, read_model(0x4242)) == ["NWK_NO_ROUTE"]


def test_frames_take_their_time_both_ways(home: Home, plug: VirtualDevice) -> None:
    home.house.medium.delay = 2.0
    said: list[str | None] = []
    home.house.transmit(read_model(plug.node.network_address), said.append)
    home.house.advance(1.9)
    assert said == []
    home.house.advance(0.2)
    assert said == [None]
    assert home.ear.zcl(0) == []
    home.house.advance(2)
    assert len(home.ear.zcl(0)) == 1


def test_losses_repeat_with_the_seed(home: Home, plug: VirtualDevice) -> None:
    def losses(seed: int) -> list[bool]:
        home.house.medium = Medium(loss=0.3, seed=seed)
        return [outcome(home, read_model(plug.node.network_address), 1) == ["MAC_NO_ACK"] for _ in range(60)]

    first = losses(1)
    assert 5 < sum(first) < 35
    assert losses(1) == first
    assert losses(2) != first


@pytest.mark.parametrize("medium", [{"loss": 1.5}, {"loss": -0.1}, {"delay": -1}])
def test_an_impossible_medium(medium: dict[str, float]) -> None:
    with pytest.raises(SimulatorError, match=next(iter(medium))):
        Medium(**medium)


def test_sleepers_take_frames_when_they_poll(home: Home) -> None:
    home.house.add("sleeper", make_sleeper, "0x00158d00000000bb")
    home.house.join("sleeper")
    home.house.advance(1)
    address = home.house.device("sleeper").node.network_address
    assert outcome(home, read_model(address), 0.4) == []
    home.house.advance(1)
    assert home.ear.zcl(0)
    home.house.advance(20)
    assert outcome(home, read_model(address), 7) == []
    home.house.advance(1)
    assert outcome(home, read_model(address), 8) == ["MAC_TRANSACTION_EXPIRED"]
    home.house.device("sleeper").online = False
    assert outcome(home, read_model(address), 8) == ["MAC_TRANSACTION_EXPIRED"]


@pytest.mark.parametrize(("address", "heard"), [(0xFFFF, {"lamp", "sleeper"}), (0xFFFD, {"lamp"}), (0xFFFC, {"lamp"})])
def test_broadcasts_reach_whom_they_are_for(home: Home, address: int, heard: set[str]) -> None:
    home.house.add("sleeper", make_sleeper, "0x00158d00000000bb")
    for name in ("lamp", "sleeper"):
        home.house.join(name)
    home.house.advance(1)
    on = ZclFrame(1, 1, cluster_specific=True).serialize()
    assert outcome(home, ApsFrame(0, 1, address, 1, 0x0104, 6, on, Mode.BROADCAST)) == [None]
    key = AttributeKey(1, 6, 0)
    assert {name for name in ("lamp", "sleeper") if home.house.device(name).read(key)} == heard


def test_everything_on_the_air_can_be_watched(home: Home, plug: VirtualDevice) -> None:
    seen: list[ApsFrame] = []
    home.house.on_air = seen.append
    home.ask(plug, 0, ZclFrame(0x00, 7, b"\x05\x00"))
    assert [frame.source for frame in seen] == [0, plug.node.network_address]


def test_frames_of_the_coordinator_are_counted(home: Home, plug: VirtualDevice) -> None:
    before = home.house.nvram.frame_counter
    for _ in range(3):
        outcome(home, read_model(plug.node.network_address))
    assert home.house.nvram.frame_counter == before + 3


# The host


def test_a_second_host_takes_the_coordinator_from_the_first(home: Home) -> None:
    other = Ear()
    home.house.attach(other)
    assert len(home.ear.lost) == 1
    home.house.join("plug")
    assert other.joined
    assert not home.ear.joined
    home.house.detach(home.ear)
    assert home.house.owner is other
    home.house.lose_radio("pulled")
    assert other.lost == ["pulled"]
    assert home.house.owner is None
