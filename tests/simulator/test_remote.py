"""The simulated remote."""

import struct

import pytest

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.clusters import LEVEL, ON_OFF
from zigwire.simulator.plug import RELAY
from zigwire.simulator.zdo import Bind
from zigwire.zigbee.radio import NetworkParameters


@pytest.fixture
def house():
    house = default_house(clock=lambda: 0.0)
    house.form(NetworkParameters(0x1234, None, 15, bytes(16)))
    house.join("plug")
    house.join("remote")
    house.advance(1)
    return house


def test_what_is_bound_follows_the_button(house):
    plug, remote = house.device("plug"), house.device("remote")
    house.press("remote")
    house.advance(1)
    assert not plug.read(RELAY)
    remote.node.bindings.append(Bind(1, ON_OFF, ieee=plug.ieee, destination_endpoint=1))
    house.press("remote")
    house.advance(1)
    assert plug.read(RELAY)


def test_a_bound_group_follows_too(house):
    plug, remote = house.device("plug"), house.device("remote")
    remote.node.bindings.append(Bind(1, ON_OFF, group=7))
    house.press("remote")
    house.advance(1)
    assert not plug.read(RELAY)
    plug.groups[1][7] = ""
    house.press("remote")
    house.advance(1)
    assert plug.read(RELAY)


def test_steps_go_up_and_down(house):
    remote, sent = house.device("remote"), []
    house.on_air = sent.append
    remote.node.bindings.append(Bind(1, LEVEL, group=7))
    remote.dim(30)
    remote.dim(-20)
    house.advance(1)
    assert [frame.data[3:] for frame in sent] == [struct.pack("<BBH", 0, 30, 5), struct.pack("<BBH", 1, 20, 5)]


def test_it_has_a_battery(house):
    assert house.device("remote").read(AttributeKey(1, 0, 7)) == 3


def test_binds_are_cleared_by_address(house):
    remote = house.device("remote")
    near, far = "0x0000000000000001", "0x0000000000000002"
    keep = Bind(1, ON_OFF, group=7)
    remote.node.bindings.extend([Bind(1, ON_OFF, ieee=ieee, destination_endpoint=1) for ieee in (near, far)] + [keep])
    request = bytes([0, 8, 1]) + bytes([1]) + bytes(7)
    assert remote.zdo.answer(0x002B, request).payload == b"\0"
    assert [bind.ieee for bind in remote.node.bindings] == [far, None]
    assert remote.zdo.answer(0x002B, bytes([0, 8, 1]) + b"\xff" * 8).payload == b"\0"
    assert remote.node.bindings == []
    assert house.device("plug").zdo.answer(0x002B, request).payload == b"\x84"
