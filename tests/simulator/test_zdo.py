"""The Device Object of devices and of the coordinator."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.simulator.addresses import ieee_octets
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.house import COORDINATOR_IEEE
from zigwire.simulator.zdo import Bind, Endpoint, Node, NodeDescriptor, ZdoServer
from zigwire.zigbee.radio import Mode

from .conftest import LAMP_IEEE, Home


def le(address: int) -> bytes:
    return struct.pack("<H", address)


def test_descriptors(home: Home, lamp: VirtualDevice) -> None:
    me = lamp.node.network_address
    assert home.ask_zdo(me, 0x0002, le(me)) == [
        b"\x00" + le(me) + bytes([1, 0x40, 0x8E]) + struct.pack("<HBHHHB", 0x1234, 0x52, 0x52, 22 << 9, 0x52, 0)
    ]
    assert home.ask_zdo(me, 0x0003, le(me)) == [b"\x00" + le(me) + b"\x10\xc1"]
    assert home.ask_zdo(me, 0x0005, le(me)) == [b"\x00" + le(me) + b"\x01\x01"]
    simple = struct.pack("<BHHBB7HB2H", 1, 0x0104, 0x0101, 1, 7, 0, 3, 4, 5, 6, 8, 0x0402, 2, 6, 0x19)
    assert home.ask_zdo(me, 0x0004, le(me) + b"\x01") == [b"\x00" + le(me) + bytes([len(simple)]) + simple]


def test_addresses(home: Home, lamp: VirtualDevice) -> None:
    me = lamp.node.network_address
    answer = b"\x00" + ieee_octets(LAMP_IEEE) + le(me)
    assert home.ask_zdo(me, 0x0001, le(me) + b"\x00\x00") == [answer]
    assert home.ask_zdo(me, 0x0001, le(me) + b"\x01\x00") == [answer + b"\x00\x00"]
    everybody = 0xFFFD
    assert home.ask_zdo(everybody, 0x0000, ieee_octets(LAMP_IEEE) + b"\x00\x00", Mode.BROADCAST) == [answer]
    assert home.ask_zdo(everybody, 0x0000, ieee_octets("0x" + "1" * 16) + b"\x00\x00", Mode.BROADCAST) == []


@pytest.mark.parametrize(
    ("cluster", "payload", "status"),
    [
        (0x0002, b"\x01\x10", 0x81),
        (0x0001, b"\x01\x10\x00\x00", 0x81),
        (0x0004, b"\x00\x00\x00", 0x82),
        (0x0004, b"\x00\x00\x09", 0x83),
        (0x0022, ieee_octets(LAMP_IEEE) + b"\x01\x06\x00\x01\x01\x00", 0x88),
        (0x0021, ieee_octets(LAMP_IEEE) + b"\x09\x06\x00\x01\x01\x00", 0x82),
        (0x0021, ieee_octets(LAMP_IEEE) + b"\x01\x06\x00\x07\x01\x00", 0x80),
        (0x0021, ieee_octets(COORDINATOR_IEEE) + b"\x01\x06\x00\x01\x01\x00", 0x82),
        (0x0034, ieee_octets(COORDINATOR_IEEE) + b"\x00", 0x81),
        (0x0034, b"\x00", 0x80),
        (0x0033, b"", 0x80),
        (0x7777, b"", 0x84),
    ],
)
def test_what_is_refused(home: Home, lamp: VirtualDevice, cluster: int, payload: bytes, status: int) -> None:
    (answer,) = home.ask_zdo(lamp.node.network_address, cluster, payload)
    assert answer[0] == status
    assert home.house.on_network(lamp)


@pytest.mark.parametrize(
    ("servers", "clients", "found"),
    [([6], [], True), ([0x1234, 6], [], True), ([], [0x19], True), ([0x19], [], False), ([], [], False)],
)
def test_match_descriptor(home: Home, lamp: VirtualDevice, servers: list[int], clients: list[int], found: bool) -> None:
    me = lamp.node.network_address
    lists = b"".join(struct.pack(f"<B{len(part)}H", len(part), *part) for part in (servers, clients))
    expected = [b"\x00" + le(me) + b"\x01\x01"] if found else []
    assert home.ask_zdo(me, 0x0006, le(me) + le(0x0104) + lists) == expected
    assert home.ask_zdo(me, 0x0006, le(me) + le(0xC05E) + lists) == []


def test_binding_table(home: Home, lamp: VirtualDevice) -> None:
    me, source = lamp.node.network_address, ieee_octets(LAMP_IEEE)
    entries = [source + struct.pack("<BHBH", 1, cluster, 1, 0x100) for cluster in (0, 3, 4, 5)]
    entries.append(source + struct.pack("<BHB8sB", 1, 6, 3, ieee_octets(COORDINATOR_IEEE), 1))
    for entry in [*entries, entries[0]]:
        assert home.ask_zdo(me, 0x0021, entry) == [b"\x00"]
    assert home.ask_zdo(me, 0x0033, b"\x00") == [bytes([0, 5, 0, 3]) + b"".join(entries[:3])]
    assert home.ask_zdo(me, 0x0033, b"\x03") == [bytes([0, 5, 3, 2]) + b"".join(entries[3:])]
    assert home.ask_zdo(me, 0x0022, entries[0]) == [b"\x00"]
    assert len(lamp.node.bindings) == 4


def test_a_full_binding_table_refuses(home: Home, lamp: VirtualDevice) -> None:
    lamp.node.bindings_limit = 1
    bind = ieee_octets(LAMP_IEEE) + struct.pack("<BHBH", 1, 6, 1, 1)
    assert home.ask_zdo(lamp.node.network_address, 0x0021, bind) == [b"\x00"]
    other = ieee_octets(LAMP_IEEE) + struct.pack("<BHBH", 1, 6, 1, 2)
    assert home.ask_zdo(lamp.node.network_address, 0x0021, other) == [b"\x8c"]


def test_the_coordinator_answers_for_itself(home: Home, lamp: VirtualDevice) -> None:
    assert home.ask_zdo(0, 0x0001, b"\x00\x00\x00\x00") == [b"\x00" + ieee_octets(COORDINATOR_IEEE) + b"\x00\x00"]
    (table,) = home.ask_zdo(0, 0x0031, b"\x00")
    assert table[:4] == bytes([0, 1, 0, 1])
    assert table[4:12] == b"\xdd" * 8
    assert table[12:20] == ieee_octets(LAMP_IEEE)
    assert home.ask_zdo(0, 0x0032, b"\x00") == [bytes(4)]


def test_energy_scan(home: Home, lamp: VirtualDevice) -> None:
    (answer,) = home.ask_zdo(lamp.node.network_address, 0x0038, struct.pack("<IBB", 0x07FFF800, 2, 1))
    assert answer[0] == 0
    assert answer[9] == 16 == len(answer[10:])
    assert home.ask_zdo(lamp.node.network_address, 0x0038, struct.pack("<IB", 1 << 15, 0xFE)) == []


def test_permit_joining_at_a_router_and_by_broadcast(home: Home, lamp: VirtualDevice) -> None:
    assert home.ask_zdo(lamp.node.network_address, 0x0036, b"\x3c\x01") == [b"\x00"]
    assert home.house.permit_left == pytest.approx(60, abs=1)
    home.ask_zdo(0xFFFC, 0x0036, b"\x00\x01", Mode.BROADCAST)
    assert home.house.permit_left == 0


def test_leave_is_answered_then_done(home: Home, lamp: VirtualDevice) -> None:
    address = lamp.node.network_address
    assert home.ask_zdo(address, 0x0034, bytes(8) + b"\x00") == [b"\x00"]
    home.house.advance(1)
    assert home.ear.left == [(LAMP_IEEE, address, False)]
    assert not home.house.on_network(lamp)


def test_leave_with_rejoin_comes_back_under_another_address(home: Home, lamp: VirtualDevice) -> None:
    address = lamp.node.network_address
    home.ask_zdo(address, 0x0034, ieee_octets(LAMP_IEEE) + b"\x80")
    home.house.advance(2)
    assert home.ear.left == [(LAMP_IEEE, address, True)]
    assert home.ear.joined[-1] == (LAMP_IEEE, lamp.node.network_address)
    assert lamp.node.network_address != address
    assert home.ear.frames[-1].cluster == 0x0013


@given(cluster=st.integers(0, 0x40), data=st.binary(max_size=40), broadcast=st.booleans())
def test_no_request_breaks_it(cluster: int, data: bytes, broadcast: bool) -> None:
    node = Node(LAMP_IEEE, 0x1000, NodeDescriptor(1, 0x8E), {1: Endpoint(1, 1, (6,))})
    node.neighbours = lambda: [node]
    server = ZdoServer(node, leave=lambda _: None, permit=lambda _: None)
    reply = server.answer(cluster, data, broadcast=broadcast)
    assert reply is None or (reply.cluster == 0x8000 | cluster and reply.payload)


@given(
    st.integers(1, 240), st.integers(0, 0xFFFF), st.one_of(st.integers(0, 0xFFFF), st.binary(min_size=8, max_size=8))
)
def test_binds_survive_the_wire(endpoint: int, cluster: int, target: int | bytes) -> None:
    bind = (
        Bind(endpoint, cluster, group=target)
        if isinstance(target, int)
        else Bind(endpoint, cluster, ieee=f"0x{target.hex()}", destination_endpoint=1)
    )
    assert Bind.parse(bind.serialize()) == bind
