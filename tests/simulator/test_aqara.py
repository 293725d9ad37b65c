"""Outlets with settings in a cluster of their own: where it is, what the settings do, what is told."""

from __future__ import annotations

import struct

import pytest

from zigwire.simulator.aqara import (
    AFTER_POWER_CUT,
    AQARA_OUTLETS,
    CONNECTED,
    LOCK,
    MEMORY,
    OVERLOAD,
    OWN,
    RELAY,
    SWITCH_MODE,
    USB,
    AqaraOutlet,
)
from zigwire.simulator.clusters import BASIC
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.load import Load
from zigwire.zcl import types

from .conftest import Home

LUMI = 0x115F
BLOB = bytes.fromhex("aa8005d14700011001")


def read(attribute: int, manufacturer: int | None = LUMI) -> ZclFrame:
    return ZclFrame(0x00, 0x44, struct.pack("<H", attribute), manufacturer=manufacturer)


def write(attribute: int, kind: str, value: float | bytes) -> ZclFrame:
    data_type = types.by_name(kind)
    payload = struct.pack("<HB", attribute, data_type.id) + data_type.encode(value)
    return ZclFrame(0x02, 0x45, payload, manufacturer=LUMI)


def joined(home: Home, kind: str) -> AqaraOutlet:
    device = home.house.add("outlet", AQARA_OUTLETS[kind], "0x54ef441000000001")
    home.house.join("outlet")
    home.house.advance(10)
    home.ear.clear()
    assert isinstance(device, AqaraOutlet)
    return device


def heartbeat(home: Home, outlet: AqaraOutlet) -> dict[int, float]:
    home.ear.clear()
    outlet.report_heartbeat()
    home.house.advance(0.1)
    (report,) = home.ear.reports(OWN, 0xF7)
    tags: dict[int, float] = {}
    position = 2
    while position < len(report):
        tags[report[position]], position = types.decode(report[position + 1], report, position + 2)
    return tags


def outage(home: Home) -> None:
    home.house.cut_power("outlet")
    home.house.restore_power("outlet")
    home.house.advance(2)


@pytest.mark.parametrize("kind", AQARA_OUTLETS)
def test_every_outlet_keeps_what_it_is_set_to(home: Home, kind: str) -> None:
    outlet = joined(home, kind)
    (answer,) = home.ask(outlet, BASIC, read(5, None))
    assert answer.payload[5:] == kind.encode()
    (answer,) = home.ask(outlet, OWN, write(OVERLOAD.attribute, "SINGLE_PREC", 650.0))
    assert (answer.command, answer.payload) == (0x04, b"\x00")
    (answer,) = home.ask(outlet, OWN, read(OVERLOAD.attribute))
    assert answer.payload == b"\x0b\x02\x00\x39" + struct.pack("<f", 650)


def test_plugs_do_not_name_the_cluster_of_their_settings_the_h2_series_does(home: Home) -> None:
    plug = joined(home, "lumi.plug.maeu01")
    assert OWN not in plug.node.endpoints[1].servers
    assert plug.node.endpoints.keys() == {1, 21, 31, 242}
    (answer,) = home.ask(plug, OWN, ZclFrame(0x0C, 0x44, struct.pack("<HB", 0x0200, 2), manufacturer=LUMI))
    assert answer.payload == bytes.fromhex("00000220010210")
    home.house.leave("outlet")
    assert OWN in AQARA_OUTLETS["lumi.plug.aeu001"](home.house, "h2", "0x54ef441000000002").node.endpoints[1].servers


def test_the_heartbeat_tells_all_that_is_measured(home: Home) -> None:
    outlet = joined(home, "lumi.plug.maeu01")
    outlet.mains = Load(200.0, swing=0)
    outlet.plug_in(Load(100.0, swing=0))
    home.house.press("outlet")
    home.house.advance(3600)
    beat = heartbeat(home, outlet)
    assert beat == {
        0x03: round(outlet.meter.temperature),
        0x05: 1,
        0x08: 0x1362,
        0x64: 1,
        0x95: pytest.approx(0.1, rel=0.01),
        0x96: 2000,
        0x97: 500,
        0x98: 100,
        0x9A: 0,
        0x9B: 1,
    }
    (answer,) = home.ask(outlet, 0x0B04, read(0x050B, None))
    assert answer.payload == b"\x0b\x05\x00\x29" + struct.pack("<h", 100)
    (answer,) = home.ask(outlet, 0x0702, read(0, None))
    assert int.from_bytes(answer.payload[4:], "little") == pytest.approx(100, abs=1)


def test_both_relays_are_told(home: Home) -> None:
    outlet = joined(home, "lumi.plug.sacn03")
    outlet.set(USB, 1)
    assert (heartbeat(home, outlet)[0x64], heartbeat(home, outlet)[0x65]) == (0, 1)


def test_what_is_plugged_in_is_felt(home: Home) -> None:
    outlet = joined(home, "lumi.plug.macn01")
    outlet.plug_in(Load(5.0))
    outlet.unplug()
    home.house.advance(0.1)
    assert home.ear.reports(OWN, CONNECTED.attribute) == [b"\x10\x01", b"\x10\x00"]
    without = joined_beside(home, "lumi.plug.sacn02")
    without.plug_in(Load(5.0))
    assert CONNECTED not in without.attributes


def joined_beside(home: Home, kind: str) -> AqaraOutlet:
    device = home.house.add("other", AQARA_OUTLETS[kind], "0x54ef441000000009")
    assert isinstance(device, AqaraOutlet)
    return device


def test_the_button_toggles_unless_it_is_locked(home: Home) -> None:
    outlet = joined(home, "lumi.plug.sacn03")
    home.house.press("outlet")
    assert outlet.on
    home.ask(outlet, OWN, write(LOCK.attribute, "UINT8", 0))
    home.house.press("outlet")
    assert outlet.on
    home.ask(outlet, OWN, write(LOCK.attribute, "UINT8", 1))
    home.ask(outlet, OWN, write(SWITCH_MODE.attribute, "UINT8", 1))
    home.house.press("outlet")
    home.house.press("outlet")
    assert (outlet.on, outlet.attributes[USB].value) == (True, True)


def test_too_much_power_switches_it_off(home: Home) -> None:
    outlet = joined(home, "lumi.plug.maeu01")
    home.house.press("outlet")
    home.ask(outlet, OWN, write(OVERLOAD.attribute, "SINGLE_PREC", 300.0))
    outlet.plug_in(Load(250.0))
    home.house.advance(60)
    assert outlet.on
    outlet.plug_in(Load(400.0))
    home.house.advance(5)
    assert not outlet.on
    assert home.ear.reports(6, 0)[-1] == b"\x10\x00"


@pytest.mark.parametrize(("memory", "on"), [(1, True), (0, False)])
def test_it_comes_back_as_it_was_when_it_is_to_remember(home: Home, memory: int, on: bool) -> None:
    outlet = joined(home, "lumi.plug.maeu01")
    home.house.press("outlet")
    home.ask(outlet, OWN, write(MEMORY.attribute, "BOOLEAN", memory))
    outage(home)
    assert (outlet.on, outlet.outages) == (on, 2)


@pytest.mark.parametrize(("mode", "from_off", "from_on"), [(0, 1, 1), (1, 0, 1), (2, 0, 0), (3, 1, 0)])
def test_the_h2_series_knows_four_ways_to_come_back(home: Home, mode: int, from_off: int, from_on: int) -> None:
    outlet = joined(home, "lumi.plug.aeu001")
    home.ask(outlet, OWN, write(AFTER_POWER_CUT.attribute, "UINT8", mode))
    for before, after in ((0, from_off), (1, from_on)):
        outlet.set(RELAY, before)
        outage(home)
        assert outlet.attributes[RELAY].value == after


def test_the_american_plug_is_told_in_the_basic_cluster(home: Home) -> None:
    outlet = joined(home, "lumi.plug.maus01")
    (answer,) = home.ask(outlet, BASIC, write(0xFFF0, "OCTET_STR", BLOB))
    assert answer.payload == b"\x00"
    (answer,) = home.ask(outlet, OWN, read(0xFFF0))
    assert answer.payload == b"\xf0\xff\x00\x41\x09" + BLOB
    home.house.press("outlet")
    outage(home)
    assert outlet.on
